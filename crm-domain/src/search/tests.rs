use proptest::prelude::*;

use super::*;
use crate::text::{TextError, fold};

fn query(text: &str) -> SearchQuery {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Ada King of Analytical Engines, at ada.king@example.org and +49 30 1234567, who is a VIP.
fn ada() -> SearchText {
    SearchText {
        fields: vec![
            (Field::Name, "ada king".to_owned()),
            (Field::Email, "ada.king@example.org".to_owned()),
            (Field::Phone, "+49 30 1234567".to_owned()),
            (Field::Phone, "+49301234567".to_owned()),
            (Field::Company, "analytical engines".to_owned()),
        ],
        tags: vec!["vip".to_owned(), "public sector".to_owned()],
    }
}

fn closeness(text: &str) -> Option<Closeness> {
    query(text).judge(&ada()).map(|found| found.closeness)
}

#[test]
fn each_term_is_what_it_says() {
    let parsed = query(
        r#"Müller "Big  Deal" -lost -"No Go" type:lead TAG:"Public Sector" email:Example phone:0049-30"#,
    );
    assert_eq!(parsed.words(), ["muller", "big deal"]);
    assert_eq!(parsed.excluded(), ["lost", "no go"]);
    assert_eq!(parsed.tags(), ["public sector"]);
    assert_eq!(parsed.emails(), ["example"]);
    assert_eq!(parsed.phones(), ["004930"]);
    assert!(parsed.wants(SearchKind::Lead));
    assert!(!parsed.wants(SearchKind::Customer));
}

#[test]
fn what_is_no_term_stands_for_itself() {
    for (text, word) in [
        ("type:leads", "type:leads"),
        ("is:archived", "is:archived"),
        ("tag:", "tag:"),
        ("email:ab", "email:ab"),
        ("phone:12", "phone:12"),
        ("-", "-"),
        ("a\"b", "a\"b"),
        ("\"not closed", "not closed"),
        ("http://example.org", "http://example.org"),
    ] {
        assert_eq!(query(text).words(), [word], "{text}");
    }
    let parsed = query("x -tag:vip");
    assert_eq!(parsed.excluded(), ["tag:vip"]);
}

#[test]
fn what_looks_for_nothing_is_refused() {
    for text in [
        "",
        " ",
        "-ada",
        "type:lead",
        "type:lead -ada",
        "\"\"",
        "-\"\"",
    ] {
        assert_eq!(text.parse::<SearchQuery>(), Err(TextError::Empty), "{text}");
    }
    let many = "a ".repeat(SearchQuery::MAX_TERMS + 1);
    let max = SearchQuery::MAX_TERMS;
    assert_eq!(many.parse::<SearchQuery>(), Err(TextError::TooMany { max }));
    let long = "a".repeat(SearchQuery::MAX_CHARS + 1);
    let max = SearchQuery::MAX_CHARS;
    assert_eq!(long.parse::<SearchQuery>(), Err(TextError::TooLong { max }));
    assert_eq!(
        "a\0".parse::<SearchQuery>(),
        Err(TextError::InvalidCharacter)
    );
}

#[test]
fn two_kinds_at_once_are_none() {
    let parsed = query("ada type:lead type:task");
    assert!(SearchKind::ALL.into_iter().all(|kind| !parsed.wants(kind)));
}

#[test]
fn the_whole_name_address_or_number_is_exact() {
    for text in [
        "ada king",
        "Ada KING",
        "ada.king@example.org",
        "+49 30 1234567",
        "+49 (30) 123-4567",
        "\"ada king\"",
        "tag:vip",
        "email:ada.king@example.org",
        "ada king tag:\"public sector\"",
    ] {
        assert_eq!(closeness(text), Some(Closeness::Exact), "{text}");
    }
}

#[test]
fn the_least_close_term_decides() {
    for (text, expected) in [
        ("ada", Closeness::Prefix),
        ("king ada", Closeness::Prefix),
        ("kin", Closeness::Prefix),
        ("example", Closeness::Prefix),
        ("analyt eng", Closeness::Prefix),
        ("email:ada.", Closeness::Prefix),
        ("ing", Closeness::Contains),
        ("ada ing", Closeness::Contains),
        ("tag:vip ing", Closeness::Contains),
        ("email:example", Closeness::Contains),
        ("phone:1234", Closeness::Contains),
        ("(30)", Closeness::Prefix),
        ("analitical", Closeness::Similar),
        ("ada analitical", Closeness::Similar),
    ] {
        assert_eq!(closeness(text), Some(expected), "{text}");
    }
    for text in [
        "zoe",
        "ada -king",
        "king -example",
        "tag:vi",
        "king oda",
        "email:acme",
    ] {
        assert_eq!(closeness(text), None, "{text}");
    }
}

#[test]
fn closer_ones_score_more() {
    let score = |text| query(text).judge(&ada()).unwrap().score();
    let scores = ["ada king", "ada", "ing", "analyticl", "analitical"].map(score);
    assert!(scores.is_sorted_by(|one, next| one > next), "{scores:?}");
}

/// Terms as people type them, well formed and not.
fn term() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        "[a-zA-Z0-9.@+()-]{1,8}",
        Just("ada".to_owned()),
        Just("king".to_owned()),
        Just("ing".to_owned()),
        Just("analitical".to_owned()),
        Just("+49".to_owned()),
        Just("(30)".to_owned()),
        Just("123-4567".to_owned()),
    ];
    let quoted = "[a-z ]{0,10}".prop_map(|text| format!("\"{text}\""));
    let value = prop_oneof![word, quoted];
    let operator = prop_oneof![
        Just(""),
        Just("-"),
        Just("type:"),
        Just("tag:"),
        Just("email:"),
        Just("phone:"),
        Just("is:"),
    ];
    (operator, value).prop_map(|(operator, value)| format!("{operator}{value}"))
}

proptest! {
    #[test]
    fn no_text_makes_parsing_or_judging_panic(text: String, name: String) {
        if let Ok(query) = text.parse::<SearchQuery>() {
            let record = SearchText { fields: vec![(Field::Name, fold(&name))], tags: vec![] };
            let _ = query.judge(&record);
            let _ = query.judge(&ada());
        }
    }

    #[test]
    fn each_further_term_narrows_what_is_found(
        terms in proptest::collection::vec(term(), 1..5),
        further in term(),
    ) {
        let fewer = terms.join(" ");
        let more = format!("{fewer} {further}");
        if let (Ok(fewer), Ok(more)) = (fewer.parse::<SearchQuery>(), more.parse::<SearchQuery>()) {
            prop_assert!(more.judge(&ada()).is_none() || fewer.judge(&ada()).is_some());
            for kind in SearchKind::ALL {
                prop_assert!(!more.wants(kind) || fewer.wants(kind));
            }
        }
    }

    #[test]
    fn a_record_is_found_by_each_of_its_words(name in "[a-z]{1,10}( [a-z]{1,10}){0,3}") {
        let record = SearchText { fields: vec![(Field::Name, name.clone())], tags: vec![] };
        for word in name.split(' ') {
            let found = query(word).judge(&record).unwrap();
            prop_assert!(found.closeness <= Closeness::Prefix);
        }
        let whole = query(&name).judge(&record).unwrap();
        prop_assert_eq!(whole.closeness, Closeness::Exact);
        prop_assert!((0.0..=1.0).contains(&whole.score()));
    }
}

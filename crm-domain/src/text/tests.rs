use proptest::prelude::*;

use super::*;

#[test]
fn blank_long_and_control_texts_are_refused() {
    assert_eq!("   ".parse::<Name>(), Err(TextError::Empty));
    assert_eq!("a\0b".parse::<Name>(), Err(TextError::InvalidCharacter));
    assert_eq!("\0".parse::<Name>(), Err(TextError::InvalidCharacter));
    assert_eq!("a\nb".parse::<Name>(), Err(TextError::InvalidCharacter));
    assert_eq!(
        "é".repeat(201).parse::<Name>(),
        Err(TextError::TooLong { max: 200 })
    );
    assert_eq!(
        "é".repeat(200)
            .parse::<Name>()
            .map(|n| n.as_str().chars().count()),
        Ok(200)
    );
    assert_eq!(
        "one\ntwo".parse::<Note>().map(|n| n.to_string()),
        Ok("one\ntwo".into())
    );
    assert_eq!(
        " Ada ".parse::<Name>().map(|n| n.to_string()),
        Ok("Ada".into())
    );
}

#[test]
fn right_to_left_marks_and_joined_emoji_are_kept() {
    for text in ["\u{202e}cod.exe", "👩‍👩‍👧‍👦 family", "محمد"] {
        assert_eq!(
            text.parse::<Name>().map(|n| n.to_string()),
            Ok(text.to_owned())
        );
    }
}

#[test]
fn addresses_that_mail_would_not_reach_are_refused() {
    for bad in [
        "plain",
        "@x.org",
        "a@",
        "a@x",
        "a@x.org.",
        "a..b@x.org",
        ".a@x.org",
        "a b@x.org",
        "a@-x.org",
        "a@x..org",
        "\u{212a}evin@x.org",
        "a@\u{212a}x.org",
        "a@b@x.org",
        "a@x_y.org",
        "a@[127.0.0.1]",
    ] {
        assert_eq!(bad.parse::<Email>(), Err(TextError::NotAnEmail), "{bad:?}");
    }
    let long = format!("{}@{}.org", "a".repeat(60), "b.".repeat(95));
    assert_eq!(long.parse::<Email>(), Err(TextError::TooLong { max: 254 }));
}

#[test]
fn two_spellings_of_one_address_have_one_key() {
    let key = |s: &str| s.parse::<Email>().unwrap().key();
    assert_eq!(key("A.B@Example.ORG"), "a.b@example.org");
    assert_eq!(key("a@Bücher.example"), key("a@xn--bcher-kva.example"));
}

#[test]
fn phone_numbers_are_compared_by_their_digits() {
    let key = |s: &str| s.parse::<Phone>().unwrap().key();
    assert_eq!(key("+49 (30) 123-45"), "+493012345");
    assert_eq!(key("030/12345"), "03012345");
    assert_eq!("call me".parse::<Phone>(), Err(TextError::NotAPhone));
    assert_eq!("12".parse::<Phone>(), Err(TextError::NotAPhone));
}

#[test]
fn folding_takes_away_case_width_and_marks() {
    assert_eq!(fold("Zoë ＭÜLLER"), "zoe muller");
    assert_eq!(fold("İstanbul"), "istanbul");
    assert_eq!(fold("ﬁnance"), "finance");
}

#[test]
fn a_repeated_tag_keeps_its_first_spelling() {
    let tags = ["VIP", "vip", "Köln", "koln"].map(|t| t.parse::<Tag>().unwrap());
    let kept: Vec<_> = Tags::new(tags)
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(kept, ["VIP", "Köln"]);
    let many = (0..21).map(|i| format!("t{i}").parse::<Tag>().unwrap());
    assert_eq!(Tags::new(many), Err(TextError::TooMany { max: 20 }));
}

proptest! {
    #[test]
    fn what_parses_prints_and_parses_to_itself(s in "\\PC{0,220}") {
        if let Ok(v) = s.parse::<Name>() { prop_assert_eq!(v.to_string().parse::<Name>(), Ok(v)); }
        if let Ok(v) = s.parse::<Note>() { prop_assert_eq!(v.to_string().parse::<Note>(), Ok(v)); }
        if let Ok(v) = s.parse::<Tag>() { prop_assert_eq!(v.to_string().parse::<Tag>(), Ok(v)); }
        if let Ok(v) = s.parse::<Phone>() { prop_assert_eq!(v.to_string().parse::<Phone>(), Ok(v)); }
    }

    #[test]
    fn an_address_and_its_key_are_both_addresses_with_one_key(
        s in "[a-zA-Z0-9.!+-]{1,20}@[a-zA-Zäöü0-9-]{1,12}\\.[a-z]{2,6}"
    ) {
        if let Ok(email) = s.parse::<Email>() {
            prop_assert_eq!(email.to_string().parse::<Email>(), Ok(email.clone()));
            let again = email.key().parse::<Email>();
            prop_assert_eq!(again.map(|e| e.key()), Ok(email.key()));
        }
    }

    #[test]
    fn no_input_makes_parsing_panic_or_lets_a_control_character_in(s in any::<String>()) {
        let kept = [
            s.parse::<Name>().map(|v| v.to_string()), s.parse::<Company>().map(|v| v.to_string()),
            s.parse::<Source>().map(|v| v.to_string()), s.parse::<Tag>().map(|v| v.to_string()),
            s.parse::<Email>().map(|v| v.to_string()), s.parse::<Phone>().map(|v| v.to_string()),
            s.parse::<SearchTerm>().map(|v| v.to_string()),
        ];
        for text in kept.into_iter().flatten() {
            prop_assert!(!text.contains(char::is_control));
        }
    }

    #[test]
    fn a_company_has_the_same_key_with_and_without_its_legal_form(
        name in "[a-zA-ZäöüÉ0-9]{1,12}( [a-zA-Z0-9]{3,12}x)?",
        form in prop::sample::select(vec![" GmbH", ", Inc.", " Ltd", " S.A.", " GmbH & Co. KG", " b.v.", "  AG "]),
    ) {
        let plain: Company = name.parse().unwrap();
        let formal: Company = format!("{name}{form}").parse().unwrap();
        prop_assert_eq!(formal.key(), plain.key());
    }

    #[test]
    fn a_company_always_has_a_key(s in any::<String>()) {
        if let Ok(company) = s.parse::<Company>() {
            let key = company.key();
            prop_assert!(!key.is_empty() || fold(company.as_str()).trim_matches('.').is_empty());
            prop_assert!(key.chars().count() <= Company::MAX_CHARS);
        }
    }

    #[test]
    fn folding_twice_changes_nothing(s in "\\PC{0,60}") {
        prop_assert_eq!(fold(&fold(&s)), fold(&s));
    }
}

#[test]
fn a_company_is_compared_without_case_punctuation_and_legal_form() {
    let key = |company: &str| company.parse::<Company>().unwrap().key();
    assert_eq!(key("ACME, Inc."), "acme");
    assert_eq!(key("Müller & Söhne GmbH & Co. KG"), "muller sohne");
    assert_eq!(key("Zoë-Bau S.A."), "zoe bau");
    // A company may be called like a legal form.
    assert_eq!(key("SE"), "se");
    assert_eq!(key("Co. KG"), "co");
    assert_eq!(key("***"), "***");
    assert_ne!(key("ACME Nord"), key("ACME Süd"));
}

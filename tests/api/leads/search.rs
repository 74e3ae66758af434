//! Searching leads.

use crm_testing::TestApp;
use serde_json::json;

use super::{make, names};

/// Leads with names, companies, addresses and numbers to look for.
const LEADS: [(&str, &str, &str, &str); 7] = [
    (
        "Zoë Müller-Lüdenscheidt",
        "Bücher & Söhne",
        "zoe@buecher.example",
        "+49 (30) 123-45",
    ),
    ("Al Smith", "100% Fit", "al@fit.example", "030 555 1"),
    (
        "Alice Smithson",
        "Foo_Bar",
        "alice@foo.example",
        "040 666 2",
    ),
    (
        "Bob Marley",
        "Back\\slash",
        "bob_m@reggae.example",
        "050 777 3",
    ),
    (
        "Иван Петров",
        "Газпром",
        "ivan@gaz.example",
        "+7 495 1112233",
    ),
    ("王小明", "小米科技", "ming@mi.example", "+86 10 5555 0000"),
    ("Mr 100 Foo Bar", "Plain", "plain@x.example", "060 888 4"),
];

async fn cases(expected: &[(&str, &[usize])]) {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for (name, company, email, phone) in LEADS {
        let _ = make(
            &admin,
            json!({ "name": name, "company": company, "emailId": email, "phone": phone }),
        )
        .await;
    }
    for (term, leads) in expected {
        let mut leads: Vec<_> = leads.iter().map(|number| LEADS[*number].0).collect();
        leads.sort_unstable();
        let escaped: Vec<_> = term.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let escaped = escaped.concat();
        let mut found = names(&admin, &format!("search={escaped}")).await;
        found.sort_unstable();
        assert_eq!(found, leads, "{term:?}");
    }
}

#[tokio::test]
async fn a_word_is_found_anywhere_whatever_its_case_and_accents() {
    cases(&[
        ("smith", &[1, 2]),
        ("SMITH", &[1, 2]),
        ("mith", &[1, 2]),
        ("smithson", &[2]),
        ("zoe", &[0]),
        ("ZOË", &[0]),
        ("ＭＵＬＬＥＲ", &[0]),
        ("ludenscheidt", &[0]),
        ("buch", &[0]),
        ("петров", &[4]),
        ("ПЕТРОВ", &[4]),
        ("газ", &[4]),
        ("小米科", &[5]),
        ("@reggae", &[3]),
        ("example", &[0, 1, 2, 3, 4, 5, 6]),
        ("nobody", &[]),
    ])
    .await;
}

#[tokio::test]
async fn words_are_found_in_any_order_and_all_of_them() {
    cases(&[
        ("smith al", &[1, 2]),
        ("al smith", &[1, 2]),
        ("smith fit", &[1]),
        ("fit smith", &[1]),
        ("  smith   alice ", &[2]),
        ("sohne zoe muller", &[0]),
        ("smith marley", &[]),
        ("smith smith smith", &[1, 2]),
    ])
    .await;
}

#[tokio::test]
async fn signs_that_mean_something_to_a_database_stand_for_themselves() {
    cases(&[
        ("%", &[]),
        ("_", &[]),
        ("\\", &[]),
        ("%%%", &[]),
        ("___", &[]),
        ("a%h", &[]),
        ("100%", &[1]),
        ("100_", &[]),
        ("foo_bar", &[2]),
        ("foo%bar", &[]),
        ("fooxbar", &[]),
        ("back\\slash", &[3]),
        ("back\\\\slash", &[]),
        ("bob_m", &[3]),
        ("bob%m", &[]),
        ("'; drop table leads; --", &[]),
        ("smith' or '1'='1", &[]),
        ("%zz", &[]),
    ])
    .await;
}

#[tokio::test]
async fn a_number_is_found_by_its_digits_and_as_it_was_typed() {
    cases(&[
        ("+493012345", &[0]),
        ("493012345", &[0]),
        ("3012345", &[0]),
        ("(30) 123-45", &[0]),
        ("0305551", &[1]),
        ("555 030", &[1]),
        ("+7495", &[4]),
        ("+49", &[0]),
        ("99999", &[]),
    ])
    .await;
}

#[tokio::test]
async fn a_short_term_is_the_beginning_of_a_name() {
    cases(&[
        ("al", &[1, 2]),
        ("AL", &[1, 2]),
        ("a", &[1, 2]),
        ("al s", &[1]),
        ("zo", &[0]),
        ("王", &[5]),
        ("王小", &[5]),
        ("ив", &[4]),
        ("mr", &[6]),
        ("it", &[]),
        ("sm", &[]),
    ])
    .await;
}

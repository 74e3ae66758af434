use poem_openapi::Object;
use serde::Deserialize;

use super::*;

#[derive(Debug, PartialEq, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Parameters {
    #[serde(default)]
    status: Vec<Status>,
    page: Option<u32>,
    search: Option<String>,
    is_archived: Option<bool>,
}

#[derive(Debug, PartialEq, Deserialize, poem_openapi::Enum)]
enum Status {
    New,
    Old,
}

impl QueryParameters for Parameters {
    const REPEATABLE: &'static [&'static str] = &["status"];
}

fn refused(query: &str) -> (String, String) {
    let problem = parameters::<Parameters>(query).unwrap_err();
    let error = problem.errors().first().unwrap();
    (error.parameter.clone().unwrap(), error.code.clone())
}

#[derive(Debug, PartialEq, Deserialize, Object)]
#[serde(deny_unknown_fields)]
struct Demanding {
    q: String,
}

impl QueryParameters for Demanding {}

#[test]
fn a_parameter_that_must_be_given_is_named() {
    let problem = parameters::<Demanding>("").unwrap_err();
    let error = problem.errors().first().unwrap();
    assert_eq!(error.parameter.as_deref(), Some("q"));
    assert_eq!(error.code, "required");
}

#[test]
fn parameters_are_read_by_name() {
    let read = parameters::<Parameters>(
        "status=New&status=Old&page=2&search=a%20b%2Bc+d&isArchived=false",
    )
    .unwrap();
    let search = Some("a b+c d".to_owned());
    let expected = Parameters {
        status: vec![Status::New, Status::Old],
        page: Some(2),
        search,
        is_archived: Some(false),
    };
    assert_eq!(read, expected);
    assert_eq!(parameters::<Parameters>("").unwrap().page, None);
}

#[test]
fn a_percent_sign_without_digits_stands_for_itself() {
    assert_eq!(
        parameters::<Parameters>("search=%zz")
            .unwrap()
            .search
            .as_deref(),
        Some("%zz")
    );
}

#[test]
fn each_wrong_parameter_is_named() {
    let cases = [
        ("page=-1", "page", "wrong-type"),
        ("page=", "page", "too-short"),
        ("search=", "search", "too-short"),
        ("search", "search", "too-short"),
        ("page=abc", "page", "wrong-type"),
        ("page=18446744073709551616", "page", "wrong-type"),
        ("page=1e3", "page", "wrong-type"),
        ("page=1&page=2", "page", "duplicate-parameter"),
        ("isArchived=maybe", "isArchived", "wrong-type"),
        ("status=new", "status", "not-one-of"),
        ("status=New&status=", "status", "too-short"),
        ("x=1", "x", "unknown-parameter"),
        ("search=%ff", "search", "invalid-character"),
        ("search=a&search=b", "search", "duplicate-parameter"),
    ];
    for (query, name, code) in cases {
        assert_eq!(
            refused(query),
            (name.to_owned(), code.to_owned()),
            "{query}"
        );
    }
}

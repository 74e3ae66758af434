use serde::Deserialize;

use super::*;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Input {
    #[expect(dead_code, reason = "only parsing is tested")]
    name: String,
    #[serde(default)]
    #[expect(dead_code, reason = "only parsing is tested")]
    tags: Vec<String>,
    #[expect(dead_code, reason = "only parsing is tested")]
    status: Option<Status>,
    #[expect(dead_code, reason = "only parsing is tested")]
    id: Option<uuid::Uuid>,
    #[expect(dead_code, reason = "only parsing is tested")]
    count: Option<i32>,
}

#[derive(Debug, Deserialize)]
enum Status {
    New,
    Old,
}

fn refused(json: &str) -> (Code, Vec<(String, String)>) {
    let problem = parse::<Input>(json.as_bytes()).unwrap_err();
    let errors = problem
        .errors()
        .iter()
        .map(|e| (e.pointer.clone().unwrap_or_default(), e.code.clone()))
        .collect();
    (problem.code(), errors)
}

#[test]
fn each_wrong_field_is_pointed_at() {
    let cases = [
        (r#"{"name":1}"#, "#/name", "wrong-type"),
        (
            r#"{"name":"a","isAdmin":true}"#,
            "#/isAdmin",
            "unknown-field",
        ),
        (r#"{"name":"a","name":"b"}"#, "#/name", "duplicate-field"),
        ("{}", "#/name", "required"),
        (r#"{"name":null}"#, "#/name", "wrong-type"),
        (r#"{"name":"a","tags":["b",3]}"#, "#/tags/1", "wrong-type"),
        (r#"{"name":"a","tags":{}}"#, "#/tags", "wrong-type"),
        (r#"{"name":"a","status":"new"}"#, "#/status", "not-one-of"),
        (r#"{"name":"a","id":"abc"}"#, "#/id", "wrong-type"),
        (
            r#"{"name":"a","count":2147483648}"#,
            "#/count",
            "wrong-type",
        ),
        (r#"{"name":"a","count":1.5}"#, "#/count", "wrong-type"),
        ("[]", "#/", "wrong-type"),
        (r#""text""#, "#/", "wrong-type"),
    ];
    for (json, pointer, code) in cases {
        let expected = (
            Code::ValidationFailed,
            vec![(pointer.to_owned(), code.to_owned())],
        );
        assert_eq!(refused(json), expected, "{json}");
    }
}

#[test]
fn what_is_not_json_is_malformed() {
    for json in [
        r#"{"name":"#,
        "",
        "{",
        r#"{"name":"a"} x"#,
        r#"{"name":"\ud800"}"#,
        "{\"name\":\"a\0\"}",
        "NaN",
    ] {
        assert_eq!(refused(json), (Code::MalformedJson, vec![]), "{json:.50}");
    }
    assert!(
        matches!(parse::<Input>(b"{\"name\":\"\xff\"}"), Err(problem) if problem.code() == Code::MalformedJson)
    );
}

#[test]
fn deep_nesting_is_refused_without_being_followed() {
    let nested = "[".repeat(100_000);
    let wrong = (
        Code::ValidationFailed,
        vec![("#/name".to_owned(), "wrong-type".to_owned())],
    );
    assert_eq!(refused(&format!("{{\"name\":{nested}")), wrong);
    let unknown = (
        Code::ValidationFailed,
        vec![("#/x".to_owned(), "unknown-field".to_owned())],
    );
    assert_eq!(refused(&format!("{{\"x\":{nested}")), unknown);
}

#[test]
fn an_allowed_value_is_named_when_another_was_sent() {
    let problem = parse::<Input>(br#"{"name":"a","status":"new"}"#).unwrap_err();
    assert_eq!(
        problem.errors().first().map(|e| e.message.as_str()),
        Some("must be one of New or Old")
    );
}

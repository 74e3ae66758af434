//! Changing a lead only if it is still the version that the caller saw.

use crm_http::Settings;
use crm_testing::{Client, TestApp};
use futures_util::future::join_all;
use poem::http::{Method, header};
use serde_json::{Value, json};

use super::{NOBODY, errors, make, path};

/// Calls each operation that takes `If-Match` with this one.
async fn each(client: &Client<'_>, lead: &Value, if_match: &str, status: u16) {
    let path = path(lead);
    for (method, path) in [
        (Method::PATCH, path.clone()),
        (Method::DELETE, path.clone()),
        (Method::POST, format!("{path}/restore")),
    ] {
        let request = client
            .request(method.clone(), &path)
            .header(header::IF_MATCH, if_match);
        let request = if method == Method::PATCH {
            request.json(json!({ "company": "New" }))
        } else {
            request
        };
        let problem = request.expect(status).await;
        if status == 412 {
            assert_eq!(problem["code"], "stale");
            assert_eq!(problem["current"], *lead, "{method} {path}");
        } else {
            assert_eq!(problem["code"], "validation-failed");
            assert_eq!(
                errors(&problem),
                [("If-Match", "malformed")],
                "{method} {path}"
            );
        }
    }
}

#[tokio::test]
async fn the_version_that_was_seen_is_changed() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let path = path(&make(&admin, json!({})).await);
    let seen = admin.get(&path).send().await;
    for if_match in [seen.header("etag"), "\"2\"", "*", " \"4\" "] {
        let edit = json!({ "company": format!("after {if_match}") });
        let _ = admin
            .patch(&path)
            .header(header::IF_MATCH, if_match)
            .json(edit)
            .expect(200)
            .await;
    }
    let _ = admin
        .delete(&path)
        .header(header::IF_MATCH, "\"5\"")
        .expect(200)
        .await;
    let restored = admin
        .post(&format!("{path}/restore"))
        .header(header::IF_MATCH, "\"6\"")
        .expect(200)
        .await;
    assert_eq!(restored["version"], 7);
}

#[tokio::test]
async fn a_version_that_is_past_is_refused_with_the_present_one() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(
        &admin,
        json!({ "assignedAgent": admin.user().id.to_string() }),
    )
    .await;
    let lead = admin
        .patch(&path(&lead))
        .json(json!({ "company": "ACME" }))
        .expect(200)
        .await;
    let before = app.database().fingerprint().await;
    // A weak tag never matches, nor does another spelling of the number.
    for stale in [
        "\"1\"",
        "\"3\"",
        "\"\"",
        "\"abc\"",
        "W/\"2\"",
        "\"02\"",
        "\"+2\"",
        "\"-2\"",
        "\"99999999999\"",
    ] {
        each(&admin, &lead, stale, 412).await;
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn what_is_no_entity_tag_is_refused() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({})).await;
    let before = app.database().fingerprint().await;
    for malformed in [
        "",
        "1",
        "\"1",
        "1\"",
        "w/\"1\"",
        "\"1\", \"2\"",
        "'1'",
        "* *",
        "W/*",
    ] {
        each(&admin, &lead, malformed, 400).await;
    }
    let twice = admin
        .patch(&path(&lead))
        .header(header::IF_MATCH, "\"1\"")
        .header(header::IF_MATCH, "\"1\"");
    let problem = twice.json(json!({ "company": "New" })).expect(400).await;
    assert_eq!(errors(&problem), [("If-Match", "malformed")]);
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn a_lead_that_is_not_there_matches_nothing() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let path = format!("/api/leads/{NOBODY}");
    for if_match in ["*", "\"1\""] {
        let request = admin.patch(&path).header(header::IF_MATCH, if_match);
        assert_eq!(
            request.json(json!({})).expect(404).await["code"],
            "not-found"
        );
    }
}

#[tokio::test]
async fn of_thirty_two_at_once_who_read_and_write_none_overwrites_another() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let path = path(&make(&admin, json!({ "company": "0" })).await);
    let count = async || {
        let mut written = 0;
        for _ in 0..4 {
            let seen = admin.get(&path).send().await;
            let number: u32 = seen.expect(200)["company"]
                .as_str()
                .unwrap()
                .parse()
                .unwrap();
            let next = json!({ "company": (number + 1).to_string() });
            let request = admin
                .patch(&path)
                .header(header::IF_MATCH, seen.header("etag"));
            let answer = request.json(next).send().await;
            match answer.status.as_u16() {
                200 => written += 1,
                _ => assert_eq!(answer.expect(412)["code"], "stale"),
            }
        }
        written
    };
    let written: u32 = join_all((0..32).map(|_| count())).await.iter().sum();
    let lead = admin.get(&path).expect(200).await;
    assert_eq!(lead["company"], written.to_string());
    assert_eq!(lead["version"], written + 1);
    assert!(
        (1..128).contains(&written),
        "{written} of 128: nobody was in another's way"
    );
    let edits = app
        .database()
        .rows("select 1 from activities where action = 'lead.edited'")
        .await;
    assert_eq!(edits.len(), usize::try_from(written).unwrap());
}

#[tokio::test]
async fn a_conversion_asks_for_the_version_until_the_lead_is_converted() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({})).await;
    let convert = |version: &'static str| {
        admin
            .post(&format!("{}/convert", path(&lead)))
            .header(header::IF_MATCH, version)
    };
    let problem = convert("\"7\"").expect(412).await;
    assert_eq!(problem["current"], lead);
    let converted = convert("\"1\"").expect(200).await;
    let again = convert("\"1\"").expect(200).await;
    assert_eq!(again["customer"], converted["customer"]);
    assert_eq!(again["alreadyConverted"], true);
}

#[tokio::test]
async fn a_server_may_demand_that_a_change_says_what_it_changes() {
    let app = TestApp::with_settings(Settings {
        require_if_match: true,
        ..crm_testing::app::settings()
    })
    .await;
    let admin = app.admin().await;
    let path = path(&make(&admin, json!({})).await);
    let edit = || json!({ "company": "New" });
    let problem = admin.patch(&path).json(edit()).expect(428).await;
    assert_eq!(problem["code"], "if-match-required");
    admin.delete(&path).expect(428).await;
    let change = |tag| {
        admin
            .patch(&path)
            .header(header::IF_MATCH, tag)
            .json(edit())
    };
    change("\"7\"").expect(412).await;
    change("\"1\"").expect(200).await;
    change("*").expect(200).await;
}

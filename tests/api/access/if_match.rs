//! Changing users, teams and roles only if they are still the version that the caller saw.

use crm_domain::role::Role;
use crm_testing::{Client, TestApp};
use futures_util::future::join_all;
use poem::http::{Method, header};
use serde_json::{Value, json};

use super::team;
use crate::leads::errors;

/// A user, a team and a role: where they are, what changes them, and whether they can be deleted.
async fn records(app: &TestApp, admin: &Client<'_>) -> [(String, Value, bool); 3] {
    let user = app.user(Role::Agent).await.id;
    let team = team(app, "North").await;
    let role = json!({ "name": "Scout", "inherits": [Role::Agent.id()] });
    let role = admin.post("/api/roles").json(role).expect(201).await;
    [
        (
            format!("/api/users/{user}"),
            json!({ "name": "New" }),
            false,
        ),
        (format!("/api/teams/{team}"), json!({ "name": "New" }), true),
        (
            format!("/api/roles/{}", role["id"].as_str().unwrap()),
            json!({ "description": "New" }),
            true,
        ),
    ]
}

#[tokio::test]
async fn the_version_that_was_seen_is_changed_and_deleted() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for (path, edit, is_deletable) in records(&app, &admin).await {
        let seen = admin.get(&path).send().await;
        assert_eq!(seen.header("etag"), "\"1\"", "{path}");
        let changed = admin.patch(&path).json(edit);
        let changed = changed
            .header(header::IF_MATCH, seen.header("etag"))
            .send()
            .await;
        assert_eq!(changed.expect(200)["version"], 2, "{path}");
        assert_eq!(changed.header("etag"), "\"2\"", "{path}");
        let any = admin.patch(&path).json(json!({ "name": "Newer" }));
        any.header(header::IF_MATCH, "*").expect(200).await;
        if is_deletable {
            let delete = admin.delete(&path).header(header::IF_MATCH, "\"3\"");
            delete.expect(200).await;
        }
    }
}

#[tokio::test]
async fn a_version_that_is_past_is_refused_with_the_present_one() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let records = records(&app, &admin).await;
    for (path, edit, _) in &records {
        admin.patch(path).json(edit.clone()).expect(200).await;
    }
    let before = app.database().fingerprint().await;
    for (path, _, is_deletable) in records {
        let present = admin.get(&path).expect(200).await;
        for stale in ["\"1\"", "\"3\"", "W/\"2\"", "\"02\"", "\"\""] {
            let edit = admin.patch(&path).json(json!({ "name": "Newest" }));
            let delete = is_deletable.then(|| admin.delete(&path));
            for request in std::iter::once(edit).chain(delete) {
                let problem = request.header(header::IF_MATCH, stale).expect(412).await;
                assert_eq!(problem["code"], "stale");
                assert_eq!(problem["current"], present, "{path} {stale}");
            }
        }
        for malformed in ["1", "\"1\", \"2\""] {
            let edit = admin.patch(&path).json(json!({ "name": "Newest" }));
            let problem = edit.header(header::IF_MATCH, malformed).expect(400).await;
            assert_eq!(errors(&problem), [("If-Match", "malformed")], "{path}");
        }
    }
    assert_eq!(app.database().fingerprint().await, before);
}

/// What somebody may not change they learn nothing of by guessing its version.
#[tokio::test]
async fn who_may_not_change_it_is_told_so_whatever_the_version() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let agent = app.agent().await;
    for (path, edit, is_deletable) in records(&app, &admin).await {
        for version in ["\"1\"", "\"2\""] {
            let edit = agent.patch(&path).json(edit.clone());
            let answer = edit.header(header::IF_MATCH, version).send().await;
            assert!([403, 404].contains(&answer.status.as_u16()), "{path}");
            assert_eq!(answer.json()["current"], Value::Null);
            if is_deletable {
                let delete = agent.delete(&path).header(header::IF_MATCH, version);
                delete.expect(403).await;
            }
        }
    }
}

#[tokio::test]
async fn of_many_who_change_the_same_version_one_does() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for (path, _, _) in records(&app, &admin).await {
        let edit = |number: usize| {
            let edit = json!({ "name": format!("Name {number}") });
            let request = admin.request(Method::PATCH, &path).json(edit);
            request.header(header::IF_MATCH, "\"1\"").send()
        };
        let answers = join_all((0..8).map(edit)).await;
        let statuses = answers.iter().map(|answer| answer.status.as_u16());
        let done = statuses.clone().filter(|status| *status == 200).count();
        let stale = statuses.filter(|status| *status == 412).count();
        assert_eq!((done, stale), (1, 7), "{path}");
    }
}

#[tokio::test]
async fn what_was_made_says_its_version_and_where_it_is() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for (path, new) in [
        ("/api/teams", json!({ "name": "North" })),
        ("/api/roles", json!({ "name": "Scout" })),
    ] {
        let made = admin.post(path).json(new).send().await;
        let record = made.expect(201);
        let id = record["id"].as_str().unwrap();
        assert_eq!(made.header("etag"), "\"1\"");
        assert_eq!(made.header("location"), format!("{path}/{id}"));
        assert_eq!(admin.get(made.header("location")).expect(200).await, record);
    }
}

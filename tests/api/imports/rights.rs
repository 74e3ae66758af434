//! An import does what its owner may do, and nothing else.

use crm_app::api_keys::NewApiKey;
use crm_domain::activity::Actor;
use crm_testing::TestApp;
use serde_json::json;

use super::{CREATE, counts, done, errors, finish, leads, lines, names, path};
use crate::exports::{demote, granted};
use crate::leads::make;

const SYSTEM: Actor = Actor::system("test");

#[tokio::test]
async fn rows_do_only_what_their_owner_may_do() {
    let import = ("lead:import", "all");
    let read = ("lead:read", "all");
    for (grants, mode, reason) in [
        (vec![import, read], "create", "you may make no lead"),
        (
            vec![import, ("lead:create", "all")],
            "create",
            "you may give no lead to others",
        ),
        (vec![import, read], "update", "you may not change this lead"),
        (
            vec![import, read, ("lead:update", "own")],
            "update",
            "you may not change this lead",
        ),
        (
            vec![import, ("lead:update", "all")],
            "update",
            "matches no record",
        ),
    ] {
        let app = TestApp::new().await;
        let admin = app.admin().await;
        if mode == "update" {
            make(
                &admin,
                json!({ "name": "Ada", "emailId": "ada@example.org" }),
            )
            .await;
        }
        let narrow = granted(&app, &grants).await;
        let table = format!(
            "name,emailId,assignedAgent\nX,ada@example.org,{}\n",
            admin.user().id
        );
        let import = leads(&narrow, &table, json!({ "mode": mode })).await;
        let before = names(&app).await;
        for what in ["dry-run", "run"] {
            let done = done(&app, &narrow, &import, what).await;
            assert_eq!(errors(&done), [(2, reason)], "{grants:?} {what}");
        }
        assert_eq!(names(&app).await, before, "{grants:?}");
    }
}

#[tokio::test]
async fn an_import_is_given_up_when_the_right_to_it_is_withdrawn() {
    let app = TestApp::new().await;
    let (other, admin) = (app.admin().await, app.admin().await);
    let rows = lines(0..600, |n| format!("Lead {n},12345\n"));
    let import = leads(&admin, &format!("name,phone\n{rows}"), CREATE()).await;
    admin
        .post(&format!("{}/run", path(&import)))
        .expect(202)
        .await;
    assert!(app.crm.imports().advance(super::id(&import)).await.unwrap());
    demote(&app, &admin).await;
    assert!(!app.crm.imports().advance(super::id(&import)).await.unwrap());
    let stored = app
        .database()
        .rows("select state, failure, created from imports")
        .await;
    assert_eq!(stored[0]["state"], "failed");
    assert_eq!(stored[0]["failure"], "lead:import is not granted");
    assert_eq!(stored[0]["created"], 500);
    let list = other.get("/api/leads").expect(200).await;
    assert_eq!(list["totalLeads"], 500);
}

#[tokio::test]
async fn an_import_begun_by_a_key_keeps_to_the_limits_of_the_key() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let new = NewApiKey {
        owner: Some(admin.user().id),
        name: "Key".parse().unwrap(),
        scopes: [crm_testing::permission("lead:import")].into(),
        expires_at: None,
    };
    let token = app.crm.api_keys().create(&SYSTEM, new).await.unwrap().token;
    let key = app.anonymous().with_token(&token);
    let import = leads(&admin, "name,phone\nAda,12345\n", CREATE()).await;
    key.post(&format!("{}/run", path(&import)))
        .expect(202)
        .await;
    let import = finish(&app, &admin, &import).await;
    assert_eq!(counts(&import), [0, 0, 0, 0, 1]);
    assert_eq!(errors(&import), [(2, "you may make no lead")]);
}

#[tokio::test]
async fn nobody_sees_the_import_of_another() {
    let app = TestApp::new().await;
    let (one, other) = (app.admin().await, app.admin().await);
    let import = leads(&one, "name,phone\nAda,12345\n", CREATE()).await;
    other.get(&path(&import)).expect(404).await;
    other
        .get(&format!("{}/errors", path(&import)))
        .expect(404)
        .await;
    other
        .post(&format!("{}/run", path(&import)))
        .expect(404)
        .await;
    assert_eq!(
        other.get("/api/imports").expect(200).await["imports"],
        json!([])
    );
    assert_eq!(
        one.get("/api/imports").expect(200).await["imports"][0]["id"],
        import["id"]
    );
    one.delete(&path(&import)).expect(200).await;
    assert_eq!(
        one.get("/api/imports").expect(200).await["imports"],
        json!([])
    );
}

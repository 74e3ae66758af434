//! Notes on customers.

use crm_domain::role::Role;
use crm_testing::TestApp;
use serde_json::{Value, json};

use super::{list, make, path};

#[tokio::test]
async fn notes_are_shown_newest_first_and_counted_in_lists() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let customer = make(&agent, "Ada", json!({})).await;
    let notes = format!("{}/notes", path(&customer));
    for text in ["first", "second", "<b>third</b>\nline"] {
        let note = agent
            .post(&notes)
            .json(json!({ "text": text }))
            .expect(201)
            .await;
        assert_eq!(note["createdBy"]["id"], json!(agent.user().id));
        app.clock.advance(chrono::TimeDelta::seconds(1));
    }
    let shown = agent.get(&path(&customer)).expect(200).await;
    let texts = |list: &Value| -> Vec<String> {
        let notes = list["notes"].as_array().unwrap();
        notes
            .iter()
            .map(|note| note["text"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(texts(&shown), ["<b>third</b>\nline", "second", "first"]);
    assert_eq!(
        (&shown["noteCount"], &shown["version"]),
        (&json!(3), &json!(1))
    );
    assert_eq!(list(&agent, "").await["customers"][0]["noteCount"], 3);
    let first = agent.get(&format!("{notes}?limit=2")).expect(200).await;
    let cursor = first["nextCursor"].as_str().unwrap();
    let rest = agent
        .get(&format!("{notes}?cursor={cursor}"))
        .expect(200)
        .await;
    assert_eq!(texts(&first), ["<b>third</b>\nline", "second"]);
    assert_eq!(
        (texts(&rest), &rest["nextCursor"]),
        (vec!["first".to_owned()], &Value::Null)
    );
}

#[tokio::test]
async fn the_author_and_an_admin_take_a_note_away_and_nobody_else() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let manager = app.as_role(Role::Manager).await;
    let mine = json!({ "owner": agent.user().id });
    let customer = path(&make(&admin, "Ada", mine).await);
    let notes = format!("{customer}/notes");
    let text = json!({ "text": "Prefers e-mail" });
    let by_agent = agent.post(&notes).json(text.clone()).expect(201).await;
    let by_admin = admin.post(&notes).json(text).expect(201).await;
    let note = |note: &Value| format!("{notes}/{}", note["id"].as_str().unwrap());
    let before = app.database().fingerprint().await;
    agent.delete(&note(&by_admin)).expect(403).await;
    manager.delete(&note(&by_admin)).expect(404).await;
    let other = path(&make_other(&admin).await);
    let elsewhere = format!("{other}/notes/{}", by_admin["id"].as_str().unwrap());
    admin.delete(&elsewhere).expect(404).await;
    assert_ne!(
        app.database().fingerprint().await,
        before,
        "the other customer was made"
    );
    agent.delete(&note(&by_agent)).expect(200).await;
    agent.delete(&note(&by_agent)).expect(404).await;
    admin.delete(&note(&by_admin)).expect(200).await;
    assert_eq!(admin.get(&customer).expect(200).await["noteCount"], 0);
    let log = "select changes from activities where action = 'customer.note-removed' order by id";
    let log = app.database().rows(log).await;
    assert_eq!(log.len(), 2);
    assert_eq!(
        log[0]["changes"]["note"],
        json!({ "from": "Prefers e-mail", "to": null })
    );
}

async fn make_other(admin: &crm_testing::Client<'_>) -> Value {
    make(admin, "Bob", json!({})).await
}

#[tokio::test]
async fn a_note_that_is_empty_or_too_long_is_refused() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let notes = format!("{}/notes", path(&make(&agent, "Ada", json!({})).await));
    let before = app.database().fingerprint().await;
    for text in [
        json!("  "),
        json!("x".repeat(2001)),
        json!("a\u{0}b"),
        json!(1),
        Value::Null,
    ] {
        let problem = agent
            .post(&notes)
            .json(json!({ "text": text }))
            .expect(400)
            .await;
        assert_eq!(problem["errors"][0]["pointer"], "#/text", "{text}");
    }
    assert_eq!(app.database().fingerprint().await, before);
}

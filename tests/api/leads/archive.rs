//! Putting leads away and taking them back.

use crm_testing::TestApp;
use serde_json::{Value, json};

use super::{id, make, names, path, trail};

#[tokio::test]
async fn an_archived_lead_is_hidden_from_lists_and_still_there() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let away = make(&admin, json!({ "name": "Away" })).await;
    let _ = make(&admin, json!({ "name": "Here" })).await;
    let answer = admin.delete(&path(&away)).expect(200).await;
    assert!(answer["message"].is_string(), "{answer}");
    for here in ["", "isArchived=false", "search=somebody"] {
        assert_eq!(names(&admin, here).await, ["Here"], "{here}");
    }
    assert_eq!(names(&admin, "isArchived=true").await, ["Away"]);
    let shown = admin.get(&path(&away)).send().await;
    assert_eq!(shown.header("etag"), "\"2\"");
    let mut expected = away.clone();
    expected["isArchived"] = json!(true);
    expected["version"] = json!(2);
    assert_eq!(shown.expect(200), expected);
}

#[tokio::test]
async fn archiving_and_restoring_twice_do_it_once() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({ "company": "ACME", "tags": ["VIP"] })).await;
    let restore = format!("{}/restore", path(&lead));
    let before = app.database().fingerprint().await;
    assert_eq!(
        admin.post(&restore).expect(200).await,
        lead,
        "it was not put away"
    );
    assert_eq!(app.database().fingerprint().await, before);
    let first = admin.delete(&path(&lead)).expect(200).await;
    let archived = app.database().fingerprint().await;
    assert_ne!(archived, before);
    assert_eq!(admin.delete(&path(&lead)).expect(200).await, first);
    assert_eq!(app.database().fingerprint().await, archived);
    let answer = admin.post(&restore).send().await;
    let mut expected = lead.clone();
    expected["version"] = json!(3);
    assert_eq!(answer.expect(200), expected);
    assert_eq!(answer.header("etag"), "\"3\"");
}

#[tokio::test]
async fn an_archived_lead_is_read_only() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({})).await;
    let _ = admin.delete(&path(&lead)).expect(200).await;
    let before = app.database().fingerprint().await;
    for edit in [
        json!({ "company": "ACME" }),
        json!({ "status": "Contacted" }),
        json!({}),
    ] {
        let problem = admin.patch(&path(&lead)).json(edit).expect(409).await;
        assert_eq!(problem["code"], "archived");
    }
    let convert = format!("{}/convert", path(&lead));
    for dry_run in [false, true] {
        let problem = admin
            .post(&convert)
            .json(json!({ "dryRun": dry_run }))
            .expect(409)
            .await;
        assert_eq!(problem["code"], "archived");
    }
    assert_eq!(app.database().fingerprint().await, before);
    let _ = admin
        .post(&format!("{}/restore", path(&lead)))
        .expect(200)
        .await;
    let _ = admin
        .patch(&path(&lead))
        .json(json!({ "company": "ACME" }))
        .expect(200)
        .await;
}

#[tokio::test]
async fn archiving_and_restoring_leave_one_activity_and_one_event_each() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({})).await;
    let restore = format!("{}/restore", path(&lead));
    for (request, name, from, to) in [
        (admin.delete(&path(&lead)), "lead.archived", false, true),
        (admin.post(&restore), "lead.restored", true, false),
    ] {
        let answer = request.send().await;
        let _: Value = answer.expect(200);
        let trail = trail(&app, &admin, &answer, &lead).await;
        let changes = json!({ "isArchived": { "from": from, "to": to } });
        let activity =
            json!({ "action": name, "resource": "lead", "id": id(&lead), "changes": changes });
        assert_eq!(trail.activities, [activity]);
        assert_eq!(trail.events.len(), 1);
        assert_eq!(trail.events[0]["name"], name);
        assert_eq!(trail.events[0]["payload"]["leadId"], id(&lead));
    }
}

#[tokio::test]
async fn a_converted_lead_can_be_put_away_and_taken_back() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({})).await;
    let convert = format!("{}/convert", path(&lead));
    let customer = admin.post(&convert).expect(200).await["customer"].clone();
    let _ = admin.delete(&path(&lead)).expect(200).await;
    let back = admin
        .post(&format!("{}/restore", path(&lead)))
        .expect(200)
        .await;
    assert_eq!(back["status"], "Converted");
    assert_eq!(back["convertedCustomerId"], customer["id"]);
}

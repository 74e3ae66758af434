//! Making, changing, putting away and taking back.

use chrono::TimeDelta;
use poem::http::header;
use serde_json::json;

use crate::{NEW, SALES, app, customer, deal, id, moved, path};

#[tokio::test]
async fn a_deal_begins_in_the_first_stage_of_the_first_pipeline() {
    let app = app().await;
    let agent = app.agent().await;
    let customer = customer(&agent, "Ada").await;
    let new = json!({
        "name": "Lamps", "customerId": customer, "amount": { "amount": 120_050, "currency": "EUR" },
        "expectedCloseDate": "2026-03-31", "owner": agent.user().id,
    });
    let response = agent.post("/api/deals").json(new).send().await;
    let made = response.expect(201);
    assert_eq!(response.header("location"), path(&made));
    assert_eq!(response.header("etag"), "\"1\"");
    let user = agent.user();
    let expected = json!({
        "id": made["id"], "name": "Lamps", "customer": { "id": customer, "name": "Ada" }, "pipelineId": SALES,
        "stage": { "id": NEW, "name": "New", "kind": "open" }, "stageSince": "2026-01-02T12:00:00Z", "staleAt": null,
        "amount": { "amount": 120_050, "currency": "EUR" }, "probability": 10, "probabilityOverride": null,
        "expectedCloseDate": "2026-03-31", "lostReason": null, "closedAt": null, "isArchived": false, "version": 1,
        "owner": { "id": user.id, "name": user.name, "emailId": user.email },
        "createdBy": user.id, "createdAt": "2026-01-02T12:00:00Z", "updatedAt": "2026-01-02T12:00:00Z",
    });
    assert_eq!(made, expected);
    assert_eq!(agent.get(&path(&made)).expect(200).await, expected);
}

#[tokio::test]
async fn an_edit_changes_what_it_names() {
    let app = app().await;
    let agent = app.agent().await;
    let made = deal(&agent, "Lamps").await;
    let other = customer(&agent, "Eve").await;
    let edit = json!({
        "name": "Desks", "customerId": other, "amount": { "amount": 7, "currency": "JPY" }, "probabilityOverride": 60,
        "expectedCloseDate": "2026-05-01",
    });
    let edited = agent.patch(&path(&made)).json(edit).expect(200).await;
    assert_eq!(edited["customer"], json!({ "id": other, "name": "Eve" }));
    assert_eq!(
        (&edited["probability"], &edited["version"]),
        (&json!(60), &json!(2))
    );
    let clear = json!({ "amount": null, "probabilityOverride": null, "expectedCloseDate": null });
    let cleared = agent
        .patch(&path(&made))
        .json(clear.clone())
        .expect(200)
        .await;
    assert_eq!(
        (
            &cleared["amount"],
            &cleared["probability"],
            &cleared["version"]
        ),
        (&json!(null), &json!(10), &json!(3))
    );
    let same = agent.patch(&path(&made)).json(clear).expect(200).await;
    assert_eq!(same, cleared);
}

#[tokio::test]
async fn what_was_changed_by_somebody_else_is_shown() {
    let app = app().await;
    let agent = app.agent().await;
    let made = deal(&agent, "Lamps").await;
    let edit = json!({ "name": "Desks" });
    let request = agent.patch(&path(&made)).json(edit.clone());
    let edited = request.header(header::IF_MATCH, "\"1\"").expect(200).await;
    let before = app.database().fingerprint().await;
    let (edit_path, move_path) = (path(&made), format!("{}/move", path(&made)));
    let to = json!({ "stageId": NEW });
    for request in [
        agent.patch(&edit_path).json(edit),
        agent.post(&move_path).json(to),
        agent.delete(&edit_path),
        agent.post(&format!("{edit_path}/restore")),
    ] {
        let problem = request.header(header::IF_MATCH, "\"1\"").expect(412).await;
        assert_eq!(problem["current"], edited);
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn a_deal_that_is_put_away_is_read_only_until_it_is_taken_back() {
    let app = app().await;
    let agent = app.agent().await;
    let made = deal(&agent, "Lamps").await;
    agent.delete(&path(&made)).expect(200).await;
    agent.delete(&path(&made)).expect(200).await;
    let list = |query: &str| agent.get(&format!("/api/deals{query}"));
    assert_eq!(list("").expect(200).await["totalDeals"], json!(0));
    let away = list("?isArchived=true").expect(200).await;
    assert_eq!(away["deals"][0]["version"], json!(2));
    let edit = json!({ "name": "Desks" });
    let problem = agent.patch(&path(&made)).json(edit).expect(409).await;
    assert_eq!(problem["code"], json!("archived"));
    let to = json!({ "stageId": NEW });
    let move_path = format!("{}/move", path(&made));
    let problem = agent.post(&move_path).json(to.clone()).expect(409).await;
    assert_eq!(problem["code"], json!("archived"));
    let restore = format!("{}/restore", path(&made));
    let back = agent.post(&restore).expect(200).await;
    assert_eq!(back["isArchived"], json!(false));
    moved(&agent, &made, to).await;
}

#[tokio::test]
async fn each_write_has_one_activity_with_what_changed() {
    let app = app().await;
    let agent = app.agent().await;
    let made = deal(&agent, "Lamps").await;
    app.clock.advance(TimeDelta::seconds(1));
    let edit = json!({ "name": "Desks" });
    agent.patch(&path(&made)).json(edit).expect(200).await;
    app.clock.advance(TimeDelta::seconds(1));
    agent.delete(&path(&made)).expect(200).await;
    app.clock.advance(TimeDelta::seconds(1));
    agent
        .post(&format!("{}/restore", path(&made)))
        .expect(200)
        .await;
    let about = format!(
        "/api/activities?resource=deals.deal&resourceId={}",
        id(&made)
    );
    let log = agent.get(&about).expect(200).await;
    let actions: Vec<_> = log["activities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["action"].clone())
        .collect();
    assert_eq!(
        json!(actions),
        json!([
            "deals.deal-restored",
            "deals.deal-archived",
            "deals.deal-edited",
            "deals.deal-created"
        ])
    );
    assert_eq!(
        log["activities"][2]["changes"],
        json!({ "name": { "from": "Lamps", "to": "Desks" } })
    );
    assert!(app.wrong_events().await.is_empty());
}

#[tokio::test]
async fn the_deals_of_a_user_who_leaves_go_to_somebody_else_with_their_records() {
    let app = app().await;
    let admin = app.admin().await;
    let (leaver, heir) = (app.agent().await, app.agent().await);
    let (lamps, desks) = (deal(&leaver, "Lamps").await, deal(&leaver, "Desks").await);
    for deal in [&lamps, &desks] {
        let owner = json!({ "owner": leaver.user().id });
        leaver.patch(&path(deal)).json(owner).expect(200).await;
    }
    let kept = deal(&admin, "Kept").await;
    leaver.delete(&path(&desks)).expect(200).await;
    app.clock.advance(TimeDelta::seconds(1));
    let disable = format!("/api/users/{}/disable", leaver.user().id);
    let to = json!({ "reassignTo": heir.user().id });
    let answer = admin.post(&disable).json(to).expect(200).await;
    // What is put away stays with whom it was.
    assert_eq!(answer["reassignedOthers"], 1);
    let shown = heir.get(&path(&lamps)).expect(200).await;
    assert_eq!(shown["owner"]["id"], json!(heir.user().id));
    let shown = admin.get(&path(&kept)).expect(200).await;
    assert_eq!(shown["owner"], kept["owner"]);
    let log = format!(
        "/api/activities?resource=deals.deal&resourceId={}",
        id(&lamps)
    );
    let log = admin.get(&log).expect(200).await;
    assert_eq!(
        log["activities"][0]["changes"],
        json!({ "owner": { "from": leaver.user().id, "to": heir.user().id } })
    );
    let disable = format!("/api/users/{}/disable", heir.user().id);
    let to = json!({ "reassignTo": null });
    let answer = admin.post(&disable).json(to).expect(200).await;
    assert_eq!(answer["reassignedOthers"], 1);
    let shown = admin.get(&path(&lamps)).expect(200).await;
    assert_eq!(shown["owner"], json!(null));
}

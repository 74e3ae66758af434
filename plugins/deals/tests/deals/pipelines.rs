//! Pipelines and their stages, and what becomes of the deals in those that are taken away.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    LOST, MISSING, NEW, QUALIFIED, SALES, app, cards, deal, error, errors, id, moved, path,
};

fn other() -> Value {
    json!({ "name": "Partners", "stages": [
        { "name": "Talk", "kind": "open", "probability": 30, "staleAfterDays": 14 },
        { "name": "Signed", "kind": "won" },
        { "name": "Gone", "kind": "lost" },
    ] })
}

#[tokio::test]
async fn every_workspace_begins_with_one_pipeline() {
    let app = app().await;
    let list = app
        .agent()
        .await
        .get("/api/deals/pipelines")
        .expect(200)
        .await;
    let stages = list["pipelines"][0]["stages"].as_array().unwrap();
    let stages: Vec<_> = stages
        .iter()
        .map(|stage| json!([stage["name"], stage["kind"], stage["probability"]]))
        .collect();
    assert_eq!(
        json!(stages),
        json!([
            ["New", "open", 10],
            ["Qualified", "open", 25],
            ["Proposal", "open", 50],
            ["Negotiation", "open", 75],
            ["Won", "won", 100],
            ["Lost", "lost", 0]
        ])
    );
    assert_eq!(list["pipelines"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_pipeline_is_made_and_changed() {
    let app = app().await;
    let admin = app.admin().await;
    let response = admin
        .post("/api/deals/pipelines")
        .json(other())
        .send()
        .await;
    let made = response.expect(201);
    let place = format!("/api/deals/pipelines/{}", id(&made));
    assert_eq!(response.header("location"), place);
    assert_eq!(admin.get(&place).expect(200).await, made);
    let mut stages = made["stages"].clone();
    stages[0]["name"] = json!("Meet");
    let last = stages[2].clone();
    stages[2] = json!({ "name": "Offer", "kind": "open", "probability": 60 });
    stages.as_array_mut().unwrap().push(last);
    let edit = json!({ "name": "Friends", "stages": stages });
    let edited = admin.patch(&place).json(edit).expect(200).await;
    assert_eq!(
        (&edited["name"], &edited["version"]),
        (&json!("Friends"), &json!(2))
    );
    let shown: Vec<_> = edited["stages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stage| stage["name"].clone())
        .collect();
    assert_eq!(json!(shown), json!(["Meet", "Signed", "Offer", "Gone"]));
    assert_eq!(edited["stages"][0]["id"], made["stages"][0]["id"]);
    assert_eq!(admin.get(&place).expect(200).await, edited);
    assert!(app.wrong_events().await.is_empty());
}

#[tokio::test]
async fn a_pipeline_that_is_wrong_is_refused() {
    let app = app().await;
    let admin = app.admin().await;
    // The first use of a token is noted.
    admin.get("/api/deals/pipelines").expect(200).await;
    let before = app.database().fingerprint().await;
    let mut wrong = other();
    wrong["stages"][0]["probability"] = json!(null);
    wrong["stages"][1]["name"] = json!("talk");
    wrong["stages"][2]["kind"] = json!("won");
    let problem = admin
        .post("/api/deals/pipelines")
        .json(wrong)
        .expect(400)
        .await;
    assert_eq!(
        errors(&problem),
        [
            error("#/stages/0/probability", "required"),
            error("#/stages/1/name", "repeated"),
            error("#/stages", "required"),
            error("#/stages", "required"),
        ]
    );
    let mut many = other();
    let stage = many["stages"][0].clone();
    many["stages"] = (0..31).map(|_| stage.clone()).collect();
    let problem = admin
        .post("/api/deals/pipelines")
        .json(many)
        .expect(400)
        .await;
    assert_eq!(errors(&problem), [error("#/stages", "too-many")]);
    assert_eq!(app.database().fingerprint().await, before);
}

/// The stages of a pipeline without one.
fn without(pipeline: &Value, stage: &str) -> Value {
    let stages = pipeline["stages"].as_array().unwrap().iter();
    stages.filter(|known| id(known) != stage).cloned().collect()
}

#[tokio::test]
async fn a_stage_that_holds_deals_goes_when_it_is_said_where_they_go() {
    let app = app().await;
    let admin = app.admin().await;
    let (a, b) = (deal(&admin, "A").await, deal(&admin, "B").await);
    let away = deal(&admin, "Away").await;
    admin.delete(&path(&away)).expect(200).await;
    let there = deal(&admin, "There").await;
    moved(&admin, &there, json!({ "stageId": QUALIFIED })).await;
    let place = format!("/api/deals/pipelines/{SALES}");
    let pipeline = admin.get(&place).expect(200).await;
    let stages = without(&pipeline, NEW);
    let before = app.database().fingerprint().await;
    let edit = json!({ "stages": stages });
    let problem = admin.patch(&place).json(edit).expect(409).await;
    assert_eq!(
        (&problem["code"], &problem["reason"]),
        (&json!("refused"), &json!("deals.in-use"))
    );
    assert!(
        problem["detail"].as_str().unwrap().starts_with("3 deals"),
        "{problem}"
    );
    for (target, code) in [
        (LOST, "not-allowed"),
        (NEW, "not-found"),
        (MISSING, "not-found"),
    ] {
        let edit = json!({ "stages": stages, "moveTo": target });
        let problem = admin.patch(&place).json(edit).expect(400).await;
        assert_eq!(errors(&problem), [error("#/moveTo", code)]);
    }
    assert_eq!(app.database().fingerprint().await, before);
    app.clock.advance(TimeDelta::seconds(90));
    let edit = json!({ "stages": stages, "moveTo": QUALIFIED });
    admin.patch(&place).json(edit).expect(200).await;
    assert_eq!(cards(&admin, QUALIFIED).await, ["There", "B", "A"]);
    let history = admin
        .get(&format!("{}/history", path(&a)))
        .expect(200)
        .await;
    assert_eq!(history["changes"][0]["from"]["name"], json!("New"));
    assert_eq!(history["changes"][0]["seconds"], json!(90));
    assert_eq!(admin.get(&path(&b)).expect(200).await["version"], json!(2));
    admin
        .post(&format!("{}/restore", path(&away)))
        .expect(200)
        .await;
    let to = json!({ "stageId": NEW });
    let problem = admin
        .post(&format!("{}/move", path(&a)))
        .json(to)
        .expect(400)
        .await;
    assert_eq!(errors(&problem), [error("#/stageId", "not-found")]);
    assert!(app.wrong_events().await.is_empty());
}

#[tokio::test]
async fn a_pipeline_that_holds_deals_goes_when_it_is_said_where_they_go() {
    let app = app().await;
    let admin = app.admin().await;
    let sales = format!("/api/deals/pipelines/{SALES}");
    let problem = admin.delete(&sales).expect(409).await;
    assert_eq!(problem["reason"], json!("deals.last-pipeline"));
    let target = admin
        .post("/api/deals/pipelines")
        .json(other())
        .expect(201)
        .await;
    let (open, lost) = (deal(&admin, "Open").await, deal(&admin, "Lost").await);
    moved(
        &admin,
        &lost,
        json!({ "stageId": LOST, "lostReason": "No" }),
    )
    .await;
    let problem = admin.delete(&sales).expect(409).await;
    assert_eq!(problem["reason"], json!("deals.in-use"));
    let problem = admin
        .delete(&format!("{sales}?moveTo={SALES}"))
        .expect(400)
        .await;
    assert_eq!(errors(&problem), [error("#/moveTo", "not-found")]);
    admin
        .delete(&format!("{sales}?moveTo={}", id(&target)))
        .expect(200)
        .await;
    admin.get(&sales).expect(404).await;
    for (deal, stage) in [(&open, "Talk"), (&lost, "Gone")] {
        let shown = admin.get(&path(deal)).expect(200).await;
        assert_eq!(shown["stage"]["name"], json!(stage));
        assert_eq!(shown["pipelineId"], target["id"]);
    }
    // Deals begin in the one that is left.
    assert_eq!(deal(&admin, "New").await["stage"]["name"], json!("Talk"));
}

//! What goes wrong in a plugin harms nothing else.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::json;

use super::stock::{Mood, Stock};
use super::{app_with, put};

async fn refused(mood: Mood, status: u16) -> serde_json::Value {
    let stock = Arc::new(Stock::default());
    let app = app_with(&stock).await;
    let agent = app.agent().await;
    // The first request marks the session as used.
    agent.get("/api/stock").expect(200).await;
    let before = app.database().fingerprint().await;
    *stock.hook.lock().unwrap() = mood;
    let new = json!({ "name": "Lamp" });
    let problem = agent
        .post("/api/stock")
        .json(new.clone())
        .expect(status)
        .await;
    assert_eq!(app.database().fingerprint().await, before);
    *stock.hook.lock().unwrap() = Mood::Well;
    agent.post("/api/stock").json(new).expect(201).await;
    problem
}

#[tokio::test]
async fn a_veto_undoes_everything() {
    let problem = refused(Mood::Refuses, 422).await;
    assert_eq!(
        problem["veto"],
        json!({ "hook": "stock.look", "code": "stock.full" })
    );
    assert_eq!(
        problem["detail"],
        json!("stock.look refuses: there is no room for Lamp")
    );
}

#[tokio::test]
async fn a_panic_in_a_hook_undoes_everything() {
    let problem = refused(Mood::Panics, 500).await;
    assert_eq!(problem["code"], json!("internal-error"));
    assert!(!problem.to_string().contains("shelf"), "{problem}");
}

#[tokio::test]
async fn a_panic_in_an_operation_is_an_error_of_its_caller_only() {
    let stock = Arc::new(Stock::default());
    let app = app_with(&stock).await;
    let agent = app.agent().await;
    put(&agent, "Lamp").await;
    *stock.operation.lock().unwrap() = Mood::Panics;
    let problem = agent.get("/api/stock").expect(500).await;
    assert_eq!(problem["code"], json!("internal-error"));
    assert!(!problem.to_string().contains("shelf"), "{problem}");
    agent.get("/api/leads").expect(200).await;
    put(&agent, "Chair").await;
    *stock.operation.lock().unwrap() = Mood::Well;
    let list = agent.get("/api/stock").expect(200).await;
    assert_eq!(list["total"], json!(2));
}

#[tokio::test]
async fn a_hook_that_does_not_end_is_cut_off_and_undoes_everything() {
    let problem = refused(Mood::Hangs, 503).await;
    assert_eq!(
        problem["detail"],
        json!("stock.look takes too long; try again")
    );
}

#[tokio::test]
async fn a_panic_in_a_subscriber_is_tried_again() {
    let stock = Arc::new(Stock::default());
    let app = app_with(&stock).await;
    let agent = app.agent().await;
    *stock.handler.lock().unwrap() = Mood::Panics;
    put(&agent, "Lamp").await;
    app.drain_jobs().await;
    assert_eq!(stock.counted.load(Ordering::SeqCst), 0);
    *stock.handler.lock().unwrap() = Mood::Well;
    app.clock.advance(chrono::TimeDelta::minutes(1));
    app.drain_jobs().await;
    assert_eq!(stock.counted.load(Ordering::SeqCst), 1);
}

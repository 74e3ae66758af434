//! What hooks may do besides refusing.

use crm_app::event::HookContext;
use crm_app::plugin::HookError;
use crm_domain::event::CustomerCreated;
use crm_domain::ids::UserId;
use crm_domain::task::{NewTask, Related};
use crm_testing::TestApp;
use serde_json::json;

/// Every new customer is greeted, by this user or by whoever made them.
async fn greeting(by: Option<UserId>) -> TestApp {
    TestApp::with(|builder| {
        builder.before_commit("greet", move |made: &CustomerCreated, hook| {
            Box::pin(greet(made, by, hook))
        })
    })
    .await
}

async fn greet(
    made: &CustomerCreated,
    by: Option<UserId>,
    hook: HookContext<'_>,
) -> Result<(), HookError> {
    let task = NewTask {
        related_to: Some(Related::Customer(made.customer_id)),
        assigned_to: by.or(hook.actor.user_id()),
        ..NewTask::titled("Say hello".parse().unwrap())
    };
    let tasks = hook.crm.tasks();
    tasks.create_in(hook.conn, hook.actor, task).await?;
    Ok(())
}

#[tokio::test]
async fn a_hook_writes_along_in_the_name_of_whoever_acts() {
    let app = greeting(None).await;
    let agent = app.agent().await;
    let new = json!({ "name": "Ada Lovelace" });
    let customer = agent.post("/api/customers").json(new).expect(201).await;
    let tasks = agent.get("/api/tasks").expect(200).await;
    let [task] = tasks["tasks"].as_array().unwrap().as_slice() else {
        panic!("{tasks}");
    };
    assert_eq!(task["relatedTo"]["id"], customer["id"]);
    let log = agent.get("/api/activities?action=task.created").expect(200);
    let log = log.await;
    let me = agent.user().id.to_string();
    assert_eq!(log["activities"][0]["actor"]["id"], json!(me), "{log}");
}

#[tokio::test]
async fn what_fails_in_a_hook_is_told_and_undoes_everything() {
    let nobody = UserId::from(uuid::Uuid::from_u128(1));
    let app = greeting(Some(nobody)).await;
    let admin = app.admin().await;
    admin.get("/api/tasks").expect(200).await;
    let before = app.database().fingerprint().await;
    let new = json!({ "name": "Ada Lovelace" });
    let problem = admin.post("/api/customers").json(new).expect(400).await;
    assert_eq!(
        problem["errors"][0]["message"],
        json!("is not an active user")
    );
    assert_eq!(app.database().fingerprint().await, before);
}

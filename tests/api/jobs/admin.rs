//! The queue as an Admin sees it: list it, and have dead jobs run again.

use crm_domain::activity::Actor;
use crm_domain::role::Role;
use crm_testing::TestApp;
use serde_json::{Value, json};

use super::{Done, Work, app, enqueue};

/// Queues three jobs, the first and the last of which die.
async fn with_dead(done: &Done) -> TestApp {
    let app = app(done).await;
    for number in 0..3 {
        let work = Work {
            is_poison: number != 1,
            ..Work::number(number)
        };
        enqueue(&app, work).await;
        app.clock.advance(chrono::TimeDelta::milliseconds(1));
    }
    let die = "update jobs set attempts = 2 where (payload ->> 'is_poison')::boolean";
    app.database().execute(die).await;
    assert_eq!(app.drain_jobs().await, 3);
    enqueue(&app, Work::number(3)).await;
    app
}

fn states(list: &Value) -> Vec<&str> {
    let jobs = list["jobs"].as_array().unwrap();
    jobs.iter()
        .map(|job| job["state"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn an_admin_lists_jobs_by_state_and_name_part_by_part() {
    let app = with_dead(&Done::default()).await;
    let admin = app.admin().await;
    let list = async |query: &str| admin.get(&format!("/api/jobs{query}")).expect(200).await;
    let all = list("").await;
    assert_eq!(states(&all), ["ready", "dead", "dead"]);
    let dead = &all["jobs"][1];
    assert_eq!(dead["name"], "test.work");
    assert_eq!(
        (&dead["attempts"], &dead["maxAttempts"]),
        (&json!(3), &json!(3))
    );
    assert_eq!(dead["lastError"], "2 is poison");
    assert_eq!(dead["leasedUntil"], json!(null));
    assert_eq!(states(&list("?state=dead").await), ["dead", "dead"]);
    assert_eq!(
        states(&list("?state=ready&name=test.work").await),
        ["ready"]
    );
    assert!(states(&list("?name=other").await).is_empty());
    let long = format!("/api/jobs?name={}", "n".repeat(101));
    let refused = admin.get(&long).expect(400).await;
    assert_eq!(refused["errors"][0]["code"], "too-long");
    let first = list("?state=dead&limit=1").await;
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = list(&format!("?state=dead&limit=1&cursor={cursor}")).await;
    assert_eq!(first["jobs"][0], all["jobs"][1]);
    assert_eq!(second["jobs"][0], all["jobs"][2]);
    assert_eq!(second["nextCursor"], json!(null));
    let other = format!("/api/jobs?limit=1&cursor={cursor}");
    assert_eq!(
        admin.get(&other).expect(400).await["code"],
        "invalid-cursor"
    );
    admin.get("/api/jobs?state=done").expect(400).await;
}

#[tokio::test]
async fn a_dead_job_runs_again_when_an_admin_says_so_which_is_in_the_log() {
    let done = Done::default();
    let app = with_dead(&done).await;
    let admin = app.admin().await;
    let dead = admin.get("/api/jobs?state=dead").expect(200).await;
    let path = format!(
        "/api/jobs/{}/retry",
        dead["jobs"][0]["id"].as_str().unwrap()
    );
    app.database()
        .execute("update jobs set payload = payload || '{\"is_poison\": false}'")
        .await;
    let ready = admin.post(&path).expect(200).await;
    assert_eq!(
        (&ready["state"], &ready["attempts"]),
        (&json!("ready"), &json!(0))
    );
    // The second time there is nothing to do, and nothing in the log.
    assert_eq!(admin.post(&path).expect(200).await, ready);
    app.drain_jobs().await;
    let mut numbers = done.lock().unwrap().clone();
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3]);
    admin.post(&path).expect(404).await;
    let log = "select resource, actor_id, changes from activities where action = 'job.retried'";
    let log = app.database().rows(log).await;
    assert_eq!(log.len(), 1);
    assert_eq!(log[0]["resource"], "job");
    assert_eq!(log[0]["actor_id"], json!(admin.user().id));
    assert_eq!(
        log[0]["changes"]["state"],
        json!({ "from": "dead", "to": "ready" })
    );
}

#[tokio::test]
async fn a_dead_job_stays_dead_while_another_one_of_its_key_is_in_the_queue() {
    let app = with_dead(&Done::default()).await;
    let admin = app.admin().await;
    app.database()
        .execute("update jobs set unique_key = 'k' where state = 'ready'")
        .await;
    app.database()
        .execute("update jobs set unique_key = 'k' where state = 'dead'")
        .await;
    let dead = admin.get("/api/jobs?state=dead").expect(200).await;
    let before = app.database().fingerprint().await;
    let path = format!(
        "/api/jobs/{}/retry",
        dead["jobs"][0]["id"].as_str().unwrap()
    );
    assert_eq!(admin.post(&path).expect(409).await["code"], "in-use");
    let system = Actor::system("test");
    let retried = app.crm.jobs().retry_all(&system, None).await.unwrap();
    assert_eq!(retried, 0);
    assert_eq!(app.database().fingerprint().await, before);
    app.database()
        .execute("update jobs set unique_key = null where state = 'ready'")
        .await;
    // Of two with one key, one.
    let retried = app.crm.jobs().retry_all(&system, None).await.unwrap();
    assert_eq!(retried, 1);
}

#[tokio::test]
async fn nobody_but_an_admin_sees_the_queue() {
    let app = with_dead(&Done::default()).await;
    for role in [Role::Agent, Role::Manager, Role::ReadOnly] {
        let client = app.as_role(role).await;
        client.get("/api/jobs").expect(403).await;
    }
}

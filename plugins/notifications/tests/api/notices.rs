//! Whom something is told, of what, and how often.

use chrono::TimeDelta;
use crm_domain::role::Role;
use crm_testing::Client;
use serde_json::{Value, json};

use crate::receiver::Receiver;
use crate::{app, lead, path as webhook_path, webhook};

const NOTICES: &str = "/api/notifications";

/// The notices of a user, the newest first.
pub(crate) async fn notices(client: &Client<'_>) -> Vec<Value> {
    let list = client.get("/api/notifications?limit=100").expect(200).await;
    list["notices"].as_array().unwrap().clone()
}

/// Why a user was told of what, the newest first.
pub(crate) async fn told(client: &Client<'_>) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let notices = notices(client).await;
    let of = |notice: &Value| (text(&notice["kind"]), text(&notice["eventType"]));
    notices.iter().map(of).collect()
}

pub(crate) fn pair(kind: &str, event: &str) -> (String, String) {
    (kind.to_owned(), event.to_owned())
}

/// Gives a record to a user.
async fn give(by: &Client<'_>, path: &str, field: &str, to: &Client<'_>) {
    let edit = json!({ field: to.user().id });
    by.patch(path).json(edit).expect(200).await;
}

#[tokio::test]
async fn whom_a_record_is_assigned_to_is_told_unless_they_did_it() {
    let app = app().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let id = lead(&admin, "Ada").await;
    give(&admin, &format!("/api/leads/{id}"), "assignedAgent", &agent).await;
    let customer = json!({ "name": "Ada", "owner": agent.user().id });
    admin
        .post("/api/customers")
        .json(customer)
        .expect(201)
        .await;
    let task = json!({ "title": "Call", "assignedTo": agent.user().id });
    admin.post("/api/tasks").json(task).expect(201).await;
    // Nobody is told of what they do.
    let own = json!({ "title": "Own", "assignedTo": agent.user().id });
    agent.post("/api/tasks").json(own).expect(201).await;
    app.drain_jobs().await;
    let expected = [
        pair("assigned", "task.created"),
        pair("assigned", "customer.created"),
        pair("assigned", "lead.edited"),
    ];
    let mut found = told(&agent).await;
    found.sort();
    let mut sorted = expected;
    sorted.sort();
    assert_eq!(found, sorted);
    assert_eq!(told(&admin).await, []);
    let of_lead = notices(&agent)
        .await
        .into_iter()
        .find(|notice| notice["resource"] == json!("lead"));
    let notice = of_lead.unwrap();
    assert_eq!(
        (&notice["resourceId"], &notice["resourceName"]),
        (&json!(id), &json!("Ada"))
    );
    assert_eq!(
        (&notice["actorId"], &notice["readAt"]),
        (&json!(admin.user().id), &json!(null))
    );
}

#[tokio::test]
async fn who_is_mentioned_in_a_note_is_told_if_they_may_read_it() {
    let app = app().await;
    let (admin, agent, other) = (app.admin().await, app.agent().await, app.agent().await);
    let customer = json!({ "name": "Ada", "owner": agent.user().id });
    let customer = admin
        .post("/api/customers")
        .json(customer)
        .expect(201)
        .await;
    app.drain_jobs().await;
    let notes = format!("/api/customers/{}/notes", customer["id"].as_str().unwrap());
    let [of_agent, of_other, of_admin] = [&agent, &other, &admin].map(|client| client.user().id);
    let text = format!("@[{of_agent}], ask @[{of_other}] and @[{of_admin}] and @[{of_agent}]");
    admin
        .post(&notes)
        .json(json!({ "text": text }))
        .expect(201)
        .await;
    app.drain_jobs().await;
    assert_eq!(
        told(&agent).await[0],
        pair("mentioned", "customer.note-added")
    );
    assert_eq!(told(&agent).await.len(), 2);
    assert_eq!((told(&other).await, told(&admin).await), (vec![], vec![]));
}

#[tokio::test]
async fn one_is_reminded_told_of_ones_leads_and_of_ones_imports() {
    let app = app().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let remind_at = app.crm.now() + TimeDelta::minutes(5);
    let task = json!({ "title": "Call", "remindAt": remind_at });
    agent.post("/api/tasks").json(task).expect(201).await;
    let id = lead(&agent, "Ada").await;
    give(&agent, &format!("/api/leads/{id}"), "assignedAgent", &agent).await;
    admin
        .post(&format!("/api/leads/{id}/convert"))
        .expect(200)
        .await;
    app.drain_jobs().await;
    assert_eq!(
        told(&agent).await,
        [pair("leadConverted", "lead.converted")]
    );
    app.clock.advance(TimeDelta::minutes(6));
    app.drain_jobs().await;
    assert_eq!(told(&agent).await[0], pair("taskDue", "task.reminder-due"));
    let csv = "name,phone\nGrace,+49 30 1234567\n";
    let import = admin
        .post("/api/imports?resource=lead")
        .raw("text/csv", csv);
    let import = import.expect(201).await;
    let id = import["id"].as_str().unwrap();
    let run = format!("/api/imports/{id}/run");
    admin.post(&run).expect(202).await;
    let id = id.parse().unwrap();
    while app.crm.imports().advance(id).await.unwrap() {}
    app.drain_jobs().await;
    assert_eq!(
        told(&admin).await,
        [pair("importFinished", "lead.imported")]
    );
}

#[tokio::test]
async fn what_one_may_not_read_any_more_is_not_told() {
    let app = app().await;
    let (admin, agent, other) = (app.admin().await, app.agent().await, app.agent().await);
    let id = lead(&admin, "Ada").await;
    let path = format!("/api/leads/{id}");
    // Taken away again before it could be told.
    give(&admin, &path, "assignedAgent", &agent).await;
    give(&admin, &path, "assignedAgent", &other).await;
    app.drain_jobs().await;
    assert_eq!(told(&agent).await, []);
    assert_eq!(told(&other).await.len(), 1);
    let unread = other.get("/api/notifications/unread").expect(200).await;
    assert_eq!(unread, json!({ "unread": 1, "isCapped": false }));
    // And after it.
    give(&admin, &path, "assignedAgent", &admin).await;
    app.drain_jobs().await;
    assert_eq!(told(&other).await, []);
    let unread = other.get("/api/notifications/unread").expect(200).await;
    assert_eq!(unread["unread"], json!(0));
}

#[tokio::test]
async fn nothing_is_read_up_to_a_number_that_no_notice_has() {
    let app = app().await;
    let agent = app.agent().await;
    let nothing = agent.post("/api/notifications/read-all");
    let refused = nothing.json(json!({ "upTo": 0 })).expect(400).await;
    assert_eq!(refused["errors"][0]["pointer"], "#/upTo");
}

#[tokio::test]
async fn notices_are_read_one_by_one_or_all_up_to_one() {
    let app = app().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    for name in ["A", "B", "C"] {
        let task = json!({ "title": name, "assignedTo": agent.user().id });
        admin.post("/api/tasks").json(task).expect(201).await;
        app.drain_jobs().await;
    }
    let numbers = |list: &[Value]| {
        list.iter()
            .map(|notice| notice["number"].as_i64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(numbers(&notices(&agent).await), [3, 2, 1]);
    let part = agent.get("/api/notifications?limit=2").expect(200).await;
    assert_eq!(numbers(part["notices"].as_array().unwrap()), [3, 2]);
    let cursor = part["nextCursor"].as_str().unwrap();
    let rest = agent
        .get(&format!("{NOTICES}?limit=2&cursor={cursor}"))
        .expect(200)
        .await;
    assert_eq!(
        (
            numbers(rest["notices"].as_array().unwrap()),
            &rest["nextCursor"]
        ),
        (vec![1], &json!(null))
    );
    admin
        .get(&format!("{NOTICES}?cursor={cursor}"))
        .expect(400)
        .await;
    agent.post("/api/notifications/2/read").expect(200).await;
    agent.post("/api/notifications/9/read").expect(404).await;
    admin.post("/api/notifications/1/read").expect(404).await;
    let unread = || async {
        let list = agent
            .get("/api/notifications?unread=true")
            .expect(200)
            .await;
        numbers(list["notices"].as_array().unwrap())
    };
    assert_eq!(unread().await, [3, 1]);
    agent
        .post("/api/notifications/read-all")
        .json(json!({ "upTo": 2 }))
        .expect(200)
        .await;
    assert_eq!(unread().await, [3]);
    agent.post("/api/notifications/read-all").expect(200).await;
    assert_eq!(unread().await, Vec::<i64>::new());
    let unread = agent.get("/api/notifications/unread").expect(200).await;
    assert_eq!(unread["unread"], json!(0));
    app.clock.advance(TimeDelta::days(91));
    app.drain_jobs().await;
    let left = app
        .database()
        .rows("select number from notifications_notices")
        .await;
    assert_eq!(left, Vec::<Value>::new());
}

#[tokio::test]
async fn who_has_a_webhook_is_told_when_it_is_switched_off() {
    let (app, receiver) = (app().await, Receiver::start().await);
    let admin = app.admin().await;
    webhook(&admin, &receiver, &["lead.created"]).await;
    receiver.answer("410 Gone");
    lead(&admin, "Ada").await;
    app.drain_jobs().await;
    assert_eq!(
        told(&admin).await,
        [pair("webhookDisabled", "notifications.webhook-disabled")]
    );
    assert_eq!(notices(&admin).await[0]["resourceName"], json!("Receiver"));
}

#[tokio::test]
async fn each_is_told_once_under_numbers_without_gaps_however_many_are_told_at_once() {
    let app = app().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    for number in 0..20 {
        let task = json!({ "title": format!("T{number}"), "assignedTo": agent.user().id });
        admin.post("/api/tasks").json(task).expect(201).await;
    }
    // As if another server had begun each, too.
    app.database().execute(
        "insert into jobs (id, name, payload, state, run_at, attempts, max_attempts, created_at)
         select gen_random_uuid(), name, payload, 'ready', run_at, 0, 12, created_at from jobs where name = 'notifications.spread'",
    ).await;
    let jobs = app.crm.jobs();
    let drains = (0..4).map(|_| jobs.drain());
    for drained in futures_util::future::join_all(drains).await {
        drained.unwrap();
    }
    let mut numbers: Vec<_> = notices(&agent)
        .await
        .iter()
        .map(|notice| notice["number"].as_i64().unwrap())
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
}

#[tokio::test]
async fn nothing_is_queued_for_what_nobody_waits_for() {
    let (app, receiver) = (app().await, Receiver::start().await);
    let (admin, agent) = (app.admin().await, app.agent().await);
    let queued = async || {
        let queued = app.database().rows("select id from jobs").await.len();
        app.drain_jobs().await;
        queued
    };
    let id = lead(&admin, "Ada").await;
    let path = format!("/api/leads/{id}");
    let rename = async |name: &str| {
        let edit = json!({ "name": name });
        admin.patch(&path).json(edit).expect(200).await;
    };
    rename("Ada L.").await;
    assert_eq!(queued().await, 0);
    give(&admin, &path, "assignedAgent", &agent).await;
    assert_eq!(queued().await, 1);
    let issued = webhook(&admin, &receiver, &["lead.edited"]).await;
    app.drain_jobs().await;
    rename("Ada Lovelace").await;
    assert_eq!(queued().await, 1);
    assert_eq!(receiver.told().len(), 1);
    let off = json!({ "isEnabled": false });
    admin
        .patch(&webhook_path(&issued))
        .json(off)
        .expect(200)
        .await;
    app.drain_jobs().await;
    rename("A. Lovelace").await;
    assert_eq!(queued().await, 0);
}

#[tokio::test]
async fn a_program_with_a_key_has_no_notices() {
    let app = app().await;
    let admin = app.as_role(Role::Admin).await;
    let key =
        json!({ "name": "Key", "password": crm_testing::app::PASSWORD, "scopes": ["lead:read"] });
    let key = admin.post("/api/api-keys").json(key).expect(201).await;
    let program = admin.with_token(key["token"].as_str().unwrap());
    for path in [
        NOTICES,
        "/api/notifications/unread",
        "/api/notifications/stream",
    ] {
        assert_eq!(
            program.get(path).expect(403).await["code"],
            json!("needs-session")
        );
    }
}

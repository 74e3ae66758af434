//! What receivers are told, of what, and by whose rights.

use chrono::{DateTime, TimeDelta, Utc};
use crm_testing::TestApp;
use serde_json::{Value, json};

use crate::receiver::Receiver;
use crate::{app, lead, let_have_webhooks, log, path, webhook};

/// From the clock of the application to that of the verifier, which wants messages of this hour.
pub(crate) fn until_now(app: &TestApp) -> TimeDelta {
    let now: DateTime<Utc> = std::time::SystemTime::now().into();
    now - app.crm.now()
}

#[tokio::test]
async fn a_receiver_is_told_what_a_library_of_others_verifies() {
    let (app, receiver) = (app().await, Receiver::start().await);
    app.clock.advance(until_now(&app));
    let admin = app.admin().await;
    let issued = webhook(&admin, &receiver, &["lead.created"]).await;
    let lead = lead(&admin, "Ädä \"King\"").await;
    // Of another kind: nobody asked for it.
    let edit = json!({ "company": "Other" });
    admin
        .patch(&format!("/api/leads/{lead}"))
        .json(edit)
        .expect(200)
        .await;
    app.drain_jobs().await;
    let told = receiver.told();
    assert_eq!(told.len(), 1);
    let told = &told[0];
    assert_eq!(told.line, "POST /hook?a=b HTTP/1.1");
    assert_eq!(told.header("content-type"), "application/json");
    assert!(told.verifies(issued["secret"].as_str().unwrap()));
    assert!(!told.verifies("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    let message = told.json();
    let feed = admin
        .get("/api/events?types=lead.created")
        .expect(200)
        .await;
    let event = &feed["events"][0];
    assert_eq!(message["type"], json!("lead.created"));
    let instant = |value: &Value| value.as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
    assert_eq!(instant(&message["timestamp"]), instant(&event["at"]));
    for member in [
        "id",
        "version",
        "resource",
        "resourceId",
        "actor",
        "requestId",
        "payload",
    ] {
        assert_eq!(message["data"][member], event[member], "{member}");
    }
    assert_eq!(told.header("webhook-id"), event["id"].as_str().unwrap());
}

#[tokio::test]
async fn the_log_says_what_came_of_it() {
    let (app, receiver) = (app().await, Receiver::start().await);
    let admin = app.admin().await;
    let issued = webhook(&admin, &receiver, &["lead.created"]).await;
    lead(&admin, "L").await;
    app.drain_jobs().await;
    let log = log(&admin, &issued).await;
    assert_eq!(log.len(), 1);
    let id = receiver.told()[0].header("webhook-id").to_owned();
    for (member, value) in [
        ("eventId", json!(id)),
        ("eventType", json!("lead.created")),
        ("state", json!("delivered")),
        ("tries", json!(1)),
        ("lastStatus", json!(200)),
        ("lastFailure", json!(null)),
        ("nextTryAt", json!(null)),
    ] {
        assert_eq!(log[0][member], value, "{member}");
    }
}

#[tokio::test]
async fn a_webhook_tells_only_what_its_owner_may_read() {
    let (app, receiver) = (app().await, Receiver::start().await);
    let (admin, agent) = (app.admin().await, app.agent().await);
    let_have_webhooks(&app, agent.user().id).await;
    let issued = webhook(
        &agent,
        &receiver,
        &["lead.created", "user.created", "lead.edited"],
    )
    .await;
    let hidden = lead(&admin, "Hidden").await;
    let own = lead(&agent, "Own").await;
    app.drain_jobs().await;
    let told = receiver.told();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].json()["data"]["resourceId"], json!(own));
    assert_eq!(
        log(&agent, &issued).await.len(),
        1,
        "nor does the log tell of others"
    );
    // What others do to it is told; when it is theirs, no more.
    let give = json!({ "assignedAgent": admin.user().id });
    let path_of = |lead: &str| format!("/api/leads/{lead}");
    admin
        .patch(&path_of(&own))
        .json(json!({ "company": "C" }))
        .expect(200)
        .await;
    app.drain_jobs().await;
    assert_eq!(receiver.told().len(), 1);
    admin.patch(&path_of(&own)).json(give).expect(200).await;
    app.drain_jobs().await;
    assert_eq!(receiver.told().len(), 0);
    let take = json!({ "assignedAgent": agent.user().id });
    admin.patch(&path_of(&hidden)).json(take).expect(200).await;
    app.drain_jobs().await;
    assert_eq!(receiver.told().len(), 1);
}

#[tokio::test]
async fn what_its_owner_may_not_read_any_more_is_withheld_from_the_next_try() {
    let (app, receiver) = (app().await, Receiver::start().await);
    let (admin, agent) = (app.admin().await, app.agent().await);
    let_have_webhooks(&app, agent.user().id).await;
    let issued = webhook(&agent, &receiver, &["lead.created"]).await;
    let id = lead(&agent, "Own").await;
    receiver.answer("503 Busy");
    app.drain_jobs().await;
    assert_eq!(receiver.told().len(), 1);
    let give = json!({ "assignedAgent": admin.user().id });
    admin
        .patch(&format!("/api/leads/{id}"))
        .json(give)
        .expect(200)
        .await;
    app.clock.advance(TimeDelta::seconds(6));
    app.drain_jobs().await;
    assert_eq!(receiver.told().len(), 0);
    let entry = &log(&agent, &issued).await[0];
    assert_eq!(
        (&entry["state"], &entry["tries"]),
        (&json!("withheld"), &json!(1))
    );
}

#[tokio::test]
async fn a_disabled_user_is_told_nothing() {
    let (app, receiver) = (app().await, Receiver::start().await);
    let (admin, owner) = (app.admin().await, app.admin().await);
    webhook(&owner, &receiver, &["lead.created"]).await;
    let disable = format!("/api/users/{}/disable", owner.user().id);
    admin.post(&disable).json(json!({})).expect(200).await;
    lead(&admin, "L").await;
    app.drain_jobs().await;
    assert_eq!(receiver.told().len(), 0);
}

#[tokio::test]
async fn a_ping_is_told_whatever_the_webhook_is_told_of() {
    let (app, receiver) = (app().await, Receiver::start().await);
    let admin = app.admin().await;
    let (tried, other) = (
        webhook(&admin, &receiver, &["lead.created"]).await,
        webhook(&admin, &receiver, &["lead.created"]).await,
    );
    let ping = format!("{}/ping", path(&tried));
    admin.post(&ping).expect(202).await;
    app.drain_jobs().await;
    let told = receiver.told();
    assert_eq!(told.len(), 1);
    assert_eq!(
        told[0].json()["type"],
        json!("notifications.webhook-pinged")
    );
    assert_eq!(log(&admin, &tried).await[0]["state"], json!("delivered"));
    assert_eq!(log(&admin, &other).await.len(), 0);
}

#[tokio::test]
async fn an_event_is_delivered_again_under_its_id_when_somebody_asks() {
    let (app, receiver) = (app().await, Receiver::start().await);
    let admin = app.admin().await;
    let issued = webhook(&admin, &receiver, &["lead.created"]).await;
    lead(&admin, "L").await;
    app.drain_jobs().await;
    let entry = log(&admin, &issued).await[0].clone();
    let again = format!(
        "{}/deliveries/{}/redeliver",
        path(&issued),
        entry["id"].as_str().unwrap()
    );
    let other = webhook(&admin, &receiver, &["lead.created"]).await;
    let elsewhere = again.replace(&path(&issued), &path(&other));
    admin.post(&elsewhere).expect(404).await;
    assert_eq!(
        admin.post(&again).expect(202).await["state"],
        json!("pending")
    );
    let problem = admin.post(&again).expect(409).await;
    assert_eq!(problem["reason"], json!("notifications.delivery-pending"));
    app.drain_jobs().await;
    let ids: Vec<_> = receiver
        .told()
        .iter()
        .map(|told| told.header("webhook-id").to_owned())
        .collect();
    let id = entry["eventId"].as_str().unwrap();
    assert_eq!(ids, [id, id]);
    let entries = log(&admin, &issued).await;
    assert_eq!((entries.len(), &entries[0]["tries"]), (1, &json!(1)));
}

#[tokio::test]
async fn an_event_that_comes_twice_is_delivered_once() {
    let (app, receiver) = (app().await, Receiver::start().await);
    let admin = app.admin().await;
    webhook(&admin, &receiver, &["lead.created"]).await;
    lead(&admin, "L").await;
    // As if the server had died before it noted that the event was spread.
    let queued = "select payload from jobs where name = 'notifications.spread' and payload ->> 'name' = 'lead.created'";
    let payload = app.database().rows(queued).await[0]["payload"].to_string();
    app.drain_jobs().await;
    let again = format!(
        "insert into jobs (id, name, payload, state, run_at, attempts, max_attempts, created_at)
         values (gen_random_uuid(), 'notifications.spread', '{payload}', 'ready', now() - interval '9 years', 0, 12, now())"
    );
    app.database().execute(&again).await;
    assert_eq!(app.drain_jobs().await, 1);
    assert_eq!(receiver.told().len(), 1);
}

#[tokio::test]
async fn the_log_goes_on_by_its_cursor_and_back_for_thirty_days() {
    let (app, receiver) = (app().await, Receiver::start().await);
    let admin = app.admin().await;
    let issued = webhook(&admin, &receiver, &["lead.created"]).await;
    for name in ["A", "B", "C"] {
        lead(&admin, name).await;
    }
    app.drain_jobs().await;
    let deliveries = format!("{}/deliveries", path(&issued));
    let part = admin
        .get(&format!("{deliveries}?limit=2&state=delivered"))
        .expect(200)
        .await;
    assert_eq!(part["deliveries"].as_array().unwrap().len(), 2);
    let cursor = part["nextCursor"].as_str().unwrap();
    let rest = admin.get(&format!(
        "{deliveries}?limit=2&state=delivered&cursor={cursor}"
    ));
    let rest = rest.expect(200).await;
    assert_eq!(
        (
            rest["deliveries"].as_array().unwrap().len(),
            &rest["nextCursor"]
        ),
        (1, &json!(null))
    );
    admin
        .get(&format!("{deliveries}?state=failed&cursor={cursor}"))
        .expect(400)
        .await;
    app.clock.advance(TimeDelta::days(31));
    app.drain_jobs().await;
    let left = app
        .database()
        .rows("select id from notifications_deliveries")
        .await;
    assert_eq!(left, Vec::<Value>::new());
}

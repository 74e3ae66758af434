//! What becomes of a delivery whose receiver does not take it.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use crm_testing::TestApp;
use serde_json::{Value, json};

use crate::receiver::{Receiver, Told};
use crate::{app, lead, log, path, webhook};

/// Lets every try fail, at its time and not before; gives what the receiver was told, and how long was waited in between.
async fn fail_to_the_end(
    app: &TestApp,
    receiver: &Receiver,
    issued: &Value,
) -> (Vec<Told>, Vec<TimeDelta>) {
    let (mut told, mut waits) = (Vec::new(), Vec::new());
    loop {
        receiver.answer("500 Oh no");
        app.drain_jobs().await;
        told.extend(receiver.told());
        let admin = app.admin().await;
        let entry = &log(&admin, issued).await[0];
        assert_eq!(entry["lastStatus"], json!(500));
        assert_eq!(entry["tries"], json!(told.len()));
        let Some(next) = entry["nextTryAt"].as_str() else {
            return (told, waits);
        };
        assert_eq!(entry["state"], json!("pending"));
        let next: DateTime<Utc> = next.parse().unwrap();
        let wait = next - app.crm.now();
        waits.push(wait);
        app.clock.advance(wait - TimeDelta::milliseconds(1));
        app.drain_jobs().await;
        assert_eq!(receiver.told().len(), 0);
        app.clock.advance(TimeDelta::milliseconds(1));
    }
}

/// How many different values there are.
fn distinct<T: Ord>(told: &[Told], value: impl Fn(&Told) -> T) -> usize {
    told.iter().map(value).collect::<BTreeSet<_>>().len()
}

#[tokio::test]
async fn there_are_ten_tries_under_one_id_within_three_days() {
    let (app, receiver) = (app().await, Receiver::start().await);
    let admin = app.admin().await;
    let issued = webhook(&admin, &receiver, &["lead.created"]).await;
    lead(&admin, "L").await;
    let (told, waits) = fail_to_the_end(&app, &receiver, &issued).await;
    assert_eq!(told.len(), 10);
    assert!(waits.is_sorted(), "{waits:?}");
    let took: TimeDelta = waits.iter().sum();
    let is_right = took > TimeDelta::days(3) && took < TimeDelta::hours(84);
    assert!(is_right, "{took}");
    let header = |name| move |told: &Told| told.header(name).to_owned();
    assert_eq!(distinct(&told, header("webhook-id")), 1);
    assert_eq!(distinct(&told, |told| told.body.clone()), 1);
    assert_eq!(distinct(&told, header("webhook-timestamp")), 10);
    assert_eq!(distinct(&told, header("webhook-signature")), 10);
}

#[tokio::test]
async fn after_the_last_try_a_webhook_is_switched_off_until_somebody_switches_it_on() {
    let (app, receiver) = (app().await, Receiver::start().await);
    let admin = app.admin().await;
    let issued = webhook(&admin, &receiver, &["lead.created"]).await;
    lead(&admin, "L").await;
    fail_to_the_end(&app, &receiver, &issued).await;
    let admin = app.sign_in(admin.user().clone()).await;
    let webhook = admin.get(&path(&issued)).expect(200).await;
    assert_eq!(
        (&webhook["isEnabled"], &webhook["disabledReason"]),
        (&json!(false), &json!("failing"))
    );
    assert_eq!(log(&admin, &issued).await[0]["state"], json!("failed"));
    let disabled = "select payload from events where name = 'notifications.webhook-disabled'";
    let disabled = app.database().rows(disabled).await;
    assert_eq!(disabled.len(), 1);
    assert_eq!(disabled[0]["payload"]["owner"], json!(admin.user().id));
    assert_eq!(app.wrong_events().await, Vec::<String>::new());
    let on = json!({ "isEnabled": true });
    admin.patch(&path(&issued)).json(on).expect(200).await;
    lead(&admin, "M").await;
    app.drain_jobs().await;
    assert_eq!(receiver.told().len(), 1);
}

#[tokio::test]
async fn a_second_try_may_be_the_last() {
    let (app, receiver) = (app().await, Receiver::start().await);
    let admin = app.admin().await;
    let issued = webhook(&admin, &receiver, &["lead.created"]).await;
    lead(&admin, "L").await;
    receiver.answer("429 Too Many Requests");
    app.drain_jobs().await;
    app.clock.advance(TimeDelta::seconds(6));
    app.drain_jobs().await;
    app.clock.advance(TimeDelta::minutes(5));
    app.drain_jobs().await;
    assert_eq!(receiver.told().len(), 2);
    let entry = &log(&admin, &issued).await[0];
    assert_eq!(
        (&entry["state"], &entry["tries"]),
        (&json!("delivered"), &json!(2))
    );
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_told_no_more() {
    let (app, receiver) = (app().await, Receiver::start().await);
    let admin = app.admin().await;
    let issued = webhook(&admin, &receiver, &["lead.created"]).await;
    receiver.answer("410 Gone");
    for name in ["A", "B"] {
        lead(&admin, name).await;
    }
    app.drain_jobs().await;
    assert_eq!(receiver.told().len(), 1);
    let shown = admin.get(&path(&issued)).expect(200).await;
    assert_eq!(shown["disabledReason"], json!("gone"));
    let log = log(&admin, &issued).await;
    let states: BTreeSet<_> = log.iter().map(|entry| entry["state"].as_str()).collect();
    assert_eq!(states, [Some("cancelled"), Some("failed")].into());
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let (app, receiver, elsewhere) = (
        app().await,
        Receiver::start().await,
        Receiver::start().await,
    );
    let admin = app.admin().await;
    let issued = webhook(&admin, &receiver, &["lead.created"]).await;
    for status in [301, 302, 303, 307, 308] {
        receiver.answer(&format!(
            "{status} Elsewhere\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n",
            elsewhere.url
        ));
        // Each after the one before it.
        app.clock.advance(TimeDelta::milliseconds(1));
        lead(&admin, "L").await;
        app.drain_jobs().await;
        let entry = &log(&admin, &issued).await[0];
        assert_eq!(
            (&entry["state"], &entry["lastStatus"]),
            (&json!("pending"), &json!(status))
        );
    }
    assert_eq!((receiver.told().len(), elsewhere.told().len()), (5, 0));
}

#[tokio::test]
async fn what_is_no_answer_is_a_failure_and_a_large_one_is_not_read_to_its_end() {
    let (app, receiver) = (app().await, Receiver::start().await);
    let admin = app.admin().await;
    let issued = webhook(&admin, &receiver, &["lead.created"]).await;
    let endless = format!(
        "200 OK\r\nContent-Length: 100000000\r\n\r\n{}",
        "a".repeat(200_000)
    );
    let wide = format!("200 OK\r\nX-Wide: {}\r\n\r\n", "a".repeat(200_000));
    for (answer, state, failure) in [
        (endless.as_str(), "delivered", json!(null)),
        (wide.as_str(), "pending", json!("no-answer")),
        ("99999\r\n\r\n", "pending", json!("no-answer")),
    ] {
        receiver.answer(answer);
        // Each after the one before it.
        app.clock.advance(TimeDelta::milliseconds(1));
        lead(&admin, "L").await;
        app.drain_jobs().await;
        let entry = &log(&admin, &issued).await[0];
        assert_eq!(
            (&entry["state"], &entry["lastFailure"]),
            (&json!(state), &failure)
        );
    }
    drop(receiver);
    tokio::task::yield_now().await;
    app.clock.advance(TimeDelta::milliseconds(1));
    lead(&admin, "L").await;
    app.drain_jobs().await;
    assert_eq!(
        log(&admin, &issued).await[0]["lastFailure"],
        json!("not-connected")
    );
}

#[tokio::test]
async fn what_is_under_way_when_a_webhook_is_switched_off_or_deleted_is_not_sent() {
    let (app, receiver) = (app().await, Receiver::start().await);
    let admin = app.admin().await;
    let issued = [
        webhook(&admin, &receiver, &["lead.created"]).await,
        webhook(&admin, &receiver, &["lead.created"]).await,
    ];
    for _ in 0..2 {
        receiver.answer("500 Oh no");
    }
    lead(&admin, "L").await;
    app.drain_jobs().await;
    assert_eq!(receiver.told().len(), 2);
    admin
        .patch(&path(&issued[0]))
        .json(json!({ "isEnabled": false }))
        .expect(200)
        .await;
    admin.delete(&path(&issued[1])).expect(200).await;
    app.clock.advance(TimeDelta::hours(1));
    app.drain_jobs().await;
    assert_eq!(receiver.told().len(), 0);
    let admin = app.admin().await;
    assert_eq!(
        log(&admin, &issued[0]).await[0]["state"],
        json!("cancelled")
    );
    let dead = app
        .database()
        .rows("select name from jobs where state = 'dead'")
        .await;
    assert_eq!(dead, Vec::<Value>::new());
}

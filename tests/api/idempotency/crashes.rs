//! What becomes of a key when the server stops half-way, or something fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::TimeDelta;
use crm_app::CrmBuilder;
use crm_app::event::HookError;
use crm_domain::event::LeadCreated;
use crm_testing::TestApp;
use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};

use super::{REPLAYED, is_refused, leads, new_lead};

#[derive(Clone, Copy)]
enum Fault {
    Fails,
    Panics,
    LosesTheClaim,
}

/// The first lead that is made meets the fault.
fn once(builder: CrmBuilder, fault: Fault) -> CrmBuilder {
    let met = Arc::new(AtomicU32::new(0));
    builder.before_commit::<LeadCreated, _>("fault", move |_, hook| {
        let is_first = met.fetch_add(1, Ordering::Relaxed) == 0;
        Box::pin(async move {
            match fault {
                _ if !is_first => Ok(()),
                Fault::Fails => {
                    let failed = diesel::sql_query("select 1 / 0").execute(hook.conn).await;
                    failed.map(drop).map_err(HookError::from)
                }
                Fault::Panics => panic!("a fault"),
                Fault::LosesTheClaim => {
                    let stolen = "update idempotency_keys set claim = gen_random_uuid()";
                    hook.conn
                        .batch_execute(stolen)
                        .await
                        .map_err(HookError::from)
                }
            }
        })
    })
}

#[tokio::test]
async fn what_failed_may_be_sent_again_and_is_done_once() {
    for fault in [Fault::Fails, Fault::Panics] {
        let app = TestApp::with(|builder| once(builder, fault)).await;
        let agent = app.agent().await;
        is_refused(new_lead(&agent, "Ada", "k"), 500, "internal-error").await;
        assert_eq!(leads(&agent).await, 0);
        for replayed in ["", "true"] {
            let made = new_lead(&agent, "Ada", "k").send().await;
            assert_eq!(
                (made.status.as_u16(), made.header(REPLAYED)),
                (201, replayed)
            );
        }
        assert_eq!(leads(&agent).await, 1);
    }
}

/// As when an attempt was held up for so long that another one took its place.
#[tokio::test]
async fn an_attempt_that_has_lost_its_claim_writes_nothing() {
    let app = TestApp::with(|builder| once(builder, Fault::LosesTheClaim)).await;
    let agent = app.agent().await;
    is_refused(new_lead(&agent, "Ada", "k"), 409, "idempotency-in-progress").await;
    assert_eq!(leads(&agent).await, 0);
    let outbox = "select id from events where name = 'lead.created'";
    assert!(app.database().rows(outbox).await.is_empty());
}

#[tokio::test]
async fn what_was_committed_is_not_done_again_when_its_answer_is_lost() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    new_lead(&agent, "Ada", "k").expect(201).await;
    // The server went down after the commit.
    let lost = "update idempotency_keys set status = null, headers = null, body = null";
    app.database().execute(lost).await;
    // Nobody can tell at first that it did.
    is_refused(new_lead(&agent, "Ada", "k"), 409, "idempotency-in-progress").await;
    app.clock.advance(TimeDelta::seconds(60));
    let before = app.database().fingerprint().await;
    for _ in 0..2 {
        is_refused(new_lead(&agent, "Ada", "k"), 409, "idempotency-answer-gone").await;
    }
    is_refused(
        new_lead(&agent, "Grace", "k"),
        422,
        "idempotency-key-reused",
    )
    .await;
    assert_eq!(app.database().fingerprint().await, before);
    assert_eq!(leads(&agent).await, 1);
}

#[tokio::test]
async fn what_was_begun_and_not_committed_is_done_when_its_lease_is_over() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    new_lead(&agent, "Ada", "k").expect(201).await;
    // The server went down before the commit.
    let lost = "update idempotency_keys set status = null, headers = null, body = null, is_committed = false;
        delete from leads";
    app.database().execute(lost).await;
    app.clock.advance(TimeDelta::seconds(59));
    is_refused(new_lead(&agent, "Ada", "k"), 409, "idempotency-in-progress").await;
    app.clock.advance(TimeDelta::seconds(1));
    is_refused(
        new_lead(&agent, "Grace", "k"),
        422,
        "idempotency-key-reused",
    )
    .await;
    let made = new_lead(&agent, "Ada", "k").send().await;
    assert_eq!((made.status.as_u16(), made.header(REPLAYED)), (201, ""));
    assert_eq!(leads(&agent).await, 1);
}

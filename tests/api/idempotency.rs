//! `Idempotency-Key`: what is sent again is not done again, and answered as the first time.

mod crashes;
mod operations;
mod rights;

use chrono::TimeDelta;
use crm_testing::request::{TestRequest, TestResponse};
use crm_testing::{Client, TestApp};
use futures_util::future::join_all;
use serde_json::{Value, json};

const REPLAYED: &str = "idempotent-replayed";

fn new_lead<'a>(client: &Client<'a>, name: &str, key: &str) -> TestRequest<'a> {
    let body = json!({ "name": name, "phone": "+49 30 1234567" });
    client.post("/api/leads").json(body).once(key)
}

async fn is_refused(request: TestRequest<'_>, status: u16, code: &str) -> Value {
    let problem = request.expect(status).await;
    assert_eq!(problem["code"], code, "{problem}");
    problem
}

async fn leads(client: &Client<'_>) -> Value {
    client.get("/api/leads").expect(200).await["totalLeads"].clone()
}

/// The same to the letter, but for what each answer has of its own.
fn is_replay_of(again: &TestResponse, first: &TestResponse) {
    assert_eq!(again.header(REPLAYED), "true");
    assert_eq!(first.header(REPLAYED), "");
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    for name in ["content-type", "etag", "location"] {
        assert_eq!(again.header(name), first.header(name), "{name}");
    }
    assert_ne!(again.header("x-request-id"), first.header("x-request-id"));
}

#[tokio::test]
async fn what_is_sent_again_is_answered_as_the_first_time_and_writes_nothing() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let first = new_lead(&agent, "Ada", "k").send().await;
    assert_eq!(first.status, 201);
    assert!(first.header("location").starts_with("/api/leads/"));
    let before = app.database().fingerprint().await;
    app.clock.advance(TimeDelta::minutes(10));
    for _ in 0..3 {
        is_replay_of(&new_lead(&agent, "Ada", "k").send().await, &first);
    }
    assert_eq!(app.database().fingerprint().await, before);
}

/// The answer is that of then, whatever has become of the record.
#[tokio::test]
async fn a_change_that_is_sent_again_does_not_undo_a_later_one() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let lead = new_lead(&agent, "Ada", "made").expect(201).await;
    let path = format!("/api/leads/{}", lead["id"].as_str().unwrap());
    let rename = |name: &str, key: &str| {
        let body = json!({ "name": name });
        agent.patch(&path).json(body).once(key)
    };
    let first = rename("Ada L.", "one").send().await;
    assert_eq!(first.header("etag"), "\"2\"");
    rename("Ada Lovelace", "two").expect(200).await;
    is_replay_of(&rename("Ada L.", "one").send().await, &first);
    assert_eq!(agent.get(&path).expect(200).await["name"], "Ada Lovelace");
}

#[tokio::test]
async fn of_64_at_once_one_is_done() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let all = (0..64).map(|_| new_lead(&agent, "Ada", "k").send());
    let answers = join_all(all).await;
    let mut made = Vec::new();
    for answer in &answers {
        if answer.status == 201 {
            made.push(answer.body.clone());
        } else {
            let problem = answer.expect(409);
            assert_eq!(problem["code"], "idempotency-in-progress");
            assert_eq!(answer.header("retry-after"), "1");
        }
    }
    made.dedup();
    assert_eq!(made.len(), 1);
    assert_eq!(leads(&agent).await, 1);
    let again = new_lead(&agent, "Ada", "k").send().await;
    assert_eq!(again.body, made[0]);
}

#[tokio::test]
async fn another_request_with_the_same_key_is_refused() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let lead = new_lead(&agent, "Ada", "k").expect(201).await;
    let before = app.database().fingerprint().await;
    let path = format!("/api/leads/{}", lead["id"].as_str().unwrap());
    let body = json!({ "name": "Ada", "phone": "+49 30 1234567" });
    let others = [
        new_lead(&agent, "Grace", "k"),
        agent.post("/api/customers").json(body.clone()).once("k"),
        agent
            .post("/api/leads?allowDuplicate=true")
            .json(body.clone())
            .once("k"),
        agent.patch(&path).json(body).once("k"),
        agent.delete(&path).once("k"),
    ];
    for other in others {
        is_refused(other, 422, "idempotency-key-reused").await;
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn the_version_that_is_demanded_belongs_to_the_request() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let lead = new_lead(&agent, "Ada", "made").expect(201).await;
    let path = format!("/api/leads/{}", lead["id"].as_str().unwrap());
    let rename = |version: &str| {
        let body = json!({ "name": "Grace" });
        let request = agent.patch(&path).json(body).once("k");
        request.header(poem::http::header::IF_MATCH, version)
    };
    rename("\"1\"").expect(200).await;
    // Without the key it would be stale.
    rename("\"1\"").expect(200).await;
    is_refused(rename("\"2\""), 422, "idempotency-key-reused").await;
}

#[tokio::test]
async fn each_caller_has_keys_of_their_own() {
    let app = TestApp::new().await;
    let (one, two) = (app.agent().await, app.agent().await);
    for agent in [&one, &two] {
        let made = new_lead(agent, "Ada", "k").send().await;
        assert_eq!((made.status.as_u16(), made.header(REPLAYED)), (201, ""));
        assert_eq!(leads(agent).await, 1);
    }
    // Another session of the same user's.
    let again = app.sign_in(one.user().clone()).await;
    let made = new_lead(&again, "Ada", "k").send().await;
    assert_eq!(made.header(REPLAYED), "true");
}

#[tokio::test]
async fn what_was_refused_may_be_sent_again_and_be_done() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let lead = |name: &str| {
        let body = json!({ "name": name, "emailId": "ada@example.org" });
        agent.post("/api/leads").json(body)
    };
    let taken = lead("Grace").expect(201).await;
    let before = app.database().fingerprint().await;
    is_refused(lead("").once("k"), 400, "validation-failed").await;
    is_refused(lead("Ada").once("k"), 409, "duplicate").await;
    assert_eq!(app.database().fingerprint().await, before);
    let taken = format!("/api/leads/{}", taken["id"].as_str().unwrap());
    agent.delete(&taken).expect(200).await;
    lead("Ada").once("k").expect(201).await;
    assert_eq!(lead("Ada").once("k").send().await.header(REPLAYED), "true");
}

#[tokio::test]
async fn a_key_is_free_again_after_a_day_and_old_ones_are_forgotten() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let actor = agent.user().clone();
    new_lead(&agent, "Ada", "k").expect(201).await;
    for number in 0..15 {
        let key = format!("other-{number}");
        new_lead(&agent, "Ada", &key).expect(201).await;
    }
    app.clock
        .advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
    let agent = app.sign_in(actor.clone()).await;
    assert_eq!(
        new_lead(&agent, "Ada", "k").send().await.header(REPLAYED),
        "true"
    );
    app.clock.advance(TimeDelta::seconds(1));
    let made = new_lead(&agent, "Grace", "k").send().await;
    assert_eq!((made.status.as_u16(), made.header(REPLAYED)), (201, ""));
    new_lead(&agent, "Grace", "l").expect(201).await;
    let kept = app
        .database()
        .rows("select key from idempotency_keys order by key")
        .await;
    assert_eq!(kept, [json!({ "key": "k" }), json!({ "key": "l" })]);
}

#[tokio::test]
async fn what_is_no_key_is_refused() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    // The first use of a token is noted.
    assert_eq!(leads(&agent).await, 0);
    let before = app.database().fingerprint().await;
    for key in ["", "a b", "\u{e9}", &"k".repeat(256)] {
        let problem = is_refused(new_lead(&agent, "Ada", key), 400, "validation-failed").await;
        assert_eq!(problem["errors"][0]["parameter"], "Idempotency-Key");
        assert_eq!(problem["errors"][0]["code"], "malformed");
    }
    let two = new_lead(&agent, "Ada", "a").once("b");
    is_refused(two, 400, "validation-failed").await;
    assert_eq!(app.database().fingerprint().await, before);
    new_lead(&agent, "Ada", &"k".repeat(255)).expect(201).await;
}

#[tokio::test]
async fn a_read_does_not_care() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    for key in ["k", "no key at all", "k"] {
        let list = agent.get("/api/leads").once(key).send().await;
        assert_eq!(list.expect(200)["totalLeads"], 0);
        assert_eq!(list.header(REPLAYED), "");
    }
}

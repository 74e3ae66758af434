//! Replacing the keys: what was made before, meanwhile and afterwards is good, and what a gone key makes is not.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use crm_app::{Crm, HashCost, KeyRing, RingKey, Secrets};
use crm_domain::role::Role;
use crm_domain::user::User;
use crm_testing::TestApp;
use crm_testing::app::{PASSWORD, secrets};
use serde_json::{Value, json};

use super::{Tokens, is_signed_in, refresh, refusal, sign_in};

/// The keys of the application's start, which the next ones follow.
fn rotated(next_at: DateTime<Utc>, now: DateTime<Utc>) -> Secrets {
    let before = secrets();
    let keys = |ring: &KeyRing, byte: u8| {
        let id = ring.keys()[0].id().to_owned();
        let old = RingKey::new(id, vec![byte; 32], None, Some(next_at));
        let next = RingKey::new("next".into(), vec![byte + 10; 32], Some(next_at), None);
        vec![old.unwrap(), next.unwrap()]
    };
    Secrets {
        access: KeyRing::access(keys(&before.access, 1), now).unwrap(),
        refresh: KeyRing::refresh(keys(&before.refresh, 2), now).unwrap(),
    }
}

/// Somebody who has the keys of the start, and the database.
fn thief(app: &TestApp) -> Crm {
    Crm::builder(app.crm.pool().clone(), secrets())
        .clock(Arc::clone(&app.clock) as _)
        .hash_cost(HashCost::ForTests)
        .build()
}

async fn signed_in_by(crm: &Crm, user: &User) -> Tokens {
    let client = crm_app::auth::Client::default();
    let auth = crm.auth();
    let signed_in = auth.login(user.email.as_str(), PASSWORD.to_owned(), client);
    let signed_in = signed_in.await.unwrap();
    Tokens {
        access: signed_in.access_token,
        refresh: signed_in.refresh_token,
    }
}

fn key_id(access: &str) -> String {
    let header = access.split('.').next().unwrap();
    let header = URL_SAFE_NO_PAD.decode(header).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn tokens_from_before_meanwhile_and_afterwards_are_good() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let before = sign_in(&app, &user).await;
    let next_at = app.crm.now() + TimeDelta::minutes(10);
    app.crm.set_secrets(rotated(next_at, app.crm.now()));

    let meanwhile = sign_in(&app, &user).await;
    assert_eq!(key_id(&meanwhile.access), key_id(&before.access));
    app.clock.advance(TimeDelta::minutes(10));
    let afterwards = sign_in(&app, &user).await;
    assert_eq!(key_id(&afterwards.access), "next");
    for tokens in [&before, &meanwhile, &afterwards] {
        assert!(is_signed_in(&app, &tokens.access).await);
    }
    // The last second of the last token of the old key.
    app.clock.advance(TimeDelta::minutes(5));
    assert!(is_signed_in(&app, &before.access).await);

    for tokens in [before, meanwhile, afterwards] {
        let refreshed = Tokens::from(refresh(&app, &tokens.refresh).send().await);
        assert_eq!(key_id(&refreshed.access), "next");
        assert!(is_signed_in(&app, &refreshed.access).await);
        refresh(&app, &refreshed.refresh).expect(200).await;
    }
}

#[tokio::test]
async fn a_lost_answer_is_fetched_again_though_the_key_was_replaced_meanwhile() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let first = sign_in(&app, &user).await;
    let one = Tokens::from(refresh(&app, &first.refresh).send().await);
    app.crm.set_secrets(rotated(app.crm.now(), app.crm.now()));
    let two = Tokens::from(refresh(&app, &first.refresh).send().await);
    // Two tabs, each with an answer of its own: either goes on.
    for tokens in [one, two] {
        refresh(&app, &tokens.refresh).expect(200).await;
    }
}

#[tokio::test]
async fn a_session_that_slept_through_a_rotation_wakes_up() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let tokens = sign_in(&app, &user).await;
    app.crm.set_secrets(rotated(app.crm.now(), app.crm.now()));
    app.clock
        .advance(TimeDelta::days(7) - TimeDelta::seconds(1));
    refresh(&app, &tokens.refresh).expect(200).await;
}

#[tokio::test]
async fn a_cursor_goes_on_after_a_rotation() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    for name in ["Ada", "Bob"] {
        let lead = json!({ "name": name, "emailId": format!("{name}@example.org") });
        agent.post("/api/leads").json(lead).expect(201).await;
    }
    let list = agent.get("/api/leads?limit=1").expect(200).await;
    let cursor = list["nextCursor"].as_str().unwrap();
    app.crm.set_secrets(rotated(app.crm.now(), app.crm.now()));
    let rest = agent
        .get(&format!("/api/leads?limit=1&cursor={cursor}"))
        .expect(200)
        .await;
    assert_eq!(rest["leads"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_a_gone_key_makes_is_refused() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let thief = thief(&app);
    app.crm.set_secrets(rotated(app.crm.now(), app.crm.now()));
    let is_taken = async || {
        let forged = signed_in_by(&thief, &user).await;
        let refreshed = refresh(&app, &forged.refresh).send().await.status == 200;
        (is_signed_in(&app, &forged.access).await, refreshed)
    };
    app.clock.advance(TimeDelta::seconds(15 * 60 + 9));
    assert_eq!(
        is_taken().await,
        (true, true),
        "another clock may be behind"
    );
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(is_taken().await, (false, true));
    app.clock.advance(TimeDelta::days(7));
    assert_eq!(is_taken().await, (false, false));
}

/// A key that was stolen is taken out at once.
#[tokio::test]
async fn a_key_that_is_taken_out_is_gone_at_once() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let tokens = sign_in(&app, &user).await;
    let keep_next = |ring: &KeyRing| vec![ring.keys()[1].clone()];
    let (now, rotated) = (app.crm.now(), rotated(app.crm.now(), app.crm.now()));
    app.crm.set_secrets(Secrets {
        access: KeyRing::access(keep_next(&rotated.access), now).unwrap(),
        refresh: KeyRing::refresh(keep_next(&rotated.refresh), now).unwrap(),
    });
    assert!(!is_signed_in(&app, &tokens.access).await);
    let response = refresh(&app, &tokens.refresh).send().await;
    assert_eq!(refusal(&response), (401, "invalid-refresh-token".into()));
    let tokens = sign_in(&app, &user).await;
    assert!(is_signed_in(&app, &tokens.access).await);
}

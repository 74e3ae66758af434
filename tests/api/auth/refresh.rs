//! Exchanging refresh tokens: lost answers survive, copies are found out.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use crm_app::auth::Client;
use crm_app::{Crm, HashCost, SecretKey, Secrets};
use crm_domain::activity::Actor;
use crm_domain::role::Role;
use crm_testing::TestApp;
use crm_testing::app::PASSWORD;
use diesel_async::SimpleAsyncConnection;
use poem::http::header;
use serde_json::json;

use super::{Tokens, ended, is_signed_in, refresh, refusal, sign_in};

fn invalid() -> (u16, String) {
    (401, "invalid-refresh-token".to_owned())
}

fn reused() -> (u16, String) {
    (401, "refresh-token-reused".to_owned())
}

#[tokio::test]
async fn a_refresh_token_is_exchanged_for_new_tokens() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let first = sign_in(&app, &user).await;
    app.clock.advance(TimeDelta::hours(1));
    let response = refresh(&app, &first.refresh).send().await;
    let body = response.expect(200);
    assert_eq!(body["user"]["id"], json!(user.id));
    let members: Vec<_> = body.as_object().unwrap().keys().collect();
    assert_eq!(members, ["token", "user"]);
    let set = response.header("set-cookie").split_once("; ").unwrap();
    assert_eq!(set.1, "Path=/; Max-Age=604800; HttpOnly; SameSite=Strict");
    let second = Tokens::from(response);
    assert_ne!(first.refresh, second.refresh);
    assert!(!is_signed_in(&app, &first.access).await);
    assert!(is_signed_in(&app, &second.access).await);
    refresh(&app, &second.refresh).expect(200).await;
}

#[tokio::test]
async fn the_body_may_be_left_out_but_not_be_filled() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let tokens = sign_in(&app, &user).await;
    let request = || refresh(&app, &tokens.refresh);
    request().json(json!({ "token": "x" })).expect(400).await;
    request().raw("text/plain", "{}").expect(415).await;
    request().json(json!({})).expect(200).await;
    request().expect(200).await;
}

#[tokio::test]
async fn two_tabs_that_refresh_at_once_get_the_same_successor() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let first = sign_in(&app, &user).await;
    let one = Tokens::from(refresh(&app, &first.refresh).send().await);
    assert!(is_signed_in(&app, &one.access).await);
    app.clock.advance(TimeDelta::seconds(30));
    let two = Tokens::from(refresh(&app, &first.refresh).send().await);
    assert_eq!(one.refresh, two.refresh);
    for tokens in [&one, &two] {
        assert!(is_signed_in(&app, &tokens.access).await);
    }
}

#[tokio::test]
async fn a_lost_answer_is_fetched_again_days_later() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let first = sign_in(&app, &user).await;
    let lost = Tokens::from(refresh(&app, &first.refresh).send().await);
    app.clock.advance(TimeDelta::days(6));
    let again = Tokens::from(refresh(&app, &first.refresh).send().await);
    assert_eq!(lost.refresh, again.refresh);
    assert!(is_signed_in(&app, &again.access).await);
}

#[tokio::test]
async fn a_token_used_again_after_its_successor_arrived_ends_the_session() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let (first, elsewhere) = (sign_in(&app, &user).await, sign_in(&app, &user).await);
    let second = Tokens::from(refresh(&app, &first.refresh).send().await);
    assert!(is_signed_in(&app, &second.access).await);
    app.clock.advance(TimeDelta::seconds(31));

    let response = refresh(&app, &first.refresh).send().await;
    assert_eq!(refusal(&response), reused());
    assert!(
        response
            .header("set-cookie")
            .starts_with("refreshToken=; Path=/; Max-Age=0;")
    );
    assert_eq!(
        refusal(&refresh(&app, &second.refresh).send().await),
        invalid()
    );
    assert_eq!(
        refusal(&refresh(&app, &first.refresh).send().await),
        invalid()
    );
    for tokens in [&first, &second] {
        assert!(!is_signed_in(&app, &tokens.access).await);
    }
    assert!(is_signed_in(&app, &elsewhere.access).await);
    assert_eq!(ended(&app, "token-reuse").await, 1);

    let request = response.header("x-request-id");
    let noted = app
        .database()
        .rows("select resource_id, actor_id, request_id, changes from activities where action = 'session.ended'")
        .await;
    assert_eq!(
        noted,
        [json!({
            "resource_id": user.id,
            "actor_id": user.id,
            "request_id": request,
            "changes": { "reason": { "from": null, "to": "token-reuse" } },
        })]
    );
}

#[tokio::test]
async fn a_token_two_behind_ends_the_session_even_within_the_grace() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let first = sign_in(&app, &user).await;
    let second = Tokens::from(refresh(&app, &first.refresh).send().await);
    let third = Tokens::from(refresh(&app, &second.refresh).send().await);
    assert_eq!(
        refusal(&refresh(&app, &first.refresh).send().await),
        reused()
    );
    assert_eq!(
        refusal(&refresh(&app, &third.refresh).send().await),
        invalid()
    );
    assert!(!is_signed_in(&app, &third.access).await);
}

/// Using the first access token late shows nothing of the second.
#[tokio::test]
async fn an_older_access_token_is_no_proof_that_the_newer_one_arrived() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let first = sign_in(&app, &user).await;
    refresh(&app, &first.refresh).expect(200).await;
    assert!(is_signed_in(&app, &first.access).await);
    app.clock.advance(TimeDelta::minutes(1));
    assert!(is_signed_in(&app, &first.access).await);
    refresh(&app, &first.refresh).expect(200).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_refreshes_at_once_agree_on_one_successor() {
    let app = Arc::new(TestApp::new().await);
    let user = app.user(Role::Agent).await;
    let first = sign_in(&app, &user).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let (app, token) = (Arc::clone(&app), first.refresh.clone());
        tasks.spawn(async move { Tokens::from(refresh(&app, &token).send().await) });
    }
    let all: Vec<_> = tasks.join_all().await;
    let successors: BTreeSet<_> = all.iter().map(|tokens| tokens.refresh.as_str()).collect();
    assert_eq!((all.len(), successors.len()), (64, 1));
    let sessions = "select counter, revoked_at from sessions";
    assert_eq!(
        app.database().rows(sessions).await,
        [json!({ "counter": 1, "revoked_at": null })]
    );
    assert!(is_signed_in(&app, &all[63].access).await);
    refresh(&app, &all[0].refresh).expect(200).await;
}

/// Two refreshes go on in a transaction that is not committed yet: it decides what the third one meets.
#[tokio::test]
async fn a_refresh_waits_for_the_ones_before_it() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let tokens = sign_in(&app, &user).await;
    let mut others = app.database().connect().await;
    let begin = "begin; update sessions set counter = 2";
    others.batch_execute(begin).await.unwrap();
    let commit = async {
        let waiting = "select from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'";
        while app.database().rows(waiting).await.is_empty() {
            tokio::task::yield_now().await;
        }
        others.batch_execute("commit").await.unwrap();
    };
    let (response, ()) = tokio::join!(refresh(&app, &tokens.refresh).send(), commit);
    assert_eq!(refusal(&response), reused());
    let counters = app.database().rows("select counter from sessions").await;
    assert_eq!(counters, [json!({ "counter": 2 })]);
}

#[tokio::test]
async fn what_is_no_refresh_token_is_refused() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let tokens = sign_in(&app, &user).await;
    let good = tokens.refresh.as_str();
    let other_key = |byte| SecretKey::new(vec![byte; 32]).unwrap();
    let stranger = Crm::builder(
        app.crm.pool().clone(),
        Secrets::single(other_key(1), other_key(9)),
    )
    .clock(Arc::clone(&app.clock) as _)
    .hash_cost(HashCost::ForTests)
    .build();
    let foreign = stranger
        .auth()
        .login(user.email.as_str(), PASSWORD.to_owned(), Client::default())
        .await
        .unwrap()
        .refresh_token;
    let before = app.database().fingerprint().await;

    let swapped: String = good.chars().rev().collect();
    let garbage = [
        "",
        "x",
        "crm_rt_",
        "crm_rt_AAAA",
        &tokens.access,
        &foreign,
        &swapped,
        &good[..good.len() - 1],
        &format!("{good}A"),
        &good.to_lowercase(),
        good.trim_start_matches("crm_rt_"),
        &"x".repeat(100_000),
    ];
    for token in garbage {
        let response = refresh(&app, token).send().await;
        assert_eq!(refusal(&response), invalid(), "{token}");
    }
    let none = app.anonymous().post("/api/auth/refresh").from_our_page();
    assert_eq!(refusal(&none.send().await), invalid());
    let two = refresh(&app, good).refresh_token(good);
    assert_eq!(refusal(&two.send().await), invalid());
    let in_one = format!("refreshToken={good}; refreshToken={good}");
    let two = app.anonymous().post("/api/auth/refresh").from_our_page();
    let two = two.header(header::COOKIE, &in_one);
    assert_eq!(refusal(&two.send().await), invalid());

    assert_eq!(app.database().fingerprint().await, before);
    let among_others = format!("theme=dark; refreshToken={good}; lang=en");
    let request = app.anonymous().post("/api/auth/refresh").from_our_page();
    request
        .header(header::COOKIE, &among_others)
        .expect(200)
        .await;
}

#[tokio::test]
async fn after_signing_out_the_refresh_token_is_dead() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let tokens = sign_in(&app, &user).await;
    let client = app.anonymous().with_token(&tokens.access);
    client.post("/api/auth/logout").expect(200).await;
    assert_eq!(
        refusal(&refresh(&app, &tokens.refresh).send().await),
        invalid()
    );
}

#[tokio::test]
async fn a_disabled_user_does_not_refresh() {
    let app = TestApp::new().await;
    app.admin().await;
    let user = app.user(Role::Agent).await;
    let tokens = sign_in(&app, &user).await;
    // Whether the sessions were ended or not: what counts is the user.
    app.database()
        .execute("update users set is_active = false where role_ids = array['00000000-0000-7000-8000-000000000003'::uuid]")
        .await;
    assert_eq!(
        refusal(&refresh(&app, &tokens.refresh).send().await),
        invalid()
    );
    app.database()
        .execute("update users set is_active = true")
        .await;
    app.crm
        .users()
        .disable(&Actor::system("test"), user.id)
        .await
        .unwrap();
    app.database()
        .execute("update users set is_active = true")
        .await;
    assert_eq!(
        refusal(&refresh(&app, &tokens.refresh).send().await),
        invalid()
    );
}

#[tokio::test]
async fn a_session_ends_after_seven_days_without_a_refresh() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let mut tokens = sign_in(&app, &user).await;
    for _ in 0..2 {
        app.clock
            .advance(TimeDelta::days(7) - TimeDelta::seconds(1));
        tokens = refresh(&app, &tokens.refresh).send().await.into();
    }
    app.clock.advance(TimeDelta::days(7));
    assert_eq!(
        refusal(&refresh(&app, &tokens.refresh).send().await),
        invalid()
    );
}

#[tokio::test]
async fn a_session_ends_after_thirty_days_in_any_case() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let mut tokens = sign_in(&app, &user).await;
    for days in [6, 6, 6, 6, 5] {
        app.clock.advance(TimeDelta::days(days));
        tokens = refresh(&app, &tokens.refresh).send().await.into();
    }
    app.clock
        .advance(TimeDelta::days(1) - TimeDelta::seconds(1));
    tokens = refresh(&app, &tokens.refresh).send().await.into();
    assert!(is_signed_in(&app, &tokens.access).await);
    app.clock.advance(TimeDelta::seconds(1));
    assert!(!is_signed_in(&app, &tokens.access).await);
    assert_eq!(
        refusal(&refresh(&app, &tokens.refresh).send().await),
        invalid()
    );
}

#[tokio::test]
async fn a_refresh_tells_the_present_role() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let tokens = sign_in(&app, &user).await;
    app.database()
        .execute("update users set role_ids = array['00000000-0000-7000-8000-000000000001'::uuid]")
        .await;
    let body = refresh(&app, &tokens.refresh).expect(200).await;
    assert_eq!(body["user"]["role"], "Admin");
}

#[tokio::test]
async fn the_cookie_opens_nothing_but_refresh_and_logout() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let tokens = sign_in(&app, &user).await;
    let me = app.anonymous().get("/api/auth/me").from_our_page();
    me.refresh_token(&tokens.refresh).expect(401).await;
    assert!(!is_signed_in(&app, &tokens.refresh).await);
}

//! Signing out, here and everywhere.

use crm_domain::role::Role;
use crm_testing::TestApp;
use serde_json::json;

use super::{ended, is_signed_in, refresh, sign_in};

const CLEARED: &str = "refreshToken=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict";

#[tokio::test]
async fn the_cookie_signs_out() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let (here, elsewhere) = (sign_in(&app, &user).await, sign_in(&app, &user).await);
    let request = app.anonymous().post("/api/auth/logout").from_our_page();
    let response = request.refresh_token(&here.refresh).send().await;
    assert_eq!(response.expect(200), json!({ "message": "Signed out." }));
    assert_eq!(response.header("set-cookie"), CLEARED);
    assert!(!is_signed_in(&app, &here.access).await);
    refresh(&app, &here.refresh).expect(401).await;
    assert!(is_signed_in(&app, &elsewhere.access).await);
    assert_eq!(ended(&app, "logout").await, 1);
}

#[tokio::test]
async fn the_access_token_signs_out() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let (here, elsewhere) = (sign_in(&app, &user).await, sign_in(&app, &user).await);
    let client = app.anonymous().with_token(&here.access);
    let response = client.post("/api/auth/logout").send().await;
    assert_eq!(response.status, 200);
    assert_eq!(response.header("set-cookie"), CLEARED);
    assert!(!is_signed_in(&app, &here.access).await);
    refresh(&app, &here.refresh).expect(401).await;
    assert!(is_signed_in(&app, &elsewhere.access).await);
}

#[tokio::test]
async fn signing_out_twice_or_without_being_signed_in_is_fine() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let tokens = sign_in(&app, &user).await;
    let out = || app.anonymous().post("/api/auth/logout").from_our_page();
    let by_token = || {
        app.anonymous()
            .with_token(&tokens.access)
            .post("/api/auth/logout")
    };
    let requests = [
        out().refresh_token(&tokens.refresh),
        out().refresh_token(&tokens.refresh),
        by_token(),
        app.anonymous()
            .with_token("garbage")
            .post("/api/auth/logout"),
        out().refresh_token("garbage"),
        app.anonymous().post("/api/auth/logout"),
    ];
    for request in requests {
        let response = request.send().await;
        assert_eq!(response.status, 200);
        assert_eq!(response.header("set-cookie"), CLEARED);
    }
    let noted = "select id from activities where action = 'session.ended'";
    assert_eq!(app.database().rows(noted).await.len(), 1);
}

/// The client would drop its tokens, and whoever has a copy would stay signed in.
#[tokio::test]
async fn nobody_is_told_that_they_are_signed_out_when_they_are_not() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let tokens = sign_in(&app, &user).await;
    app.crm.pool().close();
    let by_token = app
        .anonymous()
        .with_token(&tokens.access)
        .post("/api/auth/logout");
    assert!(by_token.send().await.status.is_server_error());
    let by_cookie = app.anonymous().post("/api/auth/logout").from_our_page();
    let by_cookie = by_cookie.refresh_token(&tokens.refresh).send().await;
    assert!(by_cookie.status.is_server_error());
}

#[tokio::test]
async fn an_old_refresh_token_still_signs_out() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let first = sign_in(&app, &user).await;
    let second = super::Tokens::from(refresh(&app, &first.refresh).send().await);
    let request = app.anonymous().post("/api/auth/logout").from_our_page();
    request.refresh_token(&first.refresh).expect(200).await;
    assert!(!is_signed_in(&app, &second.access).await);
}

#[tokio::test]
async fn signing_out_everywhere_ends_all_one_s_sessions_and_nobody_else_s() {
    let app = TestApp::new().await;
    let (user, other) = (app.user(Role::Agent).await, app.user(Role::Agent).await);
    let mine = [
        sign_in(&app, &user).await,
        sign_in(&app, &user).await,
        sign_in(&app, &user).await,
    ];
    let theirs = sign_in(&app, &other).await;
    let client = app.anonymous().with_token(&mine[1].access);
    let response = client.post("/api/auth/logout-all").send().await;
    assert_eq!(
        response.expect(200),
        json!({ "message": "Signed out everywhere." })
    );
    assert_eq!(response.header("set-cookie"), CLEARED);
    for tokens in &mine {
        assert!(!is_signed_in(&app, &tokens.access).await);
        refresh(&app, &tokens.refresh).expect(401).await;
    }
    assert!(is_signed_in(&app, &theirs.access).await);
    assert_eq!(ended(&app, "logout-all").await, 3);
}

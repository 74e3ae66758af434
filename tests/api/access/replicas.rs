//! Several servers on one database: what one revokes, the others refuse soon.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crm_app::{Crm, HashCost};
use crm_domain::role::Role;
use crm_testing::TestApp;
use crm_testing::app::secrets;
use serde_json::json;

use super::{SYSTEM, roles, set};
use crate::auth::two_factor::enrol;

/// A second server on the database of the first.
fn replica(app: &TestApp) -> Crm {
    let pool = app.database().pool();
    Crm::builder(pool, secrets())
        .clock(Arc::clone(&app.clock) as _)
        .hash_cost(HashCost::ForTests)
        .build()
}

/// How long the replica goes on taking a token.
async fn refused_after(replica: &Crm, token: &str) -> Duration {
    let began = Instant::now();
    while replica.auth().authenticate(token, None).await.is_ok() {
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "it is never refused"
        );
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    began.elapsed()
}

/// Signs a user in on the first server and shows the token to the second, so that it knows the session.
async fn known_session(app: &TestApp, replica: &Crm) -> String {
    let client = app.agent().await;
    replica
        .auth()
        .authenticate(client.token(), None)
        .await
        .unwrap();
    client.token().to_owned()
}

async fn measure(app: &TestApp, replica: &Crm, trials: usize) -> Vec<Duration> {
    let mut took = Vec::new();
    for trial in 0..trials {
        let client = app.agent().await;
        let token = client.token().to_owned();
        replica.auth().authenticate(&token, None).await.unwrap();
        match trial % 4 {
            0 => drop(client.post("/api/auth/logout").expect(200).await),
            1 => drop(client.post("/api/auth/logout-all").expect(200).await),
            2 => drop(
                app.crm
                    .users()
                    .disable(&SYSTEM, client.user().id)
                    .await
                    .unwrap(),
            ),
            _ => app
                .crm
                .users()
                .end_sessions(&SYSTEM, client.user().id)
                .await
                .unwrap(),
        }
        // Here at once.
        assert_eq!(client.get("/api/auth/me").send().await.status, 401);
        took.push(refused_after(replica, &token).await);
    }
    took.sort_unstable();
    took
}

#[tokio::test]
async fn what_one_server_revokes_another_refuses_within_a_second() {
    let app = TestApp::new().await;
    let replica = replica(&app);
    let follower = {
        let (replica, options) = (replica.clone(), app.database().options());
        tokio::spawn(async move { replica.follow(&options).await })
    };
    // It listens before the first trial.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let took = measure(&app, &replica, 200).await;
    let (median, p99) = (took[took.len() / 2], took[took.len() * 99 / 100]);
    println!(
        "median {median:?}, p99 {p99:?}, most {:?}",
        took.last().unwrap()
    );
    assert!(p99 < Duration::from_secs(1), "{p99:?}");
    follower.abort();
}

#[tokio::test]
async fn without_being_told_a_server_still_learns_within_five_seconds() {
    let app = TestApp::new().await;
    let replica = replica(&app);
    // Nothing follows: no notification arrives, and nobody asks but the requests themselves.
    let took = measure(&app, &replica, 8).await;
    let most = took.last().unwrap();
    println!("most {most:?}");
    assert!(*most < Duration::from_secs(5), "{most:?}");
}

/// The connection that hears of changes is cut again and again.
#[tokio::test]
async fn a_server_whose_notifications_are_cut_learns_within_five_seconds_and_listens_again() {
    let app = TestApp::new().await;
    let replica = replica(&app);
    let follower = {
        let (replica, options) = (replica.clone(), app.database().options());
        tokio::spawn(async move { replica.follow(&options).await })
    };
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let token = known_session(&app, &replica).await;
        let listeners = "select pg_terminate_backend(pid) as cut from pg_stat_activity \
                         where datname = current_database() and query = 'listen crm_access'";
        let cut = app.database().rows(listeners).await;
        assert_eq!(cut.len(), 1, "one connection listens");
        app.database().execute("update sessions set revoked_at = now(), revoke_reason = 'test' where revoked_at is null").await;
        assert!(refused_after(&replica, &token).await < Duration::from_secs(5));
    }
    follower.abort();
}

#[tokio::test]
async fn another_role_counts_on_every_server() {
    let app = TestApp::new().await;
    let replica = replica(&app);
    let user = app.user(Role::Agent).await;
    let client = app.sign_in(user.clone()).await;
    let caller = replica
        .auth()
        .authenticate(client.token(), None)
        .await
        .unwrap();
    let create = crm_testing::permission("user:create");
    let may = async || {
        replica
            .access()
            .await
            .unwrap()
            .extent(&caller.actor, create)
            .is_some()
    };
    assert!(!may().await);
    set(&app, user.id, roles(&[Role::Admin.id()])).await;
    let began = Instant::now();
    while !may().await {
        assert!(began.elapsed() < Duration::from_secs(5));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A role's demand, a second factor and the lack of one: each counts on every server within a second.
#[tokio::test]
async fn what_second_factors_are_demanded_and_there_counts_on_every_server() {
    let app = TestApp::new().await;
    let replica = replica(&app);
    let follower = {
        let (replica, options) = (replica.clone(), app.database().options());
        tokio::spawn(async move { replica.follow(&options).await })
    };
    // It listens before the first change.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let lacks = async |expected: bool| {
        let began = Instant::now();
        loop {
            let access = replica.access().await.unwrap();
            if access.lacks_second_factor(agent.user().id) == expected {
                return;
            }
            assert!(began.elapsed() < Duration::from_secs(1), "{expected}");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    lacks(false).await;
    let role = format!("/api/roles/{}", Role::Agent.id());
    let demand = json!({ "demandsSecondFactor": true });
    admin.patch(&role).json(demand).expect(200).await;
    lacks(true).await;
    enrol(&app, &agent).await;
    lacks(false).await;
    let factor = format!("/api/users/{}/two-factor", agent.user().id);
    admin.delete(&factor).expect(200).await;
    lacks(true).await;
    follower.abort();
}

/// Whoever cannot learn who may do what refuses, rather than go by what was.
#[tokio::test]
async fn a_server_that_cannot_ask_refuses() {
    let app = TestApp::new().await;
    let replica = replica(&app);
    let token = known_session(&app, &replica).await;
    app.database()
        .execute("alter table access_version rename to away")
        .await;
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    assert!(replica.auth().authenticate(&token, None).await.is_err());
    app.database()
        .execute("alter table away rename to access_version")
        .await;
    replica.auth().authenticate(&token, None).await.unwrap();
}

/// Rules that cannot be followed never count: those before them go on, and readiness tells.
#[tokio::test]
async fn broken_rules_are_not_followed() {
    let app = TestApp::new().await;
    let client = app.agent().await;
    client.get("/api/leads").expect(200).await;
    app.database()
        .execute("alter table role_grants drop constraint role_grants_extent_check")
        .await;
    let break_it = format!(
        "insert into role_grants values ('{}', 'lead:read', 'galaxy')",
        Role::Agent.id()
    );
    app.database().execute(&break_it).await;
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    client.get("/api/leads").expect(200).await;
    let crm_app::Freshness::Broken(_) = app.crm.freshness().await else {
        panic!("it is known to be broken");
    };
    // For half a minute it is given the time to be mended.
    app.anonymous().get("/health/ready").expect(200).await;
    app.database().execute("delete from role_grants").await;
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    assert_eq!(app.crm.freshness().await, crm_app::Freshness::Fresh);
}

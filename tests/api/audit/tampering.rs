//! What the database's owner does to the log, with its guards switched off, is found and named.

use chrono::{NaiveDate, TimeDelta};
use crm_app::audit::{Finding, SealHash, VerifyPlan};
use crm_domain::ids::ActivityId;
use crm_testing::TestApp;

use super::{findings, head, verify, write};

/// A log of two days: on the first there are the seals 1 to 5, on the second 1 to 3.
async fn log() -> TestApp {
    let app = TestApp::new().await;
    for rows in [5, 3] {
        for row in 0..rows {
            write(&app, &format!("{rows} {row}")).await;
        }
        app.crm.audit().seal().await.unwrap();
        app.clock.advance(TimeDelta::days(1));
    }
    assert_eq!(findings(&app).await, []);
    app
}

fn days(app: &TestApp) -> [NaiveDate; 2] {
    let today = app.crm.now().date_naive();
    [today - TimeDelta::days(2), today - TimeDelta::days(1)]
}

/// Does something as the database's owner, past all triggers.
async fn tamper(app: &TestApp, statement: &str) {
    let statement = format!("set session_replication_role = replica; {statement}");
    app.database().execute(&statement).await;
}

/// The activity that a seal seals.
async fn activity(app: &TestApp, day: NaiveDate, number: i64) -> ActivityId {
    let query =
        format!("select activity_id from activity_seals where day = '{day}' and number = {number}");
    let rows = app.database().rows(&query).await;
    rows[0]["activity_id"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_changed_field_of_any_kind_is_found() {
    let app = log().await;
    let [day, _] = days(&app);
    let id = activity(&app, day, 3).await;
    let broken = Finding::Broken {
        day,
        number: 3,
        activity: id,
    };
    let user = app.user(crm_domain::role::Role::Agent).await.id;
    app.crm.audit().seal().await.unwrap();
    for change in [
        "action = 'team.deleted'".to_owned(),
        "at = at + interval '1 microsecond'".to_owned(),
        "actor_name = 'somebody else'".to_owned(),
        format!("actor_id = '{user}', actor_name = null"),
        "resource = 'lead'".to_owned(),
        "resource_id = id".to_owned(),
        "changes = changes || '{\"name\": {\"to\": \"5 2\", \"from\": \"\"}}'".to_owned(),
        "changes = '{}'".to_owned(),
        "request_id = id".to_owned(),
        "address = '192.0.2.7'".to_owned(),
    ] {
        tamper(
            &app,
            &format!(
                "create table kept as select * from activities where id = '{id}';
                 update activities set {change} where id = '{id}'"
            ),
        )
        .await;
        assert_eq!(
            findings(&app).await,
            std::slice::from_ref(&broken),
            "{change}"
        );
        tamper(
            &app,
            &format!(
                "delete from activities where id = '{id}';
                 insert into activities select * from kept; drop table kept"
            ),
        )
        .await;
        assert_eq!(findings(&app).await, [], "{change} taken back");
    }
}

#[tokio::test]
async fn a_removed_row_is_found() {
    let app = log().await;
    let [_, day] = days(&app);
    let id = activity(&app, day, 2).await;
    tamper(&app, &format!("delete from activities where id = '{id}'")).await;
    let removed = Finding::Removed {
        day,
        number: 2,
        activity: id,
    };
    assert_eq!(findings(&app).await, [removed]);
}

#[tokio::test]
async fn a_row_that_was_put_in_is_found() {
    let app = log().await;
    let id: ActivityId = "01900000-0000-7000-8000-000000000001".parse().unwrap();
    tamper(
        &app,
        &format!(
            "insert into activities (id, at, actor_name, action, resource, resource_id, changes)
             select '{id}', at, actor_name, action, resource, resource_id, changes from activities limit 1"
        ),
    )
    .await;
    assert_eq!(findings(&app).await, [Finding::Unsealed { activity: id }]);
    // No sealer takes it in.
    app.crm.audit().seal().await.unwrap();
    assert_eq!(findings(&app).await, [Finding::Unsealed { activity: id }]);
}

#[tokio::test]
async fn a_row_that_was_removed_before_it_was_sealed_is_found() {
    let app = log().await;
    write(&app, "last").await;
    let rows = app
        .database()
        .rows("select activity_id from unsealed_activities")
        .await;
    let id = rows[0]["activity_id"].as_str().unwrap().parse().unwrap();
    tamper(&app, &format!("delete from activities where id = '{id}'")).await;
    let removed = Finding::RemovedBeforeSeal { activity: id };
    assert_eq!(findings(&app).await, std::slice::from_ref(&removed));
    // It does not keep later rows from their seals.
    write(&app, "after").await;
    assert_eq!(app.crm.audit().seal().await.unwrap(), 1);
    assert_eq!(findings(&app).await, [removed]);
}

#[tokio::test]
async fn a_removed_seal_is_found_and_the_row_that_is_left_without_one() {
    let app = log().await;
    let [day, _] = days(&app);
    let mut lost = [activity(&app, day, 2).await, activity(&app, day, 3).await];
    lost.sort_unstable();
    tamper(
        &app,
        &format!("delete from activity_seals where day = '{day}' and number in (2, 3)"),
    )
    .await;
    let mut expected = vec![Finding::SealsRemoved {
        day,
        from: 2,
        to: 3,
    }];
    expected.extend(lost.map(|activity| Finding::Unsealed { activity }));
    assert_eq!(findings(&app).await, expected);
}

#[tokio::test]
async fn a_row_that_was_removed_with_its_seal_is_found() {
    let app = log().await;
    let [day, next] = days(&app);
    // In the middle of a day the numbers show it.
    let id = activity(&app, day, 2).await;
    let remove = format!(
        "delete from activities where id = '{id}'; delete from activity_seals where activity_id = '{id}'"
    );
    tamper(&app, &remove).await;
    let removed = Finding::SealsRemoved {
        day,
        from: 2,
        to: 2,
    };
    assert_eq!(findings(&app).await, std::slice::from_ref(&removed));
    // At its end the chain does.
    let id = activity(&app, day, 5).await;
    let remove = remove.replace(&activity_in(&remove), &id.to_string());
    tamper(&app, &remove).await;
    let broken = Finding::Broken {
        day: next,
        number: 1,
        activity: activity(&app, next, 1).await,
    };
    assert_eq!(findings(&app).await, [removed, broken]);
}

fn activity_in(statement: &str) -> String {
    statement.split('\'').nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn a_removed_day_is_found() {
    let app = log().await;
    let [day, next] = days(&app);
    let ids = format!("select activity_id from activity_seals where day = '{day}'");
    tamper(
        &app,
        &format!(
            "delete from activities where id in ({ids}); delete from activity_seals where day = '{day}'"
        ),
    )
    .await;
    let broken = Finding::Broken {
        day: next,
        number: 1,
        activity: activity(&app, next, 1).await,
    };
    assert_eq!(findings(&app).await, [broken]);
}

#[tokio::test]
async fn a_seal_that_was_changed_moved_or_exchanged_is_found() {
    let app = log().await;
    let [day, next] = days(&app);
    let id = activity(&app, day, 3).await;
    for statement in [
        format!("update activity_seals set hash = sha256('x') where activity_id = '{id}'"),
        format!(
            "update activity_seals set day = '1000-01-01', number = 1 where activity_id = '{id}'"
        ),
        format!("update activity_seals set day = '{next}', number = 4 where activity_id = '{id}'"),
        "update activity_seals set day = day - 1000".to_owned(),
        "update activity_seals set number = number + 7".to_owned(),
        format!(
            "alter table activity_seals drop constraint activity_seals_hash_check;
             update activity_seals set hash = 'short' where activity_id = '{id}'"
        ),
    ] {
        tamper(
            &app,
            &format!("create table kept as table activity_seals; {statement}"),
        )
        .await;
        assert_ne!(findings(&app).await, [], "{statement}");
        tamper(
            &app,
            "delete from activity_seals; insert into activity_seals table kept; drop table kept",
        )
        .await;
        assert_eq!(findings(&app).await, [], "{statement} taken back");
    }
}

#[tokio::test]
async fn a_tail_that_was_cut_off_is_found_by_the_head_that_was_kept() {
    let app = log().await;
    let [first, last] = days(&app);
    let expecting = |day, hash| VerifyPlan {
        kept: vec![(day, hash)],
        ..VerifyPlan::default()
    };
    let kept = head(&app).await;
    assert_eq!(verify(&app, &expecting(last, kept)).await.findings, []);
    // The log goes on: what was kept is still in it.
    app.clock.advance(TimeDelta::days(-1));
    write(&app, "more").await;
    app.crm.audit().seal().await.unwrap();
    assert_eq!(verify(&app, &expecting(last, kept)).await.findings, []);
    let missing = |day, hash| [Finding::NotAsKept { day, hash }];
    assert_eq!(
        verify(&app, &expecting(first, kept)).await.findings,
        missing(first, kept)
    );
    let other: SealHash = "ab".repeat(32).parse().unwrap();
    assert_eq!(
        verify(&app, &expecting(last, other)).await.findings,
        missing(last, other)
    );

    let cut =
        format!("select activity_id from activity_seals where day = '{last}' and number >= 3");
    tamper(
        &app,
        &format!(
            "create table cut as {cut};
             delete from activities where id in (table cut);
             delete from activity_seals where activity_id in (table cut)"
        ),
    )
    .await;
    // Nothing in the database shows it.
    assert_eq!(findings(&app).await, []);
    assert_eq!(
        verify(&app, &expecting(last, kept)).await.findings,
        missing(last, kept)
    );
}

#[tokio::test]
async fn a_log_that_was_written_anew_is_found_by_the_head_that_was_kept() {
    let app = log().await;
    let [_, last] = days(&app);
    let kept = head(&app).await;
    let id = activity(&app, last, 2).await;
    tamper(
        &app,
        &format!(
            "delete from activity_seals;
             update activities set actor_name = 'somebody else' where id = '{id}';
             insert into unsealed_activities (activity_id) select id from activities order by id"
        ),
    )
    .await;
    app.crm.audit().seal().await.unwrap();
    assert_eq!(findings(&app).await, []);
    let plan = VerifyPlan {
        kept: vec![(last, kept)],
        ..VerifyPlan::default()
    };
    let expected = Finding::NotAsKept {
        day: last,
        hash: kept,
    };
    assert_eq!(verify(&app, &plan).await.findings, [expected]);
}

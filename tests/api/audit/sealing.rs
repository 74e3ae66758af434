//! Every row gets one seal, in the order of the rows, and nobody who writes waits for that.

use chrono::TimeDelta;
use crm_app::audit::{Days, VerifyPlan};
use crm_testing::TestApp;
use diesel_async::SimpleAsyncConnection as _;
use futures_util::future::{join, join_all};
use serde_json::json;

use super::{SYSTEM, verify, write};

const WRITERS: usize = 16;
const ROWS_EACH: usize = 25;

#[tokio::test]
async fn rows_of_sixteen_writers_at_once_are_sealed_once_each_and_in_order() {
    let app = TestApp::new().await;
    let writer = async |writer: usize| {
        for row in 0..ROWS_EACH {
            write(&app, &format!("{writer} {row}")).await;
        }
    };
    let done = std::sync::atomic::AtomicBool::new(false);
    let is_done = || done.load(std::sync::atomic::Ordering::Relaxed);
    let writers = async {
        join_all((0..WRITERS).map(writer)).await;
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    };
    // Two servers seal, while rows go on being added.
    let sealer = async || {
        let mut rounds = 0;
        while !is_done() {
            app.crm.audit().seal().await.unwrap();
            rounds += 1;
        }
        rounds
    };
    let ((), (one, two)) = join(writers, join(sealer(), sealer())).await;
    assert!(one > 2 && two > 2, "{one} and {two} rounds are no race");
    app.crm.audit().seal().await.unwrap();

    let verified = verify(&app, &VerifyPlan::default()).await;
    assert_eq!(verified.findings, []);
    assert_eq!(verified.summary.waiting, 0);
    let rows = app.database().rows("select id from activities").await.len();
    assert_eq!(usize::try_from(verified.summary.seals), Ok(rows));
    assert!(rows >= WRITERS * ROWS_EACH);
    let in_order = "select changes -> 'name' ->> 'to' as name from activities \
        join activity_seals on activity_id = id where action = 'team.created' order by day, number";
    let rows = app.database().rows(in_order).await;
    for writer in 0..WRITERS {
        let of_writer = rows.iter().filter_map(|row| {
            let (by, row) = row["name"].as_str()?.split_once(' ')?;
            (by == writer.to_string()).then(|| row.parse::<usize>().unwrap())
        });
        assert!(of_writer.eq(0..ROWS_EACH), "the rows of {writer}");
    }
}

#[tokio::test]
async fn nobody_who_writes_waits_for_the_sealer() {
    let app = TestApp::new().await;
    write(&app, "before").await;
    // A sealer that has done all it does, and does not come to its end.
    let mut sealer = app.database().connect().await;
    sealer
        .batch_execute(
            "set idle_in_transaction_session_timeout = 0;
             begin;
             select pg_advisory_xact_lock(('x' || encode('crm_seal', 'hex'))::bit(64)::bigint);
             insert into activity_seals
             select '2026-01-01', position, activity_id, sha256('x') from unsealed_activities;
             delete from unsealed_activities;",
        )
        .await
        .unwrap();
    // Whoever waited for the sealer would lose patience, and be refused.
    let names: Vec<_> = (0..WRITERS).map(|number| number.to_string()).collect();
    join_all(names.iter().map(|name| write(&app, name))).await;
    // Another server does not wait either.
    assert_eq!(app.crm.audit().seal().await.unwrap(), 0);
    sealer.batch_execute("rollback").await.unwrap();
    assert!(app.crm.audit().seal().await.unwrap() > WRITERS as u64);
    assert_eq!(super::findings(&app).await, []);
}

#[tokio::test]
async fn a_row_is_sealed_when_its_transaction_has_committed_however_late() {
    let app = TestApp::new().await;
    let mut late = app.database().connect().await;
    late.batch_execute(&format!("begin; {INSERT}"))
        .await
        .unwrap();
    write(&app, "early").await;
    app.crm.audit().seal().await.unwrap();
    late.batch_execute("commit").await.unwrap();
    assert_eq!(
        verify(&app, &VerifyPlan::default()).await.summary.waiting,
        1
    );
    assert_eq!(app.crm.audit().seal().await.unwrap(), 1);
    assert_eq!(super::findings(&app).await, []);
    let mut undone = app.database().connect().await;
    undone
        .batch_execute(&format!(
            "begin; {}; rollback",
            INSERT.replace("000001", "000002")
        ))
        .await
        .unwrap();
    assert_eq!(app.crm.audit().seal().await.unwrap(), 0);
}

/// A row as anything may write it that uses the database: what seals it does not depend on who writes.
const INSERT: &str = "insert into activities (id, at, actor_name, action, resource, resource_id, changes)
     values ('01900000-0000-7000-8000-000000000001', now(), 'import', 'lead.created', 'lead',
             '01900000-0000-7000-8000-000000000001', '{\"amount\": {\"to\": 1.50, \"from\": null}}')";

#[tokio::test]
async fn a_chain_goes_on_from_day_to_day_and_not_back_when_a_clock_does() {
    let app = TestApp::new().await;
    let day = app.crm.now().date_naive();
    let days = |from, to| VerifyPlan {
        days: Days { from, to },
        kept: vec![],
    };
    for name in ["a", "b", "c"] {
        write(&app, name).await;
        write(&app, &format!("{name} too")).await;
        app.crm.audit().seal().await.unwrap();
        app.clock.advance(TimeDelta::days(1));
    }
    app.clock.advance(TimeDelta::days(-2));
    write(&app, "late").await;
    app.crm.audit().seal().await.unwrap();
    let all = verify(&app, &days(None, None)).await;
    assert_eq!(all.findings, []);
    let of_day: Vec<_> = all.days.iter().map(|day| (day.day, day.seals)).collect();
    let later = |number| day + TimeDelta::days(number);
    assert_eq!(of_day, [(day, 2), (later(1), 2), (later(2), 3)]);
    // A part of it is the same as in the whole.
    let part = verify(&app, &days(Some(later(1)), Some(later(1)))).await;
    assert_eq!((part.findings, &part.days[..]), (vec![], &all.days[1..2]));
    let rest = verify(&app, &days(Some(later(1)), None)).await;
    assert_eq!((rest.findings, &rest.days[..]), (vec![], &all.days[1..]));
}

#[tokio::test]
async fn a_backlog_of_more_than_a_batch_is_sealed_at_once() {
    let app = TestApp::new().await;
    let many = INSERT
        .split_once("values")
        .map(|(into, _)| {
            format!(
                "{into} select gen_random_uuid(), now(), 'import', 'lead.created', 'lead', gen_random_uuid(), '{{}}'
                 from generate_series(1, 2500)"
            )
        })
        .unwrap();
    app.database().execute(&many).await;
    assert_eq!(app.crm.audit().seal().await.unwrap(), 2500);
    let verified = verify(&app, &VerifyPlan::default()).await;
    assert_eq!((verified.findings, verified.summary.seals), (vec![], 2500));
}

/// The rows from before there were seals are sealed too: they wait since the migration.
#[tokio::test]
async fn what_was_logged_before_there_were_seals_is_sealed() {
    use crm_storage::migrate::{self, CORE};
    let until = |migration: &migrate::Migration| migration.name == "seal_activities";
    let number = CORE.iter().position(until).unwrap();
    let database = crm_testing::TestDatabase::create_with(&CORE[..number]).await;
    database.execute(INSERT).await;
    migrate::apply(&mut database.connect().await, CORE, |_| {})
        .await
        .unwrap();
    let waiting = database
        .rows("select activity_id from unsealed_activities")
        .await;
    let id = "01900000-0000-7000-8000-000000000001";
    assert_eq!(waiting, [json!({ "activity_id": id })]);
}

#[tokio::test]
async fn seals_are_only_added() {
    let app = TestApp::new().await;
    app.crm
        .teams()
        .create(&SYSTEM, "North".parse().unwrap())
        .await
        .unwrap();
    app.crm.audit().seal().await.unwrap();
    let before = app.database().fingerprint().await;
    for statement in [
        "update activity_seals set number = 9",
        "delete from activity_seals",
        "truncate activity_seals",
    ] {
        let mut conn = app.database().connect().await;
        let refused = conn.batch_execute(statement).await.unwrap_err();
        assert!(refused.to_string().contains("only ever added"), "{refused}");
    }
    assert_eq!(app.database().fingerprint().await, before);
}

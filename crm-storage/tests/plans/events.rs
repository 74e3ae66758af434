//! How Postgres reads the feed of events when it is long: a bounded part of it, by its index, wherever the reader is.

use crm_authz::Access;
use crm_domain::event::FeedPlace;
use crm_domain::ids::UserId;
use crm_domain::page::Limit;
use crm_storage::outbox::{self, Settled};
use crm_testing::explained::Plan;
use crm_testing::{Explained, TestDatabase};

use crate::HALF;
use crate::activities::sight;
/// An event for each entry of the log, two of each transaction.
const ROWS: &str = "
    insert into events (id, name, version, resource, resource_id, payload, at, horizon)
    select id, action, 1, resource, resource_id, '{}', at, row_number() over (order by at, id) / 2
    from activities order by at, id";

const EVENTS: i64 = 200_000;

/// How many events are looked at for one part.
const WINDOW: i64 = 2_000;

/// The most pages of 8 KiB: for each event of the window its row, its entry of the log, and the lead, each by an index.
const MOST_PAGES: u64 = 10_000;

/// The most for who sees all: no more events are looked at than are given.
const MOST_PAGES_OF_ALL: u64 = 200;

pub(crate) async fn the_feed_is_read_in_bounded_parts(
    database: &TestDatabase,
    access: &Access,
    readers: &[(&str, UserId)],
) {
    database
        .execute(&format!("set statement_timeout = 0; {ROWS}"))
        .await;
    database.execute("vacuum (analyze) events").await;
    let mut explained = Explained::connect(database).await;
    outbox::settled(&mut explained.conn).await.unwrap();
    assert_no_fault("how far it goes", &explained.plan().await, 50);
    for horizon in [0, EVENTS / 4, EVENTS / 2 - WINDOW] {
        let after = FeedPlace {
            horizon,
            position: 0,
        };
        for (name, reader) in readers {
            for types in [&[][..], &["lead.edited"], &["role.created"]] {
                let what = format!("{name}, after {horizon}, {types:?}");
                read(&mut explained, &what, after, types, &sight(access, *reader)).await;
            }
        }
    }
    outbox::reset_restored(&mut explained.conn, 10)
        .await
        .unwrap();
    explained.plan().await;
}

async fn read(
    explained: &mut Explained,
    what: &str,
    after: FeedPlace,
    types: &[&str],
    sight: &crm_storage::activities::Sight,
) {
    let settled = Settled {
        before: i64::MAX,
        is_restored: false,
    };
    let conn = &mut explained.conn;
    let end = outbox::window_end(conn, after, settled, WINDOW)
        .await
        .unwrap();
    assert_no_fault(what, &explained.plan().await, 3 * WINDOW.unsigned_abs());
    let end = end.unwrap();
    assert_eq!(end.events, WINDOW, "{what}");
    let names: Vec<_> = types.iter().map(|name| name.parse().unwrap()).collect();
    let part = (after, end.place);
    let conn = &mut explained.conn;
    let (found, goes_on) = outbox::list(conn, &names, part, Limit::default(), sight)
        .await
        .unwrap();
    assert!(found.is_sorted_by_key(|event| event.place), "{what}");
    let sees_all = what.starts_with("all") && !types.contains(&"role.created");
    assert!(goes_on || !sees_all, "{what}");
    let most = if sees_all {
        MOST_PAGES_OF_ALL
    } else {
        MOST_PAGES
    };
    assert_no_fault(what, &explained.plan().await, most);
}

fn assert_no_fault(what: &str, plan: &Plan, most_pages: u64) {
    for table in ["events", "activities", "leads"] {
        assert!(!plan.reads_past(table, HALF), "{what}: {plan}");
    }
    assert!(plan.pages() <= most_pages, "{what}: {plan}");
}

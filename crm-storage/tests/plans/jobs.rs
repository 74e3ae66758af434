//! The statements of the queue when it is long: of 110,000 jobs half are dead, and some of a plugin that is not there any more.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use crm_authz::{Access, Facts, Policy, RoleFacts, Scope};
use crm_domain::activity::Actor;
use crm_domain::job::{JobFilter, JobState, QueuedJob};
use crm_domain::page::{Limit, Page, Slice};
use crm_domain::permission::Catalogue;
use crm_domain::permission::{Action, Record};
use crm_domain::role::Role;
use crm_domain::task::Task;
use crm_storage::jobs::{self, Claim, Lease};
use crm_storage::{outbox, tasks};
use crm_testing::{Explained, TestDatabase};
use uuid::Uuid;

use crate::HALF;

/// Every hundredth job that can be done stands in a line of two.
const ROWS: &str = "
    insert into jobs (id, name, payload, partition_key, state, run_at, attempts, max_attempts, created_at, died_at)
    select gen_random_uuid(),
           case when n <= 2000 then 'gone' else 'here' end, '{}',
           case when n % 100 < 2 then 'line' || n / 100 end,
           case when n between 2001 and 60000 then 'dead' else 'ready' end,
           case when n > 100000 then timestamptz '2999-01-01' else timestamptz '2026-01-01' + n * interval '1 s' end,
           0, 3, '2026-01-01',
           case when n between 2001 and 60000 then timestamptz '2026-01-01' + n * interval '1 s' end
    from generate_series(1, 110000) n;
    insert into events (id, name, version, resource, resource_id, payload, at)
    select uuid (lpad(to_hex(1767225600000 + n), 12, '0') || '70008000000000000000'), 'lead.created', 1, 'lead',
           gen_random_uuid(), '{}', timestamptz '2026-01-01' + n * interval '1 ms'
    from generate_series(1, 100000) n;
    insert into tasks (id, title, title_key, search_text, status, priority, priority_rank, due_key, remind_at,
        reminded_at, is_archived, version, created_at, updated_at)
    select gen_random_uuid(), 'Call', 'call', 'call', 'Open', 'Low', 1, '2026-01-01',
           timestamptz '2026-01-01' + n * interval '1 s', case when n % 100 <> 0 then now() end, false, 1, now(), now()
    from generate_series(1, 100000) n;
    analyze jobs; analyze events; analyze tasks";

/// No statement looks at more pages than these: a fourth of the smallest of the three tables.
const PAGES: u64 = 500;

struct Check(Explained);

impl Check {
    async fn seen(&mut self, what: &str) {
        let plan = self.0.plan().await;
        for table in ["jobs", "events", "tasks"] {
            assert!(!plan.reads_past(table, HALF), "{what}: {plan}");
        }
        assert!(plan.pages() < PAGES, "{what}: {plan}");
    }
}

async fn scope<R: Record>() -> Scope<R> {
    let role = |role: Role| RoleFacts {
        id: role.id(),
        name: role.to_string(),
        inherits: vec![],
        grants: vec![],
        demands_second_factor: false,
    };
    let policy = Policy::compile(Catalogue::core().into(), Role::ALL.map(role).into())
        .await
        .unwrap();
    let access = Access::new(Facts::default(), policy.into());
    access.scope(&Actor::system("test"), Action::Read).unwrap()
}

#[tokio::test]
async fn the_statements_of_the_queue_go_by_an_index() {
    let database = TestDatabase::create().await;
    database
        .execute(&format!("set statement_timeout = 0; {ROWS}"))
        .await;
    let mut check = Check(Explained::connect(&database).await);
    taking_and_giving_back(&mut check).await;
    looking(&mut check).await;
    tidying_up_and_reminding(&mut check).await;
}

fn now() -> DateTime<Utc> {
    "2026-02-01T00:00:00Z".parse().unwrap()
}

async fn taking_and_giving_back(check: &mut Check) {
    let lease = Lease::new(Uuid::from_u128(1));
    let (names, lasts) = (["here"], Duration::from_mins(1));
    let claim = Claim {
        names: &names,
        now: now(),
        limit: 10,
        lease,
        lasts,
    };
    let taken = jobs::claim(&mut check.0.conn, claim).await.unwrap();
    check.seen("claim").await;
    assert_eq!(taken.len(), 10);
    let id = taken[0].id;
    assert!(
        jobs::renew(&mut check.0.conn, id, lease, lasts)
            .await
            .unwrap()
    );
    check.seen("renew").await;
    assert!(jobs::finish(&mut check.0.conn, id, lease).await.unwrap());
    check.seen("finish").await;
    let held: Vec<_> = taken.iter().map(|job| (job.id, lease)).collect();
    assert_eq!(
        jobs::release(&mut check.0.conn, &held, now())
            .await
            .unwrap(),
        9
    );
    check.seen("release").await;
}

async fn looking(check: &mut Check) {
    let scope: Scope<QueuedJob> = scope().await;
    let slice = Slice::Page(Page::first(Limit::default()));
    for state in [None, Some(JobState::Ready), Some(JobState::Dead)] {
        for name in [None, Some("here"), Some("nothing")] {
            let filter = JobFilter {
                state,
                name: name.map(str::to_owned),
            };
            let found = jobs::list(&mut check.0.conn, &filter, &slice, &scope).await;
            assert_eq!(found.unwrap().0.is_empty(), name == Some("nothing"));
            check.seen(&format!("list {filter:?}")).await;
        }
    }
    for name in [None, Some("here"), Some("gone")] {
        let dead = jobs::list_dead(&mut check.0.conn, name, None, 100, &scope).await;
        assert_eq!(dead.unwrap().is_empty(), name == Some("gone"));
        check.seen(&format!("list_dead {name:?}")).await;
    }
}

async fn tidying_up_and_reminding(check: &mut Check) {
    let scope: Scope<Task> = scope().await;
    let due = tasks::lock_to_remind_of(&mut check.0.conn, now(), 100, &scope).await;
    assert_eq!(due.unwrap().len(), 100);
    check.seen("reminders").await;
    let removed = jobs::delete_dead_before(&mut check.0.conn, now(), 10).await;
    assert_eq!(removed.unwrap(), 10);
    check.seen("delete_dead_before").await;
    let before = "2026-01-01T00:00:01Z".parse::<DateTime<Utc>>().unwrap();
    let removed = outbox::delete_before(&mut check.0.conn, before, 10).await;
    assert_eq!(removed.unwrap(), 10);
    check.seen("outbox::delete_before").await;
    let none = before - TimeDelta::seconds(2);
    let removed = outbox::delete_before(&mut check.0.conn, none, 10).await;
    assert_eq!(removed.unwrap(), 0);
    check.seen("nothing to delete").await;
}

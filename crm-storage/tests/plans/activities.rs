//! How Postgres reads the activity log when it is long: by an index that has it in its order.

use crate::HALF;
use crate::filters::{BUSY, LAZY, agent};
use crm_authz::Access;
use crm_domain::activity::{About, Actor, EntryFilter, RecordRef};
use crm_domain::ids::UserId;
use crm_domain::page::{Limit, Page, Slice};
use crm_domain::permission::{Action, Resource};
use crm_domain::user::User;
use crm_storage::activities::{self, Sight};
use crm_testing::explained::Plan;
use crm_testing::{Explained, TestDatabase};
use diesel::QueryableByName;
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

/// The most pages of 8 KiB for ten entries, of about 10,000 that the log and its indexes take.
const MOST_PAGES: u64 = 1_500;

pub(crate) async fn no_filter_makes_a_query_read_the_whole_log(
    database: &TestDatabase,
    access: &Access,
    readers: &[(&str, UserId)],
) {
    let mut explained = Explained::connect(database).await;
    let mut faults = Vec::new();
    let mut plans = 0;
    for (name, reader) in readers {
        let sight = sight(access, *reader);
        for (filter_name, filter) in filters() {
            let mut slice = Slice::Page(Page::first(Limit::default()));
            for part in ["at first", "after a cursor"] {
                let conn = &mut explained.conn;
                let (rows, _) = activities::list(conn, &filter, &slice, &sight)
                    .await
                    .unwrap();
                let plan = explained.plan().await;
                plans += 1;
                let is_long = plan.reads_past("activities", HALF) || plan.reads_past("leads", HALF);
                if is_long || plan.pages() > MOST_PAGES {
                    faults.push(format!("{name}, {filter_name}, {part}: {plan}"));
                }
                let Some(last) = rows.last() else {
                    break;
                };
                slice = Slice::After(last.position(), Limit::default());
            }
        }
    }
    let longest = timeline(&mut explained).await;
    if longest.reads_past("activities", HALF) || longest.pages() > LONGEST * PAGES_OF_A_RECORD {
        faults.push(format!("a timeline of many records: {longest}"));
    }
    assert!(plans > 50, "only {plans} plans were seen");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(explained.prepared_statements().await < 5);
}

/// How many records a long timeline tells of.
const LONGEST: u64 = 400;

/// One descent of an index, and the entries that it finds.
const PAGES_OF_A_RECORD: u64 = 8;

/// A timeline that tells of as many records as one may: the newest entries of each.
async fn timeline(explained: &mut Explained) -> Plan {
    let leads: Vec<Id> = diesel::sql_query("select id from leads order by created_at limit $1")
        .bind::<diesel::sql_types::BigInt, _>(i64::try_from(LONGEST).unwrap())
        .load(&mut explained.conn)
        .await
        .unwrap();
    explained.plan().await;
    let record = |lead: &Id| RecordRef {
        resource: Resource::LEAD,
        id: lead.id,
    };
    let records: Vec<_> = leads.iter().map(record).collect();
    let slice = Slice::Page(Page::first(Limit::default()));
    let conn = &mut explained.conn;
    let (entries, goes_on) = activities::list_about(conn, &records, &slice)
        .await
        .unwrap();
    assert!(entries.len() == 10 && goes_on);
    assert!(entries.is_sorted_by_key(|entry| std::cmp::Reverse((entry.at, entry.id))));
    explained.plan().await
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    id: Uuid,
}

pub(crate) fn sight(access: &Access, reader: UserId) -> Sight {
    let actor = &Actor::user(reader);
    Sight {
        acts: access.scope(actor, Action::Read).unwrap(),
        leads: access.scope(actor, Action::Read).ok(),
        customers: access.scope(actor, Action::Read).ok(),
        tasks: access.scope(actor, Action::Read).ok(),
        users: access.scope(actor, Action::Read).ok(),
        sign_ins: access.scope(actor, Action::Manage).ok(),
        keys: access.scope(actor, Action::Manage).ok(),
        teams: access.scope(actor, Action::Read).ok(),
        roles: access.scope(actor, Action::Read).ok(),
        jobs: access.scope(actor, Action::Read).ok(),
        rules: access.scope(actor, Action::Read).ok(),
        custom_fields: access.scope(actor, Action::Manage).ok(),
        views: access.scope(actor, Action::Manage).ok(),
        plugins: vec![],
        known: access
            .scope::<User>(actor, Action::Manage)
            .is_ok()
            .then(|| Resource::CORE.to_vec()),
        reader: Some(reader),
    }
}

fn filters() -> Vec<(&'static str, EntryFilter)> {
    let of = |actor| EntryFilter {
        actor: Some(actor),
        ..EntryFilter::default()
    };
    let about = |resource| EntryFilter {
        about: Some(About::Kind(resource)),
        ..EntryFilter::default()
    };
    let event = |name: &str| EntryFilter {
        action: Some(name.parse().unwrap()),
        ..EntryFilter::default()
    };
    let lead = RecordRef {
        resource: Resource::LEAD,
        id: Uuid::nil(),
    };
    vec![
        ("everything", EntryFilter::default()),
        ("a busy agent", of(agent(BUSY))),
        ("a lazy agent", of(agent(LAZY))),
        ("nobody", of(Uuid::nil().into())),
        ("leads", about(Resource::LEAD)),
        ("users", about(Resource::USER)),
        ("roles", about(Resource::ROLE)),
        (
            "a lead that there is not",
            EntryFilter {
                about: Some(About::Record(lead)),
                ..EntryFilter::default()
            },
        ),
        ("a frequent event", event("lead.edited")),
        ("a rare event", event("role.created")),
        ("no event", event("role.edited")),
        (
            "what a busy agent never did",
            EntryFilter {
                action: Some("user.created".parse().unwrap()),
                ..of(agent(BUSY))
            },
        ),
        (
            "a year ago",
            EntryFilter {
                to: Some("2024-12-01T00:00:00Z".parse().unwrap()),
                ..EntryFilter::default()
            },
        ),
        (
            "sign-ins of a busy agent",
            EntryFilter {
                about: Some(About::Kind(Resource::USER)),
                ..of(agent(BUSY))
            },
        ),
    ]
}

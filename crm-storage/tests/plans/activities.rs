//! How Postgres reads the activity log when it is long: by an index that has it in its order.

use crm_authz::Access;
use crm_domain::activity::{About, Actor, EntryFilter, RecordRef};
use crm_domain::ids::UserId;
use crm_domain::page::{Limit, Page, Slice};
use crm_domain::permission::{Action, Resource};
use crm_storage::activities::{self, Sight};
use crm_testing::TestDatabase;
use uuid::Uuid;

use crate::explained::Explained;
use crate::filters::{BUSY, LAZY, agent};

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
                let is_long = plan.reads_all("activities") || plan.reads_all("leads");
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
    assert!(plans > 50, "only {plans} plans were seen");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(explained.prepared_statements().await < 5);
}

fn sight(access: &Access, reader: UserId) -> Sight {
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
        resource: Resource::Lead,
        id: Uuid::nil(),
    };
    vec![
        ("everything", EntryFilter::default()),
        ("a busy agent", of(agent(BUSY))),
        ("a lazy agent", of(agent(LAZY))),
        ("nobody", of(Uuid::nil().into())),
        ("leads", about(Resource::Lead)),
        ("users", about(Resource::User)),
        ("roles", about(Resource::Role)),
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
                about: Some(About::Kind(Resource::User)),
                ..of(agent(BUSY))
            },
        ),
    ]
}

//! Bulk loading stores what the inserts store, all of it or nothing.

#![expect(clippy::unwrap_used, reason = "in tests a panic is the report")]

use chrono::{DateTime, TimeDelta, Utc};
use crm_domain::activity::{Actor, Changes, RecordRef, Request};
use crm_domain::custom_field::FieldValue;
use crm_domain::customer::Customer;
use crm_domain::ids::{ActivityId, CustomerId, LeadId, RequestId, UserId};
use crm_domain::lead::{Lead, LeadEdit, LeadStatus, NewLead, NextStatus, UnqualifiedReason};
use crm_domain::permission::Resource;
use crm_domain::role::Role;
use crm_domain::text::{Tag, Tags};
use crm_domain::user::{User, UserContent};
use crm_storage::activities::{self, Activity};
use crm_storage::copy::{Batch, Load, LoadedActivity, LoadedStep};
use crm_storage::{Error, customers, leads, users};
use crm_testing::TestDatabase;
use diesel::{QueryableByName, sql_types::Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

fn day(number: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 123_456_000).unwrap() + TimeDelta::days(number)
}

fn tags(tags: &[&str]) -> Tags {
    Tags::new(tags.iter().map(|tag| tag.parse::<Tag>().unwrap())).unwrap()
}

fn new_lead(agent: Option<UserId>) -> NewLead {
    NewLead {
        name: "Zoë Łukasz \"quoted\"".parse().unwrap(),
        email: Some("Zoe@Bücher.example".parse().unwrap()),
        phone: Some("+49 (30) 12-34".parse().unwrap()),
        company: Some("Bücher & Söhne".parse().unwrap()),
        status: None,
        source: Some("Website".parse().unwrap()),
        assigned_agent: agent,
        tags: tags(&["VIP", "Köln"]),
        custom: [
            ("tier", FieldValue::Text("Größe".to_owned())),
            (
                "tags",
                FieldValue::Texts(vec!["A".to_owned(), "b".to_owned()]),
            ),
        ]
        .map(|(key, value)| (key.parse().unwrap(), value))
        .into_iter()
        .collect(),
    }
}

fn lead(number: u8, new: NewLead) -> Lead {
    let maker = new.assigned_agent;
    Lead::create(LeadId::new(day(0), [number; 10]), new, maker, day(1)).unwrap()
}

/// A lead that was put away as Unqualified, and its step.
fn unqualified(agent: UserId) -> (Lead, LoadedStep) {
    let note = Some("two\nlines".parse().unwrap());
    let other = Some(UnqualifiedReason::Other);
    let edit = LeadEdit {
        status: Some(NextStatus::new(LeadStatus::Unqualified, other, note).unwrap()),
        ..LeadEdit::default()
    };
    let before = lead(3, new_lead(Some(agent)));
    let after = before.clone().edit(edit, day(2)).unwrap();
    let step = LoadedStep {
        lead: after.id,
        change: after.status_change_since(&before).unwrap(),
        by: Some(agent),
    };
    (after.archive(day(3)), step)
}

/// A user, a lead of each kind, and the customer of one of them.
fn records() -> (User, Batch) {
    let user = User::new(
        UserId::new(day(0), [1; 10]),
        UserContent {
            name: "Ada".parse().unwrap(),
            email: "ADA@example.org".parse().unwrap(),
            roles: vec![Role::Manager.id(), Role::Agent.id()],
            teams: vec![],
        },
        false,
        day(0),
    );
    let agent = Some(user.id);
    let mut new = new_lead(None);
    (new.phone, new.company, new.source) = (None, None, None);
    new.tags = Tags::default();
    let plain = lead(2, new);
    let (unqualified, step) = unqualified(user.id);
    let customer = CustomerId::new(day(2), [5; 10]);
    let (converted, customer): (Lead, Customer) = lead(4, new_lead(agent))
        .convert(customer, agent, agent, day(2))
        .unwrap();
    let activity = |number, actor| LoadedActivity {
        id: ActivityId::new(day(2), [number; 10]),
        at: day(2),
        actor,
        action: "lead.created",
        record: RecordRef {
            resource: Resource::LEAD,
            id: plain.id.uuid(),
        },
        changes: Changes::created(plain.fields()),
    };
    let batch = Batch {
        activities: vec![
            activity(6, Actor::system("demo")),
            activity(7, Actor::user(user.id)),
            activity(
                8,
                Actor {
                    request: Some(Request {
                        id: RequestId::new(day(2), [8; 10]),
                        address: Some("2001:db8::7".parse().unwrap()),
                        claim: None,
                    }),
                    ..Actor::user(user.id)
                },
            ),
        ],
        status_changes: vec![step],
        leads: vec![plain.clone(), unqualified, converted],
        customers: vec![customer],
    };
    (user, batch)
}

async fn insert(conn: &mut AsyncPgConnection, user: &User, batch: &Batch) {
    users::insert(conn, user, "hash").await.unwrap();
    let [customer] = batch.customers.as_slice() else {
        panic!("there is one customer");
    };
    let unborn = Customer {
        origin_lead: None,
        ..customer.clone()
    };
    customers::insert(conn, &unborn).await.unwrap();
    for lead in &batch.leads {
        leads::insert(conn, lead).await.unwrap();
    }
    conn.batch_execute(&format!(
        "UPDATE customers SET origin_lead = '{}'",
        customer.origin_lead.unwrap()
    ))
    .await
    .unwrap();
    for step in &batch.status_changes {
        leads::insert_status_change(conn, step.lead, step.change, step.by)
            .await
            .unwrap();
    }
    for loaded in &batch.activities {
        let activity = Activity {
            id: loaded.id,
            at: loaded.at,
            actor: &loaded.actor,
            action: loaded.action,
            record: loaded.record,
            changes: &loaded.changes,
        };
        activities::insert_all(conn, &[activity]).await.unwrap();
    }
}

#[derive(QueryableByName)]
struct Content {
    #[diesel(sql_type = Text)]
    content: String,
}

/// All rows of all tables that a load writes to, with every column.
async fn content(conn: &mut AsyncPgConnection) -> Vec<String> {
    let mut all = Vec::new();
    for table in [
        "users",
        "customers",
        "leads",
        "lead_status_changes",
        "activities",
    ] {
        let query = format!(
            "SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY id), '[]')::text AS content FROM {table} t"
        );
        let row: Content = diesel::sql_query(query).get_result(conn).await.unwrap();
        all.push(row.content);
    }
    all
}

#[tokio::test]
async fn copied_and_inserted_records_are_the_same_rows() {
    let (user, batch) = records();
    let (copied, inserted) = (TestDatabase::create().await, TestDatabase::create().await);

    let load = Load::begin(&copied.options()).await.unwrap();
    assert!(!load.has_leads().await.unwrap());
    assert_eq!(load.user(&user, "hash").await.unwrap(), user.id);
    load.write(&batch).await.unwrap();
    assert!(load.has_leads().await.unwrap());
    load.commit().await.unwrap();
    insert(&mut inserted.connect().await, &user, &batch).await;

    let copied = content(&mut copied.connect().await).await;
    let inserted = content(&mut inserted.connect().await).await;
    assert!(copied.iter().all(|rows| rows.len() > 2));
    assert_eq!(copied, inserted);
}

#[tokio::test]
async fn a_load_that_is_not_committed_leaves_nothing() {
    let (user, batch) = records();
    let database = TestDatabase::create().await;
    let load = Load::begin(&database.options()).await.unwrap();
    load.user(&user, "hash").await.unwrap();
    load.write(&batch).await.unwrap();
    drop(load);
    // The next one waits for the first to be gone.
    let load = Load::begin(&database.options()).await.unwrap();
    assert!(!load.has_leads().await.unwrap());
}

#[tokio::test]
async fn a_user_with_the_address_is_kept_as_they_are() {
    let (user, _) = records();
    let database = TestDatabase::create().await;
    let load = Load::begin(&database.options()).await.unwrap();
    load.user(&user, "hash").await.unwrap();
    let twin = User {
        id: UserId::new(day(9), [9; 10]),
        ..user.clone()
    };
    assert_eq!(load.user(&twin, "other").await.unwrap(), user.id);
}

#[tokio::test]
async fn the_same_records_twice_are_told_as_a_taken_key() {
    let (user, batch) = records();
    let database = TestDatabase::create().await;
    let load = Load::begin(&database.options()).await.unwrap();
    load.user(&user, "hash").await.unwrap();
    load.write(&batch).await.unwrap();
    let error = load.write(&batch).await.unwrap_err();
    assert!(
        matches!(&error, Error::UniqueViolation { constraint, .. } if constraint == "customers_pkey"),
        "{error}"
    );
}

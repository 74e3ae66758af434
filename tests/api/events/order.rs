//! Transactions that commit in another order than they began: no event is missed, and those of a record come in theirs.

use crm_app::OnDuplicate;
use crm_domain::activity::Actor;
use crm_domain::change::Change;
use crm_domain::lead::{LeadEdit, NewLead};
use crm_testing::{Client, TestApp};
use diesel_async::{AsyncConnection, AsyncPgConnection, TransactionManager as _};
use serde_json::{Value, json};

use super::{all, behind, events, of, part, settled};
use crate::leads::make;

type Transactions = <AsyncPgConnection as AsyncConnection>::TransactionManager;

const SYSTEM: Actor = Actor::system("test");

async fn begin(app: &TestApp) -> AsyncPgConnection {
    let mut conn = app.database().connect().await;
    Transactions::begin_transaction(&mut conn).await.unwrap();
    conn
}

async fn commit(mut conn: AsyncPgConnection) {
    Transactions::commit_transaction(&mut conn).await.unwrap();
}

async fn make_in(app: &TestApp, conn: &mut AsyncPgConnection, name: &str) -> Value {
    let new = NewLead {
        phone: Some("+49 30 1234567".parse().unwrap()),
        ..NewLead::named(name.parse().unwrap())
    };
    let leads = app.crm.leads();
    let made = leads.create_in(conn, &SYSTEM, new, OnDuplicate::Create);
    json!({ "id": made.await.unwrap().lead.id })
}

/// Reads on from `after` until the feed ends.
async fn rest(client: &Client<'_>, after: &mut String) -> Vec<Value> {
    let next = part(client, after).await;
    *after = behind(&next);
    events(&next)
}

#[tokio::test]
async fn a_reader_misses_nothing_whichever_transaction_commits_first() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    settled(&app).await;
    let mut after = behind(&part(&admin, "limit=100").await);
    let (mut first, mut second) = (begin(&app).await, begin(&app).await);
    let early = make_in(&app, &mut first, "Early").await;
    let late = make_in(&app, &mut second, "Late").await;
    commit(second).await;
    // It is committed, and may not be told yet: what comes before it is not.
    let committed = app
        .database()
        .rows("select id from leads where name = 'Late'")
        .await;
    assert_eq!(committed.len(), 1);
    let mut told = rest(&admin, &mut after).await;
    assert!(of(&told, &late).is_empty(), "{told:?}");
    commit(first).await;
    settled(&app).await;
    told.extend(rest(&admin, &mut after).await);
    for lead in [&early, &late] {
        assert_eq!(of(&told, lead), ["lead.created"]);
    }
    assert!(rest(&admin, &mut after).await.is_empty());
    assert_eq!(all(&app, &admin, "types=lead.created", 1).await.len(), 2);
}

#[tokio::test]
async fn a_transaction_that_is_undone_leaves_no_gap_to_wait_for() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let mut undone = begin(&app).await;
    make_in(&app, &mut undone, "Undone").await;
    let lead = make(&admin, json!({})).await;
    drop(undone);
    settled(&app).await;
    let told = all(&app, &admin, "types=lead.created", 100).await;
    assert_eq!(of(&told, &lead), ["lead.created"]);
    assert_eq!(told.len(), 1);
}

/// A transaction of many records comes to one of them after somebody else who began later. Numbers of transactions alone
/// would tell that record's story backwards.
#[tokio::test]
async fn the_events_of_one_record_are_told_in_the_order_in_which_it_changed() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({ "company": "Zero" })).await;
    let mut long = begin(&app).await;
    make_in(&app, &mut long, "Before").await;
    let path = crate::leads::path(&lead);
    let company = |name: &str| json!({ "company": name });
    admin.patch(&path).json(company("One")).expect(200).await;
    let id = lead["id"].as_str().unwrap().parse().unwrap();
    let edit = LeadEdit {
        company: Change::Set("Two".parse().unwrap()),
        ..LeadEdit::default()
    };
    app.crm
        .leads()
        .edit_in(&mut long, &SYSTEM, id, edit, None)
        .await
        .unwrap();
    commit(long).await;
    admin.patch(&path).json(company("Three")).expect(200).await;
    let told = all(&app, &admin, "types=lead.edited", 100).await;
    let companies: Vec<_> = told
        .iter()
        .map(|event| event["payload"]["changes"]["company"]["to"].clone())
        .collect();
    assert_eq!(companies, ["One", "Two", "Three"]);
}

/// Numbers of transactions begin anew in a copy that was made from a dump.
#[tokio::test]
async fn events_of_a_restored_backup_come_before_new_ones() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for _ in 0..3 {
        make(&admin, json!({})).await;
    }
    let before = all(&app, &admin, "", 100).await;
    let restored = "update events set horizon = horizon + 1000000000000";
    app.database().execute(restored).await;
    let lead = make(&admin, json!({})).await;
    // The first who asks puts them in order.
    part(&admin, "limit=1").await;
    let told = all(&app, &admin, "", 100).await;
    assert_eq!(told[..before.len()], before);
    assert_eq!(of(&told, &lead), ["lead.created"]);
    assert_eq!(told.len(), before.len() + 1);
}

//! The counts of leads are what is in the table of leads, whoever changes it and however, and no writer waits for another.

#![expect(clippy::unwrap_used, reason = "in tests a panic is the report")]

use std::fmt::Write as _;

use crm_storage::analytics::fold;
use crm_testing::TestDatabase;
use diesel::QueryableByName;
use diesel::sql_types::Text;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

/// What would be counted if each lead were looked at.
const EXPECTED: &str = "\
    select figure, owners.owner_id, starts_at, owners.is_assigned, label, count(*) as leads,
           count(*) filter (where status = 'Converted') as converted
    from leads,
         lateral (values (owner_id, assigned_to is not null), ('00000000-0000-0000-0000-000000000000', false))
             as owners (owner_id, is_assigned),
         lateral (values ('made', date_trunc('hour', created_at, 'UTC'), ''),
                         ('converted', date_trunc('hour', converted_at, 'UTC'), ''),
                         ('status', date_trunc('day', created_at, 'UTC'), status),
                         ('source', date_trunc('day', created_at, 'UTC'), coalesce(source, '')),
                         ('agent', date_trunc('day', created_at, 'UTC'), coalesce(assigned_to::text, '')))
             as figures (figure, starts_at, label)
    where not is_archived and owners.owner_id is not null and starts_at is not null
    group by 1, 2, 3, 4, 5";

const COUNTED: &str = "select * from lead_counts where leads <> 0 or converted <> 0";

/// Any row of any count that is not as it should be.
const DIFFERENCE: &str = "\
    with expected as ({expected}), counted as ({counted})
    select coalesce(string_agg(wrong::text, E'\\n'), '') as text
    from ((select 'missing', * from expected except all select 'missing', * from counted)
          union all
          (select 'too much', * from counted except all select 'too much', * from expected)) as wrong";

#[derive(QueryableByName)]
struct Shown {
    #[diesel(sql_type = Text)]
    text: String,
}

async fn text(conn: &mut AsyncPgConnection, query: &str) -> String {
    let shown: Shown = diesel::sql_query(query).get_result(conn).await.unwrap();
    shown.text
}

async fn difference(conn: &mut AsyncPgConnection) -> String {
    let query = DIFFERENCE
        .replace("{expected}", EXPECTED)
        .replace("{counted}", COUNTED);
    text(conn, &query).await
}

async fn fold_all(conn: &mut AsyncPgConnection) {
    while fold(conn, 50).await.unwrap() > 0 {}
}

/// Three users, and some customers that leads may have become.
const CAST: &str = "\
    insert into users (id, name, name_key, email, email_key, password_hash, role_ids, team_ids, is_service, is_active,
                       version, created_at, updated_at)
    select ('00000000-0000-7000-8000-00000000000' || n)::uuid, 'U', 'u', n::text, n::text, '', '{}', '{}', false, true, 1,
           now(), now()
    from generate_series(1, 3) n;
    insert into customers (id, name, name_key, tags, tag_keys, search_text, is_archived, version, created_at, updated_at)
    values ('00000000-0000-7000-8000-0000000000c1', 'C', 'c', '{}', '{}', '', false, 1, now(), now())";

/// Adds `count` leads, from number `first` on, of some of the users and made within some days.
fn insert(first: usize, count: usize) -> String {
    format!(
        "insert into leads (id, name, name_key, phone, phone_key, status, status_since, source, assigned_to, assigned_at,
                            tags, tag_keys, search_text, recycle_count, is_archived, version, created_by, created_at,
                            updated_at)
         select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'L', 'l', '1', '1', 'New', at,
                case n % 3 when 0 then 'Radio' when 1 then 'Website' end,
                case when n % 4 < 3 then ('00000000-0000-7000-8000-00000000000' || 1 + n % 3)::uuid end,
                case when n % 4 < 3 then at end, '{{}}', '{{}}', '', 0, n % 7 = 0, 1,
                case when n % 5 > 0 then ('00000000-0000-7000-8000-00000000000' || 1 + n % 2)::uuid end, at, at
         from generate_series({first}, {first} + {count} - 1) n,
              lateral (select '2026-03-28T22:10:00Z'::timestamptz + n * interval '37 minutes' as at) made"
    )
}

/// Changes of many leads at once, of the kinds that the program makes and of those that only an owner of the database does.
const CHANGES: [&str; 8] = [
    "update leads set status = 'Contacted' where status = 'New' and right(id::text, 1) in ('1', '4', '7')",
    "update leads set status = 'Converted', converted_at = created_at + interval '3 hours',
                      converted_customer_id = '00000000-0000-7000-8000-0000000000c1'
     where status <> 'Converted' and right(id::text, 1) in ('2', '5')",
    "update leads set status = 'Qualified', converted_at = null, converted_customer_id = null
     where status = 'Converted' and right(id::text, 1) = '5'",
    "update leads set is_archived = not is_archived where right(id::text, 1) in ('3', '8')",
    "update leads set assigned_to = '00000000-0000-7000-8000-000000000002', assigned_at = now()
     where right(id::text, 1) in ('6', '9')",
    "update leads set assigned_to = null, assigned_at = null, source = 'Fair' where right(id::text, 1) in ('4', '9')",
    "update leads set version = version + 1, name = 'M'",
    "delete from leads where right(id::text, 2) in ('13', '47', '71')",
];

#[tokio::test]
async fn whatever_changes_the_leads_the_counts_are_theirs() {
    let database = TestDatabase::create().await;
    let conn = &mut database.connect().await;
    conn.batch_execute(CAST).await.unwrap();
    for round in 0..12 {
        let mut statements = insert(1 + 40 * round, 40);
        // Several changes of one lead in one transaction, and some in transactions of their own.
        write!(statements, "; {}", CHANGES[round % 8]).unwrap();
        conn.batch_execute(&statements).await.unwrap();
        conn.batch_execute(CHANGES[(3 * round + 1) % 8])
            .await
            .unwrap();
        if round % 3 == 1 {
            fold(conn, 17).await.unwrap();
        } else if round % 3 == 2 {
            fold_all(conn).await;
            assert_eq!(difference(conn).await, "", "round {round}");
        }
    }
    let rows = "select count(*)::text as text from lead_counts where leads > 0";
    assert!(text(conn, rows).await.parse::<i64>().unwrap() > 100);
    // What changes nothing that is counted adds nothing to be folded.
    conn.batch_execute(CHANGES[6]).await.unwrap();
    let waiting = "select count(*)::text as text from lead_count_changes";
    assert_eq!(text(conn, waiting).await, "0");
    conn.batch_execute("truncate leads cascade").await.unwrap();
    assert_eq!(difference(conn).await, "");
}

#[tokio::test]
async fn what_is_undone_is_not_counted() {
    let database = TestDatabase::create().await;
    let conn = &mut database.connect().await;
    conn.batch_execute(CAST).await.unwrap();
    conn.batch_execute("begin").await.unwrap();
    conn.batch_execute(&insert(1, 30)).await.unwrap();
    conn.batch_execute("rollback").await.unwrap();
    fold_all(conn).await;
    assert_eq!(difference(conn).await, "");
    assert_eq!(
        text(conn, "select count(*)::text as text from lead_counts").await,
        "0"
    );
}

#[tokio::test]
async fn writers_wait_neither_for_each_other_nor_for_who_folds() {
    let database = TestDatabase::create().await;
    let [mut one, mut two, mut folder, mut other_folder] = [
        database.connect().await,
        database.connect().await,
        database.connect().await,
        database.connect().await,
    ];
    one.batch_execute(CAST).await.unwrap();
    one.batch_execute(&insert(1, 20)).await.unwrap();
    for conn in [&mut one, &mut two, &mut folder, &mut other_folder] {
        let patience = "set lock_timeout = '100ms'; begin";
        conn.batch_execute(patience).await.unwrap();
    }
    // All of the same hour, and so of the same counts.
    one.batch_execute(&insert(1001, 1)).await.unwrap();
    assert!(fold(&mut folder, 1_000).await.unwrap() > 0);
    two.batch_execute(&insert(1002, 1)).await.unwrap();
    assert_eq!(
        fold(&mut other_folder, 1_000).await.unwrap(),
        0,
        "another one is at it"
    );
    one.batch_execute(&insert(1003, 1)).await.unwrap();
    for conn in [&mut two, &mut folder, &mut other_folder, &mut one] {
        conn.batch_execute("commit").await.unwrap();
    }
    fold_all(&mut folder).await;
    assert_eq!(difference(&mut one).await, "");
}

//! What a backup holds is what was there, and what is restored is what it holds.

#![expect(clippy::unwrap_used, reason = "in tests a panic is the report")]

use std::io::{Cursor, Read as _, Write as _};

use chrono::{DateTime, Utc};
use crm_domain::ids::{LeadId, UserId};
use crm_domain::lead::{Lead, NewLead};
use crm_domain::role::Role;
use crm_domain::text::Tags;
use crm_domain::user::{User, UserContent};
use crm_storage::backup::{self, Archive, BackupError, Restored};
use crm_storage::migrate::{CORE, Migration};
use crm_storage::{leads, users};
use crm_testing::TestDatabase;
use diesel_async::SimpleAsyncConnection as _;
use serde_json::Value;

fn day() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 123_456_000).unwrap()
}

fn lead(number: u8, name: &str) -> Lead {
    let new = NewLead {
        name: name.parse().unwrap(),
        email: None,
        phone: Some("+49 30 1234567".parse().unwrap()),
        company: None,
        status: None,
        source: None,
        assigned_agent: None,
        tags: Tags::default(),
        custom: [].into_iter().collect(),
    };
    Lead::create(LeadId::new(day(), [number; 10]), new, None, day()).unwrap()
}

fn user() -> User {
    let content = UserContent {
        name: "Ada".parse().unwrap(),
        email: "ada@example.org".parse().unwrap(),
        roles: vec![Role::Agent.id()],
        teams: vec![],
    };
    User::new(UserId::new(day(), [1; 10]), content, false, day())
}

/// Rows with what a text form could stumble over, in tables that refer to each other and have triggers and sequences.
async fn fill(database: &TestDatabase) {
    let mut conn = database.connect().await;
    users::insert(&mut conn, &user(), "hash").await.unwrap();
    for (number, name) in (1..).zip(["Zoë\\n\\.", "\\N", "\"quoted\", 'so'", "名前 🙂"]) {
        leads::insert(&mut conn, &lead(number, name)).await.unwrap();
    }
    let awkward = "insert into lead_status_changes (lead_id, from_status, to_status, changed_at, seconds) \
                   select id, 'New', 'Contacted', now(), 0 from leads; \
                   insert into activities (id, at, actor_name, action, resource, resource_id, changes) \
                   select gen_random_uuid(), now(), 'demo', 'lead.created', 'lead', id, \
                   jsonb_build_object('text', E'tab\\tline\\nback\\\\slash') from leads";
    conn.batch_execute(awkward).await.unwrap();
}

async fn taken(database: &TestDatabase) -> Vec<u8> {
    let mut file = Vec::new();
    backup::write(&database.options(), &mut file).await.unwrap();
    file
}

async fn restore(
    database: &TestDatabase,
    migrations: &[Migration],
    file: &[u8],
) -> Result<Restored, BackupError> {
    let mut archive = Archive::open(Cursor::new(file))?;
    backup::restore(&database.options(), migrations, &mut archive, |_| {}).await
}

/// The one answer of a query.
async fn answer(database: &TestDatabase, query: &str) -> Value {
    let row = database.rows(query).await.remove(0);
    row.get("answer").unwrap().clone()
}

/// Every row of every table, and everything that the tables have besides rows.
async fn content(database: &TestDatabase) -> Vec<Value> {
    let mut all = vec![Value::from(database.fingerprint().await)];
    for made in [
        "select string_agg(indexdef, ';' order by indexname) as answer from pg_indexes where schemaname = 'public'",
        "select string_agg(conrelid::regclass || conname || pg_get_constraintdef(oid), ';' order by conrelid::regclass::text, conname) \
         as answer from pg_constraint where connamespace = 'public'::regnamespace",
        "select string_agg(tgrelid::regclass || tgname || tgenabled::text, ';' order by tgrelid::regclass::text, tgname) as answer \
         from pg_trigger where not tgisinternal",
    ] {
        all.push(answer(database, made).await);
    }
    all
}

/// One that was made and never used.
async fn is_untouched(database: &TestDatabase) -> bool {
    let tables = "select count(*) as answer from pg_tables where schemaname = 'public'";
    answer(database, tables).await == 0
}

async fn empty() -> TestDatabase {
    TestDatabase::create_with(&[]).await
}

#[tokio::test]
async fn what_was_there_is_there_again() {
    let from = TestDatabase::create().await;
    fill(&from).await;
    let to = empty().await;
    let restored = restore(&to, CORE, &taken(&from).await).await.unwrap();
    assert_eq!(restored.migrated, 0);
    assert_eq!(content(&to).await, content(&from).await);
}

#[tokio::test]
async fn what_is_added_after_a_restore_gets_new_numbers_and_is_watched() {
    let from = TestDatabase::create().await;
    fill(&from).await;
    let to = empty().await;
    restore(&to, CORE, &taken(&from).await).await.unwrap();
    let mut conn = to.connect().await;
    // A number that was given before would be refused, and so would a lead that there is not.
    conn.batch_execute(
        "insert into lead_status_changes (lead_id, from_status, to_status, changed_at, seconds) \
         select id, 'Contacted', 'Qualified', now(), 0 from leads",
    )
    .await
    .unwrap();
    let wrong = "insert into lead_status_changes (lead_id, from_status, to_status, changed_at, seconds) \
                 values (gen_random_uuid(), 'Contacted', 'Qualified', now(), 0)";
    let refused = conn.batch_execute(wrong).await.unwrap_err();
    assert!(refused.to_string().contains("foreign key"), "{refused}");
    let refused = conn
        .batch_execute("delete from activities")
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("activities"), "{refused}");
}

#[tokio::test]
async fn a_backup_is_of_one_instant_whatever_is_written_meanwhile() {
    let from = TestDatabase::create().await;
    fill(&from).await;
    let mut writer = from.connect().await;
    let writing = tokio::spawn(async move {
        for number in 10..250 {
            let both = format!(
                "begin; insert into lead_status_changes (lead_id, from_status, to_status, changed_at, seconds) \
                 select id, 'New', 'Contacted', now(), 0 from leads limit 1; \
                 update leads set version = version + 1 where id = (select id from leads limit 1); commit -- {number}"
            );
            writer.batch_execute(&both).await.unwrap();
        }
    });
    let mut files = Vec::new();
    while !writing.is_finished() || files.is_empty() {
        files.push(taken(&from).await);
    }
    writing.await.unwrap();
    for file in files.iter().take(3) {
        let to = empty().await;
        restore(&to, CORE, file).await.unwrap();
        // Each transaction adds one to both.
        let differing = "select (select count(*) from lead_status_changes) - (select sum(version) from leads) as answer";
        assert_eq!(answer(&to, differing).await, 0);
    }
}

#[tokio::test]
async fn a_backup_of_an_earlier_schema_is_brought_to_this_one() {
    let (newest, earlier) = CORE.split_last().unwrap();
    let from = TestDatabase::create_with(earlier).await;
    fill(&from).await;
    let file = taken(&from).await;
    let to = empty().await;
    let restored = restore(&to, CORE, &file).await.unwrap();
    assert_eq!(restored.migrated, 1);
    let last = "select version as answer from crm_migrations order by applied_at desc limit 1";
    assert_eq!(answer(&to, last).await, newest.version);
    let leads = "select count(*) as answer from leads";
    assert_eq!(answer(&to, leads).await, 4);
}

#[tokio::test]
async fn a_backup_of_a_later_schema_is_refused() {
    let from = TestDatabase::create().await;
    let file = taken(&from).await;
    let to = empty().await;
    let earlier = &CORE[..CORE.len() - 1];
    let refused = restore(&to, earlier, &file).await.unwrap_err();
    assert!(matches!(refused, BackupError::Migrate(_)), "{refused}");
    assert!(is_untouched(&to).await);
}

const PLUGIN: Migration = Migration {
    plugin: "harbour",
    version: "2026-11-28-100000",
    name: "create_boats",
    sql: "create table harbour_boats (id bigint generated always as identity primary key, name text not null)",
};

#[tokio::test]
async fn the_tables_of_plugins_are_in_it_and_need_the_plugin() {
    let with_plugin = [CORE, &[PLUGIN]].concat();
    let from = TestDatabase::create_with(&with_plugin).await;
    let boat = "insert into harbour_boats (name) values ('Tern')";
    from.execute(boat).await;
    let file = taken(&from).await;
    let to = empty().await;
    let refused = restore(&to, CORE, &file).await.unwrap_err();
    assert!(
        matches!(&refused, BackupError::PluginMissing { plugin } if plugin == "harbour"),
        "{refused}"
    );
    assert!(is_untouched(&to).await);
    restore(&to, &with_plugin, &file).await.unwrap();
    to.execute(boat).await;
    let boats = "select string_agg(id || name, ' ' order by id) as answer from harbour_boats";
    assert_eq!(answer(&to, boats).await, "1Tern 2Tern");
}

#[tokio::test]
async fn nothing_is_written_over() {
    let from = TestDatabase::create().await;
    fill(&from).await;
    let file = taken(&from).await;
    let before = content(&from).await;
    let refused = restore(&from, CORE, &file).await.unwrap_err();
    assert!(matches!(refused, BackupError::NotEmpty), "{refused}");
    assert_eq!(content(&from).await, before);
    // A schema in which nobody has done anything is none the less empty.
    let to = TestDatabase::create().await;
    restore(&to, CORE, &file).await.unwrap();
    assert_eq!(content(&to).await, before);
}

#[tokio::test]
async fn a_database_that_others_use_is_left_alone() {
    let from = TestDatabase::create().await;
    let file = taken(&from).await;
    let to = empty().await;
    let other = to.connect().await;
    let refused = restore(&to, CORE, &file).await.unwrap_err();
    assert!(
        matches!(&refused, BackupError::InUse { by } if by == "crm"),
        "{refused}"
    );
    assert!(is_untouched(&to).await);
    drop(other);
    restore(&to, CORE, &file).await.unwrap();
}

#[tokio::test]
async fn a_backup_that_was_cut_off_is_none() {
    let from = TestDatabase::create().await;
    fill(&from).await;
    let file = taken(&from).await;
    for length in [0, 1, 100, file.len() / 2, file.len() - 30, file.len() - 1] {
        let opened = Archive::open(Cursor::new(&file[..length])).map(drop);
        assert!(
            matches!(opened, Err(BackupError::NoBackup(_))),
            "{length}: {opened:?}"
        );
    }
}

#[tokio::test]
async fn a_damaged_backup_is_refused_before_anything_is_stored() {
    let from = TestDatabase::create().await;
    fill(&from).await;
    let file = taken(&from).await;
    let to = empty().await;
    let mut refused = 0;
    for place in (0..file.len()).step_by(97) {
        let mut damaged = file.clone();
        damaged[place] ^= 0x20;
        // Bytes of names and times of the archive say nothing about rows.
        let checked = Archive::open(Cursor::new(&damaged)).and_then(|mut archive| archive.check());
        if checked.is_err() {
            restore(&to, CORE, &damaged).await.unwrap_err();
            refused += 1;
        }
    }
    assert!(
        refused > file.len() / 97 / 2,
        "{refused} of {}",
        file.len() / 97
    );
    assert!(is_untouched(&to).await);
}

/// The archive with one entry changed as somebody would who knows how archives are made.
fn rewritten(file: &[u8], entry: &str, change: impl Fn(String) -> String) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..from.len() {
        let mut found = from.by_index(number).unwrap();
        let mut content = String::new();
        found.read_to_string(&mut content).unwrap();
        let name = found.name().unwrap().into_owned();
        to.start_file(&name, zip::write::SimpleFileOptions::default())
            .unwrap();
        let content = if name == entry {
            change(content)
        } else {
            content
        };
        to.write_all(content.as_bytes()).unwrap();
    }
    to.finish().unwrap().into_inner()
}

#[tokio::test]
async fn rows_that_were_changed_in_the_file_are_found() {
    let from = TestDatabase::create().await;
    fill(&from).await;
    let file = taken(&from).await;
    let changed = rewritten(&file, "tables/users.txt", |rows| rows.replace("Ada", "Eve"));
    let refused = restore(&empty().await, CORE, &changed).await.unwrap_err();
    assert!(
        matches!(&refused, BackupError::Damaged { table } if table == "users"),
        "{refused}"
    );
    let newer = rewritten(&file, "backup.json", |json| {
        json.replace("\"format\": 1", "\"format\": 2")
    });
    let refused = restore(&empty().await, CORE, &newer).await.unwrap_err();
    assert!(
        matches!(refused, BackupError::NewerFormat { found: 2, .. }),
        "{refused}"
    );
    let renamed = rewritten(&file, "backup.json", |json| {
        json.replace("\"merges\"", "\"mergers\"")
    });
    let refused = restore(&empty().await, CORE, &renamed).await.unwrap_err();
    assert!(matches!(refused, BackupError::NoBackup(_)), "{refused}");
}

#[tokio::test]
async fn of_a_database_without_a_crm_there_is_no_backup() {
    let nothing = empty().await;
    let refused = backup::write(&nothing.options(), Vec::new())
        .await
        .unwrap_err();
    assert!(matches!(refused, BackupError::NoCrm), "{refused}");
}

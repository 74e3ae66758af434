//! Servers that start on a schema which is older or newer than they are.

use std::time::{Duration, Instant};

use crm::storage::migrate::{CORE, Migration};
use crm_testing::TestDatabase;
use diesel_async::SimpleAsyncConnection as _;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::database::{crm, migrated, plugins};
use crate::process::{ADMIN, sign_in};
use crate::program::{Folder, Server};

/// What a later release may do to a table that servers of this one use: add to it.
const NEXT_RELEASE: &str = "
    do $$ declare name text; begin
        for name in select tablename from pg_tables where schemaname = 'public' and tablename <> 'crm_migrations' loop
            execute format('alter table %I add column next_release text default ''new''', name);
        end loop;
    end $$;
    create table next_release (id uuid primary key);
    insert into crm_migrations (plugin, version, name, checksum, app_version)
        values ('core', '2999-01-01-000000', 'next_release', '', '9.0.0')";

/// How many migrations there are.
fn all() -> usize {
    plugins().migrations().len()
}

async fn applied(database: &TestDatabase) -> usize {
    database.rows("select 1 from crm_migrations").await.len()
}

/// Starts as many at the same moment, and waits until each is ready.
fn serve_at_once(database: &TestDatabase, folders: &[Folder]) -> Vec<Server> {
    std::thread::scope(|scope| {
        let starting: Vec<_> = folders
            .iter()
            .map(|folder| {
                scope.spawn(move || crm(folder, database, &["serve"]).with(&ADMIN).serve())
            })
            .collect();
        let started = starting.into_iter().map(|server| server.join().unwrap());
        started.collect()
    })
}

async fn three_servers_at_once_on(before: &[Migration]) {
    let database = TestDatabase::create_with(before).await;
    let folders: [Folder; 3] = std::array::from_fn(|_| Folder::new());
    let servers = serve_at_once(&database, &folders);
    assert_eq!(applied(&database).await, all());
    for server in &servers {
        sign_in(server, ADMIN[0].1, ADMIN[1].1).await.unwrap();
    }
}

#[tokio::test]
async fn three_servers_that_start_at_once_share_the_migrations() {
    three_servers_at_once_on(&[]).await;
    let (_newest, before) = CORE.split_last().unwrap();
    three_servers_at_once_on(before).await;
}

#[tokio::test]
async fn a_server_that_was_killed_while_it_migrated_is_followed_by_one_that_completes() {
    let database = TestDatabase::create_with(CORE.first_chunk::<3>().unwrap()).await;
    let folder = Folder::new();
    let begun = applied(&database).await;
    let mut other = database.connect().await;
    // Later migrations change this table, and wait.
    other
        .batch_execute("begin; lock table leads")
        .await
        .unwrap();
    let mut starting = crm(&folder, &database, &["serve"]).with(&ADMIN).start();
    let deadline = Instant::now() + Duration::from_secs(30);
    let waits = "select 1 from pg_locks where not granted and relation = 'leads'::regclass";
    while database.rows(waits).await.is_empty() {
        assert!(Instant::now() < deadline, "no migration waits");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    starting.kill().unwrap();
    starting.wait().unwrap();
    let done = applied(&database).await;
    assert!((begun..all()).contains(&done), "{done}");
    other.batch_execute("rollback").await.unwrap();

    let _server = crm(&folder, &database, &["serve"]).with(&ADMIN).serve();
    assert_eq!(applied(&database).await, all());
}

/// Sends a request, and gives the answer, which must be a good one.
async fn ask(
    server: &Server,
    token: &str,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> Value {
    let mut request = Client::new()
        .request(method, server.url(path))
        .bearer_auth(token);
    if let Some(body) = body {
        request = request.json(&body);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert!(status.is_success(), "{path}: {status} {text}");
    serde_json::from_str(&text).unwrap()
}

/// Makes, changes, reads and lists records of each kind.
async fn work(server: &Server, token: &str, name: &str) {
    let email = format!("{name}@example.org");
    for (path, record, change) in [
        (
            "/api/leads",
            json!({"name": name, "emailId": email}),
            json!({"status": "Contacted", "tags": [name]}),
        ),
        (
            "/api/customers",
            json!({"name": name}),
            json!({"company": name}),
        ),
        (
            "/api/tasks",
            json!({"title": name}),
            json!({"status": "Done"}),
        ),
    ] {
        let made = ask(server, token, Method::POST, path, Some(record)).await;
        let one = format!("{path}/{}", made["id"].as_str().unwrap());
        ask(server, token, Method::PATCH, &one, Some(change)).await;
        ask(server, token, Method::GET, &one, None).await;
        ask(server, token, Method::GET, path, None).await;
    }
    for path in [
        "/api/activities",
        "/api/users",
        "/api/roles",
        "/api/search?q=ada",
        "/api/events",
    ] {
        ask(server, token, Method::GET, path, None).await;
    }
}

#[tokio::test]
async fn a_server_goes_on_when_a_newer_one_has_migrated_and_is_refused_at_its_next_start() {
    let (folder, database) = (Folder::new(), migrated().await);
    let server = crm(&folder, &database, &["serve"]).with(&ADMIN).serve();
    let token = sign_in(&server, ADMIN[0].1, ADMIN[1].1).await.unwrap();
    // More than once: a statement that is repeated is prepared.
    for name in ["ada", "grace"] {
        work(&server, &token, name).await;
    }
    database.execute(NEXT_RELEASE).await;
    for name in ["edsger", "barbara"] {
        work(&server, &token, name).await;
    }
    let token = sign_in(&server, ADMIN[0].1, ADMIN[1].1).await.unwrap();
    work(&server, &token, "alan").await;

    let anew = crm(&folder, &database, &["serve"]).with(&[("PORT", "0")]);
    let message = anew.run().failed(78);
    let known = CORE.last().unwrap().version;
    for version in ["2999-01-01-000000", known] {
        assert!(message.contains(version), "{message}");
    }
}

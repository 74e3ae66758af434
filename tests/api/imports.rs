//! Imports: tables become records once, by the rights of who imports, and can be taken back.

mod concurrency;
mod files;
mod revert;
mod rights;
mod run;

use crm_domain::ids::ImportId;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

pub(crate) fn path(import: &Value) -> String {
    format!("/api/imports/{}", import["id"].as_str().unwrap())
}

fn id(import: &Value) -> ImportId {
    import["id"].as_str().unwrap().parse().unwrap()
}

pub(crate) async fn upload(client: &Client<'_>, query: &str, table: &str) -> Value {
    let request = client.post(&format!("/api/imports?{query}"));
    request.raw("text/csv", table).expect(201).await
}

/// The lines of these numbers.
fn lines(numbers: impl Iterator<Item = usize>, line: impl Fn(usize) -> String) -> String {
    numbers.map(line).collect()
}

/// Uploads a table of leads with these options.
async fn leads(client: &Client<'_>, table: &str, options: Value) -> Value {
    let import = upload(client, "resource=lead", table).await;
    client.patch(&path(&import)).json(options).expect(200).await
}

/// Goes on to the end, as a server does, and shows the import then.
async fn finish(app: &TestApp, client: &Client<'_>, import: &Value) -> Value {
    while app.crm.imports().advance(id(import)).await.unwrap() {}
    client.get(&path(import)).expect(200).await
}

/// Begins this (`run`, `dry-run`, `revert`), and goes on to its end.
pub(crate) async fn done(app: &TestApp, client: &Client<'_>, import: &Value, what: &str) -> Value {
    let begin = client.post(&format!("{}/{what}", path(import)));
    begin.expect(202).await;
    finish(app, client, import).await
}

/// How many rows were created, updated, unchanged, skipped and failed.
pub(crate) fn counts(import: &Value) -> [i64; 5] {
    let counts = &import["counts"];
    ["created", "updated", "unchanged", "skipped", "failed"]
        .map(|name| counts[name].as_i64().unwrap())
}

/// The lines that are wrong, and why.
pub(crate) fn errors(import: &Value) -> Vec<(i64, &str)> {
    let errors = import["errors"].as_array().unwrap().iter();
    errors
        .map(|error| {
            (
                error["line"].as_i64().unwrap(),
                error["reason"].as_str().unwrap(),
            )
        })
        .collect()
}

/// The leads, each as `name company`, in the order of their names.
async fn names(app: &TestApp) -> Vec<String> {
    let query = "select concat_ws(' ', name, company) as name from leads order by 1";
    let rows = app.database().rows(query).await;
    rows.iter()
        .map(|row| row["name"].as_str().unwrap().to_owned())
        .collect()
}

/// What the tables of records hold.
async fn records(app: &TestApp) -> Vec<Value> {
    let mut all = Vec::new();
    for table in [
        "leads",
        "customers",
        "tasks",
        "lead_status_changes",
        "customer_notes",
    ] {
        let query = format!("select to_jsonb(t) as row from {table} t order by 1");
        all.extend(app.database().rows(&query).await);
    }
    all
}

const CREATE: fn() -> Value = || json!({ "mode": "create" });

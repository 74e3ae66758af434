//! Searching leads, customers and tasks together.

mod sight;

use chrono::TimeDelta;
use crm_testing::{Client, TestApp};
use diesel_async::SimpleAsyncConnection as _;
use serde_json::{Value, json};

use crate::leads::make;

/// `q` is written as a person types it.
async fn hits(client: &Client<'_>, q: &str, more: &str) -> Vec<Value> {
    let q: String = form_urlencoded(q);
    let path = format!("/api/search?q={q}{more}");
    let found = client.get(&path).expect(200).await;
    found["hits"].as_array().unwrap().clone()
}

fn form_urlencoded(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric();
    let encode = |byte: u8| {
        if plain(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(encode).collect()
}

async fn names(client: &Client<'_>, q: &str) -> Vec<String> {
    let name = |hit: Value| hit["name"].as_str().unwrap().to_owned();
    hits(client, q, "").await.into_iter().map(name).collect()
}

async fn customer(client: &Client<'_>, more: Value) -> Value {
    client.post("/api/customers").json(more).expect(201).await
}

async fn task(client: &Client<'_>, more: Value) -> Value {
    client.post("/api/tasks").json(more).expect(201).await
}

/// Makes so many leads that those before are not among the newest, which are judged without asking an index.
async fn bury(app: &TestApp, client: &Client<'_>) {
    app.clock.advance(TimeDelta::seconds(1));
    make(client, json!({ "name": "Qqqq", "emailId": "qqqq@qqqq.qq" })).await;
    // All columns but the one that Postgres fills.
    let copies = "do $$ begin execute (select format('insert into leads (%1$s) select %1$s from (select \
         (jsonb_populate_record(l, jsonb_build_object(''id'', gen_random_uuid()))).* \
         from leads l, generate_series(1, 1000) where l.name = ''Qqqq'') copies', \
         string_agg(quote_ident(column_name), ',')) from information_schema.columns \
         where table_name = 'leads' and table_schema = current_schema() and is_generated = 'NEVER'); end $$";
    app.database().execute(copies).await;
}

#[tokio::test]
async fn a_hit_tells_what_it_is_and_what_matched() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let more =
        json!({ "name": "Ada King", "emailId": "ada@engines.example", "company": "Engines" });
    let lead = make(&agent, more).await;
    let found = hits(&agent, "ada@engines.example", "").await;
    let hit = json!({
        "type": "lead", "id": lead["id"], "name": "Ada King", "context": "Engines",
        "score": 1.0, "match": "exact", "matched": ["emailId"],
    });
    assert_eq!(found, [hit]);
    let found = hits(&agent, "engi ada", "").await;
    assert_eq!(found[0]["match"], "prefix");
    assert_eq!(found[0]["matched"], json!(["name", "emailId"]));
    let more =
        json!({ "title": "Call", "description": "about the engines", "status": "InProgress" });
    let call = task(&agent, more).await;
    let found = hits(&agent, "engines type:task", "").await;
    let hit = json!({
        "type": "task", "id": call["id"], "name": "Call", "context": "InProgress",
        "score": 0.75, "match": "prefix", "matched": ["description"],
    });
    assert_eq!(found, [hit]);
}

#[tokio::test]
async fn what_is_exact_comes_before_beginnings_before_parts_and_misspelt_words_where_there_is_none()
{
    let app = TestApp::new().await;
    let agent = app.agent().await;
    // Made in the reverse order, so that nothing but closeness sorts them.
    for name in [
        "Johanson",
        "Johnson",
        "Xjonson",
        "Jonsons & Co",
        "Old Jonson",
        "Jonson",
    ] {
        make(&agent, json!({ "name": name })).await;
        app.clock.advance(TimeDelta::seconds(1));
    }
    customer(&agent, json!({ "name": "Mr Jonson" })).await;
    task(&agent, json!({ "title": "Call Jonson" })).await;
    let found = hits(&agent, "jonson", "").await;
    let closeness: Vec<_> = found
        .iter()
        .map(|hit| hit["match"].as_str().unwrap())
        .collect();
    let mut sorted = closeness.clone();
    let order = ["exact", "prefix", "contains", "similar"];
    sorted.sort_by_key(|closeness| order.iter().position(|known| known == closeness));
    assert_eq!(closeness, sorted);
    assert_eq!(found[0]["name"], "Jonson");
    assert_eq!(
        closeness,
        ["exact", "prefix", "prefix", "prefix", "prefix", "contains"],
        "{found:?}"
    );
    let found = hits(&agent, "johnsen", "").await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["name"], "Johnson");
    assert_eq!(found[0]["match"], "similar");
}

#[tokio::test]
async fn each_operator_narrows_what_is_found() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    for (name, phone, tags) in [
        ("Ada North", "+49 30 1234567", json!(["VIP"])),
        (
            "Ada South",
            "+49 40 7654321",
            json!(["VIP", "Public sector"]),
        ),
        ("Zoë South", "+49 40 1111111", json!([])),
    ] {
        let email = format!("{}@x.example", name.replace(' ', "").replace('ë', "e"));
        make(
            &agent,
            json!({ "name": name, "phone": phone, "tags": tags, "emailId": email }),
        )
        .await;
        app.clock.advance(TimeDelta::seconds(1));
    }
    customer(&agent, json!({ "name": "Ada East" })).await;
    let questions = [
        ("ada type:lead", vec!["Ada South", "Ada North"]),
        ("ada -south type:lead", vec!["Ada North"]),
        ("ada -\"ada north\" type:lead", vec!["Ada South"]),
        ("\"ada south\"", vec!["Ada South"]),
        ("\"south ada\"", vec![]),
        ("south ada", vec!["Ada South"]),
        ("zoe", vec!["Zoë South"]),
        ("ZOË", vec!["Zoë South"]),
        ("tag:vip", vec!["Ada South", "Ada North"]),
        ("tag:\"public sector\"", vec!["Ada South"]),
        ("tag:public", vec![]),
        ("email:adanorth", vec!["Ada North"]),
        ("phone:40-7654", vec!["Ada South"]),
        ("+49 (40) 765-4321", vec!["Ada South"]),
        ("ad type:customer", vec!["Ada East"]),
        ("ada type:customer type:lead", vec![]),
        ("type:nothing", vec![]),
        ("%%%", vec![]),
        ("\\", vec![]),
    ];
    for (q, expected) in &questions {
        assert_eq!(names(&agent, q).await, *expected, "{q}");
    }
    bury(&app, &agent).await;
    for (q, expected) in &questions {
        assert_eq!(names(&agent, q).await, *expected, "older: {q}");
    }
    let all = hits(&agent, "ada", "&types=customer&types=task").await;
    assert_eq!(all.len(), 1);
    assert_eq!(hits(&agent, "ada", "&limit=2").await.len(), 2);
}

#[tokio::test]
async fn what_is_put_away_is_not_found_until_it_is_taken_back() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let lead = make(&agent, json!({ "name": "Put away", "tags": ["Old"] })).await;
    let path = crate::leads::path(&lead);
    agent.delete(&path).expect(200).await;
    for q in ["put away", "pu", "ut awa", "putt away", "tag:old"] {
        assert!(names(&agent, q).await.is_empty(), "{q}");
    }
    agent.post(&format!("{path}/restore")).expect(200).await;
    for q in ["put away", "pu", "ut awa", "putt away", "tag:old"] {
        assert_eq!(names(&agent, q).await, ["Put away"], "{q}");
    }
}

#[tokio::test]
async fn without_pg_trgm_what_is_misspelt_is_found_among_the_newest_only() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    make(&agent, json!({ "name": "Ada King" })).await;
    assert_eq!(names(&agent, "adda king").await, ["Ada King"]);
    let without = "drop extension pg_trgm cascade";
    app.database().execute(without).await;
    for q in ["ada king", "ada", "kin", "ing"] {
        assert_eq!(names(&agent, q).await, ["Ada King"], "{q}");
    }
    assert_eq!(names(&agent, "adda king").await, ["Ada King"]);
    bury(&app, &agent).await;
    for q in ["ada king", "ada", "kin", "ing"] {
        assert_eq!(names(&agent, q).await, ["Ada King"], "{q}");
    }
    assert!(names(&agent, "adda king").await.is_empty());
}

#[tokio::test]
async fn a_search_that_takes_too_long_tells_what_it_found_and_that_there_may_be_more() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    make(&agent, json!({ "name": "Ada King" })).await;
    let whole = agent.get("/api/search?q=ada+king").expect(200).await;
    assert_eq!(whole["isComplete"], true);
    let mut other = app.database().connect().await;
    let block = "begin; lock table tasks in access exclusive mode";
    other.batch_execute(block).await.unwrap();
    let part = agent.get("/api/search?q=ada+king").expect(200).await;
    assert_eq!(part["isComplete"], false);
    assert_eq!(part["hits"], whole["hits"]);
    other.batch_execute("rollback").await.unwrap();
    let whole_again = agent.get("/api/search?q=ada+king").expect(200).await;
    assert_eq!(whole_again, whole);
}

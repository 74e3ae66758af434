//! Customers: made, changed, put away, taken back, listed, written about, and seen only by those who may see them.

mod notes;
mod write;

use crm_domain::customer::CustomerSort;
use crm_domain::role::Role;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

/// Makes a customer of this name, with these fields besides.
async fn make(client: &Client<'_>, name: &str, more: Value) -> Value {
    let mut body = json!({ "name": name });
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    client.post("/api/customers").json(body).expect(201).await
}

fn path(customer: &Value) -> String {
    format!("/api/customers/{}", customer["id"].as_str().unwrap())
}

async fn list(client: &Client<'_>, query: &str) -> Value {
    client
        .get(&format!("/api/customers?{query}"))
        .expect(200)
        .await
}

fn names(list: &Value) -> Vec<&str> {
    let customers = list["customers"].as_array().unwrap();
    customers
        .iter()
        .map(|customer| customer["name"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn each_filter_holds_the_customers_it_says() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let agent = app.agent().await;
    make(&admin, "Ada", json!({ "tags": ["Gold", "VIP"] })).await;
    app.clock.advance(chrono::TimeDelta::minutes(1));
    let noon = app
        .crm
        .now()
        .to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    make(
        &admin,
        "Bob",
        json!({ "company": "Müller GmbH", "owner": agent.user().id }),
    )
    .await;
    let gone = make(&admin, "Cyd", json!({ "emailId": "cyd@example.org" })).await;
    admin.delete(&path(&gone)).expect(200).await;
    for (query, expected) in [
        (String::new(), vec!["Bob", "Ada"]),
        ("search=muller".to_owned(), vec!["Bob"]),
        ("search=ad".to_owned(), vec!["Ada"]),
        ("tag=gold".to_owned(), vec!["Ada"]),
        (format!("owner={}", agent.user().id), vec!["Bob"]),
        ("hasOwner=true".to_owned(), vec!["Bob"]),
        ("hasOwner=false".to_owned(), vec!["Ada"]),
        (format!("notOwner={}", agent.user().id), vec![]),
        (format!("notOwner={}", admin.user().id), vec!["Bob"]),
        ("scope=own".to_owned(), vec!["Ada"]),
        ("isArchived=true".to_owned(), vec!["Cyd"]),
        ("isArchived=true&search=cyd@example".to_owned(), vec!["Cyd"]),
        (format!("createdFrom={noon}"), vec!["Bob"]),
        (format!("createdTo={noon}"), vec!["Ada"]),
        ("sort=name".to_owned(), vec!["Ada", "Bob"]),
    ] {
        assert_eq!(names(&list(&admin, &query).await), expected, "{query}");
    }
}

#[tokio::test]
async fn pages_and_cursors_hold_each_customer_once_in_every_order() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for number in 0..7 {
        make(&admin, &format!("Name {}", number % 3), json!({})).await;
        app.clock.advance(chrono::TimeDelta::seconds(number % 2));
    }
    for sort in CustomerSort::all() {
        let whole = list(&admin, &format!("sort={sort}&limit=100")).await;
        assert_eq!(whole["totalCustomers"], 7);
        let (mut paged, mut gone_on) = (Vec::new(), Vec::new());
        let mut cursor = None;
        for page in 1..=4 {
            let part = list(&admin, &format!("sort={sort}&limit=2&page={page}")).await;
            assert_eq!(part["totalPages"], 4);
            paged.extend(part["customers"].as_array().unwrap().clone());
            let part = match cursor.take() {
                Some(cursor) => list(&admin, &format!("sort={sort}&limit=2&cursor={cursor}")).await,
                None => list(&admin, &format!("sort={sort}&limit=2")).await,
            };
            gone_on.extend(part["customers"].as_array().unwrap().clone());
            cursor = part["nextCursor"].as_str().map(str::to_owned);
        }
        assert_eq!(Value::Array(paged), whole["customers"], "{sort}");
        assert_eq!(Value::Array(gone_on), whole["customers"], "{sort}");
        assert_eq!(cursor, None, "{sort}");
    }
}

#[tokio::test]
async fn a_cursor_of_leads_or_of_somebody_else_is_refused() {
    let app = TestApp::new().await;
    let (admin, other) = (app.admin().await, app.admin().await);
    for number in 0..3 {
        make(&admin, &format!("Name {number}"), json!({})).await;
        let lead = json!({ "name": "Lead", "phone": format!("12345{number}") });
        admin.post("/api/leads").json(lead).expect(201).await;
    }
    let leads = admin.get("/api/leads?limit=1").expect(200).await;
    let cursor = leads["nextCursor"].as_str().unwrap();
    let own = list(&admin, "limit=1").await;
    let own = own["nextCursor"].as_str().unwrap();
    for (client, cursor) in [(&admin, cursor), (&other, own)] {
        let query = format!("/api/customers?limit=1&cursor={cursor}");
        let problem = client.get(&query).expect(400).await;
        assert_eq!(problem["code"], "invalid-cursor");
    }
}

#[tokio::test]
async fn each_sees_the_customers_in_reach_in_every_list_and_by_themselves() {
    let app = TestApp::new().await;
    let (agent, other) = (app.agent().await, app.agent().await);
    let reader = app.as_role(Role::ReadOnly).await;
    let mine = make(&agent, "Mine", json!({})).await;
    let theirs = make(&other, "Theirs", json!({ "tags": ["x"] })).await;
    assert_eq!(names(&list(&agent, "").await), ["Mine"]);
    assert_eq!(list(&agent, "count=exact").await["totalCustomers"], 1);
    assert!(names(&list(&agent, "tag=x").await).is_empty());
    assert!(names(&list(&agent, "search=theirs").await).is_empty());
    let owner = format!("owner={}", other.user().id);
    assert!(names(&list(&agent, &owner).await).is_empty());
    assert_eq!(names(&list(&reader, "sort=name").await), ["Mine", "Theirs"]);
    agent.get(&path(&mine)).expect(200).await;
    let hidden = agent.get(&path(&theirs)).expect(404).await;
    let missing = "/api/customers/01900000-0000-7000-8000-000000000000";
    let missing = agent.get(missing).expect(404).await;
    assert_eq!(hidden["detail"], missing["detail"]);
    reader
        .patch(&path(&mine))
        .json(json!({ "company": "x" }))
        .expect(403)
        .await;
}

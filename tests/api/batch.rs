//! Making many records: each by itself, or all of them or none.

use crm_testing::{Client, TestApp};
use futures_util::future::join_all;
use serde_json::{Value, json};

fn lead(number: usize) -> Value {
    json!({ "name": format!("Number {number}"), "emailId": format!("n{number}@example.org") })
}

async fn batch(client: &Client<'_>, kind: &str, body: Value) -> Value {
    let path = format!("/api/{kind}/batch");
    client.post(&path).json(body).expect(200).await
}

fn statuses(result: &Value) -> Vec<&str> {
    let items = result["items"].as_array().unwrap().iter();
    items.map(|item| item["status"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn each_is_made_as_if_it_had_been_sent_alone() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    for (kind, item) in [
        ("leads", json!({ "name": "Ada", "phone": "12345" })),
        ("customers", json!({ "name": "Ada" })),
        ("tasks", json!({ "title": "Call" })),
    ] {
        let body = json!({ "items": vec![item.clone(); 100], "allOrNone": true });
        let result = batch(&agent, kind, body).await;
        assert_eq!(
            (&result["created"], &result["refused"]),
            (&json!(100), &json!(0))
        );
        let alone = agent
            .post(&format!("/api/{kind}"))
            .json(item)
            .expect(201)
            .await;
        for (index, made) in result["items"].as_array().unwrap().iter().enumerate() {
            let id = &made["id"];
            let expected = json!({
                "index": index, "status": "created", "id": id, "code": null, "message": null, "errors": [],
            });
            assert_eq!(*made, expected);
            let path = format!("/api/{kind}/{}", id.as_str().unwrap());
            let mut record = agent.get(&path).expect(200).await;
            record["id"] = alone["id"].clone();
            for field in alone.as_object().unwrap().keys() {
                assert_eq!(record[field], alone[field], "{kind} {field}");
            }
        }
        let one = &kind[..kind.len() - 1];
        for table in ["activities where action", "events where name"] {
            let told = format!("select id from {table} = '{one}.created'");
            assert_eq!(app.database().rows(&told).await.len(), 101);
        }
    }
}

#[tokio::test]
async fn the_good_ones_are_made_beside_those_that_are_refused() {
    let app = TestApp::new().await;
    let (agent, other) = (app.agent().await, app.agent().await);
    agent.post("/api/leads").json(lead(7)).expect(201).await;
    let given = json!({ "name": "Eve", "phone": "12345", "assignedAgent": other.user().id });
    let nobody = json!({ "name": "", "phone": "12345" });
    let items = json!([lead(1), nobody, lead(7), lead(1), given, lead(2)]);
    for all_or_none in [json!(false), Value::Null] {
        let before = app.database().rows("select id from leads").await.len();
        let body = json!({ "items": items, "allOrNone": all_or_none });
        let path = "/api/leads/batch?allowDuplicate=false";
        let result = agent.post(path).json(body).expect(200).await;
        let items = &result["items"];
        let codes = [1, 2, 3, 4].map(|index| items[index]["code"].as_str().unwrap());
        assert_eq!(
            codes,
            ["validation-failed", "duplicate", "duplicate", "forbidden"]
        );
        assert_eq!(items[1]["errors"][0]["pointer"], "#/items/1/name");
        let after = app.database().rows("select id from leads").await.len();
        assert_eq!(result["created"], after - before);
        // The second time the first and the last are there.
        let expected = if all_or_none.is_null() { 0 } else { 2 };
        assert_eq!(result["created"], expected, "{result}");
    }
    let body = json!({ "items": [lead(1), lead(1)] });
    let path = "/api/leads/batch?allowDuplicate=true";
    assert_eq!(agent.post(path).json(body).expect(200).await["created"], 2);
}

#[tokio::test]
async fn when_all_are_wanted_one_that_is_refused_undoes_the_others() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    agent.post("/api/leads").json(lead(7)).expect(201).await;
    let before = app.database().fingerprint().await;
    for (bad, code) in [
        (lead(7), "duplicate"),
        (json!({ "name": "" }), "validation-failed"),
    ] {
        let body = json!({ "items": [lead(1), bad, lead(2)], "allOrNone": true });
        let problem = agent.post("/api/leads/batch").json(body).expect(422).await;
        assert_eq!(problem["code"], "batch-refused");
        assert_eq!(statuses(&problem), ["undone", "refused", "undone"]);
        assert_eq!(problem["items"][1]["code"], code);
        assert_eq!(problem["items"][0]["id"], Value::Null);
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_at_once_with_the_same_addresses_each_address_is_taken_once() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let orders: [Vec<usize>; 2] = [(0..20).collect(), (0..20).rev().collect()];
    let batches = orders.iter().map(|order| {
        let items: Vec<_> = order.iter().map(|number| lead(*number)).collect();
        batch(&admin, "leads", json!({ "items": items }))
    });
    let results = join_all(batches).await;
    let created: u64 = results
        .iter()
        .map(|result| result["created"].as_u64().unwrap())
        .sum();
    assert_eq!(created, 20);
    assert_eq!(
        app.database()
            .rows("select distinct email from leads")
            .await
            .len(),
        20
    );
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_as_a_whole() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let many = vec![json!({ "title": "Call" }); 101];
    for (body, pointer, code) in [
        (json!({}), "#/items", "required"),
        (json!({ "items": [] }), "#/items", "too-short"),
        (json!({ "items": many }), "#/items", "too-many"),
        (
            json!({ "items": [{ "title": "Call", "x": 1 }] }),
            "#/items/0/x",
            "unknown-field",
        ),
        (json!({ "items": [{}] }), "#/items/0/title", "required"),
        (json!({ "items": [], "x": 1 }), "#/x", "unknown-field"),
    ] {
        let problem = admin
            .post("/api/tasks/batch")
            .json(body.clone())
            .expect(400)
            .await;
        let error = &problem["errors"][0];
        assert_eq!(
            (&error["pointer"], &error["code"]),
            (&json!(pointer), &json!(code)),
            "{body}"
        );
    }
    assert!(app.database().rows("select id from tasks").await.is_empty());
}

#[tokio::test]
async fn a_batch_that_is_sent_again_with_its_key_is_made_once() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let body = json!({ "items": [{ "title": "Call" }, { "title": "" }] });
    let request = admin.post("/api/tasks/batch").json(body).once("k");
    let first = request.clone().expect(200).await;
    assert_eq!(statuses(&first), ["created", "refused"]);
    assert_eq!(request.expect(200).await, first);
    assert_eq!(app.database().rows("select id from tasks").await.len(), 1);
}

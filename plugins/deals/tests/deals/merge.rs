//! Deals follow their customers when those are merged, and taken apart again.

use crm_testing::Client;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{QUALIFIED, SALES, app, customer, id, path};

async fn deal_of(client: &Client<'_>, customer: &str) -> Value {
    let new = json!({ "name": "Lamps", "customerId": customer });
    client.post("/api/deals").json(new).expect(201).await
}

async fn customer_of(client: &Client<'_>, deal: &Value) -> Value {
    client.get(&path(deal)).expect(200).await["customer"]["id"].clone()
}

async fn merge(client: &Client<'_>, target: &str, sources: &[&str], status: u16) -> Value {
    let place = format!("/api/customers/{target}/merge");
    let body = json!({ "sources": sources });
    client.post(&place).json(body).expect(status).await
}

async fn unmerge(client: &Client<'_>, target: &str) {
    let place = format!("/api/customers/{target}/unmerge");
    client.post(&place).expect(200).await;
}

#[tokio::test]
async fn deals_of_merged_customers_go_along_and_come_back() {
    let app = app().await;
    let admin = app.admin().await;
    let (a, b, c) = (
        customer(&admin, "A").await,
        customer(&admin, "B").await,
        customer(&admin, "C").await,
    );
    let (of_a, of_b, of_c) = (
        deal_of(&admin, &a).await,
        deal_of(&admin, &b).await,
        deal_of(&admin, &c).await,
    );
    let other = deal_of(&admin, &b).await;
    admin.delete(&path(&other)).expect(200).await;
    merge(&admin, &a, &[&b, &c], 200).await;
    for deal in [&of_a, &of_b, &of_c, &other] {
        assert_eq!(customer_of(&admin, deal).await, json!(a));
    }
    let shown = admin.get(&path(&of_b)).expect(200).await;
    assert_eq!(shown["version"], json!(2));
    let about = format!(
        "/api/activities?resource=deals.deal&resourceId={}&action=deals.deal-edited",
        id(&of_b)
    );
    let log = admin.get(&about).expect(200).await;
    assert_eq!(
        log["activities"][0]["changes"],
        json!({ "customerId": { "from": b, "to": a } })
    );
    // What somebody gave to another customer meanwhile stays there.
    let d = customer(&admin, "D").await;
    let edit = json!({ "customerId": d });
    admin.patch(&path(&of_c)).json(edit).expect(200).await;
    unmerge(&admin, &a).await;
    assert_eq!(customer_of(&admin, &of_a).await, json!(a));
    assert_eq!(customer_of(&admin, &of_b).await, json!(b));
    assert_eq!(customer_of(&admin, &other).await, json!(b));
    assert_eq!(customer_of(&admin, &of_c).await, json!(d));
    let left = app.database().rows("select * from deals_merged").await;
    assert!(left.is_empty(), "{left:?}");
    assert!(app.wrong_events().await.is_empty());
}

#[tokio::test]
async fn merges_upon_merges_are_undone_from_the_newest_back() {
    let app = app().await;
    let admin = app.admin().await;
    let (a, b, c) = (
        customer(&admin, "A").await,
        customer(&admin, "B").await,
        customer(&admin, "C").await,
    );
    let deal = deal_of(&admin, &a).await;
    merge(&admin, &b, &[&a], 200).await;
    merge(&admin, &c, &[&b], 200).await;
    assert_eq!(customer_of(&admin, &deal).await, json!(c));
    unmerge(&admin, &c).await;
    assert_eq!(customer_of(&admin, &deal).await, json!(b));
    unmerge(&admin, &b).await;
    assert_eq!(customer_of(&admin, &deal).await, json!(a));
}

#[tokio::test]
async fn a_merge_that_would_take_too_many_deals_along_is_refused_whole() {
    let app = app().await;
    let admin = app.admin().await;
    let (a, b) = (customer(&admin, "A").await, customer(&admin, "B").await);
    let many = format!(
        "insert into deals_deals (id, name, name_key, search_text, customer_id, pipeline_id, stage_id, kind, amount_key,
             close_key, stage_since, rank, is_archived, version, created_at, updated_at)
         select gen_random_uuid(), 'Deal', 'deal', 'deal', '{b}', '{SALES}', '{QUALIFIED}', 'open', '~', '~', now(),
             lpad(to_hex(n), 8, '0') || '8', false, 1, now(), now()
         from generate_series(1, 1001) n"
    );
    app.database().execute(&many).await;
    let before = app.database().fingerprint().await;
    let problem = merge(&admin, &a, &[&b], 422).await;
    assert_eq!(
        problem["veto"],
        json!({ "hook": "deals.follow-merge", "code": "deals.too-many-deals" })
    );
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_deal_is_left_with_a_customer_who_is_merged_while_it_is_made() {
    let app = app().await;
    let admin = app.admin().await;
    let (a, b) = (customer(&admin, "A").await, customer(&admin, "B").await);
    let made = (0..16).map(|_| {
        let new = json!({ "name": "Lamps", "customerId": b });
        admin.post("/api/deals").json(new).send()
    });
    let sources = [b.as_str()];
    let merged = merge(&admin, &a, &sources, 200);
    let (answers, _) = futures_util::join!(join_all(made), merged);
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    let refused = answers.iter().filter(|answer| answer.status == 400).count();
    assert_eq!(made + refused, 16);
    let list = admin
        .get(&format!("/api/deals?customerId={a}"))
        .expect(200)
        .await;
    assert_eq!(list["totalDeals"], json!(made));
}

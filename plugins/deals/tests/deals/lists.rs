//! Lists: what narrows them, their order, pages and cursors.

use chrono::TimeDelta;
use crm_testing::Client;
use serde_json::{Value, json};

use crate::{LOST, NEW, QUALIFIED, SALES, WON, app, customer, deal, id, moved, names, path};

#[tokio::test]
async fn lists_are_narrowed_and_sorted() {
    let app = app().await;
    let admin = app.admin().await;
    let agent = app.agent().await;
    let customer = customer(&admin, "Ada").await;
    for (name, amount, currency, day) in [
        ("Blue lamps", 100, "EUR", json!("2026-03-31")),
        ("red Lamps", 20, "USD", json!("2026-02-28")),
        ("Desks", 300, "EUR", json!(null)),
    ] {
        app.clock.advance(TimeDelta::minutes(1));
        let new = json!({
            "name": name, "customerId": customer, "amount": { "amount": amount, "currency": currency },
            "expectedCloseDate": day, "owner": agent.user().id,
        });
        admin.post("/api/deals").json(new).expect(201).await;
    }
    app.clock.advance(TimeDelta::minutes(1));
    let other = deal(&admin, "Chairs").await;
    let (of_customer, of_agent) = (
        format!("customerId={customer}&sort=amount"),
        format!("owner={}&sort=createdAt", agent.user().id),
    );
    let of_stage = format!("pipelineId={SALES}&stageId={QUALIFIED}");
    are(&admin, "", &["Chairs", "Desks", "red Lamps", "Blue lamps"]).await;
    moved(&admin, &other, json!({ "stageId": WON })).await;
    for (query, expected) in [
        ("search=lamps&sort=name", &["Blue lamps", "red Lamps"][..]),
        ("search=de", &["Desks"]),
        (&of_customer, &["Blue lamps", "Desks", "red Lamps"]),
        (&of_agent, &["Blue lamps", "red Lamps", "Desks"]),
        (&of_stage, &[]),
        (
            "sort=-amount",
            &["Chairs", "red Lamps", "Desks", "Blue lamps"],
        ),
        (
            "sort=expectedCloseDate&limit=2",
            &["red Lamps", "Blue lamps"],
        ),
        ("expectedCloseFrom=2026-03-01", &["Blue lamps"]),
        ("expectedCloseTo=2026-03-01", &["red Lamps"]),
        ("kind=won", &["Chairs"]),
        ("kind=won&kind=lost", &["Chairs"]),
        (
            "closedFrom=2026-01-02T12:04:00Z&closedTo=2026-01-02T12:04:01Z",
            &["Chairs"],
        ),
        ("closedFrom=2026-01-02T12:04:01Z", &[]),
    ] {
        are(&admin, query, expected).await;
    }
}

async fn are(client: &Client<'_>, query: &str, expected: &[&str]) {
    let list = client.get(&format!("/api/deals?{query}"));
    assert_eq!(names(&list.expect(200).await), expected, "{query}");
}

#[tokio::test]
async fn every_order_goes_on_by_cursors_to_the_end() {
    let app = app().await;
    let admin = app.admin().await;
    let customer = customer(&admin, "Ada").await;
    for n in 0..7 {
        let new = json!({
            "name": format!("Deal {}", n % 3), "customerId": customer,
            "amount": if n % 2 == 0 { json!({ "amount": n / 4, "currency": "EUR" }) } else { json!(null) },
            "expectedCloseDate": if n % 3 == 0 { json!("2026-03-31") } else { json!(null) },
        });
        admin.post("/api/deals").json(new).expect(201).await;
    }
    for sort in [
        "createdAt",
        "updatedAt",
        "name",
        "expectedCloseDate",
        "amount",
        "rank",
    ] {
        for sign in ["", "-"] {
            let query = format!("/api/deals?stageId={NEW}&sort={sign}{sort}&limit=");
            let all = admin.get(&format!("{query}100")).expect(200).await;
            let mut walked: Vec<Value> = Vec::new();
            let mut page = admin.get(&format!("{query}3")).expect(200).await;
            assert_eq!(page["totalDeals"], json!(7));
            loop {
                walked.extend(page["deals"].as_array().unwrap().clone());
                let Some(cursor) = page["nextCursor"].as_str() else {
                    break;
                };
                page = admin
                    .get(&format!("{query}3&cursor={cursor}"))
                    .expect(200)
                    .await;
            }
            assert_eq!(json!(walked), all["deals"], "{sign}{sort}");
        }
    }
}

#[tokio::test]
async fn a_deal_is_stale_when_it_stays_for_longer_than_its_stage_says() {
    let app = app().await;
    let admin = app.admin().await;
    let made = deal(&admin, "Lamps").await;
    let pipeline_path = format!("/api/deals/pipelines/{SALES}");
    let mut pipeline = admin.get(&pipeline_path).expect(200).await;
    pipeline["stages"][0]["staleAfterDays"] = json!(3);
    let edit = json!({ "stages": pipeline["stages"] });
    admin.patch(&pipeline_path).json(edit).expect(200).await;
    app.clock.advance(TimeDelta::days(3));
    let admin = app.sign_in(admin.user().clone()).await;
    let stale = |is_stale: bool| {
        let request = admin.get(&format!("/api/deals?isStale={is_stale}"));
        async move { request.expect(200).await["totalDeals"].clone() }
    };
    assert_eq!(
        (stale(true).await, stale(false).await),
        (json!(0), json!(1))
    );
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(
        (stale(true).await, stale(false).await),
        (json!(1), json!(0))
    );
    let shown = admin.get(&path(&made)).expect(200).await;
    assert_eq!(shown["staleAt"], json!("2026-01-05T12:00:00Z"));
    moved(
        &admin,
        &made,
        json!({ "stageId": LOST, "lostReason": "Too late" }),
    )
    .await;
    assert_eq!(
        (stale(true).await, stale(false).await),
        (json!(0), json!(1))
    );
    assert_eq!(id(&shown), id(&made));
}

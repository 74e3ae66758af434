//! What may come in, and what is open.

use chrono::TimeDelta;
use crm_domain::due::Tz;
use serde_json::{Value, json};

use crate::{LOST, NEW, QUALIFIED, WON, app, customer, error, errors, moved};

fn sum(deals: i64, amount: i64, weighted: i64) -> Value {
    json!({ "currency": "EUR", "deals": deals, "amount": amount, "weighted": weighted })
}

async fn deal(client: &crm_testing::Client<'_>, customer: &str, amount: i64, day: &str) -> Value {
    let new = json!({
        "name": "Lamps", "customerId": customer, "amount": { "amount": amount, "currency": "EUR" }, "expectedCloseDate": day,
    });
    client.post("/api/deals").json(new).expect(201).await
}

/// The present is noon of 2026-01-02.
#[tokio::test]
async fn a_forecast_weighs_what_is_open_counts_what_was_won_and_not_what_was_lost() {
    let app = app().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let customer = customer(&admin, "Ada").await;
    let own = self::customer(&agent, "Own").await;
    deal(&admin, &customer, 1005, "2026-01-31").await;
    deal(&admin, &customer, 500, "2026-01-02").await;
    deal(&admin, &customer, 70, "2026-01-01").await;
    deal(&agent, &own, 200, "2026-02-01").await;
    let won = deal(&admin, &customer, 3000, "2026-05-05").await;
    moved(&admin, &won, json!({ "stageId": WON })).await;
    let lost = deal(&admin, &customer, 40, "2026-01-20").await;
    moved(
        &admin,
        &lost,
        json!({ "stageId": LOST, "lostReason": "No" }),
    )
    .await;
    let unvalued =
        json!({ "name": "Lamps", "customerId": customer, "expectedCloseDate": "2026-01-20" });
    admin.post("/api/deals").json(unvalued).expect(201).await;
    let forecast = admin.get("/api/deals/forecast").expect(200).await;
    let months = forecast["months"].as_array().unwrap();
    assert_eq!(months.len(), 12);
    assert_eq!(
        (&months[0]["month"], &months[0]["to"], &months[11]["to"]),
        (
            &json!("2026-01"),
            &json!("2026-01-31"),
            &json!("2026-12-31")
        )
    );
    // 1005 and 500 at 10 per cent: 101 + 50.
    assert_eq!(
        months[0]["currencies"],
        json!([{ "currency": "EUR", "expected": 3151, "open": sum(2, 1505, 151), "won": sum(1, 3000, 3000), "lost": sum(1, 40, 0) }])
    );
    assert_eq!(months[1]["currencies"][0]["open"], sum(1, 200, 20));
    assert_eq!(months[4]["currencies"], json!([]));
    assert_eq!(forecast["overdue"], json!([sum(1, 70, 7)]));
    // Only what one may see.
    let reach = agent
        .get("/api/deals/forecast?from=2026-01-01&to=2026-02-28")
        .expect(200)
        .await;
    assert_eq!(reach["months"][0]["currencies"], json!([]));
    assert_eq!(reach["months"][1]["currencies"][0]["expected"], json!(20));
    assert_eq!(reach["overdue"], json!([]));
    // Parts of months.
    let part = admin
        .get("/api/deals/forecast?from=2026-01-03&to=2026-01-31")
        .expect(200)
        .await;
    assert_eq!(
        part["months"][0]["currencies"][0]["open"],
        sum(1, 1005, 101)
    );
    assert_eq!(part["months"][0]["currencies"][0]["won"], sum(0, 0, 0));
}

#[tokio::test]
async fn months_begin_in_the_zone_of_the_workspace() {
    let app =
        crm_testing::TestApp::with_plugins(&[std::sync::Arc::new(crm_deals::DealsPlugin)]).await;
    let admin = app.admin().await;
    let customer = customer(&admin, "Ada").await;
    let won = deal(&admin, &customer, 100, "2026-01-31").await;
    // 23:30 of the last day of January in UTC.
    app.clock
        .advance(TimeDelta::days(29) + TimeDelta::minutes(690));
    let admin = app.sign_in(admin.user().clone()).await;
    moved(&admin, &won, json!({ "stageId": WON })).await;
    let forecast = admin
        .get("/api/deals/forecast?from=2026-01-01&to=2026-02-28")
        .expect(200)
        .await;
    assert_eq!(
        forecast["months"][0]["currencies"][0]["won"],
        sum(1, 100, 100)
    );
    let pool = app.database().pool();
    let plugins = crm_app::plugin::Plugins::new(
        vec![std::sync::Arc::new(crm_deals::DealsPlugin)],
        &crm_app::plugin::Settings::default(),
    );
    let berlin = crm_app::Crm::builder(pool, crm_testing::app::secrets())
        .clock(std::sync::Arc::clone(&app.clock) as _)
        .time_zone(Tz::Europe__Berlin)
        .plugins(plugins.unwrap())
        .build();
    let range = crm_deals::forecast::MonthRange::new(
        "2026-01-01".parse().unwrap(),
        "2026-02-28".parse().unwrap(),
    );
    let forecast = crm_deals::deals::Deals(&berlin)
        .forecast(&admin.actor(), range.ok())
        .await
        .unwrap();
    let won: Vec<_> = forecast
        .months
        .iter()
        .map(|(_, sums)| sums.iter().map(|sum| sum.won.amount).sum::<i64>())
        .collect();
    assert_eq!(won, [0, 100]);
}

#[tokio::test]
async fn the_figures_of_open_deals_are_those_of_their_lists() {
    let app = app().await;
    let admin = app.admin().await;
    let customer = customer(&admin, "Ada").await;
    for n in 0..5 {
        let made = deal(&admin, &customer, 100 + n, "2026-01-31").await;
        if n > 2 {
            moved(&admin, &made, json!({ "stageId": QUALIFIED })).await;
        }
    }
    let unvalued = json!({ "name": "Lamps", "customerId": customer });
    admin.post("/api/deals").json(unvalued).expect(201).await;
    let figures = admin.get("/api/deals/figures").expect(200).await;
    // 10, 10 and 10 at 10 per cent, 26 and 26 at 25.
    assert_eq!(figures["open"], json!([sum(5, 510, 82)]));
    let stages = figures["stages"].as_array().unwrap();
    assert_eq!(stages.len(), 4);
    assert_eq!(stages[0]["stage"]["id"], json!(NEW));
    assert_eq!(stages[0]["deals"], json!(4));
    assert_eq!(stages[1]["sums"], json!([sum(2, 207, 52)]));
    for stage in stages {
        let list = admin
            .get(&format!("{}&count=exact", stage["list"].as_str().unwrap()))
            .expect(200)
            .await;
        assert_eq!(list["totalDeals"], stage["deals"]);
    }
}

#[tokio::test]
async fn days_of_a_forecast_that_are_wrong_are_refused() {
    let app = app().await;
    let admin = app.admin().await;
    for (query, place, code) in [
        ("from=2026-01-01", "to", "required"),
        ("to=2026-01-01", "from", "required"),
        ("from=2026-01-02&to=2026-01-01", "to", "out-of-range"),
        ("from=2026-01-01&to=2029-01-01", "to", "out-of-range"),
        ("from=0001-01-01&to=2029-01-01", "from", "out-of-range"),
    ] {
        let problem = admin
            .get(&format!("/api/deals/forecast?{query}"))
            .expect(400)
            .await;
        assert_eq!(errors(&problem), [error(place, code)], "{query}");
    }
}

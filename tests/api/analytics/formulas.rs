//! How figures are worked out.

use chrono::TimeDelta;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use super::{dashboard, figures};
use crate::leads::{make, path};

async fn convert(client: &Client<'_>, lead: &Value) {
    let path = format!("{}/convert", path(lead));
    client.post(&path).expect(200).await;
}

#[tokio::test]
async fn what_was_never_counted_has_no_rate_and_no_median() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let answer = dashboard(&admin, "").await;
    assert_eq!(answer["leads"]["made"]["count"], 0);
    assert_eq!(answer["leads"]["conversionRate"], Value::Null);
    assert_eq!(answer["leads"]["medianSecondsToConvert"], Value::Null);
    assert_eq!(answer["recentActivity"], json!([]));
    let funnel = figures(&admin, "funnel", "").await;
    assert_eq!(funnel["stages"][3]["rate"], Value::Null);
}

#[tokio::test]
async fn the_conversion_rate_is_the_part_of_the_leads_made_that_are_converted_by_now() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let old = make(&admin, json!({})).await;
    app.clock.advance(TimeDelta::days(2));
    let admin = app.sign_in(admin.user().clone()).await;
    let mut leads = Vec::new();
    for _ in 0..4 {
        leads.push(make(&admin, json!({})).await);
    }
    app.clock.advance(TimeDelta::days(2));
    let admin = app.sign_in(admin.user().clone()).await;
    convert(&admin, &old).await;
    convert(&admin, &leads[0]).await;
    // Made on the 2nd and on the 4th, and converted on the 6th.
    for (query, made, converted, rate) in [
        ("from=2026-01-01&to=2026-01-10", 5, 2, json!(0.4)),
        ("from=2026-01-03&to=2026-01-05", 4, 0, json!(0.25)),
        ("from=2026-01-02&to=2026-01-02", 1, 0, json!(1.0)),
        ("from=2026-01-06&to=2026-01-06", 0, 2, Value::Null),
    ] {
        let leads = &dashboard(&admin, query).await["leads"];
        assert_eq!(leads["made"]["count"], made, "{query}");
        assert_eq!(leads["converted"]["count"], converted, "{query}");
        assert_eq!(leads["conversionRate"], rate, "{query}");
    }
}

#[tokio::test]
async fn the_median_to_convert_is_of_the_leads_converted_on_the_days() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = async || make(&admin, json!({})).await;
    let leads = [lead().await, lead().await, lead().await];
    let median = async || {
        let answer = dashboard(&admin, "from=2026-01-02&to=2026-01-02").await;
        answer["leads"]["medianSecondsToConvert"].clone()
    };
    app.clock.advance(TimeDelta::seconds(60));
    convert(&admin, &leads[0]).await;
    assert_eq!(median().await, json!(60.0));
    app.clock.advance(TimeDelta::seconds(40));
    convert(&admin, &leads[1]).await;
    assert_eq!(median().await, json!(80.0));
    app.clock.advance(TimeDelta::seconds(500));
    convert(&admin, &leads[2]).await;
    assert_eq!(median().await, json!(100.0));
    let other_days = dashboard(&admin, "from=2026-01-03&to=2026-01-04").await;
    assert_eq!(other_days["leads"]["medianSecondsToConvert"], Value::Null);
}

#[tokio::test]
async fn a_stage_has_the_leads_that_have_come_there_or_farther_and_no_unqualified_ones() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for status in ["New", "New", "Contacted", "Nurturing", "Qualified"] {
        let _ = make(&admin, json!({ "status": status })).await;
    }
    convert(&admin, &make(&admin, json!({})).await).await;
    let lost = make(&admin, json!({})).await;
    let edit = json!({ "status": "Unqualified", "unqualifiedReason": "Spam" });
    admin.patch(&path(&lost)).json(edit).expect(200).await;
    let gone = make(&admin, json!({})).await;
    admin.delete(&path(&gone)).expect(200).await;
    let funnel = figures(&admin, "funnel", "").await;
    let stages = funnel["stages"].as_array().unwrap().iter();
    let stages: Vec<_> = stages
        .map(|stage| {
            (
                stage["status"].as_str().unwrap(),
                stage["leads"]["count"].as_i64().unwrap(),
            )
        })
        .collect();
    let expected = [
        ("New", 7),
        ("Contacted", 4),
        ("Qualified", 2),
        ("Converted", 1),
    ];
    assert_eq!(stages, expected);
    assert_eq!(funnel["stages"][2]["rate"], json!(2.0 / 7.0));
    assert_eq!(funnel["unqualified"]["count"], 1);
}

#[tokio::test]
async fn agents_have_what_they_work_on_and_what_became_of_it() {
    let app = TestApp::new().await;
    let (admin, busy, lazy) = (app.admin().await, app.agent().await, app.agent().await);
    let give = async |to: &Client<'_>| make(&admin, json!({ "assignedAgent": to.user().id })).await;
    convert(&admin, &give(&busy).await).await;
    let _ = give(&busy).await;
    let _ = give(&lazy).await;
    let _ = make(&admin, json!({})).await;
    let answer = figures(&admin, "agents", "").await;
    let shown = |figures: &Value| {
        let counts = [&figures["leads"]["count"], &figures["converted"]["count"]];
        (
            figures["agent"]["id"].clone(),
            counts.map(|count| count.as_i64().unwrap()),
            figures["conversionRate"].clone(),
        )
    };
    assert_eq!(
        shown(&answer["agents"][0]),
        (json!(busy.user().id), [2, 1], json!(0.5))
    );
    assert_eq!(
        shown(&answer["agents"][1]),
        (json!(lazy.user().id), [1, 0], json!(0.0))
    );
    assert_eq!(shown(&answer["other"]), (Value::Null, [0, 0], Value::Null));
    assert_eq!(
        shown(&answer["unassigned"]),
        (Value::Null, [1, 0], json!(0.0))
    );
}

#[tokio::test]
async fn what_is_put_away_is_not_counted_until_it_is_taken_back() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({ "source": "Website" })).await;
    let made = async || dashboard(&admin, "").await["leads"]["made"]["count"].clone();
    assert_eq!(made().await, 1);
    admin.delete(&path(&lead)).expect(200).await;
    assert_eq!(made().await, 0);
    app.crm.analytics().fold().await.unwrap();
    assert_eq!(made().await, 0);
    let answer = dashboard(&admin, "").await;
    assert_eq!(answer["leads"]["bySource"]["top"], json!([]));
    let restore = format!("{}/restore", path(&lead));
    admin.post(&restore).expect(200).await;
    assert_eq!(made().await, 1);
}

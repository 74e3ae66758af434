//! Which days are meant, where they begin and end, and what is refused.

use chrono::TimeDelta;
use crm_domain::due::Tz;
use crm_testing::TestApp;
use serde_json::json;

use super::dashboard;
use crate::leads::{errors, make};

/// It is 2026-01-02, 12:00 in UTC.
#[tokio::test]
async fn what_is_not_said_is_the_last_thirty_days_in_the_zone_of_the_workspace() {
    let app = TestApp::with(|builder| builder.time_zone(Tz::Pacific__Auckland)).await;
    let admin = app.admin().await;
    for (query, from, to, zone) in [
        ("", "2025-12-05", "2026-01-03", "Pacific/Auckland"),
        ("tz=UTC", "2025-12-04", "2026-01-02", "UTC"),
        (
            "tz=Asia/Kolkata&to=2025-03-30",
            "2025-03-01",
            "2025-03-30",
            "Asia/Kolkata",
        ),
        (
            "from=2026-01-02",
            "2026-01-02",
            "2026-01-03",
            "Pacific/Auckland",
        ),
    ] {
        let answer = dashboard(&admin, query).await;
        let expected = json!({ "from": from, "to": to, "timeZone": zone });
        assert_eq!(answer["period"], expected, "{query}");
        let days = answer["leads"]["byDay"].as_array().unwrap();
        assert_eq!(days[0]["date"], from);
        assert_eq!(days[days.len() - 1]["date"], to);
    }
}

#[tokio::test]
async fn a_lead_is_of_the_day_that_the_clocks_of_the_zone_show() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    app.clock.advance(TimeDelta::minutes(11 * 60 + 45));
    // 23:45 in UTC, 00:45 in Berlin, 05:15 in Kolkata, 18:45 in New York.
    let admin = app.sign_in(admin.user().clone()).await;
    let _ = make(&admin, json!({})).await;
    for (zone, date) in [
        ("UTC", "2026-01-02"),
        ("Europe/Berlin", "2026-01-03"),
        ("Asia/Kolkata", "2026-01-03"),
        ("America/New_York", "2026-01-02"),
        ("Etc/GMT-14", "2026-01-03"),
    ] {
        let query = format!("tz={zone}&from=2026-01-01&to=2026-01-04");
        let answer = dashboard(&admin, &query).await;
        let days = answer["leads"]["byDay"].as_array().unwrap().iter();
        let made: Vec<_> = days.filter(|day| day["made"]["count"] == 1).collect();
        assert_eq!(made.len(), 1, "{zone}");
        assert_eq!(made[0]["date"], date, "{zone}");
    }
}

#[tokio::test]
async fn days_that_are_no_range_and_zones_that_are_none_are_refused() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for answer in ["dashboard", "leads-by-status", "funnel", "agents"] {
        for (query, place, code) in [
            ("from=2026-01-02&to=2026-01-01", "to", "reversed"),
            ("from=2026-01-03", "from", "reversed"),
            ("from=2025-01-01&to=2026-01-02", "to", "too-long"),
            ("from=2024-01-01", "from", "too-long"),
            ("from=1970-01-01&to=1970-01-02", "to", "out-of-range"),
            ("to=9999-12-31", "to", "out-of-range"),
            ("to=0001-01-01", "to", "out-of-range"),
            ("from=2026-02-30", "from", "wrong-type"),
            ("from=2026-1-1", "from", "wrong-type"),
            ("from=2026-01-01T00:00:00Z", "from", "wrong-type"),
            ("from=", "from", "too-short"),
            (
                "from=2026-01-01&from=2026-01-02",
                "from",
                "duplicate-parameter",
            ),
            ("tz=Nowhere", "tz", "not-found"),
            ("tz=europe/berlin", "tz", "not-found"),
            ("tz=%2B01:00", "tz", "not-found"),
            ("tz=UTC%27;drop+table+leads", "tz", "not-found"),
            ("zone=UTC", "zone", "unknown-parameter"),
            ("page=1", "page", "unknown-parameter"),
        ] {
            let path = format!("/api/analytics/{answer}?{query}");
            let problem = admin.get(&path).expect(400).await;
            assert_eq!(errors(&problem), [(place, code)], "{path}");
        }
        let year = format!("/api/analytics/{answer}?from=2024-01-01&to=2024-12-31");
        admin.get(&year).expect(200).await;
    }
}

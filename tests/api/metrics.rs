//! What the process counts of itself.

use std::net::IpAddr;

use crm_http::{MetricsToken, Settings};
use crm_testing::{TestApp, app};
use poem::http::{HeaderName, header};

const TOKEN: &str = "a token of 24 characters";

async fn with_token() -> TestApp {
    let settings = Settings {
        metrics_token: MetricsToken::new(TOKEN),
        ..app::settings()
    };
    TestApp::with_settings(settings).await
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

async fn text(app: &TestApp) -> String {
    let admin = app.admin().await.without_token();
    let metrics = admin.get("/metrics").peer(address("127.0.0.1"));
    let answer = metrics.send().await;
    assert_eq!(answer.status, 200);
    assert!(
        answer
            .header("content-type")
            .starts_with("text/plain; version=0.0.4")
    );
    String::from_utf8(answer.body).unwrap()
}

/// The value of the series that has these labels.
fn value(text: &str, series: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(series));
    let value = line.unwrap_or_else(|| panic!("no {series} in\n{text}"));
    value.trim().parse().unwrap()
}

#[tokio::test]
async fn requests_are_counted_by_their_operations_and_never_by_their_paths() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for path in [
        "/api/leads/01900000-0000-7000-8000-000000000001",
        "/api/leads/01900000-0000-7000-8000-000000000002",
        "/api/nothing/here",
        "/api/nothing/there",
    ] {
        admin.get(path).expect(404).await;
    }
    let text = text(&app).await;
    let count = |route: &str| {
        let series = format!(
            "http_request_duration_seconds_count{{method=\"GET\",route=\"{route}\",status_code=\"404\"}}"
        );
        value(&text, &series)
    };
    assert!((count("/api/leads/{id}") - 2.0).abs() < f64::EPSILON);
    assert!((count("-") - 2.0).abs() < f64::EPSILON);
    assert!(
        !text.contains("01900000") && !text.contains("nothing"),
        "{text}"
    );
}

#[tokio::test]
async fn the_process_and_its_connections_are_counted() {
    let app = TestApp::new().await;
    app.admin().await.get("/api/leads").expect(200).await;
    let text = text(&app).await;
    assert!(value(&text, "crm_database_connections{state=\"open\"}") >= 1.0);
    assert!(value(&text, "crm_database_connections{state=\"most\"}") >= 1.0);
    assert!(value(&text, "process_resident_memory_bytes") > 1_000_000.0);
    assert!(value(&text, "process_start_time_seconds") > 1_000_000_000.0);
}

#[tokio::test]
async fn metrics_are_for_this_machine_and_for_who_knows_the_token() {
    let (open, closed) = (with_token().await, TestApp::new().await);
    let bearer = format!("Bearer {TOKEN}");
    let forwarded = HeaderName::from_static("x-forwarded-for");
    for (app, peer, headers, status) in [
        (&closed, "127.0.0.1", vec![], 200),
        (&closed, "::1", vec![], 200),
        (&closed, "192.0.2.7", vec![], 401),
        (
            &closed,
            "192.0.2.7",
            vec![(header::AUTHORIZATION, bearer.as_str())],
            401,
        ),
        (
            &closed,
            "192.0.2.7",
            vec![(header::AUTHORIZATION, "Bearer ")],
            401,
        ),
        (
            &closed,
            "127.0.0.1",
            vec![(forwarded.clone(), "192.0.2.7")],
            401,
        ),
        (
            &closed,
            "127.0.0.1",
            vec![(header::FORWARDED, "for=192.0.2.7")],
            401,
        ),
        (
            &open,
            "192.0.2.7",
            vec![(header::AUTHORIZATION, bearer.as_str())],
            200,
        ),
        (
            &open,
            "192.0.2.7",
            vec![(header::AUTHORIZATION, "Bearer another")],
            401,
        ),
        (&open, "192.0.2.7", vec![], 401),
        (&open, "127.0.0.1", vec![], 200),
    ] {
        let nobody = app.admin().await.without_token();
        let mut request = nobody.get("/metrics").peer(address(peer));
        for (name, value) in &headers {
            request = request.header(name.clone(), value);
        }
        let answer = request.send().await;
        assert_eq!(answer.status, status, "{peer} {headers:?}");
    }
}

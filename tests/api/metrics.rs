//! What the process counts of itself.

use std::net::IpAddr;

use chrono::TimeDelta;
use crm_app::jobs::{Job, JobContext, JobError};
use crm_http::{MetricsToken, Settings};
use crm_testing::{TestApp, app};
use poem::http::{HeaderName, header};
use serde::{Deserialize, Serialize};
use serde_json::json;

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
    let anonymous = app.anonymous();
    let metrics = anonymous.get("/metrics").peer(address("127.0.0.1"));
    let answer = metrics.send().await;
    assert_eq!(answer.status, 200);
    assert!(
        answer
            .header("content-type")
            .starts_with("text/plain; version=0.0.4")
    );
    String::from_utf8(answer.body).unwrap()
}

#[derive(Serialize, Deserialize)]
struct Letter {
    is_lost: bool,
}

impl Job for Letter {
    const NAME: &'static str = "test.letter";
}

async fn send(_: JobContext, letter: Letter) -> Result<(), JobError> {
    if letter.is_lost {
        return Err(JobError::dead("nobody lives there"));
    }
    Ok(())
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
async fn jobs_are_counted_as_they_end_and_as_they_wait() {
    let app = TestApp::with(|builder| builder.job(send)).await;
    let letters = [true, false, false].map(|is_lost| Letter { is_lost });
    for letter in &letters {
        app.crm.jobs().enqueue(letter).await.unwrap();
    }
    app.clock.advance(TimeDelta::seconds(90));
    let before = text(&app).await;
    assert!((value(&before, "crm_jobs{state=\"due\"}") - 3.0).abs() < f64::EPSILON);
    assert!((value(&before, "crm_jobs_oldest_due_seconds") - 90.0).abs() < f64::EPSILON);
    app.drain_jobs().await;
    let after = text(&app).await;
    for (series, expected) in [
        (
            "crm_job_attempts_total{end=\"done\",kind=\"test.letter\"}",
            2.0,
        ),
        (
            "crm_job_attempts_total{end=\"dead\",kind=\"test.letter\"}",
            1.0,
        ),
        ("crm_jobs{state=\"due\"}", 0.0),
        ("crm_jobs{state=\"dead\"}", 1.0),
        ("crm_jobs_oldest_due_seconds", 0.0),
        ("crm_database_up", 1.0),
    ] {
        assert!(
            (value(&after, series) - expected).abs() < f64::EPSILON,
            "{series}\n{after}"
        );
    }
}

#[tokio::test]
async fn the_policy_that_is_followed_has_its_version_told() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    admin.get("/api/leads").expect(200).await;
    let before = value(&text(&app).await, "crm_policy_version");
    let role = json!({ "name": "Seller" });
    admin.post("/api/roles").json(role).expect(201).await;
    admin.get("/api/leads").expect(200).await;
    assert!(value(&text(&app).await, "crm_policy_version") > before);
}

#[tokio::test]
async fn without_the_database_there_are_the_other_figures() {
    let app = TestApp::new().await;
    app.crm.pool().close();
    let text = text(&app).await;
    assert!(value(&text, "crm_database_up").abs() < f64::EPSILON);
    assert!(value(&text, "process_resident_memory_bytes") > 1_000_000.0);
    assert!(!text.contains("crm_jobs{"), "{text}");
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

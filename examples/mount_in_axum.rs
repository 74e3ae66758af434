//! The CRM's API below `/crm` of an axum application.
//!
//! Run it with `cargo run --example mount_in_axum`.

use std::error::Error;

use axum::Router;
use axum::routing::get;
use crm::app::Crm;
use crm::http::tower::PoemService;
use crm::http::{Health, MetricsToken, Settings};
use crm_testing::TestDatabase;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    // A program of yours has its own database and secrets; this one throws its own away.
    let database = TestDatabase::create().await;
    let crm = Crm::builder(database.pool(), crm_testing::app::secrets()).build();
    let settings = Settings {
        allowed_origins: Vec::new(),
        console_origin: None,
        secure_cookies: true,
        trusted_proxies: vec![],
        serve_docs: true,
        require_if_match: false,
        pages: None,
        metrics_token: MetricsToken::default(),
    };
    let api = crm::http::app(crm, settings, Health::new(), &[])?;

    let host = Router::new()
        .route("/", get(async || "the host's own page"))
        .nest_service("/crm", PoemService::nested(api, "/crm"));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, host).await });

    let page = reqwest::get(format!("http://{address}/"))
        .await?
        .text()
        .await?;
    let health = reqwest::get(format!("http://{address}/crm/health/db"))
        .await?
        .text()
        .await?;
    let leads = reqwest::get(format!("http://{address}/crm/api/leads"))
        .await?
        .status();
    println!("{page}; {health}; without a token the leads answer {leads}");
    assert_eq!(
        (page.as_str(), leads.as_u16()),
        ("the host's own page", 401)
    );
    assert!(health.contains("\"connected\""), "{health}");
    let document = reqwest::get(format!("http://{address}/crm/api/openapi.json"))
        .await?
        .text()
        .await?;
    assert!(
        document.contains(r#""servers":[{"url":"/crm"}]"#),
        "the document knows where it is mounted"
    );
    Ok(())
}

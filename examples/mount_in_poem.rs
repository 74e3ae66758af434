//! The CRM's API below `/crm` of a poem application, and a rule of the host's own that runs in the CRM's
//! transactions: who has no credit is not converted.
//!
//! Run it with `cargo run --example mount_in_poem`.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use crm::app::Crm;
use crm::app::OnDuplicate;
use crm::app::event::HookError;
use crm::app::leads::ConvertOptions;
use crm::domain::activity::Actor;
use crm::domain::event::LeadConverted;
use crm::domain::lead::NewLead;
use crm::http::server::{self, Limits};
use crm::http::{Health, MetricsToken, Settings};
use crm_testing::TestDatabase;
use poem::{EndpointExt, Route, handler};

#[handler]
fn front_page() -> &'static str {
    "the host's own page"
}

fn settings() -> Settings {
    Settings {
        allowed_origins: Vec::new(),
        console_origin: None,
        secure_cookies: true,
        trusted_proxies: vec![],
        serve_docs: true,
        require_if_match: false,
        pages: None,
        metrics_token: MetricsToken::default(),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    // A program of yours has its own database and secrets; this one throws its own away.
    let database = TestDatabase::create().await;
    let crm = Crm::builder(database.pool(), crm_testing::app::secrets())
        .before_commit("credit", |_: &LeadConverted, _| {
            Box::pin(async {
                Err(HookError::Veto {
                    code: "no-credit".to_owned(),
                    message: "there is no credit".to_owned(),
                })
            })
        })
        .build();
    let api = crm::http::app(crm.clone(), settings(), Health::new(), &[])?;

    let host = Route::new()
        .at("/", front_page)
        .nest("/crm", api)
        .map_to_response();
    let listener = server::bind(([127, 0, 0, 1], 0).into())?.listen()?;
    let address = listener.local_addr()?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let shutdown = async {
        let _ = stopped.await;
    };
    let serving = tokio::spawn(server::serve(
        listener,
        Arc::new(host),
        Limits::default(),
        shutdown,
    ));

    look_around(address).await?;
    let host = Actor::system("host");
    let lead = crm
        .leads()
        .create(&host, somebody()?, OnDuplicate::Fail)
        .await?;
    let refused = crm
        .leads()
        .convert(&host, lead.lead.id, None, ConvertOptions::default())
        .await;
    println!(
        "converting: {}",
        refused
            .as_ref()
            .map_or_else(ToString::to_string, |_| "done".to_owned())
    );
    assert!(matches!(
        refused,
        Err(crm::app::Error::Vetoed { hook: "credit", .. })
    ));
    drop(stop);
    serving.await??;
    Ok(())
}

fn somebody() -> Result<NewLead, Box<dyn Error + Send + Sync>> {
    Ok(NewLead {
        email: Some("ada@example.org".parse()?),
        ..NewLead::named("Ada Lovelace".parse()?)
    })
}

/// What a visitor finds.
async fn look_around(address: SocketAddr) -> Result<(), Box<dyn Error + Send + Sync>> {
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
    Ok(())
}

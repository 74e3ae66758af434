//! Two CRMs in one program, each on a database of its own: one with a plugin, whose work is done by workers that the
//! program runs itself, and one without.
//!
//! Run it with `cargo run --example several_workspaces`.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use crm::app::OnDuplicate;
use crm::app::jobs::Workers;
use crm::app::leads::ConvertOptions;
use crm::app::plugin::{Plugins, Settings};
use crm::domain::activity::Actor;
use crm::domain::lead::NewLead;
use crm::domain::list::ListQuery;
use crm::storage::{migrate, pool};
use crm::{Crm, PoolOptions, SecretKey, Secrets};
use crm_testing::TestDatabase;
use tokio::sync::oneshot;
use visits::{Visits, VisitsPlugin};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Result<()> {
    // A program of yours has its own databases; this one takes fresh ones and throws them away.
    let (north, south) = (TestDatabase::create().await, TestDatabase::create().await);
    let plugins = Plugins::new(vec![Arc::new(VisitsPlugin)], &Settings::default())?;
    let with_visits = workspace(&north.options(), plugins, 1).await?;
    let without = workspace(&south.options(), Plugins::none(), 3).await?;

    let (stop, stopped) = oneshot::channel::<()>();
    let (crm, options) = (with_visits.clone(), north.options());
    let workers = tokio::spawn(async move {
        let shutdown = async {
            let _ = stopped.await;
        };
        crm.jobs().run(&options, Workers::default(), shutdown).await
    });

    for crm in [&with_visits, &without] {
        convert(crm).await?;
    }
    let planned = first_visit(&with_visits).await?;
    let _ = stop.send(());
    workers.await??;

    let leads = without
        .leads()
        .list(&actor(), &ListQuery::default())
        .await?;
    println!(
        "{planned} is planned in the north; the south has {} lead and no visits",
        leads.records.len()
    );
    assert_eq!((planned.as_str(), leads.records.len()), ("First visit", 1));
    assert!(without.catalogue().permission("visits.visit:read").is_err());
    Ok(())
}

/// A CRM on this database, whose schema is brought up to date first.
async fn workspace(database: &PoolOptions, plugins: Plugins, key: u8) -> Result<Crm> {
    let mut conn = pool::connect_once(database).await?;
    migrate::apply(&mut conn, &plugins.migrations(), |_| {}).await?;
    let secret = |byte| SecretKey::new(vec![byte; SecretKey::MIN_BYTES]);
    let secrets = Secrets::single(secret(key)?, secret(key + 1)?);
    let crm = Crm::builder(pool::connect(database)?, secrets)
        .plugins(plugins)
        .build();
    crm.start_plugins().await?;
    Ok(crm)
}

async fn convert(crm: &Crm) -> Result<()> {
    let new = NewLead {
        email: Some("ada@example.org".parse()?),
        ..NewLead::named("Ada Lovelace".parse()?)
    };
    let lead = crm.leads().create(&actor(), new, OnDuplicate::Fail).await?;
    let options = ConvertOptions::default();
    crm.leads()
        .convert(&actor(), lead.lead.id, None, options)
        .await?;
    Ok(())
}

/// What the plugin's job has planned, once it has.
async fn first_visit(crm: &Crm) -> Result<String> {
    for _ in 0..300 {
        let visits = Visits(crm).list(&actor(), &ListQuery::default()).await?;
        if let Some(visit) = visits.records.first() {
            return Ok(visit.name.to_string());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err("no visit is planned within half a minute".into())
}

fn actor() -> Actor {
    Actor::system("example")
}

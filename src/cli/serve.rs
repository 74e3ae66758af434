//! `crm serve`: from the settings to a running server, and back down in order.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;

use clap::Args;

use super::database::Database;
use super::signals::{HangUps, Signals};
use super::{Failure, demo, say};
use crate::app::jobs::Workers;
use crate::app::users::NewUser;
use crate::app::{Crm, SystemClock};
use crate::config::Config;
use crate::console::Console;
use crate::domain::activity::Actor;
use crate::domain::clock::Clock as _;
use crate::domain::role::Role;
use crate::http::server::{self, Bound, Limits};
use crate::http::{Health, Pages, Settings};
use crate::storage::migrate::Progress;
use crate::storage::pool;

pub(super) const EXAMPLES: &str = "Examples:\n  crm serve --demo\n  PORT=8080 crm serve\n  \
    DATABASE_URL=postgres://crm:secret@db/crm CRM_ENV=production crm serve --config crm.toml";

#[derive(Args)]
pub(super) struct Arguments {
    /// Load demo data while there are no leads, and print how to sign in
    #[arg(long)]
    demo: bool,
}

/// What a person needs to know of a server that has just started.
struct Welcome {
    address: SocketAddr,
    has_console: bool,
    serves_docs: bool,
    setup_token: Option<String>,
    demo: Demo,
}

/// How to sign in to the demo data.
enum Demo {
    NotWanted,
    SignIn { password: String },
    NotLoaded,
}

pub(super) async fn run(config: &Config, arguments: &Arguments) -> Result<(), Failure> {
    if arguments.demo {
        demo::refuse_in_production(config, "--demo")?;
    }
    let (signals, hang_ups) = (Signals::watch()?, HangUps::watch()?);
    let address = bind(config.address())?;
    let database = Database::start(config).await?;
    let serving = serve(config, arguments, &database, address, (&signals, hang_ups));
    let served = Box::pin(serving).await;
    let closed = database.close().await;
    served.and(closed)
}

fn bind(address: SocketAddr) -> Result<Bound, Failure> {
    server::bind(address).map_err(|error| {
        let hint = match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                "; stop what listens there, or choose another port with PORT"
            }
            _ => "",
        };
        Failure::other(format!("cannot listen on {address}: {error}{hint}"))
    })
}

async fn serve(
    config: &Config,
    arguments: &Arguments,
    database: &Database,
    bound: Bound,
    (signals, hang_ups): (&Signals, HangUps),
) -> Result<(), Failure> {
    let address = bound.local_addr()?;
    let console = match &config.sentry_dsn {
        Some(dsn) => Console::built_in().reporting_to(&dsn.public(), &dsn.origin()),
        None => Console::built_in(),
    };
    let listening = (address, console.is_built());
    let start = prepare(config, arguments, database, listening);
    let Some(started) = signals.unless_stopped(start).await else {
        return Ok(());
    };
    let (crm, welcome) = started?;
    let settings = Settings {
        allowed_origins: config.allowed_origins(),
        console_origin: config.console_origin(),
        secure_cookies: config.secure_cookies(),
        trusted_proxies: config.trusted_proxies(),
        serve_docs: config.api_docs.is_on(),
        require_if_match: config.require_if_match.is_on(),
        pages: Some(Pages::new(console)),
        metrics_token: config.metrics_token(),
    };
    let health = Health::new();
    let app = crate::http::app(crm.clone(), settings, health.clone(), config.http_plugins())?;
    let endpoint = Arc::new(app);
    let listener = bound.listen()?;
    tracing::info!(%address, "ready");
    say(welcome.text());
    let shutdown = async {
        signals.clone().stopped().await;
        tracing::info!("stopping: requests under way may finish");
        health.drain();
    };
    let serving = server::serve(listener, endpoint, Limits::default(), shutdown);
    let (audit, jobs, imports) = (crm.audit(), crm.jobs(), crm.imports());
    let custom_fields = crm.custom_fields();
    let working = async {
        let shutdown = signals.clone().stopped();
        let worked = jobs.run(database.options(), Workers::default(), shutdown);
        Box::pin(worked).await.map_err(Failure::from)
    };
    let serving = async { serving.await.map_err(Failure::from) };
    let served = tokio::select! {
        // Both stop when they are told to, and finish what they have begun.
        served = async { tokio::try_join!(serving, working) } => served.map(drop),
        // These never end by themselves: they go on for as long as there are requests.
        () = crm.follow(database.options()) => Ok(()),
        () = crm.pool().watch() => Ok(()),
        () = audit.keep_sealing() => Ok(()),
        () = imports.keep_going() => Ok(()),
        () = custom_fields.keep_building_indexes(database.options()) => Ok(()),
        () = follow_keys(config, &crm, hang_ups) => Ok(()),
    };
    crm.stop_plugins().await;
    // What the last requests did is sealed before the database stops.
    if let Err(error) = audit.seal().await {
        tracing::warn!(%error, "the newest activities wait for their seals until the next start");
    }
    served
}

/// Goes on with other keys when it is told that there are any. Never ends by itself.
async fn follow_keys(config: &Config, crm: &Crm, mut hang_ups: HangUps) {
    loop {
        hang_ups.next().await;
        match config.secrets(crm.now()) {
            Ok(secrets) => {
                crm.set_secrets(secrets);
                tracing::info!("the keys were read again");
            }
            Err(error) => {
                tracing::error!(%error, "the keys could not be read again; those before hold on");
            }
        }
    }
}

/// Everything that must be there before the first request.
async fn prepare(
    config: &Config,
    arguments: &Arguments,
    database: &Database,
    (address, has_console): (SocketAddr, bool),
) -> Result<(Crm, Welcome), Failure> {
    database.check(config).await?;
    database
        .migrate(config, |progress| {
            if let Progress::Started { migration, .. } = progress {
                tracing::info!(%migration, "applying");
            }
        })
        .await?;
    config.create_secrets()?;
    let secrets = config.secrets(SystemClock.now())?;
    let crm = Crm::builder(pool::connect(database.options())?, secrets)
        .min_password_chars(config.min_password_chars())
        .max_import_bytes(config.max_import_bytes())
        .time_zone(config.time_zone.zone())
        .plugins(config.plugins().clone())
        .build();
    crm.start_plugins().await?;
    let setup_token = first_admin(&crm, config, arguments.demo).await?;
    let demo = if arguments.demo {
        match demo::load_if_empty(&crm, database, config).await? {
            Some(password) => Demo::SignIn { password },
            None => Demo::NotLoaded,
        }
    } else {
        Demo::NotWanted
    };
    let welcome = Welcome {
        address,
        has_console,
        serves_docs: config.api_docs.is_on(),
        setup_token,
        demo,
    };
    Ok((crm, welcome))
}

/// Makes the first Admin that the settings name, or a token to make one with.
async fn first_admin(crm: &Crm, config: &Config, demo: bool) -> Result<Option<String>, Failure> {
    let Some(admin) = config.first_admin() else {
        // Demo data bring an Admin of their own.
        return Ok(if demo {
            None
        } else {
            crm.auth().issue_setup_token().await?
        });
    };
    let name = "Admin".parse();
    let new = NewUser {
        name: name.map_err(|_| Failure::other("the name Admin is refused"))?,
        email: admin.email,
        roles: vec![Role::Admin.id()],
        teams: vec![],
        password: admin.password,
    };
    match crm
        .users()
        .create_first_admin(&Actor::system("settings"), new)
        .await
    {
        Ok(_) => Ok(None),
        Err(error @ (crate::Error::Invalid(_) | crate::Error::PasswordTooLong { .. })) => {
            let message = format!("CRM_ADMIN_PASSWORD is refused: {error}");
            Err(Failure::refused(message))
        }
        Err(error) => Err(error.into()),
    }
}

impl Welcome {
    fn text(&self) -> String {
        let url = Config::url(self.address);
        let mut text = format!("\ncrm {} is ready\n", env!("CARGO_PKG_VERSION"));
        let mut line = |what: &str, value: &str| {
            // Writing to a string cannot fail.
            let _ = write!(text, "\n  {what:<9} {value}");
        };
        line("address", &url);
        if !self.has_console {
            line(
                "console",
                "not built; make run builds it, and needs Node.js",
            );
        }
        if self.serves_docs {
            line("API docs", &format!("{url}/api/docs"));
        }
        match &self.demo {
            Demo::SignIn { password } => {
                line(
                    "sign in",
                    &format!("{}  {password}", crate::app::demo::ADMIN_EMAIL),
                );
            }
            Demo::NotLoaded => line("demo", "not loaded: the workspace has leads already"),
            Demo::NotWanted => {}
        }
        if let Some(token) = &self.setup_token {
            line("set-up", "there are no users; make the first Admin with");
            let page = format!("{url}/setup#token={token}");
            let call = format!(
                "curl -X POST {url}/api/auth/setup -H 'Content-Type: application/json' \\\n      \
                 -d '{{\"token\": \"{token}\", \"name\": \"Your name\", \
                 \"emailId\": \"you@example.org\", \"password\": \"a long one\"}}'"
            );
            let way = if self.has_console { page } else { call };
            let _ = write!(
                text,
                "\n\n    {way}\n\n  The token works once, within a day. The next start prints a new one."
            );
        }
        text.push('\n');
        text
    }
}

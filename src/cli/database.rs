//! The database of a command: given by URL, run for the time of the
//! command, or the one that a running server has in the same folder.

use std::time::Duration;

use crate::app::Crm;
use crate::storage::embedded::{self, EmbeddedError, EmbeddedPostgres};
use crate::storage::migrate;
use crate::storage::{PoolOptions, pool};

use super::failure::Failure;
use super::signals::Signals;
use crate::config::Config;

/// A server that holds the folder has Postgres ready within this time, unless it
/// recovers from a power cut.
const PATIENCE: Duration = Duration::from_secs(10);

/// A database that can be connected to.
pub(super) struct Database {
    options: PoolOptions,
    /// Ours to stop.
    embedded: Option<EmbeddedPostgres>,
}

impl Database {
    /// The database of a server: nobody else may be running one in the folder.
    pub(super) async fn start(config: &Config) -> Result<Self, Failure> {
        match config.external_database() {
            Some(url) => Ok(Self {
                options: config.pool(url),
                embedded: None,
            }),
            None => Ok(Self::start_embedded(config).await??),
        }
    }

    /// The database of any other command.
    async fn open(config: &Config) -> Result<Self, Failure> {
        if config.external_database().is_some() {
            return Self::start(config).await;
        }
        match Self::start_embedded(config).await? {
            Err(EmbeddedError::InUse { folder, .. }) => {
                let url = embedded::Cluster::url_at(&folder, embedded::DATABASE);
                let database = Self {
                    options: config.pool(&url),
                    embedded: None,
                };
                database.wait().await?;
                Ok(database)
            }
            started => Ok(started?),
        }
    }

    async fn start_embedded(config: &Config) -> Result<Result<Self, EmbeddedError>, Failure> {
        config.create_data_dir()?;
        let options = config.embedded();
        let started = tokio::task::spawn_blocking(move || EmbeddedPostgres::start(&options));
        Ok(started.await?.map(|server| Self {
            options: config.pool(&server.url(embedded::DATABASE)),
            embedded: Some(server),
        }))
    }

    async fn wait(&self) -> Result<(), Failure> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            match pool::connect_once(&self.options).await {
                Ok(_) => return Ok(()),
                Err(error) if tokio::time::Instant::now() > deadline => return Err(error.into()),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    /// Stops what was started. Dropping does the same, but blocks the thread.
    pub(super) async fn close(self) -> Result<(), Failure> {
        if let Some(server) = self.embedded {
            tokio::task::spawn_blocking(move || server.stop()).await??;
        }
        Ok(())
    }

    /// How to connect.
    pub(super) fn options(&self) -> &PoolOptions {
        &self.options
    }

    /// Whether nobody else can be using it.
    pub(super) fn is_ours_alone(&self) -> bool {
        self.embedded.is_some()
    }

    /// Refuses a server that must not be trusted with data.
    pub(super) async fn check(&self, config: &Config) -> Result<(), Failure> {
        let mut conn = pool::connect_once(&self.options).await?;
        let version = pool::check_server(&mut conn, config.allow_unsafe_database.is_on()).await?;
        tracing::debug!(%version, "the database server is accepted");
        Ok(())
    }

    /// Brings the schema up to date.
    pub(super) async fn migrate(
        &self,
        config: &Config,
        progress: impl FnMut(migrate::Progress<'_>) + Send,
    ) -> Result<migrate::Status, Failure> {
        let mut conn = pool::connect_once(&self.options).await?;
        Ok(migrate::apply(&mut conn, &config.plugins().migrations(), progress).await?)
    }

    /// A CRM on a database whose schema is up to date.
    pub(super) async fn crm(&self, config: &Config) -> Result<Crm, Failure> {
        self.check(config).await?;
        if self.is_ours_alone() {
            self.migrate(config, |_| {}).await?;
        } else {
            let mut conn = pool::connect_once(&self.options).await?;
            let pending = migrate::status(&mut conn, &config.plugins().migrations())
                .await?
                .pending
                .len();
            if pending > 0 {
                let message =
                    format!("the database lacks {pending} migrations: run crm migrate apply");
                return Err(Failure::refused(message));
            }
        }
        self.crm_as_it_is(config)
    }

    /// A CRM on a database whose schema is up to date, as others have seen to.
    pub(super) fn crm_as_it_is(&self, config: &Config) -> Result<Crm, Failure> {
        // Commands sign nothing that anybody else would read.
        let secrets = Config::passing_secrets()?;
        Ok(Crm::builder(pool::connect(&self.options)?, secrets)
            .min_password_chars(config.min_password_chars())
            .max_import_bytes(config.max_import_bytes())
            .time_zone(config.time_zone.zone())
            .plugins(config.plugins().clone())
            .build())
    }
}

/// Does `work` on the database, and stops what was started for it in any case.
pub(super) async fn with_database<T>(
    config: &Config,
    work: impl AsyncFnOnce(&Database) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let signals = Signals::watch()?;
    let database = Database::open(config).await?;
    let result = signals.unless_stopped(work(&database)).await;
    database.close().await?;
    result.unwrap_or_else(|| Err(Failure::other("interrupted")))
}

//! A database a test, a copy of one that was migrated beforehand.
//!
//! All test processes share one throw-away server. The first one to need it
//! starts it, `test-database stop` ends it; nothing in it is meant to last.

pub mod server;
mod template;

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crm_storage::{
    migrate::{CORE, Migration},
    pool::{self, Pool, PoolOptions},
};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};

use server::Server;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A migrated, otherwise empty database that is dropped with this value.
#[derive(Debug)]
pub struct TestDatabase {
    server: Server,
    name: String,
    url: String,
}

impl TestDatabase {
    /// A fresh database with the tables of the core.
    ///
    /// # Panics
    /// If there is no server and none can be started: a test cannot go on then.
    pub async fn create() -> Self {
        Self::create_with(CORE).await
    }

    /// A fresh database with other migrations: those of the core and of plugins,
    /// or none at all.
    ///
    /// # Panics
    /// As [`TestDatabase::create`], and if a migration fails.
    pub async fn create_with(migrations: &[Migration]) -> Self {
        match try_create(migrations).await {
            Ok(database) => database,
            Err(error) => panic!("no test database: {}", with_causes(error.as_ref())),
        }
    }

    /// Its URL, as `DATABASE_URL` takes it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Options for a pool on it: the product's own defaults.
    #[must_use]
    pub fn options(&self) -> PoolOptions {
        PoolOptions::new(&self.url)
    }

    /// A new pool with the product's own settings.
    ///
    /// # Panics
    /// Never for a database that was created.
    #[must_use]
    pub fn pool(&self) -> Pool {
        match pool::connect(&self.options()) {
            Ok(pool) => pool,
            Err(error) => panic!("no pool: {}", with_causes(&error)),
        }
    }

    /// A new connection outside any pool, with the same settings.
    ///
    /// # Panics
    /// If the server does not answer.
    pub async fn connect(&self) -> AsyncPgConnection {
        match pool::connect_once(&patient(&self.url)).await {
            Ok(connection) => connection,
            Err(error) => panic!("no connection: {}", with_causes(&error)),
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (url, name) = (self.server.url("postgres"), self.name.clone());
        // A thread with a runtime of its own works wherever the drop happens, and
        // waiting for it keeps the process from ending before the work is done.
        let dropped = std::thread::spawn(move || -> Result<(), Failure> {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(async {
                let mut conn = pool::connect_once(&patient(&url)).await?;
                template::drop_database(&mut conn, &name).await
            })
        })
        .join();
        if let Ok(Err(error)) = dropped {
            // The next process clears it away.
            eprintln!("{} stays: {}", self.name, with_causes(error.as_ref()));
        }
    }
}

async fn try_create(migrations: &[Migration]) -> Result<TestDatabase, Failure> {
    let (server, mut conn) = Server::find_or_start().await?;
    let template = template::prepare(&server, &mut conn, migrations).await?;
    let name = new_name();
    let strategy = if server.is_ours() && template::server_version(&mut conn).await? >= 15 {
        // Faster by half where nothing is written to a disk, slower where it is.
        "STRATEGY FILE_COPY"
    } else {
        ""
    };
    let statement = format!("CREATE DATABASE {name} TEMPLATE {template} {strategy}");
    let mut patience = 50;
    loop {
        match conn.batch_execute(&statement).await {
            Ok(()) => break,
            // Postgres itself may look into it for a moment.
            Err(error) if patience > 0 && error.to_string().contains("being accessed") => {
                patience -= 1;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(TestDatabase {
        url: server.url(&name),
        server,
        name,
    })
}

/// Names tell whose a database is and how old, for [`template::prepare`] to see
/// which were left behind.
fn new_name() -> String {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let age = SystemTime::now().duration_since(UNIX_EPOCH);
    format!(
        "crm_test_{}_{}_{}",
        std::process::id(),
        age.unwrap_or_default().as_secs(),
        COUNTER.fetch_add(1, Ordering::Relaxed)
    )
}

/// On a loaded machine a test should be slow rather than fail.
fn patient(url: &str) -> PoolOptions {
    PoolOptions {
        connect_timeout: Duration::from_secs(30),
        statement_timeout: Duration::from_mins(1),
        lock_timeout: Duration::from_mins(1),
        ..PoolOptions::new(url)
    }
}

fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

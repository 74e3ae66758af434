//! The connection pool and the settings every connection carries.
//!
//! A request must never wait for the database without an end: each way to wait
//! has its limit here. What a limit means to a client is decided further up.

mod server;
mod silence;
mod statements;
mod tls;

use std::{fmt, sync::Arc, time::Duration};

use deadpool::{Runtime, managed::TimeoutType};
use diesel::ConnectionError;
use diesel_async::{
    AsyncConnection as _, AsyncPgConnection, SimpleAsyncConnection,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, PoolError as ManagerError, RecyclingMethod,
        deadpool::{Hook, HookError, PoolError},
    },
};
use futures_util::FutureExt as _;
use tokio_postgres::{Client, Socket, config::SslMode, tls::MakeTlsConnect};
use tokio_postgres_rustls::MakeRustlsConnect;
use tracing::Level;

pub use server::{ServerRefused, ServerVersion, check_server};

use crate::TRACE;
use crate::error::{Error, chain};
use silence::Cut;
use statements::Statements;

/// The connections of a program; clones share them. Some stand apart from those for requests: whoever holds one of
/// those may ask who may do what, and is not kept waiting by others who hold the rest of them and ask the same; and an
/// export, which lasts for minutes, takes none of them.
#[derive(Clone)]
pub struct Pool {
    requests: Connections,
    access: Connections,
    health: Connections,
    exports: Connections,
    cut: Cut,
}

/// How many exports may read at once.
const EXPORTS: usize = 2;

type Connections = diesel_async::pooled_connection::deadpool::Pool<AsyncPgConnection>;

impl Pool {
    /// The most connections that requests may hold at once.
    #[must_use]
    pub fn max_size(&self) -> usize {
        self.requests.status().max_size
    }

    /// How the connections for requests are used now.
    #[must_use]
    pub fn in_use(&self) -> InUse {
        let status = self.requests.status();
        InUse {
            most: status.max_size,
            open: status.size,
            idle: status.available,
            waiting: status.waiting,
        }
    }

    /// Lends none any more.
    pub fn close(&self) {
        let Self {
            requests,
            access,
            health,
            exports,
            cut: _,
        } = self;
        for connections in [requests, access, health, exports] {
            connections.close();
        }
    }
}

/// How the connections for requests are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InUse {
    /// The most that there may be.
    pub most: usize,
    /// How many are open.
    pub open: usize,
    /// How many of these nobody has on loan.
    pub idle: usize,
    /// How many requests wait for one.
    pub waiting: usize,
}

/// A connection on loan from the pool; it goes back when dropped.
pub type Connection = diesel_async::pooled_connection::deadpool::Object<AsyncPgConnection>;

const ASK_TIMEOUT: Duration = Duration::from_millis(500);

/// How to reach the database, and how long to wait for what.
#[derive(Clone)]
pub struct PoolOptions {
    /// `postgres://` URL or key-value string. A folder as the host, percent-encoded
    /// in a URL, is a Unix socket. With `sslmode=require` the server's certificate
    /// is verified; with `prefer`, the default, TLS only keeps listeners out.
    pub url: String,
    /// Most connections open at once.
    pub size: usize,
    /// Longest wait for a free connection, then [`Error::Busy`].
    pub acquire_timeout: Duration,
    /// Longest wait for a new connection, then [`Error::Unavailable`].
    pub connect_timeout: Duration,
    /// Longest run of a statement, then [`Error::Timeout`]. Zero is no limit.
    pub statement_timeout: Duration,
    /// Longest wait for a lock, then [`Error::Timeout`]. Zero is no limit.
    pub lock_timeout: Duration,
    /// Postgres ends a session that leaves a transaction idle for longer.
    pub idle_in_transaction: Duration,
    /// How often Postgres looks, while a statement runs, whether we are still there.
    pub client_check_interval: Duration,
    /// Longest time that sent data may stay unacknowledged (TCP only).
    pub tcp_user_timeout: Duration,
    /// A connection unused for longer may have died without a sign (a firewall that
    /// forgot it, a host that vanished), so it is asked before it is lent.
    pub idle_check: Duration,
    /// What `pg_stat_activity` calls us, unless the URL says otherwise.
    pub application_name: String,
    /// PEM certificates to trust besides the public authorities, for
    /// `sslmode=require` and a private one.
    pub root_certificates: Option<std::path::PathBuf>,
}

impl PoolOptions {
    /// The defaults, for the database at `url`.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            size: 10,
            acquire_timeout: Duration::from_secs(1),
            connect_timeout: Duration::from_secs(2),
            statement_timeout: Duration::from_secs(5),
            lock_timeout: Duration::from_secs(2),
            idle_in_transaction: Duration::from_secs(10),
            client_check_interval: Duration::from_secs(2),
            tcp_user_timeout: Duration::from_secs(10),
            idle_check: Duration::from_secs(30),
            application_name: "crm".to_owned(),
            root_certificates: None,
        }
    }

    /// The settings as one string, so that they cost one round trip.
    fn session_settings(&self) -> String {
        format!(
            "SET TimeZone = 'UTC'; SET statement_timeout = {}; SET lock_timeout = {}; \
             SET idle_in_transaction_session_timeout = {}; \
             SELECT set_config('lc_messages', 'C', false) \
             WHERE current_setting('is_superuser') = 'on'",
            self.statement_timeout.as_millis(),
            self.lock_timeout.as_millis(),
            self.idle_in_transaction.as_millis(),
        )
    }
}

/// Leaves the URL out: it may hold a password.
impl fmt::Debug for PoolOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoolOptions")
            .field("size", &self.size)
            .field("acquire_timeout", &self.acquire_timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("statement_timeout", &self.statement_timeout)
            .field("lock_timeout", &self.lock_timeout)
            .field("idle_in_transaction", &self.idle_in_transaction)
            .finish_non_exhaustive()
    }
}

/// Builds a pool. It opens each connection when it is first needed: `options.size` for requests, and four more.
///
/// # Errors
/// [`Error::Unavailable`] if the URL or a certificate file cannot be read.
pub fn connect(options: &PoolOptions) -> Result<Pool, Error> {
    let connector = Arc::new(Connector::new(options)?);
    let cut = Cut::default();
    let connections = |size| connections(options, size, &connector, &cut);
    Ok(Pool {
        requests: connections(options.size)?,
        access: connections(1)?,
        health: connections(1)?,
        exports: connections(EXPORTS)?,
        cut: cut.clone(),
    })
}

fn connections(
    options: &PoolOptions,
    size: usize,
    connector: &Arc<Connector>,
    cut: &Cut,
) -> Result<Connections, Error> {
    let (connector, cut) = (Arc::clone(connector), cut.clone());
    let idle_check = options.idle_check;
    let mut config = ManagerConfig::<AsyncPgConnection>::default();
    // A closed socket is noticed without a query; the hook below asks the idle ones.
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(move |_url| {
        let (connector, cut) = (Arc::clone(&connector), cut.clone());
        async move { connector.connect_until(&cut).await }.boxed()
    });
    // The manager gets no URL, so nothing can print it.
    let manager = AsyncDieselConnectionManager::new_with_config(String::new(), config);
    Connections::builder(manager)
        .max_size(size)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(options.acquire_timeout))
        .create_timeout(Some(options.connect_timeout))
        .pre_recycle(Hook::async_fn(
            move |conn: &mut AsyncPgConnection, metrics| {
                Box::pin(async move {
                    if metrics.last_used() < idle_check {
                        return Ok(());
                    }
                    match tokio::time::timeout(ASK_TIMEOUT, conn.batch_execute("")).await {
                        Ok(Ok(())) => Ok(()),
                        Ok(Err(error)) => Err(HookError::Backend(ManagerError::QueryError(error))),
                        Err(_) => Err(HookError::message("the connection does not answer")),
                    }
                })
            },
        ))
        .build()
        .map_err(|error| Error::Unavailable(error.into()))
}

/// Lends a connection to a request.
///
/// # Errors
/// [`Error::Busy`] if none became free within the acquire timeout,
/// [`Error::Unavailable`] if a new one could not be made within the connect timeout.
pub async fn get(pool: &Pool) -> Result<Connection, Error> {
    lend(&pool.requests).await
}

/// Lends the connection on which is read who may do what.
///
/// # Errors
/// As [`get`].
pub async fn get_for_access(pool: &Pool) -> Result<Connection, Error> {
    lend(&pool.access).await
}

/// Lends the connection on which is asked whether the database answers.
///
/// # Errors
/// As [`get`].
pub async fn get_for_health(pool: &Pool) -> Result<Connection, Error> {
    lend(&pool.health).await
}

/// Lends a connection to an export: of few, so that no more read at once.
///
/// # Errors
/// As [`get`].
pub async fn get_for_export(pool: &Pool) -> Result<Connection, Error> {
    lend(&pool.exports).await
}

async fn lend(pool: &Connections) -> Result<Connection, Error> {
    let timeouts = pool.timeouts();
    let limit = timeouts.wait.unwrap_or_default() + timeouts.create.unwrap_or_default();
    match tokio::time::timeout(limit, pool.get()).await {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(PoolError::Timeout(TimeoutType::Wait))) => Err(Error::Busy),
        Ok(Err(PoolError::Backend(ManagerError::QueryError(error)))) => Err(error.into()),
        Ok(Err(error)) => Err(Error::Unavailable(error.into())),
        Err(elapsed) => {
            // Many idle connections died at once. Without this each of the next
            // callers would spend its time on asking a few of them.
            let _dead = pool.retain(|_, _| false);
            Err(Error::Unavailable(elapsed.into()))
        }
    }
}

/// Asks the server for an answer.
///
/// # Errors
/// When it gives none.
pub async fn ping(conn: &mut AsyncPgConnection) -> Result<(), Error> {
    use diesel_async::SimpleAsyncConnection;
    Ok(conn.batch_execute("select 1").await?)
}

/// Opens one connection outside a pool, with the same settings: for migrations,
/// and for `LISTEN`, which must keep its session.
///
/// # Errors
/// [`Error::Unavailable`] if it cannot be made within the connect timeout.
pub async fn connect_once(options: &PoolOptions) -> Result<AsyncPgConnection, Error> {
    let connector = Connector::new(options)?;
    tokio::time::timeout(options.connect_timeout, connector.connect())
        .await
        .map_err(|elapsed| Error::Unavailable(elapsed.into()))?
        .map_err(|error| Error::Unavailable(error.into()))
}

/// Opens one connection of the bare driver, for COPY, which diesel does not have.
/// The settings are those of every connection.
///
/// # Errors
/// As [`connect_once`].
pub(crate) async fn connect_raw(options: &PoolOptions) -> Result<tokio_postgres::Client, Error> {
    let connector = Connector::new(options)?;
    let connecting = connector.config.connect(connector.tls.clone());
    let (client, connection) = tokio::time::timeout(options.connect_timeout, connecting)
        .await
        .map_err(|elapsed| Error::Unavailable(elapsed.into()))?
        .map_err(|error| Error::Unavailable(error.into()))?;
    // It ends with the client, whose calls tell why when it ends before.
    tokio::spawn(async move { drop(connection.await) });
    client
        .batch_execute(&connector.settings)
        .await
        .map_err(|error| Error::Unavailable(error.into()))?;
    Ok(client)
}

type Driver = tokio_postgres::Connection<Socket, TlsStream>;
type TlsStream = <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream;

struct Connector {
    config: tokio_postgres::Config,
    tls: MakeRustlsConnect,
    settings: String,
    client_check: String,
}

impl Connector {
    fn new(options: &PoolOptions) -> Result<Self, Error> {
        let mut config: tokio_postgres::Config = options
            .url
            .parse()
            .map_err(|error: tokio_postgres::Error| Error::Unavailable(error.into()))?;
        if config.get_application_name().is_none() {
            config.application_name(&options.application_name);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(options.tcp_user_timeout);
        }
        // A statement that runs on a vanished host has nothing unacknowledged
        // under way, so only keepalives find out. The system's default is 2 h.
        config.keepalives_idle(options.tcp_user_timeout);
        config.connect_timeout(options.connect_timeout);
        let verify = config.get_ssl_mode() == SslMode::Require;
        Ok(Self {
            tls: tls::connector(verify, options.root_certificates.as_deref())
                .map_err(Error::Unavailable)?,
            config,
            settings: options.session_settings(),
            client_check: format!(
                "; SET client_connection_check_interval = {}",
                options.client_check_interval.as_millis()
            ),
        })
    }

    /// A connection that hears what is notified.
    async fn connect(&self) -> Result<AsyncPgConnection, ConnectionError> {
        let (client, connection) = self.reach().await?;
        let conn = AsyncPgConnection::try_from_client_and_connection(client, connection).await?;
        self.set_up(conn).await
    }

    /// A connection that ends when it is cut.
    async fn connect_until(&self, cut: &Cut) -> Result<AsyncPgConnection, ConnectionError> {
        let (client, connection) = self.reach().await?;
        cut.drive(connection);
        self.set_up(AsyncPgConnection::try_from(client).await?)
            .await
    }

    async fn reach(&self) -> Result<(Client, Driver), ConnectionError> {
        self.config
            .connect(self.tls.clone())
            .await
            .map_err(|error| ConnectionError::BadConnection(chain(&error)))
    }

    async fn set_up(
        &self,
        mut conn: AsyncPgConnection,
    ) -> Result<AsyncPgConnection, ConnectionError> {
        let all = format!("{}{}", self.settings, self.client_check);
        let result = match conn.batch_execute(&all).await {
            // Some systems cannot watch a socket; there a statement just runs on.
            Err(error)
                if error
                    .to_string()
                    .contains("client_connection_check_interval") =>
            {
                conn.batch_execute(&self.settings).await
            }
            result => result,
        };
        result.map_err(ConnectionError::CouldntSetupConfiguration)?;
        // To nobody it is worth a look at each statement, unless somebody traces.
        if tracing::enabled!(target: TRACE, Level::TRACE) {
            conn.set_instrumentation(Statements::default());
        }
        Ok(conn)
    }
}

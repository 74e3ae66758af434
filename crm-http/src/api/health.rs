//! Is the process alive, may it get requests, does its database answer. For machines: no permission is needed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use crm_app::Freshness;
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi, Tags};
use serde::Serialize;

use crate::auth::Public;
use crate::problem::{Code, Problem};
use crate::reply::Reply;

/// The longest that a check waits for the database.
const DATABASE_TIMEOUT: Duration = Duration::from_millis(900);

/// How long older rules of the roles may hold on before requests should go to another replica.
const STALE_AFTER: Duration = Duration::from_secs(30);

#[derive(Tags)]
enum Tag {
    /// For load balancers and monitors.
    Health,
}

/// What the health checks know of the process.
#[derive(Clone)]
pub struct Health(Arc<Inner>);

struct Inner {
    started: Instant,
    is_draining: AtomicBool,
}

impl Health {
    /// A process that starts now.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Inner {
            started: Instant::now(),
            is_draining: AtomicBool::new(false),
        }))
    }

    /// From now on the process asks for no more requests: `/health/ready` answers 503.
    pub fn drain(&self) {
        self.0.is_draining.store(true, Ordering::Relaxed);
    }

    /// Whether it does. What goes on without an end ends then.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.0.is_draining.load(Ordering::Relaxed)
    }
}

impl Default for Health {
    fn default() -> Self {
        Self::new()
    }
}

/// That the process runs, and on what.
#[derive(Serialize, Object)]
#[oai(rename = "Health")]
struct Status {
    /// Always `OK`.
    status: HealthStatus,
    /// The present instant.
    timestamp: DateTime<Utc>,
    /// Seconds since the process started.
    #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
    uptime: f64,
    /// The memory of the process.
    memory: Memory,
}

#[derive(Serialize, Enum)]
enum HealthStatus {
    #[serde(rename = "OK")]
    #[oai(rename = "OK")]
    Ok,
}

/// The memory of the process.
#[derive(Serialize, Object)]
#[oai(rename = "ProcessMemory")]
struct Memory {
    /// Bytes held in memory; `null` where the system does not tell.
    #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
    rss: Option<u64>,
}

/// That the database answers.
#[derive(Object)]
#[oai(rename = "DatabaseConnected")]
struct Connected {
    /// Always `connected`.
    #[oai(validator(max_length = 20))]
    database: String,
}

/// That the database does not answer.
#[derive(Object)]
#[oai(rename = "DatabaseDisconnected")]
struct Disconnected {
    /// Always `disconnected`.
    #[oai(validator(max_length = 20))]
    database: String,
    /// What to do.
    #[oai(validator(max_length = 200))]
    error: String,
}

/// Whether the database answers.
#[derive(ApiResponse)]
enum DatabaseReply {
    /// It does.
    #[oai(status = 200)]
    Connected(Json<Connected>),
    /// It does not.
    #[oai(status = 500)]
    Disconnected(Json<Disconnected>),
}

/// The operations below `/health`.
pub struct HealthApi;

#[expect(
    clippy::unused_async,
    reason = "the macro takes operations that are async"
)]
#[OpenApi(tag = "Tag::Health")]
impl HealthApi {
    /// Show that the process runs
    ///
    /// Asks nothing else: it answers as long as the process does.
    #[oai(path = "/health", method = "get", operation_id = "getHealth")]
    async fn health(&self, public: Public, health: Data<&Health>) -> Reply<Status> {
        Reply::new(status(&public, &health))
    }

    /// Show that the process is alive
    ///
    /// Looks at nothing else: a process whose database is away should not be restarted for it.
    #[oai(path = "/health/live", method = "get", operation_id = "getLiveness")]
    async fn live(&self, public: Public, health: Data<&Health>) -> Reply<Status> {
        Reply::new(status(&public, &health))
    }

    /// Show that the process takes requests
    ///
    /// Refuses while the server drains or has no database: for load balancers.
    #[oai(path = "/health/ready", method = "get", operation_id = "getReadiness")]
    async fn ready(&self, public: Public, health: Data<&Health>) -> Result<Reply<Status>, Problem> {
        if health.0.0.is_draining.load(Ordering::Relaxed) {
            return Err(Problem::new(Code::Busy, "the server is stopping"));
        }
        if !database_answers(&public).await {
            return Err(Problem::new(
                Code::DatabaseUnavailable,
                "the database does not answer",
            ));
        }
        match public.crm().freshness().await {
            Freshness::Fresh => {}
            Freshness::Broken(since) if since <= STALE_AFTER => {}
            Freshness::Broken(_) => {
                return Err(Problem::new(
                    Code::Busy,
                    "the rules of the roles cannot be followed; see the server's log",
                ));
            }
            Freshness::Unknown => {
                return Err(Problem::new(
                    Code::DatabaseUnavailable,
                    "the database does not say who may do what",
                ));
            }
        }
        Ok(Reply::new(status(&public, &health)))
    }

    /// Show that the database answers
    ///
    /// Through the pool that requests use.
    #[oai(
        path = "/health/db",
        method = "get",
        operation_id = "getDatabaseHealth"
    )]
    async fn database(&self, public: Public) -> DatabaseReply {
        if database_answers(&public).await {
            let database = "connected".to_owned();
            return DatabaseReply::Connected(Json(Connected { database }));
        }
        DatabaseReply::Disconnected(Json(Disconnected {
            database: "disconnected".to_owned(),
            error: "the database does not answer; see the server's log".to_owned(),
        }))
    }
}

fn status(public: &Public, health: &Health) -> Status {
    Status {
        status: HealthStatus::Ok,
        timestamp: public.crm().now(),
        uptime: health.0.started.elapsed().as_secs_f64(),
        memory: Memory {
            rss: resident_bytes(),
        },
    }
}

async fn database_answers(public: &Public) -> bool {
    match tokio::time::timeout(DATABASE_TIMEOUT, public.crm().ping()).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(%error, "the database does not answer");
            false
        }
        Err(_) => {
            tracing::warn!("the database does not answer in time");
            false
        }
    }
}

/// As Linux tells it: `VmRSS:     5824 kB`.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}

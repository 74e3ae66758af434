//! What the process counts of itself, as Prometheus reads it.

use std::sync::Arc;
use std::time::Duration;

use crm_app::Crm;
use crm_app::jobs::Backlog;
use poem::http::{Method, StatusCode};
use prometheus::{
    Error, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry,
    TextEncoder,
};

/// Upper ends of the buckets of durations, in seconds.
const BUCKETS: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

/// What is counted. Cheap to clone; each application has its own, so that several in one process do not mix.
#[derive(Clone)]
pub(crate) struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    requests: HistogramVec,
}

impl Metrics {
    /// Counts from nothing.
    pub(crate) fn new() -> Result<Self, Error> {
        let registry = Registry::new();
        let requests = HistogramVec::new(
            HistogramOpts::new(
                "http_request_duration_seconds",
                "Time from a request to its answer, by operation",
            )
            .buckets(BUCKETS.into()),
            &["method", "route", "status_code"],
        )?;
        registry.register(Box::new(requests.clone()))?;
        #[cfg(target_os = "linux")]
        registry.register(Box::new(
            prometheus::process_collector::ProcessCollector::for_self(),
        ))?;
        Ok(Self(Arc::new(Inner { registry, requests })))
    }

    /// A request was answered. `route` is the path of its operation: of these there are so many and no more.
    pub(crate) fn answered(
        &self,
        method: &Method,
        route: &str,
        status: StatusCode,
        took: Duration,
    ) {
        let labels = [known(method), route, status.as_str()];
        let requests = &self.0.requests;
        requests
            .with_label_values(&labels)
            .observe(took.as_secs_f64());
    }

    /// All of it as text.
    pub(crate) async fn text(&self, crm: &Crm) -> Result<String, Error> {
        let mut families = self.0.registry.gather();
        families.extend(asked(crm).await?.gather());
        TextEncoder::new().encode_to_string(&families)
    }
}

/// What is not counted as it happens, but asked for when somebody looks.
async fn asked(crm: &Crm) -> Result<Registry, Error> {
    let figures = Figures(Registry::new());
    let pool = crm.connections();
    figures.gauge(
        "crm_database_connections",
        "Connections to the database for requests: most, open, idle, and requests that wait for one",
        "state",
        &[
            ("most", whole(pool.most)),
            ("open", whole(pool.open)),
            ("idle", whole(pool.idle)),
            ("waiting", whole(pool.waiting)),
        ],
    )?;
    if let Some(version) = crm.policy_version() {
        figures.number(
            "crm_policy_version",
            "Version of who may do what that this server follows",
            version,
        )?;
    }
    figures.attempts(crm)?;
    let backlog = crm.jobs().backlog().await;
    figures.number(
        "crm_database_up",
        "Whether the database has just answered",
        backlog.is_ok().into(),
    )?;
    match backlog {
        Ok(backlog) => figures.backlog(&backlog)?,
        Err(error) => tracing::warn!(%error, "the figures of the queue are left out"),
    }
    Ok(figures.0)
}

struct Figures(Registry);

impl Figures {
    fn number(&self, name: &str, help: &str, value: i64) -> Result<(), Error> {
        let gauge = IntGauge::new(name, help)?;
        gauge.set(value);
        self.0.register(Box::new(gauge))
    }

    fn gauge(
        &self,
        name: &str,
        help: &str,
        label: &str,
        values: &[(&str, i64)],
    ) -> Result<(), Error> {
        let gauges = IntGaugeVec::new(Opts::new(name, help), &[label])?;
        for (value_of_label, value) in values {
            gauges.with_label_values(&[value_of_label]).set(*value);
        }
        self.0.register(Box::new(gauges))
    }

    fn attempts(&self, crm: &Crm) -> Result<(), Error> {
        let counters = IntCounterVec::new(
            Opts::new(
                "crm_job_attempts_total",
                "Attempts of this server at jobs, deliveries of events to subscribers and schedules, by how they ended",
            ),
            &["kind", "end"],
        )?;
        for ((kind, end), attempts) in crm.jobs().attempts() {
            let counter = counters.with_label_values(&[&kind, end.as_str()]);
            counter.inc_by(attempts);
        }
        self.0.register(Box::new(counters))
    }

    fn backlog(&self, backlog: &Backlog) -> Result<(), Error> {
        self.gauge(
            "crm_jobs",
            "Jobs in the queue of all servers, up to ten thousand: due, and dead",
            "state",
            &[("due", backlog.due.rows), ("dead", backlog.dead.rows)],
        )?;
        let seconds = i64::try_from(backlog.oldest_due.as_secs()).unwrap_or(i64::MAX);
        self.number(
            "crm_jobs_oldest_due_seconds",
            "How long the oldest job that is due has waited",
            seconds,
        )
    }
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The method, if it is one that operations have: clients may send any.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

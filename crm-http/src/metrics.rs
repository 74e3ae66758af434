//! What the process counts of itself, as Prometheus reads it.

use std::sync::Arc;
use std::time::Duration;

use crm_app::Crm;
use poem::http::{Method, StatusCode};
use prometheus::{Error, HistogramOpts, HistogramVec, IntGaugeVec, Opts, Registry, TextEncoder};

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
    connections: IntGaugeVec,
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
        let connections = IntGaugeVec::new(
            Opts::new(
                "crm_database_connections",
                "Connections to the database for requests: most, open, idle, and requests that wait for one",
            ),
            &["state"],
        )?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(connections.clone()))?;
        #[cfg(target_os = "linux")]
        registry.register(Box::new(
            prometheus::process_collector::ProcessCollector::for_self(),
        ))?;
        Ok(Self(Arc::new(Inner {
            registry,
            requests,
            connections,
        })))
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
    pub(crate) fn text(&self, crm: &Crm) -> Result<String, Error> {
        let use_of_pool = crm.connections();
        for (state, connections) in [
            ("most", use_of_pool.most),
            ("open", use_of_pool.open),
            ("idle", use_of_pool.idle),
            ("waiting", use_of_pool.waiting),
        ] {
            let connections = i64::try_from(connections).unwrap_or(i64::MAX);
            let gauge = self.0.connections.with_label_values(&[state]);
            gauge.set(connections);
        }
        TextEncoder::new().encode_to_string(&self.0.registry.gather())
    }
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

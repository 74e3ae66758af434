//! One line a request, and its time among the metrics. The path is the operation's template: what stands in a path or a query may be personal.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use crm_domain::ids::UserId;
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};
use tracing::Instrument as _;

use crate::metrics::Metrics;

use super::{client_address, request_id, trace};

/// Writes one line a request, at the level `info`, and counts it.
pub(crate) struct AccessLog(pub(crate) Metrics);

/// Where the operation notes its path.
#[derive(Clone, Default)]
pub(crate) struct Route(Arc<OnceLock<String>>);

impl Route {
    pub(crate) fn set(&self, path: &str) {
        let _ = self.0.set(path.to_owned());
    }
}

/// Where the check of the access token notes who calls.
#[derive(Clone, Default)]
pub(crate) struct Caller(Arc<OnceLock<UserId>>);

impl Caller {
    pub(crate) fn set(&self, user: UserId) {
        let _ = self.0.set(user);
    }
}

impl<E: Endpoint> Middleware<E> for AccessLog {
    type Output = AccessLogEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        AccessLogEndpoint(inner, self.0.clone())
    }
}

/// See [`AccessLog`].
pub(crate) struct AccessLogEndpoint<E>(E, Metrics);

impl<E: Endpoint> Endpoint for AccessLogEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut req: Request) -> Result<Response> {
        let started = Instant::now();
        let (route, caller) = (Route::default(), Caller::default());
        req.set_data(route.clone());
        req.set_data(caller.clone());
        let (request, method) = (request_id::of(&req), req.method().clone());
        let client = client_address::of(&req);
        let span = trace::request(&req);
        let answer = self.0.call(req).instrument(span.clone()).await;
        let response = answer?.into_response();
        let (route, took) = (route.0.get().map_or("-", String::as_str), started.elapsed());
        self.1.answered(&method, route, response.status(), took);
        trace::answered(&span, &method, route, response.status());
        tracing::info!(
            target: "crm::access",
            %request,
            %method,
            route,
            status = response.status().as_u16(),
            milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            client = client.map(tracing::field::display),
            user = caller.0.get().map(tracing::field::display),
        );
        Ok(response)
    }
}

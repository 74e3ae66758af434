//! What holds for every operation, whatever plugin it comes from.

use std::sync::Arc;

use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use poem::{Endpoint, EndpointExt, Error, Request, Response, Result};
use poem_openapi::error::ParsePathError;
use poem_openapi::registry::{MetaOperation, MetaParamIn};
use tokio::sync::Semaphore;
use tracing::Instrument;

use crate::idempotency::Once;
use crate::middleware::access_log::Route;
use crate::middleware::trace;
use crate::problem::{Code, Problem};
use crate::query;

/// The most operations that run to their end at once, whether or not their clients are still there.
pub(super) const MAX_DETACHED: usize = 1024;

/// An operation behind its guards.
///
/// - One that changes something runs to its end even when the client goes away: a request dropped half-way would
///   abandon a transaction.
/// - One that changes something is carried out once for each idempotency key; see [`Once`].
/// - One without parameters in its query refuses any.
/// - A path parameter that does not parse is named as in the document.
pub(super) struct Guarded {
    inner: Arc<BoxEndpoint<'static>>,
    /// For one that changes something: its share of the work that goes on without a client.
    detached: Option<Arc<Semaphore>>,
    takes_query: bool,
    id: String,
    path: String,
    path_parameters: Vec<String>,
}

impl Guarded {
    pub(super) fn new(
        inner: BoxEndpoint<'static>,
        method: &Method,
        operation: Option<(&str, &MetaOperation)>,
        detached: &Arc<Semaphore>,
    ) -> Self {
        let parameters = |place: MetaParamIn| {
            let all = operation.iter().flat_map(|(_, meta)| &meta.params);
            all.filter(move |parameter| parameter.in_type == place)
                .map(|parameter| parameter.name.clone())
        };
        let is_change = *method != Method::GET;
        let inner = if is_change {
            Once::new(inner, operation.map(|(_, meta)| meta)).boxed()
        } else {
            inner
        };
        Self {
            inner: Arc::new(inner),
            detached: is_change.then(|| Arc::clone(detached)),
            takes_query: parameters(MetaParamIn::Query).next().is_some(),
            id: operation
                .and_then(|(_, meta)| meta.operation_id.map(ToOwned::to_owned))
                .unwrap_or_default(),
            path: operation
                .map(|(path, _)| path.to_owned())
                .unwrap_or_default(),
            path_parameters: parameters(MetaParamIn::Path).collect(),
        }
    }

    /// Runs it, to its end where it changes something.
    async fn run(&self, req: Request) -> Result<Response> {
        let Some(detached) = &self.detached else {
            return self.inner.call(req).await;
        };
        let busy = |_| Problem::new(Code::Busy, "too many changes at once; try again");
        let share = Arc::clone(detached).try_acquire_owned().map_err(busy)?;
        let inner = Arc::clone(&self.inner);
        let work = async move {
            let answer = inner.call(req).await;
            drop(share);
            answer
        };
        match tokio::spawn(work.in_current_span()).await {
            Ok(answer) => answer,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(error) => Err(Problem::internal(error).into()),
        }
    }

    fn name_path_parameter(&self, error: Error) -> Error {
        let Some(parse) = error.downcast_ref::<ParsePathError>() else {
            return error;
        };
        let index = parse
            .name
            .strip_prefix("param")
            .and_then(|index| index.parse::<usize>().ok());
        let name = index
            .and_then(|index| self.path_parameters.get(index))
            .map_or("id", String::as_str);
        query::invalid(
            name,
            "wrong-type",
            "has a value of another type than the document says",
        )
        .into()
    }
}

impl Endpoint for Guarded {
    type Output = Response;

    async fn call(&self, req: Request) -> Result<Response> {
        if let Some(route) = req.data::<Route>() {
            route.set(&self.path);
        }
        if !self.takes_query
            && let Some(query) = req.uri().query().filter(|query| !query.is_empty())
        {
            let name = query.split(['=', '&']).next().unwrap_or_default();
            return Err(query::unknown(&query::decode(name).unwrap_or_default()).into());
        }
        let answer = self.run(req).instrument(trace::operation(&self.id)).await;
        answer.map_err(|error| self.name_path_parameter(error))
    }
}

#[cfg(test)]
mod tests;

//! Pages beside the operations: whatever no operation is for is theirs, as a console needs it.

use std::fmt;
use std::sync::Arc;

use poem::endpoint::BoxEndpoint;
use poem::{Endpoint, EndpointExt, Request, Response, Result, Route};

use crate::middleware::access_log;

/// Where operations are: nothing below is a page.
const OPERATIONS: [&str; 3] = ["/api", "/health", "/metrics"];

/// Serves pages. Cheap to clone.
#[derive(Clone)]
pub struct Pages(Arc<BoxEndpoint<'static, Response>>);

impl Pages {
    /// The pages that an endpoint serves.
    pub fn new(endpoint: impl Endpoint<Output = Response> + 'static) -> Self {
        Self(Arc::new(endpoint.boxed()))
    }

    /// The operations, and the pages at every other address.
    pub(crate) fn beside<E>(self, operations: E) -> Route
    where
        E: Endpoint + 'static,
    {
        let operations = Arc::new(operations);
        let routes = Route::new().nest_no_strip("/", Noted(self));
        OPERATIONS.into_iter().fold(routes, |routes, place| {
            routes.nest_no_strip(place, Arc::clone(&operations))
        })
    }
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pages")
    }
}

/// Pages whose requests are logged as what they are.
struct Noted(Pages);

impl Endpoint for Noted {
    type Output = Response;

    async fn call(&self, req: Request) -> Result<Response> {
        if let Some(route) = req.data::<access_log::Route>() {
            route.set("(page)");
        }
        self.0.0.call(req).await
    }
}

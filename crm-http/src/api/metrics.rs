//! What the process counts of itself, for Prometheus: for this machine, and for who knows the token.

use std::fmt;

use poem::http::header;
use poem::web::Data;
use poem::{IntoResponse, Request, Response};
use poem_openapi::registry::{
    MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use poem_openapi::{ApiResponse, OpenApi, Tags};
use sha2::{Digest as _, Sha256};

use crate::auth::Public;
use crate::metrics::Metrics;
use crate::middleware::client_address;
use crate::problem::{Code, Problem};

/// What `Prometheus` takes.
const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// By which a proxy says that the request is of somebody else.
const FORWARDED: [&str; 2] = ["forwarded", "x-forwarded-for"];

#[derive(Tags)]
enum Tag {
    /// For load balancers and monitors.
    Health,
}

/// The token by which metrics are read from elsewhere than this machine; by default there is none, and nobody reads them from
/// there.
#[derive(Clone, Default)]
pub struct MetricsToken(Option<[u8; 32]>);

impl fmt::Debug for MetricsToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MetricsToken")
    }
}

impl MetricsToken {
    /// This text.
    #[must_use]
    pub fn new(token: &str) -> Self {
        Self(Some(Sha256::digest(token).into()))
    }

    /// Whether the request has it. Hashes are compared: how long it takes says nothing of the token.
    fn is_of(&self, req: &Request) -> bool {
        let sent = req.header(header::AUTHORIZATION);
        let sent = sent.and_then(|sent| sent.strip_prefix("Bearer "));
        let digest = sent.map(|sent| <[u8; 32]>::from(Sha256::digest(sent)));
        self.0.is_some() && self.0 == digest
    }
}

/// The operation `/metrics`.
pub struct MetricsApi;

#[OpenApi(tag = "Tag::Health")]
impl MetricsApi {
    /// Count what the process does
    ///
    /// In the text format of Prometheus. From this machine it needs nothing; from elsewhere, and through a proxy, the token of the
    /// setting `CRM_METRICS_TOKEN` as `Authorization: Bearer`.
    #[oai(path = "/metrics", method = "get", operation_id = "getMetrics")]
    async fn metrics(
        &self,
        public: Public,
        req: &Request,
        metrics: Data<&Metrics>,
        token: Data<&MetricsToken>,
    ) -> Result<MetricsText, Problem> {
        if !is_of_this_machine(req) && !token.is_of(req) {
            let detail = "metrics are for this machine, or for who sends the token of the setting CRM_METRICS_TOKEN";
            return Err(Problem::new(Code::InvalidToken, detail));
        }
        let text = metrics.text(public.crm()).await;
        Ok(MetricsText(text.map_err(Problem::internal)?))
    }
}

/// Whether nobody else is behind the request.
fn is_of_this_machine(req: &Request) -> bool {
    let is_local =
        client_address::of(req).is_some_and(|address| address.to_canonical().is_loopback());
    is_local
        && !FORWARDED
            .iter()
            .any(|name| req.headers().contains_key(*name))
}

/// The text.
struct MetricsText(String);

impl IntoResponse for MetricsText {
    fn into_response(self) -> Response {
        Response::builder().content_type(MEDIA_TYPE).body(self.0)
    }
}

impl ApiResponse for MetricsText {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "The counts, as text.",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: "text/plain",
                    // As long as there are operations: no schema says both that it is text and how long.
                    schema: MetaSchemaRef::Inline(Box::new(MetaSchema::ANY)),
                }],
                headers: vec![],
            }],
        }
    }

    fn register(_: &mut Registry) {}
}

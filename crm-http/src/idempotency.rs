//! `Idempotency-Key`: a request that is sent again is not carried out again, and gets the answer of the first time.
//!
//! Follows draft-ietf-httpapi-idempotency-key-header-07. Every operation that changes something takes the header, but for
//! those that are for everybody and those that take or give secrets ([`Confidential`](crate::auth::Confidential)).

use std::any::Any;
use std::panic::{AssertUnwindSafe, resume_unwind};

use crm_app::Crm;
use crm_app::idempotency::{Answer, Claim, Fingerprint};
use crm_domain::idempotency::{IdempotencyKey, NotAKey};
use crm_domain::ids::ClaimId;
use futures_util::FutureExt;
use poem::endpoint::BoxEndpoint;
use poem::http::header::{self, HeaderMap};
use poem::http::{HeaderName, HeaderValue, Method, StatusCode};
use poem::{Endpoint, Request, Response, Result};
use poem_openapi::registry::MetaOperation;
use serde_json::{Value, json};

use crate::auth::{self, CONFIDENTIAL, PERMISSION, PUBLIC};
use crate::problem::Problem;
use crate::query;

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
const NAME: &str = "Idempotency-Key";
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The headers of an answer that are kept: what tells of the record, and nothing that tells of the caller.
const KEPT: [HeaderName; 3] = [header::CONTENT_TYPE, header::ETAG, header::LOCATION];

/// The longest body of a request that may have a key, in bytes.
const MAX_BODY: usize = 1 << 20;

/// The answer of an operation, or the panic that it ended with.
type Outcome = std::result::Result<Result<Response>, Box<dyn Any + Send>>;

/// An operation that is carried out once for each key.
pub(crate) struct Once {
    inner: BoxEndpoint<'static>,
    is_taken: bool,
    permissions: Vec<&'static str>,
}

/// Whether an operation takes the header.
pub(crate) fn is_taken(operation: &MetaOperation) -> bool {
    operation.method != Method::GET
        && !schemes(operation).any(|scheme| [PUBLIC, CONFIDENTIAL].contains(&scheme))
}

fn schemes(operation: &MetaOperation) -> impl Iterator<Item = &'static str> {
    let schemes = operation.security.iter().flat_map(|schemes| schemes.keys());
    schemes.copied()
}

/// The header as a parameter in the API document.
pub(crate) fn parameter() -> Value {
    json!({
        "name": NAME,
        "in": "header",
        "required": false,
        "description": "Names the request, for instance by a UUID. Sent again within 24 hours with the same key, the same request is \
            not carried out again, and answered as the first time. What was refused or failed, and wrote nothing, leaves the key free.",
        "schema": {
            "type": "string",
            "minLength": 1,
            "maxLength": IdempotencyKey::MAX_CHARS,
            "pattern": "^[!-~]+$",
        },
    })
}

/// The header of an answer that was given before, in the API document.
pub(crate) fn replayed_header() -> (String, Value) {
    let header = json!({
        "description": "The answer of an earlier request with the same `Idempotency-Key`.",
        "required": false,
        "schema": { "type": "string", "enum": ["true"] },
    });
    ("Idempotent-Replayed".to_owned(), header)
}

impl Once {
    pub(crate) fn new(inner: BoxEndpoint<'static>, operation: Option<&MetaOperation>) -> Self {
        let permissions = operation
            .into_iter()
            .flat_map(schemes)
            .filter_map(|scheme| scheme.strip_prefix(PERMISSION));
        Self {
            inner,
            is_taken: operation.is_some_and(is_taken),
            permissions: permissions.collect(),
        }
    }

    async fn carry_out(&self, crm: &Crm, claim: ClaimId, mut req: Request) -> Result<Response> {
        req.extensions_mut().insert(claim);
        let answer = AssertUnwindSafe(self.inner.call(req)).catch_unwind().await;
        let (answer, settled) = match answer {
            Ok(Ok(response)) if response.status().is_success() => keep(crm, claim, response).await,
            other => (other, crm.idempotency().release(claim).await),
        };
        if let Err(error) = settled {
            // The request is carried out, or not, whatever becomes of its key.
            tracing::warn!(%error, "an idempotency key is left as it is");
        }
        answer.unwrap_or_else(|panic| resume_unwind(panic))
    }
}

impl Endpoint for Once {
    type Output = Response;

    async fn call(&self, mut req: Request) -> Result<Response> {
        if !req.headers().contains_key(&HEADER) {
            return self.inner.call(req).await;
        }
        if !self.is_taken {
            let message =
                "is not taken here: the operation is for everybody, or takes or gives secrets";
            return Err(query::invalid(NAME, "not-allowed", message).into());
        }
        let caller = auth::identified(&req).await?;
        let (crm, actor) = (caller.crm(), caller.actor());
        // Anew each time: an answer is not for who may not ask for it any more.
        let access = crm.access().await.map_err(Problem::from)?;
        for name in &self.permissions {
            // Each is known: see `app`.
            let permission = crm.catalogue().permission(name);
            let permission = permission.map_err(Problem::internal)?;
            access.check(actor, permission).map_err(Problem::from)?;
        }
        let key = key(req.headers())?;
        let fingerprint = fingerprint(&mut req).await?;
        let claim = crm.idempotency().claim(actor, &key, fingerprint).await;
        match claim.map_err(Problem::from)? {
            Claim::Won(claim) => self.carry_out(crm, claim, req).await,
            Claim::Answered(answer) => Ok(replay(answer)),
        }
    }
}

fn key(headers: &HeaderMap) -> Result<IdempotencyKey, Problem> {
    let mut sent = headers.get_all(&HEADER).iter();
    let text = sent.next().and_then(|value| value.to_str().ok());
    let key = text
        .filter(|_| sent.next().is_none())
        .map_or(Err(NotAKey), IdempotencyKey::new);
    key.map_err(|error| query::invalid(NAME, "malformed", &error.to_string()))
}

/// What is asked for: the operation, of which record, in which version, and with what.
async fn fingerprint(req: &mut Request) -> Result<Fingerprint> {
    let body = req.take_body().into_bytes_limit(MAX_BODY).await?;
    let if_match = req.headers().get(header::IF_MATCH);
    let fingerprint = Fingerprint::of(&[
        req.method().as_str().as_bytes(),
        req.uri().path().as_bytes(),
        req.uri().query().unwrap_or_default().as_bytes(),
        if_match.map(HeaderValue::as_bytes).unwrap_or_default(),
        &body,
    ]);
    req.set_body(body);
    Ok(fingerprint)
}

async fn keep(crm: &Crm, claim: ClaimId, mut response: Response) -> (Outcome, crm_app::Result<()>) {
    let body = match response.take_body().into_bytes().await {
        Ok(body) => body,
        Err(error) => return (Ok(Err(Problem::internal(error).into())), Ok(())),
    };
    let headers = KEPT.iter().filter_map(|name| {
        let value = response.headers().get(name)?.to_str().ok()?;
        Some((name.to_string(), value.to_owned()))
    });
    let answer = Answer {
        status: response.status().as_u16().cast_signed(),
        headers: headers.collect(),
        body: body.to_vec(),
    };
    response.set_body(body);
    let kept = crm.idempotency().keep(claim, answer).await;
    (Ok(Ok(response)), kept)
}

fn replay(answer: Answer) -> Response {
    let status = u16::try_from(answer.status).ok();
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    let mut response = Response::builder()
        .status(status.unwrap_or_default())
        .header(REPLAYED, "true")
        .body(answer.body);
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

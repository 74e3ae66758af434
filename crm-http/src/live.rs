//! Answers that go on while the caller listens: server-sent events, as HTML has them.

mod seats;

pub use seats::{Seat, Seats};

use std::time::Duration;

use bytes::Bytes;
use crm_app::Crm;
use crm_app::auth::Authenticated;
use crm_domain::ids::UserId;
use futures_util::{Stream, StreamExt, stream};
use poem::http::header;
use poem::{Body, IntoResponse, Request, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{
    MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use serde::Serialize;
use tokio::time::Instant;

use crate::Health;
use crate::problem::{Code, Problem};

/// So long nothing is said at most, and so long a session that has ended goes on being told.
const BEAT: Duration = Duration::from_secs(15);

/// How often it is looked whether the server stops.
const TICK: Duration = Duration::from_secs(1);

/// How long a client is to wait before it connects again.
const RETRY: &str = "retry: 2000\n\n";

/// What is told as it comes.
pub trait Source: Send + 'static {
    /// Whether there may be something that was not told yet.
    fn has_news(&mut self) -> bool;

    /// Waits until there may be, for so long at most.
    fn wait(&mut self, at_most: Duration) -> impl Future<Output = ()> + Send;

    /// What is to be told, each by [`event`]; perhaps nothing, since not everything is for everybody.
    ///
    /// # Errors
    /// What ends the answer.
    fn tell(&mut self) -> impl Future<Output = crm_app::Result<String>> + Send;
}

/// One event that is told, of this name. With an id, a caller who comes again and sends it has had this and all before it.
pub fn event(name: &str, id: Option<&str>, data: &impl Serialize) -> String {
    let id = id.map(|id| format!("id: {id}\n")).unwrap_or_default();
    // JSON has no line ends of its own.
    let data = serde_json::to_string(data).unwrap_or_default();
    format!("{id}event: {name}\ndata: {data}\n\n")
}

/// An answer that goes on: until the server stops, the caller's session or token ends, or they go.
pub struct Live(Body);

struct Open<S> {
    crm: Crm,
    caller: UserId,
    token: String,
    health: Health,
    source: S,
    /// When something was last said, and the caller found to be signed in.
    beat: Instant,
    _seat: Seat,
}

impl Live {
    /// Tells a caller who has been let in what the source has.
    ///
    /// # Errors
    /// [`Code::Busy`] when too many listen.
    pub fn new(
        crm: &Crm,
        caller: &Authenticated,
        req: &Request,
        source: impl Source,
    ) -> Result<Self, Problem> {
        let data = || Problem::internal("the application has no health or no seats");
        let health: &Health = req.data().ok_or_else(data)?;
        let seats: &Seats = req.data().ok_or_else(data)?;
        let busy = || {
            Problem::new(
                Code::Busy,
                "too many listen; close some, or ask again later",
            )
        };
        let open = Open {
            crm: crm.clone(),
            token: token(req).to_owned(),
            health: health.clone(),
            source,
            beat: Instant::now(),
            _seat: seats.take(caller.user).ok_or_else(busy)?,
            caller: caller.user,
        };
        let said = said(open).map(Ok::<_, std::io::Error>);
        Ok(Self(Body::from_bytes_stream(said)))
    }
}

fn said<S: Source>(open: Open<S>) -> impl Stream<Item = Bytes> + Send + 'static {
    let news = stream::unfold(open, |mut open| async move {
        let said = open.next().await?;
        Some((said, open))
    });
    stream::once(async { Bytes::from_static(RETRY.as_bytes()) }).chain(news)
}

impl<S: Source> Open<S> {
    /// What is said next; `None` when it is over.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if self.health.is_draining() {
                return None;
            }
            if self.source.has_news() {
                return self.news().await;
            }
            if self.beat.elapsed() >= BEAT {
                self.is_signed_in().await.then_some(())?;
                return Some(Bytes::from_static(b": beat\n\n"));
            }
            self.source.wait(TICK).await;
        }
    }

    /// The news; a comment, when there are none for the caller.
    async fn news(&mut self) -> Option<Bytes> {
        self.is_signed_in().await.then_some(())?;
        match self.source.tell().await {
            Ok(said) if said.is_empty() => Some(Bytes::from_static(b": none\n\n")),
            Ok(said) => Some(said.into()),
            Err(error) => {
                tracing::warn!(%error, "an answer that goes on ends");
                None
            }
        }
    }

    /// Whether the token is still good and the session there.
    async fn is_signed_in(&mut self) -> bool {
        self.beat = Instant::now();
        let caller = self.crm.auth().authenticate(&self.token, None).await;
        caller.is_ok_and(|caller| caller.user == self.caller)
    }
}

/// The token by which the caller has just been found to be signed in.
fn token(req: &Request) -> &str {
    let sent = req.headers().get(header::AUTHORIZATION);
    let sent = sent.and_then(|value| value.to_str().ok());
    let token = sent.and_then(|text| text.split_once(' '));
    token.map_or("", |(_, token)| token.trim())
}

impl IntoResponse for Live {
    fn into_response(self) -> Response {
        Response::builder()
            .header(header::CONTENT_TYPE, "text/event-stream")
            .header(header::CACHE_CONTROL, "no-store")
            // Proxies that gather answers would hold them back.
            .header("x-accel-buffering", "no")
            .body(self.0)
    }
}

impl ApiResponse for Live {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "Server-sent events, as they come.",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: "text/event-stream",
                    // Text without an end, which no schema can say together with a bound.
                    schema: MetaSchemaRef::Inline(Box::new(MetaSchema::ANY)),
                }],
                headers: vec![],
            }],
        }
    }

    fn register(_: &mut Registry) {}
}

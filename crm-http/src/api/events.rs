//! The feed of events, for programs that follow what happens.

mod stream;
mod wire;

use poem::Request;
use poem_openapi::param::Header;
use poem_openapi::{OpenApi, Tags};

use super::activities::ActivityRead;
use crate::auth::Require;
use crate::live::Live;
use crate::problem::{Code, FieldError, Problem};
use crate::query::Query;
use crate::reply::Reply;

use stream::Following;
use wire::{EventFeed, ListEvents};

#[derive(Tags)]
enum Tag {
    /// What happened, for programs that follow it.
    Events,
}

/// The operation `/api/events`.
pub struct EventsApi;

#[OpenApi(tag = "Tag::Events")]
impl EventsApi {
    /// Read what happened
    ///
    /// From the first event that is kept on, at least those of the last 90 days; behind `after` without a gap: nothing appears later
    /// before what was read, and the events of one record come in their order. Ask again with `next`: at once while
    /// `isComplete` is false, else when you want to know what is new. One sees what happens to the leads, customers, tasks and records of plugins
    /// that one may read today, whoever does it, and of the rest what the activity log shows. An event has the id of its
    /// entry there. `x-events` of this document says what each `payload` holds. What happened after a cursor that is older than
    /// 90 days may not be there any more: 410 `events-gone`.
    #[oai(path = "/events", method = "get", operation_id = "listEvents")]
    async fn list(
        &self,
        auth: Require<ActivityRead>,
        query: Query<ListEvents>,
    ) -> Result<Reply<EventFeed>, Problem> {
        let query = query.0.try_into()?;
        let feed = auth.crm().events().read(auth.actor(), &query).await;
        Ok(Reply::new(feed.map_err(refused)?.into()))
    }

    /// Have what happens told as it does
    ///
    /// Server-sent events: each is named `event`, and its `data` is an event as the feed has it, told a second or two after it happened.
    /// Some have an `id`: who connects again with it in the header `Last-Event-ID` has everything behind it told, and may have
    /// something told twice; without it, only what is new. Every 15 seconds there is a comment. The stream ends with the session,
    /// with the access token, when its reader is slow and when the server stops.
    #[oai(path = "/events/stream", method = "get", operation_id = "streamEvents")]
    async fn stream(
        &self,
        auth: Require<ActivityRead>,
        req: &Request,
        /// The `id` of the last event that was told, or a `next` of the feed.
        #[oai(name = "Last-Event-ID", validator(max_length = 2000))]
        last_event_id: Header<Option<String>>,
    ) -> Result<Live, Problem> {
        let after = last_event_id.0;
        let following = Following::new(auth.crm(), auth.actor(), after);
        let following = following.await.map_err(refused)?;
        Live::new(auth.crm(), auth.caller(), req, following)
    }
}

/// The cursor has another name here than in lists.
fn refused(error: crm_app::Error) -> Problem {
    match error {
        crm_app::Error::InvalidCursor => Problem::new(Code::InvalidCursor, error.to_string())
            .with_error(FieldError::parameter(
                "after",
                "invalid-cursor",
                "was not given to this caller by this feed",
            )),
        other => other.into(),
    }
}

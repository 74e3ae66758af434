//! One's own notices: list, count, read, and have them as they come.

use chrono::{DateTime, Utc};
use crm_domain::ids::UserId;
use crm_domain::list::Listing;
use crm_http::api::Message;
use crm_http::plugin::live::Live;
use crm_http::plugin::{
    FieldError, OptionalBody, Problem, Query, QueryParameters, Reply, SignedIn, page_request,
};
use crm_http::wire::{NameText, Text};
use crm_http::wire_enum;
use poem::Request;
use poem_openapi::param::{Header, Path};
use poem_openapi::{Object, OpenApi, Tags};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::stream;
use super::wire::EventText;
use crate::notice::{Kind, ShownNotice};
use crate::notices::{Inbox, NoticeFilter, Unread};

wire_enum! {
    /// Why one is told.
    NotificationsKind = Kind {
        /// A record was assigned to one.
        Assigned = "assigned",
        /// Somebody mentioned one in a note, by `@[id]`.
        Mentioned = "mentioned",
        /// The instant has come to be reminded of a task.
        TaskDue = "taskDue",
        /// A lead of one's own became a customer.
        LeadConverted = "leadConverted",
        /// A deal of one's own was won.
        DealWon = "dealWon",
        /// A deal of one's own was lost.
        DealLost = "dealLost",
        /// One's import has ended.
        ImportFinished = "importFinished",
        /// A webhook of one's own was switched off.
        WebhookDisabled = "webhookDisabled",
    }
}

/// That something happened which is of interest to the user.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(super) struct NotificationsNotice {
    /// Its place among the user's, from 1.
    #[oai(validator(minimum(value = "1"), maximum(value = "9007199254740991")))]
    number: i64,
    /// Why the user is told.
    kind: NotificationsKind,
    /// What happened, as it stands in the feed of events.
    event_id: Uuid,
    /// Its name: `lead.converted`.
    event_type: EventText,
    /// When it happened.
    at: DateTime<Utc>,
    /// To what kind of record.
    resource: Text<50>,
    /// To which record; of an import, which import.
    resource_id: Uuid,
    /// What the record is called.
    resource_name: Option<NameText>,
    /// The user who did it, or whose key did; `null` for the program itself.
    actor_id: Option<Uuid>,
    /// What that user is called.
    actor_name: Option<NameText>,
    /// When it was read.
    read_at: Option<DateTime<Utc>>,
}

impl From<ShownNotice> for NotificationsNotice {
    fn from(shown: ShownNotice) -> Self {
        let ShownNotice {
            notice,
            event,
            record,
            actor,
        } = shown;
        Self {
            number: notice.number,
            kind: notice.kind.into(),
            event_id: event.id.uuid(),
            event_type: (&event.name).into(),
            at: event.at,
            resource: (&event.record.resource).into(),
            resource_id: event.record.id,
            resource_name: record.as_ref().map(Into::into),
            actor_id: event.by.user().map(UserId::uuid),
            actor_name: actor.as_ref().map(Into::into),
            read_at: notice.read_at,
        }
    }
}

/// A part of the notices.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
struct NotificationsNoticeList {
    /// The notices, the newest first; perhaps fewer than asked for, though more are to come.
    #[oai(validator(max_items = 100))]
    notices: Vec<NotificationsNotice>,
    /// Where to go on; `null` at the end.
    #[oai(validator(max_length = 2000))]
    next_cursor: Option<String>,
}

impl From<Listing<ShownNotice>> for NotificationsNoticeList {
    fn from(list: Listing<ShownNotice>) -> Self {
        let notices = list.records.into_iter();
        Self {
            notices: notices.map(NotificationsNotice::from).collect(),
            next_cursor: list.next_cursor,
        }
    }
}

/// Which notices.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
struct NotificationsListNotices {
    /// `true` for those only that were not read.
    unread: Option<bool>,
    /// Goes on where a part of the same list ended.
    #[oai(validator(max_length = 2000))]
    cursor: Option<String>,
    /// How many rows: 10, unless it is given.
    #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
    limit: Option<u16>,
}

impl QueryParameters for NotificationsListNotices {}

/// How many notices were not read.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
struct NotificationsUnread {
    /// How many, up to 100.
    #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
    unread: u64,
    /// Whether there are more than that.
    is_capped: bool,
}

impl From<Unread> for NotificationsUnread {
    fn from(unread: Unread) -> Self {
        Self {
            unread: u64::try_from(unread.count).unwrap_or(u64::MAX),
            is_capped: unread.is_capped,
        }
    }
}

/// Up to where all was read.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
struct NotificationsReadAll {
    /// The number of the newest notice that was seen; all, unless it is given.
    #[oai(validator(minimum(value = "1"), maximum(value = "9007199254740991")))]
    up_to: Option<i64>,
}

#[derive(Tags)]
pub(super) enum Tag {
    /// What one is told.
    Notifications,
}

/// The operations below `/api/notifications` about oneself.
pub(super) struct NoticesApi;

#[OpenApi(tag = "Tag::Notifications")]
impl NoticesApi {
    /// List notices
    ///
    /// One's own, of 90 days. What one may not read any more is left out.
    #[oai(
        path = "/notifications",
        method = "get",
        operation_id = "notificationsListNotices"
    )]
    async fn list(
        &self,
        auth: SignedIn,
        query: Query<NotificationsListNotices>,
    ) -> Result<Reply<NotificationsNoticeList>, Problem> {
        let NotificationsListNotices {
            unread,
            cursor,
            limit,
        } = query.0;
        let filter = NoticeFilter {
            only_unread: unread == Some(true),
        };
        let page = page_request(None, limit, cursor, false)?;
        let list = inbox(&auth).list(filter, &page).await?;
        Ok(Reply::new(list.into()))
    }

    /// Count unread notices
    ///
    /// Up to a cap, for the bell.
    #[oai(
        path = "/notifications/unread",
        method = "get",
        operation_id = "notificationsCountUnread"
    )]
    async fn unread(&self, auth: SignedIn) -> Result<Reply<NotificationsUnread>, Problem> {
        Ok(Reply::new(inbox(&auth).unread().await?.into()))
    }

    /// Note that a notice was read
    ///
    /// Reading it again changes nothing.
    #[oai(
        path = "/notifications/:number/read",
        method = "post",
        operation_id = "notificationsRead"
    )]
    async fn read(
        &self,
        auth: SignedIn,
        #[oai(validator(minimum(value = "1"), maximum(value = "9007199254740991")))] number: Path<
            i64,
        >,
    ) -> Result<Reply<Message>, Problem> {
        inbox(&auth).read(number.0).await?;
        Ok(Reply::new(Message::new("Read.")))
    }

    /// Note that all notices were read
    ///
    /// Up to `upTo`, so that one that has just come is not taken for read.
    #[oai(
        path = "/notifications/read-all",
        method = "post",
        operation_id = "notificationsReadAll"
    )]
    async fn read_all(
        &self,
        auth: SignedIn,
        body: OptionalBody<NotificationsReadAll>,
    ) -> Result<Reply<Message>, Problem> {
        let up_to = body.0.and_then(|body| body.up_to);
        if up_to.is_some_and(|number| number < 1) {
            let error = FieldError::field("upTo", "out-of-range", "must be at least 1");
            return Err(Problem::invalid(vec![error]));
        }
        inbox(&auth).read_up_to(up_to.unwrap_or(i64::MAX)).await?;
        Ok(Reply::new(Message::new("All read.")))
    }

    /// Have notices as they come
    ///
    /// Server-sent events: each is named `notice`, its `id` is the number of a notice and its `data` the notice as the list has it. Those
    /// after the header `Last-Event-ID` come first, or, without it, only new ones. Every 15 seconds there is a comment.
    /// The stream ends with the session, with the access token, when its reader is slow and when the server stops: connect again,
    /// with a new token, and what came in between is not missed.
    #[oai(
        path = "/notifications/stream",
        method = "get",
        operation_id = "notificationsStream"
    )]
    async fn stream(
        &self,
        auth: SignedIn,
        req: &Request,
        /// The number of the last notice that was seen.
        #[oai(
            name = "Last-Event-ID",
            validator(minimum(value = "0"), maximum(value = "9007199254740991"))
        )]
        last_event_id: Header<Option<i64>>,
    ) -> Result<Live, Problem> {
        stream::open(&auth, req, last_event_id.0).await
    }
}

fn inbox(auth: &SignedIn) -> Inbox<'_> {
    Inbox {
        crm: auth.crm(),
        user: auth.caller().user,
    }
}

//! What users are told within the application.

mod inbox;
mod live;
mod storage;
mod tell;

pub(crate) use inbox::{Inbox, NoticeFilter, Unread, tidy};
pub(crate) use live::{Live, Subscription};
pub(crate) use tell::{is_of_interest, tell};

//! Notices as they come.

use std::time::Duration;

use crm_app::{Crm, Result};
use crm_domain::ids::UserId;
use crm_http::plugin::live::{self, Source};
use crm_http::plugin::{Problem, SignedIn};
use poem::Request;

use super::notices::NotificationsNotice;
use crate::notice::ShownNotice;
use crate::notices::{Inbox, Live, Subscription};

/// How many notices are told at once.
const PORTION: i64 = 50;

/// The notices of a user behind one of them.
struct Coming {
    crm: Crm,
    user: UserId,
    subscription: Subscription,
    /// The number of the last notice that was told or passed over.
    told: i64,
}

/// Tells who is signed in their notices from now on, or from behind the one with a number.
pub(super) async fn open(
    auth: &SignedIn,
    req: &Request,
    after: Option<i64>,
) -> std::result::Result<live::Live, Problem> {
    let (crm, user) = (auth.crm(), auth.caller().user);
    let live = crm.provided::<Live>();
    let live = live.ok_or_else(|| Problem::internal("nobody looks for notices"))?;
    let mut subscription = live.subscribe(crm, user).await?;
    let last = subscription.last();
    let coming = Coming {
        crm: crm.clone(),
        user,
        subscription,
        // Nobody has seen what is yet to come: a number of another database's begins anew.
        told: after.filter(|after| *after <= last).unwrap_or(last),
    };
    live::Live::new(crm, auth.caller(), req, coming)
}

impl Source for Coming {
    fn has_news(&mut self) -> bool {
        self.subscription.last() > self.told
    }

    async fn wait(&mut self, at_most: Duration) {
        self.subscription.changed(at_most).await;
    }

    async fn tell(&mut self) -> Result<String> {
        let inbox = Inbox {
            crm: &self.crm,
            user: self.user,
        };
        // Before it is looked: what comes meanwhile is told the next time.
        let last = self.subscription.last();
        let (notices, looked_at) = inbox.after(self.told, PORTION).await?;
        // At the end also past those that are not shown.
        self.told = if looked_at == self.told {
            last
        } else {
            looked_at
        };
        Ok(notices.into_iter().map(event).collect())
    }
}

fn event(shown: ShownNotice) -> String {
    let number = shown.notice.number.to_string();
    live::event("notice", Some(&number), &NotificationsNotice::from(shown))
}

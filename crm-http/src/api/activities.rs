//! The activity log: who did what, and when.

mod wire;

pub(super) use wire::{ActivityList, ActorType, EventText};

use crm_domain::permission::Resource;
use poem_openapi::{OpenApi, Tags};

use crate::auth::Require;
use crate::permissions;
use crate::problem::Problem;
use crate::query::Query;
use crate::reply::Reply;

use wire::ListActivities;

permissions! {
    /// See the activity log.
    ActivityRead = "activity:read" (Resource::ACTIVITY, Read);
}

#[derive(Tags)]
enum Tag {
    /// Who did what, and when.
    Activities,
}

/// The operations below `/api/activities`.
pub struct ActivitiesApi;

#[OpenApi(tag = "Tag::Activities")]
impl ActivitiesApi {
    /// List what was done
    ///
    /// The newest first. An act is of whoever did it: with the scope `own` one sees one's own acts, with `team` those of
    /// one's teams. Of these one sees those that are about records that one may read. How users sign in is seen by those
    /// who manage them. One's own acts upon users, teams, roles and keys, and one's own sessions, everybody sees.
    #[oai(path = "/activities", method = "get", operation_id = "listActivities")]
    async fn list(
        &self,
        auth: Require<ActivityRead>,
        query: Query<ListActivities>,
    ) -> Result<Reply<ActivityList>, Problem> {
        let (filter, page) = query.0.parse(auth.crm().catalogue())?;
        let activities = auth.crm().activities();
        let list = activities.list(auth.actor(), &filter, &page).await?;
        Ok(Reply::new(list.into()))
    }
}

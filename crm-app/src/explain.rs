//! Why somebody may do something, or may not.

use crm_authz::{Explanation, Scope};
use crm_domain::activity::Actor;
use crm_domain::ids::UserId;
use crm_domain::permission::{Action, Ownership, Permission, Record, Resource};
use crm_domain::user::User;
use crm_storage::{customers, leads, tasks, users};
use uuid::Uuid;

use crate::crm::Crm;
use crate::error::{Error, Result};

impl Crm {
    /// Why the actor may do this, or may not; why somebody else, with `about`, for who may manage users. With `record`,
    /// to that record, which the actor must be able to read.
    ///
    /// # Errors
    /// [`Error::Forbidden`] or [`Error::NotFound`].
    pub async fn explain(
        &self,
        actor: &Actor,
        about: Option<UserId>,
        permission: Permission,
        record: Option<Uuid>,
    ) -> Result<Explanation> {
        let access = self.access().await?;
        let subject = match about {
            Some(user) if actor.user_id() != Some(user) => {
                let scope: Scope<User> = access.scope(actor, Action::Manage)?;
                access
                    .user(user)
                    .filter(|user| scope.reach().reaches(Ownership::of(user.id)))
                    .ok_or(Error::NotFound(Resource::User))?;
                Actor::user(user)
            }
            _ => actor.clone(),
        };
        let record = match record {
            Some(id) => Some(self.ownership(actor, permission.resource, id).await?),
            None => None,
        };
        Ok(access.explain(&subject, permission, record))
    }

    /// Whose record it is, if the actor may read it.
    async fn ownership(&self, actor: &Actor, resource: Resource, id: Uuid) -> Result<Ownership> {
        let access = self.access().await?;
        let mut conn = self.connection().await?;
        let found = match resource {
            Resource::Lead => {
                let scope = access.scope(actor, Action::Read)?;
                let found = leads::find(&mut conn, id.into(), &scope).await?;
                found.map(|found| found.lead.ownership())
            }
            Resource::Customer => {
                let scope = access.scope(actor, Action::Read)?;
                let found = customers::find(&mut conn, id.into(), &scope).await?;
                found.map(|found| found.customer.ownership())
            }
            Resource::Task => {
                let scope = access.scope(actor, Action::Read)?;
                let found = tasks::find(&mut conn, id.into(), &scope).await?;
                found.map(|found| found.task.ownership())
            }
            Resource::User => {
                let scope = access.scope(actor, Action::Read)?;
                let found = users::find_visible(&mut conn, id.into(), &scope).await?;
                found.map(|user| user.ownership())
            }
            Resource::Team
            | Resource::Role
            | Resource::ApiKey
            | Resource::Session
            | Resource::Job
            | Resource::Activity
            | Resource::Analytics
            | Resource::AssignmentRule
            | Resource::CustomField
            | Resource::Tag
            | Resource::View => None,
        };
        found.ok_or(Error::NotFound(resource))
    }
}

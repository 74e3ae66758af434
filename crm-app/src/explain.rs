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
                    .ok_or(Error::NotFound(Resource::USER))?;
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
    ///
    /// # Errors
    /// [`Error::Forbidden`] or [`Error::NotFound`], also for a kind whose records are nobody's.
    pub async fn ownership(
        &self,
        actor: &Actor,
        resource: Resource,
        id: Uuid,
    ) -> Result<Ownership> {
        let access = self.access().await?;
        let mut conn = self.connection().await?;
        let found = match resource {
            Resource::LEAD => {
                let scope = access.scope(actor, Action::Read)?;
                let found = leads::find(&mut conn, id.into(), &scope).await?;
                found.map(|found| found.lead.ownership())
            }
            Resource::CUSTOMER => {
                let scope = access.scope(actor, Action::Read)?;
                let found = customers::find(&mut conn, id.into(), &scope).await?;
                found.map(|found| found.customer.ownership())
            }
            Resource::TASK => {
                let scope = access.scope(actor, Action::Read)?;
                let found = tasks::find(&mut conn, id.into(), &scope).await?;
                found.map(|found| found.task.ownership())
            }
            Resource::USER => {
                let scope = access.scope(actor, Action::Read)?;
                let found = users::find_visible(&mut conn, id.into(), &scope).await?;
                found.map(|user| user.ownership())
            }
            // The core's others are nobody's.
            resource => match self.plugins().record_kind(resource) {
                Some(kind) => kind.ownership(&mut conn, &access, actor, id).await?,
                None => None,
            },
        };
        found.ok_or(Error::NotFound(resource))
    }
}

//! Converting: a lead becomes a customer, once.

use crm_domain::activity::{Actor, Changes};
use crm_domain::customer::Customer;
use crm_domain::event::{CustomerCreated, LeadConverted};
use crm_domain::ids::{CustomerId, LeadId};
use crm_domain::lead::Lead;
use crm_domain::permission::{Action, Resource};
use crm_domain::user::UserRef;
use crm_storage::customers::ListedCustomer;
use crm_storage::{customers, users};
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::{Leads, ListedLead, with_agent};
use crate::attempts::write;
use crate::error::{Error, Result};
use crate::record::refuse_stale;

/// What converting gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversion {
    /// The lead, now Converted.
    pub lead: ListedLead,
    /// The customer it became.
    pub customer: ListedCustomer,
    /// Whether it had been converted before; then nothing was written.
    pub already_converted: bool,
}

/// How the transaction of a conversion ends without a commit.
enum Undone {
    Failed(Error),
    DryRun(Box<Conversion>),
}

impl<E: Into<Error>> From<E> for Undone {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl Leads<'_> {
    /// Makes a customer of a lead. Of calls at once, and of calls later, each gives the same customer.
    ///
    /// With `version`, only if that is still its version; a lead that was converted before is not asked.
    /// A dry run does all of it, hooks included, and undoes it.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Stale`], [`Error::Lead`] for a lead that is archived or Unqualified,
    /// [`Error::Vetoed`] by a hook.
    pub async fn convert(
        &self,
        actor: &Actor,
        id: LeadId,
        version: Option<i32>,
        dry_run: bool,
    ) -> Result<Conversion> {
        write!(self.0, |conn| self
            .convert_in(conn, actor, id, version, dry_run))
    }

    /// [`Leads::convert`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Leads::convert`].
    pub async fn convert_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: LeadId,
        version: Option<i32>,
        dry_run: bool,
    ) -> Result<Conversion> {
        let undone = conn.transaction(async |conn| {
            let conversion = self.convert_locked(conn, actor, id, version).await?;
            if dry_run {
                Err(Undone::DryRun(Box::new(conversion)))
            } else {
                Ok(conversion)
            }
        });
        match undone.await {
            Ok(conversion) => Ok(conversion),
            Err(Undone::DryRun(conversion)) => Ok(*conversion),
            Err(Undone::Failed(error)) => Err(error),
        }
    }

    async fn convert_locked(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: LeadId,
        version: Option<i32>,
    ) -> Result<Conversion> {
        let held = self
            .0
            .hold::<Lead>(conn, actor, id, Action::Convert, None)
            .await?;
        let before = held.record.clone();
        if let Some(customer) = before.state.customer() {
            return self.converted_before(conn, actor, before, customer).await;
        }
        refuse_stale(conn, &before, version).await?;
        self.0
            .access()
            .await?
            .scope::<Customer>(actor, Action::Create)?;
        let owner = owner_of_customer(conn, actor, &before).await?;
        let customer_id = CustomerId::new(held.now, self.0.random()?);
        let owner_id = owner.as_ref().map(|owner| owner.id);
        let (lead, customer) = before.convert(customer_id, owner_id, actor.user_id(), held.now)?;
        customers::insert(conn, &customer).await?;
        let created = CustomerCreated {
            customer_id,
            changes: Changes::created(customer.fields()),
        };
        self.0.emit(conn, actor, held.now, &created).await?;
        self.store(conn, &held, &lead, |changes| LeadConverted {
            lead_id: id,
            customer_id,
            changes,
        })
        .await?;
        Ok(Conversion {
            lead: with_agent(conn, lead).await?,
            customer: ListedCustomer {
                customer,
                owner,
                note_count: 0,
            },
            already_converted: false,
        })
    }

    async fn converted_before(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        lead: Lead,
        customer: CustomerId,
    ) -> Result<Conversion> {
        let scope = self.0.access().await?.scope(actor, Action::Read)?;
        let customer = customers::find(conn, customer, &scope)
            .await?
            .ok_or(Error::NotFound(Resource::Customer))?;
        Ok(Conversion {
            lead: with_agent(conn, lead).await?,
            customer,
            already_converted: true,
        })
    }
}

/// The lead's agent; the actor, when it is nobody's; nobody, when that user may not sign in any more.
async fn owner_of_customer(
    conn: &mut AsyncPgConnection,
    actor: &Actor,
    lead: &Lead,
) -> Result<Option<UserRef>> {
    let Some(id) = lead.assigned_agent.or(actor.user_id()) else {
        return Ok(None);
    };
    let active = users::lock_shared(conn, id)
        .await?
        .filter(|user| user.is_active);
    Ok(active.map(UserRef::from))
}

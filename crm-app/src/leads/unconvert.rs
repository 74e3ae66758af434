//! Undoing a conversion, while nothing was built on it.

use crm_domain::activity::{Actor, RecordRef};
use crm_domain::customer::Customer;
use crm_domain::event::{CustomerArchived, CustomerCreated, Event, LeadUnconverted};
use crm_domain::ids::{CustomerId, LeadId};
use crm_domain::lead::{Lead, LeadError};
use crm_domain::permission::{Action, Resource};
use crm_domain::task::Related;
use crm_storage::{activities, leads, tasks};
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::{Leads, ListedLead};
use crate::error::{Error, Result};
use crate::write;

impl Leads<'_> {
    /// Undoes the conversion of a lead: it is Qualified again, and the customer made of it is archived. A customer who was
    /// there before stays as they are.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Stale`]; [`Error::Lead`] for a lead that is not converted;
    /// [`Error::InUse`] when anything was done with the customer since.
    pub async fn unconvert(
        &self,
        actor: &Actor,
        id: LeadId,
        version: Option<i32>,
    ) -> Result<ListedLead> {
        write!(self.0, |conn| self.unconvert_in(conn, actor, id, version))
    }

    /// [`Leads::unconvert`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Leads::unconvert`].
    pub async fn unconvert_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: LeadId,
        version: Option<i32>,
    ) -> Result<ListedLead> {
        conn.transaction(async |conn| {
            let held = self
                .0
                .hold::<Lead>(conn, actor, id, Action::Manage, version)
                .await?;
            let before = held.record.clone();
            let customer_id = before.state.customer().ok_or(LeadError::NotConverted)?;
            let lead = before.reopen(held.now)?;
            self.unmake_customer(conn, actor, id, customer_id).await?;
            self.store(conn, &held, &lead, |changes| LeadUnconverted {
                lead_id: id,
                customer_id,
                changes,
            })
            .await?;
            Ok(leads::shown(conn, lead).await?)
        })
        .await
    }

    /// Archives the customer that was made of the lead.
    async fn unmake_customer(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        lead: LeadId,
        customer_id: CustomerId,
    ) -> Result<()> {
        let held = self
            .0
            .hold::<Customer>(conn, actor, customer_id, Action::Delete, None)
            .await?;
        if held.record.origin_lead != Some(lead) {
            return Ok(());
        }
        let record = RecordRef {
            resource: Resource::CUSTOMER,
            id: customer_id.uuid(),
        };
        let is_touched = activities::is_any_besides(conn, record, CustomerCreated::NAME).await?
            || tasks::is_any_about(conn, Related::Customer(customer_id)).await?;
        if is_touched {
            return Err(Error::InUse {
                resource: Resource::CUSTOMER,
                by: "something was done with it since the lead was converted",
            });
        }
        let customer = held.record.clone().unmake(held.now);
        let archived = |changes| CustomerArchived {
            customer_id,
            changes,
        };
        self.0.store(conn, &held, &customer, archived).await?;
        Ok(())
    }
}

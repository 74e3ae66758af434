//! Converting: a lead becomes a customer, once.

use crm_domain::activity::{Actor, Changes};
use crm_domain::customer::Customer;
use crm_domain::duplicate::MatchReason;
use crm_domain::event::{CustomerCreated, CustomerEdited, LeadConverted};
use crm_domain::ids::{CustomerId, LeadId};
use crm_domain::lead::Lead;
use crm_domain::permission::{Action, Resource};
use crm_domain::user::UserRef;
use crm_domain::violation::Violations;
use crm_storage::customers::ListedCustomer;
use crm_storage::{customers, leads, users};
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::{Leads, ListedLead};
use crate::dry_run::{keep_unless_dry, settle};
use crate::error::{Error, Result};
use crate::record::{Held, refuse_stale};
use crate::write;

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

/// How a lead is converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ConvertOptions {
    /// The customer at hand that the lead becomes; `None` for a new one.
    pub link_to: Option<CustomerId>,
    /// What to do about customers who may be the same, when none is named.
    pub on_duplicate: OnCandidates,
    /// Answer the same and write nothing.
    pub dry_run: bool,
}

/// What to do when customers at hand may be the same as the one that a lead would become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnCandidates {
    /// Refuse, naming them.
    #[default]
    Fail,
    /// Link the lead to the one with its e-mail address; refuse when none has it.
    Link,
    /// Make another one all the same.
    Create,
}

impl Leads<'_> {
    /// Makes a customer of a lead, or one with a customer who is there. Of calls at once, and of calls later, each gives
    /// the same customer.
    ///
    /// With `version`, only if that is still its version; a lead that was converted before is not asked.
    /// A dry run does all of it, hooks included, and undoes it.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Stale`], [`Error::Lead`] for a lead that is archived or Unqualified,
    /// [`Error::DuplicateCandidates`], [`Error::Vetoed`] by a hook.
    pub async fn convert(
        &self,
        actor: &Actor,
        id: LeadId,
        version: Option<i32>,
        options: ConvertOptions,
    ) -> Result<Conversion> {
        write!(self.0, |conn| self
            .convert_in(conn, actor, id, version, options))
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
        options: ConvertOptions,
    ) -> Result<Conversion> {
        let done = conn.transaction(async |conn| {
            let conversion = self
                .convert_locked(conn, actor, id, version, options)
                .await?;
            keep_unless_dry(conversion, options.dry_run)
        });
        settle(done.await)
    }

    async fn convert_locked(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: LeadId,
        version: Option<i32>,
        options: ConvertOptions,
    ) -> Result<Conversion> {
        let held = self
            .0
            .hold::<Lead>(conn, actor, id, Action::Convert, None)
            .await?;
        let lead = &held.record;
        if let Some(customer) = lead.state.customer() {
            return self
                .converted_before(conn, actor, lead.clone(), customer)
                .await;
        }
        refuse_stale(conn, lead, version).await?;
        lead.check_can_convert()?;
        match self.link_to(conn, actor, lead, options).await? {
            Some(customer) => self.convert_by_link(conn, &held, customer).await,
            None => self.convert_to_new(conn, &held).await,
        }
    }

    /// The customer at hand that the lead becomes, if not a new one.
    async fn link_to(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        lead: &Lead,
        options: ConvertOptions,
    ) -> Result<Option<CustomerId>> {
        if options.link_to.is_some() {
            return Ok(options.link_to);
        }
        let access = self.0.access().await?;
        access.scope::<Customer>(actor, Action::Create)?;
        if options.on_duplicate == OnCandidates::Create {
            return Ok(None);
        }
        if let Some(email) = &lead.email {
            // So that of two leads with one address the second sees the customer that the first became.
            customers::lock_email(conn, &email.key()).await?;
        }
        let keys = lead.match_keys();
        let candidates = self
            .0
            .candidates::<Customer>(conn, actor, &keys, None)
            .await?;
        if candidates.is_empty() {
            return Ok(None);
        }
        let same_address = candidates.readable.iter().find(|candidate| {
            options.on_duplicate == OnCandidates::Link && candidate.reason == MatchReason::Email
        });
        match same_address {
            Some(candidate) => Ok(Some(candidate.id.into())),
            None => Err(Error::DuplicateCandidates(candidates)),
        }
    }

    async fn convert_to_new(
        &self,
        conn: &mut AsyncPgConnection,
        held: &Held<'_, Lead>,
    ) -> Result<Conversion> {
        let (actor, now, lead_id) = (held.actor, held.now, held.record.id);
        let owner = owner_of_customer(conn, actor, &held.record).await?;
        let customer_id = CustomerId::new(now, self.0.random()?);
        let owner_id = owner.as_ref().map(|owner| owner.id);
        let before = held.record.clone();
        let (lead, customer) = before.convert(customer_id, owner_id, actor.user_id(), now)?;
        let customer = Customer {
            custom: self.0.custom_of_customer(conn, &lead.custom).await?,
            ..customer
        };
        customers::insert(conn, &customer).await?;
        let created = CustomerCreated {
            customer_id,
            changes: Changes::created(customer.fields()),
        };
        self.0.emit(conn, actor, now, &created).await?;
        self.store(conn, held, &lead, |changes| LeadConverted {
            lead_id,
            customer_id,
            changes,
        })
        .await?;
        Ok(Conversion {
            lead: leads::shown(conn, lead).await?,
            customer: ListedCustomer {
                customer,
                owner,
                note_count: 0,
                // It has values of fields at hand only.
                hidden: vec![],
            },
            already_converted: false,
        })
    }

    async fn convert_by_link(
        &self,
        conn: &mut AsyncPgConnection,
        held: &Held<'_, Lead>,
        customer_id: CustomerId,
    ) -> Result<Conversion> {
        let (actor, now, lead_id) = (held.actor, held.now, held.record.id);
        let customer = self
            .0
            .hold::<Customer>(conn, actor, customer_id, Action::Update, None)
            .await
            .map_err(told_by_field)?;
        let owner = owner_of_customer(conn, actor, &held.record).await?;
        let owner_id = owner.map(|owner| owner.id);
        let custom = self.0.custom_of_customer(conn, &held.record.custom);
        let custom = custom.await?;
        let before = held.record.clone();
        let (lead, filled) = before.link(customer.record.clone(), &custom, owner_id, now)?;
        let filled = filled.map_err(|_| Error::Archived(Resource::CUSTOMER))?;
        let edited = |changes| CustomerEdited {
            customer_id,
            changes,
        };
        self.0.store(conn, &customer, &filled, edited).await?;
        self.store(conn, held, &lead, |changes| LeadConverted {
            lead_id,
            customer_id,
            changes,
        })
        .await?;
        Ok(Conversion {
            lead: leads::shown(conn, lead).await?,
            customer: customers::shown(conn, filled).await?,
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
        let customer = customers::merged_to(conn, customer).await?;
        let customer = customers::find(conn, customer, &scope)
            .await?
            .ok_or(Error::NotFound(Resource::CUSTOMER))?;
        Ok(Conversion {
            lead: leads::shown(conn, lead).await?,
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

/// A customer whom the caller named and does not see is a wrong field, since the lead is there.
fn told_by_field(error: Error) -> Error {
    match error {
        Error::NotFound(_) => {
            let message = "is not a customer that you can see";
            Violations::one("customer/id", "not-found", message).into()
        }
        other => other,
    }
}

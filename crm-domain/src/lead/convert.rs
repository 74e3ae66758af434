//! A lead becomes a customer, or one with a customer who is there; and back.

use chrono::{DateTime, Utc};

use super::{Lead, LeadError};
use crate::change::Archived;
use crate::custom_field::CustomValues;
use crate::customer::Customer;
use crate::ids::{CustomerId, UserId};

impl Lead {
    /// The lead as Converted, and the customer made of it, still without custom values. `owner` looks after the customer.
    ///
    /// # Errors
    /// [`LeadError::Archived`], or [`LeadError::TransitionNotAllowed`] for a lead that is Unqualified or Converted.
    pub fn convert(
        self,
        customer_id: CustomerId,
        owner: Option<UserId>,
        created_by: Option<UserId>,
        now: DateTime<Utc>,
    ) -> Result<(Self, Customer), LeadError> {
        let customer = Customer {
            id: customer_id,
            name: self.name.clone(),
            company: self.company.clone(),
            email: self.email.clone(),
            phone: self.phone.clone(),
            tags: self.tags.clone(),
            owner,
            // Which of its values customers take, is known to whoever holds the definitions.
            custom: CustomValues::default(),
            origin_lead: Some(self.id),
            merged_into: None,
            is_archived: false,
            version: 1,
            created_by,
            created_at: now,
            updated_at: now,
        };
        Ok((self.converted_to(customer_id, now)?, customer))
    }

    /// The lead as Converted to a customer who is there already, and that customer with what they lacked: company,
    /// address, number, tags as far as there is room, those custom values of the lead that customers take, and `owner` where
    /// nobody looks after them.
    ///
    /// # Errors
    /// As [`Lead::convert`]; [`Archived`] for a customer who is put away is the caller's to tell.
    pub fn link(
        self,
        customer: Customer,
        custom: &CustomValues,
        owner: Option<UserId>,
        now: DateTime<Utc>,
    ) -> Result<(Self, Result<Customer, Archived>), LeadError> {
        let lead = self.clone().converted_to(customer.id, now)?;
        Ok((lead, customer.fill(&self, custom, owner, now)))
    }

    /// Refuses what [`Lead::convert`] would refuse.
    ///
    /// # Errors
    /// As [`Lead::convert`].
    pub fn check_can_convert(&self) -> Result<(), LeadError> {
        self.refuse_archived()?;
        self.state.check_can_convert()
    }

    fn converted_to(self, customer: CustomerId, now: DateTime<Utc>) -> Result<Self, LeadError> {
        self.refuse_archived()?;
        let state = self.state.convert(customer, now)?;
        Ok(Self {
            state,
            status_since: now,
            ..self
        }
        .written(now))
    }

    /// The lead as Qualified again, its conversion undone.
    ///
    /// # Errors
    /// [`LeadError::Archived`], or [`LeadError::NotConverted`].
    pub fn reopen(self, now: DateTime<Utc>) -> Result<Self, LeadError> {
        self.refuse_archived()?;
        let state = self.state.reopen()?;
        Ok(Self {
            state,
            status_since: now,
            ..self
        }
        .written(now))
    }
}

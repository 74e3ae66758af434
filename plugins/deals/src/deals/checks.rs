//! What deals refer to: customers that the actor may see, and stages that are there.

use std::slice;

use crm_app::{Error, Result};
use crm_authz::Scope;
use crm_domain::activity::Actor;
use crm_domain::customer::Customer;
use crm_domain::ids::CustomerId;
use crm_domain::permission::Action;
use crm_domain::violation::Violations;
use crm_storage::customers as core;
use diesel_async::AsyncPgConnection;

use super::Deals;
use crate::pipeline::{Stage, StageId};
use crate::store::{self, ListedDeal, customers};

impl Deals<'_> {
    /// Refuses a customer that there is not, that the actor may not read (which of both is not told), or that is put away. They
    /// stay as they are until the transaction ends.
    pub(super) async fn lock_customer(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: CustomerId,
    ) -> Result<()> {
        let scope = self
            .0
            .access()
            .await?
            .scope::<Customer>(actor, Action::Read);
        let is_archived = match scope {
            Ok(scope) => customers::lock_shared(conn, id, &scope).await?,
            Err(_) => None,
        };
        let (code, message) = match is_archived {
            Some(false) => return Ok(()),
            Some(true) => ("archived", "is archived"),
            None => ("not-found", "is not a customer that you can see"),
        };
        Err(Violations::one("customerId", code, message).into())
    }

    /// The stage in which a deal begins, locked as [`store::stages::lock`] does it.
    pub(super) async fn lock_first_stage(
        &self,
        conn: &mut AsyncPgConnection,
        named: Option<StageId>,
    ) -> Result<Stage> {
        let id = match named {
            Some(id) => Some(id),
            None => store::stages::first_of_all(conn).await?,
        };
        let stage = match id {
            Some(id) => store::stages::lock(conn, id).await?,
            None => None,
        };
        stage.ok_or_else(no_such_stage)
    }

    pub(super) async fn with_customer(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        mut deal: ListedDeal,
    ) -> Result<ListedDeal> {
        self.add_customers(conn, actor, slice::from_mut(&mut deal))
            .await?;
        Ok(deal)
    }

    /// Adds the names of the customers, where the actor may read those: by one query.
    pub(super) async fn add_customers(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        deals: &mut [ListedDeal],
    ) -> Result<()> {
        let scope = self.0.access().await?.scope(actor, Action::Read);
        let Ok(scope): Result<Scope<Customer>, _> = scope else {
            return Ok(());
        };
        let ids: Vec<_> = deals.iter().map(|deal| deal.deal.customer.uuid()).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let names = core::names(conn, &ids, &scope).await?;
        for deal in deals {
            let customer = deal.deal.customer.uuid();
            let mut names = names.iter();
            let name = names.find(|(id, _)| *id == customer);
            deal.customer_name = name.map(|(_, name)| name.clone());
        }
        Ok(())
    }
}

/// A stage that is not there, under the name by which operations take it.
pub(super) fn no_such_stage() -> Error {
    Violations::one("stageId", "not-found", "is not a stage").into()
}

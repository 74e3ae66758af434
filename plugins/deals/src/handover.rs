//! Deals of a user who leaves go to somebody else, with the user's other records.

use crm_app::Result;
use crm_app::plugin::Handover;
use crm_domain::change::Change;
use crm_domain::permission::Action;
use futures_util::future::BoxFuture;

use crate::deal::{Deal, DealEdit};
use crate::deals::Deals;
use crate::store;

/// Gives the next deals at hand that are assigned to the user.
pub(crate) fn give(handover: Handover<'_>) -> BoxFuture<'_, Result<usize>> {
    Box::pin(async move {
        let Handover {
            crm,
            conn,
            actor,
            from,
            to,
            most,
        } = handover;
        let scope = crm.access().await?.scope::<Deal>(actor, Action::Assign)?;
        let deals = store::list_assigned(conn, from, most, &scope).await?;
        for deal in &deals {
            let edit = DealEdit {
                owner: to.map_or(Change::Clear, Change::Set),
                ..DealEdit::default()
            };
            Deals(crm).edit_in(conn, actor, *deal, edit, None).await?;
        }
        Ok(deals.len())
    })
}

//! Deals follow their customers: when those are merged, and when they are taken apart again. In the same transaction, and each with
//! its activity and its event.

use crm_app::plugin::{HookContext, HookError};
use crm_domain::activity::{Changes, fields};
use crm_domain::event::{CustomerMerged, CustomerUnmerged};
use futures_util::future::BoxFuture;
use serde_json::json;

use crate::event::DealEdited;
use crate::store::merged::{self, Moved};

/// The most deals that one merge takes along: each is a row of the activity log.
pub const MAX_DEALS: usize = 1000;

/// Gives the deals of merged customers to the one that took them in.
pub(crate) fn take_in<'c>(
    event: &'c CustomerMerged,
    context: HookContext<'c>,
) -> BoxFuture<'c, Result<(), HookError>> {
    Box::pin(async move {
        let HookContext {
            crm,
            conn,
            actor,
            now,
        } = context;
        let limit = i64::try_from(MAX_DEALS + 1).unwrap_or(i64::MAX);
        let moved = merged::take_in(conn, event.customer_id, &event.sources, now, limit).await?;
        if moved.len() > MAX_DEALS {
            return Err(HookError::Veto {
                code: "deals.too-many-deals".to_owned(),
                message: format!(
                    "the customers have more than {MAX_DEALS} deals, which is too much at once"
                ),
            });
        }
        crm.emit_all(conn, actor, now, &edited(&moved)).await?;
        Ok(())
    })
}

/// Gives the customers that are at hand again the deals that a merge took from them, where the other one still has them.
pub(crate) fn give_back<'c>(
    event: &'c CustomerUnmerged,
    context: HookContext<'c>,
) -> BoxFuture<'c, Result<(), HookError>> {
    Box::pin(async move {
        let HookContext {
            crm,
            conn,
            actor,
            now,
        } = context;
        let moved = merged::give_back(conn, event.customer_id, &event.sources, now).await?;
        crm.emit_all(conn, actor, now, &edited(&moved)).await?;
        Ok(())
    })
}

fn edited(moved: &[Moved]) -> Vec<DealEdited> {
    let event = |moved: &Moved| DealEdited {
        deal_id: moved.deal,
        changes: Changes::between(
            fields([("customerId", json!(moved.from))]),
            fields([("customerId", json!(moved.to))]),
        ),
    };
    moved.iter().map(event).collect()
}

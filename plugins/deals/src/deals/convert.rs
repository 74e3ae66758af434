//! A lead becomes a customer, and a deal begins with them: both or none.

use crm_app::leads::{Conversion, ConvertOptions};
use crm_app::{Error, Result, write};
use crm_domain::activity::Actor;
use crm_domain::ids::LeadId;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::Deals;
use crate::deal::DealContent;
use crate::store::ListedDeal;

/// What converting a lead with a deal gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DealConversion {
    /// The lead and the customer that it became.
    pub conversion: Conversion,
    /// The deal.
    pub deal: ListedDeal,
}

impl Deals<'_> {
    /// Converts a lead and makes a deal with the customer that it becomes. With `version`, only if that is still the lead's. Of calls at
    /// once, one is done.
    ///
    /// # Errors
    /// As converting leads and making deals, or [`Error::Refused`] for a lead that was converted before.
    pub async fn convert(
        &self,
        actor: &Actor,
        lead: LeadId,
        (options, content): (ConvertOptions, DealContent),
        version: Option<i32>,
    ) -> Result<DealConversion> {
        write!(self.0, |conn| self.convert_in(
            conn,
            actor,
            lead,
            (options, content.clone()),
            version
        ))
    }

    /// [`Deals::convert`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Deals::convert`].
    pub async fn convert_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        lead: LeadId,
        (options, content): (ConvertOptions, DealContent),
        version: Option<i32>,
    ) -> Result<DealConversion> {
        conn.transaction(async |conn| {
            let leads = self.0.leads();
            let conversion = leads
                .convert_in(conn, actor, lead, version, options)
                .await?;
            if conversion.already_converted {
                return Err(Error::Refused {
                    code: "deals.lead-converted",
                    message: "the lead was converted before; make a deal with its customer"
                        .to_owned(),
                });
            }
            let new = content.with(conversion.customer.customer.id);
            let deal = self.create_in(conn, actor, new).await;
            let deal = deal.map_err(told_by_deal)?;
            Ok(DealConversion { conversion, deal })
        })
        .await
    }
}

/// What is wrong with the deal stands below it.
fn told_by_deal(error: Error) -> Error {
    match error {
        Error::Invalid(violations) => violations.below("deal").into(),
        error => error,
    }
}

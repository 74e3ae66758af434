//! Converting a lead with a deal, on the wire.

use crm_app::leads::{ConvertOptions, OnCandidates};
use crm_domain::ids::CustomerId;
use crm_http::api::customers::Customer;
use crm_http::api::leads::Lead;
use crm_http::plugin::Problem;
use crm_http::wire_enum;
use poem_openapi::Object;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::DealsDeal;
use super::input::DealsDealContent;
use crate::deal::DealContent;
use crate::deals::DealConversion;

wire_enum! {
    /// What to do when customers may be the same as the one that a lead would become.
    DealsOnDuplicate = OnCandidates {
        /// Refuse, naming them.
        Fail = "fail",
        /// Link the lead to the one with its e-mail address.
        Link = "link",
        /// Make another one all the same.
        Create = "create",
    }
}

/// How a lead is converted, and which deal begins with the customer.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(in crate::api) struct DealsConvertLead {
    /// The customer at hand that the lead becomes; a new one, unless it is given.
    customer_id: Option<Uuid>,
    /// What to do when customers may be the same as the new one: `fail`, unless it is given.
    on_duplicate: Option<DealsOnDuplicate>,
    /// The deal.
    deal: DealsDealContent,
}

impl DealsConvertLead {
    pub(in crate::api) fn into_command(self) -> Result<(ConvertOptions, DealContent), Problem> {
        let Self {
            customer_id,
            on_duplicate,
            deal,
        } = self;
        let options = ConvertOptions {
            link_to: customer_id.map(CustomerId::from),
            on_duplicate: on_duplicate.map(Into::into).unwrap_or_default(),
            dry_run: false,
        };
        let content = DealContent::try_from(deal).map_err(|wrong| wrong.below("deal"))?;
        Ok((options, content))
    }
}

/// What converting a lead with a deal gave.
#[derive(Debug, Serialize, Object)]
pub(in crate::api) struct DealsConversion {
    /// The deal.
    deal: DealsDeal,
    /// The customer.
    customer: Customer,
    /// The lead, now Converted.
    lead: Lead,
}

impl From<DealConversion> for DealsConversion {
    fn from(converted: DealConversion) -> Self {
        let DealConversion { conversion, deal } = converted;
        Self {
            deal: deal.into(),
            customer: conversion.customer.into(),
            lead: conversion.lead.into(),
        }
    }
}

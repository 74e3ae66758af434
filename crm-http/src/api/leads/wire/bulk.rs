//! The body of the bulk of leads.

use crm_domain::ids::LeadId;
use crm_domain::lead::{LeadEdit, LeadFilter};

use super::{EditLead, FilterLeads};
use crate::bulk::bulk_body;

bulk_body! {
    /// What is done to many leads.
    pub(in crate::api::leads) BulkLeads of LeadId by FilterLeads as LeadFilter and EditLead as LeadEdit,
    given by assigned_agent
}

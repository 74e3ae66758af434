//! The bodies of what is done to many leads, and of many that are made.

use crm_domain::ids::LeadId;
use crm_domain::lead::{LeadEdit, LeadFilter};

use super::{CreateLead, EditLead, FilterLeads};
use crate::batch::batch_body;
use crate::bulk::bulk_body;

bulk_body! {
    /// What is done to many leads.
    pub(in crate::api::leads) BulkLeads of LeadId by FilterLeads as LeadFilter and EditLead as LeadEdit,
    given by assigned_agent
}

batch_body! {
    /// Many new leads.
    pub(in crate::api::leads) CreateLeads of CreateLead
}

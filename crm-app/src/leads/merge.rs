//! Leads that are the same become one.

use chrono::{DateTime, Utc};
use crm_domain::activity::{Actor, Changes};
use crm_domain::duplicate::MergeError;
use crm_domain::event::{Event, LeadArchived, LeadMerged, LeadRestored, LeadUnmerged};
use crm_domain::ids::LeadId;
use crm_domain::lead::{Lead, LeadEdit};
use crm_storage::{Error as StorageError, leads};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

use super::{Leads, ListedLead};
use crate::dry_run::{keep_unless_dry, settle};
use crate::error::Result;
use crate::merge::{MergeOptions, Merged, mergeable};
use crate::write;

mergeable! {
    Leads: Lead (LeadId, lead_id) with LeadEdit, given by assigned_agent as "assignedAgent",
    shown as ListedLead (leads::shown), events LeadMerged, LeadUnmerged, LeadArchived, LeadRestored,
    notes no_notes, no_notes_back
}

/// Leads have none.
async fn no_notes(
    _: &mut AsyncPgConnection,
    _: LeadId,
    _: LeadId,
) -> Result<Vec<Uuid>, StorageError> {
    Ok(Vec::new())
}

async fn no_notes_back(
    _: &mut AsyncPgConnection,
    _: &[Uuid],
    _: LeadId,
    _: LeadId,
) -> Result<(), StorageError> {
    Ok(())
}

//! Customers who are the same become one.

use chrono::{DateTime, Utc};
use crm_domain::activity::{Actor, Changes};
use crm_domain::customer::{Customer, CustomerEdit};
use crm_domain::duplicate::MergeError;
use crm_domain::event::{
    CustomerArchived, CustomerMerged, CustomerRestored, CustomerUnmerged, Event,
};
use crm_domain::ids::CustomerId;
use crm_storage::customers::{move_notes, return_notes, shown};
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::{Customers, ListedCustomer};
use crate::dry_run::{keep_unless_dry, settle};
use crate::error::Result;
use crate::merge::{MergeOptions, Merged, mergeable};
use crate::write;

mergeable! {
    Customers: Customer (CustomerId, customer_id) with CustomerEdit, given by owner as "owner",
    shown as ListedCustomer (shown), events CustomerMerged, CustomerUnmerged, CustomerArchived, CustomerRestored,
    notes move_notes, return_notes
}

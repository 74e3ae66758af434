//! The bodies of what is done to many customers, and of many that are made.

use crm_domain::customer::{CustomerEdit, CustomerFilter};
use crm_domain::ids::CustomerId;

use super::{CreateCustomer, EditCustomer, FilterCustomers};
use crate::batch::batch_body;
use crate::bulk::bulk_body;

bulk_body! {
    /// What is done to many customers.
    pub(in crate::api::customers) BulkCustomers of CustomerId by FilterCustomers as CustomerFilter and EditCustomer as CustomerEdit,
    given by owner
}

batch_body! {
    /// Many new customers.
    pub(in crate::api::customers) CreateCustomers of CreateCustomer
}

//! Customers: list, make, show, change, put away, take back; and the notes on them.

mod wire;

pub use wire::Customer;
pub(in crate::api) use wire::ListCustomers;

use crm_app::MergeOptions;
use crm_domain::customer::{CustomerQuery, NewCustomer};
use crm_domain::list::PageRequest;
use crm_domain::page::Limit;
use crm_domain::permission::Resource;
use poem::Request;
use poem::http::header;
use poem_openapi::param::Path;
use poem_openapi::{OpenApi, Tags};
use uuid::Uuid;

use crate::api::activities::ActivityList;
use crate::api::duplicates::CandidateList;
use crate::api::{CreateOptions, Message};
use crate::auth::Require;
use crate::batch::{self, BatchResult};
use crate::body::Body;
use crate::bulk::BulkResult;
use crate::export::Download;
use crate::if_match::IfMatch;
use crate::list::Onward;
use crate::permissions;
use crate::problem::Problem;
use crate::query::Query;
use crate::reply::{Created, Made, Reply, Versioned, location};

use wire::{
    AddNote, AssignCustomer, BulkCustomers, CreateCustomer, CreateCustomers, CustomerList,
    CustomerNote, CustomerNoteList, CustomerRecord, EditCustomer, ExportCustomers, Merge,
    MergeCustomers,
};

permissions! {
    /// See customers.
    CustomerRead = "customer:read" (Resource::CUSTOMER, Read);
    /// Make customers.
    CustomerCreate = "customer:create" (Resource::CUSTOMER, Create);
    /// Change customers.
    CustomerUpdate = "customer:update" (Resource::CUSTOMER, Update);
    /// Put customers away.
    CustomerDelete = "customer:delete" (Resource::CUSTOMER, Delete);
    /// Merge customers, and take them apart again.
    CustomerMerge = "customer:merge" (Resource::CUSTOMER, Merge);
    /// Take customers out as a file.
    CustomerExport = "customer:export" (Resource::CUSTOMER, Export);
}

#[derive(Tags)]
enum Tag {
    /// Whom business is done with.
    Customers,
}

/// The operations below `/api/customers`.
pub struct CustomersApi;

#[OpenApi(tag = "Tag::Customers")]
impl CustomersApi {
    /// List customers
    ///
    /// Numbered pages come with a total; `cursor` goes on where a page ended, as deep as there are customers.
    #[oai(path = "/customers", method = "get", operation_id = "listCustomers")]
    async fn list(
        &self,
        auth: Require<CustomerRead>,
        query: Query<ListCustomers>,
    ) -> Result<Reply<CustomerList>, Problem> {
        let query = CustomerQuery::try_from(query.0)?;
        let page = auth.crm().customers().list(auth.actor(), &query).await?;
        Ok(Reply::new(page.into()))
    }

    /// Take customers out as a file
    ///
    /// All that match and that the caller may both see and export, as they are at one instant. In CSV a cell that a
    /// spreadsheet would take for a formula has an apostrophe before it, and the items of a list are separated by
    /// semicolons. A file whose transfer breaks off is not whole.
    #[oai(
        path = "/customers/export",
        method = "get",
        operation_id = "exportCustomers"
    )]
    async fn export(
        &self,
        auth: Require<CustomerExport>,
        query: Query<ExportCustomers>,
    ) -> Result<Download, Problem> {
        let (list, format) = query.0.split();
        let CustomerQuery { filter, sort, .. } = list.try_into()?;
        let customers = auth.crm().customers();
        let export = customers.export(auth.actor(), filter, sort).await?;
        let name = format!("customers-{}", auth.crm().now().date_naive());
        Ok(Download::new::<_, Customer>(export, format, name))
    }

    /// Make a customer
    ///
    /// One whose address another customer at hand has is refused, unless `allowDuplicate=true`.
    #[oai(path = "/customers", method = "post", operation_id = "createCustomer")]
    async fn create(
        &self,
        auth: Require<CustomerCreate>,
        req: &Request,
        options: Query<CreateOptions>,
        body: Body<CreateCustomer>,
    ) -> Result<Created<Customer>, Problem> {
        let new = NewCustomer::try_from(body.0)?;
        let customer = auth
            .crm()
            .customers()
            .create(auth.actor(), new, options.0.on_duplicate())
            .await?;
        let (id, version) = (customer.customer.id, customer.customer.version);
        Ok(Created::new(customer.into())
            .etag(version)
            .header(header::LOCATION, location(req, id.uuid())))
    }

    /// Make many customers
    ///
    /// Each is made or refused by itself, as if it had been sent alone; with `allOrNone` all are made or none.
    #[oai(
        path = "/customers/batch",
        method = "post",
        operation_id = "createCustomers"
    )]
    async fn create_many(
        &self,
        auth: Require<CustomerCreate>,
        options: Query<CreateOptions>,
        body: Body<CreateCustomers>,
    ) -> Result<Reply<BatchResult>, Problem> {
        let (new, on_refusal, places) = batch::parse(body.0.items, body.0.all_or_none)?;
        let customers = auth.crm().customers();
        let made = customers
            .create_many(auth.actor(), new, options.0.on_duplicate(), on_refusal)
            .await?;
        let ids = made.into_iter().map(|made| Ok(made?.customer.id.uuid()));
        Ok(Reply::new(places.answer(ids, on_refusal)?))
    }

    /// Do something to many customers
    ///
    /// Each is done or refused by itself, as the operation on it alone would, and has an activity of its own. Needs the
    /// permission for it besides, for each.
    #[oai(
        path = "/customers/bulk",
        method = "post",
        operation_id = "bulkCustomers"
    )]
    async fn bulk(
        &self,
        auth: Require<CustomerRead>,
        body: Body<BulkCustomers>,
    ) -> Result<Reply<BulkResult>, Problem> {
        let (selection, action) = body.0.into_command()?;
        let customers = auth.crm().customers();
        let bulk = customers.bulk(auth.actor(), selection, action).await?;
        Ok(Reply::new(bulk.into()))
    }

    /// Show a customer
    ///
    /// With the newest notes; all of them are at `/api/customers/{id}/notes`. With the newest deals that the caller may see, where
    /// deals are kept.
    #[oai(path = "/customers/:id", method = "get", operation_id = "getCustomer")]
    async fn get(
        &self,
        auth: Require<CustomerRead>,
        id: Path<Uuid>,
    ) -> Result<Versioned<CustomerRecord>, Problem> {
        let customers = auth.crm().customers();
        let customer = customers.get(auth.actor(), id.0.into()).await?;
        let newest = PageRequest::first(Limit::most());
        let notes = customers.notes(auth.actor(), id.0.into(), &newest).await?;
        let deals = customers.deals(auth.actor(), id.0.into()).await?;
        let version = customer.customer.version;
        Ok(Versioned::new(CustomerRecord::new(customer, notes, deals)).etag(version))
    }

    /// Merge customers into this one
    ///
    /// It takes from the others what it lacks, their tags, notes and tasks; `overrides` says what is to be otherwise.
    /// The others are archived, and say in `mergedInto` where they went. A dry run answers the same and writes nothing.
    #[oai(
        path = "/customers/:id/merge",
        method = "post",
        operation_id = "mergeCustomers"
    )]
    async fn merge(
        &self,
        auth: Require<CustomerMerge>,
        id: Path<Uuid>,
        /// Only if the customer still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<MergeCustomers>,
    ) -> Result<Reply<Merge>, Problem> {
        let options: MergeOptions<_, _> = body.0.try_into()?;
        let dry_run = options.dry_run;
        let merged = auth
            .crm()
            .customers()
            .merge(auth.actor(), id.0.into(), if_match.0, options)
            .await?;
        let message = if dry_run {
            "The customers can be merged."
        } else {
            "Customers merged."
        };
        Ok(Reply::new(Merge::new(message, merged)))
    }

    /// Undo the newest merge into this customer
    ///
    /// The others are at hand again, with their notes and tasks. What the merge changed is as it was, unless somebody
    /// changed it since.
    #[oai(
        path = "/customers/:id/unmerge",
        method = "post",
        operation_id = "unmergeCustomers"
    )]
    async fn unmerge(
        &self,
        auth: Require<CustomerMerge>,
        id: Path<Uuid>,
        /// Only if the customer still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Result<Reply<Merge>, Problem> {
        let unmerged = auth
            .crm()
            .customers()
            .unmerge(auth.actor(), id.0.into(), if_match.0)
            .await?;
        Ok(Reply::new(Merge::new("The merge was undone.", unmerged)))
    }

    /// Find customers who may be the same
    ///
    /// By an equal address, number, or name and company. A key that more than twenty customers share tells nobody apart,
    /// and is not looked at.
    #[oai(
        path = "/customers/:id/duplicates",
        method = "get",
        operation_id = "findCustomerDuplicates"
    )]
    async fn duplicates(
        &self,
        auth: Require<CustomerRead>,
        id: Path<Uuid>,
    ) -> Result<Reply<CandidateList>, Problem> {
        let customers = auth.crm().customers();
        let found = customers.duplicates(auth.actor(), id.0.into()).await?;
        Ok(Reply::new(found.into()))
    }

    /// Show what was done to a customer
    ///
    /// The newest first: to the customer, notes among it, to those who were merged into them, to the leads that became them,
    /// and to the 1,000 newest tasks about customers and leads each, as far as the caller may see those.
    #[oai(
        path = "/customers/:id/timeline",
        method = "get",
        operation_id = "getCustomerTimeline"
    )]
    async fn timeline(
        &self,
        auth: Require<CustomerRead>,
        id: Path<Uuid>,
        query: Query<Onward>,
    ) -> Result<Reply<ActivityList>, Problem> {
        let timeline = auth
            .crm()
            .customers()
            .timeline(auth.actor(), id.0.into(), &query.0.try_into()?)
            .await?;
        Ok(Reply::new(timeline.into()))
    }

    /// Change a customer
    ///
    /// A field that is absent stays; `null` clears it. With `If-Match`, only the version with that `ETag` is changed.
    #[oai(
        path = "/customers/:id",
        method = "patch",
        operation_id = "updateCustomer"
    )]
    async fn edit(
        &self,
        auth: Require<CustomerUpdate>,
        id: Path<Uuid>,
        /// Only if the customer still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<EditCustomer>,
    ) -> Result<Versioned<Customer>, Problem> {
        let edit = body.0.try_into()?;
        let customer = auth
            .crm()
            .customers()
            .edit(auth.actor(), id.0.into(), edit, if_match.0)
            .await?;
        Ok(versioned(customer))
    }

    /// Give a customer to somebody
    ///
    /// To the user in `owner`, or to nobody (`null`). Who may change a customer may take them; all else takes `customer:assign`.
    #[oai(
        path = "/customers/:id/assign",
        method = "post",
        operation_id = "assignCustomer"
    )]
    async fn assign(
        &self,
        auth: Require<CustomerUpdate>,
        id: Path<Uuid>,
        /// Only if the customer still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<AssignCustomer>,
    ) -> Result<Versioned<Customer>, Problem> {
        let edit = body.0.try_into()?;
        let customers = auth.crm().customers();
        let customer = customers
            .edit(auth.actor(), id.0.into(), edit, if_match.0)
            .await?;
        Ok(versioned(customer))
    }

    /// Put a customer away
    ///
    /// The customer is kept: lists hide them, and they can be restored.
    #[oai(
        path = "/customers/:id",
        method = "delete",
        operation_id = "archiveCustomer"
    )]
    async fn archive(
        &self,
        auth: Require<CustomerDelete>,
        id: Path<Uuid>,
        /// Only if the customer still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Result<Reply<Message>, Problem> {
        auth.crm()
            .customers()
            .archive(auth.actor(), id.0.into(), if_match.0)
            .await?;
        Ok(Reply::new(Message::new("Customer archived.")))
    }

    /// Take a customer back from the archive
    ///
    /// Refused where an active customer has come to have its address or phone number.
    #[oai(
        path = "/customers/:id/restore",
        method = "post",
        operation_id = "restoreCustomer"
    )]
    async fn restore(
        &self,
        auth: Require<CustomerUpdate>,
        id: Path<Uuid>,
        /// Only if the customer still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Result<Versioned<Customer>, Problem> {
        let customer = auth
            .crm()
            .customers()
            .restore(auth.actor(), id.0.into(), if_match.0)
            .await?;
        Ok(versioned(customer))
    }

    /// List the notes on a customer
    ///
    /// The newest first.
    #[oai(
        path = "/customers/:id/notes",
        method = "get",
        operation_id = "listCustomerNotes"
    )]
    async fn notes(
        &self,
        auth: Require<CustomerRead>,
        id: Path<Uuid>,
        query: Query<Onward>,
    ) -> Result<Reply<CustomerNoteList>, Problem> {
        let notes = auth
            .crm()
            .customers()
            .notes(auth.actor(), id.0.into(), &query.0.try_into()?)
            .await?;
        Ok(Reply::new(notes.into()))
    }

    /// Write a note about a customer
    ///
    /// It stands in the timeline, with who wrote it and when.
    #[oai(
        path = "/customers/:id/notes",
        method = "post",
        operation_id = "addCustomerNote"
    )]
    async fn add_note(
        &self,
        auth: Require<CustomerUpdate>,
        id: Path<Uuid>,
        body: Body<AddNote>,
    ) -> Result<Made<CustomerNote>, Problem> {
        let text = body.0.parse()?;
        let note = auth
            .crm()
            .customers()
            .add_note(auth.actor(), id.0.into(), text)
            .await?;
        Ok(Made::new(note.into()))
    }

    /// Take a note away
    ///
    /// For its author, and for whoever may archive every customer. Its text stays in the activity log.
    #[oai(
        path = "/customers/:id/notes/:noteId",
        method = "delete",
        operation_id = "removeCustomerNote"
    )]
    async fn remove_note(
        &self,
        auth: Require<CustomerUpdate>,
        id: Path<Uuid>,
        #[oai(name = "noteId")] note_id: Path<Uuid>,
    ) -> Result<Reply<Message>, Problem> {
        auth.crm()
            .customers()
            .remove_note(auth.actor(), id.0.into(), note_id.0.into())
            .await?;
        Ok(Reply::new(Message::new("Note removed.")))
    }
}

fn versioned(customer: crm_app::customers::ListedCustomer) -> Versioned<Customer> {
    let version = customer.customer.version;
    Versioned::new(customer.into()).etag(version)
}

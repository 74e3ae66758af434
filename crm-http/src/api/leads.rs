//! Leads: list, make, show, change, put away, take back, convert.

mod wire;

pub(in crate::api) use wire::ListLeads;
pub use wire::{Lead, LeadStatus};

use crm_app::MergeOptions;
use crm_app::leads::ConvertOptions;
use crm_domain::lead::{LeadQuery, NewLead};
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
use crate::body::{Body, OptionalBody};
use crate::bulk::BulkResult;
use crate::export::Download;
use crate::if_match::IfMatch;
use crate::list::Onward;
use crate::permissions;
use crate::problem::Problem;
use crate::query::Query;
use crate::reply::{Created, Reply, Versioned, location};

use wire::{
    AssignLead, BulkLeads, Conversion, ConvertLead, CreateLead, CreateLeads, EditLead, ExportLeads,
    LeadHistory, LeadList, Merge, MergeLeads,
};

permissions! {
    /// See leads.
    LeadRead = "lead:read" (Resource::LEAD, Read);
    /// Make leads.
    LeadCreate = "lead:create" (Resource::LEAD, Create);
    /// Change leads.
    LeadUpdate = "lead:update" (Resource::LEAD, Update);
    /// Put leads away.
    LeadDelete = "lead:delete" (Resource::LEAD, Delete);
    /// Turn leads into customers.
    LeadConvert = "lead:convert" (Resource::LEAD, Convert);
    /// Merge leads, and take them apart again.
    LeadMerge = "lead:merge" (Resource::LEAD, Merge);
    /// Undo conversions of leads.
    LeadManage = "lead:manage" (Resource::LEAD, Manage);
    /// Take leads out as a file.
    LeadExport = "lead:export" (Resource::LEAD, Export);
}

#[derive(Tags)]
enum Tag {
    /// People and companies who may become customers.
    Leads,
}

/// The operations below `/api/leads`.
pub struct LeadsApi;

#[OpenApi(tag = "Tag::Leads")]
impl LeadsApi {
    /// List leads
    ///
    /// Numbered pages come with a total; `cursor` goes on where a page ended, as deep as there are leads.
    #[oai(path = "/leads", method = "get", operation_id = "listLeads")]
    async fn list(
        &self,
        auth: Require<LeadRead>,
        query: Query<ListLeads>,
    ) -> Result<Reply<LeadList>, Problem> {
        let query: LeadQuery = query.0.try_into()?;
        let page = auth.crm().leads().list(auth.actor(), &query).await?;
        Ok(Reply::new(page.into()))
    }

    /// Take leads out as a file
    ///
    /// All that match and that the caller may both see and export, as they are at one instant. In CSV a cell that a
    /// spreadsheet would take for a formula has an apostrophe before it, and the items of a list are separated by
    /// semicolons. A file whose transfer breaks off is not whole.
    #[oai(path = "/leads/export", method = "get", operation_id = "exportLeads")]
    async fn export(
        &self,
        auth: Require<LeadExport>,
        query: Query<ExportLeads>,
    ) -> Result<Download, Problem> {
        let (list, format) = query.0.split();
        let LeadQuery { filter, sort, .. } = list.try_into()?;
        let leads = auth.crm().leads();
        let export = leads.export(auth.actor(), filter, sort).await?;
        let name = format!("leads-{}", auth.crm().now().date_naive());
        Ok(Download::new::<_, Lead>(export, format, name))
    }

    /// Make a lead
    ///
    /// A lead needs a name, and an address or a number. One whose address another lead at hand has is refused,
    /// unless `allowDuplicate=true`. One without `assignedAgent` goes to whom the assignment rules choose; whoever made it may
    /// not be able to read it then.
    #[oai(path = "/leads", method = "post", operation_id = "createLead")]
    async fn create(
        &self,
        auth: Require<LeadCreate>,
        req: &Request,
        options: Query<CreateOptions>,
        body: Body<CreateLead>,
    ) -> Result<Created<Lead>, Problem> {
        let new = NewLead::try_from(body.0)?;
        let lead = auth
            .crm()
            .leads()
            .create(auth.actor(), new, options.0.on_duplicate())
            .await?;
        let (id, version) = (lead.lead.id, lead.lead.version);
        Ok(Created::new(lead.into())
            .etag(version)
            .header(header::LOCATION, location(req, id.uuid())))
    }

    /// Make many leads
    ///
    /// Each is made or refused by itself, as if it had been sent alone; with `allOrNone` all are made or none.
    #[oai(path = "/leads/batch", method = "post", operation_id = "createLeads")]
    async fn create_many(
        &self,
        auth: Require<LeadCreate>,
        options: Query<CreateOptions>,
        body: Body<CreateLeads>,
    ) -> Result<Reply<BatchResult>, Problem> {
        let (new, on_refusal, places) = batch::parse(body.0.items, body.0.all_or_none)?;
        let leads = auth.crm().leads();
        let made = leads
            .create_many(auth.actor(), new, options.0.on_duplicate(), on_refusal)
            .await?;
        let ids = made.into_iter().map(|made| Ok(made?.lead.id.uuid()));
        Ok(Reply::new(places.answer(ids, on_refusal)?))
    }

    /// Do something to many leads
    ///
    /// Each is done or refused by itself, as the operation on it alone would, and has an activity of its own. Needs the
    /// permission for it besides, for each.
    #[oai(path = "/leads/bulk", method = "post", operation_id = "bulkLeads")]
    async fn bulk(
        &self,
        auth: Require<LeadRead>,
        body: Body<BulkLeads>,
    ) -> Result<Reply<BulkResult>, Problem> {
        let (selection, action) = body.0.into_command()?;
        let leads = auth.crm().leads();
        let bulk = leads.bulk(auth.actor(), selection, action).await?;
        Ok(Reply::new(bulk.into()))
    }

    /// Show a lead
    ///
    /// One that was merged into another names it by `mergedInto`.
    #[oai(path = "/leads/:id", method = "get", operation_id = "getLead")]
    async fn get(
        &self,
        auth: Require<LeadRead>,
        id: Path<Uuid>,
    ) -> Result<Versioned<Lead>, Problem> {
        let lead = auth.crm().leads().get(auth.actor(), id.0.into()).await?;
        Ok(versioned(lead))
    }

    /// Show what was done to a lead
    ///
    /// The newest first: to the lead, to those that were merged into it, and to the 1,000 newest tasks about them, as far as the
    /// caller may see those.
    #[oai(
        path = "/leads/:id/timeline",
        method = "get",
        operation_id = "getLeadTimeline"
    )]
    async fn timeline(
        &self,
        auth: Require<LeadRead>,
        id: Path<Uuid>,
        query: Query<Onward>,
    ) -> Result<Reply<ActivityList>, Problem> {
        let timeline = auth
            .crm()
            .leads()
            .timeline(auth.actor(), id.0.into(), &query.0.try_into()?)
            .await?;
        Ok(Reply::new(timeline.into()))
    }

    /// Show through which statuses a lead went
    ///
    /// The oldest first, with the time spent in each, and where the lead stands now.
    #[oai(
        path = "/leads/:id/history",
        method = "get",
        operation_id = "getLeadHistory"
    )]
    async fn history(
        &self,
        auth: Require<LeadRead>,
        id: Path<Uuid>,
        query: Query<Onward>,
    ) -> Result<Reply<LeadHistory>, Problem> {
        let history = auth
            .crm()
            .leads()
            .history(auth.actor(), id.0.into(), &query.0.try_into()?)
            .await?;
        Ok(Reply::new(history.into()))
    }

    /// Change a lead
    ///
    /// A field that is absent stays; `null` clears it. With `If-Match`, only the version with that `ETag` is changed.
    #[oai(path = "/leads/:id", method = "patch", operation_id = "updateLead")]
    async fn edit(
        &self,
        auth: Require<LeadUpdate>,
        id: Path<Uuid>,
        /// Only if the lead still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<EditLead>,
    ) -> Result<Versioned<Lead>, Problem> {
        let edit = body.0.try_into()?;
        let lead = auth
            .crm()
            .leads()
            .edit(auth.actor(), id.0.into(), edit, if_match.0)
            .await?;
        Ok(versioned(lead))
    }

    /// Put a lead away
    ///
    /// The lead is kept: lists hide it, and it can be restored.
    #[oai(path = "/leads/:id", method = "delete", operation_id = "archiveLead")]
    async fn archive(
        &self,
        auth: Require<LeadDelete>,
        id: Path<Uuid>,
        /// Only if the lead still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Result<Reply<Message>, Problem> {
        auth.crm()
            .leads()
            .archive(auth.actor(), id.0.into(), if_match.0)
            .await?;
        Ok(Reply::new(Message::new("Lead archived.")))
    }

    /// Take a lead back from the archive
    ///
    /// Refused where an active lead has come to have its address or phone number.
    #[oai(
        path = "/leads/:id/restore",
        method = "post",
        operation_id = "restoreLead"
    )]
    async fn restore(
        &self,
        auth: Require<LeadUpdate>,
        id: Path<Uuid>,
        /// Only if the lead still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Result<Versioned<Lead>, Problem> {
        let lead = auth
            .crm()
            .leads()
            .restore(auth.actor(), id.0.into(), if_match.0)
            .await?;
        Ok(versioned(lead))
    }

    /// Give a lead to somebody
    ///
    /// To the user in `assignedAgent`, to nobody (`null`), or to whom the assignment rules choose (`byRule`). Who may change a lead
    /// may take it; all else takes `lead:assign`.
    #[oai(
        path = "/leads/:id/assign",
        method = "post",
        operation_id = "assignLead"
    )]
    async fn assign(
        &self,
        auth: Require<LeadUpdate>,
        id: Path<Uuid>,
        /// Only if the lead still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<AssignLead>,
    ) -> Result<Versioned<Lead>, Problem> {
        let to = body.0.try_into()?;
        let leads = auth.crm().leads();
        let lead = leads
            .assign(auth.actor(), id.0.into(), to, if_match.0)
            .await?;
        Ok(versioned(lead))
    }

    /// Convert a lead into a customer
    ///
    /// Converting twice gives the same customer. A dry run answers the same and writes nothing.
    ///
    /// When customers at hand may be the same (an equal address, number, or name and company), it is refused with the code
    /// `duplicate-candidates`, unless `onDuplicate` says otherwise. A customer named in `customer` is taken as they are:
    /// they get what they lack and the lead has, and keep the rest.
    #[oai(
        path = "/leads/:id/convert",
        method = "post",
        operation_id = "convertLead"
    )]
    async fn convert(
        &self,
        auth: Require<LeadConvert>,
        id: Path<Uuid>,
        /// Only if the lead, not yet converted, still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: OptionalBody<ConvertLead>,
    ) -> Result<Reply<Conversion>, Problem> {
        let options: ConvertOptions = body.0.unwrap_or_default().try_into()?;
        let conversion = auth
            .crm()
            .leads()
            .convert(auth.actor(), id.0.into(), if_match.0, options)
            .await?;
        Ok(Reply::new(Conversion::new(conversion, options.dry_run)))
    }

    /// Undo the conversion of a lead
    ///
    /// The lead is Qualified again, and the customer made of it is archived. Refused once anything else was done with that
    /// customer.
    #[oai(
        path = "/leads/:id/unconvert",
        method = "post",
        operation_id = "unconvertLead"
    )]
    async fn unconvert(
        &self,
        auth: Require<LeadManage>,
        id: Path<Uuid>,
        /// Only if the lead still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Result<Versioned<Lead>, Problem> {
        let lead = auth
            .crm()
            .leads()
            .unconvert(auth.actor(), id.0.into(), if_match.0)
            .await?;
        Ok(versioned(lead))
    }

    /// Merge leads into this one
    ///
    /// It takes from the others what it lacks, their tags and tasks; `overrides` says what is to be otherwise.
    /// The others are archived, and say in `mergedInto` where they went. A dry run answers the same and writes nothing.
    #[oai(
        path = "/leads/:id/merge",
        method = "post",
        operation_id = "mergeLeads"
    )]
    async fn merge(
        &self,
        auth: Require<LeadMerge>,
        id: Path<Uuid>,
        /// Only if the lead still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<MergeLeads>,
    ) -> Result<Reply<Merge>, Problem> {
        let options: MergeOptions<_, _> = body.0.try_into()?;
        let dry_run = options.dry_run;
        let merged = auth
            .crm()
            .leads()
            .merge(auth.actor(), id.0.into(), if_match.0, options)
            .await?;
        let message = if dry_run {
            "The leads can be merged."
        } else {
            "Leads merged."
        };
        Ok(Reply::new(Merge::new(message, merged)))
    }

    /// Undo the newest merge into this lead
    ///
    /// The others are at hand again, with their tasks. What the merge changed is as it was, unless somebody
    /// changed it since.
    #[oai(
        path = "/leads/:id/unmerge",
        method = "post",
        operation_id = "unmergeLeads"
    )]
    async fn unmerge(
        &self,
        auth: Require<LeadMerge>,
        id: Path<Uuid>,
        /// Only if the lead still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Result<Reply<Merge>, Problem> {
        let unmerged = auth
            .crm()
            .leads()
            .unmerge(auth.actor(), id.0.into(), if_match.0)
            .await?;
        Ok(Reply::new(Merge::new("The merge was undone.", unmerged)))
    }

    /// Find leads that may be the same
    ///
    /// By an equal address, number, or name and company. A key that more than twenty leads share tells nobody apart, and
    /// is not looked at.
    #[oai(
        path = "/leads/:id/duplicates",
        method = "get",
        operation_id = "findLeadDuplicates"
    )]
    async fn duplicates(
        &self,
        auth: Require<LeadRead>,
        id: Path<Uuid>,
    ) -> Result<Reply<CandidateList>, Problem> {
        let leads = auth.crm().leads();
        let found = leads.duplicates(auth.actor(), id.0.into()).await?;
        Ok(Reply::new(found.into()))
    }
}

fn versioned(lead: crm_app::leads::ListedLead) -> Versioned<Lead> {
    let version = lead.lead.version;
    Versioned::new(Lead::from(lead)).etag(version)
}

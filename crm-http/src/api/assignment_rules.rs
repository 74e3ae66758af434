//! Assignment rules: list, show, make, change, order, delete, and see what they would do.

mod wire;

use crm_domain::assignment::{self, LeadTraits};
use crm_domain::permission::Resource;
use poem::Request;
use poem::http::header;
use poem_openapi::param::Path;
use poem_openapi::{OpenApi, Tags};
use uuid::Uuid;

use crate::api::Message;
use crate::auth::Require;
use crate::body::Body;
use crate::if_match::IfMatch;
use crate::permissions;
use crate::problem::Problem;
use crate::reply::{Created, Reply, Versioned, location};

pub use wire::AssignmentRule;
use wire::{AssignmentPreview, CreateRule, EditRule, PreviewLead, RuleList};

permissions! {
    /// See assignment rules.
    RuleRead = "assignmentRule:read" (Resource::ASSIGNMENT_RULE, Read);
    /// Make, change, order and delete assignment rules.
    RuleManage = "assignmentRule:manage" (Resource::ASSIGNMENT_RULE, Manage);
}

#[derive(Tags)]
enum Tag {
    /// Who gets the leads that nobody was named for.
    AssignmentRules,
}

/// The operations below `/api/assignment-rules`.
pub struct AssignmentRulesApi;

#[OpenApi(tag = "Tag::AssignmentRules")]
impl AssignmentRulesApi {
    /// List assignment rules
    ///
    /// The first active one whose conditions hold for a lead, and of whose users one is active, gives it to one of them.
    #[oai(
        path = "/assignment-rules",
        method = "get",
        operation_id = "listAssignmentRules"
    )]
    async fn list(&self, auth: Require<RuleRead>) -> Result<Reply<RuleList>, Problem> {
        let rules = auth.crm().assignment_rules().list(auth.actor()).await?;
        let rules = rules.into_iter().map(AssignmentRule::from).collect();
        Ok(Reply::new(RuleList { rules }))
    }

    /// Make an assignment rule
    ///
    /// At the end of the list, unless `position` says where.
    #[oai(
        path = "/assignment-rules",
        method = "post",
        operation_id = "createAssignmentRule"
    )]
    async fn create(
        &self,
        auth: Require<RuleManage>,
        req: &Request,
        body: Body<CreateRule>,
    ) -> Result<Created<AssignmentRule>, Problem> {
        let (content, position) = body.0.into_content()?;
        let rules = auth.crm().assignment_rules();
        let rule = rules.create(auth.actor(), content, position).await?;
        let (id, version) = (rule.id, rule.version);
        Ok(Created::new(rule.into())
            .etag(version)
            .header(header::LOCATION, location(req, id.uuid())))
    }

    /// Show an assignment rule
    ///
    /// Its conditions, how it chooses, and among whom.
    #[oai(
        path = "/assignment-rules/:id",
        method = "get",
        operation_id = "getAssignmentRule"
    )]
    async fn get(
        &self,
        auth: Require<RuleRead>,
        id: Path<Uuid>,
    ) -> Result<Versioned<AssignmentRule>, Problem> {
        let rules = auth.crm().assignment_rules();
        let rule = rules.get(auth.actor(), id.0.into()).await?;
        Ok(versioned(rule))
    }

    /// Change or move an assignment rule
    ///
    /// Moved by `position`, the rules between its old place and its new one move along, and keep their versions.
    #[oai(
        path = "/assignment-rules/:id",
        method = "patch",
        operation_id = "updateAssignmentRule"
    )]
    async fn edit(
        &self,
        auth: Require<RuleManage>,
        id: Path<Uuid>,
        /// Only if the rule still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<EditRule>,
    ) -> Result<Versioned<AssignmentRule>, Problem> {
        let edit = body.0.into_edit()?;
        let rules = auth.crm().assignment_rules();
        let rule = rules
            .edit(auth.actor(), id.0.into(), edit, if_match.0)
            .await?;
        Ok(versioned(rule))
    }

    /// Delete an assignment rule
    ///
    /// Leads keep who they were given to.
    #[oai(
        path = "/assignment-rules/:id",
        method = "delete",
        operation_id = "deleteAssignmentRule"
    )]
    async fn delete(
        &self,
        auth: Require<RuleManage>,
        id: Path<Uuid>,
        /// Only if the rule still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Result<Reply<Message>, Problem> {
        let rules = auth.crm().assignment_rules();
        rules.delete(auth.actor(), id.0.into(), if_match.0).await?;
        Ok(Reply::new(Message::new("Assignment rule deleted.")))
    }

    /// See who would get a lead
    ///
    /// Writes nothing and uses up no turn.
    #[oai(
        path = "/assignment-rules/preview",
        method = "post",
        operation_id = "previewAssignment"
    )]
    async fn preview(
        &self,
        auth: Require<RuleRead>,
        body: Body<PreviewLead>,
    ) -> Result<Reply<AssignmentPreview>, Problem> {
        let lead = LeadTraits::try_from(body.0)?;
        let rules = auth.crm().assignment_rules();
        let chosen = rules.preview(auth.actor(), &lead).await?;
        Ok(Reply::new(chosen.into()))
    }
}

fn versioned(rule: assignment::AssignmentRule) -> Versioned<AssignmentRule> {
    let version = rule.version;
    Versioned::new(rule.into()).etag(version)
}

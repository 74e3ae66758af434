//! What there is to be allowed, and why something is or is not.

use crm_app::{Access, Explanation};
use crm_domain::ids::UserId;
use crm_domain::permission::{self, Catalogue, Permission};
use poem_openapi::{Object, OpenApi, Tags};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::api::permissions::{PermissionText, Scope};
use crate::api::users::Named;
use crate::auth::Identified;
use crate::problem::Problem;
use crate::query::{Query, QueryParameters, invalid};
use crate::reply::Reply;
use crate::wire::Text;

/// A permission that there is.
#[derive(Debug, Serialize, Object)]
#[oai(rename = "Permission")]
struct Described {
    /// Its name: `lead:read`.
    permission: PermissionText,
    /// What it allows.
    description: Text<200>,
}

/// The permissions that there are.
#[derive(Debug, Serialize, Object)]
struct PermissionList {
    /// The permissions, those on one kind of record together.
    #[oai(validator(max_items = 1000))]
    permissions: Vec<Described>,
}

/// What is to be explained.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
struct ExplainQuery {
    /// The kind of record: `lead`.
    resource: Text<50>,
    /// What would be done: `update`.
    action: Text<50>,
    /// To which record, which the caller must be able to read.
    id: Option<Uuid>,
    /// By whom, for who may manage users: by the caller, unless it is given.
    user: Option<Uuid>,
}

impl QueryParameters for ExplainQuery {}

impl ExplainQuery {
    fn permission(&self, catalogue: &Catalogue) -> Result<Permission, Problem> {
        let resource = self.resource.as_str();
        catalogue
            .resource(resource)
            .map_err(|error| invalid("resource", error.code(), &error.to_string()))?;
        catalogue
            .permission(&format!("{resource}:{}", self.action.as_str()))
            .map_err(|_| invalid("action", "not-one-of", "is not done to this kind of record"))
    }
}

/// Why somebody may do something, or may not.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename = "Explanation", rename_all = "camelCase")]
struct Explained {
    /// What was asked about.
    permission: PermissionText,
    /// Whether it is allowed: to the record, when one was given, else to any.
    is_allowed: bool,
    /// How far it reaches; `null` when it is not granted.
    scope: Option<Scope>,
    /// The rules that grant it, the widest first. The first one decides.
    #[oai(validator(max_items = 1000))]
    granted_by: Vec<Rule>,
    /// In a sentence.
    reason: Text<500>,
}

/// A rule that grants a permission.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename = "GrantingRule", rename_all = "camelCase")]
struct Rule {
    /// The role that the user has.
    role: Named,
    /// The role whose rule it is: the same, or one that it inherits from.
    rule_of: Named,
    /// How far the rule reaches.
    scope: Scope,
}

impl Explained {
    fn new(explanation: &Explanation, access: &Access) -> Self {
        let rule = |rule: &crm_app::GrantedBy| Rule {
            role: Named::role(rule.role, access),
            rule_of: Named::role(rule.rule_of, access),
            scope: rule.extent.into(),
        };
        Self {
            permission: (&explanation.permission).into(),
            is_allowed: explanation.is_allowed(),
            scope: explanation.extent.map(Into::into),
            granted_by: explanation.granted_by.iter().map(rule).collect(),
            reason: (&reason(explanation, access)).into(),
        }
    }
}

fn reason(explanation: &Explanation, access: &Access) -> String {
    let permission = explanation.permission;
    if explanation.is_disabled {
        return "The user is disabled.".to_owned();
    }
    if let Some(role) = explanation.second_factor_demanded_by {
        let role = Named::role(role, access);
        return format!(
            "The role {} demands a second factor, which the user has not set up.",
            role.name.as_str()
        );
    }
    if explanation.is_outside_key {
        return format!("The API key does not have the scope {permission}.");
    }
    let (Some(extent), Some(first)) = (explanation.extent, explanation.granted_by.first()) else {
        return format!("No role of the user grants {permission}.");
    };
    let role = Named::role(first.rule_of, access);
    let role = role.name.as_str();
    match explanation.reaches_record {
        Some(false) => {
            format!(
                "The role {role} grants {permission} as far as {extent}, which does not reach the record."
            )
        }
        Some(true) => {
            format!(
                "The role {role} grants {permission} as far as {extent}, which reaches the record."
            )
        }
        None => format!("The role {role} grants {permission} as far as {extent}."),
    }
}

#[derive(Tags)]
enum Tag {
    /// Who may do what, and why.
    Permissions,
}

/// The operations below `/api/authz`.
pub struct AuthzApi;

#[OpenApi(tag = "Tag::Permissions")]
impl AuthzApi {
    /// List the permissions that there are
    ///
    /// Of the core and of plugins, with what each allows, for who puts roles together.
    #[oai(
        path = "/authz/permissions",
        method = "get",
        operation_id = "listPermissions"
    )]
    async fn permissions(&self, auth: Identified) -> Reply<PermissionList> {
        let described = |known: &permission::Described| Described {
            permission: (&known.permission).into(),
            description: (&known.about).into(),
        };
        let known = auth.crm().catalogue().described();
        Reply::new(PermissionList {
            permissions: known.iter().map(described).collect(),
        })
    }

    /// Explain why something is allowed or refused
    ///
    /// Names the rule. Of a record that the caller may not read nothing is said.
    #[oai(path = "/authz/explain", method = "get", operation_id = "explain")]
    async fn explain(
        &self,
        auth: Identified,
        query: Query<ExplainQuery>,
    ) -> Result<Reply<Explained>, Problem> {
        let permission = query.0.permission(auth.crm().catalogue())?;
        let about = query.0.user.map(UserId::from);
        let explanation = auth
            .crm()
            .explain(auth.actor(), about, permission, query.0.id)
            .await?;
        let access = auth.crm().access().await?;
        Ok(Reply::new(Explained::new(&explanation, &access)))
    }
}

//! Roles: list, show, make, change, delete.

mod wire;

use crm_app::Access;
use crm_app::roles::RoleEdit;
use crm_domain::permission::Resource;
use crm_domain::role::RoleDefinition;
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

pub use wire::Role;
use wire::{CreateRole, EditRole, RoleList};

permissions! {
    /// See roles.
    RoleRead = "role:read" (Resource::ROLE, Read);
    /// Make, change and delete roles.
    RoleManage = "role:manage" (Resource::ROLE, Manage);
}

#[derive(Tags)]
enum Tag {
    /// Named sets of permissions.
    Roles,
}

/// The operations below `/api/roles`.
pub struct RolesApi;

#[OpenApi(tag = "Tag::Roles")]
impl RolesApi {
    /// List roles
    ///
    /// Those that every workspace has, and those that were made here.
    #[oai(path = "/roles", method = "get", operation_id = "listRoles")]
    async fn list(&self, auth: Require<RoleRead>) -> Result<Reply<RoleList>, Problem> {
        let roles = auth.crm().roles().list(auth.actor()).await?;
        let access = auth.crm().access().await?;
        let roles = roles.iter().map(|role| Role::new(role, &access)).collect();
        Ok(Reply::new(RoleList { roles }))
    }

    /// Make a role
    ///
    /// Nobody grants what they do not hold.
    #[oai(path = "/roles", method = "post", operation_id = "createRole")]
    async fn create(
        &self,
        auth: Require<RoleManage>,
        req: &Request,
        body: Body<CreateRole>,
    ) -> Result<Created<Role>, Problem> {
        let content = body.0.into_content(auth.crm().catalogue())?;
        let role = auth.crm().roles().create(auth.actor(), content).await?;
        let access = auth.crm().access().await?;
        Ok(Created::new(Role::new(&role, &access))
            .etag(role.version)
            .header(header::LOCATION, location(req, role.id.uuid())))
    }

    /// Show a role
    ///
    /// With what is granted to it, what it inherits, and what comes of both.
    #[oai(path = "/roles/:id", method = "get", operation_id = "getRole")]
    async fn get(
        &self,
        auth: Require<RoleRead>,
        id: Path<Uuid>,
    ) -> Result<Versioned<Role>, Problem> {
        let role = auth.crm().roles().get(auth.actor(), id.0.into()).await?;
        let access = auth.crm().access().await?;
        Ok(versioned(&role, &access))
    }

    /// Change a role
    ///
    /// Not a built-in one, nor one that counts for the caller. It holds for its users from their next request on. Any role
    /// can be made to demand a second factor; that is not lifted from a role that counts for the caller.
    #[oai(path = "/roles/:id", method = "patch", operation_id = "updateRole")]
    async fn edit(
        &self,
        auth: Require<RoleManage>,
        id: Path<Uuid>,
        /// Only if the role still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<EditRole>,
    ) -> Result<Versioned<Role>, Problem> {
        let edit = RoleEdit {
            if_version: if_match.0,
            ..body.0.into_edit(auth.crm().catalogue())?
        };
        let role = auth
            .crm()
            .roles()
            .edit(auth.actor(), id.0.into(), edit)
            .await?;
        let access = auth.crm().access().await?;
        Ok(versioned(&role, &access))
    }

    /// Delete a role
    ///
    /// One that nobody has and no role inherits from; otherwise the answer is `in-use`.
    #[oai(path = "/roles/:id", method = "delete", operation_id = "deleteRole")]
    async fn delete(
        &self,
        auth: Require<RoleManage>,
        id: Path<Uuid>,
        /// Only if the role still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Result<Reply<Message>, Problem> {
        auth.crm()
            .roles()
            .delete(auth.actor(), id.0.into(), if_match.0)
            .await?;
        Ok(Reply::new(Message::new("Role deleted.")))
    }
}

fn versioned(role: &RoleDefinition, access: &Access) -> Versioned<Role> {
    Versioned::new(Role::new(role, access)).etag(role.version)
}

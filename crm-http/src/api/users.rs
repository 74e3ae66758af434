//! Users: list, show, change, disable, enable, end their sessions.

mod wire;

pub use wire::{Named, User, UserReference};

use crm_app::Access;
use crm_app::users::{Reassigned, UserEdit};
use crm_domain::permission::Resource;
use crm_domain::user;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{OpenApi, Tags};
use uuid::Uuid;

use crate::api::Message;
use crate::api::auth::wire::SessionList;
use crate::auth::{Confidential, Require};
use crate::body::{Body, OptionalBody};
use crate::if_match::IfMatch;
use crate::permissions;
use crate::problem::Problem;
use crate::query::Query;
use crate::reply::{Made, Reply, Versioned};

pub(crate) use wire::PasswordLinks;
use wire::{
    CreateUser, DisableUser, EditUser, ListUsers, PasswordLink, UserCreated, UserDisabled, UserList,
};

permissions! {
    /// See users.
    UserRead = "user:read" (Resource::USER, Read);
    /// Change users.
    UserUpdate = "user:update" (Resource::USER, Update);
    /// Make users.
    UserCreate = "user:create" (Resource::USER, Create);
    /// Keep users' access in order.
    UserManage = "user:manage" (Resource::USER, Manage);
}

#[derive(Tags)]
enum Tag {
    /// Who works in the workspace, and what they may do.
    Users,
}

/// The operations below `/api/users`.
pub struct UsersApi;

#[OpenApi(tag = "Tag::Users")]
impl UsersApi {
    /// List users
    ///
    /// By name. People and services alike, unless one is asked for.
    #[oai(path = "/users", method = "get", operation_id = "listUsers")]
    async fn list(
        &self,
        auth: Require<UserRead>,
        query: Query<ListUsers>,
    ) -> Result<Reply<UserList>, Problem> {
        let (filter, page) = query.0.into_query()?;
        let users = auth.crm().users().list(auth.actor(), &filter, page).await?;
        let access = auth.crm().access().await?;
        Ok(Reply::new(UserList::new(&users, page, &access)))
    }

    /// Make a user without a password
    ///
    /// A person sets the first password by the link, within seven days; the link is shown this once. A program
    /// (`isService`) never signs in, and gets API keys.
    #[oai(path = "/users", method = "post", operation_id = "createUser")]
    async fn create(
        &self,
        auth: Require<UserCreate>,
        _secrets: Confidential,
        links: Data<&PasswordLinks>,
        body: Body<CreateUser>,
    ) -> Result<Made<UserCreated>, Problem> {
        let (users, actor) = (auth.crm().users(), auth.actor());
        let is_service = body.0.is_service();
        let content = body.0.into_content()?;
        let (user, link) = if is_service {
            (users.create_service(actor, content).await?, None)
        } else {
            let (user, link) = users.invite(actor, content).await?;
            (user, Some(links.of(&link)))
        };
        let access = auth.crm().access().await?;
        let user = User::new(&user, &access);
        Ok(Made::new(UserCreated { user, link }))
    }

    /// Make a link to set a user's password
    ///
    /// For somebody who has lost it. It works once, within a day, in place of all earlier ones, and is shown this once.
    /// Until it is used nothing changes for the user.
    #[oai(
        path = "/users/:id/password-link",
        method = "post",
        operation_id = "createPasswordLink"
    )]
    async fn password_link(
        &self,
        auth: Require<UserManage>,
        _secrets: Confidential,
        links: Data<&PasswordLinks>,
        id: Path<Uuid>,
    ) -> Result<Made<PasswordLink>, Problem> {
        let users = auth.crm().users();
        let link = users.issue_password_link(auth.actor(), id.0.into()).await?;
        Ok(Made::new(links.of(&link)))
    }

    /// Show a user
    ///
    /// With roles and teams; never with anything of their password.
    #[oai(path = "/users/:id", method = "get", operation_id = "getUser")]
    async fn get(
        &self,
        auth: Require<UserRead>,
        id: Path<Uuid>,
    ) -> Result<Versioned<User>, Problem> {
        let user = auth.crm().users().get(auth.actor(), id.0.into()).await?;
        let access = auth.crm().access().await?;
        Ok(versioned(&user, &access))
    }

    /// Change a user
    ///
    /// Roles and teams take the permission `user:manage` besides, and teams `team:manage`. Nobody gives more than they hold, changes what they
    /// themselves may do, or takes the last active Admin away. With `If-Match`, only the version with that `ETag` is changed.
    #[oai(path = "/users/:id", method = "patch", operation_id = "updateUser")]
    async fn edit(
        &self,
        auth: Require<UserUpdate>,
        id: Path<Uuid>,
        /// Only if the user still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<EditUser>,
    ) -> Result<Versioned<User>, Problem> {
        let edit = UserEdit {
            if_version: if_match.0,
            ..body.0.into_edit()?
        };
        let user = auth
            .crm()
            .users()
            .edit(auth.actor(), id.0.into(), edit)
            .await?;
        let access = auth.crm().access().await?;
        Ok(versioned(&user, &access))
    }

    /// Disable a user
    ///
    /// Ends their sessions; their API keys work no more. With `reassignTo` their leads, customers and tasks at hand go
    /// to that user, or with `null` to nobody; without it they stay. If it is interrupted, do it again: it goes on.
    #[oai(
        path = "/users/:id/disable",
        method = "post",
        operation_id = "disableUser"
    )]
    async fn disable(
        &self,
        auth: Require<UserManage>,
        id: Path<Uuid>,
        body: OptionalBody<DisableUser>,
    ) -> Result<Reply<UserDisabled>, Problem> {
        let (users, id) = (auth.crm().users(), id.0.into());
        let reassign = body.0.unwrap_or_default().reassign();
        if let Some(to) = reassign {
            users.check_reassign(auth.actor(), id, to).await?;
        }
        let user = users.disable(auth.actor(), id).await?;
        let reassigned = match reassign {
            Some(to) => users.reassign(auth.actor(), id, to).await?,
            None => Reassigned::default(),
        };
        let access = auth.crm().access().await?;
        Ok(Reply::new(UserDisabled::new(&user, reassigned, &access)))
    }

    /// Enable a user
    ///
    /// They can sign in again; sessions that ended stay ended.
    #[oai(
        path = "/users/:id/enable",
        method = "post",
        operation_id = "enableUser"
    )]
    async fn enable(
        &self,
        auth: Require<UserManage>,
        id: Path<Uuid>,
    ) -> Result<Versioned<User>, Problem> {
        let user = auth.crm().users().enable(auth.actor(), id.0.into()).await?;
        let access = auth.crm().access().await?;
        Ok(versioned(&user, &access))
    }

    /// List a user's sessions
    ///
    /// Where they are signed in.
    #[oai(
        path = "/users/:id/sessions",
        method = "get",
        operation_id = "listUserSessions"
    )]
    async fn sessions(
        &self,
        auth: Require<UserManage>,
        id: Path<Uuid>,
    ) -> Result<Reply<SessionList>, Problem> {
        let sessions = auth
            .crm()
            .auth()
            .sessions_of(auth.actor(), id.0.into())
            .await?;
        Ok(Reply::new(SessionList::new(sessions, None)))
    }

    /// End all sessions of a user
    ///
    /// They have to sign in anew everywhere.
    #[oai(
        path = "/users/:id/sessions",
        method = "delete",
        operation_id = "endUserSessions"
    )]
    async fn end_sessions(
        &self,
        auth: Require<UserManage>,
        id: Path<Uuid>,
    ) -> Result<Reply<Message>, Problem> {
        auth.crm()
            .users()
            .end_sessions(auth.actor(), id.0.into())
            .await?;
        Ok(Reply::new(Message::new("All sessions ended.")))
    }

    /// Remove a user's second factor
    ///
    /// For somebody who has lost the device and the recovery codes. Ends their sessions.
    #[oai(
        path = "/users/:id/two-factor",
        method = "delete",
        operation_id = "removeUserTwoFactor"
    )]
    async fn remove_two_factor(
        &self,
        auth: Require<UserManage>,
        id: Path<Uuid>,
    ) -> Result<Reply<Message>, Problem> {
        let factors = auth.crm().second_factors();
        factors.remove_of(auth.actor(), id.0.into()).await?;
        Ok(Reply::new(Message::new("Second factor removed.")))
    }
}

fn versioned(user: &user::User, access: &Access) -> Versioned<User> {
    Versioned::new(User::new(user, access)).etag(user.version)
}

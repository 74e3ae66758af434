//! Signing in, staying signed in, and one's own account.

mod two_factor;
pub(super) mod wire;

pub use two_factor::TwoFactorApi;

use crm_app::Access;
use crm_app::auth::{Client, SignIn};
use crm_domain::activity::Actor;
use crm_domain::violation::Violations;
use poem::Request;
use poem::http::{StatusCode, header};
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{OpenApi, Tags};
use uuid::Uuid;

use crate::api::Message;
use crate::api::users::{User, UserCreate};
use crate::auth::{
    Confidential, Identified, Public, Require, SignedIn, request, signed_in_if_token,
};
use crate::body::{Body, OptionalBody};
use crate::cookies::Cookies;
use crate::middleware::cors::AllowedOrigins;
use crate::middleware::{client_address, request_id};
use crate::problem::{Code, Problem};
use crate::reply::{Made, Reply};

use wire::{
    ChangePassword, Empty, Login, Me, Register, Registered, Rename, SessionList, SetPassword,
    SetUp, TokenAnswer, new_user,
};

#[derive(Tags)]
enum Tag {
    /// Signing in, staying signed in, and one's own account.
    Auth,
}

/// The operations below `/api/auth`.
pub struct AuthApi;

#[OpenApi(tag = "Tag::Auth")]
impl AuthApi {
    /// Sign in
    ///
    /// Gives an access token for 15 minutes, and a refresh token in an HTTP-only cookie for 7 days. Who has a second factor
    /// sends a code besides; without one the answer is `second-factor-required`.
    #[oai(path = "/auth/login", method = "post", operation_id = "login")]
    async fn login(
        &self,
        public: Public,
        req: &Request,
        cookies: Data<&Cookies>,
        origins: Data<&AllowedOrigins>,
        body: Body<Login>,
    ) -> Result<Reply<TokenAnswer>, Problem> {
        origins.refuse_cross_site(req)?;
        let (email, proof) = body.0.into_parts();
        let client = client_with_device(req, **cookies);
        let auth = public.crm().auth();
        let signed_in = auth.login(email.as_str(), proof, client).await?;
        let access = public.crm().access().await?;
        Ok(signed_in_reply(&signed_in, &access, **cookies))
    }

    /// Make the first Admin
    ///
    /// Takes the one-time set-up token that the server prints at its start while the workspace has no users.
    #[oai(path = "/auth/setup", method = "post", operation_id = "setUp")]
    async fn set_up(
        &self,
        public: Public,
        req: &Request,
        body: Body<SetUp>,
    ) -> Result<Made<Registered>, Problem> {
        let SetUp {
            token,
            name,
            email_id,
            password,
        } = body.0;
        let new = new_user(public.crm(), &name, &email_id, password, vec![])?;
        let actor = Actor {
            request: Some(request(req)),
            ..Actor::system("setup")
        };
        let user = public
            .crm()
            .users()
            .set_up(&actor, &token.into_string(), new)
            .await?;
        let access = public.crm().access().await?;
        Ok(Made::new(Registered {
            message: "The workspace is set up.".to_owned(),
            user: User::new(&user, &access),
        }))
    }

    /// Make a user
    ///
    /// With a password that is given here and told to them. To let them set one by a link, make a user at `/api/users`.
    #[oai(
        path = "/auth/register",
        method = "post",
        operation_id = "registerUser"
    )]
    async fn register(
        &self,
        auth: Require<UserCreate>,
        _secrets: Confidential,
        body: Body<Register>,
    ) -> Result<Made<Registered>, Problem> {
        let access = auth.crm().access().await?;
        let new = body.0.into_command(auth.crm(), &access)?;
        let user = auth.crm().users().create(auth.actor(), new).await?;
        let access = auth.crm().access().await?;
        Ok(Made::new(Registered {
            message: "User registered.".to_owned(),
            user: User::new(&user, &access),
        }))
    }

    /// Exchange the refresh token
    ///
    /// Reads the cookie, and sets the next one. A token works once; within 30 s, or until the new access token is used,
    /// it gives the same answer again, in case that was lost. The request must come from a page of this site.
    #[oai(path = "/auth/refresh", method = "post", operation_id = "refreshToken")]
    async fn refresh(
        &self,
        public: Public,
        req: &Request,
        cookies: Data<&Cookies>,
        origins: Data<&AllowedOrigins>,
        _body: OptionalBody<Empty>,
    ) -> Result<Reply<TokenAnswer>, Problem> {
        origins.require_same_site(req)?;
        let missing = || {
            Problem::new(
                Code::InvalidRefreshToken,
                "there is no refresh token; sign in",
            )
        };
        let token = cookies.refresh().read(req).ok_or_else(missing)?;
        let signed_in = public.crm().auth().refresh(&token, client(req)).await;
        let signed_in = signed_in.map_err(|error| match Problem::from(error) {
            // Its session is dead: the cookie would only be refused again.
            problem if problem.code() == Code::RefreshTokenReused => {
                problem.header(header::SET_COOKIE, cookies.refresh().clear())
            }
            problem => problem,
        })?;
        let access = public.crm().access().await?;
        Ok(signed_in_reply(&signed_in, &access, **cookies))
    }

    /// Sign out
    ///
    /// Ends the session of the cookie and that of the access token, and removes the cookie. Signing out twice is fine.
    #[oai(path = "/auth/logout", method = "post", operation_id = "logout")]
    async fn logout(
        &self,
        public: Public,
        req: &Request,
        cookies: Data<&Cookies>,
        origins: Data<&AllowedOrigins>,
    ) -> Result<Reply<Message>, Problem> {
        if let Some(token) = cookies.refresh().read(req) {
            origins.require_same_site(req)?;
            public
                .crm()
                .auth()
                .logout_by_refresh_token(&token, client(req))
                .await?;
        }
        match signed_in_if_token(req).await {
            Ok(Some(caller)) => caller.crm().auth().logout(caller.caller()).await?,
            Ok(None) => {}
            // Whom the token does not sign in, it is signed out already. Any other failure leaves that open.
            Err(problem) if problem.code().status() == StatusCode::UNAUTHORIZED => {}
            Err(problem) => return Err(problem),
        }
        Ok(Reply::new(Message::new("Signed out."))
            .header(header::SET_COOKIE, cookies.refresh().clear()))
    }

    /// Sign out everywhere
    ///
    /// Ends every session of one's own, this one too.
    #[oai(path = "/auth/logout-all", method = "post", operation_id = "logoutAll")]
    async fn logout_all(
        &self,
        auth: SignedIn,
        cookies: Data<&Cookies>,
    ) -> Result<Reply<Message>, Problem> {
        auth.crm().auth().logout_all(auth.caller()).await?;
        Ok(Reply::new(Message::new("Signed out everywhere."))
            .header(header::SET_COOKIE, cookies.refresh().clear()))
    }

    /// Show one's own account
    ///
    /// Who one is: name, roles, teams, and what they permit, each permission with how far it reaches.
    #[oai(path = "/auth/me", method = "get", operation_id = "getMe")]
    async fn me(&self, auth: Identified) -> Result<Reply<Me>, Problem> {
        let user = auth.crm().users().me(auth.actor()).await?;
        let access = auth.crm().access().await?;
        Ok(Reply::new(Me::new(&user, auth.actor(), &access)))
    }

    /// Change one's own account
    ///
    /// One's name. An address, roles and teams are changed by who manages users.
    #[oai(path = "/auth/me", method = "patch", operation_id = "updateMe")]
    async fn rename_me(&self, auth: SignedIn, body: Body<Rename>) -> Result<Reply<Me>, Problem> {
        let mut violations = Violations::new();
        let name = body.0.name.parse("name", &mut violations);
        violations.into_result()?;
        let user = match name {
            Some(name) => {
                auth.crm()
                    .users()
                    .rename_me(&auth.caller().actor, name)
                    .await?
            }
            None => auth.crm().users().me(&auth.caller().actor).await?,
        };
        let access = auth.crm().access().await?;
        Ok(Reply::new(Me::new(&user, &auth.caller().actor, &access)))
    }

    /// Change one's own password
    ///
    /// Ends all other sessions of the caller. A wrong present password is counted like one at a sign-in.
    #[oai(
        path = "/auth/change-password",
        method = "post",
        operation_id = "changePassword"
    )]
    async fn change_password(
        &self,
        auth: SignedIn,
        _secrets: Confidential,
        req: &Request,
        cookies: Data<&Cookies>,
        body: Body<ChangePassword>,
    ) -> Result<Reply<Message>, Problem> {
        let client = client_with_device(req, **cookies);
        auth.crm()
            .auth()
            .change_password(auth.caller(), body.0.into(), client)
            .await?;
        Ok(Reply::new(Message::new("Password changed.")))
    }

    /// Set a password by a link
    ///
    /// Takes the secret part of a link that somebody who manages users has made. It works once, and ends all sessions.
    #[oai(path = "/auth/password", method = "post", operation_id = "setPassword")]
    async fn set_password(
        &self,
        public: Public,
        req: &Request,
        body: Body<SetPassword>,
    ) -> Result<Reply<Message>, Problem> {
        let SetPassword { token, password } = body.0;
        let actor = Actor {
            request: Some(request(req)),
            ..Actor::system("password link")
        };
        let (token, password) = (token.into_string(), password.into_string());
        public
            .crm()
            .users()
            .set_password_by_link(&actor, &token, password)
            .await?;
        Ok(Reply::new(Message::new("Password set. Sign in with it.")))
    }

    /// List one's own sessions
    ///
    /// Where one is signed in. Which one asks is marked.
    #[oai(path = "/auth/sessions", method = "get", operation_id = "listSessions")]
    async fn sessions(&self, auth: SignedIn) -> Result<Reply<SessionList>, Problem> {
        let sessions = auth.crm().auth().sessions(auth.caller()).await?;
        Ok(Reply::new(SessionList::new(
            sessions,
            auth.caller().session,
        )))
    }

    /// End a session
    ///
    /// One of one's own; an Admin may end anybody's.
    #[oai(
        path = "/auth/sessions/:id",
        method = "delete",
        operation_id = "endSession"
    )]
    async fn end_session(&self, auth: SignedIn, id: Path<Uuid>) -> Result<Reply<Message>, Problem> {
        auth.crm()
            .auth()
            .end_session(auth.caller(), id.0.into())
            .await?;
        Ok(Reply::new(Message::new("Session ended.")))
    }
}

fn client(req: &Request) -> Client {
    Client {
        address: client_address::of(req),
        user_agent: req.header(header::USER_AGENT).map(str::to_owned),
        device: None,
        request: Some(request_id::of(req)),
    }
}

/// Where an attempt to show who one is comes from: the device says which line it waits in.
pub(super) fn client_with_device(req: &Request, cookies: Cookies) -> Client {
    Client {
        device: cookies.device().read(req),
        ..client(req)
    }
}

fn signed_in_reply(sign_in: &SignIn, access: &Access, cookies: Cookies) -> Reply<TokenAnswer> {
    let answer = TokenAnswer {
        user: User::new(&sign_in.user, access),
        token: (&sign_in.access_token).into(),
    };
    let refresh = cookies.refresh().set(&sign_in.refresh_token);
    let reply = Reply::new(answer).header(header::SET_COOKIE, refresh);
    match &sign_in.device {
        Some(device) => reply.header(header::SET_COOKIE, cookies.device().set(device)),
        None => reply,
    }
}

//! Staying signed in: sessions, access tokens, refresh tokens. Signing in is in `auth/login.rs`.

mod attempt;
mod change_password;
mod confirm;
mod login;

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use crm_authz::{Access, Forbidden};
use crm_domain::activity::{Actor, Request};
use crm_domain::event::SessionsEnded;
use crm_domain::ids::{RequestId, SessionId, UserId};
use crm_domain::permission::{Action, Ownership, Permission, Resource};
use crm_domain::user::User;
pub use crm_storage::sessions::Session as StoredSession;
use crm_storage::sessions::{self, Session};
use crm_storage::{one_time_tokens, users};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use ring::digest;

use crate::access_token::Claims;
use crate::api_key_token;
use crate::crm::Crm;
use crate::directory::{LiveSession, LookedUpAt};
use crate::error::{AuthError, Error, Result};
use crate::refresh_token::RefreshToken;
pub use crate::session::IDLE;
use crate::session::{MAX_PER_USER, Rotation, rotation};
use crate::write;
pub(crate) use attempt::Attempt;
pub use change_password::PasswordChange;
pub(crate) use confirm::lock_verified;
pub use login::Proof;

/// How long a printed set-up token is good for.
const SETUP_TOKEN_LIFETIME: TimeDelta = TimeDelta::days(1);

/// The most characters kept of what a client calls itself.
const MAX_USER_AGENT: usize = 256;

/// Signing in and staying signed in. See [`Crm::auth`].
#[derive(Clone, Copy)]
pub struct Auth<'a>(pub(crate) &'a Crm);

/// Where a sign-in comes from, as shown in the list of sessions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Client {
    /// The network address.
    pub address: Option<IpAddr>,
    /// What the program calls itself.
    pub user_agent: Option<String>,
    /// What the client keeps of an earlier sign-in: see [`SignIn::device`].
    pub device: Option<String>,
    /// The request it happens in.
    pub request: Option<RequestId>,
}

impl Client {
    /// The request as the activity log keeps it.
    pub(crate) fn request(&self) -> Option<Request> {
        let address = self.address;
        // Operations that prove who somebody is take no idempotency key.
        self.request.map(|id| Request {
            id,
            address,
            claim: None,
        })
    }
}

/// A user with the tokens that show that it is them. Never printed.
#[derive(Clone)]
pub struct SignIn {
    /// The user.
    pub user: User,
    /// The access token: 15 minutes.
    pub access_token: String,
    /// The refresh token: works once, within 7 days.
    pub refresh_token: String,
    /// What the client keeps of signing in by password, so that others' guesses do not make its user wait.
    pub device: Option<String>,
}

/// The caller of a request, shown by an access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authenticated {
    /// Who acts.
    pub actor: Actor,
    /// In which session; `None` for a program with an API key.
    pub session: Option<SessionId>,
    /// Whose session or key it is.
    pub user: UserId,
}

impl Authenticated {
    /// The session, for what only a person may do.
    ///
    /// # Errors
    /// [`Error::NeedsSession`] for a program with an API key.
    pub fn session(&self) -> Result<SessionId> {
        self.session.ok_or(Error::NeedsSession)
    }
}

impl Auth<'_> {
    /// Makes room for one more session.
    async fn end_oldest(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        user: UserId,
    ) -> Result<()> {
        let alive = sessions::list_alive(conn, user, self.0.now()).await?;
        let oldest: Vec<_> = alive
            .iter()
            .skip(MAX_PER_USER - 1)
            .map(|session| session.id)
            .collect();
        self.end(conn, actor, user, &oldest, "too-many-sessions")
            .await
    }

    fn signed_in(&self, user: User, session: &Session) -> Result<SignIn> {
        let claims = Claims {
            user: user.id,
            session: session.id,
            counter: session.counter,
        };
        let (secrets, now) = (self.0.secrets(), self.0.now());
        let access_token = self.0.access_tokens().issue(&secrets.access, claims, now)?;
        let key = secrets.refresh.active(now)?.key();
        let refresh_token =
            RefreshToken::new(key, session.id, &session.salt, session.counter).encode();
        Ok(SignIn {
            user,
            access_token,
            refresh_token,
            device: None,
        })
    }

    /// Exchanges a refresh token for new tokens.
    ///
    /// # Errors
    /// [`AuthError::InvalidRefreshToken`], or [`AuthError::RefreshTokenReused`], which has ended the session.
    pub async fn refresh(&self, token: &str, client: Client) -> Result<SignIn> {
        let token = RefreshToken::decode(token).ok_or(AuthError::InvalidRefreshToken)?;
        let outcome = write!(self.0, |conn| self.rotate(conn, token, &client))?;
        if matches!(outcome, Err(AuthError::RefreshTokenReused)) {
            self.0.directory().changed();
        }
        Ok(outcome?)
    }

    /// The inner error is an outcome that commits: a reused token ends its session.
    async fn rotate(
        &self,
        conn: &mut AsyncPgConnection,
        token: RefreshToken,
        client: &Client,
    ) -> Result<Result<SignIn, AuthError>> {
        conn.transaction(async |conn| {
            let now = self.0.now();
            let invalid = Ok(Err(AuthError::InvalidRefreshToken));
            let Some(mut session) = sessions::lock(conn, token.session).await? else {
                return invalid;
            };
            if !session.is_alive(now) || !self.is_genuine(token, &session) {
                return invalid;
            }
            let Some(user) = users::find(conn, session.user)
                .await?
                .filter(|user| user.is_active)
            else {
                return invalid;
            };
            match rotation(&session, token.counter, now) {
                Rotation::Advance => {
                    session.counter += 1;
                    session.rotated_at = now;
                    session.idle_expires_at = now + IDLE;
                    sessions::update_rotation(conn, &session).await?;
                    self.signed_in(user, &session).map(Ok)
                }
                Rotation::Repeat => self.signed_in(user, &session).map(Ok),
                Rotation::Reused => {
                    let actor = actor(user.id, client.request());
                    self.end(conn, &actor, user.id, &[session.id], "token-reuse")
                        .await?;
                    Ok(Err(AuthError::RefreshTokenReused))
                }
                Rotation::Unknown => invalid,
            }
        })
        .await
    }

    /// Whether a token was made here, with any key that still verifies: its successor is made with the active one.
    fn is_genuine(&self, token: RefreshToken, session: &Session) -> bool {
        let (secrets, now) = (self.0.secrets(), self.0.now());
        let mut keys = secrets.refresh.verifying(now);
        keys.any(|key| token.is_genuine(key.key(), &session.salt))
    }

    /// The caller that an access token or an API key shows. Who was disabled or signed out is refused: at once where
    /// that was done on this replica, and within a second or two where it was done on another one.
    ///
    /// # Errors
    /// [`AuthError::InvalidToken`] or [`AuthError::TokenExpired`].
    pub async fn authenticate(
        &self,
        token: &str,
        request: Option<Request>,
    ) -> Result<Authenticated> {
        if token.starts_with(api_key_token::PREFIX) {
            return self.0.api_keys().authenticate(token, request).await;
        }
        let now = self.0.now();
        let keys = self.0.secrets();
        let claims = self.0.access_tokens().verify(&keys.access, token, now)?;
        let mut access = self.0.access().await?;
        if access.user(claims.user).is_none() {
            // Made on another replica a moment ago: the token is genuine, so there was such a user.
            access = self.0.directory().newest(self.0).await?;
        }
        // Before the row is read: if the session ends from here on, what was read is not kept.
        let looked_up = self.0.directory().sessions().look_up();
        let session = self.live_session(claims.session, looked_up).await?;
        let session = session
            .filter(|session| session.user == claims.user && access.is_active(session.user))
            .ok_or(AuthError::InvalidToken)?;
        if claims.counter > session.seen_counter {
            self.note_seen(claims, session, looked_up).await?;
        }
        Ok(Authenticated {
            actor: actor(claims.user, request),
            session: Some(claims.session),
            user: claims.user,
        })
    }

    async fn live_session(
        &self,
        id: SessionId,
        looked_up: LookedUpAt,
    ) -> Result<Option<LiveSession>> {
        let (sessions, now) = (self.0.directory().sessions(), self.0.now());
        if let Some(session) = sessions.get(id, now) {
            return Ok(Some(session));
        }
        let mut conn = self.0.connection().await?;
        let Some((session, _)) = sessions::find(&mut conn, id).await? else {
            return Ok(None);
        };
        if !session.is_alive(now) {
            return Ok(None);
        }
        let session = LiveSession::from(&session);
        sessions.keep(id, session, looked_up);
        Ok(Some(session))
    }

    /// The client has what it was sent last: from now on the token before it is a copy.
    async fn note_seen(
        &self,
        claims: Claims,
        session: LiveSession,
        looked_up: LookedUpAt,
    ) -> Result<()> {
        let sessions = self.0.directory().sessions();
        let mut conn = self.0.connection().await?;
        sessions::update_seen(&mut conn, claims.session, claims.counter).await?;
        sessions.keep(claims.session, session.seen(claims.counter), looked_up);
        Ok(())
    }

    /// Ends the session of a refresh token. Does nothing for a token that is not good any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn logout_by_refresh_token(&self, token: &str, client: Client) -> Result<()> {
        let Some(token) = RefreshToken::decode(token) else {
            return Ok(());
        };
        let mut conn = self.0.connection().await?;
        let Some((session, user)) = sessions::find(&mut conn, token.session).await? else {
            return Ok(());
        };
        if !self.is_genuine(token, &session) {
            return Ok(());
        }
        drop(conn);
        let actor = actor(user.id, client.request());
        let ids = [session.id];
        write!(self.0, |conn| self
            .end(conn, &actor, user.id, &ids, "logout"))?;
        self.0.directory().changed();
        Ok(())
    }

    /// Ends the caller's session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn logout(&self, caller: &Authenticated) -> Result<()> {
        let ids = [caller.session()?];
        let Authenticated { actor, user, .. } = caller;
        write!(self.0, |conn| self.end(conn, actor, *user, &ids, "logout"))?;
        self.0.directory().changed();
        Ok(())
    }

    /// Ends all the caller's sessions.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn logout_all(&self, caller: &Authenticated) -> Result<()> {
        let Authenticated { actor, user, .. } = caller;
        write!(self.0, |conn| self.end_all(
            conn,
            actor,
            *user,
            None,
            "logout-all"
        ))?;
        self.0.directory().changed();
        Ok(())
    }

    /// The caller's sessions that are alive, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions(&self, caller: &Authenticated) -> Result<Vec<Session>> {
        let mut conn = self.0.connection().await?;
        Ok(sessions::list_alive(&mut conn, caller.user, self.0.now()).await?)
    }

    /// The sessions of a user that are alive, for who may manage their access, the newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`], or [`Error::NotFound`] for a user whom the actor may not see.
    pub async fn sessions_of(&self, actor: &Actor, user: UserId) -> Result<Vec<Session>> {
        let user = self.0.users().get(actor, user).await?;
        let access = self.0.access().await?;
        if !manages(&access, actor, user.id) {
            let permission = Permission::new(Resource::USER, Action::Manage);
            return Err(Forbidden::NotGranted { permission }.into());
        }
        let mut conn = self.0.connection().await?;
        Ok(sessions::list_alive(&mut conn, user.id, self.0.now()).await?)
    }

    /// Ends a session of the caller's, or of somebody whose access the caller may manage.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such living session that the caller may end.
    pub async fn end_session(&self, caller: &Authenticated, id: SessionId) -> Result<()> {
        let access = self.0.access().await?;
        let may_end = |user| user == caller.user || manages(&access, &caller.actor, user);
        write!(self.0, |conn| conn.transaction(async |conn| {
            let session = sessions::lock(conn, id).await?;
            let session = session
                .filter(|found| may_end(found.user) && found.is_alive(self.0.now()))
                .ok_or(Error::NotFound(Resource::SESSION))?;
            let own = session.user == caller.user;
            let reason = if own {
                "ended-by-owner"
            } else {
                "ended-by-admin"
            };
            self.end(conn, &caller.actor, session.user, &[session.id], reason)
                .await
        }))?;
        self.0.directory().changed();
        Ok(())
    }

    /// A token that makes the first Admin, once, within a day, instead of all earlier ones; `None` when the
    /// workspace has users.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn issue_setup_token(&self) -> Result<Option<String>> {
        let token = URL_SAFE_NO_PAD.encode(self.0.random::<32>()?);
        let hash = hash_one_time_token(&token);
        write!(self.0, |conn| conn.transaction(async |conn| {
            if !users::lock_whether_none(conn).await? {
                return Ok(None);
            }
            let now = self.0.now();
            let purpose = one_time_tokens::Purpose::Setup;
            one_time_tokens::replace(conn, purpose, &hash, now, now + SETUP_TOKEN_LIFETIME).await?;
            Ok(Some(token.clone()))
        }))
    }

    /// Ends the sessions of a user, all but the kept one.
    pub(crate) async fn end_all(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        user: UserId,
        kept: Option<SessionId>,
        reason: &'static str,
    ) -> Result<()> {
        let alive = sessions::list_alive(conn, user, self.0.now()).await?;
        let ids: Vec<_> = alive
            .iter()
            .map(|session| session.id)
            .filter(|id| Some(*id) != kept)
            .collect();
        self.end(conn, actor, user, &ids, reason).await
    }

    async fn end(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        user: UserId,
        ids: &[SessionId],
        reason: &'static str,
    ) -> Result<()> {
        conn.transaction(async |conn| {
            let now = self.0.now();
            let session_ids = sessions::revoke(conn, ids, reason, now).await?;
            if session_ids.is_empty() {
                return Ok(());
            }
            self.0
                .emit(
                    conn,
                    actor,
                    now,
                    &SessionsEnded {
                        user_id: user,
                        session_ids,
                        reason: reason.into(),
                    },
                )
                .await
        })
        .await
    }
}

/// Whether the actor may manage the access of a user, from whom there is nothing to gain.
fn manages(access: &Access, actor: &Actor, user: UserId) -> bool {
    let scope = access.scope::<User>(actor, Action::Manage);
    let is_reached = scope.is_ok_and(|scope| scope.reach().reaches(Ownership::of(user)));
    is_reached && access.gained_by_taking(actor, user).is_none()
}

fn actor(user: UserId, request: Option<Request>) -> Actor {
    Actor {
        request,
        ..Actor::user(user)
    }
}

/// What is stored of a token that works once. It has 256 random bits, so a plain hash hides it.
pub(crate) fn hash_one_time_token(token: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, token.as_bytes())
        .as_ref()
        .to_vec()
}

fn short(user_agent: &str) -> String {
    user_agent
        .chars()
        .filter(|c| !c.is_control())
        .take(MAX_USER_AGENT)
        .collect()
}

//! Why a use case was not carried out.

use std::sync::Arc;

use crm_authz::{Access, Forbidden};
use crm_domain::assignment::AssignmentRule;
use crm_domain::custom_field::{FieldDefinition, FieldError, FieldKey};
use crm_domain::duplicate::Candidates;
use crm_domain::import::ImportState;
use crm_domain::lead::LeadError;
use crm_domain::permission::{Permission, Resource};
use crm_domain::role::RoleDefinition;
use crm_domain::team::Team;
use crm_domain::user::User;
use crm_domain::violation::Violations;
use crm_storage::customers::ListedCustomer;
use crm_storage::leads::ListedLead;
use crm_storage::tasks::ListedTask;
use crm_storage::views::ListedView;
use uuid::Uuid;

/// What a use case gives.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use case was not carried out. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The actor may not do this, to this record or at all.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),

    /// There is no such record, or the actor may not read it.
    #[error("there is no such {0}")]
    NotFound(Resource),

    /// There is no such note on the record.
    #[error("there is no such note")]
    NoteNotFound,

    /// There is no such import of the actor's.
    #[error("there is no such import")]
    ImportNotFound,

    /// The import is at a point at which this cannot be done.
    #[error("the import is {0}, and this cannot be done now")]
    ImportState(ImportState),

    /// The user has as many imports as one may have.
    #[error("there are {max} imports, which is the most there may be; delete one")]
    TooManyImports {
        /// The most.
        max: i64,
    },

    /// The file is larger than any that is taken.
    #[error("the file is larger than {max} bytes")]
    FileTooLarge {
        /// The most bytes.
        max: u64,
    },

    /// The record was changed since the version that the caller had in mind.
    #[error("the record was changed by somebody else")]
    Stale(Box<Current>),

    /// The record is put away, and read-only until it is taken back.
    #[error("the {0} is archived; restore it first")]
    Archived(Resource),

    /// The record was merged into another one, which is there instead.
    #[error("the {resource} was merged into {into}; go there, or undo the merge")]
    Merged {
        /// Its kind.
        resource: Resource,
        /// The record that took it in.
        into: Uuid,
    },

    /// There is no merge to undo.
    #[error("no merge into this {0} is left to undo")]
    NotMerged(Resource),

    /// A record at hand has the same e-mail address.
    #[error("a {resource} with this e-mail address exists already")]
    Duplicate {
        /// Its kind.
        resource: Resource,
        /// Which one, where the actor may read it.
        existing: Option<Uuid>,
    },

    /// Customers at hand may be the same as the one that a lead would become.
    #[error(
        "{} of the customers may be the same; link the lead to one of them, or convert it with onDuplicate=create",
        .0.readable.len() + .0.hidden
    )]
    DuplicateCandidates(Candidates),

    /// Fields are wrong.
    #[error("the input is invalid: {0}")]
    Invalid(#[from] Violations),

    /// Parameters of a list are wrong.
    #[error("the query is invalid: {0}")]
    InvalidQuery(Violations),

    /// Many records are narrowed or sorted by a custom field that has no index yet.
    #[error("custom.{0} is being indexed; try again when its indexState is ready")]
    FieldNotIndexed(FieldKey),

    /// The password is longer than is ever hashed.
    #[error("the password is longer than {max} characters")]
    PasswordTooLong {
        /// The most characters, or fewer where they are large.
        max: usize,
    },

    /// The rules of leads do not allow it.
    #[error(transparent)]
    Lead(LeadError),

    /// No rule takes the lead, or none whose users are active.
    #[error("no assignment rule takes this lead")]
    NoAssignmentRule,

    /// The cursor is not one that this list gave to this caller.
    #[error("the cursor does not belong to this list")]
    InvalidCursor,

    /// Events behind the cursor are not kept any more, or not in the order that it was given in.
    #[error(
        "the events after this cursor are not kept any more; read the records anew, and the feed from its beginning"
    )]
    EventsGone,

    /// Signing in, or being signed in, failed.
    #[error(transparent)]
    Auth(#[from] AuthError),

    /// The workspace has users: setting it up is over.
    #[error("the workspace is set up already")]
    AlreadySetUp,

    /// The workspace would be left without an Admin who can sign in.
    #[error("this is the last active Admin")]
    LastAdmin,

    /// Nobody gives others more than they hold themselves.
    #[error("{permission} is not held as widely as it would be given")]
    NotHeld {
        /// The first permission that is lacking.
        permission: Permission,
    },

    /// Nobody changes what they themselves may do.
    #[error(
        "nobody changes what they themselves may do, or takes a safeguard from themselves; somebody else has to"
    )]
    OwnRights,

    /// What a built-in role grants is not edited.
    #[error("the role {0} comes with the program")]
    BuiltInRole(String),

    /// Something else still refers to the record.
    #[error("the {resource} is in use: {by}")]
    InUse {
        /// Its kind.
        resource: Resource,
        /// By what.
        by: &'static str,
    },

    /// Another record has this name.
    #[error("a {0} of this name exists already")]
    NameTaken(Resource),

    /// There may be no more of them.
    #[error("there are {max} of kind {resource} already, which is the most there may be")]
    TooMany {
        /// Their kind.
        resource: Resource,
        /// The most.
        max: i64,
    },

    /// A key acts where a person must.
    #[error("an API key cannot do this")]
    NeedsSession,

    /// The user has a second factor already.
    #[error("a second factor is set up already; remove it first")]
    SecondFactorEnabled,

    /// The user has no second factor, or did not go on to confirm it in time.
    #[error("no second factor is set up, or it was not confirmed in time; begin anew")]
    NoSecondFactor,

    /// A role demands the second factor that would be removed.
    #[error("a role of the user demands a second factor, which therefore stays")]
    SecondFactorDemanded,

    /// The idempotency key stands for another request.
    #[error("this idempotency key was used for another request; use a new one for each")]
    KeyReused,

    /// The request of this idempotency key is being carried out.
    #[error("the request with this idempotency key is being carried out; ask again in a moment")]
    InProgress,

    /// What the request of this idempotency key writes is written, and its answer is not to be had.
    #[error(
        "the request with this idempotency key was carried out, at least in part, and its answer is not kept, or not \
         for what the caller may see now; look at the records, and use a new key to go on"
    )]
    AnswerGone,

    /// Something that runs before the commit said no.
    #[error("{hook} refuses: {message}")]
    Vetoed {
        /// The name that the hook was registered under.
        hook: &'static str,
        /// A stable machine key.
        code: String,
        /// Why, for a person.
        message: String,
    },

    /// Something that runs before the commit took too long.
    #[error("{hook} takes too long; try again")]
    HookTooSlow {
        /// The name that the hook was registered under.
        hook: &'static str,
    },

    /// A rule of a plugin's does not allow it, as things stand.
    #[error("{message}")]
    Refused {
        /// A stable machine key, which begins with the id of the plugin: `deals.stage-in-use`.
        code: &'static str,
        /// Why, for a person.
        message: String,
    },

    /// Too much is being done at once; try again soon.
    #[error("the server is busy")]
    Overloaded,

    /// The database failed.
    #[error(transparent)]
    Storage(#[from] crm_storage::Error),

    /// A mistake in the program, or in what it runs on.
    #[error("internal error: {0}")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A record as it is now, for whoever had an older version in mind. Where it names roles and teams by their ids, with what
/// knows their names.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Current {
    /// A lead.
    Lead(ListedLead),
    /// A customer.
    Customer(ListedCustomer),
    /// A task.
    Task(ListedTask),
    /// A user.
    User(User, Arc<Access>),
    /// A team.
    Team(Team),
    /// A role.
    Role(RoleDefinition, Arc<Access>),
    /// A view.
    View(ListedView),
    /// An assignment rule.
    AssignmentRule(AssignmentRule),
    /// A custom field.
    CustomField(FieldDefinition),
    /// A record of a plugin's, in the form in which it is shown.
    Shown(serde_json::Value),
}

impl Current {
    /// Refuses a record whose version is not the one that the caller saw, if they say which.
    pub(crate) fn require(
        seen: Option<i32>,
        version: i32,
        current: impl FnOnce() -> Self,
    ) -> Result<()> {
        match seen {
            Some(seen) if seen != version => Err(Error::Stale(Box::new(current()))),
            _ => Ok(()),
        }
    }
}

/// Why a caller is not signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// One answer for an unknown address, a wrong password, a wrong code and a disabled account.
    #[error("the e-mail address, the password or the code is wrong")]
    InvalidCredentials,
    /// The password is right, and the user has a second factor besides.
    #[error("a code of the second factor, or a recovery code, is needed besides the password")]
    SecondFactorRequired,
    /// It is not the password of the user who is signed in.
    #[error("is not the present password")]
    WrongPassword,
    /// It is no code that the user who is signed in can use now.
    #[error("is no code that can be used now; a code works once")]
    WrongCode,
    /// Too many tried to sign in to this account, or from this address.
    #[error("too many attempts to sign in; try again in {retry_after} s")]
    TooManyAttempts {
        /// Seconds after which the next attempt is looked at.
        retry_after: u32,
    },
    /// The access token is not one of ours, or no longer good.
    #[error("the access token is not valid")]
    InvalidToken,
    /// The access token was good and has run out.
    #[error("the access token has expired")]
    TokenExpired,
    /// The refresh token is not one of ours, or its session has ended.
    #[error("the refresh token is not valid")]
    InvalidRefreshToken,
    /// The refresh token was used before: somebody has a copy, so its session was ended.
    #[error("the refresh token was used before; the session is ended")]
    RefreshTokenReused,
    /// The link to set a password is wrong, used, replaced or too old.
    #[error("the link is not valid any more; ask for a new one")]
    InvalidLink,
    /// The set-up token is not the one that was printed, or has run out.
    #[error("the set-up token is not valid")]
    InvalidSetupToken,
}

impl AuthError {
    /// Whether somebody showed something wrong, which makes the next attempt wait.
    pub(crate) const fn is_wrong_proof(self) -> bool {
        matches!(
            self,
            Self::InvalidCredentials | Self::WrongPassword | Self::WrongCode
        )
    }
}

impl Error {
    pub(crate) fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }

    /// Whether it tells of the record or of the actor, and would be the same the next time; not of how the program fares.
    pub(crate) const fn is_refusal(&self) -> bool {
        !matches!(
            self,
            Self::Storage(_)
                | Self::Internal(_)
                | Self::Overloaded
                | Self::InProgress
                | Self::HookTooSlow { .. }
        )
    }

    pub(crate) fn is_retryable(&self) -> bool {
        matches!(self, Self::Storage(error) if error.is_retryable())
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Storage(error.into())
    }
}

impl From<FieldError> for Error {
    fn from(error: FieldError) -> Self {
        match error {
            FieldError::Invalid(violations) => Self::Invalid(violations),
            FieldError::Archived(_) => Self::Archived(Resource::CUSTOM_FIELD),
        }
    }
}

impl From<LeadError> for Error {
    fn from(error: LeadError) -> Self {
        match error {
            LeadError::Invalid(violations) => Self::Invalid(violations),
            LeadError::Archived(_) => Self::Archived(Resource::LEAD),
            other => Self::Lead(other),
        }
    }
}

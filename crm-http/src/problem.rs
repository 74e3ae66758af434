//! The one place where an error becomes an answer: `application/problem+json`, RFC 9457.

mod code;
mod framework;
mod mapper;

pub use code::Code;
pub use mapper::Problems;

use std::fmt;
use std::num::NonZeroU32;

use crm_app::{AuthError, Forbidden};
use crm_domain::lead::LeadError;
use crm_domain::violation::{Violation, Violations};
use poem::error::ResponseError;
use poem::http::{HeaderName, StatusCode};
use poem_openapi::registry::{MetaResponses, Registry};
use poem_openapi::{ApiResponse, Object};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::api::assignment_rules::AssignmentRule;
use crate::api::custom_fields::CustomField;
use crate::api::customers::Customer;
use crate::api::duplicates::Candidate;
use crate::api::leads::Lead;
use crate::api::roles::Role;
use crate::api::tasks::Task;
use crate::api::teams::Team;
use crate::api::users::User;
use crate::api::views::View;

/// Why a request was not carried out.
#[derive(Debug)]
pub struct Problem {
    code: Code,
    detail: String,
    errors: Vec<FieldError>,
    members: Map<String, Value>,
    headers: Vec<(HeaderName, String)>,
    /// Seconds after which to try again; what goes with the code, when `None`.
    retry_after: Option<NonZeroU32>,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// One thing that is wrong with one field or parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Object)]
pub struct FieldError {
    /// Where in the body, as a JSON pointer: `#/emailId`; `null` for a parameter.
    #[oai(validator(max_length = 1000))]
    pub pointer: Option<String>,
    /// Which parameter of the path, the query or the headers; `null` for a field.
    #[oai(validator(max_length = 100))]
    pub parameter: Option<String>,
    /// A stable key: `too-long`.
    #[oai(validator(max_length = 50))]
    pub code: String,
    /// What a person reads: `must be at most 200 characters long`.
    #[oai(validator(max_length = 1000))]
    pub message: String,
}

/// The longest texts, in characters, as the document has them: a name that a caller made up may be of any length.
const POINTER: usize = 1000;
const PARAMETER: usize = 100;
const MESSAGE: usize = 1000;

/// The most errors that are told at once, as the document says of `errors` and `details`.
const MAX_ERRORS: usize = 1000;

fn cut(text: String, max: usize) -> String {
    if text.chars().nth(max).is_none() {
        return text;
    }
    text.chars().take(max - 1).chain(['…']).collect()
}

impl FieldError {
    /// A wrong field of the body; `path` has its names separated by `/`.
    pub fn field(path: &str, code: &str, message: impl Into<String>) -> Self {
        Self {
            pointer: Some(cut(format!("#/{path}"), POINTER)),
            parameter: None,
            code: code.to_owned(),
            message: cut(message.into(), MESSAGE),
        }
    }

    /// A wrong parameter.
    pub fn parameter(name: &str, code: &str, message: impl Into<String>) -> Self {
        Self {
            pointer: None,
            parameter: Some(cut(name.to_owned(), PARAMETER)),
            code: code.to_owned(),
            message: cut(message.into(), MESSAGE),
        }
    }

    fn line(&self) -> String {
        let name = self
            .parameter
            .as_deref()
            .or(self.pointer.as_deref())
            .unwrap_or_default();
        format!("{}: {}", name.trim_start_matches("#/"), self.message)
    }
}

impl Problem {
    /// A problem of this kind, told in a sentence.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            members: Map::new(),
            headers: Vec::new(),
            retry_after: None,
            cause: None,
        }
    }

    /// An invalid input, with each thing that is wrong; of very many the first ones.
    #[must_use]
    pub fn invalid(mut errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [one] => one.line(),
            several => format!("{} fields are invalid", several.len()),
        };
        errors.truncate(MAX_ERRORS);
        Self {
            errors,
            ..Self::new(Code::ValidationFailed, detail)
        }
    }

    /// A failure of the server's own, whose cause goes to the log and to nobody else.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(Code::InternalError, "something went wrong on our side").caused_by(cause)
    }

    /// With a further member, such as the record that stands in the way.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.members.insert(name.to_owned(), value);
        self
    }

    /// With a header in the answer.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With one wrong field or parameter.
    #[must_use]
    pub fn with_error(mut self, error: FieldError) -> Self {
        self.errors.push(error);
        self
    }

    fn caused_by(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The wrong fields and parameters.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// The same, of an object that stands at `path` in the body.
    #[must_use]
    pub(crate) fn below(mut self, path: &str) -> Self {
        if self.errors.is_empty() {
            return self;
        }
        for error in &mut self.errors {
            let name = error.parameter.take().or(error.pointer.take());
            let name = name.unwrap_or_default();
            let pointer = format!("#/{path}/{}", name.trim_start_matches("#/"));
            error.pointer = Some(cut(pointer.trim_end_matches('/').to_owned(), POINTER));
        }
        Self {
            code: self.code,
            ..Self::invalid(self.errors)
        }
    }

    fn retry_after(&self) -> Option<u32> {
        let own = self.retry_after.map(NonZeroU32::get);
        own.or(self.code.retry_after())
    }

    /// What happened, in a sentence.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// What kind of problem it is.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.code
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.detail)
    }
}

impl std::error::Error for Problem {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        self.code.status()
    }
}

/// Handlers give `Result<_, Problem>`; that every operation may answer with one is written once, by the document.
impl ApiResponse for Problem {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: Vec::new(),
        }
    }

    fn register(registry: &mut Registry) {
        use poem_openapi::types::Type;
        ProblemBody::register(registry);
    }
}

/// Why a request was not carried out (RFC 9457). Further members may follow, named with the code they go with.
#[derive(Debug, Serialize, Object)]
#[oai(rename = "Problem")]
pub struct ProblemBody {
    /// Names the kind of problem, as a URI.
    #[serde(rename = "type")]
    #[oai(rename = "type", validator(max_length = 100))]
    pub type_uri: String,
    /// The kind of problem in words.
    #[oai(validator(max_length = 100))]
    pub title: String,
    /// The HTTP status.
    #[oai(validator(minimum(value = "400"), maximum(value = "599")))]
    pub status: u16,
    /// What happened, to which thing, and what to do.
    #[oai(validator(max_length = 2000))]
    pub detail: String,
    /// The request, as a URI.
    #[oai(validator(max_length = 50))]
    pub instance: String,
    /// The same as `title`.
    #[oai(validator(max_length = 100))]
    pub error: String,
    /// The wrong fields as sentences.
    #[oai(validator(max_items = 1000, max_length = 2000))]
    pub details: Vec<String>,
    /// The stable key of this kind of problem.
    pub code: Code,
    /// The wrong fields.
    #[oai(validator(max_items = 1000))]
    pub errors: Vec<FieldError>,
    /// The request's id, as in the header `X-Request-Id`.
    #[oai(validator(max_length = 36))]
    pub request_id: String,
    /// Seconds after which to try again.
    #[oai(validator(minimum(value = "1"), maximum(value = "86400")))]
    pub retry_after: Option<u32>,
    /// What goes with the code: `current` (412), `existing` (409), `from`, `to` and `allowed` (409), `candidates` and
    /// `hiddenCandidates` (409), `mergedInto` (409), `permission` (403), `reason` (409), `veto` (422), `items` (422).
    #[serde(flatten)]
    #[oai(skip)]
    pub members: Map<String, Value>,
}

impl From<Violations> for Problem {
    fn from(violations: Violations) -> Self {
        let error = |violation: &Violation| {
            FieldError::field(&violation.field, violation.code, violation.message.clone())
        };
        Self::invalid(violations.iter().map(error).collect())
    }
}

impl From<crm_app::Error> for Problem {
    fn from(error: crm_app::Error) -> Self {
        use crm_app::Error;
        let detail = error.to_string();
        match error {
            Error::Forbidden(forbidden) => forbidden.into(),
            Error::NotFound(_) | Error::NoteNotFound => Self::new(Code::NotFound, detail),
            Error::Archived(_) => Self::new(Code::Archived, detail),
            Error::Stale(current) => stale(*current, detail),
            Error::Duplicate { existing, .. } => {
                Self::new(Code::Duplicate, detail).with("existing", json!(existing))
            }
            Error::Merged { into, .. } => {
                Self::new(Code::Merged, detail).with("mergedInto", json!(into))
            }
            Error::NotMerged(_) => Self::new(Code::NotMerged, detail),
            Error::DuplicateCandidates(candidates) => {
                let readable: Vec<_> = candidates.readable.iter().map(Candidate::from).collect();
                Self::new(Code::DuplicateCandidates, detail)
                    .with("candidates", json!(readable))
                    .with("hiddenCandidates", json!(candidates.hidden))
            }
            Error::Invalid(violations) => violations.into(),
            Error::InvalidQuery(violations) => parameters(&violations),
            Error::FieldNotIndexed(_) => Self::new(Code::FieldNotIndexedYet, detail),
            Error::PasswordTooLong { .. } => Self::new(Code::PasswordTooLong, detail),
            Error::Lead(error) => lead(error, detail),
            Error::NoAssignmentRule => Self::new(Code::NoAssignmentRule, detail),
            Error::InvalidCursor => Self::new(Code::InvalidCursor, detail).with_error(
                FieldError::parameter("cursor", "invalid-cursor", "does not belong to this list"),
            ),
            Error::EventsGone => Self::new(Code::EventsGone, detail),
            Error::Auth(error) => auth(error, detail),
            Error::SecondFactorEnabled => Self::new(Code::SecondFactorEnabled, detail),
            Error::NoSecondFactor => Self::new(Code::NoSecondFactor, detail),
            Error::SecondFactorDemanded => Self::new(Code::SecondFactorDemanded, detail),
            Error::AlreadySetUp => Self::new(Code::AlreadySetUp, detail),
            Error::LastAdmin => Self::new(Code::LastAdmin, detail),
            Error::NotHeld { permission } => {
                Self::new(Code::NotHeld, detail).with("permission", json!(permission.to_string()))
            }
            Error::OwnRights => Self::new(Code::OwnRights, detail),
            Error::NeedsSession => Self::new(Code::NeedsSession, detail),
            Error::BuiltInRole(_) => Self::new(Code::BuiltInRole, detail),
            Error::InUse { .. } => Self::new(Code::InUse, detail),
            Error::NameTaken(_) => Self::new(Code::NameTaken, detail),
            Error::TooMany { .. } => Self::new(Code::TooMany, detail),
            Error::KeyReused => Self::new(Code::IdempotencyKeyReused, detail),
            Error::InProgress => Self::new(Code::IdempotencyInProgress, detail),
            Error::AnswerGone => Self::new(Code::IdempotencyAnswerGone, detail),
            Error::Vetoed { hook, code, .. } => {
                Self::new(Code::Vetoed, detail).with("veto", json!({ "hook": hook, "code": code }))
            }
            Error::Overloaded | Error::HookTooSlow { .. } => Self::new(Code::Busy, detail),
            Error::Refused { code, .. } => {
                Self::new(Code::Refused, detail).with("reason", json!(code))
            }
            Error::Storage(error) => storage(error),
            Error::Internal(cause) => Self::internal(cause),
            other => import(other, detail),
        }
    }
}

impl From<Forbidden> for Problem {
    fn from(forbidden: Forbidden) -> Self {
        match forbidden {
            Forbidden::NotGranted { .. } => Self::new(Code::Forbidden, forbidden.to_string()),
            Forbidden::NoSecondFactor => {
                let detail = format!("{forbidden}: POST /api/auth/two-factor begins it");
                Self::new(Code::SecondFactorDemanded, detail)
            }
        }
    }
}

fn auth(error: AuthError, detail: String) -> Problem {
    match error {
        AuthError::TooManyAttempts { retry_after } => Problem {
            retry_after: NonZeroU32::new(retry_after),
            ..Problem::new(Code::TooManyAttempts, detail)
        },
        // Not 401: the access token is good, and a client that renews it would ask for ever.
        AuthError::WrongPassword => wrong_proof("password", "wrong-password", detail),
        AuthError::WrongCode => wrong_proof("code", "wrong-code", detail),
        error => Problem::new(error.into(), detail),
    }
}

/// What is wrong with parameters, named as they were.
fn parameters(violations: &Violations) -> Problem {
    let error = |violation: &Violation| {
        FieldError::parameter(&violation.field, violation.code, violation.message.clone())
    };
    Problem::invalid(violations.iter().map(error).collect())
}

fn wrong_proof(field: &str, code: &str, message: String) -> Problem {
    Problem::invalid(vec![FieldError::field(field, code, message)])
}

/// The record as it is now goes with it, in the form in which it is shown.
fn stale(current: crm_app::Current, detail: String) -> Problem {
    use crm_app::Current;
    let current = match current {
        Current::Lead(lead) => serde_json::to_value(Lead::from(lead)),
        Current::Customer(customer) => serde_json::to_value(Customer::from(customer)),
        Current::Task(task) => serde_json::to_value(Task::from(task)),
        Current::User(user, access) => serde_json::to_value(User::new(&user, &access)),
        Current::Team(team) => serde_json::to_value(Team::from(team)),
        Current::CustomField(field) => serde_json::to_value(CustomField::from(field)),
        Current::View(view) => serde_json::to_value(View::from(view)),
        Current::Role(role, access) => serde_json::to_value(Role::new(&role, &access)),
        Current::AssignmentRule(rule) => serde_json::to_value(AssignmentRule::from(rule)),
        Current::Shown(shown) => Ok(shown),
        other => return Problem::internal(format!("{other:?} has no form on the wire")),
    };
    Problem::new(Code::Stale, detail).with("current", current.unwrap_or_default())
}

fn lead(error: LeadError, detail: String) -> Problem {
    match error {
        LeadError::TransitionNotAllowed { from, to, allowed } => {
            let allowed: Vec<_> = allowed.iter().map(|status| status.as_str()).collect();
            Problem::new(Code::LeadTransitionNotAllowed, detail)
                .with("from", json!(from.as_str()))
                .with("to", json!(to.as_str()))
                .with("allowed", json!(allowed))
        }
        LeadError::UseConvert => Problem::new(Code::UseConvert, detail),
        LeadError::Converted => Problem::new(Code::LeadConverted, detail),
        LeadError::NotConverted => Problem::new(Code::NotConverted, detail),
        LeadError::Archived(_) => Problem::new(Code::Archived, detail),
        LeadError::Invalid(violations) => violations.into(),
    }
}

/// What only imports are refused with; anything else is a failure of ours.
fn import(error: crm_app::Error, detail: String) -> Problem {
    use crm_app::Error;
    match error {
        Error::ImportNotFound => Problem::new(Code::NotFound, detail),
        Error::ImportState(state) => {
            Problem::new(Code::ImportState, detail).with("state", json!(state.as_str()))
        }
        Error::FileTooLarge { .. } => Problem::new(Code::BodyTooLarge, detail),
        Error::TooManyImports { .. } => Problem::new(Code::TooMany, detail),
        other => Problem::internal(other),
    }
}

fn storage(error: crm_app::StorageError) -> Problem {
    use crm_app::StorageError;
    match error {
        StorageError::Busy | StorageError::Conflict(_) | StorageError::Locked(_) => {
            Problem::new(Code::Busy, "the server is busy; try again").caused_by(error)
        }
        StorageError::Unavailable(_) => Problem::new(
            Code::DatabaseUnavailable,
            "the database cannot be reached; try again",
        )
        .caused_by(error),
        StorageError::DiskFull(_) => Problem::new(
            Code::DatabaseUnavailable,
            "the disk of the database is full: nothing is stored until it has room",
        )
        .caused_by(error),
        StorageError::Timeout(_) => Problem::new(
            Code::Timeout,
            "the database took too long; narrow the request",
        )
        .caused_by(error),
        other => Problem::internal(other),
    }
}

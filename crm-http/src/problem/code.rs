//! The kinds of problem there are: a key, a status, a title.

use crm_app::AuthError;
use poem::http::StatusCode;
use poem_openapi::Enum;
use serde::Serialize;

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident = $key:literal, $status:ident, $title:literal;)*) => {
        /// The stable key of a kind of problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum, Serialize)]
        #[oai(rename = "ProblemCode")]
        pub enum Code {
            $(
                $(#[$doc])*
                #[oai(rename = $key)]
                #[serde(rename = $key)]
                $code,
            )*
        }

        impl Code {
            /// The key on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$code => $key,)* }
            }

            /// The status it is answered with.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$code => StatusCode::$status,)* }
            }

            /// The kind in words.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$code => $title,)* }
            }
        }
    };
}

codes! {
    /// Fields or parameters are wrong.
    ValidationFailed = "validation-failed", BAD_REQUEST, "Validation Error";
    /// The body is not JSON.
    MalformedJson = "malformed-json", BAD_REQUEST, "Validation Error";
    /// The request cannot be read.
    BadRequest = "bad-request", BAD_REQUEST, "Bad Request";
    /// The cursor does not belong to this list.
    InvalidCursor = "invalid-cursor", BAD_REQUEST, "Validation Error";
    /// Numbered pages do not reach so deep.
    UseCursor = "use-cursor", BAD_REQUEST, "Validation Error";
    /// No access token was sent.
    Unauthenticated = "unauthenticated", UNAUTHORIZED, "Invalid token";
    /// The access token is not good.
    InvalidToken = "invalid-token", UNAUTHORIZED, "Invalid token";
    /// The access token has run out.
    TokenExpired = "token-expired", UNAUTHORIZED, "Token expired";
    /// The address, the password or the code is wrong.
    InvalidCredentials = "invalid-credentials", UNAUTHORIZED, "Invalid credentials";
    /// The password is right; a code is needed besides.
    SecondFactorRequired = "second-factor-required", UNAUTHORIZED, "Second factor required";
    /// The refresh token is not good.
    InvalidRefreshToken = "invalid-refresh-token", UNAUTHORIZED, "Invalid token";
    /// The refresh token was used before; its session is ended.
    RefreshTokenReused = "refresh-token-reused", UNAUTHORIZED, "Invalid token";
    /// The set-up token is not good.
    InvalidSetupToken = "invalid-setup-token", UNAUTHORIZED, "Invalid token";
    /// The link to set a password is wrong, used, replaced or too old.
    InvalidLink = "invalid-link", BAD_REQUEST, "Invalid link";
    /// The caller may not do this.
    Forbidden = "forbidden", FORBIDDEN, "Insufficient permissions";
    /// Nobody gives others more than they hold themselves.
    NotHeld = "not-held", FORBIDDEN, "Insufficient permissions";
    /// Nobody changes what they themselves may do.
    OwnRights = "own-rights", FORBIDDEN, "Insufficient permissions";
    /// A person must do it, not a program with an API key.
    NeedsSession = "needs-session", FORBIDDEN, "Insufficient permissions";
    /// A role demands a second factor: nothing else is allowed without one, and it is not removed.
    SecondFactorDemanded = "second-factor-demanded", FORBIDDEN, "Second factor demanded";
    /// The request comes from another site.
    CrossSite = "cross-site", FORBIDDEN, "Forbidden";
    /// There is no such thing, or the caller may not see it.
    NotFound = "not-found", NOT_FOUND, "Not Found";
    /// The path has no such method; the header `Allow` names those it has.
    MethodNotAllowed = "method-not-allowed", METHOD_NOT_ALLOWED, "Method Not Allowed";
    /// The body did not arrive in time.
    RequestTimeout = "request-timeout", REQUEST_TIMEOUT, "Request Timeout";
    /// Something with this value is there already.
    Duplicate = "duplicate", CONFLICT, "Duplicate field value";
    /// Records at hand may be the same as the new one.
    DuplicateCandidates = "duplicate-candidates", CONFLICT, "Possible duplicates";
    /// The record was merged into another one.
    Merged = "merged", CONFLICT, "Record is merged";
    /// There is no merge to undo.
    NotMerged = "not-merged", CONFLICT, "Not merged";
    /// A lead that was converted is not merged into another one.
    LeadConverted = "lead-converted", CONFLICT, "Lead is converted";
    /// There is no conversion to undo.
    NotConverted = "not-converted", CONFLICT, "Transition not allowed";
    /// The lifecycle of a lead has no such step.
    LeadTransitionNotAllowed = "lead-transition-not-allowed", CONFLICT, "Transition not allowed";
    /// Converted is reached by converting.
    UseConvert = "use-convert", CONFLICT, "Transition not allowed";
    /// The record is put away, and read-only.
    Archived = "archived", CONFLICT, "Record is archived";
    /// The workspace has users already.
    AlreadySetUp = "already-set-up", CONFLICT, "Already set up";
    /// What a built-in role grants is not edited.
    BuiltInRole = "built-in-role", CONFLICT, "Built-in role";
    /// A rule of a plugin's does not allow it, as things stand.
    Refused = "refused", CONFLICT, "Not possible now";
    /// Something else refers to the record.
    InUse = "in-use", CONFLICT, "In use";
    /// Another record has this name.
    NameTaken = "name-taken", CONFLICT, "Duplicate field value";
    /// There may be no more of them.
    TooMany = "too-many", CONFLICT, "Too many";
    /// The import is at a point at which this cannot be done.
    ImportState = "import-state", CONFLICT, "Import state";
    /// No assignment rule takes the lead.
    NoAssignmentRule = "no-assignment-rule", CONFLICT, "No assignment rule";
    /// A second factor is set up already.
    SecondFactorEnabled = "second-factor-enabled", CONFLICT, "Second factor enabled";
    /// No second factor is set up.
    NoSecondFactor = "no-second-factor", CONFLICT, "No second factor";
    /// The last active Admin stays.
    LastAdmin = "last-admin", CONFLICT, "Last Admin";
    /// The request with this idempotency key is being carried out.
    IdempotencyInProgress = "idempotency-in-progress", CONFLICT, "In progress";
    /// The request with this idempotency key was carried out, and its answer is not kept.
    IdempotencyAnswerGone = "idempotency-answer-gone", CONFLICT, "Answer not kept";
    /// The index of a custom field is still being made.
    FieldNotIndexedYet = "field-not-indexed-yet", CONFLICT, "Not indexed yet";
    /// The events after the cursor are not kept any more.
    EventsGone = "events-gone", GONE, "Events not kept";
    /// The record was changed by somebody else.
    Stale = "stale", PRECONDITION_FAILED, "Precondition Failed";
    /// This server wants to know which version of a record a change is meant for.
    IfMatchRequired = "if-match-required", PRECONDITION_REQUIRED, "Precondition Required";
    /// The body is too large.
    BodyTooLarge = "body-too-large", PAYLOAD_TOO_LARGE, "Content Too Large";
    /// The body has another media type or encoding than the operation takes.
    UnsupportedMediaType = "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type";
    /// The password is longer than any is hashed.
    PasswordTooLong = "password-too-long", UNPROCESSABLE_ENTITY, "Validation Error";
    /// The idempotency key stands for another request.
    IdempotencyKeyReused = "idempotency-key-reused", UNPROCESSABLE_ENTITY, "Idempotency key reused";
    /// Some records of a batch are refused, and so none is made; `items` says which and why.
    BatchRefused = "batch-refused", UNPROCESSABLE_ENTITY, "Batch refused";
    /// A hook refuses.
    Vetoed = "vetoed", UNPROCESSABLE_ENTITY, "Refused";
    /// Too many tried to sign in.
    TooManyAttempts = "too-many-attempts", TOO_MANY_REQUESTS, "Too Many Requests";
    /// A mistake of ours.
    InternalError = "internal-error", INTERNAL_SERVER_ERROR, "Internal Server Error";
    /// Too much at once; try again.
    Busy = "busy", SERVICE_UNAVAILABLE, "Service Unavailable";
    /// The database cannot be reached.
    DatabaseUnavailable = "database-unavailable", SERVICE_UNAVAILABLE, "Service Unavailable";
    /// The database took too long.
    Timeout = "timeout", GATEWAY_TIMEOUT, "Timeout";
}

impl Code {
    /// Seconds after which a client may try again.
    pub(super) const fn retry_after(self) -> Option<u32> {
        match self {
            Self::Busy | Self::DatabaseUnavailable | Self::IdempotencyInProgress => Some(1),
            _ => None,
        }
    }
}

impl From<AuthError> for Code {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::InvalidCredentials => Self::InvalidCredentials,
            AuthError::SecondFactorRequired => Self::SecondFactorRequired,
            AuthError::WrongPassword | AuthError::WrongCode => Self::ValidationFailed,
            AuthError::TooManyAttempts { .. } => Self::TooManyAttempts,
            AuthError::InvalidToken => Self::InvalidToken,
            AuthError::TokenExpired => Self::TokenExpired,
            AuthError::InvalidRefreshToken => Self::InvalidRefreshToken,
            AuthError::RefreshTokenReused => Self::RefreshTokenReused,
            AuthError::InvalidSetupToken => Self::InvalidSetupToken,
            AuthError::InvalidLink => Self::InvalidLink,
        }
    }
}

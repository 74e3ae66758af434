//! What the operations of `/api/auth/two-factor` take and give.

use chrono::{DateTime, Utc};
use crm_app::second_factors::{Enrolment, Status};
use poem_openapi::Object;
use serde::{Deserialize, Serialize};

use crate::api::auth::wire::{CodeText, Password};
use crate::wire::Text;

/// How one's own second factor stands.
#[derive(Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(super) struct TwoFactor {
    /// Whether signing in takes a code.
    is_enabled: bool,
    /// Since when.
    confirmed_at: Option<DateTime<Utc>>,
    /// How many recovery codes are not used.
    #[oai(validator(minimum(value = "0"), maximum(value = "10")))]
    recovery_codes_left: i64,
    /// Whether a role demands it: without it nothing else is allowed.
    is_demanded: bool,
}

impl From<Status> for TwoFactor {
    fn from(status: Status) -> Self {
        let Status {
            confirmed_at,
            recovery_codes_left,
            is_demanded,
        } = status;
        Self {
            is_enabled: confirmed_at.is_some(),
            confirmed_at,
            recovery_codes_left,
            is_demanded,
        }
    }
}

/// The present password.
#[derive(Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(super) struct StartTwoFactor {
    /// The present password.
    pub(super) password: Password,
}

/// What an authenticator app is given. It is not shown again.
#[derive(Serialize, Object)]
#[oai(rename = "TwoFactorStarted")]
pub(super) struct Started {
    /// The secret in base 32, to be typed in.
    secret: Text<32>,
    /// The same for a QR code: `otpauth://totp/..`.
    uri: Text<4096>,
}

impl From<Enrolment> for Started {
    fn from(enrolment: Enrolment) -> Self {
        let Enrolment { secret, uri } = enrolment;
        Self {
            secret: (&secret).into(),
            uri: (&uri).into(),
        }
    }
}

/// A code of the authenticator app.
#[derive(Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(super) struct ConfirmTwoFactor {
    /// The code that the app shows now.
    pub(super) code: CodeText,
}

/// A code.
#[derive(Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(super) struct RenewRecoveryCodes {
    /// The code that the app shows now, or a recovery code.
    pub(super) code: CodeText,
}

/// The present password and a code.
#[derive(Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(super) struct RemoveTwoFactor {
    /// The present password.
    pub(super) password: Password,
    /// The code that the app shows now, or a recovery code.
    pub(super) code: CodeText,
}

/// Codes that sign in without the device, each once. They are not shown again.
#[derive(Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(super) struct RecoveryCodes {
    /// The codes: `ABCD-EFGH-IJKL-MNOP-QRST-UVWX`.
    #[oai(validator(max_items = 10))]
    recovery_codes: Vec<Text<29>>,
}

impl RecoveryCodes {
    pub(super) fn new(codes: &[String]) -> Self {
        Self {
            recovery_codes: codes.iter().map(Into::into).collect(),
        }
    }
}

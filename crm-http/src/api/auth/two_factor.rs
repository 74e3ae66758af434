//! One's own second factor.

use chrono::{DateTime, Utc};
use crm_app::second_factors::{Enrolment, Status};
use poem::Request;
use poem::web::Data;
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};

use crate::api::Message;
use crate::api::auth::wire::{CodeText, Password};
use crate::api::auth::{Tag, client_with_device};
use crate::auth::SignedIn;
use crate::body::Body;
use crate::cookies::Cookies;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::Text;

/// How one's own second factor stands.
#[derive(Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
struct TwoFactor {
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
struct StartTwoFactor {
    /// The present password.
    password: Password,
}

/// What an authenticator app is given. It is not shown again.
#[derive(Serialize, Object)]
#[oai(rename = "TwoFactorStarted")]
struct Started {
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
struct ConfirmTwoFactor {
    /// The code that the app shows now.
    code: CodeText,
}

/// A code.
#[derive(Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
struct RenewRecoveryCodes {
    /// The code that the app shows now, or a recovery code.
    code: CodeText,
}

/// The present password and a code.
#[derive(Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
struct RemoveTwoFactor {
    /// The present password.
    password: Password,
    /// The code that the app shows now, or a recovery code.
    code: CodeText,
}

/// Codes that sign in without the device, each once. They are not shown again.
#[derive(Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
struct RecoveryCodes {
    /// The codes: `ABCD-EFGH-IJKL-MNOP-QRST-UVWX`.
    #[oai(validator(max_items = 10))]
    recovery_codes: Vec<Text<29>>,
}

impl RecoveryCodes {
    fn new(codes: &[String]) -> Self {
        Self {
            recovery_codes: codes.iter().map(Into::into).collect(),
        }
    }
}

/// The operations below `/api/auth/two-factor`.
pub struct TwoFactorApi;

#[OpenApi(tag = "Tag::Auth")]
impl TwoFactorApi {
    /// Show one's own second factor
    #[oai(
        path = "/auth/two-factor",
        method = "get",
        operation_id = "getTwoFactor"
    )]
    async fn status(&self, auth: SignedIn) -> Result<Reply<TwoFactor>, Problem> {
        let status = auth.crm().second_factors().status(auth.caller()).await?;
        Ok(Reply::new(status.into()))
    }

    /// Begin to set up a second factor
    ///
    /// Gives the secret for an authenticator app (TOTP, RFC 6238). It counts once a code of it has confirmed it, within 15
    /// minutes.
    #[oai(
        path = "/auth/two-factor",
        method = "post",
        operation_id = "startTwoFactor"
    )]
    async fn start(
        &self,
        auth: SignedIn,
        req: &Request,
        cookies: Data<&Cookies>,
        body: Body<StartTwoFactor>,
    ) -> Result<Reply<Started>, Problem> {
        let password = body.0.password.into_string();
        let factors = auth.crm().second_factors();
        let client = client_with_device(req, **cookies);
        let enrolment = factors.start(auth.caller(), password, client).await?;
        Ok(Reply::new(enrolment.into()))
    }

    /// Confirm a second factor
    ///
    /// From now on signing in takes a code. Ends all other sessions of the caller. Gives ten recovery codes.
    #[oai(
        path = "/auth/two-factor/confirm",
        method = "post",
        operation_id = "confirmTwoFactor"
    )]
    async fn confirm(
        &self,
        auth: SignedIn,
        req: &Request,
        cookies: Data<&Cookies>,
        body: Body<ConfirmTwoFactor>,
    ) -> Result<Reply<RecoveryCodes>, Problem> {
        let factors = auth.crm().second_factors();
        let (code, client) = (body.0.code.as_str(), client_with_device(req, **cookies));
        let codes = factors.confirm(auth.caller(), code, client).await?;
        Ok(Reply::new(RecoveryCodes::new(&codes)))
    }

    /// Renew the recovery codes
    ///
    /// The ones before work no more.
    #[oai(
        path = "/auth/two-factor/recovery-codes",
        method = "post",
        operation_id = "renewRecoveryCodes"
    )]
    async fn renew_recovery_codes(
        &self,
        auth: SignedIn,
        req: &Request,
        cookies: Data<&Cookies>,
        body: Body<RenewRecoveryCodes>,
    ) -> Result<Reply<RecoveryCodes>, Problem> {
        let factors = auth.crm().second_factors();
        let (code, client) = (body.0.code.as_str(), client_with_device(req, **cookies));
        let codes = factors
            .renew_recovery_codes(auth.caller(), code, client)
            .await?;
        Ok(Reply::new(RecoveryCodes::new(&codes)))
    }

    /// Remove one's own second factor
    ///
    /// Not while a role demands one. Ends all other sessions of the caller.
    #[oai(
        path = "/auth/two-factor/remove",
        method = "post",
        operation_id = "removeTwoFactor"
    )]
    async fn remove(
        &self,
        auth: SignedIn,
        req: &Request,
        cookies: Data<&Cookies>,
        body: Body<RemoveTwoFactor>,
    ) -> Result<Reply<Message>, Problem> {
        let RemoveTwoFactor { password, code } = body.0;
        let (password, client) = (password.into_string(), client_with_device(req, **cookies));
        let factors = auth.crm().second_factors();
        factors
            .remove(auth.caller(), password, code.as_str(), client)
            .await?;
        Ok(Reply::new(Message::new("Second factor removed.")))
    }
}

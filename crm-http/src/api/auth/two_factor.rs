//! One's own second factor.

mod wire;

use poem::Request;
use poem::web::Data;
use poem_openapi::OpenApi;

use crate::api::Message;
use crate::api::auth::{Tag, client_with_device};
use crate::auth::{Confidential, SignedIn};
use crate::body::Body;
use crate::cookies::Cookies;
use crate::problem::Problem;
use crate::reply::Reply;

use wire::{
    ConfirmTwoFactor, RecoveryCodes, RemoveTwoFactor, RenewRecoveryCodes, StartTwoFactor, Started,
    TwoFactor,
};

/// The operations below `/api/auth/two-factor`.
pub struct TwoFactorApi;

#[OpenApi(tag = "Tag::Auth")]
impl TwoFactorApi {
    /// Show one's own second factor
    ///
    /// Whether there is one, whether a role demands one, and how many recovery codes are left.
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
        _secrets: Confidential,
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
        _secrets: Confidential,
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
        _secrets: Confidential,
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
        _secrets: Confidential,
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

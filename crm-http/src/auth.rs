//! Who calls: each operation's first argument is [`Require`], [`SignedIn`], [`Identified`] or [`Public`].
//!
//! The argument is the check, and it writes itself into the API document. An operation without one does not start.

use std::marker::PhantomData;

use crm_app::Crm;
use crm_app::auth::Authenticated;
use crm_domain::activity::{self, Actor};
use crm_domain::ids::ClaimId;
use crm_domain::permission::Permission;
use poem::http::header;
use poem::{Request, RequestBody, Result};
use poem_openapi::registry::{MetaSecurityScheme, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use crate::middleware::{client_address, request_id};
use crate::problem::{Code, Problem};

/// The scheme of the access token in the API document.
pub(crate) const BEARER: &str = "bearer";
/// Begins the pretended schemes by which a permission travels into the API document.
pub(crate) const PERMISSION: &str = "permission ";
/// The pretended scheme of an operation for everybody.
pub(crate) const PUBLIC: &str = "public";

/// The pretended scheme of an operation that takes or gives secrets.
pub(crate) const CONFIDENTIAL: &str = "confidential";

/// A permission as a type, for [`Require`].
pub trait Permitted: Send + Sync + 'static {
    /// The permission.
    const PERMISSION: Permission;
    /// `permission lead:read`, for the document.
    const SCHEME: &'static str;
}

/// Makes types of permissions: `LeadRead = "lead:read" (Resource::LEAD, Read);`.
#[macro_export]
macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $id:literal ($resource:path, $action:ident);)*) => {$(
        $(#[$doc])*
        pub struct $name;

        impl $crate::auth::Permitted for $name {
            const PERMISSION: crm_domain::permission::Permission = crm_domain::permission::Permission::new(
                $resource,
                crm_domain::permission::Action::$action,
            );
            const SCHEME: &'static str = concat!("permission ", $id);
        }
    )*};
}

/// A caller who is signed in and holds the permission `P` for at least some records.
pub struct Require<P> {
    caller: Identified,
    permission: PhantomData<fn() -> P>,
}

impl<P> Require<P> {
    /// The caller.
    #[must_use]
    pub const fn caller(&self) -> &Authenticated {
        &self.caller.caller
    }

    /// Who acts.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.caller.caller.actor
    }

    /// The CRM that the request is for.
    #[must_use]
    pub const fn crm(&self) -> &Crm {
        &self.caller.crm
    }
}

/// A person who is signed in, for what everybody may do to themselves. A program with an API key is refused.
pub struct SignedIn(Identified);

/// Whoever is known: a person who is signed in, or a program with an API key.
pub struct Identified {
    crm: Crm,
    caller: Authenticated,
}

impl Identified {
    /// Who acts.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.caller.actor
    }

    /// The CRM that the request is for.
    #[must_use]
    pub const fn crm(&self) -> &Crm {
        &self.crm
    }
}

impl SignedIn {
    /// The caller.
    #[must_use]
    pub const fn caller(&self) -> &Authenticated {
        &self.0.caller
    }

    /// The CRM that the request is for.
    #[must_use]
    pub const fn crm(&self) -> &Crm {
        &self.0.crm
    }
}

/// Anybody, signed in or not. Written out, since an operation that names nobody is refused.
pub struct Public {
    crm: Crm,
}

impl Public {
    /// The CRM that the request is for.
    #[must_use]
    pub const fn crm(&self) -> &Crm {
        &self.crm
    }
}

impl<'a, P: Permitted> ApiExtractor<'a> for Require<P> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        register_bearer(registry);
    }

    fn security_schemes() -> Vec<&'static str> {
        vec![BEARER, P::SCHEME]
    }

    async fn from_request(
        req: &'a Request,
        _: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> Result<Self> {
        let caller = identified(req).await?;
        let access = caller.crm.access().await.map_err(Problem::from)?;
        access
            .check(&caller.caller.actor, P::PERMISSION)
            .map_err(Problem::from)?;
        Ok(Self {
            caller,
            permission: PhantomData,
        })
    }
}

impl<'a> ApiExtractor<'a> for SignedIn {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        register_bearer(registry);
    }

    fn security_schemes() -> Vec<&'static str> {
        vec![BEARER]
    }

    async fn from_request(
        req: &'a Request,
        _: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> Result<Self> {
        Ok(signed_in(req).await?)
    }
}

impl<'a> ApiExtractor<'a> for Identified {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        register_bearer(registry);
    }

    fn security_schemes() -> Vec<&'static str> {
        vec![BEARER]
    }

    async fn from_request(
        req: &'a Request,
        _: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> Result<Self> {
        Ok(identified(req).await?)
    }
}

impl<'a> ApiExtractor<'a> for Public {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
    type ParamType = ();
    type ParamRawType = ();

    fn security_schemes() -> Vec<&'static str> {
        vec![PUBLIC]
    }

    async fn from_request(
        req: &'a Request,
        _: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> Result<Self> {
        Ok(Self { crm: crm(req)? })
    }
}

/// An argument of each operation that takes or gives secrets: it takes no `Idempotency-Key`, under which its answer would
/// have to be kept.
pub struct Confidential;

impl<'a> ApiExtractor<'a> for Confidential {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
    type ParamType = ();
    type ParamRawType = ();

    fn security_schemes() -> Vec<&'static str> {
        vec![CONFIDENTIAL]
    }

    async fn from_request(
        _: &'a Request,
        _: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> Result<Self> {
        Ok(Self)
    }
}

fn register_bearer(registry: &mut Registry) {
    let scheme = MetaSecurityScheme {
        ty: "http",
        description: Some(
            "The access token that signing in gives, good for 15 minutes, or an API key (`crm_ak_..`).",
        ),
        name: None,
        key_in: None,
        scheme: Some("bearer"),
        bearer_format: Some("JWT"),
        flows: None,
        openid_connect_url: None,
    };
    registry.create_security_scheme(BEARER, scheme);
}

fn crm(req: &Request) -> Result<Crm, Problem> {
    req.data::<Crm>()
        .cloned()
        .ok_or_else(|| Problem::internal("the request carries no Crm"))
}

/// The request as the activity log keeps it.
pub(crate) fn request(req: &Request) -> activity::Request {
    activity::Request {
        id: request_id::of(req),
        address: client_address::of(req),
        claim: req.data::<ClaimId>().copied(),
    }
}

async fn signed_in(req: &Request) -> Result<SignedIn, Problem> {
    let identified = identified(req).await?;
    identified.caller.session()?;
    Ok(SignedIn(identified))
}

pub(crate) async fn identified(req: &Request) -> Result<Identified, Problem> {
    let crm = crm(req)?;
    let token = bearer_token(req)?;
    let caller = crm.auth().authenticate(token, Some(request(req))).await?;
    if let Some(log) = req.data::<crate::middleware::access_log::Caller>() {
        log.set(caller.user);
    }
    Ok(Identified { crm, caller })
}

/// The caller of an operation that also works without one.
pub(crate) async fn signed_in_if_token(req: &Request) -> Result<Option<SignedIn>, Problem> {
    if req.headers().contains_key(header::AUTHORIZATION) {
        signed_in(req).await.map(Some)
    } else {
        Ok(None)
    }
}

fn bearer_token(req: &Request) -> Result<&str, Problem> {
    let missing = || {
        Problem::new(
            Code::Unauthenticated,
            "sign in and send the access token as a bearer token",
        )
    };
    let mut sent = req.headers().get_all(header::AUTHORIZATION).iter();
    let value = sent.next().ok_or_else(missing)?;
    // Two tokens leave open who calls.
    if sent.next().is_some() {
        return Err(missing());
    }
    let (scheme, token) = value
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .ok_or_else(missing)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(token.trim())
    } else {
        Err(missing())
    }
}

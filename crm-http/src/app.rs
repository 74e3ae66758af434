//! Puts the endpoint together: operations, the API document, and what every request passes through.

use std::sync::Arc;

use crm_app::Crm;
use crm_domain::event::EventType;
use ipnet::IpNet;
use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use poem::middleware::{NormalizePath, TrailingSlash};
use poem::{EndpointExt, Request, Response, Route, get};
use serde_json::Value;

use crate::api::activities::ActivitiesApi;
use crate::api::analytics::AnalyticsApi;
use crate::api::api_keys::ApiKeysApi;
use crate::api::assignment_rules::AssignmentRulesApi;
use crate::api::auth::{AuthApi, TwoFactorApi};
use crate::api::authz::AuthzApi;
use crate::api::custom_fields::CustomFieldsApi;
use crate::api::customers::CustomersApi;
use crate::api::events::EventsApi;
use crate::api::health::{Health, HealthApi};
use crate::api::imports::ImportsApi;
use crate::api::jobs::JobsApi;
use crate::api::leads::LeadsApi;
use crate::api::meta::{Consoles, MetaApi};
use crate::api::metrics::{MetricsApi, MetricsToken};
use crate::api::roles::RolesApi;
use crate::api::search::SearchApi;
use crate::api::tags::TagsApi;
use crate::api::tasks::TasksApi;
use crate::api::teams::TeamsApi;
use crate::api::users::{PasswordLinks, UsersApi};
use crate::api::views::ViewsApi;
use crate::cookies::Cookies;
use crate::document::{self, Document};
use crate::if_match;
use crate::live::Seats;
use crate::metrics::Metrics;
use crate::middleware::access_log::AccessLog;
use crate::middleware::body_limit::BodyLimit;
use crate::middleware::client_address::ClientAddresses;
use crate::middleware::cors::AllowedOrigins;
use crate::middleware::request_id::RequestIds;
use crate::middleware::security_headers::SecurityHeaders;
use crate::middleware::strict_http::StrictHttp;
use crate::openapi::{ApiError, Bundle, CORE, Contribution, bundle};
use crate::pages::Pages;
use crate::plugin::{self, HttpPlugin};
use crate::problem::Problems;
use crate::swagger::SwaggerUi;

/// The operations that take bodies of any size, and bound them by themselves.
const STREAMED: &[(Method, &str)] = &[(Method::POST, "/api/imports")];

/// What a server decides for itself.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The origins, besides its own, whose pages may call: `https://crm.example`.
    pub allowed_origins: Vec<String>,
    /// The origin of a console that is served elsewhere, to which links lead; without it they name no origin.
    pub console_origin: Option<String>,
    /// Whether cookies are sent over HTTPS only, and our own pages reached so. Off only for development on loopback.
    pub secure_cookies: bool,
    /// The networks of proxies whose word is taken for where a request comes from, and whether over HTTPS.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether `/api/openapi.json` and `/api/docs` are served.
    pub serve_docs: bool,
    /// Whether changes of a record are refused unless `If-Match` says which version of it they change.
    pub require_if_match: bool,
    /// What is served at addresses that no operation has: a console.
    pub pages: Option<Pages>,
    /// By which `/metrics` are read from elsewhere than this machine.
    pub metrics_token: MetricsToken,
}

fn contributions(plugins: &[Arc<dyn HttpPlugin>]) -> Vec<Contribution> {
    let mut all = vec![
        Contribution::new(CORE, "/", HealthApi),
        Contribution::new(CORE, "/", MetricsApi),
        Contribution::new(CORE, "/api", AuthApi),
        Contribution::new(CORE, "/api", TwoFactorApi),
        Contribution::new(CORE, "/api", LeadsApi),
        Contribution::new(CORE, "/api", CustomersApi),
        Contribution::new(CORE, "/api", TasksApi),
        Contribution::new(CORE, "/api", ImportsApi),
        Contribution::new(CORE, "/api", AnalyticsApi),
        Contribution::new(CORE, "/api", CustomFieldsApi),
        Contribution::new(CORE, "/api", TagsApi),
        Contribution::new(CORE, "/api", ViewsApi),
        Contribution::new(CORE, "/api", UsersApi),
        Contribution::new(CORE, "/api", TeamsApi),
        Contribution::new(CORE, "/api", RolesApi),
        Contribution::new(CORE, "/api", AssignmentRulesApi),
        Contribution::new(CORE, "/api", ApiKeysApi),
        Contribution::new(CORE, "/api", AuthzApi),
        Contribution::new(CORE, "/api", JobsApi),
        Contribution::new(CORE, "/api", ActivitiesApi),
        Contribution::new(CORE, "/api", EventsApi),
        Contribution::new(CORE, "/api", SearchApi),
        Contribution::new(CORE, "/api", MetaApi),
    ];
    all.extend(plugin::contributions(plugins));
    all
}

/// The API document, OpenAPI 3.0.3, with the operations of these plugins. Needs no database.
///
/// # Errors
/// [`ApiError`] when the APIs do not go together, or the plugins, with the settings that they have by default.
pub fn document(plugins: &[Arc<dyn HttpPlugin>]) -> Result<Value, ApiError> {
    let together = plugin::together(plugins, &crm_app::plugin::Settings::default())?;
    written(plugins, together.events())
}

/// The document of these plugins and events.
pub(crate) fn written(
    plugins: &[Arc<dyn HttpPlugin>],
    events: &[EventType],
) -> Result<Value, ApiError> {
    bundle(contributions(plugins), events)?.document.write()
}

/// The whole HTTP interface of `crm` as one endpoint, for [`serve`](crate::server::serve), for a host's own poem
/// application, or, in a [`PoemService`](crate::tower::PoemService), for axum. `plugins` are the HTTP halves of those that `crm` has.
///
/// # Errors
/// [`ApiError`] when the APIs do not go together.
pub fn app(
    crm: Crm,
    settings: Settings,
    health: Health,
    plugins: &[Arc<dyn HttpPlugin>],
) -> Result<BoxEndpoint<'static, Response>, ApiError> {
    let Settings {
        allowed_origins,
        console_origin,
        secure_cookies,
        trusted_proxies,
        serve_docs,
        require_if_match,
        pages,
        metrics_token,
    } = settings;
    let Bundle {
        endpoint,
        allowed,
        permissions,
        ..
    } = bundle(contributions(plugins), crm.events().catalogue())?;
    check(&crm, plugins, &permissions)?;
    let mut routes = match pages {
        Some(pages) => pages.beside(endpoint),
        None => Route::new().nest_no_strip("/", endpoint),
    };
    if serve_docs {
        routes = routes
            .at(document::PATH, get(Document::of(&crm, plugins)))
            .nest("/api/docs", get(SwaggerUi::new("../openapi.json")));
    }
    let origins = AllowedOrigins::new(allowed_origins, secure_cookies);
    let ids = crm.clone();
    let metrics = Metrics::new().map_err(|error| ApiError::Metrics(error.to_string()))?;
    let endpoint = routes
        .before(head_as_get)
        .with(NormalizePath::new(TrailingSlash::Trim))
        .data(crm)
        .data(health)
        .data(Seats::default())
        .data(metrics.clone())
        .data(metrics_token)
        .data(Consoles::of(plugins))
        .data(origins.clone())
        .data(PasswordLinks {
            origin: console_origin.unwrap_or_default(),
        })
        .data(if_match::Required(require_if_match))
        .data(Cookies {
            is_secure: secure_cookies,
        })
        .with(BodyLimit::default().except(STREAMED))
        .with(StrictHttp)
        .with(Problems::new(allowed))
        .with(origins)
        .with(AccessLog(metrics))
        .with(ClientAddresses::new(trusted_proxies))
        .with(SecurityHeaders)
        .with(RequestIds::new(Arc::new(move || ids.new_request_id())));
    Ok(endpoint.map_to_response().boxed())
}

/// Refuses plugins that the CRM does not have, and operations for who holds a permission that there is not: nobody ever would.
fn check(
    crm: &Crm,
    plugins: &[Arc<dyn HttpPlugin>],
    permissions: &[(&'static str, &'static str)],
) -> Result<(), ApiError> {
    for plugin in plugins {
        let manifest = plugin.manifest();
        if !crm.plugins().manifests().any(|known| known == manifest) {
            return Err(ApiError::AbsentPlugin {
                plugin: manifest.id,
            });
        }
    }
    for (owner, permission) in permissions {
        if crm.catalogue().permission(permission).is_err() {
            return Err(ApiError::UnknownPermission { owner, permission });
        }
    }
    Ok(())
}

/// A HEAD is answered like a GET; the server leaves the body out.
async fn head_as_get(mut req: Request) -> poem::Result<Request> {
    if req.method() == Method::HEAD {
        req.set_method(Method::GET);
    }
    Ok(req)
}

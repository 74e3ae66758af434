//! API keys: list, make, revoke.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use crm_app::api_keys::{IssuedApiKey, NewApiKey};
use crm_domain::api_key;
use crm_domain::ids::UserId;
use crm_domain::permission::Catalogue;
use crm_domain::violation::Violations;
use poem::Request;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi, Tags};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::api::Message;
use crate::api::auth::client_with_device;
use crate::api::auth::wire::Password;
use crate::api::permissions::{self, PermissionText};
use crate::auth::{Confidential, SignedIn};
use crate::body::Body;
use crate::cookies::Cookies;
use crate::problem::Problem;
use crate::query::{Query, QueryParameters};
use crate::reply::{Made, Reply};
use crate::wire::{List, NameText, Text};

/// A key by which a program acts for a user.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
struct ApiKey {
    /// Identifies the key.
    id: Uuid,
    /// For whom it acts.
    owner: Uuid,
    /// What it is for.
    name: NameText,
    /// What it may do at most. It may do what both it and its owner may.
    #[oai(validator(max_items = 1000))]
    scopes: Vec<PermissionText>,
    /// When it stops working.
    expires_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    last_used_at: Option<DateTime<Utc>>,
    /// When it was made.
    created_at: DateTime<Utc>,
}

impl From<api_key::ApiKey> for ApiKey {
    fn from(key: api_key::ApiKey) -> Self {
        let api_key::ApiKey {
            id,
            owner,
            name,
            scopes,
            expires_at,
            last_used_at,
            created_at,
        } = key;
        Self {
            id: id.uuid(),
            owner: owner.uuid(),
            name: (&name).into(),
            scopes: scopes.iter().map(Into::into).collect(),
            expires_at,
            last_used_at,
            created_at,
        }
    }
}

/// Keys.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
struct ApiKeyList {
    /// The keys that were not revoked, the newest first.
    #[oai(validator(max_items = 50))]
    api_keys: Vec<ApiKey>,
}

/// A new key with its secret.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
struct ApiKeyIssued {
    /// The key.
    api_key: ApiKey,
    /// What the program sends as its bearer token. It is shown this once.
    token: Text<100>,
}

impl From<IssuedApiKey> for ApiKeyIssued {
    fn from(issued: IssuedApiKey) -> Self {
        Self {
            api_key: issued.key.into(),
            token: (&issued.token).into(),
        }
    }
}

/// Whose keys.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
struct ListApiKeys {
    /// Another user's, for who may manage keys.
    owner: Option<Uuid>,
}

impl QueryParameters for ListApiKeys {}

/// A new key.
#[derive(Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
struct CreateApiKey {
    /// What it is for.
    name: NameText,
    /// What it may do at most: names of permissions that the owner holds.
    scopes: List<PermissionText, 1000>,
    /// When it stops working: in 90 days, unless it is given, and within 366.
    expires_at: Option<DateTime<Utc>>,
    /// For whom it acts, for who may manage keys: for the caller, unless it is given.
    owner: Option<Uuid>,
    /// The caller's present password.
    password: Password,
}

impl CreateApiKey {
    fn into_command(self, catalogue: &Catalogue) -> Result<(NewApiKey, String), Problem> {
        let mut violations = Violations::new();
        let name = self.name.parse("name", &mut violations);
        let mut scopes = BTreeSet::new();
        for (index, scope) in self.scopes.iter().enumerate() {
            let place = format!("scopes/{index}");
            scopes.extend(permissions::parse(
                catalogue,
                &place,
                scope,
                &mut violations,
            ));
        }
        let Some(name) = name else {
            return Err(violations.into());
        };
        violations.into_result()?;
        let new = NewApiKey {
            owner: self.owner.map(UserId::from),
            name,
            scopes,
            expires_at: self.expires_at,
        };
        Ok((new, self.password.into_string()))
    }
}

#[derive(Tags)]
enum Tag {
    /// Keys by which programs act for a user.
    ApiKeys,
}

/// The operations below `/api/api-keys`. A key makes and revokes no keys: a person does.
pub struct ApiKeysApi;

#[OpenApi(tag = "Tag::ApiKeys")]
impl ApiKeysApi {
    /// List API keys
    ///
    /// One's own; with `owner` and the permission `apiKey:manage`, another user's.
    #[oai(path = "/api-keys", method = "get", operation_id = "listApiKeys")]
    async fn list(
        &self,
        auth: SignedIn,
        query: Query<ListApiKeys>,
    ) -> Result<Reply<ApiKeyList>, Problem> {
        let owner = query.0.owner.map(UserId::from);
        let actor = &auth.caller().actor;
        let keys = auth.crm().api_keys().list(actor, owner).await?;
        let api_keys = keys.into_iter().map(ApiKey::from).collect();
        Ok(Reply::new(ApiKeyList { api_keys }))
    }

    /// Make an API key
    ///
    /// For oneself; with `owner` and the permission `apiKey:manage`, for another user or a service user. It takes the
    /// caller's password, so that a stolen access token does not become a key that works for months.
    #[oai(path = "/api-keys", method = "post", operation_id = "createApiKey")]
    async fn create(
        &self,
        auth: SignedIn,
        _secrets: Confidential,
        req: &Request,
        cookies: Data<&Cookies>,
        body: Body<CreateApiKey>,
    ) -> Result<Made<ApiKeyIssued>, Problem> {
        let (new, password) = body.0.into_command(auth.crm().catalogue())?;
        let (actor, client) = (&auth.caller().actor, client_with_device(req, **cookies));
        auth.crm()
            .auth()
            .confirm(auth.caller(), password, client)
            .await?;
        let issued = auth.crm().api_keys().create(actor, new).await?;
        Ok(Made::new(issued.into()))
    }

    /// Revoke an API key
    ///
    /// For good: no request with it is answered any more.
    #[oai(
        path = "/api-keys/:id",
        method = "delete",
        operation_id = "revokeApiKey"
    )]
    async fn revoke(&self, auth: SignedIn, id: Path<Uuid>) -> Result<Reply<Message>, Problem> {
        let actor = &auth.caller().actor;
        auth.crm().api_keys().revoke(actor, id.0.into()).await?;
        Ok(Reply::new(Message::new("API key revoked.")))
    }
}

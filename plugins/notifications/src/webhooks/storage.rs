//! Webhooks as they are stored.

use chrono::{DateTime, Utc};
use crm_app::StorageError;
use crm_app::plugin::Sealed;
use crm_authz::Scope;
use crm_domain::event::Event;
use crm_domain::ids::UserId;
use crm_domain::text::{EventName, Name};
use crm_storage::plugin::{Cached, Owned, within};
use diesel::dsl::exists;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::keys::Keys;
use crate::webhook::event::WebhookPinged;
use crate::webhook::{Disabled, DisabledReason, Webhook, WebhookFilter, WebhookId, WebhookUrl};

diesel::table! {
    notifications_webhooks (id) {
        id -> Uuid,
        name -> Text,
        url -> Text,
        event_types -> Array<Text>,
        owner_id -> Uuid,
        secret -> Binary,
        key_id -> Text,
        previous_secret -> Nullable<Binary>,
        previous_key_id -> Nullable<Text>,
        previous_until -> Nullable<Timestamptz>,
        disabled_at -> Nullable<Timestamptz>,
        disabled_reason -> Nullable<Text>,
        version -> Integer,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

use notifications_webhooks as table;

impl Owned for Webhook {
    const TABLE: &'static str = "notifications_webhooks";
    const OWNER: &'static str = "notifications_webhooks.owner_id";
    const IS_UNASSIGNED: &'static str = "false";
    const NAME: Option<&'static str> = Some("notifications_webhooks.name");
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = notifications_webhooks, check_for_backend(Pg), treat_none_as_null = true)]
pub(super) struct WebhookRow {
    id: Uuid,
    name: String,
    url: String,
    event_types: Vec<String>,
    owner_id: Uuid,
    disabled_at: Option<DateTime<Utc>>,
    disabled_reason: Option<String>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<&Webhook> for WebhookRow {
    fn from(webhook: &Webhook) -> Self {
        let Webhook {
            id,
            name,
            url,
            event_types,
            owner,
            disabled,
            version,
            created_at,
            updated_at,
        } = webhook;
        Self {
            id: id.uuid(),
            name: name.to_string(),
            url: url.as_str().to_owned(),
            event_types: event_types.iter().map(ToString::to_string).collect(),
            owner_id: owner.uuid(),
            disabled_at: disabled.map(|disabled| disabled.at),
            disabled_reason: disabled.map(|disabled| disabled.reason.as_str().to_owned()),
            version: *version,
            created_at: *created_at,
            updated_at: *updated_at,
        }
    }
}

impl TryFrom<WebhookRow> for Webhook {
    type Error = StorageError;

    fn try_from(row: WebhookRow) -> Result<Self, StorageError> {
        let corrupt = |reason: &str| StorageError::Corrupt {
            table: Self::TABLE,
            id: row.id,
            reason: reason.to_owned(),
        };
        let reason = row.disabled_reason.as_deref();
        let reason = reason.map(|text| DisabledReason::from_stored(text).ok_or(text));
        let reason = reason.transpose().map_err(corrupt)?;
        let disabled = row.disabled_at.zip(reason);
        Ok(Self {
            id: row.id.into(),
            url: WebhookUrl::parse(&row.url).map_err(|(code, _)| corrupt(code))?,
            name: Name::from_stored(row.name),
            event_types: row
                .event_types
                .into_iter()
                .map(EventName::from_stored)
                .collect(),
            owner: row.owner_id.into(),
            disabled: disabled.map(|(at, reason)| Disabled { at, reason }),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = notifications_webhooks, check_for_backend(Pg))]
struct KeysRow {
    secret: Vec<u8>,
    key_id: String,
    previous_secret: Option<Vec<u8>>,
    previous_key_id: Option<String>,
    previous_until: Option<DateTime<Utc>>,
}

impl From<KeysRow> for Keys {
    fn from(row: KeysRow) -> Self {
        let sealed = |(bytes, key_id)| Sealed { key_id, bytes };
        let previous = row.previous_secret.zip(row.previous_key_id).map(sealed);
        Self {
            current: sealed((row.secret, row.key_id)),
            previous: previous.zip(row.previous_until),
        }
    }
}

/// The webhooks that match, within the scope.
pub(super) fn matching(
    filter: &WebhookFilter,
    scope: &Scope<Webhook>,
) -> table::BoxedQuery<'static, Pg> {
    let mut rows = table::table.filter(within(scope)).into_boxed();
    if let Some(owner) = filter.owner {
        rows = rows.filter(table::owner_id.eq(owner.uuid()));
    }
    match filter.is_enabled {
        Some(true) => rows.filter(table::disabled_at.is_null()),
        Some(false) => rows.filter(table::disabled_at.is_not_null()),
        None => rows,
    }
}

pub(super) async fn find(
    conn: &mut AsyncPgConnection,
    id: WebhookId,
    scope: &Scope<Webhook>,
) -> Result<Option<Webhook>, StorageError> {
    let row: Option<WebhookRow> = table::table
        .filter(table::id.eq(id.uuid()))
        .filter(within(scope))
        .select(WebhookRow::as_select())
        .first(conn)
        .await
        .optional()?;
    row.map(Webhook::try_from).transpose()
}

/// The webhook with its secrets, whosever it is: for who delivers.
pub(super) async fn find_with_keys(
    conn: &mut AsyncPgConnection,
    id: WebhookId,
) -> Result<Option<(Webhook, Keys)>, StorageError> {
    let row: Option<(WebhookRow, KeysRow)> = table::table
        .filter(table::id.eq(id.uuid()))
        .select((WebhookRow::as_select(), KeysRow::as_select()))
        .first(conn)
        .await
        .optional()?;
    let found = row.map(|(webhook, keys)| Ok((webhook.try_into()?, keys.into())));
    found.transpose()
}

pub(super) async fn lock(
    conn: &mut AsyncPgConnection,
    id: WebhookId,
    scope: &Scope<Webhook>,
) -> Result<Option<Webhook>, StorageError> {
    let row: Option<WebhookRow> = table::table
        .filter(table::id.eq(id.uuid()))
        .filter(within(scope))
        .select(WebhookRow::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()?;
    row.map(Webhook::try_from).transpose()
}

/// How many a user has.
pub(super) async fn count_of(
    conn: &mut AsyncPgConnection,
    owner: UserId,
) -> Result<i64, StorageError> {
    let rows = table::table.filter(table::owner_id.eq(owner.uuid()));
    Ok(rows.count().get_result(conn).await?)
}

/// The enabled webhooks that want to hear of an event, and whose they are: of a ping the one that is tried.
pub(super) async fn interested(
    conn: &mut AsyncPgConnection,
    event: &str,
    record: Uuid,
) -> Result<Vec<(WebhookId, UserId)>, StorageError> {
    let enabled = table::table
        .filter(table::disabled_at.is_null())
        .select((table::id, table::owner_id))
        .order(table::id);
    let rows: Vec<(Uuid, Uuid)> = if event == WebhookPinged::NAME {
        enabled.filter(table::id.eq(record)).load(conn).await?
    } else {
        let wanted = table::event_types.contains(vec![event]);
        enabled.filter(wanted).load(conn).await?
    };
    let rows = rows.into_iter();
    Ok(rows.map(|(id, owner)| (id.into(), owner.into())).collect())
}

/// Whether any enabled webhook may want to hear of an event.
pub(super) async fn is_any_interested(
    conn: &mut AsyncPgConnection,
    event: &str,
) -> Result<bool, StorageError> {
    if event == WebhookPinged::NAME {
        return Ok(true);
    }
    let interested = table::table
        .filter(table::disabled_at.is_null())
        .filter(table::event_types.contains(vec![event]));
    Ok(diesel::select(exists(interested)).get_result(conn).await?)
}

pub(super) async fn insert(
    conn: &mut AsyncPgConnection,
    webhook: &Webhook,
    secret: Sealed,
) -> Result<(), StorageError> {
    diesel::insert_into(table::table)
        .values((
            WebhookRow::from(webhook),
            table::secret.eq(secret.bytes),
            table::key_id.eq(secret.key_id),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Stores the next version of a webhook; false when the stored one is not the version before it, or out of the scope.
pub(super) async fn update(
    conn: &mut AsyncPgConnection,
    webhook: &Webhook,
    scope: &Scope<Webhook>,
) -> Result<bool, StorageError> {
    let previous = table::table
        .filter(table::id.eq(webhook.id.uuid()))
        .filter(table::version.eq(webhook.version - 1))
        .filter(within(scope));
    let updated = diesel::update(previous).set(WebhookRow::from(webhook));
    Ok(Cached(updated).execute(conn).await? == 1)
}

/// Gives a locked webhook another secret, and keeps the one before it for so long.
pub(super) async fn rotate(
    conn: &mut AsyncPgConnection,
    id: WebhookId,
    secret: Sealed,
    previous_until: DateTime<Utc>,
) -> Result<(), StorageError> {
    diesel::update(table::table.filter(table::id.eq(id.uuid())))
        .set((
            table::previous_secret.eq(table::secret.nullable()),
            table::previous_key_id.eq(table::key_id.nullable()),
            table::previous_until.eq(previous_until),
            table::secret.eq(secret.bytes),
            table::key_id.eq(secret.key_id),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) async fn delete(
    conn: &mut AsyncPgConnection,
    id: WebhookId,
) -> Result<(), StorageError> {
    diesel::delete(table::table.filter(table::id.eq(id.uuid())))
        .execute(conn)
        .await?;
    Ok(())
}

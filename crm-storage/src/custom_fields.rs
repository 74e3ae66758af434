//! Definitions of custom fields. They have no owner: whoever may read records of a kind may read its fields, which is asked
//! before.

mod column;
pub mod index;
mod keys;

pub(crate) use column::{CustomColumn, field_keys};
pub(crate) use keys::{Hidden, meets, sort_key};

use chrono::{DateTime, Utc};
use crm_domain::custom_field::{
    CustomValues, FieldDefinition, FieldKey, FieldResource, FieldRules, FieldSet, FieldType,
};
use crm_domain::ids::{CustomFieldId, UserId};
use crm_domain::text::FieldLabel;
use crm_domain::user::UserRef;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::Error;
use crate::query::Cached;
use crate::schema::{custom_fields as table, users};
use crate::users::UserRefRow;

/// All fields of these kinds of records, those put away included, in their order.
///
/// # Errors
/// When the database fails, or a stored row makes no field.
pub async fn list(
    conn: &mut AsyncPgConnection,
    resources: &[FieldResource],
) -> Result<Vec<FieldDefinition>, Error> {
    let names: Vec<_> = resources.iter().map(|resource| resource.as_str()).collect();
    let rows: Vec<FieldRow> = table::table
        .filter(table::resource.eq_any(names))
        .order((table::resource, table::position, table::key))
        .select(FieldRow::as_select())
        .load(conn)
        .await?;
    rows.into_iter().map(FieldDefinition::try_from).collect()
}

/// The fields of one kind of record.
///
/// # Errors
/// As [`list`].
pub async fn set(conn: &mut AsyncPgConnection, resource: FieldResource) -> Result<FieldSet, Error> {
    Ok(FieldSet::new(list(conn, &[resource]).await?))
}

/// The keys of the fields of one kind of record that are put away: these values of a record are not shown.
///
/// # Errors
/// When the database fails.
pub async fn hidden(
    conn: &mut AsyncPgConnection,
    resource: FieldResource,
    values: &CustomValues,
) -> Result<Vec<FieldKey>, Error> {
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let texts: Vec<String> = table::table
        .filter(table::resource.eq(resource.as_str()))
        .filter(table::is_archived)
        .select(table::key)
        .load(conn)
        .await?;
    Ok(field_keys(&texts))
}

/// What is shown beside a record, in one statement: the user whose it is, and the keys of its fields that are put away.
///
/// # Errors
/// When the database fails.
pub(crate) async fn beside(
    conn: &mut AsyncPgConnection,
    user: Option<UserId>,
    resource: FieldResource,
    values: &CustomValues,
) -> Result<(Option<UserRef>, Vec<FieldKey>), Error> {
    let Some(user) = user else {
        return Ok((None, hidden(conn, resource, values).await?));
    };
    let row: Option<(UserRefRow, Vec<String>)> = users::table
        .find(user.uuid())
        .select((UserRefRow::as_select(), Hidden(resource.as_str())))
        .first(conn)
        .await
        .optional()?;
    Ok(row.map_or_else(Default::default, |(user, texts)| {
        (Some(user.into()), field_keys(&texts))
    }))
}

/// The field `id`.
///
/// # Errors
/// As [`list`].
pub async fn find(
    conn: &mut AsyncPgConnection,
    id: CustomFieldId,
) -> Result<Option<FieldDefinition>, Error> {
    let row: Option<FieldRow> = table::table
        .find(id.uuid())
        .select(FieldRow::as_select())
        .first(conn)
        .await
        .optional()?;
    row.map(FieldDefinition::try_from).transpose()
}

/// Makes others who are about to change definitions wait until the transaction ends. Who reads them does not wait.
///
/// # Errors
/// When the database fails.
pub async fn lock_all(conn: &mut AsyncPgConnection) -> Result<(), Error> {
    diesel::sql_query("lock table custom_fields in share row exclusive mode")
        .execute(conn)
        .await?;
    Ok(())
}

/// Stores a new field.
///
/// # Errors
/// [`Error::UniqueViolation`] on `custom_fields_key_unique` when the key was ever used.
pub async fn insert(conn: &mut AsyncPgConnection, field: &FieldDefinition) -> Result<(), Error> {
    diesel::insert_into(table::table)
        .values(FieldRow::try_from(field)?)
        .execute(conn)
        .await?;
    Ok(())
}

/// Stores the next version of a field. False when the stored one is not the version before it.
///
/// # Errors
/// When the database refuses it.
pub async fn update(conn: &mut AsyncPgConnection, field: &FieldDefinition) -> Result<bool, Error> {
    let previous = table::table
        .find(field.id.uuid())
        .filter(table::version.eq(field.version - 1));
    let updated = Cached(diesel::update(previous).set(FieldRow::try_from(field)?));
    Ok(updated.execute(conn).await? == 1)
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = table, check_for_backend(Pg))]
struct FieldRow {
    id: Uuid,
    resource: String,
    key: String,
    label: String,
    kind: String,
    rules: Value,
    is_required: bool,
    position: i32,
    is_archived: bool,
    index_state: String,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl TryFrom<&FieldDefinition> for FieldRow {
    type Error = Error;

    fn try_from(field: &FieldDefinition) -> Result<Self, Error> {
        let FieldDefinition {
            id,
            resource,
            key,
            label,
            field_type,
            is_required,
            position,
            is_archived,
            index,
            version,
            created_at,
            updated_at,
        } = field;
        let rules = serde_json::to_value(field_type.rules());
        Ok(Self {
            id: id.uuid(),
            resource: resource.to_string(),
            key: key.to_string(),
            label: label.to_string(),
            kind: field_type.kind().to_string(),
            rules: rules.map_err(|error| corrupt(id.uuid(), &error.to_string()))?,
            is_required: *is_required,
            position: *position,
            is_archived: *is_archived,
            index_state: index.to_string(),
            version: *version,
            created_at: *created_at,
            updated_at: *updated_at,
        })
    }
}

impl TryFrom<FieldRow> for FieldDefinition {
    type Error = Error;

    fn try_from(row: FieldRow) -> Result<Self, Error> {
        let FieldRow {
            id,
            resource,
            key,
            label,
            kind,
            rules,
            is_required,
            position,
            is_archived,
            index_state,
            version,
            created_at,
            updated_at,
        } = row;
        let rules: FieldRules =
            serde_json::from_value(rules).map_err(|error| corrupt(id, &error.to_string()))?;
        let kind = kind.parse().map_err(|_| corrupt(id, "unknown type"))?;
        let field_type =
            FieldType::new(kind, rules).map_err(|error| corrupt(id, &error.to_string()))?;
        Ok(Self {
            id: CustomFieldId::from(id),
            resource: resource
                .parse()
                .map_err(|_| corrupt(id, "of an unknown kind of record"))?,
            key: key.parse().map_err(|_| corrupt(id, "no key"))?,
            label: FieldLabel::from_stored(label),
            field_type,
            is_required,
            position,
            is_archived,
            index: index_state
                .parse()
                .map_err(|_| corrupt(id, "unknown state of its index"))?,
            version,
            created_at,
            updated_at,
        })
    }
}

fn corrupt(id: Uuid, reason: &str) -> Error {
    Error::Corrupt {
        table: "custom_fields",
        id,
        reason: reason.to_owned(),
    }
}

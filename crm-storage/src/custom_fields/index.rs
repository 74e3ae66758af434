//! The indexes of custom fields: made and dropped beside the running system, one for each field.
//!
//! An index is named by the id of its field. What there is, is always read from Postgres' own tables: an index whose making
//! was cut short is there and not valid, and is made anew.

use crm_domain::custom_field::{FieldKey, FieldKind, FieldResource, IndexState};
use crm_domain::ids::CustomFieldId;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use uuid::Uuid;

use super::{corrupt, keys};
use crate::Error;
use crate::schema::custom_fields as table;

/// One maker of indexes at a time: the letters `crm_cfix`.
const LOCK: i64 = i64::from_be_bytes(*b"crm_cfix");

/// Of so many rows a list is found without an index.
const FEW_ROWS: i64 = 10_000;

/// An index that is not as its field has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexToMake {
    /// The field.
    pub field: CustomFieldId,
    /// The records that have it.
    pub resource: FieldResource,
    /// Under which name they hold its values.
    pub key: FieldKey,
    /// What its values are.
    pub kind: FieldKind,
    /// Whether the field is put away, and its index to be dropped.
    pub is_archived: bool,
    /// Whether there is one; if so, whether it is whole.
    pub is_valid: Option<bool>,
}

/// The indexes that are not as their fields have them.
///
/// # Errors
/// When the database fails, or a stored row makes no field.
pub async fn list_to_make(conn: &mut AsyncPgConnection) -> Result<Vec<IndexToMake>, Error> {
    let rows: Vec<IndexRow> = diesel::sql_query(
        "select field.id, field.resource, field.key, field.type as kind, field.is_archived, index.indisvalid as is_valid \
         from custom_fields field \
         left join pg_class on pg_class.relname = 'custom_field_' || replace(field.id::text, '-', '') \
             and pg_class.relnamespace = (select oid from pg_namespace where nspname = current_schema()) \
         left join pg_index index on index.indexrelid = pg_class.oid \
         where case when field.is_archived then index.indexrelid is not null \
             else field.index_state <> 'ready' or index.indisvalid is distinct from true end \
         order by field.id",
    )
    .load(conn)
    .await?;
    rows.into_iter().map(IndexToMake::try_from).collect()
}

/// Keeps other makers out for as long as this connection lives; false when there is another one. Statements may take their
/// time from then on, within bounds.
///
/// # Errors
/// When the database fails.
pub async fn try_lock(conn: &mut AsyncPgConnection) -> Result<bool, Error> {
    let lock = diesel::dsl::sql::<Bool>("select pg_try_advisory_lock(").bind::<BigInt, _>(LOCK);
    let is_mine = lock.sql(")").get_result(conn).await?;
    // To make an index is to wait for every transaction that is older.
    conn.batch_execute("set statement_timeout = '6h'; set lock_timeout = '10min'")
        .await?;
    Ok(is_mine)
}

/// Makes the index of a field that has none, or one that is not whole. Nobody who writes waits for it.
///
/// # Errors
/// When the database refuses it; then one that is not whole may be left, and is made anew the next time.
pub async fn make(conn: &mut AsyncPgConnection, index: &IndexToMake) -> Result<(), Error> {
    if index.is_valid == Some(true) {
        return Ok(());
    }
    drop(conn, index).await?;
    let name = name(index.field);
    let table = table(index.resource);
    let on = match index.kind {
        FieldKind::MultiSelect => format!("using gin ({})", keys::options(table, index.key)),
        // What follows the order is tested in the index, as in those of the records' own fields.
        _ => format!(
            "({}, id, is_archived, owner_id, assigned_to)",
            keys::sort_key(table, index.key)
        ),
    };
    let statement = format!("create index concurrently {name} on {table} {on}");
    Ok(conn.batch_execute(&statement).await?)
}

/// Drops the index of a field, if there is one.
///
/// # Errors
/// When the database refuses it.
pub async fn drop(conn: &mut AsyncPgConnection, index: &IndexToMake) -> Result<(), Error> {
    let statement = format!("drop index concurrently if exists {}", name(index.field));
    Ok(conn.batch_execute(&statement).await?)
}

/// Tells the planner what the keys of these records are: of an index on an expression it knows nothing before.
///
/// # Errors
/// When the database fails.
pub async fn analyze(conn: &mut AsyncPgConnection, resource: FieldResource) -> Result<(), Error> {
    let statement = format!("analyze {}", table(resource));
    Ok(conn.batch_execute(&statement).await?)
}

/// Records how it stands with the index of a field. It is no new version of the field; one that was put away meanwhile stays
/// without.
///
/// # Errors
/// When the database fails.
pub async fn set_state(
    conn: &mut AsyncPgConnection,
    field: CustomFieldId,
    state: IndexState,
) -> Result<(), Error> {
    let at_hand = table::table
        .find(field.uuid())
        .filter(diesel::dsl::not(table::is_archived));
    diesel::update(at_hand)
        .set(table::index_state.eq(state.as_str()))
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether there are so few of these records that lists need no index.
///
/// # Errors
/// When the database fails.
pub async fn is_small(
    conn: &mut AsyncPgConnection,
    resource: FieldResource,
) -> Result<bool, Error> {
    let query = format!(
        "select count(*) as rows from (select from {} limit {}) counted",
        table(resource),
        FEW_ROWS + 1
    );
    let counted: Counted = diesel::sql_query(query).get_result(conn).await?;
    Ok(counted.rows <= FEW_ROWS)
}

const fn table(resource: FieldResource) -> &'static str {
    match resource {
        FieldResource::Lead => "leads",
        FieldResource::Customer => "customers",
        FieldResource::Task => "tasks",
    }
}

/// The name of the index of a field: made of its id, and of nothing that a person wrote.
fn name(field: CustomFieldId) -> String {
    format!("custom_field_{}", field.uuid().simple())
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

#[derive(QueryableByName)]
struct IndexRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    resource: String,
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    is_archived: bool,
    #[diesel(sql_type = Nullable<Bool>)]
    is_valid: Option<bool>,
}

impl TryFrom<IndexRow> for IndexToMake {
    type Error = Error;

    fn try_from(row: IndexRow) -> Result<Self, Error> {
        let IndexRow {
            id,
            resource,
            key,
            kind,
            is_archived,
            is_valid,
        } = row;
        Ok(Self {
            field: CustomFieldId::from(id),
            resource: resource
                .parse()
                .map_err(|_| corrupt(id, "of an unknown kind of record"))?,
            key: key.parse().map_err(|_| corrupt(id, "no key"))?,
            kind: kind.parse().map_err(|_| corrupt(id, "unknown type"))?,
            is_archived,
            is_valid,
        })
    }
}

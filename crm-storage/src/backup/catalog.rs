//! What Postgres' own tables say about those of the CRM.

use tokio_postgres::Client;

use super::{BackupError, Sequence, Table};
use crate::migrate::{self, LedgerRow, ledger};
use crate::plugin::purge::tables_of;

/// The applied migrations; none where there is no CRM.
pub(super) async fn migrations(client: &Client) -> Result<Vec<LedgerRow>, BackupError> {
    if !client
        .query_one(ledger::EXISTS, &[])
        .await?
        .try_get::<_, bool>(0)?
    {
        return Ok(Vec::new());
    }
    let rows = client.query(ledger::LIST, &[]).await?;
    let rows = rows.iter().map(|row| {
        Ok(LedgerRow {
            plugin: row.try_get(0)?,
            version: row.try_get(1)?,
            name: row.try_get(2)?,
            checksum: row.try_get(3)?,
            applied_at: row.try_get(4)?,
            app_version: row.try_get(5)?,
        })
    });
    rows.collect()
}

/// The tables of the core and of all plugins that have migrations, in the order of their names. The names of those of a
/// plugin begin with its id.
pub(super) async fn tables(
    client: &Client,
    migrations: &[LedgerRow],
) -> Result<Vec<Table>, BackupError> {
    let core: Vec<&str> = migrate::core_tables().collect();
    let plugins = migrations.iter().map(|row| &row.plugin);
    let plugins = plugins.filter(|plugin| *plugin != migrate::CORE_PLUGIN);
    let plugins: Vec<String> = plugins.map(|id| tables_of(id)).collect();
    let query = "SELECT relname::text, array_agg(attname::text ORDER BY attnum) \
                 FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid \
                 WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' \
                     AND (relname = ANY ($1) OR relname LIKE ANY ($2)) \
                     AND attnum > 0 AND NOT attisdropped AND attgenerated = '' \
                 GROUP BY relname ORDER BY relname COLLATE \"C\"";
    let rows = client.query(query, &[&core, &plugins]).await?;
    let rows = rows.iter().map(|row| {
        Ok(Table {
            name: row.try_get(0)?,
            columns: row.try_get(1)?,
        })
    });
    rows.collect()
}

/// The sequences that number columns of these tables.
pub(super) async fn sequences(
    client: &Client,
    tables: &[String],
) -> Result<Vec<Sequence>, BackupError> {
    let query = "SELECT of.relname::text, attname::text, sequence.oid::regclass::text \
                 FROM pg_class sequence \
                 JOIN pg_depend ON pg_depend.objid = sequence.oid AND classid = 'pg_class'::regclass \
                     AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i') \
                 JOIN pg_class of ON of.oid = refobjid \
                 JOIN pg_attribute ON attrelid = of.oid AND attnum = refobjsubid \
                 WHERE sequence.relkind = 'S' AND of.relnamespace = current_schema()::regnamespace \
                     AND of.relname = ANY ($1) ORDER BY 1, 2";
    let mut sequences = Vec::new();
    for row in client.query(query, &[&tables]).await? {
        // As Postgres has quoted it.
        let name: String = row.try_get(2)?;
        let state = format!("SELECT last_value, is_called FROM {name}");
        let state = client.query_one(&state, &[]).await?;
        sequences.push(Sequence {
            table: row.try_get(0)?,
            column: row.try_get(1)?,
            last_value: state.try_get(0)?,
            is_called: state.try_get(1)?,
        });
    }
    Ok(sequences)
}

/// Statements that drop something and that make it again.
pub(super) struct Definition {
    pub(super) drop: String,
    pub(super) create: String,
}

/// The indexes of these tables that are no constraint. To fill a table and then make them takes far less time than the other
/// way round.
pub(super) async fn indexes(
    client: &Client,
    tables: &[String],
) -> Result<Vec<Definition>, BackupError> {
    let query = "SELECT 'DROP INDEX ' || indexrelid::regclass, pg_get_indexdef(indexrelid) \
                 FROM pg_index JOIN pg_class ON pg_class.oid = indrelid \
                 WHERE relnamespace = current_schema()::regnamespace AND relname = ANY ($1) \
                     AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid) ORDER BY 1";
    definitions(client, query, tables).await
}

/// The references among these tables. There are circles, so no order of the tables would do.
pub(super) async fn references(
    client: &Client,
    tables: &[String],
) -> Result<Vec<Definition>, BackupError> {
    let query = "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname), \
                 format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(pg_constraint.oid)) \
                 FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid \
                 WHERE relnamespace = current_schema()::regnamespace AND relname = ANY ($1) AND contype = 'f' ORDER BY 1";
    definitions(client, query, tables).await
}

async fn definitions(
    client: &Client,
    query: &str,
    tables: &[String],
) -> Result<Vec<Definition>, BackupError> {
    let rows = client.query(query, &[&tables]).await?;
    let rows = rows.iter().map(|row| {
        Ok(Definition {
            drop: row.try_get(0)?,
            create: row.try_get(1)?,
        })
    });
    rows.collect()
}

/// The names of others that are connected to the database, if there are any.
pub(super) async fn others(client: &Client) -> Result<Option<String>, BackupError> {
    // Of the sessions of other roles only their being there may be known.
    let query = "SELECT string_agg(DISTINCT coalesce(nullif(application_name, ''), 'unnamed'), ', ') \
                 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
                     AND coalesce(backend_type, 'client backend') = 'client backend'";
    Ok(client.query_one(query, &[]).await?.try_get(0)?)
}

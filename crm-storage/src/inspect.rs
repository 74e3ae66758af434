//! What `crm doctor` asks a database besides its version and its migrations.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Bool};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};

use crate::Error;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Findings {
    /// Whether the server has the files of `pg_trgm`.
    #[diesel(sql_type = Bool)]
    pub offers_pg_trgm: bool,
    /// Whether the index that searches inside words is there and whole.
    #[diesel(sql_type = Bool)]
    pub has_search_index: bool,
    /// Size of the database.
    #[diesel(sql_type = BigInt)]
    pub bytes: i64,
}

/// Looks at a database, migrated or not. Changes nothing.
///
/// # Errors
/// When the database fails.
pub async fn inspect(conn: &mut AsyncPgConnection) -> Result<Findings, Error> {
    Ok(diesel::sql_query(
        "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') \
         AS offers_pg_trgm, \
         EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass('leads_search') \
         AND indisvalid) AS has_search_index, \
         pg_database_size(current_database()) AS bytes",
    )
    .get_result(conn)
    .await?)
}

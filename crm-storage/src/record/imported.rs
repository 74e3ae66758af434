//! What imports do to the tables of leads and customers: many rows in each statement.

/// Makes what many records are brought in by, each in one statement.
macro_rules! imported {
    ($table:ident: $Record:ident as $Row:ident and $Keys:ident, read by $read:expr) => {
        /// As [`lock_email`], for many keys: in one order, so that no two wait for each other.
        ///
        /// # Errors
        /// When the database fails.
        pub async fn lock_emails(
            conn: &mut AsyncPgConnection,
            email_keys: &[String],
        ) -> Result<(), Error> {
            let name = |key: &String| format!(concat!(stringify!($table), " {}"), key);
            let names: Vec<String> = email_keys.iter().map(name).collect();
            diesel::sql_query(
                "select pg_advisory_xact_lock(key) from (select distinct hashtextextended(name, 0) as key \
                 from unnest($1) as name order by key) as ordered",
            )
            .bind::<diesel::sql_types::Array<diesel::sql_types::Text>, _>(names)
            .execute(conn)
            .await?;
            Ok(())
        }

        /// As [`is_email_taken`], for many keys: those that are.
        ///
        /// # Errors
        /// When the database fails.
        pub async fn taken_emails(
            conn: &mut AsyncPgConnection,
            email_keys: &[String],
        ) -> Result<std::collections::HashSet<String>, Error> {
            let taken: Vec<Option<String>> = $table::table
                .filter($table::email_key.eq_any(email_keys))
                .filter(diesel::dsl::not($table::is_archived))
                .select($table::email_key)
                .load(conn)
                .await?;
            Ok(taken.into_iter().flatten().collect())
        }

        /// The records that have one of these keys, where the scope reaches them, locked until the transaction ends. By an id
        /// those that are put away are found too.
        ///
        /// # Errors
        /// When the database fails, or a stored row makes no record.
        pub async fn lock_by_key(
            conn: &mut AsyncPgConnection,
            by: crm_domain::import::MatchBy,
            keys: &[String],
            scope: &Scope<$Record>,
        ) -> Result<Vec<$Record>, Error> {
            use crm_domain::import::MatchBy;
            let reached = || $table::table.filter($crate::visibility::within(scope));
            let rows: Vec<$Row> = match by {
                MatchBy::Email => {
                    reached()
                        .filter($table::email_key.eq_any(keys))
                        .filter(diesel::dsl::not($table::is_archived))
                        .order($table::id)
                        .select($Row::as_select())
                        .for_update()
                        .load(conn)
                        .await?
                }
                MatchBy::Phone => {
                    reached()
                        .filter($table::phone_key.eq_any(keys))
                        .filter(diesel::dsl::not($table::is_archived))
                        .order($table::id)
                        .select($Row::as_select())
                        .for_update()
                        .load(conn)
                        .await?
                }
                MatchBy::Id => {
                    let ids = keys.iter().filter_map(|key| key.parse().ok());
                    let ids: Vec<uuid::Uuid> = ids.collect();
                    reached()
                        .filter($table::id.eq_any(ids))
                        .order($table::id)
                        .select($Row::as_select())
                        .for_update()
                        .load(conn)
                        .await?
                }
            };
            rows.into_iter().map($read).collect()
        }

        /// Stores new records.
        ///
        /// # Errors
        /// When the database refuses one.
        pub async fn insert_all(
            conn: &mut AsyncPgConnection,
            records: &[$Record],
        ) -> Result<(), Error> {
            let rows = records.iter().map(|record| ($Row::from(record), $Keys::from(record)));
            let rows: Vec<($Row, $Keys)> = rows.collect();
            diesel::insert_into($table::table)
                .values(rows)
                .execute(conn)
                .await?;
            Ok(())
        }

        /// Deletes records where the scope reaches them, and says how many.
        ///
        /// # Errors
        /// When the database fails, or something refers to one of them.
        pub async fn delete_all(
            conn: &mut AsyncPgConnection,
            ids: &[uuid::Uuid],
            scope: &Scope<$Record>,
        ) -> Result<usize, Error> {
            let gone = $table::table
                .filter($table::id.eq_any(ids))
                .filter($crate::visibility::within(scope));
            Ok(diesel::delete(gone).execute(conn).await?)
        }
    };
}

pub(crate) use imported;

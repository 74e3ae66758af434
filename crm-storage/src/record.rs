//! What the tables of leads, customers and their like have in common, written once for all of them.
//!
//! These are macros and not generic functions, so that diesel checks each column of each table.

/// Makes `lock`, `insert` and `update` for records that have an owner and a version.
#[macro_export]
macro_rules! stored {
    ($table:ident: $Record:ident ($Id:ident) as $Row:ident and $Keys:ident, read by $read:expr) => {
        /// The record `id`, where the scope reaches it, locked until the transaction ends.
        ///
        /// # Errors
        /// When the database fails, or the stored row makes no record.
        pub async fn lock(
            conn: &mut AsyncPgConnection,
            id: $Id,
            scope: &Scope<$Record>,
        ) -> Result<Option<$Record>, Error> {
            let row: Option<$Row> = $table::table
                .filter($table::id.eq(id.uuid()))
                .filter($crate::plugin::within(scope))
                .select($Row::as_select())
                .for_update()
                .first(conn)
                .await
                .optional()?;
            row.map($read).transpose()
        }

        /// Those of these records that the scope reaches, put away or not.
        ///
        /// # Errors
        /// When the database fails.
        pub async fn readable(
            conn: &mut AsyncPgConnection,
            ids: &[uuid::Uuid],
            scope: &Scope<$Record>,
        ) -> Result<Vec<uuid::Uuid>, Error> {
            Ok($table::table
                .filter($table::id.eq_any(ids))
                .filter($crate::plugin::within(scope))
                .select($table::id)
                .load(conn)
                .await?)
        }

        /// Stores a new record.
        ///
        /// # Errors
        /// When the database refuses it.
        pub async fn insert(conn: &mut AsyncPgConnection, record: &$Record) -> Result<(), Error> {
            diesel::insert_into($table::table)
                .values(($Row::from(record), $Keys::from(record)))
                .execute(conn)
                .await?;
            Ok(())
        }

        /// Stores the next version of a record. False when the stored one is not the version before it, or out of the
        /// scope.
        ///
        /// # Errors
        /// When the database refuses it.
        pub async fn update(
            conn: &mut AsyncPgConnection,
            record: &$Record,
            scope: &Scope<$Record>,
        ) -> Result<bool, Error> {
            let previous = $table::table
                .filter($table::id.eq(record.id.uuid()))
                .filter($table::version.eq(record.version - 1))
                .filter($crate::plugin::within(scope));
            let next = ($Row::from(record), $Keys::from(record));
            let updated = $crate::plugin::Cached(diesel::update(previous).set(next));
            Ok(updated.execute(conn).await? == 1)
        }
    };
}

/// Makes the conditions that lists of records with an owner and a name can be narrowed by.
#[macro_export]
macro_rules! narrowed {
    ($table:ident: $Record:ident, named by $name_key:ident) => {
        /// Rows that are being narrowed down.
        pub(super) type Rows = diesel::helper_types::IntoBoxed<'static, $table::table, Pg>;

        type WithAssignee = diesel::helper_types::LeftJoinOn<
            Rows,
            users::table,
            diesel::dsl::Eq<$table::assigned_to, diesel::dsl::Nullable<users::id>>,
        >;

        /// The rows that the scope reaches.
        pub(super) fn visible(scope: &Scope<$Record>) -> Rows {
            $table::table
                .filter($crate::plugin::within(scope))
                .into_boxed()
        }

        /// The rows that the scope reaches; of one user, when one is named.
        pub(super) fn visible_of(user: Option<UserId>, scope: &Scope<$Record>) -> Rows {
            let Some(user) = user else {
                return visible(scope);
            };
            // All of them, or none. Postgres, asked for both conditions at once, cannot tell which it is, and reads on for
            // rows that are not there. An assigned row belongs to its user: the second condition follows from the first and
            // names the index.
            let is_reached = scope.reach().reaches(Ownership::of(user));
            $table::table
                .filter($table::assigned_to.eq(user.uuid()))
                .filter($table::owner_id.eq(user.uuid()))
                .filter(is_reached.into_sql::<Bool>())
                .into_boxed()
        }

        /// Each row with the user it is assigned to. Only for queries that select both: up to version 17 a join that
        /// Postgres drops still keeps it from counting in an index alone.
        pub(super) fn with_assignee(rows: Rows) -> WithAssignee {
            rows.left_join(users::table.on($table::assigned_to.eq(users::id.nullable())))
        }

        /// Those that are put away, or those at hand. Written out, not bound: the planner takes a partial index only for a
        /// condition it can see.
        fn archived(rows: Rows, is_archived: bool) -> Rows {
            if is_archived {
                rows.filter($table::is_archived)
            } else {
                rows.filter(diesel::dsl::not($table::is_archived))
            }
        }

        /// Every word of the term is in the search text. A term of short words only is the beginning of the name instead.
        fn searched(mut rows: Rows, term: Option<&SearchTerm>) -> Rows {
            let Some(key) = term.map(SearchTerm::key) else {
                return rows;
            };
            if !key.split_whitespace().any($crate::plugin::has_trigram) {
                let end = $crate::plugin::after_prefix(&key);
                return rows
                    .filter($table::$name_key.ge(key))
                    .filter($table::$name_key.lt(end));
            }
            for word in key.split_whitespace() {
                rows =
                    rows.filter($table::search_text.like($crate::plugin::contains_pattern(word)));
            }
            rows
        }

        /// The rows of this slice, in order.
        pub(super) fn sliced(rows: Rows, order: Order, slice: &Slice) -> Rows {
            let rows = match slice {
                Slice::Page(_) => rows,
                Slice::After(position, _) => rows.filter(order.after(position)),
            };
            rows.order(order)
        }
    };
}

/// Makes the conditions that lists of records with tags can be narrowed by.
#[macro_export]
macro_rules! tagged {
    ($table:ident) => {
        fn tagged(rows: Rows, tag: Option<&Tag>) -> Rows {
            match tag {
                Some(tag) => rows.filter($table::tag_keys.contains(vec![tag.key()])),
                None => rows,
            }
        }
    };
}

/// Makes the conditions that lists of records can be narrowed by when they were made.
#[macro_export]
macro_rules! created {
    ($table:ident) => {
        fn created(mut rows: Rows, from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>) -> Rows {
            if let Some(from) = from {
                rows = rows.filter($table::created_at.ge(from));
            }
            if let Some(to) = to {
                rows = rows.filter($table::created_at.lt(to));
            }
            rows
        }
    };
}

/// Makes the conditions that lists of records can be narrowed by to those of somebody, or of nobody.
#[macro_export]
macro_rules! assigned {
    ($table:ident) => {
        fn assigned(mut rows: Rows, is_assigned: Option<bool>, to_none_of: &[UserId]) -> Rows {
            if !to_none_of.is_empty() {
                let users: Vec<_> = to_none_of.iter().map(|user| user.uuid()).collect();
                rows = rows.filter($table::assigned_to.ne_all(users));
            }
            match is_assigned {
                None => rows,
                Some(true) => rows.filter($table::assigned_to.is_not_null()),
                Some(false) => rows.filter($table::assigned_to.is_null()),
            }
        }
    };
}

/// Makes what finds the names of records by their ids.
#[macro_export]
macro_rules! named {
    ($table:ident: $Record:ident) => {
        /// The names of those of these records that the scope reaches, put away or not.
        ///
        /// # Errors
        /// When the database fails.
        pub async fn names(
            conn: &mut AsyncPgConnection,
            ids: &[uuid::Uuid],
            scope: &Scope<$Record>,
        ) -> Result<Vec<(uuid::Uuid, Name)>, Error> {
            let rows: Vec<(uuid::Uuid, String)> = visible(scope)
                .filter($table::id.eq_any(ids.to_vec()))
                .select(($table::id, $table::name))
                .load(conn)
                .await?;
            let named = |(id, name)| (id, Name::from_stored(name));
            Ok(rows.into_iter().map(named).collect())
        }
    };
}

/// Makes what goes through the records that match, in the order of their ids.
#[macro_export]
macro_rules! walked {
    ($table:ident: $Record:ident ($Id:ident) by $Filter:ident) => {
        /// The first of the records after `after` that match, locked until the transaction ends. They are locked in the order
        /// of their ids, so that two who do this do not wait for each other.
        ///
        /// # Errors
        /// When the database fails.
        pub async fn lock_matching(
            conn: &mut AsyncPgConnection,
            filter: &$Filter,
            after: Option<$Id>,
            rows: usize,
            scope: &Scope<$Record>,
        ) -> Result<Vec<$Id>, Error> {
            let mut matching = matching(filter, scope);
            if let Some(after) = after {
                matching = matching.filter($table::id.gt(after.uuid()));
            }
            let ids = matching.order($table::id).select($table::id);
            let ids = $crate::plugin::locked(conn, ids, rows).await?;
            Ok(ids.into_iter().map($Id::from).collect())
        }
    };
}

/// Makes what tells whether an e-mail address is in use.
macro_rules! unique_by_email {
    ($table:ident: $Record:ident ($Id:ident)) => {
        /// Makes others who are about to use this e-mail key wait until the transaction ends.
        ///
        /// # Errors
        /// When the database fails.
        pub async fn lock_email(
            conn: &mut AsyncPgConnection,
            email_key: &str,
        ) -> Result<(), Error> {
            let name = format!(concat!(stringify!($table), " {}"), email_key);
            diesel::sql_query("select pg_advisory_xact_lock(hashtextextended($1, 0))")
                .bind::<diesel::sql_types::Text, _>(name)
                .execute(conn)
                .await?;
            Ok(())
        }

        /// Whether any record at hand has an e-mail address with this key, readable by the caller or not.
        ///
        /// Without a scope: uniqueness does not end where sight does. It tells no more than that.
        ///
        /// # Errors
        /// When the database fails.
        pub async fn is_email_taken(
            conn: &mut AsyncPgConnection,
            email_key: &str,
        ) -> Result<bool, Error> {
            let taken = $table::table
                .filter($table::email_key.eq(email_key))
                .filter(diesel::dsl::not($table::is_archived));
            Ok(diesel::select(diesel::dsl::exists(taken))
                .get_result(conn)
                .await?)
        }

        /// Some record at hand, within the scope, whose e-mail address has this key.
        ///
        /// # Errors
        /// When the database fails.
        pub async fn find_by_email(
            conn: &mut AsyncPgConnection,
            email_key: &str,
            scope: &Scope<$Record>,
        ) -> Result<Option<$Id>, Error> {
            let id: Option<uuid::Uuid> = visible(scope)
                .filter($table::email_key.eq(email_key))
                .filter(diesel::dsl::not($table::is_archived))
                .order($table::id)
                .select($table::id)
                .first(conn)
                .await
                .optional()?;
            Ok(id.map($Id::from))
        }
    };
}

/// Makes the conditions that lists of records can be narrowed by their custom values.
macro_rules! custom {
    ($table:ident) => {
        fn custom(mut rows: Rows, conditions: &[CustomCondition]) -> Rows {
            for condition in conditions {
                rows = rows.filter($crate::custom_fields::meets(stringify!($table), condition));
            }
            rows
        }
    };
}

/// Makes what finds records that may be the same as one.
macro_rules! matched {
    ($table:ident ($Id:ident)) => {
        /// The records at hand that share a key with one, other than `except`: each with the strongest reason.
        ///
        /// Without a scope, since who the others are is told by their names, and those are asked for within one.
        ///
        /// # Errors
        /// When the database fails.
        pub async fn matches(
            conn: &mut AsyncPgConnection,
            keys: &crm_domain::duplicate::MatchKeys,
            except: Option<$Id>,
        ) -> Result<std::collections::BTreeMap<uuid::Uuid, crm_domain::duplicate::MatchReason>, Error>
        {
            use crm_domain::duplicate::{MatchReason, NOISE, add_matches};

            let at_hand = || {
                $table::table
                    .filter(diesel::dsl::not($table::is_archived))
                    .filter($table::id.ne(except.map_or(uuid::Uuid::nil(), |id| id.uuid())))
                    .select($table::id)
            };
            // One more than are looked at, which tells noise.
            let limit = i64::try_from(NOISE + 1).unwrap_or(i64::MAX);
            let mut found = std::collections::BTreeMap::new();
            if let Some(key) = &keys.email {
                let same = at_hand().filter($table::email_key.eq(key)).limit(limit);
                add_matches(&mut found, MatchReason::Email, same.load(conn).await?);
            }
            if let Some(key) = &keys.phone {
                let same = at_hand().filter($table::phone_key.eq(key)).limit(limit);
                add_matches(&mut found, MatchReason::Phone, same.load(conn).await?);
            }
            if let Some((name, company)) = &keys.name_and_company {
                let same = at_hand()
                    .filter($table::company_key.eq(company))
                    .filter($table::name_key.eq(name))
                    .limit(limit);
                add_matches(&mut found, MatchReason::NameAndCompany, same.load(conn).await?);
            }
            Ok(found)
        }
    };
}

/// Makes what finds the records that were merged into others.
macro_rules! merged {
    ($table:ident: $Record:ident) => {
        /// These records, and those within the scope that were merged into them, and into those in turn: at most as many.
        ///
        /// # Errors
        /// When the database fails.
        pub async fn with_merged(
            conn: &mut AsyncPgConnection,
            mut ids: Vec<uuid::Uuid>,
            max: usize,
            scope: &Scope<$Record>,
        ) -> Result<Vec<uuid::Uuid>, Error> {
            let mut looked_into = 0;
            while looked_into < ids.len() && ids.len() < max {
                let targets = ids.get(looked_into..).unwrap_or_default().to_vec();
                looked_into = ids.len();
                let sources: Vec<uuid::Uuid> = visible(scope)
                    .filter($table::merged_into.eq_any(targets))
                    .order($table::id)
                    .limit(i64::try_from(max - ids.len()).unwrap_or(i64::MAX))
                    .select($table::id)
                    .load(conn)
                    .await?;
                ids.extend(sources);
            }
            Ok(ids)
        }
    };
}

mod imported;
mod in_order;

pub(crate) use imported::imported;
pub(crate) use in_order::in_order;
pub(crate) use {
    assigned, created, custom, matched, merged, named, narrowed, stored, tagged, unique_by_email,
    walked,
};

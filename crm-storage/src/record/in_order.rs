//! What reads records in the order of their lists, written once for all kinds.

/// Makes what reads records in the order of their lists, by pages or in any number of portions.
macro_rules! in_order {
    ($table:ident: $Record:ident as $Row:ident by $Filter:ident and $Sort:ident) => {
        type Selection = (
            diesel::dsl::AsSelect<$Row, diesel::pg::Pg>,
            diesel::dsl::AsSelect<Option<UserRefRow>, diesel::pg::Pg>,
            Hidden,
        );

        type Row = ($Row, Option<UserRefRow>, Vec<String>);

        /// One slice of the rows that match, in order.
        ///
        /// An index gives all rows with a word, in no order. Where they are many, it is likely that enough are among the first of
        /// the list, which are read first.
        async fn page(
            conn: &mut AsyncPgConnection,
            filter: &$Filter,
            sort: $Sort,
            slice: &Slice,
            scope: &Scope<$Record>,
        ) -> Result<query::Part<Row>, Error> {
            let query = || {
                let records = sliced(matching(filter, scope), order(sort), slice);
                with_assignee(records).select((
                    $Row::as_select(),
                    Option::<UserRefRow>::as_select(),
                    HIDDEN,
                ))
            };
            let is_by_column = sort.field.custom().is_none();
            let total = count_words(conn, filter, scope).await?;
            if is_by_column && total.is_some_and(|total| total.is_capped) {
                let among = query::Among {
                    table: stringify!($table),
                    first: sliced(at_hand(filter, scope), order(sort), slice).limit(query::FIRST),
                    query: query(),
                };
                let (rows, goes_on) = query::slice(conn, among, slice, false).await?;
                if goes_on {
                    return Ok(query::Part {
                        records: rows,
                        goes_on,
                        total,
                    });
                }
            }
            let is_kept = is_plain(filter) && is_by_column;
            let (records, goes_on) = query::slice(conn, query(), slice, is_kept).await?;
            Ok(query::Part {
                records,
                goes_on,
                total,
            })
        }

        /// How many match, up to the cap of lists with words, if there are words that an index finds.
        async fn count_words(
            conn: &mut AsyncPgConnection,
            filter: &$Filter,
            scope: &Scope<$Record>,
        ) -> Result<Option<Total>, Error> {
            let key = words(filter).map(SearchTerm::key).unwrap_or_default();
            if !key.split_whitespace().any(query::has_trigram) {
                return Ok(None);
            }
            let rows = matching(filter, scope).select(1.into_sql::<Integer>());
            let cap = query::total_cap(false, true);
            Ok(Some(
                query::total(conn, query::LookedUp(rows), cap, false).await?,
            ))
        }

        /// Begins to read all records that match, in order, for [`fetch`], within the transaction.
        ///
        /// # Errors
        /// When the database fails.
        pub async fn open(
            conn: &mut AsyncPgConnection,
            filter: &$Filter,
            sort: $Sort,
            scope: &Scope<$Record>,
        ) -> Result<(), Error> {
            let records = matching(filter, scope).order(order(sort));
            let query = with_assignee(records).select((
                $Row::as_select(),
                Option::<UserRefRow>::as_select(),
                HIDDEN,
            ));
            $crate::cursor::open(conn, query).await
        }
    };
}

pub(crate) use in_order;

//! Searching several kinds of records at once, in stages: each asks an index for at most [`CANDIDATES`] records of a kind,
//! in no order, and what they are worth is judged by `crm-domain`. So no search sorts all that matches.

use std::time::Duration;

use crm_domain::page::{Limit, Page, Slice};
use crm_domain::search::{self, Closeness, LEAST_LIKENESS, SearchQuery};
use diesel::QueryableByName;
use diesel::sql_types::Bool;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

use crate::Error;
use crate::query::{escaped, has_trigram};

/// The most records of a kind that one stage looks at.
pub const CANDIDATES: u16 = Limit::MAX;

/// A stage of a search, the closest records first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Those of which the whole name, address or number is what is looked for.
    Exact,
    /// Those with words that begin so.
    Prefix,
    /// Those that have it anywhere.
    Contains,
    /// Those with words that are like it.
    Similar,
}

impl Stage {
    /// All stages, in order.
    pub const ALL: [Self; 4] = [Self::Exact, Self::Prefix, Self::Contains, Self::Similar];

    /// How close what it finds is, at the least.
    #[must_use]
    pub const fn closeness(self) -> Closeness {
        match self {
            Self::Exact => Closeness::Exact,
            Self::Prefix => Closeness::Prefix,
            Self::Contains => Closeness::Contains,
            Self::Similar => Closeness::Similar,
        }
    }
}

/// The part of what matches that a stage looks at.
pub(crate) const PART: Slice = Slice::Page(Page::first(Limit::most()));

/// Among how many of the newest records of a kind words are looked for before an index is asked. It must be asked for all
/// that match at once, and what is found among these is common, so that matches would be many.
pub const NEWEST: i64 = 1_000;

/// How many of the newest records of a kind are judged for words that are misspelt, before an index is asked.
pub const NEWEST_JUDGED: i64 = 250;

/// The longest that one stage takes for one kind of record.
pub const PATIENCE: Duration = Duration::from_millis(500);

/// Has no statement of the transaction of `conn` take longer than [`PATIENCE`].
///
/// # Errors
/// When the database fails.
pub async fn bound_time(conn: &mut AsyncPgConnection) -> Result<(), Error> {
    let setting = format!("set local statement_timeout = {}", PATIENCE.as_millis());
    Ok(conn.batch_execute(&setting).await?)
}

/// Whether the transaction of `conn` looks up what it searches. Postgres guesses badly how many texts have a word, and would
/// rather read a table from its start, or in some order, until it has enough, which it may never have.
///
/// # Errors
/// When the database fails.
pub async fn look_up(conn: &mut AsyncPgConnection, whether: bool) -> Result<(), Error> {
    let walks = if whether { "off" } else { "on" };
    let settings = format!(
        "set local enable_seqscan = {walks}; set local enable_indexscan = {walks}; \
         set local pg_trgm.word_similarity_threshold = {LEAST_LIKENESS}"
    );
    Ok(conn.batch_execute(&settings).await?)
}

/// Whether misspelt words can be looked up: by `pg_trgm`.
///
/// # Errors
/// When the database fails.
pub async fn finds_similar(conn: &mut AsyncPgConnection) -> Result<bool, Error> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Bool)]
        is_there: bool,
    }
    let asked = "select exists (select from pg_extension where extname = 'pg_trgm') as is_there";
    let found: Found = diesel::sql_query(asked).get_result(conn).await?;
    Ok(found.is_there)
}

/// Whether an index finds all that has these terms anywhere.
pub(crate) fn is_indexed(query: &SearchQuery) -> bool {
    let texts = [query.words(), query.emails(), query.phones()].concat();
    !query.tags().is_empty() || texts.iter().any(|text| has_trigram(text))
}

/// Whether an index finds the misspellings of a word.
pub(crate) fn may_be_misspelt(word: &str) -> bool {
    search::may_be_misspelt(word) && has_trigram(word)
}

/// `LIKE` patterns of which one matches a search text with a word that begins so, after a blank or in a new line.
pub(crate) fn word_patterns(beginning: &str) -> [String; 3] {
    let beginning = escaped(beginning);
    [
        format!("{beginning}%"),
        format!("% {beginning}%"),
        format!("%\n{beginning}%"),
    ]
}

/// Makes what finds the candidates of a search.
macro_rules! found {
    ($table:ident: $Record:ident as $Row:ident, read by $read:expr, named by $name_key:ident) => {
        /// Some records at hand, within the scope, that this stage of a search finds: at most
        /// [`CANDIDATES`](crate::search::CANDIDATES), in no order.
        ///
        /// # Errors
        /// When the database fails, or a stored row makes no record.
        pub async fn search(
            conn: &mut AsyncPgConnection,
            query: &SearchQuery,
            stage: Stage,
            scope: &Scope<$Record>,
        ) -> Result<Vec<$Record>, Error> {
            let rows = visible(scope).filter(diesel::dsl::not($table::is_archived));
            let Some(rows) = at_stage(labelled(rows, query), query, stage) else {
                return Ok(Vec::new());
            };
            let rows = without(with_parts(rows, query), query).select($Row::as_select());
            let (rows, _) = $crate::query::slice(conn, rows, &$crate::search::PART, false).await?;
            let rows: Vec<$Row> = rows;
            rows.into_iter().map($read).collect()
        }

        /// Of the [`NEWEST`](crate::search::NEWEST) newest records at hand, within the scope, the newest that have each word
        /// somewhere: at most [`CANDIDATES`](crate::search::CANDIDATES).
        ///
        /// # Errors
        /// When the database fails, or a stored row makes no record.
        pub async fn newest_with_words(
            conn: &mut AsyncPgConnection,
            query: &SearchQuery,
            scope: &Scope<$Record>,
        ) -> Result<Vec<$Record>, Error> {
            let rows = containing(labelled(visible(scope), query), query.words());
            let rows = newest_first(without(with_parts(rows, query), query));
            let newest = $crate::query::Among {
                table: stringify!($table),
                first: newest_first(visible(scope)).limit($crate::search::NEWEST),
                query: rows.select($Row::as_select()),
            };
            let part = &$crate::search::PART;
            let (rows, _) = $crate::query::slice(conn, newest, part, false).await?;
            let rows: Vec<$Row> = rows;
            rows.into_iter().map($read).collect()
        }

        /// The newest records at hand, within the scope: at most [`NEWEST_JUDGED`](crate::search::NEWEST_JUDGED).
        ///
        /// # Errors
        /// When the database fails, or a stored row makes no record.
        pub async fn newest(
            conn: &mut AsyncPgConnection,
            scope: &Scope<$Record>,
        ) -> Result<Vec<$Record>, Error> {
            let rows: Vec<$Row> = newest_first(visible(scope))
                .limit($crate::search::NEWEST_JUDGED)
                .select($Row::as_select())
                .load(conn)
                .await?;
            rows.into_iter().map($read).collect()
        }

        fn newest_first(rows: Rows) -> Rows {
            rows.filter(diesel::dsl::not($table::is_archived))
                .order(($table::created_at.desc(), $table::id.desc()))
        }

        /// The rows that a stage finds; `None` where no index would.
        fn at_stage(rows: Rows, query: &SearchQuery, stage: Stage) -> Option<Rows> {
            let words = query.words();
            match stage {
                Stage::Exact => (!words.is_empty()).then(|| exactly(rows, query)),
                Stage::Prefix if words.is_empty() => None,
                Stage::Prefix => Some(beginning(rows, query)),
                Stage::Contains => {
                    $crate::search::is_indexed(query).then(|| containing(rows, words))
                }
                Stage::Similar => {
                    let may_be_misspelt = |word: &String| $crate::search::may_be_misspelt(word);
                    words
                        .iter()
                        .any(may_be_misspelt)
                        .then(|| similar(rows, words))
                }
            }
        }

        /// Each word begins a word; those of a query of short words only are the beginning of the name.
        fn beginning(mut rows: Rows, query: &SearchQuery) -> Rows {
            let words = query.words();
            if !words.iter().any(|word| $crate::query::has_trigram(word)) {
                let joined = query.joined();
                let end = $crate::query::after_prefix(&joined);
                return rows
                    .filter($table::$name_key.ge(joined))
                    .filter($table::$name_key.lt(end));
            }
            for word in words {
                let [first, in_line, in_new_line] = $crate::search::word_patterns(word);
                // No index is asked for these, which would be asked three times: the words are looked up wherever they are.
                let text = || $table::search_text.concat("");
                let begins = text()
                    .like(first)
                    .or(text().like(in_line))
                    .or(text().like(in_new_line));
                rows = rows.filter(begins);
            }
            containing(rows, words)
        }

        /// Each text is in the search text.
        fn containing(mut rows: Rows, texts: &[String]) -> Rows {
            for text in texts {
                rows = rows.filter($table::search_text.like($crate::query::contains_pattern(text)));
            }
            rows
        }

        /// Each word is like one of the search text, or in it where it is too short to be misspelt.
        fn similar(mut rows: Rows, words: &[String]) -> Rows {
            for word in words {
                if $crate::search::may_be_misspelt(word) {
                    let is_like = sql::<Bool>("(").bind::<Text, _>(word.clone()).sql(concat!(
                        " <% ",
                        stringify!($table),
                        ".search_text)"
                    ));
                    rows = rows.filter(is_like);
                } else {
                    rows = containing(rows, std::slice::from_ref(word));
                }
            }
            rows
        }

        /// The parts of addresses and numbers are in the search text.
        fn with_parts(rows: Rows, query: &SearchQuery) -> Rows {
            containing(containing(rows, query.emails()), query.phones())
        }

        fn without(mut rows: Rows, query: &SearchQuery) -> Rows {
            for word in query.excluded() {
                let pattern = $crate::query::contains_pattern(word);
                rows = rows.filter($table::search_text.not_like(pattern));
            }
            rows
        }
    };
}

/// Makes the parts of [`found`] for a table of persons and companies.
macro_rules! contacts {
    ($table:ident) => {
        /// All words together are the name, the address or the number.
        fn exactly(rows: Rows, query: &SearchQuery) -> Rows {
            let joined = query.joined();
            let is_exact = $table::name_key
                .eq(joined.clone())
                .nullable()
                .or($table::email_key.eq(joined))
                .or($table::phone_key.eq(query.phone_key()));
            rows.filter(is_exact.assume_not_null())
        }

        /// Each tag is on it.
        fn labelled(rows: Rows, query: &SearchQuery) -> Rows {
            if query.tags().is_empty() {
                return rows;
            }
            rows.filter($table::tag_keys.contains(query.tags().to_vec()))
        }
    };
}

pub(crate) use {contacts, found};

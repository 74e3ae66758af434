//! Searching leads, customers and tasks together.

use crm_app::search::{self as found, Hit};
use crm_domain::page::Limit;
use crm_domain::search::{self, SearchQuery};
use poem_openapi::{Object, OpenApi, Tags};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::auth::Identified;
use crate::problem::Problem;
use crate::query::{Query, QueryParameters, invalid, parse};
use crate::reply::Reply;
use crate::wire::{NameText, Text, wire_enum};

wire_enum! {
    /// A kind of record that is searched.
    SearchType = search::SearchKind {
        /// A lead.
        Lead = "lead",
        /// A customer.
        Customer = "customer",
        /// A task.
        Task = "task",
    }
}

wire_enum! {
    /// How close a hit is, the closest first.
    SearchMatch = search::Closeness {
        /// The whole name, address or number is what was looked for.
        Exact = "exact",
        /// Each word is the beginning of a word.
        Prefix = "prefix",
        /// Each word is within a text.
        Contains = "contains",
        /// A word may be misspelt.
        Similar = "similar",
    }
}

wire_enum! {
    /// A field in which something was found.
    SearchField = search::Field {
        /// The name, or the title.
        Name = "name",
        /// The e-mail address.
        Email = "emailId",
        /// The phone number.
        Phone = "phone",
        /// The company.
        Company = "company",
        /// The description.
        Description = "description",
        /// The tags.
        Tag = "tags",
    }
}

/// The parameters of a search.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
struct Searched {
    /// What is looked for: words, `"phrases"`, `-word`, `type:lead`, `tag:vip`, `email:example.org`, `phone:4711`.
    q: Text<{ SearchQuery::MAX_CHARS }>,
    /// Only this kind of record; repeat it for several.
    #[serde(default)]
    #[oai(default, validator(max_items = 3))]
    types: Vec<SearchType>,
    /// How many hits: 10, unless it is given.
    #[oai(validator(minimum(value = "1"), maximum(value = "50")))]
    limit: Option<u16>,
}

impl QueryParameters for Searched {
    const REPEATABLE: &'static [&'static str] = &["types"];
}

/// The most hits of one answer.
const MAX_HITS: u16 = 50;

impl Searched {
    fn parse(self) -> Result<(SearchQuery, Limit), Problem> {
        let Self { q, types, limit } = self;
        let kinds = search::SearchKind::ALL.len();
        if types.len() > kinds {
            let message = format!("must have at most {kinds} entries");
            return Err(invalid("types", "too-many", &message));
        }
        let limit = match limit {
            None => Some(Limit::default()),
            Some(rows) => Limit::new(rows).filter(|limit| limit.rows() <= MAX_HITS),
        };
        let message = format!("must be from 1 to {MAX_HITS}");
        let limit = limit.ok_or_else(|| invalid("limit", "out-of-range", &message))?;
        let query: SearchQuery = parse("q", q)?;
        let kinds: Vec<_> = types.into_iter().map(Into::into).collect();
        Ok((query.among(&kinds), limit))
    }
}

/// What was found.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
struct SearchResult {
    /// The closest first, and of these the last changed.
    #[oai(validator(max_items = 50))]
    hits: Vec<SearchHit>,
    /// Whether all was looked at in time. If not, hits may be missing.
    is_complete: bool,
}

/// A record that was found.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
struct SearchHit {
    /// What kind it is.
    #[serde(rename = "type")]
    #[oai(rename = "type")]
    kind: SearchType,
    /// Which one.
    id: Uuid,
    /// Its name, or its title.
    name: NameText,
    /// What tells it from others of its name: a company, an address, a number or a status. Empty where there is none.
    context: Text<254>,
    /// From 0 to 1: exact ones have 1, beginnings of words 0.75, what is within words 0.5, what is similar up to 0.25.
    #[oai(validator(minimum(value = "0"), maximum(value = "1")))]
    score: f32,
    /// How close it is.
    #[serde(rename = "match")]
    #[oai(rename = "match")]
    closeness: SearchMatch,
    /// Where it has what was looked for.
    #[oai(validator(max_items = 6))]
    matched: Vec<SearchField>,
}

impl From<Hit> for SearchHit {
    fn from(hit: Hit) -> Self {
        let Hit {
            kind,
            id,
            name,
            context,
            updated_at: _,
            score,
            closeness,
            fields,
        } = hit;
        Self {
            kind: kind.into(),
            id,
            name: (&name).into(),
            context: (&context).into(),
            score,
            closeness: closeness.into(),
            matched: fields.into_iter().map(Into::into).collect(),
        }
    }
}

#[derive(Tags)]
enum Tag {
    /// Finding records of any kind.
    Search,
}

/// The operation at `/api/search`.
pub struct SearchApi;

#[OpenApi(tag = "Tag::Search")]
impl SearchApi {
    /// Search leads, customers and tasks
    ///
    /// Finds records at hand that the caller may read; kinds of which the caller may read none are left out. Each term
    /// narrows what is found: `ada`, `"ada king"`, `-acme`, `type:lead`, `tag:vip`, `email:example.org` and `phone:4711` (three
    /// characters or more). What is no such term stands for itself. Words of one or two letters alone are looked for at the
    /// beginning of names. Where nothing has the words as they are, those of four
    /// letters or more may be misspelt, if the database has `pg_trgm`. Of more than 100
    /// records of a kind that are equally close, some are shown.
    #[oai(path = "/search", method = "get", operation_id = "search")]
    async fn search(
        &self,
        auth: Identified,
        query: Query<Searched>,
    ) -> Result<Reply<SearchResult>, Problem> {
        let (query, limit) = query.0.parse()?;
        let found::SearchResult { hits, is_complete } =
            auth.crm().search(auth.actor(), &query, limit).await?;
        let hits = hits.into_iter().map(SearchHit::from).collect();
        Ok(Reply::new(SearchResult { hits, is_complete }))
    }
}

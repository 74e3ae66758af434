//! Searching records of several kinds at once, each within what the actor may read of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use crm_authz::{Access, Scope};
use crm_domain::activity::Actor;
use crm_domain::customer::Customer;
use crm_domain::lead::Lead;
use crm_domain::page::Limit;
use crm_domain::permission::{Action, Record};
use crm_domain::search::{Closeness, Field, Match, SearchKind, SearchQuery, Searchable};
use crm_domain::task::Task;
use crm_storage::search::{self, Stage};
use crm_storage::{customers, leads, tasks};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

use crate::crm::Crm;
use crate::error::{Error, Result};

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchResult {
    /// The closest first, and of these the last changed.
    pub hits: Vec<Hit>,
    /// Whether all was looked at in time. If not, what is far from what is looked for may be missing.
    pub is_complete: bool,
}

/// A record that a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// What kind it is.
    pub kind: SearchKind,
    /// Which one.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// What tells it from others of its name; empty where there is nothing.
    pub context: String,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// From 0 to 1, the closest first.
    pub score: f32,
    /// How close it is.
    pub closeness: Closeness,
    /// Where it has what was looked for.
    pub fields: BTreeSet<Field>,
}

impl Crm {
    /// The records that are what is looked for, the closest first, and of these the last changed. Kinds of which the actor
    /// may read none are left out. At most [`search::CANDIDATES`] of a kind are judged in each step: those among the newest, then
    /// those that an index finds. Misspelt words are looked for only where nothing has the words as they are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn search(
        &self,
        actor: &Actor,
        query: &SearchQuery,
        limit: Limit,
    ) -> Result<SearchResult> {
        let sight = Sight::new(&*self.access().await?, actor, query);
        let mut conn = self.connection().await?;
        conn.transaction::<_, Error, _>(async |conn| {
            let mut found = Found::default();
            let mut is_complete = true;
            search::bound_time(conn).await?;
            for step in Step::ALL {
                if !is_complete || found.suffices(limit, step) {
                    break;
                }
                // A savepoint, so that what was found outlives a look that takes too long.
                let looked =
                    conn.transaction(async |conn| found.look(conn, query, step, &sight).await);
                is_complete = in_time(looked.await)?;
            }
            let hits = found.best(limit);
            Ok(SearchResult { hits, is_complete })
        })
        .await
    }
}

/// Whether a look came to its end, and not to that of its time.
fn in_time(looked: Result<()>) -> Result<bool> {
    match looked {
        Err(Error::Storage(crm_storage::Error::Timeout(_))) => Ok(false),
        looked => looked.map(|()| true),
    }
}

/// What is searched: what the actor may read, of the kinds that are wanted.
struct Sight {
    leads: Option<Scope<Lead>>,
    customers: Option<Scope<Customer>>,
    tasks: Option<Scope<Task>>,
}

impl Sight {
    fn new(access: &Access, actor: &Actor, query: &SearchQuery) -> Self {
        Self {
            leads: readable(access, actor, query),
            customers: readable(access, actor, query),
            tasks: readable(access, actor, query),
        }
    }
}

fn readable<R: Record + Searchable>(
    access: &Access,
    actor: &Actor,
    query: &SearchQuery,
) -> Option<Scope<R>> {
    let scope = access.scope(actor, Action::Read).ok();
    scope.filter(|_| query.wants(R::KIND))
}

/// A step of a search. What is common is found by the first at little cost, and misspelt words are looked for only where
/// nothing has the words as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Among the newest, what has the words.
    Newest,
    /// What an index finds.
    Indexed(Stage),
    /// Among the newest, what has words like these.
    NewestMisspelt,
}

impl Step {
    const ALL: [Self; 6] = [
        Self::Newest,
        Self::Indexed(Stage::Exact),
        Self::Indexed(Stage::Prefix),
        Self::Indexed(Stage::Contains),
        Self::NewestMisspelt,
        Self::Indexed(Stage::Similar),
    ];
}

/// The records of a kind that a step of a search is to judge.
macro_rules! candidates {
    ($records:ident, $conn:ident, $query:ident, $step:ident, $scope:ident) => {
        match $step {
            Step::Newest => $records::newest_with_words($conn, $query, $scope).await?,
            Step::Indexed(stage) => $records::search($conn, $query, stage, $scope).await?,
            Step::NewestMisspelt => $records::newest($conn, $scope).await?,
        }
    };
}

/// What was found so far.
#[derive(Default)]
struct Found(BTreeMap<(SearchKind, Uuid), Hit>);

impl Found {
    /// Adds what a step finds.
    async fn look(
        &mut self,
        conn: &mut AsyncPgConnection,
        query: &SearchQuery,
        step: Step,
        sight: &Sight,
    ) -> Result<()> {
        if step == Step::Indexed(Stage::Similar) && !search::finds_similar(conn).await? {
            return Ok(());
        }
        search::look_up(conn, matches!(step, Step::Indexed(_))).await?;
        if let Some(scope) = &sight.leads {
            let records = candidates!(leads, conn, query, step, scope);
            self.add(query, &records);
        }
        if let Some(scope) = &sight.customers {
            let records = candidates!(customers, conn, query, step, scope);
            self.add(query, &records);
        }
        if let Some(scope) = &sight.tasks {
            let records = candidates!(tasks, conn, query, step, scope);
            self.add(query, &records);
        }
        Ok(())
    }

    fn add<R: Searchable>(&mut self, query: &SearchQuery, candidates: &[R]) {
        for record in candidates {
            if let Some(found) = query.judge(&record.searched()) {
                self.0.insert((R::KIND, record.id()), hit(record, found));
            }
        }
    }

    /// Whether neither this step nor a later one finds what would be shown.
    fn suffices(&self, limit: Limit, step: Step) -> bool {
        match step {
            Step::Newest => false,
            Step::Indexed(Stage::Similar) | Step::NewestMisspelt => !self.0.is_empty(),
            Step::Indexed(stage) => {
                let is_close = |hit: &&Hit| hit.closeness <= stage.closeness();
                self.0.values().filter(is_close).count() >= limit.rows().into()
            }
        }
    }

    fn best(self, limit: Limit) -> Vec<Hit> {
        let mut hits: Vec<Hit> = self.0.into_values().collect();
        hits.sort_by(|one, other| {
            let by_score = other.score.total_cmp(&one.score);
            let by_change = || other.updated_at.cmp(&one.updated_at);
            by_score.then_with(by_change).then(other.id.cmp(&one.id))
        });
        hits.truncate(limit.rows().into());
        hits
    }
}

fn hit<R: Searchable>(record: &R, found: Match) -> Hit {
    Hit {
        kind: R::KIND,
        id: record.id(),
        name: record.title().to_owned(),
        context: record.context(),
        updated_at: record.updated_at(),
        score: found.score(),
        closeness: found.closeness,
        fields: found.fields,
    }
}

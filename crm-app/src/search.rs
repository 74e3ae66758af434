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
    /// may read none are left out. The [`search::NEWEST`] newest of each kind are judged, and of the others at most
    /// [`search::CANDIDATES`] in each stage.
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
            search::bound_time(conn).await?;
            // Savepoints, so that what was found outlives a look that takes too long.
            let looked =
                conn.transaction(async |conn| found.look_at_newest(conn, query, &sight).await);
            let mut is_complete = in_time(looked.await)?;
            search::look_up(conn).await?;
            for stage in Stage::ALL {
                if !is_complete || found.has(limit, stage) {
                    break;
                }
                if stage == Stage::Similar && !search::finds_similar(conn).await? {
                    break;
                }
                let looked =
                    conn.transaction(async |conn| found.look(conn, query, stage, &sight).await);
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

/// What was found so far.
#[derive(Default)]
struct Found(BTreeMap<(SearchKind, Uuid), Hit>);

impl Found {
    /// Adds what is among the newest records.
    async fn look_at_newest(
        &mut self,
        conn: &mut AsyncPgConnection,
        query: &SearchQuery,
        sight: &Sight,
    ) -> Result<()> {
        if let Some(scope) = &sight.leads {
            self.add(query, &leads::newest(conn, scope).await?);
        }
        if let Some(scope) = &sight.customers {
            self.add(query, &customers::newest(conn, scope).await?);
        }
        if let Some(scope) = &sight.tasks {
            self.add(query, &tasks::newest(conn, scope).await?);
        }
        Ok(())
    }

    /// Adds what a stage finds.
    async fn look(
        &mut self,
        conn: &mut AsyncPgConnection,
        query: &SearchQuery,
        stage: Stage,
        sight: &Sight,
    ) -> Result<()> {
        if let Some(scope) = &sight.leads {
            self.add(query, &leads::search(conn, query, stage, scope).await?);
        }
        if let Some(scope) = &sight.customers {
            self.add(query, &customers::search(conn, query, stage, scope).await?);
        }
        if let Some(scope) = &sight.tasks {
            self.add(query, &tasks::search(conn, query, stage, scope).await?);
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

    /// Whether there are so many hits that neither this stage nor a later one finds closer ones.
    fn has(&self, limit: Limit, stage: Stage) -> bool {
        let is_close = |hit: &&Hit| hit.closeness <= stage.closeness();
        self.0.values().filter(is_close).count() >= limit.rows().into()
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

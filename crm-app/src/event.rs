//! What every write ends with: the hooks that may refuse it, its activity, its event in the outbox, the jobs that bring the
//! event to its subscribers, and the mark that its idempotency key is used up.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::slice;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use crm_domain::activity::Actor;
use crm_domain::event::Event;
use crm_domain::ids::{ActivityId, EventId};
use crm_storage::activities::{self, Activity};
use crm_storage::jobs;
use crm_storage::outbox::{self, StoredEvent};
use diesel_async::AsyncPgConnection;
use futures_util::future::BoxFuture;

use crate::crm::Crm;
use crate::error::{Error, Result};

/// A hook's refusal: everything in the transaction is undone.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    /// A rule of the hook's own is broken; the caller is told so.
    #[error("{message}")]
    Veto {
        /// A stable machine key: `credit-limit`.
        code: String,
        /// Why, for a person.
        message: String,
    },
    /// A query of the hook failed.
    #[error(transparent)]
    Database(#[from] diesel::result::Error),
}

type Hook = dyn for<'a> Fn(
        &'a (dyn Any + Send + Sync),
        &'a mut AsyncPgConnection,
    ) -> BoxFuture<'a, Result<(), HookError>>
    + Send
    + Sync;

/// The hooks that run before a commit, by the event they wait for.
#[derive(Default)]
pub(crate) struct Hooks(HashMap<TypeId, Vec<(&'static str, Arc<Hook>)>>);

impl Hooks {
    pub(crate) fn add<E, F>(&mut self, name: &'static str, hook: F)
    where
        E: Event,
        F: for<'a> Fn(&'a E, &'a mut AsyncPgConnection) -> BoxFuture<'a, Result<(), HookError>>
            + Send
            + Sync
            + 'static,
    {
        let erased: Arc<Hook> = Arc::new(move |event, conn| match event.downcast_ref::<E>() {
            Some(event) => hook(event, conn),
            // Never: hooks are kept under the type of their event.
            None => Box::pin(async { Ok(()) }),
        });
        self.0
            .entry(TypeId::of::<E>())
            .or_default()
            .push((name, erased));
    }

    async fn run<E: Event>(&self, conn: &mut AsyncPgConnection, event: &E) -> Result<()> {
        for (name, hook) in self.0.get(&TypeId::of::<E>()).into_iter().flatten() {
            hook(event, conn).await.map_err(|error| match error {
                HookError::Veto { code, message } => Error::Vetoed {
                    hook: name,
                    code,
                    message,
                },
                HookError::Database(error) => error.into(),
            })?;
        }
        Ok(())
    }
}

impl Crm {
    /// Records that `event` happened, within the transaction of `conn`.
    pub(crate) async fn emit<E: Event>(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        now: DateTime<Utc>,
        event: &E,
    ) -> Result<()> {
        self.emit_all(conn, actor, now, slice::from_ref(event))
            .await
    }

    /// Records that these happened, in a few statements, within the transaction of `conn`.
    pub(crate) async fn emit_all<E: Event>(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        now: DateTime<Utc>,
        happened: &[E],
    ) -> Result<()> {
        let mut changes = Vec::with_capacity(happened.len());
        let mut payloads = Vec::with_capacity(happened.len());
        for event in happened {
            self.hooks().run(conn, event).await?;
            changes.push(event.changes());
            payloads.push(serde_json::to_value(event).map_err(Error::internal)?);
        }
        let (mut rows, mut events) = (Vec::new(), Vec::new());
        for ((event, changes), payload) in happened.iter().zip(&changes).zip(&payloads) {
            // One id for both: the feed of events finds there who acted, and who may be told.
            let id = ActivityId::new(now, self.random()?);
            rows.push(Activity {
                id,
                at: now,
                actor,
                action: E::NAME,
                record: event.record(),
                changes,
            });
            events.push(StoredEvent {
                id: EventId::from(id.uuid()),
                at: now,
                name: E::NAME,
                version: E::VERSION,
                record: event.record(),
                payload,
            });
        }
        match (rows.as_slice(), events.as_slice()) {
            ([], _) | (_, []) => {}
            // Statements of one row are kept prepared.
            ([row], [event]) => {
                activities::insert(conn, row).await?;
                outbox::insert(conn, event).await?;
            }
            (rows, events) => {
                activities::insert_all(conn, rows).await?;
                outbox::insert_all(conn, events).await?;
            }
        }
        let mut deliveries = Vec::new();
        for event in &events {
            deliveries.extend(self.deliveries(event)?);
        }
        if !deliveries.is_empty() {
            jobs::insert(conn, deliveries).await?;
        }
        match actor.request.and_then(|request| request.claim) {
            Some(claim) => self.idempotency().commit(conn, claim).await,
            None => Ok(()),
        }
    }
}

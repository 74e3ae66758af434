//! What every write ends with: the hooks that may refuse it, its activity, its event in the outbox, the jobs that bring the
//! event to its subscribers, and the mark that its idempotency key is used up.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::slice;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use crm_domain::activity::Actor;
use crm_domain::event::Event;
use crm_domain::ids::{ActivityId, EventId};
use crm_storage::activities::{self, Activity};
use crm_storage::outbox::{self, StoredEvent};
use diesel_async::AsyncPgConnection;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::time::timeout;

use crate::crm::Crm;
use crate::error::{Error, Result};
use crate::jobs::panic_message;
use crate::plugin::HOOK_PATIENCE;

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
    /// Something that the hook did failed; the caller is told as if it were the write itself.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<diesel::result::Error> for HookError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// What a hook works with: the transaction, and whose it is.
pub struct HookContext<'a> {
    /// The CRM, for writes of the hook's own: those that end in `_in`, and [`Crm::emit`].
    pub crm: &'a Crm,
    /// The transaction in which the event happened.
    pub conn: &'a mut AsyncPgConnection,
    /// Who did it.
    pub actor: &'a Actor,
    /// When.
    pub now: DateTime<Utc>,
}

type Hook = dyn for<'a> Fn(&'a (dyn Any + Send + Sync), HookContext<'a>) -> BoxFuture<'a, Result<(), HookError>>
    + Send
    + Sync;

/// The hooks that run before a commit, by the event they wait for.
#[derive(Clone, Default)]
pub(crate) struct Hooks(HashMap<TypeId, Vec<Registered>>);

#[derive(Clone)]
struct Registered {
    name: &'static str,
    /// Whose it is, the program's own first, and its place among those of one owner.
    place: (usize, i32),
    hook: Arc<Hook>,
}

impl Hooks {
    pub(crate) fn add<E, F>(&mut self, name: &'static str, place: (usize, i32), hook: F)
    where
        E: Event,
        F: for<'a> Fn(&'a E, HookContext<'a>) -> BoxFuture<'a, Result<(), HookError>>
            + Send
            + Sync
            + 'static,
    {
        let erased: Arc<Hook> = Arc::new(move |event, context| match event.downcast_ref::<E>() {
            Some(event) => hook(event, context),
            // Never: hooks are kept under the type of their event.
            None => Box::pin(async { Ok(()) }),
        });
        let of_event = self.0.entry(TypeId::of::<E>()).or_default();
        of_event.push(Registered {
            name,
            place,
            hook: erased,
        });
        of_event.sort_by_key(|registered| registered.place);
    }

    /// Takes what another one has, too.
    pub(crate) fn extend(&mut self, other: Self) {
        for (event, hooks) in other.0 {
            let of_event = self.0.entry(event).or_default();
            of_event.extend(hooks);
            of_event.sort_by_key(|registered| registered.place);
        }
    }

    fn of<E: Event>(&self) -> impl Iterator<Item = &Registered> {
        self.0.get(&TypeId::of::<E>()).into_iter().flatten()
    }
}

impl Registered {
    /// Runs one hook, whatever it does: what it breaks is undone by the error.
    async fn run<E: Event>(&self, event: &E, context: HookContext<'_>) -> Result<()> {
        let hook = self.name;
        let work = AssertUnwindSafe(async { (self.hook)(event, context).await }).catch_unwind();
        match timeout(HOOK_PATIENCE, work).await {
            Ok(Ok(Ok(()))) => Ok(()),
            Ok(Ok(Err(HookError::Veto { code, message }))) => Err(Error::Vetoed {
                hook,
                code,
                message,
            }),
            Ok(Ok(Err(HookError::Failed(error)))) => Err(error),
            Ok(Err(panic)) => {
                let message = panic_message(panic.as_ref());
                Err(Error::internal(format!(
                    "the hook {hook} panicked: {message}"
                )))
            }
            Err(_) => {
                tracing::error!(hook, "the hook takes too long and is cut off");
                Err(Error::HookTooSlow { hook })
            }
        }
    }
}

impl Crm {
    /// Records that `event` happened, within the transaction of `conn`: what every write ends with. The hooks run, and may refuse
    /// it; then its activity, its place in the outbox and the jobs of its subscribers are written.
    ///
    /// # Errors
    /// [`Error::Vetoed`] when a hook refuses it, or when the database fails.
    pub async fn emit<E: Event>(
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
    ///
    /// # Errors
    /// As [`Crm::emit`].
    pub async fn emit_all<E: Event>(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        now: DateTime<Utc>,
        happened: &[E],
    ) -> Result<()> {
        let mut changes = Vec::with_capacity(happened.len());
        let mut payloads = Vec::with_capacity(happened.len());
        for event in happened {
            for hook in self.hooks().of::<E>() {
                let context = HookContext {
                    crm: self,
                    conn,
                    actor,
                    now,
                };
                hook.run(event, context).await?;
            }
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
            ([row], [event]) => outbox::record(conn, row, event).await?,
            (rows, events) => {
                activities::insert_all(conn, rows).await?;
                outbox::insert_all(conn, events).await?;
            }
        }
        self.deliver(conn, E::NAME, &events).await?;
        match actor.request.and_then(|request| request.claim) {
            Some(claim) => self.idempotency().commit(conn, claim).await,
            None => Ok(()),
        }
    }
}

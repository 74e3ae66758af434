//! Who handles what. All of it is said before there is a CRM, without a database.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use crm_domain::event::Event;
use crm_domain::ids::JobId;
use crm_storage::jobs::{self, NewJob};
use crm_storage::outbox::StoredEvent;
use diesel_async::AsyncPgConnection;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::context::{JobContext, JobError};
use super::handler::{ATTEMPTS, AnyEvent, Delivered, Job, decode};
use super::retention;
use crate::analytics;
use crate::crm::{Crm, CrmBuilder};
use crate::error::{Error, Result};
use crate::tasks::reminders;

/// The longest name, in bytes.
const MAX_NAME: usize = 100;

/// Which of these events, all of one name, a subscriber is given. It is asked in the transaction in which they happen.
type Choice = dyn for<'a> Fn(&'a mut AsyncPgConnection, Vec<AnyEvent>) -> BoxFuture<'a, Result<Vec<AnyEvent>>>
    + Send
    + Sync;

type Handler = dyn Fn(JobContext, Value) -> BoxFuture<'static, Result<(), JobError>> + Send + Sync;

/// Who handles what.
#[derive(Clone, Default)]
pub(crate) struct Registry {
    handlers: BTreeMap<&'static str, Arc<Handler>>,
    subscriptions: Vec<Subscription>,
    schedules: Vec<Schedule>,
    mistakes: Vec<String>,
}

#[derive(Clone)]
struct Subscription {
    name: &'static str,
    of: Wanted,
    is_ordered: bool,
}

/// The events that a subscriber is given.
#[derive(Clone)]
enum Wanted {
    All,
    Named(&'static str),
    Chosen(Arc<Choice>),
}

/// Something that is done again and again.
#[derive(Clone, Copy)]
pub(super) struct Schedule {
    pub(super) name: &'static str,
    pub(super) every: TimeDelta,
}

impl Registry {
    /// What the CRM itself does later.
    pub(crate) fn of_the_core() -> Self {
        let mut registry = Self::default();
        registry.schedule(reminders::NAME, reminders::EVERY, reminders::remind);
        registry.schedule(analytics::FOLD, analytics::FOLD_EVERY, analytics::fold);
        registry.schedule(retention::NAME, retention::EVERY, retention::tidy_up);
        registry
    }

    /// Registers a handler; `false` when that was a mistake.
    fn add<T, F, Fut>(&mut self, name: &'static str, handler: F) -> bool
    where
        T: DeserializeOwned,
        F: Fn(JobContext, T) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        if name.is_empty() || name.len() > MAX_NAME {
            self.mistakes
                .push(format!("{name:?} is no name for a handler"));
            return false;
        }
        if self.handlers.contains_key(name) {
            self.mistakes.push(twice(name));
            return false;
        }
        let erased: Arc<Handler> = Arc::new(move |context, payload| match decode(payload) {
            Ok(given) => handler(context, given).boxed(),
            Err(error) => std::future::ready(Err(error)).boxed(),
        });
        self.handlers.insert(name, erased);
        true
    }

    pub(crate) fn schedule<F, Fut>(&mut self, name: &'static str, every: Duration, handler: F)
    where
        F: Fn(JobContext) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        let Some(every) = TimeDelta::from_std(every)
            .ok()
            .filter(|every| *every >= TimeDelta::seconds(1))
        else {
            let message = format!("{name} cannot be done every {every:?}");
            return self.mistakes.push(message);
        };
        if self.add(name, move |context, (): ()| handler(context)) {
            self.schedules.push(Schedule { name, every });
        }
    }

    pub(crate) fn job<J, F, Fut>(&mut self, handler: F)
    where
        J: Job,
        F: Fn(JobContext, J) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        self.add(J::NAME, handler);
    }

    pub(crate) fn subscribe<E, F, Fut>(&mut self, name: &'static str, handler: F)
    where
        E: Event + DeserializeOwned,
        F: Fn(JobContext, Delivered<E>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        self.subscribe_to(name, Wanted::Named(E::NAME), false, typed(handler));
    }

    pub(crate) fn subscribe_in_order<E, F, Fut>(&mut self, name: &'static str, handler: F)
    where
        E: Event + DeserializeOwned,
        F: Fn(JobContext, Delivered<E>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        self.subscribe_to(name, Wanted::Named(E::NAME), true, typed(handler));
    }

    pub(crate) fn subscribe_to_all<F, Fut>(&mut self, name: &'static str, handler: F)
    where
        F: Fn(JobContext, AnyEvent) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        self.subscribe_to(name, Wanted::All, true, handler);
    }

    pub(crate) fn subscribe_to_some<C, F, Fut>(&mut self, name: &'static str, choice: C, handler: F)
    where
        C: for<'a> Fn(
                &'a mut AsyncPgConnection,
                Vec<AnyEvent>,
            ) -> BoxFuture<'a, Result<Vec<AnyEvent>>>
            + Send
            + Sync
            + 'static,
        F: Fn(JobContext, AnyEvent) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        self.subscribe_to(name, Wanted::Chosen(Arc::new(choice)), true, handler);
    }

    fn subscribe_to<F, Fut>(&mut self, name: &'static str, of: Wanted, is_ordered: bool, handler: F)
    where
        F: Fn(JobContext, AnyEvent) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        if self.add(name, handler) {
            self.subscriptions.push(Subscription {
                name,
                of,
                is_ordered,
            });
        }
    }

    /// Takes what another one has, too.
    pub(crate) fn extend(&mut self, other: Self) {
        let Self {
            handlers,
            subscriptions,
            schedules,
            mistakes,
        } = other;
        for (name, handler) in handlers {
            if self.handlers.insert(name, handler).is_some() {
                self.mistakes.push(twice(name));
            }
        }
        self.subscriptions.extend(subscriptions);
        self.schedules.extend(schedules);
        self.mistakes.extend(mistakes);
    }

    /// What does not go together first.
    pub(crate) fn first_mistake(&self) -> Option<String> {
        self.mistakes.first().cloned()
    }

    /// Whether everything that was registered goes together.
    pub(super) fn check(&self) -> Result<()> {
        if self.mistakes.is_empty() {
            return Ok(());
        }
        Err(Error::internal(self.mistakes.join("; ")))
    }

    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.handlers.keys().copied().collect()
    }

    pub(super) fn handler(&self, name: &str) -> Option<&Arc<Handler>> {
        self.handlers.get(name)
    }

    pub(super) fn schedules(&self) -> &[Schedule] {
        &self.schedules
    }
}

impl Crm {
    /// Queues the jobs that bring these events, all of one name, to their subscribers.
    pub(crate) async fn deliver(
        &self,
        conn: &mut AsyncPgConnection,
        name: &str,
        events: &[StoredEvent<'_>],
    ) -> Result<()> {
        let mut deliveries = Vec::new();
        for subscription in &self.registry().subscriptions {
            let all = || events.iter().map(AnyEvent::from).collect();
            let wanted = match &subscription.of {
                Wanted::Named(wanted) if *wanted != name => continue,
                Wanted::Named(_) | Wanted::All => all(),
                Wanted::Chosen(choice) => choice(conn, all()).await?,
            };
            for event in wanted {
                deliveries.push(self.delivery(subscription, &event)?);
            }
        }
        if deliveries.is_empty() {
            return Ok(());
        }
        self.waker().note();
        jobs::insert(conn, deliveries).await?;
        Ok(())
    }

    fn delivery(&self, subscription: &Subscription, event: &AnyEvent) -> Result<NewJob> {
        let partition = || format!("{}:{}", event.resource, event.record_id);
        Ok(NewJob {
            partition_key: subscription.is_ordered.then(partition),
            // An event reaches a subscriber by one job, whoever tries to make two.
            unique_key: Some(event.id.to_string()),
            payload: serde_json::to_value(event).map_err(Error::internal)?,
            ..self.new_job(subscription.name, event.at)?
        })
    }

    /// A job that is due at once, and given nothing.
    pub(super) fn new_job(&self, name: &'static str, now: DateTime<Utc>) -> Result<NewJob> {
        Ok(NewJob {
            id: JobId::new(now, self.random()?),
            name,
            payload: Value::Null,
            partition_key: None,
            unique_key: None,
            run_at: now,
            max_attempts: ATTEMPTS,
            created_at: now,
        })
    }
}

/// What is done later. Names are those of handlers: no two have the same, which [`Jobs::run`](super::Jobs::run) refuses.
impl CrmBuilder {
    /// Handles jobs of the kind `J`.
    #[must_use]
    pub fn job<J, F, Fut>(mut self, handler: F) -> Self
    where
        J: Job,
        F: Fn(JobContext, J) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        self.registry.job(handler);
        self
    }

    /// Delivers each event `E` to the handler, at least once, after its transaction has committed. `name` is the
    /// subscriber's, and stays the same as long as there may be deliveries under way.
    #[must_use]
    pub fn subscribe<E, F, Fut>(mut self, name: &'static str, handler: F) -> Self
    where
        E: Event + DeserializeOwned,
        F: Fn(JobContext, Delivered<E>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        self.registry.subscribe(name, handler);
        self
    }

    /// [`subscribe`](Self::subscribe), where the events of one record are delivered one after the other. One that cannot
    /// be delivered holds up the later ones, until it is or is dead.
    #[must_use]
    pub fn subscribe_in_order<E, F, Fut>(mut self, name: &'static str, handler: F) -> Self
    where
        E: Event + DeserializeOwned,
        F: Fn(JobContext, Delivered<E>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        self.registry.subscribe_in_order(name, handler);
        self
    }

    /// Delivers every event to the handler, those of one record one after the other: for who passes them on.
    #[must_use]
    pub fn subscribe_to_all<F, Fut>(mut self, name: &'static str, handler: F) -> Self
    where
        F: Fn(JobContext, AnyEvent) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        self.registry.subscribe_to_all(name, handler);
        self
    }

    /// [`subscribe_to_all`](Self::subscribe_to_all) of the events that `choice` chooses, so that nothing is queued for those that nobody
    /// waits for. It is asked in the transaction in which they happen, with some of one name at a time: a statement is what
    /// it may take.
    #[must_use]
    pub fn subscribe_to_some<C, F, Fut>(mut self, name: &'static str, choice: C, handler: F) -> Self
    where
        C: for<'a> Fn(
                &'a mut AsyncPgConnection,
                Vec<AnyEvent>,
            ) -> BoxFuture<'a, Result<Vec<AnyEvent>>>
            + Send
            + Sync
            + 'static,
        F: Fn(JobContext, AnyEvent) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        self.registry.subscribe_to_some(name, choice, handler);
        self
    }

    /// Calls the handler again and again, on one of the servers: at the earliest so long after the time before. A time
    /// that was missed is made up for once, however many were.
    #[must_use]
    pub fn schedule<F, Fut>(mut self, name: &'static str, every: Duration, handler: F) -> Self
    where
        F: Fn(JobContext) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        self.registry.schedule(name, every, handler);
        self
    }
}

fn twice(name: &str) -> String {
    format!("two handlers are named {name}")
}

/// A handler of one kind of event as one of any.
fn typed<E, F, Fut>(
    handler: F,
) -> impl Fn(JobContext, AnyEvent) -> BoxFuture<'static, Result<(), JobError>> + Send + Sync + 'static
where
    E: Event + DeserializeOwned,
    F: Fn(JobContext, Delivered<E>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), JobError>> + Send + 'static,
{
    move |context, event| match Delivered::try_from(event) {
        Ok(delivered) => handler(context, delivered).boxed(),
        Err(error) => std::future::ready(Err(error)).boxed(),
    }
}

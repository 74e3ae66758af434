//! Demo data: believable, and the same for the same seed, number and day.
//!
//! Every lead goes through the rules of the domain from its first day on, so what is loaded could have been typed.
//! It is stored in one transaction and without outbox events: nobody shall be notified of people who do not exist.

mod cast;
mod names;
mod story;

use crm_domain::activity::Actor;
use crm_domain::lead::{LeadFilter, LeadQuery, LeadSort};
use crm_domain::list::PageRequest;
use crm_domain::page::{Limit, Page};
use crm_domain::user::User;
use crm_storage::PoolOptions;
use crm_storage::copy::{Batch, Load};
use tokio::sync::mpsc;

use crate::crm::Crm;
use crate::error::Error;
use crate::plugin::DemoPlan;

pub use cast::{ADMIN_EMAIL, AGENTS};
pub use story::MAX_LEADS;

use cast::Cast;
use story::{Story, Storyteller};

/// Enough to make the statements cheap, little enough to hold in memory.
const BATCH: u32 = 1_000;

/// What to load.
#[derive(Clone)]
pub struct Plan {
    /// How many leads, at most [`MAX_LEADS`].
    pub leads: u32,
    /// The same seed gives the same data; another one gives other people.
    pub seed: u64,
    /// Nothing happens at this instant or later; a day boundary, so that one day's data are the same all day.
    pub until: chrono::DateTime<chrono::Utc>,
    /// The password that all demo users sign in with.
    pub password: String,
    /// Whether to load into a workspace that has leads.
    pub add: bool,
}

/// What was loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Loaded {
    /// Leads, archived ones included.
    pub leads: u64,
    /// Customers, each from a converted lead.
    pub customers: u64,
    /// Rows in all tables.
    pub rows: u64,
}

/// Why nothing was loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DemoError {
    /// The workspace has leads, and adding was not asked for.
    #[error("the workspace has leads already")]
    NotEmpty,
    /// More leads than there are different people.
    #[error("at most {MAX_LEADS} demo leads can be made")]
    TooMany,
    /// The ids of these leads are taken.
    #[error("the demo data of this seed and day are there already: choose another seed")]
    SameSeed,
    /// The database or the program failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<crm_storage::Error> for DemoError {
    fn from(error: crm_storage::Error) -> Self {
        match error {
            crm_storage::Error::UniqueViolation { .. } => Self::SameSeed,
            other => Self::Failed(other.into()),
        }
    }
}

/// Whether there is no lead at all, neither at hand nor archived.
///
/// # Errors
/// When the database fails.
pub async fn is_empty(crm: &Crm) -> Result<bool, Error> {
    for is_archived in [false, true] {
        let query = LeadQuery {
            filter: LeadFilter {
                is_archived,
                ..LeadFilter::default()
            },
            sort: LeadSort::default(),
            page: PageRequest::Numbered {
                page: Page::first(Limit::default()),
                exact_total: false,
            },
        };
        let found = crm.leads().list(&Actor::system("demo"), &query).await?;
        if !found.records.is_empty() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Loads demo data over a connection of its own to `database`, which is the database of `crm`. `progress` hears how
/// many leads are written.
///
/// # Errors
/// [`DemoError`]; nothing was loaded then.
pub async fn load(
    crm: &Crm,
    database: &PoolOptions,
    plan: &Plan,
    mut progress: impl FnMut(u64) + Send,
) -> Result<Loaded, DemoError> {
    if plan.leads > MAX_LEADS {
        return Err(DemoError::TooMany);
    }
    let load = Load::begin(database).await?;
    if !plan.add && load.has_leads().await? {
        return Err(DemoError::NotEmpty);
    }
    let cast = store_users(crm, &load, plan).await?;
    let mut loaded = Loaded::default();
    let mut batches = tell(Storyteller::new(plan, cast));
    while let Some(batch) = batches.recv().await {
        let batch = batch.map_err(Error::internal)?;
        load.write(&batch).await?;
        loaded.count(&batch);
        progress(loaded.leads);
    }
    load.commit().await?;
    let of_plugins = DemoPlan {
        seed: plan.seed,
        until: plan.until,
    };
    crm.load_plugins_demo(of_plugins).await?;
    Ok(loaded)
}

/// Makes the demo users, all with one password, since hashing it takes longer than making a thousand leads.
async fn store_users(crm: &Crm, load: &Load, plan: &Plan) -> Result<Cast, DemoError> {
    let users = cast::users(plan.seed, plan.until).map_err(Error::from)?;
    for User { name, email, .. } in &users {
        let passwords = crm.passwords();
        passwords
            .check("password", &plan.password, name, email)
            .await?;
    }
    let hash = crm.passwords().hash(plan.password.clone()).await?;
    let mut ids = Vec::new();
    for user in &users {
        ids.push(load.user(user, &hash).await?);
    }
    Cast::new(&ids).ok_or_else(|| Error::internal("there is no demo user").into())
}

/// Makes the batches on another thread while the database stores the last one.
fn tell(teller: Storyteller) -> mpsc::Receiver<Result<Batch, story::StoryError>> {
    let (sender, receiver) = mpsc::channel(1);
    tokio::task::spawn_blocking(move || {
        let mut start = 0;
        while start < teller.leads() {
            let end = teller.leads().min(start + BATCH);
            let batch = (start..end).map(|index| teller.tell(index)).collect();
            let batch: Result<Vec<Story>, _> = batch;
            let failed = batch.is_err();
            if sender.blocking_send(batch.map(joined)).is_err() || failed {
                return;
            }
            start = end;
        }
    });
    receiver
}

fn joined(stories: Vec<Story>) -> Batch {
    let mut batch = Batch::default();
    for story in stories {
        let Story {
            lead,
            customer,
            steps,
            activities,
        } = story;
        batch.leads.push(lead);
        batch.customers.extend(customer);
        batch.status_changes.extend(steps);
        batch.activities.extend(activities);
    }
    batch
}

impl Loaded {
    fn count(&mut self, batch: &Batch) {
        let Batch {
            customers,
            leads,
            status_changes,
            activities,
        } = batch;
        self.leads += leads.len() as u64;
        self.customers += customers.len() as u64;
        let rows = leads.len() + customers.len() + status_changes.len() + activities.len();
        self.rows += rows as u64;
    }
}

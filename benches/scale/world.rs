//! A CRM with so many leads, on a database of its own.

use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};

use crm::app::demo::{self, Plan};
use crm::app::imports::TableOptions;
use crm::app::leads::ListedLead;
use crm::app::users::{NewUser, UserEdit};
use crm::app::{Crm, HashCost};
use crm::domain::activity::Actor;
use crm::domain::analytics::DayRange;
use crm::domain::ids::{LeadId, UserId};
use crm::domain::import::{ImportKind, ImportState};
use crm::domain::lead::{LeadFilter, LeadQuery, LeadSort, NewLead};
use crm::domain::list::{Listing, PageRequest};
use crm::domain::page::{Limit, Page};
use crm::domain::role::Role;
use crm::domain::user::UserFilter;
use crm_testing::TestDatabase;
use tokio::runtime::Runtime;

/// Who may do everything.
pub(crate) const ACTOR: Actor = Actor::system("bench");

pub(crate) struct World {
    runtime: Runtime,
    pub(crate) crm: Crm,
    pub(crate) manager: Actor,
    pub(crate) agent: Actor,
    admin: Actor,
    pub(crate) some_lead: LeadId,
    pub(crate) some_agent: Option<UserId>,
    pub(crate) deep_cursor: String,
    /// The year in which the leads were made, in a zone whose days begin on no hour of UTC.
    pub(crate) year: DayRange,
    /// The last 30 days of it.
    pub(crate) month: DayRange,
    // Dropped last: the pool's connections end before their database.
    _database: TestDatabase,
}

impl World {
    pub(crate) fn new(leads: u32) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let (crm, database) = runtime.block_on(loaded(leads));
        let first = list(&crm, &ACTOR, LeadFilter::default(), PageRequest::default());
        let page = runtime.block_on(first);
        let some_lead = page.records.last().expect("leads were loaded").lead.id;
        let agents = page
            .records
            .iter()
            .map(|listed| &listed.lead.assigned_agent);
        let some_agent = agents.flatten().next().copied();
        let deep_cursor = runtime.block_on(deep_cursor(&crm, leads));
        let agent = some_agent
            .map(Actor::user)
            .expect("somebody works on leads");
        let manager = runtime.block_on(manager(&crm));
        let admin = runtime.block_on(user(&crm, demo::ADMIN_EMAIL));
        Self {
            crm,
            manager,
            agent,
            admin: Actor::user(admin),
            some_lead,
            some_agent,
            deep_cursor,
            year: days("2025-01-01", "2025-12-31"),
            month: days("2025-12-02", "2025-12-31"),
            _database: database,
            runtime,
        }
    }

    pub(crate) fn run<T>(&self, work: impl Future<Output = T>) -> T {
        black_box(self.runtime.block_on(work))
    }

    pub(crate) async fn list(
        &self,
        actor: &Actor,
        filter: LeadFilter,
        page: PageRequest,
    ) -> Listing<ListedLead> {
        list(&self.crm, actor, filter, page).await
    }

    /// Uploads a table and makes its rows into leads.
    pub(crate) async fn import(&self, table: &str) {
        let imports = self.crm.imports();
        let upload = imports.begin(&self.admin, ImportKind::Lead, TableOptions::default());
        let mut upload = upload.await.expect("an upload");
        upload.push(table.as_bytes()).await.expect("a table");
        let id = upload.finish().await.expect("an import").id;
        imports.run(&self.admin, id).await.expect("a start");
        while imports.advance(id).await.expect("a chunk") {}
        let import = imports.get(&self.admin, id).await.expect("the import");
        assert_eq!(import.state, ImportState::Finished);
        assert_eq!(import.counts.created, import.rows);
        imports.delete(&self.admin, id).await.expect("the end");
    }
}

fn next_number() -> u32 {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    NUMBER.fetch_add(1, Ordering::Relaxed)
}

/// A lead like no other.
pub(crate) fn new_lead() -> NewLead {
    let email = format!("ada{}@bench.example", next_number());
    NewLead {
        email: Some(email.parse().expect("an address")),
        ..NewLead::named("Ada Lovelace".parse().expect("a name"))
    }
}

/// A table of so many leads like no other.
pub(crate) fn table(rows: u32) -> String {
    let mut table = "name,emailId,phone,company,source,tags\n".to_owned();
    for _ in 0..rows {
        let number = next_number();
        writeln!(
            table,
            "Lead {number},lead{number}@bench.example,+49 30 {number},Company {number},Fair,gold;silver"
        )
        .expect("a text takes everything");
    }
    table
}

fn days(first: &str, last: &str) -> DayRange {
    let day = |text: &str| text.parse().expect("a day");
    let zone = "Asia/Kolkata".parse().expect("a zone");
    DayRange::new(day(first), day(last), zone).expect("days in order")
}

async fn user(crm: &Crm, email: &str) -> UserId {
    let email = email.parse().expect("an address");
    let user = crm.users().find_by_email(&ACTOR, &email).await;
    user.expect("a user of the demo").id
}

/// A manager of five of the agents.
async fn manager(crm: &Crm) -> Actor {
    let name = "Bench".parse().expect("a name");
    let team = crm.teams().create(&ACTOR, name).await.expect("a team").id;
    let join = || UserEdit {
        teams: Some(vec![team]),
        ..UserEdit::default()
    };
    let agents = UserFilter {
        role: Some(Role::Agent.id()),
        ..UserFilter::default()
    };
    let page = Page::new(1, Limit::new(5).expect("a limit")).expect("a page");
    let agents = crm.users().list(&ACTOR, &agents, page).await;
    for agent in agents.expect("the agents").users {
        let joined = crm.users().edit(&ACTOR, agent.id, join()).await;
        joined.expect("a member");
    }
    let manager = NewUser {
        name: "Manager".parse().expect("a name"),
        email: "manager@bench.example".parse().expect("an address"),
        roles: vec![Role::Manager.id()],
        teams: vec![team],
        password: "a password of the bench".to_owned(),
    };
    let manager = crm.users().create(&ACTOR, manager).await;
    Actor::user(manager.expect("a manager").id)
}

async fn loaded(leads: u32) -> (Crm, TestDatabase) {
    let database = TestDatabase::create().await;
    let crm = Crm::builder(database.pool(), crm_testing::app::secrets())
        .hash_cost(HashCost::ForTests)
        .build();
    let plan = Plan {
        leads,
        seed: 1,
        until: "2026-01-01T00:00:00Z".parse().expect("an instant"),
        password: "a password of the bench".to_owned(),
        add: false,
    };
    demo::load(&crm, &database.options(), &plan, |_| {})
        .await
        .expect("the demo data load");
    (crm, database)
}

async fn list(
    crm: &Crm,
    actor: &Actor,
    filter: LeadFilter,
    page: PageRequest,
) -> Listing<ListedLead> {
    let query = LeadQuery {
        filter,
        sort: LeadSort::default(),
        page,
    };
    crm.leads().list(actor, &query).await.expect("the list")
}

/// The cursor that stands nine tenths down the list.
async fn deep_cursor(crm: &Crm, leads: u32) -> String {
    let limit = Limit::new(100).expect("a limit");
    let all = LeadFilter::default;
    let first = list(crm, &ACTOR, all(), PageRequest::default()).await;
    let mut cursor = first.next_cursor.expect("more than one page");
    for _ in 0..leads / 112 {
        let after = PageRequest::After {
            cursor: cursor.clone(),
            limit,
        };
        let Some(next) = list(crm, &ACTOR, all(), after).await.next_cursor else {
            break;
        };
        cursor = next;
    }
    cursor
}

//! A workspace of random records, the same for each seed.

use chrono::{DateTime, TimeDelta, Utc};
use crm_app::OnDuplicate;
use crm_app::leads::{ConvertOptions, OnCandidates};
use crm_app::users::UserEdit;
use crm_domain::activity::Actor;
use crm_domain::change::Change;
use crm_domain::customer::NewCustomer;
use crm_domain::due::Due;
use crm_domain::ids::{LeadId, TeamId, UserId};
use crm_domain::lead::{LeadEdit, NewLead, NextStatus, UnqualifiedReason};
use crm_domain::role::Role;
use crm_domain::task::{NewTask, TaskStatus};
use crm_domain::user::User;
use crm_testing::TestApp;

const SYSTEM: Actor = Actor::system("test");

/// More than are told apart.
const AGENTS: usize = 30;
const SOURCES: usize = 30;

/// Until early summer: clocks are set in both halves of the world meanwhile.
const EVENTS: usize = 500;
const MAX_MINUTES_BETWEEN: usize = 12 * 60;

/// Who was in the workspace.
pub(super) struct Story {
    pub(super) admin: User,
    pub(super) manager: User,
    /// In the manager's team.
    pub(super) agent: User,
    pub(super) reader: User,
}

/// Numbers by xorshift: the same on each machine and in each version.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }

    fn is(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// The first ones are the likeliest.
    fn skewed<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        let bound = 1 + self.below(all.len());
        &all[self.below(bound)]
    }
}

struct Teller<'a> {
    app: &'a TestApp,
    random: Random,
    users: Vec<UserId>,
    leads: Vec<LeadId>,
}

impl Story {
    pub(super) async fn tell(app: &TestApp, seed: u64) -> Self {
        let north = team(app, "North").await;
        let south = team(app, "South").await;
        let (admin, reader) = (app.user(Role::Admin).await, app.user(Role::ReadOnly).await);
        let manager = app.user(Role::Manager).await;
        join(app, &manager, north).await;
        let mut agents = Vec::new();
        for number in 0..AGENTS {
            let agent = app.user(Role::Agent).await;
            let team = if number < 8 { north } else { south };
            join(app, &agent, team).await;
            agents.push(agent);
        }
        let agent = agents[0].clone();
        let makers = [&agent, &manager, &admin].into_iter().chain(&agents[1..]);
        let mut teller = Teller {
            app,
            random: Random(seed),
            users: makers.map(|user| user.id).collect(),
            leads: Vec::new(),
        };
        for _ in 0..EVENTS {
            teller.event().await;
        }
        for _ in 0..60 {
            teller.task().await;
        }
        Self {
            admin,
            manager,
            agent,
            reader,
        }
    }
}

async fn team(app: &TestApp, name: &str) -> TeamId {
    let teams = app.crm.teams();
    teams
        .create(&SYSTEM, name.parse().unwrap())
        .await
        .unwrap()
        .id
}

async fn join(app: &TestApp, user: &User, team: TeamId) {
    let edit = UserEdit {
        teams: Some(vec![team]),
        ..UserEdit::default()
    };
    app.crm.users().edit(&SYSTEM, user.id, edit).await.unwrap();
}

impl Teller<'_> {
    async fn event(&mut self) {
        let minutes = self.random.below(MAX_MINUTES_BETWEEN);
        let minutes = TimeDelta::minutes(i64::try_from(minutes).unwrap());
        self.app.clock.advance(minutes);
        match self.random.below(100) {
            0..40 => self.lead().await,
            40..75 => self.change().await,
            75..97 => self.customer().await,
            // Some of what is counted is folded, and some not yet.
            _ => {
                self.app.crm.analytics().fold().await.unwrap();
            }
        }
    }

    fn somebody(&mut self) -> Option<UserId> {
        let is_somebody = self.random.is(70);
        is_somebody.then(|| *self.random.skewed(&self.users))
    }

    /// Nobody gives what they make to others here, so that all may make what they do.
    fn maker(&mut self) -> (Actor, Option<UserId>) {
        match self.random.below(3) {
            0 => (SYSTEM, self.somebody()),
            1 => (Actor::user(*self.random.skewed(&self.users)), None),
            _ => {
                let user = *self.random.skewed(&self.users);
                (Actor::user(user), Some(user))
            }
        }
    }

    async fn lead(&mut self) {
        let (maker, agent) = self.maker();
        let sources: Vec<_> = (0..SOURCES).collect();
        // Names that do not stand in an address as they are.
        let source = format!("Messe & Köln +{}%20 #?", self.random.skewed(&sources));
        let new = NewLead {
            phone: Some("+49 30 1234567".parse().unwrap()),
            assigned_agent: agent,
            source: self.random.is(80).then(|| source.parse().unwrap()),
            ..NewLead::named("Somebody".parse().unwrap())
        };
        let leads = self.app.crm.leads();
        let made = leads.create(&maker, new, OnDuplicate::Create).await;
        self.leads.push(made.unwrap().lead.id);
    }

    /// Some change of some lead. What its state does not allow is not done.
    async fn change(&mut self) {
        let Some(bound) = self.leads.len().checked_sub(1) else {
            return;
        };
        let lead = self.leads[self.random.below(bound + 1)];
        let leads = self.app.crm.leads();
        let statuses = [
            NextStatus::Contacted,
            NextStatus::Nurturing,
            NextStatus::Qualified,
            NextStatus::Unqualified {
                reason: UnqualifiedReason::Spam,
                note: None,
            },
        ];
        let edit = match self.random.below(10) {
            0..4 => LeadEdit {
                status: Some(statuses[self.random.below(statuses.len())].clone()),
                ..LeadEdit::default()
            },
            4..6 => LeadEdit {
                assigned_agent: self.somebody().map_or(Change::Clear, Change::Set),
                ..LeadEdit::default()
            },
            6 => {
                let _ = leads.archive(&SYSTEM, lead, None).await;
                return;
            }
            7 => {
                let _ = leads.restore(&SYSTEM, lead, None).await;
                return;
            }
            _ => {
                let options = ConvertOptions {
                    on_duplicate: OnCandidates::Create,
                    ..ConvertOptions::default()
                };
                let _ = leads.convert(&SYSTEM, lead, None, options).await;
                return;
            }
        };
        let _ = leads.edit(&SYSTEM, lead, edit, None).await;
    }

    async fn customer(&mut self) {
        let (maker, owner) = self.maker();
        let new = NewCustomer {
            owner,
            ..NewCustomer::named("Somebody".parse().unwrap())
        };
        let customers = self.app.crm.customers();
        let made = customers.create(&maker, new, OnDuplicate::Create).await;
        let id = made.unwrap().customer.id;
        if self.random.is(10) {
            customers.archive(&SYSTEM, id, None).await.unwrap();
        }
    }

    /// Due within some days of now, on a day, at an instant or not at all.
    async fn task(&mut self) {
        let (maker, assigned_to) = self.maker();
        let now: DateTime<Utc> = self.app.crm.now();
        let hours = i64::try_from(self.random.below(96)).unwrap() - 48;
        let at = now + TimeDelta::hours(hours);
        let statuses = [
            TaskStatus::Open,
            TaskStatus::InProgress,
            TaskStatus::Open,
            TaskStatus::Done,
            TaskStatus::Cancelled,
        ];
        let new = NewTask {
            assigned_to,
            due: match self.random.below(3) {
                0 => None,
                1 => Some(Due::On(at.date_naive())),
                _ => Some(Due::At(at)),
            },
            status: statuses[self.random.below(statuses.len())],
            ..NewTask::titled("Something".parse().unwrap())
        };
        let tasks = self.app.crm.tasks();
        let id = tasks.create(&maker, new).await.unwrap().task.id;
        if self.random.is(10) {
            tasks.archive(&SYSTEM, id, None).await.unwrap();
        }
    }
}

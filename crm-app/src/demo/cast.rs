//! The demo users: an Admin and the agents, the same people for every seed.

use chrono::{DateTime, TimeDelta, Utc};
use crm_domain::ids::UserId;
use crm_domain::role::Role;
use crm_domain::text::{Email, Name, TextError};
use crm_domain::user::{User, UserContent};
use crm_domain::violation::Violations;
use fastrand::Rng;

/// How the demo Admin signs in.
pub const ADMIN_EMAIL: &str = "admin@demo.example";

/// How many agents there are.
pub const AGENTS: usize = AGENT_NAMES.len();

const ADMIN_NAME: &str = "Robin Castellano";

/// Name, and the address before `@demo.example`.
const AGENT_NAMES: [(&str, &str); 18] = [
    ("Maya Lindqvist", "maya.lindqvist"),
    ("Tomasz Zieliński", "tomasz.zielinski"),
    ("Aisha Bello", "aisha.bello"),
    ("Jonas Weber", "jonas.weber"),
    ("Camille Laurent", "camille.laurent"),
    ("Diego Fuentes", "diego.fuentes"),
    ("Priya Raman", "priya.raman"),
    ("Owen Gallagher", "owen.gallagher"),
    ("中村 美咲", "misaki.nakamura"),
    ("Elif Yıldırım", "elif.yildirim"),
    ("Samuel Okafor", "samuel.okafor"),
    ("Hannah Brooks", "hannah.brooks"),
    ("Chen Wei", "wei.chen"),
    ("ليلى حداد", "layla.haddad"),
    ("Mateus Carvalho", "mateus.carvalho"),
    ("Ingrid Sørensen", "ingrid.sorensen"),
    ("Luca Moretti", "luca.moretti"),
    ("Grace Nguyen", "grace.nguyen"),
];

/// The users, the Admin first. They were made two years before the leads end.
pub(super) fn users(seed: u64, until: DateTime<Utc>) -> Result<Vec<User>, Violations> {
    let mut rng = Rng::with_seed(seed);
    let since = until - TimeDelta::days(730);
    let admin = (ADMIN_NAME, ADMIN_EMAIL.to_owned(), Role::Admin);
    let agents = AGENT_NAMES
        .into_iter()
        .map(|(name, local)| (name, format!("{local}@demo.example"), Role::Agent));
    std::iter::once(admin)
        .chain(agents)
        .map(|(name, email, role)| {
            let id = UserId::new(since, random(&mut rng));
            let name: Name = name.parse().map_err(|error| wrong("name", &error))?;
            let email: Email = email.parse().map_err(|error| wrong("emailId", &error))?;
            let content = UserContent {
                name,
                email,
                roles: vec![role.id()],
                teams: vec![],
            };
            Ok(User::new(id, content, false, since))
        })
        .collect()
}

fn wrong(field: &str, error: &TextError) -> Violations {
    Violations::one(field, error.code(), error.to_string())
}

/// The random part of an id.
pub(super) fn random(rng: &mut Rng) -> [u8; 10] {
    let mut bytes = [0; 10];
    rng.fill(&mut bytes);
    bytes
}

/// Who appears in the stories.
#[derive(Debug, Clone)]
pub(super) struct Cast {
    admin: UserId,
    agents: Vec<UserId>,
}

impl Cast {
    /// The ids of [`users`], in their order.
    pub(super) fn new(ids: &[UserId]) -> Option<Self> {
        let (admin, agents) = ids.split_first()?;
        let agents = agents.to_vec();
        (!agents.is_empty()).then_some(Self {
            admin: *admin,
            agents,
        })
    }

    pub(super) const fn admin(&self) -> UserId {
        self.admin
    }

    /// Some agent; the first ones have been here longest and have more leads.
    pub(super) fn agent(&self, rng: &mut Rng) -> UserId {
        let index = rng
            .usize(..self.agents.len())
            .min(rng.usize(..self.agents.len() * 2));
        self.agents.get(index).copied().unwrap_or(self.admin)
    }
}

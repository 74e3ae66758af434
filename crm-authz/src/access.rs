//! One immutable picture of who may do what, made whole and swapped whole.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use crm_domain::activity::{Actor, Who};
use crm_domain::ids::{ApiKeyId, RoleId, TeamId, UserId};
use crm_domain::permission::{Action, Extent, Ownership, Permission, Record};
use crm_domain::role::Grants;
use uuid::Uuid;

use crate::policy::{Policy, RoleFacts};
use crate::scope::{Colleagues, Forbidden, Reach, Scope};

/// What the database says of who may do what, all of one instant.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Counts the changes of what stands here.
    pub version: i64,
    /// The roles.
    pub roles: Vec<RoleFacts>,
    /// The teams.
    pub teams: Vec<TeamFacts>,
    /// The users.
    pub users: Vec<UserFacts>,
    /// The API keys that were not revoked.
    pub keys: Vec<KeyFacts>,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamFacts {
    /// Which team.
    pub id: TeamId,
    /// Its name.
    pub name: String,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserFacts {
    /// Which user.
    pub id: UserId,
    /// Whether the user may sign in, and their keys work.
    pub is_active: bool,
    /// Whether the user is a program, which never signs in.
    pub is_service: bool,
    /// Whether the user proves who they are by a second factor too.
    pub has_second_factor: bool,
    /// Their roles.
    pub roles: Vec<RoleId>,
    /// Their teams.
    pub teams: Vec<TeamId>,
}

/// An API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFacts {
    /// Which key.
    pub id: ApiKeyId,
    /// For whom it acts.
    pub owner: UserId,
    /// SHA-256 of the secret.
    pub hash: Vec<u8>,
    /// What it may do at most: names of permissions, of which those of absent plugins are ignored.
    pub scopes: Vec<String>,
    /// When it stops working.
    pub expires_at: DateTime<Utc>,
}

/// Who may do what, at one instant. Immutable, and cheap to ask.
#[derive(Debug)]
pub struct Access {
    version: i64,
    policy: Arc<Policy>,
    users: HashMap<UserId, Principal>,
    members: HashMap<TeamId, Colleagues>,
    teams: Vec<TeamFacts>,
    keys: HashMap<ApiKeyId, Key>,
}

#[derive(Debug)]
struct Principal {
    facts: UserFacts,
    /// Of the user's roles, one that demands a second factor.
    demanded_by: Option<RoleId>,
    /// Found when first asked for: most users' permissions do not depend on it.
    colleagues: OnceLock<Colleagues>,
}

#[derive(Debug)]
struct Key {
    facts: KeyFacts,
    scopes: BTreeSet<Permission>,
}

impl Access {
    /// The picture that these facts give, under this policy, which is the one of their roles unless that is broken.
    #[must_use]
    pub fn new(facts: Facts, policy: Arc<Policy>) -> Self {
        let Facts {
            version,
            roles: _,
            teams,
            users,
            keys,
        } = facts;
        let keys: HashMap<ApiKeyId, Key> = keys
            .into_iter()
            .map(|facts| {
                let scopes = facts.scopes.iter();
                let scopes = scopes.filter_map(|name| policy.catalogue().permission(name).ok());
                let scopes = scopes.collect();
                (facts.id, Key { facts, scopes })
            })
            .collect();
        let principal = |facts| principal(facts, &policy);
        Self {
            version,
            members: members(&users),
            users: users.into_iter().map(principal).collect(),
            policy,
            teams,
            keys,
        }
    }

    /// Counts the changes of who may do what.
    #[must_use]
    pub const fn version(&self) -> i64 {
        self.version
    }

    /// What each role grants.
    #[must_use]
    pub const fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }

    /// The teams.
    #[must_use]
    pub fn teams(&self) -> &[TeamFacts] {
        &self.teams
    }

    /// The user, who may be disabled.
    #[must_use]
    pub fn user(&self, id: UserId) -> Option<&UserFacts> {
        self.users.get(&id).map(|user| &user.facts)
    }

    /// Whether there is such a user, who may sign in.
    #[must_use]
    pub fn is_active(&self, id: UserId) -> bool {
        self.user(id).is_some_and(|user| user.is_active)
    }

    /// Of the user's roles, one that demands a second factor, itself or by one that it inherits from. Nothing is demanded
    /// of programs, which never sign in.
    #[must_use]
    pub fn second_factor_demanded_by(&self, id: UserId) -> Option<RoleId> {
        self.users.get(&id)?.demanded_by
    }

    /// Whether the user may do nothing before they have a second factor.
    #[must_use]
    pub fn lacks_second_factor(&self, id: UserId) -> bool {
        self.users
            .get(&id)
            .is_some_and(Principal::lacks_second_factor)
    }

    /// The API key, which may have run out.
    #[must_use]
    pub fn key(&self, id: ApiKeyId) -> Option<&KeyFacts> {
        self.keys.get(&id).map(|key| &key.facts)
    }

    /// The records of type `R` to which `actor` may do `action`.
    ///
    /// # Errors
    /// [`Forbidden`] when there is no such permission at all.
    pub fn scope<R: Record>(&self, actor: &Actor, action: Action) -> Result<Scope<R>, Forbidden> {
        let permission = Permission::new(R::RESOURCE, action);
        let reach = self.reach(actor, permission);
        reach
            .map(Scope::new)
            .ok_or_else(|| self.forbidden(actor, permission))
    }

    /// The records of type `R` to which `actor` may do both of `actions`, but no farther than `extent`: those of the narrower
    /// one, since for one actor a wider reach takes in a narrower one.
    ///
    /// # Errors
    /// [`Forbidden`] when one of them is not granted at all.
    pub fn scope_of_both<R: Record>(
        &self,
        actor: &Actor,
        actions: [Action; 2],
        extent: Extent,
    ) -> Result<Scope<R>, Forbidden> {
        let [one, other] = actions.map(|action| self.scope_up_to::<R>(actor, action, extent));
        let (one, other) = (one?, other?);
        let is_narrower = one.reach().extent() <= other.reach().extent();
        Ok(if is_narrower { one } else { other })
    }

    /// [`Access::scope`], but no farther than `extent`.
    ///
    /// # Errors
    /// As [`Access::scope`].
    pub fn scope_up_to<R: Record>(
        &self,
        actor: &Actor,
        action: Action,
        extent: Extent,
    ) -> Result<Scope<R>, Forbidden> {
        let granted = self.check(actor, Permission::new(R::RESOURCE, action))?;
        let extent = extent.min(granted);
        let user = actor.user_id().and_then(|id| self.users.get(&id));
        Ok(Scope::new(match user {
            Some(user) => self.of_extent(user, extent),
            None if extent == Extent::All => Reach::All,
            // The program itself has no records of its own.
            None => Reach::Team(Colleagues::from([])),
        }))
    }

    /// Whether `actor` holds `permission`, for at least some records.
    ///
    /// # Errors
    /// [`Forbidden`] when not.
    pub fn check(&self, actor: &Actor, permission: Permission) -> Result<Extent, Forbidden> {
        let extent = self.extent(actor, permission);
        extent.ok_or_else(|| self.forbidden(actor, permission))
    }

    fn forbidden(&self, actor: &Actor, permission: Permission) -> Forbidden {
        if actor
            .user_id()
            .is_some_and(|id| self.lacks_second_factor(id))
        {
            return Forbidden::NoSecondFactor;
        }
        Forbidden::NotGranted { permission }
    }

    /// How far `permission` reaches for `actor`; `None` when it is not granted.
    #[must_use]
    pub fn reach(&self, actor: &Actor, permission: Permission) -> Option<Reach> {
        let extent = self.extent(actor, permission)?;
        match actor.user_id() {
            Some(user) => self
                .users
                .get(&user)
                .map(|user| self.of_extent(user, extent)),
            None => Some(Reach::All),
        }
    }

    /// How far `permission` extends for `actor`; `None` when it is not granted.
    #[must_use]
    pub fn extent(&self, actor: &Actor, permission: Permission) -> Option<Extent> {
        match actor.who {
            Who::User(id) => self.users_extent(id, permission),
            Who::ApiKey { id, owner } => {
                let key = self.keys.get(&id).filter(|key| key.facts.owner == owner)?;
                let is_in_scope = key.scopes.contains(&permission);
                self.users_extent(owner, permission).filter(|_| is_in_scope)
            }
            // The program itself: the command line and jobs, each named in the activity log.
            Who::System(_) => Some(Extent::All),
        }
    }

    fn users_extent(&self, id: UserId, permission: Permission) -> Option<Extent> {
        let user = self.users.get(&id).filter(|user| user.may_act())?;
        let extents = user
            .facts
            .roles
            .iter()
            .map(|role| self.policy.extent(*role, permission));
        extents.max().flatten()
    }

    fn of_extent(&self, user: &Principal, extent: Extent) -> Reach {
        let id = user.facts.id;
        if extent == Extent::All {
            return Reach::All;
        }
        let colleagues =
            || Arc::clone(user.colleagues.get_or_init(|| self.colleagues(&user.facts)));
        match extent {
            // Without a team there is nobody whose records could be added.
            _ if user.facts.teams.is_empty() => Reach::Own(id),
            Extent::Own => Reach::Own(id),
            Extent::Queue => Reach::Queue(id, colleagues()),
            Extent::Team => Reach::Team(colleagues()),
            Extent::All => Reach::All,
        }
    }

    fn colleagues(&self, user: &UserFacts) -> Colleagues {
        let of_team = |team| self.members.get(team);
        if let [team] = user.teams.as_slice()
            && let Some(members) = of_team(team)
        {
            return Arc::clone(members);
        }
        let members = user.teams.iter().filter_map(of_team);
        let all: BTreeSet<Uuid> = members.flat_map(|team| team.iter().copied()).collect();
        all.into_iter().collect()
    }

    /// Everything that `actor` may do.
    #[must_use]
    pub fn granted(&self, actor: &Actor) -> Grants {
        let permissions = self.policy.catalogue().permissions();
        permissions
            .filter_map(|permission| Some((permission, self.extent(actor, permission)?)))
            .collect()
    }

    /// The first of these grants that `actor` does not hold as widely; `None` when the actor holds them all.
    #[must_use]
    pub fn not_held(&self, actor: &Actor, grants: &Grants) -> Option<Permission> {
        let lacks = |(permission, extent): (&Permission, &Extent)| {
            self.extent(actor, *permission) < Some(*extent)
        };
        grants
            .iter()
            .find(|grant| lacks(*grant))
            .map(|(permission, _)| *permission)
    }

    /// The first of what `roles` grant a member of `teams` that reaches further than the same does for `actor`; `None` when
    /// the actor may do all of it. What a team's members share is held only by who is in that team too.
    #[must_use]
    pub fn not_held_in(
        &self,
        actor: &Actor,
        roles: &[RoleId],
        teams: &[TeamId],
    ) -> Option<Permission> {
        let own_teams = actor.user_id().and_then(|id| self.user(id));
        let own_teams = own_teams
            .map(|user| user.teams.as_slice())
            .unwrap_or_default();
        let is_in_all = teams.iter().all(|team| own_teams.contains(team));
        let lacks =
            |(permission, extent): (&Permission, &Extent)| match self.extent(actor, *permission) {
                Some(Extent::All) => false,
                held => held < Some(*extent) || (*extent > Extent::Own && !is_in_all),
            };
        let grants = self.grants_of(roles);
        let lacking = grants.iter().find(|grant| lacks(*grant));
        lacking.map(|(permission, _)| *permission)
    }

    /// The first of what a user may do that reaches further than the same does for `actor`, who would gain it by taking
    /// charge of the user; `None` when there is nothing to gain.
    #[must_use]
    pub fn gained_by_taking(&self, actor: &Actor, user: UserId) -> Option<Permission> {
        let facts = self.user(user)?;
        let gained = self.not_held_in(actor, &facts.roles, &facts.teams);
        gained.or_else(|| {
            let grants = self.grants_of(&facts.roles);
            let theirs = Ownership::of(user);
            let is_reached = |permission: &Permission| {
                let reach = self.reach(actor, *permission);
                reach.is_some_and(|reach| reach.reaches(theirs))
            };
            grants
                .keys()
                .find(|permission| !is_reached(permission))
                .copied()
        })
    }

    /// Whether what `role` grants counts for the actor: by having it, or one that inherits from it.
    #[must_use]
    pub fn has_role(&self, actor: &Actor, role: RoleId) -> bool {
        let user = actor.user_id().and_then(|id| self.user(id));
        let roles = user.map(|user| user.roles.as_slice()).unwrap_or_default();
        roles
            .iter()
            .any(|held| self.policy.lineage(*held).contains(&role))
    }

    /// Everything that these roles grant together.
    #[must_use]
    pub fn grants_of(&self, roles: &[RoleId]) -> Grants {
        let mut all = Grants::new();
        for (permission, extent) in roles.iter().flat_map(|role| self.policy.grants(*role)) {
            let widest = all.entry(permission).or_insert(extent);
            *widest = extent.max(*widest);
        }
        all
    }
}

impl Principal {
    const fn lacks_second_factor(&self) -> bool {
        self.demanded_by.is_some() && !self.facts.has_second_factor
    }

    const fn may_act(&self) -> bool {
        self.facts.is_active && !self.lacks_second_factor()
    }
}

fn principal(facts: UserFacts, policy: &Policy) -> (UserId, Principal) {
    let demands = |role: &&RoleId| !facts.is_service && policy.demands_second_factor(**role);
    let principal = Principal {
        demanded_by: facts.roles.iter().find(demands).copied(),
        colleagues: OnceLock::new(),
        facts,
    };
    (principal.facts.id, principal)
}

/// The members of each team, sorted. Disabled ones are members too: their records are still the team's.
fn members(users: &[UserFacts]) -> HashMap<TeamId, Colleagues> {
    let mut members: HashMap<TeamId, Vec<Uuid>> = HashMap::new();
    for user in users {
        for team in &user.teams {
            members.entry(*team).or_default().push(user.id.uuid());
        }
    }
    let sorted = |mut ids: Vec<Uuid>| {
        ids.sort_unstable();
        ids.into()
    };
    members
        .into_iter()
        .map(|(team, ids)| (team, sorted(ids)))
        .collect()
}

#[cfg(test)]
mod tests;

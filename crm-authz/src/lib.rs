//! Who may do what: an actor and an action become a [`Scope`], which every query must carry.
//!
//! The answer is a scope, not a yes or no. Only this crate makes one, storage turns it into SQL, and no query
//! runs without it.

mod policy;

use std::fmt;
use std::marker::PhantomData;

use crm_domain::activity::{Actor, Who};
use crm_domain::ids::UserId;
use crm_domain::permission::{Action, Permission, Record};

/// How far a permission reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The records assigned to this user, and those that this user made and nobody is assigned to.
    Own(UserId),
    /// Every record.
    All,
}

impl Reach {
    /// The name in permissions: `own`, `all`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Own(_) => "own",
            Self::All => "all",
        }
    }
}

/// Leave to do one thing to the records of type `R` that it reaches.
pub struct Scope<R> {
    reach: Reach,
    record: PhantomData<fn() -> R>,
}

impl<R> Scope<R> {
    /// Which records it reaches.
    #[must_use]
    pub const fn reach(&self) -> Reach {
        self.reach
    }

    /// Whether it reaches a record that belongs to `owner`.
    #[must_use]
    pub fn reaches(&self, owner: Option<UserId>) -> bool {
        match self.reach {
            Reach::Own(user) => owner == Some(user),
            Reach::All => true,
        }
    }
}

impl<R> Clone for Scope<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Scope<R> {}

impl<R> fmt::Debug for Scope<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Scope").field(&self.reach).finish()
    }
}

/// The actor may not do this to any record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{permission} is not granted")]
pub struct Forbidden {
    /// What was wanted.
    pub permission: Permission,
}

/// Decides. Cheap to ask; asked anew for each use.
#[derive(Debug, Clone, Copy, Default)]
pub struct Authz;

impl Authz {
    /// The records of type `R` to which `actor` may do `action`.
    ///
    /// # Errors
    /// [`Forbidden`] when there is no such permission at all.
    pub fn scope<R: Record>(&self, actor: &Actor, action: Action) -> Result<Scope<R>, Forbidden> {
        let permission = Permission::new(R::RESOURCE, action);
        let reach = self
            .reach(actor, permission)
            .ok_or(Forbidden { permission })?;
        Ok(Scope {
            reach,
            record: PhantomData,
        })
    }

    /// How far `permission` reaches for `actor`; `None` when it is not granted.
    #[must_use]
    pub fn reach(&self, actor: &Actor, permission: Permission) -> Option<Reach> {
        match actor.who {
            Who::User { id, role } => policy::reach(role, id, permission),
            // The program itself: the command line and jobs, each named in the activity log.
            Who::System(_) => Some(Reach::All),
        }
    }

    /// Everything that `actor` may do.
    #[must_use]
    pub fn granted(&self, actor: &Actor) -> Vec<(Permission, Reach)> {
        let reach = |permission| {
            self.reach(actor, permission)
                .map(|reach| (permission, reach))
        };
        policy::permissions().filter_map(reach).collect()
    }
}

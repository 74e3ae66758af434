//! How far a permission reaches for one actor, and the proof of it that queries demand.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crm_domain::ids::UserId;
use crm_domain::permission::{Extent, Ownership, Permission, Record};
use uuid::Uuid;

/// How far a permission reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// The records assigned to this user, and those that this user made and nobody is assigned to.
    Own(UserId),
    /// And those that one of the colleagues made and nobody is assigned to.
    Queue(UserId, Colleagues),
    /// The records assigned to one of the colleagues, or made by one while nobody is assigned.
    Team(Colleagues),
    /// Every record.
    All,
}

/// The ids of the members of a user's teams, the user included, sorted.
pub type Colleagues = Arc<[Uuid]>;

impl Reach {
    /// The extent that it is of.
    #[must_use]
    pub const fn extent(&self) -> Extent {
        match self {
            Self::Own(_) => Extent::Own,
            Self::Queue(..) => Extent::Queue,
            Self::Team(_) => Extent::Team,
            Self::All => Extent::All,
        }
    }

    /// Whether it takes in a record of this ownership.
    #[must_use]
    pub fn reaches(&self, record: Ownership) -> bool {
        let owner = record.owner();
        let is_colleagues = |colleagues: &Colleagues| {
            owner.is_some_and(|owner| colleagues.binary_search(&owner.uuid()).is_ok())
        };
        match self {
            Self::Own(user) => owner == Some(*user),
            Self::Queue(user, colleagues) => {
                owner == Some(*user) || (record.assigned_to.is_none() && is_colleagues(colleagues))
            }
            Self::Team(colleagues) => is_colleagues(colleagues),
            Self::All => true,
        }
    }
}

/// Leave to do one thing to the records of type `R` that it reaches.
///
/// Only [`Access::scope`](crate::Access::scope) makes one.
///
/// ```compile_fail
/// use crm_authz::{Reach, Scope};
/// use crm_domain::lead::Lead;
///
/// let made_up = Scope::<Lead> { reach: Reach::All, record: std::marker::PhantomData };
/// ```
pub struct Scope<R> {
    reach: Reach,
    record: PhantomData<fn() -> R>,
}

impl<R: Record> Scope<R> {
    pub(crate) const fn new(reach: Reach) -> Self {
        Self {
            reach,
            record: PhantomData,
        }
    }

    /// Which records it reaches.
    #[must_use]
    pub const fn reach(&self) -> &Reach {
        &self.reach
    }

    /// Whether it reaches this record.
    #[must_use]
    pub fn reaches(&self, record: &R) -> bool {
        self.reach.reaches(record.ownership())
    }
}

impl<R> Clone for Scope<R> {
    fn clone(&self) -> Self {
        Self {
            reach: self.reach.clone(),
            record: PhantomData,
        }
    }
}

impl<R> fmt::Debug for Scope<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Scope").field(&self.reach).finish()
    }
}

/// The actor may not do this to any record, or not to this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// No role grants it, or not so far.
    #[error("{permission} is not granted")]
    NotGranted {
        /// What was wanted.
        permission: Permission,
    },
    /// The user may do nothing before they have a second factor.
    #[error("a role of the user demands a second factor, which is not set up yet")]
    NoSecondFactor,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn user(number: u8) -> UserId {
        Uuid::from_u128(number.into()).into()
    }

    fn anybody() -> impl Strategy<Value = Option<UserId>> {
        prop_oneof![Just(None), (1u8..6).prop_map(|number| Some(user(number)))]
    }

    proptest! {
        /// What a narrow reach takes in, a wider one of the same user does too.
        #[test]
        fn each_reach_takes_in_the_narrower_ones(
            assigned_to in anybody(),
            created_by in anybody(),
            others in proptest::collection::btree_set(2u8..6, 0..4),
        ) {
            let me = user(1);
            let colleagues: Colleagues = [1].into_iter().chain(others).map(|n| user(n).uuid()).collect();
            let reaches = [
                Reach::Own(me),
                Reach::Queue(me, Arc::clone(&colleagues)),
                Reach::Team(Arc::clone(&colleagues)),
                Reach::All,
            ];
            let record = Ownership { assigned_to, created_by };
            let taken_in = reaches.map(|reach| reach.reaches(record));
            prop_assert!(taken_in.is_sorted(), "{taken_in:?}");
        }
    }
}

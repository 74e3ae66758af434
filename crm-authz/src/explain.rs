//! Why something is allowed or refused, in terms that people set.

use crm_domain::activity::{Actor, Who};
use crm_domain::ids::RoleId;
use crm_domain::permission::{Extent, Ownership, Permission};

use crate::access::Access;

/// Why an actor may do something, or may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What was asked about.
    pub permission: Permission,
    /// How far it extends for the actor; `None` when it is not granted.
    pub extent: Option<Extent>,
    /// Each role of the actor's by which it is granted, the widest first.
    pub granted_by: Vec<GrantedBy>,
    /// Whether the API key that the actor uses leaves it out.
    pub is_outside_key: bool,
    /// Whether the user is disabled, which takes away everything.
    pub is_disabled: bool,
    /// The role that demands a second factor of the user, who has none, which takes away everything.
    pub second_factor_demanded_by: Option<RoleId>,
    /// Whether it reaches the record that was asked about; `None` when none was.
    pub reaches_record: Option<bool>,
}

/// One rule that grants a permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantedBy {
    /// The role that the user has.
    pub role: RoleId,
    /// The role that the rule is of: the same one, or one it inherits from.
    pub rule_of: RoleId,
    /// How far the rule extends.
    pub extent: Extent,
}

impl Explanation {
    /// Whether it is allowed.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.extent.is_some() && self.reaches_record != Some(false)
    }
}

impl Access {
    /// Why `actor` may do this, or may not; to the record of this ownership, when one is given.
    #[must_use]
    pub fn explain(
        &self,
        actor: &Actor,
        permission: Permission,
        record: Option<Ownership>,
    ) -> Explanation {
        let user = actor.user_id().and_then(|id| self.user(id));
        let roles = user.map(|user| user.roles.as_slice()).unwrap_or_default();
        let mut granted_by: Vec<GrantedBy> = roles
            .iter()
            .flat_map(|role| self.rules(*role, permission))
            .collect();
        granted_by.sort_by_key(|rule| std::cmp::Reverse(rule.extent));
        let by_user = actor.user_id().map(Actor::user);
        let users_extent = by_user.and_then(|user| self.extent(&user, permission));
        let extent = self.extent(actor, permission);
        let reach = self.reach(actor, permission);
        Explanation {
            permission,
            extent,
            granted_by,
            is_outside_key: matches!(actor.who, Who::ApiKey { .. }) && extent != users_extent,
            is_disabled: user.is_some_and(|user| !user.is_active),
            second_factor_demanded_by: user
                .filter(|user| self.lacks_second_factor(user.id))
                .and_then(|user| self.second_factor_demanded_by(user.id)),
            reaches_record: record
                .map(|record| reach.as_ref().is_some_and(|reach| reach.reaches(record))),
        }
    }

    /// The rules of a role and of its ancestors that grant a permission.
    fn rules(&self, role: RoleId, permission: Permission) -> Vec<GrantedBy> {
        let granting = |rule_of| {
            let extent = self.policy().own_extent(rule_of, permission)?;
            Some(GrantedBy {
                role,
                rule_of,
                extent,
            })
        };
        let lineage = self.policy().lineage(role);
        lineage.into_iter().filter_map(granting).collect()
    }
}

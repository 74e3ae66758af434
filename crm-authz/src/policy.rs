//! What each role is granted.

use crm_domain::ids::UserId;
use crm_domain::permission::Action::{Assign, Convert, Create, Delete, Read, Update};
use crm_domain::permission::Resource::{Customer, Lead, User};
use crm_domain::permission::{Action, Permission, Resource};
use crm_domain::user::Role;

use crate::Reach;

const RESOURCES: [Resource; 3] = [Lead, Customer, User];
const ACTIONS: [Action; 6] = [Read, Create, Update, Delete, Convert, Assign];

/// Every permission there is.
pub(crate) fn permissions() -> impl Iterator<Item = Permission> {
    RESOURCES.into_iter().flat_map(|resource| {
        ACTIONS
            .into_iter()
            .map(move |action| Permission::new(resource, action))
    })
}

/// How far `permission` reaches for the user `id` with this role. What is not named is refused.
pub(crate) fn reach(role: Role, id: UserId, permission: Permission) -> Option<Reach> {
    match (role, permission.resource, permission.action) {
        (Role::Admin, _, _) => Some(Reach::All),
        (Role::Agent, Lead, Read | Create | Update | Delete | Convert) => Some(Reach::Own(id)),
        (Role::Agent, Customer, Read | Create | Update | Delete) => Some(Reach::Own(id)),
        (Role::Agent, _, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn an_agent_holds_exactly_this() {
        let id = UserId::from(uuid());
        let held: BTreeSet<_> = permissions()
            .filter_map(|permission| {
                Some(format!(
                    "{permission} {}",
                    reach(Role::Agent, id, permission)?.as_str()
                ))
            })
            .collect();
        let expected = [
            "customer:create own",
            "customer:delete own",
            "customer:read own",
            "customer:update own",
            "lead:convert own",
            "lead:create own",
            "lead:delete own",
            "lead:read own",
            "lead:update own",
        ];
        assert_eq!(held, expected.map(str::to_owned).into());
    }

    #[test]
    fn an_admin_holds_everything() {
        let id = UserId::from(uuid());
        assert!(
            permissions().all(|permission| reach(Role::Admin, id, permission) == Some(Reach::All))
        );
    }

    fn uuid() -> uuid::Uuid {
        uuid::Uuid::from_u128(1)
    }
}

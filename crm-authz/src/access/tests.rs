use crm_domain::customer::Customer;
use crm_domain::lead::Lead;
use crm_domain::permission::{Catalogue, Ownership, Resource};
use crm_domain::role::Role;

use super::*;

fn user_id(number: u128) -> UserId {
    Uuid::from_u128(number).into()
}

fn team_id(number: u128) -> TeamId {
    Uuid::from_u128(number).into()
}

fn user(number: u128, roles: &[Role], teams: &[u128]) -> UserFacts {
    UserFacts {
        id: user_id(number),
        is_active: true,
        is_service: false,
        has_second_factor: false,
        roles: roles.iter().map(|role| role.id()).collect(),
        teams: teams.iter().map(|team| team_id(*team)).collect(),
    }
}

async fn access(users: Vec<UserFacts>, keys: Vec<KeyFacts>) -> Access {
    access_where(users, keys, |_| false).await
}

/// With the built-in roles, of which these demand a second factor.
async fn access_where(
    users: Vec<UserFacts>,
    keys: Vec<KeyFacts>,
    demands: impl Fn(Role) -> bool,
) -> Access {
    let roles = Role::ALL.map(|role| RoleFacts {
        id: role.id(),
        name: role.to_string(),
        inherits: vec![],
        grants: vec![],
        demands_second_factor: demands(role),
    });
    let facts = Facts {
        version: 1,
        roles: roles.into(),
        teams: vec![],
        users,
        keys,
    };
    let policy = Policy::compile(Arc::new(Catalogue::core()), facts.roles.clone())
        .await
        .unwrap();
    Access::new(facts, Arc::new(policy))
}

fn reach(access: &Access, number: u128, permission: &str) -> Option<Reach> {
    let permission = access.policy().catalogue().permission(permission);
    access.reach(&Actor::user(user_id(number)), permission.unwrap())
}

#[tokio::test]
async fn a_managers_reach_is_the_members_of_all_their_teams() {
    let access = access(
        vec![
            user(1, &[Role::Manager], &[10, 11]),
            user(2, &[Role::Agent], &[10]),
            user(3, &[Role::Agent], &[11, 12]),
            user(4, &[Role::Agent], &[12]),
        ],
        vec![],
    )
    .await;
    let colleagues: Colleagues = [1, 2, 3].map(|n| user_id(n).uuid()).into();
    assert_eq!(
        reach(&access, 1, "lead:update"),
        Some(Reach::Team(colleagues))
    );
}

#[tokio::test]
async fn without_a_team_nothing_is_added_to_ones_own() {
    let access = access(vec![user(1, &[Role::Manager], &[])], vec![]).await;
    assert_eq!(reach(&access, 1, "lead:read"), Some(Reach::Own(user_id(1))));
}

#[tokio::test]
async fn of_several_roles_the_widest_extent_wins() {
    let access = access(vec![user(1, &[Role::Agent, Role::ReadOnly], &[10])], vec![]).await;
    assert_eq!(reach(&access, 1, "lead:read"), Some(Reach::All));
    assert_eq!(
        reach(&access, 1, "lead:update"),
        Some(Reach::Own(user_id(1)))
    );
}

#[tokio::test]
async fn who_is_disabled_or_unknown_may_do_nothing() {
    let disabled = UserFacts {
        is_active: false,
        ..user(1, &[Role::Admin], &[])
    };
    let access = access(vec![disabled, user(2, &[], &[])], vec![]).await;
    for number in 1..=3 {
        for permission in access.policy().catalogue().permissions() {
            let actor = Actor::user(user_id(number));
            assert_eq!(
                access.reach(&actor, permission),
                None,
                "{number} {permission}"
            );
        }
    }
}

#[tokio::test]
async fn a_key_may_do_what_both_it_and_its_owner_may() {
    let key = |number: u128, owner: u128, scopes: &[&str]| KeyFacts {
        id: Uuid::from_u128(number).into(),
        owner: user_id(owner),
        hash: vec![],
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        expires_at: DateTime::UNIX_EPOCH,
    };
    let scopes = ["lead:read", "user:create", "deal:read"];
    let access = access(
        vec![user(1, &[Role::Agent], &[]), user(2, &[Role::Admin], &[])],
        vec![key(100, 1, &scopes)],
    )
    .await;
    let of = |owner| Actor {
        who: Who::ApiKey {
            id: Uuid::from_u128(100).into(),
            owner: user_id(owner),
        },
        request: None,
    };
    let scope = access.scope::<Lead>(&of(1), Action::Read).unwrap();
    assert_eq!(scope.reach(), &Reach::Own(user_id(1)));
    // The owner may, the key may not; the key may, the owner may not; somebody else's key.
    assert!(access.scope::<Customer>(&of(1), Action::Read).is_err());
    let create_users = Permission::new(Resource::USER, Action::Create);
    assert_eq!(access.reach(&of(1), create_users), None);
    assert_eq!(access.reach(&of(2), create_users), None);
}

#[tokio::test]
async fn an_explanation_names_the_rule() {
    let access = access(vec![user(1, &[Role::Manager], &[])], vec![]).await;
    let actor = Actor::user(user_id(1));
    let permission = Permission::new(Resource::LEAD, Action::Convert);
    let mine = access.explain(&actor, permission, Some(Ownership::of(user_id(1))));
    assert!(mine.is_allowed());
    let rules: Vec<_> = mine
        .granted_by
        .iter()
        .map(|rule| (rule.role, rule.rule_of, rule.extent))
        .collect();
    let (manager, agent) = (Role::Manager.id(), Role::Agent.id());
    assert_eq!(
        rules,
        [
            (manager, manager, Extent::Team),
            (manager, agent, Extent::Own)
        ]
    );
    let others = access.explain(&actor, permission, Some(Ownership::of(user_id(2))));
    assert!(!others.is_allowed());
    let not_granted = access.explain(
        &actor,
        Permission::new(Resource::USER, Action::Create),
        None,
    );
    assert!(!not_granted.is_allowed() && not_granted.granted_by.is_empty());
}

#[tokio::test]
async fn nobody_holds_what_their_roles_do_not_grant() {
    let access = access(
        vec![
            user(1, &[Role::Manager], &[10]),
            user(2, &[Role::Admin], &[]),
        ],
        vec![],
    )
    .await;
    let manager = Actor::user(user_id(1));
    assert_eq!(
        access.not_held(&manager, &access.grants_of(&[Role::Agent.id()])),
        None
    );
    assert!(
        access
            .not_held(&manager, &access.grants_of(&[Role::ReadOnly.id()]))
            .is_some()
    );
    let admin = Actor::user(user_id(2));
    let everything = access.grants_of(&Role::ALL.map(Role::id));
    assert_eq!(access.not_held(&admin, &everything), None);
}

#[tokio::test]
async fn what_a_team_shares_is_held_only_by_who_is_in_that_team() {
    let users = vec![
        user(1, &[Role::Manager], &[10]),
        user(2, &[Role::Admin], &[]),
    ];
    let access = access(users, vec![]).await;
    let manager = Actor::user(user_id(1));
    let lacks = |roles: &[Role], teams: &[u128]| {
        let roles: Vec<_> = roles.iter().map(|role| role.id()).collect();
        let teams: Vec<_> = teams.iter().map(|team| team_id(*team)).collect();
        access.not_held_in(&manager, &roles, &teams)
    };
    assert_eq!(lacks(&[Role::Manager], &[10]), None);
    assert_eq!(lacks(&[Role::Manager], &[]), None);
    // An agent's queue is the team's too.
    assert!(lacks(&[Role::Agent], &[11]).is_some());
    assert!(lacks(&[Role::Manager], &[10, 11]).is_some());
    assert!(lacks(&[Role::ReadOnly], &[10]).is_some());
    let admin = Actor::user(user_id(2));
    assert_eq!(
        access.not_held_in(&admin, &Role::ALL.map(Role::id), &[team_id(11)]),
        None
    );
}

#[tokio::test]
async fn taking_charge_of_somebody_gains_their_own_records_and_those_of_their_teams() {
    let users = vec![
        user(1, &[Role::Manager], &[10]),
        user(2, &[Role::Agent], &[10]),
        user(3, &[Role::Agent], &[11]),
        user(4, &[Role::Agent], &[]),
        user(5, &[Role::Admin], &[]),
        user(6, &[], &[11]),
    ];
    let access = access(users, vec![]).await;
    let gains =
        |taker, taken| access.gained_by_taking(&Actor::user(user_id(taker)), user_id(taken));
    assert_eq!(gains(1, 2), None);
    assert!(gains(1, 3).is_some(), "another team");
    assert!(gains(1, 4).is_some(), "records that no team shares");
    assert!(gains(1, 5).is_some(), "an Admin");
    assert!(gains(2, 4).is_some(), "another Agent's own records");
    assert_eq!(gains(1, 6), None, "there is nothing to gain");
    for taken in 1..=6 {
        assert_eq!(gains(5, taken), None);
    }
}

fn with_second_factor(user: UserFacts) -> UserFacts {
    UserFacts {
        has_second_factor: true,
        ..user
    }
}

/// The Agent demands a second factor, and the Manager inherits from it.
#[tokio::test]
async fn who_lacks_a_second_factor_that_a_role_demands_may_do_nothing() {
    let service = UserFacts {
        is_service: true,
        ..user(5, &[Role::Agent], &[])
    };
    let users = vec![
        user(1, &[Role::Agent], &[]),
        user(2, &[Role::ReadOnly, Role::Manager], &[]),
        user(3, &[Role::ReadOnly], &[]),
        with_second_factor(user(4, &[Role::Agent], &[])),
        service,
    ];
    let access = access_where(users, vec![], |role| role == Role::Agent).await;
    let read = Permission::new(Resource::LEAD, Action::Read);
    let check = |number| access.check(&Actor::user(user_id(number)), read);
    for number in [1, 2] {
        assert_eq!(check(number), Err(Forbidden::NoSecondFactor), "{number}");
        let actor = Actor::user(user_id(number));
        assert!(access.granted(&actor).is_empty());
        let scope = access.scope::<Lead>(&actor, Action::Read);
        assert_eq!(scope.unwrap_err(), Forbidden::NoSecondFactor);
    }
    // Of whom none is demanded, who has one, and who never signs in.
    for (number, extent) in [(3, Extent::All), (4, Extent::Queue), (5, Extent::Queue)] {
        assert_eq!(check(number), Ok(extent), "{number}");
    }
    let demanding = [1, 2, 3, 4, 5].map(|n| access.second_factor_demanded_by(user_id(n)));
    let (agent, manager) = (Some(Role::Agent.id()), Some(Role::Manager.id()));
    assert_eq!(demanding, [agent, manager, None, agent, None]);
}

#[tokio::test]
async fn a_key_of_who_lacks_a_second_factor_may_do_nothing() {
    let key = KeyFacts {
        id: Uuid::from_u128(7).into(),
        owner: user_id(1),
        hash: vec![],
        scopes: vec!["lead:read".to_owned()],
        expires_at: DateTime::UNIX_EPOCH,
    };
    let actor = Actor {
        who: Who::ApiKey {
            id: key.id,
            owner: key.owner,
        },
        request: None,
    };
    let read = Permission::new(Resource::LEAD, Action::Read);
    let check = async |user| {
        let access = access_where(vec![user], vec![key.clone()], |role| role == Role::Agent).await;
        access.check(&actor, read)
    };
    let agent = user(1, &[Role::Agent], &[]);
    assert_eq!(check(agent.clone()).await, Err(Forbidden::NoSecondFactor));
    assert_eq!(check(with_second_factor(agent)).await, Ok(Extent::Queue));
}

#[tokio::test]
async fn it_is_explained_that_a_second_factor_is_lacking() {
    let users = vec![user(1, &[Role::Manager], &[])];
    let access = access_where(users, vec![], |role| role == Role::Agent).await;
    let actor = Actor::user(user_id(1));
    let explanation = access.explain(&actor, Permission::new(Resource::LEAD, Action::Read), None);
    assert!(!explanation.is_allowed());
    assert_eq!(
        explanation.second_factor_demanded_by,
        Some(Role::Manager.id())
    );
    // What would be granted is told as well.
    assert!(!explanation.granted_by.is_empty());
}

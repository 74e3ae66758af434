use std::collections::BTreeSet;

use crm_domain::permission::{Action, Described, Resource};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn core() -> Arc<Catalogue> {
    Arc::new(Catalogue::core())
}

fn built_ins() -> Vec<RoleFacts> {
    let role = |role: Role| RoleFacts {
        id: role.id(),
        name: role.to_string(),
        inherits: Vec::new(),
        grants: Vec::new(),
        demands_second_factor: false,
    };
    Role::ALL.map(role).into()
}

fn custom(number: u8, inherits: &[RoleId], grants: &[(&str, &str)]) -> RoleFacts {
    RoleFacts {
        id: id(number),
        name: format!("Role {number}"),
        inherits: inherits.to_vec(),
        grants: grants
            .iter()
            .map(|(permission, extent)| ((*permission).to_owned(), (*extent).to_owned()))
            .collect(),
        demands_second_factor: false,
    }
}

fn id(number: u8) -> RoleId {
    RoleId::from_uuid(Uuid::from_u128(u128::from(number) + (1 << 100)))
}

async fn compile(custom: Vec<RoleFacts>) -> Result<Policy, BrokenPolicy> {
    Policy::compile(core(), built_ins().into_iter().chain(custom).collect()).await
}

fn held(policy: &Policy, role: Role) -> BTreeSet<String> {
    let grants = policy.grants(role.id());
    grants
        .iter()
        .map(|(permission, extent)| format!("{permission} {extent}"))
        .collect()
}

#[tokio::test]
async fn an_agent_holds_exactly_this() {
    let policy = compile(vec![]).await.unwrap();
    let expected = [
        "activity:read own",
        "analytics:read own",
        "customer:create own",
        "customer:delete own",
        "customer:read own",
        "customer:update own",
        "lead:convert own",
        "lead:create own",
        "lead:delete own",
        "lead:read queue",
        "lead:update own",
        "task:create own",
        "task:delete own",
        "task:read queue",
        "task:update own",
    ];
    assert_eq!(
        held(&policy, Role::Agent),
        expected.map(str::to_owned).into()
    );
}

#[tokio::test]
async fn who_only_reads_holds_nothing_but_reading() {
    let policy = compile(vec![]).await.unwrap();
    let grants = policy.grants(Role::ReadOnly.id());
    assert!(!grants.is_empty());
    for (permission, extent) in grants {
        assert_eq!(
            (permission.action, extent),
            (Action::Read, Extent::All),
            "{permission}"
        );
    }
}

#[tokio::test]
async fn a_manager_holds_all_that_an_agent_does_and_as_widely() {
    let policy = compile(vec![]).await.unwrap();
    for (permission, extent) in policy.grants(Role::Agent.id()) {
        assert!(policy.extent(Role::Manager.id(), permission) >= Some(extent));
    }
}

#[tokio::test]
async fn a_role_has_what_it_inherits_and_the_widest_extent_wins() {
    let permission = Permission::new(Resource::LEAD, Action::Read);
    let policy = compile(vec![
        custom(1, &[Role::Agent.id()], &[("lead:read", "all")]),
        custom(2, &[id(1)], &[("lead:read", "own")]),
    ])
    .await
    .unwrap();
    assert_eq!(policy.extent(id(2), permission), Some(Extent::All));
    assert_eq!(policy.own_extent(id(2), permission), Some(Extent::Own));
    assert_eq!(
        policy.extent(id(2), Permission::new(Resource::LEAD, Action::Convert)),
        Some(Extent::Own)
    );
}

#[tokio::test]
async fn a_permission_of_an_absent_plugin_is_ignored() {
    let policy = compile(vec![custom(1, &[], &[("deal:read", "everything")])]).await;
    assert!(policy.unwrap().grants(id(1)).is_empty());
}

#[tokio::test]
async fn a_plugins_permission_is_the_admins_and_that_of_who_is_granted_it() {
    let permission = Permission::new(Resource::of_plugin("deals.deal"), Action::Read);
    let mut catalogue = Catalogue::core();
    catalogue.add(Described {
        permission,
        about: "see deals",
    });
    let mut roles = built_ins();
    roles.push(custom(1, &[], &[("deals.deal:read", "own")]));
    let policy = Policy::compile(Arc::new(catalogue), roles).await.unwrap();
    let extent = |role| policy.extent(role, permission);
    assert_eq!(extent(Role::Admin.id()), Some(Extent::All));
    assert_eq!(extent(id(1)), Some(Extent::Own));
    assert_eq!(extent(Role::Manager.id()), None);
}

#[tokio::test]
async fn what_cannot_be_followed_is_refused() {
    let broken = compile(vec![custom(1, &[id(2)], &[]), custom(2, &[id(1)], &[])]).await;
    assert!(matches!(broken, Err(BrokenPolicy::TooDeep { .. })));
    let broken = compile(vec![custom(1, &[id(9)], &[])]).await;
    assert!(matches!(broken, Err(BrokenPolicy::UnknownRole { .. })));
    let broken = compile(vec![custom(1, &[], &[("lead:read", "galaxy")])]).await;
    assert!(matches!(broken, Err(BrokenPolicy::UnknownExtent { .. })));
    let broken = Policy::compile(core(), vec![]).await;
    assert!(matches!(broken, Err(BrokenPolicy::NoBuiltIn(Role::Admin))));
}

#[tokio::test]
async fn inheritance_goes_as_deep_as_is_promised_and_no_deeper() {
    let line = |length: u8| {
        let step = |number: u8| custom(number, &[id(number + 1)], &[]);
        let mut roles: Vec<_> = (0..length).map(step).collect();
        roles.push(custom(length, &[], &[("lead:read", "all")]));
        roles
    };
    let policy = compile(line(u8::try_from(MAX_DEPTH).unwrap()))
        .await
        .unwrap();
    assert_eq!(
        policy.extent(id(0), Permission::new(Resource::LEAD, Action::Read)),
        Some(Extent::All)
    );
    let too_deep = compile(line(u8::try_from(MAX_DEPTH).unwrap() + 1)).await;
    assert!(matches!(too_deep, Err(BrokenPolicy::TooDeep { .. })));
}

/// Up to six roles; each inherits only from later ones, so that there is no circle.
fn roles() -> impl Strategy<Value = Vec<RoleFacts>> {
    let permissions: Vec<String> = Catalogue::core()
        .permissions()
        .map(|p| p.to_string())
        .collect();
    let extents: Vec<String> = Extent::ALL.iter().map(Extent::to_string).collect();
    let grant = (
        proptest::sample::select(permissions),
        proptest::sample::select(extents),
    );
    let role = (
        proptest::collection::vec(any::<bool>(), 6),
        proptest::collection::vec(grant, 0..12),
        proptest::option::of(proptest::sample::select(Role::ALL.to_vec())),
    );
    proptest::collection::vec(role, 0..6).prop_map(|roles| {
        let count = u8::try_from(roles.len()).unwrap();
        let made = roles.into_iter().zip(0u8..);
        made.map(|((links, grants, built_in), number)| {
            let later = (number + 1..count).zip(links);
            let inherits = later
                .filter(|(_, linked)| *linked)
                .map(|(other, _)| id(other));
            RoleFacts {
                id: id(number),
                name: format!("Role {number}"),
                inherits: inherits.chain(built_in.map(Role::id)).collect(),
                grants,
                demands_second_factor: false,
            }
        })
        .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The table says of every role, permission and extent what casbin's own decision is.
    #[test]
    fn the_table_decides_as_casbin_does(custom in roles()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let roles: Vec<RoleFacts> = built_ins().into_iter().chain(custom).collect();
        let policy = match runtime.block_on(Policy::compile(core(), roles.clone())) {
            Ok(policy) => policy,
            Err(BrokenPolicy::TooDeep { .. }) => return Ok(()),
            Err(broken) => panic!("{broken}"),
        };
        let casbin = runtime.block_on(async {
            let model = DefaultModel::from_str(MODEL).await.unwrap();
            Enforcer::new(model, Rules::new(&core(), &roles).unwrap()).await.unwrap()
        });
        for role in &roles {
            for permission in core().permissions() {
                let Permission { resource, action } = permission;
                let allows = |extent: &Extent| {
                    let question = (subject(&role.name), resource.as_str(), format!("{action}:{extent}"));
                    casbin.enforce(question).unwrap()
                };
                let widest = Extent::ALL.iter().copied().filter(|extent| allows(extent)).max();
                prop_assert_eq!(policy.extent(role.id, permission), widest, "{} {}", role.name, permission);
            }
        }
    }
}

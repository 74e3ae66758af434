//! Walks the operations of a plugin: each is done for who holds its permissions, and for nobody else.

use crm_app::users::NewUser;
use crm_domain::activity::Actor;
use crm_domain::permission::{Action, Extent, Permission};
use crm_domain::role::RoleContent;

use crate::app::{Client, PASSWORD, TestApp};
use crate::contract::Guarded;

/// Who sets the walk up.
const SYSTEM: Actor = Actor::system("test");

impl TestApp {
    /// Calls each operation whose id begins with `prefix`: without a token, as somebody who may do nothing, and as somebody
    /// who holds the permissions that the document names, and may read such records, and nothing else. The first is 401, the second 403, the third neither.
    /// One that needs no permission is done for anybody who is signed in. Tells how many operations there are.
    ///
    /// # Panics
    /// When an operation answers otherwise.
    pub async fn walk_permissions(&self, prefix: &str) -> usize {
        let nobody = self.holder("nothing", &[]).await;
        let operations = self.contract.guarded(prefix);
        for (number, operation) in operations.iter().enumerate() {
            let Guarded {
                method,
                path,
                permissions,
            } = operation;
            let place = format!("{method} {path}");
            let call = async |client: &Client<'_>| {
                let request = client.request(method.clone(), path);
                request.send().await.status.as_u16()
            };
            assert_eq!(call(&self.anonymous()).await, 401, "{place} by nobody");
            if !permissions.is_empty() {
                assert_eq!(call(&nobody).await, 403, "{place} without a permission");
            }
            let holder = self.holder(&format!("holder {number}"), permissions).await;
            let status = call(&holder).await;
            assert!(![401, 403].contains(&status), "{place} answers {status}");
        }
        operations.len()
    }

    /// Somebody with these permissions, for all records, who may read them too: nobody changes what they may not see.
    async fn holder(&self, name: &str, permissions: &[String]) -> Client<'_> {
        let catalogue = self.crm.catalogue();
        let named = |permission: &String| {
            let known = catalogue.permission(permission);
            known.expect("the document names permissions")
        };
        let read = |permission: Permission| Permission::new(permission.resource, Action::Read);
        let named = permissions.iter().map(named);
        let held = named.flat_map(|named| [named, read(named)]);
        let held = held.filter(|permission| catalogue.contains(*permission));
        let role = RoleContent {
            name: name.parse().expect("a name"),
            description: None,
            inherits: vec![],
            grants: held.map(|permission| (permission, Extent::All)).collect(),
            demands_second_factor: false,
        };
        let role = self.crm.roles().create(&SYSTEM, role).await;
        let email = format!("{}@walk.test", name.replace(' ', "-"));
        let user = NewUser {
            name: name.parse().expect("a name"),
            email: email.parse().expect("an address"),
            roles: vec![role.expect("the role is made").id],
            teams: vec![],
            password: PASSWORD.to_owned(),
        };
        let user = self.crm.users().create(&SYSTEM, user).await;
        self.sign_in(user.expect("the user is made")).await
    }
}

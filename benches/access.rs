//! What it costs a request to know who calls and what they may do: `make bench`.
//!
//! The bars are 100 ns for a scope, and 10 us for a caller.
#![expect(clippy::expect_used, reason = "a bench fails by panicking")]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use crm::app::Access;
use crm::domain::activity::Actor;
use crm::domain::lead::Lead;
use crm::domain::permission::Action;
use crm::domain::role::Role;
use crm_testing::TestApp;
use tokio::runtime::Runtime;

fn scopes(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let app = runtime.block_on(TestApp::new());
    for role in [Role::Agent, Role::Manager, Role::Admin] {
        let user = runtime.block_on(app.user(role));
        let access: Arc<Access> = runtime
            .block_on(app.crm.access())
            .expect("the database answers");
        let actor = Actor::user(user.id);
        criterion.bench_function(&format!("scope of {role}"), |bencher| {
            bencher.iter(|| black_box(access.scope::<Lead>(black_box(&actor), Action::Read)));
        });
    }
}

fn callers(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let app = runtime.block_on(TestApp::new());
    let client = runtime.block_on(app.agent());
    let followed = app.crm.clone();
    let options = app.database().options();
    runtime.spawn(async move { followed.follow(&options).await });
    criterion.bench_function("caller of an access token", |bencher| {
        bencher.iter(|| {
            let caller = app.crm.auth();
            let caller = runtime.block_on(caller.authenticate(client.token(), None));
            black_box(caller.expect("the token is good"))
        });
    });
}

criterion_group!(access, scopes, callers);
criterion_main!(access);

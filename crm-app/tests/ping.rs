//! Asking whether the database answers, while requests hold every connection.

use crm_app::{Crm, HashCost, OnDuplicate, SecretKey, Secrets};
use crm_domain::activity::Actor;
use crm_domain::lead::NewLead;
use crm_storage::{PoolOptions, pool};
use crm_testing::TestDatabase;

#[tokio::test]
async fn the_database_answers_though_every_connection_is_in_use() {
    let database = TestDatabase::create().await;
    let options = PoolOptions {
        size: 1,
        ..database.options()
    };
    let key = |byte| SecretKey::new(vec![byte; 32]).unwrap();
    let secrets = Secrets::single(key(1), key(2));
    let pool = pool::connect(&options).unwrap();
    let crm = Crm::builder(pool.clone(), secrets)
        .hash_cost(HashCost::ForTests)
        .build();
    let held = [
        pool::get(&pool).await.unwrap(),
        pool::get_for_access(&pool).await.unwrap(),
    ];
    crm.ping().await.unwrap();
    drop(held);
}

/// Whoever holds the last connection learns who may do what all the same: there is nobody to wait for.
#[tokio::test]
async fn a_use_case_within_the_callers_transaction_needs_no_second_connection_of_the_requests() {
    let database = TestDatabase::create().await;
    let options = PoolOptions {
        size: 1,
        ..database.options()
    };
    let key = |byte| SecretKey::new(vec![byte; 32]).unwrap();
    let pool = pool::connect(&options).unwrap();
    let crm = Crm::builder(pool.clone(), Secrets::single(key(1), key(2))).build();
    let mut held = pool::get(&pool).await.unwrap();
    let new = NewLead {
        phone: Some("+49 30 1234567".parse().unwrap()),
        ..NewLead::named("Ada".parse().unwrap())
    };
    let actor = Actor::system("test");
    let leads = crm.leads();
    // Nobody has asked before: what is needed to know is read while the connection is held.
    let created = leads.create_in(&mut held, &actor, new, OnDuplicate::Fail);
    created.await.unwrap();
}

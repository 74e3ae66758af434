//! Asking whether the database answers, while requests hold every connection.

use crm_app::{Crm, HashCost, SecretKey, Secrets};
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
    let [requests, rights] = [(); 2].map(|()| pool::connect(&options).unwrap());
    let crm = Crm::builder(requests.clone(), secrets)
        .hash_cost(HashCost::ForTests)
        .own_pool(rights.clone())
        .health_pool(pool::connect(&options).unwrap())
        .build();
    let held = [
        pool::get(&requests).await.unwrap(),
        pool::get(&rights).await.unwrap(),
    ];
    crm.ping().await.unwrap();
    drop(held);
}

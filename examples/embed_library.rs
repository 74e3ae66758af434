//! The CRM as a library, without HTTP: a host program makes and converts a lead in its own transaction, together
//! with a row of its own table. Either all of it is stored, or nothing.
//!
//! Run it with `cargo run --example embed_library`.
#![expect(missing_docs, reason = "diesel's macro writes none")]

use std::error::Error;

use crm::app::OnDuplicate;
use crm::app::leads::ConvertOptions;
use crm::app::{Crm, HashCost, SecretKey, Secrets};
use crm::domain::activity::Actor;
use crm::domain::lead::LeadQuery;
use crm::domain::lead::NewLead;
use crm::storage::{migrate, pool};
use crm_testing::TestDatabase;
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

type Result<T, E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

diesel::table! {
    orders (id) {
        id -> Integer,
        customer_id -> Uuid,
        product -> Text,
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    // A program of yours has its own database; this one takes a fresh one and throws it away.
    let database = TestDatabase::create().await;
    let pool = database.pool();
    let mut conn = pool::get(&pool).await?;
    migrate::apply(&mut conn, migrate::CORE, |_| {}).await?;
    diesel::sql_query("create table orders (id int primary key, customer_id uuid not null, product text not null)")
        .execute(&mut conn)
        .await?;

    let key = |byte| SecretKey::new(vec![byte; SecretKey::MIN_BYTES]);
    let secrets = Secrets::single(key(1)?, key(2)?);
    let crm = Crm::builder(pool.clone(), secrets)
        .hash_cost(HashCost::Full)
        .build();

    order(&crm, &mut conn, 1, "Analytical Engine").await?;
    let failed = order(&crm, &mut conn, 1, "Difference Engine").await;
    assert!(failed.is_err(), "the order's number is taken");

    let orders: i64 = orders::table.count().get_result(&mut conn).await?;
    let leads = crm
        .leads()
        .list(&Actor::system("shop"), &LeadQuery::default())
        .await?
        .records
        .len();
    println!(
        "{orders} order and {leads} lead are stored; of the order that failed nothing is left"
    );
    assert_eq!((orders, leads), (1, 1));
    Ok(())
}

/// Stores an order of somebody new: a lead, converted at once, and the shop's own row.
async fn order(crm: &Crm, conn: &mut AsyncPgConnection, id: i32, product: &str) -> Result<()> {
    let shop = Actor::system("shop");
    conn.transaction(async |conn| {
        let lead = crm
            .leads()
            .create_in(conn, &shop, ada()?, OnDuplicate::Create)
            .await?;
        let conversion = crm
            .leads()
            .convert_in(conn, &shop, lead.lead.id, None, ConvertOptions::default())
            .await?;
        diesel::insert_into(orders::table)
            .values((
                orders::id.eq(id),
                orders::customer_id.eq(conversion.customer.customer.id.uuid()),
                orders::product.eq(product),
            ))
            .execute(conn)
            .await?;
        Ok(())
    })
    .await
}

fn ada() -> Result<NewLead> {
    Ok(NewLead {
        email: Some("ada@example.org".parse()?),
        source: Some("Shop".parse()?),
        ..NewLead::named("Ada Lovelace".parse()?)
    })
}

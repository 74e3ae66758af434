//! The least that could answer `GET /api/leads/{id}` and `GET /api/leads?status=` as the server does: the same statements, the
//! same JSON; no token is looked at, nothing is counted, logged or limited. What the server needs more than this is its own.
//!
//! `DATABASE_URL` and `PORT` say where.
#![expect(
    clippy::disallowed_methods,
    reason = "it is no server: it has these two settings"
)]

mod lead;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio_postgres::{Client, NoTls, Statement};
use uuid::Uuid;

use lead::Lead;

/// As many connections as the server has for requests, unless it is told otherwise.
const CONNECTIONS: usize = 10;

/// The rows of a page.
const LIMIT: usize = 10;

/// Totals are told up to here, as the server does.
const MOST_COUNTED: i64 = 1_000;

/// The statements are those of `../limit`.
const LEADS: &str = r#"SELECT
    "leads"."id", "leads"."name", "leads"."email", "leads"."phone", "leads"."company", "leads"."status",
    "leads"."status_since", "leads"."unqualified_reason", "leads"."unqualified_note", "leads"."converted_customer_id",
    "leads"."converted_at", "leads"."source", "leads"."assigned_to", "leads"."assigned_at", "leads"."tags",
    "leads"."recycle_count", "leads"."merged_into", "leads"."custom", "leads"."is_archived", "leads"."version",
    "leads"."created_by", "leads"."created_at", "leads"."updated_at", "users"."id", "users"."name", "users"."email",
    coalesce((select array_agg(key) from custom_fields where is_archived and resource = 'lead'), '{}')
FROM ("leads" LEFT OUTER JOIN "users" ON ("leads"."assigned_to" = "users"."id"))"#;
const PAGE: &str = r#"WHERE ((true AND NOT ("leads"."is_archived")) AND ("leads"."status" = $1))
ORDER BY leads.created_at DESC, leads.id DESC LIMIT 11"#;
const COUNT: &str = r#"SELECT count(*) FROM (SELECT $1::int FROM "leads"
    WHERE ((true AND NOT ("leads"."is_archived")) AND ("leads"."status" = $2)) LIMIT 1001) AS counted"#;

struct Connection {
    client: Client,
    one: Statement,
    page: Statement,
    count: Statement,
}

struct Pool {
    connections: Vec<Connection>,
    next: AtomicUsize,
}

impl Pool {
    fn next(&self) -> &Connection {
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        &self.connections[next % self.connections.len()]
    }
}

#[derive(Deserialize)]
struct Asked {
    status: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    leads: Vec<Lead>,
    page: i64,
    total_leads: i64,
    total_is_capped: bool,
    total_pages: u64,
}

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let database = std::env::var("DATABASE_URL")?;
    let port: u16 = std::env::var("PORT")?.parse()?;
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(connect(&database).await?);
    }
    let pool = Pool {
        connections,
        next: AtomicUsize::default(),
    };
    let app = Router::new()
        .route("/health", get(async || "OK"))
        .route("/api/leads", get(list))
        .route("/api/leads/{id}", get(one))
        .with_state(Arc::new(pool));
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    axum::serve(listener, app).await?;
    Ok(())
}

async fn connect(database: &str) -> Result<Connection, Failure> {
    let (client, connection) = tokio_postgres::connect(database, NoTls).await?;
    tokio::spawn(connection);
    Ok(Connection {
        one: client
            .prepare(&format!(
                "{LEADS} WHERE (true AND (\"leads\".\"id\" = $1)) LIMIT $2"
            ))
            .await?,
        page: client.prepare(&format!("{LEADS} {PAGE}")).await?,
        count: client.prepare(COUNT).await?,
        client,
    })
}

async fn one(
    State(pool): State<Arc<Pool>>,
    Path(id): Path<Uuid>,
) -> Result<Json<Lead>, StatusCode> {
    let Connection { client, one, .. } = pool.next();
    let row = client.query_opt(one, &[&id, &1_i64]).await;
    let row = row.map_err(failed)?.ok_or(StatusCode::NOT_FOUND)?;
    Ok(Json(Lead::of(&row).map_err(failed)?))
}

async fn list(
    State(pool): State<Arc<Pool>>,
    Query(Asked { status }): Query<Asked>,
) -> Result<Json<Page>, StatusCode> {
    let Connection {
        client,
        page,
        count,
        ..
    } = pool.next();
    let rows = client.query(page, &[&status]).await.map_err(failed)?;
    let leads = rows.iter().take(LIMIT).map(Lead::of);
    let leads = leads.collect::<Result<_, _>>().map_err(failed)?;
    let counted = client.query_one(count, &[&1_i32, &status]).await;
    let counted: i64 = counted.and_then(|row| row.try_get(0)).map_err(failed)?;
    let total = counted.min(MOST_COUNTED);
    Ok(Json(Page {
        leads,
        page: 1,
        total_leads: total,
        total_is_capped: counted > total,
        total_pages: total.unsigned_abs().div_ceil(LIMIT as u64),
    }))
}

fn failed(error: tokio_postgres::Error) -> StatusCode {
    eprintln!("{error}");
    StatusCode::INTERNAL_SERVER_ERROR
}

//! A connection that tells the plan of every statement that runs on it: for tests that a query goes by an index where there
//! are many rows.

use std::fmt;
use std::future::poll_fn;
use std::time::Duration;

use diesel::{QueryableByName, sql_types::BigInt};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_postgres::{AsyncMessage, NoTls};

use crate::database::TestDatabase;

/// Makes the server send each plan, with what was read for it, as a notice.
/// Without parallel plans: whether Postgres takes one for the last of many pages depends on the sample of its statistics.
const SETTINGS: &str = "load 'auto_explain'; set auto_explain.log_min_duration = 0; \
     set max_parallel_workers_per_gather = 0; \
     set auto_explain.log_level = 'notice'; set auto_explain.log_format = 'json'; \
     set auto_explain.log_analyze = on; set auto_explain.log_buffers = on; set auto_explain.log_timing = off; \
     set client_min_messages = 'notice'; set statement_timeout = '5s'";

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

const PATIENCE: Duration = Duration::from_secs(10);

/// A connection that tells the plan of every statement that runs on it.
pub struct Explained {
    /// The connection, for what is to be explained.
    pub conn: AsyncPgConnection,
    notices: UnboundedReceiver<String>,
}

impl Explained {
    /// A connection to the database of a test.
    pub async fn connect(database: &TestDatabase) -> Self {
        let connected = tokio_postgres::connect(database.url(), NoTls).await;
        let (client, mut connection) = connected.expect("the database is there");
        let (send, notices) = unbounded_channel();
        tokio::spawn(async move {
            while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await
            {
                if let AsyncMessage::Notice(notice) = message {
                    let _ = send.send(notice.message().to_owned());
                }
            }
        });
        let conn = AsyncPgConnection::try_from(client).await;
        let mut conn = conn.expect("the connection is ready");
        let set = conn.batch_execute(SETTINGS).await;
        set.expect("the server has auto_explain");
        Self { conn, notices }
    }

    /// Sets a setting of Postgres: `plan_cache_mode = force_generic_plan`.
    pub async fn set(&mut self, setting: &str) {
        let set = self.conn.batch_execute(&format!("set {setting}")).await;
        set.expect("the setting is one");
    }

    /// How many statements the connection keeps prepared.
    pub async fn prepared_statements(&mut self) -> i64 {
        let count = diesel::sql_query("select count(*) from pg_prepared_statements")
            .get_result::<Count>(&mut self.conn)
            .await;
        count.expect("Postgres counts").count
    }

    /// The plan of the one statement that ran since the last call.
    pub async fn plan(&mut self) -> Plan {
        let plan = self.next().await;
        assert!(self.notices.try_recv().is_err(), "one statement ran");
        plan
    }

    /// The plans of all statements that ran since the last call.
    pub async fn plans(&mut self) -> Vec<Plan> {
        // Plans come in order: all that ran before have told theirs when this one has.
        let last = "select 1";
        let ran = self.conn.batch_execute(last).await;
        ran.expect("the connection is still there");
        let mut plans = Vec::new();
        loop {
            let plan = self.next().await;
            if plan.text() == last {
                return plans;
            }
            plans.push(plan);
        }
    }

    async fn next(&mut self) -> Plan {
        // The plan comes after the rows, and whoever wants one row does not wait for it.
        let notice = tokio::time::timeout(PATIENCE, self.notices.recv());
        let notice = notice
            .await
            .expect("a statement ran")
            .expect("it is connected");
        let json = notice
            .split_once("plan:\n")
            .expect("the notice has a plan")
            .1;
        Plan(serde_json::from_str(json).expect("the plan is JSON"))
    }
}

/// How Postgres ran a statement.
pub struct Plan(Value);

impl Plan {
    /// Whether it read a table as it lies, or came by more than so many of its rows in vain.
    #[must_use]
    pub fn reads_past(&self, table: &str, most: u64) -> bool {
        self.nodes().iter().any(|node| {
            let kind = node["Node Type"].as_str().unwrap_or_default();
            let passed = node["Rows Removed by Filter"].as_u64().unwrap_or_default();
            node["Relation Name"] == table && (kind.contains("Seq Scan") || passed > most)
        })
    }

    /// Whether it looked up more than so many rows of a table in vain. Those that it passed in an index alone are none of them.
    #[must_use]
    pub fn looks_up_past(&self, table: &str, most: u64) -> bool {
        self.nodes().iter().any(|node| {
            let passed = node["Rows Removed by Filter"].as_u64().unwrap_or_default();
            node["Relation Name"] == table
                && node["Node Type"] != "Index Only Scan"
                && passed > most
        })
    }

    /// Whether it is that of a count.
    #[must_use]
    pub fn is_count(&self) -> bool {
        self.text().starts_with("SELECT count(*)")
    }

    /// Pages of 8 KiB that it looked at.
    #[must_use]
    pub fn pages(&self) -> u64 {
        let pages = |kind: &str| self.plan().get(kind).and_then(Value::as_u64);
        pages("Shared Hit Blocks").unwrap_or_default()
            + pages("Shared Read Blocks").unwrap_or_default()
    }

    fn text(&self) -> &str {
        let text = self.0.get("Query Text").and_then(Value::as_str);
        text.unwrap_or_default()
    }

    fn plan(&self) -> &Value {
        self.0.get("Plan").unwrap_or(&Value::Null)
    }

    fn nodes(&self) -> Vec<&Value> {
        let mut nodes = vec![self.plan()];
        let mut next = 0;
        while let Some(node) = nodes.get(next).copied() {
            nodes.extend(node["Plans"].as_array().into_iter().flatten());
            next += 1;
        }
        nodes
    }
}

/// One line: the nodes, outermost first, with their indexes and how many rows they threw away.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} pages", self.pages())?;
        for node in self.nodes() {
            write!(f, " > {}", node["Node Type"].as_str().unwrap_or_default())?;
            if let Some(index) = node["Index Name"].as_str() {
                write!(f, " {index}")?;
            }
            if let Some(rows @ 1..) = node["Rows Removed by Filter"].as_u64() {
                write!(f, " -{rows}")?;
            }
        }
        Ok(())
    }
}

//! A connection that tells the plan of every statement that runs on it.

use std::fmt;
use std::future::poll_fn;
use std::time::Duration;

use crm_testing::TestDatabase;
use diesel::{QueryableByName, sql_types::BigInt};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_postgres::{AsyncMessage, NoTls};

/// Makes the server send each plan, with what was read for it, as a notice.
/// Without parallel plans: whether Postgres takes one for the last of many pages depends on the sample of its statistics.
const SETTINGS: &str = "load 'auto_explain'; set auto_explain.log_min_duration = 0; \
     set max_parallel_workers_per_gather = 0; \
     set auto_explain.log_level = 'notice'; set auto_explain.log_format = 'json'; \
     set auto_explain.log_analyze = on; set auto_explain.log_buffers = on; set auto_explain.log_timing = off; \
     set client_min_messages = 'notice'; set statement_timeout = '5s'";

const HALF: u64 = 50_000;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

const PATIENCE: Duration = Duration::from_secs(10);

/// A connection that tells the plan of every statement that runs on it.
pub(crate) struct Explained {
    pub(crate) conn: AsyncPgConnection,
    notices: UnboundedReceiver<String>,
}

impl Explained {
    pub(crate) async fn connect(database: &TestDatabase) -> Self {
        let (client, mut connection) = tokio_postgres::connect(database.url(), NoTls)
            .await
            .unwrap();
        let (send, notices) = unbounded_channel();
        tokio::spawn(async move {
            while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await
            {
                if let AsyncMessage::Notice(notice) = message {
                    let _ = send.send(notice.message().to_owned());
                }
            }
        });
        let mut conn = AsyncPgConnection::try_from(client).await.unwrap();
        conn.batch_execute(SETTINGS).await.unwrap();
        Self { conn, notices }
    }

    pub(crate) async fn set(&mut self, setting: &str) {
        self.conn
            .batch_execute(&format!("set {setting}"))
            .await
            .unwrap();
    }

    /// How many statements the connection keeps prepared.
    pub(crate) async fn prepared_statements(&mut self) -> i64 {
        let count: Count = diesel::sql_query("select count(*) from pg_prepared_statements")
            .get_result(&mut self.conn)
            .await
            .unwrap();
        count.count
    }

    /// The plan of the one statement that ran since the last call.
    pub(crate) async fn plan(&mut self) -> Plan {
        let plan = self.next().await;
        assert!(self.notices.try_recv().is_err(), "one statement ran");
        plan
    }

    /// The same, if a statement ran.
    pub(crate) async fn plan_if_any(&mut self) -> Option<Plan> {
        // Plans come in order: all that ran before have told theirs when this one has.
        let last = "select 1";
        self.conn.batch_execute(last).await.unwrap();
        let plan = self.next().await;
        if plan.0["Query Text"] == last {
            return None;
        }
        assert_eq!(self.plan().await.0["Query Text"], last);
        Some(plan)
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
        Plan(serde_json::from_str(json).unwrap())
    }
}

/// How Postgres ran a statement.
pub(crate) struct Plan(Value);

impl Plan {
    /// Whether it read a table as it lies, or came by more rows in vain than half the leads.
    pub(crate) fn reads_all(&self, table: &str) -> bool {
        self.nodes().iter().any(|node| {
            let kind = node["Node Type"].as_str().unwrap_or_default();
            let passed = node["Rows Removed by Filter"].as_u64().unwrap_or_default();
            node["Relation Name"] == table && (kind.contains("Seq Scan") || passed > HALF)
        })
    }

    /// Whether it looked up more rows in vain than half the leads. Those that it passed in an index alone are none of them.
    pub(crate) fn looks_up_most(&self, table: &str) -> bool {
        self.nodes().iter().any(|node| {
            let passed = node["Rows Removed by Filter"].as_u64().unwrap_or_default();
            node["Relation Name"] == table
                && node["Node Type"] != "Index Only Scan"
                && passed > HALF
        })
    }

    /// Pages of 8 KiB that it looked at.
    pub(crate) fn pages(&self) -> u64 {
        let pages = |kind: &str| self.0["Plan"][kind].as_u64().unwrap_or_default();
        pages("Shared Hit Blocks") + pages("Shared Read Blocks")
    }

    fn nodes(&self) -> Vec<&Value> {
        let mut nodes = vec![&self.0["Plan"]];
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

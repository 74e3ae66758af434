//! Bulk loading: rows by binary COPY, in one transaction on a connection of its own.
//!
//! Answers for speed and for all or nothing, not for rules: it stores the records
//! it is given, and writes no events.

mod columns;

use std::pin::pin;

use crm_domain::activity::{Actor, Changes, RecordRef};
use crm_domain::customer::Customer;
use crm_domain::ids::{ActivityId, CustomerId, LeadId, UserId};
use crm_domain::lead::{Lead, StatusChange};
use crm_domain::user::User;
use tokio_postgres::Client;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::error::chain;
use crate::pool::{self, PoolOptions};
use crate::{Error, activities::Activity};

use columns::Row;

/// One load at a time: the letters `crm_load`.
const LOCK: i64 = i64::from_be_bytes(*b"crm_load");

/// Settings of the transaction: it may take its time, and an index that is filled
/// in large portions takes less of it.
const SETTINGS: &str = "SET LOCAL statement_timeout = 0; \
     SET LOCAL idle_in_transaction_session_timeout = 0; \
     SET LOCAL work_mem = '128MB'; SET LOCAL gin_pending_list_limit = '128MB'";

/// Records that are stored together.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// Customers, each with the lead of this batch that became one.
    pub customers: Vec<Customer>,
    /// Leads, whose customers are in this batch or stored before.
    pub leads: Vec<Lead>,
    /// Steps of these leads, the oldest first.
    pub status_changes: Vec<LoadedStep>,
    /// What was done to these records.
    pub activities: Vec<LoadedActivity>,
}

/// A step in the lifecycle of a lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedStep {
    /// Whose step it is.
    pub lead: LeadId,
    /// From where to where, and when.
    pub change: StatusChange,
    /// Who took it.
    pub by: Option<UserId>,
}

/// An [`Activity`] that owns what it tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedActivity {
    /// Identifies the row.
    pub id: ActivityId,
    /// When.
    pub at: chrono::DateTime<chrono::Utc>,
    /// Who.
    pub actor: Actor,
    /// What: the name of the event.
    pub action: &'static str,
    /// To which record.
    pub record: RecordRef,
    /// The fields that changed.
    pub changes: Changes,
}

impl LoadedActivity {
    fn borrowed(&self) -> Activity<'_> {
        Activity {
            id: self.id,
            at: self.at,
            actor: &self.actor,
            action: self.action,
            record: self.record,
            changes: &self.changes,
        }
    }
}

/// A load under way. Dropped without [`Load::commit`] it leaves nothing behind.
pub struct Load {
    client: Client,
}

impl Load {
    /// Opens the connection and the transaction; waits for another load to end.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when no connection can be made.
    pub async fn begin(options: &PoolOptions) -> Result<Self, Error> {
        let client = pool::connect_raw(options).await?;
        client
            .batch_execute(&format!("BEGIN; {SETTINGS}"))
            .await
            .map_err(Error::from_driver)?;
        client
            .execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK])
            .await
            .map_err(Error::from_driver)?;
        Ok(Self { client })
    }

    /// Whether there is any lead, archived ones included.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_leads(&self) -> Result<bool, Error> {
        let row = self
            .client
            .query_one("SELECT EXISTS (SELECT FROM leads)", &[])
            .await
            .map_err(Error::from_driver)?;
        row.try_get(0).map_err(Error::from_driver)
    }

    /// Stores a user unless somebody has the address, and answers the id of whoever
    /// has it now.
    ///
    /// # Errors
    /// When the database refuses it.
    pub async fn user(&self, user: &User, password_hash: &str) -> Result<UserId, Error> {
        let row = columns::user(user, password_hash);
        let names: Vec<&str> = row.iter().map(|column| column.name).collect();
        let places: Vec<String> = (1..=row.len()).map(|n| format!("${n}")).collect();
        let statement = format!(
            "INSERT INTO users ({}) VALUES ({}) ON CONFLICT (email_key) DO NOTHING",
            names.join(", "),
            places.join(", ")
        );
        let values = row.iter().map(|column| column.value.as_ref() as _);
        let values: Vec<&(dyn tokio_postgres::types::ToSql + Sync)> = values.collect();
        self.client
            .execute(&statement, &values)
            .await
            .map_err(Error::from_driver)?;
        let key = user.email.key();
        let found = self
            .client
            .query_one("SELECT id FROM users WHERE email_key = $1", &[&key])
            .await
            .map_err(Error::from_driver)?;
        let id: Uuid = found.try_get(0).map_err(Error::from_driver)?;
        Ok(UserId::from(id))
    }

    /// Stores a batch.
    ///
    /// # Errors
    /// When the database refuses a row; then the whole load is lost.
    pub async fn write(&self, batch: &Batch) -> Result<(), Error> {
        let Batch {
            customers,
            leads,
            status_changes,
            activities,
        } = batch;
        // Customers and leads point at each other, and one of them must be first.
        self.copy("customers", customers, columns::customer_without_origin)
            .await?;
        self.copy("leads", leads, columns::lead).await?;
        self.set_origins(customers).await?;
        self.copy("lead_status_changes", status_changes, columns::step)
            .await?;
        let activities: Vec<_> = activities.iter().map(LoadedActivity::borrowed).collect();
        self.copy("activities", &activities, columns::activity)
            .await
    }

    /// Makes all of it last, and tells the planner of it.
    ///
    /// # Errors
    /// When the commit fails: then nothing was stored.
    pub async fn commit(self) -> Result<(), Error> {
        self.client
            .batch_execute("COMMIT")
            .await
            .map_err(Error::from_driver)?;
        // Counts that wait to be folded are read one by one. VACUUM besides ANALYZE: it merges what waits beside the search index, and
        // marks the pages that an index alone can answer for. It runs in no transaction.
        for statement in [
            "SET statement_timeout = 0",
            "SELECT fold_lead_counts(9223372036854775807)",
            "VACUUM (ANALYZE) users, customers, leads, lead_counts, lead_count_changes, lead_status_changes, activities",
        ] {
            if let Err(error) = self.client.batch_execute(statement).await {
                let error = chain(&error);
                tracing::warn!(%error, "what was loaded is not analyzed: queries may be slow");
            }
        }
        Ok(())
    }

    async fn copy<R>(
        &self,
        table: &str,
        records: &[R],
        columns: impl for<'a> Fn(&'a R) -> Row<'a>,
    ) -> Result<(), Error> {
        let Some(first) = records.first() else {
            return Ok(());
        };
        let first = columns(first);
        let names: Vec<&str> = first.iter().map(|column| column.name).collect();
        let types: Vec<Type> = first.iter().map(|column| column.kind.clone()).collect();
        let statement = format!(
            "COPY {table} ({}) FROM STDIN (FORMAT binary)",
            names.join(", ")
        );
        let sink = self
            .client
            .copy_in(&statement)
            .await
            .map_err(Error::from_driver)?;
        let mut writer = pin!(BinaryCopyInWriter::new(sink, &types));
        for record in records {
            let values = columns(record).into_iter().map(|column| column.value);
            writer
                .as_mut()
                .write_raw(values)
                .await
                .map_err(Error::from_driver)?;
        }
        writer.finish().await.map_err(Error::from_driver)?;
        Ok(())
    }

    async fn set_origins(&self, customers: &[Customer]) -> Result<(), Error> {
        let with_origin = customers
            .iter()
            .filter_map(|customer| Some((customer.id, customer.origin_lead?)));
        let (ids, origins): (Vec<Uuid>, Vec<Uuid>) = with_origin
            .map(|(id, lead)| (CustomerId::uuid(id), LeadId::uuid(lead)))
            .unzip();
        self.client
            .execute(
                "UPDATE customers SET origin_lead = pair.lead \
                 FROM unnest($1::uuid[], $2::uuid[]) AS pair (id, lead) \
                 WHERE customers.id = pair.id",
                &[&ids, &origins],
            )
            .await
            .map_err(Error::from_driver)?;
        Ok(())
    }
}

//! A lead as the API tells it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use tokio_postgres::{Error, Row};
use uuid::Uuid;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Lead {
    id: Uuid,
    name: String,
    email_id: Option<String>,
    phone: Option<String>,
    company: Option<String>,
    status: String,
    unqualified_reason: Option<String>,
    unqualified_note: Option<String>,
    converted_customer_id: Option<Uuid>,
    converted_at: Option<DateTime<Utc>>,
    source: Option<String>,
    assigned_agent: Option<Agent>,
    assigned_at: Option<DateTime<Utc>>,
    tags: Vec<String>,
    recycle_count: i32,
    merged_into: Option<Uuid>,
    custom: Value,
    is_archived: bool,
    version: i32,
    created_by: Option<Uuid>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Agent {
    id: Uuid,
    name: String,
    email_id: String,
}

impl Lead {
    /// The columns stand in the order of the statements.
    pub(crate) fn of(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.try_get(0)?,
            name: row.try_get(1)?,
            email_id: row.try_get(2)?,
            phone: row.try_get(3)?,
            company: row.try_get(4)?,
            status: row.try_get(5)?,
            unqualified_reason: row.try_get(7)?,
            unqualified_note: row.try_get(8)?,
            converted_customer_id: row.try_get(9)?,
            converted_at: row.try_get(10)?,
            source: row.try_get(11)?,
            assigned_agent: agent(row)?,
            assigned_at: row.try_get(13)?,
            tags: row.try_get(14)?,
            recycle_count: row.try_get(15)?,
            merged_into: row.try_get(16)?,
            custom: row.try_get(17)?,
            is_archived: row.try_get(18)?,
            version: row.try_get(19)?,
            created_by: row.try_get(20)?,
            created_at: row.try_get(21)?,
            updated_at: row.try_get(22)?,
        })
    }
}

fn agent(row: &Row) -> Result<Option<Agent>, Error> {
    let Some(id) = row.try_get(23)? else {
        return Ok(None);
    };
    Ok(Some(Agent {
        id,
        name: row.try_get(24)?,
        email_id: row.try_get(25)?,
    }))
}

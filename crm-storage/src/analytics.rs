//! Figures: how many records there are, by what they have in common. Every query carries the caller's scope.

mod customers;
mod leads;
mod recent;
mod statement;

pub use customers::by_owner;
pub use leads::{
    LeadEvent, by_agent, by_source, by_status, each_day, fold, median_seconds_to_convert,
};
pub use recent::{RecentActivity, Scopes, recent};

use std::collections::HashMap;

use crm_domain::analytics::{Group, Groups};
use crm_domain::ids::UserId;
use crm_domain::user::UserRef;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::Error;
use crate::schema::users;
use crate::users::UserRefRow;

/// A group as a query gives it: which one, empty for none; how many records, how many of them converted; and the same of
/// all groups together.
type GroupRow = (String, i64, i64, i64, i64);

/// The groups of these rows, of which the one of none comes first.
fn groups(rows: Vec<GroupRow>, most: usize) -> Groups<String> {
    let group = |key, count, converted| Group {
        key,
        count,
        converted,
    };
    let (all, converted) = rows.as_slice().first().map_or((0, 0), |row| (row.3, row.4));
    let mut none = group(None, 0, 0);
    let mut top = Vec::new();
    for (label, count, converted, ..) in rows {
        if label.is_empty() {
            none = group(None, count, converted);
        } else {
            top.push(group(Some(label), count, converted));
        }
    }
    top.truncate(most);
    Groups {
        top,
        none,
        all: group(None, all, converted),
    }
}

/// The same groups, by what their labels mean.
fn keyed<Key>(
    groups: Groups<String>,
    mut key: impl FnMut(&str) -> Result<Key, Error>,
) -> Result<Groups<Key>, Error> {
    let Groups { top, none, all } = groups;
    let without_key = |group: Group<String>| Group {
        key: None,
        count: group.count,
        converted: group.converted,
    };
    let with_key = |group: Group<String>| {
        Ok(Group {
            key: Some(key(group.key.as_deref().unwrap_or_default())?),
            ..without_key(group)
        })
    };
    Ok(Groups {
        top: top
            .into_iter()
            .map(with_key)
            .collect::<Result<_, Error>>()?,
        none: without_key(none),
        all: without_key(all),
    })
}

/// The groups of these ids of users, who are named as records name them.
async fn of_users(
    conn: &mut AsyncPgConnection,
    groups: Groups<String>,
) -> Result<Groups<UserRef>, Error> {
    let ids = groups.top.iter().filter_map(|group| group.key.as_deref());
    let ids: Vec<Uuid> = ids.filter_map(|id| id.parse().ok()).collect();
    let rows: Vec<UserRefRow> = users::table
        .filter(users::id.eq_any(ids))
        .select(UserRefRow::as_select())
        .load(conn)
        .await?;
    let users = rows.into_iter().map(UserRef::from);
    let mut users: HashMap<UserId, UserRef> = users.map(|user| (user.id, user)).collect();
    keyed(groups, |label| {
        let id = label.parse::<Uuid>().ok().map(UserId::from);
        let user = id.and_then(|id| users.remove(&id));
        user.ok_or_else(|| unknown(label))
    })
}

/// A label that the program did not write.
fn unknown(label: &str) -> Error {
    Error::Corrupt {
        table: "lead_counts",
        id: label.parse().unwrap_or_default(),
        reason: format!("{label} is unknown"),
    }
}

//! Whose turn it is. Without a scope: a rule counts for every lead, whoever makes it, and tells of nobody but whom it picks.

use std::collections::HashMap;

use crm_domain::assignment::{Assignees, AssignmentRule, Member, OPEN_LEADS_CAP};
use crm_domain::ids::{AssignmentRuleId, UserId};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::row::RuleRow;
use crate::Error;
use crate::query::Cached;
use crate::schema::{assignment_rules as table, users};

/// The most members of a team among whom a rule picks; those who were made later wait until others leave.
pub const MAX_MEMBERS: i64 = 1_000;

/// A rule, and who had the last turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The rule.
    pub rule: AssignmentRule,
    /// Who got the last lead by it.
    pub last: Option<UserId>,
}

type TurnRow = (RuleRow, Option<Uuid>);

fn turn((rule, last): TurnRow) -> Result<Turn, Error> {
    Ok(Turn {
        rule: rule.try_into()?,
        last: last.map(UserId::from),
    })
}

/// The active rules, in their order.
///
/// # Errors
/// When the database fails, or a stored row makes no rule.
pub async fn find_turns(conn: &mut AsyncPgConnection) -> Result<Vec<Turn>, Error> {
    let rows: Vec<TurnRow> = table::table
        .filter(table::is_active)
        .order((table::position, table::id))
        .select((RuleRow::as_select(), table::last_user))
        .load(conn)
        .await?;
    rows.into_iter().map(turn).collect()
}

/// The rule as it is now, which is nobody else's to hand out leads by until the transaction ends. None when it was deleted.
///
/// # Errors
/// When the database fails, or the stored row makes no rule.
pub async fn lock_turn(
    conn: &mut AsyncPgConnection,
    id: AssignmentRuleId,
) -> Result<Option<Turn>, Error> {
    let row: Option<TurnRow> = table::table
        .find(id.uuid())
        .select((RuleRow::as_select(), table::last_user))
        .for_no_key_update()
        .first(conn)
        .await
        .optional()?;
    row.map(turn).transpose()
}

/// Notes who got the last lead by a rule.
///
/// # Errors
/// When the database refuses it.
pub async fn note_turn(
    conn: &mut AsyncPgConnection,
    id: AssignmentRuleId,
    last: UserId,
) -> Result<(), Error> {
    let rule = table::table.find(id.uuid());
    Cached(diesel::update(rule).set(table::last_user.eq(last.uuid())))
        .execute(conn)
        .await?;
    Ok(())
}

/// Among whom a rule picks, in their order. Their open leads are counted if it `counts_leads`.
///
/// # Errors
/// When the database fails.
pub async fn members(
    conn: &mut AsyncPgConnection,
    assignees: &Assignees,
    counts_leads: bool,
) -> Result<Vec<Member>, Error> {
    let users: Vec<(Uuid, bool)> = match assignees {
        Assignees::Users(named) => in_order(conn, named).await?,
        Assignees::Team(team) => {
            users::table
                .filter(users::team_ids.contains(vec![team.uuid()]))
                .order(users::id)
                .limit(MAX_MEMBERS)
                .select((users::id, users::is_active))
                .load(conn)
                .await?
        }
    };
    let open = if counts_leads {
        let active = users.iter().filter(|(_, is_active)| *is_active);
        open_leads(conn, active.map(|(id, _)| UserId::from(*id)).collect()).await?
    } else {
        HashMap::new()
    };
    let member = |(id, is_active)| {
        let user = UserId::from(id);
        Member {
            user,
            is_active,
            open_leads: open.get(&user).copied().unwrap_or_default(),
        }
    };
    Ok(users.into_iter().map(member).collect())
}

async fn in_order(
    conn: &mut AsyncPgConnection,
    named: &[UserId],
) -> Result<Vec<(Uuid, bool)>, Error> {
    let named: Vec<Uuid> = named.iter().map(|user| user.uuid()).collect();
    let found: HashMap<Uuid, bool> = users::table
        .filter(users::id.eq_any(&named))
        .select((users::id, users::is_active))
        .load(conn)
        .await?
        .into_iter()
        .collect();
    let user = |id| Some((id, *found.get(&id)?));
    Ok(named.into_iter().filter_map(user).collect())
}

#[derive(QueryableByName)]
struct OpenLeads {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = BigInt)]
    open: i64,
}

/// How many open leads each of these users has, counted up to [`OPEN_LEADS_CAP`].
///
/// # Errors
/// When the database fails.
pub async fn open_leads(
    conn: &mut AsyncPgConnection,
    users: Vec<UserId>,
) -> Result<HashMap<UserId, u32>, Error> {
    let users: Vec<Uuid> = users.into_iter().map(UserId::uuid).collect();
    // The condition is that of the index `leads_open_by_agent`, word for word. The limit keeps what a rule costs from
    // growing with the leads of those who never close one.
    let counted: Vec<OpenLeads> = diesel::sql_query(format!(
        "select agent.id, (select count(*) from (select from leads where leads.assigned_to = agent.id \
         and not leads.is_archived and leads.status in ('New', 'Contacted', 'Nurturing', 'Qualified') \
         limit {OPEN_LEADS_CAP}) counted) as open from unnest($1) agent (id)"
    ))
    .bind::<Array<SqlUuid>, _>(users)
    .load(conn)
    .await?;
    let count = |OpenLeads { id, open }| {
        let open = u32::try_from(open).unwrap_or(OPEN_LEADS_CAP);
        (UserId::from(id), open)
    };
    Ok(counted.into_iter().map(count).collect())
}

//! An assignment rule as a row, and back.

use chrono::{DateTime, Utc};
use crm_domain::assignment::{Assignees, AssignmentRule, RuleContent};
use crm_domain::ids::{AssignmentRuleId, TeamId, UserId};
use crm_domain::text::RuleName;
use diesel::pg::Pg;
use diesel::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Error;
use crate::schema::assignment_rules;

/// The columns that make a rule. Whose turn it is is none of them: see [`super::turns`].
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = assignment_rules, check_for_backend(Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct RuleRow {
    id: Uuid,
    name: String,
    position: i32,
    is_active: bool,
    conditions: Value,
    strategy: String,
    user_ids: Option<Vec<Uuid>>,
    team_id: Option<Uuid>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<&AssignmentRule> for RuleRow {
    fn from(rule: &AssignmentRule) -> Self {
        let AssignmentRule {
            id,
            position,
            content,
            version,
            created_at,
            updated_at,
        } = rule;
        let RuleContent {
            name,
            is_active,
            conditions,
            strategy,
            assignees,
        } = content;
        let (user_ids, team_id) = match assignees {
            Assignees::Users(users) => (Some(users.iter().map(|user| user.uuid()).collect()), None),
            Assignees::Team(team) => (None, Some(team.uuid())),
        };
        Self {
            id: id.uuid(),
            name: name.to_string(),
            position: *position,
            is_active: *is_active,
            conditions: json!(conditions),
            strategy: strategy.to_string(),
            user_ids,
            team_id,
            version: *version,
            created_at: *created_at,
            updated_at: *updated_at,
        }
    }
}

impl TryFrom<RuleRow> for AssignmentRule {
    type Error = Error;

    fn try_from(row: RuleRow) -> Result<Self, Error> {
        let RuleRow {
            id,
            name,
            position,
            is_active,
            conditions,
            strategy,
            user_ids,
            team_id,
            version,
            created_at,
            updated_at,
        } = row;
        let corrupt = |reason: String| Error::Corrupt {
            table: "assignment_rules",
            id,
            reason,
        };
        let assignees = match (user_ids, team_id) {
            (Some(users), None) => Assignees::Users(users.into_iter().map(UserId::from).collect()),
            (None, Some(team)) => Assignees::Team(TeamId::from(team)),
            _ => return Err(corrupt("neither users nor a team, or both".to_owned())),
        };
        let conditions = serde_json::from_value(conditions);
        Ok(Self {
            id: AssignmentRuleId::from(id),
            position,
            content: RuleContent {
                name: RuleName::from_stored(name),
                is_active,
                conditions: conditions.map_err(|error| corrupt(error.to_string()))?,
                strategy: strategy
                    .parse()
                    .map_err(|_| corrupt("unknown strategy".to_owned()))?,
                assignees,
            },
            version,
            created_at,
            updated_at,
        })
    }
}

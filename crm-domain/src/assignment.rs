//! Assignment rules: who gets the leads that nobody was named for.
//!
//! The rules stand in a list. The first active one whose conditions hold, and of whose users one is active, gives the lead
//! to the user that its strategy picks.

mod conditions;
mod strategy;

pub use conditions::{Conditions, LeadTraits};
pub use strategy::{Member, OPEN_LEADS_CAP, Pick, Reason, Strategy};

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::activity::{Fields, fields};
use crate::ids::{AssignmentRuleId, TeamId, UserId};
use crate::text::RuleName;
use crate::violation::Violations;

/// The most rules there may be: each is looked at for each new lead.
pub const MAX_RULES: i32 = 100;

/// The most users that one rule may name.
pub const MAX_USERS: usize = 200;

/// One rule of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignmentRule {
    /// Identifies the rule.
    pub id: AssignmentRuleId,
    /// Its place in the list, from 1.
    pub position: i32,
    /// What it says.
    pub content: RuleContent,
    /// Counts writes, from 1. That others moved past it is none.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// What a rule says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleContent {
    /// Its name.
    pub name: RuleName,
    /// Whether it counts.
    pub is_active: bool,
    /// For which leads it counts.
    pub conditions: Conditions,
    /// How it picks one of its users.
    pub strategy: Strategy,
    /// Among whom it picks.
    pub assignees: Assignees,
}

/// Among whom a rule picks. Who is disabled is passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assignees {
    /// These users, in this order.
    Users(Vec<UserId>),
    /// The members of a team, in the order of their ids.
    Team(TeamId),
}

impl Assignees {
    /// These users, each named once.
    ///
    /// # Errors
    /// A violation of `users` when there are none, or more than [`MAX_USERS`], or of an element that stands there twice.
    pub fn users(users: Vec<UserId>) -> Result<Self, Violations> {
        if users.is_empty() {
            return Err(Violations::one("users", "required", "must not be empty"));
        }
        if users.len() > MAX_USERS {
            let message = format!("must have at most {MAX_USERS} entries");
            return Err(Violations::one("users", "too-many", message));
        }
        let mut violations = Violations::new();
        for (index, user) in users.iter().enumerate() {
            if users.iter().take(index).any(|earlier| earlier == user) {
                let field = format!("users/{index}");
                violations.add(&field, "duplicate", "stands in the list twice");
            }
        }
        violations.into_result()?;
        Ok(Self::Users(users))
    }
}

impl AssignmentRule {
    /// A new rule at this place.
    #[must_use]
    pub const fn new(
        id: AssignmentRuleId,
        position: i32,
        content: RuleContent,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            position,
            content,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// The rule with another content at another place; the same version when nothing differs.
    #[must_use]
    pub fn edit(self, position: i32, content: RuleContent, now: DateTime<Utc>) -> Self {
        if self.position == position && self.content == content {
            return self;
        }
        Self {
            position,
            content,
            version: self.version + 1,
            updated_at: now,
            ..self
        }
    }

    /// Whether it counts for such a lead.
    #[must_use]
    pub fn is_for(&self, lead: &LeadTraits) -> bool {
        self.content.is_active && self.content.conditions.hold(lead)
    }

    /// The fields that the activity log records.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let RuleContent {
            name,
            is_active,
            conditions,
            strategy,
            assignees,
        } = &self.content;
        let (users, team) = match assignees {
            Assignees::Users(users) => (Some(users), None),
            Assignees::Team(team) => (None, Some(team)),
        };
        fields([
            ("name", json!(name)),
            ("position", json!(self.position)),
            ("isActive", json!(is_active)),
            ("conditions", json!(conditions)),
            ("strategy", json!(strategy)),
            ("users", json!(users)),
            ("team", json!(team)),
        ])
    }
}

#[cfg(test)]
mod tests;

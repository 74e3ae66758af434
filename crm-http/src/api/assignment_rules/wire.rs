//! Assignment rules on the wire.

mod input;

pub(super) use input::{CreateRule, EditRule, PreviewLead};

use chrono::{DateTime, Utc};
use crm_app::assignment_rules::ByRule;
use crm_domain::assignment::{self, Assignees, Conditions, RuleContent};
use crm_domain::text::{EmailDomain, RuleName};
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use crate::api::leads::LeadStatus;
use crate::api::users::UserReference;
use crate::wire::{CompanyText, SourceText, TagText, Text, wire_enum};

/// The name of an assignment rule.
type RuleNameText = Text<{ RuleName::MAX_CHARS }>;
/// The domain of e-mail addresses.
type DomainText = Text<{ EmailDomain::MAX_CHARS }>;

wire_enum! {
    /// How a rule picks one of its users. Who is disabled is passed over.
    #[oai(rename = "AssignmentStrategy", rename_all = "camelCase")]
    #[serde(rename_all = "camelCase")]
    Strategy = assignment::Strategy {
        /// Each in turn.
        RoundRobin = "roundRobin",
        /// Who has the fewest open leads (New, Contacted, Nurturing or Qualified); of those who have equally few, each in
        /// turn. A thousand and more are the same.
        LeastOpen = "leastOpen",
        /// The first one.
        Fixed = "fixed",
    }
}

/// An assignment rule.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub struct AssignmentRule {
    /// Identifies the rule.
    id: Uuid,
    /// Its name.
    name: RuleNameText,
    /// Its place in the list, from 1.
    #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
    position: i32,
    /// Whether it counts.
    is_active: bool,
    /// For which leads it counts.
    conditions: AssignmentConditions,
    /// How it picks one of its users.
    strategy: Strategy,
    /// The users among whom it picks, in this order; `null` for a team.
    #[oai(validator(max_items = 200))]
    users: Option<Vec<Uuid>>,
    /// The team among whose members it picks, in the order of their ids; `null` for users.
    team: Option<Uuid>,
    /// Counts writes, from 1. That others moved past it is none.
    #[oai(validator(minimum(value = "1"), maximum(value = "2147483647")))]
    version: i32,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was last changed.
    updated_at: DateTime<Utc>,
}

/// For which leads a rule counts: all of it must hold, and of a list one value. Without any, for every lead.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
struct AssignmentConditions {
    /// It came from one of these, without regard to case.
    #[oai(validator(max_items = 50))]
    sources: Vec<SourceText>,
    /// It has one of these labels, without regard to case.
    #[oai(validator(max_items = 50))]
    tags: Vec<TagText>,
    /// It stands in one of these.
    #[oai(validator(max_items = 50))]
    statuses: Vec<LeadStatus>,
    /// Its address is of one of these domains, in ASCII. Those below them are others.
    #[oai(validator(max_items = 50))]
    email_domains: Vec<DomainText>,
    /// Its company has this in its name, without regard to case.
    company_contains: Option<CompanyText>,
}

impl From<&Conditions> for AssignmentConditions {
    fn from(conditions: &Conditions) -> Self {
        let Conditions {
            sources,
            tags,
            statuses,
            email_domains,
            company_contains,
        } = conditions;
        Self {
            sources: sources.iter().map(Text::from).collect(),
            tags: tags.iter().map(Text::from).collect(),
            statuses: statuses.iter().map(|status| (*status).into()).collect(),
            email_domains: email_domains.iter().map(Text::from).collect(),
            company_contains: company_contains.as_ref().map(Text::from),
        }
    }
}

impl From<assignment::AssignmentRule> for AssignmentRule {
    fn from(rule: assignment::AssignmentRule) -> Self {
        let assignment::AssignmentRule {
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
        let (users, team) = match assignees {
            Assignees::Users(users) => (Some(users.iter().map(|user| user.uuid()).collect()), None),
            Assignees::Team(team) => (None, Some(team.uuid())),
        };
        Self {
            id: id.uuid(),
            name: (&name).into(),
            position,
            is_active,
            conditions: (&conditions).into(),
            strategy: strategy.into(),
            users,
            team,
            version,
            created_at,
            updated_at,
        }
    }
}

/// Assignment rules.
#[derive(Debug, Serialize, Object)]
#[oai(rename = "AssignmentRuleList")]
pub(super) struct RuleList {
    /// The rules, in their order.
    #[oai(validator(max_items = 100))]
    #[serde(rename = "assignmentRules")]
    #[oai(rename = "assignmentRules")]
    pub(super) rules: Vec<AssignmentRule>,
}

/// Who would get a lead. All is `null` when no rule takes it.
#[derive(Debug, Default, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(super) struct AssignmentPreview {
    /// The rule that takes it.
    rule: Option<RuleReference>,
    /// How the rule picks.
    strategy: Option<Strategy>,
    /// Whom it picks.
    assigned_agent: Option<UserReference>,
    /// Why, in words.
    reason: Option<Text<100>>,
}

/// An assignment rule as other records show it.
#[derive(Debug, Serialize, Object)]
#[oai(rename = "AssignmentRuleReference")]
struct RuleReference {
    /// Which one.
    id: Uuid,
    /// Its name.
    name: RuleNameText,
}

impl From<Option<ByRule>> for AssignmentPreview {
    fn from(chosen: Option<ByRule>) -> Self {
        let Some(ByRule {
            agent,
            rule,
            rule_name,
            strategy,
            reason,
        }) = chosen
        else {
            return Self::default();
        };
        Self {
            rule: Some(RuleReference {
                id: rule.uuid(),
                name: (&rule_name).into(),
            }),
            strategy: Some(strategy.into()),
            assigned_agent: Some((&agent).into()),
            reason: Some((&reason).into()),
        }
    }
}

//! Bodies of the operations on assignment rules, and the commands they stand for.

use std::str::FromStr;

use crm_app::assignment_rules::RuleEdit;
use crm_domain::assignment::{
    Assignees, Conditions, LeadTraits, MAX_RULES, MAX_USERS, RuleContent,
};
use crm_domain::ids::UserId;
use crm_domain::lead;
use crm_domain::text::TextError;
use crm_domain::violation::Violations;
use poem_openapi::Object;
use serde::Deserialize;
use uuid::Uuid;

use super::{DomainText, RuleNameText, Strategy};
use crate::api::leads::LeadStatus;
use crate::problem::Problem;
use crate::time;
use crate::wire::{CompanyText, EmailText, List, SourceText, TagList, TagText, Text, parse_tags};

/// The values of one condition.
type Values<T> = List<T, { Conditions::MAX_VALUES }>;
/// The users among whom a rule picks.
type UserList = List<Uuid, MAX_USERS>;

/// For which leads a rule counts: all of it must hold, and of a list one value. Without any, for every lead.
#[derive(Debug, Default, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename = "AssignmentConditionsInput", rename_all = "camelCase")]
struct ConditionsInput {
    /// It came from one of these, without regard to case.
    sources: Option<Values<SourceText>>,
    /// It has one of these labels, without regard to case.
    tags: Option<Values<TagText>>,
    /// It stands in one of these.
    statuses: Option<Values<LeadStatus>>,
    /// Its address is of one of these domains. Those below them are others.
    email_domains: Option<Values<DomainText>>,
    /// Its company has this in its name, without regard to case.
    company_contains: Option<CompanyText>,
}

impl ConditionsInput {
    fn parse(self, violations: &mut Violations) -> Conditions {
        let Self {
            sources,
            tags,
            statuses,
            email_domains,
            company_contains,
        } = self;
        let statuses = statuses.unwrap_or_default().into_iter();
        Conditions {
            sources: parse_each("sources", &sources.unwrap_or_default(), violations),
            tags: parse_each("tags", &tags.unwrap_or_default(), violations),
            statuses: statuses.map(lead::LeadStatus::from).collect(),
            email_domains: parse_each(
                "emailDomains",
                &email_domains.unwrap_or_default(),
                violations,
            ),
            company_contains: company_contains
                .and_then(|text| text.parse("conditions/companyContains", violations)),
        }
    }
}

fn parse_each<const MAX: usize, T: FromStr<Err = TextError>>(
    name: &str,
    texts: &[Text<MAX>],
    violations: &mut Violations,
) -> Vec<T> {
    let texts = texts.iter().enumerate();
    texts
        .filter_map(|(i, text)| text.parse(&format!("conditions/{name}/{i}"), violations))
        .collect()
}

/// The users or the team that are given; both are a violation of the second.
fn parse_assignees(
    users: Option<UserList>,
    team: Option<Uuid>,
    violations: &mut Violations,
) -> Option<Assignees> {
    match (users, team) {
        (Some(users), None) => {
            let users = users.into_iter().map(UserId::from).collect();
            Assignees::users(users)
                .map_err(|wrong| violations.append(wrong))
                .ok()
        }
        (None, Some(team)) => Some(Assignees::Team(team.into())),
        (Some(_), Some(_)) => {
            violations.add(
                "team",
                "not-allowed",
                "must not be given together with users",
            );
            None
        }
        (None, None) => None,
    }
}

fn parse_position(position: Option<i32>, violations: &mut Violations) -> Option<i32> {
    let position = position?;
    if !(1..=MAX_RULES).contains(&position) {
        let message = format!("must be from 1 to {MAX_RULES}");
        violations.add("position", time::OUT_OF_RANGE, message);
    }
    Some(position)
}

/// A new assignment rule. It needs `users` or `team`.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename = "CreateAssignmentRule", rename_all = "camelCase")]
pub(in crate::api::assignment_rules) struct CreateRule {
    /// Its name.
    name: RuleNameText,
    /// Its place in the list, from 1; the end, unless it is given, or past it.
    #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
    position: Option<i32>,
    /// Whether it counts: it does, unless it is given.
    is_active: Option<bool>,
    /// For which leads it counts: every lead, unless they are given.
    conditions: Option<ConditionsInput>,
    /// How it picks one of its users.
    strategy: Strategy,
    /// The users among whom it picks, in this order. Disabled ones are passed over until they are enabled.
    #[oai(validator(min_items = 1))]
    users: Option<UserList>,
    /// The team among whose members it picks.
    team: Option<Uuid>,
}

impl CreateRule {
    /// What the rule says, and where it stands.
    pub(in crate::api::assignment_rules) fn into_content(
        self,
    ) -> Result<(RuleContent, Option<i32>), Problem> {
        let Self {
            name,
            position,
            is_active,
            conditions,
            strategy,
            users,
            team,
        } = self;
        let mut violations = Violations::new();
        let name = name.parse("name", &mut violations);
        let position = parse_position(position, &mut violations);
        let conditions = conditions.unwrap_or_default().parse(&mut violations);
        if users.is_none() && team.is_none() {
            violations.add("users", "required", "must be given, or else a team");
        }
        let assignees = parse_assignees(users, team, &mut violations);
        let (Some(name), Some(assignees)) = (name, assignees) else {
            return Err(violations.into());
        };
        violations.into_result()?;
        let content = RuleContent {
            name,
            is_active: is_active.unwrap_or(true),
            conditions,
            strategy: strategy.into(),
            assignees,
        };
        Ok((content, position))
    }
}

/// Fields of an assignment rule to change. What is absent stays.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename = "UpdateAssignmentRule", rename_all = "camelCase")]
pub(in crate::api::assignment_rules) struct EditRule {
    /// Its name.
    name: Option<RuleNameText>,
    /// Its place in the list, from 1; past the end is the end.
    #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
    position: Option<i32>,
    /// Whether it counts.
    is_active: Option<bool>,
    /// For which leads it counts: all of its conditions.
    conditions: Option<ConditionsInput>,
    /// How it picks one of its users.
    strategy: Option<Strategy>,
    /// All the users among whom it picks, instead of those or the team before.
    #[oai(validator(min_items = 1))]
    users: Option<UserList>,
    /// The team among whose members it picks, instead of the team or the users before.
    team: Option<Uuid>,
}

impl EditRule {
    pub(in crate::api::assignment_rules) fn into_edit(self) -> Result<RuleEdit, Problem> {
        let Self {
            name,
            position,
            is_active,
            conditions,
            strategy,
            users,
            team,
        } = self;
        let mut violations = Violations::new();
        let edit = RuleEdit {
            name: name.and_then(|name| name.parse("name", &mut violations)),
            position: parse_position(position, &mut violations),
            is_active,
            conditions: conditions.map(|conditions| conditions.parse(&mut violations)),
            strategy: strategy.map(Into::into),
            assignees: parse_assignees(users, team, &mut violations),
        };
        violations.into_result()?;
        Ok(edit)
    }
}

/// What rules look at in a lead.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(in crate::api::assignment_rules) struct PreviewLead {
    /// Where it comes from.
    source: Option<SourceText>,
    /// Its labels.
    tags: Option<TagList>,
    /// Where it starts: New, unless it is given.
    status: Option<LeadStatus>,
    /// How to reach them.
    email_id: Option<EmailText>,
    /// The company they speak for.
    company: Option<CompanyText>,
}

impl TryFrom<PreviewLead> for LeadTraits {
    type Error = Problem;

    fn try_from(body: PreviewLead) -> Result<Self, Problem> {
        let PreviewLead {
            source,
            tags,
            status,
            email_id,
            company,
        } = body;
        let mut violations = Violations::new();
        let traits = Self {
            source: source.and_then(|text| text.parse("source", &mut violations)),
            tags: parse_tags(&tags.unwrap_or_default(), &mut violations),
            status: status.map_or(lead::LeadStatus::New, Into::into),
            email: email_id.and_then(|text| text.parse("emailId", &mut violations)),
            company: company.and_then(|text| text.parse("company", &mut violations)),
        };
        violations.into_result()?;
        Ok(traits)
    }
}

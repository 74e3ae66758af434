//! What is done with assignment rules, and what they do: who gets a lead that nobody was named for.

mod choose;

pub use choose::ByRule;

use std::cmp::Ordering;

use crm_authz::Scope;
use crm_domain::activity::{Actor, Changes};
use crm_domain::assignment::{
    Assignees, AssignmentRule, Conditions, MAX_RULES, RuleContent, Strategy,
};
use crm_domain::event::{AssignmentRuleCreated, AssignmentRuleDeleted, AssignmentRuleEdited};
use crm_domain::ids::{AssignmentRuleId, UserId};
use crm_domain::permission::{Action, Resource};
use crm_domain::text::RuleName;
use crm_domain::violation::Violations;
use crm_storage::assignment_rules as storage;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use crate::crm::Crm;
use crate::error::{Current, Error, Result};
use crate::write;

/// What is done with assignment rules. See [`Crm::assignment_rules`].
#[derive(Clone, Copy)]
pub struct AssignmentRules<'a>(pub(crate) &'a Crm);

/// How a rule is changed. What is `None` stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RuleEdit {
    /// Another name.
    pub name: Option<RuleName>,
    /// Another place in the list, from 1; one past the end is the end.
    pub position: Option<i32>,
    /// Whether it counts.
    pub is_active: Option<bool>,
    /// For which leads it counts: all of the conditions.
    pub conditions: Option<Conditions>,
    /// How it picks.
    pub strategy: Option<Strategy>,
    /// Among whom it picks.
    pub assignees: Option<Assignees>,
}

impl RuleEdit {
    fn apply(self, content: RuleContent) -> RuleContent {
        RuleContent {
            name: self.name.unwrap_or(content.name),
            is_active: self.is_active.unwrap_or(content.is_active),
            conditions: self.conditions.unwrap_or(content.conditions),
            strategy: self.strategy.unwrap_or(content.strategy),
            assignees: self.assignees.unwrap_or(content.assignees),
        }
    }
}

impl AssignmentRules<'_> {
    /// The rules, in their order.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn list(&self, actor: &Actor) -> Result<Vec<AssignmentRule>> {
        let scope = self.0.access().await?.scope(actor, Action::Read)?;
        let mut conn = self.0.connection().await?;
        Ok(storage::list(&mut conn, &scope).await?)
    }

    /// The rule `id`.
    ///
    /// # Errors
    /// [`Error::Forbidden`] or [`Error::NotFound`].
    pub async fn get(&self, actor: &Actor, id: AssignmentRuleId) -> Result<AssignmentRule> {
        let scope = self.0.access().await?.scope(actor, Action::Read)?;
        let mut conn = self.0.connection().await?;
        storage::find(&mut conn, id, &scope)
            .await?
            .ok_or(Error::NotFound(Resource::ASSIGNMENT_RULE))
    }

    /// Makes a rule: at this place of the list, from 1, and otherwise at its end.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::TooMany`], or [`Error::Invalid`] when it names users or a team that do not exist.
    pub async fn create(
        &self,
        actor: &Actor,
        content: RuleContent,
        position: Option<i32>,
    ) -> Result<AssignmentRule> {
        write!(self.0, |conn| self.create_in(
            conn,
            actor,
            content.clone(),
            position
        ))
    }

    /// [`AssignmentRules::create`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`AssignmentRules::create`].
    pub async fn create_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        content: RuleContent,
        position: Option<i32>,
    ) -> Result<AssignmentRule> {
        let access = self.0.access().await?;
        access.scope::<AssignmentRule>(actor, Action::Manage)?;
        conn.transaction(async |conn| {
            let end = lock_end(conn).await?;
            check_users(conn, &content.assignees).await?;
            let position = position.unwrap_or(end).clamp(1, end);
            let now = self.0.now();
            let id = AssignmentRuleId::new(now, self.0.random()?);
            let rule = AssignmentRule::new(id, position, content, now);
            storage::shift(conn, position, end, 1).await?;
            storage::insert(conn, &rule).await.map_err(refused)?;
            let event = AssignmentRuleCreated {
                assignment_rule_id: id,
                changes: Changes::created(rule.fields()),
            };
            self.0.emit(conn, actor, now, &event).await?;
            Ok(rule)
        })
        .await
    }

    /// Changes a rule, or moves it: those between its old place and its new one move along. With `version`, only if that is
    /// still its version.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Stale`], or [`Error::Invalid`] as for [`AssignmentRules::create`].
    pub async fn edit(
        &self,
        actor: &Actor,
        id: AssignmentRuleId,
        edit: RuleEdit,
        version: Option<i32>,
    ) -> Result<AssignmentRule> {
        write!(self.0, |conn| self.edit_in(
            conn,
            actor,
            id,
            edit.clone(),
            version
        ))
    }

    /// [`AssignmentRules::edit`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`AssignmentRules::edit`].
    pub async fn edit_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: AssignmentRuleId,
        edit: RuleEdit,
        version: Option<i32>,
    ) -> Result<AssignmentRule> {
        let scope = self.0.access().await?.scope(actor, Action::Manage)?;
        conn.transaction(async |conn| {
            let count = lock_list(conn).await?;
            let before = hold(conn, id, &scope, version).await?;
            if let Some(assignees) = &edit.assignees {
                check_users(conn, assignees).await?;
            }
            let position = edit.position.unwrap_or(before.position).clamp(1, count);
            let now = self.0.now();
            let rule = before
                .clone()
                .edit(position, edit.apply(before.content.clone()), now);
            if rule.version == before.version {
                return Ok(rule);
            }
            make_room(conn, before.position, rule.position).await?;
            if !storage::update(conn, &rule).await.map_err(refused)? {
                // Never: the row is locked. If it happens all the same, nothing is written.
                return Err(Error::internal("a rule changed under its lock"));
            }
            let event = AssignmentRuleEdited {
                assignment_rule_id: id,
                changes: Changes::between(before.fields(), rule.fields()),
            };
            self.0.emit(conn, actor, now, &event).await?;
            Ok(rule)
        })
        .await
    }

    /// Deletes a rule. Leads keep who they were given to. With `version`, only if that is still its version.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`] or [`Error::Stale`].
    pub async fn delete(
        &self,
        actor: &Actor,
        id: AssignmentRuleId,
        version: Option<i32>,
    ) -> Result<()> {
        write!(self.0, |conn| self.delete_in(conn, actor, id, version))
    }

    /// [`AssignmentRules::delete`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`AssignmentRules::delete`].
    pub async fn delete_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: AssignmentRuleId,
        version: Option<i32>,
    ) -> Result<()> {
        let scope = self.0.access().await?.scope(actor, Action::Manage)?;
        conn.transaction(async |conn| {
            let count = lock_list(conn).await?;
            let rule = hold(conn, id, &scope, version).await?;
            storage::delete(conn, id).await?;
            storage::shift(conn, rule.position + 1, count, -1).await?;
            let event = AssignmentRuleDeleted {
                assignment_rule_id: id,
                changes: Changes::deleted(rule.fields()),
            };
            self.0.emit(conn, actor, self.0.now(), &event).await
        })
        .await
    }
}

/// How many rules there are, which stays so until the transaction ends.
async fn lock_list(conn: &mut AsyncPgConnection) -> Result<i32> {
    let count = storage::lock_list(conn).await?;
    i32::try_from(count).map_err(Error::internal)
}

/// The place of one more rule at the end of the list.
async fn lock_end(conn: &mut AsyncPgConnection) -> Result<i32> {
    let count = lock_list(conn).await?;
    if count < MAX_RULES {
        return Ok(count + 1);
    }
    Err(Error::TooMany {
        resource: Resource::ASSIGNMENT_RULE,
        max: MAX_RULES.into(),
    })
}

/// Moves the rules between the places of one that is about to move.
async fn make_room(
    conn: &mut AsyncPgConnection,
    from: i32,
    to: i32,
) -> Result<(), crm_storage::Error> {
    match from.cmp(&to) {
        Ordering::Less => storage::shift(conn, from + 1, to, -1).await,
        Ordering::Greater => storage::shift(conn, to, from - 1, 1).await,
        Ordering::Equal => Ok(()),
    }
}

/// Locks a rule. With `version`, only if that is still its version.
async fn hold(
    conn: &mut AsyncPgConnection,
    id: AssignmentRuleId,
    scope: &Scope<AssignmentRule>,
    version: Option<i32>,
) -> Result<AssignmentRule> {
    let rule = storage::lock(conn, id, scope)
        .await?
        .ok_or(Error::NotFound(Resource::ASSIGNMENT_RULE))?;
    Current::require(version, rule.version, || {
        Current::AssignmentRule(rule.clone())
    })?;
    Ok(rule)
}

/// Refuses users that do not exist. Disabled ones may be named: they get leads again once they are enabled.
async fn check_users(conn: &mut AsyncPgConnection, assignees: &Assignees) -> Result<()> {
    let Assignees::Users(named) = assignees else {
        // Whether a team exists is asked by the database.
        return Ok(());
    };
    let members = storage::members(conn, assignees, false).await?;
    let exists = |user: &UserId| members.iter().any(|member| member.user == *user);
    let mut violations = Violations::new();
    for (index, _) in named.iter().enumerate().filter(|(_, user)| !exists(user)) {
        violations.add(&format!("users/{index}"), "not-found", "is not a user");
    }
    Ok(violations.into_result()?)
}

fn refused(error: crm_storage::Error) -> Error {
    match error {
        crm_storage::Error::ReferenceViolation { .. } => {
            Violations::one("team", "not-found", "is not a team").into()
        }
        other => other.into(),
    }
}

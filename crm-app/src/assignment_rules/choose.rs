//! Who gets leads by the rules.
//!
//! A rule whose users take turns is locked until the transaction ends, so that of leads made at once each goes to the next
//! in turn, and a lead that is not made after all uses up no turn.

use std::collections::HashMap;

use crm_domain::activity::{Actor, Changes, fields};
use crm_domain::assignment::{AssignmentRule, LeadTraits, Member, Pick, Reason, Strategy};
use crm_domain::event::LeadAssigned;
use crm_domain::ids::{AssignmentRuleId, LeadId, UserId};
use crm_domain::permission::Action;
use crm_domain::text::RuleName;
use crm_domain::user::UserRef;
use crm_storage::assignment_rules::{self as storage, Turn};
use crm_storage::users;
use diesel_async::AsyncPgConnection;
use serde_json::json;

use super::AssignmentRules;
use crate::error::Result;

/// Who gets a lead, by which rule, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByRule {
    /// Who.
    pub agent: UserRef,
    /// Which rule.
    pub rule: AssignmentRuleId,
    /// Its name.
    pub rule_name: RuleName,
    /// How it picks.
    pub strategy: Strategy,
    /// Why it picked this user.
    pub reason: Reason,
}

impl ByRule {
    /// That a lead was given so.
    #[must_use]
    pub fn event(&self, lead: LeadId) -> LeadAssigned {
        let Self {
            agent,
            rule,
            rule_name,
            strategy,
            reason,
        } = self;
        let reason = reason.to_string();
        let why = json!({ "id": rule, "name": rule_name, "strategy": strategy, "reason": reason });
        LeadAssigned {
            lead_id: lead,
            assigned_agent: agent.id,
            rule_id: *rule,
            rule_name: rule_name.clone(),
            strategy: *strategy,
            reason,
            changes: Changes::created(fields([("assignmentRule", why)])),
        }
    }
}

impl AssignmentRules<'_> {
    /// Chooses who gets each of these leads, which are about to be made or given in the caller's transaction; `None` for one
    /// that no rule takes. Of many leads at once it asks for each rule and each user once.
    ///
    /// Whoever gives a lead so emits [`ByRule::event`] after the event of the change itself. Whose rules they are is not
    /// asked: they count for every lead, whoever makes it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn choose_in(
        &self,
        conn: &mut AsyncPgConnection,
        leads: &[LeadTraits],
    ) -> Result<Vec<Option<ByRule>>> {
        let rules = storage::find_turns(conn).await?;
        let mut table = Table::new(Mode::Give);
        // In the order of the list, so that two who give many leads at once wait and do not deadlock.
        let first = |lead: &LeadTraits| rules.iter().position(|turn| turn.rule.is_for(lead));
        let firsts: Vec<_> = leads.iter().map(first).collect();
        for (place, turn) in rules.iter().enumerate() {
            if firsts.contains(&Some(place)) {
                table.hold(conn, turn).await?;
            }
        }
        let mut chosen = Vec::with_capacity(leads.len());
        for lead in leads {
            chosen.push(table.choose(conn, &rules, lead).await?);
        }
        table.note_turns(conn).await?;
        Ok(chosen)
    }

    /// Who would get such a lead now. Nothing is locked or written, so the next lead may go to somebody else.
    ///
    /// # Errors
    /// [`Error::Forbidden`](crate::Error::Forbidden).
    pub async fn preview(&self, actor: &Actor, lead: &LeadTraits) -> Result<Option<ByRule>> {
        let access = self.0.access().await?;
        access.scope::<AssignmentRule>(actor, Action::Read)?;
        let mut conn = self.0.connection().await?;
        let rules = storage::find_turns(&mut conn).await?;
        Table::new(Mode::Look).choose(&mut conn, &rules, lead).await
    }
}

/// Whether leads are given, or only looked at who would get them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Give,
    Look,
}

/// The rules and users that were asked for so far, each once.
struct Table {
    mode: Mode,
    /// `None` for a rule that is no more.
    held: HashMap<AssignmentRuleId, Option<Held>>,
    /// `None` for a user who was disabled meanwhile.
    agents: HashMap<UserId, Option<UserRef>>,
}

/// A rule as it stays until the transaction ends, if its users take turns.
struct Held {
    turn: Turn,
    members: Vec<Member>,
    has_given: bool,
}

impl Table {
    fn new(mode: Mode) -> Self {
        Self {
            mode,
            held: HashMap::new(),
            agents: HashMap::new(),
        }
    }

    /// The first of the rules that takes the lead, and whom it picks.
    async fn choose(
        &mut self,
        conn: &mut AsyncPgConnection,
        rules: &[Turn],
        lead: &LeadTraits,
    ) -> Result<Option<ByRule>> {
        for turn in rules.iter().filter(|turn| turn.rule.is_for(lead)) {
            self.hold(conn, turn).await?;
            if let Some(by_rule) = self.pick(conn, turn.rule.id, lead).await? {
                return Ok(Some(by_rule));
            }
        }
        Ok(None)
    }

    async fn hold(&mut self, conn: &mut AsyncPgConnection, turn: &Turn) -> Result<()> {
        let id = turn.rule.id;
        if self.held.contains_key(&id) {
            return Ok(());
        }
        let turn = if self.mode == Mode::Give && turn.rule.content.strategy.takes_turns() {
            storage::lock_turn(conn, id).await?
        } else {
            Some(turn.clone())
        };
        let held = match turn {
            None => None,
            Some(turn) => {
                let content = &turn.rule.content;
                let counts_leads = content.strategy == Strategy::LeastOpen;
                let members = storage::members(conn, &content.assignees, counts_leads).await?;
                Some(Held {
                    turn,
                    members,
                    has_given: false,
                })
            }
        };
        self.held.insert(id, held);
        Ok(())
    }

    /// Whom a held rule picks for the lead, if it still takes it: it may have changed before it was locked.
    async fn pick(
        &mut self,
        conn: &mut AsyncPgConnection,
        rule: AssignmentRuleId,
        lead: &LeadTraits,
    ) -> Result<Option<ByRule>> {
        let Some(Some(held)) = self.held.get_mut(&rule) else {
            return Ok(None);
        };
        if !held.turn.rule.is_for(lead) {
            return Ok(None);
        }
        // Ends: each time around leaves out one more member.
        while let Some(pick) = held.next() {
            match agent(conn, self.mode, &mut self.agents, pick.user).await? {
                Some(agent) => return Ok(Some(held.give(pick, agent))),
                None => held.leave_out(pick.user),
            }
        }
        Ok(None)
    }

    async fn note_turns(&self, conn: &mut AsyncPgConnection) -> Result<()> {
        for held in self.held.values().flatten().filter(|held| held.has_given) {
            if let Some(last) = held.turn.last {
                storage::note_turn(conn, held.turn.rule.id, last).await?;
            }
        }
        Ok(())
    }
}

impl Held {
    fn next(&self) -> Option<Pick> {
        let strategy = self.turn.rule.content.strategy;
        strategy.pick(&self.members, self.turn.last)
    }

    fn give(&mut self, pick: Pick, agent: UserRef) -> ByRule {
        let rule = &self.turn.rule;
        self.has_given = rule.content.strategy.takes_turns();
        self.turn.last = Some(pick.user);
        for member in self.members.iter_mut().filter(|m| m.user == pick.user) {
            member.open_leads += 1;
        }
        ByRule {
            agent,
            rule: rule.id,
            rule_name: rule.content.name.clone(),
            strategy: rule.content.strategy,
            reason: pick.reason,
        }
    }

    fn leave_out(&mut self, user: UserId) {
        for member in self.members.iter_mut().filter(|m| m.user == user) {
            member.is_active = false;
        }
    }
}

/// The user, if they are active: locked, so that they are not disabled before the lead is theirs.
async fn agent(
    conn: &mut AsyncPgConnection,
    mode: Mode,
    known: &mut HashMap<UserId, Option<UserRef>>,
    id: UserId,
) -> Result<Option<UserRef>> {
    if let Some(agent) = known.get(&id) {
        return Ok(agent.clone());
    }
    let user = match mode {
        Mode::Give => users::lock_shared(conn, id).await?,
        Mode::Look => users::find(conn, id).await?,
    };
    let agent = user.filter(|user| user.is_active).map(UserRef::from);
    known.insert(id, agent.clone());
    Ok(agent)
}

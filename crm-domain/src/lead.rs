//! Leads and their lifecycle. A change consumes the old lead and returns the next one, or says why not.

mod convert;
mod merge;
mod query;
mod state;

pub use query::{LeadFilter, LeadQuery, LeadSort, LeadSortField};
pub use state::{LeadState, LeadStatus, NextStatus, StatusChange, UnqualifiedReason};

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::activity::{Changes, Fields, fields};
use crate::change::{Archived, Change};
use crate::custom_field::{CustomEdit, CustomValues};
use crate::duplicate::MatchKeys;
use crate::ids::{LeadId, UserId};
use crate::search::Searchable;
use crate::tag::TagRename;
use crate::text::{Company, Email, Name, Phone, Source, Tags};
use crate::violation::Violations;

/// A person or company who may become a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    /// Identifies the lead.
    pub id: LeadId,
    /// Who it is.
    pub name: Name,
    /// How to reach them; this or the phone is always there.
    pub email: Option<Email>,
    /// How to call them.
    pub phone: Option<Phone>,
    /// The company they speak for.
    pub company: Option<Company>,
    /// Where the lead stands, with what belongs to that state.
    pub state: LeadState,
    /// Since when it stands there.
    pub status_since: DateTime<Utc>,
    /// Where the lead came from.
    pub source: Option<Source>,
    /// Who works on it.
    pub assigned_agent: Option<UserId>,
    /// When it was given to somebody, having been nobody's.
    pub assigned_at: Option<DateTime<Utc>>,
    /// Labels.
    pub tags: Tags,
    /// The values of custom fields.
    pub custom: CustomValues,
    /// How often it came back from Unqualified.
    pub recycle_count: i32,
    /// The lead that took this one in; this one is a tombstone then, and put away.
    pub merged_into: Option<LeadId>,
    /// Whether it is put away: read-only and hidden from lists.
    pub is_archived: bool,
    /// Counts writes, from 1.
    pub version: i32,
    /// Who made the record; `None` for the system.
    pub created_by: Option<UserId>,
    /// When the record was made.
    pub created_at: DateTime<Utc>,
    /// When the record was last changed.
    pub updated_at: DateTime<Utc>,
}

/// What a new lead is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLead {
    /// Who it is.
    pub name: Name,
    /// How to reach them.
    pub email: Option<Email>,
    /// How to call them.
    pub phone: Option<Phone>,
    /// The company they speak for.
    pub company: Option<Company>,
    /// Where it starts; `None` is New.
    pub status: Option<LeadStatus>,
    /// Where the lead came from.
    pub source: Option<Source>,
    /// Who works on it.
    pub assigned_agent: Option<UserId>,
    /// Labels.
    pub tags: Tags,
    /// The values of custom fields; checked by whoever stores the record.
    pub custom: CustomValues,
}

impl NewLead {
    /// A lead of this name and nothing else; it still needs an address or a number.
    #[must_use]
    pub fn named(name: Name) -> Self {
        Self {
            name,
            email: None,
            phone: None,
            company: None,
            status: None,
            source: None,
            assigned_agent: None,
            tags: Tags::default(),
            custom: CustomValues::default(),
        }
    }
}

/// Changes to a lead; what is not named stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeadEdit {
    /// Who it is.
    pub name: Option<Name>,
    /// How to reach them.
    pub email: Change<Email>,
    /// How to call them.
    pub phone: Change<Phone>,
    /// The company they speak for.
    pub company: Change<Company>,
    /// Where it stands next.
    pub status: Option<NextStatus>,
    /// Whether the note on why it is Unqualified goes. A next status brings its own.
    pub clears_unqualified_note: bool,
    /// Where the lead came from.
    pub source: Change<Source>,
    /// Who works on it.
    pub assigned_agent: Change<UserId>,
    /// Labels, all of them.
    pub tags: Option<Tags>,
    /// Changes to the values of custom fields; checked by whoever stores the record.
    pub custom: CustomEdit,
}

/// Why a lead was not made or changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LeadError {
    /// The lifecycle has no such step.
    #[error(
        "a lead that is {from} cannot become {to}; allowed: {}",
        names(allowed)
    )]
    TransitionNotAllowed {
        /// The present status.
        from: LeadStatus,
        /// The wanted status.
        to: LeadStatus,
        /// The statuses that may follow by an edit.
        allowed: Vec<LeadStatus>,
    },
    /// Converted is reached by converting only.
    #[error("a lead becomes Converted by converting it, not by setting its status")]
    UseConvert,
    /// A lead that became a customer stays, so that the customer keeps where they came from.
    #[error("a lead that was converted is not merged into another one; merge the others into it")]
    Converted,
    /// There is no conversion to undo.
    #[error("the lead is not converted")]
    NotConverted,
    /// The lead is put away.
    #[error("the lead {0}")]
    Archived(#[from] Archived),
    /// Fields are wrong.
    #[error(transparent)]
    Invalid(#[from] Violations),
}

fn names(statuses: &[LeadStatus]) -> String {
    let names: Vec<_> = statuses.iter().map(|status| status.as_str()).collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

impl Lead {
    /// A new lead.
    ///
    /// # Errors
    /// [`LeadError::Invalid`] without an e-mail address and a phone number, or with a start status that a lead
    /// cannot begin with.
    pub fn create(
        id: LeadId,
        new: NewLead,
        created_by: Option<UserId>,
        now: DateTime<Utc>,
    ) -> Result<Self, LeadError> {
        let NewLead {
            name,
            email,
            phone,
            company,
            status,
            source,
            assigned_agent,
            tags,
            custom,
        } = new;
        let status = status.unwrap_or(LeadStatus::New);
        let mut violations = Violations::new();
        check_start(status, email.is_some() || phone.is_some(), &mut violations);
        violations.into_result()?;
        let state = LeadState::start(status)?;
        Ok(Self {
            id,
            name,
            email,
            phone,
            company,
            state,
            status_since: now,
            source,
            assigned_agent,
            assigned_at: assigned_agent.map(|_| now),
            tags,
            custom,
            recycle_count: 0,
            merged_into: None,
            is_archived: false,
            version: 1,
            created_by,
            created_at: now,
            updated_at: now,
        })
    }

    /// The lead with `edit` applied; the same version when nothing differs.
    ///
    /// # Errors
    /// [`LeadError::Archived`], a step that the lifecycle does not have, or a lead left without any contact.
    pub fn edit(self, edit: LeadEdit, now: DateTime<Utc>) -> Result<Self, LeadError> {
        self.refuse_archived()?;
        let before = self.clone();
        let LeadEdit {
            name,
            email,
            phone,
            company,
            status,
            clears_unqualified_note,
            source,
            assigned_agent,
            tags,
            custom,
        } = edit;
        let lead = match status {
            Some(next) => self.step(next, now)?,
            None if clears_unqualified_note => Self {
                state: self.state.without_note()?,
                ..self
            },
            None => self,
        };
        let lead = lead.assign(assigned_agent, now);
        let lead = Self {
            name: name.unwrap_or(lead.name),
            email: email.apply(lead.email),
            phone: phone.apply(lead.phone),
            company: company.apply(lead.company),
            source: source.apply(lead.source),
            tags: tags.unwrap_or(lead.tags),
            custom: custom.apply(lead.custom),
            ..lead
        };
        require_contact(lead.email.as_ref(), lead.phone.as_ref())?;
        Ok(if lead == before {
            before
        } else {
            lead.written(now)
        })
    }

    fn step(self, next: NextStatus, now: DateTime<Utc>) -> Result<Self, LeadError> {
        let from = self.state.status();
        let recycled = matches!(
            (from, &next),
            (LeadStatus::Unqualified, NextStatus::Contacted)
        );
        let state = self.state.step(next)?;
        Ok(Self {
            status_since: if state.status() == from {
                self.status_since
            } else {
                now
            },
            state,
            recycle_count: self.recycle_count + i32::from(recycled),
            ..self
        })
    }

    /// The new lead, given to somebody before it is stored for the first time.
    #[must_use]
    pub fn given_to(self, agent: UserId) -> Self {
        let made = self.created_at;
        self.assign(Change::Set(agent), made)
    }

    fn assign(self, agent: Change<UserId>, now: DateTime<Utc>) -> Self {
        let assigned_agent = agent.apply(self.assigned_agent);
        let assigned_at = match (self.assigned_agent, assigned_agent) {
            (None, Some(_)) => Some(now),
            (_, None) => None,
            (Some(_), Some(_)) => self.assigned_at,
        };
        Self {
            assigned_agent,
            assigned_at,
            ..self
        }
    }

    /// The lead with tags renamed, put away or not; the same version when nothing differs.
    #[must_use]
    pub fn rename_tags(self, rename: &TagRename, now: DateTime<Utc>) -> Self {
        let tags = rename.apply(&self.tags);
        if tags == self.tags {
            return self;
        }
        Self { tags, ..self }.written(now)
    }

    /// The lead, put away; unchanged when it already was.
    #[must_use]
    pub fn archive(self, now: DateTime<Utc>) -> Self {
        if self.is_archived {
            self
        } else {
            Self {
                is_archived: true,
                ..self
            }
            .written(now)
        }
    }

    /// The lead, taken back; unchanged when it was not put away.
    #[must_use]
    pub fn restore(self, now: DateTime<Utc>) -> Self {
        if self.is_archived {
            Self {
                is_archived: false,
                ..self
            }
            .written(now)
        } else {
            self
        }
    }

    /// Whose record it is: the agent's it is assigned to, else its maker's.
    #[must_use]
    pub fn owner(&self) -> Option<UserId> {
        self.assigned_agent.or(self.created_by)
    }

    /// Refuses a lead that is put away.
    ///
    /// # Errors
    /// [`LeadError::Archived`].
    pub fn refuse_archived(&self) -> Result<(), LeadError> {
        if self.is_archived {
            Err(Archived.into())
        } else {
            Ok(())
        }
    }

    fn written(self, now: DateTime<Utc>) -> Self {
        Self {
            version: self.version + 1,
            updated_at: now,
            ..self
        }
    }

    /// What changed from `before` to this state of the same lead.
    #[must_use]
    pub fn changes_since(&self, before: &Self) -> Changes {
        Changes::between(before.fields(), self.fields())
    }

    /// The step in the lifecycle from `before` to this state of the same lead, if there was one.
    #[must_use]
    pub fn status_change_since(&self, before: &Self) -> Option<StatusChange> {
        let (from, to) = (before.state.status(), self.state.status());
        (from != to).then(|| StatusChange {
            from,
            to,
            at: self.status_since,
            seconds: (self.status_since - before.status_since)
                .num_seconds()
                .max(0),
        })
    }

    /// The fields that the activity log records.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let Self {
            id: _,
            name,
            email,
            phone,
            company,
            state,
            status_since: _,
            source,
            assigned_agent,
            assigned_at: _,
            tags,
            recycle_count,
            merged_into,
            custom,
            is_archived,
            version: _,
            created_by: _,
            created_at: _,
            updated_at: _,
        } = self;
        let mut fields = fields([
            ("name", json!(name)),
            ("emailId", json!(email)),
            ("phone", json!(phone)),
            ("company", json!(company)),
            ("status", json!(state.status().as_str())),
            ("source", json!(source)),
            ("assignedAgent", json!(assigned_agent)),
            ("tags", json!(tags)),
            (
                "unqualifiedReason",
                json!(state.unqualified_reason().map(UnqualifiedReason::as_str)),
            ),
            ("unqualifiedNote", json!(state.unqualified_note())),
            ("recycleCount", json!(recycle_count)),
            ("convertedCustomerId", json!(state.customer())),
            ("mergedInto", json!(merged_into)),
            ("isArchived", json!(is_archived)),
        ]);
        fields.extend(custom.fields());
        fields
    }

    /// The keys by which it is compared with other records.
    #[must_use]
    pub fn match_keys(&self) -> MatchKeys {
        MatchKeys::of(
            &self.name,
            self.company.as_ref(),
            self.email.as_ref(),
            self.phone.as_ref(),
        )
    }

    /// What a search looks in: name, company, address and number, folded.
    #[must_use]
    pub fn search_text(&self) -> String {
        self.searched().joined()
    }
}

/// Notes what keeps a lead from beginning in `status`, and whether it can be reached, whatever its texts are.
pub fn check_start(status: LeadStatus, is_reachable: bool, violations: &mut Violations) {
    if !is_reachable {
        violations.append(unreachable());
    }
    if let Err(LeadError::Invalid(found)) = LeadState::start(status) {
        violations.append(found);
    }
}

fn unreachable() -> Violations {
    Violations::one(
        "emailId",
        "required",
        "must be given, or else a phone number",
    )
}

fn require_contact(email: Option<&Email>, phone: Option<&Phone>) -> Result<(), Violations> {
    if email.is_none() && phone.is_none() {
        return Err(unreachable());
    }
    Ok(())
}

#[cfg(test)]
mod tests;

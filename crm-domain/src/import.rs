//! Imports: a table that somebody uploads, row by row made into records, and, if need be, taken back.

mod draft;
mod event;
mod options;
mod target;

pub use draft::{Assignee, Draft, undo_customer, undo_lead};
pub(crate) use event::event_types;
pub use event::{ImportReverted, ImportStarted, Importable, Imported};
pub use options::{ImportOptions, MAX_COLUMNS};
pub use target::ImportTarget;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::custom_field::FieldResource;
use crate::ids::{ApiKeyId, ImportId, UserId};
use crate::permission::{Resource, names};

names! {
    /// What rows are made into.
    ImportKind {
        /// Leads.
        Lead = "lead",
        /// Customers.
        Customer = "customer",
    }
}

names! {
    /// How far an import has come.
    ImportState {
        /// Its rows are being read.
        Uploading = "uploading",
        /// Its rows are there; it waits to be configured, checked and run.
        Ready = "ready",
        /// It is being checked: nothing is written.
        Checking = "checking",
        /// It was checked.
        Checked = "checked",
        /// Rows are being made into records.
        Running = "running",
        /// All rows were.
        Finished = "finished",
        /// They are being taken back.
        Reverting = "reverting",
        /// They were, as far as nobody had changed them.
        Reverted = "reverted",
        /// It was given up: `failure` says why. What was done until then stays, and can be reverted.
        Failed = "failed",
    }
}

names! {
    /// Whether rows make records or change them.
    ImportMode {
        /// Each makes one.
        Create = "create",
        /// Each changes the one that it matches.
        Update = "update",
        /// Each changes the one that it matches, or else makes one.
        Both = "both",
    }
}

names! {
    /// By what a row matches a record.
    MatchBy {
        /// By its e-mail address.
        Email = "emailId",
        /// By its phone number.
        Phone = "phone",
        /// By its id.
        Id = "id",
    }
}

names! {
    /// What becomes of a row that would make a record whose e-mail address another one at hand has.
    DuplicatePolicy {
        /// It is left out.
        Skip = "skip",
        /// It is an error.
        Fail = "fail",
        /// It makes one all the same.
        Create = "create",
    }
}

names! {
    /// What a column holds of the fields that records have by themselves.
    ImportField {
        /// The id of the record, to match by.
        Id = "id",
        /// The name.
        Name = "name",
        /// The e-mail address.
        Email = "emailId",
        /// The phone number.
        Phone = "phone",
        /// The company.
        Company = "company",
        /// Where a new lead starts. That of a lead that is there is not changed.
        Status = "status",
        /// Where a lead came from.
        Source = "source",
        /// The user who works on a lead: their id or their address.
        AssignedAgent = "assignedAgent",
        /// The user who looks after a customer: their id or their address.
        Owner = "owner",
        /// Labels, separated by semicolons.
        Tags = "tags",
    }
}

names! {
    /// What became of a row.
    Outcome {
        /// It made a record.
        Created = "created",
        /// It changed one.
        Updated = "updated",
        /// The record that it matches is so already.
        Unchanged = "unchanged",
        /// It was left out.
        Skipped = "skipped",
        /// It is wrong.
        Failed = "failed",
        /// What it did was taken back.
        Reverted = "reverted",
        /// What it did could not be taken back.
        Kept = "kept",
    }
}

impl ImportKind {
    /// What permissions call it.
    #[must_use]
    pub const fn resource(self) -> Resource {
        match self {
            Self::Lead => Resource::LEAD,
            Self::Customer => Resource::CUSTOMER,
        }
    }

    /// What their custom fields are defined for.
    #[must_use]
    pub const fn field_resource(self) -> FieldResource {
        match self {
            Self::Lead => FieldResource::Lead,
            Self::Customer => FieldResource::Customer,
        }
    }

    /// What a column may hold, besides custom fields.
    #[must_use]
    pub const fn fields(self) -> &'static [ImportField] {
        use ImportField::{
            AssignedAgent, Company, Email, Id, Name, Owner, Phone, Source, Status, Tags,
        };
        match self {
            Self::Lead => &[
                Id,
                Name,
                Email,
                Phone,
                Company,
                Status,
                Source,
                AssignedAgent,
                Tags,
            ],
            Self::Customer => &[Id, Name, Email, Phone, Company, Owner, Tags],
        }
    }
}

impl ImportState {
    /// Whether the program works on it.
    #[must_use]
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Checking | Self::Running | Self::Reverting)
    }

    /// The state that follows when all rows are done.
    #[must_use]
    pub const fn done(self) -> Self {
        match self {
            Self::Checking => Self::Checked,
            Self::Running => Self::Finished,
            Self::Reverting => Self::Reverted,
            other => other,
        }
    }
}

/// How many rows had which outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Counts {
    /// [`Outcome::Created`].
    pub created: i32,
    /// [`Outcome::Updated`].
    pub updated: i32,
    /// [`Outcome::Unchanged`].
    pub unchanged: i32,
    /// [`Outcome::Skipped`].
    pub skipped: i32,
    /// [`Outcome::Failed`].
    pub failed: i32,
    /// [`Outcome::Reverted`].
    pub reverted: i32,
    /// [`Outcome::Kept`].
    pub kept: i32,
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, outcome: Outcome) {
        let count = match outcome {
            Outcome::Created => &mut self.created,
            Outcome::Updated => &mut self.updated,
            Outcome::Unchanged => &mut self.unchanged,
            Outcome::Skipped => &mut self.skipped,
            Outcome::Failed => &mut self.failed,
            Outcome::Reverted => &mut self.reverted,
            Outcome::Kept => &mut self.kept,
        };
        *count += 1;
    }
}

/// An import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Identifies the import.
    pub id: ImportId,
    /// What rows are made into.
    pub kind: ImportKind,
    /// How far it has come.
    pub state: ImportState,
    /// The names of the columns, as the file has them, or their numbers.
    pub columns: Vec<String>,
    /// How rows are made into records.
    pub options: ImportOptions,
    /// How many rows there are.
    pub rows: i32,
    /// Up to which row it has come in this state.
    pub position: i32,
    /// What became of the rows until there.
    pub counts: Counts,
    /// Why it was given up.
    pub failure: Option<String>,
    /// Who uploaded it. Nobody else sees it.
    pub owner: UserId,
    /// The key by which it was set to work, whose limits hold for it.
    pub api_key: Option<ApiKeyId>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it last came further.
    pub updated_at: DateTime<Utc>,
}

impl Import {
    /// The import in another state, at its first row.
    #[must_use]
    pub fn begin(self, state: ImportState, now: DateTime<Utc>) -> Self {
        let counts = match state {
            // What was created and updated is what is taken back.
            ImportState::Reverting => self.counts,
            _ => Counts::default(),
        };
        Self {
            state,
            position: 0,
            counts,
            failure: None,
            updated_at: now,
            ..self
        }
    }

    /// The import, given up.
    #[must_use]
    pub fn fail(self, failure: String, now: DateTime<Utc>) -> Self {
        Self {
            state: ImportState::Failed,
            failure: Some(failure),
            updated_at: now,
            ..self
        }
    }
}

/// A row of an uploaded table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// Counts the rows, from 1.
    pub number: i32,
    /// The line of the file in which it begins, from 1.
    pub line: i32,
    /// Its cells.
    pub cells: Vec<String>,
    /// Why it can be made into no record, whatever the options are.
    pub problem: Option<String>,
}

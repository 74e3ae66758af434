//! What happens in the CRM, as typed events: each becomes a row of the activity log and of the outbox.

mod catalogue;
mod feed;
mod user;

pub use catalogue::{EventType, catalogue};
pub use feed::{FeedEvent, FeedPlace};
pub use user::{RecordsReassigned, SessionsEnded};

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::activity::{Changes, RecordRef};
use crate::assignment::Strategy;
use crate::customer::Customer;
use crate::export::Exportable;
use crate::ids::{
    ApiKeyId, AssignmentRuleId, CustomFieldId, CustomerId, JobId, LeadId, NoteId, RoleId,
    SessionId, TaskId, TeamId, UserId, ViewId,
};
use crate::import::Importable;
use crate::lead::Lead;
use crate::permission::Resource;
use crate::task::Task;
use crate::text::RuleName;

/// Something that happened to one record. What is said of its type and of its fields stands in the catalogue.
pub trait Event: Serialize + JsonSchema + Send + Sync + 'static {
    /// The stable name: `lead.converted`.
    const NAME: &'static str;
    /// The kind of record that it happens to.
    const RESOURCE: Resource;
    /// The version of the payload; a change that old readers cannot take raises it.
    const VERSION: i16 = 1;

    /// The id of the record it happened to.
    fn record_id(&self) -> Uuid;

    /// The record it happened to.
    fn record(&self) -> RecordRef {
        RecordRef {
            resource: Self::RESOURCE,
            id: self.record_id(),
        }
    }

    /// The fields that it changed.
    fn changes(&self) -> Changes {
        Changes::default()
    }
}

macro_rules! events {
    ($($(#[$doc:meta])* $event:ident = $event_name:literal on $resource:ident($id:ident: $id_type:ty) $([$changes:ident])? {
        $($(#[$field_doc:meta])* $field:ident: $field_type:ty,)*
    })*) => {
        /// The events below, in their order.
        fn declared() -> Vec<EventType> {
            vec![$(EventType::of::<$event>()),*]
        }

        #[cfg(test)]
        const ROUND_TRIPS: &[fn()] = &[$(catalogue::tests::round_trip::<$event>),*];

        $(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase")]
        pub struct $event {
            /// The record it happened to.
            pub $id: $id_type,
            $($(#[$field_doc])* pub $field: $field_type,)*
        }

        impl Event for $event {
            const NAME: &'static str = $event_name;
            const RESOURCE: Resource = Resource::$resource;

            fn record_id(&self) -> Uuid {
                self.$id.uuid()
            }

            $(fn changes(&self) -> Changes {
                self.$changes.clone()
            })?
        }
        )*
    };
}

events! {
    /// A lead was made.
    LeadCreated = "lead.created" on LEAD(lead_id: LeadId) [changes] {
        /// The fields it was made with.
        changes: Changes,
    }

    /// Fields of a lead were changed.
    LeadEdited = "lead.edited" on LEAD(lead_id: LeadId) [changes] {
        /// The fields that changed.
        changes: Changes,
    }

    /// A lead that an import had made was taken back, as if it had never been there.
    LeadDeleted = "lead.deleted" on LEAD(lead_id: LeadId) [changes] {
        /// The fields that it had.
        changes: Changes,
    }

    /// A lead was put away.
    LeadArchived = "lead.archived" on LEAD(lead_id: LeadId) [changes] {
        /// The field that says so.
        changes: Changes,
    }

    /// A lead was taken back from the archive.
    LeadRestored = "lead.restored" on LEAD(lead_id: LeadId) [changes] {
        /// The field that says so.
        changes: Changes,
    }

    /// A rule gave a lead to somebody. What that changed stands in the event before it, of the same transaction.
    LeadAssigned = "lead.assigned" on LEAD(lead_id: LeadId) [changes] {
        /// To whom.
        assigned_agent: UserId,
        /// The rule.
        rule_id: AssignmentRuleId,
        /// Its name.
        rule_name: RuleName,
        /// How it picks.
        strategy: Strategy,
        /// Why it picked this user.
        reason: String,
        /// The same, as the activity log has it.
        changes: Changes,
    }

    /// A lead became a customer.
    LeadConverted = "lead.converted" on LEAD(lead_id: LeadId) [changes] {
        /// The customer it became.
        customer_id: CustomerId,
        /// The fields of the lead that changed.
        changes: Changes,
    }

    /// The conversion of a lead was undone: it is Qualified again.
    LeadUnconverted = "lead.unconverted" on LEAD(lead_id: LeadId) [changes] {
        /// The customer it had become.
        customer_id: CustomerId,
        /// The fields of the lead that changed.
        changes: Changes,
    }

    /// Other leads were merged into one.
    LeadMerged = "lead.merged" on LEAD(lead_id: LeadId) [changes] {
        /// The leads it took in.
        sources: Vec<LeadId>,
        /// The fields that changed.
        changes: Changes,
    }

    /// The newest merge into a lead was undone.
    LeadUnmerged = "lead.unmerged" on LEAD(lead_id: LeadId) [changes] {
        /// The leads that are at hand again.
        sources: Vec<LeadId>,
        /// The fields that changed.
        changes: Changes,
    }

    /// A customer was made.
    CustomerCreated = "customer.created" on CUSTOMER(customer_id: CustomerId) [changes] {
        /// The fields it was made with.
        changes: Changes,
    }

    /// Fields of a customer were changed.
    CustomerEdited = "customer.edited" on CUSTOMER(customer_id: CustomerId) [changes] {
        /// The fields that changed.
        changes: Changes,
    }

    /// A customer that an import had made was taken back, as if it had never been there.
    CustomerDeleted = "customer.deleted" on CUSTOMER(customer_id: CustomerId) [changes] {
        /// The fields that it had.
        changes: Changes,
    }

    /// A customer was put away.
    CustomerArchived = "customer.archived" on CUSTOMER(customer_id: CustomerId) [changes] {
        /// The field that says so.
        changes: Changes,
    }

    /// A customer was taken back from the archive.
    CustomerRestored = "customer.restored" on CUSTOMER(customer_id: CustomerId) [changes] {
        /// The field that says so.
        changes: Changes,
    }

    /// Other customers were merged into one.
    CustomerMerged = "customer.merged" on CUSTOMER(customer_id: CustomerId) [changes] {
        /// The customers it took in.
        sources: Vec<CustomerId>,
        /// The fields that changed.
        changes: Changes,
    }

    /// The newest merge into a customer was undone.
    CustomerUnmerged = "customer.unmerged" on CUSTOMER(customer_id: CustomerId) [changes] {
        /// The customers who are at hand again.
        sources: Vec<CustomerId>,
        /// The fields that changed.
        changes: Changes,
    }

    /// Somebody wrote a note about a customer.
    CustomerNoteAdded = "customer.note-added" on CUSTOMER(customer_id: CustomerId) [changes] {
        /// The note.
        note_id: NoteId,
        /// What was written.
        changes: Changes,
    }

    /// A note about a customer was taken away. Its text stays in the activity log.
    CustomerNoteRemoved = "customer.note-removed" on CUSTOMER(customer_id: CustomerId) [changes] {
        /// The note.
        note_id: NoteId,
        /// What had been written.
        changes: Changes,
    }

    /// A task was made.
    TaskCreated = "task.created" on TASK(task_id: TaskId) [changes] {
        /// The fields it was made with.
        changes: Changes,
    }

    /// Fields of a task were changed.
    TaskEdited = "task.edited" on TASK(task_id: TaskId) [changes] {
        /// The fields that changed.
        changes: Changes,
    }

    /// A task was put away.
    TaskArchived = "task.archived" on TASK(task_id: TaskId) [changes] {
        /// The field that says so.
        changes: Changes,
    }

    /// A task was taken back from the archive.
    TaskRestored = "task.restored" on TASK(task_id: TaskId) [changes] {
        /// The field that says so.
        changes: Changes,
    }

    /// The instant has come at which somebody was to be reminded of a task.
    TaskReminderDue = "task.reminder-due" on TASK(task_id: TaskId) {
        /// Who is to be reminded: who does the task, else its maker; `None` when neither is a user.
        user_id: Option<UserId>,
        /// The instant.
        remind_at: DateTime<Utc>,
    }

    /// A user was made.
    UserCreated = "user.created" on USER(user_id: UserId) [changes] {
        /// The fields they were made with.
        changes: Changes,
    }

    /// Fields of a user were changed.
    UserEdited = "user.edited" on USER(user_id: UserId) [changes] {
        /// The fields that changed.
        changes: Changes,
    }

    /// A user may no longer sign in.
    UserDisabled = "user.disabled" on USER(user_id: UserId) [changes] {
        /// The fields that changed.
        changes: Changes,
    }

    /// A user may sign in again.
    UserEnabled = "user.enabled" on USER(user_id: UserId) [changes] {
        /// The fields that changed.
        changes: Changes,
    }

    /// A team was made.
    TeamCreated = "team.created" on TEAM(team_id: TeamId) [changes] {
        /// The fields it was made with.
        changes: Changes,
    }

    /// A team has another name.
    TeamEdited = "team.edited" on TEAM(team_id: TeamId) [changes] {
        /// The fields that changed.
        changes: Changes,
    }

    /// A team is no more.
    TeamDeleted = "team.deleted" on TEAM(team_id: TeamId) [changes] {
        /// The fields that it had.
        changes: Changes,
    }

    /// A role was made.
    RoleCreated = "role.created" on ROLE(role_id: RoleId) [changes] {
        /// The fields it was made with.
        changes: Changes,
    }

    /// A role grants something else, or has another name.
    RoleEdited = "role.edited" on ROLE(role_id: RoleId) [changes] {
        /// The fields that changed.
        changes: Changes,
    }

    /// A role is no more.
    RoleDeleted = "role.deleted" on ROLE(role_id: RoleId) [changes] {
        /// The fields that it had.
        changes: Changes,
    }

    /// An assignment rule was made.
    AssignmentRuleCreated = "assignment-rule.created" on ASSIGNMENT_RULE(assignment_rule_id: AssignmentRuleId) [changes] {
        /// The fields it was made with.
        changes: Changes,
    }

    /// An assignment rule says something else, or stands elsewhere in the list.
    AssignmentRuleEdited = "assignment-rule.edited" on ASSIGNMENT_RULE(assignment_rule_id: AssignmentRuleId) [changes] {
        /// The fields that changed.
        changes: Changes,
    }

    /// An assignment rule is no more.
    AssignmentRuleDeleted = "assignment-rule.deleted" on ASSIGNMENT_RULE(assignment_rule_id: AssignmentRuleId) [changes] {
        /// The fields that it had.
        changes: Changes,
    }

    /// A key for programs was made. Its secret is never recorded.
    ApiKeyCreated = "api-key.created" on API_KEY(api_key_id: ApiKeyId) [changes] {
        /// The fields it was made with.
        changes: Changes,
    }

    /// A key for programs works no more.
    ApiKeyRevoked = "api-key.revoked" on API_KEY(api_key_id: ApiKeyId) {
        /// Whose key it was.
        owner: UserId,
    }

    /// A job that had failed for good is to run again.
    JobRetried = "job.retried" on JOB(job_id: JobId) [changes] {
        /// What kind of job, and that it is ready again.
        changes: Changes,
    }

    /// A custom field was defined.
    CustomFieldCreated = "custom-field.created" on CUSTOM_FIELD(custom_field_id: CustomFieldId) [changes] {
        /// What it is.
        changes: Changes,
    }

    /// A custom field was defined otherwise.
    CustomFieldEdited = "custom-field.edited" on CUSTOM_FIELD(custom_field_id: CustomFieldId) [changes] {
        /// What changed.
        changes: Changes,
    }

    /// A custom field was put away. Records keep its values.
    CustomFieldArchived = "custom-field.archived" on CUSTOM_FIELD(custom_field_id: CustomFieldId) [changes] {
        /// The field that says so.
        changes: Changes,
    }

    /// A custom field was taken back from the archive.
    CustomFieldRestored = "custom-field.restored" on CUSTOM_FIELD(custom_field_id: CustomFieldId) [changes] {
        /// The field that says so.
        changes: Changes,
    }

    /// A list was saved as a view.
    ViewCreated = "view.created" on VIEW(view_id: ViewId) [changes] {
        /// The fields it was made with.
        changes: Changes,
    }

    /// Fields of a saved view were changed.
    ViewEdited = "view.edited" on VIEW(view_id: ViewId) [changes] {
        /// The fields that changed.
        changes: Changes,
    }

    /// A saved view is no more.
    ViewDeleted = "view.deleted" on VIEW(view_id: ViewId) [changes] {
        /// The fields that it had.
        changes: Changes,
    }

    /// A user's password was changed; the password itself is never recorded.
    PasswordChanged = "user.password-changed" on USER(user_id: UserId) {}

    /// A user began to set up a second factor, which does not count yet.
    SecondFactorStarted = "user.second-factor-started" on USER(user_id: UserId) {}

    /// A user signs in with a second factor from now on. Its secret is never recorded.
    SecondFactorEnabled = "user.second-factor-enabled" on USER(user_id: UserId) {}

    /// A user signs in without a second factor from now on.
    SecondFactorRemoved = "user.second-factor-removed" on USER(user_id: UserId) {}

    /// A user used up one of their recovery codes.
    RecoveryCodeUsed = "user.recovery-code-used" on USER(user_id: UserId) {
        /// How many are left.
        left: i64,
    }

    /// A user has new recovery codes instead of those before.
    RecoveryCodesRenewed = "user.recovery-codes-renewed" on USER(user_id: UserId) {}

    /// A link was made by which the user sets a password; the link itself is never recorded.
    PasswordLinkIssued = "user.password-link-issued" on USER(user_id: UserId) {}

    /// Somebody failed to sign in, or a user to prove once more who they are. For an address that nobody has, the user
    /// is the nil id; what was typed is not kept, since it may be a password.
    SignInFailed = "user.sign-in-failed" on USER(user_id: UserId) {}

    /// A user signed in.
    SessionStarted = "session.started" on USER(user_id: UserId) {
        /// The new session.
        session_id: SessionId,
    }
}

/// What happens to users as records, which whoever may read users sees in the activity log. All else that is told of users
/// is about how they sign in, and is for those who manage them.
pub const OF_USERS_AS_RECORDS: [&str; 5] = [
    UserCreated::NAME,
    UserEdited::NAME,
    UserDisabled::NAME,
    UserEnabled::NAME,
    RecordsReassigned::NAME,
];

/// What happens to many records at once: these events name an import or an export where others name a record, and are in
/// nobody's timeline.
pub const OF_MANY_RECORDS: [&str; 12] = [
    <Lead as Importable>::STARTED,
    <Lead as Importable>::IMPORTED,
    <Lead as Importable>::REVERTED,
    <Customer as Importable>::STARTED,
    <Customer as Importable>::IMPORTED,
    <Customer as Importable>::REVERTED,
    <Lead as Exportable>::STARTED,
    <Lead as Exportable>::EXPORTED,
    <Customer as Exportable>::STARTED,
    <Customer as Exportable>::EXPORTED,
    <Task as Exportable>::STARTED,
    <Task as Exportable>::EXPORTED,
];

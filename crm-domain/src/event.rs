//! What happens in the CRM, as typed events: each becomes a row of the activity log and of the outbox.

use serde::Serialize;
use serde_json::json;

use crate::activity::{Changes, RecordRef};
use crate::ids::{CustomerId, LeadId, SessionId, UserId};
use crate::permission::Resource;

/// Something that happened to one record.
pub trait Event: Serialize + Send + Sync + 'static {
    /// The stable name: `lead.converted`.
    const NAME: &'static str;
    /// The version of the payload; a change that old readers cannot take raises it.
    const VERSION: i16 = 1;

    /// The record it happened to.
    fn record(&self) -> RecordRef;

    /// The fields that it changed.
    fn changes(&self) -> Changes {
        Changes::default()
    }
}

macro_rules! events {
    ($($(#[$doc:meta])* $event:ident = $event_name:literal on $resource:ident($id:ident: $id_type:ty) $([$changes:ident])? {
        $($(#[$field_doc:meta])* $field:ident: $field_type:ty,)*
    })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $event {
            /// The record it happened to.
            pub $id: $id_type,
            $($(#[$field_doc])* pub $field: $field_type,)*
        }

        impl Event for $event {
            const NAME: &'static str = $event_name;

            fn record(&self) -> RecordRef {
                RecordRef { resource: Resource::$resource, id: self.$id.uuid() }
            }

            $(fn changes(&self) -> Changes {
                self.$changes.clone()
            })?
        }
    )*};
}

events! {
    /// A lead was made.
    LeadCreated = "lead.created" on Lead(lead_id: LeadId) [changes] {
        /// The fields it was made with.
        changes: Changes,
    }

    /// Fields of a lead were changed.
    LeadEdited = "lead.edited" on Lead(lead_id: LeadId) [changes] {
        /// The fields that changed.
        changes: Changes,
    }

    /// A lead was put away.
    LeadArchived = "lead.archived" on Lead(lead_id: LeadId) [changes] {
        /// The field that says so.
        changes: Changes,
    }

    /// A lead was taken back from the archive.
    LeadRestored = "lead.restored" on Lead(lead_id: LeadId) [changes] {
        /// The field that says so.
        changes: Changes,
    }

    /// A lead became a customer.
    LeadConverted = "lead.converted" on Lead(lead_id: LeadId) [changes] {
        /// The customer it became.
        customer_id: CustomerId,
        /// The fields of the lead that changed.
        changes: Changes,
    }

    /// A customer was made.
    CustomerCreated = "customer.created" on Customer(customer_id: CustomerId) [changes] {
        /// The fields it was made with.
        changes: Changes,
    }

    /// A user was made.
    UserCreated = "user.created" on User(user_id: UserId) [changes] {
        /// The fields they were made with.
        changes: Changes,
    }

    /// Fields of a user were changed.
    UserEdited = "user.edited" on User(user_id: UserId) [changes] {
        /// The fields that changed.
        changes: Changes,
    }

    /// A user may no longer sign in.
    UserDisabled = "user.disabled" on User(user_id: UserId) [changes] {
        /// The fields that changed.
        changes: Changes,
    }

    /// A user's password was changed; the password itself is never recorded.
    PasswordChanged = "user.password-changed" on User(user_id: UserId) {}

    /// A user signed in.
    SessionStarted = "session.started" on User(user_id: UserId) {
        /// The new session.
        session_id: SessionId,
    }
}

/// Sessions of a user ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionsEnded {
    /// Whose sessions.
    pub user_id: UserId,
    /// Which ones.
    pub session_ids: Vec<SessionId>,
    /// Why: `logout`, `logout-all`, `ended-by-owner`, `ended-by-admin`, `token-reuse`, `password-changed`,
    /// `user-disabled`, `too-many-sessions`.
    pub reason: &'static str,
}

impl Event for SessionsEnded {
    const NAME: &'static str = "session.ended";

    fn record(&self) -> RecordRef {
        RecordRef {
            resource: Resource::User,
            id: self.user_id.uuid(),
        }
    }

    /// The log must tell a theft from a sign-out.
    fn changes(&self) -> Changes {
        Changes::created(vec![("reason", json!(self.reason))])
    }
}

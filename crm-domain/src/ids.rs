//! Identifiers: one type a kind of record, so that a user's id cannot be passed for a lead's.
//!
//! All are UUIDs of version 7: sorted by time of creation, made by the application.

/// Makes a type of ids. Plugins have theirs by it too; it takes the crates chrono, schemars, serde and uuid.
#[macro_export]
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(transparent)]
        pub struct $name(uuid::Uuid);

        impl $name {
            /// A new id for a record made `at`, unique by 74 random bits.
            #[must_use]
            pub fn new(at: chrono::DateTime<chrono::Utc>, random: [u8; 10]) -> Self {
                let millis = u64::try_from(at.timestamp_millis()).unwrap_or_default();
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
            }

            /// The id that this UUID is.
            #[must_use]
            pub const fn from_uuid(uuid: uuid::Uuid) -> Self {
                Self(uuid)
            }

            /// The bare UUID.
            #[must_use]
            pub const fn uuid(self) -> uuid::Uuid {
                self.0
            }

            /// The bare UUID, borrowed.
            #[must_use]
            pub const fn as_uuid(&self) -> &uuid::Uuid {
                &self.0
            }
        }

        impl From<uuid::Uuid> for $name {
            fn from(uuid: uuid::Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for uuid::Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(s: &str) -> Result<Self, Self::Err> {
                <uuid::Uuid as std::str::FromStr>::from_str(s).map(Self)
            }
        }
    };
}

id!(
    /// Identifies the definition of a custom field.
    CustomFieldId
);
id!(
    /// Identifies a lead.
    LeadId
);
id!(
    /// Identifies a customer.
    CustomerId
);
id!(
    /// Identifies a note on a customer.
    NoteId
);
id!(
    /// Identifies a task.
    TaskId
);
id!(
    /// Identifies a user.
    UserId
);
id!(
    /// Identifies a role.
    RoleId
);
id!(
    /// Identifies a team.
    TeamId
);
id!(
    /// Identifies an assignment rule.
    AssignmentRuleId
);
id!(
    /// Identifies an API key of a user.
    ApiKeyId
);
id!(
    /// Identifies a signed-in session of a user.
    SessionId
);
id!(
    /// Identifies a saved view.
    ViewId
);
id!(
    /// Identifies the merge of some records into one.
    MergeId
);
id!(
    /// Identifies a row of the activity log.
    ActivityId
);
id!(
    /// Identifies an event in the outbox.
    EventId
);
id!(
    /// Identifies a job in the queue.
    JobId
);
id!(
    /// Identifies an import.
    ImportId
);
id!(
    /// Identifies one time that somebody took many records out.
    ExportId
);
id!(
    /// Identifies one attempt to do what an idempotency key stands for.
    ClaimId
);
id!(
    /// Identifies one request to the server, in answers, logs and the activity log.
    RequestId
);

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    proptest! {
        #[test]
        fn an_id_survives_printing_and_parsing(bytes: [u8; 16]) {
            let id = LeadId::from(Uuid::from_bytes(bytes));
            prop_assert_eq!(id.to_string().parse::<LeadId>(), Ok(id));
        }

        #[test]
        fn ids_sort_by_time(a in 0i64..4_102_444_800_000, b in 0i64..4_102_444_800_000, random: [u8; 10]) {
            let at = |millis| DateTime::from_timestamp_millis(millis).unwrap();
            prop_assume!(a < b);
            prop_assert!(LeadId::new(at(a), random) < LeadId::new(at(b), random));
        }

        #[test]
        fn no_input_makes_parsing_an_id_panic(s: String) {
            let _ = s.parse::<LeadId>();
        }
    }
}

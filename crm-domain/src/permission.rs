//! The names of what can be done to what, and how far. Who may do it is decided in `crm-authz`.

mod catalogue;

pub use catalogue::{Catalogue, Described, UnknownPermission};

use std::fmt;

use crate::activity::Entry;
use crate::api_key::ApiKey;
use crate::assignment::AssignmentRule;
use crate::custom_field::FieldDefinition;
use crate::customer::Customer;
use crate::ids::UserId;
use crate::job::QueuedJob;
use crate::lead::Lead;
use crate::role::RoleDefinition;
use crate::task::Task;
use crate::team::Team;
use crate::user::User;
use crate::view::View;

macro_rules! names {
    ($(#[$doc:meta])* $enum:ident { $($(#[$variant_doc:meta])* $variant:ident = $name:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $enum {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $enum {
            /// All there are, in the order in which they are listed.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in permissions, the activity log, the database and the API document.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }

        impl std::fmt::Display for $enum {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $enum {
            type Err = $crate::text::TextError;

            fn from_str(name: &str) -> Result<Self, $crate::text::TextError> {
                let found = Self::ALL.iter().find(|known| known.as_str() == name);
                found.copied().ok_or_else(|| $crate::text::TextError::not_one_of(&[$($name),*]))
            }
        }
    };
}

pub(crate) use names;

/// A kind of record that permissions speak of: the core's, or one of a plugin's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Resource(&'static str);

macro_rules! resources {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        impl Resource {
            $($(#[$doc])* pub const $name: Self = Self($text);)*

            /// Those of the core, in the order in which they are listed.
            pub const CORE: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

resources! {
    /// Leads.
    LEAD = "lead";
    /// Customers.
    CUSTOMER = "customer";
    /// Tasks.
    TASK = "task";
    /// Figures about leads, customers and tasks.
    ANALYTICS = "analytics";
    /// Users of the workspace.
    USER = "user";
    /// Teams of users.
    TEAM = "team";
    /// Roles of users.
    ROLE = "role";
    /// Rules by which leads are handed out.
    ASSIGNMENT_RULE = "assignmentRule";
    /// Keys by which programs act for a user.
    API_KEY = "apiKey";
    /// Signed-in sessions of users.
    SESSION = "session";
    /// Work that waits in the queue, or failed for good.
    JOB = "job";
    /// Entries of the activity log.
    ACTIVITY = "activity";
    /// Definitions of custom fields.
    CUSTOM_FIELD = "customField";
    /// Tags on records of all kinds.
    TAG = "tag";
    /// Saved views of lists.
    VIEW = "view";
}

impl Resource {
    /// A plugin's own: `deals.deal`, the id of the plugin and a noun. That it is the plugin's own is checked when it
    /// registers a permission on it.
    #[must_use]
    pub const fn of_plugin(name: &'static str) -> Self {
        Self(name)
    }

    /// The core's of this name.
    #[must_use]
    pub fn of_core(name: &str) -> Option<Self> {
        let mut all = Self::CORE.iter().copied();
        all.find(|known| known.0 == name)
    }

    /// The name in permissions, the activity log, the database and the API document.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

names! {
    /// Something that can be done to a record.
    Action {
        /// See it, count it, find it.
        Read = "read",
        /// Make a new one.
        Create = "create",
        /// Change it, archive and restore it included.
        Update = "update",
        /// Archive it (a soft delete).
        Delete = "delete",
        /// Turn a lead into a customer.
        Convert = "convert",
        /// Give it to somebody.
        Assign = "assign",
        /// Make one of several, and take them apart again.
        Merge = "merge",
        /// Show it to others.
        Share = "share",
        /// Take many out at once, as a file.
        Export = "export",
        /// Make and change many at once, from a file.
        Import = "import",
        /// Do all that is done to keep others' access in order.
        Manage = "manage",
    }
}

names! {
    /// How far a grant reaches, from narrow to wide. Each takes in the ones before it.
    Extent {
        /// The records assigned to the user, and those that the user made and nobody is assigned to.
        Own = "own",
        /// And those that a member of one of the user's teams made and nobody is assigned to: what waits to be taken.
        Queue = "queue",
        /// And those assigned to a member of one of the user's teams.
        Team = "team",
        /// Every record.
        All = "all",
    }
}

/// A type of record that permissions speak of, so that a permission for one cannot be used for another.
pub trait Record {
    /// Its kind.
    const RESOURCE: Resource;

    /// Whose record it is.
    fn ownership(&self) -> Ownership;
}

/// Whose a record is: the user it is assigned to, else the one who made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ownership {
    /// Who works on it.
    pub assigned_to: Option<UserId>,
    /// Who made it; `None` for the system.
    pub created_by: Option<UserId>,
}

impl Ownership {
    /// Nobody's, like what belongs to the whole workspace.
    pub const NOBODY: Self = Self {
        assigned_to: None,
        created_by: None,
    };

    /// This user's.
    #[must_use]
    pub const fn of(user: UserId) -> Self {
        Self {
            assigned_to: Some(user),
            created_by: None,
        }
    }

    /// The owner.
    #[must_use]
    pub fn owner(self) -> Option<UserId> {
        self.assigned_to.or(self.created_by)
    }
}

impl Record for Lead {
    const RESOURCE: Resource = Resource::LEAD;

    fn ownership(&self) -> Ownership {
        Ownership {
            assigned_to: self.assigned_agent,
            created_by: self.created_by,
        }
    }
}

impl Record for Customer {
    const RESOURCE: Resource = Resource::CUSTOMER;

    fn ownership(&self) -> Ownership {
        Ownership {
            assigned_to: self.owner,
            created_by: self.created_by,
        }
    }
}

impl Record for Task {
    const RESOURCE: Resource = Resource::TASK;

    fn ownership(&self) -> Ownership {
        Ownership {
            assigned_to: self.assigned_to,
            created_by: self.created_by,
        }
    }
}

impl Record for User {
    const RESOURCE: Resource = Resource::USER;

    fn ownership(&self) -> Ownership {
        Ownership::of(self.id)
    }
}

impl Record for Team {
    const RESOURCE: Resource = Resource::TEAM;

    fn ownership(&self) -> Ownership {
        Ownership::NOBODY
    }
}

impl Record for RoleDefinition {
    const RESOURCE: Resource = Resource::ROLE;

    fn ownership(&self) -> Ownership {
        Ownership::NOBODY
    }
}

impl Record for QueuedJob {
    const RESOURCE: Resource = Resource::JOB;

    fn ownership(&self) -> Ownership {
        Ownership::NOBODY
    }
}

impl Record for AssignmentRule {
    const RESOURCE: Resource = Resource::ASSIGNMENT_RULE;

    fn ownership(&self) -> Ownership {
        Ownership::NOBODY
    }
}

impl Record for Entry {
    const RESOURCE: Resource = Resource::ACTIVITY;

    /// An entry is of the user who acted, whoever's the record is.
    fn ownership(&self) -> Ownership {
        Ownership {
            assigned_to: self.by.user(),
            created_by: None,
        }
    }
}

impl Record for ApiKey {
    const RESOURCE: Resource = Resource::API_KEY;

    fn ownership(&self) -> Ownership {
        Ownership::of(self.owner)
    }
}

impl Record for FieldDefinition {
    const RESOURCE: Resource = Resource::CUSTOM_FIELD;

    fn ownership(&self) -> Ownership {
        Ownership::NOBODY
    }
}

impl Record for View {
    const RESOURCE: Resource = Resource::VIEW;

    fn ownership(&self) -> Ownership {
        Ownership::of(self.owner)
    }
}

/// One permission: an action on a kind of record, written `lead:read`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Permission {
    /// On what.
    pub resource: Resource,
    /// To do what.
    pub action: Action,
}

impl Permission {
    /// `action` on `resource`.
    #[must_use]
    pub const fn new(resource: Resource, action: Action) -> Self {
        Self { resource, action }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.resource, self.action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extents_go_from_narrow_to_wide() {
        assert!(Extent::ALL.is_sorted());
    }
}

//! The names of what can be done to what, and how far. Who may do it is decided in `crm-authz`.

use std::fmt;
use std::str::FromStr;

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

names! {
    /// A kind of record that permissions speak of.
    Resource {
        /// Leads.
        Lead = "lead",
        /// Customers.
        Customer = "customer",
        /// Tasks.
        Task = "task",
        /// Figures about leads, customers and tasks.
        Analytics = "analytics",
        /// Users of the workspace.
        User = "user",
        /// Teams of users.
        Team = "team",
        /// Roles of users.
        Role = "role",
        /// Rules by which leads are handed out.
        AssignmentRule = "assignmentRule",
        /// Keys by which programs act for a user.
        ApiKey = "apiKey",
        /// Signed-in sessions of users.
        Session = "session",
        /// Work that waits in the queue, or failed for good.
        Job = "job",
        /// Entries of the activity log.
        Activity = "activity",
        /// Definitions of custom fields.
        CustomField = "customField",
        /// Tags on records of all kinds.
        Tag = "tag",
        /// Saved views of lists.
        View = "view",
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
    const RESOURCE: Resource = Resource::Lead;

    fn ownership(&self) -> Ownership {
        Ownership {
            assigned_to: self.assigned_agent,
            created_by: self.created_by,
        }
    }
}

impl Record for Customer {
    const RESOURCE: Resource = Resource::Customer;

    fn ownership(&self) -> Ownership {
        Ownership {
            assigned_to: self.owner,
            created_by: self.created_by,
        }
    }
}

impl Record for Task {
    const RESOURCE: Resource = Resource::Task;

    fn ownership(&self) -> Ownership {
        Ownership {
            assigned_to: self.assigned_to,
            created_by: self.created_by,
        }
    }
}

impl Record for User {
    const RESOURCE: Resource = Resource::User;

    fn ownership(&self) -> Ownership {
        Ownership::of(self.id)
    }
}

impl Record for Team {
    const RESOURCE: Resource = Resource::Team;

    fn ownership(&self) -> Ownership {
        Ownership::NOBODY
    }
}

impl Record for RoleDefinition {
    const RESOURCE: Resource = Resource::Role;

    fn ownership(&self) -> Ownership {
        Ownership::NOBODY
    }
}

impl Record for QueuedJob {
    const RESOURCE: Resource = Resource::Job;

    fn ownership(&self) -> Ownership {
        Ownership::NOBODY
    }
}

impl Record for AssignmentRule {
    const RESOURCE: Resource = Resource::AssignmentRule;

    fn ownership(&self) -> Ownership {
        Ownership::NOBODY
    }
}

impl Record for Entry {
    const RESOURCE: Resource = Resource::Activity;

    /// An entry is of the user who acted, whoever's the record is.
    fn ownership(&self) -> Ownership {
        Ownership {
            assigned_to: self.by.user(),
            created_by: None,
        }
    }
}

impl Record for ApiKey {
    const RESOURCE: Resource = Resource::ApiKey;

    fn ownership(&self) -> Ownership {
        Ownership::of(self.owner)
    }
}

impl Record for FieldDefinition {
    const RESOURCE: Resource = Resource::CustomField;

    fn ownership(&self) -> Ownership {
        Ownership::NOBODY
    }
}

impl Record for View {
    const RESOURCE: Resource = Resource::View;

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

    /// Every permission there is.
    pub fn all() -> impl Iterator<Item = Self> {
        use Action::{
            Assign, Convert, Create, Delete, Export, Import, Manage, Merge, Read, Share, Update,
        };
        let of = |resource, actions: &'static [Action]| {
            actions
                .iter()
                .map(move |action| Self::new(resource, *action))
        };
        of(
            Resource::Lead,
            &[
                Read, Create, Update, Delete, Convert, Assign, Export, Import, Merge, Manage,
            ],
        )
        .chain(of(
            Resource::Customer,
            &[Read, Create, Update, Delete, Assign, Export, Import, Merge],
        ))
        .chain(of(
            Resource::Task,
            &[Read, Create, Update, Delete, Assign, Export],
        ))
        .chain(of(Resource::Analytics, &[Read]))
        .chain(of(Resource::User, &[Read, Create, Update, Manage]))
        .chain(of(Resource::Team, &[Read, Manage]))
        .chain(of(Resource::Role, &[Read, Manage]))
        .chain(of(Resource::AssignmentRule, &[Read, Manage]))
        .chain(of(Resource::ApiKey, &[Manage]))
        .chain(of(Resource::Job, &[Read, Manage]))
        .chain(of(Resource::Activity, &[Read]))
        .chain(of(Resource::CustomField, &[Manage]))
        .chain(of(Resource::Tag, &[Manage]))
        .chain(of(Resource::View, &[Share, Manage]))
    }

    /// What it allows, for a person.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        use Action::{
            Assign, Convert, Create, Delete, Export, Import, Manage, Merge, Read, Share, Update,
        };
        match (self.resource, self.action) {
            (Resource::Lead, Manage) => "undo conversions",
            (Resource::User, Manage) => {
                "give users roles and teams, disable and enable them, end their sessions, renew their passwords, remove their second factors"
            }
            (Resource::Team, Manage) => "make, rename and delete teams, and say who is in them",
            (Resource::Role, Manage) => "make, change and delete roles",
            (Resource::Job, Manage) => "run jobs again that failed for good",
            (Resource::AssignmentRule, Manage) => {
                "make, change, order and delete the rules by which leads are handed out"
            }
            (Resource::ApiKey, Manage) => "make and revoke API keys of others and of service users",
            (Resource::Activity, Read) => {
                "see who did what to the records that one sees, in the activity log"
            }
            (Resource::Analytics, Read) => "see figures of the records they may see",
            (Resource::CustomField, Manage) => {
                "say which custom fields leads, customers and tasks have"
            }
            (Resource::Tag, Manage) => "rename and merge tags, on records that one may change",
            (_, Read) => "see them, count them, find them",
            (_, Create) => "make new ones",
            (_, Update) => "change them, restore archived ones",
            (_, Delete) => "archive them",
            (_, Convert) => "turn them into customers",
            (_, Assign) => "give them to others",
            (Resource::View, Manage) => "change and delete shared views of others",
            (_, Merge) => "make one of several, and take them apart again",
            (_, Import) => {
                "make and change them from a file, as far as the other permissions allow"
            }
            (_, Export) => "take out as a file those that they see",
            (_, Share) => "show them to others, and change what others see",
            (_, Manage) => "keep them in order",
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.resource, self.action)
    }
}

/// There is no such permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a permission")]
pub struct UnknownPermission;

impl FromStr for Permission {
    type Err = UnknownPermission;

    fn from_str(name: &str) -> Result<Self, UnknownPermission> {
        let (resource, action) = name.split_once(':').ok_or(UnknownPermission)?;
        let resource = resource.parse().map_err(|_| UnknownPermission)?;
        let action = action.parse().map_err(|_| UnknownPermission)?;
        let permission = Self::new(resource, action);
        Self::all()
            .find(|known| *known == permission)
            .ok_or(UnknownPermission)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_is_read_back_from_its_name() {
        for permission in Permission::all() {
            assert_eq!(permission.to_string().parse(), Ok(permission));
        }
    }

    #[test]
    fn what_is_no_permission_is_refused() {
        for name in [
            "",
            ":",
            "lead",
            "lead:",
            ":read",
            "lead:fly",
            "role:convert",
            "Lead:read",
            "lead:read ",
        ] {
            assert_eq!(name.parse::<Permission>(), Err(UnknownPermission), "{name}");
        }
    }

    #[test]
    fn extents_go_from_narrow_to_wide() {
        assert!(Extent::ALL.is_sorted());
    }
}

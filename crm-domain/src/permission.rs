//! The names of what can be done to what. Who may do it is decided in `crm-authz`.

use std::fmt;

use crate::customer::Customer;
use crate::lead::Lead;
use crate::user::User;

/// A kind of record that permissions speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Resource {
    /// Leads.
    Lead,
    /// Customers.
    Customer,
    /// Users of the workspace.
    User,
    /// Signed-in sessions of users.
    Session,
}

impl Resource {
    /// The name in permissions, events and the activity log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Customer => "customer",
            Self::User => "user",
            Self::Session => "session",
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A type of record that permissions speak of, so that a permission for one cannot be used for another.
pub trait Record {
    /// Its kind.
    const RESOURCE: Resource;
}

impl Record for Lead {
    const RESOURCE: Resource = Resource::Lead;
}

impl Record for Customer {
    const RESOURCE: Resource = Resource::Customer;
}

impl Record for User {
    const RESOURCE: Resource = Resource::User;
}

/// Something that can be done to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// See it, count it, find it.
    Read,
    /// Make a new one.
    Create,
    /// Change it, archive and restore it included.
    Update,
    /// Archive it (a soft delete).
    Delete,
    /// Turn a lead into a customer.
    Convert,
    /// Give it to somebody.
    Assign,
}

impl Action {
    /// The name in permissions and the API document.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Convert => "convert",
            Self::Assign => "assign",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
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

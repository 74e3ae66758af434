//! Who may do what: an actor and an action become a [`Scope`], which every query must carry.
//!
//! The answer is a scope, not a yes or no. Only this crate makes one, storage turns it into SQL, and no query
//! runs without it.
//!
//! What roles grant is written for [casbin](https://casbin.org): `policy/base.csv` for the built-in roles, rows of the
//! database for those that people make. Casbin is never asked during a request. Its rules are expanded into a table,
//! which together with the users, their roles and their teams is one immutable [`Access`], swapped whole.

mod access;
mod explain;
mod policy;
mod scope;

pub use access::{Access, Facts, KeyFacts, TeamFacts, UserFacts};
pub use explain::{Explanation, GrantedBy};
pub use policy::{BrokenPolicy, MAX_DEPTH, Policy, RoleFacts};
pub use scope::{Colleagues, Forbidden, Reach, Scope};

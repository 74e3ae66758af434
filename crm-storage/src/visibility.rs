//! A scope as a condition in SQL. Every query on records takes one.

use crm_authz::{Reach, Scope};
use uuid::Uuid;

/// Whose records a scope reaches; `None` is everybody's.
///
/// Storage compares it with a record's `owner_id`: the user it is assigned to, else its maker.
pub(crate) fn owner<R>(scope: &Scope<R>) -> Option<Uuid> {
    match scope.reach() {
        Reach::Own(user) => Some(user.uuid()),
        Reach::All => None,
    }
}

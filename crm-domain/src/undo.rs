//! Undoing a change to a record, field by field, where nobody changed the field since.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::activity::Changes;
use crate::change::Change;

/// Goes back from what `changes` gave the field to what it held before. A field that holds something else by now stays.
pub(crate) fn undo<T: Serialize + DeserializeOwned>(
    changes: &Changes,
    field: &str,
    held: Option<&T>,
) -> Change<T> {
    let Some((from, to)) = changes.get(field) else {
        return Change::Keep;
    };
    if json!(held) != *to {
        return Change::Keep;
    }
    // What the log holds was valid when it was written.
    serde_json::from_value(from.clone()).map_or(Change::Keep, |before: Option<T>| {
        before.map_or(Change::Clear, Change::Set)
    })
}

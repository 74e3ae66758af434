//! What the activity log tells of imports; what they make and change it tells record by record.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::Counts;
use crate::activity::{Changes, fields};
use crate::customer::Customer;
use crate::event::{Event, EventType};
use crate::ids::ImportId;
use crate::lead::Lead;
use crate::permission::{Record, Resource};

/// A kind of record that can be brought in from a file.
pub trait Importable: Record + 'static {
    /// The name of the event that an import began.
    const STARTED: &'static str;
    /// The name of the event that it ended.
    const IMPORTED: &'static str;
    /// The name of the event that it was taken back.
    const REVERTED: &'static str;
}

impl Importable for Lead {
    const STARTED: &'static str = "lead.import-started";
    const IMPORTED: &'static str = "lead.imported";
    const REVERTED: &'static str = "lead.import-reverted";
}

impl Importable for Customer {
    const STARTED: &'static str = "customer.import-started";
    const IMPORTED: &'static str = "customer.imported";
    const REVERTED: &'static str = "customer.import-reverted";
}

macro_rules! import_events {
    ($($(#[$doc:meta])* $event:ident = $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
        #[serde(rename_all = "camelCase", bound = "")]
        pub struct $event<R> {
            /// The import, which the log names in the place of the many records.
            pub import_id: ImportId,
            /// How many rows there are.
            pub rows: i32,
            /// What became of them.
            pub counts: Counts,
            /// Into what they are made.
            #[serde(skip)]
            pub kind: PhantomData<fn() -> R>,
        }

        impl<R: Importable> Event for $event<R> {
            const NAME: &'static str = R::$name;
            const RESOURCE: Resource = R::RESOURCE;

            fn record_id(&self) -> Uuid {
                self.import_id.uuid()
            }

            fn changes(&self) -> Changes {
                Changes::created(fields([("rows", json!(self.rows)), ("counts", json!(self.counts))]))
            }
        }
    )*};
}

/// The events of imports of one kind of record.
pub(crate) fn event_types<R: Importable>() -> [EventType; 3] {
    [
        EventType::of::<ImportStarted<R>>(),
        EventType::of::<Imported<R>>(),
        EventType::of::<ImportReverted<R>>(),
    ]
}

import_events! {
    /// Rows began to be made into records.
    ImportStarted = STARTED;
    /// All rows were.
    Imported = IMPORTED;
    /// What they did was taken back.
    ImportReverted = REVERTED;
}

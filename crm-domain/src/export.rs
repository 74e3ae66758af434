//! Taking many records out at once: what the activity log tells of it.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::activity::{Changes, Fields, fields};
use crate::custom_field::CustomCondition;
use crate::customer::Customer;
use crate::event::{Event, EventType};
use crate::ids::ExportId;
use crate::lead::Lead;
use crate::permission::{Extent, Record, Resource};
use crate::task::Task;

/// A kind of record that can be taken out as a file.
pub trait Exportable: Record + 'static {
    /// The name of the event that an export began.
    const STARTED: &'static str;
    /// The name of the event that it ended.
    const EXPORTED: &'static str;
}

impl Exportable for Lead {
    const STARTED: &'static str = "lead.export-started";
    const EXPORTED: &'static str = "lead.exported";
}

impl Exportable for Customer {
    const STARTED: &'static str = "customer.export-started";
    const EXPORTED: &'static str = "customer.exported";
}

impl Exportable for Task {
    const STARTED: &'static str = "task.export-started";
    const EXPORTED: &'static str = "task.exported";
}

/// What lists are narrowed by, as the activity log records it and links to lists say it.
pub trait Filter {
    /// Its conditions by their names on the wire; one that does not narrow is `null`.
    fn fields(&self) -> Fields;

    /// How far the records reach at most, of those that somebody may see.
    fn extent(&self) -> Option<Extent> {
        None
    }

    /// Its conditions on custom fields, as they were asked for.
    fn custom(&self) -> &[CustomCondition] {
        &[]
    }

    /// Puts conditions on custom fields in their place.
    fn set_custom(&mut self, _conditions: Vec<CustomCondition>) {}
}

/// The value of a condition that a list of nothing is not.
pub(crate) fn some<T: Serialize>(values: &[T]) -> Value {
    json!((!values.is_empty()).then_some(values))
}

/// Which records are taken out, in which order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Selection {
    /// The conditions that narrow them down.
    pub filter: Map<String, Value>,
    /// The order.
    pub sort: String,
}

impl Selection {
    /// What this filter and this order mean.
    pub fn new(filter: &impl Filter, sort: &impl ToString) -> Self {
        let narrows = |(_, value): &(_, Value)| !value.is_null();
        let conditions = filter.fields().into_iter().filter(narrows);
        Self {
            filter: conditions
                .map(|(name, value)| (name.into_owned(), value))
                .collect(),
            sort: sort.to_string(),
        }
    }

    fn fields(&self) -> Fields {
        fields([("filter", json!(self.filter)), ("sort", json!(self.sort))])
    }
}

/// Somebody began to take records out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", bound = "")]
pub struct ExportStarted<R> {
    /// Identifies the export.
    pub export_id: ExportId,
    /// Which records.
    pub selection: Selection,
    /// Of which kind they are.
    #[serde(skip)]
    pub kind: PhantomData<fn() -> R>,
}

impl<R: Exportable> Event for ExportStarted<R> {
    const NAME: &'static str = R::STARTED;
    const RESOURCE: Resource = R::RESOURCE;

    /// An export is about many records; the log names the export in their place.
    fn record_id(&self) -> Uuid {
        self.export_id.uuid()
    }

    fn changes(&self) -> Changes {
        Changes::created(self.selection.fields())
    }
}

/// Records were taken out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", bound = "")]
pub struct Exported<R> {
    /// Identifies the export.
    pub export_id: ExportId,
    /// Which records.
    pub selection: Selection,
    /// How many were given to who asked for them. What a lost connection kept from them is among these.
    pub rows: u64,
    /// Whether these are all that there were.
    pub is_complete: bool,
    /// Of which kind they are.
    #[serde(skip)]
    pub kind: PhantomData<fn() -> R>,
}

impl<R: Exportable> Event for Exported<R> {
    const NAME: &'static str = R::EXPORTED;
    const RESOURCE: Resource = R::RESOURCE;

    /// An export is about many records; the log names the export in their place.
    fn record_id(&self) -> Uuid {
        self.export_id.uuid()
    }

    fn changes(&self) -> Changes {
        let mut fields = self.selection.fields();
        fields.push(("rows".into(), json!(self.rows)));
        fields.push(("isComplete".into(), json!(self.is_complete)));
        Changes::created(fields)
    }
}

/// The events of exports of one kind of record.
pub(crate) fn event_types<R: Exportable>() -> [EventType; 2] {
    [
        EventType::of::<ExportStarted<R>>(),
        EventType::of::<Exported<R>>(),
    ]
}

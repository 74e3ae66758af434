//! What the operations on views take and give.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use crm_app::views::ListedView;
use crm_domain::change::Change;
use crm_domain::text::Name;
use crm_domain::view::{self, NewView, ViewEdit, ViewFilter, Viewed};
use crm_domain::violation::Violations;
use poem_openapi::Object;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::parameters::{check_list, has_field};
use crate::api::users::UserReference;
use crate::problem::Problem;
use crate::query::QueryParameters;
use crate::wire::{List, NameText, Patch, Text, not_by_poem, wire_enum};

wire_enum! {
    /// What kind of record a view lists.
    #[oai(rename_all = "camelCase")]
    #[serde(rename_all = "camelCase")]
    ViewedResource = view::Viewed {
        /// Leads.
        Lead = "lead",
        /// Customers.
        Customer = "customer",
        /// Tasks.
        Task = "task",
    }
}

/// The longest value of a parameter, in characters.
const MAX_VALUE: usize = 200;

/// The most values of a parameter, and the most parameters.
const MAX_VALUES: usize = 100;

/// The parameters of a list by their names: each a text, yes or no, or several texts.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Filter(ViewFilter);

impl Type for Filter {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "ViewFilter".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        let inline = |schema| MetaSchemaRef::Inline(Box::new(schema));
        let text = || MetaSchema {
            max_length: Some(MAX_VALUE),
            ..MetaSchema::new("string")
        };
        let texts = MetaSchema {
            items: Some(Box::new(inline(text()))),
            max_items: Some(MAX_VALUES),
            ..MetaSchema::new("array")
        };
        let value = MetaSchema {
            one_of: vec![
                inline(text()),
                inline(MetaSchema::new("boolean")),
                inline(texts),
            ],
            ..MetaSchema::ANY
        };
        inline(MetaSchema {
            additional_properties: Some(Box::new(inline(value))),
            max_properties: Some(MAX_VALUES),
            ..MetaSchema::new("object")
        })
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

not_by_poem!([] Filter);

/// The name of a field of a record.
type FieldName = Text<50>;

/// The name of an order: that of a field, or with `-` before it.
type SortName = Text<50>;

/// A list as somebody wants to see it again.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub struct View {
    /// Identifies the view.
    id: Uuid,
    /// What it lists.
    resource: ViewedResource,
    /// Its name, unique among the owner's views of this kind without regard to case.
    name: NameText,
    /// What the list is narrowed by: its parameters by their names.
    filter: Filter,
    /// Its order; the list's own, when `null`.
    sort: Option<SortName>,
    /// The fields that are shown, in this order; those that a client sees fit, when empty.
    #[oai(validator(max_items = 50))]
    columns: Vec<FieldName>,
    /// Whether everybody who may read such records sees the view; otherwise only its owner does.
    is_shared: bool,
    /// Whose view it is.
    owner: UserReference,
    /// Counts writes, from 1.
    #[oai(validator(minimum(value = "1"), maximum(value = "2147483647")))]
    version: i32,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was last changed.
    updated_at: DateTime<Utc>,
}

impl From<ListedView> for View {
    fn from(listed: ListedView) -> Self {
        let ListedView { view, owner } = listed;
        let view::View {
            id,
            owner: _,
            resource,
            name,
            filter,
            sort,
            columns,
            is_shared,
            version,
            created_at,
            updated_at,
        } = view;
        Self {
            id: id.uuid(),
            resource: resource.into(),
            name: (&name).into(),
            filter: Filter(filter),
            sort: sort.as_ref().map(Text::from),
            columns: columns.iter().map(Text::from).collect(),
            is_shared,
            owner: (&owner).into(),
            version,
            created_at,
            updated_at,
        }
    }
}

/// Views.
#[derive(Debug, Serialize, Object)]
pub(super) struct ViewList {
    /// The caller's own and those that are shared, in the order of their names.
    #[oai(validator(max_items = 700))]
    views: Vec<View>,
}

impl From<Vec<ListedView>> for ViewList {
    fn from(views: Vec<ListedView>) -> Self {
        Self {
            views: views.into_iter().map(View::from).collect(),
        }
    }
}

/// Which views are wanted.
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
pub(super) struct ListViews {
    /// Of lists of such records.
    pub(super) resource: Option<ViewedResource>,
}

impl QueryParameters for ListViews {}

/// A new view.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(super) struct CreateView {
    /// What it lists.
    resource: ViewedResource,
    /// Its name.
    name: NameText,
    /// What the list is narrowed by: its parameters by their names, less `sort`, `page`, `limit`, `cursor` and `count`.
    filter: Option<Filter>,
    /// Its order, as the list names it.
    sort: Option<SortName>,
    /// The fields that are shown, in this order.
    #[serde(default)]
    columns: List<FieldName, { view::View::MAX_COLUMNS }>,
    /// Whether others see it, which takes the permission `view:share`.
    is_shared: Option<bool>,
}

impl TryFrom<CreateView> for NewView {
    type Error = Problem;

    fn try_from(body: CreateView) -> Result<Self, Problem> {
        let resource = Viewed::from(body.resource);
        let mut violations = Violations::new();
        let name: Option<Name> = body.name.parse("name", &mut violations);
        let columns = columns(resource, &body.columns, &mut violations);
        let (Some(name), 0) = (name, violations.count()) else {
            return Err(violations.into());
        };
        let filter = body.filter.map(|filter| filter.0).unwrap_or_default();
        let sort = body.sort.map(Text::into_string);
        check_list(resource, &filter, sort.as_deref())?;
        Ok(Self {
            resource,
            name,
            filter,
            sort,
            columns,
            is_shared: body.is_shared.unwrap_or_default(),
        })
    }
}

/// Changes to a view. What it lists stays.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(super) struct EditView {
    /// Its name.
    #[serde(default)]
    name: Patch<NameText>,
    /// What the list is narrowed by, all of it.
    #[serde(default)]
    filter: Patch<Filter>,
    /// Its order; `null` for the list's own.
    #[serde(default)]
    sort: Patch<SortName>,
    /// The fields that are shown, all of them.
    #[serde(default)]
    columns: Patch<List<FieldName, { view::View::MAX_COLUMNS }>>,
    /// Whether others see it. What others see is changed by who has the permission `view:share`.
    #[serde(default)]
    is_shared: Patch<bool>,
}

impl EditView {
    /// The changes to a view that lists these records. What is not given stays, unchecked: a view can be renamed or taken back
    /// although the list has lost a parameter since.
    pub(super) fn of(self, resource: Viewed) -> Result<ViewEdit, Problem> {
        let mut violations = Violations::new();
        let name = self.name.required("name", &mut violations);
        let name = name.and_then(|text| text.parse("name", &mut violations));
        let filter = self.filter.required("filter", &mut violations);
        let filter = filter.map(|filter| filter.0);
        let listed = self.columns.required("columns", &mut violations);
        let listed = listed.map(|listed| columns(resource, &listed, &mut violations));
        let is_shared = self.is_shared.required("isShared", &mut violations);
        violations.into_result()?;
        let sort = self.sort.into_change(|text| Some(text.into_string()));
        let given = filter.clone().unwrap_or_default();
        let order = match &sort {
            Change::Set(sort) => Some(sort.as_str()),
            Change::Keep | Change::Clear => None,
        };
        check_list(resource, &given, order)?;
        Ok(ViewEdit {
            name,
            filter,
            sort,
            columns: listed,
            is_shared,
        })
    }
}

fn columns(resource: Viewed, names: &[FieldName], violations: &mut Violations) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for (i, name) in names.iter().enumerate() {
        let place = format!("columns/{i}");
        if !has_field(resource, name.as_str()) {
            violations.add(&place, "unknown-field", "is not a field of these records");
        } else if kept.iter().any(|earlier| earlier == name.as_str()) {
            violations.add(&place, "duplicate-field", "is given more than once");
        } else {
            kept.push(name.as_str().to_owned());
        }
    }
    kept
}

//! What a view says of a list, checked as the list itself checks it: what is stored can be opened.

use crm_domain::customer::CustomerQuery;
use crm_domain::lead::LeadQuery;
use crm_domain::task::TaskQuery;
use crm_domain::view::{Parameter, ViewFilter, Viewed};
use poem_openapi::registry::{MetaSchema, Registry};
use poem_openapi::types::Type;

use crate::api::customers::{Customer, ListCustomers};
use crate::api::leads::{Lead, ListLeads};
use crate::api::tasks::{ListTasks, Task};
use crate::problem::{FieldError, Problem};
use crate::query::{QueryParameters, parameters};

/// The parameters of lists that do not narrow them. The order of a view has a field of its own.
const NOT_FILTERS: [&str; 5] = ["sort", "page", "limit", "cursor", "count"];

const SORT: &str = "sort";

/// Refuses a filter or an order that the list of these records would refuse.
pub(super) fn check_list(
    viewed: Viewed,
    filter: &ViewFilter,
    sort: Option<&str>,
) -> Result<(), Problem> {
    let foreign = filter
        .0
        .keys()
        .find(|name| NOT_FILTERS.contains(&name.as_str()));
    if let Some(name) = foreign {
        let message = "is not a filter of this list";
        return Err(Problem::invalid(vec![FieldError::field(
            &format!("filter/{name}"),
            "unknown-parameter",
            message,
        )]));
    }
    let mut pairs: Vec<(&str, &str)> = filter.0.iter().flat_map(pairs).collect();
    pairs.extend(sort.map(|sort| (SORT, sort)));
    let query = serde_html_form::to_string(&pairs).map_err(Problem::internal)?;
    let checked = match viewed {
        Viewed::Lead => parse::<ListLeads, LeadQuery>(&query),
        Viewed::Customer => parse::<ListCustomers, CustomerQuery>(&query),
        Viewed::Task => parse::<ListTasks, TaskQuery>(&query),
    };
    checked.map_err(|problem| Problem::invalid(problem.errors().iter().map(in_body).collect()))
}

fn pairs<'a>((name, value): (&'a String, &'a Parameter)) -> Vec<(&'a str, &'a str)> {
    let values = match value {
        Parameter::Flag(true) => vec!["true"],
        Parameter::Flag(false) => vec!["false"],
        Parameter::One(text) => vec![text.as_str()],
        Parameter::Several(texts) => texts.iter().map(String::as_str).collect(),
    };
    values
        .into_iter()
        .map(|value| (name.as_str(), value))
        .collect()
}

fn parse<P, Q>(query: &str) -> Result<(), Problem>
where
    P: QueryParameters,
    Q: TryFrom<P, Error = Problem>,
{
    Q::try_from(parameters(query)?)?;
    Ok(())
}

/// What is wrong with a parameter, told of the field of the body that it comes from.
fn in_body(error: &FieldError) -> FieldError {
    let name = error.parameter.as_deref().unwrap_or_default();
    let path = if name == SORT {
        SORT.to_owned()
    } else {
        format!("filter/{}", name.replace('~', "~0").replace('/', "~1"))
    };
    FieldError::field(&path, &error.code, error.message.clone())
}

/// Whether these records have a field of this name: one that the document shows.
pub(super) fn has_field(viewed: Viewed, name: &str) -> bool {
    let schema = match viewed {
        Viewed::Lead => schema::<Lead>(),
        Viewed::Customer => schema::<Customer>(),
        Viewed::Task => schema::<Task>(),
    };
    schema.is_some_and(|schema| schema.properties.iter().any(|(field, _)| *field == name))
}

fn schema<T: Type>() -> Option<MetaSchema> {
    let mut registry = Registry::new();
    T::register(&mut registry);
    registry.schemas.remove(T::name().as_ref())
}

/// A fuzz target: no query makes reading the parameters of a list fail.
#[cfg(fuzzing)]
pub fn fuzz(query: &str) {
    // What is refused is refused with its name.
    for refused in [
        parse::<ListLeads, LeadQuery>(query).err(),
        parse::<ListCustomers, CustomerQuery>(query).err(),
        parse::<ListTasks, TaskQuery>(query).err(),
    ] {
        assert!(refused.is_none_or(|problem| !problem.errors().is_empty()));
    }
}

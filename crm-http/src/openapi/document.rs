//! Writes the API document: what poem-openapi knows of the operations, and what holds for all of them.

use std::collections::BTreeMap;

use crm_domain::event::EventType;
use poem_openapi::registry::{
    MetaOperation, MetaOperationParam, MetaParamIn, MetaSchemaRef, Registry,
};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::ApiError;
use crate::auth::{BEARER, PERMISSION, PUBLIC};
use crate::idempotency;

/// The schema that every error answers with.
pub(super) const PROBLEM: &str = "Problem";

const DESCRIPTION: &str = "Leads, customers and those who work with them.\n\n\
    Times are UTC, RFC 3339. Ids are UUIDs. Every error is `application/problem+json` with a stable `code`. \
    Sign in with `POST /api/auth/login` and send the token as `Authorization: Bearer ..`.";

/// An operation with its full path and whose it is.
pub(super) struct Operation {
    pub(super) path: String,
    pub(super) owner: &'static str,
    pub(super) meta: MetaOperation,
}

/// The document as poem-openapi would have it, with one entry a path; see `normalize` for the rest.
pub(super) fn write(registry: &Registry, operations: Vec<Operation>) -> Result<Value, ApiError> {
    let mut paths: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for operation in operations {
        let method = operation.meta.method.to_string().to_lowercase();
        let written = write_operation(registry, &operation)?;
        paths
            .entry(operation.path)
            .or_default()
            .insert(method, written);
    }
    Ok(json!({
        "openapi": "3.0.3",
        "info": {
            "title": "CRM",
            "description": DESCRIPTION,
            "version": env!("CARGO_PKG_VERSION"),
            "contact": { "name": "The maintainers of the CRM" },
            "license": { "name": "MIT OR Apache-2.0", "url": "https://spdx.org/licenses/MIT.html" },
        },
        "servers": [{ "url": "/" }],
        "tags": value(&registry.tags)?,
        "paths": paths,
        "components": {
            "schemas": value(&registry.schemas)?,
            "securitySchemes": value(&registry.security_schemes)?,
        },
    }))
}

/// The catalogue of events, by their names.
pub(super) fn events(events: &[EventType]) -> Value {
    let entry = |event: &EventType| {
        let EventType {
            name,
            version,
            resource,
            description,
            schema,
        } = event;
        let told = json!({
            "version": version,
            "resource": resource.as_str(),
            "description": description,
            "schema": schema,
        });
        ((*name).to_owned(), told)
    };
    Value::Object(events.iter().map(entry).collect())
}

fn value(part: &impl Serialize) -> Result<Value, ApiError> {
    serde_json::to_value(part).map_err(|error| ApiError::Unwritable(error.to_string()))
}

fn write_operation(registry: &Registry, operation: &Operation) -> Result<Value, ApiError> {
    let mut written = value(&operation.meta)?;
    let mut parameters = parameters(registry, &operation.meta)?;
    if idempotency::is_taken(&operation.meta) {
        parameters.push(idempotency::parameter());
        add_replayed(&mut written);
    }
    let Some(members) = written.as_object_mut() else {
        return Err(ApiError::Unwritable(format!(
            "{} is no object",
            operation.path
        )));
    };
    members.insert("parameters".to_owned(), Value::Array(parameters));
    members.insert("x-plugin".to_owned(), json!(operation.owner));
    let schemes: Vec<_> = operation
        .meta
        .security
        .iter()
        .flat_map(|schemes| schemes.keys().copied())
        .collect();
    let permissions: Vec<_> = schemes
        .iter()
        .filter_map(|scheme| scheme.strip_prefix(PERMISSION))
        .collect();
    let is_public = schemes.contains(&PUBLIC);
    let security = if is_public {
        json!([])
    } else {
        json!([{ BEARER: [] }])
    };
    members.insert("security".to_owned(), security);
    members.insert("x-permissions".to_owned(), json!(permissions));
    add_problems(members, is_public);
    Ok(written)
}

/// Says of the answers so far, which are those of success, that they may have been given before.
fn add_replayed(operation: &mut Value) {
    let responses = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut);
    for (_, response) in responses.into_iter().flatten() {
        let members = response.as_object_mut();
        let headers = members.map(|members| members.entry("headers").or_insert(json!({})));
        if let Some(headers) = headers.and_then(Value::as_object_mut) {
            headers.extend([idempotency::replayed_header()]);
        }
    }
}

/// Refuses what cannot be written, so that it is told at the start and not when the document is asked for.
pub(super) fn check(meta: &MetaOperation) -> Result<(), ApiError> {
    let queries = meta.params.iter();
    let mut queries = queries.filter(|parameter| parameter.in_type == MetaParamIn::Query);
    queries.try_for_each(|query| query_struct(query, meta).map(drop))
}

/// The name of the struct that a query is read into.
fn query_struct<'a>(
    query: &'a MetaOperationParam,
    meta: &MetaOperation,
) -> Result<&'a str, ApiError> {
    match &query.schema {
        MetaSchemaRef::Reference(name) => Ok(name),
        MetaSchemaRef::Inline(_) => Err(ApiError::Unwritable(format!(
            "the query of {:?} is no struct",
            meta.operation_id
        ))),
    }
}

/// A query is one struct in the code and one parameter a field in the document.
fn parameters(registry: &Registry, meta: &MetaOperation) -> Result<Vec<Value>, ApiError> {
    let mut parameters = Vec::new();
    for parameter in &meta.params {
        if parameter.in_type != MetaParamIn::Query {
            parameters.push(value(parameter)?);
            continue;
        }
        let Some(query) = registry.schemas.get(query_struct(parameter, meta)?) else {
            continue;
        };
        for (field, schema) in &query.properties {
            let is_required = query.required.contains(field);
            let mut schema = value(schema)?;
            let description = schema
                .get("description")
                .cloned()
                .or_else(|| described_in_all_of(&schema));
            // Said of the parameter already.
            schema
                .as_object_mut()
                .map(|members| members.remove("description"));
            parameters.push(json!({
                "name": field, "in": "query", "required": is_required, "description": description, "schema": schema,
            }));
        }
    }
    Ok(parameters)
}

fn described_in_all_of(schema: &Value) -> Option<Value> {
    schema
        .get("allOf")?
        .as_array()?
        .iter()
        .find_map(|part| part.get("description").cloned())
}

/// Every operation may fail; which of the statuses it may fail with follows from what it takes.
fn add_problems(operation: &mut Map<String, Value>, is_public: bool) {
    let has_input = operation.contains_key("requestBody")
        || operation
            .get("parameters")
            .and_then(Value::as_array)
            .is_some_and(|parameters| !parameters.is_empty());
    let in_path = |parameter: &Value| parameter.get("in") == Some(&json!("path"));
    let has_path_parameter = operation
        .get("parameters")
        .and_then(Value::as_array)
        .is_some_and(|parameters| parameters.iter().any(in_path));
    let mut statuses = vec![("default", "Anything else that went wrong.")];
    if has_input {
        statuses.push(("400", "The input is wrong; `errors` says where."));
    }
    if !is_public {
        statuses.push(("401", "Not signed in."));
        statuses.push(("403", "Not permitted."));
    }
    if has_path_parameter {
        statuses.push(("404", "There is none, or the caller may not see it."));
    }
    let Some(responses) = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    for (status, description) in statuses {
        let schema = json!({ "$ref": format!("#/components/schemas/{PROBLEM}") });
        let response = json!({ "description": description, "content": { "application/problem+json": { "schema": schema } } });
        responses.insert(status.to_owned(), response);
    }
}

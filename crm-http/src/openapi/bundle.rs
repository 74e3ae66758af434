//! Puts erased APIs together: each registers into a registry of its own first, so that a clash is an error that
//! names both sides, and not poem-openapi's panic or its silence.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crm_domain::event::EventType;
use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use poem::{EndpointExt, IntoEndpoint};
use poem_openapi::registry::{MetaApi, MetaOperation, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::{OpenApi, OpenApiService};
use serde_json::Value;
use tokio::sync::Semaphore;

use super::document::{self, Operation};
use super::error::ApiError;
use super::guard::{Guarded, MAX_DETACHED};
use super::{AllowedMethods, normalize};
use crate::auth::{BEARER, PERMISSION, PUBLIC};

/// The owner of what comes with the program.
pub(crate) const CORE: &str = "core";

type RouteTable = HashMap<String, HashMap<Method, BoxEndpoint<'static>>>;

/// One API of one plugin, under one prefix.
pub struct Contribution {
    owner: &'static str,
    prefix: &'static str,
    meta: fn() -> Vec<MetaApi>,
    register: fn(&mut Registry),
    add_routes: Box<dyn FnOnce(&mut RouteTable) + Send>,
}

impl Contribution {
    /// The API `api` of the plugin `owner`, its paths below `prefix`.
    pub fn new<T: OpenApi + Send + 'static>(
        owner: &'static str,
        prefix: &'static str,
        api: T,
    ) -> Self {
        Self {
            owner,
            prefix,
            meta: T::meta,
            register: T::register,
            add_routes: Box::new(move |table| api.add_routes(table)),
        }
    }
}

/// What the APIs make together.
pub(crate) struct Bundle<'a> {
    pub(crate) endpoint: BoxEndpoint<'static>,
    pub(crate) document: Draft<'a>,
    pub(crate) allowed: AllowedMethods,
    /// The permissions that operations are for, each with whose operation it is.
    pub(crate) permissions: Vec<(&'static str, &'static str)>,
}

/// What the document is written from.
pub(crate) struct Draft<'a> {
    registry: Registry,
    operations: Vec<Operation>,
    events: &'a [EventType],
}

impl Draft<'_> {
    /// Writes the document.
    pub(crate) fn write(self) -> Result<Value, ApiError> {
        let document = document::write(&self.registry, self.operations)?;
        let mut document = normalize::normalize(document);
        // Their schemas are of a newer dialect than those of the document, and stay as they are.
        if let Some(members) = document.as_object_mut() {
            members.insert("x-events".to_owned(), document::events(self.events));
        }
        Ok(document)
    }
}

/// Puts the APIs together, and tells of the events.
pub(crate) fn bundle(
    contributions: Vec<Contribution>,
    events: &[EventType],
) -> Result<Bundle<'_>, ApiError> {
    let mut registry = Registry::new();
    let mut owners = Owners::default();
    let mut operations = Vec::new();
    let mut routes = RouteTable::new();
    for contribution in contributions {
        let Contribution {
            owner,
            prefix,
            meta,
            register,
            add_routes,
        } = contribution;
        let mut own = Registry::new();
        register(&mut own);
        owners.merge_schemas(&mut registry, own, owner)?;
        let paths = meta().into_iter().flat_map(|api| api.paths);
        for path in paths {
            let full = join(prefix, &path.path);
            for operation in path.operations {
                owners.add_operation(&operation, &full, owner)?;
                document::check(&operation)?;
                operations.push(Operation {
                    path: full.clone(),
                    owner,
                    meta: operation,
                });
            }
        }
        let mut table = RouteTable::new();
        add_routes(&mut table);
        for (path, methods) in table {
            routes
                .entry(join(prefix, &path))
                .or_default()
                .extend(methods);
        }
    }
    owners.check_names()?;
    prune(&mut registry, &operations);
    let allowed = allowed_methods(&operations);
    let permissions = permissions(&operations);
    let routes = guard(routes, &operations);
    let endpoint = OpenApiService::new(RoutesOnly(routes), "", "")
        .into_endpoint()
        .map_to_response()
        .boxed();
    Ok(Bundle {
        endpoint,
        document: Draft {
            registry,
            operations,
            events,
        },
        allowed,
        permissions,
    })
}

/// Who declared what first.
#[derive(Default)]
struct Owners {
    operations: BTreeMap<(String, String), &'static str>,
    ids: BTreeMap<&'static str, &'static str>,
    schemas: BTreeMap<String, &'static str>,
    schemes: BTreeMap<&'static str, &'static str>,
}

impl Owners {
    /// Refuses names of plugins' that do not say whose they are.
    fn check_names(&self) -> Result<(), ApiError> {
        for (id, owner) in &self.ids {
            check_name("operation", id, owner, owner)?;
        }
        for (name, owner) in &self.schemas {
            check_name("type", name, &capitalized(owner), owner)?;
        }
        Ok(())
    }

    fn merge_schemas(
        &mut self,
        registry: &mut Registry,
        own: Registry,
        owner: &'static str,
    ) -> Result<(), ApiError> {
        for (name, schema) in own.schemas {
            let first = *self.schemas.entry(name.clone()).or_insert(owner);
            match registry.schemas.get(&name) {
                Some(known) if known.rust_typename != schema.rust_typename => {
                    return Err(ApiError::SchemaClash {
                        name,
                        first,
                        first_type: known.rust_typename.unwrap_or("?"),
                        second: owner,
                        second_type: schema.rust_typename.unwrap_or("?"),
                    });
                }
                Some(_) => {}
                None => {
                    registry.schemas.insert(name, schema);
                }
            }
        }
        for (name, scheme) in own.security_schemes {
            let first = *self.schemes.entry(name).or_insert(owner);
            match registry.security_schemes.get(name) {
                Some(known) if *known != scheme => {
                    return Err(ApiError::SecuritySchemeClash {
                        name: name.to_owned(),
                        first,
                        second: owner,
                    });
                }
                Some(_) => {}
                None => {
                    registry.security_schemes.insert(name, scheme);
                }
            }
        }
        registry.tags.extend(own.tags);
        Ok(())
    }

    fn add_operation(
        &mut self,
        operation: &MetaOperation,
        path: &str,
        owner: &'static str,
    ) -> Result<(), ApiError> {
        let method = operation.method.to_string();
        let key = (method.clone(), shape(path));
        let path = path.to_owned();
        if let Some(first) = self.operations.insert(key, owner) {
            return Err(ApiError::DuplicateOperation {
                method,
                path,
                first,
                second: owner,
            });
        }
        let Some(id) = operation.operation_id else {
            return Err(ApiError::MissingOperationId {
                method,
                path,
                owner,
            });
        };
        if let Some(first) = self.ids.insert(id, owner) {
            return Err(ApiError::DuplicateOperationId {
                id,
                first,
                second: owner,
            });
        }
        let mut schemes = operation.security.iter().flat_map(HashMap::keys);
        if !schemes
            .any(|scheme| *scheme == BEARER || *scheme == PUBLIC || scheme.starts_with(PERMISSION))
        {
            return Err(ApiError::NoAccessRule {
                method,
                path,
                owner,
            });
        }
        Ok(())
    }
}

/// Refuses a name of a plugin's that does not say whose it is. What begins with `deals` goes on with a capital or a digit, so that
/// it is not `dealsplus`'s.
fn check_name(
    what: &'static str,
    name: &str,
    begin: &str,
    owner: &'static str,
) -> Result<(), ApiError> {
    let goes_on = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_lowercase());
    if owner == CORE || name.strip_prefix(begin).is_some_and(goes_on) {
        return Ok(());
    }
    Err(ApiError::ForeignName {
        what,
        name: name.to_owned(),
        owner,
        begin: begin.to_owned(),
    })
}

fn capitalized(id: &str) -> String {
    let mut chars = id.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

fn permissions(operations: &[Operation]) -> Vec<(&'static str, &'static str)> {
    let of_operation = |operation: &Operation| {
        let schemes = operation.meta.security.iter().flat_map(HashMap::keys);
        let owner = operation.owner;
        let permissions = schemes.filter_map(|scheme| scheme.strip_prefix(PERMISSION));
        permissions.map(|name| (owner, name)).collect::<Vec<_>>()
    };
    operations.iter().flat_map(of_operation).collect()
}

fn join(prefix: &str, path: &str) -> String {
    format!(
        "{}/{}",
        prefix.trim_end_matches('/'),
        path.trim_start_matches('/')
    )
}

/// `/leads/{id}` and `/leads/{leadId}` are one path to a router, and two to a careless document.
fn shape(path: &str) -> String {
    path.split('/')
        .map(|part| if part.starts_with('{') { "{}" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

fn allowed_methods(operations: &[Operation]) -> AllowedMethods {
    let mut paths: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for operation in operations {
        let methods = paths.entry(operation.path.clone()).or_default();
        methods.push(operation.meta.method.to_string());
        if operation.meta.method == Method::GET {
            methods.push(Method::HEAD.to_string());
        }
    }
    AllowedMethods::new(paths.into_iter().collect())
}

/// Puts each operation behind what holds for all of them; see [`Guarded`].
fn guard(routes: RouteTable, operations: &[Operation]) -> RouteTable {
    let known: HashMap<_, _> = operations
        .iter()
        .map(|operation| {
            (
                (router_shape(&operation.path), operation.meta.method.clone()),
                operation,
            )
        })
        .collect();
    let detached = Arc::new(Semaphore::new(MAX_DETACHED));
    let guarded = |path: &str, method: &Method, endpoint| {
        let operation = known.get(&(router_shape(path), method.clone()));
        Guarded::new(
            endpoint,
            method,
            operation.map(|operation| (operation.path.as_str(), &operation.meta)),
            &detached,
        )
        .boxed()
    };
    let table = |(path, methods): (String, HashMap<Method, BoxEndpoint<'static>>)| {
        let methods = methods.into_iter().map(|(method, endpoint)| {
            let endpoint = guarded(&path, &method, endpoint);
            (method, endpoint)
        });
        let methods = methods.collect();
        (path, methods)
    };
    routes.into_iter().map(table).collect()
}

/// The router writes `:param0` where the document writes `{id}`.
fn router_shape(path: &str) -> String {
    let is_parameter = |part: &str| part.starts_with([':', '{']);
    path.split('/')
        .map(|part| if is_parameter(part) { "{}" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

/// Only routes: the document is written here, but poem-openapi's extractors need what its service adds.
struct RoutesOnly(RouteTable);

impl OpenApi for RoutesOnly {
    fn meta() -> Vec<MetaApi> {
        Vec::new()
    }

    fn register(_: &mut Registry) {}

    fn add_routes(self, table: &mut RouteTable) {
        table.extend(self.0);
    }
}

/// Drops the schemas that no operation names.
fn prune(registry: &mut Registry, operations: &[Operation]) {
    let mut used = BTreeSet::new();
    for Operation { meta, .. } in operations {
        let requests = meta
            .request
            .iter()
            .flat_map(|request| &request.content)
            .map(|content| &content.schema);
        let responses = meta
            .responses
            .responses
            .iter()
            .flat_map(|response| &response.content)
            .map(|content| &content.schema);
        let parameters = meta.params.iter().map(|parameter| &parameter.schema);
        for schema in requests.chain(responses).chain(parameters) {
            walk(registry, schema, &mut used);
        }
    }
    walk(
        registry,
        &MetaSchemaRef::Reference(document::PROBLEM.to_owned()),
        &mut used,
    );
    registry.schemas.retain(|name, _| used.contains(name));
}

fn walk(registry: &Registry, schema: &MetaSchemaRef, used: &mut BTreeSet<String>) {
    let schema: &MetaSchema = match schema {
        MetaSchemaRef::Inline(schema) => schema,
        MetaSchemaRef::Reference(name) => match registry.schemas.get(name) {
            Some(schema) if used.insert(name.clone()) => schema,
            _ => return,
        },
    };
    let properties = schema.properties.iter().map(|(_, property)| property);
    let single = schema
        .items
        .iter()
        .chain(&schema.additional_properties)
        .map(AsRef::as_ref);
    let several = schema
        .any_of
        .iter()
        .chain(&schema.one_of)
        .chain(&schema.all_of);
    for child in properties.chain(single).chain(several) {
        walk(registry, child, used);
    }
}

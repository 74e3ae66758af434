//! Clashes are named at the start, both sides of them.

use poem_openapi::auth::ApiKey;
use poem_openapi::payload::PlainText;
use poem_openapi::{Object, OpenApi, SecurityScheme};
use serde::Serialize;

use super::{ApiError, Bundle, CORE, Contribution, bundle};
use crate::auth::{Public, SignedIn};
use crate::reply::Reply;

struct One;

#[OpenApi]
impl One {
    /// Show a thing
    #[oai(path = "/things/:id", method = "get", operation_id = "getThing")]
    async fn get(&self, _auth: SignedIn, id: poem_openapi::param::Path<u8>) -> PlainText<String> {
        PlainText(id.0.to_string())
    }
}

struct SamePath;

#[OpenApi]
impl SamePath {
    /// Show another thing
    #[oai(path = "/things/:thing_id", method = "get", operation_id = "getOther")]
    async fn get(
        &self,
        _auth: SignedIn,
        thing_id: poem_openapi::param::Path<u8>,
    ) -> PlainText<String> {
        PlainText(thing_id.0.to_string())
    }
}

struct SameId;

#[OpenApi]
impl SameId {
    /// Show another thing
    #[oai(path = "/others", method = "get", operation_id = "getThing")]
    async fn get(&self, _auth: SignedIn) -> PlainText<&'static str> {
        PlainText("other")
    }
}

struct NoId;

#[OpenApi]
impl NoId {
    /// Show a thing
    #[oai(path = "/nameless", method = "get")]
    async fn get(&self, _auth: SignedIn) -> PlainText<&'static str> {
        PlainText("nameless")
    }
}

struct BareQuery;

#[OpenApi]
impl BareQuery {
    /// Show a thing
    #[oai(path = "/bare", method = "get", operation_id = "twoBare")]
    async fn get(
        &self,
        _auth: SignedIn,
        name: poem_openapi::param::Query<String>,
    ) -> PlainText<String> {
        PlainText(name.0)
    }
}

struct NoAccess;

#[OpenApi]
impl NoAccess {
    /// Show a thing
    #[oai(path = "/open", method = "get", operation_id = "getOpen")]
    async fn get(&self) -> PlainText<&'static str> {
        PlainText("open")
    }
}

/// Another scheme under the name of the one that [`SignedIn`] is.
#[derive(SecurityScheme)]
#[oai(
    rename = "bearer",
    ty = "api_key",
    key_name = "X-Key",
    key_in = "header"
)]
struct OtherToken(#[expect(dead_code, reason = "only its name matters")] ApiKey);

struct OtherScheme;

#[OpenApi]
impl OtherScheme {
    /// Show a thing
    #[oai(path = "/keyed", method = "get", operation_id = "getKeyed")]
    async fn get(&self, _auth: OtherToken) -> PlainText<&'static str> {
        PlainText("keyed")
    }
}

mod first {
    #[derive(serde::Serialize, poem_openapi::Object)]
    pub(super) struct Thing {
        pub(super) a: bool,
    }
}

#[derive(Serialize, Object)]
struct Thing {
    b: bool,
}

struct FirstThing;

#[OpenApi]
impl FirstThing {
    /// Show a thing
    #[oai(path = "/first", method = "get", operation_id = "getFirst")]
    async fn get(&self, _public: Public) -> Reply<first::Thing> {
        Reply::new(first::Thing { a: true })
    }
}

struct SecondThing;

#[OpenApi]
impl SecondThing {
    /// Show a thing
    #[oai(path = "/second", method = "get", operation_id = "getSecond")]
    async fn get(&self, _public: Public) -> Reply<Thing> {
        Reply::new(Thing { b: true })
    }
}

fn refused(contributions: Vec<Contribution>) -> String {
    bundle(contributions, &[])
        .map(|_| ())
        .unwrap_err()
        .to_string()
}

fn one() -> Contribution {
    Contribution::new("one", "/api", One)
}

#[test]
fn apis_that_go_together_make_one_document() {
    let Bundle {
        document, allowed, ..
    } = bundle(
        vec![
            Contribution::new(CORE, "/api", One),
            Contribution::new(CORE, "/api", FirstThing),
        ],
        &[],
    )
    .unwrap();
    let document = document.write().unwrap();
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().collect();
    assert_eq!(paths, ["/api/first", "/api/things/{id}"]);
    assert_eq!(allowed.of("/api/things/7"), "GET, HEAD");
    assert_eq!(allowed.of("/api/document"), "GET, HEAD");
}

#[test]
fn one_path_with_differently_named_parameters_is_a_clash() {
    let message = refused(vec![one(), Contribution::new("two", "/api", SamePath)]);
    assert_eq!(
        message,
        "GET /api/things/{thing_id} is declared by both `one` and `two`"
    );
}

#[test]
fn one_operation_id_twice_is_a_clash() {
    let message = refused(vec![one(), Contribution::new("two", "/api", SameId)]);
    assert_eq!(
        message,
        "the operation id `getThing` is declared by both `one` and `two`"
    );
}

#[test]
fn two_security_schemes_of_one_name_are_a_clash() {
    let message = refused(vec![one(), Contribution::new("two", "/api", OtherScheme)]);
    assert_eq!(
        message,
        "the security scheme `bearer` of `two` differs from the one of `one`"
    );
}

#[test]
fn an_operation_needs_an_id() {
    let message = refused(vec![Contribution::new("two", "/api", NoId)]);
    assert_eq!(message, "GET /api/nameless of `two` has no operation id");
}

#[test]
fn an_operation_that_names_nobody_is_refused() {
    let error = bundle(vec![Contribution::new("two", "/api", NoAccess)], &[])
        .map(|_| ())
        .unwrap_err();
    assert!(
        matches!(error, ApiError::NoAccessRule { owner: "two", .. }),
        "{error}"
    );
}

#[test]
fn a_query_that_is_no_struct_is_refused_before_the_document_is_asked_for() {
    let error = bundle(vec![Contribution::new("two", "/api", BareQuery)], &[])
        .map(|_| ())
        .unwrap_err();
    assert!(matches!(error, ApiError::Unwritable(_)), "{error}");
}

#[test]
fn two_types_of_one_name_are_a_clash() {
    let contributions = vec![
        Contribution::new("one", "/api", FirstThing),
        Contribution::new("two", "/api", SecondThing),
    ];
    let message = refused(contributions);
    assert!(message.starts_with("the schema `Thing` is `"), "{message}");
    assert!(
        message.contains("for `one`") && message.ends_with("for `two`"),
        "{message}"
    );
}

#[test]
fn the_names_of_a_plugin_say_whose_they_are() {
    let message = refused(vec![Contribution::new("get", "/api", FirstThing)]);
    assert_eq!(
        message,
        "the type `Thing` of `get` must have a name that begins with `Get`"
    );
    let message = refused(vec![Contribution::new("first", "/api", FirstThing)]);
    assert_eq!(
        message,
        "the operation `getFirst` of `first` must have a name that begins with `first`"
    );
}

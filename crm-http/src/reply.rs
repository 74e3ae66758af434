//! JSON answers. Serialised straight by serde: poem-openapi's own way builds a tree of values first.

use poem::http::{HeaderName, HeaderValue, StatusCode, header};
use poem::{IntoResponse, Request, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{
    MetaHeader, MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use poem_openapi::types::Type;
use serde::Serialize;
use uuid::Uuid;

macro_rules! replies {
    ($($(#[$doc:meta])* $name:ident = $status:ident, $description:literal, [$($header:literal),*];)*) => {$(
        $(#[$doc])*
        pub struct $name<T> {
            body: T,
            headers: Vec<(HeaderName, String)>,
        }

        impl<T> $name<T> {
            /// An answer with this body.
            pub const fn new(body: T) -> Self {
                Self { body, headers: Vec::new() }
            }

            /// The same with a header.
            #[must_use]
            pub fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
                self.headers.push((name, value.into()));
                self
            }

            /// The same with the version of the record as its `ETag`.
            #[must_use]
            pub fn etag(self, version: i32) -> Self {
                self.header(header::ETAG, format!("\"{version}\""))
            }
        }

        impl<T: Serialize + Send> IntoResponse for $name<T> {
            fn into_response(self) -> Response {
                respond(StatusCode::$status, &self.body, self.headers)
            }
        }

        impl<T: Type> ApiResponse for $name<T> {
            fn meta() -> MetaResponses {
                meta::<T>(StatusCode::$status, $description, &[$($header),*])
            }

            fn register(registry: &mut Registry) {
                T::register(registry);
            }
        }
    )*};
}

replies! {
    /// 200 with a JSON body.
    Reply = OK, "Done.", [];
    /// 200 with a record, whose version is its `ETag`.
    Versioned = OK, "The record.", ["ETag"];
    /// 202 with what goes on in the background.
    Accepted = ACCEPTED, "Begun.", [];
    /// 201 with a JSON body.
    Made = CREATED, "Made.", [];
    /// 201 with a new record, where it is, and its version as its `ETag`.
    Created = CREATED, "The new record.", ["ETag", "Location"];
}

/// Where a record that this request made is: as the client wrote the path, below whatever a host has mounted the API.
#[must_use]
pub fn location(req: &Request, id: Uuid) -> String {
    format!("/{}/{id}", req.original_uri().path().trim_matches('/'))
}

fn respond(
    status: StatusCode,
    body: &impl Serialize,
    headers: Vec<(HeaderName, String)>,
) -> Response {
    let body = match serde_json::to_vec(body) {
        Ok(body) => body,
        Err(error) => {
            // Never: our answers have text keys and no failing fields.
            tracing::error!(%error, "an answer cannot be written as JSON");
            return Response::builder()
                .status(StatusCode::INTERNAL_SERVER_ERROR)
                .finish();
        }
    };
    let mut response = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "application/json")
        .body(body);
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

fn meta<T: Type>(status: StatusCode, description: &'static str, headers: &[&str]) -> MetaResponses {
    let header = |name: &&str| MetaHeader {
        name: (*name).to_owned(),
        description: None,
        required: true,
        deprecated: false,
        schema: MetaSchemaRef::Inline(Box::new(MetaSchema {
            max_length: Some(200),
            ..MetaSchema::new("string")
        })),
    };
    let response = MetaResponse {
        description,
        status: Some(status.as_u16()),
        status_range: None,
        content: vec![MetaMediaType {
            content_type: "application/json",
            schema: T::schema_ref(),
        }],
        headers: headers.iter().map(header).collect(),
    };
    MetaResponses {
        responses: vec![response],
    }
}

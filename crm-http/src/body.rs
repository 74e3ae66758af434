//! JSON bodies, read strictly: the right media type, no unknown or repeated fields, no value of another type.

use crm_domain::decimal::DecimalError;
use poem::http::header;
use poem::{Request, RequestBody, Result};
use poem_openapi::registry::{MetaMediaType, MetaRequest, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::problem::{Code, FieldError, Problem};
use crate::wire::TOO_MANY;

/// A JSON body.
pub struct Body<T>(pub T);

impl<'a, T: poem_openapi::types::Type + DeserializeOwned> ApiExtractor<'a> for Body<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        let content = vec![MetaMediaType {
            content_type: "application/json",
            schema: T::schema_ref(),
        }];
        Some(MetaRequest {
            description: None,
            content,
            required: true,
        })
    }

    async fn from_request(
        req: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> Result<Self> {
        require_json(req)?;
        let bytes = body.take()?.into_bytes().await.map_err(Problem::internal)?;
        Ok(Self(parse(&bytes)?))
    }
}

/// A JSON body that may be left out.
pub struct OptionalBody<T>(pub Option<T>);

impl<'a, T: poem_openapi::types::Type + DeserializeOwned> ApiExtractor<'a> for OptionalBody<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Body::<T>::request_meta().map(|meta| MetaRequest {
            required: false,
            ..meta
        })
    }

    async fn from_request(
        req: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> Result<Self> {
        let bytes = body.take()?.into_bytes().await.map_err(Problem::internal)?;
        if bytes.is_empty() {
            return Ok(Self(None));
        }
        require_json(req)?;
        Ok(Self(Some(parse(&bytes)?)))
    }
}

/// Refuses a body that does not say that it is JSON: browsers send other types across sites without asking.
pub(crate) fn require_json(req: &Request) -> Result<(), Problem> {
    let media_type = req
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = media_type
        .and_then(|value| value.split(';').next())
        .map(str::trim);
    if essence.is_some_and(|essence| essence.eq_ignore_ascii_case("application/json")) {
        return Ok(());
    }
    Err(Problem::new(
        Code::UnsupportedMediaType,
        "the body must be application/json",
    ))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Serde would fill a struct from an array, field by field.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(Problem::invalid(vec![FieldError::field(
            "",
            "wrong-type",
            "must be an object",
        )]));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let pointer = pointer(error.path());
        problem(error.inner(), &pointer)
    })?;
    json.end().map_err(|error| problem(&error, ""))?;
    Ok(value)
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let names = path.iter().filter_map(|segment| match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } => Some(key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { variant } => Some(variant.clone()),
        Segment::Unknown => None,
    });
    names.collect::<Vec<_>>().join("/")
}

fn problem(error: &serde_json::Error, pointer: &str) -> Problem {
    match error.classify() {
        Category::Data => Problem::invalid(vec![field_error(&error.to_string(), pointer)]),
        Category::Syntax | Category::Eof | Category::Io => {
            let place = format!("line {}, column {}", error.line(), error.column());
            Problem::new(
                Code::MalformedJson,
                format!("the body is not JSON: see {place}"),
            )
        }
    }
}

/// Serde tells what is wrong only in words; these are the ones it has (`serde::de::Error`), and those of our lists and numbers.
fn field_error(message: &str, pointer: &str) -> FieldError {
    let quoted = message.split('`').nth(1).unwrap_or_default();
    let too_precise = DecimalError::TooPrecise.to_string();
    let child = || {
        if pointer.is_empty() {
            quoted.to_owned()
        } else {
            format!("{pointer}/{quoted}")
        }
    };
    if message.starts_with("unknown field") {
        // The path of an unknown field ends with its name.
        FieldError::field(pointer, "unknown-field", "is not a field of this object")
    } else if message.starts_with("missing field") {
        FieldError::field(&child(), "required", "must be given")
    } else if message.starts_with("duplicate field") {
        FieldError::field(&child(), "duplicate-field", "is given more than once")
    } else if let Some(max) = message.strip_prefix(TOO_MANY) {
        let max = max.split(' ').next().unwrap_or_default();
        FieldError::field(
            pointer,
            "too-many",
            format!("must have at most {max} entries"),
        )
    } else if message.starts_with(&too_precise) {
        FieldError::field(pointer, "too-precise", too_precise)
    } else if message.starts_with("unknown variant") {
        // The last one: what the caller sent stands before it and may say anything.
        let allowed = message.rsplit("expected ").next().unwrap_or_default();
        let allowed = allowed
            .trim_start_matches("one of ")
            .split(" at line")
            .next()
            .unwrap_or_default();
        FieldError::field(
            pointer,
            "not-one-of",
            format!("must be one of {}", allowed.replace('`', "")),
        )
    } else {
        FieldError::field(
            pointer,
            "wrong-type",
            "has a value of another type than the document says",
        )
    }
}

#[cfg(test)]
mod tests;

//! Query strings, read strictly into one struct: unknown and repeated parameters and wrong values are refused.

use std::collections::BTreeSet;
use std::str::FromStr;

use crm_domain::text::TextError;
use poem::{Request, RequestBody, Result};
use poem_openapi::registry::{MetaParamIn, MetaSchemaRef, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde::de::DeserializeOwned;

use crate::problem::{FieldError, Problem};
use crate::wire::Text;
use crate::wire::custom::CustomParameters;

// `Type` is not imported: it would put its own `is_empty`, which is always false, before that of a text.

/// How the names of the parameters begin that are about custom fields.
const CUSTOM: &str = "custom.";

/// A struct whose fields are the parameters of a query. The API document lists them one by one.
pub trait QueryParameters: poem_openapi::types::Type + DeserializeOwned {
    /// The parameters that may come more than once.
    const REPEATABLE: &'static [&'static str] = &[];

    /// Whether there are parameters whose names begin with `custom.`; otherwise they are unknown like others.
    const HAS_CUSTOM: bool = false;

    /// Where those go.
    fn custom(&mut self) -> Option<&mut CustomParameters> {
        None
    }
}

/// The parameters of a query.
pub struct Query<T>(pub T);

impl<'a, T: QueryParameters> ApiExtractor<'a> for Query<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    const PARAM_IS_REQUIRED: bool = false;
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Query)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        Some(T::schema_ref())
    }

    async fn from_request(
        req: &'a Request,
        _: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> Result<Self> {
        Ok(Self(parameters(req.uri().query().unwrap_or_default())?))
    }
}

/// Reads the parameters of a query.
pub(crate) fn parameters<T: QueryParameters>(query: &str) -> Result<T, Problem> {
    let mut seen = BTreeSet::new();
    let (mut own, mut custom) = (Vec::new(), Vec::new());
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(name).ok_or_else(|| invalid("?", "invalid-character", "is not UTF-8"))?;
        let value =
            decode(value).ok_or_else(|| invalid(&name, "invalid-character", "is not UTF-8"))?;
        // Deserialising would take an empty value for an absent one.
        if value.is_empty() {
            return Err(invalid(
                &name,
                "too-short",
                "must not be empty; leave it out",
            ));
        }
        if T::HAS_CUSTOM && name.starts_with(CUSTOM) {
            custom.push((name, value));
            continue;
        }
        own.push(pair);
        let repeatable = T::REPEATABLE.contains(&name.as_str());
        if !seen.insert(name.clone()) && !repeatable {
            return Err(invalid(
                &name,
                "duplicate-parameter",
                "is given more than once",
            ));
        }
    }
    let own = own.join("&");
    let pairs = serde_html_form::Deserializer::from_bytes(own.as_bytes());
    let read: Result<T, _> = serde_path_to_error::deserialize(pairs);
    let mut read = read.map_err(|error| {
        let message = error.inner().to_string();
        let path = error.path().to_string();
        let name = path.split(['.', '[']).next().unwrap_or_default();
        wrong(name, &message)
    })?;
    if let Some(place) = read.custom() {
        for (name, value) in custom {
            place.push(name, value);
        }
    }
    Ok(read)
}

fn wrong(name: &str, message: &str) -> Problem {
    if message.starts_with("unknown field") {
        let name = message.split('`').nth(1).unwrap_or(name);
        return unknown(name);
    }
    if message.starts_with("missing field") {
        let name = message.split('`').nth(1).unwrap_or(name);
        return invalid(name, "required", "must be given");
    }
    if let Some(allowed) = message
        .strip_prefix("unknown variant")
        .and_then(|rest| rest.rsplit("expected ").next())
    {
        let allowed = allowed.trim_start_matches("one of ").replace('`', "");
        return invalid(name, "not-one-of", &format!("must be one of {allowed}"));
    }
    invalid(
        name,
        "wrong-type",
        "has a value of another type than the document says",
    )
}

/// A parameter that the operation does not have.
pub(crate) fn unknown(name: &str) -> Problem {
    invalid(
        name,
        "unknown-parameter",
        "is not a parameter of this operation",
    )
}

/// The domain's value of the parameter `name`.
///
/// # Errors
/// A [`Problem`] that names it.
pub fn parse<const MAX: usize, T: FromStr<Err = TextError>>(
    name: &str,
    text: Text<MAX>,
) -> Result<T, Problem> {
    let parsed = text.into_string().parse();
    parsed.map_err(|error: TextError| invalid(name, error.code(), &error.to_string()))
}

/// A parameter with a value that is not allowed.
#[must_use]
pub fn invalid(name: &str, code: &str, message: &str) -> Problem {
    Problem::invalid(vec![FieldError::parameter(name, code, message)])
}

/// The text of the parameter `name`, which no type of the domain judges.
pub(crate) fn bounded<const MAX: usize>(name: &str, text: Text<MAX>) -> Result<String, Problem> {
    let text = text.into_string();
    if text.chars().count() > MAX {
        let message = format!("must have at most {MAX} characters");
        return Err(invalid(name, "too-long", &message));
    }
    Ok(text)
}

/// A part of a query in the form `application/x-www-form-urlencoded`. A `%` without two digits stands for itself, as
/// in the URL Standard; bytes that are not UTF-8 are refused, not replaced.
pub(crate) fn decode(part: &str) -> Option<String> {
    let spaced = part.replace('+', " ");
    let bytes = percent_encoding::percent_decode_str(&spaced).collect::<Vec<u8>>();
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests;

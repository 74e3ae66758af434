//! `If-Match`: change a record only if it is still the version that the caller saw.

use poem::http::header;
use poem::{Request, RequestBody, Result};
use poem_openapi::registry::{MetaParamIn, MetaSchema, MetaSchemaRef};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use crate::problem::{Code, Problem};
use crate::query;

/// Whether changes of a record must say which version of it they change.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Required(pub bool);

/// The version that a request demands, if any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub Option<i32>);

/// A version that no record has: an entity tag of another form matches nothing.
const NO_VERSION: i32 = 0;

impl<'a> ApiExtractor<'a> for IfMatch {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    type ParamType = ();
    type ParamRawType = ();

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Header)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        let schema = MetaSchema {
            max_length: Some(20),
            ..MetaSchema::new("string")
        };
        Some(MetaSchemaRef::Inline(Box::new(schema)))
    }

    async fn from_request(
        req: &'a Request,
        _: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> Result<Self> {
        let mut sent = req.headers().get_all(header::IF_MATCH).iter();
        let Some(value) = sent.next() else {
            return unconditional(req);
        };
        let text = value.to_str().ok().filter(|_| sent.next().is_none());
        text.and_then(parse).ok_or_else(|| {
            let message = "must be one entity tag in quotes, as an answer's ETag, or *";
            query::invalid("If-Match", "malformed", message).into()
        })
    }
}

/// A request without the header.
fn unconditional(req: &Request) -> Result<IfMatch> {
    if req.data::<Required>().is_some_and(|required| required.0) {
        let detail = "Send If-Match with the ETag of the record as you saw it, or with * to change it in any case.";
        return Err(Problem::new(Code::IfMatchRequired, detail).into());
    }
    Ok(IfMatch(None))
}

fn parse(text: &str) -> Option<IfMatch> {
    let text = text.trim();
    if text == "*" {
        return Some(IfMatch(None));
    }
    // A weak tag is well formed and, by RFC 9110, section 13.1.1, never matches.
    let (is_weak, quoted) = text
        .strip_prefix("W/")
        .map_or((false, text), |rest| (true, rest));
    let tag = quoted
        .strip_prefix('"')?
        .strip_suffix('"')
        .filter(|tag| !tag.contains('"'))?;
    // Tags are compared by their characters: `"03"` is not `"3"`.
    let version = tag.parse::<i32>().ok();
    let version = version.filter(|version| !is_weak && version.to_string() == tag);
    let version = version.unwrap_or(NO_VERSION);
    Some(IfMatch(Some(version)))
}

/// A fuzz target: no header makes reading it fail, and a version is written as the `ETag` is.
#[cfg(fuzzing)]
pub fn fuzz(text: &str) {
    if let Some(IfMatch(Some(version))) = parse(text)
        && version != NO_VERSION
    {
        assert_eq!(text.trim(), format!("\"{version}\""));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entity_tags_are_versions() {
        assert_eq!(parse("\"3\""), Some(IfMatch(Some(3))));
        assert_eq!(parse("*"), Some(IfMatch(None)));
        assert_eq!(parse("W/\"3\""), Some(IfMatch(Some(NO_VERSION))));
        assert_eq!(parse("\"03\""), Some(IfMatch(Some(NO_VERSION))));
        assert_eq!(parse("\"+3\""), Some(IfMatch(Some(NO_VERSION))));
        assert_eq!(parse("\"abc\""), Some(IfMatch(Some(NO_VERSION))));
        for malformed in ["3", "\"3", "3\"", "", "\"1\", \"2\"", "W/3"] {
            assert_eq!(parse(malformed), None, "{malformed}");
        }
    }
}

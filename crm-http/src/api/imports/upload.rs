//! A table as a body, passed on as it arrives.

use std::time::Duration;

use crm_app::imports::Upload;
use crm_domain::import::Import;
use futures_util::StreamExt;
use poem::http::header;
use poem::{Body, Request, RequestBody, Result};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use tokio::time::timeout;

use crate::middleware::body_limit::{BodyError, interrupted, refuse_encoded};
use crate::problem::{Code, Problem};

/// The types that a table may come as.
const MEDIA_TYPES: [&str; 2] = ["text/csv", "application/octet-stream"];

/// How long an upload may take: few are taken in at once.
const DEADLINE: Duration = Duration::from_mins(15);

/// A table that is still to be read. It is no part of what [`BodyLimit`](crate::middleware::body_limit::BodyLimit) reads
/// into memory.
pub(super) struct TableUpload {
    body: Body,
    /// Why it is not read. Told only to who may upload at all.
    refusal: Option<poem::Error>,
}

impl<'a> ApiExtractor<'a> for TableUpload {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(_: &mut Registry) {}

    fn request_meta() -> Option<MetaRequest> {
        let content = MEDIA_TYPES.map(|content_type| MetaMediaType {
            content_type,
            // Any bytes: how many is a setting.
            schema: MetaSchemaRef::Inline(Box::new(MetaSchema::ANY)),
        });
        Some(MetaRequest {
            description: None,
            content: content.into(),
            required: true,
        })
    }

    async fn from_request(
        req: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> Result<Self> {
        Ok(Self {
            body: body.take()?,
            refusal: require_table(req).err(),
        })
    }
}

/// Refuses a body that does not say that it is a table: browsers send other types across sites without asking.
fn require_table(req: &Request) -> Result<()> {
    refuse_encoded(req.headers())?;
    let media_type = req.headers().get(header::CONTENT_TYPE);
    let media_type = media_type.and_then(|value| value.to_str().ok());
    let essence = media_type
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    if MEDIA_TYPES.contains(&essence.trim().to_ascii_lowercase().as_str()) {
        return Ok(());
    }
    let allowed = MEDIA_TYPES.join(" or ");
    let message = format!("the body must be {allowed}");
    Err(Problem::new(Code::UnsupportedMediaType, message).into())
}

impl TableUpload {
    /// Passes the table on, and leaves nothing behind when that fails.
    pub(super) async fn read_into(self, mut upload: Upload) -> Result<Import> {
        let passed = timeout(DEADLINE, self.pass_to(&mut upload)).await;
        match passed.unwrap_or_else(|_| Err(BodyError::TimedOut.into())) {
            Ok(()) => Ok(upload.finish().await.map_err(Problem::from)?),
            Err(error) => {
                upload.abandon().await;
                Err(error)
            }
        }
    }

    async fn pass_to(self, upload: &mut Upload) -> Result<()> {
        if let Some(refusal) = self.refusal {
            return Err(refusal);
        }
        let mut pieces = std::pin::pin!(self.body.into_bytes_stream());
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|error| interrupted(&error))?;
            upload.push(&piece).await.map_err(Problem::from)?;
        }
        Ok(())
    }
}

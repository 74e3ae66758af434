//! The API document as a page: Swagger UI, from files within the binary.

use std::fmt;
use std::io::{self, Read as _};
use std::sync::Arc;

use flate2::read::GzDecoder;
use poem::http::{StatusCode, header};
use poem::{Endpoint, Error, Request, Response, Result};
use utoipa_swagger_ui::{Config, SwaggerFile};

/// Swagger UI's own stylesheets are in its page and its script sets styles; scripts come from this server only.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Serves the page.
pub(crate) struct SwaggerUi(Arc<Config<'static>>);

impl SwaggerUi {
    /// A page that shows the document at `url`.
    pub(crate) fn new(url: &'static str) -> Self {
        Self(Arc::new(
            Config::from(url)
                .try_it_out_enabled(true)
                .persist_authorization(false),
        ))
    }
}

impl Endpoint for SwaggerUi {
    type Output = Response;

    async fn call(&self, req: Request) -> Result<Response> {
        let file = req.uri().path().trim_start_matches('/').to_owned();
        let asked = req.original_uri().path();
        if file.is_empty() && !asked.ends_with('/') {
            // The page's links are relative to it.
            let location = format!("{asked}/");
            return Ok(Response::builder()
                .status(StatusCode::PERMANENT_REDIRECT)
                .header(header::LOCATION, location)
                .finish());
        }
        let file = utoipa_swagger_ui::serve(&file, Arc::clone(&self.0)).map_err(failed)?;
        let file = file.ok_or(StatusCode::NOT_FOUND)?;
        Ok(Response::builder()
            .content_type(&file.content_type)
            .header(header::CONTENT_SECURITY_POLICY, POLICY)
            .header(header::CACHE_CONTROL, "no-cache")
            .body(unpacked(file).map_err(failed)?))
    }
}

/// The content of a file, which is compressed to make the program smaller.
fn unpacked(file: SwaggerFile<'_>) -> io::Result<Vec<u8>> {
    if !file.gzpipped {
        return Ok(file.bytes.into_owned());
    }
    let mut content = Vec::new();
    GzDecoder::new(file.bytes.as_ref()).read_to_end(&mut content)?;
    Ok(content)
}

fn failed(error: impl fmt::Display) -> Error {
    Error::from_string(error.to_string(), StatusCode::INTERNAL_SERVER_ERROR)
}

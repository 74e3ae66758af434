//! The web console, as files within the program: what `npm run build` leaves in `console/dist`, compressed already.
//!
//! A release has them in itself; a debug build reads them when it starts, so that Rust is built and tested without Node. A program
//! that was built before the console serves a page that says so.

mod encoding;
mod files;

use std::sync::Arc;

use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, Request, Response, Result};

use encoding::Encoding;
use files::{File, Files};

/// Scripts, styles and everything else come from this server only, and no text becomes markup or script. Pictures may be written
/// out in styles. What follows is where scripts may connect to.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
    manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'; connect-src 'self'";

/// The page that every address of the console begins with.
const PAGE: &str = "index.html";

/// What has a hash of itself in its name, and so never changes.
const HASHED: &str = "assets/";

const FOR_EVER: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";

const NOT_BUILT: &str = "This server was built without its web console. `make run` builds both.\n\
    The API is described at /api/docs.\n";

/// Serves the console: its files, and for every address that is none of them the page that the console begins with. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Console {
    files: Arc<Files>,
    policy: String,
}

impl Console {
    /// The console that the program was built with.
    #[must_use]
    pub fn built_in() -> Self {
        Self::with(Files::built_in())
    }

    /// A console of other files, by their paths: `index.html`, `assets/app-4f3a.js`, `assets/app-4f3a.js.br`.
    #[must_use]
    pub fn of(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        Self::with(Files::new(files))
    }

    fn with(files: Files) -> Self {
        Self {
            files: Arc::new(files),
            policy: POLICY.to_owned(),
        }
    }

    /// The same, telling Sentry of errors that nobody expected: the project that `dsn` names, which is told to everybody, at
    /// `origin`, such as `https://sentry.example.org:443`.
    #[must_use]
    pub fn reporting_to(self, dsn: &str, origin: &str) -> Self {
        let dsn = dsn.replace('&', "&amp;").replace('"', "&quot;");
        let element = format!("<meta name=\"sentry-dsn\" content=\"{dsn}\" />");
        Self {
            files: Arc::new(self.files.with_element(PAGE, &element)),
            policy: format!("{} {origin}", self.policy),
        }
    }

    /// Whether there is a console.
    #[must_use]
    pub fn is_built(&self) -> bool {
        self.files.get(PAGE).is_some()
    }

    /// What is at a path: a file, or the page, whose script knows the rest. What looks like a file and is none is nothing.
    fn at(&self, path: &str) -> Option<(&str, &File)> {
        if let Some((path, file)) = self.files.get(path) {
            return Some((path, file));
        }
        let last = path.rsplit('/').next().unwrap_or_default();
        if last.contains('.') || path.starts_with(HASHED) {
            return None;
        }
        self.files.get(PAGE)
    }
}

impl Endpoint for Console {
    type Output = Response;

    async fn call(&self, req: Request) -> Result<Response> {
        if req.method() != Method::GET && req.method() != Method::HEAD {
            return Err(StatusCode::METHOD_NOT_ALLOWED.into());
        }
        let path = percent_encoding::percent_decode_str(req.uri().path()).decode_utf8_lossy();
        let Some((path, file)) = self.at(path.trim_start_matches('/')) else {
            if self.is_built() {
                return Err(StatusCode::NOT_FOUND.into());
            }
            return Ok(not_built());
        };
        let (encoding, content) = file.accepted(req.header(header::ACCEPT_ENCODING));
        let tag = file.tag(encoding);
        let cache = if path.starts_with(HASHED) {
            FOR_EVER
        } else {
            ASK_AGAIN
        };
        let answer = Response::builder()
            .header(header::CACHE_CONTROL, cache)
            .header(header::ETAG, &tag)
            .header(header::VARY, "Accept-Encoding");
        if is_known(req.header(header::IF_NONE_MATCH), &tag) {
            return Ok(answer.status(StatusCode::NOT_MODIFIED).finish());
        }
        let mut answer = answer
            .content_type(file.media_type())
            .header(header::CONTENT_SECURITY_POLICY, &self.policy)
            .body(content.to_vec());
        if encoding != Encoding::Identity {
            let name = HeaderValue::from_static(encoding.name());
            answer.headers_mut().insert(header::CONTENT_ENCODING, name);
        }
        Ok(answer)
    }
}

fn not_built() -> Response {
    Response::builder()
        .status(StatusCode::NOT_FOUND)
        .content_type("text/plain; charset=utf-8")
        .header(header::CACHE_CONTROL, ASK_AGAIN)
        .body(NOT_BUILT)
}

/// Whether the caller has this already: RFC 9110, section 13.1.2.
fn is_known(if_none_match: Option<&str>, tag: &str) -> bool {
    let tags = if_none_match.unwrap_or_default().split(',');
    tags.map(|known| known.trim().trim_start_matches("W/"))
        .any(|known| known == tag || known == "*")
}

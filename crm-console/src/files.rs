//! The files of the console, each in the forms in which it is sent.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256};

use crate::encoding::Encoding;

#[derive(RustEmbed)]
#[folder = "../console/dist"]
#[allow_missing = true]
struct Dist;

type Content = Cow<'static, [u8]>;

/// The files by their paths.
#[derive(Debug)]
pub(crate) struct Files(BTreeMap<String, File>);

/// One file.
#[derive(Debug, Clone)]
pub(crate) struct File {
    content: Content,
    brotli: Option<Content>,
    gzip: Option<Content>,
    media_type: String,
    hash: String,
}

impl Files {
    pub(crate) fn built_in() -> Self {
        // What the build notes about itself is not for browsers.
        let paths = Dist::iter().filter(|path| !path.starts_with(".vite/"));
        let all = paths.filter_map(|path| Some((path.to_string(), Dist::get(&path)?.data)));
        Self::of(all.collect())
    }

    pub(crate) fn new(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let files = files.into_iter();
        Self::of(
            files
                .map(|(path, content)| (path, content.into()))
                .collect(),
        )
    }

    fn of(mut all: BTreeMap<String, Content>) -> Self {
        let is_compressed = |path: &&String| {
            let mut encodings = Encoding::COMPRESSED.into_iter();
            encodings.any(|encoding| path.ends_with(encoding.ending()))
        };
        let paths: Vec<_> = all
            .keys()
            .filter(|path| !is_compressed(path))
            .cloned()
            .collect();
        let files = paths.into_iter().filter_map(|path| {
            let mut form = |encoding: Encoding| all.remove(&format!("{path}{}", encoding.ending()));
            let file = File::new(
                &path,
                form(Encoding::Identity)?,
                (form(Encoding::Brotli), form(Encoding::Gzip)),
            );
            Some((path, file))
        });
        Self(files.collect())
    }

    /// The same, with an element more in the head of a page. That page is no longer compressed: it is small.
    pub(crate) fn with_element(&self, page: &str, element: &str) -> Self {
        let mut files = self.0.clone();
        if let Some(file) = files.get_mut(page) {
            let content = String::from_utf8_lossy(&file.content);
            let content = content.replacen("</head>", &format!("{element}</head>"), 1);
            *file = File::new(page, content.into_bytes().into(), (None, None));
        }
        Self(files)
    }

    pub(crate) fn get(&self, path: &str) -> Option<(&str, &File)> {
        let (path, file) = self.0.get_key_value(path)?;
        Some((path, file))
    }
}

impl File {
    fn new(
        path: &str,
        content: Content,
        (brotli, gzip): (Option<Content>, Option<Content>),
    ) -> Self {
        let media_type = mime_guess::from_path(path).first_or_octet_stream();
        let media_type = match media_type.type_() {
            mime_guess::mime::TEXT => format!("{media_type}; charset=utf-8"),
            _ => media_type.to_string(),
        };
        let mut hash = String::new();
        for byte in Sha256::digest(&content).iter().take(16) {
            // Writing to a text cannot fail.
            let _ = write!(hash, "{byte:02x}");
        }
        Self {
            content,
            brotli,
            gzip,
            media_type,
            hash,
        }
    }

    pub(crate) fn media_type(&self) -> &str {
        &self.media_type
    }

    /// The smallest form that `Accept-Encoding` takes.
    pub(crate) fn accepted(&self, accept: Option<&str>) -> (Encoding, &[u8]) {
        let accept = accept.unwrap_or_default();
        let forms = [
            (Encoding::Brotli, &self.brotli),
            (Encoding::Gzip, &self.gzip),
        ];
        let found = forms.into_iter().find_map(|(encoding, content)| {
            let content = content.as_deref()?;
            encoding.is_accepted(accept).then_some((encoding, content))
        });
        found.unwrap_or((Encoding::Identity, &self.content))
    }

    /// Identifies the content in this form.
    pub(crate) fn tag(&self, encoding: Encoding) -> String {
        format!("\"{}-{}\"", self.hash, encoding.name())
    }
}

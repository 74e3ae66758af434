//! Records as files: CSV (RFC 4180) for spreadsheets, or NDJSON, a JSON text a line, for programs. Written portion by
//! portion, as they are read.

use std::io;

use bytes::Bytes;
use crm_app::{Crm, Export};
use crm_domain::activity::Actor;
use crm_domain::cell;
use crm_domain::custom_field::{CustomValues, FieldKey};
use crm_domain::import::Import;
use futures_util::{Stream, StreamExt, stream};
use poem::http::header;
use poem::{Body, IntoResponse, Response};
use poem_openapi::registry::{
    MetaHeader, MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use poem_openapi::{ApiResponse, Enum};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// In which form records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Enum)]
#[serde(rename_all = "lowercase")]
#[oai(rename = "ExportFormat", rename_all = "lowercase")]
pub enum Format {
    /// Comma-separated values with a header, for spreadsheets.
    #[default]
    Csv,
    /// A JSON object a line, as lists have them.
    Ndjson,
}

impl Format {
    const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Ndjson => "application/x-ndjson",
        }
    }

    const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
        }
    }
}

/// A record on the wire, which is a row of a table too.
pub trait Row: Serialize + Send + 'static {
    /// The columns: the names of the members, with a dot before those of an object within.
    const COLUMNS: &'static [&'static str];

    /// The values of custom fields, each of which is a column behind these: `custom.key`.
    fn custom(&self) -> &CustomValues;
}

/// The bytes of the file that holds these records, each written as a `W`. A failure is an error in the stream: the file
/// that came until then is not whole.
pub fn file<L, W>(
    export: Export<L>,
    format: Format,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static
where
    L: Send + 'static,
    W: Row + From<L>,
{
    let keys = export.custom_keys().to_owned();
    let head = match format {
        Format::Csv => Some(table_head::<W>(&keys).map(Bytes::from)),
        Format::Ndjson => None,
    };
    let portions = export.map(move |portion| {
        let records = portion.map_err(failed)?;
        let rows: Vec<W> = records.into_iter().map(W::from).collect();
        let written = match format {
            Format::Csv => table_rows(&rows, &keys),
            Format::Ndjson => lines(&rows),
        };
        written.map(Bytes::from)
    });
    stream::iter(head).chain(portions)
}

/// The rows of an import that are wrong, as a table: where they are, why, and what they hold.
fn wrong_rows(
    crm: Crm,
    actor: Actor,
    import: &Import,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    const PORTION: i32 = 500;
    let id = import.id;
    let head = ["line", "outcome", "reason"].map(str::to_owned);
    let head = head.into_iter().chain(import.columns.iter().cloned());
    let head = records([head.collect()].iter());
    let portions = stream::try_unfold(0, move |after| {
        let (crm, actor) = (crm.clone(), actor.clone());
        async move {
            let rows = crm.imports().wrong_rows(&actor, id, after, PORTION).await;
            let rows = rows.map_err(failed)?;
            let Some(last) = rows.last() else {
                return Ok(None);
            };
            let last = last.number;
            let rows = rows.into_iter().map(|row| {
                let what = [row.line.to_string(), row.outcome.to_string(), row.reason];
                what.into_iter().chain(row.cells).collect()
            });
            let rows: Vec<Vec<String>> = rows.collect();
            Ok(Some((records(rows.iter())?, last)))
        }
    });
    stream::once(async { head }).chain(portions)
}

fn records<'a>(rows: impl Iterator<Item = &'a Vec<String>>) -> io::Result<Bytes> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        // A row may have more cells than there are columns: that is what is wrong with it.
        .flexible(true)
        .from_writer(Vec::new());
    for row in rows {
        for text in row {
            writer.write_field(cell::neutralise(text).as_ref())?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    Ok(finish(writer)?.into())
}

fn failed(error: crm_app::Error) -> io::Error {
    tracing::warn!(%error, "a file failed on its way");
    io::Error::other(error)
}

fn lines(rows: &[impl Row]) -> io::Result<Vec<u8>> {
    let mut written = Vec::new();
    for row in rows {
        serde_json::to_writer(&mut written, row)?;
        written.push(b'\n');
    }
    Ok(written)
}

fn table_head<W: Row>(keys: &[FieldKey]) -> io::Result<Vec<u8>> {
    let mut writer = writer();
    for column in W::COLUMNS {
        writer.write_field(column)?;
    }
    for key in keys {
        writer.write_field(format!("custom.{key}"))?;
    }
    writer.write_record(None::<&[u8]>)?;
    finish(writer)
}

fn table_rows<W: Row>(rows: &[W], keys: &[FieldKey]) -> io::Result<Vec<u8>> {
    let mut writer = writer();
    for record in rows {
        let row = serde_json::to_value(record)?;
        for column in W::COLUMNS {
            let value = column
                .split('.')
                .try_fold(&row, |value, name| value.get(name));
            let text = value.map_or(Ok(String::new()), text)?;
            writer.write_field(cell::neutralise(&text).as_ref())?;
        }
        for key in keys {
            let value = record.custom().get(*key).map(ToString::to_string);
            writer.write_field(cell::neutralise(&value.unwrap_or_default()).as_ref())?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    finish(writer)
}

/// A value as the text of a cell. A list is a record of its own, separated by semicolons.
fn text(value: &Value) -> io::Result<String> {
    Ok(match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(text).collect::<io::Result<_>>()?;
            cell::join(&items)
        }
        other => other.to_string(),
    })
}

fn writer() -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new())
}

fn finish(writer: csv::Writer<Vec<u8>>) -> io::Result<Vec<u8>> {
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}

/// An answer that is a file to keep.
pub(crate) struct Download {
    format: Format,
    /// The name of the file, without its extension.
    name: String,
    body: Body,
}

impl Download {
    /// The records as a file of this name.
    pub(crate) fn new<L, W>(export: Export<L>, format: Format, name: String) -> Self
    where
        L: Send + 'static,
        W: Row + From<L>,
    {
        Self {
            format,
            name,
            body: Body::from_bytes_stream(file::<L, W>(export, format)),
        }
    }

    /// The rows of an import that are wrong, as CSV.
    pub(crate) fn wrong_rows(crm: Crm, actor: Actor, import: &Import) -> Self {
        Self {
            format: Format::Csv,
            name: format!("import-errors-{}", import.created_at.date_naive()),
            body: Body::from_bytes_stream(wrong_rows(crm, actor, import)),
        }
    }
}

impl IntoResponse for Download {
    fn into_response(self) -> Response {
        let Self { format, name, body } = self;
        let file = format!("attachment; filename=\"{name}.{}\"", format.extension());
        Response::builder()
            .header(
                header::CONTENT_TYPE,
                format!("{}; charset=utf-8", format.media_type()),
            )
            .header(header::CONTENT_DISPOSITION, file)
            .body(body)
    }
}

impl ApiResponse for Download {
    fn meta() -> MetaResponses {
        let content = [Format::Csv, Format::Ndjson].map(|format| MetaMediaType {
            content_type: format.media_type(),
            // Any text: of any length, which no schema can say together with a bound.
            schema: MetaSchemaRef::Inline(Box::new(MetaSchema::ANY)),
        });
        let disposition = MetaHeader {
            name: "Content-Disposition".to_owned(),
            description: Some("The name of the file.".to_owned()),
            required: true,
            deprecated: false,
            schema: MetaSchemaRef::Inline(Box::new(MetaSchema {
                max_length: Some(200),
                ..MetaSchema::new("string")
            })),
        };
        MetaResponses {
            responses: vec![MetaResponse {
                description: "The file. One that ends without the last chunk of HTTP is not whole.",
                status: Some(200),
                status_range: None,
                content: content.into(),
                headers: vec![disposition],
            }],
        }
    }

    fn register(_: &mut Registry) {}
}

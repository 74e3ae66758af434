//! A span for each statement, for who traces requests. It has the name of the statement, such as `select leads`, and nothing of its
//! values.

use std::fmt::{self, Write as _};

use diesel::connection::{Instrumentation, InstrumentationEvent};
use tracing::Span;

use crate::TRACE;

/// As much of a statement as is looked at for its name.
const MAX_CHARS: usize = 4_000;

/// The statement that runs on a connection: one at a time.
#[derive(Default)]
pub(super) struct Statements(Option<Span>);

impl Instrumentation for Statements {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { query, .. } => {
                let mut text = Beginning(String::new());
                // Fails where it is long enough.
                let _ = write!(text, "{query}");
                self.0 = Some(span(&text.0));
            }
            InstrumentationEvent::FinishQuery { .. } => self.0 = None,
            _ => {}
        }
    }
}

fn span(statement: &str) -> Span {
    let name = name(statement);
    tracing::trace_span!(
        target: TRACE,
        "statement",
        otel.name = name,
        otel.kind = "client",
        db.system.name = "postgresql",
    )
}

/// What a statement does, and with which table first; of one that begins with others, the first of them.
fn name(statement: &str) -> String {
    let (text, _values) = statement.split_once("-- binds:").unwrap_or((statement, ""));
    let text = match text.split_once('(') {
        Some((before, first)) if before.to_ascii_lowercase().starts_with("with ") => first,
        _ => text,
    };
    let mut words = text.split_whitespace();
    let verb = words.next().unwrap_or_default().to_ascii_lowercase();
    let table = match verb.as_str() {
        "update" => words.next(),
        _ => words
            .skip_while(|word| !["from", "into"].contains(&word.to_ascii_lowercase().as_str()))
            .nth(1),
    };
    let is_name = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
    let bare = |word: &str| word.chars().filter(is_name).collect::<String>();
    let (verb, table) = (bare(&verb), table.map(bare).unwrap_or_default());
    format!("{verb} {table}").trim_end().to_owned()
}

/// The beginning of a text.
struct Beginning(String);

impl fmt::Write for Beginning {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.0.push_str(part);
        match self.0.len() {
            0..MAX_CHARS => Ok(()),
            _ => Err(fmt::Error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_named_by_what_it_does_with_which_table() {
        for (statement, expected) in [
            (
                r#"SELECT "leads"."id" FROM "leads" WHERE "leads"."name" = $1 -- binds: ["Ada"]"#,
                "select leads",
            ),
            (
                r#"INSERT INTO "activities" ("id") VALUES ($1)"#,
                "insert activities",
            ),
            (r#"UPDATE "leads" SET "name" = $1"#, "update leads"),
            (
                "delete from jobs where id in (select id from dead)",
                "delete jobs",
            ),
            (
                "with activity as (insert into activities (id) values ($1)) insert into events (id) values ($1)",
                "insert activities",
            ),
            ("BEGIN", "begin"),
            (
                r#"select set_config($1) -- binds: ["from Berlin"]"#,
                "select",
            ),
            ("", ""),
        ] {
            assert_eq!(name(statement), expected, "{statement}");
        }
    }

    #[test]
    fn a_long_statement_is_not_written_out() {
        let mut text = Beginning(String::new());
        let long = (0..10_000).map(|number| number.to_string());
        for part in long {
            if text.write_str(&part).is_err() {
                break;
            }
        }
        assert!(text.0.len() < MAX_CHARS + 10);
    }
}

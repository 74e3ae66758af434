//! `crm plugin new`: the crate of a plugin to begin with.
//!
//! It is `examples/custom_plugin` with other names, so what is made here is what is built and tested there.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Failure, say};
use crate::app::SystemClock;
use crate::domain::clock::Clock as _;

#[derive(Args)]
pub(super) struct Arguments {
    /// Its id, which begins the name of everything that it brings: the plural of what it keeps
    #[arg(value_parser = id)]
    name: String,
    /// What it keeps, in the singular; the id without its last s, unless it is said
    #[arg(long, value_parser = id)]
    record: Option<String>,
    /// The folder of the CRM's sources, against which it is built
    #[arg(long, value_name = "FOLDER")]
    source: PathBuf,
    /// The folder to make, which must not be there; named as the plugin, unless it is said
    #[arg(long, value_name = "FOLDER")]
    into: Option<PathBuf>,
}

macro_rules! example {
    ($($file:literal),* $(,)?) => {
        [$(($file, include_str!(concat!("../../examples/custom_plugin/", $file)))),*]
    };
}

const FILES: [(&str, &str); 9] = example![
    "Cargo.toml",
    "README.md",
    "src/api.rs",
    "src/create_visits.sql",
    "src/lib.rs",
    "src/store.rs",
    "src/visit.rs",
    "src/visits.rs",
    "tests/visits.rs",
];

/// The version of the example's migration, and how one is written.
const MIGRATION: (&str, &str) = ("2026-11-27-100000", "%Y-%m-%d-%H%M%S");

/// Where the example finds the CRM's sources.
const SOURCE: &str = "../..";

pub(super) fn run(arguments: Arguments) -> Result<(), Failure> {
    let Arguments {
        name,
        record,
        source,
        into,
    } = arguments;
    let names = Names::of(name, record)?;
    let source = the_source(&source)?;
    let folder = into.unwrap_or_else(|| PathBuf::from(&names.id));
    if folder.exists() {
        let message = format!(
            "{} is there already; --into names another folder",
            folder.display()
        );
        return Err(Failure::other(message));
    }
    let migration = SystemClock.now().format(MIGRATION.1).to_string();
    for (path, text) in FILES {
        let text = names.put_into(text).replace(MIGRATION.0, &migration);
        let text = text.replace(SOURCE, &source);
        write(&folder.join(names.put_into(path)), &text)?;
    }
    // The versions with which the CRM is tested.
    let lock = Path::new(&source).join("Cargo.lock");
    fs::copy(lock, folder.join("Cargo.lock")).map_err(|error| {
        Failure::other(format!("{source}/Cargo.lock cannot be copied: {error}"))
    })?;
    say(format_args!(
        "{id} is made in {folder}. Build it and run its tests:\n\n  cd {folder} && cargo test\n\n\
         Its README.md says how a server gets it.",
        id = names.id,
        folder = folder.display(),
    ));
    Ok(())
}

/// What the example calls its own, and the plugin its.
struct Names {
    id: String,
    record: String,
}

impl Names {
    fn of(id: String, record: Option<String>) -> Result<Self, Failure> {
        let record = record.or_else(|| id.strip_suffix('s').map(str::to_owned));
        match record {
            Some(record) if record != id && !record.is_empty() => Ok(Self { id, record }),
            _ => Err(Failure::other(format!(
                "{id} is no plural that ends in s: name one of them with --record"
            ))),
        }
    }

    fn put_into(&self, text: &str) -> String {
        // The plural first, which the singular begins.
        text.replace("visits", &self.id)
            .replace("Visits", &capital(&self.id))
            .replace("visit", &self.record)
            .replace("Visit", &capital(&self.record))
            .replace("VISIT", &self.record.to_uppercase())
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// A name that begins names in Rust, in SQL and in addresses.
fn id(text: &str) -> Result<String, String> {
    let is_good = (2..=20).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if !is_good {
        return Err("2 to 20 small letters and digits, a letter first".to_owned());
    }
    Ok(text.to_owned())
}

fn the_source(folder: &Path) -> Result<String, Failure> {
    let no_source = |why: &dyn std::fmt::Display| {
        Failure::other(format!(
            "{} has no sources of the CRM: {why}",
            folder.display()
        ))
    };
    if !folder.join("crm-app/Cargo.toml").exists() {
        return Err(no_source(&"there is no crm-app/Cargo.toml in it"));
    }
    let folder = folder.canonicalize().map_err(|error| no_source(&error))?;
    let path = folder
        .to_str()
        .ok_or_else(|| no_source(&"its path is no text"))?;
    Ok(path.to_owned())
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let fails = |error| Failure::other(format!("{} cannot be written: {error}", path.display()));
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(fails)?;
    }
    fs::write(path, text).map_err(fails)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(id: &str, record: Option<&str>) -> Option<(String, String)> {
        let names = Names::of(id.to_owned(), record.map(str::to_owned)).ok()?;
        Some((names.id, names.record))
    }

    #[test]
    fn what_is_kept_is_the_id_without_its_s_or_said() {
        let pair = |id: &str, record: &str| Some((id.to_owned(), record.to_owned()));
        assert_eq!(names("contracts", None), pair("contracts", "contract"));
        assert_eq!(names("stock", Some("item")), pair("stock", "item"));
        assert_eq!(names("stock", None), None);
        assert_eq!(names("stock", Some("stock")), None);
    }

    #[test]
    fn every_name_of_the_example_is_replaced() {
        let names = Names::of("contracts".to_owned(), None);
        let names = names.unwrap_or_else(|_| panic!("good names"));
        for (path, text) in FILES {
            let text = names.put_into(text).to_lowercase();
            assert!(!text.contains("visit"), "{path}");
        }
    }

    #[test]
    fn an_id_is_small_letters_and_digits() {
        for good in ["contracts", "ab", "a1b2"] {
            assert!(id(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "a",
            "Contracts",
            "my-plugin",
            "1st",
            "a_b",
            "straße",
            "abcdefghijklmnopqrstu",
        ] {
            assert!(id(bad).is_err(), "{bad}");
        }
    }
}

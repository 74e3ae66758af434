//! The figures as a table: operations down, sizes across.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The name of the group of this size.
pub(crate) fn group(leads: u32) -> String {
    format!("{leads} leads")
}

/// Prints what was measured, this time or before, of these sizes.
pub(crate) fn print(sizes: &[u32]) {
    let columns = sizes
        .iter()
        .map(|leads| measured(&results().join(group(*leads))));
    let columns: Vec<BTreeMap<String, f64>> = columns.collect();
    let operations: BTreeSet<&String> = columns.iter().flat_map(BTreeMap::keys).collect();
    print!("\n{:<28}", "mean of one call");
    for leads in sizes {
        print!("{:>16}", group(*leads));
    }
    println!("{:>10}", "ratio");
    for name in operations {
        let row: Vec<Option<f64>> = columns
            .iter()
            .map(|means| means.get(name).copied())
            .collect();
        print!("{name:<28}");
        for figure in &row {
            print!("{:>16}", figure.map_or_else(|| "-".to_owned(), shown));
        }
        let ratio = match (row.first(), row.last()) {
            (Some(Some(small)), Some(Some(large))) => format!("{:.1}", large / small),
            _ => "-".to_owned(),
        };
        println!("{ratio:>10}");
    }
}

fn shown(nanoseconds: f64) -> String {
    if nanoseconds < 1e6 {
        format!("{:.0} us", nanoseconds / 1e3)
    } else {
        format!("{:.1} ms", nanoseconds / 1e6)
    }
}

/// Where criterion keeps what it measured: beside the program, `target/release/deps/scale-..`.
fn results() -> PathBuf {
    let program = std::env::current_exe().expect("the path of this program");
    let target = program.ancestors().nth(3).expect("a folder of targets");
    target.join("criterion")
}

/// The mean of each operation in a folder of criterion's, in nanoseconds.
fn measured(folder: &Path) -> BTreeMap<String, f64> {
    let Ok(entries) = fs::read_dir(folder) else {
        return BTreeMap::new();
    };
    let folders = entries.flatten().map(|entry| entry.path().join("new"));
    folders.filter_map(|folder| mean(&folder)).collect()
}

fn mean(folder: &Path) -> Option<(String, f64)> {
    let read = |file: &str| -> Option<Value> {
        serde_json::from_slice(&fs::read(folder.join(file)).ok()?).ok()
    };
    let name = read("benchmark.json")?
        .get("function_id")?
        .as_str()?
        .to_owned();
    let mean = read("estimates.json")?
        .pointer("/mean/point_estimate")?
        .as_f64()?;
    Some((name, mean))
}

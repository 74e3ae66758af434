//! A ledger against a list of migrations, without a database.

use std::collections::{HashMap, HashSet};

use super::{LedgerRow, MigrateError, Migration};

/// Where a database stands against a list of migrations.
#[derive(Debug, Clone)]
pub struct Status {
    /// Applied, and known to this binary, in the order of application.
    pub applied: Vec<LedgerRow>,
    /// To be applied, in this order.
    pub pending: Vec<Migration>,
    /// Applied by plugins that this binary does not hold. Their tables stay as they are.
    pub dormant: Vec<LedgerRow>,
}

pub(super) fn check_order(migrations: &[Migration]) -> Result<(), MigrateError> {
    let mut newest: HashMap<&str, &str> = HashMap::new();
    for migration in migrations {
        let before = newest.insert(migration.plugin, migration.version);
        if before.is_some_and(|before| before >= migration.version) {
            return Err(MigrateError::Unordered {
                migration: migration.to_string(),
            });
        }
    }
    Ok(())
}

pub(crate) fn compare(
    rows: Vec<LedgerRow>,
    migrations: &[Migration],
) -> Result<Status, MigrateError> {
    let known: HashMap<(&str, &str), &Migration> = migrations
        .iter()
        .map(|migration| ((migration.plugin, migration.version), migration))
        .collect();
    // Later entries win, and a plugin's list is ascending: this is its newest.
    let newest: HashMap<&str, &str> = migrations
        .iter()
        .map(|migration| (migration.plugin, migration.version))
        .collect();
    let mut applied = Vec::new();
    let mut dormant = Vec::new();
    for row in rows {
        match (
            known.get(&(row.plugin.as_str(), row.version.as_str())),
            newest.get(row.plugin.as_str()),
        ) {
            (Some(migration), _) if migration.checksum() == row.checksum => applied.push(row),
            (Some(migration), _) => {
                return Err(MigrateError::Drift {
                    migration: migration.to_string(),
                });
            }
            // Also one that sorts before our newest: a later release brought it.
            (None, Some(newest_known)) => {
                return Err(MigrateError::SchemaNewer {
                    newest_known: (*newest_known).to_owned(),
                    plugin: row.plugin,
                    found: row.version,
                });
            }
            (None, None) => dormant.push(row),
        }
    }
    let done: HashSet<(&str, &str)> = applied
        .iter()
        .map(|row| (row.plugin.as_str(), row.version.as_str()))
        .collect();
    let pending = migrations
        .iter()
        .filter(|migration| !done.contains(&(migration.plugin, migration.version)))
        .copied()
        .collect();
    Ok(Status {
        applied,
        pending,
        dormant,
    })
}

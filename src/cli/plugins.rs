//! `crm plugins` and `crm plugin`: the plugins that the program holds, and what they have in the database.

use std::fmt::Display;

use clap::Subcommand;

use super::database::with_database;
use super::{Failure, new_plugin, say};
use crate::app::plugin::{Holdings, Manifest, Plugins};
use crate::config::Config;

pub(super) const EXAMPLES: &str = "Examples:\n  crm plugins                list them\n  \
    crm plugins inspect deals  what one brings\n\n\
    Both need no database.";

pub(super) const CHANGE_EXAMPLES: &str = "Examples:\n  crm plugin new contracts --source ../crm   \
    make ./contracts, with tests\n  crm plugin purge deals                     list what would be removed\n  \
    crm plugin purge deals --yes               remove it";

#[derive(Subcommand)]
pub(super) enum Action {
    /// Show what a plugin brings: permissions, migrations, handlers, events
    Inspect {
        /// Its id
        name: String,
    },
}

#[derive(Subcommand)]
pub(super) enum Change {
    /// Make the crate of a plugin that works and has tests, to begin with
    New(new_plugin::Arguments),
    /// Remove what a plugin has in the database: tables, migrations, grants, jobs. The activity log is kept
    Purge {
        /// Its id
        name: String,
        /// Do it; without it, only say what would be removed
        #[arg(long)]
        yes: bool,
    },
}

pub(super) fn run(plugins: &Plugins, action: Option<Action>) -> Result<(), Failure> {
    match action {
        None => {
            for manifest in plugins.manifests() {
                let Manifest {
                    id, version, about, ..
                } = manifest;
                say(format_args!("{id}\t{version}\t{about}"));
            }
            Ok(())
        }
        Some(Action::Inspect { name }) => inspect(plugins, &name),
    }
}

fn inspect(plugins: &Plugins, name: &str) -> Result<(), Failure> {
    let manifest = plugins.manifests().find(|manifest| manifest.id == name);
    let Manifest {
        id,
        version,
        requires,
        about,
    } = manifest.ok_or_else(|| {
        Failure::other(format!("there is no plugin {name}; crm plugins lists all"))
    })?;
    let begin = format!("{id}.");
    say(format_args!("{id} {version}: {about}"));
    list(
        "requires",
        requires.iter().map(|(id, range)| format!("{id} {range}")),
    );
    let described = plugins.catalogue().described().iter();
    let own = described.filter(|known| known.permission.resource.as_str().starts_with(&begin));
    list(
        "permission",
        own.map(|known| format!("{}  {}", known.permission, known.about)),
    );
    let granted = plugins
        .default_grants()
        .iter()
        .filter(|grant| grant.plugin == id);
    list(
        "granted at first",
        granted.map(|grant| {
            let role = crate::domain::role::Role::ALL
                .into_iter()
                .find(|role| role.id() == grant.role);
            let role = role.map_or("?", crate::domain::role::Role::as_str);
            format!("{}={} to {role}", grant.permission, grant.extent)
        }),
    );
    let migrations = plugins.migrations().into_iter();
    list(
        "migration",
        migrations.filter(|migration| migration.plugin == id),
    );
    let own = |names: Vec<&'static str>| {
        let names = names.into_iter().filter(|name| name.starts_with(&begin));
        names.collect::<Vec<_>>()
    };
    list(
        "event",
        own(plugins.events().iter().map(|event| event.name).collect()),
    );
    list("handler", own(plugins.handlers()));
    list("health check", own(plugins.health_checks().collect()));
    Ok(())
}

fn list(what: &str, all: impl IntoIterator<Item: Display>) {
    for one in all {
        say(format_args!("  {what:<17} {one}"));
    }
}

pub(super) async fn purge(config: &Config, name: &str, yes: bool) -> Result<(), Failure> {
    with_database(config, async |database| {
        let crm = database.crm(config).await?;
        let found = crm.plugin_holdings(name).await?;
        if found.is_empty() {
            say(format_args!("{name} has nothing in the database"));
            return Ok(());
        }
        tell(name, &found);
        if !yes {
            let message = "nothing was removed: --yes removes it, and there is no way back";
            return Err(Failure::other(message));
        }
        crm.purge_plugin(name).await?;
        say(format_args!(
            "removed; the activity log keeps what it tells of {name}"
        ));
        Ok(())
    })
    .await
}

fn tell(name: &str, found: &Holdings) {
    let Holdings {
        tables,
        migrations,
        grants,
        jobs,
    } = found;
    say(format_args!("{name} has:"));
    list("table", tables);
    say(format_args!(
        "  {migrations} applied migrations, {grants} grants, {jobs} jobs"
    ));
}

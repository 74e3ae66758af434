//! `crm team`: teams of users.

use clap::Subcommand;

use super::database::with_database;
use super::names::team_id;
use super::user::ACTOR;
use super::{Failure, say};
use crate::config::Config;
use crate::domain::text::TeamName;

pub(super) const EXAMPLES: &str = "Examples:\n  \
    crm team create North\n  crm user set bob@example.org --team North";

#[derive(Subcommand)]
pub(super) enum Action {
    /// List the teams
    List,
    /// Make a team
    Create {
        /// Its name
        name: TeamName,
    },
    /// Give a team another name
    Rename {
        /// Its name now
        from: String,
        /// Its next name
        to: TeamName,
    },
    /// Delete a team that nobody is in
    Delete {
        /// Its name
        name: String,
    },
}

pub(super) async fn run(config: &Config, action: Action) -> Result<(), Failure> {
    with_database(config, async |database| {
        let crm = database.crm(config).await?;
        let access = crm.access().await?;
        match action {
            Action::List => {
                for team in crm.teams().list(&ACTOR).await? {
                    say(&team.name);
                }
            }
            Action::Create { name } => {
                let team = crm.teams().create(&ACTOR, name).await?;
                say(format_args!("made the team {}", team.name));
            }
            Action::Rename { from, to } => {
                let id = team_id(&access, &from)?;
                let team = crm.teams().rename(&ACTOR, id, to, None).await?;
                say(format_args!("{from} is {} now", team.name));
            }
            Action::Delete { name } => {
                let id = team_id(&access, &name)?;
                crm.teams().delete(&ACTOR, id, None).await?;
                say(format_args!("deleted the team {name}"));
            }
        }
        Ok(())
    })
    .await
}

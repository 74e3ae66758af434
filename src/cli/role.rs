//! `crm role`: roles of the workspace's own.

use std::str::FromStr;

use clap::{Args, Subcommand, ValueEnum};

use super::database::with_database;
use super::names::{role_id, role_ids, role_names};
use super::user::ACTOR;
use super::{Failure, say};
use crate::app::Crm;
use crate::app::roles::RoleEdit;
use crate::config::Config;
use crate::domain::permission::Extent;
use crate::domain::role::{Grants, RoleContent};
use crate::domain::text::{Description, RoleName};

pub(super) const EXAMPLES: &str = "Examples:\n  \
    crm role create 'Team lead' --inherits Agent --grant lead:assign=team\n  \
    crm role set 'Team lead' --inherits Agent --grant lead:assign=team --grant user:read=all\n  \
    crm role demand-second-factor Admin on\n  \
    crm permissions --role 'Team lead'\n\n\
    A grant is a permission and how far it reaches: own, queue, team or all. crm permissions lists them.";

#[derive(Subcommand)]
pub(super) enum Action {
    /// List the roles, with what they inherit and whether they demand a second factor
    List,
    /// Make a role
    Create(Create),
    /// Say what a role grants and inherits, instead of what it did before
    Set(Set),
    /// Say whether users of a role may do nothing until they have a second factor; built-in roles may demand it too
    DemandSecondFactor {
        /// Its name
        name: String,
        /// Whether it demands one
        demand: Switch,
    },
    /// Delete a role that nobody has
    Delete {
        /// Its name
        name: String,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Switch {
    /// Yes
    On,
    /// No
    Off,
}

#[derive(Args)]
pub(super) struct Create {
    /// Its name
    name: RoleName,
    /// What it is for
    #[arg(long)]
    description: Option<Description>,
    #[command(flatten)]
    content: Content,
}

#[derive(Args)]
pub(super) struct Set {
    /// Its name
    name: String,
    #[command(flatten)]
    content: Content,
}

#[derive(Args)]
struct Content {
    /// A role whose grants it has too; may be given several times
    #[arg(long, value_name = "ROLE")]
    inherits: Vec<String>,
    /// A grant, as lead:read=team; may be given several times
    #[arg(long = "grant", value_name = "PERMISSION=EXTENT")]
    grants: Vec<Grant>,
}

#[derive(Clone)]
struct Grant {
    /// Its name: which there are, the plugins of the CRM say too.
    permission: String,
    extent: Extent,
}

impl FromStr for Grant {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (permission, extent) = text
            .split_once('=')
            .ok_or("is not of the form lead:read=team")?;
        Ok(Self {
            permission: permission.to_owned(),
            extent: extent
                .parse()
                .map_err(|error| format!("{extent} {error}"))?,
        })
    }
}

pub(super) async fn run(config: &Config, action: Action) -> Result<(), Failure> {
    with_database(config, async |database| {
        let crm = database.crm(config).await?;
        match action {
            Action::List => list(&crm).await,
            Action::Create(create) => self::create(&crm, create).await,
            Action::Set(set) => self::set(&crm, set).await,
            Action::DemandSecondFactor { name, demand } => {
                demand_second_factor(&crm, &name, demand).await
            }
            Action::Delete { name } => {
                let id = role_id(&*crm.access().await?, &name)?;
                crm.roles().delete(&ACTOR, id, None).await?;
                say(format_args!("deleted the role {name}"));
                Ok(())
            }
        }
    })
    .await
}

async fn list(crm: &Crm) -> Result<(), Failure> {
    let access = crm.access().await?;
    for role in crm.roles().list(&ACTOR).await? {
        let origin = if role.is_built_in {
            "built-in"
        } else {
            "custom"
        };
        let inherits = role_names(&access, access.policy().parents(role.id));
        let demand = if role.demands_second_factor {
            "second factor"
        } else {
            "-"
        };
        say(format_args!(
            "{}\t{origin}\t{inherits}\t{demand}",
            role.name
        ));
    }
    Ok(())
}

async fn create(crm: &Crm, create: Create) -> Result<(), Failure> {
    let Create {
        name,
        description,
        content: Content { inherits, grants },
    } = create;
    let content = RoleContent {
        name,
        description,
        inherits: role_ids(&*crm.access().await?, &inherits)?,
        grants: grants_of(crm, grants)?,
        demands_second_factor: false,
    };
    let role = crm.roles().create(&ACTOR, content).await?;
    say(format_args!("made the role {}", role.name));
    Ok(())
}

async fn set(crm: &Crm, set: Set) -> Result<(), Failure> {
    let Set {
        name,
        content: Content { inherits, grants },
    } = set;
    let access = crm.access().await?;
    let edit = RoleEdit {
        inherits: Some(role_ids(&access, &inherits)?),
        grants: Some(grants_of(crm, grants)?),
        ..RoleEdit::default()
    };
    let id = role_id(&access, &name)?;
    let role = crm.roles().edit(&ACTOR, id, edit).await?;
    say(format_args!("changed the role {}", role.name));
    Ok(())
}

async fn demand_second_factor(crm: &Crm, name: &str, demand: Switch) -> Result<(), Failure> {
    let id = role_id(&*crm.access().await?, name)?;
    let edit = RoleEdit {
        demands_second_factor: Some(demand == Switch::On),
        ..RoleEdit::default()
    };
    let role = crm.roles().edit(&ACTOR, id, edit).await?;
    let demands = if role.demands_second_factor {
        "demands"
    } else {
        "does not demand"
    };
    say(format_args!(
        "the role {} {demands} a second factor",
        role.name
    ));
    Ok(())
}

fn grants_of(crm: &Crm, grants: Vec<Grant>) -> Result<Grants, Failure> {
    let known = |Grant { permission, extent }: Grant| match crm.catalogue().permission(&permission)
    {
        Ok(known) => Ok((known, extent)),
        Err(error) => Err(Failure::wrong_use(format!("{permission} {error}"))),
    };
    grants.into_iter().map(known).collect()
}

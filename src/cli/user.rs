//! `crm user`: what must be possible when nobody can sign in.

use clap::{Args, Subcommand};

use super::database::with_database;
use super::names::{role_ids, role_names, team_ids, team_names};
use super::{Failure, password, say};
use crate::app::users::{self, NewUser, Reassign, UserEdit};
use crate::app::{Access, BcryptHash, Crm};
use crate::config::Config;
use crate::domain::activity::Actor;
use crate::domain::page::{Limit, Page};
use crate::domain::text::{Email, Name};
use crate::domain::user::{User, UserContent, UserFilter};

pub(super) const EXAMPLES: &str = "Examples:\n  \
    crm user create ada@example.org --name 'Ada Lovelace' --role Admin\n  \
    crm user create bob@example.org --name Bob --team North < password.txt\n  \
    crm user invite cyd@example.org --name Cyd --role Manager\n  \
    crm user create shop@example.org --name 'Web shop' --service\n  \
    crm user password-link cyd@example.org\n  \
    crm user set bob@example.org --role Agent --role Exporter --team North\n  \
    crm user reset-password ada@example.org --generate\n  \
    crm user remove-second-factor ada@example.org\n  \
    crm user disable bob@example.org --reassign-to ada@example.org\n\n\
    A running crm serve need not be stopped for it.";

/// How the activity log names the command line.
pub(super) const ACTOR: Actor = Actor::system("command line");

#[derive(Subcommand)]
pub(super) enum Action {
    /// List the users
    List,
    /// Make a user; the password is asked for, or read from standard input
    Create(Create),
    /// Make a user who sets the first password by a link, which is printed
    Invite(New),
    /// Print a link by which a user sets another password
    PasswordLink(PasswordLink),
    /// Say which roles and teams a user has, instead of those before
    Set(Set),
    /// Give a user a new password, and end all their sessions
    ResetPassword(ResetPassword),
    /// Let a user who has lost their device sign in without it, and end all their sessions
    RemoveSecondFactor(RemoveSecondFactor),
    /// Let a user sign in no more, and end all their sessions
    Disable(Disable),
    /// Let a user sign in again
    Enable(Enable),
}

#[derive(Args)]
pub(super) struct PasswordLink {
    /// The address that the user signs in with
    email: Email,
}

#[derive(Args)]
pub(super) struct Create {
    #[command(flatten)]
    new: New,
    /// Make a password and print it
    #[arg(long)]
    generate: bool,
    /// Make a program, which never signs in: it gets API keys
    #[arg(long, conflicts_with = "generate")]
    service: bool,
    /// Read the bcrypt hash that another program has of the password, instead of the password
    #[arg(long, conflicts_with_all = ["generate", "service"])]
    bcrypt: bool,
}

#[derive(Args)]
pub(super) struct New {
    /// The address that the user signs in with
    email: Email,
    /// What others see
    #[arg(long)]
    name: Name,
    /// A role by its name; may be given several times
    #[arg(long = "role", value_name = "ROLE", default_value = "Agent")]
    roles: Vec<String>,
    /// A team by its name; may be given several times
    #[arg(long = "team", value_name = "TEAM")]
    teams: Vec<String>,
}

impl New {
    fn content(&self, access: &Access) -> Result<UserContent, Failure> {
        Ok(UserContent {
            name: self.name.clone(),
            email: self.email.clone(),
            roles: role_ids(access, &self.roles)?,
            teams: team_ids(access, &self.teams)?,
        })
    }
}

#[derive(Args)]
pub(super) struct Set {
    /// The address that the user signs in with
    email: Email,
    /// All roles by their names; may be given several times. Without it they stay
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// All teams by their names; may be given several times. Without it they stay
    #[arg(long = "team", value_name = "TEAM")]
    teams: Vec<String>,
    /// Take the user out of all teams
    #[arg(long, conflicts_with = "teams")]
    no_teams: bool,
}

#[derive(Args)]
pub(super) struct ResetPassword {
    /// The address that the user signs in with
    email: Email,
    /// Make a password and print it
    #[arg(long)]
    generate: bool,
}

#[derive(Args)]
pub(super) struct RemoveSecondFactor {
    /// The address that the user signs in with
    email: Email,
}

#[derive(Args)]
pub(super) struct Disable {
    /// The address that the user signs in with
    email: Email,
    /// Give their leads, customers and tasks to this user
    #[arg(long, value_name = "EMAIL")]
    reassign_to: Option<Email>,
    /// Give their leads, customers and tasks to nobody
    #[arg(long, conflicts_with = "reassign_to")]
    unassign: bool,
}

#[derive(Args)]
pub(super) struct Enable {
    /// The address that the user signs in with
    email: Email,
}

pub(super) async fn run(config: &Config, action: Action) -> Result<(), Failure> {
    match action {
        Action::List => list(config).await,
        Action::Create(create) => self::create(config, create).await,
        Action::Invite(new) => invite(config, new).await,
        Action::PasswordLink(link) => password_link(config, link).await,
        Action::Set(set) => self::set(config, set).await,
        Action::ResetPassword(reset) => reset_password(config, reset).await,
        Action::RemoveSecondFactor(remove) => remove_second_factor(config, remove).await,
        Action::Disable(disable) => self::disable(config, disable).await,
        Action::Enable(enable) => self::enable(config, enable).await,
    }
}

async fn list(config: &Config) -> Result<(), Failure> {
    with_database(config, async |database| {
        let crm = database.crm(config).await?;
        let (filter, limit) = (
            UserFilter::default(),
            Limit::new(Limit::MAX).unwrap_or_default(),
        );
        for number in 1.. {
            let Some(page) = Page::new(number, limit) else {
                break;
            };
            let users = crm.users().list(&ACTOR, &filter, page).await?.users;
            for user in &users {
                describe(&crm, user).await?;
            }
            if users.len() < usize::from(limit.rows()) {
                break;
            }
        }
        Ok(())
    })
    .await
}

/// A line about a user, with tabs between its parts.
async fn describe(crm: &Crm, user: &User) -> Result<(), Failure> {
    let access = crm.access().await?;
    let kind = match (user.is_active, user.is_service) {
        (false, _) => "disabled",
        (true, true) => "service",
        (true, false) => "active",
    };
    say(format_args!(
        "{}\t{}\t{kind}\t{}\t{}",
        user.email,
        user.name,
        role_names(&access, &user.roles),
        team_names(&access, &user.teams),
    ));
    Ok(())
}

async fn create(config: &Config, create: Create) -> Result<(), Failure> {
    let Create {
        new,
        generate,
        service,
        bcrypt,
    } = create;
    with_database(config, async |database| {
        let crm = database.crm(config).await?;
        let content = new.content(&*crm.access().await?)?;
        let user = if service {
            crm.users().create_service(&ACTOR, content).await?
        } else if bcrypt {
            let hash: BcryptHash = password::read(false)?.parse()?;
            let users = crm.users();
            users.create_with_bcrypt(&ACTOR, content, &hash).await?
        } else {
            let password = password::read(generate)?;
            let new = NewUser::with_password(content, password);
            crm.users().create(&ACTOR, new).await?
        };
        let roles = role_names(&*crm.access().await?, &user.roles);
        say(format_args!("{} is {roles} now", user.email));
        Ok(())
    })
    .await
}

async fn invite(config: &Config, new: New) -> Result<(), Failure> {
    with_database(config, async |database| {
        let crm = database.crm(config).await?;
        let content = new.content(&*crm.access().await?)?;
        let (user, link) = crm.users().invite(&ACTOR, content).await?;
        describe(&crm, &user).await?;
        say_link(config, &link);
        Ok(())
    })
    .await
}

async fn password_link(config: &Config, link: PasswordLink) -> Result<(), Failure> {
    with_database(config, async |database| {
        let crm = database.crm(config).await?;
        let user = crm.users().find_by_email(&ACTOR, &link.email).await?;
        let link = crm.users().issue_password_link(&ACTOR, user.id).await?;
        say_link(config, &link);
        Ok(())
    })
    .await
}

/// The link as the API gives it; without a console of its own origin, for the address of the server.
fn say_link(config: &Config, link: &users::PasswordLink) {
    let origin = config.console_origin();
    let origin = origin.unwrap_or_else(|| Config::url(config.address()));
    say(format_args!(
        "link: {origin}/set-password#token={}\nworks once, until {}",
        link.token, link.expires_at,
    ));
}

async fn set(config: &Config, set: Set) -> Result<(), Failure> {
    let Set {
        email,
        roles,
        teams,
        no_teams,
    } = set;
    with_database(config, async |database| {
        let crm = database.crm(config).await?;
        let access = crm.access().await?;
        let user = crm.users().find_by_email(&ACTOR, &email).await?;
        let new_teams = no_teams || !teams.is_empty();
        let edit = UserEdit {
            roles: (!roles.is_empty())
                .then(|| role_ids(&access, &roles))
                .transpose()?,
            teams: new_teams.then(|| team_ids(&access, &teams)).transpose()?,
            ..UserEdit::default()
        };
        let user = crm.users().edit(&ACTOR, user.id, edit).await?;
        describe(&crm, &user).await
    })
    .await
}

async fn reset_password(config: &Config, reset: ResetPassword) -> Result<(), Failure> {
    let password = password::read(reset.generate)?;
    with_database(config, async |database| {
        let crm = database.crm(config).await?;
        let user = crm.users().find_by_email(&ACTOR, &reset.email).await?;
        crm.users()
            .reset_password(&ACTOR, user.id, password)
            .await?;
        say(format_args!(
            "{} has a new password and no session",
            user.email
        ));
        if !user.is_active {
            say("but is disabled and cannot sign in");
        }
        Ok(())
    })
    .await
}

async fn remove_second_factor(config: &Config, remove: RemoveSecondFactor) -> Result<(), Failure> {
    with_database(config, async |database| {
        let crm = database.crm(config).await?;
        let user = crm.users().find_by_email(&ACTOR, &remove.email).await?;
        crm.second_factors().remove_of(&ACTOR, user.id).await?;
        say(format_args!("{} has no second factor", user.email));
        if let Some(role) = crm.access().await?.second_factor_demanded_by(user.id) {
            let role = role_names(&*crm.access().await?, &[role]);
            say(format_args!(
                "but may do nothing without one: {role} demands it"
            ));
        }
        Ok(())
    })
    .await
}

async fn disable(config: &Config, disable: Disable) -> Result<(), Failure> {
    let Disable {
        email,
        reassign_to,
        unassign,
    } = disable;
    with_database(config, async |database| {
        let crm = database.crm(config).await?;
        let user = crm.users().find_by_email(&ACTOR, &email).await?;
        let reassign = match reassign_to {
            Some(to) => Some(Reassign::To(
                crm.users().find_by_email(&ACTOR, &to).await?.id,
            )),
            None => unassign.then_some(Reassign::ToNobody),
        };
        if let Some(to) = reassign {
            crm.users().check_reassign(&ACTOR, user.id, to).await?;
        }
        let user = crm.users().disable(&ACTOR, user.id).await?;
        say(format_args!(
            "{} is disabled and has no session",
            user.email
        ));
        if let Some(to) = reassign {
            let done = Box::pin(crm.users().reassign(&ACTOR, user.id, to)).await?;
            say(format_args!(
                "{} leads, {} customers and {} tasks went to somebody else",
                done.leads, done.customers, done.tasks
            ));
        }
        Ok(())
    })
    .await
}

async fn enable(config: &Config, enable: Enable) -> Result<(), Failure> {
    with_database(config, async |database| {
        let crm = database.crm(config).await?;
        let user = crm.users().find_by_email(&ACTOR, &enable.email).await?;
        let user = crm.users().enable(&ACTOR, user.id).await?;
        describe(&crm, &user).await
    })
    .await
}

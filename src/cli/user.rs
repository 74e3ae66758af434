//! `crm user`: what must be possible when nobody can sign in.

use clap::{Args, Subcommand};
use crm::app::users::NewUser;
use crm::domain::activity::Actor;
use crm::domain::text::{Email, Name};
use crm::domain::user::Role;

use super::database::with_database;
use super::{Failure, password, say};
use crate::config::Config;

pub(super) const EXAMPLES: &str = "Examples:\n  \
    crm user create ada@example.org --name 'Ada Lovelace' --role Admin\n  \
    crm user create bob@example.org --name Bob < password.txt\n  \
    crm user reset-password ada@example.org --generate\n  \
    crm user disable bob@example.org\n\n\
    A running crm serve need not be stopped for it.";

/// How the activity log names the command line.
const ACTOR: Actor = Actor::system("command line");

#[derive(Subcommand)]
pub(super) enum Action {
    /// Make a user; the password is asked for, or read from standard input
    Create(Create),
    /// Give a user a new password, and end all their sessions
    ResetPassword(ResetPassword),
    /// Let a user sign in no more, and end all their sessions
    Disable(Disable),
}

#[derive(Args)]
pub(super) struct Create {
    /// The address that the user signs in with
    email: Email,
    /// What others see
    #[arg(long)]
    name: Name,
    /// Admin or Agent
    #[arg(long, default_value_t = Role::Agent)]
    role: Role,
    /// Make a password and print it
    #[arg(long)]
    generate: bool,
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
pub(super) struct Disable {
    /// The address that the user signs in with
    email: Email,
}

pub(super) async fn run(config: &Config, action: Action) -> Result<(), Failure> {
    match action {
        Action::Create(create) => self::create(config, create).await,
        Action::ResetPassword(reset) => reset_password(config, reset).await,
        Action::Disable(disable) => self::disable(config, disable).await,
    }
}

async fn create(config: &Config, create: Create) -> Result<(), Failure> {
    let Create {
        email,
        name,
        role,
        generate,
    } = create;
    let new = NewUser {
        name,
        email,
        role,
        password: password::read(generate)?,
    };
    with_database(config, async |database| {
        let user = database
            .crm(config)
            .await?
            .users()
            .create(&ACTOR, new)
            .await?;
        say(format_args!("{} is {} now", user.email, user.role));
        Ok(())
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

async fn disable(config: &Config, disable: Disable) -> Result<(), Failure> {
    with_database(config, async |database| {
        let crm = database.crm(config).await?;
        let user = crm.users().find_by_email(&ACTOR, &disable.email).await?;
        let user = crm.users().disable(&ACTOR, user.id).await?;
        say(format_args!(
            "{} is disabled and has no session",
            user.email
        ));
        Ok(())
    })
    .await
}

//! `crm keys`: the keys that sign tokens.

use chrono::{DateTime, SecondsFormat, SubsecRound as _, TimeDelta, Utc};
use clap::{Args, Subcommand};

use super::{Failure, say};
use crate::app::{KeyState, SystemClock};
use crate::config::Config;
use crate::domain::clock::Clock as _;

pub(super) const EXAMPLES: &str = "Examples:\n  crm keys list\n  crm keys rotate\n  \
    crm keys rotate --delay 3600     when not every server is told within ten minutes\n\n\
    A key waits (next), signs (active), verifies what it signed (verify-only), and is gone.\n\
    Servers read the keys again on SIGHUP.";

#[derive(Subcommand)]
pub(super) enum Action {
    /// List the keys: their ids, what they do, and until when
    List,
    /// Add new keys to those in `CRM_DATA_DIR`, and retire those that sign now
    Rotate(Rotate),
}

#[derive(Args)]
pub(super) struct Rotate {
    /// Seconds until the new keys sign; by then every server must have been told
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u32).range(..=MAX_DELAY))]
    delay: u32,
}

/// 30 days, in seconds.
const MAX_DELAY: i64 = 30 * 24 * 60 * 60;

pub(super) fn run(config: &Config, action: &Action) -> Result<(), Failure> {
    let now = SystemClock.now();
    match action {
        Action::List => list(config, now),
        Action::Rotate(Rotate { delay }) => {
            let begins_at = (now + TimeDelta::seconds((*delay).into())).trunc_subsecs(0);
            rotate(config, begins_at, now)
        }
    }
}

fn rotate(config: &Config, begins_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), Failure> {
    if !config.keeps_secrets() {
        let message = "the settings give all keys, and none are kept in CRM_DATA_DIR: change the settings' list";
        return Err(Failure::refused(message));
    }
    config.rotate_keys(begins_at, now)?;
    list(config, now)?;
    say(format_args!(
        "\nTell every server before {}: kill -HUP, or start it anew.",
        instant(Some(begins_at))
    ));
    Ok(())
}

fn list(config: &Config, now: DateTime<Utc>) -> Result<(), Failure> {
    let secrets = config.secrets(now)?;
    let line = |cells: [&str; 6]| {
        let [ring, id, state, begins, retires, gone] = cells;
        let text = format!("{ring:<8}  {id:<16}  {state:<11}  {begins:<20}  {retires:<20}  {gone}");
        say(text.trim_end());
    };
    line(["ring", "kid", "state", "signs from", "until", "gone"]);
    for (name, ring) in [("access", &secrets.access), ("refresh", &secrets.refresh)] {
        for key in ring.keys() {
            let times = [key.not_before(), key.retire_at(), ring.gone_at(key)].map(instant);
            let [begins, retires, gone] = times.each_ref().map(String::as_str);
            let state = state(ring.state(key, now));
            line([name, key.id(), state, begins, retires, gone]);
        }
    }
    Ok(())
}

const fn state(state: KeyState) -> &'static str {
    match state {
        KeyState::Next => "next",
        KeyState::Active => "active",
        KeyState::VerifyOnly => "verify-only",
        KeyState::Gone => "gone",
    }
}

fn instant(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(
        || "-".to_owned(),
        |at| at.to_rfc3339_opts(SecondsFormat::Secs, true),
    )
}

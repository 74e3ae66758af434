//! `crm audit`: whether the activity log is as the program wrote it.

use std::process::ExitCode;
use std::str::FromStr;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::database::with_database;
use super::{Failure, failure, say};
use crate::app::audit::{Days, SealHash, SealedDay, Summary, Told, VerifyPlan};
use crate::config::Config;

pub(super) const EXAMPLES: &str = "Examples:\n  crm audit verify\n  crm audit verify --from 2026-11-01\n  \
    crm audit verify --expect 2026-11-25=5f3c..\n\n\
    Prints for each day how many seals there are and the head, the hash of the last one. Keep heads where the\n\
    database's owner cannot change them: only --expect shows that the end of the log was cut off, or all of it\n\
    written anew. Exit code 0 when nothing was found, 1 with findings. A running crm serve need not be stopped.";

#[derive(Subcommand)]
pub(super) enum Action {
    /// Look for rows of the activity log that were changed, removed or put in
    Verify(Verify),
}

#[derive(Args)]
pub(super) struct Verify {
    /// The first day of seals, in UTC: what is before it is believed
    #[arg(long, value_name = "DAY")]
    from: Option<NaiveDate>,
    /// The last day of seals, in UTC
    #[arg(long, value_name = "DAY")]
    to: Option<NaiveDate>,
    /// A hash that was printed for a day, and kept; may be given several times
    #[arg(long = "expect", value_name = "DAY=HASH")]
    kept: Vec<Kept>,
}

/// A hash with the day of its seal.
#[derive(Clone, Copy)]
struct Kept(NaiveDate, SealHash);

impl FromStr for Kept {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (day, hash) = text
            .split_once('=')
            .ok_or("it is not of the form 2026-11-25=5f3c..")?;
        let day = day.parse().map_err(|_| format!("{day} is not a day"))?;
        let hash = hash
            .parse::<SealHash>()
            .map_err(|error| error.to_string())?;
        Ok(Self(day, hash))
    }
}

pub(super) async fn run(config: &Config, action: Action) -> Result<ExitCode, Failure> {
    let Action::Verify(verify) = action;
    let plan = verify.plan()?;
    with_database(config, async |database| {
        let crm = database.crm(config).await?;
        let summary = crm.audit().verify(&plan, |told| tell(&told)).await?;
        sum_up(summary);
        Ok(match summary.findings {
            0 => ExitCode::SUCCESS,
            _ => ExitCode::from(failure::ANYTHING),
        })
    })
    .await
}

impl Verify {
    fn plan(self) -> Result<VerifyPlan, Failure> {
        let Self { from, to, kept } = self;
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            return Err(Failure::other(
                "--to is before --from: there is nothing to verify",
            ));
        }
        let is_outside = |day| from.is_some_and(|from| day < from) || to.is_some_and(|to| day > to);
        if let Some(Kept(day, _)) = kept.iter().find(|Kept(day, _)| is_outside(*day)) {
            let message =
                format!("--expect {day} is not within --from and --to: it would not be looked at");
            return Err(Failure::other(message));
        }
        Ok(VerifyPlan {
            days: Days { from, to },
            kept: kept
                .into_iter()
                .map(|Kept(day, hash)| (day, hash))
                .collect(),
        })
    }
}

fn tell(told: &Told) {
    match told {
        Told::Day(SealedDay { day, seals, head }) => {
            say(format_args!("{day}  {seals:>9} seals  head {head}"));
        }
        Told::Finding(finding) => say(format_args!("found  {finding}")),
    }
}

fn sum_up(summary: Summary) {
    let Summary {
        seals,
        waiting,
        findings,
    } = summary;
    if waiting > 0 {
        say(format_args!(
            "{waiting} rows wait for their seals, which crm serve makes"
        ));
    }
    match findings {
        0 => say(format_args!("{seals} seals verified: nothing was found")),
        _ => say(format_args!("{seals} seals verified: {findings} findings")),
    }
}

//! Walking the chain again: what was changed, removed or put in behind the program's back.

use std::fmt;

use chrono::NaiveDate;
use crm_domain::ids::ActivityId;
use crm_storage::activities::StoredActivity;
use crm_storage::seals::{self, Days, Seal};
use diesel_async::AsyncPgConnection;

use super::Audit;
use super::chain::{BEGINNING, SealHash, hash};
use crate::error::Result;

/// How many seals are read at once: what a walk holds in memory.
const PAGE: i64 = 1_000;

/// The most activities of a kind that are named.
const MOST_NAMED: i64 = 1_000;

/// What to verify.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VerifyPlan {
    /// The days of the seals. The seal before them is believed.
    pub days: Days,
    /// Hashes that somebody kept elsewhere, each with the day on which its seal was made: the chain must still hold them.
    pub kept: Vec<(NaiveDate, SealHash)>,
}

/// What a walk over the chain tells, as it comes to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// A day was walked to its end.
    Day(SealedDay),
    /// Something is not as the program left it.
    Finding(Finding),
}

/// The seals of one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedDay {
    /// Which day, in UTC.
    pub day: NaiveDate,
    /// How many there are.
    pub seals: u64,
    /// The hash of the last one. Kept elsewhere, it shows later that nothing up to it was changed or cut off.
    pub head: SealHash,
}

/// Something that is not as the program left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// What is there does not give the hash that was kept for it.
    Broken {
        /// The day of the seal.
        day: NaiveDate,
        /// Its number on that day.
        number: i64,
        /// The activity that it seals.
        activity: ActivityId,
    },
    /// A sealed activity is no more.
    Removed {
        /// The day of the seal.
        day: NaiveDate,
        /// Its number on that day.
        number: i64,
        /// The activity that it seals.
        activity: ActivityId,
    },
    /// Seals are no more.
    SealsRemoved {
        /// The day of the seals.
        day: NaiveDate,
        /// The number of the first.
        from: i64,
        /// The number of the last.
        to: i64,
    },
    /// An activity has no seal and does not wait for one.
    Unsealed {
        /// Which one.
        activity: ActivityId,
    },
    /// An activity that waited for its seal is no more.
    RemovedBeforeSeal {
        /// Which one.
        activity: ActivityId,
    },
    /// A hash that was kept is not among the seals of its day.
    NotAsKept {
        /// The day.
        day: NaiveDate,
        /// The hash.
        hash: SealHash,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken {
                day,
                number,
                activity,
            } => write!(
                f,
                "seal {number} of {day}: activity {activity} is not what was sealed, or the seal or what stood before it was changed or removed"
            ),
            Self::Removed {
                day,
                number,
                activity,
            } => {
                write!(f, "seal {number} of {day}: activity {activity} was removed")
            }
            Self::SealsRemoved { day, from, to } if from == to => {
                write!(f, "seal {from} of {day} was removed")
            }
            Self::SealsRemoved { day, from, to } => {
                write!(f, "seals {from} to {to} of {day} were removed")
            }
            Self::Unsealed { activity } => write!(
                f,
                "activity {activity} has no seal and waits for none: it was put in, or its seal was removed"
            ),
            Self::RemovedBeforeSeal { activity } => {
                write!(f, "activity {activity} was removed before it was sealed")
            }
            Self::NotAsKept { day, hash } => write!(
                f,
                "the kept hash {hash} is not among the seals of {day}: the log was cut off or written anew"
            ),
        }
    }
}

/// What a walk comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Seals that were looked at.
    pub seals: u64,
    /// Activities that wait for their seals.
    pub waiting: u64,
    /// How much was found.
    pub findings: u64,
}

impl Audit<'_> {
    /// Walks over the seals and what they seal, as of one instant, and tells what it finds. Activities without a seal are
    /// looked for in the whole log, whatever the days. Reads only, and holds little in memory.
    ///
    /// # Errors
    /// When the database fails, or a row holds what the program cannot have written.
    pub async fn verify(
        &self,
        plan: &VerifyPlan,
        tell: impl FnMut(Told) + Send,
    ) -> Result<Summary> {
        let mut conn = self.0.connection().await?;
        let mut walk = Walk::new(plan, tell);
        conn.build_transaction()
            .read_only()
            .repeatable_read()
            .run(async |conn| {
                seals::be_patient(conn).await?;
                walk.chain(conn).await?;
                walk.rest(conn).await
            })
            .await?;
        Ok(walk.summary)
    }
}

/// A walk that is under way.
struct Walk<'a, T> {
    plan: &'a VerifyPlan,
    tell: T,
    /// The hash that the next seal carries on from; `None` when that is not known.
    before: Option<SealHash>,
    /// The day that is walked over.
    day: Option<SealedDay>,
    /// The number of the seal before, on this day.
    number: i64,
    /// The kept hashes that were not met yet.
    kept: Vec<(NaiveDate, SealHash)>,
    summary: Summary,
}

impl<'a, T: FnMut(Told)> Walk<'a, T> {
    fn new(plan: &'a VerifyPlan, tell: T) -> Self {
        Self {
            plan,
            tell,
            before: Some(BEGINNING),
            day: None,
            number: 0,
            kept: plan.kept.clone(),
            summary: Summary::default(),
        }
    }

    fn found(&mut self, finding: Finding) {
        self.summary.findings += 1;
        (self.tell)(Told::Finding(finding));
    }

    async fn chain(&mut self, conn: &mut AsyncPgConnection) -> Result<()> {
        let days = self.plan.days;
        if let Some(from) = days.from
            && let Some(last) = seals::last(conn, Some(from)).await?
        {
            self.before = SealHash::stored(&last.hash);
        }
        let mut place = None;
        loop {
            let page = seals::list(conn, days, place, PAGE).await?;
            for (seal, activity) in &page {
                place = Some((seal.day, seal.number));
                self.step(seal, activity.as_ref());
            }
            if i64::try_from(page.len()).is_ok_and(|rows| rows < PAGE) {
                break;
            }
        }
        self.end_day();
        for (day, hash) in std::mem::take(&mut self.kept) {
            self.found(Finding::NotAsKept { day, hash });
        }
        Ok(())
    }

    fn step(&mut self, seal: &Seal, activity: Option<&StoredActivity>) {
        let &Seal {
            day,
            number,
            activity_id,
            ..
        } = seal;
        let stored = SealHash::stored(&seal.hash);
        if self.day.as_ref().is_none_or(|current| current.day != day) {
            self.end_day();
        }
        if number > self.number + 1 {
            let (from, to) = (self.number + 1, number - 1);
            self.found(Finding::SealsRemoved { day, from, to });
            // What this one carries on from is gone with them.
            self.before = None;
        }
        let id = ActivityId::from(activity_id);
        match activity {
            None => self.found(Finding::Removed {
                day,
                number,
                activity: id,
            }),
            Some(activity) => {
                let expected = self
                    .before
                    .map(|before| hash(before, (day, number), activity));
                if stored.is_none() || expected.is_some_and(|hash| Some(hash) != stored) {
                    self.found(Finding::Broken {
                        day,
                        number,
                        activity: id,
                    });
                }
            }
        }
        self.advance(day, number, stored);
    }

    fn advance(&mut self, day: NaiveDate, number: i64, stored: Option<SealHash>) {
        let seals = self.day.as_ref().map_or(0, |current| current.seals) + 1;
        let head = stored.unwrap_or(BEGINNING);
        self.day = Some(SealedDay { day, seals, head });
        (self.number, self.before) = (number, stored);
        self.kept
            .retain(|kept| Some(*kept) != stored.map(|hash| (day, hash)));
        self.summary.seals += 1;
    }

    fn end_day(&mut self) {
        self.number = 0;
        if let Some(day) = self.day.take() {
            (self.tell)(Told::Day(day));
        }
    }

    /// What is in no chain.
    async fn rest(&mut self, conn: &mut AsyncPgConnection) -> Result<()> {
        for activity in seals::list_unknown(conn, MOST_NAMED).await? {
            self.found(Finding::Unsealed { activity });
        }
        for activity in seals::list_gone(conn, MOST_NAMED).await? {
            self.found(Finding::RemovedBeforeSeal { activity });
        }
        self.summary.waiting = seals::count_unsealed(conn).await?.unsigned_abs();
        Ok(())
    }
}

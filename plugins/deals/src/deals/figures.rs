//! Figures about deals: what may come in, and what is open. Each takes in what the reader may see.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use crm_app::Result;
use crm_authz::Scope;
use crm_domain::activity::Actor;
use crm_domain::due::{Calendar, start_of_day};
use crm_domain::money::Currency;
use crm_domain::permission::Action;
use diesel_async::AsyncPgConnection;

use super::Deals;
use crate::deal::Deal;
use crate::forecast::{Forecast, MonthRange, MonthSums, OpenDeals, StageSums, Sum};
use crate::pipeline::{Stage, StageKind};
use crate::pipelines::MAX_PIPELINES;
use crate::store::{figures, pipelines};

/// The sums of the months, by their places and currencies.
type ByMonth = BTreeMap<(usize, Currency), MonthSums>;

impl Deals<'_> {
    /// What may come in, month by month of the workspace's calendar; the twelve months from this one on, unless others are
    /// asked for. Open deals count in the month in which they may be won, those that were won or lost in that in which they
    /// were. Deals without an amount are left out.
    ///
    /// # Errors
    /// [`Error::Forbidden`](crm_app::Error::Forbidden).
    pub async fn forecast(&self, actor: &Actor, range: Option<MonthRange>) -> Result<Forecast> {
        let scope: Scope<Deal> = self.0.access().await?.scope(actor, Action::Read)?;
        let today = self.calendar().today();
        let range = range.unwrap_or_else(|| MonthRange::year_from(today));
        let mut conn = self.0.connection().await?;
        let mut sums = ByMonth::new();
        add_open(&mut conn, &range, today, &scope, &mut sums).await?;
        self.add_closed(&mut conn, &range, &scope, &mut sums)
            .await?;
        let months = range.months().iter().enumerate().map(|(place, month)| {
            let of_month = sums.iter().filter(|((known, _), _)| *known == place);
            (*month, of_month.map(|(_, sums)| *sums).collect())
        });
        let months = months.collect();
        let yesterday = today.pred_opt().unwrap_or(today);
        let ever = vec![DateTime::UNIX_EPOCH.date_naive()];
        let overdue = figures::open_by_day(&mut conn, ever, yesterday, &scope).await?;
        let mut overdue: Vec<_> = overdue.into_iter().map(|(_, sum)| sum).collect();
        overdue.sort_by_key(|sum| sum.currency);
        Ok(Forecast { months, overdue })
    }

    /// What was won and lost in the months.
    async fn add_closed(
        &self,
        conn: &mut AsyncPgConnection,
        range: &MonthRange,
        scope: &Scope<Deal>,
        sums: &mut ByMonth,
    ) -> Result<()> {
        let start = |day: NaiveDate| start_of_day(day, self.0.time_zone());
        let months = range.months().iter();
        let starts: Vec<DateTime<Utc>> = months.map(|month| start(month.first)).collect();
        let Some(end) = range.last().and_then(|last| last.succ_opt()).map(start) else {
            return Ok(());
        };
        for (kind, (place, sum)) in figures::closed(conn, starts, end, scope).await? {
            let month = month(sums, place, sum.currency);
            match kind {
                StageKind::Won => month.won = sum,
                StageKind::Lost => month.lost = sum,
                StageKind::Open => {}
            }
        }
        Ok(())
    }

    /// All open deals as they are now, by stage.
    ///
    /// # Errors
    /// [`Error::Forbidden`](crm_app::Error::Forbidden).
    pub async fn open_deals(&self, actor: &Actor) -> Result<OpenDeals> {
        let scope: Scope<Deal> = self.0.access().await?.scope(actor, Action::Read)?;
        let mut conn = self.0.connection().await?;
        let found = figures::open_by_stage(&mut conn, &scope).await?;
        let stages = pipelines::list(&mut conn, MAX_PIPELINES).await?;
        let stages = stages.into_iter().flat_map(|pipeline| pipeline.stages);
        let mut total: BTreeMap<Currency, Sum> = BTreeMap::new();
        for sum in found.iter().filter_map(|(_, _, sum)| *sum) {
            let total = total
                .entry(sum.currency)
                .or_insert_with(|| Sum::none(sum.currency));
            *total = total.and(sum);
        }
        let of_stage = |stage: Stage| {
            let own = found.iter().filter(|(id, ..)| *id == stage.id);
            StageSums {
                deals: own.clone().map(|(_, deals, _)| deals).sum(),
                sums: own.filter_map(|(_, _, sum)| *sum).collect(),
                stage,
            }
        };
        let open = stages.filter(|stage| stage.kind == StageKind::Open);
        Ok(OpenDeals {
            total: total.into_values().collect(),
            stages: open.map(of_stage).collect(),
        })
    }

    fn calendar(&self) -> Calendar {
        Calendar {
            now: self.0.now(),
            zone: self.0.time_zone(),
        }
    }
}

fn month(sums: &mut ByMonth, place: usize, currency: Currency) -> &mut MonthSums {
    let month = sums.entry((place, currency));
    month.or_insert_with(|| MonthSums::none(currency))
}

/// What may be won in the months, from today on: what is overdue is told apart.
async fn add_open(
    conn: &mut AsyncPgConnection,
    range: &MonthRange,
    today: NaiveDate,
    scope: &Scope<Deal>,
    sums: &mut ByMonth,
) -> Result<()> {
    let ahead = range.months().iter().enumerate();
    let ahead: Vec<_> = ahead.filter(|(_, month)| month.last >= today).collect();
    let (Some((skipped, _)), Some(last)) = (ahead.first(), range.last()) else {
        return Ok(());
    };
    let firsts = ahead.iter().map(|(_, month)| month.first.max(today));
    let parts = figures::open_by_day(conn, firsts.collect(), last, scope).await?;
    for (place, sum) in parts {
        month(sums, skipped + place, sum.currency).open = sum;
    }
    Ok(())
}

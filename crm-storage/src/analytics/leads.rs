//! Figures of leads, from counts that are kept as leads change. See `docs/decisions/0019`.
//!
//! Counts are of hours and of days in UTC. Where days of other zones begin and end elsewhere, the leads in between are
//! counted one by one: before the first instant they are too many, and before the last one too few.

use chrono::{DateTime, TimeDelta, Utc};
use crm_authz::Scope;
use crm_domain::analytics::{Day, DayRange, Groups};
use crm_domain::lead::{Lead, LeadStatus};
use crm_domain::text::Source;
use crm_domain::user::UserRef;
use diesel::sql_types::{BigInt, Double, Integer, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::statement::Statement;
use super::{GroupRow, groups, keyed, of_users, unknown};
use crate::Error;
use crate::visibility::{within, within_count_changes, within_counts};

const HOUR: TimeDelta = TimeDelta::hours(1);
const DAY: TimeDelta = TimeDelta::days(1);

/// Something that happens to a lead at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeadEvent {
    /// It is made.
    Made,
    /// It is converted.
    Converted,
}

impl LeadEvent {
    const fn figure(self) -> &'static str {
        match self {
            Self::Made => "made",
            Self::Converted => "converted",
        }
    }

    const fn column(self) -> &'static str {
        match self {
            Self::Made => "created_at",
            Self::Converted => "converted_at",
        }
    }
}

/// What groups of leads have in common: the name of the figure, and the label of a lead.
struct Common {
    figure: &'static str,
    label: &'static str,
}

/// The leads at hand that were made on these days, by the status that they are in now.
///
/// # Errors
/// When the database fails.
pub async fn by_status(
    conn: &mut AsyncPgConnection,
    range: &DayRange,
    scope: &Scope<Lead>,
) -> Result<Groups<LeadStatus>, Error> {
    let common = Common {
        figure: "status",
        label: "status",
    };
    let groups = by(conn, &common, range, LeadStatus::ALL.len(), scope).await?;
    keyed(groups, |label| label.parse().map_err(|_| unknown(label)))
}

/// The leads at hand that were made on these days, by where they came from: so many sources, the largest first.
///
/// # Errors
/// When the database fails.
pub async fn by_source(
    conn: &mut AsyncPgConnection,
    range: &DayRange,
    most: usize,
    scope: &Scope<Lead>,
) -> Result<Groups<Source>, Error> {
    let common = Common {
        figure: "source",
        label: "coalesce(source, '')",
    };
    let groups = by(conn, &common, range, most, scope).await?;
    keyed(groups, |label| Ok(Source::from_stored(label.to_owned())))
}

/// The leads at hand that were made on these days, by who works on them now: so many agents, the busiest first.
///
/// # Errors
/// When the database fails.
pub async fn by_agent(
    conn: &mut AsyncPgConnection,
    range: &DayRange,
    most: usize,
    scope: &Scope<Lead>,
) -> Result<Groups<UserRef>, Error> {
    let common = Common {
        figure: "agent",
        label: "coalesce(assigned_to::text, '')",
    };
    let groups = by(conn, &common, range, most, scope).await?;
    of_users(conn, groups).await
}

async fn by(
    conn: &mut AsyncPgConnection,
    common: &Common,
    range: &DayRange,
    most: usize,
    scope: &Scope<Lead>,
) -> Result<Groups<String>, Error> {
    let (from, until) = (range.from(), range.until());
    let (first, last) = (whole(from, DAY), whole(until, DAY));
    let statement: Statement<(Text, BigInt, BigInt, BigInt, BigInt)> = Statement::new(
        "with counted as (select label, sum(leads)::bigint as leads, sum(converted)::bigint as converted from (\
         select label, leads, converted from lead_counts where figure = '",
    )
    .sql(common.figure)
    .sql("' and ")
    .between("starts_at", first, last)
    .sql(" and ")
    .within(within_counts(scope))
    .sql(" union all select ")
    .sql(common.label)
    .sql(", change, case when status = 'Converted' then change else 0 end from lead_count_changes where ")
    .between("created_at", first, last)
    .sql(" and ")
    .within(within_count_changes(scope));
    let statement = one_by_one(statement, common, "-1", (first, from), scope);
    let statement = one_by_one(statement, common, "1", (last, until), scope)
        .sql(") as labelled group by label having sum(leads) <> 0) ")
        .sql("select label, leads, converted, (sum(leads) over ())::bigint, (sum(converted) over ())::bigint ")
        // What has no label comes first, so that it is there whatever the limit.
        .sql("from counted order by label = '' desc, leads desc, label limit ")
        .number(most + 1);
    let rows: Vec<GroupRow> = statement.load(conn).await?;
    Ok(groups(rows, most))
}

/// Adds the leads that were made between two instants, each counting as `sign`.
fn one_by_one<Row>(
    statement: Statement<Row>,
    common: &Common,
    sign: &'static str,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    scope: &Scope<Lead>,
) -> Statement<Row> {
    statement
        .sql(" union all select ")
        .sql(common.label)
        .sql(", ")
        .sql(sign)
        .sql(", case when status = 'Converted' then ")
        .sql(sign)
        .sql(" else 0 end from leads where not is_archived and ")
        .between("created_at", from, until)
        .sql(" and ")
        .within(within(scope))
}

/// To how many leads at hand it happened, on each of these days.
///
/// # Errors
/// When the database fails.
pub async fn each_day(
    conn: &mut AsyncPgConnection,
    event: LeadEvent,
    range: &DayRange,
    scope: &Scope<Lead>,
) -> Result<Vec<i64>, Error> {
    let days: Vec<Day> = range.days().collect();
    let (first, last) = (whole(range.from(), HOUR), whole(range.until(), HOUR));
    let statement: Statement<(Integer, BigInt)> = Statement::new("select width_bucket(starts_at, ")
        .times(days.iter().map(|day| whole(day.from, HOUR)))
        .sql(") as day, sum(leads)::bigint from (select starts_at, leads from lead_counts where figure = '")
        .sql(event.figure())
        .sql("' and ")
        .between("starts_at", first, last)
        .sql(" and ")
        .within(within_counts(scope))
        .sql(" union all select date_trunc('hour', ")
        .sql(event.column())
        .sql(", 'UTC'), change from lead_count_changes where ")
        .between(event.column(), first, last)
        .sql(" and ")
        .within(within_count_changes(scope))
        .sql(") as happened group by day");
    let rows: Vec<(i32, i64)> = statement.load(conn).await?;
    let mut counts = vec![0; days.len()];
    for (day, count) in rows {
        add(&mut counts, i64::from(day), count);
    }
    for (boundary, count) in before_boundaries(conn, event, &days, scope).await? {
        // They were counted on the day that they are before, and belong to the one before that.
        add(&mut counts, boundary, -count);
        add(&mut counts, boundary - 1, count);
    }
    Ok(counts)
}

/// Adds to a day, counted from 1; to none for a day that is not there.
fn add(counts: &mut [i64], day: i64, count: i64) {
    let index = usize::try_from(day - 1).ok();
    if let Some(of_day) = index.and_then(|index| counts.get_mut(index)) {
        *of_day += count;
    }
}

/// Where a day does not begin on the hour in UTC: to how many leads it happened between that hour and the day. Days are
/// counted from 1, and the last boundary is the end.
async fn before_boundaries(
    conn: &mut AsyncPgConnection,
    event: LeadEvent,
    days: &[Day],
    scope: &Scope<Lead>,
) -> Result<Vec<(i64, i64)>, Error> {
    let ends = days.last().map(|day| day.until);
    let boundaries = days.iter().map(|day| day.from).chain(ends);
    let boundaries: Vec<_> = boundaries.collect();
    if boundaries.iter().all(|at| whole(*at, HOUR) == *at) {
        return Ok(Vec::new());
    }
    let statement: Statement<(BigInt, BigInt)> =
        Statement::new("select number, happened.leads from unnest(")
            .times(boundaries.iter().map(|at| whole(*at, HOUR)))
            .sql(", ")
            .times(boundaries.iter().copied())
            .sql(") with ordinality as boundary (hour, at, number), lateral (select count(*) as leads from leads where not is_archived and leads.")
            .sql(event.column())
            .sql(" >= boundary.hour and leads.")
            .sql(event.column())
            .sql(" < boundary.at and ")
            .within(within(scope))
            .sql(") as happened where happened.leads > 0");
    Ok(statement.load(conn).await?)
}

/// The median of the seconds between making and converting, of the leads at hand that were converted on these days.
///
/// # Errors
/// When the database fails.
pub async fn median_seconds_to_convert(
    conn: &mut AsyncPgConnection,
    range: &DayRange,
    scope: &Scope<Lead>,
) -> Result<Option<f64>, Error> {
    let statement: Statement<Nullable<Double>> = Statement::new(
        "select percentile_cont(0.5) within group (order by date_part('epoch', converted_at - created_at)) \
         from leads where not is_archived and ",
    )
    .between("converted_at", range.from(), range.until())
    .sql(" and ")
    .within(within(scope));
    Ok(statement.get_result(conn).await?)
}

/// Folds changes of the counts into them, at most so many, so that fewer rows are read; tells how many. Nothing is
/// done while another server does it.
///
/// # Errors
/// When the database fails.
pub async fn fold(conn: &mut AsyncPgConnection, most: i64) -> Result<i64, Error> {
    let fold = diesel::dsl::sql::<BigInt>("select fold_lead_counts(").bind::<BigInt, _>(most);
    Ok(fold.sql(")").get_result(conn).await?)
}

/// The last whole hour, or whole day in UTC, at or before an instant.
fn whole(at: DateTime<Utc>, unit: TimeDelta) -> DateTime<Utc> {
    let past = at.timestamp().rem_euclid(unit.num_seconds());
    at - TimeDelta::seconds(past) - TimeDelta::nanoseconds(at.timestamp_subsec_nanos().into())
}

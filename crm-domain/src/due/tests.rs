use chrono_tz::TZ_VARIANTS;
use proptest::prelude::*;

use super::*;

/// Zones in which clocks jumped over midnight, were set back over midnight, or left out a whole day.
const ODD: [Tz; 16] = [
    Tz::Africa__Cairo,
    Tz::Africa__Casablanca,
    Tz::Africa__Monrovia,
    Tz::America__Asuncion,
    Tz::America__Havana,
    Tz::America__Santiago,
    Tz::America__Sao_Paulo,
    Tz::America__St_Johns,
    Tz::Asia__Beirut,
    Tz::Asia__Tehran,
    Tz::Atlantic__Azores,
    Tz::Australia__Lord_Howe,
    Tz::Europe__Berlin,
    Tz::Pacific__Apia,
    Tz::Pacific__Kwajalein,
    Tz::UTC,
];

const MICROSECOND: TimeDelta = TimeDelta::microseconds(1);

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn clock_shows(now: DateTime<Utc>, zone: Tz) -> NaiveDate {
    now.with_timezone(&zone).date_naive()
}

fn zones() -> impl Strategy<Value = Tz> {
    prop_oneof![
        proptest::sample::select(&TZ_VARIANTS),
        proptest::sample::select(&ODD[..]),
    ]
}

fn dates() -> impl Strategy<Value = NaiveDate> {
    // Some days after the first one, so that what is around a date is in 1970 at the earliest, as `DueRange::all` is.
    (4i64..47_000).prop_map(|day| DateTime::UNIX_EPOCH.date_naive() + TimeDelta::days(day))
}

/// Within some hours of the start of the day.
fn around(date: NaiveDate, zone: Tz, seconds: i64) -> DateTime<Utc> {
    start_of_day(date, zone) + TimeDelta::seconds(seconds)
}

/// A day that was left out begins and ends with the one after it.
fn check_start(date: NaiveDate, zone: Tz) {
    let start = start_of_day(date, zone);
    let what = format!("{date} in {zone}: {start}");
    assert!(clock_shows(start, zone) >= date, "{what}");
    assert!(clock_shows(start - MICROSECOND, zone) < date, "{what}");
    for minutes in [1, 30, 59, 61, 119] {
        let later = start + TimeDelta::minutes(minutes);
        assert!(clock_shows(later, zone) >= date, "{what}");
    }
}

#[test]
fn each_day_of_130_years_begins_once_and_for_good_where_clocks_are_odd() {
    for zone in ODD {
        let mut day = date("1970-01-02");
        let mut before = start_of_day(date("1970-01-01"), zone);
        while day < date("2100-01-01") {
            check_start(day, zone);
            let start = start_of_day(day, zone);
            assert!(before <= start, "{day} in {zone}");
            before = start;
            day = next(day);
        }
    }
}

#[test]
fn a_day_begins_where_clocks_are_moved() {
    for (zone, day, start) in [
        // An ordinary one.
        (Tz::Europe__Berlin, "2026-01-05", "2026-01-04T23:00:00Z"),
        // Days of 23 and 25 hours begin as others do.
        (Tz::Europe__Berlin, "2026-03-29", "2026-03-28T23:00:00Z"),
        (Tz::Europe__Berlin, "2026-03-30", "2026-03-29T22:00:00Z"),
        (Tz::Europe__Berlin, "2026-10-26", "2026-10-25T23:00:00Z"),
        // There was no midnight: 00:00 was followed by 01:00.
        (Tz::America__Sao_Paulo, "2018-11-04", "2018-11-04T03:00:00Z"),
        // There were two, and an hour of the day before between them: 00:01 was followed by 23:01.
        (Tz::America__St_Johns, "2006-10-29", "2006-10-29T03:30:00Z"),
        // There were two, both of the same day: 01:00 was followed by 00:00.
        (Tz::Atlantic__Azores, "2026-10-25", "2026-10-25T00:00:00Z"),
        // There was no such day.
        (Tz::Pacific__Apia, "2011-12-30", "2011-12-30T10:00:00Z"),
        (Tz::Pacific__Apia, "2011-12-31", "2011-12-30T10:00:00Z"),
    ] {
        assert_eq!(start_of_day(date(day), zone), at(start), "{day} in {zone}");
    }
}

#[test]
fn a_day_is_over_at_its_end_and_an_instant_at_once() {
    let zone = Tz::America__New_York;
    let on = Due::On(date("2026-01-05"));
    assert_eq!(on.deadline(zone), at("2026-01-06T04:59:59.999999Z"));
    let then = Due::At(at("2026-01-05T12:00:00Z"));
    assert_eq!(then.deadline(zone), at("2026-01-05T12:00:00Z"));
}

#[test]
fn a_day_and_an_instant_take_the_place_of_each_other() {
    let on = Due::On(date("2026-01-05"));
    let then = Due::At(at("2026-01-05T12:00:00Z"));
    let (set_date, set_instant) = (
        Change::Set(date("2026-01-05")),
        Change::Set(at("2026-01-05T12:00:00Z")),
    );
    for (date, instant, old, expected) in [
        (Change::Keep, Change::Keep, Some(on), Some(on)),
        (set_date.clone(), Change::Keep, Some(then), Some(on)),
        (set_date.clone(), Change::Clear, Some(then), Some(on)),
        (Change::Keep, set_instant.clone(), Some(on), Some(then)),
        (Change::Clear, set_instant.clone(), Some(on), Some(then)),
        (Change::Clear, Change::Keep, Some(on), None),
        (Change::Clear, Change::Keep, Some(then), Some(then)),
        (Change::Keep, Change::Clear, Some(then), None),
        (Change::Keep, Change::Clear, Some(on), Some(on)),
        (Change::Clear, Change::Clear, Some(then), None),
    ] {
        let change = DueChange::new(&date, &instant).unwrap();
        assert_eq!(change.apply(old), expected, "{date:?} {instant:?} {old:?}");
    }
    assert_eq!(DueChange::new(&set_date, &set_instant), Err(DueTwice));
}

proptest! {
    #[test]
    fn each_day_begins_once_and_for_good(zone in zones(), date in dates()) {
        check_start(date, zone);
    }

    #[test]
    fn now_is_within_today(zone in zones(), date in dates(), seconds in -200_000i64..200_000) {
        let now = around(date, zone, seconds);
        let today = Calendar { now, zone }.today();
        prop_assert!(start_of_day(today, zone) <= now);
        prop_assert!(now < start_of_day(next(today), zone));
    }

    /// A day is over once no clock in the zone shows it any more, and not before.
    #[test]
    fn a_day_is_past_when_the_next_one_has_begun(zone in zones(), date in dates(), seconds in -200_000i64..200_000) {
        let now = around(next(date), zone, seconds);
        let due = Due::On(date);
        let is_past = now > due.deadline(zone);
        prop_assert_eq!(is_past, now >= start_of_day(next(date), zone));
        if is_past {
            prop_assert!(clock_shows(now, zone) > date);
        }
    }

    /// What lists are asked for is what the deadline says.
    #[test]
    fn what_is_in_the_past_has_missed_its_deadline(
        zone in zones(),
        date in dates(),
        seconds in -200_000i64..200_000,
        then in -200_000i64..200_000,
    ) {
        let now = around(date, zone, seconds);
        let past = DueRange::past(Calendar { now, zone });
        for due in [Due::On(date), Due::At(around(date, zone, then))] {
            prop_assert_eq!(past.contains(due), now > due.deadline(zone), "{:?}", due);
        }
    }

    /// Each thing that is due is due on one day: in the list of that day and in no other.
    #[test]
    fn each_deadline_is_in_one_day(zone in zones(), date in dates(), then in -100_000i64..100_000) {
        let on = |day| DueRange::since(day, zone).and(DueRange::through(day, zone));
        let instant = Due::At(around(date, zone, then));
        let days: Vec<_> = (-3..=3).map(|days| date + TimeDelta::days(days)).collect();
        let holding = days.iter().filter(|day| on(**day).contains(instant));
        prop_assert_eq!(holding.count(), 1);
        let holding: Vec<_> = days.iter().filter(|day| on(**day).contains(Due::On(date))).collect();
        prop_assert_eq!(holding, vec![&date]);
    }

    #[test]
    fn days_are_in_the_order_of_their_deadlines(zone in zones(), one in dates(), other in dates()) {
        let deadlines = Due::On(one.min(other)).deadline(zone) <= Due::On(one.max(other)).deadline(zone);
        prop_assert!(deadlines);
    }

    #[test]
    fn no_day_makes_it_panic(zone in zones(), days in any::<i32>()) {
        let day = NaiveDate::from_num_days_from_ce_opt(days).unwrap_or(NaiveDate::MAX);
        let _ = Due::On(day).deadline(zone);
    }
}

use chrono_tz::TZ_VARIANTS;
use proptest::prelude::*;

use super::*;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Zones with odd days: no midnight, two of them, a day left out, half an hour of summer time, offsets of minutes.
const ODD: [Tz; 10] = [
    Tz::Africa__Monrovia,
    Tz::America__Havana,
    Tz::America__Santiago,
    Tz::America__Sao_Paulo,
    Tz::America__St_Johns,
    Tz::Asia__Kathmandu,
    Tz::Australia__Lord_Howe,
    Tz::Europe__Berlin,
    Tz::Pacific__Apia,
    Tz::Pacific__Kwajalein,
];

fn zones() -> impl Strategy<Value = Tz> {
    prop_oneof![
        proptest::sample::select(&TZ_VARIANTS),
        proptest::sample::select(&ODD[..]),
    ]
}

prop_compose! {
    fn ranges()(zone in zones(), start in 400i64..20_000, days in 0i64..DayRange::MAX_DAYS) -> DayRange {
        let first = DateTime::UNIX_EPOCH.date_naive() + TimeDelta::days(start);
        DayRange::new(first, first + TimeDelta::days(days), zone).unwrap()
    }
}

#[test]
fn days_are_as_long_as_their_clocks_make_them() {
    for (zone, day, minutes) in [
        (Tz::Europe__Berlin, "2026-03-28", 24 * 60),
        (Tz::Europe__Berlin, "2026-03-29", 23 * 60),
        (Tz::Europe__Berlin, "2026-10-25", 25 * 60),
        (Tz::Australia__Lord_Howe, "2026-04-05", 24 * 60 + 30),
        (Tz::Australia__Lord_Howe, "2026-10-04", 23 * 60 + 30),
        (Tz::Pacific__Apia, "2011-12-30", 0),
        (Tz::UTC, "2026-03-29", 24 * 60),
    ] {
        let range = DayRange::new(date(day), date(day), zone).unwrap();
        let length = range.until() - range.from();
        assert_eq!(length.num_minutes(), minutes, "{day} in {zone}");
    }
}

#[test]
fn what_is_not_said_is_the_last_thirty_days() {
    let calendar = |now, zone| Calendar { now: at(now), zone };
    for (first, last, calendar, expected) in [
        (
            None,
            None,
            calendar("2026-03-01T12:00:00Z", Tz::UTC),
            ("2026-01-31", "2026-03-01"),
        ),
        (
            None,
            None,
            calendar("2026-03-01T12:00:00Z", Tz::Pacific__Auckland),
            ("2026-02-01", "2026-03-02"),
        ),
        (
            Some("2026-02-27"),
            None,
            calendar("2026-03-01T12:00:00Z", Tz::UTC),
            ("2026-02-27", "2026-03-01"),
        ),
        (
            None,
            Some("2025-01-30"),
            calendar("2026-03-01T12:00:00Z", Tz::UTC),
            ("2025-01-01", "2025-01-30"),
        ),
    ] {
        let range = DayRange::asked(first.map(date), last.map(date), calendar).unwrap();
        let (first, last) = expected;
        assert_eq!((range.first(), range.last()), (date(first), date(last)));
        assert_eq!(range.zone(), calendar.zone);
    }
}

#[test]
fn a_range_has_an_order_and_bounds() {
    let new = |first, last| DayRange::new(date(first), date(last), Tz::UTC).map(|_| ());
    assert_eq!(new("2026-01-02", "2026-01-01"), Err(NoRange::Reversed));
    assert_eq!(new("2026-01-01", "2026-01-01"), Ok(()));
    assert_eq!(new("2028-01-01", "2028-12-31"), Ok(()));
    assert_eq!(new("2026-01-01", "2027-01-02"), Err(NoRange::TooLong));
    assert_eq!(new("1970-12-31", "1971-01-02"), Err(NoRange::OutOfRange));
    assert_eq!(new("9998-12-31", "9999-01-01"), Err(NoRange::OutOfRange));
    let calendar = Calendar {
        now: at("2026-03-01T12:00:00Z"),
        zone: Tz::UTC,
    };
    let asked = DayRange::asked(None, Some(NaiveDate::MIN), calendar);
    assert_eq!(asked, Err(NoRange::OutOfRange));
    let asked = DayRange::asked(Some(date("2026-03-02")), None, calendar);
    assert_eq!(asked, Err(NoRange::Reversed));
}

proptest! {
    /// Nothing is counted twice, and nothing is left out.
    #[test]
    fn the_days_of_a_range_follow_one_another_without_gaps(range in ranges()) {
        let days: Vec<_> = range.days().collect();
        let count = i64::try_from(days.len()).unwrap();
        prop_assert_eq!(count, (range.last() - range.first()).num_days() + 1);
        prop_assert!(count <= DayRange::MAX_DAYS);
        prop_assert_eq!(days[0].from, range.from());
        prop_assert_eq!(days[days.len() - 1].until, range.until());
        for pair in days.windows(2) {
            prop_assert_eq!(pair[0].until, pair[1].from);
            prop_assert!(pair[0].from <= pair[0].until);
        }
    }

    /// An instant belongs to the day that a calendar at that instant calls today.
    #[test]
    fn an_instant_is_in_the_day_that_it_is_then(range in ranges(), part in 0.0f64..1.0) {
        let length = (range.until() - range.from()).num_seconds();
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "some second of the range")]
        let second = (length as f64 * part) as i64;
        let now = range.from() + TimeDelta::seconds(second);
        let holding: Vec<_> = range.days().filter(|day| (day.from..day.until).contains(&now)).collect();
        prop_assert_eq!(holding.len(), 1);
        let today = Calendar { now, zone: range.zone() }.today();
        prop_assert_eq!(holding[0].date, today);
    }

    /// In every zone lists can be asked for the ends of every range.
    #[test]
    fn the_ends_of_a_range_are_instants_that_lists_can_be_asked_for(zone in zones()) {
        for day in ["1971-01-01", "9998-12-31"] {
            let range = DayRange::new(date(day), date(day), zone).unwrap();
            for at in [range.from(), range.until()] {
                prop_assert!((1970..=9999).contains(&at.year()));
            }
        }
    }
}

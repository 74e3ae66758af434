use chrono::{NaiveDate, TimeDelta};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::due::Tz;

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn after(seconds: i64) -> Calendar {
    Calendar {
        now: NOW + TimeDelta::seconds(seconds),
        zone: Tz::UTC,
    }
}

fn task() -> Task {
    let new = NewTask {
        due: Some(Due::On(date("1970-01-05"))),
        ..NewTask::titled("Call Ada".parse().unwrap())
    };
    Task::create(Uuid::from_u128(1).into(), new, None, after(0))
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn to(status: TaskStatus) -> TaskEdit {
    TaskEdit {
        status: Some(status),
        ..TaskEdit::default()
    }
}

#[test]
fn what_an_edit_does_not_name_stays() {
    let edit = TaskEdit {
        priority: Some(Priority::Urgent),
        ..TaskEdit::default()
    };
    let edited = task().edit(edit, after(1)).unwrap();
    let expected = Task {
        priority: Priority::Urgent,
        version: 2,
        updated_at: after(1).now,
        ..task()
    };
    assert_eq!(edited, expected);
}

#[test]
fn an_edit_that_changes_nothing_makes_no_version() {
    let edit = TaskEdit {
        title: Some("Call Ada".parse().unwrap()),
        due: DueChange::Set(Due::On(date("1970-01-05"))),
        description: Change::Clear,
        ..to(TaskStatus::Open)
    };
    assert_eq!(task().edit(edit, after(1)), Ok(task()));
}

/// The zone of the workspace may have been changed meanwhile.
#[test]
fn an_edit_of_something_else_leaves_the_deadline() {
    let elsewhere = Calendar {
        zone: Tz::Pacific__Auckland,
        ..after(1)
    };
    assert_eq!(task().edit(to(TaskStatus::Open), elsewhere), Ok(task()));
    let edited = task().edit(to(TaskStatus::InProgress), elsewhere).unwrap();
    assert_eq!(edited.deadline, task().deadline);
    let edit = TaskEdit {
        due: DueChange::Set(Due::On(date("1970-01-06"))),
        ..TaskEdit::default()
    };
    let edited = task().edit(edit, elsewhere).unwrap();
    let midnight = "1970-01-06T11:59:59.999999Z".parse().unwrap();
    assert_eq!(edited.deadline, Some(midnight));
}

#[test]
fn done_says_when_and_reopened_forgets_it() {
    let done = task().edit(to(TaskStatus::Done), after(1)).unwrap();
    assert_eq!(done.completed_at, Some(after(1).now));
    let renamed = TaskEdit {
        title: Some("Call Bob".parse().unwrap()),
        ..to(TaskStatus::Done)
    };
    let renamed = done.edit(renamed, after(2)).unwrap();
    assert_eq!(renamed.completed_at, Some(after(1).now));
    let reopened = renamed.edit(to(TaskStatus::Open), after(3)).unwrap();
    assert_eq!(reopened.completed_at, None);
}

#[test]
fn another_reminder_is_given_too() {
    let remind = |seconds| TaskEdit {
        remind_at: Change::Set(after(seconds).now),
        ..TaskEdit::default()
    };
    let set = task().edit(remind(9), after(1)).unwrap();
    let given = Task {
        reminded_at: Some(after(9).now),
        ..set
    };
    let same = given.clone().edit(remind(9), after(10)).unwrap();
    assert_eq!(same, given);
    let other = given.edit(remind(20), after(10)).unwrap();
    assert_eq!(other.reminded_at, None);
}

#[test]
fn an_archived_task_is_read_only_until_restored() {
    let archived = task().archive(after(1).now);
    let edit = TaskEdit::default();
    assert_eq!(archived.clone().edit(edit.clone(), after(2)), Err(Archived));
    assert_eq!(archived.clone().archive(after(2).now), archived);
    let restored = archived.restore(after(2).now);
    assert_eq!((restored.is_archived, restored.version), (false, 3));
    assert!(restored.edit(edit, after(3)).is_ok());
}

#[test]
fn only_what_is_still_to_be_done_is_overdue() {
    let end = date("1970-01-06")
        .and_time(chrono::NaiveTime::MIN)
        .and_utc();
    let at = |now| Calendar { now, zone: Tz::UTC };
    for status in TaskStatus::ALL {
        let task = task().edit(to(status), after(1)).unwrap();
        assert!(!task.is_overdue(at(end - TimeDelta::microseconds(1))));
        assert_eq!(task.is_overdue(at(end)), status.is_open(), "{status}");
    }
}

#[test]
fn names_are_read_back() {
    for status in TaskStatus::ALL {
        assert_eq!(status.to_string().parse(), Ok(status));
    }
    for priority in Priority::ALL {
        assert_eq!(priority.to_string().parse(), Ok(priority));
    }
    assert!(Priority::ALL.map(Priority::rank).is_sorted());
    for kind in RelatedKind::ALL {
        let related = kind.record(Uuid::from_u128(7));
        assert_eq!(related.to_string().parse(), Ok(related));
    }
    for wrong in [
        "",
        "Lead",
        "Lead:",
        "lead:00000000-0000-0000-0000-000000000007",
        "Lead:7",
    ] {
        assert_eq!(wrong.parse::<Related>(), Err(NotRelated), "{wrong}");
    }
}

proptest! {
    /// A task tells when it was done exactly while it is.
    #[test]
    fn done_and_completed_go_together(steps in proptest::collection::vec(0usize..4, 0..20)) {
        let mut before = task();
        for (step, status) in (1..).zip(steps) {
            let status = TaskStatus::ALL[status];
            let after = before.clone().edit(to(status), after(step)).unwrap();
            prop_assert_eq!(after.status, status);
            prop_assert_eq!(after.completed_at.is_some(), status == TaskStatus::Done);
            prop_assert_eq!(after.version, before.version + i32::from(status != before.status));
            before = after;
        }
    }
}

use chrono::TimeDelta;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn later() -> DateTime<Utc> {
    NOW + TimeDelta::seconds(1)
}

fn customer() -> Customer {
    let new = NewCustomer {
        email: Some("ada@example.org".parse().unwrap()),
        ..NewCustomer::named("Ada".parse().unwrap())
    };
    Customer::create(Uuid::from_u128(1).into(), new, None, NOW)
}

#[test]
fn what_an_edit_does_not_name_stays() {
    let edit = CustomerEdit {
        company: Change::Set("Analytical Engines".parse().unwrap()),
        ..CustomerEdit::default()
    };
    let edited = customer().edit(edit, later()).unwrap();
    let expected = Customer {
        company: Some("Analytical Engines".parse().unwrap()),
        version: 2,
        updated_at: later(),
        ..customer()
    };
    assert_eq!(edited, expected);
}

#[test]
fn an_edit_that_changes_nothing_makes_no_version() {
    let edit = CustomerEdit {
        name: Some("Ada".parse().unwrap()),
        company: Change::Clear,
        email: Change::Set("ada@example.org".parse().unwrap()),
        ..CustomerEdit::default()
    };
    assert_eq!(customer().edit(edit, later()), Ok(customer()));
}

#[test]
fn an_archived_customer_is_read_only_until_restored() {
    let archived = customer().archive(later());
    assert!(archived.is_archived);
    let edit = CustomerEdit::default();
    assert_eq!(archived.clone().edit(edit.clone(), later()), Err(Archived));
    let restored = archived.restore(later());
    assert_eq!((restored.is_archived, restored.version), (false, 3));
    assert!(restored.edit(edit, later()).is_ok());
}

proptest! {
    /// Archiving and restoring are done once, however often they are asked for.
    #[test]
    fn each_version_differs_from_the_one_before(steps in proptest::collection::vec(any::<bool>(), 0..20)) {
        let mut before = customer();
        for put_away in steps {
            let after = if put_away { before.clone().archive(later()) } else { before.clone().restore(later()) };
            prop_assert_eq!(after.is_archived, put_away);
            let has_changed = after.is_archived != before.is_archived;
            prop_assert_eq!(after.version, before.version + i32::from(has_changed));
            before = after;
        }
    }
}

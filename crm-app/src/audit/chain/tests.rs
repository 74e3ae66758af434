use chrono::DateTime;
use proptest::prelude::*;

use super::*;

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 26).unwrap()
}

fn activity() -> StoredActivity {
    StoredActivity {
        id: Uuid::from_u128(1),
        at: DateTime::from_timestamp_micros(1_800_000_000_123_456).unwrap(),
        actor_id: Some(Uuid::from_u128(2)),
        actor_name: None,
        api_key_id: None,
        action: "lead.edited".to_owned(),
        resource: "lead".to_owned(),
        resource_id: Uuid::from_u128(3),
        changes: json!({ "name": { "to": "Zoë \"Z\"", "from": null } }),
        request_id: None,
        address: None,
    }
}

/// Whoever changes what is hashed breaks every chain that there is.
#[test]
fn what_is_hashed_is_fixed() {
    let mut text = String::new();
    write_canonical(&members(&activity()), &mut text);
    let expected = concat!(
        r#"{"action":"lead.edited","actorId":"00000000-0000-0000-0000-000000000002","at":1800000000123456,"#,
        r#""changes":{"name":{"from":null,"to":"Zoë \"Z\""}},"id":"00000000-0000-0000-0000-000000000001","#,
        r#""resource":"lead","resourceId":"00000000-0000-0000-0000-000000000003"}"#
    );
    assert_eq!(text, expected);
    let sealed = format!(r#"{{"activity":{expected},"day":"2026-11-26","number":7}}"#);
    let bytes = [&BEGINNING.0[..], sealed.as_bytes()].concat();
    let expected = digest::digest(&digest::SHA256, &bytes);
    assert_eq!(
        hash(BEGINNING, (day(), 7), &activity()).0,
        expected.as_ref()
    );
}

#[test]
fn a_change_of_anything_changes_the_hash() {
    let changed: [fn(&mut StoredActivity); 16] = [
        |_| {},
        |a| a.id = Uuid::from_u128(9),
        |a| a.at += chrono::TimeDelta::microseconds(1),
        |a| a.actor_id = None,
        |a| a.actor_id = Some(Uuid::from_u128(9)),
        |a| a.actor_name = Some(String::new()),
        |a| a.actor_name = Some("demo".to_owned()),
        |a| a.api_key_id = Some(Uuid::from_u128(2)),
        |a| a.action.push('x'),
        |a| a.resource.clear(),
        |a| a.resource_id = Uuid::from_u128(9),
        |a| a.changes = json!({}),
        |a| a.changes = json!({ "name": { "to": "Zoë \"Z\"" } }),
        |a| a.changes = json!({ "name": { "to": "Zoë \"Z\"", "from": "null" } }),
        |a| a.request_id = Some(Uuid::from_u128(2)),
        |a| a.address = Some("2".to_owned()),
    ];
    let mut hashes: Vec<_> = changed
        .iter()
        .map(|change| {
            let mut activity = activity();
            change(&mut activity);
            hash(BEGINNING, (day(), 1), &activity).to_string()
        })
        .collect();
    let next_day = day().succ_opt().unwrap();
    let elsewhere = SealHash([1; BYTES]);
    for (before, place) in [
        (elsewhere, (day(), 1)),
        (BEGINNING, (next_day, 1)),
        (BEGINNING, (day(), 2)),
    ] {
        hashes.push(hash(before, place, &activity()).to_string());
    }
    let (number, distinct) = (hashes.len(), std::collections::BTreeSet::from_iter(hashes));
    assert_eq!(distinct.len(), number);
}

#[test]
fn a_chain_counts_anew_each_day_and_never_goes_back() {
    let (monday, tuesday) = (day(), day().succ_opt().unwrap());
    let end = End::beginning(monday);
    assert_eq!(end.next_place(monday), (monday, 1));
    let end = end.seal(end.next_place(monday), &activity());
    assert_eq!(end.next_place(monday), (monday, 2));
    assert_eq!(end.next_place(tuesday), (tuesday, 1));
    let end = end.seal((tuesday, 1), &activity());
    // By a clock that is late.
    assert_eq!(end.next_place(monday), (tuesday, 2));
}

/// Any JSON, with its members in the order in which they were put in.
fn any_json() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,5}".prop_map(Value::from),
    ];
    scalar.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((".{0,3}", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn the_canonical_text_is_json_of_the_same_value(value in any_json()) {
        let mut text = String::new();
        write_canonical(&value, &mut text);
        prop_assert_eq!(serde_json::from_str::<Value>(&text).ok(), Some(value));
    }

    #[test]
    fn the_order_of_members_does_not_count(value in any_json()) {
        let mut text = String::new();
        write_canonical(&value, &mut text);
        let mut again = String::new();
        write_canonical(&reversed(value), &mut again);
        prop_assert_eq!(text, again);
    }

    #[test]
    fn a_hash_survives_printing_and_parsing(bytes: [u8; BYTES]) {
        prop_assert_eq!(SealHash(bytes).to_string().parse(), Ok(SealHash(bytes)));
    }

    #[test]
    fn no_input_makes_parsing_a_hash_panic(text in ".{0,70}", digits in "[0-9a-f+é]{64}") {
        let _ = text.parse::<SealHash>();
        let _ = digits.parse::<SealHash>();
    }
}

fn reversed(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(reversed).collect(),
        Value::Object(members) => {
            let members: Vec<_> = members.into_iter().collect();
            let back = members.into_iter().rev();
            Value::Object(
                back.map(|(name, member)| (name, reversed(member)))
                    .collect(),
            )
        }
        scalar => scalar,
    }
}

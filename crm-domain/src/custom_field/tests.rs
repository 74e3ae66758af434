use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::cell;

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn field_type(kind: FieldKind, rules: Value) -> Result<FieldType, Violations> {
    FieldType::new(kind, serde_json::from_value(rules).unwrap())
}

fn options() -> Value {
    json!([
        { "value": "gold", "label": "Gold" },
        { "value": "Très bon", "label": "Very good" },
        { "value": "old", "label": "Old", "isArchived": true },
    ])
}

/// A type of each kind.
fn types() -> Vec<FieldType> {
    let of = |kind, rules| field_type(kind, rules).unwrap();
    vec![
        of(FieldKind::Text, json!({ "maxLength": 20 })),
        of(
            FieldKind::Number,
            json!({ "decimals": 2, "min": -10.5, "max": 1000 }),
        ),
        of(FieldKind::Money, json!({ "currencies": ["EUR", "JPY"] })),
        of(FieldKind::Date, json!({})),
        of(FieldKind::DateTime, json!({})),
        of(FieldKind::Bool, json!({})),
        of(FieldKind::Select, json!({ "options": options() })),
        of(FieldKind::MultiSelect, json!({ "options": options() })),
        of(FieldKind::Link, json!({ "targets": ["lead", "user"] })),
    ]
}

fn of_kind(kind: FieldKind) -> FieldType {
    types()
        .into_iter()
        .find(|found| found.kind() == kind)
        .unwrap()
}

fn field(key: &str, field_type: FieldType) -> FieldDefinition {
    let new = NewField {
        resource: FieldResource::Lead,
        key: key.parse().unwrap(),
        label: key.parse().unwrap(),
        field_type,
        is_required: false,
        position: None,
    };
    FieldDefinition::create(Uuid::from_u128(1).into(), new, 0, NOW)
}

/// What the type makes of JSON: the JSON of the value, or the code of the refusal.
fn checked(field_type: &FieldType, json: &Value) -> Result<Value, &'static str> {
    let value = FieldValue::from_json(json).map_err(|error| error.code)?;
    let value = field_type
        .check(value, Offered::Only)
        .map_err(|error| error.code)?;
    Ok(value.map_or(Value::Null, |value| value.to_json()))
}

const LEAD: &str = "019b7fbc-0000-7000-8000-000000000001";

#[test]
fn good_values_are_taken_in_one_form() {
    for (kind, given, kept) in [
        (FieldKind::Text, json!("  two\nlines "), json!("two\nlines")),
        (FieldKind::Text, json!("  "), Value::Null),
        (FieldKind::Number, json!(12.50), json!(12.5)),
        (FieldKind::Number, json!(1000), json!(1000)),
        (FieldKind::Number, json!(-10.5), json!(-10.5)),
        (
            FieldKind::Money,
            json!({ "amount": -1, "currency": "JPY" }),
            json!({ "amount": -1, "currency": "JPY" }),
        ),
        (FieldKind::Date, json!("1899-12-31"), json!("1899-12-31")),
        (
            FieldKind::DateTime,
            json!("2026-01-31T12:00:00+01:00"),
            json!("2026-01-31T11:00:00.000Z"),
        ),
        (
            FieldKind::DateTime,
            json!("2026-01-31T11:00:00.1239Z"),
            json!("2026-01-31T11:00:00.123Z"),
        ),
        (FieldKind::Bool, json!(false), json!(false)),
        (FieldKind::Select, json!("GOLD"), json!("gold")),
        (FieldKind::Select, json!("tres bon"), json!("Très bon")),
        (
            FieldKind::MultiSelect,
            json!(["Très bon", "gold", "gold"]),
            json!(["gold", "Très bon"]),
        ),
        (FieldKind::MultiSelect, json!([]), Value::Null),
        (
            FieldKind::Link,
            json!({ "type": "lead", "id": LEAD }),
            json!({ "type": "lead", "id": LEAD }),
        ),
    ] {
        assert_eq!(checked(&of_kind(kind), &given), Ok(kept), "{kind}: {given}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn bad_values_are_refused_with_a_code() {
    for (kind, given, code) in [
        (FieldKind::Text, json!(1), "wrong-type"),
        (FieldKind::Text, json!("x".repeat(21)), "too-long"),
        (FieldKind::Text, json!("a\u{0}b"), "invalid-character"),
        (FieldKind::Number, json!("1"), "wrong-type"),
        (FieldKind::Number, json!(1.001), "too-precise"),
        (FieldKind::Number, json!(1e300), "too-precise"),
        (FieldKind::Number, json!(1000.01), "out-of-range"),
        (FieldKind::Number, json!(-10.51), "out-of-range"),
        (FieldKind::Money, json!(12), "wrong-type"),
        (
            FieldKind::Money,
            json!({ "amount": 1.5, "currency": "EUR" }),
            "wrong-type",
        ),
        (
            FieldKind::Money,
            json!({ "amount": 1, "currency": "USD" }),
            "not-one-of",
        ),
        (
            FieldKind::Money,
            json!({ "amount": 1, "currency": "eur" }),
            "not-one-of",
        ),
        (
            FieldKind::Money,
            json!({ "amount": 1, "currency": "EUR", "x": 1 }),
            "wrong-type",
        ),
        (
            FieldKind::Money,
            json!({ "amount": i64::MAX, "currency": "EUR" }),
            "out-of-range",
        ),
        (FieldKind::Date, json!("2026-02-29"), "wrong-type"),
        (FieldKind::Date, json!("2026-1-31"), "wrong-type"),
        (FieldKind::Date, json!("0999-01-01"), "wrong-type"),
        (FieldKind::Date, json!("2026-01-31T00:00:00Z"), "wrong-type"),
        (FieldKind::DateTime, json!("2026-01-31"), "wrong-type"),
        (
            FieldKind::DateTime,
            json!("2026-01-31T12:00:00"),
            "wrong-type",
        ),
        (
            FieldKind::DateTime,
            json!("2016-12-31T23:59:60Z"),
            "wrong-type",
        ),
        (FieldKind::Bool, json!("true"), "wrong-type"),
        (FieldKind::Bool, json!(0), "wrong-type"),
        (FieldKind::Select, json!("silver"), "not-one-of"),
        (FieldKind::Select, json!("old"), "not-one-of"),
        (FieldKind::Select, json!(["gold"]), "wrong-type"),
        (
            FieldKind::MultiSelect,
            json!(["gold", "silver"]),
            "not-one-of",
        ),
        (FieldKind::MultiSelect, json!("gold"), "wrong-type"),
        (FieldKind::MultiSelect, json!([1]), "wrong-type"),
        (
            FieldKind::Link,
            json!({ "type": "task", "id": LEAD }),
            "not-one-of",
        ),
        (
            FieldKind::Link,
            json!({ "type": "deal", "id": LEAD }),
            "not-one-of",
        ),
        (
            FieldKind::Link,
            json!({ "type": "lead", "id": "x" }),
            "wrong-type",
        ),
        (FieldKind::Link, json!({ "id": LEAD }), "wrong-type"),
        (FieldKind::Link, json!("https://example.org"), "wrong-type"),
    ] {
        assert_eq!(
            checked(&of_kind(kind), &given),
            Err(code),
            "{kind}: {given}"
        );
    }
}

#[test]
fn rules_that_do_not_go_with_a_type_or_with_each_other_are_refused() {
    for (kind, rules, place) in [
        (FieldKind::Text, json!({ "decimals": 1 }), "decimals"),
        (FieldKind::Text, json!({ "maxLength": 0 }), "maxLength"),
        (FieldKind::Text, json!({ "maxLength": 2001 }), "maxLength"),
        (FieldKind::Number, json!({ "decimals": 10 }), "decimals"),
        (FieldKind::Number, json!({ "min": 2, "max": 1 }), "max"),
        (FieldKind::Bool, json!({ "options": options() }), "options"),
        (FieldKind::Select, json!({}), "options"),
        (FieldKind::Select, json!({ "options": [] }), "options"),
        (
            FieldKind::Select,
            json!({ "options": [{ "value": "a;b", "label": "x" }] }),
            "options/0/value",
        ),
        (
            FieldKind::MultiSelect,
            json!({ "options": [{ "value": "Été", "label": "x" }, { "value": "ete", "label": "x" }] }),
            "options/1/value",
        ),
        (FieldKind::Link, json!({}), "targets"),
        (FieldKind::Date, json!({ "targets": ["lead"] }), "targets"),
    ] {
        let refused = field_type(kind, rules.clone()).unwrap_err();
        assert_eq!(
            refused.iter().next().unwrap().field,
            place,
            "{kind}: {rules}"
        );
    }
    let many: Vec<_> = (0..201)
        .map(|i| json!({ "value": format!("v{i}"), "label": "x" }))
        .collect();
    let refused = field_type(FieldKind::Select, json!({ "options": many })).unwrap_err();
    assert_eq!(refused.iter().next().unwrap().code, "too-many");
}

#[test]
fn an_option_that_is_left_out_is_put_away_and_records_keep_it() {
    let before = field("tier", of_kind(FieldKind::Select));
    let given = json!([{ "value": "gold", "label": "Golden" }, { "value": "new", "label": "New" }]);
    let edit = FieldEdit {
        options: serde_json::from_value(given).unwrap(),
        ..FieldEdit::default()
    };
    let after = before.edit(edit, NOW).unwrap();
    let FieldType::Select(options) = &after.field_type else {
        panic!("it stays a select")
    };
    let states: Vec<_> = options
        .iter()
        .map(|option| (option.value.as_str(), option.is_archived))
        .collect();
    assert_eq!(
        states,
        [
            ("gold", false),
            ("new", false),
            ("Très bon", true),
            ("old", true)
        ]
    );
    assert_eq!(after.version, 2);
    let fields = FieldSet::new(vec![after]);
    let held: CustomValues = values(&json!({ "tier": "old" }));
    let same = edit_of(&json!({ "tier": "old" }));
    assert!(fields.check_edit(&same, &held).unwrap().is_empty());
    assert!(fields.check_edit(&same, &CustomValues::default()).is_err());
}

#[test]
fn a_field_that_is_put_away_is_not_changed_and_comes_back_as_it_was() {
    let before = field("tier", of_kind(FieldKind::Select));
    let away = before.clone().archive(NOW);
    assert!(away.is_archived && away.version == 2);
    assert_eq!(away.clone().archive(NOW), away);
    let edit = FieldEdit {
        is_required: Some(true),
        ..FieldEdit::default()
    };
    assert_eq!(
        away.clone().edit(edit, NOW),
        Err(FieldError::Archived(Archived))
    );
    let back = away.restore(NOW);
    assert_eq!(
        back,
        FieldDefinition {
            version: 3,
            ..before
        }
    );
}

fn edit_of(json: &Value) -> CustomEdit {
    let mut violations = Violations::new();
    let edit = CustomEdit::from_json(json.as_object().unwrap().clone(), &mut violations);
    violations.into_result().unwrap();
    edit
}

fn values(json: &Value) -> CustomValues {
    edit_of(json).into_values()
}

fn all_fields() -> FieldSet {
    let fields = types().into_iter().map(|field_type| {
        let key = field_type.kind().to_string();
        field(&key, field_type)
    });
    FieldSet::new(fields.collect())
}

#[test]
fn unknown_archived_and_missing_fields_are_named() {
    let required = FieldDefinition {
        is_required: true,
        ..field("need", FieldType::Bool)
    };
    let away = field("away", FieldType::Bool).archive(NOW);
    let fields = FieldSet::new(vec![required, away, field("free", FieldType::Bool)]);
    let faults = |found: Violations| -> Vec<_> {
        found
            .iter()
            .map(|one| format!("{} {}", one.field, one.code))
            .collect()
    };
    let new = fields.check_new(&values(&json!({ "away": true, "other": 1, "free": "x" })));
    assert_eq!(
        faults(new.unwrap_err()),
        [
            "custom/away unknown-field",
            "custom/free wrong-type",
            "custom/other unknown-field",
            "custom/need required"
        ]
    );
    assert!(fields.check_new(&values(&json!({ "need": true }))).is_ok());
    let none = CustomValues::default();
    assert!(
        fields
            .check_edit(&edit_of(&json!({ "free": true })), &none)
            .is_ok(),
        "required, and not touched"
    );
    let cleared = fields.check_edit(
        &edit_of(&json!({ "need": null })),
        &values(&json!({ "need": true })),
    );
    assert_eq!(faults(cleared.unwrap_err()), ["custom/need required"]);
}

#[test]
fn all_values_together_have_a_bound() {
    let text = FieldType::Text { max_length: 2000 };
    let fields: Vec<_> = (0..10)
        .map(|i| field(&format!("t{i}"), text.clone()))
        .collect();
    let members = |chars: usize| -> Value {
        (0..10)
            .map(|i| (format!("t{i}"), json!("x".repeat(chars))))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let fields = FieldSet::new(fields);
    assert!(fields.check_new(&values(&members(1500))).is_ok());
    let refused = fields.check_new(&values(&members(2000))).unwrap_err();
    assert_eq!(refused.iter().next().unwrap().code, "too-large");
}

#[test]
fn another_kind_of_record_takes_what_fits_it() {
    let from = all_fields();
    let given = values(&json!({ "text": "a", "bool": true, "number": 12.5, "date": "2026-01-31" }));
    let number = field_type(FieldKind::Number, json!({ "decimals": 0 })).unwrap();
    let to = FieldSet::new(vec![
        field("text", FieldType::Text { max_length: 5 }),
        field("bool", FieldType::Date),
        field("number", number),
    ]);
    assert_eq!(to.received(&from, &given), values(&json!({ "text": "a" })));
}

/// A good value of some field, with its key.
fn good() -> impl Strategy<Value = (FieldKind, FieldValue)> {
    let number =
        (-1050_i64..=100_000).prop_map(|n| FieldValue::Number(Decimal::new(n, 2).unwrap()));
    let day = (-300_000_i64..2_000_000).prop_map(|days| {
        let day =
            chrono::NaiveDate::from_ymd_opt(2000, 1, 1).unwrap() + chrono::TimeDelta::days(days);
        FieldValue::Text(day.to_string())
    });
    let instant = (-30_000_000_000_000_i64..200_000_000_000_000).prop_map(|millis| {
        let at = DateTime::from_timestamp_millis(millis).unwrap();
        FieldValue::Text(at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
    });
    let money = (any::<bool>(), -1_000_000_i64..1_000_000).prop_map(|(is_euro, amount)| {
        let currency = if is_euro { "EUR" } else { "JPY" };
        FieldValue::Money(crate::money::Money::new(amount, currency.parse().unwrap()).unwrap())
    });
    let link = any::<u128>().prop_map(|id| {
        FieldValue::Link(Link {
            kind: LinkKind::User,
            id: Uuid::from_u128(id),
        })
    });
    let texts = prop::sample::subsequence(vec!["gold".to_owned(), "Très bon".to_owned()], 1..=2);
    prop_oneof![
        "[a-zA-Zéß0-9][a-zA-Z é\n]{0,18}[a-z]"
            .prop_map(|text| (FieldKind::Text, FieldValue::Text(text))),
        number.prop_map(|value| (FieldKind::Number, value)),
        money.prop_map(|value| (FieldKind::Money, value)),
        day.prop_map(|value| (FieldKind::Date, value)),
        instant.prop_map(|value| (FieldKind::DateTime, value)),
        any::<bool>().prop_map(|value| (FieldKind::Bool, FieldValue::Bool(value))),
        Just((FieldKind::Select, FieldValue::Text("Très bon".to_owned()))),
        texts.prop_map(|value| (FieldKind::MultiSelect, FieldValue::Texts(value))),
        link.prop_map(|value| (FieldKind::Link, value)),
    ]
}

/// Any JSON of the shapes that bodies have.
fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,30}".prop_map(Value::from),
        Just(json!("EUR")),
        Just(json!("gold")),
        Just(json!("lead")),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("amount|currency|type|id|x", inner, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn a_good_value_comes_back_from_json_from_its_text_and_from_a_second_check((kind, value) in good()) {
        let field_type = of_kind(kind);
        let read = FieldValue::from_json(&value.to_json()).unwrap();
        prop_assert_eq!(&read, &value);
        prop_assert_eq!(field_type.check(read, Offered::Only), Ok(Some(value.clone())));
        let text = value.to_string();
        prop_assert_eq!(field_type.parse_text(&text, Offered::Only), Ok(Some(value.clone())), "{}", text);
        let fields = FieldSet::new(vec![field("key", field_type)]);
        let cell = cell::neutralise(&text);
        let read = fields.read_text("key".parse().unwrap(), cell::restore(&cell));
        prop_assert_eq!(read, Ok(Some(value)), "{}", cell);
    }

    #[test]
    fn no_type_takes_the_value_of_another_shape((kind, value) in good()) {
        for other in types() {
            let taken = other.check(value.clone(), Offered::Only).is_ok_and(|value| value.is_some());
            let is_text = |kind| matches!(kind, FieldKind::Text | FieldKind::Date | FieldKind::DateTime | FieldKind::Select);
            prop_assert!(!taken || other.kind() == kind || is_text(kind) && is_text(other.kind()), "{}", other.kind());
        }
    }

    #[test]
    fn whatever_is_taken_is_taken_again_as_it_is_kept(json in json_value()) {
        for field_type in types() {
            let Ok(value) = FieldValue::from_json(&json) else { continue };
            let Ok(Some(kept)) = field_type.check(value, Offered::Only) else { continue };
            prop_assert_eq!(field_type.check(kept.clone(), Offered::Only), Ok(Some(kept.clone())));
            prop_assert_eq!(FieldValue::from_json(&kept.to_json()), Ok(kept));
        }
    }

    #[test]
    fn dates_instants_and_numbers_sort_by_their_keys((kind, a) in good(), (_, b) in good()) {
        let (one, other) = (a.keys(), b.keys());
        match (&a, &b) {
            (FieldValue::Number(a), FieldValue::Number(b)) => prop_assert_eq!(a.cmp(b), one.cmp(&other)),
            (FieldValue::Text(a), FieldValue::Text(b)) if kind == FieldKind::Date && b.len() == a.len() => {
                prop_assert_eq!(a.cmp(b), one.cmp(&other));
            }
            _ => {}
        }
        prop_assert!(one.iter().all(|key| key.as_str() < NO_VALUE_KEY.to_string().as_str()));
    }

    #[test]
    fn an_edit_changes_what_it_names_and_nothing_else(
        before in prop::collection::btree_map("[a-c]", any::<bool>(), 0..3),
        edit in prop::collection::btree_map("[a-c]", any::<Option<bool>>(), 0..3),
    ) {
        let key = |name: &str| name.parse::<FieldKey>().unwrap();
        let held: CustomValues = before.iter().map(|(name, value)| (key(name), FieldValue::Bool(*value))).collect();
        let change: CustomEdit = edit.iter().map(|(name, value)| (key(name), value.map(FieldValue::Bool))).collect();
        let after = change.apply(held);
        for name in ["a", "b", "c"] {
            let expected = match edit.get(name) {
                Some(value) => *value,
                None => before.get(name).copied(),
            };
            prop_assert_eq!(after.get(key(name)).cloned(), expected.map(FieldValue::Bool));
        }
    }
}

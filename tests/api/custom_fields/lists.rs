//! Lists narrowed and sorted by custom fields, compared with the same done in Rust.

use std::cmp::Ordering;

use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use super::{define, lead};
use crate::leads::errors;

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let place = self.roll(from.len() as u64);
        from[usize::try_from(place).unwrap()]
    }
}

const TEXTS: [&str; 5] = ["Zoë", "zoe", "Acme", "Ärzte", "%_"];
const OPTIONS: [&str; 3] = ["gold", "silver", "Lead"];

async fn define_all(admin: &Client<'_>) {
    let options = json!([{ "value": "gold" }, { "value": "silver" }, { "value": "Lead" }]);
    for (key, kind, more) in [
        ("text", "text", json!({})),
        ("number", "number", json!({ "decimals": 1 })),
        ("money", "money", json!({})),
        ("date", "date", json!({})),
        ("at", "datetime", json!({})),
        ("flag", "bool", json!({})),
        ("tier", "select", json!({ "options": options })),
        ("labels", "multiSelect", json!({ "options": options })),
    ] {
        let _ = define(admin, key, kind, more).await;
    }
}

fn random(dice: &mut Dice) -> Value {
    let mut custom = serde_json::Map::new();
    let mut add = |dice: &mut Dice, key: &str, value: Value| {
        if dice.roll(4) > 0 {
            custom.insert(key.to_owned(), value);
        }
    };
    let text = dice.pick(&TEXTS);
    add(dice, "text", json!(text));
    let halves = i32::try_from(dice.roll(13)).unwrap() - 6;
    add(dice, "number", json!(f64::from(halves) / 2.0));
    let amount = i64::try_from(dice.roll(5)).unwrap() - 2;
    let currency = dice.pick(&["EUR", "JPY"]);
    add(
        dice,
        "money",
        json!({ "amount": amount, "currency": currency }),
    );
    let day = format!("{}-01-0{}", 2015 + 5 * dice.roll(2), dice.roll(5) + 1);
    add(dice, "date", json!(day));
    let at = format!("2026-01-0{}T00:00:00.00{}Z", dice.roll(5) + 1, dice.roll(3));
    add(dice, "at", json!(at));
    let flag = dice.roll(2) == 0;
    add(dice, "flag", json!(flag));
    let tier = dice.pick(&OPTIONS);
    add(dice, "tier", json!(tier));
    let labels: Vec<_> = OPTIONS.iter().filter(|_| dice.roll(2) == 0).collect();
    let labels = if labels.is_empty() {
        vec![&OPTIONS[0]]
    } else {
        labels
    };
    add(dice, "labels", json!(labels));
    Value::Object(custom)
}

/// The ids of all leads of a list, page by page.
async fn ids(client: &Client<'_>, query: &str) -> Vec<String> {
    let mut ids = Vec::new();
    let mut path = format!("/api/leads?limit=7&{query}");
    loop {
        let list = client.get(&path).expect(200).await;
        let leads = list["leads"].as_array().unwrap();
        ids.extend(
            leads
                .iter()
                .map(|lead| lead["id"].as_str().unwrap().to_owned()),
        );
        let Some(cursor) = list["nextCursor"].as_str() else {
            return ids;
        };
        path = format!("/api/leads?limit=7&{query}&cursor={cursor}");
    }
}

fn folded(value: &Value) -> String {
    crm_domain::text::fold(value.as_str().unwrap_or_default())
}

type Test = Box<dyn Fn(&Value) -> bool>;

fn test(test: impl Fn(&Value) -> bool + 'static) -> Test {
    Box::new(test)
}

fn number(from: f64, to: f64) -> Test {
    test(move |custom| {
        custom["number"]
            .as_f64()
            .is_some_and(|n| n >= from && n <= to)
    })
}

fn money(currency: &'static str, from: i64, to: i64) -> Test {
    test(move |custom| {
        let amount = custom["money"]["amount"].as_i64();
        custom["money"]["currency"] == currency && amount.is_some_and(|a| a >= from && a <= to)
    })
}

/// Texts from the one on, and before the other.
fn text(key: &'static str, from: &'static str, until: &'static str) -> Test {
    test(move |custom| {
        custom[key]
            .as_str()
            .is_some_and(|text| text >= from && text < until)
    })
}

fn labels(any: &'static [&'static str]) -> Test {
    test(move |custom| {
        let held = custom["labels"].as_array().cloned().unwrap_or_default();
        held.iter()
            .any(|label| any.contains(&label.as_str().unwrap()))
    })
}

/// Queries, each with what it means, said once more.
fn filters() -> Vec<(&'static str, Test)> {
    vec![
        (
            "custom.text=ZO%C3%8B",
            test(|custom| folded(&custom["text"]) == "zoe"),
        ),
        ("custom.text=%25_", test(|custom| custom["text"] == "%_")),
        (
            "custom.text=acme&custom.text=nobody",
            test(|custom| custom["text"] == "Acme"),
        ),
        ("custom.number=1.5", number(1.5, 1.5)),
        ("custom.number.from=-0.5", number(-0.5, 99.0)),
        ("custom.number.to=0", number(-99.0, 0.0)),
        (
            "custom.number.from=-1&custom.number.to=1",
            number(-1.0, 1.0),
        ),
        ("custom.money=0.02+EUR", money("EUR", 2, 2)),
        ("custom.money.from=-0.01+EUR", money("EUR", -1, 99)),
        ("custom.money.to=0+JPY", money("JPY", -99, 0)),
        (
            "custom.date=2015-01-01",
            text("date", "2015-01-01", "2015-01-02"),
        ),
        (
            "custom.date.from=2015-01-04&custom.date.to=2020-01-02",
            text("date", "2015-01-04", "2020-01-03"),
        ),
        (
            "custom.at.from=2026-01-02T00:00:00.001Z",
            text("at", "2026-01-02T00:00:00.001Z", "3"),
        ),
        (
            "custom.at.to=2026-01-02T00:00:00.001Z",
            text("at", "", "2026-01-02T00:00:00.001Z"),
        ),
        ("custom.flag=false", test(|custom| custom["flag"] == false)),
        (
            "custom.tier=GOLD&custom.tier=lead",
            test(|custom| custom["tier"] == "gold" || custom["tier"] == "Lead"),
        ),
        ("custom.labels=Lead", labels(&["Lead"])),
        (
            "custom.labels=gold&custom.labels=silver",
            labels(&["gold", "silver"]),
        ),
        (
            "custom.flag=true&custom.number.from=0",
            test(|custom| {
                custom["flag"] == true && custom["number"].as_f64().is_some_and(|n| n >= 0.0)
            }),
        ),
    ]
}

fn compare(key: &str, a: &Value, b: &Value) -> Ordering {
    let (a, b) = (&a["custom"][key], &b["custom"][key]);
    match (a.is_null(), b.is_null()) {
        (true, true) => Ordering::Equal,
        (false, true) => Ordering::Less,
        (true, false) => Ordering::Greater,
        (false, false) => match key {
            "number" => a.as_f64().partial_cmp(&b.as_f64()).unwrap(),
            "money" => {
                let order = |m: &Value| {
                    (
                        m["currency"].as_str().unwrap().to_owned(),
                        m["amount"].as_i64(),
                    )
                };
                order(a).cmp(&order(b))
            }
            "flag" => a.as_bool().cmp(&b.as_bool()),
            _ => folded(a).cmp(&folded(b)),
        },
    }
}

#[tokio::test]
async fn lists_hold_what_the_same_filter_in_rust_finds_in_the_same_order() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    define_all(&admin).await;
    let mut dice = Dice(7);
    let mut leads = Vec::new();
    for _ in 0..60 {
        let custom = random(&mut dice);
        leads.push(lead(&admin, custom).await);
    }
    for indexed in [false, true] {
        if indexed {
            let fields = app.crm.custom_fields();
            let built = fields
                .build_indexes(&app.database().options())
                .await
                .unwrap();
            assert_eq!((built.done, built.failed), (8, 0));
        }
        for (query, test) in filters() {
            let mut expected: Vec<_> = leads.iter().filter(|lead| test(&lead["custom"])).collect();
            assert!(
                !expected.is_empty() && expected.len() < leads.len(),
                "{query} tells nothing"
            );
            expected.sort_by_key(|lead| lead["id"].as_str().unwrap().to_owned());
            let expected: Vec<_> = expected
                .iter()
                .map(|lead| lead["id"].as_str().unwrap())
                .collect();
            let mut found = ids(&admin, query).await;
            found.sort();
            assert_eq!(found, expected, "{query}, indexed: {indexed}");
        }
        for key in ["text", "number", "money", "date", "at", "flag", "tier"] {
            let mut sorted = leads.clone();
            sorted.sort_by(|a, b| {
                let ids = || a["id"].as_str().unwrap().cmp(b["id"].as_str().unwrap());
                compare(key, a, b).then_with(ids)
            });
            let mut expected: Vec<_> = sorted
                .iter()
                .map(|lead| lead["id"].as_str().unwrap())
                .collect();
            assert_eq!(
                ids(&admin, &format!("sort=custom.{key}")).await,
                expected,
                "{key}"
            );
            expected.reverse();
            assert_eq!(
                ids(&admin, &format!("sort=-custom.{key}")).await,
                expected,
                "-{key}"
            );
        }
    }
}

#[tokio::test]
async fn customers_and_tasks_are_narrowed_and_sorted_too() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for (resource, name) in [("customer", "name"), ("task", "title")] {
        let _ = define(&admin, "size", "number", json!({ "resource": resource })).await;
        let records = format!("/api/{resource}s");
        for size in [
            json!({ "size": 2 }),
            json!({}),
            json!({ "size": 1 }),
            json!({ "size": 3 }),
        ] {
            let new = json!({ name: size.to_string(), "custom": size });
            let _ = admin.post(&records).json(new).expect(201).await;
        }
        let path = format!("{records}?custom.size.from=1&custom.size.to=2&sort=-custom.size");
        let list = admin.get(&path).expect(200).await;
        let list = list[format!("{resource}s")].as_array().unwrap().clone();
        let sizes: Vec<_> = list
            .iter()
            .map(|record| record["custom"]["size"].clone())
            .collect();
        assert_eq!(sizes, [json!(2), json!(1)], "{resource}");
    }
}

#[tokio::test]
async fn a_cursor_serves_only_the_filter_that_it_was_given_to() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    define_all(&admin).await;
    for _ in 0..3 {
        let _ = lead(&admin, json!({ "tier": "gold" })).await;
    }
    let list = admin
        .get("/api/leads?limit=1&custom.tier=gold&sort=custom.tier")
        .expect(200)
        .await;
    let cursor = list["nextCursor"].as_str().unwrap();
    for query in [
        "custom.tier=silver&sort=custom.tier",
        "custom.tier=gold&sort=-custom.tier",
        "sort=custom.tier",
    ] {
        let answer = admin
            .get(&format!("/api/leads?{query}&cursor={cursor}"))
            .expect(400)
            .await;
        assert_eq!(answer["code"], "invalid-cursor", "{query}");
    }
}

#[tokio::test]
async fn parameters_that_are_about_no_field_or_do_not_fit_it_are_refused() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    define_all(&admin).await;
    let _ = define(&admin, "link", "link", json!({ "targets": ["lead"] })).await;
    let many: Vec<_> = (0..21)
        .map(|number| format!("custom.number={number}"))
        .collect();
    let wide: Vec<_> = (0..11)
        .map(|number| format!("custom.k{number}=1"))
        .collect();
    let (many, wide, long) = (
        many.join("&"),
        wide.join("&"),
        format!("custom.text={}", "x".repeat(201)),
    );
    for (query, place, code) in [
        ("custom.other=1", "custom.other", "unknown-parameter"),
        ("custom.=1", "custom.", "unknown-parameter"),
        ("custom=1", "custom", "unknown-parameter"),
        ("custom.text.=1", "custom.text.", "unknown-parameter"),
        (
            "custom.number.like=1",
            "custom.number.like",
            "unknown-parameter",
        ),
        ("custom.a'--=1", "custom.a'--", "unknown-parameter"),
        ("Custom.text=1", "Custom.text", "unknown-parameter"),
        ("custom.text=", "custom.text", "too-short"),
        ("custom.text=+", "custom.text", "too-short"),
        ("custom.text=a%00b", "custom.text", "invalid-character"),
        ("custom.text.from=a", "custom.text.from", "not-allowed"),
        ("custom.tier.to=gold", "custom.tier.to", "not-allowed"),
        ("custom.number=one", "custom.number", "wrong-type"),
        ("custom.number=1e3", "custom.number", "wrong-type"),
        (
            "custom.number.from=1&custom.number.from=2",
            "custom.number.from",
            "duplicate-parameter",
        ),
        ("custom.money=1", "custom.money", "wrong-type"),
        ("custom.date=2026-02-30", "custom.date", "wrong-type"),
        ("custom.at=2026-01-01", "custom.at", "wrong-type"),
        ("custom.flag=1", "custom.flag", "wrong-type"),
        ("custom.tier=bronze", "custom.tier", "not-one-of"),
        ("custom.link=lead", "custom.link", "wrong-type"),
        ("sort=custom.other", "sort", "not-one-of"),
        ("sort=custom.labels", "sort", "not-one-of"),
        ("sort=custom.link", "sort", "not-one-of"),
        ("sort=custom.", "sort", "not-one-of"),
        ("sort=custom", "sort", "not-one-of"),
        (&many, "custom.number", "too-many"),
        (&wide, "custom.k10", "too-many"),
        (&long, "custom.text", "too-long"),
    ] {
        let answer = admin.get(&format!("/api/leads?{query}")).expect(400).await;
        assert_eq!(errors(&answer).first(), Some(&(place, code)), "{query}");
    }
    let answer = admin.get("/api/users?custom.text=1").expect(400).await;
    assert_eq!(errors(&answer)[0].1, "unknown-parameter");
}

#[tokio::test]
async fn a_filter_reaches_no_further_than_its_reader_sees() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    define_all(&admin).await;
    let _ = lead(&admin, json!({ "tier": "gold" })).await;
    let own = lead(&agent, json!({ "tier": "gold" })).await;
    assert_eq!(
        ids(&agent, "custom.tier=gold&sort=custom.tier").await,
        [own["id"].as_str().unwrap()]
    );
    assert_eq!(
        ids(&admin, "custom.tier=gold&sort=custom.tier").await.len(),
        2
    );
}

#[tokio::test]
async fn exports_and_bulks_go_by_the_same_conditions() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    define_all(&admin).await;
    let gold = lead(&admin, json!({ "tier": "gold", "number": 1.5 })).await;
    let silver = lead(&admin, json!({ "tier": "silver" })).await;
    let export = "/api/leads/export?format=ndjson&custom.tier=GOLD&sort=custom.number";
    let answer = admin.get(export).send().await;
    let text = String::from_utf8(answer.body.clone()).unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 1, "{text}");
    assert_eq!(lines[0]["custom"], gold["custom"]);
    let answer = admin.get("/api/leads/export?custom.tier=gold").send().await;
    let text = String::from_utf8(answer.body.clone()).unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");
    let refused = admin
        .get("/api/leads/export?custom.other=1")
        .expect(400)
        .await;
    assert_eq!(errors(&refused), [("custom.other", "unknown-parameter")]);

    let bulk = |custom: Value| json!({ "filter": { "custom": custom }, "action": "archive" });
    for (custom, code) in [
        (json!({ "other": "1" }), "unknown-parameter"),
        (json!({ "tier": "bronze" }), "not-one-of"),
        (json!({ "tier": 1 }), "wrong-type"),
        (json!({ "tier": { "a": "gold" } }), "wrong-type"),
    ] {
        let refused = admin
            .post("/api/leads/bulk")
            .json(bulk(custom.clone()))
            .expect(400)
            .await;
        assert_eq!(errors(&refused)[0].1, code, "{custom}: {refused}");
    }
    let body = bulk(json!({ "tier": ["gold", "Lead"], "number.from": "1" }));
    let _ = admin.post("/api/leads/bulk").json(body).expect(200).await;
    let is_archived = async |lead: &Value| {
        let path = format!("/api/leads/{}", lead["id"].as_str().unwrap());
        admin.get(&path).expect(200).await["isArchived"].clone()
    };
    assert_eq!(is_archived(&gold).await, true);
    assert_eq!(is_archived(&silver).await, false);
}

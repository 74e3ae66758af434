//! Custom values in files: exports have them, and imports read them.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use super::values::{define_all, good};
use super::{define, lead, path as field_path};
use crate::exports::granted;
use crate::imports::{counts, done, errors as wrong_rows, path as import_path, upload};
use crate::leads::{body, errors};

async fn csv(client: &Client<'_>, path: &str) -> String {
    let answer = client.get(path).send().await;
    assert_eq!(answer.status.as_u16(), 200);
    String::from_utf8(answer.body).unwrap()
}

/// The rows of a table, each by its columns.
fn rows(table: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    reader.deserialize().collect::<Result<_, _>>().unwrap()
}

async fn custom_of(client: &Client<'_>, path: &str) -> Value {
    client.get(path).expect(200).await["custom"].clone()
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a story")]
async fn what_was_exported_comes_back_by_an_import_and_an_import_is_taken_back() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for resource in ["lead", "customer"] {
        define_all(&admin, resource).await;
        let records = format!("/api/{resource}s");
        // A spreadsheet would take these for formulas.
        let awkward = json!({ "text": "=1;\"x\"\n'2", "number": -12.5, "money": { "amount": -5, "currency": "JPY" } });
        let mut made = Vec::new();
        for custom in [good(&admin), awkward, json!({})] {
            let new = json!({ "name": "Ada", "custom": custom });
            let new = if resource == "lead" { body(new) } else { new };
            app.clock.advance(TimeDelta::seconds(1));
            let allowing = format!("{records}?allowDuplicate=true");
            let record = admin.post(&allowing).json(new).expect(201).await;
            made.push((
                format!("{records}/{}", record["id"].as_str().unwrap()),
                record["custom"].clone(),
            ));
        }
        let table = csv(&admin, &format!("{records}/export?sort=createdAt")).await;
        let first = &rows(&table)[0];
        for (column, text) in [
            ("custom.text", "Zoë"),
            ("custom.number", "12.5"),
            ("custom.money", "12.50 EUR"),
            ("custom.date", "1999-12-31"),
            ("custom.at", "2026-01-31T11:00:00.000Z"),
            ("custom.flag", "false"),
            ("custom.tier", "gold"),
            ("custom.labels", "gold;silver"),
            ("custom.link", &format!("user:{}", admin.user().id)),
        ] {
            assert_eq!(first[column], text, "{resource}: {column}");
        }
        assert_eq!(rows(&table)[1]["custom.number"], "'-12.5");
        assert_eq!(rows(&table)[2]["custom.tier"], "");

        let cleared: serde_json::Map<String, Value> = good(&admin)
            .as_object()
            .unwrap()
            .keys()
            .map(|key| (key.clone(), Value::Null))
            .collect();
        for (path, _) in &made {
            let clear = json!({ "custom": cleared });
            let _ = admin.patch(path).json(clear).expect(200).await;
        }
        let import = upload(&admin, &format!("resource={resource}"), &table).await;
        let by_id = json!({ "mode": "update", "matchBy": "id" });
        let import = admin
            .patch(&import_path(&import))
            .json(by_id)
            .expect(200)
            .await;
        let import = done(&app, &admin, &import, "run").await;
        assert_eq!(counts(&import), [0, 2, 1, 0, 0], "{import}");
        for (path, custom) in &made {
            assert_eq!(&custom_of(&admin, path).await, custom, "{resource}");
        }
        let import = done(&app, &admin, &import, "revert").await;
        assert_eq!(import["counts"]["reverted"], 2, "{import}");
        for (path, _) in &made {
            assert_eq!(custom_of(&admin, path).await, json!({}), "{resource}");
        }
    }
}

#[tokio::test]
async fn rows_make_records_with_custom_values_and_those_that_do_not_fit_make_none() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let grants = [
        ("lead:import", "all"),
        ("lead:create", "all"),
        ("lead:read", "own"),
        ("user:read", "all"),
    ];
    let importer = granted(&app, &grants).await;
    define_all(&admin, "lead").await;
    let _ = define(&admin, "need", "bool", json!({ "isRequired": true })).await;
    // Who imports does not see it.
    let unseen = lead(&admin, json!({ "need": true })).await;
    let header = "name,phone,custom.need,custom.number,custom.tier,custom.labels,custom.link\n";
    let table = format!(
        "{header}\
         Good,12345,true,1.5,GOLD,silver; gold,user:{}\n\
         Needy,12345,,,,,\n\
         Large,12345,true,1000.01,,,\n\
         Wordy,12345,true,many,bronze,,\n\
         Linked,12345,true,,,,lead:{}\n\
         Typed,12345,maybe,,,,link\n",
        importer.user().id,
        unseen["id"].as_str().unwrap(),
    );
    let import = upload(&importer, "resource=lead", &table).await;
    let check = done(&app, &importer, &import, "dry-run").await;
    let import = done(&app, &importer, &import, "run").await;
    for import in [&check, &import] {
        assert_eq!(counts(import), [1, 0, 0, 0, 5], "{import}");
        let wrong = wrong_rows(import);
        let expected = [
            (3, "custom/need: must be given"),
            (4, "custom/number: must be 1000 or less"),
            (5, "custom.number: "),
            (6, "custom/link: is not a record that you can see"),
            (7, "custom.need: must be true or false"),
        ];
        for ((line, reason), (expected_line, beginning)) in wrong.iter().zip(expected) {
            assert_eq!(*line, expected_line);
            assert!(reason.starts_with(beginning), "{reason}");
        }
        // All that is wrong with a row is told at once.
        assert!(
            wrong[2].1.contains("custom.tier: must be one of"),
            "{wrong:?}"
        );
        assert!(wrong[4].1.contains("custom.link: must be"), "{wrong:?}");
    }
    let list = admin.get("/api/leads?custom.tier=gold").expect(200).await;
    assert_eq!(list["totalLeads"], 1);
    assert_eq!(
        list["leads"][0]["custom"],
        json!({
            "need": true, "number": 1.5, "tier": "gold", "labels": ["gold", "silver"],
            "link": { "type": "user", "id": importer.user().id },
        })
    );
}

#[tokio::test]
async fn a_row_changes_the_custom_values_that_it_has_and_keeps_what_no_rule_allows_any_more() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let number = define(&admin, "number", "number", json!({})).await;
    let _ = define(&admin, "flag", "bool", json!({})).await;
    let old = lead(&admin, json!({ "number": 7, "flag": true })).await;
    let tighter = json!({ "max": 5 });
    let _ = admin
        .patch(&field_path(&number))
        .json(tighter)
        .expect(200)
        .await;
    let id = old["id"].as_str().unwrap();
    for (cells, expected, custom) in [
        ("7,", [0, 0, 1, 0, 0], json!({ "number": 7, "flag": true })),
        (
            "7,false",
            [0, 1, 0, 0, 0],
            json!({ "number": 7, "flag": false }),
        ),
        ("6,", [0, 0, 0, 0, 1], json!({ "number": 7, "flag": false })),
    ] {
        let table = format!("id,custom.number,custom.flag\n{id},{cells}\n");
        let import = upload(&admin, "resource=lead", &table).await;
        let by_id = json!({ "mode": "update", "matchBy": "id" });
        let import = admin
            .patch(&import_path(&import))
            .json(by_id)
            .expect(200)
            .await;
        let import = done(&app, &admin, &import, "run").await;
        assert_eq!(counts(&import), expected, "{cells}: {import}");
        assert_eq!(
            custom_of(&admin, &format!("/api/leads/{id}")).await,
            custom,
            "{cells}"
        );
    }
}

#[tokio::test]
async fn columns_are_mapped_to_custom_fields_that_are_at_hand() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let _ = define(&admin, "size", "number", json!({})).await;
    let table = "name,phone,custom.size,custom.gone,How big\nAda,12345,1,2,3\n";
    let import = upload(&admin, "resource=lead", table).await;
    let held = |import: &Value| -> Vec<Value> {
        let mapping = import["mapping"].as_array().unwrap().iter();
        mapping.map(|column| column["field"].clone()).collect()
    };
    assert_eq!(
        held(&import),
        [
            json!("name"),
            json!("phone"),
            json!("custom.size"),
            json!(null),
            json!(null)
        ]
    );
    let path = import_path(&import);
    let map = |fields: [Value; 2]| {
        let [size, big] = fields;
        json!({ "mapping": [{ "column": "custom.size", "field": size }, { "column": "How big", "field": big }] })
    };
    for (fields, place, code) in [
        (
            [json!("custom.size"), json!("custom.size")],
            "#/mapping/4",
            "duplicate-field",
        ),
        (
            [json!(null), json!("custom.other")],
            "#/mapping/4",
            "not-one-of",
        ),
        (
            [json!(null), json!("custom.Size")],
            "#/mapping/1/field",
            "not-one-of",
        ),
        (
            [json!(null), json!("size")],
            "#/mapping/1/field",
            "not-one-of",
        ),
        ([json!(null), json!(1)], "#/mapping/1/field", "wrong-type"),
    ] {
        let refused = admin.patch(&path).json(map(fields)).expect(400).await;
        assert_eq!(errors(&refused), [(place, code)], "{refused}");
    }
    let swapped = map([json!(null), json!("custom.size")]);
    let import = admin.patch(&path).json(swapped).expect(200).await;
    assert_eq!(held(&import)[4], "custom.size");
}

#[tokio::test]
async fn a_field_that_is_put_away_is_no_column_of_exports_and_of_no_import() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let size = define(&admin, "size", "number", json!({})).await;
    let table = "name,phone,custom.size\nAda,12345,3\n";
    let import = upload(&admin, "resource=lead", table).await;
    let path = import_path(&import);
    let _ = lead(&admin, json!({ "size": 9 })).await;
    let _ = admin.delete(&field_path(&size)).expect(200).await;
    let refused = admin.post(&format!("{path}/run")).expect(400).await;
    assert_eq!(errors(&refused), [("#/mapping/2", "not-one-of")]);
    assert!(!csv(&admin, "/api/leads/export").await.contains("custom"));
    let _ = admin
        .post(&format!("{}/restore", field_path(&size)))
        .expect(200)
        .await;
    let import = done(&app, &admin, &import, "run").await;
    assert_eq!(counts(&import), [1, 0, 0, 0, 0], "{import}");
    let table = csv(&admin, "/api/leads/export?sort=custom.size").await;
    let sizes: Vec<_> = rows(&table)
        .iter()
        .map(|row| row["custom.size"].clone())
        .collect();
    assert_eq!(sizes, ["3", "9"]);
}

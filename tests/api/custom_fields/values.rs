//! The values that leads, customers and tasks hold.

use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use super::{define, events, lead, path as field_path};
use crate::auth::refusal;
use crate::leads::{body, errors, path};

/// A field of each type, in the order of the types.
pub(super) async fn define_all(admin: &Client<'_>, resource: &str) {
    let options = json!([{ "value": "gold", "label": "Gold" }, { "value": "silver" }]);
    for (key, kind, more) in [
        ("text", "text", json!({ "maxLength": 20 })),
        ("number", "number", json!({ "decimals": 2, "max": 1000 })),
        ("money", "money", json!({ "currencies": ["EUR", "JPY"] })),
        ("date", "date", json!({})),
        ("at", "datetime", json!({})),
        ("flag", "bool", json!({})),
        ("tier", "select", json!({ "options": options })),
        ("labels", "multiSelect", json!({ "options": options })),
        (
            "link",
            "link",
            json!({ "targets": ["lead", "customer", "task", "user"] }),
        ),
    ] {
        let mut more = more;
        more["resource"] = json!(resource);
        let _ = define(admin, key, kind, more).await;
    }
}

pub(super) fn good(admin: &Client<'_>) -> Value {
    json!({
        "text": "Zoë", "number": 12.5, "money": { "amount": 1250, "currency": "EUR" }, "date": "1999-12-31",
        "at": "2026-01-31T12:00:00+01:00", "flag": false, "tier": "gold", "labels": ["silver", "gold"],
        "link": { "type": "user", "id": admin.user().id.to_string() },
    })
}

fn kept(admin: &Client<'_>) -> Value {
    let mut kept = good(admin);
    kept["at"] = json!("2026-01-31T11:00:00.000Z");
    kept["labels"] = json!(["gold", "silver"]);
    kept
}

#[tokio::test]
async fn all_kinds_of_records_hold_values_of_all_types_and_show_them_everywhere() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for (resource, name) in [("lead", "name"), ("customer", "name"), ("task", "title")] {
        define_all(&admin, resource).await;
        let records = format!("/api/{resource}s");
        let new = json!({ name: "Ada", "custom": good(&admin) });
        let new = if resource == "lead" { body(new) } else { new };
        let made = admin.post(&records).json(new).expect(201).await;
        assert_eq!(made["custom"], kept(&admin), "{resource}");
        let path = format!("{records}/{}", made["id"].as_str().unwrap());
        assert_eq!(admin.get(&path).expect(200).await["custom"], kept(&admin));
        let list = admin.get(&records).expect(200).await;
        assert_eq!(list[format!("{resource}s")][0]["custom"], kept(&admin));

        let change = json!({ "custom": { "number": 3, "flag": null, "labels": [], "text": " " } });
        let changed = admin.patch(&path).json(change).expect(200).await;
        let mut expected = kept(&admin);
        for gone in ["flag", "labels", "text"] {
            expected.as_object_mut().unwrap().remove(gone);
        }
        expected["number"] = json!(3);
        assert_eq!(changed["custom"], expected, "{resource}");
        assert_eq!(changed["version"], 2);
        let again = json!({ "custom": { "number": 3, "flag": null } });
        assert_eq!(
            admin.patch(&path).json(again).expect(200).await["version"],
            2
        );
        let log = events(&app, &made).await;
        assert_eq!(
            log[0]["changes"]["custom.number"],
            json!({ "from": null, "to": 12.5 })
        );
        assert_eq!(
            log[1]["changes"]["custom.number"],
            json!({ "from": 12.5, "to": 3 })
        );
        assert_eq!(
            log[1]["changes"]["custom.flag"],
            json!({ "from": false, "to": null })
        );
        assert_eq!(log[1]["changes"].as_object().unwrap().len(), 4);
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table")]
async fn what_does_not_fit_is_refused_with_its_place() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    define_all(&admin, "lead").await;
    let made = lead(&admin, json!({ "number": 1 })).await;
    let before = app.database().fingerprint().await;
    let long: String = "k".repeat(5_000);
    for (custom, place, code) in [
        (json!({ "other": 1 }), "#/custom/other", "unknown-field"),
        (json!({ "a/b~": 1 }), "#/custom/a~1b~0", "unknown-field"),
        (json!({ "text": 1 }), "#/custom/text", "wrong-type"),
        (
            json!({ "text": "a\u{0}" }),
            "#/custom/text",
            "invalid-character",
        ),
        (
            json!({ "text": "x".repeat(21) }),
            "#/custom/text",
            "too-long",
        ),
        (json!({ "number": "1" }), "#/custom/number", "wrong-type"),
        (json!({ "number": 0.001 }), "#/custom/number", "too-precise"),
        (
            json!({ "number": 1000.01 }),
            "#/custom/number",
            "out-of-range",
        ),
        (
            json!({ "money": { "amount": 1, "currency": "USD" } }),
            "#/custom/money",
            "not-one-of",
        ),
        (
            json!({ "money": { "amount": 1.5, "currency": "EUR" } }),
            "#/custom/money",
            "wrong-type",
        ),
        (
            json!({ "date": "2026-02-29" }),
            "#/custom/date",
            "wrong-type",
        ),
        (
            json!({ "at": "2026-01-31T12:00:00" }),
            "#/custom/at",
            "wrong-type",
        ),
        (json!({ "flag": "yes" }), "#/custom/flag", "wrong-type"),
        (json!({ "tier": "bronze" }), "#/custom/tier", "not-one-of"),
        (
            json!({ "labels": ["gold", 1] }),
            "#/custom/labels",
            "wrong-type",
        ),
        (
            json!({ "link": { "type": "lead", "id": crate::matrix::world::MISSING } }),
            "#/custom/link",
            "not-found",
        ),
        (
            json!({ "link": "https://example.org" }),
            "#/custom/link",
            "wrong-type",
        ),
        (
            json!({ "text": { "a": { "b": { "c": 1 } } } }),
            "#/custom/text/a/b",
            "wrong-type",
        ),
        (json!([]), "#/custom", "wrong-type"),
        (json!("x"), "#/custom", "wrong-type"),
    ] {
        let create = admin
            .post("/api/leads")
            .json(body(json!({ "custom": custom })));
        let edit = admin.patch(&path(&made)).json(json!({ "custom": custom }));
        for request in [create, edit] {
            let answer = request.expect(400).await;
            assert_eq!(errors(&answer), [(place, code)], "{custom}");
        }
    }
    let twice = r#"{"custom":{"flag":true,"flag":false}}"#;
    let answer = admin
        .patch(&path(&made))
        .raw("application/json", twice)
        .expect(400)
        .await;
    assert_eq!(errors(&answer), [("#/custom/flag", "duplicate-field")]);
    let twice = r#"{"custom":{"money":{"amount":1,"amount":2}}}"#;
    let answer = admin
        .patch(&path(&made))
        .raw("application/json", twice)
        .expect(400)
        .await;
    assert_eq!(
        errors(&answer),
        [("#/custom/money/amount", "duplicate-field")]
    );
    let answer = admin
        .patch(&path(&made))
        .json(json!({ "custom": { long: 1 } }))
        .send()
        .await;
    assert!(answer.body.len() < 10_000, "{}", answer.body.len());
    let many: serde_json::Map<_, _> = (0..101).map(|i| (format!("k{i}"), json!(1))).collect();
    let answer = admin
        .patch(&path(&made))
        .json(json!({ "custom": many }))
        .expect(400)
        .await;
    assert_eq!(errors(&answer), [("#/custom", "too-many")]);
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn a_new_record_has_what_is_required_and_an_old_one_keeps_what_it_has() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let old = lead(&admin, json!({})).await;
    let _ = define(&admin, "need", "bool", json!({ "isRequired": true })).await;
    let answer = admin
        .post("/api/leads")
        .json(body(json!({})))
        .expect(400)
        .await;
    assert_eq!(errors(&answer), [("#/custom/need", "required")]);
    let _ = admin
        .patch(&path(&old))
        .json(json!({ "company": "Acme" }))
        .expect(200)
        .await;
    let _ = admin
        .patch(&path(&old))
        .json(json!({ "custom": { "need": true } }))
        .expect(200)
        .await;
    let answer = admin
        .patch(&path(&old))
        .json(json!({ "custom": { "need": null } }))
        .expect(400)
        .await;
    assert_eq!(errors(&answer), [("#/custom/need", "required")]);
}

#[tokio::test]
async fn a_field_that_is_put_away_hides_its_values_and_gives_them_back() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let field = define(&admin, "tier", "text", json!({})).await;
    let _ = define(&admin, "flag", "bool", json!({})).await;
    let made = lead(&admin, json!({ "tier": "gold", "flag": true })).await;
    let _ = admin.delete(&field_path(&field)).expect(200).await;
    assert_eq!(
        admin.get(&path(&made)).expect(200).await["custom"],
        json!({ "flag": true })
    );
    let list = admin.get("/api/leads").expect(200).await;
    assert_eq!(list["leads"][0]["custom"], json!({ "flag": true }));
    let edited = admin
        .patch(&path(&made))
        .json(json!({ "custom": { "flag": false } }))
        .expect(200)
        .await;
    assert_eq!(edited["custom"], json!({ "flag": false }));
    let answer = admin
        .patch(&path(&made))
        .json(json!({ "custom": { "tier": "x" } }))
        .expect(400)
        .await;
    assert_eq!(errors(&answer), [("#/custom/tier", "unknown-field")]);
    let answer = admin.get("/api/leads?custom.tier=gold").expect(400).await;
    assert_eq!(errors(&answer), [("custom.tier", "unknown-parameter")]);
    let _ = admin
        .post(&format!("{}/restore", field_path(&field)))
        .expect(200)
        .await;
    assert_eq!(
        admin.get(&path(&made)).expect(200).await["custom"],
        json!({ "tier": "gold", "flag": false })
    );
}

#[tokio::test]
async fn a_link_leads_only_to_what_the_writer_may_read_and_stays_when_others_write() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let _ = define(&admin, "partner", "link", json!({ "targets": ["lead"] })).await;
    let _ = define(&admin, "flag", "bool", json!({})).await;
    let hidden = lead(&admin, json!({})).await;
    let link = json!({ "type": "lead", "id": hidden["id"] });
    let own = lead(&agent, json!({})).await;
    let answer = agent
        .patch(&path(&own))
        .json(json!({ "custom": { "partner": link } }))
        .expect(400)
        .await;
    assert_eq!(errors(&answer), [("#/custom/partner", "not-found")]);
    let _ = admin
        .patch(&path(&own))
        .json(json!({ "custom": { "partner": link } }))
        .expect(200)
        .await;
    // The agent sends back what it was shown.
    let shown = agent.get(&path(&own)).expect(200).await;
    let mut custom = shown["custom"].clone();
    custom["flag"] = json!(true);
    let edited = agent
        .patch(&path(&own))
        .json(json!({ "custom": custom }))
        .expect(200)
        .await;
    assert_eq!(edited["custom"], custom);
}

#[tokio::test]
async fn an_agent_writes_values_and_who_only_reads_does_not() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let _ = define(&admin, "flag", "bool", json!({})).await;
    let made = lead(&agent, json!({ "flag": true })).await;
    let reader = app.as_role(crm_domain::role::Role::ReadOnly).await;
    let answer = reader
        .patch(&path(&made))
        .json(json!({ "custom": { "flag": false } }))
        .send()
        .await;
    assert_eq!(refusal(&answer), (403, "forbidden".to_owned()));
    assert_eq!(
        reader.get(&path(&made)).expect(200).await["custom"],
        json!({ "flag": true })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_written_whole_while_a_field_is_put_away_and_taken_back() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let field = define(&admin, "flag", "bool", json!({})).await;
    let made = lead(&admin, json!({ "flag": true })).await;
    let toggle = async {
        for _ in 0..10 {
            let _ = admin.delete(&field_path(&field)).expect(200).await;
            let _ = admin
                .post(&format!("{}/restore", field_path(&field)))
                .expect(200)
                .await;
        }
    };
    let write = async {
        let mut taken = 0;
        for number in 0..40 {
            let change =
                json!({ "company": format!("c{number}"), "custom": { "flag": number % 2 == 0 } });
            let answer = admin.patch(&path(&made)).json(change).send().await;
            match answer.status.as_u16() {
                200 => taken += 1,
                400 => assert_eq!(errors(&answer.json()), [("#/custom/flag", "unknown-field")]),
                status => panic!("{status}: {}", answer.json()),
            }
        }
        taken
    };
    let ((), taken) = tokio::join!(toggle, write);
    let last = admin.get(&path(&made)).expect(200).await;
    assert!(last["custom"]["flag"].is_boolean(), "{last}");
    assert_eq!(last["version"].as_i64().unwrap(), 1 + taken);
}

#[tokio::test]
async fn a_field_counts_on_another_server_at_once() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let other = crm_app::Crm::builder(app.database().pool(), crm_testing::app::secrets()).build();
    let _ = define(&admin, "flag", "bool", json!({ "isRequired": true })).await;
    let refused = other
        .leads()
        .create(
            &admin.actor(),
            crm_domain::lead::NewLead {
                phone: Some("+49 30 1234567".parse().unwrap()),
                ..crm_domain::lead::NewLead::named("Ada".parse().unwrap())
            },
            crm_app::OnDuplicate::Create,
        )
        .await;
    assert!(
        matches!(refused, Err(crm_app::Error::Invalid(_))),
        "{refused:?}"
    );
}

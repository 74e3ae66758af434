//! The lifecycle of leads: which status may follow which, and what that leaves behind.

use chrono::TimeDelta;
use crm_testing::TestApp;
use diesel_async::SimpleAsyncConnection as _;
use serde_json::{Value, json};

use super::{errors, id, make, make_in, path};

const ALL: [&str; 6] = [
    "New",
    "Contacted",
    "Nurturing",
    "Qualified",
    "Unqualified",
    "Converted",
];

/// What may follow by a change; Converted is reached by converting alone.
const RULES: [(&str, &[&str]); 6] = [
    (
        "New",
        &["Contacted", "Nurturing", "Qualified", "Unqualified"],
    ),
    ("Contacted", &["Nurturing", "Qualified", "Unqualified"]),
    ("Nurturing", &["Contacted", "Qualified", "Unqualified"]),
    ("Qualified", &["Contacted", "Nurturing", "Unqualified"]),
    ("Unqualified", &["Contacted"]),
    ("Converted", &[]),
];

/// The change that asks for a status.
fn to(status: &str) -> Value {
    if status == "Unqualified" {
        json!({ "status": status, "unqualifiedReason": "Spam" })
    } else {
        json!({ "status": status })
    }
}

#[tokio::test]
async fn each_step_is_taken_or_refused_as_the_rules_say() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for (from, allowed) in RULES {
        for wanted in ALL {
            let lead = make_in(&admin, from).await;
            let answer = admin.patch(&path(&lead)).json(to(wanted)).send().await;
            if wanted == "Converted" {
                assert_eq!(
                    answer.expect(409)["code"],
                    "use-convert",
                    "{from} to {wanted}"
                );
            } else if allowed.contains(&wanted) {
                assert_eq!(answer.expect(200)["status"], wanted);
            } else if from == wanted {
                assert_eq!(answer.expect(200), lead, "no step at all");
            } else {
                let problem = answer.expect(409);
                assert_eq!(
                    problem["code"], "lead-transition-not-allowed",
                    "{from} to {wanted}"
                );
                let told = (&problem["from"], &problem["to"], &problem["allowed"]);
                assert_eq!(told, (&json!(from), &json!(wanted), &json!(allowed)));
            }
            if !answer.status.is_success() {
                assert_eq!(admin.get(&path(&lead)).expect(200).await, lead);
            }
        }
    }
}

#[tokio::test]
async fn a_refused_step_writes_nothing_else_either() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make_in(&admin, "Qualified").await;
    let before = app.database().fingerprint().await;
    for status in ["New", "Converted"] {
        let edit = json!({ "status": status, "company": "ACME" });
        let _ = admin.patch(&path(&lead)).json(edit).expect(409).await;
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn a_lead_becomes_unqualified_for_each_reason_and_other_needs_a_note() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for reason in [
        "NoBudget",
        "NoNeed",
        "NoResponse",
        "Competitor",
        "Duplicate",
        "Spam",
        "Other",
    ] {
        let lead = make(&admin, json!({})).await;
        let edit = json!({ "status": "Unqualified", "unqualifiedReason": reason, "unqualifiedNote": "one\ntwo" });
        let lead = admin.patch(&path(&lead)).json(edit).expect(200).await;
        assert_eq!(lead["unqualifiedReason"], reason);
        assert_eq!(lead["unqualifiedNote"], "one\ntwo");
        assert_eq!(admin.get(&path(&lead)).expect(200).await, lead);
    }
    let path = path(&make(&admin, json!({})).await);
    let without = json!({ "status": "Unqualified", "unqualifiedReason": "Other" });
    let problem = admin.patch(&path).json(without).expect(400).await;
    assert_eq!(errors(&problem), [("#/unqualifiedNote", "required")]);
}

#[tokio::test]
async fn a_reason_goes_with_unqualified_and_with_nothing_else() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let path = path(&make(&admin, json!({})).await);
    let before = app.database().fingerprint().await;
    for (edit, expected) in [
        (
            json!({ "status": "Unqualified" }),
            vec![("#/unqualifiedReason", "required")],
        ),
        (
            json!({ "status": "Unqualified", "unqualifiedNote": "x" }),
            vec![("#/unqualifiedReason", "required")],
        ),
        (
            json!({ "unqualifiedReason": "Spam" }),
            vec![("#/status", "required")],
        ),
        (
            json!({ "unqualifiedNote": "x" }),
            vec![("#/status", "required")],
        ),
        (
            json!({ "status": "Contacted", "unqualifiedReason": "Spam", "unqualifiedNote": "x" }),
            vec![
                ("#/unqualifiedReason", "not-allowed"),
                ("#/unqualifiedNote", "not-allowed"),
            ],
        ),
    ] {
        let problem = admin.patch(&path).json(edit.clone()).expect(400).await;
        assert_eq!(errors(&problem), expected, "{edit}");
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn a_note_is_cleared_by_itself_unless_its_reason_says_nothing() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({})).await;
    let clear = || {
        admin
            .patch(&path(&lead))
            .json(json!({ "unqualifiedNote": null }))
    };
    let away = async |reason: &str| {
        let edit = json!({ "status": "Unqualified", "unqualifiedReason": reason, "unqualifiedNote": "why" });
        admin.patch(&path(&lead)).json(edit).expect(200).await
    };
    assert_eq!(clear().expect(200).await["version"], lead["version"]);
    let noted = away("NoNeed").await;
    let cleared = clear().expect(200).await;
    assert_eq!(cleared["unqualifiedNote"], Value::Null);
    assert_eq!(cleared["unqualifiedReason"], "NoNeed");
    assert_eq!(cleared["status"], "Unqualified");
    assert_ne!(cleared["version"], noted["version"]);
    assert_eq!(clear().expect(200).await, cleared);

    away("Other").await;
    let before = app.database().fingerprint().await;
    let problem = clear().expect(400).await;
    assert_eq!(errors(&problem), [("#/unqualifiedNote", "required")]);
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn a_lead_that_comes_back_counts_how_often_and_forgets_the_reason() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let path = path(&make(&admin, json!({})).await);
    for round in 1..=2 {
        let away = json!({ "status": "Unqualified", "unqualifiedReason": "Other", "unqualifiedNote": "later" });
        let lead = admin.patch(&path).json(away).expect(200).await;
        assert_eq!(lead["recycleCount"], round - 1);
        let lead = admin
            .patch(&path)
            .json(json!({ "status": "Contacted" }))
            .expect(200)
            .await;
        let found = (
            &lead["recycleCount"],
            &lead["unqualifiedReason"],
            &lead["unqualifiedNote"],
        );
        assert_eq!(found, (&json!(round), &Value::Null, &Value::Null));
    }
}

#[tokio::test]
async fn another_reason_is_a_change_but_no_step() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make_in(&admin, "Unqualified").await;
    let edit =
        json!({ "status": "Unqualified", "unqualifiedReason": "NoNeed", "unqualifiedNote": "why" });
    let changed = admin.patch(&path(&lead)).json(edit).expect(200).await;
    let found = (
        &changed["unqualifiedReason"],
        &changed["unqualifiedNote"],
        &changed["version"],
    );
    assert_eq!(found, (&json!("NoNeed"), &json!("why"), &json!(3)));
    let steps = app
        .database()
        .rows("select * from lead_status_changes")
        .await;
    assert_eq!(steps.len(), 1, "{steps:?}");
}

#[tokio::test]
async fn every_step_is_kept_with_the_seconds_before_it() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({})).await;
    let path = path(&lead);
    app.clock.advance(TimeDelta::milliseconds(61_900));
    let _ = admin
        .patch(&path)
        .json(json!({ "status": "Contacted" }))
        .expect(200)
        .await;
    app.clock.advance(TimeDelta::seconds(30));
    let _ = admin
        .patch(&path)
        .json(json!({ "company": "ACME" }))
        .expect(200)
        .await;
    let _ = admin
        .patch(&path)
        .json(json!({ "status": "Contacted" }))
        .expect(200)
        .await;
    app.clock.advance(TimeDelta::seconds(30));
    let _ = admin.post(&format!("{path}/convert")).expect(200).await;
    let steps = app
        .database()
        .rows("select lead_id, from_status, to_status, changed_at, changed_by, seconds from lead_status_changes order by id")
        .await;
    let step = |from: &str, to: &str, at: &str, seconds: i64| {
        json!({
            "lead_id": id(&lead), "from_status": from, "to_status": to, "changed_at": at,
            "changed_by": admin.user().id.to_string(), "seconds": seconds,
        })
    };
    let expected = [
        step("New", "Contacted", "2026-01-02T12:01:01.9+00:00", 61),
        step("Contacted", "Converted", "2026-01-02T12:02:01.9+00:00", 60),
    ];
    assert_eq!(steps, expected);
}

#[tokio::test]
async fn what_the_activity_log_says_cannot_be_taken_back() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    make(&admin, json!({})).await;
    let mut conn = app.database().connect().await;
    for change in [
        "update activities set action = 'x'",
        "delete from activities",
        "truncate activities",
    ] {
        let refused = conn.batch_execute(change).await.unwrap_err().to_string();
        assert!(refused.contains("only ever added"), "{change}: {refused}");
    }
}

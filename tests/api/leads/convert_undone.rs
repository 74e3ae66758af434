//! Writes that fail on the way: a hook that refuses, fails or panics, a constraint that holds. Nothing of them is left.

use crm_app::CrmBuilder;
use crm_app::event::HookError;
use crm_domain::event::{
    Event, LeadArchived, LeadConverted, LeadCreated, LeadEdited, LeadRestored,
};
use crm_testing::{Client, TestApp};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use serde_json::{Value, json};

use super::{body, make, path};

/// What a hook does after it wrote something of its own.
#[derive(Clone, Copy)]
enum Then {
    Refuse,
    FailInSql,
    HideAFailure,
    Panic,
}

async fn hook(conn: &mut AsyncPgConnection, then: Then) -> Result<(), HookError> {
    conn.batch_execute("update leads set company = 'written by a hook'")
        .await?;
    match then {
        Then::Refuse => Err(HookError::Veto {
            code: "credit-limit".to_owned(),
            message: "the credit limit is reached".to_owned(),
        }),
        Then::FailInSql => Ok(conn.batch_execute("select 1 / 0").await?),
        Then::HideAFailure => {
            let _ = conn.batch_execute("select 1 / 0").await;
            Ok(())
        }
        Then::Panic => panic!("a hook panics, as this test wants it to"),
    }
}

fn before<E: Event>(builder: CrmBuilder, then: Then) -> CrmBuilder {
    builder.before_commit::<E, _>("limits", move |_, context| {
        Box::pin(hook(context.conn, then))
    })
}

/// Converts and dry-runs, each in vain, and looks whether anything was written and anything is stuck.
async fn converts_in_vain(app: &TestApp, client: &Client<'_>, lead: &Value, status: u16) -> Value {
    let before = app.database().fingerprint().await;
    let at = format!("{}/convert", path(lead));
    let problem = client.post(&at).expect(status).await;
    let dry = client
        .post(&at)
        .json(json!({ "dryRun": true }))
        .expect(status)
        .await;
    assert_eq!(dry["code"], problem["code"]);
    assert_eq!(app.database().fingerprint().await, before, "{problem}");
    assert_eq!(client.get(&path(lead)).expect(200).await, *lead);
    let stuck = "select pid from pg_stat_activity where datname = current_database() and state like 'idle in%'";
    assert_eq!(app.database().rows(stuck).await, Vec::<Value>::new());
    problem
}

#[tokio::test]
async fn a_veto_rolls_everything_back_and_says_whose_it_is() {
    let app = TestApp::with(|builder| before::<LeadConverted>(builder, Then::Refuse)).await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({})).await;
    let problem = converts_in_vain(&app, &admin, &lead, 422).await;
    assert_eq!(problem["code"], "vetoed");
    assert_eq!(
        problem["veto"],
        json!({ "hook": "limits", "code": "credit-limit" })
    );
    assert_eq!(
        problem["detail"],
        "limits refuses: the credit limit is reached"
    );
}

#[tokio::test]
async fn a_hook_whose_query_fails_rolls_everything_back() {
    for then in [Then::FailInSql, Then::HideAFailure] {
        let app = TestApp::with(|builder| before::<LeadConverted>(builder, then)).await;
        let admin = app.admin().await;
        let lead = make(&admin, json!({})).await;
        let problem = converts_in_vain(&app, &admin, &lead, 500).await;
        assert_eq!(problem["code"], "internal-error");
        let told = problem.to_string();
        assert!(
            !told.contains("division") && !told.contains("limits"),
            "{told}"
        );
    }
}

#[tokio::test]
async fn a_hook_that_panics_rolls_everything_back_and_harms_no_other_request() {
    let app = TestApp::with(|builder| before::<LeadConverted>(builder, Then::Panic)).await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({})).await;
    for _ in 0..6 {
        let problem = converts_in_vain(&app, &admin, &lead, 500).await;
        assert_eq!(problem["code"], "internal-error");
        assert!(!problem.to_string().contains("panic"), "{problem}");
    }
    let _ = make(&admin, json!({})).await;
}

#[tokio::test]
async fn a_failure_at_any_step_of_converting_rolls_everything_back() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({})).await;
    app.database()
        .execute(
            "create function fail() returns trigger language plpgsql as
             $$ begin raise exception 'a secret of the database'; end $$",
        )
        .await;
    for (table, when) in [
        ("customers", "after insert"),
        ("leads", "after update"),
        ("lead_status_changes", "after insert"),
        ("activities", "after insert"),
        ("events", "after insert"),
    ] {
        app.database()
            .execute(&format!(
                "create trigger fails {when} on {table} for each row execute function fail()"
            ))
            .await;
        let problem = converts_in_vain(&app, &admin, &lead, 500).await;
        assert_eq!(problem["code"], "internal-error", "{table}");
        assert!(!problem.to_string().contains("secret"), "{problem}");
        app.database()
            .execute(&format!("drop trigger fails on {table}"))
            .await;
    }
    let _ = admin
        .post(&format!("{}/convert", path(&lead)))
        .expect(200)
        .await;
}

#[tokio::test]
async fn a_constraint_that_fails_at_the_commit_rolls_everything_back() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({})).await;
    app.database()
        .execute(
            "create function fail() returns trigger language plpgsql as $$ begin raise exception 'late'; end $$;
             create constraint trigger fails after insert on customers deferrable initially deferred
             for each row execute function fail()",
        )
        .await;
    let before = app.database().fingerprint().await;
    let problem = admin
        .post(&format!("{}/convert", path(&lead)))
        .expect(500)
        .await;
    assert_eq!(problem["code"], "internal-error");
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn a_veto_of_any_write_rolls_it_back() {
    let app = TestApp::with(|builder| {
        let builder = before::<LeadEdited>(builder, Then::Refuse);
        let builder = before::<LeadArchived>(builder, Then::Refuse);
        before::<LeadRestored>(builder, Then::Refuse)
    })
    .await;
    let admin = app.admin().await;
    let (here, away) = (make(&admin, json!({})).await, make(&admin, json!({})).await);
    let archive = format!(
        "update leads set is_archived = true where id = '{}'",
        away["id"].as_str().unwrap()
    );
    app.database().execute(&archive).await;
    let before = app.database().fingerprint().await;
    for request in [
        admin
            .patch(&path(&here))
            .json(json!({ "status": "Contacted" })),
        admin.delete(&path(&here)),
        admin.post(&format!("{}/restore", path(&away))),
    ] {
        assert_eq!(request.expect(422).await["code"], "vetoed");
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn a_veto_of_a_new_lead_leaves_none() {
    let app = TestApp::with(|builder| before::<LeadCreated>(builder, Then::Refuse)).await;
    let admin = app.admin().await;
    assert_eq!(admin.get("/api/leads").expect(200).await["totalLeads"], 0);
    let before = app.database().fingerprint().await;
    assert_eq!(
        admin
            .post("/api/leads")
            .json(body(json!({})))
            .expect(422)
            .await["code"],
        "vetoed"
    );
    assert_eq!(app.database().fingerprint().await, before);
}

//! Taking an import back.

use crm_testing::TestApp;
use serde_json::{Value, json};

use super::{CREATE, done, errors, leads, lines, names, path, records};
use crate::leads::make;

#[tokio::test]
async fn what_an_import_made_is_taken_back_as_if_it_had_never_been() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    make(&admin, json!({ "name": "Ada" })).await;
    let before = records(&app).await;
    let rows = lines(0..1_203, |n| format!("Lead {n},lead{n}@example.org\n"));
    let import = leads(&admin, &format!("name,emailId\n{rows}"), CREATE()).await;
    let import = done(&app, &admin, &import, "run").await;
    assert_eq!(import["counts"]["created"], 1_203);
    let import = done(&app, &admin, &import, "revert").await;
    assert_eq!(import["state"], "reverted");
    assert_eq!(import["counts"]["reverted"], 1_203);
    assert_eq!(import["counts"]["kept"], 0);
    assert_eq!(records(&app).await, before);
    // What was done stays in the log.
    let log =
        "select count(*) as n from activities where action in ('lead.created', 'lead.deleted')";
    assert_eq!(app.database().rows(log).await[0]["n"], 2 * 1_203 + 1);
}

/// Records less what counts writes, which goes on.
fn values(records: Vec<Value>) -> Vec<Value> {
    let value = |mut record: Value| {
        record["row"]["version"] = json!(null);
        record["row"]["updated_at"] = json!(null);
        record
    };
    records.into_iter().map(value).collect()
}

#[tokio::test]
async fn what_an_import_changed_gets_its_values_back() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let ada =
        json!({ "name": "Ada", "emailId": "ada@example.org", "tags": ["a"], "company": "Old" });
    make(&admin, ada).await;
    let bob =
        json!({ "name": "Bob", "emailId": "bob@example.org", "assignedAgent": agent.user().id });
    make(&admin, bob).await;
    let before = values(records(&app).await);
    let table = format!(
        "emailId,name,phone,company,source,tags,assignedAgent\n\
         ada@example.org,Ada L.,12345,New,Fair,\"b;c\",{admin}\n\
         ada@example.org,Ada Lovelace,54321,,,,\n\
         bob@example.org,,,,,,{admin}\n\
         cyd@example.org,Cyd,,,,,\n\
         cyd@example.org,Cyd again,,,,,\n",
        admin = admin.user().id
    );
    let import = leads(&admin, &table, json!({ "mode": "both" })).await;
    let import = done(&app, &admin, &import, "run").await;
    assert_eq!(
        super::counts(&import),
        [1, 4, 0, 0, 0],
        "{:?}",
        errors(&import)
    );
    assert_ne!(values(records(&app).await), before);
    let import = done(&app, &admin, &import, "revert").await;
    assert_eq!(errors(&import), []);
    assert_eq!(values(records(&app).await), before);
}

#[tokio::test]
async fn what_was_touched_since_is_kept_and_reported() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let table = "name,phone\nAda,12345\nBob,12345\nCyd,12345\nDan,12345\n";
    let import = leads(&admin, table, CREATE()).await;
    let import = done(&app, &admin, &import, "run").await;
    let list = admin.get("/api/leads?sort=name").expect(200).await;
    let lead = |n: usize| format!("/api/leads/{}", list["leads"][n]["id"].as_str().unwrap());
    admin
        .patch(&lead(0))
        .json(json!({ "company": "Mine" }))
        .expect(200)
        .await;
    let related = json!({ "type": "Lead", "id": list["leads"][1]["id"] });
    let task = json!({ "title": "Call", "relatedTo": related });
    admin.post("/api/tasks").json(task).expect(201).await;
    admin
        .post(&format!("{}/convert", lead(2)))
        .expect(200)
        .await;
    let import = done(&app, &admin, &import, "revert").await;
    assert_eq!(
        errors(&import),
        [
            (2, "was changed since"),
            (3, "there are tasks about it"),
            (4, "was changed since"),
        ]
    );
    assert_eq!(import["counts"]["reverted"], 1);
    assert_eq!(names(&app).await, ["Ada Mine", "Bob", "Cyd"]);
    // Once.
    let again = admin
        .post(&format!("{}/revert", path(&import)))
        .expect(409)
        .await;
    assert_eq!(again["code"], "import-state");
}

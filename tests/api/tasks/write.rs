//! Making and changing tasks.

use crm_testing::TestApp;
use futures_util::future::join_all;
use poem::http::header;
use serde_json::{Value, json};

use super::{list, make, path};

#[tokio::test]
async fn a_task_is_made_with_every_field() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let body = json!({
        "title": " Call Ada ",
        "description": "About the engine.\nTwice.",
        "status": "InProgress",
        "priority": "High",
        "dueAt": "2026-01-05T12:00:00.123456789+01:00",
        "assignedTo": agent.user().id,
        "remindAt": "2026-01-05T10:00:00Z",
    });
    let made = agent.post("/api/tasks").json(body).send().await;
    let task = made.expect(201);
    assert_eq!(made.header("location"), path(&task));
    assert_eq!(made.header("etag"), "\"1\"");
    assert_eq!(task["title"], "Call Ada");
    assert_eq!(task["dueAt"], "2026-01-05T11:00:00.123456Z");
    assert_eq!(task["assignedTo"]["id"], json!(agent.user().id));
    assert_eq!(task["createdBy"], json!(agent.user().id));
    assert_eq!(task["completedAt"], Value::Null);
    assert_eq!(agent.get(&path(&task)).expect(200).await, task);
    assert_eq!(list(&agent, "").await["tasks"], json!([task]));
    let log = "select action, changes from activities where resource = 'task'";
    let log = app.database().rows(log).await;
    assert_eq!(log.len(), 1);
    assert_eq!(log[0]["action"], "task.created");
    assert_eq!(log[0]["changes"]["priority"]["to"], "High");
    let events = "select name from events where resource = 'task'";
    let events = app.database().rows(events).await;
    assert_eq!(events, [json!({ "name": "task.created" })]);
}

#[tokio::test]
async fn a_task_of_a_title_alone_is_open_and_matters_as_others() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let task = make(&agent, "Call", json!({})).await;
    assert_eq!(
        (&task["status"], &task["priority"]),
        (&json!("Open"), &json!("Medium"))
    );
    for empty in [
        "description",
        "dueDate",
        "dueAt",
        "assignedTo",
        "relatedTo",
        "remindAt",
    ] {
        assert_eq!(task[empty], Value::Null, "{empty}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_named_all_at_once_and_nothing_is_written() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    // The first use of a token is noted.
    agent.get("/api/auth/me").expect(200).await;
    let before = app.database().fingerprint().await;
    for (body, pointers) in [
        (
            json!({ "title": " ", "description": "a\u{0}", "dueDate": "1969-12-31", "remindAt": "1969-12-31T00:00:00Z" }),
            vec!["#/title", "#/description", "#/dueDate", "#/remindAt"],
        ),
        (json!({}), vec!["#/title"]),
        (json!({ "title": "x".repeat(201) }), vec!["#/title"]),
        (
            json!({ "title": "x", "dueDate": "2026-1-31" }),
            vec!["#/dueDate"],
        ),
        (
            json!({ "title": "x", "dueDate": "2026-02-29" }),
            vec!["#/dueDate"],
        ),
        (
            json!({ "title": "x", "dueDate": "2026-01-31T00:00:00Z" }),
            vec!["#/dueDate"],
        ),
        (
            json!({ "title": "x", "dueAt": "2026-01-31" }),
            vec!["#/dueAt"],
        ),
        (
            json!({ "title": "x", "dueAt": "2016-12-31T23:59:60Z" }),
            vec!["#/dueAt"],
        ),
        (json!({ "title": "x", "status": "New" }), vec!["#/status"]),
        (json!({ "title": "x", "priority": 3 }), vec!["#/priority"]),
        (
            json!({ "title": "x", "completedAt": null }),
            vec!["#/completedAt"],
        ),
        (
            json!({ "title": "x", "relatedTo": { "type": "User", "id": agent.user().id } }),
            vec!["#/relatedTo/type"],
        ),
        (
            json!({ "title": "x", "relatedTo": { "type": "Lead", "id": agent.user().id, "name": "x" } }),
            vec!["#/relatedTo/name"],
        ),
    ] {
        let problem = agent
            .post("/api/tasks")
            .json(body.clone())
            .expect(400)
            .await;
        let errors = problem["errors"].as_array().unwrap();
        let named: Vec<_> = errors
            .iter()
            .map(|error| error["pointer"].as_str().unwrap())
            .collect();
        assert_eq!(named, pointers, "{body}");
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn parameters_that_no_list_has_are_refused() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    for (query, parameter) in [
        ("due=tomorrow", "due"),
        ("from=2026-1-1", "from"),
        ("to=1969-12-31", "to"),
        ("relatedTo=Lead", "relatedTo"),
        (
            "relatedTo=lead:01900000-0000-7000-8000-000000000000",
            "relatedTo",
        ),
        ("status=New", "status"),
        (
            "status=Open&status=Open&status=Open&status=Open&status=Open",
            "status",
        ),
        ("priority=1", "priority"),
        ("sort=name", "sort"),
        ("tag=x", "tag"),
    ] {
        let problem = agent.get(&format!("/api/tasks?{query}")).expect(400).await;
        assert_eq!(problem["errors"][0]["parameter"], parameter, "{query}");
    }
}

#[tokio::test]
async fn an_edit_changes_what_it_names_and_tells_what_it_was() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let more = json!({ "description": "Old", "dueDate": "2026-01-05" });
    let task = make(&agent, "Call", more).await;
    let edit = json!({ "description": null, "priority": "Low", "dueDate": "2026-01-06" });
    let edited = agent.patch(&path(&task)).json(edit).expect(200).await;
    assert_eq!(edited["title"], "Call");
    assert_eq!(edited["description"], Value::Null);
    assert_eq!(edited["version"], 2);
    let log = "select changes from activities where action = 'task.edited'";
    let log = app.database().rows(log).await;
    assert_eq!(
        log[0]["changes"],
        json!({
            "description": { "from": "Old", "to": null },
            "priority": { "from": "Medium", "to": "Low" },
            "dueDate": { "from": "2026-01-05", "to": "2026-01-06" },
        })
    );
    let before = app.database().fingerprint().await;
    let same = json!({ "priority": "Low", "dueDate": "2026-01-06", "dueAt": null });
    let same = agent.patch(&path(&task)).json(same);
    assert_eq!(same.expect(200).await["version"], 2);
    for never_empty in ["title", "status", "priority"] {
        let cleared = agent.patch(&path(&task)).json(json!({ never_empty: null }));
        let pointer = &cleared.expect(400).await["errors"][0]["pointer"];
        assert_eq!(*pointer, format!("#/{never_empty}"));
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn done_says_when_and_reopened_forgets_it() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let path = path(&make(&agent, "Call", json!({})).await);
    app.clock.advance(chrono::TimeDelta::minutes(1));
    let to = |status: &str| agent.patch(&path).json(json!({ "status": status }));
    let done = to("Done").expect(200).await;
    assert_eq!(done["completedAt"], "2026-01-02T12:01:00Z");
    assert_eq!(to("Open").expect(200).await["completedAt"], Value::Null);
    let made = make(&agent, "Done", json!({ "status": "Done" })).await;
    assert_eq!(made["completedAt"], "2026-01-02T12:01:00Z");
}

#[tokio::test]
async fn a_stale_write_is_refused_and_shows_the_task_as_it_is() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let path = path(&make(&agent, "Call", json!({})).await);
    let edit = |title: &str| json!({ "title": title });
    let now = agent.patch(&path).json(edit("First")).expect(200).await;
    for request in [
        agent.patch(&path).json(edit("Second")),
        agent.delete(&path),
        agent.post(&format!("{path}/restore")),
    ] {
        let problem = request.header(header::IF_MATCH, "\"1\"").expect(412).await;
        assert_eq!(
            (&problem["code"], &problem["current"]),
            (&json!("stale"), &now)
        );
    }
    let request = agent.patch(&path).json(edit("Second"));
    request.header(header::IF_MATCH, "\"2\"").expect(200).await;
}

#[tokio::test]
async fn no_update_is_lost_among_many_at_once() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let path = path(&make(&agent, "Call", json!({})).await);
    let writers = (0..16).map(|writer| {
        let (agent, path) = (agent.clone(), path.clone());
        async move {
            let mut written = 0;
            for round in 0..5 {
                let seen = agent.get(&path).send().await;
                let edit = json!({ "description": format!("{writer} {round}") });
                let request = agent.patch(&path).json(edit);
                let request = request.header(header::IF_MATCH, seen.header("etag"));
                let answer = request.send().await;
                assert!([200, 412].contains(&answer.status.as_u16()));
                written += usize::from(answer.status == 200);
            }
            written
        }
    });
    let written: usize = join_all(writers).await.into_iter().sum();
    let task = agent.get(&path).expect(200).await;
    assert_eq!(task["version"], json!(written + 1));
    let log = "select id from activities where action = 'task.edited'";
    assert_eq!(app.database().rows(log).await.len(), written);
}

#[tokio::test]
async fn an_archived_task_is_read_only_and_hidden_until_restored() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let path = path(&make(&agent, "Call", json!({})).await);
    agent.delete(&path).expect(200).await;
    agent.delete(&path).expect(200).await;
    assert_eq!(agent.get(&path).expect(200).await["isArchived"], true);
    assert_eq!(list(&agent, "").await["totalTasks"], 0);
    let before = app.database().fingerprint().await;
    let edit = agent.patch(&path).json(json!({ "status": "Done" }));
    assert_eq!(edit.expect(409).await["code"], "archived");
    assert_eq!(app.database().fingerprint().await, before);
    let restored = agent.post(&format!("{path}/restore")).expect(200).await;
    assert_eq!(
        (&restored["isArchived"], &restored["version"]),
        (&json!(false), &json!(3))
    );
}

#[tokio::test]
async fn giving_a_task_to_others_takes_a_permission_and_an_active_user() {
    let app = TestApp::new().await;
    let (admin, agent, other) = (app.admin().await, app.agent().await, app.agent().await);
    let path = path(&make(&agent, "Call", json!({})).await);
    let give = |to: &str| json!({ "assignedTo": to });
    let (own, others) = (agent.user().id.to_string(), other.user().id.to_string());
    agent.patch(&path).json(give(&own)).expect(200).await;
    agent.patch(&path).json(give(&others)).expect(403).await;
    let nobodys = json!({ "assignedTo": null });
    agent.patch(&path).json(nobodys).expect(403).await;
    let nobody = give("01900000-0000-7000-8000-000000000000");
    let nobody = admin.patch(&path).json(nobody).expect(400).await;
    assert_eq!(nobody["errors"][0]["pointer"], "#/assignedTo");
    let given = admin.patch(&path).json(give(&others)).expect(200).await;
    assert_eq!(given["assignedTo"]["id"], others.as_str());
    agent.get(&path).expect(404).await;
    let new = json!({ "title": "Call", "assignedTo": others });
    agent.post("/api/tasks").json(new).expect(403).await;
}

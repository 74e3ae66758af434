//! Tasks: made, changed, put away, taken back, listed, due in the workspace's zone, and seen only by those who may see
//! them.

mod due;
mod related;
mod write;

use chrono::TimeDelta;
use crm_app::users::UserEdit;
use crm_domain::activity::Actor;
use crm_domain::role::Role;
use crm_domain::task::TaskSort;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

/// Makes a task of this title, with these fields besides.
async fn make(client: &Client<'_>, title: &str, more: Value) -> Value {
    let mut body = json!({ "title": title });
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    client.post("/api/tasks").json(body).expect(201).await
}

fn path(task: &Value) -> String {
    format!("/api/tasks/{}", task["id"].as_str().unwrap())
}

async fn list(client: &Client<'_>, query: &str) -> Value {
    client.get(&format!("/api/tasks?{query}")).expect(200).await
}

fn titles(list: &Value) -> Vec<&str> {
    let tasks = list["tasks"].as_array().unwrap();
    tasks
        .iter()
        .map(|task| task["title"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn each_filter_holds_the_tasks_it_says() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let lead = json!({ "name": "Ada", "phone": "12345" });
    let lead = admin.post("/api/leads").json(lead).expect(201).await;
    let lead = lead["id"].as_str().unwrap();
    let about = json!({ "type": "Lead", "id": lead });
    make(
        &admin,
        "Call",
        json!({ "dueDate": "2026-01-05", "relatedTo": about }),
    )
    .await;
    let more = json!({ "dueAt": "2026-01-04T09:00:00Z", "assignedTo": agent.user().id });
    make(&admin, "Write", more).await;
    let more = json!({ "description": "über Müller", "priority": "Urgent" });
    make(&admin, "Think", more).await;
    make(
        &admin,
        "Rest",
        json!({ "status": "Done", "priority": "Low" }),
    )
    .await;
    let gone = make(&admin, "Gone", json!({})).await;
    admin.delete(&path(&gone)).expect(200).await;
    for (query, expected) in [
        ("status=Open".to_owned(), vec!["Write", "Call", "Think"]),
        ("status=Done".to_owned(), vec!["Rest"]),
        ("status=Done&status=Cancelled".to_owned(), vec!["Rest"]),
        ("priority=Urgent".to_owned(), vec!["Think"]),
        (format!("assignedTo={}", agent.user().id), vec!["Write"]),
        (format!("relatedTo=Lead:{lead}"), vec!["Call"]),
        (format!("relatedTo=Customer:{lead}"), vec![]),
        ("from=2026-01-05".to_owned(), vec!["Call"]),
        ("to=2026-01-04".to_owned(), vec!["Write"]),
        (
            "from=2026-01-04&to=2026-01-05".to_owned(),
            vec!["Write", "Call"],
        ),
        ("search=muller".to_owned(), vec!["Think"]),
        ("search=th".to_owned(), vec!["Think"]),
        ("isArchived=true".to_owned(), vec!["Gone"]),
    ] {
        assert_eq!(titles(&list(&admin, &query).await), expected, "{query}");
    }
}

#[tokio::test]
async fn what_is_due_first_comes_first_and_what_is_not_due_last() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    make(&agent, "Some time", json!({ "priority": "High" })).await;
    make(
        &agent,
        "On the day",
        json!({ "dueDate": "2026-01-05", "priority": "Low" }),
    )
    .await;
    make(
        &agent,
        "At noon",
        json!({ "dueAt": "2026-01-05T12:00:00Z" }),
    )
    .await;
    make(
        &agent,
        "Next day",
        json!({ "dueAt": "2026-01-06T00:00:00Z", "priority": "Urgent" }),
    )
    .await;
    let due = ["At noon", "On the day", "Next day", "Some time"];
    assert_eq!(titles(&list(&agent, "").await), due);
    assert_eq!(titles(&list(&agent, "sort=dueAt").await), due);
    assert_eq!(
        titles(&list(&agent, "sort=-priority").await),
        ["Next day", "Some time", "At noon", "On the day"]
    );
}

#[tokio::test]
async fn pages_and_cursors_hold_each_task_once_in_every_order() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for number in 0..7 {
        let more = match number % 3 {
            0 => json!({ "dueDate": "2026-01-05", "priority": "High" }),
            1 => json!({ "dueAt": "2026-01-05T12:00:00Z" }),
            _ => json!({}),
        };
        make(&admin, &format!("Task {number}"), more).await;
        app.clock.advance(TimeDelta::seconds(number % 2));
    }
    for sort in TaskSort::all() {
        let whole = list(&admin, &format!("sort={sort}&limit=100")).await;
        assert_eq!(whole["totalTasks"], 7);
        let (mut paged, mut gone_on) = (Vec::new(), Vec::new());
        let mut cursor = None;
        for page in 1..=4 {
            let part = list(&admin, &format!("sort={sort}&limit=2&page={page}")).await;
            assert_eq!(part["totalPages"], 4);
            paged.extend(part["tasks"].as_array().unwrap().clone());
            let part = match cursor.take() {
                Some(cursor) => list(&admin, &format!("sort={sort}&limit=2&cursor={cursor}")).await,
                None => list(&admin, &format!("sort={sort}&limit=2")).await,
            };
            gone_on.extend(part["tasks"].as_array().unwrap().clone());
            cursor = part["nextCursor"].as_str().map(str::to_owned);
        }
        assert_eq!(Value::Array(paged), whole["tasks"], "{sort}");
        assert_eq!(Value::Array(gone_on), whole["tasks"], "{sort}");
        assert_eq!(cursor, None, "{sort}");
    }
}

#[tokio::test]
async fn a_cursor_goes_on_while_time_does_and_serves_no_other_list() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for day in 1..4 {
        let more = json!({ "dueAt": format!("2026-01-01T0{day}:00:00Z") });
        make(&admin, &format!("Task {day}"), more).await;
    }
    let first = list(&admin, "due=overdue&limit=1").await;
    let cursor = first["nextCursor"].as_str().unwrap();
    app.clock.advance(TimeDelta::minutes(10));
    let next = list(&admin, &format!("due=overdue&limit=1&cursor={cursor}")).await;
    assert_eq!(titles(&next), ["Task 2"]);
    for other in [
        "",
        "due=today&",
        "due=overdue&from=2025-01-01&",
        "status=Open&",
    ] {
        let query = format!("/api/tasks?{other}limit=1&cursor={cursor}");
        let problem = admin.get(&query).expect(400).await;
        assert_eq!(problem["code"], "invalid-cursor", "{other}");
    }
}

#[tokio::test]
async fn each_sees_the_tasks_in_reach_in_every_list_and_by_themselves() {
    let app = TestApp::new().await;
    let (agent, other) = (app.agent().await, app.agent().await);
    let reader = app.as_role(Role::ReadOnly).await;
    let mine = make(&agent, "Mine", json!({})).await;
    let theirs = make(&other, "Theirs", json!({ "dueDate": "2026-01-01" })).await;
    assert_eq!(titles(&list(&agent, "").await), ["Mine"]);
    assert_eq!(list(&agent, "count=exact").await["totalTasks"], 1);
    assert!(titles(&list(&agent, "due=overdue").await).is_empty());
    assert!(titles(&list(&agent, "search=theirs").await).is_empty());
    let assignee = format!("assignedTo={}", other.user().id);
    assert!(titles(&list(&agent, &assignee).await).is_empty());
    assert_eq!(titles(&list(&reader, "").await), ["Theirs", "Mine"]);
    agent.get(&path(&mine)).expect(200).await;
    let hidden = agent.get(&path(&theirs)).expect(404).await;
    let missing = "/api/tasks/01900000-0000-7000-8000-000000000000";
    let missing = agent.get(missing).expect(404).await;
    assert_eq!(hidden["detail"], missing["detail"]);
    let edit = json!({ "title": "x" });
    reader.patch(&path(&mine)).json(edit).expect(403).await;
    let explain = "/api/authz/explain?resource=task&action=update&id=";
    let explain = format!("{explain}{}", mine["id"].as_str().unwrap());
    assert_eq!(agent.get(&explain).expect(200).await["isAllowed"], true);
}

#[tokio::test]
async fn agents_see_what_nobody_does_in_their_team() {
    let app = TestApp::new().await;
    let system = Actor::system("test");
    let (agent, mate) = (app.agent().await, app.agent().await);
    let teams = app.crm.teams();
    let team = teams.create(&system, "North".parse().unwrap()).await;
    let team = team.unwrap().id;
    for client in [&agent, &mate] {
        let edit = UserEdit {
            teams: Some(vec![team]),
            ..UserEdit::default()
        };
        let users = app.crm.users();
        users.edit(&system, client.user().id, edit).await.unwrap();
    }
    let waiting = make(&mate, "Waiting", json!({})).await;
    // Of equal ones the older comes first.
    app.clock.advance(chrono::TimeDelta::seconds(1));
    make(&mate, "Taken", json!({ "assignedTo": mate.user().id })).await;
    assert_eq!(titles(&list(&agent, "").await), ["Waiting"]);
    assert!(titles(&list(&agent, "scope=own").await).is_empty());
    assert_eq!(
        titles(&list(&mate, "scope=own").await),
        ["Waiting", "Taken"]
    );
    agent.get(&path(&waiting)).expect(200).await;
    agent.delete(&path(&waiting)).expect(403).await;
}

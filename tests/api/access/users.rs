//! Users: listed, changed, disabled with what becomes of their records, enabled.

use crm_domain::role::Role;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use super::{member, team};
use crate::auth::refusal;

fn names(list: &Value) -> Vec<&str> {
    let users = list["users"].as_array().unwrap();
    users
        .iter()
        .map(|user| user["name"].as_str().unwrap())
        .collect()
}

async fn lead_of(admin: &Client<'_>, owner: &Client<'_>, name: &str) -> String {
    let body = json!({ "name": name, "phone": "+49 30 1234567", "assignedAgent": owner.user().id });
    let lead = admin.post("/api/leads").json(body).expect(201).await;
    lead["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn users_are_listed_by_name_page_by_page_and_narrowed() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let north = team(&app, "North").await;
    let agent = member(&app, Role::Agent, &[north]).await;
    app.user(Role::ReadOnly).await;
    let list = admin.get("/api/users").expect(200).await;
    assert_eq!(names(&list), ["Admin 1", "Agent 2", "ReadOnly 3"]);
    assert_eq!(
        (&list["totalUsers"], &list["totalPages"]),
        (&json!(3), &json!(1))
    );
    assert_eq!(
        list["users"][1]["teams"],
        json!([{ "id": north, "name": "North" }])
    );

    let list = admin.get("/api/users?limit=2&page=2").expect(200).await;
    assert_eq!(names(&list), ["ReadOnly 3"]);
    assert_eq!(
        (&list["totalUsers"], &list["totalPages"]),
        (&json!(3), &json!(2))
    );
    let agents = Role::Agent.id();
    let path = format!("/api/users/{}/disable", agent.user().id);
    for (query, expected) in [
        (format!("team={north}"), vec!["Agent 2"]),
        (format!("role={agents}"), vec!["Agent 2"]),
        ("search=only".to_owned(), vec!["ReadOnly 3"]),
        ("search=agent2@".to_owned(), vec!["Agent 2"]),
        ("search=%25".to_owned(), vec![]),
        ("isActive=false".to_owned(), vec![]),
        ("isService=true".to_owned(), vec![]),
    ] {
        let list = admin.get(&format!("/api/users?{query}")).expect(200).await;
        assert_eq!(names(&list), expected, "{query}");
    }
    admin.post(&path).expect(200).await;
    let list = admin.get("/api/users?isActive=false").expect(200).await;
    assert_eq!(names(&list), ["Agent 2"]);
    for query in [
        "page=0",
        "limit=0",
        "limit=101",
        "role=Agent",
        "sort=name",
        "search=",
    ] {
        admin.get(&format!("/api/users?{query}")).expect(400).await;
    }
}

#[tokio::test]
async fn what_is_said_of_a_user_is_changed() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let user = app.user(Role::Agent).await;
    let north = team(&app, "North").await;
    let path = format!("/api/users/{}", user.id);
    let edit = json!({
        "name": "Ada",
        "emailId": "ada@crm.test",
        "roles": [Role::ReadOnly.id(), Role::Manager.id(), Role::Manager.id()],
        "teams": [north],
    });
    let edited = admin.patch(&path).json(edit.clone()).expect(200).await;
    assert_eq!(edited["name"], "Ada");
    assert_eq!(edited["role"], "Manager");
    let roles: Vec<_> = edited["roles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|role| &role["name"])
        .collect();
    assert_eq!(roles, ["Manager", "ReadOnly"]);
    assert_eq!(
        (&edited["version"], &edited["teams"][0]["name"]),
        (&json!(2), &json!("North"))
    );
    // The same once more is no change.
    assert_eq!(admin.patch(&path).json(edit).expect(200).await, edited);
    assert_eq!(admin.get(&path).expect(200).await, edited);

    let other = app.user(Role::Agent).await;
    let taken = json!({ "emailId": other.email });
    let refused = admin.patch(&path).json(taken).send().await;
    assert_eq!(refusal(&refused), (409, "duplicate".to_owned()));
    for (body, pointer) in [
        (json!({ "name": "" }), "#/name"),
        (json!({ "emailId": "nobody" }), "#/emailId"),
        (
            json!({ "roles": ["01900000-0000-7000-8000-000000000000"] }),
            "#/roles",
        ),
        (
            json!({ "teams": ["01900000-0000-7000-8000-000000000000"] }),
            "#/teams",
        ),
        (json!({ "isActive": false }), "#/isActive"),
        (json!({ "role": "Admin" }), "#/role"),
    ] {
        let problem = admin.patch(&path).json(body).expect(400).await;
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
}

#[tokio::test]
async fn the_records_of_a_disabled_user_stay_or_go_to_somebody_else() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let (leaver, heir) = (app.agent().await, app.agent().await);
    let lead = lead_of(&admin, &leaver, "Kept").await;
    let converted = lead_of(&admin, &leaver, "Converted").await;
    let convert = format!("/api/leads/{converted}/convert");
    leaver.post(&convert).expect(200).await;
    let task = json!({ "title": "Call", "assignedTo": leaver.user().id });
    let task = admin.post("/api/tasks").json(task).expect(201).await;
    let disable = format!("/api/users/{}/disable", leaver.user().id);

    let answer = admin.post(&disable).expect(200).await;
    assert_eq!(
        (&answer["reassignedLeads"], &answer["user"]["isActive"]),
        (&json!(0), &json!(false))
    );
    assert_eq!(leaver.get("/api/auth/me").send().await.status, 401);
    let path = format!("/api/leads/{lead}");
    let kept = admin.get(&path).expect(200).await;
    assert_eq!(kept["assignedAgent"]["id"], json!(leaver.user().id));

    // It can be done later, too.
    let to = json!({ "reassignTo": heir.user().id });
    let answer = admin.post(&disable).json(to).expect(200).await;
    assert_eq!(
        (&answer["reassignedLeads"], &answer["reassignedCustomers"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(answer["reassignedTasks"], 1);
    let task = format!("/api/tasks/{}", task["id"].as_str().unwrap());
    let task = heir.get(&task).expect(200).await;
    assert_eq!(task["assignedTo"]["id"], json!(heir.user().id));
    heir.get(&path).expect(200).await;
    let rows = app
        .database()
        .rows("select assigned_to from customers")
        .await;
    assert_eq!(rows, [json!({ "assigned_to": heir.user().id })]);
    let noted = "select count(*)::int as n from activities where action in \
                 ('lead.edited', 'customer.edited', 'task.edited', 'user.records-reassigned')";
    assert_eq!(app.database().rows(noted).await, [json!({ "n": 5 })]);

    let heirs = format!("/api/users/{}/disable", heir.user().id);
    let answer = admin
        .post(&heirs)
        .json(json!({ "reassignTo": null }))
        .expect(200)
        .await;
    assert_eq!(answer["reassignedLeads"], 2);
    assert_eq!(answer["reassignedTasks"], 1);
    assert_eq!(
        admin.get(&path).expect(200).await["assignedAgent"],
        json!(null)
    );
}

#[tokio::test]
async fn nobody_is_disabled_when_the_records_could_not_go_where_they_should() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let (agent, disabled) = (app.agent().await, app.agent().await);
    let path = |client: &Client<'_>| format!("/api/users/{}/disable", client.user().id);
    admin.post(&path(&disabled)).expect(200).await;
    let before = app.database().fingerprint().await;
    for to in [
        json!(agent.user().id),
        json!(disabled.user().id),
        json!("01900000-0000-7000-8000-000000000000"),
    ] {
        let body = json!({ "reassignTo": to });
        let problem = admin.post(&path(&agent)).json(body).expect(400).await;
        assert_eq!(problem["errors"][0]["pointer"], "#/reassignTo");
    }
    assert_eq!(app.database().fingerprint().await, before);
    agent.get("/api/auth/me").expect(200).await;
}

#[tokio::test]
async fn an_enabled_user_signs_in_again_and_old_sessions_stay_ended() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let agent = app.agent().await;
    let path = |verb: &str| format!("/api/users/{}/{verb}", agent.user().id);
    admin.post(&path("disable")).expect(200).await;
    let enabled = admin.post(&path("enable")).expect(200).await;
    assert_eq!(enabled["isActive"], true);
    assert_eq!(admin.post(&path("enable")).expect(200).await, enabled);
    assert_eq!(agent.get("/api/auth/me").send().await.status, 401);
    let again = app.sign_in(agent.user().clone()).await;
    again.get("/api/auth/me").expect(200).await;
}

#[tokio::test]
async fn who_manages_users_sees_and_ends_their_sessions() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let agent = app.agent().await;
    let path = format!("/api/users/{}/sessions", agent.user().id);
    let sessions = admin.get(&path).expect(200).await;
    let [session] = sessions["sessions"].as_array().unwrap().as_slice() else {
        panic!("{sessions}");
    };
    assert_eq!(session["isCurrent"], false);
    admin.delete(&path).expect(200).await;
    assert_eq!(agent.get("/api/auth/me").send().await.status, 401);
    assert_eq!(admin.get(&path).expect(200).await["sessions"], json!([]));
    admin.get("/api/auth/me").expect(200).await;
}

//! Making, changing and deleting views.

use crm_testing::TestApp;
use futures_util::future::join_all;
use poem::http::header;
use serde_json::{Value, json};

use super::{VIEWS, body, make, names, path};
use crate::auth::refusal;

#[tokio::test]
async fn a_view_is_made_changed_and_deleted_and_each_is_written_down() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let made = agent
        .post(VIEWS)
        .json(body("Mine", json!({ "sort": "-updatedAt" })))
        .send()
        .await;
    let view = made.expect(201);
    assert_eq!(made.header("location"), path(&view));
    assert_eq!(made.header("etag"), "\"1\"");
    assert_eq!(view["filter"], json!({}));
    assert_eq!(view["columns"], json!([]));
    assert_eq!(view["isShared"], false);
    assert_eq!(agent.get(&path(&view)).expect(200).await, view);
    app.clock.advance(chrono::TimeDelta::seconds(1));
    let edit =
        json!({ "sort": null, "filter": { "status": ["New"] }, "columns": ["name", "status"] });
    let changed = agent.patch(&path(&view)).json(edit.clone()).send().await;
    assert_eq!(changed.header("etag"), "\"2\"");
    let changed = changed.expect(200);
    assert_eq!(changed["sort"], Value::Null);
    assert_eq!(changed["filter"], json!({ "status": ["New"] }));
    assert_eq!(changed["name"], "Mine");
    assert_ne!(changed["updatedAt"], view["updatedAt"]);
    // Nothing new, no new version.
    assert_eq!(
        agent.patch(&path(&view)).json(edit).expect(200).await,
        changed
    );
    app.clock.advance(chrono::TimeDelta::seconds(1));
    agent.delete(&path(&view)).expect(200).await;
    agent.get(&path(&view)).expect(404).await;
    agent.delete(&path(&view)).expect(404).await;
    let log = "select action, changes from activities where resource = 'view' order by id";
    let log = app.database().rows(log).await;
    let actions: Vec<_> = log.iter().map(|row| &row["action"]).collect();
    assert_eq!(actions, ["view.created", "view.edited", "view.deleted"]);
    assert_eq!(
        log[1]["changes"]["sort"],
        json!({ "from": "-updatedAt", "to": null })
    );
    assert_eq!(log[2]["changes"]["filter"]["to"], Value::Null);
    let events = "select name from events where resource = 'view' order by position";
    assert_eq!(app.database().rows(events).await.len(), 3);
}

#[tokio::test]
async fn a_change_of_another_version_is_refused_with_the_view_as_it_is() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let view = make(&agent, "Mine", json!({})).await;
    let changed = agent
        .patch(&path(&view))
        .json(json!({ "name": "Newer" }))
        .expect(200)
        .await;
    for request in [
        agent.patch(&path(&view)).json(json!({ "name": "Other" })),
        agent.delete(&path(&view)),
    ] {
        let problem = request.header(header::IF_MATCH, "\"1\"").expect(412).await;
        assert_eq!(problem["current"], changed);
    }
    let delete = agent.delete(&path(&view)).header(header::IF_MATCH, "\"2\"");
    delete.expect(200).await;
}

#[tokio::test]
async fn a_name_is_there_once_for_each_owner_and_kind_without_regard_to_case() {
    let app = TestApp::new().await;
    let (agent, other) = (app.agent().await, app.agent().await);
    make(&agent, "Müller", json!({})).await;
    let second = make(&agent, "Second", json!({})).await;
    for request in [
        agent.post(VIEWS).json(body("MULLER", json!({}))),
        agent
            .patch(&path(&second))
            .json(json!({ "name": "muller" })),
    ] {
        assert_eq!(
            refusal(&request.send().await),
            (409, "name-taken".to_owned())
        );
    }
    make(&agent, "Müller", json!({ "resource": "task" })).await;
    make(&other, "Müller", json!({})).await;
    assert_eq!(names(&agent, "resource=lead").await, ["Müller", "Second"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_views_at_once_none_is_lost_and_none_is_too_many() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let same =
        join_all((0..8).map(|_| agent.post(VIEWS).json(body("Same", json!({}))).send())).await;
    let made = same.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(made, 1);
    let view =
        json!({ "id": same.iter().find(|answer| answer.status == 201).unwrap().json()["id"] });
    let edits = [
        json!({ "sort": "name" }),
        json!({ "columns": ["name"] }),
        json!({ "filter": { "tag": "x" } }),
    ];
    let edits = edits.map(|edit| agent.patch(&path(&view)).json(edit).expect(200));
    join_all(edits).await;
    let view = agent.get(&path(&view)).expect(200).await;
    assert_eq!(view["version"], 4);
    assert_eq!(
        (&view["sort"], &view["columns"], &view["filter"]),
        (&json!("name"), &json!(["name"]), &json!({ "tag": "x" }))
    );
    app.database()
        .execute(&format!(
            "insert into saved_views (id, owner_id, resource, name, name_key, filter, columns, is_shared, version, created_at, updated_at)
             select gen_random_uuid(), '{}', 'task', n, n, '{{}}', '{{}}', false, 1, now(), now() from generate_series(1, 195) as n",
            agent.user().id
        ))
        .await;
    let more = join_all((0..8).map(|n| {
        agent
            .post(VIEWS)
            .json(body(&format!("View {n}"), json!({})))
            .send()
    }))
    .await;
    let made = more.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(made, 4);
    let refused = more.iter().find(|answer| answer.status != 201).unwrap();
    assert_eq!(refusal(refused), (409, "too-many".to_owned()));
    assert_eq!(names(&agent, "").await.len(), 200);
}

#[tokio::test]
async fn so_many_views_are_shared_and_no_more() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let owner = app.admin().await;
    let own = make(&admin, "Own", json!({ "isShared": true })).await;
    app.database()
        .execute(&format!(
            "insert into saved_views (id, owner_id, resource, name, name_key, filter, columns, is_shared, version, created_at, updated_at)
             select gen_random_uuid(), '{}', 'lead', n, n, '{{}}', '{{}}', true, 1, now(), now() from generate_series(1, 499) as n",
            owner.user().id
        ))
        .await;
    let another = admin
        .post(VIEWS)
        .json(body("Another", json!({ "isShared": true })))
        .send()
        .await;
    assert_eq!(refusal(&another), (409, "too-many".to_owned()));
    make(&admin, "Another", json!({})).await;
    // One that is shared already may change.
    admin
        .patch(&path(&own))
        .json(json!({ "sort": "name" }))
        .expect(200)
        .await;
    assert_eq!(names(&admin, "").await.len(), 501);
}

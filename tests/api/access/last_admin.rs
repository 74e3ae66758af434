//! The last Admin who can sign in stays one, however many try at once.

use crm_domain::role::Role;
use crm_testing::TestApp;
use serde_json::json;

use crate::auth::refusal;

#[tokio::test]
async fn sixty_demotions_of_the_last_two_admins_at_once_leave_one() {
    for round in 0..3 {
        let app = TestApp::new().await;
        let (one, two) = (app.admin().await, app.admin().await);
        let demote = |index: usize| {
            let (by, whom) = if index.is_multiple_of(2) {
                (&one, &two)
            } else {
                (&two, &one)
            };
            let path = format!("/api/users/{}", whom.user().id);
            match index % 4 {
                0 | 1 => by
                    .patch(&path)
                    .json(json!({ "roles": [Role::Agent.id()] }))
                    .send(),
                _ => by.post(&format!("{path}/disable")).json(json!({})).send(),
            }
        };
        let answers = futures_util::future::join_all((0..60).map(demote)).await;
        let server_errors = answers
            .iter()
            .filter(|answer| answer.status.as_u16() >= 500)
            .count();
        assert_eq!(server_errors, 0, "round {round}");
        let admins = format!(
            "select id from users where is_active and role_ids @> array['{}'::uuid]",
            Role::Admin.id()
        );
        assert_eq!(app.database().rows(&admins).await.len(), 1, "round {round}");
    }
}

#[tokio::test]
async fn the_last_admin_is_neither_demoted_nor_disabled_by_whoever_may_manage_users() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let grants: Vec<_> = crm_domain::permission::Catalogue::core()
        .permissions()
        .map(|permission| json!({ "permission": permission.to_string(), "scope": "all" }))
        .collect();
    let body = json!({ "name": "Deputy", "grants": grants });
    let deputy_role = admin.post("/api/roles").json(body).expect(201).await;
    let user = app.user(Role::Agent).await;
    let path = format!("/api/users/{}", user.id);
    admin
        .patch(&path)
        .json(json!({ "roles": [deputy_role["id"]] }))
        .expect(200)
        .await;
    let deputy = app.sign_in(user).await;
    let path = format!("/api/users/{}", admin.user().id);
    let response = deputy
        .patch(&path)
        .json(json!({ "roles": [] }))
        .send()
        .await;
    assert_eq!(refusal(&response), (409, "last-admin".to_owned()));
    let response = deputy.post(&format!("{path}/disable")).send().await;
    assert_eq!(refusal(&response), (409, "last-admin".to_owned()));
    // With a second one it is done.
    app.admin().await;
    deputy
        .patch(&path)
        .json(json!({ "roles": [] }))
        .expect(200)
        .await;
}

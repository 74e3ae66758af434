//! Several who change the same records at once: nothing is lost, and nobody waits for ever.

use crm_testing::TestApp;
use futures_util::future::join_all;
use serde_json::json;

use super::{bulk, counts, get, make};

#[tokio::test(flavor = "multi_thread")]
async fn two_over_the_same_records_in_opposite_order_are_both_done() {
    let app = TestApp::new().await;
    let (one, two) = (app.admin().await, app.admin().await);
    let ids = make(&one, "leads", 120).await;
    let reversed: Vec<_> = ids.iter().rev().collect();
    let company = json!({ "ids": ids, "action": "update", "changes": { "company": "ACME" } });
    let source = json!({ "ids": reversed, "action": "update", "changes": { "source": "Radio" } });
    let (first, second) = tokio::join!(bulk(&one, "leads", company), bulk(&two, "leads", source));
    assert_eq!([counts(&first), counts(&second)], [[120, 0, 0]; 2]);
    for id in &ids {
        let lead = get(&one, "leads", id).await;
        assert_eq!(
            (&lead["company"], &lead["source"], &lead["version"]),
            (&json!("ACME"), &json!("Radio"), &json!(3))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_by_the_same_filter_each_record_is_done_by_one() {
    let app = TestApp::new().await;
    let (one, two) = (app.admin().await, app.admin().await);
    let ids = make(&one, "leads", 150).await;
    let body = json!({
        "filter": { "status": ["New"] }, "action": "update", "changes": { "status": "Qualified" },
    });
    let (first, second) = tokio::join!(
        bulk(&one, "leads", body.clone()),
        bulk(&two, "leads", body.clone())
    );
    let [first, second] = [counts(&first), counts(&second)];
    assert_eq!(first[0] + second[0], 150, "{first:?} {second:?}");
    // Who waited for a record that is not New any more leaves it.
    assert_eq!([first[1], first[2], second[1], second[2]], [0; 4]);
    let steps = app
        .database()
        .rows("select lead_id from lead_status_changes")
        .await;
    assert_eq!(steps.len(), 150);
    for id in &ids {
        assert_eq!(get(&one, "leads", id).await["version"], 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_single_records_meanwhile_are_not_lost() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let ids = make(&admin, "customers", 40).await;
    let body = json!({ "ids": ids, "action": "update", "changes": { "company": "ACME" } });
    let singles = ids.iter().map(|id| {
        let request = admin.patch(&format!("/api/customers/{id}"));
        request.json(json!({ "phone": "12345" })).send()
    });
    let (result, singles) = tokio::join!(bulk(&admin, "customers", body), join_all(singles));
    assert_eq!(counts(&result), [40, 0, 0]);
    assert!(singles.iter().all(|answer| answer.status == 200));
    for id in &ids {
        let customer = get(&admin, "customers", id).await;
        assert_eq!(
            (
                &customer["company"],
                &customer["phone"],
                &customer["version"]
            ),
            (&json!("ACME"), &json!("12345"), &json!(3))
        );
    }
}

#[tokio::test]
async fn what_is_sent_again_with_its_key_is_not_done_again() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let ids = make(&admin, "tasks", 130).await;
    let archive = || {
        let body = json!({ "ids": ids, "action": "archive" });
        admin.post("/api/tasks/bulk").json(body).once("k")
    };
    let first = archive().expect(200).await;
    assert_eq!(counts(&first), [130, 0, 0]);
    let restore = json!({ "ids": ids, "action": "restore" });
    bulk(&admin, "tasks", restore).await;
    assert_eq!(archive().expect(200).await, first);
    assert_eq!(get(&admin, "tasks", &ids[0]).await["isArchived"], false);
}

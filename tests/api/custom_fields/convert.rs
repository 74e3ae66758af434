//! What becomes of the values of a lead that becomes a customer, or is merged with others.

use crm_testing::TestApp;
use serde_json::json;

use super::{define, lead};
use crate::leads::{errors, path};

#[tokio::test]
async fn the_customer_takes_what_fits_and_the_lead_keeps_all() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for (key, kind) in [
        ("same", "text"),
        ("other", "text"),
        ("alone", "bool"),
        ("narrow", "number"),
    ] {
        let _ = define(&admin, key, kind, json!({})).await;
    }
    let of_customer = |more: serde_json::Value| {
        let mut more = more;
        more["resource"] = json!("customer");
        more
    };
    let _ = define(&admin, "same", "text", of_customer(json!({}))).await;
    let _ = define(&admin, "other", "bool", of_customer(json!({}))).await;
    let _ = define(&admin, "narrow", "number", of_customer(json!({ "max": 5 }))).await;
    // A customer who is converted need not have it: nothing keeps a lead from being won.
    let _ = define(
        &admin,
        "need",
        "bool",
        of_customer(json!({ "isRequired": true })),
    )
    .await;
    let custom = json!({ "same": "a", "other": "b", "alone": true, "narrow": 7 });
    let made = lead(&admin, custom.clone()).await;
    let answer = admin
        .post(&format!("{}/convert", path(&made)))
        .expect(200)
        .await;
    assert_eq!(answer["customer"]["custom"], json!({ "same": "a" }));
    assert_eq!(answer["lead"]["custom"], custom);
    assert_eq!(admin.get(&path(&made)).expect(200).await["custom"], custom);
    let customer = format!(
        "/api/customers/{}",
        answer["customer"]["id"].as_str().unwrap()
    );
    assert_eq!(
        admin.get(&customer).expect(200).await["custom"],
        json!({ "same": "a" })
    );
}

#[tokio::test]
async fn a_customer_that_is_linked_takes_what_they_lack() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for resource in ["lead", "customer"] {
        for key in ["held", "lacked"] {
            let _ = define(&admin, key, "text", json!({ "resource": resource })).await;
        }
    }
    let new = json!({ "name": "Ada", "custom": { "held": "theirs" } });
    let customer = admin.post("/api/customers").json(new).expect(201).await;
    let made = lead(&admin, json!({ "held": "its", "lacked": "its" })).await;
    let link = json!({ "customer": { "mode": "link", "id": customer["id"] } });
    let answer = admin
        .post(&format!("{}/convert", path(&made)))
        .json(link)
        .expect(200)
        .await;
    assert_eq!(
        answer["customer"]["custom"],
        json!({ "held": "theirs", "lacked": "its" })
    );
}

#[tokio::test]
async fn a_merge_fills_what_the_target_lacks_and_is_undone() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for key in ["held", "lacked", "given"] {
        let _ = define(&admin, key, "text", json!({ "maxLength": 5 })).await;
    }
    let target = lead(&admin, json!({ "held": "a" })).await;
    let source = lead(&admin, json!({ "held": "b", "lacked": "c", "given": "d" })).await;
    let merge = |given: &str| json!({ "sources": [source["id"]], "overrides": { "custom": { "given": given } } });
    let refused = admin
        .post(&format!("{}/merge", path(&target)))
        .json(merge("too long"))
        .expect(400)
        .await;
    assert_eq!(errors(&refused), [("#/overrides/custom/given", "too-long")]);
    let _ = admin
        .post(&format!("{}/merge", path(&target)))
        .json(merge("x"))
        .expect(200)
        .await;
    let merged = admin.get(&path(&target)).expect(200).await;
    assert_eq!(
        merged["custom"],
        json!({ "held": "a", "lacked": "c", "given": "x" })
    );
    let _ = admin
        .post(&format!("{}/unmerge", path(&target)))
        .expect(200)
        .await;
    assert_eq!(
        admin.get(&path(&target)).expect(200).await["custom"],
        target["custom"]
    );
    assert_eq!(
        admin.get(&path(&source)).expect(200).await["custom"],
        source["custom"]
    );
}

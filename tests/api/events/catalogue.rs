//! What is stored is what the catalogue says.

use crm_testing::TestApp;
use serde_json::json;

use crate::leads::{make, path};

#[tokio::test]
async fn what_is_stored_is_as_the_catalogue_says_and_what_is_not_is_found() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({})).await;
    let convert = format!("{}/convert", path(&lead));
    admin.post(&convert).json(json!({})).expect(200).await;
    assert!(app.wrong_events().await.is_empty());
    let spoil = "update events set payload = payload - 'customerId' where name = 'lead.converted';
                 update events set name = 'lead.flown' where name = 'lead.created';
                 update events set version = 2 where name = 'customer.created'";
    app.database().execute(spoil).await;
    let wrong = app.wrong_events().await;
    assert_eq!(wrong.len(), 3, "{wrong:?}");
}

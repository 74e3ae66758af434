//! With many webhooks, deliveries and notices no operation reads them all.

use std::time::Duration;

use chrono::TimeDelta;
use crm_testing::TestApp;
use serde_json::{Value, json};

use crate::receiver::Receiver;
use crate::{app, lead, path, webhook};

/// The most rows that all of it reads in vain: counts stop at 1,000.
const MOST_READ: i64 = 5_000;

/// How many rows of the plugin's tables were read one after the other, and how often an index of each table was used.
async fn read(app: &TestApp) -> (i64, Vec<i64>) {
    let query = "select seq_tup_read, idx_scan from pg_stat_user_tables where relname like 'notifications_%' order by relname";
    let rows = app.database().rows(query).await;
    let number = |row: &Value, name| row[name].as_i64().unwrap_or_default();
    let read = rows.iter().map(|row| number(row, "seq_tup_read")).sum();
    (
        read,
        rows.iter().map(|row| number(row, "idx_scan")).collect(),
    )
}

async fn load(app: &TestApp, webhook: &str) {
    let load = format!(
        "insert into notifications_webhooks (id, name, url, event_types, owner_id, secret, key_id, version, created_at, updated_at)
         select gen_random_uuid(), 'W', 'https://example.org/', '{{task.edited}}', owner_id, '', '', 1, created_at, updated_at
         from notifications_webhooks, generate_series(1, 30000);
         insert into notifications_deliveries (id, webhook_id, event_id, event_type, state, round, tries, created_at)
         select gen_random_uuid(), '{webhook}', gen_random_uuid(), 'lead.created', 'delivered', 0, 1, now() - n * interval '1 s'
         from generate_series(1, 30000) n;
         insert into notifications_notices (user_id, number, kind, event_id, is_shown, created_at, read_at)
         select id, n, 'assigned', gen_random_uuid(), true, now(), now() from users, generate_series(1, 30000) n;
         insert into notifications_inboxes (user_id, last_number) select id, 30000 from users;
         analyze"
    );
    app.database().execute(&load).await;
}

#[tokio::test]
async fn nothing_reads_all_of_many() {
    let (app, receiver) = (app().await, Receiver::start().await);
    let (admin, agent) = (app.admin().await, app.agent().await);
    let issued = webhook(&admin, &receiver, &["lead.created"]).await;
    load(&app, issued["webhook"]["id"].as_str().unwrap()).await;
    let (read_before, used_before) = read(&app).await;
    let deliveries = format!("{}/deliveries", path(&issued));
    for get in [
        "/api/notifications/webhooks",
        "/api/notifications/webhooks?isEnabled=true",
        &format!("/api/notifications/webhooks?owner={}", admin.user().id),
        &deliveries,
        &format!("{deliveries}?state=failed"),
        "/api/notifications",
        "/api/notifications?unread=true",
        "/api/notifications/unread",
    ] {
        let page = admin.get(get).expect(200).await;
        if let Some(cursor) = page["nextCursor"].as_str() {
            let and = if get.contains('?') { '&' } else { '?' };
            admin
                .get(&format!("{get}{and}cursor={cursor}"))
                .expect(200)
                .await;
        }
    }
    lead(&admin, "Ada").await;
    let task = json!({ "title": "Call", "assignedTo": agent.user().id });
    admin.post("/api/tasks").json(task).expect(201).await;
    app.drain_jobs().await;
    assert_eq!(receiver.told().len(), 1);
    agent
        .post("/api/notifications/30001/read")
        .expect(200)
        .await;
    agent.post("/api/notifications/read-all").expect(200).await;
    app.clock.advance(TimeDelta::days(2));
    app.drain_jobs().await;
    // What a connection has read it tells a moment later.
    for _ in 0..60 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        app.crm.ping().await.unwrap();
        let (read_after, used) = read(&app).await;
        assert!(read_after - read_before < MOST_READ, "{read_after} rows");
        if used
            .iter()
            .zip(&used_before)
            .filter(|(now, before)| now > before)
            .count()
            >= 4
        {
            return;
        }
    }
    panic!("no index is used");
}

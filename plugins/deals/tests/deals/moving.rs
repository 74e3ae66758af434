//! The board: moving, its history, what it means to be won or lost.

use chrono::TimeDelta;
use serde_json::json;

use crate::{LOST, NEW, QUALIFIED, WON, app, cards, deal, id, moved, path};

#[tokio::test]
async fn cards_lie_where_they_are_put() {
    let app = app().await;
    let admin = app.admin().await;
    let a = deal(&admin, "A").await;
    let b = deal(&admin, "B").await;
    let c = deal(&admin, "C").await;
    assert_eq!(cards(&admin, NEW).await, ["C", "B", "A"]);
    moved(&admin, &a, json!({ "stageId": NEW, "beforeId": id(&c) })).await;
    assert_eq!(cards(&admin, NEW).await, ["A", "C", "B"]);
    moved(&admin, &a, json!({ "stageId": NEW, "afterId": id(&c) })).await;
    assert_eq!(cards(&admin, NEW).await, ["C", "A", "B"]);
    moved(&admin, &c, json!({ "stageId": NEW, "afterId": id(&b) })).await;
    assert_eq!(cards(&admin, NEW).await, ["A", "B", "C"]);
    // Without a place, it stays in its own.
    let same = moved(&admin, &b, json!({ "stageId": NEW })).await;
    assert_eq!(same["version"], json!(1));
    moved(&admin, &b, json!({ "stageId": QUALIFIED })).await;
    moved(&admin, &a, json!({ "stageId": QUALIFIED })).await;
    moved(
        &admin,
        &c,
        json!({ "stageId": QUALIFIED, "afterId": id(&a) }),
    )
    .await;
    assert_eq!(cards(&admin, QUALIFIED).await, ["A", "C", "B"]);
    assert!(cards(&admin, NEW).await.is_empty());
}

#[tokio::test]
async fn a_stage_is_ranked_anew_when_ranks_grow_long() {
    let app = app().await;
    let admin = app.admin().await;
    let top = deal(&admin, "Top").await;
    let bottom = deal(&admin, "Bottom").await;
    moved(
        &admin,
        &bottom,
        json!({ "stageId": NEW, "afterId": id(&top) }),
    )
    .await;
    let long = format!("7{}1", "0".repeat(62));
    let set = format!(
        "update deals_deals set rank = '7' where name = 'Top'; update deals_deals set rank = '{long}' where name = 'Bottom'"
    );
    app.database().execute(&set).await;
    let between = deal(&admin, "Between").await;
    moved(
        &admin,
        &between,
        json!({ "stageId": NEW, "afterId": id(&top) }),
    )
    .await;
    assert_eq!(cards(&admin, NEW).await, ["Top", "Between", "Bottom"]);
    let ranks = app
        .database()
        .rows("select length(rank) as chars from deals_deals")
        .await;
    assert!(
        ranks.iter().all(|row| row["chars"].as_i64().unwrap() <= 8),
        "{ranks:?}"
    );
}

#[tokio::test]
async fn won_and_lost_close_and_open_takes_it_back() {
    let app = app().await;
    let admin = app.admin().await;
    let made = deal(&admin, "Lamps").await;
    let edit = json!({ "probabilityOverride": 80 });
    admin.patch(&path(&made)).json(edit).expect(200).await;
    let kept = moved(&admin, &made, json!({ "stageId": QUALIFIED })).await;
    assert_eq!(kept["probability"], json!(80));
    let won = moved(&admin, &made, json!({ "stageId": WON })).await;
    assert_eq!(
        (
            &won["probability"],
            &won["probabilityOverride"],
            &won["closedAt"]
        ),
        (&json!(100), &json!(null), &json!("2026-01-02T12:00:00Z"))
    );
    app.clock.advance(TimeDelta::minutes(10));
    let lost = moved(
        &admin,
        &made,
        json!({ "stageId": LOST, "lostReason": "Too dear" }),
    )
    .await;
    assert_eq!(
        (&lost["probability"], &lost["lostReason"], &lost["closedAt"]),
        (
            &json!(0),
            &json!("Too dear"),
            &json!("2026-01-02T12:10:00Z")
        )
    );
    let open = moved(&admin, &made, json!({ "stageId": NEW })).await;
    assert_eq!(
        (&open["probability"], &open["lostReason"], &open["closedAt"]),
        (&json!(10), &json!(null), &json!(null))
    );
    let names = app
        .database()
        .rows("select name from events where name like 'deals.%' order by position")
        .await;
    let names: Vec<_> = names
        .iter()
        .map(|row| row["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "deals.deal-created",
            "deals.deal-edited",
            "deals.deal-moved",
            "deals.deal-won",
            "deals.deal-lost",
            "deals.deal-moved"
        ]
    );
    assert!(app.wrong_events().await.is_empty());
}

#[tokio::test]
async fn the_history_tells_how_long_a_deal_stood_where() {
    let app = app().await;
    let admin = app.admin().await;
    let made = deal(&admin, "Lamps").await;
    for (seconds, stage) in [(60, QUALIFIED), (5, QUALIFIED), (10, NEW), (7, WON)] {
        app.clock.advance(TimeDelta::seconds(seconds));
        moved(&admin, &made, json!({ "stageId": stage })).await;
    }
    app.clock.advance(TimeDelta::seconds(30));
    let history = format!("{}/history", path(&made));
    let first = admin.get(&format!("{history}?limit=2")).expect(200).await;
    let step = |from: &str, to: &str, at: &str, seconds: i64| {
        let kind = |name: &str| if name == "Won" { "won" } else { "open" };
        let stage = |name: &str| {
            let id = match name {
                "New" => NEW,
                "Qualified" => QUALIFIED,
                _ => WON,
            };
            json!({ "id": id, "name": name, "kind": kind(name) })
        };
        let user = admin.user();
        json!({
            "from": stage(from), "to": stage(to), "at": at, "seconds": seconds,
            "actor": { "id": user.id, "name": user.name, "emailId": user.email },
        })
    };
    assert_eq!(
        first["changes"],
        json!([
            step("New", "Qualified", "2026-01-02T12:01:00Z", 60),
            step("Qualified", "New", "2026-01-02T12:01:15Z", 15),
        ])
    );
    let cursor = first["nextCursor"].as_str().unwrap();
    let rest = admin
        .get(&format!("{history}?limit=2&cursor={cursor}"))
        .expect(200)
        .await;
    assert_eq!(
        rest["changes"],
        json!([step("New", "Won", "2026-01-02T12:01:22Z", 7)])
    );
    assert_eq!(rest["nextCursor"], json!(null));
    assert_eq!(
        rest["current"],
        json!({ "stage": { "id": WON, "name": "Won", "kind": "won" }, "since": "2026-01-02T12:01:22Z", "seconds": 30 })
    );
}

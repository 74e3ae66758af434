//! Many at once.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use poem::http::header;
use serde_json::json;

use crate::{NEW, QUALIFIED, SALES, WON, app, cards, deal, id, moved, path};

const AT_ONCE: usize = 64;

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_moves_at_once_keep_ranks_and_histories_right() {
    let app = app().await;
    let admin = app.admin().await;
    let mut deals = Vec::new();
    for n in 0..8 {
        deals.push(deal(&admin, &format!("Deal {n}")).await);
    }
    let stages = [NEW, QUALIFIED, WON];
    let moves = (0..AT_ONCE).map(|n| {
        let deal = &deals[n % deals.len()];
        let other = &deals[(n + 1 + n / deals.len()) % deals.len()];
        // Next to another card where that is still there; on top where it is not.
        let stage = stages[n % stages.len()];
        let admin = &admin;
        async move {
            let place = format!("{}/move", path(deal));
            let next_to = json!({ "stageId": stage, "afterId": id(other) });
            let status = admin
                .post(&place)
                .json(next_to)
                .send()
                .await
                .status
                .as_u16();
            assert!([200, 400].contains(&status), "{status}");
            moved(admin, deal, json!({ "stageId": stage })).await;
        }
    });
    join_all(moves).await;
    let mut all = BTreeSet::new();
    for stage in stages {
        let cards = cards(&admin, stage).await;
        all.extend(cards);
    }
    assert_eq!(all.len(), deals.len());
    // Each step begins where the one before ended, and the last one ends where the deal stands.
    let gaps = "
        select change.id from deals_stage_changes change
        join deals_deals deal on deal.id = change.deal_id
        left join lateral (
            select from_stage from deals_stage_changes later
            where later.deal_id = change.deal_id and later.id > change.id order by later.id limit 1
        ) next on true
        where change.to_stage <> coalesce(next.from_stage, deal.stage_id)";
    assert!(app.database().rows(gaps).await.is_empty());
    let versions = "
        select deal.id from deals_deals deal where version <> (
            select count(*) from activities where resource = 'deals.deal' and resource_id = deal.id)";
    assert!(app.database().rows(versions).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_new_deals_at_once_have_places_of_their_own() {
    let app = app().await;
    let admin = app.admin().await;
    let customer = crate::customer(&admin, "Ada").await;
    let new = json!({ "name": "Lamps", "customerId": customer });
    let made = (0..AT_ONCE).map(|_| admin.post("/api/deals").json(new.clone()).expect(201));
    join_all(made).await;
    assert_eq!(cards(&admin, NEW).await.len(), AT_ONCE);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_edits_at_once_of_one_version_one_is_done() {
    let app = app().await;
    let admin = app.admin().await;
    let made = deal(&admin, "Lamps").await;
    let edits = (0..16).map(|n| {
        let edit = json!({ "name": format!("Lamps {n}") });
        let request = admin.patch(&path(&made)).json(edit);
        request.header(header::IF_MATCH, "\"1\"").send()
    });
    let answers = join_all(edits).await;
    let done = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(done, 1);
    assert_eq!(
        admin.get(&path(&made)).expect(200).await["version"],
        json!(2)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_deal_is_left_in_a_stage_that_is_taken_away_while_others_move_there() {
    let app = app().await;
    let admin = app.admin().await;
    let mut deals = Vec::new();
    for n in 0..12 {
        deals.push(deal(&admin, &format!("Deal {n}")).await);
    }
    let place = format!("/api/deals/pipelines/{SALES}");
    let pipeline = admin.get(&place).expect(200).await;
    let stages = pipeline["stages"].as_array().unwrap().iter();
    let stages: Vec<_> = stages.filter(|stage| id(stage) != QUALIFIED).collect();
    let edit = json!({ "stages": stages, "moveTo": NEW });
    let moves = deals.iter().map(|deal| async {
        let to = json!({ "stageId": QUALIFIED });
        let answer = admin
            .post(&format!("{}/move", path(deal)))
            .json(to)
            .send()
            .await;
        assert!(
            [200, 400].contains(&answer.status.as_u16()),
            "{}",
            answer.json()
        );
    });
    let edit = async { admin.patch(&place).json(edit).expect(200).await };
    futures_util::join!(join_all(moves), edit);
    let left = "select id from deals_deals where stage_id in (select id from deals_stages where is_archived)";
    assert!(app.database().rows(left).await.is_empty());
    assert_eq!(cards(&admin, NEW).await.len(), deals.len());
}

//! The board.

use serde_json::json;

use crate::{MISSING, QUALIFIED, SALES, WON, app, customer, error, errors, moved, names};

#[tokio::test]
async fn the_board_shows_the_first_cards_and_what_is_in_each_stage() {
    let app = app().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let customer = customer(&admin, "Ada").await;
    for n in 1..=5 {
        let amount = if n == 5 {
            json!(null)
        } else {
            json!({ "amount": n * 105, "currency": "EUR" })
        };
        let owner = if n == 1 {
            json!(agent.user().id)
        } else {
            json!(null)
        };
        let new = json!({ "name": format!("Deal {n}"), "customerId": customer, "amount": amount, "owner": owner });
        let made = admin.post("/api/deals").json(new).expect(201).await;
        if n == 2 {
            moved(&admin, &made, json!({ "stageId": WON })).await;
        }
    }
    let board = format!("/api/deals/board?pipelineId={SALES}&cards=2");
    let shown = admin.get(&board).expect(200).await;
    let columns = shown["columns"].as_array().unwrap();
    assert_eq!(columns.len(), 6);
    let first = &columns[0];
    assert_eq!(names(first), ["Deal 5", "Deal 4"]);
    assert_eq!(first["deals"][0]["customer"]["name"], json!("Ada"));
    assert_eq!(
        (&first["totalDeals"], &first["totalIsCapped"]),
        (&json!(4), &json!(false))
    );
    // 105, 315 and 420 at 10 per cent: 11 + 32 + 42.
    assert_eq!(
        first["sums"],
        json!([{ "currency": "EUR", "deals": 3, "amount": 840, "weighted": 85 }])
    );
    assert_eq!(
        columns[4]["sums"],
        json!([{ "currency": "EUR", "deals": 1, "amount": 210, "weighted": 210 }])
    );
    let own = admin
        .get(&format!("{board}&owner={}", agent.user().id))
        .expect(200)
        .await;
    assert_eq!(names(&own["columns"][0]), ["Deal 1"]);
    let reach = agent.get(&board).expect(200).await;
    assert_eq!(names(&reach["columns"][0]), ["Deal 1"]);
    assert_eq!(reach["columns"][0]["totalDeals"], json!(1));
    assert_eq!(reach["columns"][4]["totalDeals"], json!(0));
    admin
        .get(&format!("/api/deals/board?pipelineId={MISSING}"))
        .expect(404)
        .await;
    let problem = admin.get(&format!("{board}00")).expect(400).await;
    assert_eq!(errors(&problem), [error("cards", "out-of-range")]);
}

/// Ranks of many cards at once, as a stage has that was ranked anew.
#[tokio::test]
async fn a_full_stage_is_counted_and_added_up_to_a_cap() {
    let app = app().await;
    let admin = app.admin().await;
    let customer = customer(&admin, "Ada").await;
    let many = format!(
        "insert into deals_deals (id, name, name_key, search_text, customer_id, pipeline_id, stage_id, kind, amount, currency,
             amount_key, close_key, stage_since, rank, is_archived, version, created_at, updated_at)
         select gen_random_uuid(), 'Deal', 'deal', 'deal', '{customer}', '{SALES}', '{QUALIFIED}', 'open', 9007199254740991, 'EUR',
             '~', '~', now(), lpad(to_hex(n), 8, '0') || '8', false, 1, now(), now()
         from generate_series(1, 1002) n"
    );
    app.database().execute(&many).await;
    let shown = admin
        .get(&format!("/api/deals/board?pipelineId={SALES}"))
        .expect(200)
        .await;
    let column = &shown["columns"][1];
    assert_eq!(
        (&column["totalDeals"], &column["totalIsCapped"]),
        (&json!(1000), &json!(true))
    );
    let most = 9_007_199_254_740_991_i64;
    assert_eq!(
        column["sums"],
        json!([{ "currency": "EUR", "deals": 1000, "amount": most, "weighted": most }])
    );
    assert_eq!(column["deals"].as_array().unwrap().len(), 10);
}

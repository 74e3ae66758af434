//! Following cursors through the list of leads.

use std::collections::BTreeSet;

use crm_domain::lead::LeadSort;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use super::pages::seed;
use super::{errors, make};

fn ids(list: &Value) -> Vec<String> {
    let leads = list["leads"].as_array().unwrap().iter();
    leads
        .map(|lead| lead["id"].as_str().unwrap().to_owned())
        .collect()
}

/// The cursor to what follows the first page.
async fn cursor(client: &Client<'_>, query: &str) -> String {
    let list = client.get(&format!("/api/leads?{query}")).expect(200).await;
    list["nextCursor"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_walk_meets_every_lead_once_in_order_while_others_are_made() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    seed(&app, &admin, 40).await;
    for sort in LeadSort::all() {
        let all = admin
            .get(&format!("/api/leads?limit=100&sort={sort}"))
            .expect(200)
            .await;
        let expected = ids(&all);
        let mut met = Vec::new();
        let mut next = String::new();
        loop {
            let list = admin
                .get(&format!("/api/leads?limit=7&sort={sort}{next}"))
                .expect(200)
                .await;
            met.extend(ids(&list));
            if !next.is_empty() {
                let unknown = (&list["totalLeads"], &list["page"], &list["totalPages"]);
                assert_eq!(unknown, (&Value::Null, &Value::Null, &Value::Null));
            }
            let Some(cursor) = list["nextCursor"].as_str() else {
                break;
            };
            next = format!("&cursor={cursor}");
            // Some before, some after the place where the walk is.
            seed(&app, &admin, 3).await;
        }
        let once: BTreeSet<_> = met.iter().collect();
        assert_eq!(once.len(), met.len(), "{sort}: none is met twice");
        met.retain(|id| expected.contains(id));
        assert_eq!(met, expected, "{sort}: none is left out");
        app.database()
            .execute(
                "delete from leads where id not in (select id from leads order by id limit 40)",
            )
            .await;
    }
}

#[tokio::test]
async fn a_walk_through_a_filter_meets_what_fits() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for number in 0..9 {
        let status = if number % 3 == 0 { "Contacted" } else { "New" };
        let _ = make(
            &admin,
            json!({ "name": "Ann Smith", "status": status, "tags": ["VIP"] }),
        )
        .await;
    }
    let filter = "status=New&search=smith+ann&tag=vip&sort=name&limit=4";
    let first = admin.get(&format!("/api/leads?{filter}")).expect(200).await;
    assert_eq!(first["totalLeads"], 6);
    let next = first["nextCursor"].as_str().unwrap();
    let second = admin
        .get(&format!("/api/leads?{filter}&cursor={next}"))
        .expect(200)
        .await;
    assert_eq!(
        (ids(&first).len(), ids(&second).len(), &second["nextCursor"]),
        (4, 2, &Value::Null)
    );
    let all = admin
        .get("/api/leads?status=New&sort=name")
        .expect(200)
        .await;
    assert_eq!([ids(&first), ids(&second)].concat(), ids(&all));
}

#[tokio::test]
async fn the_last_page_has_no_cursor() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    seed(&app, &admin, 20).await;
    for (query, is_last) in [
        ("page=1", false),
        ("page=2", true),
        ("page=3", true),
        ("limit=20", true),
        ("limit=19", false),
    ] {
        let list = admin.get(&format!("/api/leads?{query}")).expect(200).await;
        assert_eq!(list["nextCursor"].is_null(), is_last, "{query}");
    }
    let next = cursor(&admin, "limit=10").await;
    let last = admin
        .get(&format!("/api/leads?limit=10&cursor={next}"))
        .expect(200)
        .await;
    assert_eq!((ids(&last).len(), &last["nextCursor"]), (10, &Value::Null));
}

#[tokio::test]
async fn the_size_of_pages_may_change_on_the_way() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    seed(&app, &admin, 20).await;
    let next = cursor(&admin, "limit=3").await;
    let list = admin
        .get(&format!("/api/leads?limit=100&cursor={next}"))
        .expect(200)
        .await;
    assert_eq!(ids(&list).len(), 17);
}

#[tokio::test]
async fn a_cursor_serves_no_other_list_and_no_other_reader() {
    let app = TestApp::new().await;
    let (admin, other, agent) = (app.admin().await, app.admin().await, app.agent().await);
    seed(&app, &admin, 20).await;
    seed(&app, &agent, 20).await;
    let next = cursor(&admin, "status=New&search=name&sort=name").await;
    let refused = async |client: &Client<'_>, query: &str, cursor: &str| {
        let problem = client
            .get(&format!("/api/leads?{query}&cursor={cursor}"))
            .expect(400)
            .await;
        assert_eq!(problem["code"], "invalid-cursor", "{query}");
        assert_eq!(errors(&problem), [("cursor", "invalid-cursor")]);
    };
    for query in [
        "search=name&sort=name",
        "status=New&sort=name",
        "status=New&search=name",
        "status=New&search=name&sort=-name",
        "status=New&search=name&sort=createdAt",
        "status=New&status=Contacted&search=name&sort=name",
        "status=New&search=nam&sort=name",
        "status=New&search=name&sort=name&isArchived=true",
        "status=New&search=name&sort=name&tag=x",
        "status=New&search=name&sort=name&source=x",
        "status=New&search=name&sort=name&createdFrom=2020-01-01T00:00:00Z",
        "status=New&search=name&sort=name&createdTo=2030-01-01T00:00:00Z",
        "status=New&search=name&sort=name&assignedAgent=01900000-0000-7000-8000-000000000000",
    ] {
        refused(&admin, query, &next).await;
    }
    refused(&other, "status=New&search=name&sort=name", &next).await;
    refused(&agent, "status=New&search=name&sort=name", &next).await;
    let its_own = format!("/api/leads?status=New&search=name&sort=name&cursor={next}");
    let _ = admin.get(&its_own).expect(200).await;
}

#[tokio::test]
async fn a_cursor_that_was_changed_is_refused() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    seed(&app, &admin, 20).await;
    let next = cursor(&admin, "").await;
    let middle = next.len() / 2;
    let mut changed = vec![
        "x".to_owned(),
        "AAAA".to_owned(),
        "A".repeat(100),
        "A".repeat(5_000),
        "%00".to_owned(),
        next[..middle].to_owned(),
        format!("{next}A"),
        format!("{next}%3D"),
        next.to_lowercase(),
    ];
    for place in [0, middle, next.len() - 2] {
        let other = if &next[place..=place] == "A" {
            "B"
        } else {
            "A"
        };
        changed.push(format!("{}{other}{}", &next[..place], &next[place + 1..]));
    }
    for cursor in changed {
        let problem = admin
            .get(&format!("/api/leads?cursor={cursor}"))
            .expect(400)
            .await;
        assert_eq!(problem["code"], "invalid-cursor", "{cursor}");
    }
}

#[tokio::test]
async fn a_cursor_and_a_page_do_not_go_together() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    seed(&app, &admin, 20).await;
    let next = cursor(&admin, "").await;
    let problem = admin
        .get(&format!("/api/leads?page=2&cursor={next}"))
        .expect(400)
        .await;
    assert_eq!(errors(&problem), [("cursor", "not-allowed")]);
}

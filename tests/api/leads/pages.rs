//! Pages of the list of leads: their order, their edges and their totals.

use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use super::{errors, make, names, path};

/// Makes leads with few different names and times, by SQL since there are many.
pub(super) async fn seed(app: &TestApp, owner: &Client<'_>, count: u32) {
    let owner = owner.user().id;
    app.database()
        .execute(&format!(
            "insert into leads (id, name, name_key, phone, phone_key, status, status_since, tags, tag_keys,
               search_text, recycle_count, is_archived, version, created_by, created_at, updated_at)
             select gen_random_uuid(), 'Name ' || n % 5, 'name ' || n % 5, '1234', '1234', 'New', now(), '{{}}', '{{}}',
               'name ' || n % 5, 0, false, 1, '{owner}', '2026-01-01Z'::timestamptz + n % 7 * interval '1 hour',
               '2026-01-01Z'::timestamptz + n % 11 * interval '1 hour'
             from generate_series(1, {count}) n"
        ))
        .await;
}

async fn list(client: &Client<'_>, query: &str) -> Value {
    client.get(&format!("/api/leads?{query}")).expect(200).await
}

/// Total, whether it is capped, page, number of pages, rows shown.
fn numbers(list: &Value) -> (i64, bool, i64, i64, usize) {
    let number = |name: &str| list[name].as_i64().unwrap();
    let capped = list["totalIsCapped"].as_bool().unwrap();
    let shown = list["leads"].as_array().unwrap().len();
    (
        number("totalLeads"),
        capped,
        number("page"),
        number("totalPages"),
        shown,
    )
}

#[tokio::test]
async fn each_sort_orders_by_its_field_and_ties_by_the_id() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    seed(&app, &admin, 60).await;
    for (sort, column) in [
        ("createdAt", "createdAt"),
        ("updatedAt", "updatedAt"),
        ("name", "name"),
    ] {
        let key = |lead: &Value| {
            let text = |field: &str| lead[field].as_str().unwrap().to_owned();
            (text(column), text("id"))
        };
        let found = list(&admin, &format!("sort={sort}&limit=100")).await;
        let keys: Vec<_> = found["leads"].as_array().unwrap().iter().map(key).collect();
        assert_eq!(keys.len(), 60);
        assert!(keys.is_sorted(), "{sort}: {keys:?}");
        let reversed = list(&admin, &format!("sort=-{sort}&limit=100")).await;
        let reversed: Vec<_> = reversed["leads"]
            .as_array()
            .unwrap()
            .iter()
            .rev()
            .map(key)
            .collect();
        assert_eq!(reversed, keys, "-{sort} is the reverse");
    }
    let default = list(&admin, "").await;
    assert_eq!(
        default["leads"],
        list(&admin, "sort=-createdAt&page=1&limit=10").await["leads"]
    );
}

#[tokio::test]
async fn names_are_sorted_without_regard_to_case_and_accents() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for name in [
        "zebra", "Éclair", "apple", "Banana", "eclipse", "ÄPFEL", "Zoo",
    ] {
        let _ = make(&admin, json!({ "name": name })).await;
    }
    let expected = [
        "ÄPFEL", "apple", "Banana", "Éclair", "eclipse", "zebra", "Zoo",
    ];
    assert_eq!(names(&admin, "sort=name").await, expected);
}

#[tokio::test]
async fn what_was_changed_last_comes_first_when_that_is_wanted() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let first = make(&admin, json!({ "name": "First" })).await;
    app.clock.advance(chrono::TimeDelta::seconds(1));
    let _ = make(&admin, json!({ "name": "Second" })).await;
    app.clock.advance(chrono::TimeDelta::seconds(1));
    let _ = admin
        .patch(&path(&first))
        .json(json!({ "company": "ACME" }))
        .expect(200)
        .await;
    assert_eq!(names(&admin, "sort=-updatedAt").await, ["First", "Second"]);
    assert_eq!(names(&admin, "sort=-createdAt").await, ["Second", "First"]);
}

#[tokio::test]
async fn an_empty_list_has_a_first_page() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    assert_eq!(numbers(&list(&admin, "").await), (0, false, 1, 0, 0));
    assert_eq!(
        numbers(&list(&admin, "page=3&limit=100&count=exact").await),
        (0, false, 3, 0, 0)
    );
}

#[tokio::test]
async fn pages_divide_a_list_and_the_one_past_the_end_is_empty() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    seed(&app, &admin, 25).await;
    for (query, expected) in [
        ("", (25, false, 1, 3, 10)),
        ("page=3", (25, false, 3, 3, 5)),
        ("page=4", (25, false, 4, 3, 0)),
        ("page=1000", (25, false, 1000, 3, 0)),
        ("limit=1", (25, false, 1, 25, 1)),
        ("limit=1&page=25", (25, false, 25, 25, 1)),
        ("limit=25", (25, false, 1, 1, 25)),
        ("limit=24&page=2", (25, false, 2, 2, 1)),
        ("limit=100", (25, false, 1, 1, 25)),
        ("limit=5&page=5&count=exact", (25, false, 5, 5, 5)),
    ] {
        assert_eq!(numbers(&list(&admin, query).await), expected, "{query}");
    }
    let mut ids = Vec::new();
    for page in 1..=4 {
        let page = list(&admin, &format!("limit=7&sort=name&page={page}")).await;
        ids.extend(
            page["leads"]
                .as_array()
                .unwrap()
                .iter()
                .map(|lead| lead["id"].to_string()),
        );
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 25, "each lead is on one page");
}

#[tokio::test]
async fn a_total_is_counted_to_a_thousand_and_on_when_that_is_wanted() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    seed(&app, &admin, 1_000).await;
    assert_eq!(
        numbers(&list(&admin, "limit=1").await),
        (1_000, false, 1, 1_000, 1)
    );
    seed(&app, &admin, 1).await;
    assert_eq!(
        numbers(&list(&admin, "limit=1").await),
        (1_000, true, 1, 1_000, 1)
    );
    assert_eq!(
        numbers(&list(&admin, "limit=1&count=exact").await),
        (1_001, false, 1, 1_001, 1)
    );
    assert_eq!(
        numbers(&list(&admin, "limit=1&search=name").await),
        (100, true, 1, 100, 1)
    );
    assert_eq!(
        numbers(&list(&admin, "search=name&count=exact&limit=100").await),
        (1_001, false, 1, 11, 100)
    );
    seed(&app, &admin, 9_000).await;
    pages_reach_ten_thousand_rows_deep_and_a_cursor_goes_on(&admin).await;
}

/// On the same leads, since making so many takes longer than all the rest.
async fn pages_reach_ten_thousand_rows_deep_and_a_cursor_goes_on(admin: &Client<'_>) {
    for query in [
        "page=1002",
        "page=102&limit=100",
        "page=10002&limit=1",
        "page=4294967295",
        "page=1000000000",
    ] {
        let problem = admin.get(&format!("/api/leads?{query}")).expect(400).await;
        assert_eq!(problem["code"], "use-cursor", "{query}");
        assert_eq!(errors(&problem), [("page", "out-of-range")]);
    }
    for query in ["page=1001", "page=101&limit=100", "page=10001&limit=1"] {
        let list = list(admin, query).await;
        assert_eq!(
            list["leads"].as_array().unwrap().len(),
            1,
            "{query}: the last of 10,001"
        );
    }
    let last = list(admin, "page=1000").await;
    let cursor = last["nextCursor"].as_str().unwrap();
    let beyond = list(admin, &format!("cursor={cursor}")).await;
    assert_eq!(beyond["leads"].as_array().unwrap().len(), 1);
    assert_eq!(beyond["nextCursor"], Value::Null);
}

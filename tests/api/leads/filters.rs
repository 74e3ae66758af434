//! Narrowing the list of leads: each filter alone, any two of them, and all at once.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use crm_testing::{Client, TestApp};
use serde_json::json;

use super::{NOBODY, in_one_team, make, make_in, names, path};

/// A filter of the query, and which of the leads it leaves.
struct Filter {
    query: String,
    leads: BTreeSet<&'static str>,
}

const LEADS: [&str; 8] = ["A", "B", "C", "D", "E", "F", "G", "H"];

/// Eight leads, an hour apart, of which no two are alike; the last one is put away.
async fn story(app: &TestApp, admin: &Client<'_>, agent: &Client<'_>) {
    let me = json!(agent.user().id.to_string());
    for (name, more) in LEADS.into_iter().zip([
        json!({ "company": "Acme", "source": "Website", "tags": ["VIP", "Hot"], "assignedAgent": me }),
        json!({ "company": "Acme", "source": "Radio", "tags": ["Hot"], "status": "Contacted", "assignedAgent": me }),
        json!({ "company": "Globex", "source": "Website", "tags": ["VIP"], "status": "Qualified" }),
        json!({ "company": "Globex", "source": "Website", "status": "Contacted", "assignedAgent": me }),
        json!({ "company": "Initech", "tags": ["Köln"] }),
        json!({ "company": "Acme", "source": "Website", "tags": ["VIP"], "status": "Nurturing", "assignedAgent": me }),
        json!({ "company": "Acme", "source": "Radio", "tags": ["VIP"] }),
        json!({ "company": "Acme", "source": "Website", "tags": ["VIP"], "assignedAgent": me }),
    ]) {
        let lead = make(admin, more).await;
        let _ = admin.patch(&path(&lead)).json(json!({ "name": name })).expect(200).await;
        if name == "H" {
            let _ = admin.delete(&path(&lead)).expect(200).await;
        }
        app.clock.advance(TimeDelta::minutes(1));
    }
}

fn filters(agent: &Client<'_>) -> Vec<Filter> {
    let filter = |query: &str, leads: &'static str| Filter {
        query: query.to_owned(),
        leads: LEADS
            .into_iter()
            .filter(|name| leads.contains(name))
            .collect(),
    };
    vec![
        filter("isArchived=false", "ABCDEFG"),
        filter("status=New", "AEG"),
        filter("search=acme", "ABFG"),
        filter(&format!("assignedAgent={}", agent.user().id), "ABDF"),
        filter("source=Website", "ACDF"),
        filter("tag=vip", "ACFG"),
        filter("createdFrom=2026-01-02T12:01:00Z", "BCDEFG"),
        filter("createdTo=2026-01-02T12:05:00Z", "ABCDE"),
        filter("hasAgent=true", "ABDF"),
        filter("hasAgent=false", "CEG"),
        filter(&format!("notAgent={NOBODY}"), "ABDF"),
        filter(
            &format!("notAgent={NOBODY}&notAgent={}", agent.user().id),
            "",
        ),
        filter("hasSource=true", "ABCDFG"),
        filter("hasSource=false", "E"),
        filter("notSource=Website", "BG"),
        filter("notSource=Website&notSource=Radio", ""),
    ]
}

async fn found(client: &Client<'_>, query: &str) -> BTreeSet<String> {
    let names = names(client, query).await;
    let found: BTreeSet<_> = names.iter().cloned().collect();
    assert_eq!(found.len(), names.len(), "{query}: each once");
    let total = client
        .get(&format!("/api/leads?limit=1&{query}"))
        .expect(200)
        .await;
    assert_eq!(
        total["totalLeads"],
        names.len(),
        "{query}: the total is that of the list"
    );
    found
}

#[tokio::test]
async fn each_filter_and_each_two_leave_what_fits_them_all() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    story(&app, &admin, &agent).await;
    let filters = filters(&agent);
    for (number, one) in filters.iter().enumerate() {
        assert_eq!(
            found(&admin, &one.query).await,
            owned(&one.leads),
            "{}",
            one.query
        );
        let repeats = |other: &&Filter| name(&one.query) != name(&other.query);
        for other in filters[..number].iter().filter(repeats) {
            let query = format!("{}&{}", one.query, other.query);
            let both = one.leads.intersection(&other.leads).copied().collect();
            assert_eq!(found(&admin, &query).await, owned(&both), "{query}");
        }
    }
    let one_of_each = &filters[..8];
    let all: Vec<_> = one_of_each
        .iter()
        .map(|filter| filter.query.as_str())
        .collect();
    let fitting = one_of_each
        .iter()
        .map(|filter| filter.leads.clone())
        .reduce(|a, b| &a & &b);
    assert_eq!(
        found(&admin, &all.join("&")).await,
        owned(&fitting.unwrap())
    );
}

/// Of the first parameter.
fn name(query: &str) -> &str {
    query.split('=').next().unwrap()
}

fn owned(names: &BTreeSet<&str>) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test]
async fn the_archive_is_narrowed_by_the_same_filters() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    story(&app, &admin, &agent).await;
    assert_eq!(names(&admin, "isArchived=true").await, ["H"]);
    for filter in &filters(&agent)[1..7] {
        assert_eq!(
            names(&admin, &format!("isArchived=true&{}", filter.query)).await,
            ["H"],
            "{}",
            filter.query
        );
    }
    assert!(
        names(&admin, "isArchived=true&createdTo=2026-01-02T12:05:00Z")
            .await
            .is_empty()
    );
    assert!(
        names(&admin, "isArchived=true&source=Radio")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn several_statuses_are_any_of_them() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for status in [
        "New",
        "Contacted",
        "Nurturing",
        "Qualified",
        "Unqualified",
        "Converted",
    ] {
        let lead = make_in(&admin, status).await;
        let _ = admin
            .patch(&path(&lead))
            .json(json!({ "name": status }))
            .expect(200)
            .await;
    }
    for statuses in [
        &["Qualified"][..],
        &["New", "Converted"],
        &["New", "Contacted", "Unqualified"],
        &[
            "Contacted",
            "Converted",
            "New",
            "Nurturing",
            "Qualified",
            "Unqualified",
        ],
    ] {
        let query: Vec<_> = statuses
            .iter()
            .map(|status| format!("status={status}"))
            .collect();
        let mut expected = statuses.to_vec();
        expected.sort_unstable();
        assert_eq!(
            names(&admin, &format!("sort=name&{}", query.join("&"))).await,
            expected
        );
    }
    assert_eq!(names(&admin, "status=New&status=New").await, ["New"]);
}

#[tokio::test]
async fn a_tag_is_found_whatever_its_case_and_accents_and_a_source_as_it_stands() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let _ = make(
        &admin,
        json!({ "name": "Zoë", "tags": ["Köln"], "source": "Trade fair" }),
    )
    .await;
    for query in [
        "tag=k%C3%B6ln",
        "tag=KOLN",
        "tag=%20koln%20",
        "source=Trade+fair",
        "source=Trade%20fair",
    ] {
        assert_eq!(names(&admin, query).await, ["Zoë"], "{query}");
    }
    for query in [
        "tag=kol",
        "tag=Köl%25",
        "source=trade+fair",
        "source=Trade",
        "source=%25",
    ] {
        assert!(names(&admin, query).await.is_empty(), "{query}");
    }
}

#[tokio::test]
async fn times_of_making_are_from_the_first_instant_to_before_the_last() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let _ = make(&admin, json!({ "name": "Noon" })).await;
    for (query, expected) in [
        ("createdFrom=2026-01-02T12:00:00Z", true),
        ("createdFrom=2026-01-02T12:00:00.000001Z", false),
        ("createdTo=2026-01-02T12:00:00Z", false),
        ("createdTo=2026-01-02T12:00:00.000001Z", true),
        ("createdFrom=2026-01-02T13:00:00%2B01:00", true),
        ("createdFrom=2026-01-02T12:00:00-01:00", false),
        (
            "createdFrom=1970-01-01T00:00:00Z&createdTo=9999-12-31T23:59:59Z",
            true,
        ),
        (
            "createdFrom=2026-01-03T00:00:00Z&createdTo=2026-01-01T00:00:00Z",
            false,
        ),
    ] {
        assert_eq!(!names(&admin, query).await.is_empty(), expected, "{query}");
    }
}

#[tokio::test]
async fn times_of_converting_are_from_the_first_instant_to_before_the_last() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let _ = make(&admin, json!({})).await;
    app.clock.advance(TimeDelta::minutes(1));
    let _ = make_in(&admin, "Converted").await;
    for (query, expected) in [
        ("convertedFrom=2026-01-02T12:01:00Z", 1),
        ("convertedFrom=2026-01-02T12:01:00.000001Z", 0),
        ("convertedTo=2026-01-02T12:01:00Z", 0),
        ("convertedTo=2026-01-02T12:01:00.000001Z", 1),
        (
            "convertedFrom=1970-01-01T00:00:00Z&convertedTo=9999-12-31T23:59:59Z",
            1,
        ),
    ] {
        assert_eq!(names(&admin, query).await.len(), expected, "{query}");
    }
}

#[tokio::test]
async fn a_list_reaches_no_farther_than_it_is_asked_nor_than_its_reader_sees() {
    let app = TestApp::new().await;
    let (admin, agent, mate) = (app.admin().await, app.agent().await, app.agent().await);
    in_one_team(&app, &[&agent, &mate]).await;
    let _ = make(&agent, json!({ "name": "Mine" })).await;
    let _ = make(&mate, json!({ "name": "Waiting" })).await;
    let _ = make(
        &mate,
        json!({ "name": "Theirs", "assignedAgent": mate.user().id }),
    )
    .await;
    for (client, scope, expected) in [
        (&agent, "own", vec!["Mine"]),
        (&agent, "queue", vec!["Mine", "Waiting"]),
        (&agent, "team", vec!["Mine", "Waiting"]),
        (&agent, "all", vec!["Mine", "Waiting"]),
        (&mate, "own", vec!["Theirs", "Waiting"]),
        (&admin, "own", vec![]),
        (&admin, "all", vec!["Mine", "Theirs", "Waiting"]),
    ] {
        let query = format!("sort=name&scope={scope}");
        assert_eq!(names(client, &query).await, expected, "{query}");
        let list = client.get(&format!("/api/leads?{query}")).expect(200).await;
        assert_eq!(list["totalLeads"], expected.len(), "{query}");
    }
}

#[tokio::test]
async fn a_filter_that_nothing_fits_gives_an_empty_list() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let _ = make(&admin, json!({})).await;
    let nobodys = format!("assignedAgent={NOBODY}");
    for query in [
        nobodys.as_str(),
        "status=Converted",
        "source=Nowhere",
        "tag=none",
        "search=nobody",
        "isArchived=true",
    ] {
        let list = admin.get(&format!("/api/leads?{query}")).expect(200).await;
        let expected = json!({
            "leads": [], "totalLeads": 0, "totalIsCapped": false, "page": 1, "totalPages": 0, "nextCursor": null,
        });
        assert_eq!(list, expected, "{query}");
    }
}

//! Tags: those in use, as each may see them, and one in the place of others on all records.

mod rename;

use chrono::TimeDelta;
use crm_app::users::UserEdit;
use crm_domain::activity::Actor;
use crm_domain::role::Role;
use crm_testing::{Client, TestApp};
use poem::http::Method;
use serde_json::{Value, json};

use crate::leads::{errors, make, path};

const SYSTEM: Actor = Actor::system("test");

/// The tags in use and on how many records.
async fn uses(client: &Client<'_>, query: &str) -> Vec<(String, i64)> {
    let list = client.get(&format!("/api/tags?{query}")).expect(200).await;
    let tags = list["tags"].as_array().unwrap().iter();
    tags.map(|used| {
        let tag = used["tag"].as_str().unwrap().to_owned();
        (tag, used["records"].as_i64().unwrap())
    })
    .collect()
}

fn used(expected: &[(&str, i64)]) -> Vec<(String, i64)> {
    let owned = |(tag, records): &(&str, i64)| ((*tag).to_owned(), *records);
    expected.iter().map(owned).collect()
}

async fn join(app: &TestApp, team: &str, users: &[&Client<'_>]) {
    let team = app.crm.teams().create(&SYSTEM, team.parse().unwrap()).await;
    let team = team.unwrap().id;
    for user in users {
        let edit = UserEdit {
            teams: Some(vec![team]),
            ..UserEdit::default()
        };
        let users = app.crm.users();
        users.edit(&SYSTEM, user.user().id, edit).await.unwrap();
    }
}

#[tokio::test]
async fn tags_in_use_come_with_the_number_of_records_the_most_used_first() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for tags in [
        json!(["VIP", "Berlin"]),
        json!(["vip", "Éclair"]),
        json!(["VIP"]),
        json!(["Berlin", "eclair", "bern"]),
    ] {
        make(&admin, json!({ "tags": tags })).await;
    }
    let customer = json!({ "name": "Ada", "tags": ["Berlin"] });
    admin
        .post("/api/customers")
        .json(customer)
        .expect(201)
        .await;
    let leads = used(&[("VIP", 3), ("Berlin", 2), ("eclair", 2), ("bern", 1)]);
    let found = uses(&admin, "resource=lead").await;
    // Of two spellings that are as frequent, either is right.
    let eclair = |found: Vec<(String, i64)>| -> Vec<(String, i64)> {
        let plain = |(tag, records): (String, i64)| (tag.replace("Éclair", "eclair"), records);
        found.into_iter().map(plain).collect()
    };
    assert_eq!(eclair(found), leads);
    assert_eq!(
        uses(&admin, "resource=customer").await,
        used(&[("Berlin", 1)])
    );
    assert_eq!(
        uses(&admin, "resource=lead&limit=1").await,
        used(&[("VIP", 3)])
    );
    for (prefix, expected) in [
        ("BER", vec![("Berlin", 2), ("bern", 1)]),
        ("berli", vec![("Berlin", 2)]),
        ("%C3%A9CLAIR", vec![("eclair", 2)]),
        ("v%25", vec![]),
        ("zz", vec![]),
    ] {
        let found = uses(&admin, &format!("resource=lead&prefix={prefix}")).await;
        assert_eq!(eclair(found), used(&expected), "{prefix}");
    }
}

#[tokio::test]
async fn each_sees_the_tags_of_the_records_in_reach_and_no_others() {
    let app = TestApp::new().await;
    let (admin, reader) = (app.admin().await, app.as_role(Role::ReadOnly).await);
    let (agent, teammate, manager) = (
        app.agent().await,
        app.agent().await,
        app.as_role(Role::Manager).await,
    );
    let stranger = app.agent().await;
    join(&app, "North", &[&agent, &teammate, &manager]).await;
    make(
        &agent,
        json!({ "tags": ["mine", "common"], "assignedAgent": agent.user().id }),
    )
    .await;
    make(&teammate, json!({ "tags": ["waiting", "common"] })).await;
    let taken = json!({ "tags": ["taken", "common"], "assignedAgent": teammate.user().id });
    make(&teammate, taken).await;
    let strange = json!({ "tags": ["strange", "common"], "assignedAgent": stranger.user().id });
    let strange = make(&stranger, strange).await;
    for (client, expected) in [
        (&agent, vec![("common", 2), ("mine", 1), ("waiting", 1)]),
        (&teammate, vec![("common", 2), ("taken", 1), ("waiting", 1)]),
        (
            &manager,
            vec![("common", 3), ("mine", 1), ("taken", 1), ("waiting", 1)],
        ),
        (&stranger, vec![("common", 1), ("strange", 1)]),
        (
            &reader,
            vec![
                ("common", 4),
                ("mine", 1),
                ("strange", 1),
                ("taken", 1),
                ("waiting", 1),
            ],
        ),
    ] {
        assert_eq!(uses(client, "resource=lead").await, used(&expected));
        assert_eq!(uses(client, "resource=customer").await, []);
    }
    // What changes hands is seen by others from then on.
    let give = json!({ "assignedAgent": agent.user().id });
    admin.patch(&path(&strange)).json(give).expect(200).await;
    assert_eq!(uses(&stranger, "resource=lead").await, []);
    assert_eq!(
        uses(&agent, "resource=lead&prefix=strange").await,
        used(&[("strange", 1)])
    );
}

#[tokio::test]
async fn who_may_read_no_leads_sees_no_tags_of_leads() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let role = json!({ "name": "Customers only", "grants": [{ "permission": "customer:read", "scope": "all" }] });
    let role = admin.post("/api/roles").json(role).expect(201).await;
    let user = app.agent().await;
    let edit = UserEdit {
        roles: Some(vec![role["id"].as_str().unwrap().parse().unwrap()]),
        ..UserEdit::default()
    };
    let users = app.crm.users();
    users.edit(&SYSTEM, user.user().id, edit).await.unwrap();
    let user = app.sign_in(user.user().clone()).await;
    user.get("/api/tags?resource=lead").expect(403).await;
    user.get("/api/tags?resource=customer").expect(200).await;
}

#[tokio::test]
async fn a_tag_is_in_use_as_long_as_a_record_at_hand_has_it() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({ "tags": ["a", "b"] })).await;
    let tags = |client| uses(client, "resource=lead");
    admin
        .patch(&path(&lead))
        .json(json!({ "tags": ["b", "c"] }))
        .expect(200)
        .await;
    assert_eq!(tags(&admin).await, used(&[("b", 1), ("c", 1)]));
    admin.delete(&path(&lead)).expect(200).await;
    assert_eq!(tags(&admin).await, []);
    admin
        .post(&format!("{}/restore", path(&lead)))
        .expect(200)
        .await;
    assert_eq!(tags(&admin).await, used(&[("b", 1), ("c", 1)]));
    admin
        .patch(&path(&lead))
        .json(json!({ "tags": [] }))
        .expect(200)
        .await;
    assert_eq!(tags(&admin).await, []);
    // A lead that becomes a customer gives them its tags, and keeps its own.
    admin
        .patch(&path(&lead))
        .json(json!({ "tags": ["C"] }))
        .expect(200)
        .await;
    admin
        .post(&format!("{}/convert", path(&lead)))
        .expect(200)
        .await;
    assert_eq!(tags(&admin).await, used(&[("C", 1)]));
    assert_eq!(uses(&admin, "resource=customer").await, used(&[("C", 1)]));
    // What was merged into another one is counted there.
    let (target, source) = (
        make(&admin, json!({})).await,
        make(&admin, json!({ "tags": ["d"] })).await,
    );
    app.clock.advance(TimeDelta::seconds(1));
    let merge = json!({ "sources": [source["id"]] });
    admin
        .post(&format!("{}/merge", path(&target)))
        .json(merge)
        .expect(200)
        .await;
    assert_eq!(tags(&admin).await, used(&[("C", 1), ("d", 1)]));
    admin
        .post(&format!("{}/unmerge", path(&target)))
        .expect(200)
        .await;
    assert_eq!(tags(&admin).await, used(&[("C", 1), ("d", 1)]));
    assert_kept(&app).await;
}

/// That the rows of tags say what the records do.
async fn assert_kept(app: &TestApp) {
    let truth = "select 'lead' as resource, key, leads.id as record_id, spelling, owner_id,
                        assigned_to is null as is_unassigned, is_archived
                 from leads, unnest(tag_keys, tags) as tag (key, spelling) where merged_into is null
                 union all
                 select 'customer', key, customers.id, spelling, owner_id, assigned_to is null, is_archived
                 from customers, unnest(tag_keys, tags) as tag (key, spelling) where merged_into is null";
    let differing = format!(
        "(({truth}) except table record_tags) union all (table record_tags except ({truth}))"
    );
    assert_eq!(app.database().rows(&differing).await, Vec::<Value>::new());
}

#[tokio::test]
async fn counting_and_looking_end_where_it_is_said() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let agent = app.agent().await;
    let lead = make(&admin, json!({ "tags": ["many"] })).await;
    copies(
        &app,
        &lead,
        1_500,
        "array['many', 'tag ' || lpad((n % 600)::text, 3, '0')]",
    )
    .await;
    let list = admin
        .get("/api/tags?resource=lead&limit=2")
        .expect(200)
        .await;
    let many = json!({ "tag": "many", "records": 1_000, "isCapped": true });
    assert_eq!(list["tags"][0], many);
    assert_eq!(list["tags"][1]["records"], 3);
    assert_eq!(list["isComplete"], false);
    let list = admin
        .get("/api/tags?resource=lead&prefix=tag+59")
        .expect(200)
        .await;
    assert_eq!(list["tags"].as_array().unwrap().len(), 10);
    assert_eq!(list["isComplete"], true);
    // For who sees none of them there are none, and nothing tells that others see some.
    let none = json!({ "tags": [], "isComplete": true });
    assert_eq!(agent.get("/api/tags?resource=lead").expect(200).await, none);
    // Nor do they stand in the way of one's own.
    make(&agent, json!({ "tags": ["zebra", "tag 001"] })).await;
    let list = agent.get("/api/tags?resource=lead").expect(200).await;
    let mine = json!([
        { "tag": "tag 001", "records": 1, "isCapped": false },
        { "tag": "zebra", "records": 1, "isCapped": false },
    ]);
    assert_eq!(list, json!({ "tags": mine, "isComplete": true }));
}

/// Makes copies of a lead, numbered `n`, with these tags.
async fn copies(app: &TestApp, lead: &Value, count: usize, tags: &str) {
    let id = lead["id"].as_str().unwrap();
    let copy = format!(
        "create temporary table copy as
         select l.*, n from leads as l cross join generate_series(1, {count}) as n where id = '{id}';
         update copy set id = gen_random_uuid(), tags = {tags}, tag_keys = {tags};
         alter table copy drop column owner_id;
         insert into leads (id, name, name_key, email, email_key, phone, phone_key, company, company_key, status,
             status_since, source, assigned_to, assigned_at, tags, tag_keys, search_text, recycle_count, is_archived,
             version, created_by, created_at, updated_at)
         select id, name, name_key, email, email_key, phone, phone_key, company, company_key, status,
             status_since, source, assigned_to, assigned_at, tags, tag_keys, search_text, recycle_count, is_archived,
             version, created_by, created_at, updated_at
         from copy;
         drop table copy"
    );
    app.database().execute(&copy).await;
}

#[tokio::test]
async fn what_is_no_question_about_tags_is_refused() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for (query, fault) in [
        ("resource=task", ("resource", "not-one-of")),
        ("resource=Lead", ("resource", "not-one-of")),
        ("resource=lead&limit=0", ("limit", "out-of-range")),
        ("resource=lead&limit=101", ("limit", "out-of-range")),
        ("resource=lead&prefix=", ("prefix", "too-short")),
        ("resource=lead&prefix=+", ("prefix", "too-short")),
        ("resource=lead&prefix=a%00", ("prefix", "invalid-character")),
        ("resource=lead&page=1", ("page", "unknown-parameter")),
    ] {
        let problem = admin.get(&format!("/api/tags?{query}")).expect(400).await;
        assert_eq!(errors(&problem), [fault], "{query}");
    }
    let long = format!("/api/tags?resource=lead&prefix={}", "p".repeat(31));
    let problem = admin.get(&long).expect(400).await;
    assert_eq!(errors(&problem), [("prefix", "too-long")]);
    let problem = admin.get("/api/tags").expect(400).await;
    assert_eq!(problem["code"], "validation-failed");
    admin.request(Method::DELETE, "/api/tags").expect(405).await;
}

//! What an Agent sees: the leads assigned to them, those they made that are nobody's, and nothing of any other.

use crm_domain::role::Role;
use crm_testing::request::{TestRequest, TestResponse};
use crm_testing::{Client, TestApp};
use poem::http::header;
use serde_json::{Value, json};

use super::{NOBODY, id, make, names, path};

type Call = (
    &'static str,
    for<'a> fn(&Client<'a>, &str) -> TestRequest<'a>,
);

/// Every way to reach for one lead, by its path.
const CALLS: [Call; 11] = [
    ("show", |client, path| client.get(path)),
    ("change", |client, path| {
        client.patch(path).json(json!({ "company": "Mine" }))
    }),
    ("change nothing", |client, path| {
        client.patch(path).json(json!({}))
    }),
    ("a step that is not allowed", |client, path| {
        client.patch(path).json(json!({ "status": "New" }))
    }),
    ("take", |client, path| {
        client
            .patch(path)
            .json(json!({ "assignedAgent": "01900000-0000-7000-8000-000000000001" }))
    }),
    ("change a version", |client, path| {
        client
            .patch(path)
            .header(header::IF_MATCH, "\"77\"")
            .json(json!({ "company": "Mine" }))
    }),
    ("archive", |client, path| client.delete(path)),
    ("restore", |client, path| {
        client.post(&format!("{path}/restore"))
    }),
    ("convert", |client, path| {
        client.post(&format!("{path}/convert"))
    }),
    ("dry-run", |client, path| {
        client
            .post(&format!("{path}/convert"))
            .json(json!({ "dryRun": true }))
    }),
    ("convert an archived one", |client, path| {
        client.post(&format!("{path}/convert")).json(json!({}))
    }),
];

/// An answer less what differs from request to request.
fn plain(answer: &TestResponse) -> (u16, String, Vec<(String, String)>) {
    let request = answer.header("x-request-id");
    let body = String::from_utf8(answer.body.clone())
        .unwrap()
        .replace(request, "-");
    let headers = answer
        .headers
        .iter()
        .filter(|(name, _)| *name != "x-request-id");
    let headers =
        headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    (answer.status.as_u16(), body, headers.collect())
}

/// Leads of every kind that are not the agent's.
async fn foreign(
    app: &TestApp,
    admin: &Client<'_>,
    agent: &Client<'_>,
) -> Vec<(&'static str, Value)> {
    let other = app.agent().await;
    let of = |client: &Client<'_>| json!({ "assignedAgent": client.user().id.to_string(), "status": "Contacted" });
    let given_away = make(agent, json!({ "status": "Contacted" })).await;
    let give = json!({ "assignedAgent": other.user().id.to_string() });
    let _ = admin.patch(&path(&given_away)).json(give).expect(200).await;
    let archived = make(&other, of(&other)).await;
    let _ = other.delete(&path(&archived)).expect(200).await;
    let converted = make(&other, of(&other)).await;
    let _ = other
        .post(&format!("{}/convert", path(&converted)))
        .expect(200)
        .await;
    vec![
        ("assigned to another", make(admin, of(&other)).await),
        (
            "made by another, nobody's",
            make(&other, json!({ "status": "Contacted" })).await,
        ),
        (
            "made by an Admin, nobody's",
            make(admin, json!({ "status": "Contacted" })).await,
        ),
        ("made by me, given to another", given_away),
        ("another's, archived", archived),
        ("another's, converted", converted),
    ]
}

#[tokio::test]
async fn anothers_lead_is_like_one_that_does_not_exist_and_stays_as_it_is() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let foreign = foreign(&app, &admin, &agent).await;
    let nowhere = format!("/api/leads/{NOBODY}");
    let before = app.database().fingerprint().await;
    for (what, call) in CALLS {
        let expected = call(&agent, &nowhere).send().await;
        assert_eq!(expected.expect(404)["code"], "not-found", "{what}");
        for (whose, lead) in &foreign {
            let answer = call(&agent, &path(lead)).send().await;
            assert_eq!(plain(&answer), plain(&expected), "{what}: {whose}");
        }
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn anothers_lead_is_in_no_list_no_total_and_no_search() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let _ = foreign(&app, &admin, &agent).await;
    for (query, all) in [
        ("", 5),
        ("count=exact", 5),
        ("status=Contacted", 4),
        ("status=Contacted&status=Converted", 5),
        ("search=somebody", 5),
        ("search=so", 5),
        ("isArchived=true", 1),
        ("createdFrom=2020-01-01T00:00:00Z", 5),
        ("sort=name", 5),
        ("limit=1", 5),
    ] {
        let total = async |client: &Client<'_>| {
            let list = client.get(&format!("/api/leads?{query}")).expect(200).await;
            let shown = list["leads"].as_array().unwrap().len();
            (
                list["totalLeads"].as_u64().unwrap(),
                shown > 0,
                list["nextCursor"] != Value::Null,
            )
        };
        assert_eq!(total(&agent).await, (0, false, false), "{query}");
        assert_eq!(total(&admin).await.0, all, "{query}");
    }
}

#[tokio::test]
async fn own_leads_are_those_assigned_to_me_and_those_i_made_that_are_nobodys() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let me = agent.user().id.to_string();
    let _ = foreign(&app, &admin, &agent).await;
    let _ = make(
        &admin,
        json!({ "name": "A, given to me", "assignedAgent": me }),
    )
    .await;
    let _ = make(
        &agent,
        json!({ "name": "B, made by me for me", "assignedAgent": me }),
    )
    .await;
    let _ = make(&agent, json!({ "name": "C, made by me for nobody" })).await;
    let expected = [
        "A, given to me",
        "B, made by me for me",
        "C, made by me for nobody",
    ];
    assert_eq!(names(&agent, "sort=name").await, expected);
    assert_eq!(
        names(&agent, "sort=name&search=made+me").await,
        expected[1..]
    );
    assert_eq!(
        names(&agent, &format!("sort=name&assignedAgent={me}")).await,
        expected[..2]
    );
    let list = agent.get("/api/leads?limit=2&sort=name").expect(200).await;
    assert_eq!(
        (&list["totalLeads"], &list["totalPages"]),
        (&json!(3), &json!(2))
    );
    let next = format!(
        "/api/leads?limit=2&sort=name&cursor={}",
        list["nextCursor"].as_str().unwrap()
    );
    let rest = agent.get(&next).expect(200).await;
    assert_eq!(
        rest["leads"].as_array().unwrap().len(),
        1,
        "the cursor leads on to own ones only"
    );
}

#[tokio::test]
async fn an_agent_does_everything_with_own_leads() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let me = agent.user().id.to_string();
    for lead in [
        make(&admin, json!({ "assignedAgent": me })).await,
        make(&agent, json!({ "assignedAgent": me })).await,
        make(&agent, json!({})).await,
    ] {
        let at = path(&lead);
        assert_eq!(agent.get(&at).expect(200).await, lead);
        let _ = agent
            .patch(&at)
            .json(json!({ "company": "Mine" }))
            .expect(200)
            .await;
        let _ = agent.delete(&at).expect(200).await;
        let _ = agent.post(&format!("{at}/restore")).expect(200).await;
        let convert = agent.post(&format!("{at}/convert"));
        let create = json!({ "onDuplicate": "create" });
        let _ = convert.json(create).expect(200).await;
    }
}

#[tokio::test]
async fn a_lead_that_is_given_to_another_is_gone_for_its_maker() {
    let app = TestApp::new().await;
    let (admin, maker, other) = (app.admin().await, app.agent().await, app.agent().await);
    let (second, lead) = (make(&maker, json!({})).await, make(&maker, json!({})).await);
    let list = maker.get("/api/leads?limit=1").expect(200).await;
    let next = format!(
        "/api/leads?limit=1&cursor={}",
        list["nextCursor"].as_str().unwrap()
    );
    let give = json!({ "assignedAgent": other.user().id.to_string() });
    let _ = admin
        .patch(&path(&second))
        .json(give.clone())
        .expect(200)
        .await;
    let given = admin.patch(&path(&lead)).json(give).expect(200).await;
    let _ = maker.get(&path(&lead)).expect(404).await;
    assert_eq!(maker.get("/api/leads").expect(200).await["totalLeads"], 0);
    assert_eq!(
        maker.get(&next).expect(200).await["leads"],
        json!([]),
        "a cursor opens nothing"
    );
    assert_eq!(other.get(&path(&lead)).expect(200).await, given);
    let _ = admin
        .patch(&path(&lead))
        .json(json!({ "assignedAgent": null }))
        .expect(200)
        .await;
    assert_eq!(
        id(&maker.get(&path(&lead)).expect(200).await),
        id(&lead),
        "nobody's again, it is its maker's"
    );
    let _ = other.get(&path(&lead)).expect(404).await;
}

#[tokio::test]
async fn an_admin_sees_and_changes_everybodys() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.as_role(Role::Agent).await);
    let lead = make(&agent, json!({})).await;
    assert_eq!(admin.get(&path(&lead)).expect(200).await, lead);
    let _ = admin
        .patch(&path(&lead))
        .json(json!({ "company": "Ours" }))
        .expect(200)
        .await;
    assert_eq!(names(&admin, "").await, ["Somebody"]);
}

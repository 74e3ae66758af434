//! What rows become, by mode and policy.

use crm_app::event::HookError;
use crm_domain::event::LeadCreated;
use crm_testing::TestApp;
use serde_json::json;

use super::{CREATE, counts, done, errors, leads, names, path, records, upload};
use crate::leads::make;

#[tokio::test]
async fn rows_become_leads_with_their_activities_and_events() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let table = format!(
        "name,emailId,phone,company,status,source,assignedAgent.emailId,tags,extra\r\n\
         Ada,ada@example.org,'+49 30 1,\"Müller; Co\",Qualified,Fair,{},\"gold;\"\"a;b\"\"\",x\r\n\
         Bob,,12345,,,,,,\r\n",
        agent.user().email
    );
    let import = leads(&admin, &table, CREATE()).await;
    assert_eq!(import["state"], "ready");
    assert_eq!(import["rows"], 2);
    let import = done(&app, &admin, &import, "run").await;
    assert_eq!(import["state"], "finished");
    assert_eq!(counts(&import), [2, 0, 0, 0, 0]);
    let list = admin.get("/api/leads?sort=name").expect(200).await;
    let ada = &list["leads"][0];
    for (field, value) in [
        ("name", json!("Ada")),
        ("emailId", json!("ada@example.org")),
        ("phone", json!("+49 30 1")),
        ("company", json!("Müller; Co")),
        ("status", json!("Qualified")),
        ("source", json!("Fair")),
        ("tags", json!(["gold", "a;b"])),
        ("createdBy", json!(admin.user().id)),
        ("version", json!(1)),
    ] {
        assert_eq!(ada[field], value, "{field}");
    }
    assert_eq!(ada["assignedAgent"]["id"], json!(agent.user().id));
    let log = "select action, count(*) as rows, count(distinct resource_id) as records, min(actor_id::text) as actor
               from activities where action like 'lead.%' group by action order by action";
    let log = app.database().rows(log).await;
    let admin_id = admin.user().id.to_string();
    let row = |action, rows| json!({ "action": action, "rows": rows, "records": rows, "actor": admin_id });
    assert_eq!(
        log,
        [
            row("lead.created", 2),
            row("lead.import-started", 1),
            row("lead.imported", 1)
        ]
    );
    let events = "select count(*) as n from events where name = 'lead.created'";
    assert_eq!(app.database().rows(events).await[0]["n"], 2);
    // It is over.
    let again = admin
        .post(&format!("{}/run", path(&import)))
        .expect(409)
        .await;
    assert_eq!(
        (&again["code"], &again["state"]),
        (&json!("import-state"), &json!("finished"))
    );
}

#[tokio::test]
async fn each_mode_and_policy_does_what_it_says() {
    let table = "name,emailId,company\n\
        Ada,ADA@example.org,New\n\
        Bob,bob@example.org,New\n\
        Bob again,bob@example.org,Newer\n";
    for (mode, policy, expected, left) in [
        ("create", "skip", [1, 0, 0, 2, 0], vec!["Ada", "Bob New"]),
        ("create", "fail", [1, 0, 0, 0, 2], vec!["Ada", "Bob New"]),
        (
            "create",
            "create",
            [3, 0, 0, 0, 0],
            vec!["Ada", "Ada New", "Bob New", "Bob again Newer"],
        ),
        ("update", "skip", [0, 1, 0, 2, 0], vec!["Ada New"]),
        (
            "both",
            "skip",
            [1, 2, 0, 0, 0],
            vec!["Ada New", "Bob again Newer"],
        ),
    ] {
        let app = TestApp::new().await;
        let admin = app.admin().await;
        make(
            &admin,
            json!({ "name": "Ada", "emailId": "ada@example.org" }),
        )
        .await;
        let options = json!({ "mode": mode, "onDuplicate": policy });
        let import = leads(&admin, table, options).await;
        let checked = done(&app, &admin, &import, "dry-run").await;
        assert_eq!(checked["state"], "checked");
        assert_eq!(counts(&checked), expected, "{mode} {policy}, checked");
        assert_eq!(names(&app).await, ["Ada"], "{mode} {policy}, checked");
        let import = done(&app, &admin, &import, "run").await;
        assert_eq!(
            counts(&import),
            expected,
            "{mode} {policy}: {:?}",
            errors(&import)
        );
        assert_eq!(names(&app).await, left, "{mode} {policy}");
    }
}

#[tokio::test]
async fn rows_match_by_phone_or_id_and_what_is_empty_stays() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let ada = make(
        &admin,
        json!({ "name": "Ada", "phone": "+49 30-1", "company": "Old" }),
    )
    .await;
    make(&admin, json!({ "name": "Twin", "phone": "999" })).await;
    make(&admin, json!({ "name": "Twin", "phone": "999" })).await;
    let table = "phone,name,company\n'+49 (30) 1,Ada L.,\n999,X,\n000,Nobody,\n";
    let import = leads(
        &admin,
        table,
        json!({ "mode": "update", "matchBy": "phone" }),
    )
    .await;
    let import = done(&app, &admin, &import, "run").await;
    assert_eq!(
        errors(&import),
        [(3, "matches several records"), (4, "matches no record")]
    );
    assert_eq!(names(&app).await, ["Ada L. Old", "Twin", "Twin"]);
    let id = ada["id"].as_str().unwrap();
    let table = format!(
        "id,name\n{id},Ada\n{id},Ada\n{},Ada\nx,Ada\n",
        crate::leads::NOBODY
    );
    let import = leads(&admin, &table, json!({ "mode": "both", "matchBy": "id" })).await;
    let import = done(&app, &admin, &import, "run").await;
    assert_eq!(counts(&import), [0, 1, 1, 0, 2], "{:?}", errors(&import));
}

#[tokio::test]
async fn a_dry_run_writes_nothing_and_tells_what_is_wrong_by_line() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let table = "name,emailId,note\n\
        \"Ada\",ada@example.org,\"two\nlines\"\n\
        \n\
        ,x@example.org,\n\
        Bob,not an address,\n\
        Cyd,,\n\
        Dan,dan@example.org\n\
        Eve,eve@example.org,=1\n";
    let import = leads(&admin, table, CREATE()).await;
    let before = records(&app).await;
    let checked = done(&app, &admin, &import, "dry-run").await;
    assert_eq!(records(&app).await, before);
    assert_eq!(counts(&checked), [2, 0, 0, 0, 4]);
    let expected = [
        (5, "name: must be given"),
        (6, "emailId: is not an e-mail address"),
        (7, "emailId: must be given, or else a phone number"),
        (8, "row: has 2 cells, where there are 3 columns"),
    ];
    assert_eq!(errors(&checked), expected);
    let file = admin.get(&format!("{}/errors", path(&import))).send().await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        String::from_utf8(file.body).unwrap(),
        "line,outcome,reason,name,emailId,note\r\n\
         5,failed,name: must be given,,x@example.org,\r\n\
         6,failed,emailId: is not an e-mail address,Bob,not an address,\r\n\
         7,failed,\"emailId: must be given, or else a phone number\",Cyd,,\r\n\
         8,failed,\"row: has 2 cells, where there are 3 columns\",Dan,dan@example.org\r\n"
    );
    let run = done(&app, &admin, &import, "run").await;
    assert_eq!(
        (counts(&run), errors(&run)),
        (counts(&checked), errors(&checked))
    );
}

#[tokio::test]
async fn customers_are_imported_by_columns_of_any_name() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let import = upload(
        &admin,
        "resource=customer&delimiter=semicolon",
        "Full name;Mail\nAda;ada@example.org\n",
    )
    .await;
    let body = json!({ "mapping": [
        { "column": "Full name", "field": "name" }, { "column": "Mail", "field": "emailId" },
    ]});
    admin.patch(&path(&import)).json(body).expect(200).await;
    let import = done(&app, &admin, &import, "run").await;
    assert_eq!(counts(&import), [1, 0, 0, 0, 0]);
    let list = admin.get("/api/customers").expect(200).await;
    assert_eq!(list["customers"][0]["emailId"], "ada@example.org");
    for (body, place) in [
        (
            json!({ "mapping": [{ "column": "None", "field": "name" }] }),
            "#/mapping/0/column",
        ),
        (
            json!({ "mapping": [{ "column": "Mail", "field": "status" }] }),
            "#/mapping/1",
        ),
        (
            json!({ "mapping": [{ "column": "Mail", "field": "emailId" }] }),
            "#/mapping",
        ),
    ] {
        let import = upload(
            &admin,
            "resource=customer",
            "Full name,Mail\nAda,ada@example.org\n",
        )
        .await;
        let refused = admin.patch(&path(&import)).json(body).expect(400).await;
        assert_eq!(refused["errors"][0]["pointer"], place);
    }
}

#[tokio::test]
async fn a_row_that_a_hook_refuses_is_wrong_and_the_others_are_made() {
    let app = TestApp::with(|builder| {
        builder.before_commit("no-bobs", |event: &LeadCreated, _| {
            let is_bob = event.changes.to_json()["name"]["to"] == "Bob";
            Box::pin(async move {
                if is_bob {
                    return Err(HookError::Veto {
                        code: "bob".to_owned(),
                        message: "no Bobs".to_owned(),
                    });
                }
                Ok(())
            })
        })
    })
    .await;
    let admin = app.admin().await;
    let table = "name,phone\nAda,12345\nBob,12345\nCyd,12345\n";
    let import = leads(&admin, table, CREATE()).await;
    let import = done(&app, &admin, &import, "run").await;
    assert_eq!(counts(&import), [2, 0, 0, 0, 1]);
    assert_eq!(errors(&import), [(3, "no-bobs refuses: no Bobs")]);
    assert_eq!(names(&app).await, ["Ada", "Cyd"]);
}

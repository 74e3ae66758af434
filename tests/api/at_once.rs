//! Everything at once on the same records: converts, merges, bulk changes and imports leave each record as its log says,
//! and nothing points nowhere.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use crm_domain::ids::ImportId;
use crm_testing::request::TestResponse;
use crm_testing::{Client, TestApp};
use futures_util::future::{BoxFuture, join_all};
use futures_util::{FutureExt as _, StreamExt as _, stream};
use serde_json::{Value, json};

/// How many of each there are.
const EACH: usize = 64;

/// How many leads, and how many customers, they are about.
const RECORDS: usize = 16;

/// How many of them imports know by their addresses. The others are put away and taken back: an address that is put away is free.
const ADDRESSED: usize = 12;

/// The fields whose values are compared with the log.
const FIELDS: [&str; 7] = [
    "name",
    "company",
    "phone",
    "source",
    "status",
    "tags",
    "isArchived",
];

struct World<'a> {
    admin: &'a Client<'a>,
    leads: Vec<String>,
    customers: Vec<String>,
    imports: Vec<String>,
}

async fn made(admin: &Client<'_>, path: &str, body: Value) -> String {
    let made = admin.post(path).json(body).expect(201).await;
    made["id"].as_str().unwrap().to_owned()
}

impl<'a> World<'a> {
    /// Records with addresses, of each kind every two with the same number, and each with a task; tables to bring in about all of them.
    async fn new(admin: &'a Client<'a>) -> Self {
        let mut records = [Vec::new(), Vec::new()];
        for ((kind, one), records) in [("leads", "Lead"), ("customers", "Customer")]
            .into_iter()
            .zip(&mut records)
        {
            for n in 0..RECORDS {
                let body = json!({
                    "name": format!("{one} {n}"), "emailId": format!("{kind}{n}@example.org"),
                    "phone": format!("+49 30 55{}", n / 2),
                });
                let path = format!("/api/{kind}?allowDuplicate=true");
                let id = made(admin, &path, body).await;
                let task = json!({ "title": "Call", "relatedTo": { "type": one, "id": id } });
                made(admin, "/api/tasks", task).await;
                if kind == "customers" {
                    let note = json!({ "text": "Met." });
                    made(admin, &format!("/api/customers/{id}/notes"), note).await;
                }
                records.push(id);
            }
        }
        let mut imports = Vec::new();
        for n in 0..EACH {
            imports.push(import(admin, n).await);
        }
        let [leads, customers] = records;
        Self {
            admin,
            leads,
            customers,
            imports,
        }
    }

    fn lead(&self, n: usize) -> &str {
        &self.leads[n % RECORDS]
    }

    fn post(&'a self, path: &str, body: Value) -> BoxFuture<'a, TestResponse> {
        self.admin.post(path).json(body).send().boxed()
    }

    fn convert(&'a self, n: usize) -> BoxFuture<'a, TestResponse> {
        let customer = &self.customers[n * 3 % RECORDS];
        let body = match n % 3 {
            0 => json!({ "customer": { "mode": "link", "id": customer } }),
            1 => json!({ "onDuplicate": "create" }),
            _ => json!({}),
        };
        self.post(&format!("/api/leads/{}/convert", self.lead(n)), body)
    }

    fn merge(&'a self, n: usize) -> BoxFuture<'a, TestResponse> {
        let (kind, records) = match n % 2 {
            0 => ("leads", &self.leads),
            _ => ("customers", &self.customers),
        };
        let target = &records[n % RECORDS];
        let source = &records[(n + n / RECORDS + 1) % RECORDS];
        self.post(
            &format!("/api/{kind}/{target}/merge"),
            json!({ "sources": [source] }),
        )
    }

    fn bulk(&'a self, n: usize) -> BoxFuture<'a, TestResponse> {
        let (kind, records) = match n % 4 {
            0 | 1 => ("leads", &self.leads),
            _ => ("customers", &self.customers),
        };
        let mut ids = records.clone();
        ids.rotate_left(n % RECORDS);
        let body = match n % 8 {
            1 => json!({ "ids": records[ADDRESSED..], "action": "archive" }),
            5 => json!({ "ids": records[ADDRESSED..], "action": "restore" }),
            _ => {
                json!({ "ids": ids, "action": "update", "changes": { "company": format!("Bulk {n}") } })
            }
        };
        self.post(&format!("/api/{kind}/bulk"), body)
    }

    fn start_import(&'a self, n: usize) -> BoxFuture<'a, TestResponse> {
        let path = format!("/api/imports/{}/run", self.imports[n]);
        self.admin.post(&path).send().boxed()
    }
}

/// Rows about the records that there are, and one about a record that none of the others knows.
async fn import(admin: &Client<'_>, n: usize) -> String {
    let kind = ["lead", "customer"][n % 2];
    let known =
        (0..ADDRESSED).map(|row| format!("{kind}s{row}@example.org,Row {n},Import {n},tag{n}\n"));
    let known: String = known.collect();
    let table = format!("emailId,name,company,tags\n{known}{kind}-new{n}@example.org,New {n},,\n");
    let request = admin.post(&format!("/api/imports?resource={kind}"));
    let import = request.raw("text/csv", table).expect(201).await;
    let path = format!("/api/imports/{}", import["id"].as_str().unwrap());
    let options = json!({ "mode": "both", "matchBy": "emailId" });
    admin.patch(&path).json(options).expect(200).await;
    import["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_done_at_once_each_record_is_as_its_log_says_and_nothing_is_lost() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let world = World::new(&admin).await;
    app.clock.advance(TimeDelta::seconds(1));
    let calls = (0..EACH).flat_map(|n| {
        [
            world.convert(n),
            world.merge(n),
            world.bulk(n),
            world.start_import(n),
        ]
    });
    let imports = world
        .imports
        .iter()
        .map(|id| carry_out(&app, id.parse().unwrap()));
    // A server does no more at once for one address than this, and lets the others wait.
    let calls = stream::iter(calls).buffered(EACH).collect::<Vec<_>>();
    let (answers, _) = tokio::join!(calls, join_all(imports));
    for answer in &answers {
        // On a slow machine some wait too long for their turn: nothing is done then, and they are told to try again.
        let told = [200, 202, 400, 404, 409, 503].contains(&answer.status.as_u16());
        assert!(told, "{}: {}", answer.status, answer.json());
    }
    let converted = answers.iter().filter(|answer| answer.status == 200);
    assert!(converted.count() > EACH, "most of it was done");
    every_import_is_done(&app).await;
    nothing_points_nowhere(&app).await;
    no_lead_has_two_customers(&app).await;
    every_write_is_in_the_log(&app).await;
    no_change_was_lost(&app, &admin).await;
}

/// Goes on with an import until it is done, whether or not it has begun.
async fn carry_out(app: &TestApp, id: ImportId) {
    let query = format!("select state from imports where id = '{id}'");
    while app.database().rows(&query).await[0]["state"] != "finished" {
        // Who waits too long for a lock tries again, as a server does; whoever holds it goes on.
        drop(app.crm.imports().advance(id).await);
        tokio::task::yield_now().await;
    }
}

async fn none(app: &TestApp, what: &str, query: &str) {
    let found = app.database().rows(query).await;
    assert!(found.is_empty(), "{what}: {found:?}");
}

async fn every_import_is_done(app: &TestApp) {
    let query = "select id from imports where state <> 'finished' or created < 1 or failed > 0";
    none(app, "imports that did not do their rows", query).await;
}

async fn nothing_points_nowhere(app: &TestApp) {
    for kind in ["leads", "customers"] {
        let one = kind.trim_end_matches('s');
        let type_name = if one == "lead" { "Lead" } else { "Customer" };
        let queries = [
            format!(
                "select t.id from tasks t left join {kind} r on r.id = t.related_id
                 where t.related_type = '{type_name}' and (r.id is null or r.merged_into is not null)"
            ),
            format!(
                "select r.id from {kind} r left join {kind} into_ on into_.id = r.merged_into
                 where r.merged_into is not null and (into_.id is null or not r.is_archived)"
            ),
            // Following where they went never goes round in a circle.
            format!(
                "with recursive chain as (
                   select id, merged_into, 1 as length from {kind} where merged_into is not null
                   union all
                   select chain.id, next.merged_into, length + 1 from chain join {kind} next on next.id = chain.merged_into
                   where next.merged_into is not null and length < 100
                 ) select id from chain where length = 100"
            ),
            format!(
                "select count(*) from {kind} where merged_into is not null
                 having count(*) <> (select count(*) from merges where resource = '{one}')"
            ),
        ];
        for query in queries {
            none(app, kind, &query).await;
        }
    }
    let query = "select n.id from customer_notes n join customers c on c.id = n.customer_id where c.merged_into is not null";
    none(app, "notes of what is gone", query).await;
}

async fn no_lead_has_two_customers(app: &TestApp) {
    let queries = [
        (
            "leads that are half converted",
            "select id from leads where (status = 'Converted') <> (converted_customer_id is not null)
               or (status = 'Converted') <> (converted_at is not null)",
        ),
        (
            "customers of leads that know another",
            "select c.id from customers c join leads l on l.id = c.origin_lead
             where l.converted_customer_id is distinct from c.id and c.merged_into is null",
        ),
        (
            "addresses that are there twice",
            "select email_key from leads where not is_archived group by 1 having count(*) > 1
             union all select email_key from customers where not is_archived and origin_lead is null
             group by 1 having count(*) > 1",
        ),
        (
            "steps that do not lead to the status",
            "select id from leads l where status <> coalesce(
               (select to_status from lead_status_changes s where s.lead_id = l.id order by s.id desc limit 1), 'New')",
        ),
    ];
    for (what, query) in queries {
        none(app, what, query).await;
    }
    let query = format!(
        "select count(*) from customers where origin_lead is null
         having count(*) <> {RECORDS} + (select sum(created) from imports where kind = 'customer')"
    );
    none(app, "customers that nobody made", &query).await;
}

async fn every_write_is_in_the_log(app: &TestApp) {
    for (kind, one) in [("leads", "lead"), ("customers", "customer")] {
        let query = format!(
            "select r.id, r.version, count(a.id) as told from {kind} r
             left join activities a on a.resource = '{one}' and a.resource_id = r.id and a.action not like '%note%'
             group by r.id having r.version <> count(a.id)"
        );
        none(
            app,
            "records with more or fewer writes than entries",
            &query,
        )
        .await;
    }
    let query = "select resource_id, action, count(*) from activities group by 1, 2
         except select resource_id, name, count(*) from events group by 1, 2";
    none(app, "entries without their event", query).await;
}

/// Each value that a change replaced was put there by one other change, and what is there now by the last: for a field of a record,
/// what was put in less what was replaced is the value that it has.
async fn no_change_was_lost(app: &TestApp, admin: &Client<'_>) {
    let query = "select resource, resource_id, changes from activities
         where resource in ('lead', 'customer') and action not like '%import%'";
    let mut balances: BTreeMap<(String, String), Vec<Value>> = BTreeMap::new();
    for mut row in app.database().rows(query).await {
        let record = (
            row["resource"].as_str().unwrap().to_owned(),
            row["resource_id"].as_str().unwrap().to_owned(),
        );
        balances
            .entry(record)
            .or_default()
            .push(row["changes"].take());
    }
    assert!(balances.len() > 2 * RECORDS + EACH);
    for ((resource, id), changes) in balances {
        let record = admin
            .get(&format!("/api/{resource}s/{id}"))
            .expect(200)
            .await;
        for field in FIELDS {
            let mut left: BTreeMap<String, i32> = BTreeMap::new();
            for change in changes.iter().filter_map(|changes| changes.get(field)) {
                *left.entry(change["to"].to_string()).or_default() += 1;
                *left.entry(change["from"].to_string()).or_default() -= 1;
            }
            *left.entry(Value::Null.to_string()).or_default() += 1;
            *left.entry(record[field].to_string()).or_default() -= 1;
            left.retain(|_, times| *times != 0);
            assert!(left.is_empty(), "{resource} {id} {field}: {left:?}");
        }
    }
}

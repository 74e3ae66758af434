//! Demo data are the same for the same plan, and are what the use cases would have made.

#![expect(clippy::unwrap_used, reason = "in tests a panic is the report")]

use chrono::{DateTime, Utc};
use crm_app::auth::Client;
use crm_app::demo::{self, ADMIN_EMAIL, AGENTS, DemoError, Loaded, Plan};
use crm_app::leads::ConvertOptions;
use crm_app::{Crm, HashCost, SecretKey, Secrets};
use crm_domain::activity::Actor;
use crm_domain::lead::{LeadEdit, LeadFilter, LeadQuery, LeadSort, LeadStatus, NextStatus};
use crm_domain::list::PageRequest;
use crm_domain::page::{Limit, Page};
use crm_testing::TestDatabase;
use diesel::{QueryableByName, sql_types::BigInt, sql_types::Text};
use diesel_async::RunQueryDsl;

const LEADS: u32 = 400;
const SYSTEM: Actor = Actor::system("test");

fn plan(seed: u64) -> Plan {
    Plan {
        leads: LEADS,
        seed,
        until: DateTime::<Utc>::from_timestamp(1_799_971_200, 0).unwrap(),
        password: "a demo password".to_owned(),
        add: false,
    }
}

fn crm(database: &TestDatabase) -> Crm {
    let key = |byte| SecretKey::new(vec![byte; 32]).unwrap();
    let secrets = Secrets::single(key(1), key(2));
    Crm::builder(database.pool(), secrets)
        .hash_cost(HashCost::ForTests)
        .build()
}

async fn load(database: &TestDatabase, plan: &Plan) -> Result<Loaded, DemoError> {
    demo::load(&crm(database), &database.options(), plan, |_| {}).await
}

#[derive(QueryableByName)]
struct Digest {
    #[diesel(sql_type = Text)]
    digest: String,
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

async fn digests(database: &TestDatabase) -> Vec<(String, i64)> {
    let mut conn = database.connect().await;
    let mut all = Vec::new();
    for table in [
        "(SELECT id, name, email, email_key, role_ids, team_ids, is_active, version, created_at FROM users)",
        "customers",
        "leads",
        "lead_status_changes",
        "activities",
        "events",
    ] {
        let query = format!(
            "SELECT coalesce(md5(string_agg(t::text, E'\\n' ORDER BY id)), '') AS digest, \
             count(*) AS rows FROM {table} AS t"
        );
        let row: Digest = diesel::sql_query(query)
            .get_result(&mut conn)
            .await
            .unwrap();
        all.push((row.digest, row.rows));
    }
    all
}

fn everything(is_archived: bool, page: u32) -> LeadQuery {
    LeadQuery {
        filter: LeadFilter {
            is_archived,
            ..LeadFilter::default()
        },
        sort: LeadSort::default(),
        page: PageRequest::Numbered {
            page: Page::new(page, Limit::new(100).unwrap()).unwrap(),
            exact_total: true,
        },
    }
}

#[tokio::test]
async fn the_same_plan_gives_the_same_rows_and_another_seed_gives_others() {
    let databases = [
        TestDatabase::create().await,
        TestDatabase::create().await,
        TestDatabase::create().await,
    ];
    let loaded = load(&databases[0], &plan(1)).await.unwrap();
    assert_eq!(load(&databases[1], &plan(1)).await.unwrap(), loaded);
    load(&databases[2], &plan(2)).await.unwrap();

    let first = digests(&databases[0]).await;
    assert_eq!(first, digests(&databases[1]).await);
    let third = digests(&databases[2]).await;
    assert!(
        first
            .iter()
            .zip(&third)
            .all(|(a, b)| a.0 != b.0 || a.1 == 0)
    );

    let rows: Vec<i64> = first.iter().map(|(_, rows)| *rows).collect();
    assert_eq!(rows[0], i64::try_from(AGENTS + 1).unwrap());
    assert_eq!(rows[1], i64::try_from(loaded.customers).unwrap());
    assert_eq!(
        (rows[2], loaded.leads),
        (i64::from(LEADS), u64::from(LEADS))
    );
    // One for each lead made, two for each one converted; nobody is notified.
    assert_eq!(rows[4], rows[2] + 2 * rows[1]);
    assert_eq!(rows[5], 0);
}

#[tokio::test]
async fn a_workspace_with_leads_is_left_alone_unless_adding_is_asked_for() {
    let database = TestDatabase::create().await;
    load(&database, &plan(1)).await.unwrap();
    let before = digests(&database).await;
    let refused = load(&database, &plan(2)).await;
    assert!(matches!(refused, Err(DemoError::NotEmpty)));
    let again = Plan {
        add: true,
        ..plan(1)
    };
    assert!(matches!(
        load(&database, &again).await,
        Err(DemoError::SameSeed)
    ));
    assert_eq!(before, digests(&database).await);

    let more = Plan {
        add: true,
        ..plan(2)
    };
    load(&database, &more).await.unwrap();
    let after = digests(&database).await;
    assert_eq!(after[2].1, i64::from(2 * LEADS));
    assert_eq!(after[0], before[0]);
}

#[tokio::test]
async fn what_was_loaded_can_be_listed_read_edited_converted_and_restored() {
    let database = TestDatabase::create().await;
    let loaded = load(&database, &plan(1)).await.unwrap();
    let crm = crm(&database);
    let mut seen = 0;
    let (mut edited, mut converted, mut restored) = (0, 0, 0);
    for (is_archived, page) in [(false, 1), (false, 2), (false, 3), (false, 4), (true, 1)] {
        let query = everything(is_archived, page);
        let found = crm.leads().list(&SYSTEM, &query).await.unwrap();
        for listed in found.records {
            let id = listed.lead.id;
            assert_eq!(crm.leads().get(&SYSTEM, id).await.unwrap(), listed);
            seen += 1;
            if is_archived {
                crm.leads().restore(&SYSTEM, id, None).await.unwrap();
                restored += 1;
                continue;
            }
            match listed.lead.state.status() {
                LeadStatus::New | LeadStatus::Nurturing => {
                    let edit = LeadEdit {
                        status: Some(NextStatus::Contacted),
                        ..LeadEdit::default()
                    };
                    let version = Some(listed.lead.version);
                    let lead = crm.leads().edit(&SYSTEM, id, edit, version).await;
                    let status = lead.unwrap().lead.state.status();
                    assert_eq!(status, LeadStatus::Contacted);
                    edited += 1;
                }
                LeadStatus::Contacted | LeadStatus::Qualified | LeadStatus::Converted => {
                    let was = listed.lead.state.customer();
                    let conversion = crm
                        .leads()
                        .convert(&SYSTEM, id, None, ConvertOptions::default())
                        .await
                        .unwrap();
                    assert_eq!(conversion.already_converted, was.is_some());
                    assert_eq!(conversion.customer.customer.origin_lead, Some(id));
                    converted += 1;
                }
                LeadStatus::Unqualified => {}
            }
        }
    }
    assert_eq!(seen, loaded.leads);
    assert!(edited > 50 && converted > 50 && restored > 5);
}

#[tokio::test]
async fn the_demo_admin_signs_in_and_an_agent_sees_only_their_own() {
    let database = TestDatabase::create().await;
    load(&database, &plan(1)).await.unwrap();
    let crm = crm(&database);
    let sign_in = async |email: &str| {
        let password = "a demo password".to_owned();
        let signed_in = crm
            .auth()
            .login(email, password, Client::default())
            .await
            .unwrap();
        Actor::user(signed_in.user.id)
    };
    let total = async |actor: &Actor| {
        let page = crm
            .leads()
            .list(actor, &everything(false, 1))
            .await
            .unwrap();
        page.total.unwrap().rows
    };
    let all = total(&sign_in(ADMIN_EMAIL).await).await;
    let own = total(&sign_in("jonas.weber@demo.example").await).await;
    assert!(own > 0 && own < all / 4, "{own} of {all}");
}

#[tokio::test]
async fn a_weak_password_or_too_many_leads_are_refused() {
    let database = TestDatabase::create().await;
    let weak = Plan {
        password: "short".to_owned(),
        ..plan(1)
    };
    assert!(matches!(
        load(&database, &weak).await,
        Err(DemoError::Failed(crm_app::Error::Invalid(_)))
    ));
    let many = Plan {
        leads: demo::MAX_LEADS + 1,
        ..plan(1)
    };
    assert!(matches!(
        load(&database, &many).await,
        Err(DemoError::TooMany)
    ));
}

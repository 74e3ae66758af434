//! How a search looks up its candidates among many leads: by an index, whatever is looked for.

use crm_authz::Scope;
use crm_domain::lead::Lead;
use crm_domain::search::SearchQuery;
use crm_storage::leads;
use crm_storage::search::{self, CANDIDATES, Stage};
use crm_testing::{Explained, TestDatabase};
use diesel_async::SimpleAsyncConnection as _;

use crate::HALF;

/// The most pages of 8 KiB for the candidates of one stage; all the leads take some 6,000.
const MOST_PAGES: u64 = 4_000;

/// Common and rare, known and unknown, short, misspelt, with and without an operator.
const QUESTIONS: [&str; 20] = [
    "smith",
    "anna smith",
    "anna.smith.4711@acme-12.example",
    "+49 30 1004711",
    "acme",
    "xyz",
    "zzzzzzzz",
    "mit",
    "an",
    "a",
    "smyth",
    "andersen",
    "\"grace hall\"",
    "anna -smith",
    "tag:hot",
    "tag:whale",
    "tag:nothing",
    "email:example",
    "phone:1004711",
    "henderson tag:hot -acme",
];

pub(crate) async fn no_search_reads_all_leads(
    database: &TestDatabase,
    scopes: &[(&str, Scope<Lead>)],
) {
    let mut explained = Explained::connect(database).await;
    let mut faults = Vec::new();
    let mut plans = 0;
    for (name, scope) in scopes {
        let newest = leads::newest(&mut explained.conn, scope).await.unwrap();
        assert!(newest.len() <= search::NEWEST_JUDGED.try_into().unwrap());
        let plan = explained.plan().await;
        if plan.reads_past("leads", HALF) || plan.pages() > MOST_PAGES {
            faults.push(format!("{name}, the newest: {plan}"));
        }
        explained.conn.batch_execute("begin").await.unwrap();
        search::look_up(&mut explained.conn, true).await.unwrap();
        for question in QUESTIONS {
            let query: SearchQuery = question.parse().unwrap();
            for stage in Stage::ALL {
                let conn = &mut explained.conn;
                let found = leads::search(conn, &query, stage, scope).await.unwrap();
                assert!(found.len() <= CANDIDATES.into());
                // What no index would find is not asked for.
                let ran = explained.plans().await;
                assert!(!ran.is_empty() || found.is_empty());
                for plan in ran {
                    plans += 1;
                    if plan.reads_past("leads", HALF) || plan.pages() > MOST_PAGES {
                        faults.push(format!("{name}, {question}, {stage:?}: {plan}"));
                    }
                }
            }
        }
        explained.conn.batch_execute("rollback").await.unwrap();
    }
    assert!(plans > 200, "only {plans} plans were seen");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(explained.prepared_statements().await < 5);
}

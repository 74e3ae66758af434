//! How Postgres runs the queries on deals when there are many: by an index, never by reading them all.

#![expect(clippy::unwrap_used, reason = "in tests a panic is the report")]

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use crm_domain::activity::Actor;
use crm_domain::ids::UserId;
use crm_domain::page::{Limit, Page};
use crm_domain::permission::Action;
use crm_http::plugin::HttpPlugin;
use crm_testing::{Explained, TestApp};
use diesel_async::SimpleAsyncConnection as _;
use uuid::Uuid;

use super::board::OnBoard;
use super::*;
use crate::DealsPlugin;
use crate::deal::{DealFilter, DealSortField};
use crate::pipeline::{PipelineId, StageKind};

/// Half of the deals, which no query comes by in vain.
const HALF: u64 = 50_000;

/// The most pages of 8 KiB that a count looks at, which stops at its cap and may walk until then; all the deals take some 4,000.
const MOST_PAGES_OF_A_COUNT: u64 = 4_000;

/// Filters by what no index has in the order of most lists: they may walk through it until a page is full, which is bounded by the
/// statement timeout alone.
const WALKED: [&str; 5] = [
    "expected from",
    "expected to",
    "closed from",
    "closed to",
    "stale",
];

const SALES: &str = "00000000-0000-7000-8000-00000dea1000";
const QUALIFIED: &str = "00000000-0000-7000-8000-00000dea1002";

fn id<T: From<Uuid>>(text: &str) -> T {
    text.parse::<Uuid>().unwrap().into()
}

fn user(number: u8) -> UserId {
    format!("00000000-0000-7000-8000-{number:012}")
        .parse::<Uuid>()
        .unwrap()
        .into()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Each way to narrow a list, by what is common and by what is rare.
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn filters() -> Vec<(&'static str, DealFilter)> {
    let any = DealFilter::default;
    let search = |text: &str| Some(text.parse().unwrap());
    vec![
        ("all", any()),
        (
            "archived",
            DealFilter {
                is_archived: true,
                ..any()
            },
        ),
        (
            "of a pipeline",
            DealFilter {
                pipeline: Some(id(SALES)),
                ..any()
            },
        ),
        (
            "in a stage",
            DealFilter {
                stage: Some(id(QUALIFIED)),
                ..any()
            },
        ),
        (
            "open",
            DealFilter {
                kinds: vec![StageKind::Open],
                ..any()
            },
        ),
        (
            "lost",
            DealFilter {
                kinds: vec![StageKind::Lost],
                ..any()
            },
        ),
        (
            "closed",
            DealFilter {
                kinds: vec![StageKind::Won, StageKind::Lost],
                ..any()
            },
        ),
        (
            "of a busy user",
            DealFilter {
                owner: Some(user(1)),
                ..any()
            },
        ),
        (
            "of a lazy user",
            DealFilter {
                owner: Some(user(20)),
                ..any()
            },
        ),
        (
            "of a customer",
            DealFilter {
                customer: Some(id("00000000-0000-7000-9000-000000000007")),
                ..any()
            },
        ),
        (
            "with a common word",
            DealFilter {
                search: search("lamps"),
                ..any()
            },
        ),
        (
            "with a rare word",
            DealFilter {
                search: search("northwind 317"),
                ..any()
            },
        ),
        (
            "with no word",
            DealFilter {
                search: search("zzzz"),
                ..any()
            },
        ),
        (
            "with a short word",
            DealFilter {
                search: search("la"),
                ..any()
            },
        ),
        (
            "expected from",
            DealFilter {
                expected_from: Some(day("2026-03-01")),
                ..any()
            },
        ),
        (
            "expected to",
            DealFilter {
                expected_to: Some(day("2024-02-01")),
                ..any()
            },
        ),
        (
            "closed from",
            DealFilter {
                closed_from: Some(instant("2026-06-01T00:00:00Z")),
                ..any()
            },
        ),
        (
            "closed to",
            DealFilter {
                closed_to: Some(instant("2024-02-01T00:00:00Z")),
                ..any()
            },
        ),
        (
            "stale",
            DealFilter {
                is_stale: Some(true),
                ..any()
            },
        ),
        (
            "open, not stale",
            DealFilter {
                is_stale: Some(false),
                kinds: vec![StageKind::Open],
                ..any()
            },
        ),
        (
            "open in a stage",
            DealFilter {
                stage: Some(id(QUALIFIED)),
                kinds: vec![StageKind::Open],
                ..any()
            },
        ),
        (
            "won, of a user",
            DealFilter {
                kinds: vec![StageKind::Won],
                owner: Some(user(3)),
                ..any()
            },
        ),
    ]
}

/// Runs queries and notes each that reads all deals.
struct Check {
    explained: Explained,
    faults: Vec<String>,
    plans: usize,
}

impl Check {
    async fn note(&mut self, what: &str) {
        for plan in self.explained.plans().await {
            self.plans += 1;
            let is_short = plan.is_count() && plan.pages() <= MOST_PAGES_OF_A_COUNT;
            if plan.reads_past("deals_deals", HALF) && !is_short {
                self.faults.push(format!("{what}: {plan}"));
            }
        }
    }

    async fn lists(&mut self, what: &str, filter: &DealFilterAt, scope: &Scope<Deal>) {
        let limit = Limit::default();
        // The ranks of cards are those of one stage.
        let is_ranked = filter.filter.stage.is_some();
        let sorts = DealSort::all().filter(|sort| is_ranked || sort.field != DealSortField::Rank);
        for sort in sorts {
            let first = Slice::Page(Page::first(limit));
            let conn = &mut self.explained.conn;
            let (deals, _) = list(conn, filter, sort, &first, scope).await.unwrap();
            self.note(&format!("{what}, by {sort}")).await;
            let Some(last) = deals.last() else { continue };
            let after = Slice::After(sort.position(&last.deal), limit);
            let conn = &mut self.explained.conn;
            list(conn, filter, sort, &after, scope).await.unwrap();
            self.note(&format!("{what}, by {sort}, after a cursor"))
                .await;
        }
    }

    async fn counts(&mut self, what: &str, filter: &DealFilterAt, scope: &Scope<Deal>) {
        let conn = &mut self.explained.conn;
        count(conn, filter, false, scope).await.unwrap();
        self.note(&format!("{what}, counted")).await;
    }

    async fn overviews(&mut self, what: &str, scope: &Scope<Deal>) {
        let pipeline: PipelineId = id(SALES);
        let board = OnBoard {
            pipeline,
            owner: None,
            scope,
        };
        let conn = &mut self.explained.conn;
        board::cards(conn, &board, 50).await.unwrap();
        self.note(&format!("{what}, the board's cards")).await;
        let conn = &mut self.explained.conn;
        board::totals(conn, &board).await.unwrap();
        self.note(&format!("{what}, the board's totals")).await;
        let conn = &mut self.explained.conn;
        ids_of_customer(conn, id("00000000-0000-7000-9000-000000000007"), scope)
            .await
            .unwrap();
        self.note(&format!("{what}, of a customer's")).await;
        let parts = vec![day("2026-01-01"), day("2026-02-01"), day("2026-03-01")];
        let conn = &mut self.explained.conn;
        figures::open_by_day(conn, parts, day("2026-03-31"), scope)
            .await
            .unwrap();
        self.note(&format!("{what}, the forecast of what is open"))
            .await;
    }
}

#[tokio::test]
async fn queries_on_deals_go_by_an_index() {
    let plugins: [Arc<dyn HttpPlugin>; 1] = [Arc::new(DealsPlugin)];
    let app = TestApp::with_plugins(&plugins).await;
    let mut conn = app.database().connect().await;
    conn.batch_execute("set session_replication_role = replica")
        .await
        .unwrap();
    conn.batch_execute(include_str!("plans/deals.sql"))
        .await
        .unwrap();
    conn.batch_execute("vacuum (analyze) deals_deals")
        .await
        .unwrap();
    // One that has read what was written past it.
    let app = app.restarted_with_plugins(&plugins).await;
    let access = app.crm.access().await.unwrap();
    let mut check = Check {
        explained: Explained::connect(app.database()).await,
        faults: vec![],
        plans: 0,
    };
    for (name, user) in [
        ("all", user(21)),
        ("a team's", user(22)),
        ("a busy agent's", user(1)),
        ("a lazy agent's", user(20)),
    ] {
        let scope = access.scope(&Actor::user(user), Action::Read).unwrap();
        for (filter_name, filter) in filters() {
            let at = DealFilterAt {
                filter,
                now: instant("2026-01-02T12:00:00Z"),
            };
            let what = format!("{name}, {filter_name}");
            if !WALKED.contains(&filter_name) {
                check.lists(&what, &at, &scope).await;
            }
            check.counts(&what, &at, &scope).await;
        }
        check.overviews(name, &scope).await;
    }
    let Check { faults, plans, .. } = check;
    assert!(plans > 1_000, "only {plans} plans were seen");
    assert!(
        faults.is_empty(),
        "{} of {plans}:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

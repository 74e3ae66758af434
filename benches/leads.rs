//! What working with leads costs, through the use cases and on a real Postgres: `make bench`.
//!
//! `CRM_BENCH_LEADS` sets how many leads there are: 10,000 unless it is given. Compare ratios within one run; the
//! machine moves the figures between runs.
#![expect(clippy::expect_used, reason = "a bench fails by panicking")]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use crm::app::OnDuplicate;
use crm::app::demo::{self, Plan};
use crm::app::leads::{ConvertOptions, ListedLead, OnCandidates};
use crm::app::{Crm, HashCost};
use crm::domain::activity::Actor;
use crm::domain::ids::LeadId;
use crm::domain::lead::{
    LeadEdit, LeadFilter, LeadQuery, LeadSort, LeadStatus, NewLead, NextStatus,
};
use crm::domain::list::{Listing, PageRequest};
use crm::domain::page::Limit;
use crm_testing::TestDatabase;
use tokio::runtime::Runtime;

const ACTOR: Actor = Actor::system("bench");

/// All leads of the bench have one address.
const CONVERT: ConvertOptions = ConvertOptions {
    link_to: None,
    on_duplicate: OnCandidates::Create,
    dry_run: false,
};

struct Bench {
    runtime: Runtime,
    crm: Crm,
    some_lead: LeadId,
    deep_cursor: String,
    // Dropped last: the pool's connections end before their database.
    _database: TestDatabase,
}

impl Bench {
    fn new() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let (crm, database) = runtime.block_on(loaded());
        let page = runtime.block_on(list(&crm, LeadFilter::default(), PageRequest::default()));
        let some_lead = page.records.last().expect("leads were loaded").lead.id;
        let deep_cursor = runtime.block_on(deep_cursor(&crm));
        Self {
            runtime,
            crm,
            some_lead,
            deep_cursor,
            _database: database,
        }
    }

    fn run<T>(&self, work: impl Future<Output = T>) -> T {
        black_box(self.runtime.block_on(work))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a bench is no server: it has this one setting"
)]
fn leads_to_load() -> u32 {
    std::env::var("CRM_BENCH_LEADS")
        .ok()
        .and_then(|number| number.parse().ok())
        .unwrap_or(10_000)
}

async fn loaded() -> (Crm, TestDatabase) {
    let database = TestDatabase::create().await;
    let crm = Crm::builder(database.pool(), crm_testing::app::secrets())
        .hash_cost(HashCost::ForTests)
        .build();
    let plan = Plan {
        leads: leads_to_load(),
        seed: 1,
        until: "2026-01-01T00:00:00Z".parse().expect("an instant"),
        password: "a password of the bench".to_owned(),
        add: false,
    };
    demo::load(&crm, &database.options(), &plan, |_| {})
        .await
        .expect("the demo data load");
    (crm, database)
}

async fn list(crm: &Crm, filter: LeadFilter, page: PageRequest) -> Listing<ListedLead> {
    let query = LeadQuery {
        filter,
        sort: LeadSort::default(),
        page,
    };
    crm.leads().list(&ACTOR, &query).await.expect("the list")
}

/// The cursor that stands nine tenths down the list.
async fn deep_cursor(crm: &Crm) -> String {
    let limit = Limit::new(100).expect("a limit");
    let mut next = list(crm, LeadFilter::default(), PageRequest::default())
        .await
        .next_cursor;
    let mut cursor = next.clone();
    for _ in 0..leads_to_load() / 112 {
        let Some(at) = next else { break };
        cursor = Some(at.clone());
        next = list(
            crm,
            LeadFilter::default(),
            PageRequest::After { cursor: at, limit },
        )
        .await
        .next_cursor;
    }
    cursor.expect("more than one page")
}

fn new_lead() -> NewLead {
    NewLead {
        email: Some("ada@example.org".parse().expect("an address")),
        ..NewLead::named("Ada Lovelace".parse().expect("a name"))
    }
}

fn leads(criterion: &mut Criterion) {
    let bench = Bench::new();
    let crm = &bench.crm;
    let mut group = criterion.benchmark_group("leads");
    group.bench_function("get", |b| {
        b.iter(|| bench.run(crm.leads().get(&ACTOR, bench.some_lead)));
    });
    group.bench_function("list, first page", |b| {
        b.iter(|| bench.run(list(crm, LeadFilter::default(), PageRequest::default())));
    });
    group.bench_function("list, one status", |b| {
        let filter = LeadFilter {
            statuses: vec![LeadStatus::New],
            ..LeadFilter::default()
        };
        b.iter(|| bench.run(list(crm, filter.clone(), PageRequest::default())));
    });
    group.bench_function("list, after a deep cursor", |b| {
        let after = || PageRequest::After {
            cursor: bench.deep_cursor.clone(),
            limit: Limit::default(),
        };
        b.iter(|| bench.run(list(crm, LeadFilter::default(), after())));
    });
    group.bench_function("search", |b| {
        let search = Some("ander".parse().expect("a term"));
        let filter = LeadFilter {
            search,
            ..LeadFilter::default()
        };
        b.iter(|| bench.run(list(crm, filter.clone(), PageRequest::default())));
    });
    group.bench_function("create", |b| {
        b.iter(|| bench.run(crm.leads().create(&ACTOR, new_lead(), OnDuplicate::Create)));
    });
    let create = || {
        bench
            .run(crm.leads().create(&ACTOR, new_lead(), OnDuplicate::Create))
            .expect("a lead")
            .lead
            .id
    };
    group.bench_function("edit", |b| {
        let edit = || LeadEdit {
            status: Some(NextStatus::Contacted),
            ..LeadEdit::default()
        };
        b.iter_batched(
            create,
            |id| bench.run(crm.leads().edit(&ACTOR, id, edit(), None)),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("convert", |b| {
        b.iter_batched(
            create,
            |id| bench.run(crm.leads().convert(&ACTOR, id, None, CONVERT)),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

criterion_group!(benches, leads);
criterion_main!(benches);

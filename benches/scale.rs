//! What the everyday operations cost with few records and with many: `make bench`.
//!
//! Prints a table: each operation at 10,000 and at 1,000,000 leads, and how many times as much the second costs.
//! `CRM_BENCH_LEADS=10000,100000` names other sizes.
#![expect(clippy::expect_used, reason = "a bench fails by panicking")]

#[path = "scale/table.rs"]
mod table;
#[path = "scale/world.rs"]
mod world;

use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, Criterion};
use crm::app::OnDuplicate;
use crm::app::leads::{ConvertOptions, OnCandidates};
use crm::domain::lead::{LeadEdit, LeadFilter, LeadStatus, NextStatus};
use crm::domain::list::PageRequest;
use crm::domain::page::Limit;
use crm::domain::search::SearchQuery;

use world::{ACTOR, World, new_lead};

/// Rows of one import.
const ROWS: u32 = 1_000;

fn main() {
    let sizes = sizes();
    let mut criterion = Criterion::default().configure_from_args();
    for leads in &sizes {
        let world = World::new(*leads);
        let mut group = criterion.benchmark_group(table::group(*leads));
        reads(&mut group, &world);
        words(&mut group, &world);
        finds(&mut group, &world);
        figures(&mut group, &world);
        writes(&mut group, &world);
        imports(&mut group, &world);
        group.finish();
    }
    criterion.final_summary();
    table::print(&sizes);
}

#[expect(
    clippy::disallowed_methods,
    reason = "a bench is no server: it has this one setting"
)]
fn sizes() -> Vec<u32> {
    let sizes = std::env::var("CRM_BENCH_LEADS").unwrap_or_else(|_| "10000,1000000".to_owned());
    let sizes = sizes.split(',').map(|size| size.trim().parse());
    sizes.collect::<Result<_, _>>().expect("numbers of leads")
}

fn reads(group: &mut BenchmarkGroup<'_, WallTime>, world: &World) {
    group.bench_function("get", |b| {
        b.iter(|| world.run(world.crm.leads().get(&ACTOR, world.some_lead)));
    });
    let any = LeadFilter::default;
    let of_status = LeadFilter {
        statuses: vec![LeadStatus::New],
        ..any()
    };
    let of_source = LeadFilter {
        source: Some("Website".parse().expect("a source")),
        ..any()
    };
    let of_agent = LeadFilter {
        assigned_agent: world.some_agent,
        ..any()
    };
    for (name, filter) in [
        ("list, first page", any()),
        ("list, one status", of_status),
        ("list, one source", of_source),
        ("list, one agent", of_agent),
    ] {
        group.bench_function(name, |b| {
            b.iter(|| world.run(world.list(&ACTOR, filter.clone(), PageRequest::default())));
        });
    }
    for (name, actor) in [("a manager", &world.manager), ("an agent", &world.agent)] {
        group.bench_function(format!("list, first page for {name}"), |b| {
            b.iter(|| world.run(world.list(actor, any(), PageRequest::default())));
        });
    }
    group.bench_function("list, after a deep cursor", |b| {
        let after = || PageRequest::After {
            cursor: world.deep_cursor.clone(),
            limit: Limit::default(),
        };
        b.iter(|| world.run(world.list(&ACTOR, any(), after())));
    });
}

fn words(group: &mut BenchmarkGroup<'_, WallTime>, world: &World) {
    for (name, term) in [
        ("a rare word", "4711"),
        ("a common word", "anders"),
        ("no match", "xyzzyq"),
    ] {
        let filter = LeadFilter {
            search: Some(term.parse().expect("a term")),
            ..LeadFilter::default()
        };
        group.bench_function(format!("list, {name}"), |b| {
            b.iter(|| world.run(world.list(&ACTOR, filter.clone(), PageRequest::default())));
        });
    }
}

fn finds(group: &mut BenchmarkGroup<'_, WallTime>, world: &World) {
    for (name, actor) in [("all", &ACTOR), ("an agent", &world.agent)] {
        for (kind, text) in [
            ("a common word", "anders"),
            ("a rare word", "4711"),
            ("an address", "anna.smith.4711@acme-12.example"),
            ("a misspelt word", "andersin"),
            ("no match", "xyzzyq"),
        ] {
            let query: SearchQuery = text.parse().expect("a query");
            group.bench_function(format!("search, {kind}, {name}"), |b| {
                b.iter(|| {
                    let found = world.crm.search(actor, &query, Limit::default());
                    world.run(found).expect("an answer")
                });
            });
        }
    }
}

fn figures(group: &mut BenchmarkGroup<'_, WallTime>, world: &World) {
    let analytics = world.crm.analytics();
    for (name, actor) in [
        ("all", &ACTOR),
        ("a manager", &world.manager),
        ("an agent", &world.agent),
    ] {
        group.bench_function(format!("dashboard of a year, {name}"), |b| {
            b.iter(|| {
                let dashboard = analytics.dashboard(actor, &world.year);
                world.run(dashboard).expect("a dashboard")
            });
        });
    }
    group.bench_function("dashboard of 30 days", |b| {
        b.iter(|| {
            let dashboard = analytics.dashboard(&ACTOR, &world.month);
            world.run(dashboard).expect("a dashboard")
        });
    });
}

fn writes(group: &mut BenchmarkGroup<'_, WallTime>, world: &World) {
    let leads = world.crm.leads();
    let create = || {
        let made = leads.create(&ACTOR, new_lead(), OnDuplicate::Fail);
        world.run(made).expect("a lead").lead.id
    };
    group.bench_function("create", |b| b.iter(create));
    group.bench_function("edit", |b| {
        let edit = || LeadEdit {
            status: Some(NextStatus::Contacted),
            ..LeadEdit::default()
        };
        let edit = |id| world.run(leads.edit(&ACTOR, id, edit(), None));
        b.iter_batched(
            create,
            |id| edit(id).expect("an edit"),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("convert", |b| {
        let options = ConvertOptions {
            link_to: None,
            on_duplicate: OnCandidates::Create,
            dry_run: false,
        };
        let convert = |id| world.run(leads.convert(&ACTOR, id, None, options));
        b.iter_batched(
            create,
            |id| convert(id).expect("a customer"),
            BatchSize::SmallInput,
        );
    });
}

fn imports(group: &mut BenchmarkGroup<'_, WallTime>, world: &World) {
    group.sample_size(10);
    group.bench_function(format!("import of {ROWS} leads"), |b| {
        b.iter_batched(
            || world::table(ROWS),
            |table| world.run(world.import(&table)),
            BatchSize::PerIteration,
        );
    });
}

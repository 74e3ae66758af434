//! How Postgres runs the queries on leads, on what was done to them, and those of the queue, when there are many: by an
//! index, never by reading them all.
//!
//! The plans are those of the statements that `crm_storage::leads` really runs, told by `auto_explain`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "in tests a panic is the report"
)]

mod activities;
mod custom;
mod events;
mod filters;
mod jobs;
mod loaded;
mod search;
mod tags;
mod words;

use crm_authz::{Access, Facts, Policy, Reach, RoleFacts, Scope, UserFacts};
use crm_domain::activity::Actor;
use crm_domain::analytics::DayRange;
use crm_domain::assignment::OPEN_LEADS_CAP;
use crm_domain::due::Tz;
use crm_domain::ids::{TeamId, UserId};
use crm_domain::lead::{Lead, LeadFilter, LeadSort, LeadSortField};
use crm_domain::list::Direction;
use crm_domain::page::{Limit, Page, Position, Slice, SortKey};
use crm_domain::permission::Action;
use crm_domain::permission::Catalogue;
use crm_domain::role::Role;
use crm_storage::analytics::{self, LeadEvent};
use crm_storage::{assignment_rules, leads};
use crm_testing::explained::Plan;
use crm_testing::{Explained, TestDatabase};
use diesel_async::SimpleAsyncConnection as _;
use filters::{BUSY, LAZY, agent, filters};
use uuid::Uuid;

/// A page of a hundred takes ten more descents than one of ten, but a filter on top of an index may be unlucky.
const DEEP_FACTOR: u64 = 3;

/// Half of the leads, which no query comes by in vain.
const HALF: u64 = 50_000;

/// The most pages of 8 KiB that a count up to a cap reads; all the leads take some 6,000.
const MOST_PAGES_OF_A_CAPPED_COUNT: u64 = 1_500;

/// One test, since loading the leads takes longer than all the questions.
#[tokio::test]
async fn queries_on_leads_go_by_an_index_and_cost_no_more_deep_in_a_list() {
    let database = loaded::database().await;
    no_filter_makes_a_query_read_all_leads_nor_leaves_a_prepared_statement(&database).await;
    no_query_that_is_planned_once_reads_all_leads(&database).await;
    a_cursor_reads_as_much_deep_in_a_list_as_at_its_start(&database).await;
    words::are_found_among_the_first_of_the_list_where_many_have_them(&database, &scopes().await)
        .await;
    search::no_search_reads_all_leads(&database, &scopes().await).await;
    let (access, readers) = access().await;
    activities::no_filter_makes_a_query_read_the_whole_log(&database, &access, &readers).await;
    events::the_feed_is_read_in_bounded_parts(&database, &access, &readers).await;
    open_leads_are_counted_in_an_index_and_not_to_the_end(&database).await;
    custom::lists_by_custom_fields_go_by_their_indexes(&database).await;
    no_figure_reads_all_leads(&database).await;
    where_a_record_came_from_is_found_by_an_index(&database).await;
}

/// What timelines read along: tombstones, and the leads that became customers.
async fn where_a_record_came_from_is_found_by_an_index(database: &TestDatabase) {
    let mut check = Check::on(database).await;
    let ids: Vec<_> = (1..=20).map(Uuid::from_u128).collect();
    for (name, scope) in scopes().await {
        let conn = &mut check.explained.conn;
        let all = leads::with_merged(conn, ids.clone(), 200, &scope).await;
        assert_eq!(all.unwrap(), ids);
        check.note(&format!("{name}, merged into others")).await;
        let conn = &mut check.explained.conn;
        leads::list_became(conn, &ids, 200, &scope).await.unwrap();
        check.note(&format!("{name}, became customers")).await;
    }
    check.assert_no_faults();
}

/// A year in a zone whose days begin on no hour of UTC.
async fn no_figure_reads_all_leads(database: &TestDatabase) {
    let mut check = Check::on(database).await;
    let day = |text: &str| text.parse().unwrap();
    let year = |zone| DayRange::new(day("2024-12-01"), day("2025-11-30"), zone).unwrap();
    let (kolkata, utc) = (year(Tz::Asia__Kolkata), year(Tz::UTC));
    for (name, scope) in scopes().await {
        let conn = &mut check.explained.conn;
        analytics::by_status(conn, &kolkata, &scope).await.unwrap();
        check.note(&format!("{name}, by status")).await;
        let conn = &mut check.explained.conn;
        analytics::by_source(conn, &kolkata, 20, &scope)
            .await
            .unwrap();
        check.note(&format!("{name}, by source")).await;
        for event in [LeadEvent::Made, LeadEvent::Converted] {
            let conn = &mut check.explained.conn;
            analytics::each_day(conn, event, &utc, &scope)
                .await
                .unwrap();
            check.note(&format!("{name}, {event:?} each day")).await;
        }
        let conn = &mut check.explained.conn;
        let median = analytics::median_seconds_to_convert(conn, &kolkata, &scope);
        median.await.unwrap();
        check.note(&format!("{name}, median")).await;
    }
    check.assert_no_faults();
}

/// The texts of these statements are beyond number, and nothing bounds how many a connection keeps.
async fn no_filter_makes_a_query_read_all_leads_nor_leaves_a_prepared_statement(
    database: &TestDatabase,
) {
    let mut check = Check::on(database).await;
    for (name, scope) in scopes().await {
        for (filter_name, filter) in filters()
            .into_iter()
            .filter(|(_, filter)| !is_plain(filter))
        {
            check
                .queries(&format!("{name}, {filter_name}"), &filter, &scope)
                .await;
        }
        for rows in 1..=9 {
            let slice = Slice::Page(Page::first(Limit::new(rows).unwrap()));
            let sort = LeadSort::default();
            check
                .list("a small page", &LeadFilter::default(), sort, &slice, &scope)
                .await;
        }
    }
    assert!(check.plans > 1_000, "only {} plans were seen", check.plans);
    check.assert_no_faults();
    let kept = check.explained.prepared_statements().await;
    assert!(kept < 5, "{kept} statements are kept prepared");
}

/// Statements that are kept prepared end up with one plan for all values.
async fn no_query_that_is_planned_once_reads_all_leads(database: &TestDatabase) {
    let mut check = Check::on(database).await;
    for mode in ["force_custom_plan", "force_generic_plan"] {
        check
            .explained
            .set(&format!("plan_cache_mode = {mode}"))
            .await;
        for (name, scope) in scopes().await {
            for (filter_name, filter) in
                filters().into_iter().filter(|(_, filter)| is_plain(filter))
            {
                check
                    .queries(&format!("{mode}, {name}, {filter_name}"), &filter, &scope)
                    .await;
            }
            check.finds(&format!("{mode}, {name}"), &scope).await;
        }
    }
    check.assert_no_faults();
}

async fn a_cursor_reads_as_much_deep_in_a_list_as_at_its_start(database: &TestDatabase) {
    let mut check = Check::on(database).await;
    let limit = Limit::default();
    let scopes = scopes().await.into_iter();
    for (name, scope) in scopes.filter(|(_, scope)| is_of_one_order(scope)) {
        for (filter_name, filter) in filters().into_iter().filter(|(_, filter)| is_plain(filter)) {
            for sort in LeadSort::all() {
                let what = format!("{name}, {filter_name}, by {sort}");
                let first = Slice::Page(Page::first(limit));
                let first = check.list(&what, &filter, sort, &first, &scope).await;
                let deep = Slice::After(deep(sort), limit);
                let deep = check.list(&what, &filter, sort, &deep, &scope).await;
                assert_eq!(deep.rows.len(), 10, "{what} is not so long");
                let (first, deep) = (first.plan, deep.plan);
                if deep.pages() > DEEP_FACTOR * first.pages() {
                    check
                        .faults
                        .push(format!("{what}: first {first}; deep {deep}"));
                }
            }
        }
    }
    check.assert_no_faults();
}

/// What is counted for each new lead, by the rules that look at who has the fewest.
async fn open_leads_are_counted_in_an_index_and_not_to_the_end(database: &TestDatabase) {
    let mut check = Check::on(database).await;
    let all = (1..=20).map(agent).collect();
    let conn = &mut check.explained.conn;
    let open = assignment_rules::open_leads(conn, all).await.unwrap();
    assert_eq!(open.len(), 20);
    assert!(
        open.values().all(|open| *open <= OPEN_LEADS_CAP),
        "{open:?}"
    );
    assert!(
        open.values().any(|open| *open == OPEN_LEADS_CAP),
        "{open:?}"
    );
    let plan = check.note("open leads").await;
    // A thousand entries of an index are some pages; a thousand leads are hundreds.
    assert!(plan.pages() < 20 * 30, "{plan}");
    check.assert_no_faults();
}

/// The scopes of users who work on leads.
async fn scopes() -> Vec<(&'static str, Scope<Lead>)> {
    let (access, readers) = access().await;
    let scope = |user| access.scope(&Actor::user(user), Action::Read).unwrap();
    readers
        .into_iter()
        .map(|(name, user)| (name, scope(user)))
        .collect()
}

/// Who may do what, and users who work on leads. Users 21 on have none of their own.
async fn access() -> (Access, Vec<(&'static str, UserId)>) {
    let team = TeamId::from(Uuid::from_u128(1));
    let user = |id, role: Role, teams: &[TeamId]| UserFacts {
        id,
        is_active: true,
        is_service: false,
        has_second_factor: false,
        roles: vec![role.id()],
        teams: teams.to_vec(),
    };
    let role = |role: Role| RoleFacts {
        id: role.id(),
        name: role.to_string(),
        inherits: vec![],
        grants: vec![],
        demands_second_factor: false,
    };
    let (admin, manager) = (agent(21), agent(22));
    let mut users = vec![
        user(admin, Role::Admin, &[]),
        user(manager, Role::Manager, &[team]),
        user(agent(BUSY), Role::Agent, &[]),
        user(agent(LAZY), Role::Agent, &[]),
    ];
    let members = (BUSY + 1..=BUSY + 5).map(|number| user(agent(number), Role::Agent, &[team]));
    users.extend(members);
    let facts = Facts {
        roles: Role::ALL.map(role).into(),
        users,
        ..Facts::default()
    };
    let policy = Policy::compile(Catalogue::core().into(), facts.roles.clone())
        .await
        .unwrap();
    let access = Access::new(facts, policy.into());
    let readers = vec![
        ("all", admin),
        ("a busy agent's", agent(BUSY)),
        ("a lazy agent's", agent(LAZY)),
        ("a team's", manager),
        ("an agent's in a team", agent(BUSY + 1)),
    ];
    (access, readers)
}

/// Whether the leads belong to one owner or to all: then an index has them in their order.
fn is_of_one_order(scope: &Scope<Lead>) -> bool {
    matches!(scope.reach(), Reach::Own(_) | Reach::All)
}

/// Whether a filter has no value that may be common or rare.
fn is_plain(filter: &LeadFilter) -> bool {
    let bare = LeadFilter {
        statuses: filter.statuses.clone(),
        is_archived: filter.is_archived,
        ..LeadFilter::default()
    };
    *filter == bare && filter.statuses.len() < 2
}

/// A place at about four fifths of any list that is sorted so.
fn deep(sort: LeadSort) -> Position {
    let time = |text: &str| SortKey::Time(text.parse().unwrap());
    let key = match (sort.field, sort.direction) {
        (LeadSortField::Name, Direction::Ascending) => SortKey::Text("tina".to_owned()),
        (LeadSortField::Name, Direction::Descending) => SortKey::Text("carla".to_owned()),
        (LeadSortField::Custom(_), _) => unreachable!("these are not walked"),
        (_, Direction::Ascending) => time("2025-08-01T00:00:00Z"),
        (_, Direction::Descending) => time("2024-06-01T00:00:00Z"),
    };
    Position {
        key,
        id: Uuid::nil(),
    }
}

struct Listed {
    rows: Vec<Lead>,
    plan: Plan,
}

/// Runs lists, counts and finds, and notes each that reads the whole table.
struct Check {
    explained: Explained,
    faults: Vec<String>,
    plans: usize,
}

impl Check {
    async fn on(database: &TestDatabase) -> Self {
        Self {
            explained: Explained::connect(database).await,
            faults: Vec::new(),
            plans: 0,
        }
    }

    async fn note(&mut self, what: &str) -> Plan {
        self.note_if(what, |_| true).await
    }

    /// A count that stops at its cap may walk through the table where what it counts is common, since it ends soon.
    async fn note_capped(&mut self, what: &str) {
        let is_long = |plan: &Plan| plan.pages() > MOST_PAGES_OF_A_CAPPED_COUNT;
        self.note_if(what, is_long).await;
    }

    async fn note_if(&mut self, what: &str, is_fault: impl Fn(&Plan) -> bool) -> Plan {
        let plan = self.explained.plan().await;
        self.judge(what, &plan, is_fault(&plan));
        plan
    }

    fn judge(&mut self, what: &str, plan: &Plan, is_fault: bool) {
        self.plans += 1;
        if plan.reads_past("leads", HALF) && is_fault {
            self.faults.push(format!("{what}: {plan}"));
        }
    }

    async fn list(
        &mut self,
        what: &str,
        filter: &LeadFilter,
        sort: LeadSort,
        slice: &Slice,
        scope: &Scope<Lead>,
    ) -> Listed {
        let conn = &mut self.explained.conn;
        let part = leads::list(conn, filter, sort, slice, scope).await.unwrap();
        let mut plans = self.explained.plans().await;
        for plan in &plans {
            let is_short = plan.is_count() && plan.pages() <= MOST_PAGES_OF_A_CAPPED_COUNT;
            self.judge(what, plan, !is_short);
        }
        let plan = plans.pop().expect("a statement ran");
        let rows = part.records.into_iter().map(|listed| listed.lead).collect();
        Listed { rows, plan }
    }

    fn assert_no_faults(&self) {
        let Self { faults, plans, .. } = self;
        assert!(
            faults.is_empty(),
            "{} of {plans}:\n{}",
            faults.len(),
            faults.join("\n")
        );
    }

    async fn queries(&mut self, what: &str, filter: &LeadFilter, scope: &Scope<Lead>) {
        self.lists(what, filter, scope).await;
        self.counts(what, filter, scope).await;
    }

    /// Each way to sort: the first page, one in the middle, and what follows a cursor.
    async fn lists(&mut self, what: &str, filter: &LeadFilter, scope: &Scope<Lead>) {
        let limit = Limit::default();
        for sort in LeadSort::all() {
            let what = |part| format!("{what}, by {sort}, {part}");
            let first = Slice::Page(Page::first(limit));
            let first = self
                .list(&what("page 1"), filter, sort, &first, scope)
                .await;
            if let Some(last) = first.rows.last() {
                let after = Slice::After(sort.position(last), limit);
                self.list(&what("cursor"), filter, sort, &after, scope)
                    .await;
                let middle = Slice::Page(Page::new(101, limit).unwrap());
                self.list(&what("page 101"), filter, sort, &middle, scope)
                    .await;
            }
        }
    }

    async fn counts(&mut self, what: &str, filter: &LeadFilter, scope: &Scope<Lead>) {
        for exact in [false, true] {
            let conn = &mut self.explained.conn;
            leads::count(conn, filter, exact, scope).await.unwrap();
            let what = format!("{what}, counted, exactly: {exact}");
            if exact {
                self.note(&what).await;
            } else {
                self.note_capped(&what).await;
            }
        }
    }

    /// The queries on one lead, and on who has an address.
    async fn finds(&mut self, what: &str, scope: &Scope<Lead>) {
        let newest = Slice::Page(Page::first(Limit::default()));
        let sort = LeadSort::default();
        let listed = self
            .list(what, &LeadFilter::default(), sort, &newest, scope)
            .await;
        let lead = listed.rows.into_iter().next().unwrap();
        let key = lead.email.as_ref().unwrap().key();
        let conn = &mut self.explained.conn;
        assert!(leads::find(conn, lead.id, scope).await.unwrap().is_some());
        self.note("by its id").await;
        let conn = &mut self.explained.conn;
        let found = leads::find_by_email(conn, &key, scope).await.unwrap();
        assert_eq!(found, Some(lead.id));
        self.note("by its address").await;
        let conn = &mut self.explained.conn;
        assert!(leads::is_email_taken(conn, &key).await.unwrap());
        self.note("whether an address is taken").await;
        let conn = &mut self.explained.conn;
        assert_eq!(
            leads::lock(conn, lead.id, scope).await.unwrap().as_ref(),
            Some(&lead)
        );
        self.note("locked").await;
        self.explained.conn.batch_execute("begin").await.unwrap();
        let next = lead.clone().archive(lead.updated_at);
        assert!(
            leads::update(&mut self.explained.conn, &next, scope)
                .await
                .unwrap()
        );
        self.note("updated").await;
        self.explained.conn.batch_execute("rollback").await.unwrap();
    }
}

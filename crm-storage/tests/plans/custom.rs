//! Lists narrowed and sorted by custom fields, which have indexes of their own.

use crm_domain::custom_field::{CustomCondition, CustomTest, FieldKey, FieldValue, IndexState};
use crm_domain::lead::{LeadFilter, LeadSort, LeadSortField};
use crm_domain::list::Direction;
use crm_domain::page::{Limit, Page, Position, Slice, SortKey};
use crm_storage::custom_fields::index;
use crm_storage::leads;
use crm_testing::TestDatabase;
use diesel_async::SimpleAsyncConnection as _;
use uuid::Uuid;

use super::{Check, DEEP_FACTOR, HALF, is_of_one_order, scopes};

const DEFINITIONS: &str = "insert into custom_fields (id, resource, key, label, type, rules, is_required, position, is_archived, \
    index_state, version, created_at, updated_at) \
    select gen_random_uuid(), 'lead', key, key, type, rules::jsonb, false, 0, false, 'pending', 1, now(), now() \
    from (values ('score', 'number', '{}'), ('tier', 'text', '{}'), \
        ('labels', 'multiSelect', '{\"options\": [{\"value\": \"hot\", \"label\": \"Hot\"}]}')) as field (key, type, rules)";

/// As the application makes them: a number that most have, an option that a fifth have or few, several options.
const VALUES: &str = "update leads set custom_keys = jsonb_strip_nulls(jsonb_build_object( \
        'score', case when source is not null then '1' || lpad(floor(1000 * changed.part)::text, 24, '0') end, \
        'tier', case when changed.part < 0.2 then 'common' when changed.part < 0.201 then 'rare' end, \
        'labels', to_jsonb(tag_keys))) \
    from (select id, extract(epoch from updated_at - created_at) / 5184000 as part from leads) as changed \
    where changed.id = leads.id";

pub(crate) async fn lists_by_custom_fields_go_by_their_indexes(database: &TestDatabase) {
    make_indexes(database).await;
    let mut check = Check::on(database).await;
    for (scope_name, scope) in scopes().await {
        for (filter_name, filter) in filters() {
            for sort in [LeadSort::default(), by_score(Direction::Ascending)] {
                let what = format!("{scope_name}, {filter_name}, by {sort}");
                let first = Slice::Page(Page::first(Limit::default()));
                let first = check.list(&what, &filter, sort, &first, &scope).await;
                if let Some(last) = first.rows.last() {
                    let after = Slice::After(sort.position(last), Limit::default());
                    check.list(&what, &filter, sort, &after, &scope).await;
                }
            }
            // As far as totals are shown: ten thousand of a common value are found soon as the leads lie, too.
            let conn = &mut check.explained.conn;
            leads::count(conn, &filter, false, &scope).await.unwrap();
            let plan = check.explained.plan().await;
            check.plans += 1;
            if plan.looks_up_past("leads", HALF) {
                let fault = format!("{scope_name}, {filter_name}, counted: {plan}");
                check.faults.push(fault);
            }
        }
        if is_of_one_order(&scope) && scope_name != "a lazy agent's" {
            for direction in [Direction::Ascending, Direction::Descending] {
                check
                    .reads_as_much_deep(scope_name, by_score(direction), &scope)
                    .await;
            }
        }
    }
    check.assert_no_faults();
    let kept = check.explained.prepared_statements().await;
    // Those that ask for no custom field, of which there are few.
    assert!(kept < 10, "{kept} statements are kept prepared");
}

async fn make_indexes(database: &TestDatabase) {
    let mut conn = database.connect().await;
    for statement in [
        "set statement_timeout = 0",
        DEFINITIONS,
        VALUES,
        "vacuum full leads",
    ] {
        conn.batch_execute(statement).await.unwrap();
    }
    for to_make in index::list_to_make(&mut conn).await.unwrap() {
        index::make(&mut conn, &to_make).await.unwrap();
        let ready = IndexState::Ready;
        index::set_state(&mut conn, to_make.field, ready)
            .await
            .unwrap();
    }
    conn.batch_execute("vacuum (analyze) leads").await.unwrap();
    assert_eq!(index::list_to_make(&mut conn).await.unwrap(), []);
}

fn key(key: &str) -> FieldKey {
    key.parse().unwrap()
}

fn by_score(direction: Direction) -> LeadSort {
    LeadSort {
        field: LeadSortField::Custom(key("score")),
        direction,
    }
}

fn filters() -> Vec<(&'static str, LeadFilter)> {
    let with = |field: &str, tests: &[CustomTest]| LeadFilter {
        custom: tests
            .iter()
            .map(|test| CustomCondition {
                key: key(field),
                test: test.clone(),
            })
            .collect(),
        ..LeadFilter::default()
    };
    let text = |text: &str| FieldValue::Text(text.to_owned());
    let number =
        |number: i64| FieldValue::Number(crm_domain::decimal::Decimal::new(number, 9).unwrap());
    let any = |values: &[&str]| CustomTest::AnyOf(values.iter().map(|value| text(value)).collect());
    let labels = |label: &str| CustomTest::AnyOf(vec![FieldValue::Texts(vec![label.to_owned()])]);
    vec![
        ("every value", LeadFilter::default()),
        ("a common value", with("tier", &[any(&["common"])])),
        ("a rare value", with("tier", &[any(&["rare"])])),
        ("no value", with("tier", &[any(&["none"])])),
        ("two values", with("tier", &[any(&["rare", "none"])])),
        ("a common label", with("labels", &[labels("hot")])),
        ("no label", with("labels", &[labels("none")])),
        (
            "a small range",
            with(
                "score",
                &[CustomTest::From(number(5)), CustomTest::To(number(9))],
            ),
        ),
    ]
}

impl Check {
    /// Compares the first page with one far behind it.
    async fn reads_as_much_deep(
        &mut self,
        what: &str,
        sort: LeadSort,
        scope: &crm_authz::Scope<crm_domain::lead::Lead>,
    ) {
        let what = format!("{what}, by {sort}");
        let (filter, limit) = (LeadFilter::default(), Limit::default());
        let first = Slice::Page(Page::first(limit));
        let first = self.list(&what, &filter, sort, &first, scope).await.plan;
        let position = Position {
            key: SortKey::Text(format!("1{:0>24}", 500)),
            id: Uuid::nil(),
        };
        let deep = Slice::After(position, limit);
        let deep = self.list(&what, &filter, sort, &deep, scope).await.plan;
        if deep.pages() > DEEP_FACTOR * first.pages() {
            self.faults
                .push(format!("{what}: first {first}; deep {deep}"));
        }
    }
}

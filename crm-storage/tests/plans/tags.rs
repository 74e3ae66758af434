//! Suggesting tags reads a bounded part of the index, however many records have them.

use crate::{HALF, scopes};
use crm_domain::page::Limit;
use crm_domain::tag::TagUse;
use crm_storage::tags;
use crm_testing::{Explained, TestDatabase};

/// 300,000 tags on 100,000 leads of 100 owners: 5 that are common, 60 of the middle, 600 that are rarer.
const TAGS: &str = "
    insert into record_tags (resource, key, record_id, spelling, owner_id, is_unassigned, is_archived)
    select distinct on (key, record_id) 'lead', key, record_id, upper(key),
           ('00000000-0000-7000-8000-' || lpad((n % 100)::text, 12, '0'))::uuid, n / 100 % 10 = 0, n % 21 = 1
    from generate_series(1, 100000) as n
    cross join lateral (values ('tag' || n % 5), ('tag' || n % 60), ('tag' || n / 100 * 7 % 600)) as tag (key)
    cross join lateral (select ('00000000-0000-7000-9000-' || lpad(n::text, 12, '0'))::uuid) as record (record_id)";

/// Pages of 8 KiB: 200 tags with 1,000 entries of the index each, or two descents for each tag and part of a team of six.
const MOST_PAGES: u64 = 20_000;

#[tokio::test]
async fn tags_are_suggested_from_a_bounded_part_of_an_index() {
    let database = TestDatabase::create().await;
    let mut explained = Explained::connect(&database).await;
    database.execute(TAGS).await;
    database.execute("vacuum (analyze) record_tags").await;
    for (name, scope) in scopes().await {
        for prefix in ["", "tag1", "none"] {
            let uses = tags::uses(&mut explained.conn, prefix, Limit::most(), &scope);
            let uses = uses.await.unwrap();
            assert_eq!(uses.tags.is_empty(), prefix == "none", "{name}, {prefix}");
            assert_eq!(uses.is_complete, !prefix.is_empty(), "{name}, {prefix}");
            assert!(uses.tags.iter().all(|used| used.records <= TagUse::CAP));
            let plan = explained.plan().await;
            assert!(
                !plan.reads_past("record_tags", HALF) && plan.pages() < MOST_PAGES,
                "{name}, {prefix}: {plan}"
            );
        }
    }
}

//! Which statements find the leads of a list that have a word, by how many have it and where they are.

use crm_authz::{Reach, Scope};
use crm_domain::lead::{Lead, LeadFilter, LeadSort};
use crm_domain::page::{Limit, Page, Slice};
use crm_storage::leads;
use crm_storage::plugin::Part;
use crm_testing::{Explained, TestDatabase};
use diesel_async::SimpleAsyncConnection as _;

/// The most pages of 8 KiB for a page of the list that is found among its first.
const MOST_PAGES: u64 = 5_500;

pub(crate) async fn are_found_among_the_first_of_the_list_where_many_have_them(
    database: &TestDatabase,
    scopes: &[(&str, Scope<Lead>)],
) {
    let mut explained = Explained::connect(database).await;
    let mut all = scopes.iter().map(|(_, scope)| scope);
    let all = all.find(|scope| matches!(scope.reach(), Reach::All));
    let all = all.unwrap();
    // How many have it is counted; then the index is asked, or the list is read, or both: the addresses of old leads only
    // begin with such a number.
    for (word, statements) in [("smith.4711@", 2), ("smith", 2), ("smith.1", 3)] {
        let filter = LeadFilter {
            search: Some(word.parse().unwrap()),
            ..LeadFilter::default()
        };
        let first = Slice::Page(Page::first(Limit::default()));
        let newest = LeadSort::default();
        let conn = &mut explained.conn;
        let found = leads::list(conn, &filter, newest, &first, all).await;
        let Part {
            records: found,
            goes_on,
            ..
        } = found.unwrap();
        let plans = explained.plans().await;
        assert_eq!(plans.len(), statements, "{word}");
        if word == "smith" {
            assert!(plans[1].pages() < MOST_PAGES, "{}", plans[1]);
        }
        // A cursor goes through all that match.
        let conn = &mut explained.conn;
        conn.batch_execute("begin").await.unwrap();
        leads::open(conn, &filter, newest, all).await.unwrap();
        let mut all_found = leads::fetch(conn, 11).await.unwrap();
        conn.batch_execute("rollback").await.unwrap();
        explained.plans().await;
        assert_eq!(goes_on, all_found.len() > 10, "{word}");
        all_found.truncate(10);
        assert_eq!(found, all_found, "{word}");
    }
}

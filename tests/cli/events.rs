//! The catalogue of events on the command line.

use std::collections::BTreeSet;

use crate::program::Folder;

/// A program that holds fewer plugins has less to tell.
#[test]
fn the_page_about_events_is_the_one_that_the_program_writes() {
    let page = Folder::new().crm(&["events"]).run().done();
    let committed = include_str!("../../docs/events.md");
    let sections = |page: &str| {
        let sections = page
            .split("\n## ")
            .map(|section| section.trim_end().to_owned());
        sections.collect::<BTreeSet<_>>()
    };
    assert!(
        sections(&page).is_subset(&sections(committed)),
        "docs/events.md is out of date: run `make openapi` and look at the difference"
    );
    assert!(
        page.contains("\n## `lead.converted`\n\nA lead became a customer. Version 1, of: lead.\n")
    );
    assert!(page.contains("| `customerId` | uuid | The customer it became. |\n"));
}

//! The catalogue of events on the command line.

use crate::program::Folder;

#[test]
fn the_page_about_events_is_the_one_that_the_program_writes() {
    let page = Folder::new().crm(&["events"]).run().done();
    let committed = include_str!("../../docs/events.md");
    assert!(
        page == committed,
        "docs/events.md is out of date: run `make openapi` and look at the difference"
    );
    assert!(
        page.contains("\n## `lead.converted`\n\nA lead became a customer. Version 1, of: lead.\n")
    );
    assert!(page.contains("| `customerId` | uuid | The customer it became. |\n"));
}

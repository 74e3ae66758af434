//! Records out as a file, and in from one.

use std::fs;

use crm_testing::TestDatabase;

use crate::database::{crm, migrated};
use crate::program::Folder;

/// An Admin to import for.
fn make_ada(folder: &Folder, database: &TestDatabase) {
    let ada = [
        "user",
        "create",
        "ada@example.org",
        "--name",
        "Ada",
        "--role",
        "Admin",
    ];
    let made = crm(folder, database, &ada).run_with_input("correct horse battery\n");
    made.done();
}

/// The arguments of an import for her.
fn import<'a>(file: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["import", "leads", file, "--as", "ada@example.org"], more].concat()
}

#[tokio::test]
async fn what_was_exported_is_imported_again() {
    let (folder, database) = (Folder::new(), migrated().await);
    let run = |arguments: &[&str]| crm(&folder, &database, arguments).run();
    make_ada(&folder, &database);
    let table = "name,emailId,phone\n=1+1,bob@example.org,\nDan,,12345\n";
    fs::write(folder.path().join("in.csv"), table).unwrap();
    let done = run(&import("in.csv", &[])).done();
    assert_eq!(
        done,
        "2 created, 0 updated, 0 unchanged, 0 skipped, 0 failed\n"
    );
    let written = run(&["export", "leads", "--out", "out.csv"]).done();
    assert_eq!(written, "wrote out.csv\n");
    let written = fs::read_to_string(folder.path().join("out.csv")).unwrap();
    assert!(written.starts_with("id,name,emailId,"), "{written}");
    assert!(written.contains(",'=1+1,bob@example.org,"), "{written}");
    assert!(!folder.path().join("out.csv.part").exists());
    let again = import("out.csv", &["--mode", "update", "--match-by", "id"]);
    assert_eq!(
        run(&again).done(),
        "0 created, 0 updated, 2 unchanged, 0 skipped, 0 failed\n"
    );
    let lines = run(&["export", "leads", "--format", "ndjson"]).done();
    assert_eq!(lines.lines().count(), 2);
    assert!(lines.contains("\"name\":\"=1+1\""), "{lines}");
}

#[tokio::test]
async fn an_import_names_the_lines_that_are_wrong() {
    let (folder, database) = (Folder::new(), migrated().await);
    let run = |arguments: &[&str]| crm(&folder, &database, arguments).run();
    make_ada(&folder, &database);
    let table = "Who,Mail\nBob,bob@example.org\nCyd,no address\n";
    fs::write(folder.path().join("in.csv"), table).unwrap();
    let map = ["--map", "Who=name", "--map", "Mail=emailId"];
    let wrong = "line 3: failed: emailId: is not an e-mail address\n\
                 1 created, 0 updated, 0 unchanged, 0 skipped, 1 failed";
    let dry = run(&import("in.csv", &[&map[..], &["--dry-run"]].concat())).done();
    assert_eq!(dry, format!("{wrong} (a dry run)\n"));
    assert_eq!(run(&["export", "leads"]).done().lines().count(), 1);
    let done = run(&import("in.csv", &map)).done();
    assert_eq!(done, format!("{wrong}\n"));
    let nobody = ["import", "leads", "in.csv", "--as", "nobody@example.org"];
    assert!(run(&nobody).failed(1).contains("user"));
    let sometimes = import("in.csv", &["--mode", "sometimes"]);
    assert_eq!(run(&sometimes).code, Some(2));
}

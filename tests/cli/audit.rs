//! Verifying the activity log on the command line.

use diesel_async::SimpleAsyncConnection as _;

use crate::database::{crm, migrated};
use crate::program::Folder;

/// The head of the first day that is printed.
fn head(printed: &str) -> (String, String) {
    let mut words = printed.lines().next().unwrap().split_whitespace();
    let (day, head) = (words.next().unwrap(), words.next_back().unwrap());
    (day.to_owned(), head.to_owned())
}

#[tokio::test]
async fn a_log_is_sealed_by_the_server_and_verified_on_the_command_line() {
    let (folder, database) = (Folder::new(), migrated().await);
    let verify = |arguments: &[&str]| {
        let arguments = [&["audit", "verify"], arguments].concat();
        crm(&folder, &database, &arguments).run()
    };
    let nothing = verify(&[]).done();
    assert_eq!(nothing, "0 seals verified: nothing was found\n");
    crm(&folder, &database, &["team", "create", "North"])
        .run()
        .done();
    let waiting = verify(&[]).done();
    assert!(
        waiting.starts_with("1 rows wait for their seals"),
        "{waiting}"
    );

    // It seals at its start, at its end, and in between.
    let mut verified = waiting;
    // What a transaction that is open anywhere on the server, of another test's too, may still come before, is sealed later.
    for _ in 0..20 {
        let server = crm(&folder, &database, &["serve"]).serve();
        server.signal("-TERM");
        assert_eq!(server.wait().code(), Some(0));
        verified = verify(&[]).done();
        if !verified.contains("rows wait") {
            break;
        }
    }
    assert!(!verified.contains("rows wait"), "{verified}");
    assert!(
        verified.ends_with(" seals verified: nothing was found\n"),
        "{verified}"
    );
    let (day, head) = head(&verified);
    let expect = format!("{day}={head}");
    let days = ["--from", &day, "--to", &day, "--expect", &expect];
    assert_eq!(verify(&days).done(), verified);

    let mut conn = database.connect().await;
    conn.batch_execute(
        "set session_replication_role = replica;
         update activities set action = 'team.deleted' where action = 'team.created'",
    )
    .await
    .unwrap();
    let outcome = verify(&[]);
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert!(outcome.stdout.starts_with("found  seal "), "{outcome:?}");
    let found = format!(" of {day}: activity ");
    assert!(outcome.stdout.contains(&found), "{outcome:?}");
    assert!(
        outcome.stdout.ends_with(" seals verified: 1 findings\n"),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_kept_head_that_is_not_there_any_more_is_a_finding() {
    let (folder, database) = (Folder::new(), migrated().await);
    let kept = format!("2026-11-25={}", "5f".repeat(32));
    let outcome = crm(&folder, &database, &["audit", "verify", "--expect", &kept]).run();
    assert_eq!(outcome.code, Some(1));
    assert!(
        outcome
            .stdout
            .contains("is not among the seals of 2026-11-25")
    );
}

#[tokio::test]
async fn what_would_verify_nothing_is_refused() {
    let (folder, database) = (Folder::new(), migrated().await);
    let verify = |arguments: &[&str]| {
        let arguments = [&["audit", "verify"], arguments].concat();
        crm(&folder, &database, &arguments).run()
    };
    let backwards = verify(&["--from", "2026-11-25", "--to", "2026-11-24"]);
    assert!(backwards.failed(1).starts_with("--to is before --from"));
    let kept = format!("2026-11-25={}", "5f".repeat(32));
    let outside = verify(&["--from", "2026-11-26", "--expect", &kept]);
    assert!(outside.failed(1).contains("is not within --from and --to"));
    for wrong in [
        ["--from", "yesterday"],
        ["--expect", "2026-11-25"],
        ["--expect", "2026-11-25=5f"],
        ["--expect", "today=5f"],
    ] {
        assert_eq!(verify(&wrong).code, Some(2), "{wrong:?}");
    }
}

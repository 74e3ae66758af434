//! Users, teams, roles and permissions on the command line.

use crm_testing::TestDatabase;

use crate::database::{crm, migrated};
use crate::program::Folder;

/// A table with one blank between words, however wide its columns are.
fn words(table: &str) -> String {
    let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    table.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// The table that people review. A change of it is a decision, and `make openapi` writes it. A program that holds fewer
/// plugins has fewer permissions.
#[test]
fn what_built_in_roles_may_do_is_what_was_reviewed() {
    let table = Folder::new().crm(&["permissions", "--built-in"]).run();
    let reviewed = words(include_str!("../../docs/permissions.txt"));
    let table = words(&table.done());
    assert!(table.lines().count() > 40, "{table}");
    for permission in table.lines() {
        assert!(
            reviewed.lines().any(|line| line == permission),
            "{permission}"
        );
    }
    let core = |table: &str| table.lines().filter(|line| !is_of_plugin(line)).count();
    assert_eq!(core(&table), core(&reviewed));
}

/// Kinds of record of plugins have a dot: `deals.deal:read`.
fn is_of_plugin(permission: &str) -> bool {
    let kind = permission.split(':').next();
    kind.is_some_and(|kind| kind.contains('.'))
}

#[tokio::test]
async fn a_team_is_made_renamed_and_deleted_when_it_is_empty() {
    let (folder, database) = (Folder::new(), migrated().await);
    let run = |arguments: &[&str]| crm(&folder, &database, arguments).run();
    run(&["team", "create", "North"]).done();
    let again = run(&["team", "create", "north"]);
    assert!(again.failed(1).contains("of this name exists already"));
    run(&["team", "rename", "North", "South"]).done();
    assert_eq!(run(&["team", "list"]).done(), "South\n");
    let unknown = run(&[
        "user",
        "create",
        "bob@example.org",
        "--name",
        "Bob",
        "--team",
        "North",
    ]);
    assert!(unknown.failed(1).contains("there is no team North"));
    bob(&folder, &database, &["--team", "South"]);
    let in_use = run(&["team", "delete", "South"]);
    assert!(in_use.failed(1).contains("users are in it"));
    run(&["user", "set", "bob@example.org", "--no-teams"]).done();
    run(&["team", "delete", "South"]).done();
    assert_eq!(run(&["team", "list"]).done(), "");
}

fn bob(folder: &Folder, database: &TestDatabase, options: &[&str]) -> String {
    let create = ["user", "create", "bob@example.org", "--name", "Bob"];
    let arguments = [&create, options].concat();
    let made = crm(folder, database, &arguments).run_with_input("correct horse battery\n");
    made.done()
}

#[tokio::test]
async fn a_role_is_made_given_changed_and_deleted() {
    let (folder, database) = (Folder::new(), migrated().await);
    let run = |arguments: &[&str]| crm(&folder, &database, arguments).run();
    let grant = ["--grant", "lead:assign=team"];
    let create = ["role", "create", "Team lead", "--inherits", "Agent"];
    run(&[&create[..], &grant].concat()).done();
    let listed = run(&["role", "list"]).done();
    assert!(listed.contains("Team lead\tcustom\tAgent\t-\n"), "{listed}");
    assert!(listed.contains("Manager\tbuilt-in\tAgent\t-\n"), "{listed}");

    let made = bob(
        &folder,
        &database,
        &["--role", "Team lead", "--role", "ReadOnly"],
    );
    assert_eq!(made, "bob@example.org is ReadOnly, Team lead now\n");
    let held = run(&["permissions", "--role", "Team lead"]).done();
    let held = words(&held);
    assert!(
        held.contains("\nlead:assign team give them to others\n"),
        "{held}"
    );
    assert!(held.contains("\nlead:update own "), "{held}");
    let table = run(&["permissions"]).done();
    assert!(
        table.lines().next().unwrap().ends_with("Team lead"),
        "{table}"
    );

    run(&["role", "set", "Team lead", "--inherits", "Agent"]).done();
    assert!(
        !run(&["permissions", "--role", "Team lead"])
            .done()
            .contains("lead:assign")
    );
    let in_use = run(&["role", "delete", "Team lead"]);
    assert!(
        in_use
            .failed(1)
            .contains("users have it, or roles inherit from it")
    );
    run(&["user", "set", "bob@example.org", "--role", "Agent"]).done();
    run(&["role", "delete", "Team lead"]).done();
}

#[tokio::test]
async fn a_role_demands_a_second_factor_and_those_that_inherit_from_it_too() {
    let (folder, database) = (Folder::new(), migrated().await);
    let run = |arguments: &[&str]| crm(&folder, &database, arguments).run().done();
    let said = run(&["role", "demand-second-factor", "Agent", "on"]);
    assert_eq!(said, "the role Agent demands a second factor\n");
    let listed = run(&["role", "list"]);
    assert!(
        listed.contains("Agent\tbuilt-in\t-\tsecond factor\n"),
        "{listed}"
    );
    let table = run(&["permissions"]);
    let table = words(&table);
    let demands = table.lines().last().unwrap();
    assert_eq!(demands, "second factor - demanded demanded -");
    let manager = words(&run(&["permissions", "--role", "Manager"]));
    assert!(manager.ends_with("second factor demanded"), "{manager}");

    bob(&folder, &database, &[]);
    let said = run(&["user", "remove-second-factor", "bob@example.org"]);
    let expected = "bob@example.org has no second factor\n\
                    but may do nothing without one: Agent demands it\n";
    assert_eq!(said, expected);
    let said = run(&["role", "demand-second-factor", "Agent", "off"]);
    assert_eq!(said, "the role Agent does not demand a second factor\n");
    assert!(!run(&["permissions"]).contains("demanded"));
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_a_reason() {
    let (folder, database) = (Folder::new(), migrated().await);
    let run = |arguments: &[&str]| crm(&folder, &database, arguments).run();
    for (arguments, reason) in [
        (&["role", "set", "Agent"][..], "comes with the program"),
        (&["role", "delete", "Admin"], "comes with the program"),
        (
            &["role", "delete", "King"],
            "there is no role King; there are Admin,",
        ),
        (&["role", "create", "agent"], "of this name exists already"),
        (&["permissions", "--role", "King"], "there is no role King"),
    ] {
        let outcome = run(arguments);
        let said = outcome.failed(1);
        assert!(said.contains(reason), "{arguments:?}: {said}");
    }
}

#[tokio::test]
async fn a_user_is_disabled_their_records_go_on_and_they_come_back() {
    let (folder, database) = (Folder::new(), migrated().await);
    let run = |arguments: &[&str]| crm(&folder, &database, arguments).run();
    bob(&folder, &database, &[]);
    let users = run(&["user", "list"]).done();
    assert_eq!(users, "bob@example.org\tBob\tactive\tAgent\t-\n");
    let nobody = ["--reassign-to", "eve@example.org"];
    let refused = run(&[&["user", "disable", "bob@example.org"][..], &nobody].concat());
    assert!(refused.failed(1).contains("there is no such user"));
    assert!(run(&["user", "list"]).done().contains("\tactive\t"));
    let disabled = run(&["user", "disable", "bob@example.org", "--unassign"]).done();
    assert!(
        disabled.contains("0 leads, 0 customers and 0 tasks went to somebody else"),
        "{disabled}"
    );
    assert!(run(&["user", "list"]).done().contains("\tdisabled\t"));
    let enabled = run(&["user", "enable", "bob@example.org"]).done();
    assert!(enabled.contains("\tactive\t"), "{enabled}");
}

/// A program that is asked wrongly says so itself.
#[test]
fn a_grant_is_a_permission_and_an_extent() {
    let folder = Folder::new();
    let wrong: [(&str, &str); 3] = [
        ("lead:read", "is not of the form lead:read=team"),
        ("lead:fly=all", "lead:fly is not a permission"),
        ("lead:read=far", "must be one of own, queue, team, all"),
    ];
    for (grant, reason) in wrong {
        let outcome = folder.crm(&["role", "create", "x", "--grant", grant]).run();
        assert_eq!(outcome.code, Some(2));
        let said = outcome.stderr;
        assert!(said.contains(reason), "{said}");
    }
}

#[tokio::test]
async fn links_are_printed_for_who_is_invited_and_who_lost_the_password() {
    let (folder, database) = (Folder::new(), migrated().await);
    let run = |arguments: &[&str]| crm(&folder, &database, arguments).run().done();
    let invited = run(&[
        "user",
        "invite",
        "cyd@example.org",
        "--name",
        "Cyd",
        "--role",
        "Manager",
    ]);
    assert!(
        invited.contains("cyd@example.org\tCyd\tactive\tManager"),
        "{invited}"
    );
    let token = |printed: &str| {
        let line = printed.lines().find(|line| line.starts_with("link: "));
        let (url, token) = line.unwrap().split_once("#token=").unwrap();
        assert_eq!(url, "link: http://127.0.0.1:3000/set-password");
        token.to_owned()
    };
    let first = token(&invited);
    let second = token(&run(&["user", "password-link", "cyd@example.org"]));
    assert_ne!(first, second);
    let service = run(&[
        "user",
        "create",
        "shop@example.org",
        "--name",
        "Shop",
        "--service",
    ]);
    assert_eq!(service, "shop@example.org is Agent now\n");
    let refused = crm(
        &folder,
        &database,
        &["user", "password-link", "shop@example.org"],
    )
    .run();
    assert!(
        refused
            .failed(1)
            .contains("is a program, which never signs in")
    );
}

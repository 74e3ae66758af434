//! Commands on a database that is given by its URL.

use std::net::TcpListener;

use crm::app::auth::Client;
use crm::app::plugin::{Plugins, Settings};
use crm::app::{Crm, Error, SecretKey, Secrets};
use crm::http::plugin::together;
use crm_testing::TestDatabase;
use diesel_async::SimpleAsyncConnection as _;

use crate::program::{self, Folder};

/// The program on a test database, which keeps nothing safe.
pub(crate) fn crm(folder: &Folder, database: &TestDatabase, arguments: &[&str]) -> program::Crm {
    folder.crm(arguments).with(&[
        ("DATABASE_URL", database.url()),
        ("CRM_ALLOW_UNSAFE_DATABASE", "on"),
    ])
}

/// A database with the schema of the program and of the plugins that it holds.
pub(crate) async fn migrated() -> TestDatabase {
    TestDatabase::create_with(&plugins().migrations()).await
}

/// Those that the program holds.
pub(crate) fn plugins() -> Plugins {
    together(&crm::plugins::bundled(), &Settings::default()).unwrap()
}

async fn sign_in(database: &TestDatabase, email: &str, password: &str) -> Result<(), Error> {
    let key = |byte| SecretKey::new(vec![byte; 32]).unwrap();
    let secrets = Secrets::single(key(1), key(2));
    let crm = Crm::builder(database.pool(), secrets).build();
    let password = password.to_owned();
    let auth = crm.auth();
    let signed_in = auth.login(email, password, Client::default());
    signed_in.await.map(drop)
}

const CREATE: [&str; 7] = [
    "user",
    "create",
    "Ada@Example.org",
    "--name",
    "Ada",
    "--role",
    "Admin",
];

#[tokio::test]
async fn a_user_is_made_given_a_new_password_and_disabled() {
    let (folder, database) = (Folder::new(), migrated().await);
    let run = |arguments: &[&str]| crm(&folder, &database, arguments);
    let made = run(&CREATE)
        .run_with_input("Ada's own first phrase\n")
        .done();
    assert_eq!(made, "Ada@Example.org is Admin now\n");
    sign_in(&database, "ada@example.org", "Ada's own first phrase")
        .await
        .unwrap();

    let again = run(&CREATE).run_with_input("Ada's own first phrase\n");
    assert!(again.failed(1).contains("exists already"));
    let none = run(&CREATE).run();
    assert!(none.failed(1).contains("no password was given"));

    let weak = run(&["user", "reset-password", "ada@example.org"]).run_with_input("short\n");
    assert!(weak.failed(1).contains("at least 12 characters"));
    let reset = run(&["user", "reset-password", "ada@example.org", "--generate"]).run();
    let reset = reset.done();
    let password = reset
        .lines()
        .next()
        .unwrap()
        .strip_prefix("password: ")
        .unwrap();
    sign_in(&database, "ada@example.org", password)
        .await
        .unwrap();
    assert!(
        sign_in(&database, "ada@example.org", "Ada's own first phrase")
            .await
            .is_err()
    );

    let last = run(&["user", "disable", "ada@example.org"]).run();
    assert!(last.failed(1).contains("last active Admin"));
    let other = ["user", "create", "bob@example.org", "--name", "Bob"];
    run(&other).run_with_input("Bob's rather odd phrase").done();
    run(&["user", "disable", "bob@example.org"]).run().done();
    assert!(
        sign_in(&database, "bob@example.org", "Bob's rather odd phrase")
            .await
            .is_err()
    );
    let nobody = run(&["user", "disable", "nobody@example.org"]).run();
    assert_eq!(nobody.failed(1), "there is no such user");
    // Nothing of it needs a folder for data.
    assert!(!folder.data_dir().exists());
}

/// What bcrypt makes of "a harbour full of quiet boats".
const BCRYPT: &str = "$2b$04$3D/CiRqL2pjcnC7Vg6uPwuhKbL4xNK8/7IllHZeJESX7L9UTNEPkS";

async fn has_bcrypt_hash(database: &TestDatabase) -> bool {
    let users = database.rows("select password_hash from users").await;
    users[0]["password_hash"] == BCRYPT
}

#[tokio::test]
async fn a_password_that_another_program_hashed_signs_in_and_is_hashed_anew() {
    let (folder, database) = (Folder::new(), migrated().await);
    let create = [&CREATE[..], &["--bcrypt"]].concat();
    let run = |arguments: &[&str]| crm(&folder, &database, arguments);
    for none in [
        "a harbour full of quiet boats",
        &BCRYPT[..59],
        &BCRYPT.replace("04", "15"),
    ] {
        let refused = run(&create).run_with_input(none).failed(1);
        assert!(refused.contains("not a bcrypt hash"), "{refused}");
    }
    run(&create).run_with_input(BCRYPT).done();
    let sign_in = async |password| sign_in(&database, "ada@example.org", password).await;
    assert!(has_bcrypt_hash(&database).await);
    sign_in("a harbour full of quiet boats").await.unwrap();
    assert!(!has_bcrypt_hash(&database).await);
    sign_in("a harbour full of quiet boats").await.unwrap();
    assert!(sign_in("a harbour full of loud boats").await.is_err());
}

#[tokio::test]
async fn migrations_are_planned_applied_and_listed() {
    let (folder, database) = (Folder::new(), TestDatabase::create_with(&[]).await);
    let run = |arguments: &[&str]| crm(&folder, &database, arguments);
    let count = plugins().migrations().len();
    let behind = run(&CREATE).run_with_input("Ada's own first phrase\n");
    assert!(behind.failed(78).contains("run crm migrate apply"));
    let doctor = run(&["doctor"]).run().done();
    assert!(
        doctor.contains(&format!("warning  schema       {count} pending")),
        "{doctor}"
    );

    let plan = run(&["migrate", "plan"]).run().done();
    assert_eq!(plan.lines().count(), count);
    assert!(plan.contains("_create_core"));
    assert!(
        run(&["migrate", "status"])
            .run()
            .done()
            .starts_with("pending ")
    );
    let applied = run(&["migrate", "apply"]).run().done();
    let last = format!("{count} of {count}: ");
    assert!(applied.contains(&last), "{applied}");
    assert!(applied.ends_with("the schema is up to date\n"), "{applied}");
    assert_eq!(run(&["migrate", "plan"]).run().done(), "nothing to apply\n");
    assert_eq!(
        run(&["migrate", "apply"]).run().done(),
        "nothing to apply\n"
    );
    assert!(
        run(&["migrate", "status"])
            .run()
            .done()
            .starts_with("applied ")
    );
}

#[tokio::test]
async fn a_newer_schema_is_refused_by_every_command() {
    let (folder, database) = (Folder::new(), migrated().await);
    let newer = "INSERT INTO crm_migrations (plugin, version, name, checksum, app_version) \
                 VALUES ('core', '2999-01-01-000000', 'fly', '', '9.0.0')";
    database.connect().await.batch_execute(newer).await.unwrap();
    for arguments in [
        &["serve"][..],
        &["migrate", "apply"],
        &["migrate", "status"],
        &["demo"],
        &["user", "disable", "a@example.org"],
    ] {
        let message = crm(&folder, &database, arguments)
            .with(&[("PORT", "0")])
            .run()
            .failed(78);
        assert!(message.contains("2999-01-01-000000"), "{message}");
    }
    let doctor = crm(&folder, &database, &["doctor"]).run();
    assert_eq!(doctor.code, Some(1));
    assert!(
        doctor
            .stdout
            .contains("problem  database     the database holds migration core")
    );
}

#[tokio::test]
async fn a_database_that_may_lose_data_is_used_only_when_that_is_said() {
    let (folder, database) = (Folder::new(), migrated().await);
    let doctor = |switch| {
        crm(&folder, &database, &["doctor"])
            .with(&[("CRM_ALLOW_UNSAFE_DATABASE", switch)])
            .run()
    };
    let allowed = doctor("on").done();
    if !allowed.contains("fsync=off") {
        // A server of the developer's own, with other settings.
        return;
    }
    assert!(allowed.contains("warning  database"), "{allowed}");
    let refused = doctor("off");
    assert_eq!(refused.code, Some(1));
    assert!(refused.stdout.contains("problem  database"), "{refused:?}");
    let off = [("CRM_ALLOW_UNSAFE_DATABASE", "off"), ("PORT", "0")];
    let serve = crm(&folder, &database, &["serve"]).with(&off).run();
    assert!(serve.failed(78).contains("fsync=off"));
}

#[tokio::test]
async fn demo_data_are_loaded_once_or_added() {
    let (folder, database) = (Folder::new(), migrated().await);
    let run = |arguments: &[&str]| crm(&folder, &database, arguments);
    let loaded = run(&["demo", "--leads", "300"]).run();
    assert!(
        loaded.stderr.contains("300 of 300 demo leads"),
        "{loaded:?}"
    );
    let loaded = loaded.done();
    assert!(loaded.starts_with("loaded 300 leads"), "{loaded}");
    let sign_in_line = loaded.lines().last().unwrap();
    let (email, password) = sign_in_line
        .strip_prefix("sign in: ")
        .and_then(|line| line.split_once("  "))
        .unwrap();
    sign_in(&database, email, password).await.unwrap();

    let again = run(&["demo", "--leads", "300"]).run();
    assert!(again.failed(1).contains("--add"));
    let same = run(&["demo", "--leads", "300", "--add"]).run();
    assert!(same.failed(1).contains("choose another seed"));
    let more = run(&["demo", "--leads", "30", "--seed", "2", "--add"]).run();
    assert!(more.done().starts_with("loaded 30 leads"));
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let (folder, database) = (Folder::new(), migrated().await);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let port = [("PORT", address.port().to_string())];
    let port = port.each_ref().map(|(name, port)| (*name, port.as_str()));
    let message = crm(&folder, &database, &["serve"]).with(&port).run();
    let message = message.failed(1);
    assert!(
        message.starts_with(&format!("cannot listen on {address}: ")),
        "{message}"
    );
}

#[test]
fn a_database_that_does_not_answer_is_told_with_the_cause() {
    let folder = Folder::new();
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let url = format!("postgres://u:hunter2@{address}/crm");
    let run = |arguments: &[&str]| {
        let settings = [("DATABASE_URL", url.as_str()), ("PORT", "0")];
        folder.crm(arguments).with(&settings).run()
    };
    for arguments in [&["serve"][..], &["migrate", "status"]] {
        let message = run(arguments).failed(1);
        assert!(
            message.starts_with("the database cannot be reached: "),
            "{message}"
        );
        assert!(!message.contains("hunter2"), "{message}");
    }
    assert_eq!(run(&["doctor"]).code, Some(1));
}

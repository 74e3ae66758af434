//! What needs no database: help, the API document, wrong use, refused settings.

use serde_json::Value;

use crate::program::Folder;

#[test]
fn help_names_every_command_and_setting() {
    let folder = Folder::new();
    let help = folder.crm(&["help"]).run().done();
    for command in [
        "serve", "migrate", "user", "plugins", "plugin", "audit", "keys", "openapi", "events",
        "doctor", "demo",
    ] {
        assert!(help.contains(&format!("\n  {command} ")), "{command}");
        let of_command = folder.crm(&["help", command]).run().done();
        assert!(of_command.contains("Usage: crm"), "{of_command}");
    }
    assert!(help.contains("Exit codes: 0 done, 2 wrong use, 78"));
    let serve = folder.crm(&["help", "serve"]).run().done();
    assert_eq!(serve, folder.crm(&["serve", "--help"]).run().done());
    assert!(serve.contains("PORT [default: 3000]"));
    assert!(serve.contains("DATABASE_URL\n"));
    let version = folder.crm(&["--version"]).run().done();
    assert_eq!(version.trim(), concat!("crm ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn what_kubernetes_sets_beside_a_service_named_crm_is_no_mistake() {
    let folder = Folder::new();
    let theirs = [
        ("CRM_SERVICE_HOST", "10.0.0.7"),
        ("CRM_SERVICE_PORT", "80"),
        ("CRM_PORT", "tcp://10.0.0.7:80"),
        ("CRM_PORT_80_TCP_ADDR", "10.0.0.7"),
    ];
    // The start goes on until it meets the setting that is wrong.
    let wrong = ("PORT", "no port");
    let message = folder
        .crm(&["serve"])
        .with(&theirs)
        .with(&[wrong])
        .run()
        .failed(78);
    assert!(message.starts_with("PORT "), "{message}");
}

#[test]
fn the_api_document_needs_neither_database_nor_settings() {
    let folder = Folder::new();
    let wrong = [("DATABASE_URL", "nonsense"), ("CRM_TYPO", "1")];
    let printed = folder.crm(&["openapi"]).with(&wrong).run().done();
    let document: Value = serde_json::from_str(&printed).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.0."));
    assert!(document["paths"]["/api/leads"]["get"].is_object());
    let out = folder.crm(&["openapi", "--out", "document.json"]).run();
    assert_eq!(out.done(), "");
    let written = std::fs::read_to_string(folder.path().join("document.json")).unwrap();
    assert_eq!(written, printed);
    let nowhere = folder.crm(&["openapi", "--out", "no/such/folder"]).run();
    assert!(nowhere.failed(1).starts_with("cannot write no/such/folder"));
}

#[test]
fn wrong_use_exits_with_2() {
    let folder = Folder::new();
    for arguments in [
        &[][..],
        &["sing"],
        &["serve", "--loud"],
        &["migrate"],
        &["migrate", "down"],
        &["user", "create", "no address", "--name", "x"],
        &["user", "create", "a@example.org"],
        &["role", "create", "King", "--grant", "lead:read"],
        &["role", "create", "King", "--grant", "lead:fly=all"],
        &["demo", "--leads", "0"],
        &["demo", "--leads", "many"],
    ] {
        let outcome = folder.crm(arguments).run();
        assert_eq!(outcome.code, Some(2), "{arguments:?}: {outcome:?}");
    }
}

#[test]
fn refused_settings_exit_with_78_and_are_named_with_their_place() {
    let folder = Folder::new();
    let placeholder = "your_secure_jwt_secret_here_0123456789";
    for (name, value) in [
        ("CRM_TYPO", "1"),
        ("PORT", "eighty"),
        ("JWT_SECRET", placeholder),
        ("JWT_REFRESH_SECRET", "short"),
        ("DATABASE_URL", "mysql://somewhere"),
        ("CRM_TRUSTED_PROXIES", "10.0.0.0/40"),
        ("CRM_ADMIN_EMAIL", "a@example.org"),
    ] {
        let setting = [(name, value)];
        let message = folder.crm(&["serve"]).with(&setting).run().failed(78);
        let start = format!("{name} in the environment ");
        assert!(message.starts_with(&start), "{message}");
        assert!(
            !message.contains(value) || name == "CRM_ADMIN_EMAIL",
            "{message}"
        );

        let file = folder.path().join("crm.toml");
        std::fs::write(&file, format!("{name} = \"{value}\"\n")).unwrap();
        let outcome = folder.crm(&["serve", "--config", "crm.toml"]).run();
        let message = outcome.failed(78);
        let start = format!("{name} in the file crm.toml ");
        assert!(message.starts_with(&start), "{message}");
    }
    assert!(!folder.data_dir().exists());
}

#[test]
fn a_file_that_is_no_toml_or_not_there_is_refused() {
    let folder = Folder::new();
    let message = folder.crm(&["doctor", "--config", "none.toml"]).run();
    assert_eq!(message.code, Some(1));
    assert!(
        message.stdout.starts_with("problem  settings"),
        "{message:?}"
    );
    for text in ["JWT_SECRET = hunter2", "PORT = [1]", "[serve]\nPORT = 1"] {
        std::fs::write(folder.path().join("crm.toml"), text).unwrap();
        let outcome = folder.crm(&["--config", "crm.toml", "serve"]).run();
        let message = outcome.failed(78);
        assert!(message.contains("crm.toml"), "{message}");
        assert!(!message.contains("hunter2"), "{message}");
    }
}

#[test]
fn the_environment_wins_over_the_file() {
    let folder = Folder::new();
    let file = "PORT = 80\nCRM_API_DOCS = false\nCRM_ENV = \"production\"\n";
    std::fs::write(folder.path().join("crm.toml"), file).unwrap();
    let demo = || folder.crm(&["--config", "crm.toml", "demo"]);
    let refused = demo().run().failed(78);
    assert_eq!(refused, "crm demo is refused when CRM_ENV is production");
    // Now it is not the file's value that is refused.
    let refused = demo().with(&[("CRM_ENV", "staging")]).run().failed(78);
    assert!(
        refused.starts_with("CRM_ENV in the environment"),
        "{refused}"
    );
}

#[test]
fn doctor_says_what_a_first_start_would_do_and_does_nothing() {
    let folder = Folder::new();
    let printed = folder.crm(&["doctor"]).run().done();
    assert!(
        printed.lines().all(|line| line.starts_with("ok ")),
        "{printed}"
    );
    assert!(printed.contains("none yet; the first start makes it"));
    assert!(!folder.data_dir().exists());
    let wrong = [("CRM_PG_BIN", "/nowhere")];
    let outcome = folder.crm(&["doctor"]).with(&wrong).run();
    assert_eq!(outcome.code, Some(1));
    assert!(
        outcome.stdout.contains("problem  postgres     /nowhere"),
        "{outcome:?}"
    );
    let refused = folder.crm(&["migrate", "plan"]).with(&wrong).run();
    assert!(refused.failed(78).starts_with("/nowhere is not used"));
}

#[test]
fn settings_of_a_plugin_that_there_is_not_are_refused_with_their_place() {
    let folder = Folder::new();
    let variable = [("CRM_PLUGINS__DEELS__CURRENCY", "hunter2")];
    let message = folder.crm(&["migrate", "status"]).with(&variable).run();
    assert_eq!(
        message.failed(78),
        "plugins.deels.currency in the environment is a setting of a plugin that is not listed"
    );
    std::fs::write(
        folder.path().join("crm.toml"),
        "[plugins.deels]\ncurrency = 5\n",
    )
    .unwrap();
    let message = folder
        .crm(&["migrate", "status", "--config", "crm.toml"])
        .run();
    assert_eq!(
        message.failed(78),
        "plugins.deels.currency in the file crm.toml is a setting of a plugin that is not listed"
    );
}

#[test]
fn there_is_no_plugin_to_inspect_that_is_not_listed() {
    let folder = Folder::new();
    let message = folder.crm(&["plugins", "inspect", "deels"]).run().failed(1);
    assert!(message.starts_with("there is no plugin deels"), "{message}");
}

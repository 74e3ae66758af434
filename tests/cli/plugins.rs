//! Plugins on the command line: the crate of a new one, and what an absent one has left.

use std::fs::read_to_string;

use diesel_async::SimpleAsyncConnection as _;

use crate::database::{crm, migrated};
use crate::program::Folder;

const SOURCE: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn a_new_plugin_has_the_names_that_were_said() {
    let folder = Folder::new();
    let new = [
        "plugin", "new", "stock", "--record", "item", "--source", SOURCE,
    ];
    let said = folder.crm(&new).run().done();
    assert!(said.starts_with("stock is made in stock."), "{said}");
    let read = |path: &str| read_to_string(folder.path().join("stock").join(path)).unwrap();
    assert!(read("src/lib.rs").contains("pub struct StockPlugin;"));
    assert!(read("src/item.rs").contains("Resource::of_plugin(\"stock.item\")"));
    assert!(read("src/create_stock.sql").contains("create table stock_stock ("));
    let manifest = read("Cargo.toml");
    assert!(manifest.contains("name = \"stock\""), "{manifest}");
    assert!(
        manifest.contains(&format!("path = \"{SOURCE}/crm-app\"")),
        "{manifest}"
    );
    assert_eq!(
        read("Cargo.lock"),
        read_to_string(format!("{SOURCE}/Cargo.lock")).unwrap()
    );

    let again = folder.crm(&new).run().failed(1);
    assert_eq!(again, "stock is there already; --into names another folder");
}

#[test]
fn a_new_plugin_needs_good_names_and_the_sources() {
    let folder = Folder::new();
    let new = |name: &str, source: &str| {
        folder
            .crm(&["plugin", "new", name, "--source", source])
            .run()
    };
    let bad = new("My-Plugin", SOURCE);
    assert_eq!(bad.code, Some(2), "{bad:?}");
    assert!(
        bad.stderr.contains("2 to 20 small letters and digits"),
        "{bad:?}"
    );
    assert_eq!(
        new("stock", SOURCE).failed(1),
        "stock is no plural that ends in s: name one of them with --record"
    );
    assert_eq!(
        new("contracts", "/").failed(1),
        "/ has no sources of the CRM: there is no crm-app/Cargo.toml in it"
    );
    assert!(!folder.path().join("contracts").exists());
}

#[tokio::test]
async fn what_an_absent_plugin_has_left_is_listed_and_then_removed() {
    let (folder, database) = (Folder::new(), migrated().await);
    let run = |arguments: &[&str]| crm(&folder, &database, arguments).run();
    let mut conn = database.connect().await;
    let left = "create table gone_things (id uuid primary key);
        insert into crm_migrations (plugin, version, name, checksum, app_version)
        values ('gone', '2026-01-01-000000', 'create_things', '', '0.1.0')";
    conn.batch_execute(left).await.unwrap();

    let listed = run(&["plugin", "purge", "gone"]);
    assert!(listed.stdout.contains("gone_things"), "{listed:?}");
    assert_eq!(
        listed.failed(1),
        "nothing was removed: --yes removes it, and there is no way back"
    );
    conn.batch_execute("select from gone_things").await.unwrap();

    let removed = run(&["plugin", "purge", "gone", "--yes"]).done();
    assert!(
        removed.contains("removed; the activity log keeps"),
        "{removed}"
    );
    conn.batch_execute("select from gone_things")
        .await
        .unwrap_err();
    let nothing = run(&["plugin", "purge", "gone"]).done();
    assert_eq!(nothing, "gone has nothing in the database\n");
}

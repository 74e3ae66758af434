//! What does not go together is refused at the start, in words that name both sides.

use std::sync::Arc;
use std::time::Duration;

use crm_app::jobs::{Delivered, Job};
use crm_app::plugin::{
    Manifest, Migration, Plugin, PluginError, Plugins, Registrar, Setting, Settings,
};
use crm_domain::event::LeadCreated;
use crm_domain::permission::{Action, Extent, Permission, Resource};
use crm_domain::role::Role;
use serde_json::json;

use super::stock::{Item, ItemMade, Stock};

type Register = fn(&mut Registrar<'_>) -> Result<(), PluginError>;

/// A plugin that is what a test says.
struct Made(Manifest, Register);

impl Plugin for Made {
    fn manifest(&self) -> Manifest {
        self.0
    }

    fn register(&self, registrar: &mut Registrar<'_>) -> Result<(), PluginError> {
        (self.1)(registrar)
    }
}

const NOTHING: Register = |_| Ok(());

const fn manifest(id: &'static str) -> Manifest {
    Manifest {
        id,
        version: "1.0.0",
        requires: &[],
        about: "A test",
    }
}

fn needing(id: &'static str, requires: &'static [(&'static str, &'static str)]) -> Arc<dyn Plugin> {
    let manifest = Manifest {
        requires,
        ..manifest(id)
    };
    Arc::new(Made(manifest, NOTHING))
}

fn refused(plugins: Vec<Arc<dyn Plugin>>) -> String {
    Plugins::new(plugins, &Settings::default())
        .unwrap_err()
        .to_string()
}

/// Why a plugin with the id `parts` that registers so is refused.
fn registering(register: Register) -> String {
    refused(vec![Arc::new(Made(manifest("parts"), register))])
}

#[test]
fn those_that_others_require_come_first_and_the_rest_as_listed() {
    let plugins = vec![
        needing("d1", &[]),
        needing("c1", &[("b1", "1")]),
        needing("b1", &[("a1", ">=0.9, <2"), ("core", ">=0.1")]),
        needing("a1", &[]),
    ];
    let plugins = Plugins::new(plugins, &Settings::default()).unwrap();
    let ids: Vec<_> = plugins.manifests().map(|manifest| manifest.id).collect();
    assert_eq!(ids, ["d1", "a1", "b1", "c1"]);
}

#[test]
fn a_wrong_manifest_is_refused() {
    assert_eq!(
        refused(vec![needing("it-is-not", &[])]),
        "the plugin `it-is-not` cannot be used: its id must be 2 to 20 small letters and digits, a letter first"
    );
    for id in ["core", "crm", "lead", "tasks", "role", "leads", "plugin"] {
        assert_eq!(
            refused(vec![needing(id, &[])]),
            format!("the plugin `{id}` cannot be used: its id begins names of the core")
        );
    }
    let version = Manifest {
        version: "one",
        ..manifest("parts")
    };
    assert_eq!(
        refused(vec![Arc::new(Made(version, NOTHING))]),
        "the plugin `parts` cannot be used: its version one is none: unexpected character 'o' while parsing major version number"
    );
}

#[test]
fn two_of_one_id_are_refused() {
    let other = Manifest {
        version: "1.1.0",
        ..manifest("parts")
    };
    assert_eq!(
        refused(vec![needing("parts", &[]), Arc::new(Made(other, NOTHING))]),
        "two plugins have the id `parts`: versions 1.0.0 and 1.1.0"
    );
}

#[test]
fn what_is_required_must_be_there_in_its_version() {
    assert_eq!(
        refused(vec![needing("parts", &[("tools", "^1.2")])]),
        "the plugin `parts` requires `tools` ^1.2, which is not listed"
    );
    assert_eq!(
        refused(vec![
            needing("parts", &[("tools", "^1.2")]),
            needing("tools", &[])
        ]),
        "the plugin `parts` requires `tools` ^1.2, and 1.0.0 is listed"
    );
    assert_eq!(
        refused(vec![needing("parts", &[("core", ">=9")])]),
        format!(
            "the plugin `parts` requires `core` >=9, and {} is listed",
            env!("CARGO_PKG_VERSION")
        )
    );
}

#[test]
fn a_circle_is_told() {
    let circle = vec![
        needing("aa", &[("bb", "1")]),
        needing("bb", &[("cc", "1")]),
        needing("cc", &[("bb", "1")]),
    ];
    assert_eq!(
        refused(circle),
        "plugins require each other in a circle: bb -> cc -> bb"
    );
}

#[test]
fn names_of_others_are_refused() {
    let foreign = |what: &str, name: &str| {
        format!(
            "the plugin `parts` registers the {what} `{name}`, whose name must begin with `parts.`"
        )
    };
    let permission: Register = |registrar| {
        registrar.permission(
            Permission::new(Resource::LEAD, Action::Share),
            "share leads",
        );
        Ok(())
    };
    assert_eq!(registering(permission), foreign("permission", "lead"));
    let kind: Register = |registrar| {
        registrar.records::<Item>();
        Ok(())
    };
    assert_eq!(registering(kind), foreign("kind of record", "stock.item"));
    let event: Register = |registrar| {
        registrar.event::<ItemMade>();
        Ok(())
    };
    assert_eq!(registering(event), foreign("event", "stock.made"));
    let hook: Register = |registrar| {
        registrar.before_commit("tasks.look", 0, |_: &LeadCreated, _| {
            Box::pin(async { Ok(()) })
        });
        Ok(())
    };
    assert_eq!(registering(hook), foreign("hook", "tasks.look"));
    let subscriber: Register = |registrar| {
        registrar.subscribe("partsof.look", |_, _: Delivered<LeadCreated>| async {
            Ok(())
        });
        Ok(())
    };
    assert_eq!(
        registering(subscriber),
        foreign("subscriber", "partsof.look")
    );
    let schedule: Register = |registrar| {
        registrar.schedule("tidy", Duration::from_mins(1), |_| async { Ok(()) });
        Ok(())
    };
    assert_eq!(registering(schedule), foreign("schedule", "tidy"));
    let job: Register = |registrar| {
        registrar.job(|_, _: Polish| async { Ok(()) });
        Ok(())
    };
    assert_eq!(registering(job), foreign("job", "shoes.polish"));
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Polish;

impl Job for Polish {
    const NAME: &'static str = "shoes.polish";
}

#[test]
fn one_thing_twice_is_refused() {
    const PART: Resource = Resource::of_plugin("parts.part");
    let permission: Register = |registrar| {
        let read = Permission::new(PART, Action::Read);
        registrar
            .permission(read, "see")
            .permission(read, "look at");
        Ok(())
    };
    assert_eq!(
        registering(permission),
        "the permission `parts.part:read` is registered by both `parts` and `parts`"
    );
    let schedule: Register = |registrar| {
        let every = Duration::from_mins(1);
        registrar
            .schedule("parts.tidy", every, |_| async { Ok(()) })
            .schedule("parts.tidy", every, |_| async { Ok(()) });
        Ok(())
    };
    assert_eq!(
        registering(schedule),
        "the plugin `parts` registers something that cannot be used: two handlers are named parts.tidy"
    );
    let provide: Register = |registrar| {
        registrar.provide(7_u8);
        Ok(())
    };
    let both: Vec<Arc<dyn Plugin>> = ["parts", "tools"]
        .map(|id| Arc::new(Made(manifest(id), provide)) as Arc<dyn Plugin>)
        .into();
    assert_eq!(
        refused(both),
        "the value of type `u8` is registered by both `parts` and `tools`"
    );
}

#[test]
fn a_grant_needs_its_permission() {
    let grant: Register = |registrar| {
        let export = Permission::new(Resource::LEAD, Action::Export);
        registrar.grant(export, Role::Agent, Extent::All);
        Ok(())
    };
    assert_eq!(
        registering(grant),
        "the plugin `parts` grants `lead:export` to Agent, and registers no such permission"
    );
}

#[test]
fn migrations_are_the_plugins_own() {
    static FOREIGN: &[Migration] = &[Migration {
        plugin: "parts",
        version: "2026-11-26-100000",
        name: "create_parts",
        sql: "create table parts_parts (id uuid primary key);\nCREATE TABLE leads_of_parts (id uuid);",
    }];
    static OTHERS: &[Migration] = &[Migration {
        plugin: "tools",
        version: "2026-11-26-100000",
        name: "create_tools",
        sql: "",
    }];
    static LONG: &[Migration] = &[Migration {
        plugin: "parts",
        version: "2026-11-26-100000-and-so-on-and-so-on-and-so-on",
        name: "x",
        sql: "",
    }];
    let foreign: Register = |registrar| {
        registrar.migrations(FOREIGN);
        Ok(())
    };
    assert_eq!(
        registering(foreign),
        "the plugin `parts` registers the table `leads_of_parts`, whose name must begin with `parts_`"
    );
    let others: Register = |registrar| {
        registrar.migrations(OTHERS);
        Ok(())
    };
    assert_eq!(
        registering(others),
        "the plugin `parts` registers something that cannot be used: the migration tools 2026-11-26-100000_create_tools is of `tools`"
    );
    let long: Register = |registrar| {
        registrar.migrations(LONG);
        Ok(())
    };
    assert_eq!(
        registering(long),
        "the plugin `parts` registers something that cannot be used: the version of the migration parts \
         2026-11-26-100000-and-so-on-and-so-on-and-so-on_x makes a name of 53 characters, and 50 is the most"
    );
}

#[test]
fn a_wrong_setting_is_named_with_its_place_and_without_its_value() {
    let with = |plugin: &str, key: &str, value: serde_json::Value| {
        let mut settings = Settings::default();
        let place = "the file crm.toml".to_owned();
        settings.set(plugin, key, Setting { value, place });
        let plugins: Vec<Arc<dyn Plugin>> = vec![Arc::new(Stock::default()), needing("parts", &[])];
        Plugins::new(plugins, &settings).map(drop)
    };
    assert_eq!(with("stock", "most", json!(7)), Ok(()));
    let refused = |plugin, key, value| with(plugin, key, value).unwrap_err().to_string();
    assert_eq!(
        refused("stock", "most", json!("hunter2")),
        "plugins.stock.most in the file crm.toml is refused: it is not u32"
    );
    assert_eq!(
        refused("stock", "moist", json!(7)),
        "plugins.stock.moist in the file crm.toml is refused: unknown field `moist`, expected `most`"
    );
    assert_eq!(
        refused("stok", "most", json!(7)),
        "plugins.stok.most in the file crm.toml is a setting of a plugin that is not listed"
    );
    assert_eq!(
        refused("parts", "most", json!(7)),
        "plugins.parts.most in the file crm.toml is refused: the plugin has no settings"
    );
}

#[tokio::test]
async fn operations_of_a_plugin_that_the_crm_does_not_have_are_refused() {
    let app = crm_testing::TestApp::new().await;
    let stock = Arc::new(Stock::default());
    let refused = crm_http::app(
        app.crm.clone(),
        crm_testing::app::settings(),
        app.health.clone(),
        &[stock],
    );
    assert_eq!(
        refused.map(|_| ()).unwrap_err().to_string(),
        "the operations of `stock` cannot be served by a CRM that does not have the plugin"
    );
}

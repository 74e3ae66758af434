//! What the plugin brings.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crm_app::jobs::{AnyEvent, JobContext, JobError};
use crm_app::plugin::{Manifest, Migration, Plugin, PluginError, Registrar};
use crm_app::{Crm, Result};
use crm_domain::permission::{Action, Permission};
use diesel_async::AsyncPgConnection;
use futures_util::future::BoxFuture;
use rustls::pki_types::CertificateDer;
use tokio::task::AbortHandle;

use crate::courier::{Courier, Guard, Network, SystemNetwork};
use crate::mail::{self, Mailer};
use crate::notices::{self, Live};
use crate::preference::PreferencesEdited;
use crate::settings::Config;
use crate::webhook::event::{
    WebhookCreated, WebhookDeleted, WebhookDisabled, WebhookEdited, WebhookPinged,
    WebhookRedelivered, WebhookSecretRotated,
};
use crate::webhook::{WEBHOOK, Webhook};
use crate::webhooks;

/// The id of the plugin.
pub(crate) const ID: &str = "notifications";

static MIGRATIONS: &[Migration] = &[
    Migration {
        plugin: ID,
        version: "2026-11-27-200000",
        name: "create_webhooks",
        sql: include_str!("../migrations/create_webhooks.sql"),
    },
    Migration {
        plugin: ID,
        version: "2026-11-27-210000",
        name: "create_notices",
        sql: include_str!("../migrations/create_notices.sql"),
    },
    Migration {
        plugin: ID,
        version: "2026-11-27-220000",
        name: "create_preferences",
        sql: include_str!("../migrations/create_preferences.sql"),
    },
];

/// The plugin.
pub struct Notifications {
    network: Arc<dyn Network>,
    authorities: Vec<CertificateDer<'static>>,
    live: Live,
    /// What looks for notices of other servers, while the server runs.
    watch: Mutex<Option<AbortHandle>>,
}

impl Default for Notifications {
    fn default() -> Self {
        Self::on(Arc::new(SystemNetwork))
    }
}

impl Notifications {
    /// The plugin on another network than the system's: a test's.
    #[must_use]
    pub fn on(network: Arc<dyn Network>) -> Self {
        Self {
            network,
            authorities: Vec::new(),
            live: Live::default(),
            watch: Mutex::default(),
        }
    }

    /// The plugin, which trusts this authority, too, when it calls the receivers of webhooks: one's own.
    #[must_use]
    pub fn trust(mut self, authority: CertificateDer<'static>) -> Self {
        self.authorities.push(authority);
        self
    }
}

impl Plugin for Notifications {
    fn manifest(&self) -> Manifest {
        Manifest {
            id: ID,
            version: env!("CARGO_PKG_VERSION"),
            requires: &[("core", ">=0.1")],
            about: "Tells people and programs what happens",
        }
    }

    fn register(&self, registrar: &mut Registrar<'_>) -> std::result::Result<(), PluginError> {
        let config: Config = registrar.config()?;
        let networks = config.networks();
        let networks = networks.map_err(|why| registrar.refused("allowed_networks", why))?;
        let network = Arc::clone(&self.network);
        let courier = Courier::new(Guard::new(networks), network, &self.authorities);
        let courier = courier.map_err(|error| PluginError::Unusable {
            plugin: ID,
            reason: format!("the authority of receivers: {error}"),
        })?;
        let mailer = Mailer::new(&config);
        let mailer = mailer.map_err(|(key, why)| registrar.refused(key, why))?;
        if let Some(mailer) = mailer {
            registrar
                .provide(mailer)
                .health("notifications.mail", |crm| async move {
                    match crm.provided::<Mailer>() {
                        Some(mailer) => mailer.check().await,
                        None => Ok(()),
                    }
                });
        }
        let permission = |action| Permission::new(WEBHOOK, action);
        // Nobody but Admins holds them until a role is given them: webhooks carry data out of the house.
        registrar
            .provide(courier)
            .provide(self.live.clone())
            .permission(permission(Action::Read), "see webhooks")
            .permission(permission(Action::Create), "make webhooks")
            .permission(permission(Action::Update), "change and test webhooks")
            .permission(permission(Action::Delete), "delete webhooks")
            .records::<Webhook>()
            .event::<WebhookCreated>()
            .event::<WebhookEdited>()
            .event::<WebhookDeleted>()
            .event::<WebhookDisabled>()
            .event::<WebhookSecretRotated>()
            .event::<WebhookPinged>()
            .event::<WebhookRedelivered>()
            .event::<PreferencesEdited>()
            .migrations(MIGRATIONS)
            .subscribe_to_some("notifications.spread", of_interest, spread)
            .job(webhooks::deliver)
            .job(mail::deliver)
            .schedule("notifications.tidy", Duration::from_hours(24), tidy);
        Ok(())
    }

    fn start<'a>(&'a self, crm: &'a Crm) -> BoxFuture<'a, Result<()>> {
        let watch = tokio::spawn(self.live.clone().watch(crm.clone()));
        self.watching(Some(watch.abort_handle()));
        Box::pin(async { Ok(()) })
    }

    fn stop<'a>(&'a self, _: &'a Crm) -> BoxFuture<'a, ()> {
        self.watching(None);
        Box::pin(async {})
    }
}

impl Notifications {
    /// Ends what looked before.
    fn watching(&self, watch: Option<AbortHandle>) {
        let mut place = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = std::mem::replace(&mut *place, watch) {
            before.abort();
        }
    }
}

impl Drop for Notifications {
    fn drop(&mut self) {
        self.watching(None);
    }
}

/// Those of these events that somebody may be told of: of most, nobody is.
fn of_interest(
    conn: &mut AsyncPgConnection,
    mut events: Vec<AnyEvent>,
) -> BoxFuture<'_, Result<Vec<AnyEvent>>> {
    Box::pin(async move {
        let is_any_idle = events.iter().any(|event| !notices::is_of_interest(event));
        if is_any_idle && !webhooks::are_of_interest(conn, &events).await? {
            events.retain(notices::is_of_interest);
        }
        Ok(events)
    })
}

/// Brings an event to whom it is for.
async fn spread(context: JobContext, event: AnyEvent) -> Result<(), JobError> {
    webhooks::spread(&context.crm, &event).await?;
    notices::tell(&context.crm, &event).await?;
    Ok(())
}

/// Removes what is old.
async fn tidy(context: JobContext) -> Result<(), JobError> {
    webhooks::tidy(&context).await?;
    notices::tidy(&context).await
}

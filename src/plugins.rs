//! The plugins that this program holds.

use std::sync::Arc;

use crm::http::plugin::HttpPlugin;

/// All of them. Each stands on a line of its own; what it requires is put before it by itself.
pub(crate) fn all() -> Vec<Arc<dyn HttpPlugin>> {
    vec![
        Arc::new(crm_deals::DealsPlugin),
        Arc::new(crm_notifications::Notifications::default()),
    ]
}

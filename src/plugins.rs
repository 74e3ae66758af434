//! The plugins that the program `crm` holds.

use std::sync::Arc;

use crate::http::plugin::HttpPlugin;

/// All of them. Each stands on a line of its own; what it requires is put before it by itself.
#[must_use]
pub fn bundled() -> Vec<Arc<dyn HttpPlugin>> {
    vec![
        Arc::new(crm_deals::DealsPlugin),
        Arc::new(crm_notifications::Notifications::default()),
    ]
}

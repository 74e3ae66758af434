//! The settings of the plugin.

use ipnet::IpNet;
use serde::Deserialize;

/// `plugins.notifications`.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// Networks of one's own that webhooks may connect to, and without TLS: `["10.1.2.0/24"]`. Without them, only the
    /// public internet.
    pub(crate) allowed_networks: Vec<String>,
    /// The mail server: `smtps://user:password@mail.example.org`, or `smtp://mail.example.org:587?tls=required`. Without it no
    /// e-mail is sent.
    pub(crate) smtp_url: Option<String>,
    /// Who e-mail is from: `CRM <crm@example.org>`.
    pub(crate) mail_from: Option<String>,
}

impl Config {
    /// The networks that webhooks may connect to besides the public internet, or what is no network.
    pub(crate) fn networks(&self) -> Result<Vec<IpNet>, String> {
        let networks = self.allowed_networks.iter();
        networks
            .map(|text| {
                let network = text.parse();
                network.map_err(|_| format!("{text:?} is no network, as 10.1.2.0/24 is one"))
            })
            .collect()
    }
}

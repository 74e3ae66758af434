//! E-mail: by SMTP, where the settings name a server.

mod deliver;
mod letter;

pub(crate) use deliver::{Mail, deliver};

use std::time::Duration;

use lettre::message::Mailbox;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use crate::settings::Config;

/// How long each step of a conversation with the server may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Sends letters.
pub(crate) struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// What is wrong with which setting. What it holds may be a secret, and is not told.
pub(crate) type Refused = (&'static str, &'static str);

impl Mailer {
    /// What the settings name; `None` when they name no server.
    pub(crate) fn new(config: &Config) -> Result<Option<Self>, Refused> {
        let (url, from) = match (&config.smtp_url, &config.mail_from) {
            (None, None) => return Ok(None),
            (None, Some(_)) => return Err(("smtp_url", "mail_from is set, and this is not")),
            (Some(_), None) => return Err(("mail_from", "smtp_url is set, and this is not")),
            (Some(url), Some(from)) => (url, from),
        };
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url);
        let transport = transport.map_err(|_| {
            let form =
                "it is no address of a server, as smtps://user:password@mail.example.org is one";
            ("smtp_url", form)
        })?;
        let from = from.parse();
        let from = from.map_err(|_| {
            (
                "mail_from",
                "it is no address, as CRM <crm@example.org> is one",
            )
        })?;
        Ok(Some(Self {
            transport: transport.timeout(Some(PATIENCE)).build(),
            from,
        }))
    }

    /// Whether the server answers.
    pub(crate) async fn check(&self) -> Result<(), String> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err("the mail server does not answer".to_owned()),
            Err(error) => Err(format!("the mail server does not answer: {error}")),
        }
    }

    async fn send(&self, letter: Message) -> Result<(), lettre::transport::smtp::Error> {
        self.transport.send(letter).await.map(|_| ())
    }
}

//! Calls the receivers of webhooks, and nobody else: each address is judged before it is connected to, and the very address
//! that was judged is connected to. No redirect is followed, no proxy asked, and all of it is bounded.

mod guard;
mod network;
mod request;

pub(crate) use guard::Guard;
pub use network::{Network, SystemNetwork};

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::webhook::{WebhookUrl, texts};
use guard::Verdict;

/// How long resolving, connecting and the handshake may take together.
const CONNECT_PATIENCE: Duration = Duration::from_secs(10);

/// How long all of it may take, up to the status of the answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// Of one host, so many addresses are tried at most.
const MOST_ADDRESSES: usize = 4;

/// So many receivers are called at once by one server, of four jobs that it does at once: slow receivers do not hold up the rest.
const AT_ONCE: usize = 2;

/// Why a receiver was not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The host has no address, or none that webhooks may connect to. One word for both: who may not connect to a network learns
    /// nothing of the names in it.
    NoAddress,
    /// None of its addresses takes connections.
    NotConnected,
    /// It does not prove who it is.
    Tls,
    /// It takes too long.
    TooSlow,
    /// What it answers is no HTTP.
    NoAnswer,
    /// What it would be told is too large.
    TooLarge,
}

texts!(Failure {
    NoAddress = "no-address",
    NotConnected = "not-connected",
    Tls = "tls",
    TooSlow = "too-slow",
    NoAnswer = "no-answer",
    TooLarge = "too-large"
});

/// What a receiver is told.
pub(crate) struct Parcel<'a> {
    pub(crate) url: &'a WebhookUrl,
    pub(crate) headers: [(&'static str, String); 3],
    pub(crate) body: Bytes,
}

/// Calls the receivers of webhooks.
pub(crate) struct Courier {
    guard: Guard,
    network: Arc<dyn Network>,
    tls: TlsConnector,
    at_once: Semaphore,
}

impl Courier {
    /// Which trusts these authorities besides those that browsers trust.
    ///
    /// # Errors
    /// When one of them is none.
    pub(crate) fn new(
        guard: Guard,
        network: Arc<dyn Network>,
        authorities: &[CertificateDer<'static>],
    ) -> Result<Self, rustls::Error> {
        Ok(Self {
            guard,
            network,
            tls: tls(authorities)?,
            at_once: Semaphore::new(AT_ONCE),
        })
    }

    /// Whether a receiver could be at this address, as far as that shows in its text.
    pub(crate) fn may_call(&self, url: &WebhookUrl) -> bool {
        match url.literal() {
            Some(address) => self.guard.judge(address).lets(url.is_tls()),
            None => url.is_tls() || self.guard.has_networks(),
        }
    }

    /// A turn to call; `None` when enough are called already.
    pub(crate) fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.at_once.try_acquire().ok()
    }

    /// Tells a receiver; gives the status of its answer.
    pub(crate) async fn deliver(&self, parcel: Parcel<'_>) -> Result<u16, Failure> {
        let told = async {
            let connected = timeout(CONNECT_PATIENCE, self.connect(parcel.url)).await;
            let stream = connected.map_err(|_| Failure::TooSlow)??;
            if !parcel.url.is_tls() {
                return request::send(stream, parcel).await;
            }
            let secured = timeout(CONNECT_PATIENCE, self.secure(stream, parcel.url)).await;
            let stream = secured.map_err(|_| Failure::TooSlow)??;
            request::send(stream, parcel).await
        };
        timeout(PATIENCE, told)
            .await
            .unwrap_or(Err(Failure::TooSlow))
    }

    /// Connects to the first address of the host that may be connected to and answers. There is no second look-up between the
    /// judgement and the connection, in which a name could come to mean another address.
    async fn connect(&self, url: &WebhookUrl) -> Result<TcpStream, Failure> {
        let addresses = self.addresses(url).await.map_err(|_| Failure::NoAddress)?;
        let may_connect = |address: &SocketAddr| self.guard.judge(address.ip()).lets(url.is_tls());
        let mut addresses = addresses.into_iter().filter(may_connect).peekable();
        if addresses.peek().is_none() {
            return Err(Failure::NoAddress);
        }
        for address in addresses.take(MOST_ADDRESSES) {
            if let Ok(stream) = self.network.connect(address).await {
                return Ok(stream);
            }
        }
        Err(Failure::NotConnected)
    }

    async fn addresses(&self, url: &WebhookUrl) -> io::Result<Vec<SocketAddr>> {
        match url.literal() {
            Some(address) => Ok(vec![SocketAddr::new(address, url.port())]),
            None => self.network.look_up(&url.host(), url.port()).await,
        }
    }

    async fn secure(
        &self,
        stream: TcpStream,
        url: &WebhookUrl,
    ) -> Result<tokio_rustls::client::TlsStream<TcpStream>, Failure> {
        let name = ServerName::try_from(url.host()).map_err(|_| Failure::Tls)?;
        let secured = self.tls.connect(name, stream).await;
        secured.map_err(|_| Failure::Tls)
    }
}

impl Verdict {
    /// Whether it may be connected to: in the open only within networks of one's own.
    const fn lets(self, is_tls: bool) -> bool {
        match self {
            Self::Own => true,
            Self::Public => is_tls,
            Self::Refused => false,
        }
    }
}

fn tls(authorities: &[CertificateDer<'static>]) -> Result<TlsConnector, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    for authority in authorities {
        roots.add(authority.clone())?;
    }
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

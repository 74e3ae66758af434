//! The accept loop: TCP connections in, HTTP/1.1 requests to a poem endpoint, answers out.
//!
//! It answers for everything that happens before a request has a handler: how many connections, how slow, how large
//! a head, and how all of it ends. TLS and HTTP/2 end at a proxy. What is in a request is not its business: see
//! [`BodyLimit`](crate::middleware::body_limit::BodyLimit) and
//! [`StrictHttp`](crate::middleware::strict_http::StrictHttp), which an application puts around its endpoint.

mod backoff;
mod connection;
mod framing;
mod pace;
mod socket;

use std::future::{Future, pending};
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use poem::Endpoint;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};

use self::backoff::Backoff;
use self::connection::{Connections, Phase};

/// More than any operating system has ports for one address; the semaphore counts all at once only up to `u32`.
const MOST_CONNECTIONS: usize = 1 << 20;
/// Connections that the operating system holds for us until there is a slot; it may have a lower limit of its own.
const QUEUE: u32 = 4_096;
/// How long the tasks of dropped connections get to end.
const LAST_MOMENT: Duration = Duration::from_secs(1);

/// What one server accepts from all its clients together, and from each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections open at once (1,024). Others wait in the queue of the operating system, see [`Bound::listen`].
    pub max_connections: usize,
    /// Time from the opening of a connection, or from the last answer on it, to the end of the next request head
    /// (10 s). So it is also how long an idle connection is kept: a proxy in front should drop its own sooner.
    pub header_timeout: Duration,
    /// Longest request head, in bytes (80 KiB, at least 8 KiB). Above it the answer is 431. hyper takes at most 65,534
    /// bytes of URI, and can answer 414 to a longer one only if that fits in here.
    pub header_bytes: usize,
    /// How long a client may keep a reader of the body waiting in all (10 s), see `min_rate`.
    pub body_timeout: Duration,
    /// How long a client may keep us waiting in all while it does not read its answers (30 s), see `min_rate`.
    pub write_timeout: Duration,
    /// Bytes that win back one second of `body_timeout` or `write_timeout`, never above where it began (1,024): a
    /// client that keeps up this rate is never cut off, one below it is.
    pub min_rate: u32,
    /// How long requests under way may take to finish after the stop began (20 s).
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_connections: 1_024,
            header_timeout: Duration::from_secs(10),
            header_bytes: 80 * 1024,
            body_timeout: Duration::from_secs(10),
            write_timeout: Duration::from_secs(30),
            min_rate: 1_024,
            drain: Duration::from_secs(20),
        }
    }
}

/// An address that is taken, where nobody listens yet: connections are refused, so that a proxy goes to another server instead of
/// waiting for one that only starts.
#[derive(Debug)]
pub struct Bound(TcpSocket);

/// Takes `address`.
///
/// # Errors
///
/// When the address is not ours, in use, or not allowed.
pub fn bind(address: SocketAddr) -> io::Result<Bound> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()
    } else {
        TcpSocket::new_v6()
    }?;
    // As `bind` does: a restart need not wait for the connections of the last run to time out. On Windows the
    // option means that others may take the port over.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(Bound(socket))
}

impl Bound {
    /// The address, with the port that a free one was chosen for.
    ///
    /// # Errors
    ///
    /// When the operating system does not tell.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    /// Listens with a longer queue than the 128 of [`TcpListener::bind`].
    ///
    /// Beyond it the operating system drops connections in a burst, and their clients try again only after a second.
    ///
    /// # Errors
    ///
    /// When somebody else has begun to listen there meanwhile. To be called within the runtime.
    pub fn listen(self) -> io::Result<TcpListener> {
        self.0.listen(QUEUE)
    }
}

/// Serves `endpoint` on `listener` until `shutdown` is ready, then lets the requests under way finish.
///
/// Dropping the future drops all connections at once. A second signal to stop is the caller's to handle that way.
///
/// # Errors
///
/// When the listener cannot be taken out of the runtime for the stop. A connection that cannot be accepted is not an
/// error: the server logs it, waits and goes on.
pub async fn serve<E>(
    listener: TcpListener,
    endpoint: Arc<E>,
    limits: Limits,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()>
where
    E: Endpoint + 'static,
{
    let all = limits.max_connections.clamp(1, MOST_CONNECTIONS);
    let slots = Arc::new(Semaphore::new(all));
    let (phase, _) = watch::channel(Phase::Serving);
    let connections = Arc::new(Connections::new(endpoint, limits));
    let start = |stream, peer, slot: OwnedSemaphorePermit| {
        let connection = Arc::clone(&connections).serve(stream, peer, phase.subscribe());
        // A task of its own, so that a panic ends one connection only.
        tokio::spawn(async move {
            connection.await;
            drop(slot);
        });
    };

    let mut backoff = Backoff::default();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            biased;
            () = &mut shutdown => break,
            (stream, peer, slot) = accept(&listener, &slots, &mut backoff) => start(stream, peer, slot),
        }
    }

    // Clients in the queue believe they are connected, and closing the listener would reset them.
    let listener = listener.into_std()?;
    while let Ok(slot) = Arc::clone(&slots).try_acquire_owned()
        && let Ok((stream, peer)) = listener.accept()
    {
        if let Ok(stream) = stream
            .set_nonblocking(true)
            .and_then(|()| TcpStream::from_std(stream))
        {
            start(stream, peer, slot);
        }
    }
    drop(listener);
    phase.send_replace(Phase::Draining);
    let every_slot = || slots.acquire_many(u32::try_from(all).unwrap_or(u32::MAX));
    if timeout(limits.drain, every_slot()).await.is_err() {
        let open = all.saturating_sub(slots.available_permits());
        tracing::warn!(
            open,
            "requests were still under way at the end of the drain time and are dropped"
        );
        phase.send_replace(Phase::Dropping);
        // Only a handler that blocks its thread is still there after this, and nobody can stop that one.
        let _ = timeout(LAST_MOMENT, every_slot()).await;
    }
    Ok(())
}

/// The next connection, once there is a slot for it.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
    backoff: &mut Backoff,
) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    let Ok(slot) = Arc::clone(slots).acquire_owned().await else {
        // Nobody closes the semaphore.
        return pending().await;
    };
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                backoff.succeeded();
                return (stream, peer, slot);
            }
            Err(error) => {
                if let Some(wait) = backoff.failed(&error) {
                    sleep(wait).await;
                }
            }
        }
    }
}

//! Being asked to stop: the first time in order, the second time at once. Being asked to read the keys again.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::failure::{ANYTHING, Failure};

/// Knows whether SIGTERM or SIGINT has come.
#[derive(Clone)]
pub(super) struct Signals(watch::Receiver<bool>);

impl Signals {
    /// From now on signals come here. The second one ends the process at once; an
    /// embedded Postgres lives on and is taken over by the next start.
    pub(super) fn watch() -> Result<Self, Failure> {
        let (mut terminate, mut interrupt) = (
            signal(SignalKind::terminate())?,
            signal(SignalKind::interrupt())?,
        );
        let (sender, receiver) = watch::channel(false);
        tokio::spawn(async move {
            for _ in 0..2 {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                let before = sender.send_replace(true);
                if before {
                    std::process::exit(ANYTHING.into());
                }
            }
        });
        Ok(Self(receiver))
    }

    /// Waits for the first signal.
    pub(super) async fn stopped(mut self) {
        // Its sender lives as long as the runtime; without it no signal will come.
        if self.0.wait_for(|stopped| *stopped).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// The result of `work`, or `None` when a signal comes first and `work` is given up.
    pub(super) async fn unless_stopped<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.clone().stopped() => None,
            result = work => Some(result),
        }
    }
}

/// Knows when SIGHUP comes.
pub(super) struct HangUps(Signal);

impl HangUps {
    /// From now on it does not end the process.
    pub(super) fn watch() -> Result<Self, Failure> {
        Ok(Self(signal(SignalKind::hangup())?))
    }

    /// Waits for the next one.
    pub(super) async fn next(&mut self) {
        // Its sender lives as long as the runtime; without it no signal will come.
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

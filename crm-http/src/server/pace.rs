//! How long a peer may keep us waiting for its bytes, or for room to send it ours.
//!
//! A timeout per read or write is not enough: one byte a second keeps it away for ever. A timeout for the whole
//! transfer is too much: it cuts a large upload over a slow line. So time waited is taken from a budget that bytes
//! moved fill again, and that never grows above where it began.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

/// A budget of waiting time.
#[derive(Debug)]
pub(super) struct Pace {
    full: Duration,
    left: Duration,
    bytes_per_second: u32,
    waiting_since: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Pace {
    /// A full budget, to be refilled by one second for every `bytes_per_second` bytes moved.
    pub(super) fn new(full: Duration, bytes_per_second: u32) -> Self {
        Self {
            full,
            left: full,
            bytes_per_second: bytes_per_second.max(1),
            waiting_since: None,
            timer: None,
        }
    }

    /// The peer is not keeping us waiting any more, and `bytes` went through.
    pub(super) fn moved(&mut self, bytes: usize) {
        if let Some(since) = self.waiting_since.take() {
            self.left = self.left.saturating_sub(since.elapsed());
        }
        let micros = u64::try_from(bytes)
            .unwrap_or(u64::MAX)
            .saturating_mul(1_000_000);
        let earned = Duration::from_micros(micros / u64::from(self.bytes_per_second));
        self.left = self.left.saturating_add(earned).min(self.full);
    }

    /// The peer keeps us waiting: ready once the budget is used up, until then the task is woken for it.
    pub(super) fn poll_spent(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let timer = if self.waiting_since.is_some() {
            self.timer
                .get_or_insert_with(|| Box::pin(sleep_until(Instant::now())))
        } else {
            let now = Instant::now();
            self.waiting_since = Some(now);
            let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(now)));
            timer.as_mut().reset(now + self.left);
            timer
        };
        timer.as_mut().poll(cx)
    }
}

/// A request body that fails with [`io::ErrorKind::TimedOut`] when its sender is too slow.
#[derive(Debug)]
pub(super) struct PacedBody<B> {
    body: B,
    pace: Pace,
}

impl<B> PacedBody<B> {
    pub(super) fn new(body: B, pace: Pace) -> Self {
        Self { body, pace }
    }
}

impl<B> Body for PacedBody<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = &mut *self;
        let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) else {
            ready!(this.pace.poll_spent(cx));
            return Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into())));
        };
        Poll::Ready(frame.map(|frame| {
            let frame = frame.map_err(io::Error::other)?;
            this.pace.moved(frame.data_ref().map_or(0, Bytes::len));
            Ok(frame)
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_moves_nothing_uses_up_the_whole_budget() {
        let start = Instant::now();
        let mut pace = Pace::new(Duration::from_secs(10), 1_024);
        pace.moved(100_000_000);
        poll_fn(|cx| pace.poll_spent(cx)).await;
        assert_eq!(start.elapsed().as_secs(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn a_byte_a_second_hardly_delays_the_end() {
        let start = Instant::now();
        let mut pace = Pace::new(Duration::from_secs(10), 1_024);
        while tokio::time::timeout(Duration::from_secs(1), poll_fn(|cx| pace.poll_spent(cx)))
            .await
            .is_err()
        {
            pace.moved(1);
        }
        assert_eq!(start.elapsed().as_secs(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_but_steady_peer_is_waited_for() {
        let mut pace = Pace::new(Duration::from_secs(10), 1_024);
        for _ in 0..1_000 {
            let wait =
                tokio::time::timeout(Duration::from_secs(1), poll_fn(|cx| pace.poll_spent(cx)));
            assert!(wait.await.is_err());
            pace.moved(1_500);
        }
    }
}

//! An answer that goes on, read over a real connection: server-sent events.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::app::Client;

/// More than anything may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a server tells a client as it comes.
pub struct TestStream {
    lines: BufReader<TcpStream>,
    /// The first line of the answer: `HTTP/1.1 200 OK`.
    pub status: String,
}

impl TestStream {
    /// Asks the server at `address`, as [`TestApp::serve`](crate::TestApp::serve) gives it; `after` is the id of the last event that
    /// was told.
    ///
    /// # Panics
    /// When the server cannot be reached.
    pub async fn open(
        address: SocketAddr,
        client: &Client<'_>,
        path: &str,
        after: Option<&str>,
    ) -> Self {
        let mut stream = TcpStream::connect(address)
            .await
            .expect("the server is there");
        let after = after.map(|after| format!("Last-Event-ID: {after}\r\n"));
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: crm.test\r\nAuthorization: Bearer {}\r\n{}\r\n",
            client.token(),
            after.unwrap_or_default()
        );
        let sent = stream.write_all(request.as_bytes()).await;
        sent.expect("the server reads");
        let mut lines = BufReader::new(stream);
        let mut status = String::new();
        let answered = timeout(PATIENCE, lines.read_line(&mut status)).await;
        answered
            .expect("the server answers")
            .expect("the connection holds");
        Self { lines, status }
    }

    /// The next event, with its id where it has one; `None` when the stream has ended.
    ///
    /// # Panics
    /// When there is none for a minute, or it is no JSON.
    pub async fn next(&mut self) -> Option<(Option<String>, Value)> {
        let mut id = None;
        loop {
            let mut line = String::new();
            let read = timeout(PATIENCE, self.lines.read_line(&mut line)).await;
            let read = read.expect("something is told").unwrap_or(0);
            if read == 0 || line == "0\r\n" {
                return None;
            }
            if let Some(found) = line.strip_prefix("id: ") {
                id = Some(found.trim().to_owned());
            }
            if let Some(data) = line.strip_prefix("data: ") {
                return Some((id, serde_json::from_str(data).expect("it is JSON")));
            }
        }
    }
}

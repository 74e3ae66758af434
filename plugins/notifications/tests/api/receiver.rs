//! A receiver of webhooks: a server of a few lines, which keeps what it is told and answers what the test says.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use poem::http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};

/// What a receiver was told once.
#[derive(Clone)]
pub(crate) struct Told {
    pub(crate) line: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Told {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Whether a library that others wrote takes it, for this secret.
    pub(crate) fn verifies(&self, secret: &str) -> bool {
        let verifier = standardwebhooks::Webhook::new(secret).unwrap();
        verifier.verify(&self.body, &self.headers).is_ok()
    }
}

/// A receiver, until it is dropped.
pub(crate) struct Receiver {
    pub(crate) url: String,
    told: Arc<Mutex<Vec<Told>>>,
    answers: Arc<Mutex<VecDeque<String>>>,
    server: tokio::task::JoinHandle<()>,
}

impl Receiver {
    /// One that takes everything, unless it is said.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook?a=b", listener.local_addr().unwrap());
        let (told, answers) = (Arc::default(), Arc::default());
        let (keeps, says) = (Arc::clone(&told), Arc::clone(&answers));
        let server = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, Arc::clone(&keeps), Arc::clone(&says)));
            }
        });
        Self {
            url,
            told,
            answers,
            server,
        }
    }

    /// Answers so the next time: a status line, and headers and a body, if there are any.
    pub(crate) fn answer(&self, answer: &str) {
        self.answers.lock().unwrap().push_back(answer.to_owned());
    }

    /// What it was told since it was last asked.
    pub(crate) fn told(&self) -> Vec<Told> {
        std::mem::take(&mut self.told.lock().unwrap())
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(
    stream: TcpStream,
    keeps: Arc<Mutex<Vec<Told>>>,
    says: Arc<Mutex<VecDeque<String>>>,
) {
    let mut stream = BufStream::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or_default() == 0 {
            return;
        }
        match line.trim_end() {
            "" => break,
            line => head.push(line.to_owned()),
        }
    }
    let headers: HeaderMap = head[1..]
        .iter()
        .map(|line| {
            let (name, value) = line.split_once(": ").unwrap();
            let name: HeaderName = name.parse().unwrap();
            (name, HeaderValue::from_str(value).unwrap())
        })
        .collect();
    let length = headers["content-length"].to_str().unwrap().parse().unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    let told = Told {
        line: head[0].clone(),
        headers,
        body,
    };
    keeps.lock().unwrap().push(told);
    let answer = says.lock().unwrap().pop_front();
    let answer = answer.unwrap_or_else(|| "200 OK".to_owned());
    let end = if answer.contains("\r\n\r\n") {
        ""
    } else {
        "\r\nContent-Length: 0\r\n\r\n"
    };
    let answer = format!("HTTP/1.1 {answer}{end}");
    stream.write_all(answer.as_bytes()).await.ok();
    stream.flush().await.ok();
}

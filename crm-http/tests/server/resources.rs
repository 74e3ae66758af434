//! What many bad clients cost, measured on a server in a process of its own.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use crm_http::middleware::body_limit::BodyLimit;
use crm_http::server::{Bound, Limits, bind, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::harness::app;

const GOOD: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

/// Not a test: the server that the tests below start, with the limits an operator gets. It runs until its standard
/// input ends, so at once where a test runner starts it.
#[test]
#[ignore = "started by other tests"]
fn a_server_with_the_default_limits() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let listener = bind(([127, 0, 0, 1], 0).into())
            .and_then(Bound::listen)
            .unwrap();
        println!("\nlistening on {}", listener.local_addr().unwrap());
        let (stop, stopped) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            let _ = std::io::stdin().read_to_end(&mut Vec::new());
            let _ = stop.send(());
        });
        let endpoint = Arc::new(app(BodyLimit::default(), &Arc::new(Notify::new())));
        let limits = Limits {
            drain: Duration::ZERO,
            ..Limits::default()
        };
        let stop = async {
            let _ = stopped.await;
        };
        serve(listener, endpoint, limits, stop).await.unwrap();
    });
}

struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    /// A server that may have `descriptors` open.
    fn start(descriptors: u32) -> Self {
        let script = format!(
            "ulimit -n {descriptors} && exec \"$0\" --ignored --nocapture --exact resources::a_server_with_the_default_limits"
        );
        let mut child = Command::new("sh")
            .args(["-c", &script])
            .arg(std::env::current_exe().unwrap())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines
            .find_map(|line| {
                line.unwrap()
                    .strip_prefix("listening on ")
                    .map(|address| address.parse().unwrap())
            })
            .expect("the server says where it listens");
        Self { child, address }
    }

    fn proc(&self, file: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).unwrap()
    }

    /// Memory in use, in KiB.
    fn memory(&self) -> u64 {
        let status = self.proc("status");
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Processor time used, in hundredths of a second.
    fn cpu(&self) -> u64 {
        let stat = self.proc("stat");
        let (_, fields) = stat.rsplit_once(") ").unwrap();
        fields
            .split(' ')
            .skip(11)
            .take(2)
            .map(|ticks| ticks.parse::<u64>().unwrap())
            .sum()
    }

    /// How long a good request takes.
    async fn good_request(&self) -> Duration {
        let start = Instant::now();
        let answer = timeout(Duration::from_secs(5), exchange(self.address, GOOD))
            .await
            .expect("an answer in time");
        assert!(answer.ends_with("\r\n\r\nhello"), "{answer}");
        start.elapsed()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

async fn exchange(address: SocketAddr, request: &[u8]) -> String {
    let mut client = TcpStream::connect(address).await.unwrap();
    // A server that has heard enough may close before the end of the request.
    let _ = client.write_all(request).await;
    let mut answer = Vec::new();
    let _ = client.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn five_hundred_slow_connections_do_not_stop_a_good_request() {
    let server = Process::start(1_024);
    let mut slow = Vec::new();
    for _ in 0..500 {
        let mut client = TcpStream::connect(server.address).await.unwrap();
        client
            .write_all(b"POST /limited HTTP/1.1\r\nHost: a\r\nX-")
            .await
            .unwrap();
        slow.push(client);
    }
    for _ in 0..20 {
        let took = server.good_request().await;
        assert!(took < Duration::from_secs(1), "took {took:?}");
    }
}

#[tokio::test]
async fn many_large_bodies_use_little_memory() {
    const CLIENTS: u64 = 64;
    let server = Process::start(1_024);
    server.good_request().await;
    let before = server.memory();
    let head = "POST /limited HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x1_0000));
    let request: Arc<str> = format!("{head}{}", chunk.repeat(64)).into();
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        let (address, request) = (server.address, Arc::clone(&request));
        clients.spawn(async move { exchange(address, request.as_bytes()).await });
    }
    let mut most = 0;
    while !clients.is_empty() {
        tokio::select! {
            answer = clients.join_next() => {
                let answer = answer.unwrap().unwrap();
                assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
            }
            () = sleep(Duration::from_millis(5)) => (),
        }
        most = most.max(server.memory());
    }
    // 4 MiB from each; no more than four times the limit of 256 KiB for each of them stays.
    assert!(
        most - before < CLIENTS * 1_024,
        "grew from {before} to {most} KiB"
    );
}

#[tokio::test]
async fn running_out_of_file_descriptors_costs_no_processor_time_and_passes() {
    let server = Process::start(40);
    let mut clients = Vec::new();
    for _ in 0..100 {
        clients.push(TcpStream::connect(server.address).await.unwrap());
    }
    sleep(Duration::from_millis(300)).await;
    let before = server.cpu();
    sleep(Duration::from_secs(1)).await;
    let used = server.cpu() - before;
    assert!(
        used <= 5,
        "used {used} hundredths of a second in one second"
    );
    drop(clients);
    let took = server.good_request().await;
    assert!(took < Duration::from_secs(1), "took {took:?}");
}

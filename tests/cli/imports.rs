//! A large import on a real server: its memory stays small, and a kill in the middle neither loses nor doubles a row.

use std::time::{Duration, Instant};

use reqwest::{Client, RequestBuilder};
use serde_json::Value;

use crate::process::{ADMIN, sign_in};
use crate::program::{Folder, Server};

/// Rows of the file. What a server holds of it does not depend on them.
const ROWS: usize = 6_000;

/// Every so many rows one has no usable address.
const WRONG: usize = 500;

/// The most memory of the server at any time, in MB.
const MAX_MEMORY: u64 = 150;

struct Session<'a> {
    server: &'a Server,
    client: Client,
    token: String,
}

impl<'a> Session<'a> {
    async fn new(server: &'a Server) -> Self {
        Self {
            server,
            client: Client::new(),
            token: sign_in(server, ADMIN[0].1, ADMIN[1].1).await.unwrap(),
        }
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(self.server.url(path))
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(self.server.url(path))
    }

    async fn text(&self, request: RequestBuilder) -> String {
        let answer = request.bearer_auth(&self.token).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{status} {text}");
        text
    }

    async fn json(&self, request: RequestBuilder) -> Value {
        serde_json::from_str(&self.text(request).await).unwrap()
    }

    async fn leads(&self) -> u64 {
        let list = self.json(self.get("/api/leads?count=exact&limit=1")).await;
        list["totalLeads"].as_u64().unwrap()
    }

    /// Waits until the import is like this, and shows it then.
    async fn wait(&self, import: &str, is_there: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + Duration::from_secs(45);
        loop {
            let now = self.json(self.get(import)).await;
            assert_ne!(now["state"], "failed", "{now}");
            if is_there(&now) {
                return now;
            }
            assert!(Instant::now() < deadline, "{now}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// Cells with line breaks, so that the line of a row is not its number.
fn table() -> String {
    let rows = (0..ROWS).map(|n| {
        let at = if n % WRONG == 0 { "at" } else { "@" };
        format!("Lead {n},lead{n}{at}example.org,'+49 30 {n},Company {n},Fair,gold;silver,\"more\nof it\"\n")
    });
    let rows: String = rows.collect();
    format!("name,emailId,phone,company,source,tags,remark\n{rows}")
}

/// The most memory that a process has had, in MB; nothing where the system does not tell. Less the pages of its own file, which in
/// a program with debug information are many and say nothing of its data.
fn peak_memory(server: &Server) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).ok()?;
    let kilobytes = |name: &str| -> Option<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse().ok()
    };
    Some((kilobytes("VmHWM:")? - kilobytes("RssFile:")?) / 1024)
}

fn serve(folder: &Folder) -> Server {
    let quiet = [("CRM_LOG", "warn")];
    folder.crm(&["serve"]).with(&ADMIN).with(&quiet).serve()
}

fn assert_small(server: &Server) {
    if let Some(peak) = peak_memory(server) {
        assert!(peak < MAX_MEMORY, "{peak} MB");
    }
}

#[tokio::test]
async fn a_large_import_takes_little_memory_survives_a_kill_names_lines_and_is_taken_back() {
    let folder = Folder::new();
    let server = serve(&folder);
    let session = Session::new(&server).await;
    let upload = session.post("/api/imports?resource=lead");
    let upload = upload.header("content-type", "text/csv").body(table());
    let import = session.json(upload).await;
    let path = format!("/api/imports/{}", import["id"].as_str().unwrap());
    session.json(session.post(&format!("{path}/run"))).await;
    let begun = session.wait(&path, |now| now["counts"]["created"].as_u64() > Some(1_000));
    let begun = begun.await;
    assert_eq!(
        begun["state"], "running",
        "it is killed in the middle: {begun}"
    );
    assert_small(&server);
    drop(session);
    server.kill();

    let server = serve(&folder);
    let session = Session::new(&server).await;
    let done = session.wait(&path, |now| now["state"] == "finished").await;
    let wrong = ROWS / WRONG;
    assert_eq!(done["counts"]["created"], ROWS - wrong);
    assert_eq!(done["counts"]["failed"], wrong);
    assert_eq!(session.leads().await, (ROWS - wrong) as u64);
    let errors = session.text(session.get(&format!("{path}/errors"))).await;
    let mut lines = csv::Reader::from_reader(errors.as_bytes());
    let lines: Vec<usize> = lines
        .records()
        .map(|row| row.unwrap()[0].parse().unwrap())
        .collect();
    // Below the header, two lines a row.
    let expected: Vec<_> = (0..wrong).map(|n| 2 + 2 * WRONG * n).collect();
    assert_eq!(lines, expected);

    session.json(session.post(&format!("{path}/revert"))).await;
    let taken_back = session.wait(&path, |now| now["state"] == "reverted").await;
    assert_eq!(
        taken_back["counts"]["reverted"],
        ROWS - wrong,
        "{taken_back}"
    );
    assert_eq!(session.leads().await, 0);
    assert_small(&server);
}

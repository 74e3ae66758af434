//! Replacing the keys while servers serve.

use std::fs::File;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crm_testing::TestDatabase;
use reqwest::{Client, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::database::{crm, migrated};
use crate::program::{Folder, Server};

const ADMIN: [(&str, &str); 2] = [
    ("CRM_ADMIN_EMAIL", "ada@example.org"),
    ("CRM_ADMIN_PASSWORD", "quiet river, amber lantern"),
];

/// On a loaded machine a test should be slow rather than fail.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a client keeps of a sign-in or a refresh.
#[derive(Clone)]
struct Tokens {
    access: String,
    refresh: String,
}

impl Tokens {
    async fn from(response: Response) -> Self {
        assert_eq!(response.status(), StatusCode::OK);
        let cookies = response.headers().get_all(header::SET_COOKIE).iter();
        let mut cookies = cookies.map(|cookie| cookie.to_str().unwrap());
        let refresh = cookies.find(|cookie| cookie.starts_with("refreshToken="));
        let refresh = refresh.unwrap().split(';').next().unwrap().to_owned();
        let body: Value = response.json().await.unwrap();
        let access = body["token"].as_str().unwrap().to_owned();
        Self { access, refresh }
    }

    fn key_id(&self) -> String {
        let header = self.access.split('.').next().unwrap();
        let header: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
        header["kid"].as_str().unwrap().to_owned()
    }
}

async fn sign_in(server: &str) -> Tokens {
    let account = json!({ "emailId": ADMIN[0].1, "password": ADMIN[1].1 });
    let request = Client::new().post(format!("{server}/api/auth/login"));
    Tokens::from(request.json(&account).send().await.unwrap()).await
}

async fn refresh(client: &Client, server: &str, cookie: &str) -> Tokens {
    let request = client
        .post(format!("{server}/api/auth/refresh"))
        .header(header::ORIGIN, server)
        .header(header::COOKIE, cookie);
    Tokens::from(request.send().await.unwrap()).await
}

async fn status(client: &Client, server: &str, access: &str) -> StatusCode {
    let request = client.get(format!("{server}/api/auth/me"));
    let answer = request.bearer_auth(access).send().await;
    answer.unwrap().status()
}

/// Two servers on one database, with one folder for their secrets.
struct Replicas {
    // Dropped before their database.
    servers: [Server; 2],
    folder: Folder,
    database: TestDatabase,
}

impl Replicas {
    async fn start() -> Self {
        let (folder, database) = (Folder::new(), migrated().await);
        let servers = ["0.log", "1.log"].map(|log| {
            let log = File::create(folder.path().join(log)).unwrap();
            crm(&folder, &database, &["serve"])
                .with(&ADMIN)
                .serve_with_log(log)
        });
        Self {
            servers,
            folder,
            database,
        }
    }

    fn urls(&self) -> [String; 2] {
        self.servers.each_ref().map(|server| server.url(""))
    }

    fn run(&self, arguments: &[&str]) -> String {
        crm(&self.folder, &self.database, arguments).run().done()
    }

    /// Has them read the keys again, and waits until they have.
    async fn reload(&self, outcome: &str) {
        let before = self.logged(outcome);
        for server in &self.servers {
            server.signal("-HUP");
        }
        let deadline = Instant::now() + PATIENCE;
        while self.logged(outcome) != before.map(|lines| lines + 1) {
            assert!(Instant::now() < deadline, "{outcome} is not logged");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// How many lines of their logs say so.
    fn logged(&self, text: &str) -> [usize; 2] {
        ["0.log", "1.log"].map(|log| {
            let log = std::fs::read_to_string(self.folder.path().join(log)).unwrap();
            log.lines().filter(|line| line.contains(text)).count()
        })
    }
}

const READ: &str = "the keys were read again";
const NOT_READ: &str = "the keys could not be read again";

/// Somebody who works: refreshing again and again, on both servers in turn. Gives the number of requests
/// and what was not answered with 200.
async fn work(
    servers: [String; 2],
    mut mine: Tokens,
    everybody: Arc<Mutex<Vec<Tokens>>>,
    done: Arc<AtomicBool>,
) -> (usize, Vec<StatusCode>) {
    let client = Client::new();
    let (mut requests, mut failures) = (0, Vec::new());
    while !done.load(Ordering::Relaxed) {
        everybody.lock().unwrap().push(mine.clone());
        for server in &servers {
            let tokens: Vec<_> = everybody.lock().unwrap().clone();
            // The oldest, one in the middle, the newest.
            for at in [0, tokens.len() / 2, tokens.len() - 1] {
                let status = status(&client, server, &tokens[at].access).await;
                requests += 1;
                failures.extend((status != StatusCode::OK).then_some(status));
            }
            mine = refresh(&client, server, &mine.refresh).await;
            requests += 1;
        }
    }
    (requests, failures)
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_replaced_under_load_and_no_request_fails() {
    let replicas = Replicas::start().await;
    let [one, other] = replicas.urls();
    let first = sign_in(&one).await;
    let everybody = Arc::new(Mutex::new(vec![first.clone()]));
    let done = Arc::new(AtomicBool::new(false));
    let mut workers = Vec::new();
    for _ in 0..4 {
        // One after the other: an account that is tried by too many at once waits.
        let mine = sign_in(&one).await;
        let (everybody, done) = (Arc::clone(&everybody), Arc::clone(&done));
        workers.push(tokio::spawn(work(replicas.urls(), mine, everybody, done)));
    }
    tokio::time::sleep(Duration::from_millis(500)).await;

    let printed = replicas.run(&["keys", "rotate", "--delay", "3"]);
    assert!(printed.contains("next") && printed.contains("kill -HUP"));
    replicas.reload(READ).await;
    let deadline = Instant::now() + PATIENCE;
    let of_next_key = || {
        let tokens = everybody.lock().unwrap();
        let keys = tokens.iter().map(Tokens::key_id);
        keys.filter(|id| *id != first.key_id()).count()
    };
    while of_next_key() < 40 {
        assert!(Instant::now() < deadline, "the next key does not sign");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    done.store(true, Ordering::Relaxed);
    let mut requests = 0;
    for worker in workers {
        let (number, failures) = worker.await.unwrap();
        assert!(failures.is_empty(), "{failures:?} of {number} requests");
        requests += number;
    }
    assert!(requests > 200, "{requests}");
    let listed = replicas.run(&["keys", "list"]);
    assert!(
        listed.contains("verify-only") && !listed.contains("next"),
        "{listed}"
    );

    // A key is taken out: what it signed is refused, the session goes on.
    let file = replicas.folder.data_dir().join("secrets.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let mut kept: toml::Table = text.parse().unwrap();
    let keys = kept["CRM_JWT_KEYS"].as_array_mut().unwrap();
    keys.retain(|key| key["kid"].as_str() != Some(first.key_id().as_str()));
    std::fs::write(&file, kept.to_string()).unwrap();
    replicas.reload(READ).await;
    let client = Client::new();
    let last = sign_in(&other).await;
    for server in [&one, &other] {
        let old = status(&client, server, &first.access).await;
        assert_eq!(old, StatusCode::UNAUTHORIZED);
        assert_eq!(status(&client, server, &last.access).await, StatusCode::OK);
    }
    let again = refresh(&client, &one, &first.refresh).await;
    assert_eq!(status(&client, &other, &again.access).await, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_cannot_be_read_leave_those_before_and_one_line_in_the_log() {
    let replicas = Replicas::start().await;
    let [one, other] = replicas.urls();
    let tokens = sign_in(&one).await;
    let client = Client::new();
    let file = replicas.folder.data_dir().join("secrets.toml");
    let good = std::fs::read_to_string(&file).unwrap();
    for broken in ["JWT_SECRET = hunter2", "", "CRM_JWT_KEYS = []"] {
        std::fs::write(&file, broken).unwrap();
        replicas.reload(NOT_READ).await;
        assert_eq!(
            status(&client, &other, &tokens.access).await,
            StatusCode::OK
        );
        assert_eq!(sign_in(&other).await.key_id(), tokens.key_id());
    }
    std::fs::remove_file(&file).unwrap();
    replicas.reload(NOT_READ).await;
    assert!(!file.exists());
    assert_eq!(replicas.logged(NOT_READ), [4, 4]);
    assert_eq!(replicas.logged("hunter2"), [0, 0]);
    let refused = crm(&replicas.folder, &replicas.database, &["keys", "rotate"]);
    assert!(refused.run().failed(78).contains("there is no such file"));
    std::fs::write(&file, good).unwrap();
    assert_eq!(
        refresh(&client, &other, &tokens.refresh).await.key_id(),
        tokens.key_id()
    );
}

#[test]
fn keys_that_the_settings_give_are_listed_and_not_rotated() {
    let folder = Folder::new();
    let key =
        |id: &str, byte: &str| format!(r#"[{{"kid": "{id}", "key": "{}"}}]"#, byte.repeat(32));
    let (access, refresh) = (key("blue", "1"), key("red", "2"));
    let given = [
        ("CRM_JWT_KEYS", access.as_str()),
        ("CRM_REFRESH_KEYS", refresh.as_str()),
    ];
    let run = |arguments: &[&str]| folder.crm(arguments).with(&given).run();
    let listed = run(&["keys", "list"]).done();
    let cells = |line: &str| {
        line.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let lines: Vec<_> = listed.lines().skip(1).map(cells).collect();
    assert_eq!(
        lines,
        [
            ["access", "blue", "active", "-", "-", "-"],
            ["refresh", "red", "active", "-", "-", "-"]
        ]
    );
    let refused = run(&["keys", "rotate"]).failed(78);
    assert!(
        refused.starts_with("the settings give all keys"),
        "{refused}"
    );
    assert!(!folder.data_dir().exists());
    assert_eq!(run(&["keys", "rotate", "--delay", "-1"]).code, Some(2));
}

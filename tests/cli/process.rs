//! A server on a fresh folder, with a Postgres of its own: started, killed, stopped.

use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use crate::program::{Folder, Server};

/// The first Admin, by settings.
pub(crate) const ADMIN: [(&str, &str); 2] = [
    ("CRM_ADMIN_EMAIL", "ada@example.org"),
    ("CRM_ADMIN_PASSWORD", "a long and odd phrase"),
];

/// Signs in over HTTP and gives the access token, or else the status of the answer.
pub(crate) async fn sign_in(
    server: &Server,
    email: &str,
    password: &str,
) -> Result<String, StatusCode> {
    let answer = Client::new()
        .post(server.url("/api/auth/login"))
        .json(&json!({ "emailId": email, "password": password }))
        .send()
        .await
        .unwrap();
    if !answer.status().is_success() {
        return Err(answer.status());
    }
    let body: Value = answer.json().await.unwrap();
    Ok(body["token"].as_str().unwrap().to_owned())
}

/// Makes leads until the server is gone, and gives the ids of those that it acknowledged.
pub(crate) async fn create_leads(
    url: String,
    token: String,
    created: Arc<AtomicU32>,
) -> Vec<String> {
    let mut acknowledged = Vec::new();
    let client = Client::new();
    loop {
        let lead = json!({
            "name": format!("Lead {}", acknowledged.len()),
            "phone": "+49 30 23125 000",
        });
        let request = client.post(&url).bearer_auth(&token).json(&lead);
        let Ok(answer) = request.send().await else {
            return acknowledged;
        };
        assert_eq!(answer.status(), StatusCode::CREATED);
        let Ok(body) = answer.json::<Value>().await else {
            return acknowledged;
        };
        acknowledged.push(body["id"].as_str().unwrap().to_owned());
        created.fetch_add(1, Ordering::Relaxed);
    }
}

pub(crate) async fn total_leads(server: &Server, token: &str) -> u64 {
    let answer = Client::new()
        .get(server.url("/api/leads?count=exact"))
        .bearer_auth(token)
        .send()
        .await
        .unwrap();
    let body: Value = answer.json().await.unwrap();
    body["totalLeads"].as_u64().unwrap()
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill_and_a_stop_ends_postgres_too() {
    let folder = Folder::new();
    let server = folder.crm(&["serve"]).with(&ADMIN).serve();
    let token = sign_in(&server, ADMIN[0].1, ADMIN[1].1).await.unwrap();
    let created = Arc::new(AtomicU32::new(0));
    let writers: Vec<_> = (0..4)
        .map(|_| {
            let url = server.url("/api/leads");
            tokio::spawn(create_leads(url, token.clone(), Arc::clone(&created)))
        })
        .collect();
    while created.load(Ordering::Relaxed) < 50 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let postgres = std::fs::read_to_string(folder.data_dir().join("cluster/postmaster.pid"));
    // In the middle of it.
    server.kill();
    assert!(folder.has_postgres());
    let mut acknowledged = Vec::new();
    for writer in writers {
        acknowledged.extend(writer.await.unwrap());
    }
    assert!(acknowledged.len() >= 50);

    // Takes over the Postgres that runs, with the secrets that were made.
    let server = folder.crm(&["serve"]).serve();
    let now = std::fs::read_to_string(folder.data_dir().join("cluster/postmaster.pid"));
    assert_eq!(
        postgres.unwrap().lines().next(),
        now.unwrap().lines().next()
    );
    for id in &acknowledged {
        let lead = Client::new()
            .get(server.url(&format!("/api/leads/{id}")))
            .bearer_auth(&token)
            .send()
            .await
            .unwrap();
        assert_eq!(lead.status(), StatusCode::OK);
    }
    // One more of each writer may have been stored without the answer getting through.
    let total = total_leads(&server, &token).await;
    let least = acknowledged.len() as u64;
    assert!((least..=least + 4).contains(&total), "{least}, {total}");

    server.signal("-TERM");
    assert_eq!(server.wait().code(), Some(0));
    assert!(!folder.has_postgres());
    let mode = |name| {
        let found = std::fs::metadata(folder.data_dir().join(name)).unwrap();
        found.permissions().mode() & 0o777
    };
    assert_eq!(mode("secrets.toml"), 0o600);
    assert_eq!(mode("") & 0o066, 0);
}

#[tokio::test]
async fn a_second_server_is_refused_and_commands_use_the_running_one() {
    let folder = Folder::new();
    let server = folder.crm(&["serve"]).with(&ADMIN).serve();
    let message = folder
        .crm(&["serve"])
        .with(&[("PORT", "0")])
        .run()
        .failed(1);
    assert!(message.contains("is in use by process"), "{message}");

    let create = ["user", "create", "bob@example.org", "--name", "Bob"];
    folder
        .crm(&create)
        .run_with_input("Bob's rather odd phrase\n")
        .done();
    sign_in(&server, "bob@example.org", "Bob's rather odd phrase")
        .await
        .unwrap();
    let plan = folder.crm(&["migrate", "plan"]).run().done();
    assert_eq!(plan, "nothing to apply\n");
    let doctor = folder.crm(&["doctor"]).run().done();
    assert!(
        doctor.contains("ok       secrets      kept in CRM_DATA_DIR"),
        "{doctor}"
    );
    folder
        .crm(&["user", "disable", "bob@example.org"])
        .run()
        .done();
    let refused = sign_in(&server, "bob@example.org", "Bob's rather odd phrase").await;
    assert_eq!(refused, Err(StatusCode::UNAUTHORIZED));

    server.signal("-INT");
    assert_eq!(server.wait().code(), Some(0));
    assert!(!folder.has_postgres());
}

#[tokio::test]
async fn a_workspace_without_users_is_set_up_by_a_printed_token() {
    let folder = Folder::new();
    let server = folder.crm(&["serve"]).serve();
    server.line("set-up");
    let console = Client::new().get(server.url("/")).send().await.unwrap();
    let token = if console.status().is_success() {
        server.line(&server.url("/setup#token="))
    } else {
        let command = server.line("-d '");
        let body: Value = serde_json::from_str(command.trim_end_matches('\'')).unwrap();
        body["token"].as_str().unwrap().to_owned()
    };
    let body = json!({
        "token": token,
        "name": "Ada",
        "emailId": "you@example.org",
        "password": "a long and odd phrase",
    });
    let set_up = async || {
        let request = Client::new()
            .post(server.url("/api/auth/setup"))
            .json(&body);
        request.send().await.unwrap().status()
    };
    let first = set_up().await;
    assert!(first.is_success(), "{first}");
    assert!(set_up().await.is_client_error());
    sign_in(&server, "you@example.org", "a long and odd phrase")
        .await
        .unwrap();
}

#[tokio::test]
async fn a_container_can_ask_whether_its_server_takes_requests() {
    let folder = Folder::new();
    let server = folder.crm(&["serve"]).with(&ADMIN).serve();
    let port = server.url("").rsplit(':').next().unwrap().to_owned();
    let ask = || folder.crm(&["health"]).with(&[("PORT", &port)]).run();
    assert_eq!(ask().done(), "ready\n");
    server.kill();
    let refused = ask().failed(1);
    assert!(refused.contains("/health/ready says no"), "{refused}");
}

#[tokio::test]
async fn demo_data_come_with_a_way_to_sign_in_which_stays() {
    let folder = Folder::new();
    let server = folder.crm(&["serve", "--demo"]).serve();
    let printed = server.line("sign in");
    let (email, password) = printed.split_once("  ").unwrap();
    let token = sign_in(&server, email, password).await.unwrap();
    let total = total_leads(&server, &token).await;
    assert!((1_800..2_000).contains(&total), "{total}");
    server.signal("-TERM");
    assert!(server.wait().success());

    let server = folder.crm(&["serve", "--demo"]).serve();
    assert_eq!(server.line("sign in"), printed);
    assert_eq!(total_leads(&server, &token).await, total);
    server.signal("-TERM");
    assert!(server.wait().success());
    let production = [("CRM_ENV", "production"), ("PORT", "0")];
    let refused = folder.crm(&["serve", "--demo"]).with(&production).run();
    assert!(refused.failed(78).contains("--demo is refused"));
}

#[test]
fn a_start_that_fails_late_leaves_no_postgres_running() {
    let folder = Folder::new();
    let weak = [ADMIN[0], ("CRM_ADMIN_PASSWORD", "short"), ("PORT", "0")];
    let message = folder.crm(&["serve"]).with(&weak).run().failed(78);
    assert!(
        message.starts_with("CRM_ADMIN_PASSWORD is refused: "),
        "{message}"
    );
    assert!(folder.data_dir().join("cluster").exists());
    assert!(!folder.has_postgres());
    let long = "x".repeat(257);
    let long = [
        ADMIN[0],
        ("CRM_ADMIN_PASSWORD", long.as_str()),
        ("PORT", "0"),
    ];
    let message = folder.crm(&["serve"]).with(&long).run().failed(78);
    assert!(
        message.starts_with("CRM_ADMIN_PASSWORD is refused: "),
        "{message}"
    );

    let secrets = folder.data_dir().join("secrets.toml");
    std::fs::set_permissions(&secrets, std::fs::Permissions::from_mode(0o644)).unwrap();
    let open = folder
        .crm(&["serve"])
        .with(&[("PORT", "0")])
        .run()
        .failed(78);
    assert!(open.contains("others may read it"), "{open}");
    assert!(!folder.has_postgres());
    let doctor = folder.crm(&["doctor"]).run();
    assert!(doctor.stdout.contains("problem  secrets"), "{doctor:?}");
}

#[test]
fn a_second_signal_ends_at_once_and_the_next_start_takes_postgres_over() {
    let folder = Folder::new();
    let server = folder.crm(&["serve"]).with(&ADMIN).serve();
    // An open request keeps the first stop waiting.
    let address = server.url("").replace("http://", "");
    let mut half = std::net::TcpStream::connect(address).unwrap();
    let head = "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                Content-Length: 100\r\n\r\n{";
    std::io::Write::write_all(&mut half, head.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    server.signal("-TERM");
    std::thread::sleep(Duration::from_millis(300));
    server.signal("-TERM");
    assert_eq!(server.wait().code(), Some(1));
    assert!(folder.has_postgres());

    let server = folder.crm(&["serve"]).serve();
    server.signal("-TERM");
    assert_eq!(server.wait().code(), Some(0));
    assert!(!folder.has_postgres());
}

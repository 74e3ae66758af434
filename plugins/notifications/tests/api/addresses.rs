//! No webhook connects to what is not of the public internet, however it is written or named.

use std::sync::Arc;

use chrono::TimeDelta;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use crate::network::TestNetwork;
use crate::receiver::Receiver;
use crate::{app_on, log, path};

/// Hosts that are of no public network, as they may be written.
const INTERNAL: &[&str] = &[
    // Loopback.
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "127.255.255.254",
    "%31%32%37.0.0.1",
    "①②⑦.0.0.1",
    "127。0。0。1",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "0.0.0.0",
    "0",
    "[::]",
    // An IPv4 address within an IPv6 one: mapped, compatible, translated, 6to4, Teredo.
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:169.254.169.254]",
    "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::10.0.0.1]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
    // Private, shared, link-local, and what clouds tell of their machines.
    "10.0.0.1",
    "10.255.255.255",
    "0xa000001",
    "167772161",
    "012.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.257",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "0xa9fea9fe",
    "2852039166",
    "0251.0376.0251.0376",
    "169.254.170.2",
    "192.0.0.192",
    "[fe80::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fec0::1]",
    // Documentation, benchmarks, relays, multicast, reserved.
    "192.0.2.1",
    "198.51.100.1",
    "203.0.113.1",
    "198.18.0.1",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "[ff02::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[100::1]",
    "[5f00::1]",
    "[2001:10::1]",
    "[4000::1]",
];

/// Names whose addresses are.
const NAMES: &[(&str, &[&str])] = &[
    ("localhost", &["127.0.0.1", "::1"]),
    ("localhost.", &["127.0.0.1"]),
    ("router.lan", &["192.168.1.1"]),
    ("127.0.0.1.nip.test", &["127.0.0.1"]),
    ("metadata.google.internal", &["169.254.169.254"]),
    ("mapped.test", &["::ffff:10.0.0.1"]),
    ("translated.test", &["64:ff9b::a9fe:a9fe"]),
    ("several.test", &["10.0.0.1", "fd00::1", "0.0.0.0"]),
    ("nothing.test", &[]),
];

/// Makes a webhook to this address and tries it; gives what its log says, or `None` when it is refused.
async fn try_out(app: &TestApp, admin: &Client<'_>, url: &str) -> Option<Value> {
    let new = json!({ "name": "N", "url": url, "eventTypes": ["lead.created"] });
    let made = admin
        .post("/api/notifications/webhooks")
        .json(new)
        .send()
        .await;
    if made.status == 400 {
        return None;
    }
    let issued = made.expect(201);
    admin
        .post(&format!("{}/ping", path(&issued)))
        .expect(202)
        .await;
    app.drain_jobs().await;
    let entry = log(admin, &issued).await[0].clone();
    admin.delete(&path(&issued)).expect(200).await;
    Some(entry)
}

#[tokio::test]
async fn nothing_internal_is_ever_connected_to() {
    assert!(INTERNAL.len() >= 60);
    let network = Arc::new(TestNetwork::default());
    let app = app_on(&network, &[]).await;
    let admin = app.admin().await;
    for host in INTERNAL {
        for url in [format!("https://{host}/"), format!("http://{host}:5432/")] {
            assert_eq!(try_out(&app, &admin, &url).await, None, "{url}");
        }
    }
    for (name, addresses) in NAMES {
        network.name(name, &[addresses]);
        let entry = try_out(&app, &admin, &format!("https://{name}/"))
            .await
            .unwrap();
        assert_eq!(entry["lastFailure"], json!("no-address"), "{name}");
        assert_eq!(network.looked_up(), [*name]);
    }
    assert_eq!(network.connected(), []);
}

#[tokio::test]
async fn nor_is_it_when_another_network_is_allowed() {
    let network = Arc::new(TestNetwork::default());
    let app = app_on(&network, &["10.99.0.0/16"]).await;
    let admin = app.admin().await;
    for (name, addresses) in NAMES {
        network.name(name, &[addresses]);
        let entry = try_out(&app, &admin, &format!("http://{name}/"))
            .await
            .unwrap();
        assert_eq!(entry["lastFailure"], json!("no-address"), "{name}");
    }
    assert_eq!(network.connected(), []);
    try_out(&app, &admin, "http://10.99.1.2/").await.unwrap();
    network.name("public.test", &[&["8.8.8.8"]]);
    let entry = try_out(&app, &admin, "http://public.test/").await.unwrap();
    assert_eq!(
        entry["lastFailure"],
        json!("no-address"),
        "in the open only within networks of one's own"
    );
    assert_eq!(network.connected(), ["10.99.1.2:80".parse().unwrap()]);
}

#[tokio::test]
async fn what_is_public_is_connected_to_at_the_very_address_that_was_judged() {
    let network = Arc::new(TestNetwork::default());
    let app = app_on(&network, &[]).await;
    let admin = app.admin().await;
    network.name(
        "mixed.test",
        &[&["127.0.0.1", "8.8.8.8", "::1", "2606:4700::1111"]],
    );
    let entry = try_out(&app, &admin, "https://mixed.test:8443/")
        .await
        .unwrap();
    assert_eq!(entry["lastFailure"], json!("not-connected"));
    let public = ["8.8.8.8:8443", "[2606:4700::1111]:8443"].map(|text| text.parse().unwrap());
    assert_eq!(network.connected(), public);
    assert_eq!(network.looked_up(), ["mixed.test"]);
}

#[tokio::test]
async fn a_name_that_comes_to_mean_something_internal_is_judged_anew() {
    let network = Arc::new(TestNetwork::default());
    let app = app_on(&network, &[]).await;
    let admin = app.admin().await;
    // Public when it is saved and first tried; then this machine, on which somebody listens.
    let receiver = Receiver::start().await;
    network.name("rebinding.test", &[&["8.8.8.8"], &["127.0.0.1"]]);
    let url = receiver
        .url
        .replace("http://127.0.0.1", "https://rebinding.test");
    let new = json!({ "name": "N", "url": url, "eventTypes": ["lead.created"] });
    let made = admin.post("/api/notifications/webhooks").json(new);
    let issued = made.expect(201).await;
    admin
        .post(&format!("{}/ping", path(&issued)))
        .expect(202)
        .await;
    app.drain_jobs().await;
    assert_eq!(network.connected().len(), 1);
    app.clock.advance(TimeDelta::seconds(6));
    app.drain_jobs().await;
    let entry = &log(&admin, &issued).await[0];
    assert_eq!(
        (&entry["tries"], &entry["lastFailure"]),
        (&json!(2), &json!("no-address"))
    );
    assert_eq!((network.connected().len(), receiver.told().len()), (0, 0));
    assert_eq!(network.looked_up().len(), 2, "once a try");
}

#[tokio::test]
async fn a_receiver_proves_who_it_is() {
    // It speaks no TLS at all.
    let network = Arc::new(TestNetwork::default());
    let app = app_on(&network, &["127.0.0.0/8"]).await;
    let (admin, receiver) = (app.admin().await, Receiver::start().await);
    let url = receiver.url.replace("http://", "https://");
    let entry = try_out(&app, &admin, &url).await.unwrap();
    assert_eq!(entry["lastFailure"], json!("tls"));
    assert_eq!(receiver.told().len(), 0);
}

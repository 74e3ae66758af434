//! What is told over the public internet is told to who proves to be the receiver, and to nobody else.

use std::sync::Arc;

use crm_app::plugin::{Setting, Settings};
use crm_http::plugin::HttpPlugin;
use crm_notifications::Notifications;
use crm_testing::TestApp;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;

use crate::network::TestNetwork;
use crate::{log, path};

/// Made for these tests, and trusted by nobody else. The key of the authority is thrown away.
const AUTHORITY: &[u8] = include_bytes!("tls/authority.pem");
const CERTIFICATE: &[u8] = include_bytes!("tls/receiver.pem");
const KEY: &[u8] = include_bytes!("tls/receiver.key.pem");

/// A receiver on this machine that proves to be `receiver.test`; gives its port and what it is told.
async fn receiver() -> (u16, mpsc::UnboundedReceiver<String>) {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let certificates = vec![CertificateDer::from_pem_slice(CERTIFICATE).unwrap()];
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(certificates, PrivateKeyDer::from_pem_slice(KEY).unwrap());
    let acceptor = TlsAcceptor::from(Arc::new(config.unwrap()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut told = String::new();
            // The end of a message.
            while !told.ends_with("webhook-pinged\"}") {
                let mut bytes = [0; 4096];
                let read = stream.read(&mut bytes).await.unwrap();
                told.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
            }
            tell.send(told).unwrap();
            let answer = b"HTTP/1.1 204 No Content\r\n\r\n";
            stream.write_all(answer).await.unwrap();
            stream.shutdown().await.ok();
        }
    });
    (port, told)
}

/// What came of trying a receiver of this name on this machine, by an application that trusts the authority or does not.
async fn tried(name: &str, port: u16, is_trusted: bool) -> Value {
    let network = Arc::new(TestNetwork::default());
    network.name(name, &[&["127.0.0.1"]]);
    let plugin = Notifications::on(network);
    let plugin = if is_trusted {
        plugin.trust(CertificateDer::from_pem_slice(AUTHORITY).unwrap())
    } else {
        plugin
    };
    let mut settings = Settings::default();
    let setting = Setting {
        value: json!(["127.0.0.0/8"]),
        place: "the test".to_owned(),
    };
    settings.set("notifications", "allowed_networks", setting);
    let plugins = [Arc::new(plugin) as Arc<dyn HttpPlugin>];
    let app = TestApp::with_plugin_settings(&plugins, &settings).await;
    let admin = app.admin().await;
    let url = format!("https://{name}:{port}/");
    let new = json!({ "name": "N", "url": url, "eventTypes": ["lead.created"] });
    let made = admin.post("/api/notifications/webhooks").json(new);
    let issued = made.expect(201).await;
    let ping = format!("{}/ping", path(&issued));
    admin.post(&ping).expect(202).await;
    app.drain_jobs().await;
    log(&admin, &issued).await[0].clone()
}

#[tokio::test]
async fn a_receiver_that_proves_who_it_is_is_told() {
    let (port, mut told) = receiver().await;
    let entry = tried("receiver.test", port, true).await;
    assert_eq!(
        (&entry["state"], &entry["lastStatus"]),
        (&json!("delivered"), &json!(204))
    );
    let told = told.try_recv().unwrap();
    assert!(told.starts_with("POST / HTTP/1.1"), "{told}");
    assert!(
        told.contains(&format!("host: receiver.test:{port}")),
        "{told}"
    );
}

#[tokio::test]
async fn one_of_another_name_or_of_an_unknown_authority_is_not() {
    let (port, mut told) = receiver().await;
    for (name, is_trusted) in [("other.test", true), ("receiver.test", false)] {
        let entry = tried(name, port, is_trusted).await;
        assert_eq!(entry["lastFailure"], json!("tls"), "{name}");
    }
    assert!(told.try_recv().is_err());
}

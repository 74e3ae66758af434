//! Where the secrets of second factors are, and where not.

use std::io::Write;
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use crm_app::auth::{Client, Proof};
use crm_app::{Crm, Error, HashCost, KeyRing, RingKey, Secrets};
use crm_testing::TestApp;
use crm_testing::app::{PASSWORD, secrets};
use serde_json::{Value, json};
use totp_rs::Secret;
use tracing::Level;

use super::{Authenticator, confirm, login, recovery_codes};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_secret_is_in_the_database_or_in_the_log() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let app = TestApp::new().await;
    let agent = app.agent().await;
    let request = agent.post("/api/auth/two-factor");
    let started = request
        .json(json!({ "password": PASSWORD }))
        .expect(200)
        .await;
    let secret = started["secret"].as_str().unwrap();
    let authenticator = Authenticator::new(secret);
    let first = authenticator.code(&app);
    let codes = recovery_codes(&confirm(&agent, &first).expect(200).await);
    let second = authenticator.next_code(&app);
    login(&agent, &second).expect(200).await;
    login(&agent, &codes[0]).expect(200).await;
    login(&agent, "no code").expect(401).await;

    let raw = Secret::try_from_base32(secret).unwrap();
    let hex = format!("{:02x?}", raw.as_bytes());
    let hex = hex.replace(", ", "");
    let hex = hex.trim_matches(['[', ']']).to_owned();
    assert_eq!(hex.len(), 40);
    let mut never = vec![secret.to_owned(), hex];
    never.extend(
        codes
            .iter()
            .flat_map(|code| [code.clone(), code.replace('-', "")]),
    );
    let everything = everything(&app).await;
    assert!(everything.contains(&agent.user().id.to_string()));
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("/api/auth/two-factor/confirm"), "{log}");
    for secret in &never {
        assert!(!everything.contains(secret), "{secret} is in the database");
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    // Six digits may stand in a number by chance, but not in quotes.
    for code in [first, second] {
        assert!(!log.contains(&format!("\"{code}\"")), "{code}");
    }
}

/// All rows of all tables.
async fn everything(app: &TestApp) -> String {
    let tables = "select table_name as name from information_schema.tables \
                  where table_schema = 'public' and table_type = 'BASE TABLE'";
    let mut all = String::new();
    for table in app.database().rows(tables).await {
        let rows = format!("select * from {}", table["name"].as_str().unwrap());
        let rows = Value::Array(app.database().rows(&rows).await);
        all.push_str(&rows.to_string());
    }
    all
}

/// A server on the same database with these keys.
fn server(app: &TestApp, keys: &[(&str, u8)]) -> Crm {
    let begins_at = |at: usize| app.crm.now() - TimeDelta::days(10 - i64::try_from(at).unwrap());
    let key = |(at, (id, byte)): (usize, &(&str, u8))| {
        RingKey::new((*id).to_owned(), vec![*byte; 32], Some(begins_at(at)), None).unwrap()
    };
    let keys = keys.iter().enumerate().map(key).collect();
    let secrets = Secrets {
        refresh: KeyRing::refresh(keys, app.crm.now()).unwrap(),
        ..secrets()
    };
    Crm::builder(app.database().pool(), secrets)
        .clock(Arc::clone(&app.clock) as _)
        .hash_cost(HashCost::ForTests)
        .build()
}

async fn login_at(
    server: &Crm,
    agent: &crm_testing::Client<'_>,
    code: String,
) -> Result<(), Error> {
    let proof = Proof {
        password: PASSWORD.to_owned(),
        code: Some(code),
    };
    let email = agent.user().email.as_str();
    let signed_in = server.auth().login(email, proof, Client::default()).await;
    signed_in.map(|_| ())
}

/// The key of the tests is named after itself; another server knows it as the older of two.
#[tokio::test]
async fn a_secret_moves_to_the_key_that_is_active_when_a_code_is_used() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let (authenticator, _) = super::enrol(&app, &agent).await;
    let key_id = async || {
        let rows = app
            .database()
            .rows("select key_id from second_factors")
            .await;
        rows[0]["key_id"].as_str().unwrap().to_owned()
    };
    let first = key_id().await;
    let both = server(&app, &[(&first, 2), ("next", 3)]);
    login_at(&both, &agent, authenticator.next_code(&app))
        .await
        .unwrap();
    assert_eq!(key_id().await, "next");
    let newest = server(&app, &[("next", 3)]);
    login_at(&newest, &agent, authenticator.next_code(&app))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_server_that_has_lost_the_key_takes_recovery_codes_and_nothing_less() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let (authenticator, codes) = super::enrol(&app, &agent).await;
    let other = server(&app, &[("other", 9)]);
    let refused = login_at(&other, &agent, authenticator.next_code(&app)).await;
    let refused = refused.unwrap_err();
    assert!(matches!(refused, Error::Internal(_)), "{refused}");
    assert!(refused.to_string().contains("does not open"), "{refused}");
    login_at(&other, &agent, codes[0].clone()).await.unwrap();
}

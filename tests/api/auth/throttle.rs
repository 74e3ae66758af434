//! Guessing passwords: slowed for each account and each address, without shutting anybody out.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;

use chrono::TimeDelta;
use crm_app::auth::{Client, SignIn};
use crm_app::{AuthError, Error};
use crm_domain::role::Role;
use crm_domain::user::User;
use crm_testing::TestApp;
use crm_testing::app::PASSWORD;

use super::{login, refusal};

fn from(address: &str) -> Client {
    Client {
        address: Some(address.parse().unwrap()),
        ..Client::default()
    }
}

async fn guess(app: &TestApp, email: &str, client: Client) -> Result<SignIn, Error> {
    app.crm
        .auth()
        .login(email, "a wrong password".to_owned(), client)
        .await
}

/// The seconds to wait, of an attempt that was not looked at.
fn wait(outcome: &Result<SignIn, Error>) -> Option<u32> {
    match outcome {
        Err(Error::Auth(AuthError::TooManyAttempts { retry_after })) => Some(*retry_after),
        _ => None,
    }
}

#[tokio::test]
async fn after_a_wrong_password_the_next_attempt_waits_and_then_the_right_one_signs_in() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let email = user.email.as_str();
    let wrong = login(&app, email, "a wrong password").send().await;
    assert_eq!(refusal(&wrong), (401, "invalid-credentials".to_owned()));
    let early = login(&app, email, PASSWORD).send().await;
    assert_eq!(refusal(&early), (429, "too-many-attempts".to_owned()));
    let seconds: i64 = early.header("retry-after").parse().unwrap();
    assert_eq!(early.json()["retry_after"], seconds);
    // Waiting out of turn makes it no longer.
    for _ in 0..5 {
        let again = login(&app, email, PASSWORD).send().await;
        assert_eq!(again.header("retry-after"), early.header("retry-after"));
    }
    app.clock.advance(TimeDelta::seconds(seconds));
    login(&app, email, PASSWORD).expect(200).await;
    // It is forgotten with the good one.
    login(&app, email, "a wrong password").expect(401).await;
    let rows = app
        .database()
        .rows("select count from sign_in_attempts")
        .await;
    assert_eq!(rows, [serde_json::json!({ "count": 1 })]);
}

/// Accounts that are there, that are not and that are disabled: the same answers, from the first to the one that waits.
#[tokio::test]
async fn an_account_that_is_not_there_waits_like_one_that_is() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let disabled = app.user(Role::Agent).await;
    let admin = app.admin().await;
    admin
        .post(&format!("/api/users/{}/disable", disabled.id))
        .expect(200)
        .await;
    let answers = async |email: &str| {
        let mut answers = Vec::new();
        for _ in 0..12 {
            let response = login(&app, email, "a wrong password").send().await;
            answers.push((
                refusal(&response),
                response.header("retry-after").to_owned(),
            ));
            app.clock.advance(TimeDelta::seconds(2));
        }
        answers
    };
    let known = answers(user.email.as_str()).await;
    assert_eq!(answers("nobody@crm.test").await, known);
    assert_eq!(answers(disabled.email.as_str()).await, known);
    assert!(known.iter().any(|((status, _), _)| *status == 429));
}

/// Each does the same work: one hash, the same statements. On a busy machine only the shape can be compared.
#[tokio::test]
async fn an_account_that_is_not_there_is_told_in_the_same_time() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let mut took = [Vec::new(), Vec::new()];
    for round in 0..150 {
        for (index, email) in [user.email.as_str(), "nobody@crm.test"]
            .into_iter()
            .enumerate()
        {
            let began = Instant::now();
            let outcome = guess(&app, email, Client::default()).await;
            assert!(
                matches!(outcome, Err(Error::Auth(AuthError::InvalidCredentials))),
                "{round}"
            );
            took[index].push(began.elapsed());
        }
        // To the next day, so that each attempt is looked at.
        app.clock.advance(TimeDelta::days(1));
    }
    let [known, unknown] = took.map(|mut took| {
        took.sort_unstable();
        took[took.len() / 2].as_secs_f64()
    });
    let ratio = known.max(unknown) / known.min(unknown);
    assert!(ratio < 1.25, "{known} s and {unknown} s");
}

#[tokio::test]
async fn an_address_has_ten_tries_and_ten_a_minute_and_good_ones_cost_none() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let email = |number: u32| format!("nobody{number}@crm.test");
    for _ in 0..15 {
        let signed_in = app
            .crm
            .auth()
            .login(user.email.as_str(), PASSWORD.to_owned(), from("192.0.2.1"))
            .await;
        signed_in.unwrap();
    }
    for number in 0..10 {
        assert_eq!(
            wait(&guess(&app, &email(number), from("192.0.2.1")).await),
            None
        );
    }
    let refused = guess(&app, &email(11), from("192.0.2.1")).await;
    assert_eq!(wait(&refused), Some(6));
    // Not for others.
    assert_eq!(
        wait(&guess(&app, &email(12), from("192.0.2.2")).await),
        None
    );
    app.clock.advance(TimeDelta::seconds(6));
    assert_eq!(
        wait(&guess(&app, &email(13), from("192.0.2.1")).await),
        None
    );
    assert!(wait(&guess(&app, &email(14), from("192.0.2.1")).await).is_some());
    // A network of one customer's is one address.
    for number in 20..30 {
        let address = format!("2001:db8:0:1::{number}");
        assert_eq!(
            wait(&guess(&app, &email(number), from(&address)).await),
            None
        );
    }
    assert!(wait(&guess(&app, &email(30), from("2001:db8:0:1:ffff::")).await).is_some());
}

#[tokio::test]
async fn a_known_device_waits_in_a_line_of_its_own() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let email = user.email.as_str();
    let signed_in = login(&app, email, PASSWORD).send().await;
    let cookies: Vec<_> = signed_in
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|value| value.to_str().unwrap())
        .collect();
    let device = cookies
        .iter()
        .find_map(|cookie| cookie.strip_prefix("crmDevice="))
        .unwrap();
    assert!(
        device.contains("HttpOnly") && device.contains("SameSite=Strict"),
        "{device}"
    );
    let device = format!("crmDevice={}", device.split(';').next().unwrap());
    login(&app, email, "a wrong password").expect(401).await;
    login(&app, email, PASSWORD).expect(429).await;
    let known = || login(&app, email, PASSWORD).header(poem::http::header::COOKIE, &device);
    known().expect(200).await;
    // It is no key: without the password it opens nothing, and its own guesses wait too.
    let guess = login(&app, email, "a wrong password").header(poem::http::header::COOKIE, &device);
    guess.expect(401).await;
    known().expect(429).await;
    // Nor is it one for another account.
    let other = app.user(Role::Agent).await;
    login(&app, other.email.as_str(), "a wrong password")
        .expect(401)
        .await;
    let foreign = login(&app, other.email.as_str(), PASSWORD);
    foreign
        .header(poem::http::header::COOKIE, &device)
        .expect(429)
        .await;
}

#[tokio::test]
async fn failures_are_noted_without_what_was_typed() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    login(&app, user.email.as_str(), "hunter2hunter2")
        .expect(401)
        .await;
    login(&app, "my-secret-password", "x").expect(401).await;
    let noted = "select resource_id, actor_name from activities where action = 'user.sign-in-failed' order by resource_id";
    let nobody = "00000000-0000-0000-0000-000000000000";
    let expected = [nobody.to_owned(), user.id.to_string()]
        .map(|id| serde_json::json!({ "resource_id": id, "actor_name": "sign-in" }));
    assert_eq!(app.database().rows(noted).await, expected);
    for table in ["activities", "events", "sign_in_attempts"] {
        for typed in ["hunter2", "my-secret"] {
            let found = format!("select 1 from {table} where {table}::text like '%{typed}%'");
            assert!(app.database().rows(&found).await.is_empty(), "{table}");
        }
    }
}

#[tokio::test]
async fn old_counts_are_forgotten() {
    let app = TestApp::new().await;
    for number in 0..20 {
        let client = from(&format!("192.0.2.{number}"));
        drop(guess(&app, &format!("nobody{number}@crm.test"), client).await);
    }
    app.clock.advance(TimeDelta::days(2));
    drop(guess(&app, "nobody@crm.test", from("192.0.2.99")).await);
    for table in ["sign_in_attempts", "sign_in_addresses"] {
        let rows = app.database().rows(&format!("select 1 from {table}")).await;
        assert_eq!(rows.len(), 1, "{table}");
    }
}

fn address(number: u32) -> IpAddr {
    Ipv4Addr::from(0x0a00_0000 + number).into()
}

/// The owner signs in now and then with the device that they had before.
async fn owner_signs_in(app: &TestApp, user: &User, device: Option<String>) -> Option<String> {
    let client = Client {
        device,
        address: Some(address(0)),
        ..Client::default()
    };
    let signed_in = app
        .crm
        .auth()
        .login(user.email.as_str(), PASSWORD.to_owned(), client)
        .await;
    signed_in.expect("the owner signs in").device
}

#[tokio::test]
async fn ten_thousand_guesses_in_a_day_from_everywhere_are_a_hundred_that_count() {
    const GUESSES: u32 = 10_000;
    const AT_ONCE: u32 = 20;
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let mut device = owner_signs_in(&app, &user, None).await;
    let mut evaluated = 0;
    for round in 0..GUESSES / AT_ONCE {
        let guesses = (0..AT_ONCE).map(|number| {
            let client = Client {
                address: Some(address(1 + (round * AT_ONCE + number) % 500)),
                ..Client::default()
            };
            guess(&app, user.email.as_str(), client)
        });
        for outcome in futures_util::future::join_all(guesses).await {
            match outcome {
                Err(Error::Auth(AuthError::InvalidCredentials)) => evaluated += 1,
                Err(Error::Auth(AuthError::TooManyAttempts { .. })) => {}
                Ok(_) => panic!("a wrong password signs nobody in"),
                Err(other) => panic!("{other}"),
            }
        }
        if round % 25 == 0 {
            device = owner_signs_in(&app, &user, device).await;
        }
        // All of them before midnight: the clock begins at noon.
        app.clock.advance(TimeDelta::seconds(80));
    }
    println!("{evaluated} of {GUESSES} passwords were looked at");
    assert!((50..=110).contains(&evaluated), "{evaluated}");
}

//! Letters, as a mail server takes them; and who wants which.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use crm_app::plugin::{Setting, Settings};
use crm_http::plugin::HttpPlugin;
use crm_notifications::Notifications;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};

use crate::notices::notices;

const PREFERENCES: &str = "/api/notifications/preferences";

/// A letter as it came.
#[derive(Clone)]
struct Letter {
    from: String,
    to: String,
    text: String,
}

impl Letter {
    fn header(&self, name: &str) -> &str {
        let mut lines = self.text.lines();
        let begin = format!("{name}: ");
        lines.find_map(|line| line.strip_prefix(&begin)).unwrap()
    }
}

/// A mail server of a few lines, RFC 5321, which says what the test wants it to say of letters.
struct MailServer {
    port: u16,
    letters: Arc<Mutex<Vec<Letter>>>,
    answers: Arc<Mutex<VecDeque<String>>>,
}

impl MailServer {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (letters, answers) = (Arc::default(), Arc::default());
        let (keeps, says) = (Arc::clone(&letters), Arc::clone(&answers));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, Arc::clone(&keeps), Arc::clone(&says)));
            }
        });
        Self {
            port,
            letters,
            answers,
        }
    }

    /// Says so of the next letter, instead of taking it.
    fn answer(&self, answer: &str) {
        self.answers.lock().unwrap().push_back(answer.to_owned());
    }

    fn letters(&self) -> Vec<Letter> {
        std::mem::take(&mut self.letters.lock().unwrap())
    }
}

async fn serve(
    stream: TcpStream,
    letters: Arc<Mutex<Vec<Letter>>>,
    answers: Arc<Mutex<VecDeque<String>>>,
) {
    let mut stream = BufStream::new(stream);
    let (mut from, mut to) = (String::new(), String::new());
    let mut answer = "220 mail.test ESMTP".to_owned();
    loop {
        stream
            .write_all(format!("{answer}\r\n").as_bytes())
            .await
            .unwrap();
        stream.flush().await.unwrap();
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap() == 0 {
            return;
        }
        let line = line.trim_end().to_owned();
        answer = match line.get(..4) {
            Some("EHLO") => "250-mail.test\r\n250 8BITMIME".to_owned(),
            Some("MAIL") => {
                from = line;
                "250 OK".to_owned()
            }
            Some("RCPT") => {
                to = line;
                "250 OK".to_owned()
            }
            Some("DATA") => {
                stream.write_all(b"354 Go on\r\n").await.unwrap();
                stream.flush().await.unwrap();
                let text = data(&mut stream).await;
                let said = answers.lock().unwrap().pop_front();
                if said.is_none() {
                    let (from, to) = (from.clone(), to.clone());
                    letters.lock().unwrap().push(Letter { from, to, text });
                }
                said.unwrap_or_else(|| "250 Taken".to_owned())
            }
            Some("QUIT") => return,
            _ => "250 OK".to_owned(),
        };
    }
}

async fn data(stream: &mut BufStream<TcpStream>) -> String {
    let mut text = String::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        if line == ".\r\n" {
            return text;
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

/// The application with this mail server.
async fn app_with(server: &MailServer) -> TestApp {
    let url = format!("smtp://127.0.0.1:{}", server.port);
    let mut settings = Settings::default();
    for (key, value) in [
        ("smtp_url", url.as_str()),
        ("mail_from", "The CRM <crm@example.org>"),
    ] {
        let setting = Setting {
            value: json!(value),
            place: "the test".to_owned(),
        };
        settings.set("notifications", key, setting);
    }
    let plugins = [Arc::new(Notifications::default()) as Arc<dyn HttpPlugin>];
    TestApp::with_plugin_settings(&plugins, &settings).await
}

async fn assign(by: &Client<'_>, to: &Client<'_>, title: &str) {
    let task = json!({ "title": title, "assignedTo": to.user().id });
    by.post("/api/tasks").json(task).expect(201).await;
}

/// Says by which ways the user is told of what is assigned to them.
async fn prefer(client: &Client<'_>, in_app: bool, email: bool) -> Value {
    let edit = json!({ "preferences": [{ "kind": "assigned", "inApp": in_app, "email": email }] });
    client.patch(PREFERENCES).json(edit).expect(200).await
}

#[tokio::test]
async fn who_wants_letters_gets_them_and_nobody_else() {
    let server = MailServer::start().await;
    let app = app_with(&server).await;
    let (admin, agent, other) = (app.admin().await, app.agent().await, app.agent().await);
    prefer(&agent, true, true).await;
    assign(&admin, &agent, "Cäll <b>Ada</b> & Co").await;
    assign(&admin, &other, "Other").await;
    app.drain_jobs().await;
    let letters = server.letters();
    assert_eq!(letters.len(), 1);
    let letter = &letters[0];
    assert!(
        letter.from.starts_with("MAIL FROM:<crm@example.org>"),
        "{}",
        letter.from
    );
    assert_eq!(letter.to, format!("RCPT TO:<{}>", agent.user().email));
    let event = notices(&agent).await[0]["eventId"]
        .as_str()
        .unwrap()
        .to_owned();
    let id = format!("<{event}.{}@example.org>", agent.user().id);
    assert_eq!(letter.header("Message-ID"), id);
    assert!(letter.header("From").contains("crm@example.org"));
    assert!(letter.text.contains("text/plain") && letter.text.contains("text/html"));
    assert!(
        letter.text.contains("&lt;b&gt;") && letter.text.contains("&amp; Co"),
        "{}",
        letter.text
    );
    assert_eq!(notices(&other).await.len(), 1);
}

#[tokio::test]
async fn a_letter_that_is_not_taken_now_comes_later_under_the_same_id() {
    let server = MailServer::start().await;
    let app = app_with(&server).await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    prefer(&agent, false, true).await;
    server.answer("451 Later");
    assign(&admin, &agent, "Call").await;
    app.drain_jobs().await;
    assert_eq!(server.letters().len(), 0);
    app.clock.advance(TimeDelta::seconds(10));
    app.drain_jobs().await;
    assert_eq!(server.letters().len(), 1);
    assert_eq!(
        notices(&app.sign_in(agent.user().clone()).await)
            .await
            .len(),
        0,
        "by mail only"
    );
    // One that is never taken is not sent for ever.
    server.answer("550 Nobody here");
    assign(&admin, &agent, "Write").await;
    app.drain_jobs().await;
    app.clock.advance(TimeDelta::hours(12));
    app.drain_jobs().await;
    assert_eq!(server.letters().len(), 0);
    let dead = app
        .database()
        .rows("select name, attempts from jobs where state = 'dead'")
        .await;
    assert_eq!(
        dead,
        [json!({ "name": "notifications.mail", "attempts": 1 })]
    );
}

#[tokio::test]
async fn no_letter_tells_what_its_reader_may_not_read_any_more() {
    let server = MailServer::start().await;
    let app = app_with(&server).await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    prefer(&agent, true, true).await;
    server.answer("451 Later");
    let task = json!({ "title": "Call", "assignedTo": agent.user().id });
    let task = admin.post("/api/tasks").json(task).expect(201).await;
    app.drain_jobs().await;
    let path = format!("/api/tasks/{}", task["id"].as_str().unwrap());
    let give = json!({ "assignedTo": admin.user().id });
    admin.patch(&path).json(give).expect(200).await;
    app.clock.advance(TimeDelta::minutes(1));
    app.drain_jobs().await;
    assert_eq!(server.letters().len(), 0);
}

#[tokio::test]
async fn preferences_are_shown_changed_and_obeyed() {
    let app = crate::app().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let shown = agent.get(PREFERENCES).expect(200).await;
    assert_eq!(shown["sendsEmail"], json!(false));
    assert_eq!(shown["preferences"].as_array().unwrap().len(), 8);
    let of = |shown: &Value, kind: &str| {
        let all = shown["preferences"].as_array().unwrap();
        all.iter()
            .find(|one| one["kind"] == json!(kind))
            .unwrap()
            .clone()
    };
    let expected = json!({ "kind": "assigned", "inApp": true, "email": false });
    assert_eq!(of(&shown, "assigned"), expected);
    assert_eq!(of(&shown, "webhookDisabled")["email"], json!(true));
    let changed = prefer(&agent, false, false).await;
    assert_eq!(of(&changed, "assigned")["inApp"], json!(false));
    assert_eq!(agent.get(PREFERENCES).expect(200).await, changed);
    assert_eq!(
        admin.get(PREFERENCES).expect(200).await,
        shown,
        "each user's are their own"
    );
    assign(&admin, &agent, "Call").await;
    app.drain_jobs().await;
    assert_eq!(notices(&agent).await.len(), 0);
    prefer(&agent, true, false).await;
    assign(&admin, &agent, "Call").await;
    app.drain_jobs().await;
    assert_eq!(notices(&agent).await.len(), 1);
    for wrong in [
        json!({ "preferences": [{ "kind": "weather", "inApp": true }] }),
        json!({ "preferences": [{ "kind": "assigned", "sms": true }] }),
        json!({}),
    ] {
        agent.patch(PREFERENCES).json(wrong).expect(400).await;
    }
    let log = app
        .database()
        .rows("select changes from activities where action = 'notifications.preferences-edited'")
        .await;
    assert_eq!(log.len(), 2);
    assert_eq!(app.wrong_events().await, Vec::<String>::new());
}

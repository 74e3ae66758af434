//! Codes at a sign-in: each works once.

use chrono::TimeDelta;
use crm_testing::TestApp;
use crm_testing::app::PASSWORD;
use futures_util::future::join_all;
use poem::http::header;
use serde_json::json;

use super::{enrol, events, is_invalid, login, login_as, recovery_codes, status};
use crate::auth::refusal;

/// Long enough for no attempt to wait for the one before.
fn wait(app: &TestApp) {
    app.clock.advance(TimeDelta::seconds(10));
}

#[tokio::test]
async fn a_code_signs_in_once_and_so_does_none_before_it() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let (authenticator, _) = enrol(&app, &agent).await;
    // That of the confirmation is used.
    assert!(is_invalid(
        &login(&agent, &authenticator.code(&app)).send().await
    ));
    wait(&app);
    let code = authenticator.next_code(&app);
    let before = authenticator.code_in(&app, -30);
    login(&agent, &code).expect(200).await;
    for used in [code, before] {
        assert!(is_invalid(&login(&agent, &used).send().await), "{used}");
        app.clock.advance(TimeDelta::seconds(1));
    }
    login(&agent, &authenticator.next_code(&app))
        .expect(200)
        .await;
}

#[tokio::test]
async fn a_device_may_be_a_step_ahead_or_behind_and_no_more() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let (authenticator, _) = enrol(&app, &agent).await;
    for (seconds, is_taken) in [
        (-60, false),
        (60, false),
        (-30, true),
        (0, true),
        (30, true),
    ] {
        // Past whatever was used.
        app.clock.advance(TimeDelta::minutes(5));
        let answer = login(&agent, &authenticator.code_in(&app, seconds))
            .send()
            .await;
        assert_eq!(answer.status == 200, is_taken, "{seconds}");
    }
    // In two groups, as apps show it.
    app.clock.advance(TimeDelta::minutes(5));
    let mut code = authenticator.code(&app);
    code.insert(3, ' ');
    login(&agent, &code).expect(200).await;
}

/// Each from a device of its own, so that none has to wait for another.
#[tokio::test]
async fn of_thirty_two_sign_ins_with_one_code_one_has_a_session() {
    const AT_ONCE: usize = 32;
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let mut devices = Vec::new();
    for _ in 0..AT_ONCE {
        let answer = login_as(&agent, PASSWORD, None).send().await;
        let mut cookies = answer.headers.get_all(header::SET_COOKIE).iter();
        let device = cookies.find(|cookie| cookie.as_bytes().starts_with(b"crmDevice="));
        let device = device.unwrap().to_str().unwrap().split(';').next().unwrap();
        devices.push(device.to_owned());
    }
    // The oldest sessions have ended for the newest.
    let agent = app.sign_in(agent.user().clone()).await;
    let (authenticator, codes) = enrol(&app, &agent).await;
    for code in [authenticator.next_code(&app), codes[0].clone()] {
        let sign_ins = devices.iter().map(|device| {
            let request = login(&agent, &code);
            request.header(header::COOKIE, device).send()
        });
        let answers = join_all(sign_ins).await;
        let (good, bad): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
        assert_eq!(good.len(), 1, "{code}");
        assert!(bad.into_iter().all(is_invalid), "{code}");
        wait(&app);
    }
    let alive = "select 1 from sessions where revoked_at is null";
    assert_eq!(app.database().rows(alive).await.len(), 3);
}

#[tokio::test]
async fn a_recovery_code_signs_in_once() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let (_, codes) = enrol(&app, &agent).await;
    login(&agent, &codes[3]).expect(200).await;
    assert!(is_invalid(&login(&agent, &codes[3]).send().await));
    wait(&app);
    assert_eq!(status(&agent).await["recoveryCodesLeft"], 9);
    // However it is typed.
    let typed = codes[0].to_lowercase().replace('-', " ");
    login(&agent, &typed).expect(200).await;
    let used = |left| json!({ "userId": agent.user().id, "left": left });
    let noted = events(&app, "user.recovery-code-used").await;
    assert_eq!(noted, [used(9), used(8)]);
}

#[tokio::test]
async fn a_recovery_code_is_its_users_only() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.agent().await, app.agent().await);
    let (_, codes) = enrol(&app, &ada).await;
    enrol(&app, &bob).await;
    assert!(is_invalid(&login(&bob, &codes[0]).send().await));
    login(&ada, &codes[0]).expect(200).await;
}

#[tokio::test]
async fn new_recovery_codes_take_the_place_of_the_old_ones() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let (authenticator, old) = enrol(&app, &agent).await;
    let renew = |code: &str| {
        let request = agent.post("/api/auth/two-factor/recovery-codes");
        request.json(json!({ "code": code }))
    };
    let new = renew(&authenticator.next_code(&app)).expect(200).await;
    let new = recovery_codes(&new);
    assert_eq!(new.len(), 10);
    assert!(is_invalid(&login(&agent, &old[0]).send().await));
    wait(&app);
    login(&agent, &new[0]).expect(200).await;
    // Whoever has lost the device can renew them as well, as long as one is left.
    let newest = recovery_codes(&renew(&new[1]).expect(200).await);
    assert_eq!(status(&agent).await["recoveryCodesLeft"], 10);
    login(&agent, &newest[9]).expect(200).await;
    let renewed = events(&app, "user.recovery-codes-renewed").await;
    assert_eq!(renewed.len(), 2);
}

#[tokio::test]
async fn a_wrong_code_is_answered_like_a_wrong_password_and_noted() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let (authenticator, _) = enrol(&app, &agent).await;
    let code = authenticator.next_code(&app);
    let wrong = authenticator.wrong_code(&app);
    let mut answers = Vec::new();
    for (password, code) in [
        (PASSWORD, Some(wrong.as_str())),
        (PASSWORD, Some("AAAA-AAAA-AAAA-AAAA-AAAA-AAAA")),
        (PASSWORD, Some("")),
        ("wrong horse battery", Some(code.as_str())),
        ("wrong horse battery", None),
    ] {
        let answer = login_as(&agent, password, code).send().await;
        assert!(is_invalid(&answer), "{password} {code:?}");
        let mut problem = answer.json();
        problem["request_id"] = json!(null);
        problem["instance"] = json!(null);
        answers.push(problem);
        app.clock.advance(TimeDelta::seconds(5));
    }
    assert!(
        answers.windows(2).all(|two| two[0] == two[1]),
        "{answers:?}"
    );
    let failed = events(&app, "user.sign-in-failed").await;
    assert_eq!(failed.len(), 5);
    // A code that came with a wrong password is not used up.
    login(&agent, &code).expect(200).await;
}

#[tokio::test]
async fn who_has_no_second_factor_may_send_a_code() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    login(&agent, "123456").expect(200).await;
}

#[tokio::test]
async fn a_new_password_leaves_the_second_factor_as_it_is() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    enrol(&app, &agent).await;
    let system = crm_domain::activity::Actor::system("test");
    let (users, new) = (app.crm.users(), "another horse battery");
    let id = agent.user().id;
    users
        .reset_password(&system, id, new.to_owned())
        .await
        .unwrap();
    let answer = login_as(&agent, new, None).send().await;
    assert_eq!(refusal(&answer), (401, "second-factor-required".to_owned()));
}

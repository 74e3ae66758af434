//! What pages of other sites may make a browser do here.

use crm_domain::role::Role;
use crm_domain::user::User;
use crm_testing::app::{ORIGIN, OTHER_ORIGIN, PASSWORD};
use crm_testing::request::{TestRequest, TestResponse};
use crm_testing::{TestApp, app};
use poem::http::{HeaderName, Method, header};
use serde_json::json;

use crate::auth::{refusal, sign_in};
use crate::document_as_held;

const EVIL: &str = "https://evil.test";

/// Headers that show that a page of ours, or of an allowed origin, sends the request.
const OURS: [&[(&str, &str)]; 5] = [
    &[("origin", ORIGIN)],
    &[("origin", OTHER_ORIGIN)],
    &[("sec-fetch-site", "same-origin")],
    &[("origin", ORIGIN), ("sec-fetch-site", "same-origin")],
    &[("origin", OTHER_ORIGIN), ("sec-fetch-site", "cross-site")],
];

/// Headers that show that another page does.
const OTHERS: [&[(&str, &str)]; 14] = [
    &[("origin", EVIL)],
    &[("origin", EVIL), ("sec-fetch-site", "cross-site")],
    &[("origin", "null")],
    &[("origin", "null"), ("sec-fetch-site", "cross-site")],
    &[("origin", "")],
    &[("origin", "http://crm.test.evil.test")],
    &[("origin", "https://console.test.evil.test")],
    &[("origin", "http://console.test")],
    &[("origin", "https://crm.test")],
    &[("origin", "http://crm.test:8080")],
    &[("origin", "crm.test")],
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[("sec-fetch-site", "none")],
];

fn with<'a>(request: TestRequest<'a>, headers: &[(&'static str, &str)]) -> TestRequest<'a> {
    let add = |request: TestRequest<'a>, (name, value): &(&'static str, &str)| {
        request.header(HeaderName::from_static(name), value)
    };
    headers.iter().fold(request, add)
}

fn login<'a>(app: &'a TestApp, user: &User) -> TestRequest<'a> {
    let body = json!({ "emailId": user.email.as_str(), "password": PASSWORD });
    app.anonymous().post("/api/auth/login").json(body)
}

fn cross_site() -> (u16, String) {
    (403, "cross-site".to_owned())
}

#[tokio::test]
async fn only_our_own_pages_refresh() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let tokens = sign_in(&app, &user).await;
    let request = || {
        let request = app.anonymous().post("/api/auth/refresh");
        request.refresh_token(&tokens.refresh)
    };
    let before = app.database().fingerprint().await;
    for headers in OTHERS.into_iter().chain([&[][..]]) {
        let response = with(request(), headers).send().await;
        assert_eq!(refusal(&response), cross_site(), "{headers:?}");
        assert!(!response.headers.contains_key("set-cookie"));
    }
    assert_eq!(app.database().fingerprint().await, before);
    for headers in OURS {
        with(request(), headers).expect(200).await;
    }
}

#[tokio::test]
async fn only_our_own_pages_sign_out_by_the_cookie() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let tokens = sign_in(&app, &user).await;
    let before = app.database().fingerprint().await;
    for headers in OTHERS.into_iter().chain([&[][..]]) {
        let request = app.anonymous().post("/api/auth/logout");
        let request = request.refresh_token(&tokens.refresh);
        let response = with(request, headers).send().await;
        assert_eq!(refusal(&response), cross_site(), "{headers:?}");
        assert!(!response.headers.contains_key("set-cookie"));
    }
    assert_eq!(app.database().fingerprint().await, before);
    for headers in OURS {
        let tokens = sign_in(&app, &user).await;
        let request = app.anonymous().post("/api/auth/logout");
        let request = request.refresh_token(&tokens.refresh);
        with(request, headers).expect(200).await;
    }
    assert_eq!(
        app.database()
            .rows("select from sessions where revoked_at is null")
            .await
            .len(),
        1
    );
}

#[tokio::test]
async fn no_other_site_signs_its_visitors_in() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let request = || login(&app, &user);
    for headers in OTHERS {
        let response = with(request(), headers).send().await;
        assert_eq!(refusal(&response), cross_site(), "{headers:?}");
        assert!(!response.headers.contains_key("set-cookie"));
    }
    // A program that is no browser says nothing of where it comes from.
    for headers in OURS.into_iter().chain([&[][..]]) {
        with(request(), headers).expect(200).await;
    }
}

/// The statuses of refreshing from a page of each origin, asked as `ask` puts it.
async fn refreshed_from<'a, const N: usize>(
    app: &'a TestApp,
    origins: [&str; N],
    ask: impl Fn(TestRequest<'a>) -> TestRequest<'a>,
) -> [u16; N] {
    let user = app.user(Role::Agent).await;
    let signed_in = login(app, &user).send().await;
    let set = signed_in.header("set-cookie");
    let cookie = set.split(';').next().unwrap_or_default();
    let mut statuses = [0; N];
    for (status, origin) in statuses.iter_mut().zip(origins) {
        let request = app.anonymous().post("/api/auth/refresh");
        let request = request
            .header(header::ORIGIN, origin)
            .header(header::COOKIE, cookie);
        *status = ask(request).send().await.status.as_u16();
    }
    statuses
}

const SCHEMES: [&str; 3] = [
    "http://crm.test",
    "https://crm.test",
    "https://crm.test:8443",
];

#[tokio::test]
async fn a_page_that_came_without_tls_is_none_of_ours_where_ours_come_with_it() {
    let plain = TestApp::new().await;
    let secure = TestApp::with_settings(crm_http::Settings {
        secure_cookies: true,
        ..app::settings()
    });
    let secure = secure.await;
    let as_it_is = |request| request;
    assert_eq!(
        refreshed_from(&plain, SCHEMES, as_it_is).await,
        [200, 403, 403]
    );
    assert_eq!(
        refreshed_from(&secure, SCHEMES, as_it_is).await,
        [403, 200, 403]
    );
}

#[tokio::test]
async fn the_port_of_the_scheme_may_stand_in_the_host_or_not() {
    let plain = TestApp::new().await;
    for (host, statuses) in [
        ("crm.test:80", [200, 403, 403]),
        ("CRM.test", [200, 403, 403]),
        ("crm.test:443", [403, 403, 403]),
        ("crm.test:8443", [403, 403, 403]),
    ] {
        assert_eq!(
            refreshed_from(&plain, SCHEMES, |request| request.host(host)).await,
            statuses,
            "{host}"
        );
    }
}

#[tokio::test]
async fn only_a_proxy_of_the_settings_is_believed_that_a_request_came_over_https() {
    let app = TestApp::with_settings(crm_http::Settings {
        trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
        ..app::settings()
    });
    let app = app.await;
    for (peer, forwarded, statuses) in [
        ("10.0.0.7", &["https"][..], [403, 200, 403]),
        ("::ffff:10.0.0.7", &["HTTPS"], [403, 200, 403]),
        ("10.0.0.7", &["http, https"], [403, 200, 403]),
        ("10.0.0.7", &["https, http"], [200, 403, 403]),
        ("10.0.0.7", &["https", "http"], [200, 403, 403]),
        ("10.0.0.7", &[], [200, 403, 403]),
        ("192.0.2.1", &["https"], [200, 403, 403]),
    ] {
        let found = refreshed_from(&app, SCHEMES, |request| {
            let request = request.peer(peer.parse().unwrap());
            forwarded.iter().fold(request, |request, scheme| {
                request.header(HeaderName::from_static("x-forwarded-proto"), scheme)
            })
        });
        let found = found.await;
        assert_eq!(found, statuses, "{peer} {forwarded:?}");
    }
}

/// A form can send these across sites without asking first.
#[tokio::test]
async fn a_body_that_a_form_could_send_is_refused() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let body = json!({ "emailId": user.email.as_str(), "password": PASSWORD }).to_string();
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ] {
        let request = app.anonymous().post("/api/auth/login");
        request.raw(media_type, body.as_str()).expect(415).await;
    }
}

#[tokio::test]
async fn nothing_of_it_works_by_a_link() {
    let app = TestApp::new().await;
    for path in [
        "login",
        "refresh",
        "logout",
        "logout-all",
        "register",
        "change-password",
    ] {
        let request = app.anonymous().get(&format!("/api/auth/{path}"));
        let response = request.from_our_page().send().await;
        assert_eq!(
            refusal(&response),
            (405, "method-not-allowed".to_owned()),
            "{path}"
        );
        assert_eq!(response.header("allow"), "POST", "{path}");
    }
}

fn cors_headers(response: &TestResponse) -> Vec<&str> {
    let names = response.headers.keys().map(HeaderName::as_str);
    let mut names: Vec<_> = names
        .filter(|name| name.starts_with("access-control-"))
        .collect();
    names.sort_unstable();
    names
}

fn preflight<'a>(app: &'a TestApp, origin: &str, path: &str) -> TestRequest<'a> {
    app.anonymous()
        .request(Method::OPTIONS, path)
        .header(header::ORIGIN, origin)
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "PATCH")
        .header(
            header::ACCESS_CONTROL_REQUEST_HEADERS,
            "authorization, content-type",
        )
}

fn listed(response: &TestResponse, name: &str) -> Vec<String> {
    let values = response.header(name).split(',');
    values.map(|value| value.trim().to_lowercase()).collect()
}

#[tokio::test]
async fn a_browser_learns_that_an_allowed_origin_may_call() {
    let app = TestApp::new().await;
    let response = preflight(&app, OTHER_ORIGIN, "/api/auth/me").send().await;
    assert_eq!(response.status, 204);
    assert!(response.body.is_empty());
    assert_eq!(response.header("access-control-allow-origin"), OTHER_ORIGIN);
    assert_eq!(response.header("access-control-allow-credentials"), "true");
    let methods = listed(&response, "access-control-allow-methods");
    for method in ["get", "post", "patch", "delete"] {
        assert!(methods.contains(&method.to_owned()), "{method}");
    }
    let headers = listed(&response, "access-control-allow-headers");
    for name in [
        "authorization",
        "content-type",
        "idempotency-key",
        "if-match",
        "x-request-id",
    ] {
        assert!(headers.contains(&name.to_owned()), "{name}");
    }
    assert!(
        response
            .header("access-control-max-age")
            .parse::<u32>()
            .unwrap()
            <= 7200
    );
}

/// A method of the document that is not in the list could not be called from an allowed origin.
#[tokio::test]
async fn every_documented_method_is_among_the_allowed_ones() {
    let app = TestApp::new().await;
    let response = preflight(&app, OTHER_ORIGIN, "/api/auth/me").send().await;
    let allowed = listed(&response, "access-control-allow-methods");
    let document = document_as_held();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            assert!(allowed.contains(method), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_browser_learns_nothing_for_other_origins() {
    let app = TestApp::new().await;
    let suffixed = format!("{OTHER_ORIGIN}.evil.test");
    let upper = OTHER_ORIGIN.to_uppercase();
    for origin in [
        EVIL,
        "null",
        "http://console.test",
        &suffixed,
        &upper,
        "https://console.test:444",
    ] {
        let response = preflight(&app, origin, "/api/auth/me").send().await;
        assert!(!response.status.is_success(), "{origin}");
        assert!(cors_headers(&response).is_empty(), "{origin}");
    }
}

#[tokio::test]
async fn an_answer_names_only_an_allowed_origin() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for (path, status) in [
        ("/api/auth/me", 200),
        ("/api/nothing", 404),
        ("/health", 200),
    ] {
        let allowed = admin
            .get(path)
            .header(header::ORIGIN, OTHER_ORIGIN)
            .send()
            .await;
        assert_eq!(allowed.status, status);
        assert_eq!(allowed.header("access-control-allow-origin"), OTHER_ORIGIN);
        assert_eq!(allowed.header("access-control-allow-credentials"), "true");
        assert_eq!(
            allowed.header("cross-origin-resource-policy"),
            "cross-origin"
        );
        let exposed = listed(&allowed, "access-control-expose-headers");
        for name in ["etag", "location", "retry-after", "x-request-id"] {
            assert!(exposed.contains(&name.to_owned()), "{name}");
        }
        for origin in [EVIL, "null", ORIGIN] {
            let other = admin.get(path).header(header::ORIGIN, origin).send().await;
            assert!(cors_headers(&other).is_empty(), "{origin} {path}");
            assert_eq!(other.header("cross-origin-resource-policy"), "same-origin");
        }
        let none = admin.get(path).send().await;
        assert!(cors_headers(&none).is_empty(), "{path}");
    }
}

#[tokio::test]
async fn without_allowed_origins_no_other_site_may_call() {
    let app = TestApp::with_settings(crm_http::Settings {
        allowed_origins: Vec::new(),
        ..app::settings()
    })
    .await;
    for origin in [OTHER_ORIGIN, EVIL, "null", ""] {
        let response = preflight(&app, origin, "/api/auth/me").send().await;
        assert!(cors_headers(&response).is_empty(), "{origin}");
    }
}

/// A cache must not give one origin's answer to another.
#[tokio::test]
async fn caches_are_told_what_the_answer_depends_on() {
    let app = TestApp::new().await;
    let requests = [
        app.anonymous().get("/health"),
        app.anonymous()
            .get("/health")
            .header(header::ORIGIN, OTHER_ORIGIN),
        app.anonymous().get("/api/auth/me"),
        app.anonymous().get("/api/nothing"),
        preflight(&app, OTHER_ORIGIN, "/api/auth/me"),
        preflight(&app, EVIL, "/api/auth/me"),
    ];
    for request in requests {
        let response = request.send().await;
        let vary = listed(&response, "vary");
        for name in ["origin", "sec-fetch-site"] {
            assert!(vary.contains(&name.to_owned()), "{vary:?}");
        }
    }
}

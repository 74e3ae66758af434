//! What browsers get of the console.

#![expect(clippy::unwrap_used, reason = "in tests a panic is the report")]

use crm_console::Console;
use poem::http::{HeaderName, Method, StatusCode, header};
use poem::{Endpoint as _, Request, Response};

const SCRIPT: &str = "assets/app-4f3a.js";

fn console() -> Console {
    let files = [
        ("index.html", "<!doctype html>"),
        ("theme.js", "theme()"),
        (SCRIPT, "app()"),
        ("assets/app-4f3a.js.br", "br"),
        ("assets/app-4f3a.js.gz", "gz"),
    ];
    Console::of(files.map(|(path, content)| (path.to_owned(), content.into())))
}

async fn get(path: &str, headers: &[(HeaderName, &str)]) -> Response {
    let mut request = Request::builder().uri(path.parse().unwrap());
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    console().call(request.finish()).await.unwrap()
}

fn value(answer: &Response, name: HeaderName) -> &str {
    answer.header(name).unwrap_or_default()
}

#[tokio::test]
async fn a_script_is_sent_in_the_smallest_form_that_is_taken_and_kept_for_ever() {
    for (accept, encoding, content) in [
        ("gzip, deflate, br", "br", "br"),
        ("gzip", "gzip", "gz"),
        ("br;q=0", "", "app()"),
        ("", "", "app()"),
    ] {
        let path = format!("/{SCRIPT}");
        let answer = get(&path, &[(header::ACCEPT_ENCODING, accept)]).await;
        assert_eq!(value(&answer, header::CONTENT_ENCODING), encoding);
        assert_eq!(
            value(&answer, header::CONTENT_TYPE),
            "text/javascript; charset=utf-8"
        );
        assert_eq!(
            value(&answer, header::CACHE_CONTROL),
            "public, max-age=31536000, immutable"
        );
        assert_eq!(value(&answer, header::VARY), "Accept-Encoding");
        assert_eq!(answer.into_body().into_string().await.unwrap(), content);
    }
}

#[tokio::test]
async fn every_address_of_the_console_is_its_page_which_is_asked_for_again() {
    for path in [
        "/",
        "/leads",
        "/leads/0190-11?tab=tasks",
        "/a/b/c",
        "/index.html",
        "/l%C3%A4ufe",
    ] {
        let answer = get(path, &[]).await;
        assert_eq!(
            value(&answer, header::CONTENT_TYPE),
            "text/html; charset=utf-8",
            "{path}"
        );
        assert_eq!(value(&answer, header::CACHE_CONTROL), "no-cache");
        let policy = value(&answer, header::CONTENT_SECURITY_POLICY);
        assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"));
        assert_eq!(
            answer.into_body().into_string().await.unwrap(),
            "<!doctype html>"
        );
    }
}

#[tokio::test]
async fn what_the_browser_has_is_not_sent_again() {
    let first = get("/theme.js", &[]).await;
    let tag = value(&first, header::ETAG).to_owned();
    for known in [
        tag.clone(),
        format!("W/{tag}"),
        format!("\"other\", {tag}"),
        "*".to_owned(),
    ] {
        let again = get("/theme.js", &[(header::IF_NONE_MATCH, &known)]).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{known}");
        assert_eq!(value(&again, header::ETAG), tag);
        assert!(again.into_body().into_string().await.unwrap().is_empty());
    }
    let other = get("/theme.js", &[(header::IF_NONE_MATCH, "\"other\"")]).await;
    assert_eq!(other.status(), StatusCode::OK);
}

#[tokio::test]
async fn each_form_has_a_tag_of_its_own() {
    let path = format!("/{SCRIPT}");
    let plain = get(&path, &[]).await;
    let small = get(&path, &[(header::ACCEPT_ENCODING, "br")]).await;
    assert_ne!(value(&plain, header::ETAG), value(&small, header::ETAG));
}

#[tokio::test]
async fn what_is_no_file_of_the_console_is_not_found() {
    for path in [
        "/assets/app-0000.js",
        "/assets/",
        "/assets",
        "/favicon.png",
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "/assets/app-4f3a.js.br",
        "/.env",
        "/a/.git/config.yml",
    ] {
        let request = Request::builder().uri(path.parse().unwrap()).finish();
        match console().call(request).await {
            Err(error) => assert_eq!(error.status(), StatusCode::NOT_FOUND, "{path}"),
            // A folder is no file, and so an address like others.
            Ok(_) => assert_eq!(path, "/assets"),
        }
    }
}

#[tokio::test]
async fn only_reading_is_served() {
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let request = Request::builder().method(method).uri_str("/").finish();
        let refused = console().call(request).await.unwrap_err();
        assert_eq!(refused.status(), StatusCode::METHOD_NOT_ALLOWED);
    }
}

#[tokio::test]
async fn a_program_without_a_console_says_so() {
    let none = Console::of([]);
    assert!(!none.is_built() && console().is_built());
    let request = Request::builder().uri_str("/leads").finish();
    let answer = none.call(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    let text = answer.into_body().into_string().await.unwrap();
    assert!(text.contains("built without its web console"), "{text}");
}

#[tokio::test]
async fn the_page_names_where_errors_are_told_and_the_policy_lets_it_be_reached() {
    let page = "<!doctype html><head><title>CRM</title></head>";
    let files = [("index.html", page), ("index.html.br", "br")];
    let files = files.map(|(path, content)| (path.to_owned(), content.into()));
    let console = Console::of(files).reporting_to("https://k\"ey@s.org/1", "https://s.org:443");
    let request = Request::builder().uri_str("/leads");
    let request = request.header(header::ACCEPT_ENCODING, "br").finish();
    let answer = console.call(request).await.unwrap();

    let policy = value(&answer, header::CONTENT_SECURITY_POLICY);
    assert!(
        policy.ends_with("; connect-src 'self' https://s.org:443"),
        "{policy}"
    );
    assert_eq!(
        answer.into_body().into_string().await.unwrap(),
        "<!doctype html><head><title>CRM</title>\
         <meta name=\"sentry-dsn\" content=\"https://k&quot;ey@s.org/1\" /></head>"
    );
}

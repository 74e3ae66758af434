//! Requests that are too large, malformed or merely unusual.

use crm_http::server::Limits;

use crate::harness::{LIMIT, Server, has_header, short, status};

#[tokio::test]
async fn heads_that_are_too_large_are_refused() {
    let server = Server::start(short());
    let many = |count| "X-Many: y\r\n".repeat(count);
    for (request, expected) in [
        (
            format!(
                "GET / HTTP/1.1\r\nHost: a\r\nX-Large: {}\r\n\r\n",
                "x".repeat(200_000)
            ),
            "431",
        ),
        (
            format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", many(100)),
            "431",
        ),
        (
            format!(
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{}\r\n",
                many(98)
            ),
            "200",
        ),
        (
            format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(70_000)),
            "414",
        ),
        (
            format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(200_000)),
            "431",
        ),
    ] {
        let answer = server.exchange(&request).await;
        assert_eq!(
            status(&answer),
            expected,
            "{} bytes: {answer}",
            request.len()
        );
    }
}

#[tokio::test]
async fn heads_that_two_servers_may_read_differently_are_refused() {
    let server = Server::start(short());
    for (request, reason) in [
        (
            "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
            "the Host header is missing",
        ),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\nConnection: close\r\n\r\n",
            "more than once",
        ),
        (
            "GET / HTTP/1.1\r\nHost: a/b\r\nConnection: close\r\n\r\n",
            "not a host name",
        ),
        (
            "POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
            "more than once",
        ),
        (
            "POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi",
            "",
        ),
        (
            "POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "more than once",
        ),
        (
            "POST /count HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            "more than once",
        ),
        (
            "POST /count HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "chunked",
        ),
        (
            "POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\nhi",
            "",
        ),
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", ""),
        ("GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", ""),
    ] {
        let answer = server.exchange(request).await;
        assert_eq!(status(&answer), "400", "{request:?}: {answer}");
        assert!(
            answer.ends_with(reason) || answer.contains(reason),
            "{request:?}: {answer}"
        );
        assert!(
            has_header(&answer, "connection: close"),
            "{request:?}: {answer}"
        );
    }
}

#[tokio::test]
async fn a_request_smuggled_behind_an_ambiguous_one_is_not_answered() {
    let server = Server::start(short());
    let mut client = server.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    client.hello().await;
    let outer = "POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 60\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    client
        .send(format!("{outer}GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
        .await;
    let answer = client.rest().await;
    assert_eq!(status(&answer), "400", "{answer}");
    assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{answer}");
}

#[tokio::test]
async fn bodies_over_the_limit_answer_413_and_close() {
    let server = Server::start(short());
    let too_many = "x".repeat(LIMIT + 1);
    let chunk = format!("{:x}\r\n{too_many}\r\n", too_many.len());
    let head = "POST /limited HTTP/1.1\r\nHost: a\r\n";
    for request in [
        format!("{head}Content-Length: {}\r\n\r\n{too_many}", too_many.len()),
        format!("{head}Transfer-Encoding: chunked\r\n\r\n{chunk}0\r\n\r\n"),
        // Neither of these is ever finished: what was announced or sent is enough.
        format!("{head}Content-Length: 99999999999\r\n\r\n"),
        format!("{head}Transfer-Encoding: chunked\r\n\r\n{chunk}"),
        // The 100 that this one waits for would be an invitation.
        format!("{head}Content-Length: 99999999999\r\nExpect: 100-continue\r\n\r\n"),
    ] {
        let answer = server.exchange(&request).await;
        assert_eq!(status(&answer), "413", "{answer}");
        assert!(has_header(&answer, "connection: close"), "{answer}");
    }
}

#[tokio::test]
async fn a_client_still_sending_is_not_reset_before_it_can_read_why_it_was_refused() {
    let server = Server::start(short());
    for head in ["Content-Length: 8388608", "Transfer-Encoding: chunked"] {
        let mut client = server.connect().await;
        client
            .send(format!(
                "POST /limited HTTP/1.1\r\nHost: a\r\n{head}\r\n\r\n"
            ))
            .await;
        let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x1_0000));
        for _ in 0..32 {
            assert!(client.send(&chunk).await, "{head}");
            // The server's turn: it has refused long before the last of these.
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        let answer = client.rest().await;
        assert_eq!(status(&answer), "413", "{answer}");
    }
}

#[tokio::test]
async fn the_connection_is_closed_after_413_whoever_writes_the_answer() {
    let server = Server::start(short());
    let head = "POST /mapped HTTP/1.1\r\nHost: a\r\n";
    let answer = server
        .exchange(format!("{head}Content-Length: 99999999\r\n\r\n"))
        .await;
    assert_eq!(status(&answer), "413", "{answer}");
    assert!(
        answer.ends_with("mapped") && has_header(&answer, "connection: close"),
        "{answer}"
    );
}

#[tokio::test]
async fn bodies_up_to_the_limit_arrive_whole() {
    let server = Server::start(short());
    let body = "x".repeat(LIMIT);
    let head = "POST /limited HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
    let chunks: String = (0..LIMIT).map(|_| "1\r\nx\r\n").collect();
    for request in [
        format!("{head}Content-Length: {LIMIT}\r\n\r\n{body}"),
        format!("{head}Transfer-Encoding: chunked\r\n\r\n{LIMIT:x}\r\n{body}\r\n0\r\n\r\n"),
        format!("{head}Transfer-Encoding: chunked\r\n\r\n{chunks}0\r\nX-Trailer: y\r\n\r\n"),
    ] {
        let answer = server.exchange(request).await;
        assert!(answer.ends_with(&format!("\r\n\r\n{LIMIT}")), "{answer}");
    }
}

#[tokio::test]
async fn requests_without_a_body_pass_the_limit() {
    let server = Server::start(short());
    for method in ["GET", "DELETE"] {
        let request = format!("{method} /limited HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assert!(
            server.exchange(request).await.ends_with("\r\n\r\nhello"),
            "{method}"
        );
    }
    let empty = "POST /limited HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    assert!(server.exchange(empty).await.ends_with("\r\n\r\n0"));
}

#[tokio::test]
async fn compressed_bodies_answer_415() {
    let server = Server::start(short());
    let head = "POST /limited HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n";
    for coding in [
        "gzip",
        "br",
        "identity, gzip",
        "zstd\r\nContent-Encoding: identity",
    ] {
        let answer = server
            .exchange(format!("{head}Content-Encoding: {coding}\r\n\r\nhi"))
            .await;
        assert_eq!(status(&answer), "415", "{coding}: {answer}");
    }
    let plain = server
        .exchange(format!("{head}Content-Encoding: Identity\r\n\r\nhi"))
        .await;
    assert!(plain.ends_with("\r\n\r\n2"), "{plain}");
}

#[tokio::test]
async fn a_body_longer_than_announced_is_no_second_request() {
    let server = Server::start(short());
    let answer = server
        .exchange(
            "POST /limited HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhiGARBAGE\x01\r\n\r\n",
        )
        .await;
    assert!(answer.contains("\r\n\r\n2HTTP/1.1 400 "), "{answer}");
}

#[tokio::test]
async fn a_body_shorter_than_announced_answers_400() {
    use tokio::io::AsyncWriteExt;

    let server = Server::start(short());
    let mut client = server.connect().await;
    client
        .send("POST /limited HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\nhi")
        .await;
    client.0.shutdown().await.unwrap();
    let answer = client.rest().await;
    assert_eq!(status(&answer), "400", "{answer}");
}

#[tokio::test]
async fn head_is_answered_like_get_but_without_the_body() {
    let server = Server::start(short());
    let mut client = server.connect().await;
    client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    let answers = client.rest().await;
    let (head, get) = answers.split_once("\r\n\r\n").unwrap();
    assert_eq!((status(head), status(get)), ("200", "200"), "{answers}");
    assert!(get.ends_with("\r\n\r\nhello"), "{answers}");
}

#[tokio::test]
async fn the_handler_sees_the_address_of_its_client() {
    let server = Server::start(short());
    let mut client = server.connect().await;
    let local = client.0.local_addr().unwrap();
    client.send("GET /peer HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 6.6.6.6\r\nConnection: close\r\n\r\n").await;
    assert!(
        client
            .rest()
            .await
            .ends_with(&format!("\r\n\r\nsocket://{local}"))
    );
}

#[tokio::test]
async fn a_panic_in_a_handler_ends_its_connection_only() {
    // With as many slots as connections, so that a panic has to give its slot back.
    let server = Server::start(Limits {
        max_connections: 2,
        ..short()
    });
    let mut other = server.connect().await;
    other.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    other.hello().await;
    server
        .connect()
        .await
        .send("GET /crash HTTP/1.1\r\nHost: a\r\n\r\n")
        .await;
    let mut crashed = server.connect().await;
    crashed.send("GET /crash HTTP/1.1\r\nHost: a\r\n\r\n").await;
    crashed.time_to_close().await;
    other.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    other.hello().await;
}

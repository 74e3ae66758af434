//! Files that have no honest reading are refused, with the line that shows it, and leave nothing behind.

use crm_testing::TestApp;

use super::upload;

#[tokio::test]
async fn files_that_cannot_be_read_are_refused() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    admin.get("/api/imports").expect(200).await;
    let before = app.database().fingerprint().await;
    let long = format!("name,phone\nAda,1\n\"{}", "x\n".repeat(50_000));
    let many = format!("{}\n1\n", ",a".repeat(300));
    for (file, message) in [
        (b"".to_vec(), "the file has no rows"),
        (b"\n\n".to_vec(), "the file has no rows"),
        (b"name,phone\n".to_vec(), "the file has no rows"),
        (
            b"name,name\nAda,Bob\n".to_vec(),
            "two columns are named \"name\"",
        ),
        (
            b"na\0me\nAda\n".to_vec(),
            "the name of a column has a NUL in it",
        ),
        (
            b"name\nZo\xeb\n".to_vec(),
            "line 2: is not UTF-8; save the file as CSV in UTF-8",
        ),
        (
            b"\xff\xfen\0a\0\n\0".to_vec(),
            "the file is UTF-16; save it as CSV in UTF-8",
        ),
        (
            long.into_bytes(),
            "line 3: the row is longer than 65536 bytes; perhaps a quotation mark is not closed",
        ),
        (many.into_bytes(), "line 1: the row has more than 200 cells"),
    ] {
        let request = admin.post("/api/imports").raw("text/csv", file);
        let refused = request.expect(400).await;
        assert_eq!(refused["errors"][0]["message"], message);
    }
    let other = admin.post("/api/imports").raw("application/json", "{}");
    assert_eq!(other.expect(415).await["code"], "unsupported-media-type");
    let query = admin
        .post("/api/imports?resource=task")
        .raw("text/csv", "name\nAda\n");
    assert_eq!(query.expect(400).await["errors"][0]["code"], "not-one-of");
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused() {
    let app = TestApp::with(|builder| builder.max_import_bytes(100)).await;
    let admin = app.admin().await;
    let file = format!("name,phone\n{}", "Ada,12345\n".repeat(10));
    let refused = admin
        .post("/api/imports")
        .raw("text/csv", file)
        .expect(413)
        .await;
    assert_eq!(refused["code"], "body-too-large");
    assert_eq!(app.database().rows("select id from imports").await.len(), 0);
}

#[tokio::test]
async fn a_file_may_have_no_header_and_nul_and_a_byte_order_mark() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let import = upload(&admin, "hasHeader=false", "Ada;12345\nBob;1\0\n").await;
    assert_eq!(import["mapping"][0]["column"], "1");
    assert_eq!(import["rows"], 2);
    let body = serde_json::json!({ "mapping": [
        { "column": "1", "field": "name" }, { "column": "2", "field": "phone" },
    ]});
    admin
        .patch(&super::path(&import))
        .json(body)
        .expect(200)
        .await;
    let import = super::done(&app, &admin, &import, "run").await;
    assert_eq!(super::counts(&import), [1, 0, 0, 0, 1]);
    assert_eq!(super::errors(&import), [(2, "row: has a NUL in it")]);
    let import = upload(&admin, "", "\u{feff}name,phone\nAda,1\n").await;
    assert_eq!(import["mapping"][0]["field"], "name");
}

//! TLS to the database, with certificates made on the spot by openssl.

#![expect(clippy::unwrap_used, reason = "in tests a panic is the report")]

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt, chown},
    path::{Path, PathBuf},
    process::Command,
};

use crm_storage::{
    Error, PoolOptions,
    embedded::{Cluster, Options},
    pool,
};
use crm_testing::database::server::scratch;
use diesel::{QueryableByName, sql_types::Bool};
use diesel_async::RunQueryDsl as _;

/// A server with TLS on a port of 127.0.0.1, for `localhost` only.
struct TlsServer {
    folder: PathBuf,
    cluster: Cluster,
    port: u16,
}

impl TlsServer {
    /// `None` where there is no openssl to make certificates with.
    fn start() -> Option<Self> {
        let folder = scratch().join(format!("crm-tls-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::set_permissions(&folder, PermissionsExt::from_mode(0o755)).unwrap();
        make_certificates(&folder)?;
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let file = |name: &str| folder.join(name).display().to_string();
        let settings = [
            ("ssl", "on".to_owned()),
            ("ssl_cert_file", file("server.pem")),
            ("ssl_key_file", file("server.key")),
            ("listen_addresses", "127.0.0.1".to_owned()),
            ("port", port.to_string()),
        ];
        let mut cluster = Cluster::open(&Options {
            data_dir: folder.join("data"),
            binaries: binaries(),
            settings: settings
                .map(|(name, value)| (name.to_owned(), value))
                .to_vec(),
        })
        .unwrap();
        let owner = fs::metadata(folder.join("data/cluster")).unwrap();
        chown(
            folder.join("server.key"),
            Some(owner.uid()),
            Some(owner.gid()),
        )
        .unwrap();
        cluster.start().unwrap();
        Some(Self {
            folder,
            cluster,
            port,
        })
    }

    fn options(&self, host: &str, mode: &str) -> PoolOptions {
        let url = format!("postgres://crm@{host}:{}/crm?sslmode={mode}", self.port);
        PoolOptions::new(url)
    }
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        let _ = self.cluster.stop();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[expect(clippy::disallowed_methods, reason = "a setting of the test run")]
fn binaries() -> Option<PathBuf> {
    std::env::var("CRM_PG_BIN").ok().map(PathBuf::from)
}

fn make_certificates(folder: &Path) -> Option<()> {
    let openssl = |arguments: &str| -> Option<()> {
        let output = Command::new("openssl")
            .args(arguments.split(' '))
            .current_dir(folder)
            .output()
            .ok()?;
        assert!(output.status.success(), "{output:?}");
        Some(())
    };
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    openssl(&format!(
        "req -x509 {key} -keyout ca.key -out ca.pem -subj /CN=authority -days 2"
    ))?;
    openssl(&format!(
        "req {key} -keyout server.key -out server.csr -subj /CN=localhost"
    ))?;
    fs::write(folder.join("names"), "subjectAltName=DNS:localhost\n").unwrap();
    openssl(
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2 -extfile names",
    )?;
    fs::set_permissions(folder.join("server.key"), PermissionsExt::from_mode(0o600)).unwrap();
    Some(())
}

async fn is_encrypted(options: &PoolOptions) -> Result<bool, Error> {
    #[derive(QueryableByName)]
    struct Answer {
        #[diesel(sql_type = Bool)]
        ssl: bool,
    }
    let mut conn = pool::get(&pool::connect(options)?).await?;
    let row: Answer = diesel::sql_query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        .get_result(&mut conn)
        .await?;
    Ok(row.ssl)
}

#[tokio::test]
async fn the_mode_in_the_url_decides_about_encryption_and_trust() {
    let Some(server) = TlsServer::start() else {
        return;
    };
    assert!(
        !is_encrypted(&server.options("localhost", "disable"))
            .await
            .unwrap()
    );
    assert!(
        is_encrypted(&server.options("localhost", "prefer"))
            .await
            .unwrap()
    );

    let unknown = is_encrypted(&server.options("localhost", "require")).await;
    let text = format!("{unknown:?}");
    assert!(matches!(unknown, Err(Error::Unavailable(_))), "{text}");
    assert!(text.contains("UnknownIssuer"), "{text}");

    let trusted = |host| PoolOptions {
        root_certificates: Some(server.folder.join("ca.pem")),
        ..server.options(host, "require")
    };
    assert!(is_encrypted(&trusted("localhost")).await.unwrap());

    let misnamed = is_encrypted(&trusted("127.0.0.1")).await;
    let text = format!("{misnamed:?}");
    assert!(
        text.contains("not valid for name") || text.contains("NotValidForName"),
        "{text}"
    );
}

#[test]
fn a_certificate_file_that_is_missing_is_named() {
    let options = PoolOptions {
        root_certificates: Some("/nowhere/ca.pem".into()),
        ..PoolOptions::new("postgres://crm@localhost/crm?sslmode=require")
    };
    let error = pool::connect(&options).map(drop).unwrap_err();
    assert!(
        format!("{error:?}").contains("/nowhere/ca.pem"),
        "{error:?}"
    );
}

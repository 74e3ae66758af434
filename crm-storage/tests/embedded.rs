//! The embedded Postgres: first start, later starts, crashes, and what is refused.

#![expect(clippy::unwrap_used, reason = "in tests a panic is the report")]

use std::{
    fs,
    io::{BufRead as _, BufReader},
    os::unix::{
        fs::{MetadataExt as _, PermissionsExt},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant, SystemTime},
};

use crm_storage::embedded::{DATABASE, EmbeddedError, EmbeddedPostgres, Options};
use crm_testing::database::server::scratch;

const FOLDER_VARIABLE: &str = "CRM_TEST_EMBEDDED_FOLDER";

/// A folder that goes away with the test, and may be entered by any user.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("crm-embedded-{}-{number}", std::process::id());
        let path = scratch().join(name);
        fs::create_dir_all(&path).unwrap();
        fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
        Self(path)
    }

    fn options(&self) -> Options {
        options(&self.0)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A failed test may have left a server, which would outlive its folder.
        if let Some(pid) = postmaster(&self.0) {
            signal("-QUIT", pid);
        }
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[expect(clippy::disallowed_methods, reason = "a setting of the test run")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn options(data_dir: &Path) -> Options {
    Options {
        data_dir: data_dir.to_owned(),
        binaries: variable("CRM_PG_BIN").map(PathBuf::from),
        settings: Vec::new(),
    }
}

fn postmaster(data_dir: &Path) -> Option<u32> {
    let text = fs::read_to_string(data_dir.join("cluster/postmaster.pid")).ok()?;
    text.lines().next()?.parse().ok()
}

fn signal(signal: &str, pid: u32) {
    let _ = Command::new("kill")
        .args([signal, &pid.to_string()])
        .status();
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(30), "never: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Runs SQL, and answers the first column of the last row.
fn query(url: &str, sql: &str) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls)
            .await
            .unwrap();
        tokio::spawn(connection);
        let mut last = String::new();
        for message in client.simple_query(sql).await.unwrap() {
            if let tokio_postgres::SimpleQueryMessage::Row(row) = message {
                row.get(0).unwrap_or_default().clone_into(&mut last);
            }
        }
        last
    })
}

/// Another process of the program, to be killed.
fn program(data_dir: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "the_program_that_gets_killed",
            "--ignored",
            "--nocapture",
        ])
        .env(FOLDER_VARIABLE, data_dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn wait_for_start(program: &mut Child) {
    let output = BufReader::new(program.stdout.take().unwrap());
    let started = output.lines().any(|line| line.unwrap().contains("started"));
    assert!(started, "the program ended before it had started");
}

fn kill(mut program: Child) {
    program.kill().unwrap();
    program.wait().unwrap();
}

#[test]
#[ignore = "run by the tests that kill it"]
fn the_program_that_gets_killed() {
    let folder = variable(FOLDER_VARIABLE).expect("run by another test");
    let _server = EmbeddedPostgres::start(&options(Path::new(&folder))).unwrap();
    println!("started");
    std::thread::sleep(Duration::from_mins(5));
}

#[test]
fn the_first_start_makes_a_durable_utf8_database() {
    let folder = Folder::new();
    let server = EmbeddedPostgres::start(&folder.options()).unwrap();
    let url = server.url(DATABASE);
    for (sql, expected) in [
        ("SELECT current_database()", "crm"),
        ("SELECT current_user", "crm"),
        ("SHOW fsync", "on"),
        ("SHOW full_page_writes", "on"),
        ("SHOW synchronous_commit", "on"),
        ("SHOW server_encoding", "UTF8"),
        ("SELECT lower('ZOË')", "zoë"),
        ("CREATE EXTENSION pg_trgm; SELECT 'installed'", "installed"),
        (
            "SELECT (cardinality(show_trgm('иванов')) > 0)::text",
            "true",
        ),
    ] {
        assert_eq!(query(&url, sql), expected, "{sql}");
    }
    assert!(server.binaries().join("postgres").exists());
    server.stop().unwrap();
}

#[test]
fn data_survives_a_restart() {
    let folder = Folder::new();
    let server = EmbeddedPostgres::start(&folder.options()).unwrap();
    query(&server.url(DATABASE), "CREATE TABLE t AS SELECT 42 AS n");
    server.stop().unwrap();
    assert_eq!(postmaster(&folder.0), None);

    let server = EmbeddedPostgres::start(&folder.options()).unwrap();
    assert_eq!(query(&server.url(DATABASE), "SELECT n FROM t"), "42");
}

#[test]
fn dropping_the_server_stops_it() {
    let folder = Folder::new();
    drop(EmbeddedPostgres::start(&folder.options()).unwrap());
    assert_eq!(postmaster(&folder.0), None);
}

#[test]
fn a_relative_folder_works_as_well() {
    let folder = Folder::new();
    let parent = folder.0.parent().unwrap();
    std::env::set_current_dir(parent).unwrap();
    let relative = Path::new(folder.0.file_name().unwrap());
    let server = EmbeddedPostgres::start(&options(relative)).unwrap();
    assert_eq!(query(&server.url(DATABASE), "SELECT 1"), "1");
}

#[test]
fn a_second_program_on_the_folder_is_refused_by_name() {
    let folder = Folder::new();
    let mut program = program(&folder.0);
    wait_for_start(&mut program);

    let error = EmbeddedPostgres::start(&folder.options()).unwrap_err();

    let message = error.to_string();
    assert!(matches!(error, EmbeddedError::InUse { .. }), "{error:?}");
    assert!(
        message.contains(&folder.0.display().to_string()),
        "{message}"
    );
    assert!(
        message.contains(&format!("process {}", program.id())),
        "{message}"
    );
    kill(program);
}

#[test]
fn a_server_that_outlived_its_program_is_taken_over() {
    let folder = Folder::new();
    let mut program = program(&folder.0);
    wait_for_start(&mut program);
    let before = postmaster(&folder.0);
    assert!(before.is_some());
    kill(program);

    let server = EmbeddedPostgres::start(&folder.options()).unwrap();

    assert_eq!(postmaster(&folder.0), before);
    assert_eq!(query(&server.url(DATABASE), "SELECT 1"), "1");
    server.stop().unwrap();
    assert_eq!(postmaster(&folder.0), None);
}

#[test]
fn a_killed_server_recovers_what_was_acknowledged() {
    let folder = Folder::new();
    let mut program = program(&folder.0);
    wait_for_start(&mut program);
    let url = crm_storage::embedded::Cluster::url_at(&folder.0, DATABASE);
    query(&url, "CREATE TABLE t AS SELECT 42 AS n");
    signal("-KILL", postmaster(&folder.0).unwrap());
    kill(program);
    assert!(postmaster(&folder.0).is_some(), "no stale file to survive");

    let server = EmbeddedPostgres::start(&folder.options()).unwrap();

    assert_eq!(query(&server.url(DATABASE), "SELECT n FROM t"), "42");
}

/// After a reboot the number of the dead server may be that of any process.
#[test]
fn a_stale_pid_file_with_the_number_of_another_process_is_survived() {
    let folder = Folder::new();
    drop(EmbeddedPostgres::start(&folder.options()).unwrap());
    let cluster = folder.0.join("cluster");
    let owner = fs::metadata(&cluster).unwrap();
    let mut other = Command::new("sleep");
    other.arg("60");
    if owner.uid() != fs::metadata(&folder.0).unwrap().uid() {
        other.uid(owner.uid()).gid(owner.gid());
    }
    let mut other = other.spawn().unwrap();
    let file = format!(
        "{}\n{}\n1\n5432\n/nowhere\n\n 1 1\nready   \n",
        other.id(),
        cluster.display()
    );
    for lock in ["cluster/postmaster.pid", "run/.s.PGSQL.5432.lock"] {
        fs::write(folder.0.join(lock), &file).unwrap();
    }

    let server = EmbeddedPostgres::start(&folder.options());

    assert!(
        other.try_wait().unwrap().is_none(),
        "the other process must live on"
    );
    other.kill().unwrap();
    other.wait().unwrap();
    assert_eq!(query(&server.unwrap().url(DATABASE), "SELECT 1"), "1");
}

#[test]
fn an_empty_pid_file_left_by_a_power_cut_is_survived() {
    let folder = Folder::new();
    drop(EmbeddedPostgres::start(&folder.options()).unwrap());
    let file = fs::File::create(folder.0.join("cluster/postmaster.pid")).unwrap();
    let yesterday = SystemTime::now() - Duration::from_hours(24);
    file.set_modified(yesterday).unwrap();
    let server = EmbeddedPostgres::start(&folder.options()).unwrap();
    assert_eq!(query(&server.url(DATABASE), "SELECT 1"), "1");
}

#[test]
fn a_program_killed_while_making_the_cluster_leaves_no_half_one() {
    let folder = Folder::new();
    let unfinished = || {
        let entries = fs::read_dir(&folder.0).unwrap();
        entries
            .map(|entry| entry.unwrap().path())
            .find(|path| path.to_string_lossy().contains("cluster.new"))
    };
    // At a different moment each time: empty, with files, with a version.
    for file in ["", "postgresql.conf", "PG_VERSION"] {
        let program = program(&folder.0);
        wait_until("a cluster in the making", || {
            unfinished().is_some_and(|path| path.join(file).exists())
        });
        kill(program);
        assert!(
            !folder.0.join("cluster").exists(),
            "killed too late to prove anything"
        );
    }

    let server = EmbeddedPostgres::start(&folder.options()).unwrap();

    assert_eq!(query(&server.url(DATABASE), "SELECT 1"), "1");
}

#[test]
fn what_an_earlier_program_left_unfinished_is_removed() {
    let folder = Folder::new();
    let left = folder.0.join("cluster.new-1");
    fs::create_dir(&left).unwrap();
    fs::write(left.join("PG_VERSION"), "15\n").unwrap();
    let server = EmbeddedPostgres::start(&folder.options()).unwrap();
    assert_eq!(query(&server.url(DATABASE), "SELECT 1"), "1");
    assert!(!left.exists());
}

#[test]
fn a_folder_opened_to_others_is_closed_again() {
    let folder = Folder::new();
    drop(EmbeddedPostgres::start(&folder.options()).unwrap());
    let run = folder.0.join("run");
    fs::set_permissions(&run, PermissionsExt::from_mode(0o755)).unwrap();
    let _server = EmbeddedPostgres::start(&folder.options()).unwrap();
    assert_eq!(fs::metadata(&run).unwrap().mode() & 0o777, 0o700);
}

#[test]
fn no_port_is_opened_and_nobody_else_may_enter() {
    let folder = Folder::new();
    let server = EmbeddedPostgres::start(&folder.options()).unwrap();
    assert_eq!(query(&server.url(DATABASE), "SHOW listen_addresses"), "");
    for private in ["run", "log", "cluster"] {
        let mode = fs::metadata(folder.0.join(private)).unwrap().mode();
        assert_eq!(mode & 0o777, 0o700, "{private}");
    }
    if let Some(pid) = postmaster(&folder.0).filter(|_| Path::new("/proc/net/tcp").exists()) {
        assert_eq!(listening_tcp_sockets(pid), 0);
    }
}

/// Counts what the system itself knows.
fn listening_tcp_sockets(pid: u32) -> usize {
    let mut tables = fs::read_to_string("/proc/net/tcp").unwrap();
    tables.push_str(&fs::read_to_string("/proc/net/tcp6").unwrap_or_default());
    let inodes: Vec<String> = tables
        .lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            (*fields.get(3)? == "0A")
                .then(|| fields.get(9).map(|inode| format!("socket:[{inode}]")))?
        })
        .collect();
    fs::read_dir(format!("/proc/{pid}/fd"))
        .unwrap()
        .filter_map(|entry| fs::read_link(entry.ok()?.path()).ok())
        .filter(|link| {
            inodes
                .iter()
                .any(|inode| link.as_os_str() == inode.as_str())
        })
        .count()
}

#[test]
fn started_by_root_the_server_runs_as_somebody_else() {
    let folder = Folder::new();
    if fs::metadata(&folder.0).unwrap().uid() != 0 {
        return;
    }
    let _server = EmbeddedPostgres::start(&folder.options()).unwrap();
    let pid = postmaster(&folder.0).unwrap();
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let ids = |name: &str| -> Vec<String> {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().skip(1).map(str::to_owned).collect()
    };
    for name in ["Uid:", "Gid:"] {
        assert_eq!(ids(name).len(), 4);
        assert!(
            !ids(name).contains(&"0".to_owned()),
            "{name} {:?}",
            ids(name)
        );
    }
    assert!(
        !ids("Groups:").contains(&"0".to_owned()),
        "{:?}",
        ids("Groups:")
    );
}

#[test]
fn started_by_root_below_a_closed_folder_it_says_which_one() {
    let folder = Folder::new();
    if fs::metadata(&folder.0).unwrap().uid() != 0 {
        return;
    }
    let closed = folder.0.join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, PermissionsExt::from_mode(0o700)).unwrap();
    let error = EmbeddedPostgres::start(&options(&closed.join("inner/data"))).unwrap_err();
    assert!(
        matches!(&error, EmbeddedError::Untraversable { folder, .. } if *folder == closed),
        "{error:?}"
    );
    assert!(
        error.to_string().contains(&closed.display().to_string()),
        "{error}"
    );
}

#[test]
fn odd_characters_in_the_path_do_no_harm() {
    let folder = Folder::new();
    let odd = folder.0.join("we\"i'rd, $(dir) %41 ü");
    let server = EmbeddedPostgres::start(&options(&odd)).unwrap();
    assert_eq!(query(&server.url("postgres"), "SELECT 1"), "1");
}

#[test]
fn a_path_too_long_for_a_socket_works() {
    let folder = Folder::new();
    let long = folder.0.join("x".repeat(120));
    let server = EmbeddedPostgres::start(&options(&long)).unwrap();
    let url = server.url(DATABASE);
    assert_eq!(query(&url, "SELECT 1"), "1");
    let socket_folder = query(&url, "SHOW unix_socket_directories");
    let socket_folder = Path::new(socket_folder.trim_matches('"'));
    assert_eq!(fs::metadata(socket_folder).unwrap().mode() & 0o777, 0o700);
    server.stop().unwrap();
    fs::remove_dir(socket_folder).unwrap();
}

#[test]
fn a_setting_that_postgres_refuses_shows_what_postgres_said() {
    let folder = Folder::new();
    let mut options = folder.options();
    options.settings = vec![("work_mem".to_owned(), "7MB".to_owned())];
    let server = EmbeddedPostgres::start(&options).unwrap();
    assert_eq!(query(&server.url(DATABASE), "SHOW work_mem"), "7MB");
    server.stop().unwrap();

    options.settings = vec![("no_such_setting".to_owned(), "1".to_owned())];
    let error = EmbeddedPostgres::start(&options).unwrap_err();
    assert!(matches!(error, EmbeddedError::Failed { .. }), "{error:?}");
    assert!(error.to_string().contains("no_such_setting"), "{error}");
}

#[test]
fn missing_binaries_are_answered_with_what_to_install() {
    let message = EmbeddedError::NoBinaries.to_string();
    assert_eq!(message.lines().count(), 1);
    for word in [
        "apt install",
        "dnf install",
        "postgresql-contrib",
        "brew install",
        "DATABASE_URL",
    ] {
        assert!(message.contains(word), "{word}: {message}");
    }
}

#[test]
fn a_folder_without_binaries_is_refused_by_name() {
    let folder = Folder::new();
    let mut options = folder.options();
    options.binaries = Some(folder.0.join("nothing"));
    let error = EmbeddedPostgres::start(&options).unwrap_err();
    assert!(
        matches!(error, EmbeddedError::BadBinaries { .. }),
        "{error:?}"
    );
    assert!(
        error.to_string().contains("there is no initdb in it"),
        "{error}"
    );
}

#[test]
fn data_of_a_version_that_is_not_installed_is_left_alone() {
    let folder = Folder::new();
    drop(EmbeddedPostgres::start(&folder.options()).unwrap());
    let version = folder.0.join("cluster/PG_VERSION");
    fs::write(&version, "9\n").unwrap();
    let error = EmbeddedPostgres::start(&folder.options()).unwrap_err();
    assert!(
        matches!(error, EmbeddedError::VersionMissing { major: 9, .. }),
        "{error:?}"
    );
    assert_eq!(fs::read_to_string(&version).unwrap(), "9\n");
}

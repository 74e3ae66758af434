//! The queue on the command line.

use crm_testing::TestDatabase;

use crate::database::{crm, migrated};
use crate::program::Folder;

const DEAD: &str = "01900000-0000-7000-8000-000000000001";
const OTHER: &str = "01900000-0000-7000-8000-000000000002";
const WAITING: &str = "01900000-0000-7000-8000-000000000003";

/// Two dead jobs, and one that waits for its time.
async fn database() -> TestDatabase {
    let database = migrated().await;
    let jobs = format!(
        "insert into jobs (id, name, payload, state, run_at, attempts, max_attempts, last_error, created_at, died_at) values
         ('{DEAD}', 'letters.send', '{{}}', 'dead', '2026-01-01', 3, 3, E'no\\nanswer', '2026-01-01', '2026-01-01'),
         ('{OTHER}', 'letters.count', '{{}}', 'dead', '2026-01-01', 3, 3, null, '2026-01-01', '2026-01-01'),
         ('{WAITING}', 'letters.send', '{{}}', 'ready', '2999-01-01', 0, 3, null, '2026-01-01', null)"
    );
    database.execute(&jobs).await;
    database
}

#[tokio::test]
async fn jobs_are_listed_all_the_dead_or_those_of_a_name() {
    let (folder, database) = (Folder::new(), database().await);
    let list = |arguments: &[&str]| {
        let arguments = [&["jobs", "list"], arguments].concat();
        crm(&folder, &database, &arguments).run().done()
    };
    let dead = format!("{DEAD}\tletters.send\tdead\t3/3\t2026-01-01T00:00:00Z\tno answer\n");
    let other = format!("{OTHER}\tletters.count\tdead\t3/3\t2026-01-01T00:00:00Z\t-\n");
    let waiting = format!("{WAITING}\tletters.send\tready\t0/3\t2999-01-01T00:00:00Z\t-\n");
    assert_eq!(list(&[]), format!("{waiting}{other}{dead}"));
    assert_eq!(list(&["--dead"]), format!("{other}{dead}"));
    assert_eq!(
        list(&["--name", "letters.send"]),
        format!("{waiting}{dead}")
    );
    assert_eq!(list(&["--dead", "--name", "letters.count"]), other);
}

#[tokio::test]
async fn one_dead_job_runs_again_or_all_of_them() {
    let (folder, database) = (Folder::new(), database().await);
    let retry = |arguments: &[&str]| {
        let arguments = [&["jobs", "retry"], arguments].concat();
        crm(&folder, &database, &arguments).run()
    };
    let one = retry(&[DEAD]).done();
    assert!(
        one.starts_with(&format!("{DEAD}\tletters.send\tready\t0/3\t")),
        "{one}"
    );
    assert_eq!(
        retry(&["--all", "--name", "letters.send"]).done(),
        "0 jobs run again\n"
    );
    assert_eq!(retry(&["--all"]).done(), "1 jobs run again\n");
    let missing = retry(&["01900000-0000-7000-8000-000000000009"]);
    assert_eq!(missing.failed(1), "there is no such job");
    for wrong in [&[][..], &["x"], &[DEAD, "--all"], &[DEAD, "--name", "x"]] {
        assert_eq!(retry(wrong).code, Some(2), "{wrong:?}");
    }
}

/// A server that is told to stop ends in order, though nobody has queued anything.
#[tokio::test]
async fn a_server_gives_reminders_and_stops() {
    let (folder, database) = (Folder::new(), migrated().await);
    let task = "insert into tasks (id, title, title_key, search_text, status, priority, priority_rank, due_key, remind_at,
                    is_archived, version, created_at, updated_at)
                values (gen_random_uuid(), 'Call', 'call', 'call', 'Open', 'Low', 1, '9999-12-31', now(), false, 1, now(), now());
                insert into schedules values ('tasks.remind', 15000, now())";
    database.execute(task).await;
    let server = crm(&folder, &database, &["serve"]).serve();
    let mut reminded = false;
    for _ in 0..600 {
        let given = database.rows("select 1 as one from events where name = 'task.reminder-due'");
        reminded = !given.await.is_empty();
        if reminded {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(reminded);
    server.signal("-TERM");
    assert_eq!(server.wait().code(), Some(0));
}

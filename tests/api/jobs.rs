//! Jobs: queued once, done at least once, in order where that is asked for, kept when they fail for good.

mod admin;
mod deliveries;
mod kills;
mod leases;
mod reminders;
mod schedules;
mod workers;

use std::sync::{Arc, Mutex};

use crm_app::Crm;
use crm_app::CrmBuilder;
use crm_app::jobs::{Job, JobContext, JobError, Workers};
use crm_testing::TestApp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A piece of work with a number.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Work {
    number: i32,
    /// Fails always.
    #[serde(default)]
    is_poison: bool,
    /// The line that it stands in.
    #[serde(default)]
    line: Option<String>,
    #[serde(default)]
    key: Option<String>,
}

impl Work {
    fn number(number: i32) -> Self {
        Self {
            number,
            ..Self::default()
        }
    }
}

impl Job for Work {
    const NAME: &'static str = "test.work";
    const MAX_ATTEMPTS: i32 = 3;

    fn unique_key(&self) -> Option<String> {
        self.key.clone()
    }

    fn partition_key(&self) -> Option<String> {
        self.line.clone()
    }
}

/// What was done, by its number, in the order in which it ended.
type Done = Arc<Mutex<Vec<i32>>>;

/// Does work, and notes it.
fn with_work(builder: CrmBuilder, done: &Done) -> CrmBuilder {
    let done = Arc::clone(done);
    builder.job(move |_: JobContext, work: Work| {
        let done = Arc::clone(&done);
        async move {
            tokio::time::sleep(Duration::from_millis(u64::from(
                work.number.unsigned_abs() % 3,
            )))
            .await;
            if work.is_poison {
                return Err(JobError::retry(format!("{} is poison", work.number)));
            }
            done.lock().unwrap().push(work.number);
            Ok(())
        }
    })
}

async fn app(done: &Done) -> TestApp {
    TestApp::with(|builder| with_work(builder, done)).await
}

async fn enqueue(app: &TestApp, work: Work) {
    assert!(app.crm.jobs().enqueue(&work).await.unwrap());
}

/// The rows of the queue, in the order in which they were queued; less those that schedules made.
async fn queue(app: &TestApp) -> Vec<Value> {
    app.database()
        .rows("select * from jobs where name like 'test.%' order by position")
        .await
}

const FAST: Workers = Workers {
    at_once: 4,
    lease: Duration::from_mins(1),
    poll: Duration::from_millis(50),
    patience: Duration::from_secs(10),
};

/// A server that does jobs until it is stopped.
struct Worker {
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl Worker {
    fn start(app: &TestApp, crm: &Crm, workers: Workers) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let (crm, options) = (crm.clone(), app.database().options());
        let running = tokio::spawn(async move {
            let shutdown = async { drop(stopped.await) };
            crm.jobs().run(&options, workers, shutdown).await.unwrap();
        });
        Self { stop, running }
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        self.running.await.unwrap();
    }
}

/// Waits until something is so; a loaded machine is given time.
async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..600 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it does not come about");
}

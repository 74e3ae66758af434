use futures_util::future::join_all;
use poem::endpoint::make;
use poem::http::StatusCode;

use super::*;

/// Operations that wait until they are let go, behind their guards.
struct Slow {
    operations: [Guarded; 2],
    go: Arc<Semaphore>,
}

impl Slow {
    fn new(method: &Method, most: usize) -> Self {
        let (go, detached) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(most)));
        let operation = || {
            let go = Arc::clone(&go);
            let endpoint = make(move |_| {
                let go = Arc::clone(&go);
                async move { go.acquire().await.map(drop).map_err(Problem::internal) }
            });
            let endpoint = endpoint.map_to_response().boxed();
            Guarded::new(endpoint, method, None, &detached)
        };
        Self {
            operations: [operation(), operation()],
            go,
        }
    }

    async fn call(&self, number: usize) -> StatusCode {
        let operation = &self.operations[number % 2];
        match operation.call(Request::default()).await {
            Ok(response) => response.status(),
            Err(error) => error.into_response().status(),
        }
    }

    /// Begins so many calls, and goes away from them once they are under way.
    async fn abandon(&self, calls: usize) {
        for number in 0..calls {
            let mut call = std::pin::pin!(self.call(number));
            assert!(futures_util::poll!(&mut call).is_pending());
        }
    }
}

#[tokio::test]
async fn of_the_changes_at_once_one_more_than_the_most_is_refused_whichever_it_is() {
    let slow = Slow::new(&Method::POST, MAX_DETACHED);
    slow.abandon(1_024).await;
    for number in 0..2 {
        assert_eq!(slow.call(number).await, StatusCode::SERVICE_UNAVAILABLE);
    }
    // The clients are gone, and what they asked for goes on: only its end makes room.
    slow.go.add_permits(1);
    while slow.call(0).await == StatusCode::SERVICE_UNAVAILABLE {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn reads_have_no_share_of_it_and_end_with_their_client() {
    let slow = Slow::new(&Method::GET, 1);
    slow.abandon(3).await;
    slow.go.add_permits(1);
    let answers = join_all((0..3).map(|number| slow.call(number))).await;
    assert_eq!(answers, [StatusCode::OK; 3]);
}

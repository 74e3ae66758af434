use futures_util::future::join_all;
use tokio::time::Instant;

use super::*;

fn passwords() -> Passwords {
    Passwords::new(HashCost::ForTests, MinPasswordChars::default())
}

#[tokio::test]
async fn nobodys_hash_is_as_dear_as_any_other() {
    let any = passwords().hash("a password".to_owned()).await.unwrap();
    let (any, nobodys) = (
        PasswordHash::new(&any).unwrap(),
        PasswordHash::new(&passwords().nobody).unwrap(),
    );
    assert_eq!(nobodys.algorithm, any.algorithm);
    assert_eq!(nobodys.version, any.version);
    assert_eq!(nobodys.params, any.params);
    let lengths = |hash: &PasswordHash| (hash.salt.map(|s| s.len()), hash.hash.map(|h| h.len()));
    assert_eq!(lengths(&nobodys), lengths(&any));
}

/// Everybody's turn, taken.
async fn all_running(passwords: &Passwords) -> OwnedSemaphorePermit {
    let running = Arc::clone(&passwords.running);
    let all = u32::try_from(running.available_permits()).unwrap();
    running.acquire_many_owned(all).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_hash_waits_two_seconds_for_its_turn_and_no_longer() {
    let passwords = passwords();
    let running = all_running(&passwords).await;
    let began = Instant::now();
    let refused = passwords.hash("a password".to_owned()).await;
    assert!(matches!(refused, Err(Error::Overloaded)), "{refused:?}");
    let waited = began.elapsed();
    let two_seconds = Duration::from_secs(2)..Duration::from_millis(2_010);
    assert!(two_seconds.contains(&waited), "{waited:?}");
    let refused = passwords.verify("a password".to_owned(), None).await;
    assert!(matches!(refused, Err(Error::Overloaded)), "{refused:?}");

    let ((), hashed) = tokio::join!(
        async {
            tokio::time::sleep(Duration::from_millis(1_900)).await;
            drop(running);
        },
        passwords.hash("a password".to_owned())
    );
    assert!(hashed.is_ok());
}

#[tokio::test(start_paused = true)]
async fn when_eight_wait_for_each_that_runs_the_next_is_refused_at_once() {
    let passwords = passwords();
    let cores = passwords.running.available_permits();
    let running = all_running(&passwords).await;
    // Those that run have a place each among those that wait.
    let waiting: Vec<_> = (0..cores * 9)
        .map(|_| Box::pin(passwords.verify("a password".to_owned(), None)))
        .collect();
    let mut waiting = std::pin::pin!(join_all(waiting));
    assert!(futures_util::poll!(&mut waiting).is_pending());
    let began = Instant::now();
    let refused = passwords.verify("a password".to_owned(), None).await;
    assert!(matches!(refused, Err(Error::Overloaded)), "{refused:?}");
    assert_eq!(began.elapsed(), Duration::ZERO);

    drop(running);
    assert!(waiting.await.iter().all(Result::is_ok));
    assert!(
        passwords
            .verify("a password".to_owned(), None)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_hash_of_another_cost_or_kind_is_outdated() {
    let passwords = passwords();
    let own = passwords.hash("a password".to_owned()).await.unwrap();
    assert!(!passwords.is_outdated(&own));
    let dearer = Passwords::new(HashCost::Full, MinPasswordChars::default());
    assert!(dearer.is_outdated(&own));
    let foreign = ::bcrypt::hash("a password", 4).unwrap();
    assert!(passwords.is_outdated(&foreign));
    let verified = passwords.verify("a password".to_owned(), Some(foreign));
    assert!(verified.await.unwrap());
}

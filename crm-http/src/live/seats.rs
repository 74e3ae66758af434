//! How many callers listen on a server at a time: each has a connection open.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crm_domain::ids::UserId;

/// The most who listen on one server.
const MOST: usize = 512;

/// The most of one user: two for each of a few windows.
const MOST_PER_USER: usize = 10;

/// The places of those who listen, by user. Cheap to clone.
#[derive(Clone, Default)]
pub struct Seats(Arc<Mutex<HashMap<UserId, usize>>>);

/// A place that is taken until it is dropped.
pub struct Seat {
    seats: Seats,
    user: UserId,
}

impl Seats {
    /// A place for this user; `None` when too many are taken.
    #[must_use]
    pub fn take(&self, user: UserId) -> Option<Seat> {
        let mut taken = self.taken();
        let own = taken.get(&user).copied().unwrap_or_default();
        if own >= MOST_PER_USER || taken.values().sum::<usize>() >= MOST {
            return None;
        }
        taken.insert(user, own + 1);
        Some(Seat {
            seats: self.clone(),
            user,
        })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<UserId, usize>> {
        // What is kept is whole after each statement.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken();
        if let Some(own) = taken.get_mut(&self.user) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn user(number: u128) -> UserId {
        Uuid::from_u128(number).into()
    }

    #[test]
    fn so_many_listen_and_no_more_until_one_goes() {
        let seats = Seats::default();
        let take = |number| seats.take(user(number));
        let mut own: Vec<_> = (0..MOST_PER_USER).map(|_| take(1).unwrap()).collect();
        assert!(take(1).is_none());
        assert!(take(2).is_some());
        own.pop();
        assert!(take(1).is_some());
        drop(own);
        assert!(seats.taken().is_empty());
        let others: Vec<_> = (0..).map_while(take).collect();
        assert_eq!(others.len(), MOST);
    }
}

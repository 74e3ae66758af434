//! The sessions that are known to be alive.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use chrono::{DateTime, Utc};
use crm_domain::ids::{SessionId, UserId};
use crm_storage::sessions::Session;

/// The most that are kept. Beyond it all are forgotten and read again, which costs each one query.
const MAX: usize = 100_000;

/// What a request must know of its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LiveSession {
    pub(crate) user: UserId,
    pub(crate) seen_counter: i32,
    idle_expires_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

impl LiveSession {
    /// The session, of which the access token with this number has been seen.
    pub(crate) const fn seen(self, counter: i32) -> Self {
        Self {
            seen_counter: counter,
            ..self
        }
    }

    pub(crate) fn is_alive(&self, now: DateTime<Utc>) -> bool {
        now < self.idle_expires_at && now < self.expires_at
    }
}

impl From<&Session> for LiveSession {
    fn from(session: &Session) -> Self {
        Self {
            user: session.user,
            seen_counter: session.seen_counter,
            idle_expires_at: session.idle_expires_at,
            expires_at: session.expires_at,
        }
    }
}

/// The sessions that are known to be alive.
#[derive(Default)]
pub(crate) struct LiveSessions(RwLock<Known>);

#[derive(Default)]
struct Known {
    /// Counts the times that sessions ended.
    generation: u64,
    alive: HashMap<SessionId, LiveSession>,
}

/// When a session was begun to be looked up. If sessions end before it is found, it may be one of them.
#[derive(Clone, Copy)]
pub(crate) struct LookedUpAt(u64);

impl LiveSessions {
    pub(crate) fn get(&self, id: SessionId, now: DateTime<Utc>) -> Option<LiveSession> {
        let known = self.read().alive.get(&id).copied();
        known.filter(|session| session.is_alive(now))
    }

    /// To be taken before a session is read from the database.
    pub(crate) fn look_up(&self) -> LookedUpAt {
        LookedUpAt(self.read().generation)
    }

    /// Keeps a session that was found alive, unless sessions have ended since it was looked up.
    pub(crate) fn keep(&self, id: SessionId, session: LiveSession, looked_up: LookedUpAt) {
        let mut known = self.write();
        if known.generation != looked_up.0 {
            return;
        }
        if known.alive.len() >= MAX {
            known.alive.clear();
        }
        known.alive.insert(id, session);
    }

    /// Forgets sessions that have ended.
    pub(crate) fn end(&self, ids: &[SessionId]) {
        if ids.is_empty() {
            return;
        }
        let mut known = self.write();
        known.generation += 1;
        for id in ids {
            known.alive.remove(id);
        }
    }

    // Nothing panics while a lock is held; if it did, the map is still whole.

    fn read(&self) -> RwLockReadGuard<'_, Known> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Known> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use uuid::Uuid;

    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn session() -> (SessionId, LiveSession) {
        let session = LiveSession {
            user: Uuid::from_u128(1).into(),
            seen_counter: 0,
            idle_expires_at: NOW + TimeDelta::days(1),
            expires_at: NOW + TimeDelta::days(2),
        };
        (Uuid::from_u128(2).into(), session)
    }

    #[test]
    fn a_kept_session_is_found_until_it_ends_or_runs_out() {
        let (id, session) = session();
        let sessions = LiveSessions::default();
        sessions.keep(id, session, sessions.look_up());
        assert_eq!(sessions.get(id, NOW), Some(session));
        assert_eq!(sessions.get(id, NOW + TimeDelta::days(1)), None);
        sessions.end(&[id]);
        assert_eq!(sessions.get(id, NOW), None);
    }

    /// The row was read, the session ended, and only then what was read arrives.
    #[test]
    fn a_session_that_ends_while_it_is_looked_up_is_not_kept() {
        let (id, session) = session();
        let sessions = LiveSessions::default();
        let looked_up = sessions.look_up();
        sessions.end(&[id]);
        sessions.keep(id, session, looked_up);
        assert_eq!(sessions.get(id, NOW), None);
    }
}

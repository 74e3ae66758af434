//! The refresh token's cookie. Only `POST /api/auth/refresh` and `/api/auth/logout` read it.

use poem::Request;
use poem::http::header;

/// How the cookie is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RefreshCookie {
    /// Sent over HTTPS only, and bound to this host by its name. Off only for development on loopback.
    pub(crate) is_secure: bool,
}

/// Seconds that a browser keeps it: as long as an idle session lives.
const MAX_AGE: i64 = crm_app::auth::IDLE.num_seconds();

impl RefreshCookie {
    const fn name(self) -> &'static str {
        // Browsers take a `__Host-` cookie only when it is secure, without a domain, and for all paths.
        if self.is_secure {
            "__Host-refreshToken"
        } else {
            "refreshToken"
        }
    }

    /// The header value that sets the cookie.
    #[must_use]
    pub(crate) fn set(self, token: &str) -> String {
        self.value(token, MAX_AGE)
    }

    /// The header value that removes the cookie.
    #[must_use]
    pub(crate) fn clear(self) -> String {
        self.value("", 0)
    }

    fn value(self, token: &str, max_age: i64) -> String {
        let secure = if self.is_secure { "; Secure" } else { "" };
        format!(
            "{}={token}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Strict{secure}",
            self.name()
        )
    }

    /// The token that the request carries. Two cookies of the name are none: one of them was planted.
    #[must_use]
    pub(crate) fn read(self, req: &Request) -> Option<String> {
        let sent = req
            .headers()
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok());
        let pairs = sent
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='));
        let mut tokens = pairs
            .filter(|(name, _)| *name == self.name())
            .map(|(_, token)| token.to_owned());
        tokens
            .next()
            .filter(|token| !token.is_empty() && tokens.next().is_none())
    }
}

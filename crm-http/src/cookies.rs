//! The cookies: the refresh token's, which `POST /api/auth/refresh` and `/api/auth/logout` read, and that of a known
//! device, which `/api/auth/login` and `/api/auth/two-factor` read. Nothing else does.

use poem::Request;
use poem::http::header;

/// How cookies are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cookies {
    /// Sent over HTTPS only, and bound to this host by their names. Off only for development on loopback.
    pub(crate) is_secure: bool,
}

impl Cookies {
    /// The cookie of the refresh token. Browsers keep it as long as an idle session lives.
    pub(crate) const fn refresh(self) -> Cookie {
        Cookie {
            secure_name: "__Host-refreshToken",
            plain_name: "refreshToken",
            max_age: crm_app::auth::IDLE.num_seconds(),
            is_secure: self.is_secure,
        }
    }

    /// The cookie of a device that has signed in before, kept for a year.
    pub(crate) const fn device(self) -> Cookie {
        Cookie {
            secure_name: "__Host-crmDevice",
            plain_name: "crmDevice",
            max_age: 365 * 24 * 60 * 60,
            is_secure: self.is_secure,
        }
    }
}

/// One cookie.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cookie {
    secure_name: &'static str,
    plain_name: &'static str,
    /// Seconds that a browser keeps it.
    max_age: i64,
    is_secure: bool,
}

impl Cookie {
    const fn name(self) -> &'static str {
        // Browsers take a `__Host-` cookie only when it is secure, without a domain, and for all paths.
        if self.is_secure {
            self.secure_name
        } else {
            self.plain_name
        }
    }

    /// The header value that sets the cookie.
    #[must_use]
    pub(crate) fn set(self, token: &str) -> String {
        self.value(token, self.max_age)
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

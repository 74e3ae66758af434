//! E-mail addresses and their domains.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::{TextError, clean};

/// An e-mail address, kept as typed and compared by [`Email::key`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

read_by_parsing!(Email);

impl Email {
    /// The most characters it may have (RFC 5321, section 4.5.3.1.3, without the angle brackets).
    pub const MAX_CHARS: usize = 254;

    /// A text that was parsed before it was stored.
    #[must_use]
    pub const fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The address as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address in lower case with the domain in ASCII: equal for two spellings of one address.
    #[must_use]
    pub fn key(&self) -> String {
        let (local, domain) = self.parts();
        format!("{}@{}", local.to_ascii_lowercase(), EmailDomain::of(domain))
    }

    /// Its domain.
    #[must_use]
    pub fn domain(&self) -> EmailDomain {
        EmailDomain::of(self.parts().1)
    }

    fn parts(&self) -> (&str, &str) {
        // Parsing has shown that there is an `@`.
        self.0.rsplit_once('@').unwrap_or((&self.0, ""))
    }
}

impl FromStr for Email {
    type Err = TextError;

    fn from_str(raw: &str) -> Result<Self, TextError> {
        let text = clean(raw, Self::MAX_CHARS, false)?;
        let (local, domain) = text.rsplit_once('@').ok_or(TextError::NotAnEmail)?;
        if is_local_part(local) && is_domain(domain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(TextError::NotAnEmail)
        }
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A dot-string of RFC 5321, ASCII only: look-alike letters from other scripts would make two accounts of one name.
fn is_local_part(local: &str) -> bool {
    const SPECIALS: &str = "!#$%&'*+/=?^_`{|}~-";
    local.len() <= 64
        && local.split('.').all(|atom| {
            !atom.is_empty()
                && atom
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || SPECIALS.contains(c))
        })
}

fn is_domain(domain: &str) -> bool {
    let Ok(ascii) = idna::domain_to_ascii(domain) else {
        return false;
    };
    // The Kelvin sign and its like map to ASCII letters; in a domain that was typed so, it is a trick.
    let plain_or_international = domain.is_ascii() || ascii.contains("xn--");
    plain_or_international
        && ascii.len() <= 253
        && ascii.contains('.')
        && ascii.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        })
}

/// The domain of e-mail addresses, in lower case and in ASCII: equal for two spellings of one domain.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct EmailDomain(String);

read_by_parsing!(EmailDomain);

impl EmailDomain {
    /// The most characters it may have.
    pub const MAX_CHARS: usize = 253;

    fn of(domain: &str) -> Self {
        // Parsing has shown that it converts.
        Self(idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_ascii_lowercase()))
    }
}

impl FromStr for EmailDomain {
    type Err = TextError;

    fn from_str(raw: &str) -> Result<Self, TextError> {
        let text = clean(raw, Self::MAX_CHARS, false)?;
        if is_domain(text) {
            Ok(Self::of(text))
        } else {
            Err(TextError::NotADomain)
        }
    }
}

impl fmt::Display for EmailDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

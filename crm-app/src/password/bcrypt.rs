//! Hashes that another program has made, until their users sign in.

use std::str::FromStr;

/// The dearest that is taken: each step doubles the time, and this takes a second or two.
const MAX_COST: u8 = 14;

/// The least that the algorithm has.
const MIN_COST: u8 = 4;

/// The bcrypt hash that another program has of a password, such as `$2b$10$…`. When its user signs in, the password is
/// hashed anew as all others are.
#[derive(Clone, PartialEq, Eq)]
pub struct BcryptHash(String);

/// The text is no bcrypt hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "it is not a bcrypt hash of the form $2b$10$ and 53 characters, of a cost from {MIN_COST} to {MAX_COST}"
)]
pub struct NoBcryptHash;

impl FromStr for BcryptHash {
    type Err = NoBcryptHash;

    fn from_str(text: &str) -> Result<Self, NoBcryptHash> {
        let parts: bcrypt::HashParts = text.parse().map_err(|_| NoBcryptHash)?;
        let cost = MIN_COST.into()..=MAX_COST.into();
        if !cost.contains(&parts.get_cost()) {
            return Err(NoBcryptHash);
        }
        Ok(Self(text.to_owned()))
    }
}

impl BcryptHash {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a stored hash is one of these.
pub(super) fn is_bcrypt(hash: &str) -> bool {
    hash.starts_with("$2")
}

//! What an API key looks like: `crm_ak_`, its id, 256 random bits, and a checksum, so that a scanner knows a leaked
//! one, and a mistyped one is refused without looking it up.

use crm_domain::ids::ApiKeyId;
use ring::digest;
use uuid::Uuid;

/// What every key begins with.
pub(crate) const PREFIX: &str = "crm_ak_";

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Digits of 128 bits and of 32 bits.
const ID_LENGTH: usize = 22;
const CHECKSUM_LENGTH: usize = 6;
/// 256 bits are two numbers of 128.
const SECRET_LENGTH: usize = 2 * ID_LENGTH;

/// A key as a program sends it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ApiKeyToken {
    pub(crate) id: ApiKeyId,
    text: String,
}

impl ApiKeyToken {
    pub(crate) fn new(id: ApiKeyId, secret: [u8; 32]) -> Self {
        let (high, low) = secret.split_at(16);
        let body = format!(
            "{PREFIX}{}_{}{}",
            encode(id.uuid().as_u128(), ID_LENGTH),
            encode(number(high), ID_LENGTH),
            encode(number(low), ID_LENGTH),
        );
        let text = format!("{body}_{}", checksum(&body));
        Self { id, text }
    }

    pub(crate) fn decode(text: &str) -> Option<Self> {
        let (body, sum) = text.rsplit_once('_')?;
        if sum != checksum(body) {
            return None;
        }
        let (id, secret) = body.strip_prefix(PREFIX)?.split_once('_')?;
        if id.len() != ID_LENGTH || secret.len() != SECRET_LENGTH {
            return None;
        }
        Some(Self {
            id: Uuid::from_u128(decode(id)?).into(),
            text: text.to_owned(),
        })
    }

    /// What is stored. The secret has 256 random bits, so a plain hash hides it.
    pub(crate) fn hash(&self) -> Vec<u8> {
        digest::digest(&digest::SHA256, self.text.as_bytes())
            .as_ref()
            .to_vec()
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }
}

fn number(bytes: &[u8]) -> u128 {
    bytes
        .iter()
        .fold(0, |number, byte| (number << 8) | u128::from(*byte))
}

fn checksum(body: &str) -> String {
    encode(crc32fast::hash(body.as_bytes()).into(), CHECKSUM_LENGTH)
}

fn encode(mut number: u128, length: usize) -> String {
    let base = ALPHABET.len() as u128;
    let mut digits = Vec::with_capacity(length);
    for _ in 0..length {
        let digit = usize::try_from(number % base).unwrap_or_default();
        digits.push(ALPHABET.get(digit).copied().map_or('0', char::from));
        number /= base;
    }
    digits.iter().rev().collect()
}

fn decode(text: &str) -> Option<u128> {
    text.bytes().try_fold(0_u128, |number, digit| {
        let value = ALPHABET.iter().position(|known| *known == digit)?;
        number
            .checked_mul(ALPHABET.len() as u128)?
            .checked_add(value as u128)
    })
}

/// A fuzz target: no text makes reading it fail, also with a good checksum, and an id that is read is written the same.
#[cfg(fuzzing)]
pub fn fuzz(body: &str) {
    let _ = ApiKeyToken::decode(body);
    if let Some(token) = ApiKeyToken::decode(&format!("{body}_{}", checksum(body))) {
        let id = encode(token.id.uuid().as_u128(), ID_LENGTH);
        assert!(body.starts_with(&format!("{PREFIX}{id}_")));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_is_read_back(id: u128, secret: [u8; 32]) {
            let token = ApiKeyToken::new(Uuid::from_u128(id).into(), secret);
            let text = token.clone().into_text();
            prop_assert!(ApiKeyToken::decode(&text) == Some(token));
        }

        #[test]
        fn a_mistyped_key_is_refused(id: u128, secret: [u8; 32], at in 0usize..80, to in "[0-9A-Za-z_]") {
            let text = ApiKeyToken::new(Uuid::from_u128(id).into(), secret).into_text();
            let mut typed = text.clone();
            prop_assume!(at < typed.len());
            typed.replace_range(at..=at, &to);
            prop_assume!(typed != text);
            prop_assert!(ApiKeyToken::decode(&typed).is_none());
        }

        #[test]
        fn no_input_makes_reading_a_key_panic(text in ".{0,100}") {
            let _ = ApiKeyToken::decode(&text);
            let _ = ApiKeyToken::decode(&format!("{PREFIX}{text}"));
        }
    }

    #[test]
    fn different_secrets_have_different_hashes() {
        let id = Uuid::from_u128(1).into();
        let hash = |byte| ApiKeyToken::new(id, [byte; 32]).hash();
        assert_ne!(hash(1), hash(2));
    }
}

//! Naming a request, so that it is carried out once however often it is sent.

/// What a caller names a request by, for themselves: 1 to 255 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// The text is no idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 255 visible ASCII characters")]
pub struct NotAKey;

impl IdempotencyKey {
    /// The most characters it may have.
    pub const MAX_CHARS: usize = 255;

    /// The key that is written so. Nothing is trimmed or unquoted: what differs is another key.
    ///
    /// # Errors
    /// [`NotAKey`].
    pub fn new(text: &str) -> Result<Self, NotAKey> {
        let is_key = (1..=Self::MAX_CHARS).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_key {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAKey)
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn visible_ascii_is_a_key_as_it_stands(text in "[!-~]{1,255}") {
            let key = IdempotencyKey::new(&text).unwrap();
            prop_assert_eq!(key.as_str(), text);
        }

        #[test]
        fn what_is_not_visible_ascii_is_no_key(before in "[!-~]{0,9}", other in "[^!-~]", after in "[!-~]{0,9}") {
            prop_assert_eq!(IdempotencyKey::new(&format!("{before}{other}{after}")), Err(NotAKey));
        }
    }

    #[test]
    fn a_key_has_1_to_255_characters() {
        assert!(IdempotencyKey::new(&"k".repeat(255)).is_ok());
        assert_eq!(IdempotencyKey::new(&"k".repeat(256)), Err(NotAKey));
        assert_eq!(IdempotencyKey::new(""), Err(NotAKey));
    }
}

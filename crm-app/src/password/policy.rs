//! Which passwords are accepted: long enough, and not easy to guess. There are no rules on kinds of characters, which
//! make passwords no better (NIST SP 800-63B-4, section 3.1.1.2).

use crm_domain::text::{Email, Name};
use crm_domain::violation::Violations;
use zxcvbn::{Score, zxcvbn};

use crate::error::{Error, Result};

/// The longest password, in characters and in bytes. Longer ones are refused and never cut.
const MAX_CHARS: usize = 256;
const MAX_BYTES: usize = 1024;

/// How much of a password is looked at for how easily it is guessed: the effort grows with the square of it.
const RATED_CHARS: usize = 100;

/// What an attacker would try that stands in no dictionary.
const PRODUCT: &str = "crm";

/// The code of every refusal of a password for being weak.
const WEAK: &str = "weak-password";

/// How few characters a password may have: 8 to 64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MinPasswordChars(u8);

impl MinPasswordChars {
    /// The fewest that may be set.
    pub const LEAST: u8 = 8;
    /// The most that may be set.
    pub const MOST: u8 = 64;

    /// `chars` where it is allowed.
    #[must_use]
    pub const fn new(chars: u8) -> Option<Self> {
        if chars >= Self::LEAST && chars <= Self::MOST {
            Some(Self(chars))
        } else {
            None
        }
    }

    /// The number of characters.
    #[must_use]
    pub const fn chars(self) -> u8 {
        self.0
    }
}

impl Default for MinPasswordChars {
    /// Twelve characters.
    fn default() -> Self {
        Self(12)
    }
}

/// Refuses a password that is longer than is ever hashed.
pub(super) fn refuse_too_long(password: &str) -> Result<()> {
    if password.len() > MAX_BYTES || password.chars().nth(MAX_CHARS).is_some() {
        return Err(Error::PasswordTooLong { max: MAX_CHARS });
    }
    Ok(())
}

/// Notes what is wrong with a password at first sight, so that it is told together with what is wrong with other fields.
pub(super) fn note_plain_weaknesses(
    min: MinPasswordChars,
    field: &str,
    password: &str,
    email: Option<&Email>,
    violations: &mut Violations,
) {
    if password.chars().count() < usize::from(min.chars()) {
        let message = format!("must be at least {} characters long", min.chars());
        violations.add(field, WEAK, message);
    }
    if email.is_some_and(|email| password.trim().eq_ignore_ascii_case(email.as_str())) {
        violations.add(field, WEAK, "must not be the e-mail address");
    }
}

/// Notes that a password is among the first that somebody would try who knows whose it is. Takes some milliseconds.
pub(super) fn note_guessable(
    field: &str,
    password: &str,
    name: &Name,
    email: &Email,
    violations: &mut Violations,
) {
    let rated: String = password.chars().take(RATED_CHARS).collect();
    let known = known_words(name, email);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let rating = zxcvbn(&rated, &known);
    if rating.score() < Score::Three {
        let mut message = "is too easy to guess".to_owned();
        if let Some(feedback) = rating.feedback() {
            let warning = feedback.warning().map(|warning| warning.to_string());
            let suggestions = feedback.suggestions().iter().map(ToString::to_string);
            let advice: Vec<String> = warning.into_iter().chain(suggestions).collect();
            message = format!("{message}: {}", advice.join(" "));
        }
        violations.add(field, WEAK, message);
    }
}

/// The user's name and address, whole and in parts, and the product's name.
fn known_words(name: &Name, email: &Email) -> Vec<String> {
    let whole = [name.as_str(), email.as_str(), PRODUCT].map(str::to_owned);
    let parts = [name.as_str(), email.as_str()].map(|text| {
        text.split(|c: char| !c.is_alphanumeric())
            .map(str::to_owned)
    });
    let parts = parts.into_iter().flatten().filter(|part| part.len() > 2);
    whole.into_iter().chain(parts).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn weaknesses(password: &str) -> Vec<String> {
        let (name, email) = (
            "Ada Lovelace".parse().unwrap(),
            "ada@engines.example".parse().unwrap(),
        );
        let mut violations = Violations::new();
        let min = MinPasswordChars::default();
        note_plain_weaknesses(min, "password", password, Some(&email), &mut violations);
        note_guessable("password", password, &name, &email, &mut violations);
        violations
            .iter()
            .map(|violation| violation.message.clone())
            .collect()
    }

    #[test]
    fn passwords_that_are_long_and_hard_to_guess_are_accepted() {
        for password in [
            "correct horse battery",
            "пароль из четырёх слов",
            "🦀🦀 crab and ferris 🦀🦀",
            "  spaces at both ends count  ",
            "Tr0ub4dor&3-and-more",
        ] {
            assert_eq!(weaknesses(password), [] as [&str; 0], "{password}");
        }
    }

    #[test]
    fn passwords_that_are_tried_first_are_refused_with_a_reason() {
        for password in [
            "password123456",
            "aaaaaaaaaaaaaaaa",
            "qwertyuiop1234",
            "123456789012345",
            "ada@engines.example",
            "lovelacelovelace",
            "crmcrmcrmcrm",
        ] {
            let weaknesses = weaknesses(password);
            assert!(
                weaknesses
                    .iter()
                    .any(|told| told.starts_with("is too easy")),
                "{password}: {weaknesses:?}"
            );
        }
        assert_eq!(
            weaknesses("x9$kQ2!")[0],
            "must be at least 12 characters long"
        );
        let address = weaknesses(" ADA@engines.example ");
        assert!(
            address.contains(&"must not be the e-mail address".to_owned()),
            "{address:?}"
        );
    }

    #[test]
    fn the_longest_is_counted_in_characters_and_in_bytes() {
        assert!(refuse_too_long(&"é".repeat(256)).is_ok());
        assert!(refuse_too_long(&"é".repeat(257)).is_err());
        assert!(refuse_too_long(&"🦀".repeat(256)).is_ok());
        assert!(refuse_too_long(&"x".repeat(257)).is_err());
    }

    #[test]
    fn the_fewest_characters_are_from_8_to_64() {
        assert_eq!(MinPasswordChars::new(7), None);
        assert_eq!(MinPasswordChars::new(65), None);
        assert_eq!(
            MinPasswordChars::new(8).map(MinPasswordChars::chars),
            Some(8)
        );
        assert_eq!(MinPasswordChars::default().chars(), 12);
    }

    proptest! {
        #[test]
        fn no_password_makes_rating_panic(password: String) {
            weaknesses(&password);
        }
    }
}

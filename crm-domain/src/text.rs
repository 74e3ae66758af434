//! Texts that people type: each type parses or refuses, so that what is stored is always valid.
//!
//! All are trimmed, counted in characters, and free of NUL and control characters (Postgres refuses NUL, and
//! terminals and logs obey control characters). Emoji and right-to-left text are welcome.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Why a text was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("must not be empty")]
    Empty,
    /// More characters than the field holds.
    #[error("must be at most {max} characters long")]
    TooLong {
        /// The most characters allowed.
        max: usize,
    },
    /// NUL or another control character.
    #[error("must not contain control characters")]
    InvalidCharacter,
    /// Not `local@domain`.
    #[error("is not an e-mail address")]
    NotAnEmail,
    /// No digits, or letters among them.
    #[error("is not a phone number")]
    NotAPhone,
    /// None of the values of an enumeration.
    #[error("must be one of {allowed}")]
    NotOneOf {
        /// The values, separated by commas.
        allowed: String,
    },
    /// More entries than a list holds.
    #[error("must have at most {max} entries")]
    TooMany {
        /// The most entries allowed.
        max: usize,
    },
}

impl TextError {
    /// The stable machine key of this refusal.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "too-short",
            Self::TooLong { .. } => "too-long",
            Self::InvalidCharacter => "invalid-character",
            Self::NotAnEmail => "not-an-email",
            Self::NotAPhone => "not-a-phone",
            Self::NotOneOf { .. } => "not-one-of",
            Self::TooMany { .. } => "too-many",
        }
    }
}

/// Trims, and refuses what no field may hold. `multiline` lets line breaks and tabs pass.
fn clean(raw: &str, max: usize, multiline: bool) -> Result<&str, TextError> {
    let text = raw.trim();
    if text.is_empty() {
        // A text of control characters only is told so, not called empty.
        return Err(if raw.contains(|c: char| refused(c, multiline)) {
            TextError::InvalidCharacter
        } else {
            TextError::Empty
        });
    }
    if text.contains(|c| refused(c, multiline)) {
        return Err(TextError::InvalidCharacter);
    }
    if text.chars().count() > max {
        return Err(TextError::TooLong { max });
    }
    Ok(text)
}

fn refused(c: char, multiline: bool) -> bool {
    c.is_control() && !(multiline && matches!(c, '\n' | '\r' | '\t'))
}

/// A text folded for comparing, sorting and searching: compatibility forms resolved, marks removed, lower case.
///
/// `"Zoë ＭÜLLER"` becomes `"zoe muller"`. Computed here and nowhere in SQL, whose `lower` depends on the
/// server's locale. Source: Unicode Standard Annex #15 (NFKD).
#[must_use]
pub fn fold(text: &str) -> String {
    // Lower-casing comes after taking marks away and may bring one back (`İ`), so marks go last.
    text.nfkd()
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|c| !is_combining_mark(*c) && !c.is_control())
        .collect()
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $max:literal, multiline: $multiline:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The most characters it may have.
            pub const MAX_CHARS: usize = $max;

            /// A text that was parsed before it was stored.
            #[must_use]
            pub const fn from_stored(text: String) -> Self {
                Self(text)
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = TextError;

            fn from_str(raw: &str) -> Result<Self, TextError> {
                clean(raw, Self::MAX_CHARS, $multiline).map(|text| Self(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text!(
    /// The name of a person, a lead or a customer.
    Name, 200, multiline: false
);
text!(
    /// The name of a company.
    Company, 200, multiline: false
);
text!(
    /// Where a lead came from: `Website`, `Trade fair`.
    Source, 100, multiline: false
);
text!(
    /// A remark of one or more lines.
    Note, 2000, multiline: true
);
text!(
    /// What a person types to search, matched as it stands: `%` and `_` are ordinary characters.
    SearchTerm, 100, multiline: false
);

impl SearchTerm {
    /// The term as it is compared with stored search texts.
    #[must_use]
    pub fn key(&self) -> String {
        fold(&self.0)
    }
}

impl Name {
    /// The name as it is sorted and compared, at most [`Name::MAX_CHARS`] characters of it.
    #[must_use]
    pub fn key(&self) -> String {
        fold(&self.0).chars().take(Self::MAX_CHARS).collect()
    }
}

/// An e-mail address, kept as typed and compared by [`Email::key`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

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
        // Parsing has shown that there is an `@` and that the domain converts.
        let (local, domain) = self.0.rsplit_once('@').unwrap_or((&self.0, ""));
        let domain = idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_ascii_lowercase());
        format!("{}@{domain}", local.to_ascii_lowercase())
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

/// A phone number, kept as typed and compared by [`Phone::key`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Phone(String);

impl Phone {
    /// The most characters it may have.
    pub const MAX_CHARS: usize = 40;

    /// A text that was parsed before it was stored.
    #[must_use]
    pub const fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The number as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits alone, with a leading `+` where one was typed.
    #[must_use]
    pub fn key(&self) -> String {
        let plus = if self.0.starts_with('+') { "+" } else { "" };
        format!(
            "{plus}{}",
            self.0
                .chars()
                .filter(char::is_ascii_digit)
                .collect::<String>()
        )
    }
}

impl FromStr for Phone {
    type Err = TextError;

    fn from_str(raw: &str) -> Result<Self, TextError> {
        let text = clean(raw, Self::MAX_CHARS, false)?;
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let allowed = |c: char| c.is_ascii_alphanumeric() || " +-./()#*,;".contains(c);
        if digits >= 3 && text.chars().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(TextError::NotAPhone)
        }
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text!(
    /// A label on a record, compared without case.
    Tag, 30, multiline: false
);

impl Tag {
    /// The tag as it is compared.
    #[must_use]
    pub fn key(&self) -> String {
        fold(&self.0)
    }
}

/// The tags of a record: at most twenty, each once, the first spelling kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Tags(Vec<Tag>);

impl Tags {
    /// The most tags on one record.
    pub const MAX: usize = 20;

    /// The tags in the order they were given, without repetitions.
    ///
    /// # Errors
    /// [`TextError::TooMany`] when more than [`Tags::MAX`] different ones are left.
    pub fn new(tags: impl IntoIterator<Item = Tag>) -> Result<Self, TextError> {
        let mut kept: Vec<Tag> = Vec::new();
        for tag in tags {
            if !kept.iter().any(|earlier| earlier.key() == tag.key()) {
                kept.push(tag);
            }
            // At once: comparing each with each takes minutes when there are many.
            if kept.len() > Self::MAX {
                return Err(TextError::TooMany { max: Self::MAX });
            }
        }
        Ok(Self(kept))
    }

    /// Tags that were checked before they were stored.
    #[must_use]
    pub fn from_stored(tags: Vec<String>) -> Self {
        Self(tags.into_iter().map(Tag::from_stored).collect())
    }

    /// The tags as they are compared.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        self.0.iter().map(Tag::key).collect()
    }

    /// Each tag.
    pub fn iter(&self) -> impl Iterator<Item = &Tag> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn blank_long_and_control_texts_are_refused() {
        assert_eq!("   ".parse::<Name>(), Err(TextError::Empty));
        assert_eq!("a\0b".parse::<Name>(), Err(TextError::InvalidCharacter));
        assert_eq!("\0".parse::<Name>(), Err(TextError::InvalidCharacter));
        assert_eq!("a\nb".parse::<Name>(), Err(TextError::InvalidCharacter));
        assert_eq!(
            "é".repeat(201).parse::<Name>(),
            Err(TextError::TooLong { max: 200 })
        );
        assert_eq!(
            "é".repeat(200)
                .parse::<Name>()
                .map(|n| n.as_str().chars().count()),
            Ok(200)
        );
        assert_eq!(
            "one\ntwo".parse::<Note>().map(|n| n.to_string()),
            Ok("one\ntwo".into())
        );
        assert_eq!(
            " Ada ".parse::<Name>().map(|n| n.to_string()),
            Ok("Ada".into())
        );
    }

    #[test]
    fn right_to_left_marks_and_joined_emoji_are_kept() {
        for text in ["\u{202e}cod.exe", "👩‍👩‍👧‍👦 family", "محمد"] {
            assert_eq!(
                text.parse::<Name>().map(|n| n.to_string()),
                Ok(text.to_owned())
            );
        }
    }

    #[test]
    fn addresses_that_mail_would_not_reach_are_refused() {
        for bad in [
            "plain",
            "@x.org",
            "a@",
            "a@x",
            "a@x.org.",
            "a..b@x.org",
            ".a@x.org",
            "a b@x.org",
            "a@-x.org",
            "a@x..org",
            "\u{212a}evin@x.org",
            "a@\u{212a}x.org",
            "a@b@x.org",
            "a@x_y.org",
            "a@[127.0.0.1]",
        ] {
            assert_eq!(bad.parse::<Email>(), Err(TextError::NotAnEmail), "{bad:?}");
        }
        let long = format!("{}@{}.org", "a".repeat(60), "b.".repeat(95));
        assert_eq!(long.parse::<Email>(), Err(TextError::TooLong { max: 254 }));
    }

    #[test]
    fn two_spellings_of_one_address_have_one_key() {
        let key = |s: &str| s.parse::<Email>().unwrap().key();
        assert_eq!(key("A.B@Example.ORG"), "a.b@example.org");
        assert_eq!(key("a@Bücher.example"), key("a@xn--bcher-kva.example"));
    }

    #[test]
    fn phone_numbers_are_compared_by_their_digits() {
        let key = |s: &str| s.parse::<Phone>().unwrap().key();
        assert_eq!(key("+49 (30) 123-45"), "+493012345");
        assert_eq!(key("030/12345"), "03012345");
        assert_eq!("call me".parse::<Phone>(), Err(TextError::NotAPhone));
        assert_eq!("12".parse::<Phone>(), Err(TextError::NotAPhone));
    }

    #[test]
    fn folding_takes_away_case_width_and_marks() {
        assert_eq!(fold("Zoë ＭÜLLER"), "zoe muller");
        assert_eq!(fold("İstanbul"), "istanbul");
        assert_eq!(fold("ﬁnance"), "finance");
    }

    #[test]
    fn a_repeated_tag_keeps_its_first_spelling() {
        let tags = ["VIP", "vip", "Köln", "koln"].map(|t| t.parse::<Tag>().unwrap());
        let kept: Vec<_> = Tags::new(tags)
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(kept, ["VIP", "Köln"]);
        let many = (0..21).map(|i| format!("t{i}").parse::<Tag>().unwrap());
        assert_eq!(Tags::new(many), Err(TextError::TooMany { max: 20 }));
    }

    proptest! {
        #[test]
        fn what_parses_prints_and_parses_to_itself(s in "\\PC{0,220}") {
            if let Ok(v) = s.parse::<Name>() { prop_assert_eq!(v.to_string().parse::<Name>(), Ok(v)); }
            if let Ok(v) = s.parse::<Note>() { prop_assert_eq!(v.to_string().parse::<Note>(), Ok(v)); }
            if let Ok(v) = s.parse::<Tag>() { prop_assert_eq!(v.to_string().parse::<Tag>(), Ok(v)); }
            if let Ok(v) = s.parse::<Phone>() { prop_assert_eq!(v.to_string().parse::<Phone>(), Ok(v)); }
        }

        #[test]
        fn an_address_and_its_key_are_both_addresses_with_one_key(
            s in "[a-zA-Z0-9.!+-]{1,20}@[a-zA-Zäöü0-9-]{1,12}\\.[a-z]{2,6}"
        ) {
            if let Ok(email) = s.parse::<Email>() {
                prop_assert_eq!(email.to_string().parse::<Email>(), Ok(email.clone()));
                let again = email.key().parse::<Email>();
                prop_assert_eq!(again.map(|e| e.key()), Ok(email.key()));
            }
        }

        #[test]
        fn no_input_makes_parsing_panic_or_lets_a_control_character_in(s in any::<String>()) {
            let kept = [
                s.parse::<Name>().map(|v| v.to_string()), s.parse::<Company>().map(|v| v.to_string()),
                s.parse::<Source>().map(|v| v.to_string()), s.parse::<Tag>().map(|v| v.to_string()),
                s.parse::<Email>().map(|v| v.to_string()), s.parse::<Phone>().map(|v| v.to_string()),
                s.parse::<SearchTerm>().map(|v| v.to_string()),
            ];
            for text in kept.into_iter().flatten() {
                prop_assert!(!text.contains(char::is_control));
            }
        }

        #[test]
        fn folding_twice_changes_nothing(s in "\\PC{0,60}") {
            prop_assert_eq!(fold(&fold(&s)), fold(&s));
        }
    }
}

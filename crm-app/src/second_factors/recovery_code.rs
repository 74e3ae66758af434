//! Recovery codes: what signs a user in who has lost their device. Each has 120 random bits, and works once.

use totp_rs::Secret;

use crate::auth::hash_one_time_token;

/// How many a user gets.
pub(super) const COUNT: usize = 10;

pub(super) const BYTES: usize = 15;
/// Characters of base 32, which has neither 0 nor 1, so that they are not taken for letters.
const CHARS: usize = BYTES * 8 / 5;
/// How many characters stand together.
const GROUP: usize = 4;

/// A code. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct RecoveryCode(String);

impl RecoveryCode {
    pub(super) fn new(random: [u8; BYTES]) -> Self {
        Self(Secret::from(random.as_slice()).to_base32())
    }

    /// The code that somebody typed, in letters of any case, in groups or not; `None` when it has another form.
    pub(super) fn parse(typed: &str) -> Option<Self> {
        let is_part = |c: &char| !c.is_whitespace() && *c != '-';
        let chars = typed.chars().filter(is_part);
        let code: String = chars.map(|c| c.to_ascii_uppercase()).collect();
        let is_digit = |c: u8| matches!(c, b'A'..=b'Z' | b'2'..=b'7');
        (code.len() == CHARS && code.bytes().all(is_digit)).then_some(Self(code))
    }

    /// As it is shown: `ABCD-EFGH-IJKL-MNOP-QRST-UVWX`.
    pub(super) fn text(&self) -> String {
        let mut text = String::with_capacity(CHARS + CHARS / GROUP);
        for (index, c) in self.0.chars().enumerate() {
            if index > 0 && index % GROUP == 0 {
                text.push('-');
            }
            text.push(c);
        }
        text
    }

    /// What is stored of it.
    pub(super) fn hash(&self) -> Vec<u8> {
        hash_one_time_token(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_is_six_groups_of_four() {
        let code = RecoveryCode::new(*b"fifteen letters");
        assert_eq!(code.text(), "MZUW-M5DF-MVXC-A3DF-OR2G-K4TT");
    }

    proptest! {
        #[test]
        fn a_code_is_known_again_however_it_is_typed(random: [u8; BYTES]) {
            let code = RecoveryCode::new(random);
            let text = code.text();
            for typed in [
                text.clone(),
                text.to_lowercase(),
                text.replace('-', ""),
                format!("  {} ", text.replace('-', " ")),
            ] {
                prop_assert!(RecoveryCode::parse(&typed) == Some(code.clone()), "{typed}");
            }
        }

        #[test]
        fn no_input_makes_reading_a_code_panic(typed in ".{0,100}") {
            let _ = RecoveryCode::parse(&typed);
        }
    }

    #[test]
    fn what_has_another_form_is_no_code() {
        let text = RecoveryCode::new([7; BYTES]).text();
        for typed in [
            "",
            "123456",
            &text[1..],
            &format!("{text}A"),
            &text.replace('A', "1"),
        ] {
            assert!(RecoveryCode::parse(typed).is_none(), "{typed}");
        }
    }
}

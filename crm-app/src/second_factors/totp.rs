//! Time-based one-time passwords, RFC 6238: HMAC-SHA-1, six digits, steps of 30 s, one step of skew either way. What
//! every authenticator app takes; some ignore other settings.

use chrono::{DateTime, Utc};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use totp_rs::{Builder, Secret};

use crate::error::{Error, Result};

/// As many bytes as HMAC-SHA-1 puts out: RFC 4226, section 4.
pub(super) const SECRET_BYTES: usize = 20;

/// What an app shows beside the address.
const ISSUER: &str = "CRM";

/// The secret that a user's app and this server share. Never printed.
pub(super) struct Totp(totp_rs::Totp);

impl Totp {
    pub(super) fn new(secret: &[u8]) -> Result<Self> {
        let builder = Builder::new().with_secret(Secret::from(secret));
        builder.build().map(Self).map_err(Error::internal)
    }

    /// The step whose code this is; `None` when it is none of the present step, the one before and the one after. Apps
    /// show a code in two groups.
    pub(super) fn step(&self, code: &str, now: DateTime<Utc>) -> Option<i64> {
        let seconds = u64::try_from(now.timestamp()).ok()?;
        let step = self.0.check(&code.replace(' ', ""), seconds)?;
        i64::try_from(step).ok()
    }

    /// The secret itself.
    pub(super) fn secret(&self) -> &[u8] {
        self.0.secret().as_bytes()
    }

    /// The secret as it is typed into an app.
    pub(super) fn base32(&self) -> String {
        self.0.secret().to_base32()
    }

    /// The secret as an app reads it from a QR code, in the form of Google Authenticator's "Key Uri Format".
    pub(super) fn uri(&self, account: &str) -> String {
        let account = utf8_percent_encode(account, NON_ALPHANUMERIC);
        let secret = self.base32();
        format!("otpauth://totp/{ISSUER}:{account}?secret={secret}&issuer={ISSUER}")
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    /// RFC 6238, appendix B, the rows for SHA-1. It shows eight digits, of which the last six are ours.
    #[test]
    fn the_codes_are_those_of_the_standard() {
        let totp = Totp::new(SECRET).unwrap();
        for (seconds, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            let step = totp.step(&code[2..], at(seconds));
            assert_eq!(step, Some(seconds / 30), "{seconds}");
        }
    }

    /// The code of the step from 1,111,111,110 to 1,111,111,140.
    #[test]
    fn a_code_is_taken_from_one_step_before_to_one_after_its_own() {
        let totp = Totp::new(SECRET).unwrap();
        let step = 1_111_111_110 / 30;
        let first = at(1_111_111_110) - TimeDelta::seconds(30);
        let last = at(1_111_111_140) + TimeDelta::seconds(29);
        let taken = |now| totp.step("050471", now);
        assert_eq!(taken(first), Some(step));
        assert_eq!(taken(last), Some(step));
        assert_eq!(taken(first - TimeDelta::seconds(1)), None);
        assert_eq!(taken(last + TimeDelta::seconds(1)), None);
    }

    #[test]
    fn what_is_no_code_is_not_taken() {
        let totp = Totp::new(SECRET).unwrap();
        for code in [
            "",
            "05047",
            "0050471",
            "+50471",
            "05047x",
            "０５０４７１",
            "94050471",
        ] {
            assert_eq!(totp.step(code, at(1_111_111_111)), None, "{code}");
        }
        assert_eq!(totp.step("050471", at(-1)), None);
    }

    #[test]
    fn an_app_reads_the_secret_from_the_uri() {
        let totp = Totp::new(SECRET).unwrap();
        let uri = "otpauth://totp/CRM:ada%2Bx%40crm%2Etest?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=CRM";
        assert_eq!(totp.uri("ada+x@crm.test"), uri);
    }
}

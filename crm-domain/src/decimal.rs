//! Exact decimal numbers of up to fifteen digits.
//!
//! Fifteen, since every JSON reader gives those back unchanged: most keep a number as an IEEE 754 double, in which each
//! decimal of up to fifteen significant digits stays apart from all others (`DBL_DIG` of C). Within this program a number
//! is a whole count of its last decimal place, and never a float.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde_json::{Number, Value};

/// An exact decimal number: `units` times ten to the power of `-scale`, with no zero at the end of its decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    units: i64,
    scale: u8,
}

/// Why a number was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// No digits, or something else between them.
    #[error("is not a number")]
    NotANumber,
    /// More than fifteen digits, or more than nine of them decimals.
    #[error("must have at most 15 digits, at most 9 of them decimals")]
    TooPrecise,
}

impl Decimal {
    /// The most digits, before and after the point.
    pub const MAX_DIGITS: u32 = 15;
    /// The most digits after the point.
    pub const MAX_SCALE: u8 = 9;
    /// The most units, which are the most digits.
    const MAX_UNITS: i128 = 10_i128.pow(Self::MAX_DIGITS) - 1;
    /// More than any number has in units of the ninth decimal.
    const ABOVE_ALL: i128 = 10_i128.pow(Self::MAX_DIGITS + Self::MAX_SCALE as u32);

    /// A whole number of up to fifteen digits, or `units` of a decimal place.
    ///
    /// # Errors
    /// [`DecimalError::TooPrecise`].
    pub fn new(units: i64, scale: u8) -> Result<Self, DecimalError> {
        Self::normal(units.into(), scale.into())
    }

    fn normal(mut units: i128, mut scale: u32) -> Result<Self, DecimalError> {
        while scale > 0 && units % 10 == 0 {
            (units, scale) = (units / 10, scale - 1);
        }
        let units = i64::try_from(units).ok();
        let units = units.filter(|units| i128::from(*units).abs() <= Self::MAX_UNITS);
        let scale = u8::try_from(scale)
            .ok()
            .filter(|scale| *scale <= Self::MAX_SCALE);
        let (units, scale) = units.zip(scale).ok_or(DecimalError::TooPrecise)?;
        Ok(Self { units, scale })
    }

    /// How many digits stand after the point.
    #[must_use]
    pub const fn scale(self) -> u8 {
        self.scale
    }

    /// In units of the ninth decimal.
    fn nanos(self) -> i128 {
        i128::from(self.units) * 10_i128.pow((Self::MAX_SCALE - self.scale).into())
    }

    /// A text of digits that sorts, byte by byte, as the numbers do.
    #[must_use]
    pub fn key(self) -> String {
        format!("{:025}", self.nanos() + Self::ABOVE_ALL)
    }

    /// The number in JSON. Its double has just the digits of the number: see the module's words.
    #[must_use]
    pub fn to_json(self) -> Value {
        if self.scale == 0 {
            return Value::from(self.units);
        }
        self.to_string()
            .parse::<f64>()
            .map_or(Value::Null, Value::from)
    }

    /// The number that a JSON number is.
    ///
    /// # Errors
    /// As parsing a text.
    pub fn from_json(number: &Number) -> Result<Self, DecimalError> {
        let text = number.to_string();
        let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((&text, "0"));
        let exponent: i32 = exponent.parse().map_err(|_| DecimalError::NotANumber)?;
        parse(digits, exponent)
    }
}

/// The number that `digits` with at most one point is, times ten to the power of `exponent`.
fn parse(digits: &str, exponent: i32) -> Result<Decimal, DecimalError> {
    let (is_negative, digits) = match digits.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, digits),
    };
    let (whole, decimals) = match digits.split_once('.') {
        Some((_, "")) => return Err(DecimalError::NotANumber),
        Some(parts) => parts,
        None => (digits, ""),
    };
    let all = [whole, decimals].concat();
    if whole.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DecimalError::NotANumber);
    }
    let significant = all.trim_start_matches('0');
    let bare = significant.trim_end_matches('0');
    let dropped = significant.len() - bare.len();
    if bare.is_empty() {
        return Decimal::normal(0, 0);
    }
    // Twenty digits are too many, and no overflow.
    if bare.len() > 20 {
        return Err(DecimalError::TooPrecise);
    }
    let units: i128 = bare.parse().map_err(|_| DecimalError::NotANumber)?;
    let units = if is_negative { -units } else { units };
    let places = |count: usize| i64::try_from(count).map_err(|_| DecimalError::TooPrecise);
    let scale = places(decimals.len())? - places(dropped)? - i64::from(exponent);
    match u32::try_from(scale) {
        Ok(scale) => Decimal::normal(units, scale),
        Err(_) if -scale > i64::from(Decimal::MAX_DIGITS) => Err(DecimalError::TooPrecise),
        Err(_) => Decimal::normal(
            units * 10_i128.pow(u32::try_from(-scale).unwrap_or_default()),
            0,
        ),
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    /// Digits with at most one point between them and a minus before them: `-12.5`. No exponent, no thousands.
    fn from_str(text: &str) -> Result<Self, DecimalError> {
        parse(text, 0)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.units < 0 { "-" } else { "" };
        let scale = usize::from(self.scale);
        let digits = format!("{:0width$}", self.units.unsigned_abs(), width = scale + 1);
        let (whole, decimals) = digits.split_at(digits.len() - scale);
        let point = if decimals.is_empty() { "" } else { "." };
        write!(f, "{sign}{whole}{point}{decimals}")
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        self.nanos().cmp(&other.nanos())
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    prop_compose! {
        fn decimal()(units in -999_999_999_999_999_i64..=999_999_999_999_999, scale in 0_u8..=9) -> Decimal {
            Decimal::new(units, scale).unwrap()
        }
    }

    #[test]
    fn numbers_are_read_from_their_digits() {
        for (text, shown) in [
            ("0", "0"),
            ("-0", "0"),
            ("007", "7"),
            ("12.50", "12.5"),
            ("-0.000000001", "-0.000000001"),
            ("999999999999999", "999999999999999"),
            ("100.000000000000", "100"),
        ] {
            assert_eq!(
                text.parse::<Decimal>().unwrap().to_string(),
                shown,
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_number_of_fifteen_digits_is_refused() {
        for text in [
            "", "-", ".", ".5", "5.", "1e3", "1,5", " 1", "+1", "1.2.3", "NaN", "0x10", "١",
        ] {
            assert_eq!(
                text.parse::<Decimal>(),
                Err(DecimalError::NotANumber),
                "{text}"
            );
        }
        for text in [
            "1000000000000000",
            "0.0000000001",
            "1234567890.123456",
            &"9".repeat(500),
        ] {
            assert_eq!(
                text.parse::<Decimal>(),
                Err(DecimalError::TooPrecise),
                "{text}"
            );
        }
    }

    #[test]
    fn a_json_number_is_read_in_any_form() {
        let read = |json: &str| match serde_json::from_str(json).unwrap() {
            Value::Number(number) => Decimal::from_json(&number).map(|number| number.to_string()),
            _ => unreachable!(),
        };
        assert_eq!(read("1.5e3"), Ok("1500".to_owned()));
        assert_eq!(read("1e-7"), Ok("0.0000001".to_owned()));
        assert_eq!(read("0.1"), Ok("0.1".to_owned()));
        assert_eq!(read("-12.0"), Ok("-12".to_owned()));
        for json in [
            "1e15",
            "1e300",
            "1e-300",
            "18446744073709551615",
            "0.12345678901234567",
        ] {
            assert_eq!(read(json), Err(DecimalError::TooPrecise), "{json}");
        }
    }

    proptest! {
        #[test]
        fn a_number_comes_back_from_its_text_and_from_json_text(number in decimal()) {
            prop_assert_eq!(number.to_string().parse(), Ok(number));
            let json = number.to_json().to_string();
            let Ok(Value::Number(read)) = serde_json::from_str(&json) else { panic!("{json}") };
            prop_assert_eq!(Decimal::from_json(&read), Ok(number), "{}", json);
        }

        #[test]
        fn keys_sort_as_numbers_do(a in decimal(), b in decimal()) {
            prop_assert_eq!(a.key().cmp(&b.key()), a.cmp(&b));
            prop_assert_eq!(a == b, a.key() == b.key());
        }

        #[test]
        fn no_text_makes_parsing_panic(text: String) {
            let _ = text.parse::<Decimal>();
        }
    }
}

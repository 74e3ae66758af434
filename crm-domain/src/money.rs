//! Money: whole minor units of a currency, never a float.

use std::fmt;
use std::str::FromStr;

use crate::text::TextError;

/// The currencies of ISO 4217 that people pay with, by how many decimals their minor unit is of the major one.
const CURRENCIES: [(u8, &str); 4] = [
    (
        0,
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    ),
    (
        2,
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC \
         CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES \
         KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR \
         NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT \
         TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG",
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
];

/// A currency of ISO 4217: `EUR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: &'static str,
    decimals: u8,
}

impl Currency {
    /// How many characters a code has.
    pub const CHARS: usize = 3;

    /// All there are.
    pub fn all() -> impl Iterator<Item = Self> {
        CURRENCIES.into_iter().flat_map(|(decimals, codes)| {
            let codes = codes.split_ascii_whitespace();
            codes.map(move |code| Self { code, decimals })
        })
    }

    /// The code: `EUR`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.code
    }

    /// How many decimals of the major unit the minor one is: two for `EUR`, none for `JPY`.
    #[must_use]
    pub const fn decimals(self) -> u8 {
        self.decimals
    }
}

impl FromStr for Currency {
    type Err = TextError;

    fn from_str(code: &str) -> Result<Self, TextError> {
        let found = Self::all().find(|known| known.code == code);
        found.ok_or_else(|| TextError::NotOneOf {
            allowed: "the codes of ISO 4217, like EUR".to_owned(),
        })
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

/// An amount of money. As a text: `12.50 EUR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    amount: i64,
    currency: Currency,
}

/// A text or a number that is no amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be an amount like 12.50 EUR, with no more decimals than the currency has and up to 9007199254740991 minor units"
)]
pub struct NotMoney;

impl Money {
    /// The largest amount, and its negative the smallest: what every JSON reader keeps exactly (2^53 - 1).
    pub const MAX_AMOUNT: i64 = 9_007_199_254_740_991;

    /// So many minor units of a currency.
    ///
    /// # Errors
    /// [`NotMoney`] beyond [`Money::MAX_AMOUNT`].
    pub const fn new(amount: i64, currency: Currency) -> Result<Self, NotMoney> {
        if amount > Self::MAX_AMOUNT || amount < -Self::MAX_AMOUNT {
            return Err(NotMoney);
        }
        Ok(Self { amount, currency })
    }

    /// How many minor units.
    #[must_use]
    pub const fn amount(self) -> i64 {
        self.amount
    }

    /// Of which currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// A text that sorts, byte by byte, by currency and then by amount.
    #[must_use]
    pub fn key(self) -> String {
        format!("{}{:017}", self.currency, self.amount + Self::MAX_AMOUNT)
    }
}

impl FromStr for Money {
    type Err = NotMoney;

    fn from_str(text: &str) -> Result<Self, NotMoney> {
        let (number, currency) = text.split_once(' ').ok_or(NotMoney)?;
        let currency: Currency = currency.parse().map_err(|_| NotMoney)?;
        let (number, sign) = match number.strip_prefix('-') {
            Some(rest) => (rest, -1),
            None => (number, 1),
        };
        let (major, minor) = match number.split_once('.') {
            Some((_, "")) => return Err(NotMoney),
            Some(parts) => parts,
            None => (number, ""),
        };
        let places = usize::from(currency.decimals);
        if major.is_empty() || minor.len() > places {
            return Err(NotMoney);
        }
        let digits = format!("{major}{minor:0<places$}");
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotMoney);
        }
        let amount: i64 = digits.parse().map_err(|_| NotMoney)?;
        Self::new(sign * amount, currency)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.amount < 0 { "-" } else { "" };
        let places = usize::from(self.currency.decimals);
        let digits = format!("{:0width$}", self.amount.unsigned_abs(), width = places + 1);
        let (major, minor) = digits.split_at(digits.len() - places);
        let point = if minor.is_empty() { "" } else { "." };
        write!(f, "{sign}{major}{point}{minor} {}", self.currency)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn currency() -> impl Strategy<Value = Currency> {
        prop::sample::select(Currency::all().collect::<Vec<_>>())
    }

    prop_compose! {
        fn money()(amount in -Money::MAX_AMOUNT..=Money::MAX_AMOUNT, currency in currency()) -> Money {
            Money::new(amount, currency).unwrap()
        }
    }

    #[test]
    fn each_currency_is_there_once() {
        let codes: Vec<_> = Currency::all().map(Currency::code).collect();
        let different: BTreeSet<_> = codes.iter().collect();
        assert_eq!(codes.len(), different.len());
        assert!(codes.iter().all(|code| code.len() == Currency::CHARS));
        assert_eq!("EUR".parse::<Currency>().unwrap().decimals(), 2);
        for wrong in ["", "eur", "EURO", "XXX", "€"] {
            assert!(wrong.parse::<Currency>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn amounts_have_the_decimals_of_their_currency() {
        for (text, amount) in [
            ("12.50 EUR", 1250),
            ("12.5 EUR", 1250),
            ("-7 EUR", -700),
            ("1250 JPY", 1250),
            ("0.001 KWD", 1),
        ] {
            assert_eq!(text.parse::<Money>().unwrap().amount(), amount, "{text}");
        }
        for wrong in [
            "",
            "12",
            "EUR",
            "12.505 EUR",
            "1.5 JPY",
            "12. EUR",
            ".5 EUR",
            "1e3 EUR",
            "--1 EUR",
            "1 EUR ",
            "1,5 EUR",
            "90071992547409.92 EUR",
            "1  EUR",
        ] {
            assert_eq!(wrong.parse::<Money>(), Err(NotMoney), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn an_amount_comes_back_from_its_text(money in money()) {
            prop_assert_eq!(money.to_string().parse(), Ok(money));
        }

        #[test]
        fn keys_sort_by_currency_and_amount(a in money(), b in money()) {
            let order = |money: Money| (money.currency().code(), money.amount());
            prop_assert_eq!(a.key().cmp(&b.key()), order(a).cmp(&order(b)));
        }

        #[test]
        fn no_text_makes_parsing_panic(text: String) {
            let _ = text.parse::<Money>();
        }
    }
}

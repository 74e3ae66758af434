//! Amounts of money on the wire.

use crm_domain::money::{Currency, Money};
use crm_domain::violation::Violations;
use crm_http::wire::Text;
use poem_openapi::Object;
use serde::{Deserialize, Serialize};

/// An amount of money.
#[derive(Debug, Serialize, Deserialize, Object)]
#[serde(deny_unknown_fields)]
pub(crate) struct DealsMoney {
    /// How many minor units of the currency, as cents.
    #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
    amount: i64,
    /// Which currency, by its code in ISO 4217: `EUR`.
    currency: Text<{ Currency::CHARS }>,
}

impl DealsMoney {
    /// The amount, or violations of `field`.
    pub(super) fn parse(&self, field: &str, violations: &mut Violations) -> Option<Money> {
        let currency = self
            .currency
            .parse(&format!("{field}/currency"), violations);
        if !(0..=Money::MAX_AMOUNT).contains(&self.amount) {
            let message = format!("must be 0 to {}", Money::MAX_AMOUNT);
            violations.add(&format!("{field}/amount"), "out-of-range", message);
            return None;
        }
        Money::new(self.amount, currency?).ok()
    }
}

impl From<Money> for DealsMoney {
    fn from(money: Money) -> Self {
        Self {
            amount: money.amount(),
            currency: (&money.currency()).into(),
        }
    }
}

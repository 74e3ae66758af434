//! The parameters of lists that are about custom fields.

use crm_domain::custom_field::{
    CustomCondition, CustomTest, FieldValue, KEY_CHARS, MAX_CONDITION_VALUES, MAX_CONDITIONS,
};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::Members;
use crate::problem::Problem;
use crate::query::{invalid, unknown};

/// The parameters of a list whose names begin with `custom.`, as they were sent.
#[derive(Debug, Default)]
pub struct CustomParameters(Vec<(String, String)>);

/// In a body, an object whose members are named as the parameters are, less `custom.`, with a text or a list of texts each.
impl<'de> Deserialize<'de> for CustomParameters {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = deserializer.deserialize_map(Members {
            max: MAX_CONDITIONS,
            depth: 2,
        })?;
        let mut parameters = Self::default();
        for (name, value) in members {
            let texts = match value {
                Value::Array(texts) => texts,
                text => vec![text],
            };
            for text in texts {
                let Value::String(text) = text else {
                    return Err(D::Error::custom("is neither a text nor a list of texts"));
                };
                parameters.push(format!("custom.{name}"), text);
            }
        }
        Ok(parameters)
    }
}

impl CustomParameters {
    pub(crate) fn push(&mut self, name: String, value: String) {
        self.0.push((name, value));
    }

    /// The conditions that they are.
    pub(crate) fn conditions(self) -> Result<Vec<CustomCondition>, Problem> {
        let mut conditions: Vec<CustomCondition> = Vec::new();
        for (name, text) in self.0 {
            if text.chars().nth(KEY_CHARS).is_some() {
                let message = format!("must be at most {KEY_CHARS} characters long");
                return Err(invalid(&name, "too-long", &message));
            }
            let condition = condition(&name, text)?;
            let same = conditions.iter_mut().find(|known| known.name() == name);
            match (same.map(|known| &mut known.test), condition.test) {
                (None, test) => conditions.push(CustomCondition { test, ..condition }),
                (Some(CustomTest::AnyOf(known)), CustomTest::AnyOf(more)) => known.extend(more),
                (Some(_), _) => {
                    return Err(invalid(
                        &name,
                        "duplicate-parameter",
                        "is given more than once",
                    ));
                }
            }
            check_number(&name, &conditions)?;
        }
        Ok(conditions)
    }
}

fn check_number(name: &str, conditions: &[CustomCondition]) -> Result<(), Problem> {
    let is_long = |condition: &CustomCondition| match &condition.test {
        CustomTest::AnyOf(values) => values.len() > MAX_CONDITION_VALUES,
        _ => false,
    };
    if conditions.len() > MAX_CONDITIONS || conditions.iter().any(is_long) {
        let message = format!(
            "is too much: at most {MAX_CONDITIONS} custom conditions with {MAX_CONDITION_VALUES} values each"
        );
        return Err(invalid(name, "too-many", &message));
    }
    Ok(())
}

fn condition(name: &str, value: String) -> Result<CustomCondition, Problem> {
    let rest = name.strip_prefix("custom.").unwrap_or_default();
    let (key, part) = rest.split_once('.').unwrap_or((rest, ""));
    let key = key.parse().map_err(|_| unknown(name))?;
    let value = FieldValue::Text(value);
    let test = match part {
        "" if !rest.contains('.') => CustomTest::AnyOf(vec![value]),
        "from" => CustomTest::From(value),
        "to" => CustomTest::To(value),
        _ => return Err(unknown(name)),
    };
    Ok(CustomCondition { key, test })
}

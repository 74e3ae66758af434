//! The column that holds the custom values of a record.

use crm_domain::custom_field::{CustomValues, FieldKey};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::Jsonb;
use serde_json::Value;

/// Custom values as JSON.
#[derive(Debug, Clone, AsExpression, FromSqlRow)]
#[diesel(sql_type = Jsonb)]
pub(crate) struct CustomColumn(pub(crate) CustomValues);

impl FromSql<Jsonb, Pg> for CustomColumn {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        let json = <Value as FromSql<Jsonb, Pg>>::from_sql(bytes)?;
        Ok(Self(CustomValues::from_stored(&json)?))
    }
}

impl ToSql<Jsonb, Pg> for CustomColumn {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let mut own = out.reborrow();
        <Value as ToSql<Jsonb, Pg>>::to_sql(&self.0.to_json(), &mut own)?;
        Ok(IsNull::No)
    }
}

/// The keys that the database gave. What is none names no value.
pub(crate) fn field_keys(texts: &[String]) -> Vec<FieldKey> {
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}

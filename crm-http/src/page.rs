//! The parameters `page` and `limit` of every list.

use crm_domain::page::{Limit, MAX_PAGED_ROWS, Page};

use crate::problem::{Code, FieldError, Problem};
use crate::query::invalid;

/// How many rows are wanted: 10, unless it is given.
pub(crate) fn limit(rows: Option<u16>) -> Result<Limit, Problem> {
    match rows {
        None => Ok(Limit::default()),
        Some(rows) => {
            let message = format!("must be from 1 to {}", Limit::MAX);
            Limit::new(rows).ok_or_else(|| invalid("limit", "out-of-range", &message))
        }
    }
}

/// Which page is wanted: the first, unless it is given.
pub(crate) fn page(number: Option<u32>, limit: Limit) -> Result<Page, Problem> {
    match number {
        Some(0) => Err(invalid("page", "out-of-range", "must be 1 or more")),
        number => Page::new(number.unwrap_or(1), limit).ok_or_else(too_deep),
    }
}

fn too_deep() -> Problem {
    let message = format!("reaches beyond {MAX_PAGED_ROWS} rows; follow nextCursor instead");
    Problem::new(Code::UseCursor, format!("page {message}")).with_error(FieldError::parameter(
        "page",
        "out-of-range",
        message,
    ))
}

//! Making many records: what became of each.

use crm_app::batch::OnRefusal;
use poem_openapi::{Enum, Object};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::problem::{Code, FieldError, Problem};

/// What became of a record that was to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Enum)]
#[serde(rename_all = "lowercase")]
#[oai(rename_all = "lowercase")]
pub enum BatchStatus {
    /// It was made.
    Created,
    /// It was not made.
    Refused,
    /// It could have been made, had no other one been refused.
    Undone,
}

/// What became of one record.
#[derive(Debug, Serialize, Object)]
pub struct BatchItem {
    /// Its place among the items, from 0.
    #[oai(validator(minimum(value = "0"), maximum(value = "99")))]
    index: usize,
    /// What became of it.
    status: BatchStatus,
    /// The new record.
    id: Option<Uuid>,
    /// Why it was refused, as when it had been sent alone.
    code: Option<Code>,
    /// The same for a person.
    #[oai(validator(max_length = 2000))]
    message: Option<String>,
    /// The wrong fields, by their places in this request.
    #[oai(validator(max_items = 1000))]
    errors: Vec<FieldError>,
}

/// What became of each record.
#[derive(Debug, Serialize, Object)]
pub struct BatchResult {
    /// Each record, in the order in which they were sent.
    #[oai(validator(max_items = 100))]
    items: Vec<BatchItem>,
    /// How many were made.
    #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
    created: usize,
    /// How many were refused.
    #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
    refused: usize,
}

/// The problem of each item that is not to be made.
pub(crate) struct Places(Vec<Option<Problem>>);

/// What the items stand for. When all are wanted or none, a wrong one is the answer.
pub(crate) fn parse<New, Item: TryInto<New, Error = Problem>>(
    items: impl IntoIterator<Item = Item>,
    all_or_none: Option<bool>,
) -> Result<(Vec<New>, OnRefusal, Places), Problem> {
    let on_refusal = match all_or_none {
        Some(true) => OnRefusal::UndoAll,
        Some(false) | None => OnRefusal::GoOn,
    };
    let (mut new, mut places) = (Vec::new(), Vec::new());
    for item in items {
        let parsed = item.try_into();
        places.push(match parsed {
            Ok(parsed) => {
                new.push(parsed);
                None
            }
            Err(problem) => Some(problem),
        });
    }
    if places.is_empty() {
        let error = FieldError::field("items", "too-short", "must have at least 1 entry");
        return Err(Problem::invalid(vec![error]));
    }
    let places = Places(places);
    if on_refusal == OnRefusal::UndoAll && places.0.iter().any(Option::is_some) {
        let nothing = new.iter().map(|_| Ok(None));
        return Err(refused(&places.result(nothing)));
    }
    Ok((new, on_refusal, places))
}

impl Places {
    /// What became of each item; the answer is a problem when all were wanted and some were refused.
    pub(crate) fn answer(
        self,
        made: impl Iterator<Item = crm_app::Result<Uuid>>,
        on_refusal: OnRefusal,
    ) -> Result<BatchResult, Problem> {
        let made: Vec<_> = made.collect();
        let is_undone = on_refusal == OnRefusal::UndoAll && made.iter().any(Result::is_err);
        let made = made.into_iter().map(|made| match made {
            Ok(id) => Ok(Some(id).filter(|_| !is_undone)),
            Err(error) => Err(Problem::from(error)),
        });
        let result = self.result(made);
        if is_undone {
            Err(refused(&result))
        } else {
            Ok(result)
        }
    }

    fn result(self, mut made: impl Iterator<Item = Result<Option<Uuid>, Problem>>) -> BatchResult {
        let outcomes = self.0.into_iter().map(|problem| match problem {
            Some(problem) => Err(problem),
            None => made.next().unwrap_or(Ok(None)),
        });
        let items: Vec<_> = outcomes
            .enumerate()
            .map(|(index, outcome)| BatchItem::new(index, outcome))
            .collect();
        let count = |status| items.iter().filter(|item| item.status == status).count();
        BatchResult {
            created: count(BatchStatus::Created),
            refused: count(BatchStatus::Refused),
            items,
        }
    }
}

impl BatchItem {
    fn new(index: usize, outcome: Result<Option<Uuid>, Problem>) -> Self {
        let (status, id, problem) = match outcome {
            Ok(Some(id)) => (BatchStatus::Created, Some(id), None),
            Ok(None) => (BatchStatus::Undone, None, None),
            Err(problem) => (
                BatchStatus::Refused,
                None,
                Some(problem.below(&format!("items/{index}"))),
            ),
        };
        let errors = problem.as_ref().map(Problem::errors).unwrap_or_default();
        Self {
            index,
            status,
            id,
            errors: errors.to_vec(),
            code: problem.as_ref().map(Problem::code),
            message: problem.map(|problem| problem.detail().to_owned()),
        }
    }
}

fn refused(result: &BatchResult) -> Problem {
    let detail = format!(
        "{} of {} items are refused, and so none is made",
        result.refused,
        result.items.len()
    );
    Problem::new(Code::BatchRefused, detail).with("items", json!(result.items))
}

/// Makes the body of a batch of one kind of record.
macro_rules! batch_body {
    ($(#[$doc:meta])* $vis:vis $name:ident of $Item:ident) => {
        $(#[$doc])*
        #[derive(Debug, serde::Deserialize, poem_openapi::Object)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        #[oai(rename_all = "camelCase")]
        $vis struct $name {
            /// The new records.
            $vis items: $crate::wire::List<$Item, { crm_app::batch::MAX_ITEMS }>,
            /// When one is refused, none is made, and the answer is 422. Otherwise the others are.
            $vis all_or_none: Option<bool>,
        }
    };
}

pub(crate) use batch_body;

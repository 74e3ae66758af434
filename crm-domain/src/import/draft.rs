//! A row as the values of a record: what comes after takes a [`Draft`] as a whole.

use std::str::FromStr;

use serde_json::Value;
use uuid::Uuid;

use super::{ImportField, ImportOptions, ImportRow, ImportTarget};
use crate::activity::Changes;
use crate::cell;
use crate::change::Change;
use crate::custom_field::{CustomEdit, CustomValues, FieldKey, FieldSet};
use crate::customer::{CustomerEdit, NewCustomer};
use crate::ids::UserId;
use crate::lead::{LeadEdit, LeadStatus, NewLead};
use crate::text::{Company, Email, Name, Phone, Source, Tag, Tags, TextError};
use crate::violation::Violations;

/// What a row says. A cell that is empty says nothing: a new record has nothing there, one that is there keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Draft {
    /// The id to match by.
    pub id: Option<Uuid>,
    /// The name.
    pub name: Option<Name>,
    /// The e-mail address.
    pub email: Option<Email>,
    /// The phone number.
    pub phone: Option<Phone>,
    /// The company.
    pub company: Option<Company>,
    /// Where a new lead starts.
    pub status: Option<LeadStatus>,
    /// Where a lead came from.
    pub source: Option<Source>,
    /// Whose it is to be.
    pub assignee: Option<Assignee>,
    /// Labels.
    pub tags: Option<Tags>,
    /// Values of custom fields, of their types; their rules are asked by whoever knows the record.
    pub custom: CustomValues,
}

/// A user as a row names them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Assignee {
    /// By their id.
    Id(UserId),
    /// By the key of their e-mail address.
    Email(String),
}

impl Draft {
    /// The values that a row holds by these options.
    ///
    /// # Errors
    /// Each thing that is wrong.
    pub fn read(
        options: &ImportOptions,
        row: &ImportRow,
        fields: &FieldSet,
    ) -> Result<Self, Violations> {
        if let Some(problem) = &row.problem {
            return Err(Violations::one("row", "malformed", problem.clone()));
        }
        let mut draft = Self::default();
        let mut violations = Violations::new();
        for (target, text) in options.mapping.iter().zip(&row.cells) {
            let text = cell::restore(text.trim_matches(' '));
            if text.trim().is_empty() {
                continue;
            }
            match target {
                Some(ImportTarget::Own(field)) => draft.fill(*field, text, &mut violations),
                Some(ImportTarget::Custom(key)) => {
                    draft.fill_custom(*key, text, fields, &mut violations);
                }
                None => {}
            }
        }
        violations.into_result()?;
        Ok(draft)
    }

    fn fill(&mut self, field: ImportField, text: &str, violations: &mut Violations) {
        let name = field.as_str();
        match field {
            ImportField::Id => match Uuid::try_parse(text.trim()) {
                Ok(id) => self.id = Some(id),
                Err(_) => violations.add(name, "wrong-type", "is no id"),
            },
            ImportField::Name => self.name = parse(name, text, violations),
            ImportField::Email => self.email = parse(name, text, violations),
            ImportField::Phone => self.phone = parse(name, text, violations),
            ImportField::Company => self.company = parse(name, text, violations),
            ImportField::Status => self.status = parse(name, text.trim(), violations),
            ImportField::Source => self.source = parse(name, text, violations),
            ImportField::AssignedAgent | ImportField::Owner => {
                self.assignee = assignee(name, text.trim(), violations);
            }
            ImportField::Tags => self.tags = tags(text, violations),
        }
    }

    fn fill_custom(
        &mut self,
        key: FieldKey,
        text: &str,
        fields: &FieldSet,
        violations: &mut Violations,
    ) {
        match fields.read_text(key, text) {
            Ok(Some(value)) => self.custom.set(key, value),
            Ok(None) => {}
            Err(error) => {
                let target = ImportTarget::Custom(key);
                violations.add(&target.to_string(), error.code, error.message);
            }
        }
    }

    /// The new lead that it makes.
    ///
    /// # Errors
    /// Without a name.
    pub fn into_lead(self, assigned_agent: Option<UserId>) -> Result<NewLead, Violations> {
        let named = NewLead::named(self.name.ok_or_else(nameless)?);
        Ok(NewLead {
            email: self.email,
            phone: self.phone,
            company: self.company,
            status: self.status,
            source: self.source,
            assigned_agent,
            tags: self.tags.unwrap_or_default(),
            custom: self.custom,
            ..named
        })
    }

    /// The new customer that it makes.
    ///
    /// # Errors
    /// Without a name.
    pub fn into_customer(self, owner: Option<UserId>) -> Result<NewCustomer, Violations> {
        let named = NewCustomer::named(self.name.ok_or_else(nameless)?);
        Ok(NewCustomer {
            email: self.email,
            phone: self.phone,
            company: self.company,
            owner,
            tags: self.tags.unwrap_or_default(),
            custom: self.custom,
            ..named
        })
    }

    /// What it changes of a lead.
    #[must_use]
    pub fn into_lead_edit(self, assigned_agent: Option<UserId>) -> LeadEdit {
        LeadEdit {
            name: self.name,
            email: set(self.email),
            phone: set(self.phone),
            company: set(self.company),
            source: set(self.source),
            assigned_agent: set(assigned_agent),
            tags: self.tags,
            custom: CustomEdit::from(self.custom),
            ..LeadEdit::default()
        }
    }

    /// What it changes of a customer.
    #[must_use]
    pub fn into_customer_edit(self, owner: Option<UserId>) -> CustomerEdit {
        CustomerEdit {
            name: self.name,
            email: set(self.email),
            phone: set(self.phone),
            company: set(self.company),
            owner: set(owner),
            tags: self.tags,
            custom: CustomEdit::from(self.custom),
        }
    }
}

fn set<T>(value: Option<T>) -> Change<T> {
    value.map_or(Change::Keep, Change::Set)
}

fn nameless() -> Violations {
    Violations::one("name", "required", "must be given")
}

fn parse<T: FromStr<Err = TextError>>(
    name: &str,
    text: &str,
    violations: &mut Violations,
) -> Option<T> {
    violations.check(name, text.parse())
}

fn assignee(name: &str, text: &str, violations: &mut Violations) -> Option<Assignee> {
    if let Ok(id) = text.parse() {
        return Some(Assignee::Id(id));
    }
    let email: Option<Email> = parse(name, text, violations);
    email.map(|email| Assignee::Email(email.key()))
}

fn tags(text: &str, violations: &mut Violations) -> Option<Tags> {
    let texts = cell::split(text);
    let tags: Vec<Tag> = texts
        .iter()
        .filter_map(|text| parse("tags", text, violations))
        .collect();
    violations.check("tags", Tags::new(tags))
}

/// The edit that takes these changes of a lead back, which holds those custom values by now.
#[must_use]
pub fn undo_lead(changes: &Changes, held: &CustomValues) -> LeadEdit {
    let custom = CustomEdit::undo(changes, held);
    let changes = changes.to_json();
    LeadEdit {
        name: before(&changes, "name", Name::from_stored).value(),
        email: before(&changes, "emailId", Email::from_stored),
        phone: before(&changes, "phone", Phone::from_stored),
        company: before(&changes, "company", Company::from_stored),
        source: before(&changes, "source", Source::from_stored),
        assigned_agent: user_before(&changes, "assignedAgent"),
        tags: tags_before(&changes),
        custom,
        ..LeadEdit::default()
    }
}

/// The edit that takes these changes of a customer back, who holds those custom values by now.
#[must_use]
pub fn undo_customer(changes: &Changes, held: &CustomValues) -> CustomerEdit {
    let custom = CustomEdit::undo(changes, held);
    let changes = changes.to_json();
    CustomerEdit {
        name: before(&changes, "name", Name::from_stored).value(),
        email: before(&changes, "emailId", Email::from_stored),
        phone: before(&changes, "phone", Phone::from_stored),
        company: before(&changes, "company", Company::from_stored),
        owner: user_before(&changes, "owner"),
        tags: tags_before(&changes),
        custom,
    }
}

impl<T> Change<T> {
    fn value(self) -> Option<T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }
}

fn before<T>(changes: &Value, field: &str, make: impl FnOnce(String) -> T) -> Change<T> {
    match changes.get(field).and_then(|change| change.get("from")) {
        None => Change::Keep,
        Some(Value::String(text)) => Change::Set(make(text.clone())),
        Some(_) => Change::Clear,
    }
}

fn user_before(changes: &Value, field: &str) -> Change<UserId> {
    match before(changes, field, |id| id.parse::<UserId>().ok()) {
        Change::Set(Some(id)) => Change::Set(id),
        Change::Keep => Change::Keep,
        Change::Set(None) | Change::Clear => Change::Clear,
    }
}

fn tags_before(changes: &Value) -> Option<Tags> {
    let tags = changes.get("tags")?.get("from")?.as_array()?;
    let texts = tags.iter().filter_map(Value::as_str).map(str::to_owned);
    Some(Tags::from_stored(texts.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::ImportKind;

    fn row(cells: &[&str]) -> ImportRow {
        ImportRow {
            number: 1,
            line: 2,
            cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
            problem: None,
        }
    }

    fn read(options: &ImportOptions, cells: &[&str]) -> Result<Draft, Violations> {
        Draft::read(options, &row(cells), &FieldSet::default())
    }

    fn options(columns: &[&str]) -> ImportOptions {
        let columns: Vec<_> = columns.iter().map(|name| (*name).to_owned()).collect();
        ImportOptions::new(ImportKind::Lead, &columns, &FieldSet::default())
    }

    #[test]
    fn what_an_export_made_safe_comes_back_as_it_was() {
        let options = options(&["name", "phone", "tags"]);
        let draft = read(&options, &["'=1+1", "'+49 30 12", "'=1;\"a;b\""]).unwrap();
        assert_eq!(draft.name.unwrap().as_str(), "=1+1");
        assert_eq!(draft.phone.unwrap().as_str(), "+49 30 12");
        let tags: Vec<_> = draft
            .tags
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(tags, ["=1", "a;b"]);
    }

    #[test]
    fn every_wrong_cell_is_named_and_empty_ones_say_nothing() {
        let options = options(&["name", "emailId", "status", "assignedAgent", "company"]);
        let wrong = read(&options, &[" ", "x", "Lost", "bob", "'"]).unwrap_err();
        let fields: Vec<_> = wrong.iter().map(|found| found.field.as_str()).collect();
        assert_eq!(fields, ["emailId", "status", "assignedAgent"]);
        let draft = read(&options, &["Ada", "", " ", "", ""]).unwrap();
        let expected = Draft {
            name: "Ada".parse().ok(),
            ..Draft::default()
        };
        assert_eq!(draft, expected);
    }
}

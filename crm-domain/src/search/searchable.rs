//! The records that are searched, and what of them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Field, SearchKind, SearchText};
use crate::customer::Customer;
use crate::lead::Lead;
use crate::task::Task;
use crate::text::{Company, Email, Name, Note, Phone, Tags, fold};

/// A record that is searched.
pub trait Searchable {
    /// Its kind.
    const KIND: SearchKind;

    /// Which one.
    fn id(&self) -> Uuid;

    /// What it is called.
    fn title(&self) -> &str;

    /// What tells it from others of its name: a company, an address, a status.
    fn context(&self) -> String;

    /// When it was last changed.
    fn updated_at(&self) -> DateTime<Utc>;

    /// What of it is searched.
    fn searched(&self) -> SearchText;
}

impl Searchable for Lead {
    const KIND: SearchKind = SearchKind::Lead;

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn title(&self) -> &str {
        self.name.as_str()
    }

    fn context(&self) -> String {
        let status = || self.state.status().to_string();
        context(self.company.as_ref(), self.email.as_ref()).unwrap_or_else(status)
    }

    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }

    fn searched(&self) -> SearchText {
        contact(
            &self.name,
            self.company.as_ref(),
            self.email.as_ref(),
            self.phone.as_ref(),
            &self.tags,
        )
    }
}

impl Searchable for Customer {
    const KIND: SearchKind = SearchKind::Customer;

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn title(&self) -> &str {
        self.name.as_str()
    }

    fn context(&self) -> String {
        let phone = || self.phone.as_ref().map(ToString::to_string);
        let context = context(self.company.as_ref(), self.email.as_ref()).or_else(phone);
        context.unwrap_or_default()
    }

    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }

    fn searched(&self) -> SearchText {
        contact(
            &self.name,
            self.company.as_ref(),
            self.email.as_ref(),
            self.phone.as_ref(),
            &self.tags,
        )
    }
}

impl Searchable for Task {
    const KIND: SearchKind = SearchKind::Task;

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn title(&self) -> &str {
        self.title.as_str()
    }

    fn context(&self) -> String {
        self.status.to_string()
    }

    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }

    fn searched(&self) -> SearchText {
        let title = (Field::Name, fold(self.title.as_str()));
        let description = self.description.as_ref().map(Note::as_str);
        let description = description.map(|text| (Field::Description, fold(text)));
        SearchText {
            fields: [Some(title), description].into_iter().flatten().collect(),
            tags: Vec::new(),
        }
    }
}

fn context(company: Option<&Company>, email: Option<&Email>) -> Option<String> {
    let company = company.map(ToString::to_string);
    company.or_else(|| email.map(ToString::to_string))
}

/// What is searched of a person or company.
fn contact(
    name: &Name,
    company: Option<&Company>,
    email: Option<&Email>,
    phone: Option<&Phone>,
    tags: &Tags,
) -> SearchText {
    let fields = [
        Some((Field::Name, fold(name.as_str()))),
        company.map(|company| (Field::Company, fold(company.as_str()))),
        email.map(|email| (Field::Email, fold(email.as_str()))),
        phone.map(|phone| (Field::Phone, fold(phone.as_str()))),
        phone.map(|phone| (Field::Phone, phone.key())),
    ];
    SearchText {
        fields: fields.into_iter().flatten().collect(),
        tags: tags.keys(),
    }
}

//! Queries and bodies of the operations on customers, and the commands they stand for.

use chrono::{DateTime, Utc};
use crm_app::{MAX_SOURCES, MergeOptions};
use crm_domain::customer::{
    CustomerEdit, CustomerFilter, CustomerQuery, CustomerSortField, NewCustomer,
};
use crm_domain::ids::{CustomerId, UserId};
use crm_domain::text::{Note, Tags};
use crm_domain::violation::Violations;
use poem_openapi::Object;
use serde::Deserialize;
use uuid::Uuid;

use crate::api::permissions::Scope;
use crate::list::{MOST_EXCEPTIONS, at_most, instant, list_parameters};
use crate::problem::Problem;
use crate::query::{QueryParameters, parse};
use crate::wire::custom::{CustomInput, CustomParameters};
use crate::wire::{
    CompanyText, EmailText, List, NameText, NoteText, Patch, PhoneText, TagList, TagText, Text,
    parse_tags,
};

list_parameters! {
    /// The parameters of the list of customers.
    pub(in crate::api) ListCustomers and ExportCustomers by CustomerSortField, narrowed by FilterCustomers {
        /// With each of these words in the name, company, address or number. A word of three letters or more is found
        /// anywhere; a term of shorter words only is the beginning of the name.
        search: Option<Text<100>>,
        /// Looked after by this user.
        owner: Option<Uuid>,
        /// Looked after by somebody, but not by this user; repeat it for several.
        #[serde(default)]
        #[oai(default, validator(max_items = 20))]
        not_owner: Vec<Uuid>,
        /// Looked after by somebody, or by nobody.
        has_owner: Option<bool>,
        /// With this tag.
        tag: Option<TagText>,
        /// Put away, instead of at hand.
        is_archived: Option<bool>,
        /// Made at this instant or later.
        created_from: Option<DateTime<Utc>>,
        /// Made before this instant.
        created_to: Option<DateTime<Utc>>,
        /// No farther than this, of what you may see: `own` for yours alone.
        scope: Option<Scope>,
    }
}

impl QueryParameters for ListCustomers {
    const REPEATABLE: &'static [&'static str] = &["notOwner"];
    const HAS_CUSTOM: bool = true;

    fn custom(&mut self) -> Option<&mut CustomParameters> {
        Some(&mut self.custom)
    }
}

impl TryFrom<ListCustomers> for CustomerQuery {
    type Error = Problem;

    fn try_from(query: ListCustomers) -> Result<Self, Problem> {
        let (filter, sort, page) = query.parts()?;
        let filter = filter.try_into()?;
        Ok(Self { filter, sort, page })
    }
}

impl TryFrom<FilterCustomers> for CustomerFilter {
    type Error = Problem;

    fn try_from(filter: FilterCustomers) -> Result<Self, Problem> {
        let FilterCustomers {
            search,
            owner,
            not_owner,
            has_owner,
            tag,
            is_archived,
            created_from,
            created_to,
            scope,
            custom,
        } = filter;
        at_most("notOwner", not_owner.len(), MOST_EXCEPTIONS)?;
        Ok(Self {
            search: search.map(|text| parse("search", text)).transpose()?,
            owner: owner.map(UserId::from),
            not_owners: not_owner.into_iter().map(UserId::from).collect(),
            has_owner,
            tag: tag.map(|text| parse("tag", text)).transpose()?,
            created_from: instant("createdFrom", created_from)?,
            created_to: instant("createdTo", created_to)?,
            scope: scope.map(Into::into),
            custom: custom.conditions()?,
            is_archived: is_archived.unwrap_or_default(),
        })
    }
}

/// A new customer.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(in crate::api::customers) struct CreateCustomer {
    /// The customer's name.
    name: NameText,
    /// The company they speak for.
    company: Option<CompanyText>,
    /// How to reach them.
    email_id: Option<EmailText>,
    /// How to call them.
    phone: Option<PhoneText>,
    /// Labels, compared without case.
    tags: Option<TagList>,
    /// The user who looks after them.
    owner: Option<Uuid>,
    /// The values of custom fields, by their keys.
    custom: Option<CustomInput>,
}

impl TryFrom<CreateCustomer> for NewCustomer {
    type Error = Problem;

    fn try_from(body: CreateCustomer) -> Result<Self, Problem> {
        let CreateCustomer {
            name,
            company,
            email_id,
            phone,
            tags,
            owner,
            custom,
        } = body;
        let mut violations = Violations::new();
        let name = name.parse("name", &mut violations);
        let company = company.and_then(|text| text.parse("company", &mut violations));
        let email = email_id.and_then(|text| text.parse("emailId", &mut violations));
        let phone = phone.and_then(|text| text.parse("phone", &mut violations));
        let tags = parse_tags(&tags.unwrap_or_default(), &mut violations);
        let custom = custom.unwrap_or_default().into_edit(&mut violations);
        let violations = violations.into_result();
        let (Some(name), Ok(())) = (name, violations.clone()) else {
            return Err(violations.err().unwrap_or_default().into());
        };
        Ok(Self {
            name,
            company,
            email,
            phone,
            tags,
            owner: owner.map(UserId::from),
            custom: custom.into_values(),
        })
    }
}

/// Changes to a customer. What is absent stays, `null` clears.
#[derive(Debug, Default, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[oai(rename = "UpdateCustomer", rename_all = "camelCase")]
pub(in crate::api::customers) struct EditCustomer {
    /// The customer's name.
    name: Patch<NameText>,
    /// The company they speak for.
    company: Patch<CompanyText>,
    /// How to reach them.
    email_id: Patch<EmailText>,
    /// How to call them.
    phone: Patch<PhoneText>,
    /// All their labels.
    tags: Patch<TagList>,
    /// The user who looks after them.
    owner: Patch<Uuid>,
    /// The values of custom fields, by their keys: an absent one stays, `null` clears.
    custom: Option<CustomInput>,
}

/// Who gets a customer.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(in crate::api::customers) struct AssignCustomer {
    /// This user; nobody, when it is `null`. It must be given.
    #[serde(default)]
    owner: Patch<Uuid>,
}

impl TryFrom<AssignCustomer> for CustomerEdit {
    type Error = Problem;

    fn try_from(body: AssignCustomer) -> Result<Self, Problem> {
        if body.owner == Patch::Absent {
            return Err(Violations::one("owner", "required", "must be given").into());
        }
        Ok(Self {
            owner: body.owner.into_change(|id| Some(id.into())),
            ..Self::default()
        })
    }
}

impl TryFrom<EditCustomer> for CustomerEdit {
    type Error = Problem;

    fn try_from(body: EditCustomer) -> Result<Self, Problem> {
        let EditCustomer {
            name,
            company,
            email_id,
            phone,
            tags,
            owner,
            custom,
        } = body;
        let mut violations = Violations::new();
        let edit = Self {
            name: name
                .required("name", &mut violations)
                .and_then(|text| text.parse("name", &mut violations)),
            company: company.into_change(|text| text.parse("company", &mut violations)),
            email: email_id.into_change(|text| text.parse("emailId", &mut violations)),
            phone: phone.into_change(|text| text.parse("phone", &mut violations)),
            tags: match tags {
                Patch::Absent => None,
                Patch::Null => Some(Tags::default()),
                Patch::Set(tags) => Some(parse_tags(&tags, &mut violations)),
            },
            owner: owner.into_change(|id| Some(UserId::from(id))),
            custom: custom.unwrap_or_default().into_edit(&mut violations),
        };
        violations.into_result()?;
        Ok(edit)
    }
}

/// A new note.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename = "AddCustomerNote", rename_all = "camelCase")]
pub(in crate::api::customers) struct AddNote {
    /// What is to be remembered.
    text: NoteText,
}

impl AddNote {
    pub(in crate::api::customers) fn parse(self) -> Result<Note, Violations> {
        let mut violations = Violations::new();
        let text = self.text.parse("text", &mut violations);
        text.ok_or(violations)
    }
}

/// Which customers become one.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(in crate::api::customers) struct MergeCustomers {
    /// The customers that are taken in; of two that fill the same empty field, the first wins.
    #[oai(validator(min_items = 1))]
    sources: List<Uuid, MAX_SOURCES>,
    /// What is to be otherwise in the customer that takes them in.
    overrides: Option<EditCustomer>,
    /// Answers the same and writes nothing.
    dry_run: Option<bool>,
}

impl TryFrom<MergeCustomers> for MergeOptions<CustomerId, CustomerEdit> {
    type Error = Problem;

    fn try_from(body: MergeCustomers) -> Result<Self, Problem> {
        Ok(Self {
            sources: body.sources.into_iter().map(CustomerId::from).collect(),
            overrides: body.overrides.unwrap_or_default().try_into()?,
            dry_run: body.dry_run.unwrap_or_default(),
        })
    }
}

//! Bodies of the operations on leads, and the commands they stand for.

use crm_app::leads::{AssignTo, ConvertOptions, OnCandidates};
use crm_app::{MAX_SOURCES, MergeOptions};
use crm_domain::ids::{LeadId, UserId};
use crm_domain::lead::{self, LeadEdit, LeadError, NewLead, NextStatus};
use crm_domain::text::{Note, Tags};
use crm_domain::violation::Violations;
use poem_openapi::Object;
use serde::Deserialize;
use uuid::Uuid;

use super::{LeadStatus, UnqualifiedReason};
use crate::problem::Problem;
use crate::wire::custom::CustomInput;
use crate::wire::{
    CompanyText, EmailText, List, NameText, NoteText, Patch, PhoneText, SourceText, TagList,
    parse_tags, wire_enum,
};

/// A new lead. It needs `emailId` or `phone`.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(in crate::api::leads) struct CreateLead {
    /// Who it is.
    name: NameText,
    /// How to reach them.
    email_id: Option<EmailText>,
    /// How to call them.
    phone: Option<PhoneText>,
    /// The company they speak for.
    company: Option<CompanyText>,
    /// Where it starts: New, unless it is given; never Unqualified or Converted.
    status: Option<LeadStatus>,
    /// Where the lead came from.
    source: Option<SourceText>,
    /// The user who works on it. Absent or `null`, the assignment rules choose one.
    assigned_agent: Option<Uuid>,
    /// Labels, compared without case.
    tags: Option<TagList>,
    /// The values of custom fields, by their keys.
    custom: Option<CustomInput>,
}

impl TryFrom<CreateLead> for NewLead {
    type Error = Problem;

    fn try_from(body: CreateLead) -> Result<Self, Problem> {
        let CreateLead {
            name,
            email_id,
            phone,
            company,
            status,
            source,
            assigned_agent,
            tags,
            custom,
        } = body;
        let mut violations = Violations::new();
        let is_reachable = email_id.is_some() || phone.is_some();
        let status = status.map(Into::into);
        let start = status.unwrap_or(lead::LeadStatus::New);
        lead::check_start(start, is_reachable, &mut violations);
        let name = name.parse("name", &mut violations);
        let email = email_id.and_then(|text| text.parse("emailId", &mut violations));
        let phone = phone.and_then(|text| text.parse("phone", &mut violations));
        let company = company.and_then(|text| text.parse("company", &mut violations));
        let source = source.and_then(|text| text.parse("source", &mut violations));
        let tags = parse_tags(&tags.unwrap_or_default(), &mut violations);
        let custom = custom.unwrap_or_default().into_edit(&mut violations);
        let violations = violations.into_result();
        let (Some(name), Ok(())) = (name, violations.clone()) else {
            return Err(violations.err().unwrap_or_default().into());
        };
        let assigned_agent = assigned_agent.map(UserId::from);
        Ok(Self {
            name,
            email,
            phone,
            company,
            status,
            source,
            assigned_agent,
            tags,
            custom: custom.into_values(),
        })
    }
}

/// Changes to a lead. What is absent stays, `null` clears.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[oai(rename = "UpdateLead", rename_all = "camelCase")]
#[derive(Default)]
pub(in crate::api::leads) struct EditLead {
    /// Who it is.
    name: Patch<NameText>,
    /// How to reach them.
    email_id: Patch<EmailText>,
    /// How to call them.
    phone: Patch<PhoneText>,
    /// The company they speak for.
    company: Patch<CompanyText>,
    /// Where it stands next; Converted is reached by converting only.
    status: Patch<LeadStatus>,
    /// Why it is Unqualified; goes with that status only.
    unqualified_reason: Option<UnqualifiedReason>,
    /// Why it is Unqualified, in words; the reason Other needs it.
    unqualified_note: Patch<NoteText>,
    /// Where the lead came from.
    source: Patch<SourceText>,
    /// The user who works on it.
    assigned_agent: Patch<Uuid>,
    /// All its labels.
    tags: Patch<TagList>,
    /// The values of custom fields, by their keys: an absent one stays, `null` clears.
    custom: Option<CustomInput>,
}

impl TryFrom<EditLead> for LeadEdit {
    type Error = Problem;

    fn try_from(body: EditLead) -> Result<Self, Problem> {
        let EditLead {
            name,
            email_id,
            phone,
            company,
            status,
            unqualified_reason,
            unqualified_note,
            source,
            assigned_agent,
            tags,
            custom,
        } = body;
        let mut violations = Violations::new();
        let name = name.required("name", &mut violations);
        let name = name.and_then(|text| text.parse("name", &mut violations));
        let email = email_id.into_change(|text| text.parse("emailId", &mut violations));
        let phone = phone.into_change(|text| text.parse("phone", &mut violations));
        let company = company.into_change(|text| text.parse("company", &mut violations));
        let source = source.into_change(|text| text.parse("source", &mut violations));
        let clears_unqualified_note = matches!(unqualified_note, Patch::Null);
        let note = match unqualified_note {
            Patch::Absent | Patch::Null => None,
            Patch::Set(text) => text.parse("unqualifiedNote", &mut violations),
        };
        let tags = match tags {
            Patch::Absent => None,
            Patch::Null => Some(Tags::default()),
            Patch::Set(tags) => Some(parse_tags(&tags, &mut violations)),
        };
        let status = status.required("status", &mut violations);
        let custom = custom.unwrap_or_default().into_edit(&mut violations);
        violations.into_result()?;
        let status = next_status(status, unqualified_reason, note)?;
        let assigned_agent = assigned_agent.into_change(|id| Some(UserId::from(id)));
        Ok(Self {
            name,
            email,
            phone,
            company,
            status,
            clears_unqualified_note,
            source,
            assigned_agent,
            tags,
            custom,
        })
    }
}

fn next_status(
    status: Option<LeadStatus>,
    reason: Option<UnqualifiedReason>,
    note: Option<Note>,
) -> Result<Option<NextStatus>, Problem> {
    let Some(status) = status else {
        if reason.is_none() && note.is_none() {
            return Ok(None);
        }
        let message = "must be Unqualified when a reason or a note is given";
        return Err(Violations::one("status", "required", message).into());
    };
    let next = NextStatus::new(status.into(), reason.map(Into::into), note);
    next.map(Some)
        .map_err(|error: LeadError| crm_app::Error::from(error).into())
}

/// Who gets a lead: one of the two must be given.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(in crate::api::leads) struct AssignLead {
    /// This user; nobody, when it is `null`.
    #[serde(default)]
    assigned_agent: Patch<Uuid>,
    /// Whom the assignment rules choose.
    by_rule: Option<bool>,
}

impl TryFrom<AssignLead> for AssignTo {
    type Error = Problem;

    fn try_from(body: AssignLead) -> Result<Self, Problem> {
        let AssignLead {
            assigned_agent,
            by_rule,
        } = body;
        match (assigned_agent, by_rule.unwrap_or_default()) {
            (Patch::Set(user), false) => Ok(Self::User(user.into())),
            (Patch::Null, false) => Ok(Self::Nobody),
            (Patch::Absent, true) => Ok(Self::ByRule),
            (Patch::Absent, false) => {
                let message = "must be given, or else byRule";
                Err(Violations::one("assignedAgent", "required", message).into())
            }
            (Patch::Set(_) | Patch::Null, true) => {
                let message = "must not be given together with assignedAgent";
                Err(Violations::one("byRule", "not-allowed", message).into())
            }
        }
    }
}

/// How a lead is converted.
#[derive(Debug, Default, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(in crate::api::leads) struct ConvertLead {
    /// What it becomes: a new customer, unless it is given.
    customer: Option<ConvertTo>,
    /// What to do when customers may be the same as the new one: `fail`, unless it is given.
    on_duplicate: Option<OnDuplicate>,
    /// Answers the same and writes nothing.
    dry_run: Option<bool>,
}

/// What a lead becomes.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
struct ConvertTo {
    /// A new customer, or one who is there.
    mode: ConvertMode,
    /// Which one, for `link`.
    id: Option<Uuid>,
}

/// Whether a lead becomes a new customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Create,
    Link,
}

wire_enum! {
    /// Whether a lead becomes a new customer.
    #[oai(rename_all = "lowercase")]
    #[serde(rename_all = "lowercase")]
    #[expect(unreachable_pub, reason = "the macro makes all enumerations public")]
    ConvertMode = Mode {
        /// A new one.
        Create = "create",
        /// One who is there.
        Link = "link",
    }
}

wire_enum! {
    /// What to do when customers may be the same as the new one.
    #[oai(rename_all = "lowercase")]
    #[serde(rename_all = "lowercase")]
    OnDuplicate = OnCandidates {
        /// Refuse, naming them.
        Fail = "fail",
        /// Link the lead to the one with its e-mail address; refuse when none has it.
        Link = "link",
        /// Make another one all the same.
        Create = "create",
    }
}

impl TryFrom<ConvertLead> for ConvertOptions {
    type Error = Problem;

    fn try_from(body: ConvertLead) -> Result<Self, Problem> {
        let link_to = match body.customer.map(|to| (to.mode, to.id)) {
            None | Some((ConvertMode::Create, None)) => None,
            Some((ConvertMode::Link, Some(id))) => Some(id.into()),
            Some((ConvertMode::Link, None)) => {
                let message = "must be given to link the lead to a customer";
                return Err(Violations::one("customer/id", "required", message).into());
            }
            Some((ConvertMode::Create, Some(_))) => {
                let message = "goes only with the mode link";
                return Err(Violations::one("customer/id", "not-allowed", message).into());
            }
        };
        Ok(Self {
            link_to,
            on_duplicate: body.on_duplicate.map(Into::into).unwrap_or_default(),
            dry_run: body.dry_run.unwrap_or_default(),
        })
    }
}

/// Which leads become one.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(in crate::api::leads) struct MergeLeads {
    /// The leads that are taken in; of two that fill the same empty field, the first wins.
    #[oai(validator(min_items = 1))]
    sources: List<Uuid, MAX_SOURCES>,
    /// What is to be otherwise in the lead that takes them in.
    overrides: Option<EditLead>,
    /// Answers the same and writes nothing.
    dry_run: Option<bool>,
}

impl TryFrom<MergeLeads> for MergeOptions<LeadId, LeadEdit> {
    type Error = Problem;

    fn try_from(body: MergeLeads) -> Result<Self, Problem> {
        Ok(Self {
            sources: body.sources.into_iter().map(LeadId::from).collect(),
            overrides: body.overrides.unwrap_or_default().try_into()?,
            dry_run: body.dry_run.unwrap_or_default(),
        })
    }
}

//! Records as columns for COPY: the same that the inserts of the other modules
//! write, which a test compares.

use crm_domain::customer::Customer;
use crm_domain::ids::{ApiKeyId, CustomerId, LeadId, UserId};
use crm_domain::lead::{Lead, UnqualifiedReason};
use crm_domain::text::{Company, Email, Note, Phone, Source, Tags};
use crm_domain::user::User;
use tokio_postgres::types::{ToSql, Type};

use super::LoadedStep;
use crate::activities::{self, Activity};

/// A value with the column that it goes to.
pub(super) struct Column<'a> {
    pub(super) name: &'static str,
    pub(super) kind: Type,
    pub(super) value: Box<dyn ToSql + Sync + Send + 'a>,
}

pub(super) type Row<'a> = Vec<Column<'a>>;

fn column<'a>(name: &'static str, kind: Type, value: impl ToSql + Sync + Send + 'a) -> Column<'a> {
    Column {
        name,
        kind,
        value: Box::new(value),
    }
}

fn tags(tags: &Tags) -> Vec<String> {
    tags.iter().map(ToString::to_string).collect()
}

pub(super) fn user<'a>(user: &'a User, password_hash: &'a str) -> Row<'a> {
    let User {
        id,
        name,
        email,
        roles,
        teams,
        is_service,
        is_active,
        version,
        created_at,
        updated_at,
    } = user;
    let roles: Vec<_> = roles.iter().map(|role| role.uuid()).collect();
    let teams: Vec<_> = teams.iter().map(|team| team.uuid()).collect();
    vec![
        column("id", Type::UUID, id.uuid()),
        column("name", Type::TEXT, name.as_str()),
        column("email", Type::TEXT, email.as_str()),
        column("email_key", Type::TEXT, email.key()),
        column("password_hash", Type::TEXT, password_hash),
        column("name_key", Type::TEXT, name.key()),
        column("role_ids", Type::UUID_ARRAY, roles),
        column("team_ids", Type::UUID_ARRAY, teams),
        column("is_service", Type::BOOL, *is_service),
        column("is_active", Type::BOOL, *is_active),
        column("version", Type::INT4, *version),
        column("created_at", Type::TIMESTAMPTZ, *created_at),
        column("updated_at", Type::TIMESTAMPTZ, *updated_at),
    ]
}

/// All but `origin_lead`, since that lead is not stored yet.
pub(super) fn customer_without_origin(customer: &Customer) -> Row<'_> {
    let Customer {
        id,
        name,
        company,
        email,
        phone,
        tags: labels,
        owner,
        origin_lead: _,
        merged_into,
        custom,
        is_archived,
        version,
        created_by,
        created_at,
        updated_at,
    } = customer;
    vec![
        column("id", Type::UUID, id.uuid()),
        column("name", Type::TEXT, name.as_str()),
        column("name_key", Type::TEXT, name.key()),
        column("company", Type::TEXT, company.as_ref().map(Company::as_str)),
        column("email", Type::TEXT, email.as_ref().map(Email::as_str)),
        column("email_key", Type::TEXT, email.as_ref().map(Email::key)),
        column("phone", Type::TEXT, phone.as_ref().map(Phone::as_str)),
        column("phone_key", Type::TEXT, phone.as_ref().map(Phone::key)),
        column(
            "company_key",
            Type::TEXT,
            company.as_ref().map(Company::key),
        ),
        column("tags", Type::TEXT_ARRAY, tags(labels)),
        column("tag_keys", Type::TEXT_ARRAY, labels.keys()),
        column("search_text", Type::TEXT, customer.search_text()),
        column("assigned_to", Type::UUID, owner.map(UserId::uuid)),
        column("merged_into", Type::UUID, merged_into.map(CustomerId::uuid)),
        column("created_by", Type::UUID, created_by.map(UserId::uuid)),
        column("custom", Type::JSONB, custom.to_json()),
        column("custom_keys", Type::JSONB, custom.keys()),
        column("is_archived", Type::BOOL, *is_archived),
        column("version", Type::INT4, *version),
        column("created_at", Type::TIMESTAMPTZ, *created_at),
        column("updated_at", Type::TIMESTAMPTZ, *updated_at),
    ]
}

pub(super) fn lead(lead: &Lead) -> Row<'_> {
    let mut row = lead_itself(lead);
    row.extend(lead_state(lead));
    row.extend(lead_keys(lead));
    row
}

fn lead_itself(lead: &Lead) -> Row<'_> {
    let Lead {
        id,
        name,
        email,
        phone,
        company,
        state: _,
        status_since,
        source,
        assigned_agent,
        assigned_at,
        tags: labels,
        recycle_count,
        merged_into,
        custom,
        is_archived,
        version,
        created_by,
        created_at,
        updated_at,
    } = lead;
    vec![
        column("id", Type::UUID, id.uuid()),
        column("name", Type::TEXT, name.as_str()),
        column("email", Type::TEXT, email.as_ref().map(Email::as_str)),
        column("phone", Type::TEXT, phone.as_ref().map(Phone::as_str)),
        column("company", Type::TEXT, company.as_ref().map(Company::as_str)),
        column("status_since", Type::TIMESTAMPTZ, *status_since),
        column("source", Type::TEXT, source.as_ref().map(Source::as_str)),
        column("assigned_to", Type::UUID, assigned_agent.map(UserId::uuid)),
        column("assigned_at", Type::TIMESTAMPTZ, *assigned_at),
        column("tags", Type::TEXT_ARRAY, tags(labels)),
        column("recycle_count", Type::INT4, *recycle_count),
        column("merged_into", Type::UUID, merged_into.map(LeadId::uuid)),
        column("custom", Type::JSONB, custom.to_json()),
        column("custom_keys", Type::JSONB, custom.keys()),
        column("is_archived", Type::BOOL, *is_archived),
        column("version", Type::INT4, *version),
        column("created_by", Type::UUID, created_by.map(UserId::uuid)),
        column("created_at", Type::TIMESTAMPTZ, *created_at),
        column("updated_at", Type::TIMESTAMPTZ, *updated_at),
    ]
}

fn lead_state(lead: &Lead) -> Row<'_> {
    let state = &lead.state;
    let reason = state.unqualified_reason().map(UnqualifiedReason::as_str);
    let note = state.unqualified_note().map(Note::as_str);
    let customer = state.customer().map(CustomerId::uuid);
    vec![
        column("status", Type::TEXT, state.status().as_str()),
        column("unqualified_reason", Type::TEXT, reason),
        column("unqualified_note", Type::TEXT, note),
        column("converted_customer_id", Type::UUID, customer),
        column("converted_at", Type::TIMESTAMPTZ, state.converted_at()),
    ]
}

fn lead_keys(lead: &Lead) -> Row<'_> {
    vec![
        column("name_key", Type::TEXT, lead.name.key()),
        column("email_key", Type::TEXT, lead.email.as_ref().map(Email::key)),
        column("phone_key", Type::TEXT, lead.phone.as_ref().map(Phone::key)),
        column(
            "company_key",
            Type::TEXT,
            lead.company.as_ref().map(Company::key),
        ),
        column("tag_keys", Type::TEXT_ARRAY, lead.tags.keys()),
        column("search_text", Type::TEXT, lead.search_text()),
    ]
}

pub(super) fn step(step: &LoadedStep) -> Row<'_> {
    let LoadedStep { lead, change, by } = step;
    vec![
        column("lead_id", Type::UUID, lead.uuid()),
        column("from_status", Type::TEXT, change.from.as_str()),
        column("to_status", Type::TEXT, change.to.as_str()),
        column("changed_at", Type::TIMESTAMPTZ, change.at),
        column("changed_by", Type::UUID, by.map(UserId::uuid)),
        column("seconds", Type::INT8, change.seconds),
    ]
}

pub(super) fn activity<'a>(activity: &'a Activity<'_>) -> Row<'a> {
    let actor = activity.actor;
    let request = actor.request.map(|request| request.id.uuid());
    let address = actor.request.and_then(activities::address);
    vec![
        column("id", Type::UUID, activity.id.uuid()),
        column("at", Type::TIMESTAMPTZ, activity.at),
        column("actor_id", Type::UUID, actor.user_id().map(UserId::uuid)),
        column("actor_name", Type::TEXT, actor.system_name()),
        column(
            "api_key_id",
            Type::UUID,
            actor.api_key().map(ApiKeyId::uuid),
        ),
        column("action", Type::TEXT, activity.action),
        column("resource", Type::TEXT, activity.record.resource.as_str()),
        column("resource_id", Type::UUID, activity.record.id),
        column("changes", Type::JSONB, activity.changes.to_json()),
        column("request_id", Type::UUID, request),
        column("address", Type::TEXT, address),
    ]
}

//! Which entries of the log a reader sees.

use crm_authz::{Reach, Scope};
use crm_domain::activity::Entry;
use crm_domain::api_key::ApiKey;
use crm_domain::assignment::AssignmentRule;
use crm_domain::custom_field::FieldDefinition;
use crm_domain::customer::Customer;
use crm_domain::event::{OF_MANY_RECORDS, OF_USERS_AS_RECORDS};
use crm_domain::ids::UserId;
use crm_domain::job::QueuedJob;
use crm_domain::lead::Lead;
use crm_domain::permission::Resource;
use crm_domain::role::RoleDefinition;
use crm_domain::task::Task;
use crm_domain::team::Team;
use crm_domain::user::User;
use crm_domain::view::View;
use diesel::dsl::{Or, sql};
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, SqlLiteral, ValidGrouping, is_aggregate,
};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Bool;

use crate::visibility::{Owned, Within, within, within_owner};

/// What a reader may see of the log: whose acts, and about which records. Where it is `None`, they see no entry about such
/// records, except for their own acts upon what nobody owns.
#[derive(Debug, Clone)]
pub struct Sight {
    /// Whose acts.
    pub acts: Scope<Entry>,
    /// The leads that they may read.
    pub leads: Option<Scope<Lead>>,
    /// The customers that they may read.
    pub customers: Option<Scope<Customer>>,
    /// The tasks that they may read.
    pub tasks: Option<Scope<Task>>,
    /// The users that they may read.
    pub users: Option<Scope<User>>,
    /// The users that they may manage: how those sign in is told too.
    pub sign_ins: Option<Scope<User>>,
    /// The keys that they may manage.
    pub keys: Option<Scope<ApiKey>>,
    /// The teams, if they may read them.
    pub teams: Option<Scope<Team>>,
    /// The roles, if they may read them.
    pub roles: Option<Scope<RoleDefinition>>,
    /// The jobs, if they may read them.
    pub jobs: Option<Scope<QueuedJob>>,
    /// The assignment rules, if they may read them.
    pub rules: Option<Scope<AssignmentRule>>,
    /// The custom fields, if they may manage them.
    pub custom_fields: Option<Scope<FieldDefinition>>,
    /// The views, if they may manage those of others.
    pub views: Option<Scope<View>>,
    /// The records of plugins that they may read.
    pub plugins: Vec<KindSight>,
    /// For who sees everything: the kinds that the program knows, when they see entries about all others too, which are of
    /// plugins that it does not hold any more.
    pub known: Option<Vec<Resource>>,
    /// The person who reads: they see what they themselves did to what nobody owns, and that they signed in.
    pub reader: Option<UserId>,
}

/// The records of one kind of a plugin's that a reader sees.
#[derive(Debug, Clone)]
pub struct KindSight {
    /// Which kind.
    pub kind: Resource,
    /// Its table and which rows of it; all records, where they are nobody's.
    pub rows: Option<(&'static str, Within)>,
}

impl Sight {
    fn of_plugins(&self) -> Vec<Case> {
        let of_kind = |sight: &KindSight| match &sight.rows {
            Some((table, within)) => of_table(sight.kind, table, within.clone()),
            None => Case::all(format!("activities.resource = '{}'", sight.kind)),
        };
        let unknown = |known: &Vec<Resource>| {
            let known: Vec<_> = known.iter().map(|kind| format!("'{kind}'")).collect();
            Case::all(format!("activities.resource NOT IN ({})", known.join(", ")))
        };
        let of_kinds = self.plugins.iter().map(of_kind);
        of_kinds.chain(self.known.as_ref().map(unknown)).collect()
    }

    /// That the reader may be told of what an entry says, if they see its record: whoever sees a lead, a customer or a task
    /// sees what others do to it, as its timeline shows it.
    pub(crate) fn happenings(&self) -> Or<Within, SqlLiteral<Bool>> {
        let of_plugins = self.plugins.iter().filter(|plugin| plugin.rows.is_some());
        let mut kinds = vec!["lead", "customer", "task"];
        kinds.extend(of_plugins.map(|plugin| plugin.kind.as_str()));
        let in_timelines = format!(
            "(activities.resource IN ({}) AND activities.action NOT IN ({}))",
            quoted(&kinds),
            quoted(&OF_MANY_RECORDS)
        );
        within(&self.acts).or(sql(&in_timelines))
    }

    /// That an entry is about a record that the reader sees.
    pub(crate) fn records(&self) -> Seen {
        let events = quoted(&OF_USERS_AS_RECORDS);
        let of_kind = |kind: &str| format!("activities.resource = '{kind}'");
        let of_users = |is_in: &str| format!("{} AND activities.action {is_in}", of_kind("user"));
        let users = |scope: &Scope<User>, is_in: String| {
            Case::within(
                &of_users(&is_in),
                within_owner("activities.resource_id", scope.reach()),
            )
        };
        let own = |reader| {
            let kinds = "activities.resource IN ('user', 'apiKey', 'team', 'role', 'job', \
                         'assignmentRule', 'customField', 'view')";
            let reach = Reach::Own(reader);
            Case::within(kinds, within_owner("activities.actor_id", &reach))
        };
        let cases = [
            self.leads.as_ref().map(owned),
            self.customers.as_ref().map(owned),
            self.tasks.as_ref().map(owned),
            self.keys.as_ref().map(owned),
            self.users
                .as_ref()
                .map(|scope| users(scope, format!("IN ({events})"))),
            self.sign_ins
                .as_ref()
                .map(|scope| users(scope, format!("NOT IN ({events})"))),
            self.teams.as_ref().map(|_| Case::all(of_kind("team"))),
            self.roles.as_ref().map(|_| Case::all(of_kind("role"))),
            self.jobs.as_ref().map(|_| Case::all(of_kind("job"))),
            self.rules
                .as_ref()
                .map(|_| Case::all(of_kind("assignmentRule"))),
            self.custom_fields
                .as_ref()
                .map(|_| Case::all(of_kind("customField"))),
            self.views.as_ref().map(|_| Case::all(of_kind("view"))),
            self.reader.map(own),
        ];
        let cases = cases.into_iter().flatten();
        Seen {
            cases: cases.chain(self.of_plugins()).collect(),
        }
    }
}

/// Names of events as texts of SQL; they are the program's own.
fn quoted(events: &[&str]) -> String {
    let events: Vec<_> = events.iter().map(|event| format!("'{event}'")).collect();
    events.join(", ")
}

/// The entries about the records of a table that the scope reaches.
fn owned<R: Owned>(scope: &Scope<R>) -> Case {
    of_table(R::RESOURCE, R::TABLE, within(scope))
}

/// The entries about those records of a kind and its table.
fn of_table(kind: Resource, table: &str, within: Within) -> Case {
    let is_of_kind = format!("activities.resource = '{kind}'");
    // Records are never deleted: of those that are all within, there is nothing to look up.
    if within.is_everything() {
        return Case::all(is_of_kind);
    }
    // A value, and not EXISTS, for which Postgres may gather all records before it looks at the first entry.
    Case {
        before: format!("{is_of_kind} AND (SELECT "),
        within: Some(within),
        after: format!(" FROM {table} WHERE {table}.id = activities.resource_id)"),
    }
}

/// That one of several cases is given.
pub(crate) struct Seen {
    cases: Vec<Case>,
}

struct Case {
    before: String,
    within: Option<Within>,
    after: String,
}

impl Case {
    const fn all(condition: String) -> Self {
        Self {
            before: condition,
            within: None,
            after: String::new(),
        }
    }

    fn within(condition: &str, within: Within) -> Self {
        Self {
            before: format!("{condition} AND "),
            within: Some(within),
            after: String::new(),
        }
    }
}

impl QueryFragment<Pg> for Seen {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("(false");
        for Case {
            before,
            within,
            after,
        } in &self.cases
        {
            out.push_sql(" OR (");
            out.push_sql(before);
            if let Some(within) = within {
                within.walk_ast(out.reborrow())?;
            }
            out.push_sql(after);
            out.push_sql(")");
        }
        out.push_sql(")");
        Ok(())
    }
}

impl Expression for Seen {
    type SqlType = Bool;
}

impl QueryId for Seen {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> SelectableExpression<Q> for Seen {}
impl<Q> AppearsOnTable<Q> for Seen {}

impl ValidGrouping<()> for Seen {
    type IsAggregate = is_aggregate::No;
}

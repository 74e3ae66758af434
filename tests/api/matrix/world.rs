//! A workspace with every kind of caller, and new records for each case.

use std::sync::atomic::{AtomicU32, Ordering};

use crm_app::OnDuplicate;
use crm_app::api_keys::NewApiKey;
use crm_app::users::UserEdit;
use crm_domain::activity::Actor;
use crm_domain::assignment::{Assignees, Conditions, RuleContent, Strategy};
use crm_domain::custom_field::{FieldResource, FieldType, NewField};
use crm_domain::customer::NewCustomer;
use crm_domain::ids::{TeamId, UserId};
use crm_domain::lead::NewLead;
use crm_domain::role::{Role, RoleContent};
use crm_domain::task::NewTask;
use crm_domain::user::User;
use crm_domain::view::{NewView, ViewFilter, Viewed};
use crm_testing::{Client, TestApp};

use crate::app_as_held;
use crate::authorization::Operation;

/// An id that nothing has.
pub(crate) const MISSING: &str = "01900000-0000-7000-8000-00000000dead";

const SYSTEM: Actor = Actor::system("test");

/// Who calls. All but the strangers are in one team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    Admin,
    Manager,
    Agent,
    ReadOnly,
    /// An Admin whose roles were taken away after signing in.
    Demoted,
    /// A key of an Admin's that may only read leads.
    NarrowKey,
}

impl Caller {
    pub(crate) const ALL: [Self; 6] = [
        Self::Demoted,
        Self::NarrowKey,
        Self::ReadOnly,
        Self::Agent,
        Self::Manager,
        Self::Admin,
    ];
}

/// Whose record it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    Own,
    OwnArchived,
    Teammates,
    Strangers,
    StrangersArchived,
    Missing,
}

impl Subject {
    pub(crate) const ALL: [Self; 6] = [
        Self::Missing,
        Self::StrangersArchived,
        Self::Strangers,
        Self::Teammates,
        Self::OwnArchived,
        Self::Own,
    ];
}

/// What kind of record an operation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    None,
    Lead,
    Customer,
    Task,
    User,
    Team,
    Role,
    AssignmentRule,
    ApiKey,
    Session,
    Job,
    Import,
    CustomField,
    View,
    Webhook,
}

pub(crate) struct World {
    pub(crate) app: TestApp,
    team: TeamId,
    teammate: User,
    stranger: User,
    callers: Vec<(Caller, User)>,
    numbers: AtomicU32,
}

impl World {
    pub(crate) async fn new() -> Self {
        let app = app_as_held().await;
        // Some Admin who is always there, so that no case is about the last one.
        app.user(Role::Admin).await;
        let team = app
            .crm
            .teams()
            .create(&SYSTEM, "North".parse().unwrap())
            .await
            .unwrap()
            .id;
        let teammate = app.user(Role::Agent).await;
        let stranger = app.user(Role::Agent).await;
        let mut callers = Vec::new();
        for caller in Caller::ALL {
            let role = match caller {
                Caller::Manager => Role::Manager,
                Caller::Agent => Role::Agent,
                Caller::ReadOnly => Role::ReadOnly,
                Caller::Admin | Caller::Demoted | Caller::NarrowKey => Role::Admin,
            };
            callers.push((caller, app.user(role).await));
        }
        let world = Self {
            app,
            team,
            teammate,
            stranger,
            callers,
            numbers: AtomicU32::new(0),
        };
        world.join(world.teammate.id).await;
        for (_, user) in &world.callers {
            world.join(user.id).await;
        }
        world
    }

    async fn join(&self, user: UserId) {
        let edit = UserEdit {
            teams: Some(vec![self.team]),
            ..UserEdit::default()
        };
        self.app
            .crm
            .users()
            .edit(&SYSTEM, user, edit)
            .await
            .unwrap();
    }

    /// Some user.
    pub(crate) fn somebody(&self) -> UserId {
        self.stranger.id
    }

    pub(crate) fn unique_name(&self) -> String {
        format!("name{}", self.numbers.fetch_add(1, Ordering::Relaxed))
    }

    fn user(&self, caller: Caller) -> &User {
        let found = self.callers.iter().find(|(known, _)| *known == caller);
        &found.unwrap().1
    }

    /// A client of this caller's, newly signed in.
    pub(crate) async fn client(&self, caller: Caller) -> Client<'_> {
        let user = self.user(caller).clone();
        let id = user.id;
        match caller {
            Caller::NarrowKey => {
                let token = self.key(id).await.1;
                self.app.anonymous().with_token(&token)
            }
            Caller::Demoted => {
                self.set_roles(id, &[Role::Admin]).await;
                let client = self.app.sign_in(user).await;
                self.set_roles(id, &[]).await;
                client
            }
            _ => self.app.sign_in(user).await,
        }
    }

    async fn set_roles(&self, user: UserId, roles: &[Role]) {
        let edit = UserEdit {
            roles: Some(roles.iter().map(|role| role.id()).collect()),
            ..UserEdit::default()
        };
        self.app
            .crm
            .users()
            .edit(&SYSTEM, user, edit)
            .await
            .unwrap();
    }

    async fn key(&self, owner: UserId) -> (String, String) {
        let new = NewApiKey {
            owner: Some(owner),
            name: "Key".parse().unwrap(),
            scopes: [crm_testing::permission("lead:read")].into(),
            expires_at: None,
        };
        let issued = self.app.crm.api_keys().create(&SYSTEM, new).await.unwrap();
        (issued.key.id.to_string(), issued.token)
    }

    /// The id of a new record; `None` when there is no such record of this kind.
    pub(crate) async fn record(
        &self,
        kind: Kind,
        caller: Caller,
        subject: Subject,
    ) -> Option<String> {
        let owner = match subject {
            Subject::Own | Subject::OwnArchived => self.user(caller).id,
            Subject::Teammates => self.teammate.id,
            Subject::Strangers | Subject::StrangersArchived => self.stranger.id,
            Subject::Missing => return (kind != Kind::None).then(|| MISSING.to_owned()),
        };
        let is_archived = matches!(subject, Subject::OwnArchived | Subject::StrangersArchived);
        match kind {
            Kind::Lead => Some(self.lead(owner, is_archived).await),
            Kind::Customer => Some(self.customer(owner, is_archived).await),
            Kind::Task => Some(self.task(owner, is_archived).await),
            // Only these are archived.
            _ if is_archived => None,
            // What belongs to the workspace is once there, and nobody's own.
            Kind::None => (subject == Subject::Own).then(String::new),
            Kind::User => (subject == Subject::Strangers)
                .then_some(())
                .map(|()| self.stranger.id.to_string()),
            Kind::Team if subject == Subject::Strangers => Some(self.new_team().await),
            Kind::Role if subject == Subject::Strangers => Some(self.new_role().await),
            Kind::Job if subject == Subject::Strangers => Some(self.dead_job().await),
            Kind::AssignmentRule if subject == Subject::Strangers => {
                Some(self.new_assignment_rule().await)
            }
            Kind::CustomField if subject == Subject::Strangers => Some(self.new_field().await),
            Kind::Team | Kind::Role | Kind::Job | Kind::AssignmentRule | Kind::CustomField => None,
            // The caller of a demoted user's has no scope left to make a key with.
            Kind::ApiKey if caller == Caller::Demoted && subject == Subject::Own => None,
            Kind::ApiKey => Some(self.key(owner).await.0),
            Kind::Session => Some(self.session(owner).await),
            // Nobody makes views of lists that they may not read.
            Kind::View if caller == Caller::Demoted && subject == Subject::Own => None,
            Kind::View => Some(self.view(owner, subject == Subject::Teammates).await),
            Kind::Import => Some(self.import(owner).await),
            Kind::Webhook => Some(self.webhook(owner).await),
        }
    }

    async fn lead(&self, owner: UserId, is_archived: bool) -> String {
        let new = NewLead {
            phone: Some("+49 30 1234567".parse().unwrap()),
            assigned_agent: Some(owner),
            ..NewLead::named(self.unique_name().parse().unwrap())
        };
        let leads = self.app.crm.leads();
        let made = leads
            .create(&SYSTEM, new, OnDuplicate::Create)
            .await
            .unwrap();
        let id = made.lead.id;
        if is_archived {
            leads.archive(&SYSTEM, id, None).await.unwrap();
        }
        id.to_string()
    }

    async fn customer(&self, owner: UserId, is_archived: bool) -> String {
        let new = NewCustomer {
            owner: Some(owner),
            ..NewCustomer::named(self.unique_name().parse().unwrap())
        };
        let customers = self.app.crm.customers();
        let made = customers
            .create(&SYSTEM, new, OnDuplicate::Create)
            .await
            .unwrap();
        let id = made.customer.id;
        if is_archived {
            customers.archive(&SYSTEM, id, None).await.unwrap();
        }
        id.to_string()
    }

    async fn task(&self, owner: UserId, is_archived: bool) -> String {
        let new = NewTask {
            assigned_to: Some(owner),
            ..NewTask::titled(self.unique_name().parse().unwrap())
        };
        let tasks = self.app.crm.tasks();
        let id = tasks.create(&SYSTEM, new).await.unwrap().task.id;
        if is_archived {
            tasks.archive(&SYSTEM, id, None).await.unwrap();
        }
        id.to_string()
    }

    /// The path of an operation on the record `id`. A record within it is one that the program itself made.
    pub(crate) async fn path(&self, operation: &Operation, id: &str) -> String {
        let path = operation.template.replace("{id}", id);
        if operation.id == "listTags" {
            return format!("{path}?resource=lead");
        }
        // A webhook's one delivery has its id.
        let path = path.replace("{deliveryId}", id);
        if path.contains("{number}") {
            self.tell_everybody().await;
            return path.replace("{number}", "1");
        }
        if !path.contains("{noteId}") {
            return path;
        }
        let customer = id.parse().unwrap();
        let customers = self.app.crm.customers();
        let text = "A note".parse().unwrap();
        // There is none on a customer who is archived or missing.
        let note = customers.add_note(&SYSTEM, customer, text).await;
        let note = note.map_or_else(|_| MISSING.to_owned(), |made| made.note.id.to_string());
        path.replace("{noteId}", &note)
    }

    /// Behind the back of the product: its owner need not be one who may import any more.
    async fn import(&self, owner: UserId) -> String {
        let made = format!(
            "insert into imports (id, kind, state, column_names, mapping, mode, match_by, on_duplicate, rows, position,
                 created, updated, unchanged, skipped, failed, reverted, kept, owner_id, created_at, updated_at)
             values (gen_random_uuid(), 'lead', 'ready', '{{name,phone}}', '{{name,phone}}', 'create', 'emailId', 'skip', 1, 0,
                 0, 0, 0, 0, 0, 0, 0, '{owner}', now(), now());
             insert into import_rows (import_id, number, line, cells)
             select id, 1, 2, '[\"Ada\", \"12345\"]' from imports
             where not exists (select from import_rows where import_id = imports.id)"
        );
        self.app.database().execute(&made).await;
        let newest = "select import_id from import_rows order by xmin::text::bigint desc limit 1";
        let rows = self.app.database().rows(newest).await;
        rows[0]["import_id"].as_str().unwrap().to_owned()
    }

    /// Behind the back of the product, as imports are, with something that it was told.
    async fn webhook(&self, owner: UserId) -> String {
        let name = self.unique_name();
        let made = format!(
            "insert into notifications_webhooks (id, name, url, event_types, owner_id, secret, key_id, version, created_at, updated_at)
             values (gen_random_uuid(), '{name}', 'https://example.org/', '{{lead.created}}', '{owner}', '', '', 1, now(), now());
             insert into notifications_deliveries (id, webhook_id, event_id, event_type, state, round, tries, created_at)
             select id, id, id, 'lead.created', 'delivered', 0, 1, now() from notifications_webhooks where name = '{name}'"
        );
        self.app.database().execute(&made).await;
        let query = format!("select id from notifications_webhooks where name = '{name}'");
        let rows = self.app.database().rows(&query).await;
        rows[0]["id"].as_str().unwrap().to_owned()
    }

    /// Gives everybody a notice, their first.
    async fn tell_everybody(&self) {
        let told = "insert into notifications_notices (user_id, number, kind, event_id, is_shown, created_at)
                    select id, 1, 'assigned', id, true, now() from users on conflict do nothing";
        self.app.database().execute(told).await;
    }

    async fn view(&self, owner: UserId, is_shared: bool) -> String {
        let new = NewView {
            resource: Viewed::Lead,
            name: self.unique_name().parse().unwrap(),
            filter: ViewFilter::default(),
            sort: None,
            columns: vec![],
            is_shared: false,
        };
        let views = self.app.crm.views();
        let made = views.create(&Actor::user(owner), new).await.unwrap();
        let id = made.view.id;
        if is_shared {
            // As by somebody who could share it then.
            let share = format!("update saved_views set is_shared = true where id = '{id}'");
            self.app.database().execute(&share).await;
        }
        id.to_string()
    }

    async fn new_team(&self) -> String {
        let name = self.unique_name().parse().unwrap();
        let team = self.app.crm.teams().create(&SYSTEM, name).await.unwrap();
        team.id.to_string()
    }

    async fn new_role(&self) -> String {
        let content = RoleContent {
            name: self.unique_name().parse().unwrap(),
            description: None,
            inherits: vec![],
            grants: [].into(),
            demands_second_factor: false,
        };
        let role = self.app.crm.roles().create(&SYSTEM, content).await.unwrap();
        role.id.to_string()
    }

    async fn dead_job(&self) -> String {
        let name = self.unique_name();
        let insert = format!(
            "insert into jobs (id, name, payload, state, run_at, attempts, max_attempts, created_at, died_at)
             values (gen_random_uuid(), '{name}', 'null', 'dead', now(), 1, 1, now(), now())"
        );
        self.app.database().execute(&insert).await;
        let query = format!("select id from jobs where name = '{name}'");
        let rows = self.app.database().rows(&query).await;
        rows[0]["id"].as_str().unwrap().to_owned()
    }

    async fn new_assignment_rule(&self) -> String {
        let content = RuleContent {
            name: self.unique_name().parse().unwrap(),
            is_active: true,
            conditions: Conditions::default(),
            strategy: Strategy::RoundRobin,
            assignees: Assignees::Users(vec![self.stranger.id]),
        };
        let rules = self.app.crm.assignment_rules();
        let rule = rules.create(&SYSTEM, content, None).await.unwrap();
        rule.id.to_string()
    }

    async fn new_field(&self) -> String {
        let name = self.unique_name();
        let new = NewField {
            resource: FieldResource::Task,
            key: name.parse().unwrap(),
            label: name.parse().unwrap(),
            field_type: FieldType::Bool,
            is_required: false,
            position: None,
        };
        let fields = self.app.crm.custom_fields();
        fields.create(&SYSTEM, new).await.unwrap().id.to_string()
    }

    async fn session(&self, owner: UserId) -> String {
        let user = if owner == self.stranger.id {
            self.stranger.clone()
        } else if owner == self.teammate.id {
            self.teammate.clone()
        } else {
            let found = self.callers.iter().find(|(_, user)| user.id == owner);
            found.unwrap().1.clone()
        };
        // A user who was disabled in a case before signs in again in the next one.
        self.app.crm.users().enable(&SYSTEM, owner).await.unwrap();
        self.app.sign_in(user).await;
        let query = format!(
            "select id from sessions where user_id = '{owner}' and revoked_at is null order by id desc limit 1"
        );
        let rows = self.app.database().rows(&query).await;
        rows[0]["id"].as_str().unwrap().to_owned()
    }
}

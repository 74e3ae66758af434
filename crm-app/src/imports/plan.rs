//! What is to become of each row of a chunk, before anything is written.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use crm_authz::Scope;
use crm_domain::activity::Actor;
use crm_domain::custom_field::{CustomEdit, FieldSet, FieldValue, Link};
use crm_domain::ids::UserId;
use crm_domain::import::{
    Assignee, Draft, DuplicatePolicy, Import, ImportMode, ImportRow, MatchBy, Outcome,
};
use crm_domain::permission::Action;
use crm_domain::text::Email;
use crm_storage::imports::StoredOutcome;
use crm_storage::{imports as storage, users};
use diesel_async::AsyncPgConnection;

use super::brought::{Brought, key_of, key_of_draft};
use crate::crm::Crm;
use crate::error::{Error, Result};

/// What is to become of a row.
pub(super) enum Plan<R> {
    Create(R),
    Update {
        before: R,
        after: R,
    },
    /// It would change what an earlier row of the file would make.
    UpdateOfEarlier,
    Unchanged,
    Skip(String),
    Fail(String),
}

impl<R: Brought> Plan<R> {
    pub(super) fn outcome(&self, number: i32) -> StoredOutcome {
        let (outcome, reason, record) = match self {
            Self::Create(record) => (Outcome::Created, None, Some(record)),
            Self::Update { after, .. } => (Outcome::Updated, None, Some(after)),
            Self::UpdateOfEarlier => (Outcome::Updated, None, None),
            Self::Unchanged => (Outcome::Unchanged, None, None),
            Self::Skip(reason) => (Outcome::Skipped, Some(reason.clone()), None),
            Self::Fail(reason) => (Outcome::Failed, Some(reason.clone()), None),
        };
        let email_key = match self {
            Self::Create(record) => record.email().map(Email::key),
            _ => None,
        };
        StoredOutcome {
            number,
            outcome,
            reason,
            email_key,
            record: record.map(Brought::uuid),
            version: record.map(R::version),
            changes: None,
        }
    }
}

/// A row as it was read.
pub(super) type Read = (ImportRow, Result<Draft, String>);

/// What the actor may do with records of this kind.
pub(super) struct Rights<R> {
    read: Option<Scope<R>>,
    pub(super) update: Option<Scope<R>>,
    may_create: bool,
    may_assign: bool,
}

impl<R: Brought> Rights<R> {
    /// Refuses an actor who may not import at all.
    pub(super) async fn of(crm: &Crm, actor: &Actor) -> Result<Self> {
        let access = crm.access().await?;
        access.scope::<R>(actor, Action::Import)?;
        Ok(Self {
            read: access.scope(actor, Action::Read).ok(),
            update: access.scope(actor, Action::Update).ok(),
            may_create: access.scope::<R>(actor, Action::Create).is_ok(),
            may_assign: access.scope::<R>(actor, Action::Assign).is_ok(),
        })
    }
}

/// Plans a chunk.
pub(super) struct Planner<'a, R> {
    crm: &'a Crm,
    actor: &'a Actor,
    import: &'a Import,
    fields: &'a FieldSet,
    pub(super) now: DateTime<Utc>,
    rights: &'a Rights<R>,
    users: HashMap<Assignee, UserId>,
    /// The records that rows link to, as far as the actor may read them.
    links: HashSet<Link>,
    matched: HashMap<String, Vec<R>>,
    /// The e-mail keys of records at hand, and of those that this chunk makes.
    taken: HashSet<String>,
    /// The e-mail keys of those that earlier rows would make, when nothing is written.
    earlier: HashSet<String>,
}

impl<'a, R: Brought> Planner<'a, R> {
    /// Looks up all that the rows need: one query each, however many rows there are. Takes the locks under which the plan
    /// holds, in an order that is the same for all.
    pub(super) async fn new(
        conn: &mut AsyncPgConnection,
        (crm, actor, rights): (&'a Crm, &'a Actor, &'a Rights<R>),
        (import, fields): (&'a Import, &'a FieldSet),
        rows: &[Read],
        is_check: bool,
    ) -> Result<Self> {
        let drafts = || rows.iter().filter_map(|(_, draft)| draft.as_ref().ok());
        let by = import.options.match_by;
        let emails: Vec<_> = drafts()
            .filter_map(|draft| draft.email.as_ref().map(Email::key))
            .collect();
        let mut earlier = HashSet::new();
        if is_check {
            let until = import.position;
            earlier.extend(storage::created_emails(conn, import.id, until, &emails).await?);
        } else {
            R::lock_emails(conn, &emails).await?;
        }
        let mut matched: HashMap<String, Vec<R>> = HashMap::new();
        if let (ImportMode::Update | ImportMode::Both, Some(read)) =
            (import.options.mode, &rights.read)
        {
            let keys: Vec<_> = drafts()
                .filter_map(|draft| key_of_draft(draft, by))
                .collect();
            for record in R::lock_by_key(conn, by, &keys, read).await? {
                if let Some(key) = key_of(&record, by) {
                    matched.entry(key).or_default().push(record);
                }
            }
        }
        let mut taken = R::taken_emails(conn, &emails).await?;
        taken.extend(earlier.iter().cloned());
        let users = assignees(conn, drafts()).await?;
        let links = crm.readable_links(conn, actor, links(drafts())).await?;
        Ok(Self {
            crm,
            actor,
            import,
            fields,
            // Only now: whoever waited for the locks acts after the one who held them.
            now: crm.now(),
            rights,
            users,
            links,
            matched,
            taken,
            earlier,
        })
    }

    pub(super) fn plan(&mut self, draft: Result<Draft, String>) -> Result<Plan<R>> {
        let draft = match draft {
            Ok(draft) => draft,
            Err(reason) => return Ok(Plan::Fail(reason)),
        };
        let options = &self.import.options;
        let is_both = options.mode == ImportMode::Both;
        let key = match options.mode {
            ImportMode::Create => return self.make(draft),
            ImportMode::Update | ImportMode::Both => key_of_draft(&draft, options.match_by),
        };
        let Some(key) = key else {
            let reason = format!("has no {} to match by", options.match_by);
            return if is_both {
                self.make(draft)
            } else {
                Ok(Plan::Skip(reason))
            };
        };
        let mut matched = self.matched.remove(&key).unwrap_or_default();
        match (matched.pop(), matched.is_empty()) {
            (Some(record), true) => self.change(record, draft),
            (Some(_), false) => Ok(Plan::Fail("matches several records".to_owned())),
            (None, _) if !is_both => Ok(Plan::Skip("matches no record".to_owned())),
            (None, _) if options.match_by == MatchBy::Id => {
                Ok(Plan::Fail("there is no record with this id".to_owned()))
            }
            (None, _) if options.match_by == MatchBy::Email && self.earlier.contains(&key) => {
                Ok(Plan::UpdateOfEarlier)
            }
            (None, _) => self.make(draft),
        }
    }

    fn make(&mut self, draft: Draft) -> Result<Plan<R>> {
        if !self.rights.may_create {
            return Ok(Plan::Fail(format!("you may make no {}", R::RESOURCE)));
        }
        let key = draft.email.as_ref().map(Email::key);
        if key.as_ref().is_some_and(|key| self.taken.contains(key)) {
            let reason = format!("a {} with this e-mail address exists already", R::RESOURCE);
            match self.import.options.on_duplicate {
                DuplicatePolicy::Skip => return Ok(Plan::Skip(reason)),
                DuplicatePolicy::Fail => return Ok(Plan::Fail(reason)),
                DuplicatePolicy::Create => {}
            }
        }
        let (draft, assignee) = match self.settled(draft, None) {
            Ok(settled) => settled,
            Err(reason) => return Ok(Plan::Fail(reason)),
        };
        let random = self.crm.random()?;
        let made = R::made(random, draft, assignee, self.actor.user_id(), self.now);
        Ok(match refusal(made)? {
            Ok(record) => {
                self.taken.extend(key);
                Plan::Create(record)
            }
            Err(reason) => Plan::Fail(reason),
        })
    }

    fn change(&self, before: R, draft: Draft) -> Result<Plan<R>> {
        let scope = self.rights.update.as_ref();
        if !scope.is_some_and(|scope| scope.reaches(&before)) {
            return Ok(Plan::Fail(format!(
                "you may not change this {}",
                R::RESOURCE
            )));
        }
        let (draft, assignee) = match self.settled(draft, Some(&before)) {
            Ok(settled) => settled,
            Err(reason) => return Ok(Plan::Fail(reason)),
        };
        Ok(
            match refusal(before.clone().changed(draft, assignee, self.now))? {
                Ok(after) if after.version() == before.version() => Plan::Unchanged,
                Ok(after) => Plan::Update { before, after },
                Err(reason) => Plan::Fail(reason),
            },
        )
    }

    /// The row with its custom values as they are stored, and whose the record is to be, if that is to change.
    fn settled(
        &self,
        mut draft: Draft,
        before: Option<&R>,
    ) -> Result<(Draft, Option<UserId>), String> {
        let edit = match before {
            None => self.fields.check_new(&draft.custom).map(CustomEdit::from),
            Some(record) => {
                let edit = CustomEdit::from(draft.custom);
                self.fields.check_edit(&edit, record.custom())
            }
        };
        let edit = edit.map_err(|wrong| wrong.to_string())?;
        if let Some((path, _)) = FieldSet::links(&edit).find(|(_, link)| !self.links.contains(link))
        {
            return Err(format!("{path}: is not a record that you can see"));
        }
        draft.custom = edit.into_values();
        let assignee = self.assignee(&draft, before.and_then(R::assignee))?;
        Ok((draft, assignee))
    }

    /// Whose the record is to be, if that is to change: an active user, and the actor, unless it may give to others.
    fn assignee(&self, draft: &Draft, present: Option<UserId>) -> Result<Option<UserId>, String> {
        let Some(named) = &draft.assignee else {
            return Ok(None);
        };
        let user = match named {
            Assignee::Id(id) if Some(*id) == present => return Ok(None),
            named => self.users.get(named).copied(),
        };
        let user = user.ok_or("the user that it is given to is not an active one")?;
        if Some(user) == present {
            return Ok(None);
        }
        if self.actor.user_id() == Some(user) || self.rights.may_assign {
            return Ok(Some(user));
        }
        Err(format!("you may give no {} to others", R::RESOURCE))
    }
}

/// The active users that rows name, locked, so that they are not disabled before the records are theirs.
async fn assignees(
    conn: &mut AsyncPgConnection,
    drafts: impl Iterator<Item = &Draft>,
) -> Result<HashMap<Assignee, UserId>> {
    let (mut ids, mut emails) = (HashSet::new(), HashSet::new());
    for assignee in drafts.filter_map(|draft| draft.assignee.as_ref()) {
        match assignee {
            Assignee::Id(id) => drop(ids.insert(id.uuid())),
            Assignee::Email(key) => drop(emails.insert(key.clone())),
        }
    }
    if ids.is_empty() && emails.is_empty() {
        return Ok(HashMap::new());
    }
    let (ids, emails): (Vec<_>, Vec<_>) = (ids.into_iter().collect(), emails.into_iter().collect());
    let found = users::lock_active(conn, &ids, &emails).await?;
    let names = found
        .into_iter()
        .flat_map(|(id, key)| [(Assignee::Id(id), id), (Assignee::Email(key), id)]);
    Ok(names.collect())
}

/// The records that rows link to.
fn links<'a>(drafts: impl Iterator<Item = &'a Draft>) -> Vec<Link> {
    let values = drafts.flat_map(|draft| draft.custom.iter());
    let links = values.filter_map(|(_, value)| match value {
        FieldValue::Link(link) => Some(*link),
        _ => None,
    });
    links.collect()
}

/// What is wrong with the row, told to who imports; what is wrong with us is an error.
fn refusal<T>(result: Result<T>) -> Result<Result<T, String>> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(error @ (Error::Invalid(_) | Error::Lead(_) | Error::Archived(_))) => {
            Ok(Err(match error {
                Error::Invalid(violations) => violations.to_string(),
                other => other.to_string(),
            }))
        }
        Err(error) => Err(error),
    }
}

/// The first rows, up to one that matches by what an earlier of them does: what that does to the record must be written
/// before.
pub(super) fn without_repeats<T>(rows: Vec<T>, key: impl Fn(&T) -> Option<String>) -> Vec<T> {
    let mut seen = HashSet::new();
    rows.into_iter()
        .take_while(|row| key(row).is_none_or(|key| seen.insert(key)))
        .collect()
}

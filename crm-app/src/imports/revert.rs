//! Taking a chunk of rows back, the last one first.

use std::collections::{HashMap, HashSet};
use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use crm_authz::Scope;
use crm_domain::activity::{Actor, Changes};
use crm_domain::import::{Import, ImportKind, ImportReverted, MatchBy, Outcome};
use crm_domain::permission::Action;
use crm_domain::task::RelatedKind;
use crm_storage::imports::{self as storage, DoneRow, StoredOutcome};
use crm_storage::tasks;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::actor_of;
use super::brought::Brought;
use super::plan::without_repeats;
use crate::crm::Crm;
use crate::error::{Error, Result};

/// What the actor may do to take rows back.
struct Rights<R> {
    read: Scope<R>,
    update: Option<Scope<R>>,
    delete: Option<Scope<R>>,
}

impl<R: Brought> Rights<R> {
    async fn of(crm: &Crm, actor: &Actor) -> Result<Self> {
        let access = crm.access().await?;
        access.scope::<R>(actor, Action::Import)?;
        Ok(Self {
            read: access.scope(actor, Action::Read)?,
            update: access.scope(actor, Action::Update).ok(),
            delete: access.scope(actor, Action::Delete).ok(),
        })
    }
}

/// The row that is taken back next.
pub(super) const fn before(import: &Import) -> i32 {
    import
        .rows
        .saturating_sub(import.position)
        .saturating_add(1)
}

/// Takes the next rows of an import that is locked back: at most so many.
pub(super) async fn step<R: Brought>(
    crm: &Crm,
    conn: &mut AsyncPgConnection,
    mut import: Import,
    size: i64,
) -> Result<Import> {
    let actor = actor_of(&import);
    let rights = Rights::<R>::of(crm, &actor).await?;
    let rows = storage::done_rows(conn, import.id, before(&import), size).await?;
    let rows = without_repeats(rows, |row| Some(row.record.to_string()));
    let first = rows.last().map(|row| row.number);
    let keys: Vec<_> = rows.iter().map(|row| row.record.to_string()).collect();
    let found = R::lock_by_key(conn, MatchBy::Id, &keys, &rights.read).await?;
    let found: HashMap<_, _> = found
        .into_iter()
        .map(|record| (record.uuid(), record))
        .collect();
    let now = crm.now();
    let used = used(conn, import.kind, &rows).await?;
    let mut undo = Undo::new(rights, found, used, now);
    let outcomes: Vec<_> = rows.iter().map(|row| undo.plan(row)).collect();
    undo.carry_out(conn, (crm, &actor), &import).await?;
    for outcome in &outcomes {
        import.counts.add(outcome.outcome);
    }
    storage::store_outcomes(conn, import.id, &outcomes).await?;
    import.position = first.map_or(import.rows, |first| import.rows - first + 1);
    import.updated_at = now;
    if first.is_none() {
        import.state = import.state.done();
        let reverted = ImportReverted::<R> {
            import_id: import.id,
            rows: import.rows,
            counts: import.counts,
            kind: PhantomData,
        };
        crm.emit(conn, &actor, now, &reverted).await?;
    }
    Ok(import)
}

/// The records that tasks are about: there is no foreign key to keep them.
async fn used(
    conn: &mut AsyncPgConnection,
    kind: ImportKind,
    rows: &[DoneRow],
) -> Result<HashSet<Uuid>> {
    let kind = match kind {
        ImportKind::Lead => RelatedKind::Lead,
        ImportKind::Customer => RelatedKind::Customer,
    };
    let ids: Vec<_> = rows.iter().map(|row| row.record).collect();
    Ok(tasks::related(conn, kind, &ids)
        .await?
        .into_iter()
        .collect())
}

struct Undo<R> {
    rights: Rights<R>,
    found: HashMap<Uuid, R>,
    used: HashSet<Uuid>,
    now: DateTime<Utc>,
    gone: Vec<R>,
    back: Vec<(R, R)>,
}

impl<R: Brought> Undo<R> {
    fn new(
        rights: Rights<R>,
        found: HashMap<Uuid, R>,
        used: HashSet<Uuid>,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            rights,
            found,
            used,
            now,
            gone: Vec::new(),
            back: Vec::new(),
        }
    }

    fn plan(&mut self, row: &DoneRow) -> StoredOutcome {
        let (number, record) = (row.number, row.record);
        let refused = self.take_back(row).err();
        StoredOutcome {
            number,
            outcome: if refused.is_some() {
                Outcome::Kept
            } else {
                Outcome::Reverted
            },
            reason: refused,
            email_key: None,
            record: Some(record),
            version: None,
            changes: None,
        }
    }

    fn take_back(&mut self, row: &DoneRow) -> Result<(), String> {
        let record = self.found.remove(&row.record);
        let record = record.ok_or("is not there any more, or you may not see it")?;
        if record.version() != row.version {
            return Err("was changed since".to_owned());
        }
        let may =
            |scope: &Option<Scope<R>>| scope.as_ref().is_some_and(|scope| scope.reaches(&record));
        if row.is_created {
            if !may(&self.rights.delete) {
                return Err(format!("you may not delete this {}", R::RESOURCE));
            }
            if self.used.contains(&row.record) {
                return Err("there are tasks about it".to_owned());
            }
            self.gone.push(record);
            return Ok(());
        }
        if !may(&self.rights.update) {
            return Err(format!("you may not change this {}", R::RESOURCE));
        }
        let back = record.clone().undone(&row.changes, self.now);
        let back = back.map_err(|error| error.to_string())?;
        if back.version() != record.version() {
            self.back.push((record, back));
        }
        Ok(())
    }

    async fn carry_out(
        self,
        conn: &mut AsyncPgConnection,
        (crm, actor): (&Crm, &Actor),
        import: &Import,
    ) -> Result<()> {
        let Self {
            rights,
            gone,
            back,
            now,
            ..
        } = self;
        if let Some(scope) = rights.delete.as_ref().filter(|_| !gone.is_empty()) {
            let ids: Vec<_> = gone.iter().map(Brought::uuid).collect();
            if R::delete_all(conn, &ids, scope).await? != ids.len() {
                return Err(Error::internal("a record changed under its lock"));
            }
        }
        let gone: Vec<_> = gone.iter().map(Brought::deleted).collect();
        crm.emit_all(conn, actor, now, &gone).await?;
        let (mut edits, mut versions) = (Vec::new(), Vec::new());
        for (record, back) in &back {
            let scope = rights.update.as_ref();
            let scope = scope.ok_or_else(|| Error::internal("planned without the right to it"))?;
            if !back.update(conn, scope).await? {
                return Err(Error::internal("a record changed under its lock"));
            }
            edits.push(back.edited(Changes::between(record.fields(), back.fields())));
            // An earlier row of this import left the version before.
            versions.push((record.uuid(), record.version() - 1, back.version()));
        }
        crm.emit_all(conn, actor, now, &edits).await?;
        Ok(storage::set_versions(conn, import.id, &versions).await?)
    }
}

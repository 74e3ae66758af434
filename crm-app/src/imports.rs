//! Bringing many records in, from a table that somebody uploads.
//!
//! The table is taken apart as it arrives and waits in the database, where every server finds it. Then it is made into
//! records by chunks: each is one transaction with its records, their activities and events, and how far the import
//! has come. So a crash loses nothing and doubles nothing: whoever goes on begins where the last commit ended.

mod advance;
mod brought;
mod plan;
mod revert;
mod run;
mod table;
mod upload;

#[cfg(fuzzing)]
pub use table::fuzz as fuzz_table;
pub use upload::{TableOptions, Upload};

use std::sync::Arc;

use crm_domain::activity::{Actor, Who};
use crm_domain::custom_field::FieldSet;
use crm_domain::ids::{ImportId, UserId};
use crm_domain::import::{
    DuplicatePolicy, Import, ImportKind, ImportMode, ImportState, ImportTarget, MatchBy,
};
use crm_domain::permission::{Action, Permission};
use crm_domain::violation::Violations;
use crm_storage::{custom_fields, imports as storage};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use tokio::sync::{Notify, Semaphore};

pub use crm_storage::imports::WrongRow;

use crate::crm::Crm;
use crate::error::{Error, Result};
use crate::write;

/// The largest file that is taken, unless the settings say otherwise: 200 MiB.
pub const MAX_BYTES: u64 = 200 << 20;

/// The most imports that a user keeps.
pub const MAX_IMPORTS: i64 = 100;

/// How many files are taken in at once by one server.
const MAX_UPLOADS: usize = 4;

/// What a server holds for all imports.
pub(crate) struct Workshop {
    max_bytes: u64,
    uploads: Arc<Semaphore>,
    /// Says that there is something to do.
    work: Notify,
}

impl Workshop {
    pub(crate) fn new(max_bytes: u64) -> Self {
        Self {
            max_bytes,
            uploads: Arc::new(Semaphore::new(MAX_UPLOADS)),
            work: Notify::new(),
        }
    }
}

/// What is done with imports. See [`Crm::imports`].
#[derive(Clone, Copy)]
pub struct Imports<'a>(pub(crate) &'a Crm);

/// Other options; what is `None` stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportEdit {
    /// What the columns of these names hold. Those that are not named keep what they hold.
    pub mapping: Option<Vec<(String, Option<ImportTarget>)>>,
    /// Whether rows make records or change them.
    pub mode: Option<ImportMode>,
    /// By what they match a record.
    pub match_by: Option<MatchBy>,
    /// What becomes of one that would make a duplicate.
    pub on_duplicate: Option<DuplicatePolicy>,
}

impl Imports<'_> {
    /// The actor's imports, the newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn list(&self, actor: &Actor) -> Result<Vec<Import>> {
        let owner = self.check_may_import(actor).await?;
        let mut conn = self.0.connection().await?;
        Ok(storage::list(&mut conn, owner, MAX_IMPORTS).await?)
    }

    /// An import of the actor's.
    ///
    /// # Errors
    /// [`Error::Forbidden`] or [`Error::ImportNotFound`].
    pub async fn get(&self, actor: &Actor, id: ImportId) -> Result<Import> {
        let owner = self.check_may_import(actor).await?;
        let mut conn = self.0.connection().await?;
        let import = storage::find(&mut conn, id, owner).await?;
        let import = import.ok_or(Error::ImportNotFound)?;
        self.check_may_import_kind(actor, import.kind).await?;
        Ok(import)
    }

    /// Rows after this one that did nothing and should have, in the order of the file.
    ///
    /// # Errors
    /// As [`Imports::get`].
    pub async fn wrong_rows(
        &self,
        actor: &Actor,
        id: ImportId,
        after: i32,
        limit: i32,
    ) -> Result<Vec<WrongRow>> {
        let import = self.get(actor, id).await?;
        let until = match import.state {
            // What stands behind is of an earlier check.
            ImportState::Checking | ImportState::Running => import.position,
            _ => import.rows,
        };
        let mut conn = self.0.connection().await?;
        Ok(storage::wrong_rows(&mut conn, id, (after, until), limit).await?)
    }

    /// Says how rows are made into records.
    ///
    /// # Errors
    /// As [`Imports::get`], [`Error::ImportState`] once it runs, or [`Error::Invalid`].
    pub async fn configure(&self, actor: &Actor, id: ImportId, edit: ImportEdit) -> Result<Import> {
        let fields = self.fields(actor, id).await?;
        write!(self.0, |conn| self.change(
            conn,
            actor,
            id,
            &[ImportState::Ready, ImportState::Checked],
            |import| configured(import, &edit, &fields)
        ))
    }

    /// Begins to check every row. Nothing is made.
    ///
    /// # Errors
    /// As [`Imports::configure`].
    pub async fn check(&self, actor: &Actor, id: ImportId) -> Result<Import> {
        let from = [ImportState::Ready, ImportState::Checked];
        self.begin_state(actor, id, &from, ImportState::Checking)
            .await
    }

    /// Begins to make rows into records.
    ///
    /// # Errors
    /// As [`Imports::configure`].
    pub async fn run(&self, actor: &Actor, id: ImportId) -> Result<Import> {
        let from = [ImportState::Ready, ImportState::Checked];
        self.begin_state(actor, id, &from, ImportState::Running)
            .await
    }

    /// Begins to take back what the import did, as far as nobody changed it since.
    ///
    /// # Errors
    /// As [`Imports::configure`].
    pub async fn revert(&self, actor: &Actor, id: ImportId) -> Result<Import> {
        let from = [ImportState::Finished, ImportState::Failed];
        self.begin_state(actor, id, &from, ImportState::Reverting)
            .await
    }

    /// Deletes an import that is not being worked on, with its rows. What it made stays.
    ///
    /// # Errors
    /// As [`Imports::configure`].
    pub async fn delete(&self, actor: &Actor, id: ImportId) -> Result<()> {
        let import = self.get(actor, id).await?;
        if import.state.is_active() {
            return Err(Error::ImportState(import.state));
        }
        let mut conn = self.0.connection().await?;
        Ok(storage::delete(&mut conn, id, import.owner).await?)
    }

    /// The custom fields of the records that an import of the actor's makes.
    async fn fields(&self, actor: &Actor, id: ImportId) -> Result<FieldSet> {
        let kind = self.get(actor, id).await?.kind;
        let mut conn = self.0.connection().await?;
        Ok(custom_fields::set(&mut conn, kind.field_resource()).await?)
    }

    async fn begin_state(
        &self,
        actor: &Actor,
        id: ImportId,
        from: &[ImportState],
        to: ImportState,
    ) -> Result<Import> {
        let fields = self.fields(actor, id).await?;
        let import = write!(self.0, |conn| self.change(
            conn,
            actor,
            id,
            from,
            |import| {
                if to != ImportState::Reverting {
                    import.options.check(import.kind, &fields)?;
                }
                Ok(import.begin(to, self.0.now()))
            }
        ))?;
        self.0.workshop().work.notify_waiters();
        Ok(import)
    }

    /// Changes an import of the actor's that is in one of these states.
    async fn change(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: ImportId,
        states: &[ImportState],
        change: impl FnOnce(Import) -> Result<Import> + Send,
    ) -> Result<Import> {
        let owner = owner(actor)?;
        conn.transaction(async |conn| {
            let import = storage::lock(conn, id, owner).await?;
            let import = import.ok_or(Error::ImportNotFound)?;
            if !states.contains(&import.state) {
                return Err(Error::ImportState(import.state));
            }
            let mut import = change(import)?;
            // Whatever it does from now on, it does by the rights of who said so.
            import.api_key = actor.api_key();
            if import.state == ImportState::Running {
                self.record_start(conn, actor, &import).await?;
            }
            storage::update(conn, &import).await?;
            Ok(import)
        })
        .await
    }

    /// Refuses who may import nothing; gives whose imports are meant.
    async fn check_may_import(&self, actor: &Actor) -> Result<UserId> {
        let access = self.0.access().await?;
        let may = |kind: &ImportKind| {
            let permission = Permission::new(kind.resource(), Action::Import);
            access.check(actor, permission).is_ok()
        };
        if !ImportKind::ALL.iter().any(may) {
            self.check_may_import_kind(actor, ImportKind::Lead).await?;
        }
        owner(actor)
    }

    async fn check_may_import_kind(&self, actor: &Actor, kind: ImportKind) -> Result<()> {
        let permission = Permission::new(kind.resource(), Action::Import);
        self.0.access().await?.check(actor, permission)?;
        Ok(())
    }
}

/// Whose imports an actor has: those of a user.
fn owner(actor: &Actor) -> Result<UserId> {
    actor
        .user_id()
        .ok_or_else(|| Violations::one("user", "required", "an import belongs to a user").into())
}

/// Who an import acts as.
fn actor_of(import: &Import) -> Actor {
    let who = match import.api_key {
        Some(id) => Who::ApiKey {
            id,
            owner: import.owner,
        },
        None => Who::User(import.owner),
    };
    Actor { who, request: None }
}

fn configured(mut import: Import, edit: &ImportEdit, fields: &FieldSet) -> Result<Import> {
    let ImportEdit {
        mapping,
        mode,
        match_by,
        on_duplicate,
    } = edit;
    let options = &mut import.options;
    for (i, (column, field)) in mapping.iter().flatten().enumerate() {
        let place = import.columns.iter().position(|known| known == column);
        let Some(place) = place.and_then(|place| options.mapping.get_mut(place)) else {
            let message = "the file has no such column";
            return Err(
                Violations::one(&format!("mapping/{i}/column"), "not-found", message).into(),
            );
        };
        *place = *field;
    }
    options.mode = mode.unwrap_or(options.mode);
    options.match_by = match_by.unwrap_or(options.match_by);
    options.on_duplicate = on_duplicate.unwrap_or(options.on_duplicate);
    options.check(import.kind, fields)?;
    // What was found before may not hold any more.
    import.state = ImportState::Ready;
    Ok(import)
}

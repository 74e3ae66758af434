//! Notes on customers: whoever may read the customer reads them, whoever may change the customer writes them, and the
//! author, or whoever may archive every customer, takes them away.

use crm_authz::{Forbidden, Reach};
use crm_domain::activity::{Actor, Changes, Fields};
use crm_domain::customer::{Customer, CustomerNote};
use crm_domain::event::{CustomerNoteAdded, CustomerNoteRemoved};
use crm_domain::ids::{CustomerId, NoteId};
use crm_domain::list::{Listing, PageRequest};
use crm_domain::page::{Position, SortKey};
use crm_domain::permission::{Action, Permission, Resource};
use crm_domain::text::Note;
use crm_storage::customers as storage;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde_json::json;

use super::{Customers, ListedNote};
use crate::error::{Error, Result};
use crate::record::{Held, user_ref};
use crate::write;

impl Customers<'_> {
    /// The notes on a customer, the newest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such customer that the actor may read, or [`Error::InvalidCursor`].
    pub async fn notes(
        &self,
        actor: &Actor,
        id: CustomerId,
        page: &PageRequest,
    ) -> Result<Listing<ListedNote>> {
        let scope = self.0.access().await?.scope(actor, Action::Read)?;
        let binding = format!("notes of {id} {:?}", actor.who);
        let slice = self.0.slice(page, &binding)?;
        let mut conn = self.0.connection().await?;
        storage::find(&mut conn, id, &scope)
            .await?
            .ok_or(Error::NotFound(Resource::CUSTOMER))?;
        let notes = storage::list_notes(&mut conn, id, &slice).await?;
        let position = |listed: &ListedNote| Position {
            key: SortKey::Time(listed.note.created_at),
            id: listed.note.id.uuid(),
        };
        self.0.onward(notes, position, &binding)
    }

    /// Writes a note about a customer.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`] or [`Error::Archived`].
    pub async fn add_note(&self, actor: &Actor, id: CustomerId, text: Note) -> Result<ListedNote> {
        write!(self.0, |conn| self.add_note_in(
            conn,
            actor,
            id,
            text.clone()
        ))
    }

    /// [`Customers::add_note`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Customers::add_note`].
    pub async fn add_note_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: CustomerId,
        text: Note,
    ) -> Result<ListedNote> {
        conn.transaction(async |conn| {
            let held = self.hold_open(conn, actor, id).await?;
            let note = CustomerNote {
                id: NoteId::new(held.now, self.0.random()?),
                customer: id,
                text,
                created_by: actor.user_id(),
                created_at: held.now,
            };
            storage::insert_note(conn, &note).await?;
            let event = CustomerNoteAdded {
                customer_id: id,
                note_id: note.id,
                changes: Changes::created(fields(&note)),
            };
            self.0.emit(conn, actor, held.now, &event).await?;
            let author = user_ref(conn, note.created_by).await?;
            Ok(ListedNote { note, author })
        })
        .await
    }

    /// Takes a note away. Its text stays in the activity log.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`] for somebody else's note, or [`Error::Archived`].
    pub async fn remove_note(&self, actor: &Actor, id: CustomerId, note: NoteId) -> Result<()> {
        write!(self.0, |conn| self.remove_note_in(conn, actor, id, note))
    }

    /// [`Customers::remove_note`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Customers::remove_note`].
    pub async fn remove_note_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: CustomerId,
        note: NoteId,
    ) -> Result<()> {
        conn.transaction(async |conn| {
            let held = self.hold_open(conn, actor, id).await?;
            let note = storage::lock_note(conn, id, note)
                .await?
                .ok_or(Error::NoteNotFound)?;
            self.check_may_remove(actor, &note).await?;
            storage::delete_note(conn, note.id).await?;
            let event = CustomerNoteRemoved {
                customer_id: id,
                note_id: note.id,
                changes: Changes::deleted(fields(&note)),
            };
            self.0.emit(conn, actor, held.now, &event).await
        })
        .await
    }

    /// Locks a customer at hand whom the actor may change.
    async fn hold_open<'a>(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &'a Actor,
        id: CustomerId,
    ) -> Result<Held<'a, Customer>> {
        let held: Held<'a, Customer> = self.0.hold(conn, actor, id, Action::Update, None).await?;
        match held.record.refuse_archived() {
            Ok(()) => Ok(held),
            Err(_) => Err(Error::Archived(Resource::CUSTOMER)),
        }
    }

    async fn check_may_remove(&self, actor: &Actor, note: &CustomerNote) -> Result<()> {
        if note.created_by.is_some() && note.created_by == actor.user_id() {
            return Ok(());
        }
        let permission = Permission::new(Resource::CUSTOMER, Action::Delete);
        match self.0.access().await?.reach(actor, permission) {
            Some(Reach::All) => Ok(()),
            _ => Err(Forbidden::NotGranted { permission }.into()),
        }
    }
}

fn fields(note: &CustomerNote) -> Fields {
    crm_domain::activity::fields([("note", json!(note.text))])
}

//! Notes on customers. Whoever asks has found the customer within their scope: notes are seen by who sees the customer.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use crm_domain::customer::CustomerNote;
use crm_domain::ids::{CustomerId, NoteId, UserId};
use crm_domain::list::Direction;
use crm_domain::page::Slice;
use crm_domain::text::Note;
use crm_domain::user::UserRef;
use diesel::dsl::count_star;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::Error;
use crate::query::{self, Order};
use crate::schema::{customer_notes, users};
use crate::users::UserRefRow;

/// The newest first.
const ORDER: Order = Order::new(
    "customer_notes.created_at",
    "customer_notes.id",
    Direction::Descending,
);

/// A note together with who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedNote {
    /// The note.
    pub note: CustomerNote,
    /// The user of `note.created_by`.
    pub author: Option<UserRef>,
}

/// One slice of the notes on a customer, the newest first, and whether there are more behind it.
///
/// # Errors
/// When the database fails.
pub async fn list_notes(
    conn: &mut AsyncPgConnection,
    customer: CustomerId,
    slice: &Slice,
) -> Result<(Vec<ListedNote>, bool), Error> {
    let mut notes = customer_notes::table
        .left_join(users::table.on(customer_notes::created_by.eq(users::id.nullable())))
        .filter(customer_notes::customer_id.eq(customer.uuid()))
        .order(ORDER)
        .select((NoteRow::as_select(), Option::<UserRefRow>::as_select()))
        .into_boxed::<Pg>();
    if let Slice::After(position, _) = slice {
        notes = notes.filter(ORDER.after(position));
    }
    let (rows, goes_on) = query::slice(conn, notes, slice, true).await?;
    let listed = |(note, author): (NoteRow, Option<UserRefRow>)| ListedNote {
        note: note.into(),
        author: author.map(UserRef::from),
    };
    Ok((rows.into_iter().map(listed).collect(), goes_on))
}

/// The note `id` on this customer, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn lock_note(
    conn: &mut AsyncPgConnection,
    customer: CustomerId,
    id: NoteId,
) -> Result<Option<CustomerNote>, Error> {
    let row: Option<NoteRow> = customer_notes::table
        .filter(customer_notes::id.eq(id.uuid()))
        .filter(customer_notes::customer_id.eq(customer.uuid()))
        .select(NoteRow::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(CustomerNote::from))
}

/// Stores a new note.
///
/// # Errors
/// When the database refuses it.
pub async fn insert_note(conn: &mut AsyncPgConnection, note: &CustomerNote) -> Result<(), Error> {
    diesel::insert_into(customer_notes::table)
        .values(NoteRow::from(note))
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes a note.
///
/// # Errors
/// When the database refuses it.
pub async fn delete_note(conn: &mut AsyncPgConnection, id: NoteId) -> Result<(), Error> {
    diesel::delete(customer_notes::table.find(id.uuid()))
        .execute(conn)
        .await?;
    Ok(())
}

/// Gives all notes on one customer to another. Gives which they were.
///
/// # Errors
/// When the database refuses it.
pub async fn move_notes(
    conn: &mut AsyncPgConnection,
    from: CustomerId,
    to: CustomerId,
) -> Result<Vec<Uuid>, Error> {
    let notes = customer_notes::table.filter(customer_notes::customer_id.eq(from.uuid()));
    Ok(diesel::update(notes)
        .set(customer_notes::customer_id.eq(to.uuid()))
        .returning(customer_notes::id)
        .get_results(conn)
        .await?)
}

/// Gives these notes back, where they are still on `from`.
///
/// # Errors
/// When the database refuses it.
pub async fn return_notes(
    conn: &mut AsyncPgConnection,
    notes: &[Uuid],
    from: CustomerId,
    to: CustomerId,
) -> Result<(), Error> {
    let notes = customer_notes::table
        .filter(customer_notes::id.eq_any(notes))
        .filter(customer_notes::customer_id.eq(from.uuid()));
    diesel::update(notes)
        .set(customer_notes::customer_id.eq(to.uuid()))
        .execute(conn)
        .await?;
    Ok(())
}

/// How many notes each of these customers has; one without any is not in it.
pub(super) async fn counts(
    conn: &mut AsyncPgConnection,
    customers: &[Uuid],
) -> Result<HashMap<Uuid, i64>, Error> {
    if customers.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, i64)> = customer_notes::table
        .filter(customer_notes::customer_id.eq_any(customers))
        .group_by(customer_notes::customer_id)
        .select((customer_notes::customer_id, count_star()))
        .load(conn)
        .await?;
    Ok(rows.into_iter().collect())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = customer_notes, check_for_backend(Pg), treat_none_as_default_value = false)]
struct NoteRow {
    id: Uuid,
    customer_id: Uuid,
    text: String,
    created_by: Option<Uuid>,
    created_at: DateTime<Utc>,
}

impl From<&CustomerNote> for NoteRow {
    fn from(note: &CustomerNote) -> Self {
        let CustomerNote {
            id,
            customer,
            text,
            created_by,
            created_at,
        } = note;
        Self {
            id: id.uuid(),
            customer_id: customer.uuid(),
            text: text.to_string(),
            created_by: created_by.map(UserId::uuid),
            created_at: *created_at,
        }
    }
}

impl From<NoteRow> for CustomerNote {
    fn from(row: NoteRow) -> Self {
        let NoteRow {
            id,
            customer_id,
            text,
            created_by,
            created_at,
        } = row;
        Self {
            id: id.into(),
            customer: customer_id.into(),
            text: Note::from_stored(text),
            created_by: created_by.map(UserId::from),
            created_at,
        }
    }
}

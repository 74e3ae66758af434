//! A user's own preferences: shown and changed.

use std::collections::BTreeMap;

use crm_app::{Crm, Result, StorageError};
use crm_domain::activity::{Actor, Changes};
use crm_domain::ids::UserId;
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::notice::Kind;
use crate::preference::{PreferenceEdit, Preferences, PreferencesEdited, Ways};

diesel::table! {
    notifications_preferences (user_id, kind) {
        user_id -> Uuid,
        kind -> Text,
        in_app -> Bool,
        by_mail -> Bool,
    }
}

use notifications_preferences as table;

/// A user's own preferences.
#[derive(Clone, Copy)]
pub(crate) struct OwnPreferences<'a> {
    pub(crate) crm: &'a Crm,
    pub(crate) user: UserId,
}

impl OwnPreferences<'_> {
    /// As they are.
    pub(crate) async fn get(&self) -> Result<Preferences> {
        let mut conn = self.crm.connection().await?;
        Ok(find(&mut conn, self.user).await?)
    }

    /// Changes some of them; gives all.
    pub(crate) async fn edit(
        &self,
        actor: &Actor,
        edits: &[PreferenceEdit],
    ) -> Result<Preferences> {
        crm_app::write!(self.crm, |conn| self.edit_in(conn, actor, edits))
    }

    /// [`OwnPreferences::edit`] within the caller's transaction.
    pub(crate) async fn edit_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        edits: &[PreferenceEdit],
    ) -> Result<Preferences> {
        conn.transaction(async |conn| {
            // Locked, so that of two changes at once neither undoes the other.
            crm_storage::users::lock(conn, self.user).await?;
            let before = find(conn, self.user).await?;
            let next = before.clone().edit(edits);
            let changes = Changes::between(before.fields(), next.fields());
            if changes.is_empty() {
                return Ok(next);
            }
            for (kind, ways) in next.all() {
                store(conn, self.user, kind, ways).await?;
            }
            let event = PreferencesEdited {
                user_id: self.user,
                changes,
            };
            self.crm.emit(conn, actor, self.crm.now(), &event).await?;
            Ok(next)
        })
        .await
    }
}

async fn find(conn: &mut AsyncPgConnection, user: UserId) -> Result<Preferences, StorageError> {
    let mut found = find_all(conn, &[user]).await?;
    Ok(found.remove(&user).unwrap_or_default())
}

/// The preferences of those of these users who have any of their own.
pub(crate) async fn find_all(
    conn: &mut AsyncPgConnection,
    users: &[UserId],
) -> Result<BTreeMap<UserId, Preferences>, StorageError> {
    let users: Vec<_> = users.iter().map(UserId::as_uuid).collect();
    let rows: Vec<(Uuid, String, bool, bool)> = table::table
        .filter(table::user_id.eq_any(users))
        .select((table::user_id, table::kind, table::in_app, table::by_mail))
        .load(conn)
        .await?;
    let mut found: BTreeMap<UserId, Preferences> = BTreeMap::new();
    for (user, kind, in_app, by_mail) in rows {
        if let Some(kind) = Kind::from_stored(&kind) {
            let preferences = found.entry(user.into()).or_default();
            preferences.set(kind, Ways { in_app, by_mail });
        }
    }
    Ok(found)
}

async fn store(
    conn: &mut AsyncPgConnection,
    user: UserId,
    kind: Kind,
    ways: Ways,
) -> Result<(), StorageError> {
    let said = (
        table::in_app.eq(ways.in_app),
        table::by_mail.eq(ways.by_mail),
    );
    let key = (
        table::user_id.eq(user.uuid()),
        table::kind.eq(kind.as_str()),
    );
    diesel::insert_into(table::table)
        .values((key, said))
        .on_conflict((table::user_id, table::kind))
        .do_update()
        .set(said)
        .execute(conn)
        .await?;
    Ok(())
}

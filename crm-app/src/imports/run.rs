//! Making a chunk of rows into records, or checking that they could be.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use crm_domain::activity::{Actor, Changes};
use crm_domain::custom_field::FieldSet;
use crm_domain::customer::Customer;
use crm_domain::import::{
    Draft, Import, ImportKind, ImportMode, ImportStarted, ImportState, Importable, Imported,
};
use crm_domain::lead::Lead;
use crm_storage::custom_fields;
use crm_storage::imports::{self as storage, StoredOutcome};
use diesel_async::AsyncPgConnection;

use super::brought::{Brought, key_of_draft};
use super::plan::{Plan, Planner, Read, Rights, without_repeats};
use super::{Imports, actor_of};
use crate::crm::Crm;
use crate::error::{Error, Result};

/// Does the next rows of an import that is locked: at most so many.
pub(super) async fn step<R: Brought>(
    crm: &Crm,
    conn: &mut AsyncPgConnection,
    mut import: Import,
    size: i64,
) -> Result<Import> {
    let is_check = import.state == ImportState::Checking;
    let actor = actor_of(&import);
    let rights = Rights::<R>::of(crm, &actor).await?;
    let fields = custom_fields::set(conn, import.kind.field_resource()).await?;
    let rows = next(conn, &import, &fields, size).await?;
    let last = rows.last().map(|(row, _)| row.number);
    let who = (crm, &actor, &rights);
    let mut planner = Planner::new(conn, who, (&import, &fields), &rows, is_check).await?;
    let mut plans = Vec::with_capacity(rows.len());
    for (row, draft) in rows {
        plans.push((row.number, planner.plan(draft)?));
    }
    let now = planner.now;
    let mut outcomes: Vec<_> = plans
        .iter()
        .map(|(number, plan)| plan.outcome(*number))
        .collect();
    if is_check {
        // Nothing was made: there is nothing to refer to.
        for outcome in &mut outcomes {
            (outcome.record, outcome.version) = (None, None);
        }
    } else {
        carry_out(conn, (crm, &actor, now), &rights, plans, &mut outcomes).await?;
    }
    for outcome in &outcomes {
        import.counts.add(outcome.outcome);
    }
    storage::store_outcomes(conn, import.id, &outcomes).await?;
    import.position = last.unwrap_or(import.rows);
    import.updated_at = now;
    if import.position == import.rows {
        import.state = import.state.done();
        if !is_check {
            let imported = Imported::<R> {
                import_id: import.id,
                rows: import.rows,
                counts: import.counts,
                kind: PhantomData,
            };
            crm.emit(conn, &actor, now, &imported).await?;
        }
    }
    Ok(import)
}

async fn next(
    conn: &mut AsyncPgConnection,
    import: &Import,
    fields: &FieldSet,
    size: i64,
) -> Result<Vec<Read>> {
    let options = &import.options;
    let rows = storage::next_rows(conn, import.id, import.position, size).await?;
    let read = rows.into_iter().map(|row| {
        let draft = Draft::read(options, &row, fields).map_err(|wrong| wrong.to_string());
        (row, draft)
    });
    let read: Vec<Read> = read.collect();
    Ok(match options.mode {
        ImportMode::Create => read,
        ImportMode::Update | ImportMode::Both => without_repeats(read, |(_, draft)| {
            let draft = draft.as_ref().ok()?;
            key_of_draft(draft, options.match_by)
        }),
    })
}

async fn carry_out<R: Brought>(
    conn: &mut AsyncPgConnection,
    (crm, actor, now): (&Crm, &Actor, DateTime<Utc>),
    rights: &Rights<R>,
    plans: Vec<(i32, Plan<R>)>,
    outcomes: &mut [StoredOutcome],
) -> Result<()> {
    let (mut made, mut edits) = (Vec::new(), Vec::new());
    for ((_, plan), outcome) in plans.into_iter().zip(outcomes) {
        match plan {
            Plan::Create(record) => made.push(record),
            Plan::Update { before, after } => {
                update(conn, rights, &after).await?;
                let changes = Changes::between(before.fields(), after.fields());
                outcome.changes = Some(changes.clone());
                edits.push(after.edited(changes));
            }
            Plan::UpdateOfEarlier | Plan::Unchanged | Plan::Skip(_) | Plan::Fail(_) => {}
        }
    }
    if !made.is_empty() {
        R::insert_all(conn, &made).await?;
    }
    let made: Vec<_> = made.iter().map(Brought::created).collect();
    crm.emit_all(conn, actor, now, &made).await?;
    crm.emit_all(conn, actor, now, &edits).await
}

async fn update<R: Brought>(
    conn: &mut AsyncPgConnection,
    rights: &Rights<R>,
    after: &R,
) -> Result<()> {
    let scope = rights.update.as_ref();
    let scope =
        scope.ok_or_else(|| Error::internal("a change was planned without the right to it"))?;
    if after.update(conn, scope).await? {
        return Ok(());
    }
    // Never: the row is locked.
    Err(Error::internal("a record changed under its lock"))
}

impl Imports<'_> {
    pub(super) async fn record_start(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        import: &Import,
    ) -> Result<()> {
        match import.kind {
            ImportKind::Lead => self.started::<Lead>(conn, actor, import).await,
            ImportKind::Customer => self.started::<Customer>(conn, actor, import).await,
        }
    }

    async fn started<R: Importable>(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        import: &Import,
    ) -> Result<()> {
        let started = ImportStarted::<R> {
            import_id: import.id,
            rows: import.rows,
            counts: import.counts,
            kind: PhantomData,
        };
        self.0.emit(conn, actor, self.0.now(), &started).await
    }
}

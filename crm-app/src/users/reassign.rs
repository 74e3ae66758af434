//! Giving the records of a user to somebody else, when the user leaves.

use crm_domain::activity::Actor;
use crm_domain::change::Change;
use crm_domain::customer::{Customer, CustomerEdit};
use crm_domain::event::RecordsReassigned;
use crm_domain::ids::UserId;
use crm_domain::lead::{Lead, LeadEdit};
use crm_domain::permission::Action;
use crm_domain::task::{Task, TaskEdit};
use crm_storage::{customers, leads, tasks, users};
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::Users;
use crate::crm::Crm;
use crate::error::{Error, Result};
use crate::write;
use crm_domain::violation::Violations;

/// How many records are given in one transaction: each holds locks, which others wait for.
const BATCH: i64 = 200;

/// Who gets the records of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reassign {
    /// This user.
    To(UserId),
    /// Nobody: they wait to be taken.
    ToNobody,
}

impl Reassign {
    fn user(self) -> Option<UserId> {
        match self {
            Self::To(user) => Some(user),
            Self::ToNobody => None,
        }
    }
}

/// Records of a plugin's that are to be given to somebody else, in the transaction of a batch.
pub struct Handover<'a> {
    /// The CRM, for the plugin's own use cases: those that end in `_in`.
    pub crm: &'a Crm,
    /// The transaction.
    pub conn: &'a mut AsyncPgConnection,
    /// Who gives them.
    pub actor: &'a Actor,
    /// To whom they are assigned.
    pub from: UserId,
    /// To whom they go; nobody, when it is `None`.
    pub to: Option<UserId>,
    /// How many at most.
    pub most: i64,
}

/// How many records were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reassigned {
    /// How many leads.
    pub leads: usize,
    /// How many customers.
    pub customers: usize,
    /// How many tasks.
    pub tasks: usize,
    /// How many records of plugins.
    pub others: usize,
}

impl Reassigned {
    fn add(&mut self, other: Self) {
        self.leads += other.leads;
        self.customers += other.customers;
        self.tasks += other.tasks;
        self.others += other.others;
    }
}

/// Makes what gives the next records of one kind.
macro_rules! give {
    ($name:ident: $kind:ident by $Edit:ident { $field:ident }) => {
        async fn $name(
            &self,
            conn: &mut AsyncPgConnection,
            actor: &Actor,
            id: UserId,
            to: Reassign,
        ) -> Result<usize> {
            let scope = self.0.access().await?.scope(actor, Action::Assign)?;
            let given = $kind::list_assigned(conn, id, BATCH, &scope).await?;
            for record in &given {
                let edit = $Edit {
                    $field: to.user().map_or(Change::Clear, Change::Set),
                    ..$Edit::default()
                };
                let records = self.0.$kind();
                records.edit_in(conn, actor, *record, edit, None).await?;
            }
            Ok(given.len())
        }
    };
}

impl Users<'_> {
    /// Whether [`Users::reassign`] could be begun: to be asked before the user is disabled for it.
    ///
    /// # Errors
    /// As [`Users::reassign`].
    pub async fn check_reassign(&self, actor: &Actor, id: UserId, to: Reassign) -> Result<()> {
        let access = self.0.access().await?;
        access.scope::<Lead>(actor, Action::Assign)?;
        access.scope::<Customer>(actor, Action::Assign)?;
        access.scope::<Task>(actor, Action::Assign)?;
        self.get(actor, id).await?;
        match to {
            Reassign::To(to) if to == id => {
                let message = "is the user whose records are given away";
                Err(Violations::one("reassignTo", "same-user", message).into())
            }
            Reassign::To(to) if !access.is_active(to) => Err(not_active()),
            Reassign::To(_) | Reassign::ToNobody => Ok(()),
        }
    }

    /// Gives the leads, customers, tasks and records of plugins at hand that are assigned to a user to somebody else, in several
    /// transactions.
    /// Whatever interrupts it, it can be done again, and goes on with those that are left.
    ///
    /// # Errors
    /// [`Error::Forbidden`] without the permission to assign them, [`Error::NotFound`], or [`Error::Invalid`] when they
    /// would go to somebody who is no active user, or to the same one.
    pub async fn reassign(&self, actor: &Actor, id: UserId, to: Reassign) -> Result<Reassigned> {
        self.check_reassign(actor, id, to).await?;
        let mut done = Reassigned::default();
        loop {
            let batch = write!(self.0, |conn| conn
                .transaction(async |conn| self.reassign_batch(conn, actor, id, to).await))?;
            if batch == Reassigned::default() {
                return Ok(done);
            }
            done.add(batch);
        }
    }

    async fn reassign_batch(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: UserId,
        to: Reassign,
    ) -> Result<Reassigned> {
        if let Some(to) = to.user() {
            users::lock_shared(conn, to)
                .await?
                .filter(|user| user.is_active)
                .ok_or_else(not_active)?;
        }
        let batch = Reassigned {
            leads: self.reassign_leads(conn, actor, id, to).await?,
            customers: self.reassign_customers(conn, actor, id, to).await?,
            tasks: self.reassign_tasks(conn, actor, id, to).await?,
            others: self.reassign_others(conn, actor, id, to).await?,
        };
        if batch != Reassigned::default() {
            let event = RecordsReassigned {
                user_id: id,
                to: to.user(),
                leads: batch.leads,
                customers: batch.customers,
                tasks: batch.tasks,
                others: batch.others,
            };
            self.0.emit(conn, actor, self.0.now(), &event).await?;
        }
        Ok(batch)
    }

    async fn reassign_others(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: UserId,
        to: Reassign,
    ) -> Result<usize> {
        let mut given = 0;
        for hand_over in self.0.plugins().handovers() {
            given += hand_over(Handover {
                crm: self.0,
                conn: &mut *conn,
                actor,
                from: id,
                to: to.user(),
                most: BATCH,
            })
            .await?;
        }
        Ok(given)
    }

    give!(reassign_leads: leads by LeadEdit { assigned_agent });
    give!(reassign_customers: customers by CustomerEdit { owner });
    give!(reassign_tasks: tasks by TaskEdit { assigned_to });
}

fn not_active() -> Error {
    Violations::one("reassignTo", "not-found", "is not an active user").into()
}

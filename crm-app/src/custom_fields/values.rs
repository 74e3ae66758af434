//! The custom values of records: whether they fit their fields, which are read in the transaction that writes the record.

use std::collections::{HashMap, HashSet};

use crm_authz::Scope;
use crm_domain::activity::Actor;
use crm_domain::custom_field::{
    CustomEdit, CustomValues, FieldKey, FieldResource, FieldSet, IndexState, Link, LinkKind,
};
use crm_domain::customer::Customer;
use crm_domain::export::Filter;
use crm_domain::lead::Lead;
use crm_domain::permission::{Action, Record};
use crm_domain::task::Task;
use crm_domain::user::User;
use crm_domain::violation::Violations;
use crm_storage::custom_fields::{self as storage, index};
use crm_storage::{customers, leads, tasks, users};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use crate::crm::Crm;
use crate::error::{Error, Result};

impl Crm {
    /// The custom values of a new record, in the form that is stored.
    pub(crate) async fn new_custom(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        resource: FieldResource,
        values: &CustomValues,
    ) -> Result<CustomValues> {
        let fields = storage::set(conn, resource).await?;
        let values = fields.check_new(values)?;
        self.check_links(conn, actor, &CustomEdit::from(values.clone()))
            .await?;
        Ok(values)
    }

    /// Changes to the custom values of a record that has those `before`, in the form that is stored.
    pub(crate) async fn custom_edit(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        resource: FieldResource,
        edit: &CustomEdit,
        before: &CustomValues,
    ) -> Result<CustomEdit> {
        if edit.is_empty() {
            return Ok(CustomEdit::default());
        }
        let fields = storage::set(conn, resource).await?;
        let edit = fields.check_edit(edit, before)?;
        self.check_links(conn, actor, &edit).await?;
        Ok(edit)
    }

    /// The values of a lead that the customer takes who is made of it. The others stay on the lead, as these do.
    pub(crate) async fn custom_of_customer(
        &self,
        conn: &mut AsyncPgConnection,
        lead: &CustomValues,
    ) -> Result<CustomValues> {
        if lead.is_empty() {
            return Ok(CustomValues::default());
        }
        let from = storage::set(conn, FieldResource::Lead).await?;
        let to = storage::set(conn, FieldResource::Customer).await?;
        Ok(to.received(&from, lead))
    }

    /// A filter whose conditions on custom fields have the form in which they are compared. To be asked wherever records are
    /// found by a filter that came from outside; `sort` is the field that they are sorted by.
    ///
    /// # Errors
    /// [`Error::InvalidQuery`] for a field that there is not or a value that is not one of it, and
    /// [`Error::FieldNotIndexed`] for a field whose index is not made yet, when there are many records.
    pub(crate) async fn with_custom<R: Record, F: Filter + Clone>(
        &self,
        actor: &Actor,
        filter: &F,
        sort: Option<FieldKey>,
    ) -> Result<F> {
        let mut filter = filter.clone();
        let resource = FieldResource::of(R::RESOURCE);
        let Some(resource) = resource.filter(|_| sort.is_some() || !filter.custom().is_empty())
        else {
            return Ok(filter);
        };
        self.access().await?.scope::<R>(actor, Action::Read)?;
        let mut conn = self.connection().await?;
        let fields = storage::set(&mut conn, resource).await?;
        let checked = fields.check_conditions(filter.custom());
        let checked = checked.map_err(Error::InvalidQuery)?;
        check_sort(&fields, sort)?;
        let mut used = checked.iter().map(|condition| condition.key).chain(sort);
        let is_waiting = |key: &FieldKey| {
            let field = fields.get(*key);
            field.is_some_and(|field| field.index != IndexState::Ready)
        };
        if let Some(key) = used.find(is_waiting)
            && !index::is_small(&mut conn, resource).await?
        {
            return Err(Error::FieldNotIndexed(key));
        }
        filter.set_custom(checked);
        Ok(filter)
    }

    /// Refuses links to records that there are not, or that the actor may not read: which of both is not told.
    async fn check_links(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        edit: &CustomEdit,
    ) -> Result<()> {
        let links: Vec<(String, Link)> = FieldSet::links(edit).collect();
        let all = links.iter().map(|(_, link)| *link).collect();
        let readable = self.readable_links(conn, actor, all).await?;
        let mut violations = Violations::new();
        for (path, link) in links {
            if !readable.contains(&link) {
                violations.add(&path, "not-found", "is not a record that you can see");
            }
        }
        Ok(violations.into_result()?)
    }

    /// Those of these links that lead to a record that the actor may read: one query for each kind of record.
    pub(crate) async fn readable_links(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        links: Vec<Link>,
    ) -> Result<HashSet<Link>> {
        let mut by_kind: HashMap<LinkKind, Vec<Uuid>> = HashMap::new();
        for Link { kind, id } in links {
            by_kind.entry(kind).or_default().push(id);
        }
        let mut readable = HashSet::new();
        for (kind, ids) in by_kind {
            let ids = self.readable(conn, actor, kind, &ids).await?;
            readable.extend(ids.into_iter().map(|id| Link { kind, id }));
        }
        Ok(readable)
    }

    /// Those of these records that the actor may read; none, when the actor may read no record of the kind.
    async fn readable(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        kind: LinkKind,
        ids: &[Uuid],
    ) -> Result<Vec<Uuid>> {
        let access = self.access().await?;
        macro_rules! readable {
            ($Record:ident in $storage:ident) => {{
                let scope: Result<Scope<$Record>, _> = access.scope(actor, Action::Read);
                match scope {
                    Ok(scope) => $storage::readable(conn, ids, &scope).await?,
                    Err(_) => Vec::new(),
                }
            }};
        }
        Ok(match kind {
            LinkKind::Lead => readable!(Lead in leads),
            LinkKind::Customer => readable!(Customer in customers),
            LinkKind::Task => readable!(Task in tasks),
            LinkKind::User => readable!(User in users),
        })
    }
}

/// Refuses to sort by a field that there is not, or whose values have no order.
fn check_sort(fields: &FieldSet, key: Option<FieldKey>) -> Result<()> {
    let Some(key) = key else { return Ok(()) };
    if fields
        .get(key)
        .is_some_and(|field| field.field_type.is_sortable())
    {
        return Ok(());
    }
    let message = format!("custom.{key} is not a field that lists are sorted by");
    Err(Error::InvalidQuery(Violations::one(
        "sort",
        "not-one-of",
        message,
    )))
}

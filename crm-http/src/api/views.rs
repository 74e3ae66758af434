//! Saved views: list, make, show, change, delete.

mod parameters;
mod wire;

#[cfg(fuzzing)]
pub use parameters::fuzz as fuzz_list_parameters;
pub use wire::View;

use crm_app::views::ListedView;
use crm_domain::view::NewView;
use poem::Request;
use poem::http::header;
use poem_openapi::param::Path;
use poem_openapi::{OpenApi, Tags};
use uuid::Uuid;

use crate::api::Message;
use crate::auth::{Identified, SignedIn};
use crate::body::Body;
use crate::if_match::IfMatch;
use crate::problem::Problem;
use crate::query::Query;
use crate::reply::{Created, Reply, Versioned, location};

use wire::{CreateView, EditView, ListViews, ViewList};

#[derive(Tags)]
enum Tag {
    /// Lists as somebody wants to see them again.
    Views,
}

/// The operations below `/api/views`. One's own views are everybody's own business; programs make none.
pub struct ViewsApi;

#[OpenApi(tag = "Tag::Views")]
impl ViewsApi {
    /// List views
    ///
    /// The caller's own, and those that are shared, of lists that the caller may ask for. A shared view stays when its owner is
    /// disabled; who has `view:manage` may change or delete it.
    #[oai(path = "/views", method = "get", operation_id = "listViews")]
    async fn list(
        &self,
        auth: Identified,
        query: Query<ListViews>,
    ) -> Result<Reply<ViewList>, Problem> {
        let of = query.0.resource.map(Into::into);
        let views = auth.crm().views().list(auth.actor(), of).await?;
        Ok(Reply::new(views.into()))
    }

    /// Make a view
    ///
    /// The filter, the order and the fields are checked as the list checks them. A view holds no records: whoever opens it
    /// asks for the list with its filter, and sees the records that they may see. Should a later version not know a
    /// parameter any more, that list answers `validation-failed` and names it.
    #[oai(path = "/views", method = "post", operation_id = "createView")]
    async fn create(
        &self,
        auth: SignedIn,
        req: &Request,
        body: Body<CreateView>,
    ) -> Result<Created<View>, Problem> {
        let new = NewView::try_from(body.0)?;
        let actor = &auth.caller().actor;
        let made = auth.crm().views().create(actor, new).await?;
        let (id, version) = (made.view.id, made.view.version);
        Ok(Created::new(made.into())
            .etag(version)
            .header(header::LOCATION, location(req, id.uuid())))
    }

    /// Show a view
    ///
    /// One's own, or one that is shared.
    #[oai(path = "/views/:id", method = "get", operation_id = "getView")]
    async fn get(&self, auth: Identified, id: Path<Uuid>) -> Result<Versioned<View>, Problem> {
        let view = auth.crm().views().get(auth.actor(), id.0.into()).await?;
        Ok(versioned(view))
    }

    /// Change a view
    ///
    /// A field that is absent stays. A shared view of somebody else's takes the permission `view:manage`.
    #[oai(path = "/views/:id", method = "patch", operation_id = "updateView")]
    async fn edit(
        &self,
        auth: SignedIn,
        id: Path<Uuid>,
        /// Only if the view still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<EditView>,
    ) -> Result<Versioned<View>, Problem> {
        let (actor, id) = (&auth.caller().actor, id.0.into());
        let views = auth.crm().views();
        // What it lists never changes, and says what may be said of it.
        let edit = body.0.of(views.get(actor, id).await?.view.resource)?;
        let view = views.edit(actor, id, edit, if_match.0).await?;
        Ok(versioned(view))
    }

    /// Delete a view
    ///
    /// A shared view of somebody else's takes the permission `view:manage`.
    #[oai(path = "/views/:id", method = "delete", operation_id = "deleteView")]
    async fn delete(
        &self,
        auth: SignedIn,
        id: Path<Uuid>,
        /// Only if the view still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Result<Reply<Message>, Problem> {
        let (actor, id) = (&auth.caller().actor, id.0.into());
        auth.crm().views().delete(actor, id, if_match.0).await?;
        Ok(Reply::new(Message::new("View deleted.")))
    }
}

fn versioned(view: ListedView) -> Versioned<View> {
    let version = view.view.version;
    Versioned::new(view.into()).etag(version)
}

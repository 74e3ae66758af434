//! Imports: upload, configure, check, run, look at what is wrong, take back.

mod upload;
mod wire;

use crm_app::imports::ImportEdit;
use crm_domain::ids::ImportId;
use poem::Request;
use poem::http::header;
use poem_openapi::param::Path;
use poem_openapi::{OpenApi, Tags};
use uuid::Uuid;

use crate::api::Message;
use crate::auth::Identified;
use crate::body::Body;
use crate::export::Download;
use crate::problem::Problem;
use crate::query::Query;
use crate::reply::{Accepted, Made, Reply, location};

use upload::TableUpload;
use wire::{ConfigureImport, Import, ImportList, StartImport};

/// How many of the rows that are wrong an import shows by itself; a file has all of them.
const SHOWN_ERRORS: i32 = 100;

#[derive(Tags)]
enum Tag {
    /// Tables that are made into records.
    Imports,
}

/// The operations below `/api/imports`. Who may call them depends on the kind of records: `lead:import` or
/// `customer:import`.
pub struct ImportsApi;

#[OpenApi(tag = "Tag::Imports")]
impl ImportsApi {
    /// List one's imports
    ///
    /// The newest first, at most a hundred. Nobody sees those of others.
    #[oai(path = "/imports", method = "get", operation_id = "listImports")]
    async fn list(&self, auth: Identified) -> Result<Reply<ImportList>, Problem> {
        let imports = auth.crm().imports().list(auth.actor()).await?;
        Ok(Reply::new(imports.into()))
    }

    /// Upload a table
    ///
    /// CSV in UTF-8, up to 200 MiB and a million rows. Columns are known by their names, as exports have them, and may be mapped
    /// otherwise before it is run. Nothing is made yet.
    #[oai(path = "/imports", method = "post", operation_id = "createImport")]
    async fn create(
        &self,
        auth: Identified,
        req: &Request,
        query: Query<StartImport>,
        body: TableUpload,
    ) -> poem::Result<Made<Import>> {
        let (kind, options) = query.0.into();
        let imports = auth.crm().imports();
        let upload = imports.begin(auth.actor(), kind, options).await;
        let upload = upload.map_err(Problem::from)?;
        let import = body.read_into(upload).await?;
        let id = import.id.uuid();
        let made = Made::new(Import::new(import, Vec::new()));
        Ok(made.header(header::LOCATION, location(req, id)))
    }

    /// Show an import
    ///
    /// With how far it has come, and the first hundred rows that are wrong.
    #[oai(path = "/imports/:id", method = "get", operation_id = "getImport")]
    async fn get(&self, auth: Identified, id: Path<Uuid>) -> Result<Reply<Import>, Problem> {
        let (imports, id) = (auth.crm().imports(), ImportId::from(id.0));
        let import = imports.get(auth.actor(), id).await?;
        let wrong = imports
            .wrong_rows(auth.actor(), id, 0, SHOWN_ERRORS)
            .await?;
        Ok(Reply::new(Import::new(import, wrong)))
    }

    /// Configure an import
    ///
    /// Until it runs. What is absent stays.
    #[oai(
        path = "/imports/:id",
        method = "patch",
        operation_id = "configureImport"
    )]
    async fn configure(
        &self,
        auth: Identified,
        id: Path<Uuid>,
        body: Body<ConfigureImport>,
    ) -> Result<Reply<Import>, Problem> {
        let edit: ImportEdit = body.0.into();
        let imports = auth.crm().imports();
        let import = imports.configure(auth.actor(), id.0.into(), edit).await?;
        Ok(Reply::new(Import::new(import, Vec::new())))
    }

    /// Delete an import
    ///
    /// With its rows; what it made stays, and cannot be taken back by it any more.
    #[oai(
        path = "/imports/:id",
        method = "delete",
        operation_id = "deleteImport"
    )]
    async fn delete(&self, auth: Identified, id: Path<Uuid>) -> Result<Reply<Message>, Problem> {
        let imports = auth.crm().imports();
        imports.delete(auth.actor(), id.0.into()).await?;
        Ok(Reply::new(Message::new("Import deleted.")))
    }

    /// Check an import
    ///
    /// Goes through all rows in the background, and writes nothing: the counts and the errors are those that a run would have now.
    #[oai(
        path = "/imports/:id/dry-run",
        method = "post",
        operation_id = "checkImport"
    )]
    async fn check(&self, auth: Identified, id: Path<Uuid>) -> Result<Accepted<Import>, Problem> {
        let imports = auth.crm().imports();
        let import = imports.check(auth.actor(), id.0.into()).await?;
        Ok(Accepted::new(Import::new(import, Vec::new())))
    }

    /// Run an import
    ///
    /// In the background, by the rights of the caller, which are looked up anew for each chunk of rows. Rows that are wrong are left out.
    #[oai(path = "/imports/:id/run", method = "post", operation_id = "runImport")]
    async fn run(&self, auth: Identified, id: Path<Uuid>) -> Result<Accepted<Import>, Problem> {
        let imports = auth.crm().imports();
        let import = imports.run(auth.actor(), id.0.into()).await?;
        Ok(Accepted::new(Import::new(import, Vec::new())))
    }

    /// Take the rows that are wrong out as a file
    ///
    /// CSV: the line of the uploaded file, what became of the row, why, and its cells.
    #[oai(
        path = "/imports/:id/errors",
        method = "get",
        operation_id = "getImportErrors"
    )]
    async fn errors(&self, auth: Identified, id: Path<Uuid>) -> Result<Download, Problem> {
        let id = ImportId::from(id.0);
        let import = auth.crm().imports().get(auth.actor(), id).await?;
        let (crm, actor) = (auth.crm().clone(), auth.actor().clone());
        Ok(Download::wrong_rows(crm, actor, &import))
    }

    /// Take an import back
    ///
    /// In the background. Records that it made are deleted, and those that it changed get their values back, unless somebody changed them
    /// since: these are kept, and named among the errors.
    #[oai(
        path = "/imports/:id/revert",
        method = "post",
        operation_id = "revertImport"
    )]
    async fn revert(&self, auth: Identified, id: Path<Uuid>) -> Result<Accepted<Import>, Problem> {
        let imports = auth.crm().imports();
        let import = imports.revert(auth.actor(), id.0.into()).await?;
        Ok(Accepted::new(Import::new(import, Vec::new())))
    }
}

//! The API document as it is served.

use std::sync::Arc;

use crm_app::Crm;
use poem::error::InternalServerError;
use poem::http::header;
use poem::{Endpoint, Request, Response, Result};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::app::written;
use crate::plugin::HttpPlugin;

pub(crate) const PATH: &str = "/api/openapi.json";

/// The document, written when it is first asked for: that takes time and memory which most servers never need.
pub(crate) struct Document {
    crm: Crm,
    plugins: Vec<Arc<dyn HttpPlugin>>,
    /// As it goes on after the first brace and the servers.
    rest: OnceCell<String>,
}

impl Document {
    pub(crate) fn of(crm: &Crm, plugins: &[Arc<dyn HttpPlugin>]) -> Self {
        Self {
            crm: crm.clone(),
            plugins: plugins.to_vec(),
            rest: OnceCell::new(),
        }
    }

    async fn write(&self) -> Result<String> {
        let (crm, plugins) = (self.crm.clone(), self.plugins.clone());
        let write = move || written(&plugins, crm.events().catalogue());
        let document = tokio::task::spawn_blocking(write)
            .await
            .map_err(InternalServerError)?;
        Ok(without_servers(document.map_err(InternalServerError)?))
    }
}

impl Endpoint for Document {
    type Output = Response;

    /// Answers with the place where a host has mounted the API as its server.
    async fn call(&self, req: Request) -> Result<Response> {
        let rest = self.rest.get_or_try_init(|| self.write()).await?;
        let place = req.original_uri().path().strip_suffix(PATH);
        let place = place.filter(|prefix| !prefix.is_empty()).unwrap_or("/");
        let servers = json!([{ "url": place }]);
        Ok(Response::builder()
            .header(header::CONTENT_TYPE, "application/json")
            .body(format!("{{\"servers\":{servers},{rest}")))
    }
}

fn without_servers(mut document: Value) -> String {
    if let Some(members) = document.as_object_mut() {
        members.remove("servers");
    }
    document.to_string().split_off("{".len())
}

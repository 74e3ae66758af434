//! A client of the CRM, made from its API document: each operation is a method of [`Client`].
//!
//! ```no_run
//! # async fn leads() -> Result<(), Box<dyn std::error::Error>> {
//! let crm = crm_client::connect("http://127.0.0.1:3000", "crm_ak_..")?;
//! for lead in &crm.list_leads().search("ada").send().await?.leads {
//!     println!("{} is {}", lead.name, lead.status);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A refusal is an [`Error::ErrorResponse`] with the [`types::Problem`] that the server answered.

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};

include!(concat!(env!("OUT_DIR"), "/client.rs"));

/// A client that shows an access token or an API key with each request.
///
/// # Errors
/// [`Error::InvalidRequest`] when no header can hold the token; [`Error::CommunicationError`] when no connection can be prepared.
pub fn connect(url: &str, token: &str) -> Result<Client, Error<()>> {
    let bearer = HeaderValue::try_from(format!("Bearer {token}"));
    let mut bearer = bearer.map_err(|error| Error::InvalidRequest(error.to_string()))?;
    bearer.set_sensitive(true);
    let headers = HeaderMap::from_iter([(AUTHORIZATION, bearer)]);
    let http = reqwest::Client::builder()
        .default_headers(headers)
        .build()?;
    Ok(Client::new_with_client(url, http))
}

#[cfg(test)]
mod tests {
    #[test]
    fn has_all_operations_of_the_document() {
        let document = include_str!("../../../docs/openapi.json");
        let client = include_str!(concat!(env!("OUT_DIR"), "/client.rs"));
        let operations = document.matches("\"operationId\"").count();
        assert_eq!(client.matches("(&self) -> builder::").count(), operations);
    }
}

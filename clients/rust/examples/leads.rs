//! Signs in, makes a lead and finds it.

use std::{env, error::Error};

use crm_client::Client;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = env::var("CRM").unwrap_or("http://127.0.0.1:3000".into());
    let (email, password) = (
        env::var("CRM_ADMIN_EMAIL")?,
        env::var("CRM_ADMIN_PASSWORD")?,
    );
    let session = Client::new(&url)
        .login()
        .body_map(|body| body.email_id(email).password(password))
        .send()
        .await?;
    let crm = crm_client::connect(&url, &session.token)?;
    crm.create_lead()
        .body_map(|lead| {
            lead.name("Ada Lovelace")
                .email_id("ada@example.org".to_owned())
        })
        .send()
        .await?;
    for lead in &crm.list_leads().search("ada").send().await?.leads {
        println!(
            "{} {} {}",
            lead.name,
            lead.email_id.as_deref().unwrap_or_default(),
            lead.status
        );
    }
    Ok(())
}

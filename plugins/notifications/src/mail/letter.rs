//! What is written in a letter.

use crm_domain::user::User;
use lettre::Message;
use lettre::message::{Mailbox, MultiPart};

use crate::notice::{Kind, ShownNotice};

const FOOT: &str = "Which letters you get is up to you: see your notification preferences.";

/// The letter about a notice. It has the same `Message-ID` however often it is sent, by which mail programs know it again.
///
/// # Errors
/// When the address of the user is none for mail.
pub(super) fn letter(
    from: &Mailbox,
    to: &User,
    shown: &ShownNotice,
) -> Result<Message, Box<dyn std::error::Error + Send + Sync>> {
    let subject = subject(shown);
    let when = shown.event.at.format("%Y-%m-%d %H:%M UTC");
    let plain = format!("{subject}.\n\n{when}\n\n{FOOT}\n");
    let html = format!(
        "<!doctype html>\n<html><body><p>{}.</p><p>{when}</p><p>{FOOT}</p></body></html>\n",
        escaped(&subject)
    );
    let id = format!(
        "<{}.{}@{}>",
        shown.event.id,
        to.id.uuid(),
        from.email.domain()
    );
    let to = Mailbox::new(Some(to.name.to_string()), to.email.as_str().parse()?);
    let letter = Message::builder()
        .from(from.clone())
        .to(to)
        .subject(subject)
        .message_id(Some(id))
        .multipart(MultiPart::alternative_plain_html(plain, html))?;
    Ok(letter)
}

/// What has happened, in a line.
fn subject(shown: &ShownNotice) -> String {
    let record = shown.record.as_deref().unwrap_or("a record");
    let actor = shown.actor.as_deref().unwrap_or("The CRM");
    match shown.notice.kind {
        Kind::Assigned => format!("{actor} assigned {record} to you"),
        Kind::Mentioned => format!("{actor} mentioned you in a note about {record}"),
        Kind::TaskDue => format!("Reminder: {record}"),
        Kind::LeadConverted => format!("{actor} converted your lead {record}"),
        Kind::DealWon => format!("Your deal {record} was won"),
        Kind::DealLost => format!("Your deal {record} was lost"),
        Kind::ImportFinished => "Your import has ended".to_owned(),
        Kind::WebhookDisabled => format!("Your webhook {record} was switched off"),
    }
}

/// A text within HTML.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_record_is_called_is_no_html() {
        assert_eq!(
            escaped(r#"<img src="x" onerror='a()'> & Co"#),
            "&lt;img src=&quot;x&quot; onerror=&#39;a()&#39;&gt; &amp; Co"
        );
    }
}

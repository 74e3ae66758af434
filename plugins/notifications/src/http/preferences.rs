//! By which ways one is told of what: show and change.

use crm_http::plugin::{Body, Problem, Reply, SignedIn};
use crm_http::wire::List;
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::notices::{NotificationsKind, Tag};
use crate::mail::Mailer;
use crate::notice::Kind;
use crate::preference::{PreferenceEdit, Preferences, Ways};
use crate::preferences::OwnPreferences;

/// By which ways one is told of one kind of thing.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
struct NotificationsPreference {
    /// Of what.
    kind: NotificationsKind,
    /// By a notice in the list.
    in_app: bool,
    /// By e-mail.
    email: bool,
}

impl From<(Kind, Ways)> for NotificationsPreference {
    fn from((kind, ways): (Kind, Ways)) -> Self {
        let Ways { in_app, by_mail } = ways;
        Self {
            kind: kind.into(),
            in_app,
            email: by_mail,
        }
    }
}

/// By which ways one is told of what.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
struct NotificationsPreferences {
    /// Each kind once.
    #[oai(validator(max_items = 100))]
    preferences: Vec<NotificationsPreference>,
    /// Whether the server sends e-mail at all.
    sends_email: bool,
}

/// What is changed about one kind.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
struct NotificationsPreferenceEdit {
    /// Of what.
    kind: NotificationsKind,
    /// By a notice in the list; stays, unless it is given.
    in_app: Option<bool>,
    /// By e-mail; stays, unless it is given.
    email: Option<bool>,
}

impl From<NotificationsPreferenceEdit> for PreferenceEdit {
    fn from(edit: NotificationsPreferenceEdit) -> Self {
        let NotificationsPreferenceEdit {
            kind,
            in_app,
            email,
        } = edit;
        Self {
            kind: kind.into(),
            in_app,
            by_mail: email,
        }
    }
}

/// What is changed.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
struct NotificationsUpdatePreferences {
    /// The kinds that change. What is not among them stays.
    preferences: List<NotificationsPreferenceEdit, 100>,
}

/// The operations `/api/notifications/preferences`.
pub(super) struct PreferencesApi;

#[OpenApi(tag = "Tag::Notifications")]
impl PreferencesApi {
    /// Show one's notification preferences
    ///
    /// For each kind of event, whether one is told in the console and by e-mail.
    #[oai(
        path = "/notifications/preferences",
        method = "get",
        operation_id = "notificationsGetPreferences"
    )]
    async fn get(&self, auth: SignedIn) -> Result<Reply<NotificationsPreferences>, Problem> {
        let preferences = own(&auth).get().await?;
        Ok(answer(&auth, &preferences))
    }

    /// Change one's notification preferences
    ///
    /// What is absent stays.
    #[oai(
        path = "/notifications/preferences",
        method = "patch",
        operation_id = "notificationsUpdatePreferences"
    )]
    async fn update(
        &self,
        auth: SignedIn,
        body: Body<NotificationsUpdatePreferences>,
    ) -> Result<Reply<NotificationsPreferences>, Problem> {
        let edits: Vec<_> = body.0.preferences.into_iter().map(Into::into).collect();
        let preferences = own(&auth).edit(&auth.caller().actor, &edits).await?;
        Ok(answer(&auth, &preferences))
    }
}

fn own(auth: &SignedIn) -> OwnPreferences<'_> {
    OwnPreferences {
        crm: auth.crm(),
        user: auth.caller().user,
    }
}

fn answer(auth: &SignedIn, preferences: &Preferences) -> Reply<NotificationsPreferences> {
    Reply::new(NotificationsPreferences {
        preferences: preferences.all().map(Into::into).collect(),
        sends_email: auth.crm().provided::<Mailer>().is_some(),
    })
}

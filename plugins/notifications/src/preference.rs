//! By which ways a user is told of what.

use std::collections::BTreeMap;

use crm_domain::activity::{Changes, Fields};
use crm_domain::event::Event;
use crm_domain::ids::UserId;
use crm_domain::permission::Resource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::notice::Kind;

/// By which ways a user is told of one kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ways {
    /// By a notice in the list.
    pub(crate) in_app: bool,
    /// By e-mail.
    pub(crate) by_mail: bool,
}

impl Ways {
    /// Unless the user says otherwise: by mail only of what would go unnoticed for long.
    pub(crate) const fn default_of(kind: Kind) -> Self {
        Self {
            in_app: true,
            by_mail: matches!(kind, Kind::WebhookDisabled),
        }
    }
}

/// By which ways a user is told of each kind of thing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Preferences(BTreeMap<Kind, Ways>);

/// What is changed about one kind; `None` stays.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PreferenceEdit {
    pub(crate) kind: Kind,
    pub(crate) in_app: Option<bool>,
    pub(crate) by_mail: Option<bool>,
}

impl Preferences {
    pub(crate) fn set(&mut self, kind: Kind, ways: Ways) {
        self.0.insert(kind, ways);
    }

    pub(crate) fn of(&self, kind: Kind) -> Ways {
        let said = self.0.get(&kind).copied();
        said.unwrap_or(Ways::default_of(kind))
    }

    /// All of them, in the order of the kinds.
    pub(crate) fn all(&self) -> impl Iterator<Item = (Kind, Ways)> {
        Kind::ALL.iter().map(|kind| (*kind, self.of(*kind)))
    }

    /// The preferences with the changes.
    pub(crate) fn edit(mut self, edits: &[PreferenceEdit]) -> Self {
        for PreferenceEdit {
            kind,
            in_app,
            by_mail,
        } in edits
        {
            let Ways {
                in_app: shown,
                by_mail: mailed,
            } = self.of(*kind);
            let ways = Ways {
                in_app: in_app.unwrap_or(shown),
                by_mail: by_mail.unwrap_or(mailed),
            };
            self.set(*kind, ways);
        }
        self
    }

    /// As the activity log records them: `{"assigned": ["inApp", "email"]}`.
    pub(crate) fn fields(&self) -> Fields {
        let ways = |Ways { in_app, by_mail }| {
            let named = [(in_app, "inApp"), (by_mail, "email")];
            let named = named.iter().filter(|(is_on, _)| *is_on);
            named.map(|(_, name)| *name).collect::<Vec<_>>()
        };
        let all = self.all();
        all.map(|(kind, said)| (kind.as_str().into(), json!(ways(said))))
            .collect()
    }
}

/// A user is told of things by other ways.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PreferencesEdited {
    /// Whose they are.
    pub(crate) user_id: UserId,
    /// What changed.
    pub(crate) changes: Changes,
}

impl Event for PreferencesEdited {
    const NAME: &'static str = "notifications.preferences-edited";
    const RESOURCE: Resource = Resource::USER;

    fn record_id(&self) -> Uuid {
        self.user_id.uuid()
    }

    fn changes(&self) -> Changes {
        self.changes.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_stays() {
        let mail = PreferenceEdit {
            kind: Kind::Assigned,
            in_app: None,
            by_mail: Some(true),
        };
        let quiet = PreferenceEdit {
            kind: Kind::Assigned,
            in_app: Some(false),
            by_mail: None,
        };
        let preferences = Preferences::default().edit(&[mail]).edit(&[quiet]);
        let ways = |in_app, by_mail| Ways { in_app, by_mail };
        assert_eq!(preferences.of(Kind::Assigned), ways(false, true));
        assert_eq!(preferences.of(Kind::TaskDue), ways(true, false));
        assert_eq!(preferences.of(Kind::WebhookDisabled), ways(true, true));
        assert_eq!(preferences.all().count(), Kind::ALL.len());
    }
}

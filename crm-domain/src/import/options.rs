//! How rows are made into records.

use super::{DuplicatePolicy, ImportField, ImportKind, ImportMode, ImportTarget, MatchBy};
use crate::custom_field::FieldSet;
use crate::violation::Violations;

/// The most columns that a table may have.
pub const MAX_COLUMNS: usize = 200;

/// How rows are made into records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportOptions {
    /// What each column holds, in their order; `None` for one that is left out.
    pub mapping: Vec<Option<ImportTarget>>,
    /// Whether they make records or change them.
    pub mode: ImportMode,
    /// By what they match a record.
    pub match_by: MatchBy,
    /// What becomes of one that would make a duplicate.
    pub on_duplicate: DuplicatePolicy,
}

impl ImportOptions {
    /// Each row makes a record, unless its address is taken. Columns hold what their names say.
    #[must_use]
    pub fn new(kind: ImportKind, columns: &[String], fields: &FieldSet) -> Self {
        let mut mapping: Vec<Option<ImportTarget>> = Vec::new();
        for column in columns {
            let field = guess(kind, column, fields);
            let field = field.filter(|field| !mapping.contains(&Some(*field)));
            mapping.push(field);
        }
        Self {
            mapping,
            mode: ImportMode::Create,
            match_by: MatchBy::Email,
            on_duplicate: DuplicatePolicy::Skip,
        }
    }

    /// Refuses options with which no row could be made into a record.
    ///
    /// # Errors
    /// Each thing that is wrong.
    pub fn check(&self, kind: ImportKind, fields: &FieldSet) -> Result<(), Violations> {
        let mut violations = Violations::new();
        for (i, field) in self.mapping.iter().enumerate() {
            let Some(field) = field else { continue };
            let place = format!("mapping/{i}");
            if !field.is_of(kind, fields) {
                let message = format!("a {kind} has no field {field}");
                violations.add(&place, "not-one-of", message);
            }
            let is_earlier = self
                .mapping
                .iter()
                .take(i)
                .any(|other| *other == Some(*field));
            if is_earlier {
                violations.add(&place, "duplicate-field", "another column holds it already");
            }
        }
        let has = |field: ImportField| self.mapping.contains(&Some(field.into()));
        if self.mode == ImportMode::Create && !has(ImportField::Name) {
            violations.add("mapping", "required", "no column holds the name");
        }
        if self.mode != ImportMode::Create && !has(self.match_by.field()) {
            let message = format!("no column holds {}, to match by", self.match_by);
            violations.add("mapping", "required", message);
        }
        violations.into_result()
    }
}

impl MatchBy {
    /// The field that is compared.
    #[must_use]
    pub const fn field(self) -> ImportField {
        match self {
            Self::Email => ImportField::Email,
            Self::Phone => ImportField::Phone,
            Self::Id => ImportField::Id,
        }
    }
}

/// The field that a column of this name holds. Our own exports are understood.
fn guess(kind: ImportKind, column: &str, fields: &FieldSet) -> Option<ImportTarget> {
    let custom = |target: &ImportTarget| matches!(target, ImportTarget::Custom(_));
    if let Some(target) = column.trim().parse().ok().filter(custom) {
        return target.is_of(kind, fields).then_some(target);
    }
    let name = column.trim().to_lowercase();
    let name = name.strip_suffix(".emailid").unwrap_or(&name);
    let named = |field: &&ImportField| field.as_str().to_lowercase() == name;
    let by_name = kind.fields().iter().find(named).copied();
    let by_name =
        by_name.or_else(|| matches!(name, "email" | "e-mail").then_some(ImportField::Email));
    by_name.map(ImportTarget::Own)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::custom_field::{FieldDefinition, FieldResource, FieldType, NewField};

    fn with_field(key: &str) -> FieldSet {
        let new = NewField {
            resource: FieldResource::Lead,
            key: key.parse().unwrap(),
            label: key.parse().unwrap(),
            field_type: FieldType::Bool,
            is_required: false,
            position: None,
        };
        let (id, now) = (Uuid::nil().into(), DateTime::UNIX_EPOCH);
        FieldSet::new(vec![FieldDefinition::create(id, new, 0, now)])
    }

    fn columns(names: &str) -> Vec<String> {
        names.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn columns_are_known_by_their_names() {
        let names = "NAME email x assignedAgent.id assignedAgent.emailId name owner custom.size \
                     custom.Size custom.gone";
        let fields = with_field("size");
        let options = ImportOptions::new(ImportKind::Lead, &columns(names), &fields);
        let known = options.mapping.iter().flatten().map(ToString::to_string);
        let known: Vec<_> = known.collect();
        assert_eq!(known, ["name", "emailId", "assignedAgent", "custom.size"]);
        let places = [0, 1, 4, 7].map(|place| options.mapping[place].is_some());
        assert_eq!(places, [true; 4]);
        assert_eq!(options.check(ImportKind::Lead, &fields), Ok(()));
        // The field was put away since.
        let gone = options.check(ImportKind::Lead, &FieldSet::default());
        let gone: Vec<_> = gone.unwrap_err().iter().map(|found| found.code).collect();
        assert_eq!(gone, ["not-one-of"]);
    }

    #[test]
    fn options_with_which_no_row_could_be_made_are_refused() {
        let none = FieldSet::default();
        let of = |names: &str| ImportOptions::new(ImportKind::Lead, &columns(names), &none);
        let codes = |options: &ImportOptions| {
            let violations = options.check(ImportKind::Lead, &none).unwrap_err();
            let fields = violations
                .iter()
                .map(|found| (found.field.clone(), found.code));
            fields.collect::<Vec<_>>()
        };
        assert_eq!(codes(&of("emailId")), [("mapping".to_owned(), "required")]);
        let mode = ImportMode::Both;
        let by_id = ImportOptions {
            mode,
            match_by: MatchBy::Id,
            ..of("name")
        };
        assert_eq!(codes(&by_id), [("mapping".to_owned(), "required")]);
        let (name, owner) = (
            Some(ImportField::Name.into()),
            Some(ImportField::Owner.into()),
        );
        let twice = ImportOptions {
            mapping: vec![name, name, owner],
            ..of("name")
        };
        let expected = [
            ("mapping/1".to_owned(), "duplicate-field"),
            ("mapping/2".to_owned(), "not-one-of"),
        ];
        assert_eq!(codes(&twice), expected);
    }
}

//! Why APIs do not go together.

/// Why the APIs do not go together. Both sides are named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// Metrics that there are twice: a fault of ours.
    #[error("the metrics do not go together: {0}")]
    Metrics(String),
    /// Plugins that do not go together.
    #[error(transparent)]
    Plugin(#[from] crm_app::plugin::PluginError),
    /// Two operations on one method and path.
    #[error("{method} {path} is declared by both `{first}` and `{second}`")]
    DuplicateOperation {
        /// The method.
        method: String,
        /// The path.
        path: String,
        /// Who declared it first.
        first: &'static str,
        /// Who declared it again.
        second: &'static str,
    },
    /// Two operations with one id.
    #[error("the operation id `{id}` is declared by both `{first}` and `{second}`")]
    DuplicateOperationId {
        /// The id.
        id: &'static str,
        /// Who declared it first.
        first: &'static str,
        /// Who declared it again.
        second: &'static str,
    },
    /// An operation without an id.
    #[error("{method} {path} of `{owner}` has no operation id")]
    MissingOperationId {
        /// The method.
        method: String,
        /// The path.
        path: String,
        /// Whose it is.
        owner: &'static str,
    },
    /// An operation that does not say who may call it.
    #[error(
        "{method} {path} of `{owner}` names neither a permission nor `Public`; make it the first argument"
    )]
    NoAccessRule {
        /// The method.
        method: String,
        /// The path.
        path: String,
        /// Whose it is.
        owner: &'static str,
    },
    /// Two types under one name.
    #[error(
        "the schema `{name}` is `{first_type}` for `{first}` and `{second_type}` for `{second}`"
    )]
    SchemaClash {
        /// The name.
        name: String,
        /// Who declared it first.
        first: &'static str,
        /// As which type.
        first_type: &'static str,
        /// Who declared it again.
        second: &'static str,
        /// As which type.
        second_type: &'static str,
    },
    /// Two security schemes under one name.
    #[error("the security scheme `{name}` of `{second}` differs from the one of `{first}`")]
    SecuritySchemeClash {
        /// The name.
        name: String,
        /// Who declared it first.
        first: &'static str,
        /// Who declared it again.
        second: &'static str,
    },
    /// An operation or a type of a plugin's has a name that does not say whose it is.
    #[error("the {what} `{name}` of `{owner}` must have a name that begins with `{begin}`")]
    ForeignName {
        /// What it is: `operation`.
        what: &'static str,
        /// Its name.
        name: String,
        /// Whose it is.
        owner: &'static str,
        /// How it must begin.
        begin: String,
    },
    /// An operation is for who holds a permission that there is not.
    #[error("an operation of `{owner}` is for who holds `{permission}`, which nobody registers")]
    UnknownPermission {
        /// Whose it is.
        owner: &'static str,
        /// The permission.
        permission: &'static str,
    },
    /// A plugin serves operations, and is not among those of the CRM.
    #[error("the operations of `{plugin}` cannot be served by a CRM that does not have the plugin")]
    AbsentPlugin {
        /// Its id.
        plugin: &'static str,
    },
    /// The document cannot be written.
    #[error("the API document cannot be written: {0}")]
    Unwritable(String),
}

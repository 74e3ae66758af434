//! Why plugins do not go together.

/// Why plugins do not go together, with each other or with what they are given. Where there are two sides, both are named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PluginError {
    /// Its manifest is wrong.
    #[error("the plugin `{plugin}` cannot be used: {reason}")]
    Manifest {
        /// Its id.
        plugin: &'static str,
        /// What is wrong.
        reason: String,
    },

    /// Two plugins have one id.
    #[error("two plugins have the id `{plugin}`: versions {first} and {second}")]
    Duplicate {
        /// The id.
        plugin: &'static str,
        /// The version of the one that is listed first.
        first: &'static str,
        /// The version of the other.
        second: &'static str,
    },

    /// A plugin that another one needs is not there.
    #[error("the plugin `{plugin}` requires `{requires}` {range}, which is not listed")]
    Missing {
        /// Who needs it.
        plugin: &'static str,
        /// What it needs.
        requires: &'static str,
        /// In which versions.
        range: &'static str,
    },

    /// A plugin that another one needs is of another version.
    #[error("the plugin `{plugin}` requires `{requires}` {range}, and {found} is listed")]
    Version {
        /// Who needs it.
        plugin: &'static str,
        /// What it needs.
        requires: &'static str,
        /// In which versions.
        range: &'static str,
        /// The version that is there.
        found: &'static str,
    },

    /// Plugins need each other.
    #[error("plugins require each other in a circle: {}", .0.join(" -> "))]
    Circle(Vec<&'static str>),

    /// Something is named as if it were another's.
    #[error(
        "the plugin `{plugin}` registers the {what} `{name}`, whose name must begin with `{begin}`"
    )]
    ForeignName {
        /// Who registers it.
        plugin: &'static str,
        /// What it is: `permission`.
        what: &'static str,
        /// Its name.
        name: String,
        /// How it must begin.
        begin: String,
    },

    /// A plugin names one thing twice, or two plugins bring the same one.
    #[error("the {what} `{name}` is registered by both `{first}` and `{second}`")]
    Twice {
        /// What it is: `permission`.
        what: &'static str,
        /// Its name.
        name: String,
        /// Who registers it first.
        first: &'static str,
        /// Who registers it again.
        second: &'static str,
    },

    /// A plugin grants a permission that it does not register.
    #[error(
        "the plugin `{plugin}` grants `{permission}` to {role}, and registers no such permission"
    )]
    UnknownGrant {
        /// Who does so.
        plugin: &'static str,
        /// The permission.
        permission: String,
        /// The role.
        role: &'static str,
    },

    /// What a plugin registers cannot be used.
    #[error("the plugin `{plugin}` registers something that cannot be used: {reason}")]
    Unusable {
        /// Who registers it.
        plugin: &'static str,
        /// What is wrong.
        reason: String,
    },

    /// A setting of a plugin is wrong.
    #[error("plugins.{plugin}.{key} in {place} is refused: {reason}")]
    Setting {
        /// Whose setting it is.
        plugin: String,
        /// Its name.
        key: String,
        /// Where it stands.
        place: String,
        /// What is wrong.
        reason: String,
    },

    /// There are settings of a plugin that there is not.
    #[error("plugins.{plugin}.{key} in {place} is a setting of a plugin that is not listed")]
    UnknownPlugin {
        /// The id that it is for.
        plugin: String,
        /// Its name.
        key: String,
        /// Where it stands.
        place: String,
    },
}

//! Every setting: its name, its default, what it does, and where it comes from.
//!
//! The environment is read here and nowhere else. A wrong setting ends the start;
//! the message names it and its place, and never tells its value, which may be a secret.

mod given;
mod keys;
mod plugins;
mod private_file;
mod secrets;
mod values;

use std::fmt::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::app::MinPasswordChars;
use crate::app::plugin::{PluginError, Plugins};
use crate::domain::text::Email;
use crate::http::plugin::HttpPlugin;
use crate::http::{IpNet, MetricsToken};
use crate::storage::PoolOptions;
use crate::storage::embedded::Options;

use given::{Given, parsed};
use keys::Keys;
use plugins::Held;
pub(crate) use private_file::create as create_private_file;
pub(crate) use values::{Collector, Dsn, Environment, LogFormat};
use values::{
    DatabaseUrl, Host, LogFilter, Mebibytes, Networks, Origin, Origins, PasswordLength, PoolSize,
    Port, Secret, Switch, TimeZone,
};

/// The fewest characters of a token: what is shorter may be guessed.
const MIN_METRICS_TOKEN: usize = 16;

/// One line of the table below, for the help text.
struct Setting {
    name: &'static str,
    default: Option<&'static str>,
    help: &'static str,
}

macro_rules! settings {
    ($($field:ident: $type:ty, $name:literal $(= $default:literal)?, $help:literal;)*) => {
        /// The settings by name, parsed.
        pub(crate) struct Config {
            $(pub(crate) $field: settings!(@type $type $(, $default)?),)*
            plugins: Held,
        }

        const SETTINGS: &[Setting] = &[
            $(Setting { name: $name, default: settings!(@default $($default)?), help: $help },)*
        ];

        impl Config {
            fn parse(given: &Given, plugins: &[Arc<dyn HttpPlugin>]) -> Result<Self, ConfigError> {
                Ok(Self {
                    $($field: settings!(@value given, $name, $type $(, $default)?),)*
                    plugins: Held::new(plugins, &given.plugins)?,
                })
            }
        }
    };
    (@type $type:ty) => { Option<$type> };
    (@type $type:ty, $default:literal) => { $type };
    (@default) => { None };
    (@default $default:literal) => { Some($default) };
    (@value $given:ident, $name:literal, $type:ty) => { $given.parse::<$type>($name)? };
    (@value $given:ident, $name:literal, $type:ty, $default:literal) => {
        match $given.parse::<$type>($name)? {
            Some(value) => value,
            None => parsed($name, "the defaults", $default)?,
        }
    };
}

settings! {
    port: Port, "PORT" = "3000",
        "Port to listen on; 0 takes a free one and prints it";
    host: Host, "CRM_HOST" = "127.0.0.1",
        "Address to listen on; 0.0.0.0 for all of this machine";
    environment: Environment, "CRM_ENV" = "development",
        "development or production; production refuses --demo; cookies go over HTTPS only, except in development on loopback";
    database_url: DatabaseUrl, "DATABASE_URL",
        "A Postgres of your own, 14 or later; without it one is run in CRM_DATA_DIR";
    database_pool: PoolSize, "CRM_DATABASE_POOL" = "10",
        "Most connections to the database for requests; six more are for other purposes";
    allow_unsafe_database: Switch, "CRM_ALLOW_UNSAFE_DATABASE" = "off",
        "on accepts a database that loses data in a crash (fsync=off), for tests";
    data_dir: PathBuf, "CRM_DATA_DIR" = "./data",
        "Folder for generated secrets and the database that is run for you";
    pg_bin: PathBuf, "CRM_PG_BIN",
        "Folder of the Postgres programs to run; searched for when not given";
    admin_email: Email, "CRM_ADMIN_EMAIL",
        "With CRM_ADMIN_PASSWORD: makes this first Admin while there is no user";
    admin_password: Secret, "CRM_ADMIN_PASSWORD",
        "Password of the first Admin; as every password, of CRM_PASSWORD_MIN_LENGTH characters and not easy to guess";
    password_min_length: PasswordLength, "CRM_PASSWORD_MIN_LENGTH" = "12",
        "Fewest characters of a password, 8 to 64";
    import_max_mib: Mebibytes, "CRM_IMPORT_MAX_MIB" = "200",
        "Largest file to import, in MiB";
    jwt_secret: Secret, "JWT_SECRET",
        "Signs access tokens, at least 32 bytes; generated into CRM_DATA_DIR when not given";
    jwt_refresh_secret: Secret, "JWT_REFRESH_SECRET",
        "Makes refresh tokens, at least 32 bytes; generated into CRM_DATA_DIR when not given";
    jwt_keys: Keys, "CRM_JWT_KEYS",
        "Several keys instead of JWT_SECRET, to replace them while serving: a file with a JSON list of \
         {kid, key, not_before, retire_at}, which SIGHUP has read again, or the list itself";
    refresh_keys: Keys, "CRM_REFRESH_KEYS",
        "The same instead of JWT_REFRESH_SECRET";
    frontend_url: Origin, "FRONTEND_URL",
        "Origin of a console that is served elsewhere: https://crm.example.org";
    cors_origin: Origins, "CORS_ORIGIN",
        "Further origins that browsers may call from, separated by commas";
    trusted_proxies: Networks, "CRM_TRUSTED_PROXIES",
        "Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, as 10.0.0.0/8, separated by commas; none when not given";
    require_if_match: Switch, "CRM_REQUIRE_IF_MATCH" = "off",
        "on refuses changes of a record that do not say, by If-Match, which version of it they change";
    api_docs: Switch, "CRM_API_DOCS" = "on",
        "on serves the API document and its pages to everybody";
    metrics_token: Secret, "CRM_METRICS_TOKEN",
        "Lets who sends it as a bearer token read /metrics from another machine; 16 characters or more";
    sentry_dsn: Dsn, "SENTRY_DSN",
        "Sentry, or what speaks as it does, that errors of the server and of the console are told to";
    traces_to: Collector, "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OpenTelemetry collector that traces are sent to by protobuf over HTTP: http://localhost:4318";
    time_zone: TimeZone, "CRM_TIME_ZONE" = "UTC",
        "Zone of the workspace's calendar, as Europe/Berlin: when days begin and end";
    log: LogFilter, "CRM_LOG" = "info",
        "Least level that is logged, also by module: info,crm_http=debug";
    log_format: LogFormat, "CRM_LOG_FORMAT",
        "pretty or json; pretty on a terminal and json elsewhere when not given";
}

/// Why the settings are refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// A value that does not fit.
    #[error("{name} in {place} {reason}")]
    Refused {
        name: String,
        place: String,
        reason: String,
    },
    /// A name that means nothing.
    #[error("{name} in {place} is no setting; `crm help serve` lists them all")]
    Unknown { name: String, place: String },
    /// The file itself.
    #[error("the configuration file {} cannot be used: {reason}", path.display())]
    File { path: PathBuf, reason: String },
    /// The folder for data, or a file in it.
    #[error("{} in CRM_DATA_DIR cannot be used: {reason}", path.display())]
    DataDir { path: PathBuf, reason: String },
    /// The plugins do not go together, or a setting of theirs is wrong.
    #[error(transparent)]
    Plugin(#[from] PluginError),
    /// Nothing secret can be made.
    #[error("the operating system gives no random bytes")]
    NoRandom,
}

/// The first Admin, as the settings have it.
pub(crate) struct FirstAdmin {
    pub(crate) email: Email,
    pub(crate) password: String,
}

impl Config {
    /// Reads the environment and, below it, the file.
    pub(crate) fn load(
        file: Option<&Path>,
        plugins: &[Arc<dyn HttpPlugin>],
    ) -> Result<Self, ConfigError> {
        let given = Given::read(file)?;
        let mut config = Self::parse(&given, plugins)?;
        config.check(&given)?;
        config.data_dir = std::path::absolute(&config.data_dir)
            .map_err(|error| given.refused("CRM_DATA_DIR", &format!("is refused: {error}")))?;
        Ok(config)
    }

    /// What no value tells by itself.
    fn check(&self, given: &Given) -> Result<(), ConfigError> {
        if self.admin_email.is_some() != self.admin_password.is_some() {
            let name = if self.admin_email.is_some() {
                "CRM_ADMIN_EMAIL"
            } else {
                "CRM_ADMIN_PASSWORD"
            };
            let reason = "is given alone: CRM_ADMIN_EMAIL and CRM_ADMIN_PASSWORD go together";
            return Err(given.refused(name, reason));
        }
        let token = self.metrics_token.as_ref().map(Secret::text);
        if token.is_some_and(|token| token.len() < MIN_METRICS_TOKEN) {
            let reason = format!("must have {MIN_METRICS_TOKEN} characters or more");
            return Err(given.refused("CRM_METRICS_TOKEN", &reason));
        }
        self.check_keys(given)?;
        self.check_origins(given)
    }

    fn check_keys(&self, given: &Given) -> Result<(), ConfigError> {
        let (access, refresh) = (&self.jwt_secret, &self.jwt_refresh_secret);
        for (name, secret, list, keys) in [
            ("JWT_SECRET", access, keys::ACCESS, &self.jwt_keys),
            (
                "JWT_REFRESH_SECRET",
                refresh,
                keys::REFRESH,
                &self.refresh_keys,
            ),
        ] {
            let Some(secret) = secret else { continue };
            secret
                .key()
                .map_err(|error| given.refused(name, &error.to_string()))?;
            if keys.is_some() {
                let reason = format!("goes instead of {name}: give one of them");
                return Err(given.refused(list, &reason));
            }
        }
        Ok(())
    }

    fn check_origins(&self, given: &Given) -> Result<(), ConfigError> {
        let insecure = |origin: &Origin| !origin.is_https();
        if self.environment == Environment::Development {
            return Ok(());
        }
        let reason = "must begin with https:// when CRM_ENV is production";
        if self.frontend_url.as_ref().is_some_and(insecure) {
            return Err(given.refused("FRONTEND_URL", reason));
        }
        let origins = self.cors_origin.as_ref();
        if origins.is_some_and(|origins| origins.iter().any(insecure)) {
            return Err(given.refused("CORS_ORIGIN", reason));
        }
        Ok(())
    }

    /// The plugins.
    pub(crate) const fn plugins(&self) -> &Plugins {
        &self.plugins.all
    }

    /// Their HTTP halves.
    pub(crate) fn http_plugins(&self) -> &[Arc<dyn HttpPlugin>] {
        &self.plugins.http
    }

    /// Where to listen.
    pub(crate) fn address(&self) -> SocketAddr {
        SocketAddr::new(self.host.ip(), self.port.number())
    }

    /// How a client on this machine reaches a listener on `address`.
    pub(crate) fn url(address: SocketAddr) -> String {
        let ip = match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        format!("http://{}", SocketAddr::new(ip, address.port()))
    }

    /// Only a developer's own machine may do without HTTPS.
    pub(crate) fn secure_cookies(&self) -> bool {
        !(self.environment == Environment::Development && self.host.ip().is_loopback())
    }

    /// The origins that browsers may call from.
    pub(crate) fn allowed_origins(&self) -> Vec<String> {
        let further = self.cors_origin.iter().flat_map(Origins::iter);
        let mut origins: Vec<String> = Vec::new();
        for origin in self.frontend_url.iter().chain(further) {
            let origin = origin.to_string();
            if !origins.contains(&origin) {
                origins.push(origin);
            }
        }
        origins
    }

    /// What lets other machines read the metrics.
    pub(crate) fn metrics_token(&self) -> MetricsToken {
        let token = self.metrics_token.as_ref().map(Secret::text);
        token.map_or_else(MetricsToken::default, MetricsToken::new)
    }

    /// The origin of a console that is served elsewhere.
    pub(crate) fn console_origin(&self) -> Option<String> {
        self.frontend_url.as_ref().map(ToString::to_string)
    }

    /// The networks of proxies that are believed.
    pub(crate) fn trusted_proxies(&self) -> Vec<IpNet> {
        let networks = self.trusted_proxies.as_ref();
        networks.map(Networks::to_vec).unwrap_or_default()
    }

    /// The first Admin to make.
    pub(crate) fn first_admin(&self) -> Option<FirstAdmin> {
        let (email, password) = self
            .admin_email
            .as_ref()
            .zip(self.admin_password.as_ref())?;
        Some(FirstAdmin {
            email: email.clone(),
            password: password.text().to_owned(),
        })
    }

    /// The URL of a database that is not ours to run.
    pub(crate) fn external_database(&self) -> Option<&str> {
        self.database_url.as_ref().map(DatabaseUrl::text)
    }

    /// How to run a database of our own.
    pub(crate) fn embedded(&self) -> Options {
        Options {
            data_dir: self.data_dir.clone(),
            binaries: self.pg_bin.clone(),
            settings: Vec::new(),
        }
    }

    /// How to connect to the database at `url`.
    pub(crate) fn pool(&self, url: &str) -> PoolOptions {
        PoolOptions {
            size: self.database_pool.connections(),
            ..PoolOptions::new(url)
        }
    }

    /// The fewest characters of a password.
    pub(crate) fn min_password_chars(&self) -> MinPasswordChars {
        self.password_min_length.chars()
    }

    /// The largest file to import, in bytes.
    pub(crate) fn max_import_bytes(&self) -> u64 {
        self.import_max_mib.bytes()
    }

    /// Makes the folder for data unless it is there; private, as far as the
    /// database's own user can still get through.
    pub(crate) fn create_data_dir(&self) -> Result<(), ConfigError> {
        secrets::create_data_dir(&self.data_dir, self.database_url.is_none())
    }
}

/// A password that nobody guesses: 120 random bits.
pub(crate) fn generate_password() -> Result<String, ConfigError> {
    use base64::Engine as _;
    let bytes = keys::random::<15>()?;
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}

/// Tells nothing: half of the settings are secrets.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").finish_non_exhaustive()
    }
}

/// All settings with their defaults, for the help text.
pub(crate) fn help() -> String {
    let mut text = "Settings, from the environment or from the TOML file given by --config, in which they have \
                    the same names; the environment wins:\n"
        .to_owned();
    for Setting {
        name,
        default,
        help,
    } in SETTINGS
    {
        let default = default.map_or_else(String::new, |default| format!(" [default: {default}]"));
        // Writing to a string cannot fail.
        let _ = write!(text, "\n  {name}{default}\n      {help}");
    }
    text
}

#[cfg(test)]
mod tests;

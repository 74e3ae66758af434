//! The types of the settings: each parses its text or says what is wrong with it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use sentry::types::Dsn as SentryDsn;
use tracing_subscriber::EnvFilter;
use ureq::http::Uri;

use crate::app::{KeyRefused, MinPasswordChars, SecretKey};
use crate::domain::due::Tz;
use crate::http::IpNet;
use crate::storage::{PoolOptions, pool};

/// How seriously the server is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Environment {
    /// On a developer's machine.
    Development,
    /// With people's data.
    Production,
}

impl Environment {
    /// As the setting has it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Production => "production",
        }
    }
}

impl FromStr for Environment {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "development" => Ok(Self::Development),
            "production" => Ok(Self::Production),
            _ => Err("neither development nor production"),
        }
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Pretty,
    /// For programs, one object a line.
    Json,
}

impl FromStr for LogFormat {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "pretty" => Ok(Self::Pretty),
            "json" => Ok(Self::Json),
            _ => Err("neither pretty nor json"),
        }
    }
}

/// What is logged.
pub(crate) struct LogFilter(String);

impl LogFilter {
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

impl FromStr for LogFilter {
    type Err = tracing_subscriber::filter::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        EnvFilter::try_new(text)?;
        Ok(Self(text.to_owned()))
    }
}

/// Where Sentry takes errors.
pub(crate) struct Dsn(SentryDsn);

impl Dsn {
    pub(crate) fn sentry(&self) -> &SentryDsn {
        &self.0
    }

    /// What browsers may know of it: some have a secret too.
    pub(crate) fn public(&self) -> String {
        let (scheme, key, host) = (self.0.scheme(), self.0.public_key(), self.0.host());
        let (port, path, project) = (self.0.port(), self.0.path(), self.0.project_id());
        format!("{scheme}://{key}@{host}:{port}{path}{project}")
    }

    /// The origin that the console sends to.
    pub(crate) fn origin(&self) -> String {
        format!("{}://{}:{}", self.0.scheme(), self.0.host(), self.0.port())
    }
}

impl FromStr for Dsn {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let dsn = text.parse().map(Self);
        dsn.map_err(
            |_| "not as https://key@sentry.example.org/1, which Sentry calls the DSN of a project",
        )
    }
}

/// Where traces are sent, without the path of the protocol.
pub(crate) struct Collector(String);

impl fmt::Display for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Collector {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uri: Option<Uri> = text.parse().ok();
        let is_one = uri.is_some_and(|uri| {
            let scheme = uri.scheme_str().unwrap_or_default();
            ["http", "https"].contains(&scheme) && uri.query().is_none()
        });
        if is_one {
            Ok(Self(text.trim_end_matches('/').to_owned()))
        } else {
            Err("not as http://localhost:4318")
        }
    }
}

/// Networks, separated by commas.
pub(crate) struct Networks(Vec<IpNet>);

impl Networks {
    pub(crate) fn to_vec(&self) -> Vec<IpNet> {
        self.0.clone()
    }
}

impl FromStr for Networks {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let networks = text.split(',').map(|network| network.trim().parse());
        let networks = networks.collect::<Result<_, _>>();
        networks
            .map(Self)
            .map_err(|_| "not a list of networks like 10.0.0.0/8,fd00::/8")
    }
}

/// A time zone by its name in the IANA database.
pub(crate) struct TimeZone(Tz);

impl TimeZone {
    pub(crate) const fn zone(&self) -> Tz {
        self.0
    }
}

impl FromStr for TimeZone {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let zone = text.parse().map(Self);
        zone.map_err(|_| "not the name of a time zone like Europe/Berlin")
    }
}

/// `on` or `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Switch {
    On,
    Off,
}

impl Switch {
    pub(crate) const fn is_on(self) -> bool {
        matches!(self, Self::On)
    }
}

impl FromStr for Switch {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "on" => Ok(Self::On),
            "off" => Ok(Self::Off),
            _ => Err("neither on nor off"),
        }
    }
}

/// An address to listen on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Host(IpAddr);

impl Host {
    pub(crate) const fn ip(self) -> IpAddr {
        self.0
    }
}

impl FromStr for Host {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "localhost" {
            return Ok(Self(Ipv4Addr::LOCALHOST.into()));
        }
        text.parse()
            .map(Self)
            .map_err(|_| "not an IP address, such as 127.0.0.1 or 0.0.0.0")
    }
}

/// A port to listen on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Port(u16);

impl Port {
    pub(crate) const fn number(self) -> u16 {
        self.0
    }
}

impl FromStr for Port {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse()
            .map(Self)
            .map_err(|_| "not a number from 0 to 65535")
    }
}

/// The most connections in the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PoolSize(usize);

impl PoolSize {
    pub(crate) const fn connections(self) -> usize {
        self.0
    }
}

impl FromStr for PoolSize {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(connections @ 1..=1000) => Ok(Self(connections)),
            _ => Err("not a number from 1 to 1000"),
        }
    }
}

/// The largest file to import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mebibytes(u64);

impl Mebibytes {
    pub(crate) const fn bytes(self) -> u64 {
        self.0 << 20
    }
}

impl FromStr for Mebibytes {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(mebibytes @ 1..=2000) => Ok(Self(mebibytes)),
            _ => Err("not a number from 1 to 2000"),
        }
    }
}

/// The fewest characters of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PasswordLength(MinPasswordChars);

impl PasswordLength {
    pub(crate) const fn chars(self) -> MinPasswordChars {
        self.0
    }
}

impl FromStr for PasswordLength {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let chars = text.parse().ok().and_then(MinPasswordChars::new);
        chars.map(Self).ok_or("not a number from 8 to 64")
    }
}

/// Where the database is; holds its password.
pub(crate) struct DatabaseUrl(String);

impl DatabaseUrl {
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

impl FromStr for DatabaseUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // A pool connects when it is first used; until then it only reads the URL.
        match pool::connect(&PoolOptions::new(text)) {
            Ok(_) => Ok(Self(text.to_owned())),
            Err(_) => Err("not of the form postgres://user:password@host:5432/database"),
        }
    }
}

/// What nobody may see.
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    pub(crate) fn key(&self) -> Result<SecretKey, KeyRefused> {
        SecretKey::new(self.0.clone().into_bytes())
    }
}

impl FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

/// What a browser sends as `Origin`: scheme, host, and port where it is not the scheme's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin(String);

impl Origin {
    pub(crate) fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Origin {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (scheme, rest) = text
            .split_once("://")
            .ok_or("an origin begins with https:// or http://")?;
        let own_port = match scheme {
            "https" => "443",
            "http" => "80",
            _ => return Err("an origin begins with https:// or http://"),
        };
        // The colons of an IPv6 address stand in brackets.
        let host_end = rest.find(']').map_or(0, |at| at + 1);
        let (host, port) = match rest.get(host_end..).and_then(|end| end.rfind(':')) {
            Some(at) => {
                let (host, port) = rest.split_at(host_end + at);
                (host, Some(port.trim_start_matches(':')))
            }
            None => (rest, None),
        };
        let allowed = |c: char| {
            c.is_ascii_lowercase() || c.is_ascii_digit() || (host_end > 0 && "[:]".contains(c))
        };
        if host.is_empty() || !host.chars().all(|c| allowed(c) || ".-".contains(c)) {
            return Err(
                "an origin is scheme, host and port only, in lower case: https://crm.example.org",
            );
        }
        match port {
            Some(port) if port == own_port => Err("browsers leave the scheme's own port out"),
            Some(port) if port.parse::<u16>().is_err() => Err("its port is not a number"),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

/// Origins, separated by commas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origins(Vec<Origin>);

impl Origins {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Origin> {
        self.0.iter()
    }
}

impl FromStr for Origins {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let origins = text.split(',').map(|origin| origin.trim().parse());
        origins.collect::<Result<_, _>>().map(Self)
    }
}

//! Where a webhook goes. Whether its host may be connected to is judged when it is, by its addresses.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

/// The address of a receiver: `http` or `https`, without a user, a password or a fragment.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct WebhookUrl(Url);

/// Why a text is no address of a receiver: a stable key, and what a person reads.
pub(crate) type UrlError = (&'static str, &'static str);

impl WebhookUrl {
    /// The most characters.
    pub(crate) const MAX_CHARS: usize = 2_000;

    /// Parses it as browsers do: `http://2130706433` is `http://127.0.0.1/`.
    pub(crate) fn parse(text: &str) -> Result<Self, UrlError> {
        const TOO_LONG: UrlError = ("too-long", "must be at most 2000 characters long");
        if text.chars().count() > Self::MAX_CHARS {
            return Err(TOO_LONG);
        }
        let url = Url::parse(text).map_err(|_| ("not-a-url", "is no URL"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(("not-a-url", "must begin with https://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(("not-allowed", "must hold no user and no password"));
        }
        if url.fragment().is_some() {
            return Err(("not-allowed", "must have no fragment"));
        }
        if url.host().is_none() || url.port() == Some(0) {
            return Err(("not-a-url", "must name a host and a port other than 0"));
        }
        // What is escaped is longer than what was written.
        if url.as_str().len() > Self::MAX_CHARS {
            return Err(TOO_LONG);
        }
        Ok(Self(url))
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Where it leads, without the path: `https://example.org`.
    pub(crate) fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    pub(crate) fn is_tls(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The address that the host is written as, if it is.
    pub(crate) fn literal(&self) -> Option<IpAddr> {
        match self.0.host()? {
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
            Host::Domain(_) => None,
        }
    }

    /// The name or address of the host, without brackets.
    pub(crate) fn host(&self) -> String {
        match self.literal() {
            Some(address) => address.to_string(),
            None => self.0.host_str().unwrap_or_default().to_owned(),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or(443)
    }

    /// The `Host` of a request.
    pub(crate) fn authority(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        match self.0.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// The target of a request: the path and the query.
    pub(crate) fn target(&self) -> String {
        match self.0.query() {
            Some(query) => format!("{}?{query}", self.0.path()),
            None => self.0.path().to_owned(),
        }
    }
}

/// Without the path and the query, which are often a secret.
impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebhookUrl({}/..)", self.origin())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_written_in_another_way_is_the_same_address() {
        let local: IpAddr = [127, 0, 0, 1].into();
        for text in [
            "http://127.0.0.1",
            "http://2130706433/",
            "http://0x7f000001",
            "http://0177.0.0.1",
            "http://127.1",
            "http://127.0.1",
            "http://0x7f.1",
            "http://%31%32%37.0.0.1",
            "http://127。0。0。1",
            "http://①②⑦.0.0.1",
        ] {
            let url = WebhookUrl::parse(text).unwrap();
            assert_eq!(url.literal(), Some(local), "{text}");
            assert_eq!(url.host(), "127.0.0.1");
        }
    }

    #[test]
    fn what_is_no_address_of_a_receiver_is_refused() {
        for text in [
            "",
            "example.org",
            "file:///etc/passwd",
            "unix:///var/run/docker.sock",
            "ftp://example.org",
            "gopher://example.org",
            "javascript:alert(1)",
            "data:text/plain,x",
            "http://",
            "http://user@example.org",
            "https://user:password@example.org",
            "https://example.org/#fragment",
            "https://example.org:0/",
            "https://example.org:99999/",
            "http://[::1",
            "http://256.256.256.256",
            "http://exa mple.org",
        ] {
            assert!(WebhookUrl::parse(text).is_err(), "{text}");
        }
        let long = format!("https://example.org/{}", "a".repeat(2_000));
        assert!(WebhookUrl::parse(&long).is_err());
        let escaped = format!("https://example.org/{}", "ä".repeat(1_000));
        assert!(WebhookUrl::parse(&escaped).is_err());
    }

    #[test]
    fn its_parts_are_those_of_a_request() {
        let url = WebhookUrl::parse("https://Bücher.example:8443/a/../b c?d=é").unwrap();
        assert_eq!(url.host(), "xn--bcher-kva.example");
        assert_eq!(url.authority(), "xn--bcher-kva.example:8443");
        assert_eq!(url.target(), "/b%20c?d=%C3%A9");
        assert_eq!(url.origin(), "https://xn--bcher-kva.example:8443");
        let url = WebhookUrl::parse("https://[2001:4860::8888]/secret").unwrap();
        let parts = (url.host(), url.authority(), url.port());
        let expected = ("2001:4860::8888", "[2001:4860::8888]", 443);
        assert_eq!((parts.0.as_str(), parts.1.as_str(), parts.2), expected);
        assert!(!format!("{url:?}").contains("secret"));
    }
}

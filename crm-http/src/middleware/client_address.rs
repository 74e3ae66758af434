//! Where a request comes from, and how. Behind a proxy that is for the proxy to say, and only those in the settings are
//! believed.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use poem::http::uri::Scheme;
use poem::{Endpoint, Middleware, Request, Result};

const FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED_PROTO: &str = "x-forwarded-proto";

/// Decides once for each request where it comes from.
pub struct ClientAddresses {
    trusted: Vec<IpNet>,
}

/// Where the request comes from; `None` when its connection has no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ClientAddress(Option<IpAddr>);

/// Where the request comes from.
pub(crate) fn of(req: &Request) -> Option<IpAddr> {
    req.data::<ClientAddress>().and_then(|address| address.0)
}

/// Whether a proxy that is believed says that the request came to it over HTTPS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ForwardedHttps;

/// Whether the client sent the request over HTTPS, as far as is known.
pub(crate) fn is_https(req: &Request) -> bool {
    *req.scheme() == Scheme::HTTPS || req.data::<ForwardedHttps>().is_some()
}

impl ClientAddresses {
    /// Believes what the proxies in these networks say.
    #[must_use]
    pub const fn new(trusted: Vec<IpNet>) -> Self {
        Self { trusted }
    }
}

impl<E: Endpoint> Middleware<E> for ClientAddresses {
    type Output = ClientAddressesEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        ClientAddressesEndpoint {
            inner,
            trusted: self.trusted.clone(),
        }
    }
}

/// See [`ClientAddresses`].
pub struct ClientAddressesEndpoint<E> {
    inner: E,
    trusted: Vec<IpNet>,
}

impl<E: Endpoint> Endpoint for ClientAddressesEndpoint<E> {
    type Output = E::Output;

    async fn call(&self, mut req: Request) -> Result<E::Output> {
        let peer = req.remote_addr().as_socket_addr().map(SocketAddr::ip);
        let headers = req.headers().get_all(FORWARDED_FOR).iter();
        // One that is no text says nothing, and is not passed over: what stands before it may be made up.
        let forwarded = headers.map(|value| value.to_str().unwrap_or_default());
        let address = client(peer, forwarded, &self.trusted);
        let is_believed = peer.is_some_and(|peer| is_trusted(peer, &self.trusted));
        if is_believed && is_forwarded_https(&req) {
            req.set_data(ForwardedHttps);
        }
        req.set_data(ClientAddress(address));
        self.inner.call(req).await
    }
}

/// The nearest address that is not a trusted proxy's. Each proxy adds on the right whom it was called by, so what stands
/// left of an address that is not trusted was written by that one, and may be anything.
fn client<'a>(
    peer: Option<IpAddr>,
    forwarded: impl DoubleEndedIterator<Item = &'a str>,
    trusted: &[IpNet],
) -> Option<IpAddr> {
    let mut nearest = peer?.to_canonical();
    for entry in forwarded.rev().flat_map(|value| value.rsplit(',')) {
        if !is_trusted(nearest, trusted) {
            break;
        }
        // Something else than an address: whoever wrote it is as far as is known.
        let Some(address) = parse(entry.trim()) else {
            break;
        };
        nearest = address;
    }
    Some(nearest)
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    let address = address.to_canonical();
    trusted.iter().any(|network| network.contains(&address))
}

/// What the nearest proxy says, which is the last word.
fn is_forwarded_https(req: &Request) -> bool {
    let last = req.headers().get_all(FORWARDED_PROTO).iter().next_back();
    let last = last.and_then(|value| value.to_str().ok());
    let last = last.and_then(|value| value.rsplit(',').next());
    last.is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("https"))
}

/// An address as proxies write it: with or without a port, an IPv6 one in brackets or bare.
fn parse(entry: &str) -> Option<IpAddr> {
    let bare = entry
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let address = bare.unwrap_or(entry).parse::<IpAddr>().ok();
    let address = address.or_else(|| {
        let with_port = entry.parse::<SocketAddr>().ok()?;
        Some(with_port.ip())
    });
    address.map(|address| address.to_canonical())
}

/// A fuzz target: no header makes reading it fail, that of a stranger is not read, and of what a proxy says the nearest that is no
/// proxy counts.
#[cfg(fuzzing)]
pub fn fuzz(text: &str) {
    let (stranger, proxy) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([10, 0, 0, 1]));
    let trusted: Vec<IpNet> = vec![IpNet::from(proxy)];
    let values = || text.lines();
    assert_eq!(client(Some(stranger), values(), &trusted), Some(stranger));
    let found = client(Some(proxy), values(), &trusted);
    assert!(found.is_some_and(|address| address == address.to_canonical()));
    let nearest = values()
        .next_back()
        .and_then(|value| value.rsplit(',').next());
    if let Some(address) = nearest
        .and_then(|entry| parse(entry.trim()))
        .filter(|address| !is_trusted(*address, &trusted))
    {
        assert_eq!(found, Some(address));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn networks(list: &[&str]) -> Vec<IpNet> {
        list.iter()
            .filter_map(|network| network.parse().ok())
            .collect()
    }

    fn of(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let peer = peer.parse().ok();
        let found = client(peer, forwarded.iter().copied(), &networks(trusted));
        found.map(|address| address.to_string()).unwrap_or_default()
    }

    #[test]
    fn nobody_is_believed_who_is_not_in_the_settings() {
        assert_eq!(of("203.0.113.9", &["6.6.6.6"], &[]), "203.0.113.9");
        assert_eq!(
            of("203.0.113.9", &["6.6.6.6"], &["10.0.0.0/8"]),
            "203.0.113.9"
        );
    }

    #[test]
    fn the_nearest_address_that_is_no_proxy_is_the_client() {
        let trusted = ["10.0.0.0/8", "::1/128"];
        assert_eq!(of("10.0.0.1", &["192.0.2.7"], &trusted), "192.0.2.7");
        assert_eq!(
            of("10.0.0.1", &["6.6.6.6, 192.0.2.7"], &trusted),
            "192.0.2.7"
        );
        assert_eq!(
            of("10.0.0.1", &["6.6.6.6, 192.0.2.7, 10.9.9.9"], &trusted),
            "192.0.2.7"
        );
        assert_eq!(
            of("10.0.0.1", &["6.6.6.6", "192.0.2.7", "10.9.9.9"], &trusted),
            "192.0.2.7"
        );
        assert_eq!(of("::1", &["192.0.2.7"], &trusted), "192.0.2.7");
        assert_eq!(
            of("::ffff:10.0.0.1", &["::ffff:192.0.2.7"], &trusted),
            "192.0.2.7"
        );
        assert_eq!(of("10.0.0.1", &[], &trusted), "10.0.0.1");
        assert_eq!(of("10.0.0.1", &["10.0.0.2"], &trusted), "10.0.0.2");
    }

    #[test]
    fn ports_and_brackets_are_read_and_anything_else_ends_the_search() {
        let trusted = ["10.0.0.0/8"];
        for (entry, expected) in [
            ("192.0.2.7:4711", "192.0.2.7"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("unknown", "10.0.0.1"),
            ("", "10.0.0.1"),
            ("192.0.2.7 10.0.0.1", "10.0.0.1"),
            ("192.0.2.256", "10.0.0.1"),
            ("6.6.6.6, nonsense", "10.0.0.1"),
        ] {
            assert_eq!(of("10.0.0.1", &[entry], &trusted), expected, "{entry}");
        }
    }

    proptest! {
        #[test]
        fn no_header_makes_reading_it_panic(header in ".{0,100}") {
            let _ = of("10.0.0.1", &[&header], &["10.0.0.0/8"]);
        }
    }
}

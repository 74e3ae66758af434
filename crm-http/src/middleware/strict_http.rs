//! Refuses requests that hyper lets through and that two servers in a row may understand differently.

use poem::error::ResponseError;
use poem::http::header::{HOST, HeaderMap, TRANSFER_ENCODING};
use poem::http::uri::Authority;
use poem::http::{StatusCode, Version};
use poem::{Endpoint, Middleware, Request};

/// Put on a request by the server when its head announced the length twice: hyper keeps one header of the two.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AmbiguousLength;

/// Why a request head was refused. All of them answer 400.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MalformedRequest {
    /// HTTP/1.1 without a `Host` header (RFC 9112, section 3.2).
    #[error("the Host header is missing")]
    HostMissing,
    /// More than one `Host` header.
    #[error("the Host header is given more than once")]
    HostRepeated,
    /// A `Host` header that names no host.
    #[error("the Host header is not a host name")]
    HostInvalid,
    /// Two `Content-Length` headers, or one beside `Transfer-Encoding` (RFC 9112, section 6.1).
    #[error("the length of the body is given more than once")]
    LengthAmbiguous,
    /// A `Transfer-Encoding` other than `chunked`.
    #[error("only the transfer encoding chunked is accepted")]
    TransferEncoding,
}

impl ResponseError for MalformedRequest {
    fn status(&self) -> StatusCode {
        StatusCode::BAD_REQUEST
    }
}

/// Middleware that answers a [`MalformedRequest`] before anything else looks at the request.
#[derive(Clone, Copy, Debug, Default)]
pub struct StrictHttp;

impl<E: Endpoint> Middleware<E> for StrictHttp {
    type Output = StrictHttpEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        StrictHttpEndpoint(inner)
    }
}

/// An endpoint behind [`StrictHttp`].
#[derive(Debug)]
pub struct StrictHttpEndpoint<E>(E);

impl<E: Endpoint> Endpoint for StrictHttpEndpoint<E> {
    type Output = E::Output;

    async fn call(&self, request: Request) -> poem::Result<Self::Output> {
        if request.extensions().get::<AmbiguousLength>().is_some() {
            return Err(MalformedRequest::LengthAmbiguous.into());
        }
        check_host(request.version(), request.headers())?;
        check_transfer_encoding(request.headers())?;
        self.0.call(request).await
    }
}

fn check_host(version: Version, headers: &HeaderMap) -> Result<(), MalformedRequest> {
    let mut hosts = headers.get_all(HOST).iter();
    let Some(host) = hosts.next() else {
        // HTTP/1.0 has none, HTTP/2 has `:authority` instead.
        let needed = version == Version::HTTP_11;
        return if needed {
            Err(MalformedRequest::HostMissing)
        } else {
            Ok(())
        };
    };
    if hosts.next().is_some() {
        return Err(MalformedRequest::HostRepeated);
    }
    let is_valid = Authority::try_from(host.as_bytes())
        .is_ok_and(|authority| !authority.as_str().contains('@'));
    if is_valid {
        Ok(())
    } else {
        Err(MalformedRequest::HostInvalid)
    }
}

fn check_transfer_encoding(headers: &HeaderMap) -> Result<(), MalformedRequest> {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    let first_is_chunked = codings
        .next()
        .is_none_or(|coding| coding.as_bytes().eq_ignore_ascii_case(b"chunked"));
    if first_is_chunked && codings.next().is_none() {
        Ok(())
    } else {
        Err(MalformedRequest::TransferEncoding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(values: &[&'static str]) -> Result<(), MalformedRequest> {
        let headers = values
            .iter()
            .map(|value| (HOST, value.parse().unwrap()))
            .collect();
        check_host(Version::HTTP_11, &headers)
    }

    #[test]
    fn one_host_is_demanded_of_http_1_1() {
        assert_eq!(host(&["crm.example:8080"]), Ok(()));
        assert_eq!(host(&["[::1]:8080"]), Ok(()));
        assert_eq!(host(&[]), Err(MalformedRequest::HostMissing));
        assert_eq!(host(&["a", "a"]), Err(MalformedRequest::HostRepeated));
        assert_eq!(check_host(Version::HTTP_10, &HeaderMap::new()), Ok(()));
        assert_eq!(check_host(Version::HTTP_2, &HeaderMap::new()), Ok(()));
    }

    #[test]
    fn a_host_that_is_no_host_is_refused() {
        for value in ["", "a b", "user@crm.example", "a/b", "crm.example:80:80"] {
            assert_eq!(
                host(&[value]),
                Err(MalformedRequest::HostInvalid),
                "{value:?}"
            );
        }
    }

    #[test]
    fn chunked_is_the_only_transfer_encoding() {
        let check = |values: &[&'static str]| {
            check_transfer_encoding(
                &values
                    .iter()
                    .map(|value| (TRANSFER_ENCODING, value.parse().unwrap()))
                    .collect(),
            )
        };
        assert_eq!(check(&[]), Ok(()));
        assert_eq!(check(&["Chunked"]), Ok(()));
        assert_eq!(
            check(&["gzip, chunked"]),
            Err(MalformedRequest::TransferEncoding)
        );
        assert_eq!(
            check(&["chunked", "chunked"]),
            Err(MalformedRequest::TransferEncoding)
        );
    }
}

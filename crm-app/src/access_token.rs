//! Access tokens: JWTs of 15 minutes, signed with HS256, in the profile of RFC 9068.

use chrono::{DateTime, TimeDelta, Utc};
use crm_domain::ids::{SessionId, UserId};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error as JwtError, ErrorKind};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use ring::hmac;
use serde::{Deserialize, Serialize};
use signature::{Signer, Verifier};
use uuid::Uuid;

use crate::error::{AuthError, Error, Result};
use crate::keys::SecretKey;

/// How long an access token is good for.
pub(crate) const LIFETIME: TimeDelta = TimeDelta::minutes(15);

/// Clocks of replicas may differ by this much.
const LEEWAY: TimeDelta = TimeDelta::seconds(5);
const TYPE: &str = "at+jwt";
const ISSUER: &str = "crm";
const AUDIENCE: &str = "crm";
const MAX_BYTES: usize = 4096;

/// What a good token says. What the user may do is looked up.
#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    iss: String,
    aud: String,
    sub: Uuid,
    sid: Uuid,
    rc: i32,
    iat: i64,
    exp: i64,
}

/// What a token proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Claims {
    pub(crate) user: UserId,
    pub(crate) session: SessionId,
    /// The number of the refresh token that it was issued with.
    pub(crate) counter: i32,
}

/// Signs and verifies with one key; the key's id stands in the header of each token.
pub(crate) struct AccessTokens {
    header: Header,
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

impl AccessTokens {
    pub(crate) fn new(key: &SecretKey) -> Self {
        // An error means that the host has chosen a provider, which does as well.
        let _ = PROVIDER.install_default();
        let mut header = Header::new(Algorithm::HS256);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(key.id());
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        // Checked below, by the clock that the rest of the program goes by.
        validation.validate_exp = false;
        Self {
            header,
            encoding: EncodingKey::from_secret(key.bytes()),
            decoding: DecodingKey::from_secret(key.bytes()),
            validation,
        }
    }

    pub(crate) fn issue(&self, claims: Claims, now: DateTime<Utc>) -> Result<String> {
        let payload = Payload {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: claims.user.uuid(),
            sid: claims.session.uuid(),
            rc: claims.counter,
            iat: now.timestamp(),
            exp: (now + LIFETIME).timestamp(),
        };
        jsonwebtoken::encode(&self.header, &payload, &self.encoding).map_err(Error::internal)
    }

    pub(crate) fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Claims, AuthError> {
        if token.len() > MAX_BYTES {
            return Err(AuthError::InvalidToken);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| AuthError::InvalidToken)?;
        // The library looks at neither.
        if header.typ.as_deref() != Some(TYPE) || header.kid != self.header.kid {
            return Err(AuthError::InvalidToken);
        }
        let payload: Payload = jsonwebtoken::decode(token, &self.decoding, &self.validation)
            .map_err(|_| AuthError::InvalidToken)?
            .claims;
        if now.timestamp() > payload.exp + LEEWAY.num_seconds() {
            return Err(AuthError::TokenExpired);
        }
        if payload.iat > now.timestamp() + LEEWAY.num_seconds() {
            return Err(AuthError::InvalidToken);
        }
        Ok(Claims {
            user: payload.sub.into(),
            session: payload.sid.into(),
            counter: payload.rc,
        })
    }
}

/// HS256 on ring. The library's own backends are aws-lc (a minute of C to compile) and `RustCrypto` (with the `rsa`
/// crate, RUSTSEC-2023-0071); ring is here anyway for TLS.
static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| match algorithm {
        Algorithm::HS256 => Ok(Box::new(Hs256(hmac::Key::new(
            hmac::HMAC_SHA256,
            key.as_bytes(),
        )))),
        _ => Err(unsupported()),
    },
    verifier_factory: |algorithm, key| match algorithm {
        Algorithm::HS256 => Ok(Box::new(Hs256(hmac::Key::new(
            hmac::HMAC_SHA256,
            key.try_get_as_bytes()?,
        )))),
        _ => Err(unsupported()),
    },
    key_utils: KeyUtils::new_unimplemented(),
};

fn unsupported() -> JwtError {
    ErrorKind::InvalidAlgorithm.into()
}

struct Hs256(hmac::Key);

impl Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(hmac::sign(&self.0, message).as_ref().to_vec())
    }
}

impl Verifier<Vec<u8>> for Hs256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        hmac::verify(&self.0, message, signature).map_err(|_| signature::Error::new())
    }
}

impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

#[cfg(test)]
mod tests;

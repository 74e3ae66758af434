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
use crate::key_ring::{KeyRing, RingKey};

/// How long an access token is good for.
pub(crate) const LIFETIME: TimeDelta = TimeDelta::minutes(15);

/// Clocks of replicas may differ by this much.
const LEEWAY: TimeDelta = TimeDelta::seconds(5);

/// How long a token may be good after its key was retired: the clock of whoever signed it may be behind by the leeway,
/// and that of whoever verifies it too.
pub(crate) const OUTLIVES_KEY: TimeDelta = TimeDelta::seconds(15 * 60 + 2 * 5);

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

/// Signs and verifies; the id of the key stands in the header of each token.
pub(crate) struct AccessTokens {
    /// Of each token, without the key.
    header: Header,
    validation: Validation,
}

impl AccessTokens {
    pub(crate) fn new() -> Self {
        // An error means that the host has chosen a provider, which does as well.
        let _ = PROVIDER.install_default();
        let mut header = Header::new(Algorithm::HS256);
        header.typ = Some(TYPE.to_owned());
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        // Checked below, by the clock that the rest of the program goes by.
        validation.validate_exp = false;
        Self { header, validation }
    }

    pub(crate) fn issue(
        &self,
        keys: &KeyRing,
        claims: Claims,
        now: DateTime<Utc>,
    ) -> Result<String> {
        let payload = Payload {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: claims.user.uuid(),
            sid: claims.session.uuid(),
            rc: claims.counter,
            iat: now.timestamp(),
            exp: (now + LIFETIME).timestamp(),
        };
        let active = keys.active(now)?;
        let header = Header {
            kid: Some(active.id().to_owned()),
            ..self.header.clone()
        };
        let key = EncodingKey::from_secret(active.key().bytes());
        jsonwebtoken::encode(&header, &payload, &key).map_err(Error::internal)
    }

    pub(crate) fn verify(
        &self,
        keys: &KeyRing,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<Claims, AuthError> {
        if token.len() > MAX_BYTES {
            return Err(AuthError::InvalidToken);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| AuthError::InvalidToken)?;
        // The library looks at neither.
        let is_named = |key: &&RingKey| Some(key.id()) == header.kid.as_deref();
        let key = keys.verifying(now).find(is_named);
        let key = key
            .filter(|_| header.typ.as_deref() == Some(TYPE))
            .ok_or(AuthError::InvalidToken)?;
        let key = DecodingKey::from_secret(key.key().bytes());
        let payload: Payload = jsonwebtoken::decode(token, &key, &self.validation)
            .map_err(|_| AuthError::InvalidToken)?
            .claims;
        if now.timestamp() - LEEWAY.num_seconds() > payload.exp {
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

/// A fuzz target: no token makes verifying it fail, also when its header and its payload are signed.
#[cfg(fuzzing)]
pub fn fuzz(text: &str) {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    let Ok(key) = crate::keys::SecretKey::new(vec![1; 32]) else {
        return;
    };
    let (tokens, now) = (AccessTokens::new(), DateTime::UNIX_EPOCH);
    let keys = KeyRing::access_of(key.clone());
    assert!(tokens.verify(&keys, text, now).is_err());
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let (header, payload) = text.split_once('.').unwrap_or(("", text));
    let genuine = format!(r#"{{"alg":"HS256","typ":"{TYPE}","kid":"{}"}}"#, key.id());
    for header in [header, &genuine] {
        let signed = format!("{}.{}", part(header), part(payload));
        let tag = hmac::sign(
            &hmac::Key::new(hmac::HMAC_SHA256, key.bytes()),
            signed.as_bytes(),
        );
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag));
        // Whether it is good is for its claims to say.
        let _ = tokens.verify(&keys, &token, now);
    }
}

#[cfg(test)]
mod tests;

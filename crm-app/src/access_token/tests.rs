use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::*;
use crate::keys::SecretKey;

fn noon() -> DateTime<Utc> {
    "2026-01-02T12:00:00Z".parse().unwrap()
}

fn keys(byte: u8) -> KeyRing {
    KeyRing::access_of(SecretKey::new(vec![byte; 32]).unwrap())
}

fn signed_by(keys: &KeyRing) -> String {
    AccessTokens::new().issue(keys, claims(), noon()).unwrap()
}

fn claims() -> Claims {
    Claims {
        user: Uuid::from_u128(1).into(),
        session: Uuid::from_u128(2).into(),
        counter: 3,
    }
}

fn token() -> String {
    signed_by(&keys(1))
}

/// The token with its header and payload changed, signed with the right key all the same.
fn forged(change: impl Fn(&mut Value, &mut Value)) -> String {
    let token = token();
    let part = |n| -> Value {
        let part = token.split('.').nth(n).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    let (mut header, mut payload) = (part(0), part(1));
    change(&mut header, &mut payload);
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", encode(&header), encode(&payload));
    let tag = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, &[1; 32]),
        message.as_bytes(),
    );
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag))
}

fn verify(token: &str) -> Result<Claims, AuthError> {
    AccessTokens::new().verify(&keys(1), token, noon())
}

#[test]
fn a_token_says_what_was_put_in() {
    assert_eq!(verify(&token()), Ok(claims()));
    assert_eq!(
        verify(&forged(|_, _| {})),
        Ok(claims()),
        "the forger of these tests works"
    );
}

#[test]
fn a_token_lives_fifteen_minutes_and_five_seconds() {
    let after = |seconds| {
        let now = noon() + TimeDelta::seconds(seconds);
        AccessTokens::new().verify(&keys(1), &token(), now)
    };
    assert_eq!(after(905), Ok(claims()));
    assert_eq!(after(906), Err(AuthError::TokenExpired));
    assert_eq!(after(-5), Ok(claims()));
    assert_eq!(after(-6), Err(AuthError::InvalidToken));
}

#[test]
fn a_token_may_end_at_the_last_second_there_is() {
    let token = forged(|_, payload| payload["exp"] = json!(i64::MAX));
    assert_eq!(verify(&token), Ok(claims()));
}

#[test]
fn any_other_token_is_refused() {
    let bad = [
        forged(|header, _| header["alg"] = json!("none")),
        forged(|header, _| header["alg"] = json!("HS384")),
        forged(|header, _| header["alg"] = json!("EdDSA")),
        forged(|header, _| header["typ"] = json!("JWT")),
        forged(|header, _| header["typ"] = json!("rt+jwt")),
        forged(|header, _| header["typ"] = Value::Null),
        forged(|header, _| header["kid"] = json!("../../etc/passwd")),
        forged(|header, _| header["kid"] = Value::Null),
        forged(|_, payload| payload["iss"] = json!("other")),
        forged(|_, payload| payload["aud"] = json!("other")),
        forged(|_, payload| payload["aud"] = Value::Null),
        forged(|_, payload| payload["iss"] = Value::Null),
        forged(|_, payload| payload["sub"] = json!("admin")),
        forged(|_, payload| payload["exp"] = json!("9999999999")),
        forged(|_, payload| payload["exp"] = Value::Null),
        signed_by(&keys(2)),
        format!("{}x", token()),
        token().rsplit_once('.').unwrap().0.to_owned(),
        format!("{}.", token().rsplit_once('.').unwrap().0),
        "a".repeat(1_000_000),
        String::new(),
    ];
    for token in bad {
        assert_eq!(verify(&token), Err(AuthError::InvalidToken), "{token:.200}");
    }
}

use super::*;

fn key(byte: u8) -> SecretKey {
    SecretKey::new(vec![byte; 32]).unwrap()
}

fn session() -> SessionId {
    Uuid::from_u128(7).into()
}

#[test]
fn a_token_survives_the_cookie_and_is_genuine() {
    let token = RefreshToken::new(&key(1), session(), b"salt", 3);
    let decoded = RefreshToken::decode(&token.encode()).unwrap();
    assert_eq!(decoded, token);
    assert!(decoded.is_genuine(&key(1), b"salt"));
}

#[test]
fn the_same_number_gives_the_same_token_and_another_number_another() {
    let token = |counter| RefreshToken::new(&key(1), session(), b"salt", counter).encode();
    assert_eq!(token(3), token(3));
    assert_ne!(token(3), token(4));
}

#[test]
fn another_key_salt_or_number_is_not_genuine() {
    let token = RefreshToken::new(&key(1), session(), b"salt", 3);
    assert!(!token.is_genuine(&key(2), b"salt"));
    assert!(!token.is_genuine(&key(1), b"pepper"));
    assert!(
        !RefreshToken {
            counter: 4,
            ..token
        }
        .is_genuine(&key(1), b"salt")
    );
}

#[test]
fn what_is_not_a_token_is_told_without_the_database() {
    let good = RefreshToken::new(&key(1), session(), b"salt", 3).encode();
    for at in 0..good.len() {
        let mut mistyped = good.clone();
        let other = if good.as_bytes()[at] == b'A' {
            "B"
        } else {
            "A"
        };
        mistyped.replace_range(at..=at, other);
        assert_eq!(RefreshToken::decode(&mistyped), None, "{mistyped}");
    }
    for bad in [
        "",
        "crm_rt_",
        "crm_rt_AAAA",
        "é",
        &good[1..],
        &good[..good.len() - 1],
        &format!("{good}A"),
        &"A".repeat(100_000),
    ] {
        assert_eq!(RefreshToken::decode(bad), None, "{bad:.80}");
    }
}

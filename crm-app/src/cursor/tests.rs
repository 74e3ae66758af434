use super::*;

fn key() -> SecretKey {
    SecretKey::new(vec![1; 32]).unwrap()
}

fn encode(position: &Position, binding: &str) -> String {
    super::encode(position, binding, &key())
}

fn decode(cursor: &str, binding: &str) -> Result<Position> {
    let keys = KeyRing::refresh_of(key());
    super::decode(cursor, binding, &keys, DateTime::UNIX_EPOCH)
}

fn positions() -> [Position; 4] {
    let id = Uuid::from_u128(5);
    let at = "2026-01-02T03:04:05.678901Z".parse().unwrap();
    [
        SortKey::Time(at),
        SortKey::Text("zoë".into()),
        SortKey::Text(String::new()),
        SortKey::Number(-3),
    ]
    .map(|key| Position { key, id })
}

#[test]
fn a_cursor_gives_the_position_back() {
    for position in positions() {
        let cursor = encode(&position, "leads of me");
        assert_eq!(decode(&cursor, "leads of me").unwrap(), position);
    }
}

#[test]
fn a_cursor_serves_no_other_list_and_survives_no_change() {
    for position in positions() {
        let cursor = encode(&position, "leads of me");
        assert!(decode(&cursor, "leads of you").is_err());
        for at in 0..cursor.len() {
            let mut changed = cursor.clone();
            let other = if cursor.as_bytes()[at] == b'A' {
                "B"
            } else {
                "A"
            };
            changed.replace_range(at..=at, other);
            // The last character may hold spare bits; a change there is refused as well.
            assert!(decode(&changed, "leads of me").is_err(), "{changed}");
        }
        assert!(decode(&cursor[..cursor.len() - 4], "leads of me").is_err());
    }
    for bad in ["", "A", "%", "AAAA", "é"] {
        assert!(decode(bad, "leads of me").is_err());
    }
}

#![no_main]

use crm_domain::text::{Email, EmailDomain};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(email) = text.parse::<Email>() else {
        return;
    };
    assert!(email.as_str().chars().count() <= Email::MAX_CHARS);
    assert_eq!(email.as_str().parse(), Ok(email.clone()));
    // Two spellings of one address have one key.
    let key = email.key();
    assert_eq!(Email::from_stored(key.clone()).key(), key);
    let domain = email.domain();
    assert_eq!(domain.to_string().parse::<EmailDomain>(), Ok(domain));
});

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| crm_app::fuzzing::access_token(text));

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| crm_http::fuzzing::if_match(text));

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| crm_http::fuzzing::list_parameters(text));

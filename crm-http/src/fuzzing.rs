//! The fuzz targets of this crate, for `fuzz/parsers`: there only with `--cfg fuzzing`.

pub use crate::api::views::fuzz_list_parameters as list_parameters;
pub use crate::if_match::fuzz as if_match;
pub use crate::middleware::client_address::fuzz as client_address;

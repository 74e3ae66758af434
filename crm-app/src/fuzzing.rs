//! The fuzz targets of this crate, for `fuzz/parsers`: there only with `--cfg fuzzing`.

pub use crate::access_token::fuzz as access_token;
pub use crate::api_key_token::fuzz as api_key;
pub use crate::cursor::fuzz as cursor;
pub use crate::imports::fuzz_table as table;
pub use crate::refresh_token::fuzz as refresh_token;

//! What stands between the connection and the handlers, as poem middleware.

pub mod access_log;
pub mod body_limit;
pub mod client_address;
pub mod cors;
pub mod request_id;
pub mod security_headers;
pub mod strict_http;
pub mod trace;

//! Follows the bytes of a connection closely enough to know where a request begins and ends.
//!
//! hyper parses the requests; this only watches, for two things hyper does not tell. It folds two equal lengths into
//! one and drops a `Content-Length` that stands beside `Transfer-Encoding`, the raw material of request smuggling.
//! And it does not say whether the client still owes us bytes when a connection is closed.

/// Longest part of a line that is looked at; longer than any line that matters here.
const LINE: usize = 128;

/// What the next line is, or that bytes are skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The request line, or empty lines before it.
    Start,
    Header,
    /// The size of a chunk, in hexadecimal.
    ChunkSize,
    Trailer,
    /// Bytes of a body, or of a chunk and its line end.
    Data {
        left: u64,
        chunked: bool,
    },
    /// Not HTTP. hyper closes such a connection.
    Lost,
}

/// The watcher of one connection.
#[derive(Debug)]
pub(super) struct Framing {
    state: State,
    line: Vec<u8>,
    cut: bool,
    length: Option<u64>,
    chunked: bool,
    ambiguous: bool,
}

impl Framing {
    pub(super) fn new() -> Self {
        Self {
            state: State::Start,
            line: Vec::new(),
            cut: false,
            length: None,
            chunked: false,
            ambiguous: false,
        }
    }

    /// Whether some request so far announced its length twice.
    pub(super) fn is_ambiguous(&self) -> bool {
        self.ambiguous
    }

    /// Whether the client has sent the whole of every request it began.
    pub(super) fn is_between_requests(&self) -> bool {
        self.state == State::Start && self.line.is_empty()
    }

    /// Takes note of bytes read from the client.
    pub(super) fn feed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            bytes = match self.state {
                State::Lost => return,
                State::Data { left, chunked } => self.skip(bytes, left, chunked),
                _ => self.take_line(bytes),
            };
        }
    }

    fn skip<'a>(&mut self, bytes: &'a [u8], left: u64, chunked: bool) -> &'a [u8] {
        let here = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        let left = left.saturating_sub(u64::try_from(here).unwrap_or(u64::MAX));
        self.state = match (left, chunked) {
            (0, true) => State::ChunkSize,
            (0, false) => State::Start,
            _ => State::Data { left, chunked },
        };
        bytes.get(here..).unwrap_or_default()
    }

    fn take_line<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let part = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
        let room = LINE.saturating_sub(self.line.len());
        self.line.extend(part.iter().take(room));
        self.cut |= part.len() > room;
        let Some(end) = end else { return &[] };
        let mut line = std::mem::take(&mut self.line);
        self.state = self.after(line.trim_ascii_end());
        // The buffer is kept: a request has many lines.
        line.clear();
        self.line = line;
        self.cut = false;
        bytes.get(end.saturating_add(1)..).unwrap_or_default()
    }

    /// The state after `line`, which has no white space at its end.
    fn after(&mut self, line: &[u8]) -> State {
        match self.state {
            State::Start | State::Trailer if line.is_empty() => State::Start,
            State::Start => {
                (self.length, self.chunked) = (None, false);
                State::Header
            }
            State::Header if line.is_empty() => self.body(),
            State::Header => {
                self.header(line);
                State::Header
            }
            State::ChunkSize => match chunk_size(line) {
                Some(0) => State::Trailer,
                Some(size) => State::Data {
                    left: size.saturating_add(2),
                    chunked: true,
                },
                None => State::Lost,
            },
            state @ (State::Trailer | State::Data { .. } | State::Lost) => state,
        }
    }

    fn header(&mut self, line: &[u8]) {
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let (name, value) = (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        );
        if name.eq_ignore_ascii_case(b"transfer-encoding") {
            self.ambiguous |= self.length.is_some();
            self.chunked = true;
        } else if name.eq_ignore_ascii_case(b"content-length") {
            // A length longer than a line of ours was padded to hide it.
            self.ambiguous |= self.length.is_some() || self.chunked || self.cut;
            let digits = str::from_utf8(value.trim_ascii()).unwrap_or_default();
            self.length = Some(digits.parse().unwrap_or(0));
        }
    }

    /// The state after the empty line that ends a head.
    fn body(&self) -> State {
        match (self.chunked, self.length) {
            (true, _) => State::ChunkSize,
            (false, None | Some(0)) => State::Start,
            (false, Some(left)) => State::Data {
                left,
                chunked: false,
            },
        }
    }
}

fn chunk_size(line: &[u8]) -> Option<u64> {
    let digits = line
        .iter()
        .position(|byte| !byte.is_ascii_hexdigit())
        .unwrap_or(line.len());
    u64::from_str_radix(str::from_utf8(line.get(..digits)?).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds `bytes` whole and byte by byte: the answers must not depend on how they arrive.
    fn watch(bytes: &str) -> (bool, bool) {
        let mut whole = Framing::new();
        whole.feed(bytes.as_bytes());
        let mut drip = Framing::new();
        for byte in bytes.as_bytes() {
            drip.feed(&[*byte]);
        }
        let seen = (whole.is_between_requests(), whole.is_ambiguous());
        assert_eq!(
            seen,
            (drip.is_between_requests(), drip.is_ambiguous()),
            "{bytes:?}"
        );
        seen
    }

    #[test]
    fn the_end_of_a_request_is_found() {
        assert_eq!(watch(""), (true, false));
        assert_eq!(watch("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), (true, false));
        assert_eq!(watch("\r\nGET / HTTP/1.1\nHost: a\n\n"), (true, false));
        assert_eq!(watch("GET / HTTP/1.1\r\nHost: a\r\n"), (false, false));
        assert_eq!(
            watch("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab"),
            (false, false)
        );
        assert_eq!(
            watch("POST / HTTP/1.1\r\ncontent-length:3\r\n\r\nabcGET / HTTP/1.1\r\n\r\n"),
            (true, false)
        );
    }

    #[test]
    fn the_end_of_a_chunked_request_is_found() {
        let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        assert_eq!(
            watch(&format!("{head}3;x=y\r\nabc\r\n0\r\nA: b\r\n\r\n")),
            (true, false)
        );
        assert_eq!(
            watch(&format!("{head}A\r\n0123456789\r\n0\r\n\r\n")),
            (true, false)
        );
        assert_eq!(watch(&format!("{head}3\r\nabc\r\n0\r\n")), (false, false));
        assert_eq!(
            watch(&format!("{head}zz\r\nabc\r\n0\r\n\r\n")),
            (false, false)
        );
    }

    #[test]
    fn a_length_given_twice_is_ambiguous() {
        let line = "POST / HTTP/1.1\r\nHost: a\r\n";
        for headers in [
            "Content-Length: 3\r\nContent-Length: 3\r\n",
            "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
            "transfer-encoding: chunked\r\ncontent-length: 3\r\n",
        ] {
            assert!(watch(&format!("{line}{headers}\r\n")).1, "{headers}");
        }
        let padded = format!("{line}Content-Length:{}3\r\n\r\n", " ".repeat(LINE));
        assert!(watch(&padded).1);
    }

    #[test]
    fn the_second_request_of_a_connection_is_watched_too() {
        let first = "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi";
        assert_eq!(watch(&format!("{first}{first}")), (true, false));
        assert!(
            watch(&format!(
                "{first}POST / HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
            ))
            .1
        );
    }
}

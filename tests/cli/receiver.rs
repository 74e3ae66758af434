//! A server of the test's own that takes what is posted to it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, channel};

/// What was posted.
pub(crate) struct Posted {
    pub(crate) path: String,
    pub(crate) body: Vec<u8>,
}

/// Starts one.
pub(crate) fn start() -> (SocketAddr, Receiver<Posted>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, received) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let from = head.len();
                stream.read_line(&mut head).unwrap();
                let line = head[from..].trim().to_ascii_lowercase();
                if line.is_empty() {
                    break;
                }
                if let Some(value) = line.strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).unwrap();
            stream
                .get_mut()
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                .unwrap();
            let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
            // The test may have seen enough.
            let _ = sender.send(Posted { path, body });
        }
    });
    (address, received)
}

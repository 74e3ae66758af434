//! A network without the world: names mean what the test says, and connections are counted.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Mutex;

use crm_notifications::{Network, SystemNetwork};
use futures_util::future::BoxFuture;
use tokio::net::TcpStream;

/// A network that knows the names that it is told, and counts who is connected to. Only to this machine it really connects.
#[derive(Default)]
pub(crate) struct TestNetwork {
    /// What each name means, look-up by look-up; the last one stays.
    names: Mutex<HashMap<String, Vec<Vec<IpAddr>>>>,
    connected: Mutex<Vec<SocketAddr>>,
    looked_up: Mutex<Vec<String>>,
}

impl TestNetwork {
    /// Lets a name mean these addresses at its first look-up, and at each one after it.
    pub(crate) fn name(&self, name: &str, meanings: &[&[&str]]) {
        let parse = |texts: &&[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        let meanings = meanings.iter().map(parse).collect();
        self.names.lock().unwrap().insert(name.to_owned(), meanings);
    }

    /// Whom it connected to since it was last asked.
    pub(crate) fn connected(&self) -> Vec<SocketAddr> {
        std::mem::take(&mut self.connected.lock().unwrap())
    }

    /// The names that were looked up since it was last asked.
    pub(crate) fn looked_up(&self) -> Vec<String> {
        std::mem::take(&mut self.looked_up.lock().unwrap())
    }
}

impl Network for TestNetwork {
    fn look_up<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        Box::pin(async move {
            self.looked_up.lock().unwrap().push(host.to_owned());
            let mut names = self.names.lock().unwrap();
            let unknown = || io::Error::from(io::ErrorKind::NotFound);
            let meanings = names.get_mut(host).ok_or_else(unknown)?;
            let meaning = match meanings.len() {
                1 => meanings[0].clone(),
                _ => meanings.remove(0),
            };
            let addresses = meaning.into_iter();
            Ok(addresses
                .map(|address| SocketAddr::new(address, port))
                .collect())
        })
    }

    fn connect(&self, address: SocketAddr) -> BoxFuture<'_, io::Result<TcpStream>> {
        self.connected.lock().unwrap().push(address);
        if address.ip().is_loopback() {
            return SystemNetwork.connect(address);
        }
        Box::pin(async { Err(io::ErrorKind::ConnectionRefused.into()) })
    }
}

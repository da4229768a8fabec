//! A client that knows no HTTP: bytes out, bytes in.

use std::io;

use revops_sandbox::fault::{FaultServer, Script};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const GET: &[u8] = b"GET /people HTTP/1.1\r\nhost: x\r\n\r\n";

pub(crate) struct Raw(pub(crate) TcpStream);

pub(crate) async fn start(script: Script) -> (FaultServer, Raw) {
    let server = FaultServer::start(script).await.unwrap();
    let raw = Raw::connect(&server).await;
    (server, raw)
}

impl Raw {
    pub(crate) async fn connect(server: &FaultServer) -> Self {
        Self(TcpStream::connect(server.address()).await.unwrap())
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    /// So many bytes.
    pub(crate) async fn exactly(&mut self, count: usize) -> String {
        let mut bytes = vec![0; count];
        self.0.read_exact(&mut bytes).await.unwrap();
        String::from_utf8(bytes).unwrap()
    }

    /// Everything until the end, and how it ended.
    pub(crate) async fn rest(&mut self) -> (Vec<u8>, io::Result<()>) {
        let mut bytes = Vec::new();
        let end = self.0.read_to_end(&mut bytes).await;
        (bytes, end.map(|_| ()))
    }

    /// Everything until an orderly end.
    pub(crate) async fn text(&mut self) -> String {
        let (bytes, end) = self.rest().await;
        end.unwrap();
        String::from_utf8(bytes).unwrap()
    }

    /// Expects a reset, after these bytes.
    pub(crate) async fn reset_after(&mut self, expected: &str) {
        let (bytes, end) = self.rest().await;
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);
        assert_eq!(end.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    }

    /// One request, and everything until an orderly end.
    pub(crate) async fn ask(&mut self) -> String {
        self.send(GET).await;
        self.text().await
    }
}

/// What a script answers to one request that asks for the end of the connection.
pub(crate) async fn bytes_of(reply: revops_sandbox::fault::Reply) -> Vec<u8> {
    let (_server, mut raw) = start(Script::always(reply)).await;
    raw.send(b"GET / HTTP/1.1\r\nconnection: close\r\n\r\n").await;
    let (bytes, end) = raw.rest().await;
    end.unwrap();
    bytes
}

pub(crate) async fn text_of(reply: revops_sandbox::fault::Reply) -> String {
    String::from_utf8(bytes_of(reply).await).unwrap()
}

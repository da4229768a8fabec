//! What is done about a connection before its first request.

use std::io::ErrorKind;
use std::time::Duration;

use revops_sandbox::fault::{EventKind, HangingPort, Opening, RefusingPort, Reply, Script};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::client::{GET, Raw, start};

#[tokio::test]
async fn connections_are_opened_in_the_order_of_the_script() {
    let script = Script::always(Reply::status(200).then_close())
        .on_connection(Opening::close())
        .on_connection(Opening::reset())
        .on_connection(Opening::send("220 mail.example.com\r\n"));
    let (server, mut raw) = start(script).await;
    assert_eq!(raw.text().await, "");
    Raw::connect(&server).await.reset_after("").await;
    assert_eq!(Raw::connect(&server).await.text().await, "220 mail.example.com\r\n");
    assert!(Raw::connect(&server).await.ask().await.starts_with("HTTP/1.1 200"));
    assert_eq!(server.connections(), 4);
    assert_eq!(server.events_of(1), [EventKind::Accepted, EventKind::Reset]);
}

#[tokio::test]
async fn a_connection_can_be_accepted_and_ignored() {
    let (server, mut raw) = start(Script::new().on_every_connection(Opening::silent())).await;
    raw.send(GET).await;
    timeout(Duration::from_millis(50), raw.0.read(&mut [0])).await.unwrap_err();
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_port_refuses_as_long_as_it_is_held() {
    let port = RefusingPort::bind().unwrap();
    for _ in 0..3 {
        assert_eq!(
            TcpStream::connect(port.address()).await.unwrap_err().kind(),
            ErrorKind::ConnectionRefused
        );
    }
    assert!(port.base_url().starts_with("http://127.0.0.1:"));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_port_leaves_a_connection_hanging() {
    let port = HangingPort::bind().await.unwrap();
    timeout(Duration::from_millis(200), TcpStream::connect(port.address())).await.unwrap_err();
}

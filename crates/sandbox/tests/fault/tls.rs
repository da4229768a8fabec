//! Certificates, good and bad, before a client that verifies them.

#![expect(clippy::panic, reason = "a helper of tests fails as a test does")]

use std::io;
use std::sync::Arc;

use revops_sandbox::fault::{Act, Certificate, EventKind, FaultServer, Opening, Reply, Script};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{CertificateError, ClientConfig, Error, RootCertStore};

/// Connects as a client that trusts this certificate and nothing else.
async fn connect(
    server: &FaultServer,
    trusted: Option<&str>,
    host: &str,
) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    if let Some(pem) = trusted {
        roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(server.address()).await?;
    let host = ServerName::try_from(host.to_owned()).unwrap();
    TlsConnector::from(Arc::new(config)).connect(host, stream).await
}

async fn start(certificate: Certificate) -> FaultServer {
    FaultServer::start_tls(Script::always(Reply::json(200, "{}").then_close()), certificate).await.unwrap()
}

/// Why a client that trusts the issuer refuses the server all the same.
async fn refusal(certificate: Certificate) -> CertificateError {
    let server = start(certificate).await;
    let error = connect(&server, server.certificate_pem(), "127.0.0.1").await.unwrap_err();
    server.until(|events| events.iter().any(|event| event.kind == EventKind::HandshakeFailed)).await;
    assert!(server.requests().is_empty());
    match error.get_ref().and_then(|error| error.downcast_ref()) {
        Some(Error::InvalidCertificate(reason)) => reason.clone(),
        _ => panic!("{error}"),
    }
}

#[tokio::test]
async fn a_valid_certificate_is_accepted_by_who_trusts_its_issuer() {
    let server = start(Certificate::Valid).await;
    for host in ["127.0.0.1", "localhost"] {
        let mut stream = connect(&server, server.certificate_pem(), host).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        assert!(text.ends_with("\r\n\r\n{}"));
    }
    assert_eq!(server.requests().len(), 2);
    assert!(server.https_base_url().starts_with("https://127.0.0.1:"));
}

#[tokio::test]
async fn nobody_is_trusted_without_being_told() {
    for certificate in [Certificate::Valid, Certificate::SelfSigned] {
        let server = start(certificate).await;
        let error = connect(&server, None, "127.0.0.1").await.unwrap_err();
        let reason: Option<&Error> = error.get_ref().and_then(|error| error.downcast_ref());
        assert!(
            matches!(reason, Some(Error::InvalidCertificate(CertificateError::UnknownIssuer))),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_self_signed_certificate_can_be_trusted_itself() {
    let server = start(Certificate::SelfSigned).await;
    connect(&server, server.certificate_pem(), "127.0.0.1").await.unwrap();
}

#[tokio::test]
async fn bad_certificates_are_bad_for_one_reason() {
    let wrong = refusal(Certificate::WrongHost).await;
    assert!(matches!(wrong, CertificateError::NotValidForNameContext { .. }), "{wrong:?}");
    let expired = refusal(Certificate::Expired).await;
    assert!(matches!(expired, CertificateError::ExpiredContext { .. }), "{expired:?}");
    let early = refusal(Certificate::NotYetValid).await;
    assert!(matches!(early, CertificateError::NotValidYetContext { .. }), "{early:?}");
}

#[tokio::test]
async fn a_reset_within_tls_is_a_reset() {
    let server =
        FaultServer::start_tls(Script::always(Act::reset_before_answer()), Certificate::Valid).await.unwrap();
    let mut stream = connect(&server, server.certificate_pem(), "127.0.0.1").await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    assert_eq!(stream.read(&mut [0]).await.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn what_comes_in_place_of_a_handshake_fails_it() {
    let script = Script::new()
        .on_connection(Opening::close())
        .on_connection(Opening::reset())
        .on_connection(Opening::send("HTTP/1.1 400 Bad Request\r\n\r\n"));
    let server = FaultServer::start_tls(script, Certificate::Valid).await.unwrap();
    for expected in [io::ErrorKind::UnexpectedEof, io::ErrorKind::ConnectionReset, io::ErrorKind::InvalidData]
    {
        let error = connect(&server, server.certificate_pem(), "127.0.0.1").await.unwrap_err();
        assert_eq!(error.kind(), expected, "{error}");
    }
}

//! Certificates made at run time, good ones and bad ones.

use std::io;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

use super::connection::Wire;

/// What is right or wrong about the certificate of a server.
///
/// All but the self-signed one come from an issuer of their own, whose certificate is
/// [`FaultServer::certificate_pem`](super::FaultServer::certificate_pem): a client that trusts
/// it refuses the server for the one reason that is named here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Certificate {
    /// For `localhost` and `127.0.0.1`, valid.
    Valid,
    /// The same, signed by itself.
    SelfSigned,
    /// For `elsewhere.example.com`.
    WrongHost,
    /// Valid until the beginning of 2001.
    Expired,
    /// Valid from the beginning of 4000.
    NotYetValid,
}

/// A certificate with its key, and what a client has to trust.
pub(super) struct Identity {
    certificate: CertificateDer<'static>,
    key: Vec<u8>,
    root_pem: String,
}

impl Identity {
    pub(super) fn new(kind: Certificate) -> io::Result<Self> {
        Self::make(kind).map_err(io::Error::other)
    }

    fn make(kind: Certificate) -> Result<Self, rcgen::Error> {
        let key = KeyPair::generate()?;
        let names = match kind {
            Certificate::WrongHost => vec!["elsewhere.example.com".to_owned()],
            _ => vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
        };
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name.push(DnType::CommonName, "fault server");
        match kind {
            Certificate::Expired => params.not_after = date_time_ymd(2001, 1, 1),
            Certificate::NotYetValid => params.not_before = date_time_ymd(4000, 1, 1),
            _ => {}
        }
        let (certificate, root_pem) = if kind == Certificate::SelfSigned {
            let certificate = params.self_signed(&key)?;
            let pem = certificate.pem();
            (certificate, pem)
        } else {
            let mut issuer = CertificateParams::default();
            issuer.distinguished_name.push(DnType::CommonName, "issuer of a fault server");
            issuer.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            let issuer = CertifiedIssuer::self_signed(issuer, KeyPair::generate()?)?;
            (params.signed_by(&key, &issuer)?, issuer.pem())
        };
        Ok(Self { certificate: certificate.der().clone(), key: key.serialize_der(), root_pem })
    }

    pub(super) fn root_pem(&self) -> &str {
        &self.root_pem
    }

    pub(super) fn acceptor(&self) -> io::Result<TlsAcceptor> {
        let key = PrivateKeyDer::try_from(self.key.clone()).map_err(io::Error::other)?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| {
                config.with_no_client_auth().with_single_cert(vec![self.certificate.clone()], key)
            })
            .map_err(io::Error::other)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

impl Wire for TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

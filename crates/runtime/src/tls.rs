//! How connections to vendors are encrypted: rustls with ring, and the certificates of this machine.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use crate::{Error, Kind};

/// rustls with ring, the roots of this machine and `roots`. Set up here, because the process-wide default
/// that the HTTP client would look for belongs to the program.
pub(crate) fn verified(roots: &[Vec<u8>]) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut extra = Vec::new();
    for pem in roots {
        let read = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
        extra.extend(read.ok().filter(|read| !read.is_empty()).ok_or_else(|| {
            Error::setup(Kind::Invalid, "a certificate to be trusted cannot be read; it must be PEM")
        })?);
    }
    let verifier = if extra.is_empty() {
        Verifier::new(Arc::clone(&provider))
    } else {
        Verifier::new_with_extra_roots(extra, Arc::clone(&provider))
    };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(broken)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier.map_err(broken)?))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// A configuration that trusts nobody, for a client that speaks plain HTTP on this machine alone.
pub(crate) fn unused() -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(broken)?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth())
}

fn broken(error: rustls::Error) -> Error {
    Error::setup(Kind::Tls, "TLS cannot be set up").caused_by(error)
}

//! How connections to vendors are encrypted with the feature `native-tls`: by the TLS of the system, which is
//! OpenSSL, Secure Transport or `SChannel`, and its certificates.

use native_tls::{Certificate, TlsConnector, TlsConnectorBuilder};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::{Error, Kind};

/// The TLS of the system, its roots and `roots`.
pub(crate) fn verified(roots: &[Vec<u8>]) -> Result<TlsConnector, Error> {
    let mut builder = builder();
    for pem in roots {
        let read = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
        let read = read.ok().filter(|read| !read.is_empty()).ok_or_else(unreadable)?;
        for certificate in read {
            builder.add_root_certificate(Certificate::from_der(&certificate).map_err(|_| unreadable())?);
        }
    }
    builder.build().map_err(broken)
}

/// A configuration that trusts nobody, for a client that speaks plain HTTP on this machine alone.
pub(crate) fn unused() -> Result<TlsConnector, Error> {
    builder().disable_built_in_roots(true).build().map_err(broken)
}

fn builder() -> TlsConnectorBuilder {
    let mut builder = TlsConnector::builder();
    builder.request_alpns(&["h2", "http/1.1"]);
    builder
}

fn unreadable() -> Error {
    Error::setup(Kind::Invalid, "a certificate to be trusted cannot be read; it must be PEM")
}

fn broken(error: native_tls::Error) -> Error {
    Error::setup(Kind::Tls, "TLS cannot be set up").caused_by(error)
}

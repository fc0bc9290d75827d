//! Certificates and TLS.
//!
//! - [`host names`](name) and [`constraint`]: what the box is called and what its authority may vouch for;
//! - [`authority`]: root and intermediate; [`local`]: the provider that keeps them in the data directory;
//! - [`provider`]: the seam where other sources of certificates come in, and the renewal task;
//! - here: the rustls configuration and the certificate it serves, which can be replaced at any moment.
//!
//! Start: `LocalAuthority::open` → print the report → `ServedCertificate::new(&authority.current())` →
//! [`server_config`] → `listen::serve`, and [`provider::keep_renewed`] beside it.

use std::sync::{Arc, PoisonError, RwLock};

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert, ServerConfig};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};

pub mod authority;
pub mod certificate;
pub mod constraint;
mod durable_file;
pub mod error;
pub mod local;
pub mod name;
pub mod provider;

use certificate::ServerCertificate;
use error::CertificateError;

/// Application protocols offered in the handshake, best first.
const ALPN_PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// The certificate that new connections get. Open connections have theirs already and don't notice a change.
#[derive(Debug)]
pub struct ServedCertificate(RwLock<Arc<CertifiedKey>>);

impl ServedCertificate {
    /// Starts with this certificate.
    #[must_use]
    pub fn new(certificate: &ServerCertificate) -> Arc<Self> {
        Arc::new(Self(RwLock::new(certificate.certified_key())))
    }

    /// Serves this certificate from now on. Says whether that is another one than before.
    pub fn replace(&self, certificate: &ServerCertificate) -> bool {
        let mut served = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let differs = served.cert != certificate.chain();
        *served = certificate.certified_key();
        differs
    }

    /// What a new connection gets.
    fn current(&self) -> Arc<CertifiedKey> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ResolvesServerCert for ServedCertificate {
    /// The same for every name: whoever came here by a name that the certificate lacks is told so by the
    /// browser in words, better than by a failed handshake.
    fn resolve(&self, _client_hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current())
    }
}

/// What the box does on the wire: TLS 1.3 and 1.2 only; key agreement by X25519MLKEM768 with everybody who puts
/// it first, as current browsers do, so that a recorded log-in doesn't fall to a later quantum computer; HTTP/2 before HTTP/1.1; resumption by tickets whose
/// keys live in memory only and rotate; no early data, which could be replayed. One configuration is shared
/// by all connections.
///
/// # Errors
/// [`CertificateError::Unusable`] when the library refuses, for example without a source of randomness.
pub fn server_config(served: Arc<ServedCertificate>) -> Result<Arc<ServerConfig>, CertificateError> {
    let build = || -> Result<ServerConfig, rustls::Error> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(crypto_provider()))
            .with_protocol_versions(&[&TLS13, &TLS12])?
            .with_no_client_auth()
            .with_cert_resolver(served);
        config.alpn_protocols = ALPN_PROTOCOLS.map(<[u8]>::to_vec).to_vec();
        config.ticketer = aws_lc_rs::Ticketer::new()?;
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.max_early_data_size = 0;
        Ok(config)
    };
    build().map(Arc::new).map_err(CertificateError::Unusable)
}

/// aws-lc-rs with the hybrid group, named here and not left to a feature flag of the library. Among the groups
/// that both sides have, rustls takes the one the client likes best.
pub(crate) fn crypto_provider() -> CryptoProvider {
    use aws_lc_rs::kx_group::{SECP256R1, SECP384R1, X25519, X25519MLKEM768};
    CryptoProvider {
        kx_groups: vec![X25519MLKEM768, X25519, SECP256R1, SECP384R1],
        ..aws_lc_rs::default_provider()
    }
}

#[cfg(test)]
pub(crate) mod tests;

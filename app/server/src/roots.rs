//! Whom the box trusts when it is the one that connects: those whom its operating system trusts.

use rustls::pki_types::CertificateDer;
use std::sync::Arc;

/// Certificates of authorities.
#[derive(Debug, Clone, Default)]
pub enum Roots {
    /// Those of the operating system, read anew each time: they are renewed while the box runs. `SSL_CERT_FILE` and
    /// `SSL_CERT_DIR` name others, as they do for many programs.
    #[default]
    System,
    /// These and no others.
    Given(Arc<[CertificateDer<'static>]>),
}

impl Roots {
    /// All of them.
    pub(crate) async fn load(&self) -> Arc<[CertificateDer<'static>]> {
        match self {
            Self::Given(roots) => roots.clone(),
            Self::System => {
                let read = || {
                    let found = rustls_native_certs::load_native_certs();
                    if found.certs.is_empty() {
                        log::error!(
                            "the operating system names no certificate authorities: install ca-certificates"
                        );
                    }
                    found.certs.into()
                };
                tokio::task::spawn_blocking(read).await.unwrap_or_default()
            }
        }
    }
}

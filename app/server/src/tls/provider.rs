//! Where the served certificate comes from: the seam for the local authority and later for ACME and uploads.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::ServedCertificate;
use super::certificate::ServerCertificate;
use super::error::CertificateError;
use crate::log_sink::Chain;

/// How often the certificate is looked at. A look is cheap; it is frequent because a box without a battery
/// for its clock wakes up in the past and is only valid again once this has noticed the jump.
pub const RENEWAL_INTERVAL: Duration = Duration::from_secs(60);

/// A certificate in the making.
pub type CertificateFuture<'a> =
    Pin<Box<dyn Future<Output = Result<ServerCertificate, CertificateError>> + Send + 'a>>;

/// A source of server certificates.
pub trait CertificateProvider: Send + Sync {
    /// The certificate to serve at `now_s` (seconds since 1970): the same as before as long as it is good, a
    /// renewed one when it is due. It is asked every [`RENEWAL_INTERVAL`], so an implementation that goes to
    /// the network paces its own attempts.
    fn certificate(&self, now_s: u64) -> CertificateFuture<'_>;
}

/// Keeps `served` fresh until `stop`: asks the provider every [`RENEWAL_INTERVAL`] and swaps in what it gives,
/// without touching open connections. A failure is logged once per kind of failure and tried again; the old
/// certificate stays in service meanwhile.
pub async fn keep_renewed(
    provider: Arc<dyn CertificateProvider>,
    served: Arc<ServedCertificate>,
    clock: impl Fn() -> u64 + Send,
    stop: CancellationToken,
) {
    let mut last_failure = String::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(RENEWAL_INTERVAL) => {}
        }
        match provider.certificate(clock()).await {
            Ok(certificate) => {
                last_failure.clear();
                if served.replace(&certificate) {
                    log::info!("serving a renewed certificate");
                }
            }
            Err(error) => {
                let failure = error.to_string();
                if failure != last_failure {
                    log::error!("renewing the certificate failed, the old one stays: {}", Chain(&error));
                    last_failure = failure;
                }
            }
        }
    }
}

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

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::tls::tests::TestCertificate;

    /// Gives what it was told to give, and keeps what it was asked.
    #[derive(Default)]
    struct Scripted {
        answers: Mutex<Vec<Result<ServerCertificate, CertificateError>>>,
        asked_at_s: Mutex<Vec<u64>>,
    }

    impl CertificateProvider for Scripted {
        fn certificate(&self, now_s: u64) -> CertificateFuture<'_> {
            self.asked_at_s.lock().unwrap().push(now_s);
            let answer = self.answers.lock().unwrap().remove(0);
            Box::pin(async { answer })
        }
    }

    #[tokio::test(start_paused = true)]
    async fn renewal_swaps_in_what_the_provider_gives_and_survives_its_failures() {
        let [first, second] = [TestCertificate::issued(), TestCertificate::issued()];
        let served = ServedCertificate::new(&first);
        let failure = Err(CertificateError::Malformed("out of order"));
        let answers = vec![Ok(first.clone()), failure, Ok(second.clone())];
        let provider = Arc::new(Scripted { answers: Mutex::new(answers), ..Scripted::default() });
        let (clock, stop) = (Arc::new(AtomicU64::new(100)), CancellationToken::new());
        let of_task = clock.clone();
        let task = tokio::spawn(keep_renewed(
            provider.clone(),
            served.clone(),
            move || of_task.fetch_add(1, Ordering::Relaxed),
            stop.clone(),
        ));
        // Looks at the clock halfway between two of the task's looks.
        tokio::time::sleep(RENEWAL_INTERVAL / 2).await;
        for expect in [&first, &first, &first, &second] {
            assert_eq!(served.current().cert, expect.chain());
            if provider.answers.lock().unwrap().is_empty() {
                stop.cancel();
            }
            tokio::time::sleep(RENEWAL_INTERVAL).await;
        }
        task.await.unwrap();
        assert_eq!(served.current().cert, second.chain());
        assert_eq!(*provider.asked_at_s.lock().unwrap(), [100, 101, 102]);
    }
}

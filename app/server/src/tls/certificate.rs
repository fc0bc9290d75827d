//! A server certificate ready to be served, wherever it came from.

use std::fmt;
use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::X509Certificate;

use super::error::CertificateError;
use crate::host::{DnsName, Host};

/// SHA-256 of a certificate (or of a key), shown as pairs of hexadecimal digits with colons between.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let digest = ::aws_lc_rs::digest::digest(&::aws_lc_rs::digest::SHA256, bytes);
        let mut fingerprint = [0; 32];
        fingerprint.copy_from_slice(digest.as_ref());
        Self(fingerprint)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first four bytes in lower case, to tell two things apart, not to prove anything.
    pub(super) fn short(&self) -> String {
        self.0[..4].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { ":" };
            write!(formatter, "{separator}{byte:02X}")?;
        }
        Ok(())
    }
}

/// From when until when a certificate is valid, in seconds since 1970.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Validity {
    /// The first valid second.
    pub not_before_s: u64,
    /// The last valid second.
    pub not_after_s: u64,
}

impl Validity {
    pub(super) fn of(certificate: &X509Certificate<'_>) -> Self {
        let seconds = |time: x509_parser::time::ASN1Time| u64::try_from(time.timestamp()).unwrap_or(0);
        let validity = certificate.validity();
        Self { not_before_s: seconds(validity.not_before), not_after_s: seconds(validity.not_after) }
    }

    /// When two thirds are over: the moment to renew.
    #[must_use]
    pub const fn renew_at_s(&self) -> u64 {
        self.not_before_s + (self.not_after_s.saturating_sub(self.not_before_s)) / 3 * 2
    }

    /// Whether a certificate should be replaced at `now_s`: near its end, or not valid yet because it was
    /// made while the clock was ahead.
    #[must_use]
    pub const fn is_due(&self, now_s: u64) -> bool {
        now_s < self.not_before_s || now_s >= self.renew_at_s()
    }
}

/// A chain with its key, and what the server has to know about it.
#[derive(Clone)]
pub struct ServerCertificate {
    key: Arc<CertifiedKey>,
    private_key: Arc<PrivateKeyDer<'static>>,
    names: Arc<[Host]>,
    validity: Validity,
}

impl ServerCertificate {
    /// From a chain (the server's own certificate first) and the private key of the first.
    ///
    /// # Errors
    /// [`CertificateError::Malformed`] for a chain that is empty or can't be read,
    /// [`CertificateError::Unusable`] when the key doesn't fit or its kind isn't supported.
    pub fn from_der(
        chain: Vec<CertificateDer<'static>>,
        private_key: PrivateKeyDer<'static>,
    ) -> Result<Self, CertificateError> {
        let first = chain.first().ok_or(CertificateError::Malformed("an empty chain"))?;
        let (_, parsed) = x509_parser::parse_x509_certificate(first)
            .map_err(|_| CertificateError::Malformed("not an X.509 certificate"))?;
        let validity = Validity::of(&parsed);
        let names = names_of(&parsed)?;
        let key = CertifiedKey::from_der(chain, private_key.clone_key(), &aws_lc_rs::default_provider())
            .map_err(CertificateError::Unusable)?;
        Ok(Self { key: Arc::new(key), private_key: Arc::new(private_key), names, validity })
    }

    /// The chain, the server's own certificate first, the root left out.
    #[must_use]
    pub fn chain(&self) -> &[CertificateDer<'static>] {
        &self.key.cert
    }

    /// The private key of the first certificate.
    #[must_use]
    pub fn private_key(&self) -> &PrivateKeyDer<'static> {
        &self.private_key
    }

    /// The names and addresses it is good for; wildcards are left out.
    #[must_use]
    pub fn names(&self) -> &[Host] {
        &self.names
    }

    /// When it is valid.
    #[must_use]
    pub const fn validity(&self) -> Validity {
        self.validity
    }

    /// SHA-256 of the server's own certificate.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.chain().first().map_or(&[], |first| first.as_ref()))
    }

    /// What rustls serves.
    pub(super) fn certified_key(&self) -> Arc<CertifiedKey> {
        self.key.clone()
    }
}

impl fmt::Debug for ServerCertificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ServerCertificate")
            .field("names", &self.names)
            .field("validity", &self.validity)
            .finish_non_exhaustive()
    }
}

fn names_of(certificate: &X509Certificate<'_>) -> Result<Arc<[Host]>, CertificateError> {
    const MALFORMED: CertificateError = CertificateError::Malformed("unreadable names");
    let extension = certificate.subject_alternative_name().map_err(|_| MALFORMED)?;
    let names = extension.iter().flat_map(|extension| &extension.value.general_names);
    let host_of = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => DnsName::parse(name).ok().map(Host::Name),
        GeneralName::IPAddress(bytes) => match (<[u8; 4]>::try_from(*bytes), <[u8; 16]>::try_from(*bytes)) {
            (Ok(v4), _) => Some(Host::Address(v4.into())),
            (_, Ok(v6)) => Some(Host::Address(v6.into())),
            _ => None,
        },
        _ => None,
    };
    Ok(names.filter_map(host_of).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renewal_is_due_after_two_thirds_and_before_the_start() {
        let validity = Validity { not_before_s: 1000, not_after_s: 1900 };
        for (now_s, expect) in
            [(0, true), (999, true), (1000, false), (1599, false), (1600, true), (5000, true)]
        {
            assert_eq!(validity.is_due(now_s), expect, "{now_s}");
        }
    }

    #[test]
    fn a_fingerprint_is_shown_as_browsers_show_it() {
        // SHA-256 of nothing (FIPS 180-4).
        assert_eq!(
            Fingerprint::of(b"").to_string(),
            "E3:B0:C4:42:98:FC:1C:14:9A:FB:F4:C8:99:6F:B9:24:27:AE:41:E4:64:9B:93:4C:A4:95:99:1B:78:52:B8:55"
        );
        assert_eq!(Fingerprint::of(b"").short(), "e3b0c442");
    }

    #[test]
    fn garbage_is_refused() {
        let key = || PrivateKeyDer::Pkcs8(vec![1, 2, 3].into());
        let garbage = vec![CertificateDer::from(vec![0x30, 0x03, 1, 2, 3])];
        assert!(matches!(ServerCertificate::from_der(vec![], key()), Err(CertificateError::Malformed(_))));
        assert!(matches!(ServerCertificate::from_der(garbage, key()), Err(CertificateError::Malformed(_))));
    }
}

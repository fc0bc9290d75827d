//! The box's own certificate authority: a root that signs once and is gone, and the intermediate that stays.
//!
//! Devices trust the root. Its private key exists in memory only while the intermediate is signed, is never
//! written in any form, and is cleansed by the library when it is dropped. The intermediate's key lies on the
//! box; what a thief can sign with it is bounded by critical name constraints.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PublicKeyData, SanType,
    SignatureAlgorithm, SigningKey,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use time::OffsetDateTime;

use super::certificate::{Fingerprint, ServerCertificate, Validity};
use super::constraint::Constraints;
use super::error::CertificateError;
use crate::host::Host;

const DAY_S: u64 = 24 * 60 * 60;
/// Start of validity of every root and intermediate, 2026-01-01: a fixed day tells nobody when a box was set
/// up, and doesn't trouble devices whose clock is late.
pub(super) const AUTHORITY_NOT_BEFORE_S: u64 = 1_767_225_600;
const YEAR_S: u64 = 365 * DAY_S;
/// Least life of root and intermediate. The end is rounded up to whole years from the start, for the same reason.
const AUTHORITY_TTL_MIN_S: u64 = 20 * YEAR_S;
/// Life of a server certificate. It is renewed after two thirds of it.
const SERVER_TTL_S: u64 = 90 * DAY_S;
/// How far before its making a server certificate becomes valid: devices' clocks are late.
const SERVER_BACKDATE_S: u64 = DAY_S;

/// The private key of a root. It can't be serialised: there is no way to write it to disk.
pub struct RootKey {
    pair: EcdsaKeyPair,
    public: Vec<u8>,
}

impl PublicKeyData for RootKey {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

impl SigningKey for RootKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        #[expect(clippy::disallowed_methods, reason = "a signature's nonce is the library's affair")]
        let random = SystemRandom::new();
        let signature = self.pair.sign(&random, message).map_err(|_| rcgen::Error::RemoteKeyError)?;
        Ok(signature.as_ref().to_vec())
    }
}

/// A root that still has its private key. [`Root::establish`] uses it up.
pub struct Root {
    issuer: CertifiedIssuer<'static, RootKey>,
    suffix: String,
    validity: Validity,
}

impl Root {
    /// Draws a new root. `now_s` is in seconds since 1970.
    ///
    /// # Errors
    /// [`CertificateError::Make`] when the library refuses.
    pub fn generate(now_s: u64) -> Result<Self, CertificateError> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)
            .map_err(|_| rcgen::Error::RingUnspecified)?;
        let public = pair.public_key().as_ref().to_vec();
        // Two roots of one box (after a name outside the constraints) have to differ in name, so that nobody
        // removes the wrong one.
        let suffix = Fingerprint::of(&public).short();
        let years =
            now_s.saturating_sub(AUTHORITY_NOT_BEFORE_S).saturating_add(AUTHORITY_TTL_MIN_S) / YEAR_S + 1;
        let validity = Validity {
            not_before_s: AUTHORITY_NOT_BEFORE_S,
            not_after_s: AUTHORITY_NOT_BEFORE_S.saturating_add(years.saturating_mul(YEAR_S)),
        };
        let mut params = authority_params(&format!("Beistand root {suffix}"), validity, 1)?;
        params.use_authority_key_identifier_extension = false;
        let issuer = CertifiedIssuer::self_signed(params, RootKey { pair, public })?;
        Ok(Self { issuer, suffix, validity })
    }

    /// The root as an issuer, for tests that need a second intermediate under the same root.
    #[must_use]
    pub fn issuer(&self) -> &Issuer<'static, RootKey> {
        &self.issuer
    }

    /// Signs the one intermediate, limited to `constraints`, and destroys the root's private key.
    ///
    /// # Errors
    /// [`CertificateError::Make`] when the library refuses.
    pub fn establish(self, constraints: &Constraints) -> Result<Authority, CertificateError> {
        let name = format!("Beistand authority {}", self.suffix);
        let mut params = authority_params(&name, self.validity, 0)?;
        params.name_constraints = Some(constraints.to_extension());
        // Without this it could sign mail or programs, whose names the constraints say nothing about.
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        Authority::from_parts(self.issuer.der().clone(), certificate.der().clone(), key)
    }
}

/// What stays of an authority: the root's certificate, the intermediate and its key.
pub struct Authority {
    root: CertificateDer<'static>,
    intermediate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
    constraints: Constraints,
    validity: Validity,
}

impl Authority {
    /// Puts an authority together again.
    ///
    /// # Errors
    /// [`CertificateError`] when the certificates are malformed, the intermediate isn't signed by the root or
    /// unconstrained, or the key isn't the intermediate's.
    fn from_parts(
        root: CertificateDer<'static>,
        intermediate: CertificateDer<'static>,
        key: KeyPair,
    ) -> Result<Self, CertificateError> {
        const MALFORMED: CertificateError = CertificateError::Malformed("not an X.509 certificate");
        let (_, root_parsed) = x509_parser::parse_x509_certificate(&root).map_err(|_| MALFORMED)?;
        let (_, parsed) = x509_parser::parse_x509_certificate(&intermediate).map_err(|_| MALFORMED)?;
        if parsed.verify_signature(Some(root_parsed.public_key())).is_err() {
            return Err(CertificateError::Malformed("the intermediate isn't signed by the root"));
        }
        if parsed.public_key().raw != key.subject_public_key_info() {
            return Err(CertificateError::Malformed("the key isn't the intermediate's"));
        }
        let constraints = Constraints::of_certificate(&parsed)?;
        let validity = Validity::of(&parsed);
        let issuer = Issuer::from_ca_cert_der(&intermediate, key)?;
        Ok(Self { root, intermediate, issuer, constraints, validity })
    }

    /// The text of the file an authority is kept in: root, intermediate, the intermediate's private key.
    pub(super) fn to_pem(&self) -> String {
        let blocks = [
            ("CERTIFICATE", self.root.to_vec()),
            ("CERTIFICATE", self.intermediate.to_vec()),
            ("PRIVATE KEY", self.issuer.key().serialize_der()),
        ];
        encode_pem(blocks)
    }

    /// Reads what [`Authority::to_pem`] wrote.
    ///
    /// # Errors
    /// [`CertificateError`] when anything about it is wrong.
    pub(super) fn from_pem(text: &[u8]) -> Result<Self, CertificateError> {
        let blocks = pem::parse_many(text).map_err(|_| CertificateError::Malformed("not PEM"))?;
        let blocks: [pem::Pem; 3] =
            blocks.try_into().map_err(|_| CertificateError::Malformed("not two certificates and a key"))?;
        if blocks.each_ref().map(pem::Pem::tag) != ["CERTIFICATE", "CERTIFICATE", "PRIVATE KEY"] {
            return Err(CertificateError::Malformed("not two certificates and a key"));
        }
        let [root, intermediate, key] = blocks.map(pem::Pem::into_contents);
        let key =
            KeyPair::from_pkcs8_der_and_sign_algo(&PrivatePkcs8KeyDer::from(key), &PKCS_ECDSA_P256_SHA256)?;
        Self::from_parts(root.into(), intermediate.into(), key)
    }

    /// What it may sign.
    #[must_use]
    pub fn constraints(&self) -> &Constraints {
        &self.constraints
    }

    /// When it is valid.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// The root's certificate, to be installed on devices.
    #[must_use]
    pub fn root_der(&self) -> &CertificateDer<'static> {
        &self.root
    }

    /// The same as text.
    #[must_use]
    pub fn root_pem(&self) -> String {
        encode_pem([("CERTIFICATE", self.root.to_vec())])
    }

    /// SHA-256 of the root's certificate, as browsers and `openssl x509 -fingerprint -sha256` show it.
    #[must_use]
    pub fn root_fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.root)
    }

    /// The intermediate's certificate.
    #[must_use]
    pub fn intermediate_der(&self) -> &CertificateDer<'static> {
        &self.intermediate
    }

    /// Signs a certificate with a fresh key for those of `hosts` that the constraints permit.
    ///
    /// # Errors
    /// [`CertificateError`] when the library refuses.
    pub fn issue<'a>(
        &self,
        hosts: impl IntoIterator<Item = &'a Host>,
        now_s: u64,
    ) -> Result<ServerCertificate, CertificateError> {
        self.dangerous_issue(hosts.into_iter().filter(|host| self.constraints.permit(host)), now_s)
    }

    /// As [`Authority::issue`], but also for names that the constraints forbid: the certificate is signed
    /// rightly and every honest device refuses it. This is what a thief of the box can do, and tests do.
    ///
    /// # Errors
    /// [`CertificateError`] when the library refuses.
    pub fn dangerous_issue<'a>(
        &self,
        hosts: impl IntoIterator<Item = &'a Host>,
        now_s: u64,
    ) -> Result<ServerCertificate, CertificateError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let certificate = server_params(hosts, now_s, self.validity)?.signed_by(&key, &self.issuer)?;
        let chain = vec![certificate.der().clone(), self.intermediate.clone()];
        ServerCertificate::from_der(chain, PrivateKeyDer::Pkcs8(key.serialize_der().into()))
    }
}

/// What root and intermediate have in common. `below` is how many authorities may follow in a chain.
fn authority_params(
    name: &str,
    validity: Validity,
    below: u8,
) -> Result<CertificateParams, CertificateError> {
    let mut params = CertificateParams::default();
    params.distinguished_name = distinguished_name(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(below));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.use_authority_key_identifier_extension = true;
    (params.not_before, params.not_after) = (moment(validity.not_before_s)?, moment(validity.not_after_s)?);
    Ok(params)
}

/// The contents of a server certificate made at `now_s` by an authority that is valid for `authority`.
pub(super) fn server_params<'a>(
    hosts: impl IntoIterator<Item = &'a Host>,
    now_s: u64,
    authority: Validity,
) -> Result<CertificateParams, CertificateError> {
    let now_s = now_s.max(AUTHORITY_NOT_BEFORE_S);
    let mut params = CertificateParams::default();
    // Nobody reads this; with spaces in it no verifier can take it for a host.
    params.distinguished_name = distinguished_name("Beistand on this box");
    params.subject_alt_names = hosts
        .into_iter()
        .map(|host| match host {
            Host::Name(name) => Ok(SanType::DnsName(name.as_str().try_into()?)),
            Host::Address(address) => Ok(SanType::IpAddress(*address)),
        })
        .collect::<Result<_, rcgen::Error>>()?;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    params.not_before = moment(now_s.saturating_sub(SERVER_BACKDATE_S).max(authority.not_before_s))?;
    params.not_after = moment((now_s.saturating_add(SERVER_TTL_S)).min(authority.not_after_s))?;
    Ok(params)
}

fn distinguished_name(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    name
}

fn moment(seconds: u64) -> Result<OffsetDateTime, CertificateError> {
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        .ok_or(CertificateError::Malformed("a time beyond the calendar"))
}

/// PEM blocks with plain line ends.
pub(super) fn encode_pem<const COUNT: usize>(blocks: [(&str, Vec<u8>); COUNT]) -> String {
    let blocks = blocks.map(|(tag, contents)| pem::Pem::new(tag, contents));
    pem::encode_many_config(&blocks, pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_does_not_tell_when_it_was_made() {
        let validity_at = |now_s| Root::generate(now_s).unwrap().validity;
        let first = validity_at(AUTHORITY_NOT_BEFORE_S + 1);
        assert_eq!(validity_at(AUTHORITY_NOT_BEFORE_S + YEAR_S - 1), first);
        assert_eq!(validity_at(0), first);
        assert!(first.not_after_s - AUTHORITY_NOT_BEFORE_S > AUTHORITY_TTL_MIN_S);
        assert!(validity_at(AUTHORITY_NOT_BEFORE_S + YEAR_S).not_after_s > first.not_after_s);
    }

    #[test]
    fn a_clock_beyond_the_calendar_is_an_error() {
        assert!(matches!(Root::generate(u64::MAX), Err(CertificateError::Malformed(_))));
    }
}

//! The provider that needs nobody: the box's own authority, kept in the data directory.
//!
//! Two files hold all of it, each replaced as a whole: `authority.pem` (root certificate, intermediate,
//! intermediate's key) and `server.pem` (server certificate, intermediate, server's key). `root.pem` is a copy
//! for people. A lost or damaged server certificate is made anew; a damaged authority is an error.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::authority::{Authority, Root, encode_pem};
use super::certificate::{Fingerprint, ServerCertificate};
use super::constraint::Constraints;
use super::durable_file::{self, Readers};
use super::error::CertificateError;
use super::name::BoxNames;
use super::provider::{CertificateFuture, CertificateProvider};
use crate::host::Host;

/// The folder inside the data directory.
pub const CERTIFICATES_FOLDER: &str = "certificates";
const AUTHORITY_FILE: &str = "authority.pem";
const ROOT_FILE: &str = "root.pem";
const SERVER_FILE: &str = "server.pem";
/// An authority with less left than this is replaced at start: its certificates would end with it.
const AUTHORITY_REST_MIN_S: u64 = 180 * 24 * 60 * 60;

/// Where the authority in use came from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum AuthorityOrigin {
    /// It was there. Devices that trust its root need nothing.
    Kept,
    /// There was none.
    FirstStart,
    /// The old one could not certify these configured names. Its key is gone; every device has to be given
    /// the new root.
    NamesOutside(Vec<Host>),
    /// The old one was near its end. Every device has to be given the new root.
    Expired,
}

/// What the start has to tell about certificates. `Display` gives it as English sentences, a line each.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CertificateReport {
    /// Where the authority came from.
    pub origin: AuthorityOrigin,
    /// SHA-256 of the root's certificate, to be compared when it is installed.
    pub root_fingerprint: Fingerprint,
    /// What the served certificate is good for.
    pub names: Vec<Host>,
    /// Names and addresses of the machine which nobody configured and which the authority can't certify.
    pub left_out: Vec<Host>,
}

impl fmt::Display for CertificateReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |hosts: &[Host]| hosts.iter().map(Host::to_string).collect::<Vec<_>>().join(", ");
        match &self.origin {
            AuthorityOrigin::Kept => {}
            AuthorityOrigin::FirstStart => {
                writeln!(
                    formatter,
                    "A new certificate authority was made: install its root on the devices that use this box."
                )?;
            }
            AuthorityOrigin::NamesOutside(hosts) => writeln!(
                formatter,
                "A new certificate authority was made, because the old one can't vouch for {}. The old root no longer counts: install the new one on every device and remove the old one.",
                list(hosts)
            )?,
            AuthorityOrigin::Expired => writeln!(
                formatter,
                "A new certificate authority was made, because the old one was about to expire. Install the new root on every device and remove the old one."
            )?,
        }
        if !self.left_out.is_empty() {
            writeln!(
                formatter,
                "Not in the certificate: {}. To be reached there, configure it as a name of this box; that makes a new authority.",
                list(&self.left_out)
            )?;
        }
        writeln!(formatter, "The certificate is good for {}.", list(&self.names))?;
        write!(formatter, "Root certificate, SHA-256: {}", self.root_fingerprint)
    }
}

/// Gives the names that the box has at this moment.
type NameSource = Box<dyn Fn() -> Result<BoxNames, CertificateError> + Send + Sync>;

/// The local authority with its current server certificate.
pub struct LocalAuthority {
    authority: Authority,
    folder: PathBuf,
    names: NameSource,
    current: Mutex<ServerCertificate>,
}

impl LocalAuthority {
    /// Opens or makes the authority in `data_directory`/[`CERTIFICATES_FOLDER`], and a server certificate that
    /// is good at `now_s` (seconds since 1970). `names` is asked now and at every renewal, since addresses change.
    ///
    /// # Errors
    /// [`CertificateError`]; of the files there nothing has changed then, except that a new authority may
    /// have been made.
    pub fn open(
        data_directory: &Path,
        names: impl Fn() -> Result<BoxNames, CertificateError> + Send + Sync + 'static,
        now_s: u64,
    ) -> Result<(Self, CertificateReport), CertificateError> {
        let folder = data_directory.join(CERTIFICATES_FOLDER);
        durable_file::make_folder(&folder)?;
        let box_names = names()?;
        let (authority, origin) = open_authority(&folder, &box_names, now_s)?;
        let root_pem = authority.root_pem();
        let root_path = folder.join(ROOT_FILE);
        if durable_file::read(&root_path)?.as_deref() != Some(root_pem.as_bytes()) {
            durable_file::write(&root_path, root_pem.as_bytes(), Readers::Everybody)?;
        }
        let kept = read_server_certificate(&folder.join(SERVER_FILE), &authority)?;
        let current = match kept {
            Some(kept) if is_still_good(&kept, &authority, &box_names, now_s) => kept,
            _ => issue(&folder, &authority, &box_names, now_s)?,
        };
        let report = CertificateReport {
            origin,
            root_fingerprint: authority.root_fingerprint(),
            names: current.names().to_vec(),
            left_out: box_names.all().filter(|host| !authority.constraints().permit(host)).cloned().collect(),
        };
        Ok((Self { authority, folder, names: Box::new(names), current: Mutex::new(current) }, report))
    }

    /// The certificate to start with.
    #[must_use]
    pub fn current(&self) -> ServerCertificate {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The root's certificate as text, for download.
    #[must_use]
    pub fn root_pem(&self) -> String {
        self.authority.root_pem()
    }

    /// The root's certificate as bytes, for download by devices that want it so.
    #[must_use]
    pub fn root_der(&self) -> &CertificateDer<'static> {
        self.authority.root_der()
    }

    /// SHA-256 of the root's certificate.
    #[must_use]
    pub fn root_fingerprint(&self) -> Fingerprint {
        self.authority.root_fingerprint()
    }

    /// The current certificate, or a new one when it is due or the box has got a name it lacks.
    fn renewed(&self, now_s: u64) -> Result<ServerCertificate, CertificateError> {
        let names = (self.names)()?;
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_still_good(&current, &self.authority, &names, now_s) {
            *current = issue(&self.folder, &self.authority, &names, now_s)?;
        }
        Ok(current.clone())
    }
}

impl CertificateProvider for LocalAuthority {
    fn certificate(&self, now_s: u64) -> CertificateFuture<'_> {
        Box::pin(async move { self.renewed(now_s) })
    }
}

/// The authority on disk if it serves the purpose, else a new one, durable before it is returned.
fn open_authority(
    folder: &Path,
    names: &BoxNames,
    now_s: u64,
) -> Result<(Authority, AuthorityOrigin), CertificateError> {
    let path = folder.join(AUTHORITY_FILE);
    let origin = match durable_file::read(&path)? {
        None => AuthorityOrigin::FirstStart,
        Some(text) => {
            let authority = Authority::from_pem(&text).map_err(|error| CertificateError::Damaged {
                path: path.clone(),
                reason: match error {
                    CertificateError::Malformed(reason) => reason,
                    _ => "its key can't be read",
                },
            })?;
            let outside: Vec<Host> =
                names.configured().filter(|host| !authority.constraints().permit(host)).cloned().collect();
            if !outside.is_empty() {
                AuthorityOrigin::NamesOutside(outside)
            } else if now_s.saturating_add(AUTHORITY_REST_MIN_S) > authority.validity().not_after_s {
                AuthorityOrigin::Expired
            } else {
                return Ok((authority, AuthorityOrigin::Kept));
            }
        }
    };
    let authority = Root::generate(now_s)?.establish(&Constraints::for_box(names))?;
    durable_file::write(&path, authority.to_pem().as_bytes(), Readers::Owner)?;
    Ok((authority, origin))
}

/// Whether the certificate needn't be renewed: in its first two thirds, and good for every name that this
/// authority can certify.
fn is_still_good(
    certificate: &ServerCertificate,
    authority: &Authority,
    names: &BoxNames,
    now_s: u64,
) -> bool {
    let covers = names
        .all()
        .filter(|host| authority.constraints().permit(host))
        .all(|h| certificate.names().contains(h));
    covers && !certificate.validity().is_due(now_s)
}

/// Makes a server certificate and keeps it.
fn issue(
    folder: &Path,
    authority: &Authority,
    names: &BoxNames,
    now_s: u64,
) -> Result<ServerCertificate, CertificateError> {
    let certificate = authority.issue(names.all(), now_s)?;
    let [server, intermediate] = certificate.chain() else {
        return Err(CertificateError::Malformed("a chain that isn't server and intermediate"));
    };
    let text = encode_pem([
        ("CERTIFICATE", server.to_vec()),
        ("CERTIFICATE", intermediate.to_vec()),
        ("PRIVATE KEY", certificate.private_key().secret_der().to_vec()),
    ]);
    durable_file::write(&folder.join(SERVER_FILE), text.as_bytes(), Readers::Owner)?;
    Ok(certificate)
}

/// The certificate kept from an earlier run, unless it is another authority's or damaged: then it is made
/// anew, nobody has to be asked.
fn read_server_certificate(
    path: &Path,
    authority: &Authority,
) -> Result<Option<ServerCertificate>, CertificateError> {
    let Some(text) = durable_file::read(path)? else { return Ok(None) };
    let blocks: Option<[pem::Pem; 3]> = pem::parse_many(text).ok().and_then(|blocks| blocks.try_into().ok());
    let Some([server, intermediate, key]) = blocks else { return Ok(None) };
    if intermediate.contents() != authority.intermediate_der().as_ref() {
        return Ok(None);
    }
    let chain = vec![server.into_contents().into(), intermediate.into_contents().into()];
    Ok(ServerCertificate::from_der(chain, PrivateKeyDer::Pkcs8(key.into_contents().into())).ok())
}

#[cfg(test)]
mod tests;

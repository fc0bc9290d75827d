//! What can go wrong with certificates, and what the operator can do about it.

use std::path::PathBuf;

/// A failed operation on the box's certificates. The text says what to do and is safe to log.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file of the certificates folder can't be read.
    #[error("can't read {path}: check that the folder belongs to the user that runs Beistand", path = path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A file of the certificates folder can't be written.
    #[error("can't write {path}: check free space and that the folder belongs to the user that runs Beistand", path = path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The authority's file is there but unusable. It isn't replaced silently, because every device that
    /// trusts the old root would have to be visited.
    #[error("{path} is damaged ({reason}): bring it back from a backup, or remove it to get a new authority, whose root has to be installed again on every device", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Making or signing a certificate failed.
    #[error("can't make a certificate")]
    Make(#[from] rcgen::Error),
    /// A certificate or its key can't be used for TLS.
    #[error("the certificate and its key can't be used for TLS")]
    Unusable(#[source] rustls::Error),
    /// A certificate isn't one, or lacks what the server needs from it.
    #[error("the certificate is malformed ({0})")]
    Malformed(&'static str),
    /// More names than a certificate of this box may carry.
    #[error("more than {limit} names were configured for the certificate: remove some")]
    TooManyNames {
        /// How many are allowed.
        limit: usize,
    },
}

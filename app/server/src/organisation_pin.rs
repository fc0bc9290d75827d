//! The organisation's id in a file of its own, written once at set-up, outside the database: so
//! that a database that was put in place of another is noticed at start (P13).

use crate::secret_file::{self, SecretFileError};
use beistand_protocol::id::OrganisationId;
use std::path::Path;

/// The file inside the data directory.
pub const ORGANISATION_FILE: &str = "organisation-id";

/// Why the pin can't be used.
#[derive(Debug, thiserror::Error)]
pub enum PinError {
    /// A file.
    #[error(transparent)]
    File(#[from] SecretFileError),
}

/// The pinned id; `None` before set-up.
pub(crate) fn read(data: &Path) -> Result<Option<OrganisationId>, PinError> {
    let path = data.join(ORGANISATION_FILE);
    let Some(bytes) = secret_file::read(&path)? else { return Ok(None) };
    let id = std::str::from_utf8(&bytes).ok().and_then(|text| OrganisationId::from_hex(text.trim_end()));
    Ok(Some(id.ok_or(SecretFileError::Damaged { path })?))
}

/// Pins an organisation.
pub(crate) fn write(data: &Path, organisation: OrganisationId) -> Result<(), PinError> {
    Ok(secret_file::write(&data.join(ORGANISATION_FILE), format!("{organisation}\n").as_bytes())?)
}

//! The verified membership log in memory: who is who, for routing and permissions.
//!
//! The server runs the same verifier as the browsers and stores nothing that it refuses, so that
//! a broken client can't spoil the log for everybody. Browsers believe their own check only.

use beistand_domain::storage::{Storage, StorageError};
use beistand_protocol::{
    api::{LogHead, TeamGenerationUpload},
    codec::{DecodeError, decode},
    id::{OrganisationId, PersonId, SiteId, TeamId},
    limit::LOG_PAGE_ENTRIES_MAX,
    membership::{Body, EntryError, Log, SignedEntry, Statement},
    team::{Generations, SignedTeamGeneration, TeamError},
};
use std::sync::{Arc, PoisonError, RwLock};

/// Why the stored log can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// Storage.
    #[error("can't read the membership log")]
    Storage(#[from] StorageError),
    /// An entry does not verify.
    #[error("entry {position} of the stored membership log does not verify: restore a backup")]
    Entry {
        /// Which.
        position: u64,
        /// Why.
        #[source]
        source: EntryError,
    },
    /// A team generation does not verify.
    #[error("a stored generation of team {team} does not verify: restore a backup")]
    Team {
        /// Of which team.
        team: TeamId,
        /// Why.
        #[source]
        source: TeamError,
    },
}

/// Log and team generations, verified.
#[derive(Clone)]
pub struct Verified {
    /// The log.
    pub log: Log,
    /// The generations of all teams.
    pub generations: Generations,
    /// Sites in the order of their making.
    pub sites: Vec<SiteId>,
}

/// Why something is not taken into the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unacceptable {
    /// An entry of the log.
    #[error("log entry")]
    Entry(#[from] EntryError),
    /// A team generation.
    #[error("team generation")]
    Team(#[from] TeamError),
}

/// What the server verified so far; empty before set-up.
#[derive(Default)]
pub struct Directory(RwLock<Option<Arc<Verified>>>);

impl Directory {
    /// Reads and verifies what is stored.
    ///
    /// # Errors
    /// [`DirectoryError`].
    pub fn load(storage: &dyn Storage, pinned: Option<OrganisationId>) -> Result<Self, DirectoryError> {
        let mut verified: Option<Verified> = None;
        let mut position = 0;
        loop {
            let entries = storage.list_log(position, LOG_PAGE_ENTRIES_MAX)?;
            if entries.is_empty() {
                break;
            }
            for entry in entries {
                extend(&mut verified, pinned, &entry)
                    .map_err(|source| DirectoryError::Entry { position, source })?;
                position += 1;
            }
        }
        if let Some(verified) = &mut verified {
            let teams: Vec<TeamId> = verified.log.state().teams().map(|team| team.id()).collect();
            for team in teams {
                for upload in storage.list_generations(team, 0, usize::MAX)? {
                    add_generation(verified, &upload)
                        .map_err(|source| DirectoryError::Team { team, source })?;
                }
            }
        }
        Ok(Self(RwLock::new(verified.map(Arc::new))))
    }

    /// Everything verified; `None` before set-up.
    #[must_use]
    pub fn verified(&self) -> Option<Arc<Verified>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What it would be with these entries and generations. Nothing changes yet.
    ///
    /// # Errors
    /// [`Unacceptable`] of the first that is refused.
    pub fn check(
        &self,
        entries: &[Vec<u8>],
        generations: &[TeamGenerationUpload],
    ) -> Result<Verified, Unacceptable> {
        let mut verified = self.verified().map(|verified| Verified::clone(&verified));
        for entry in entries {
            extend(&mut verified, None, entry)?;
        }
        let mut verified = verified.ok_or(EntryError::DoesNotFollow)?;
        for upload in generations {
            add_generation(&mut verified, upload)?;
        }
        Ok(verified)
    }

    /// Takes over what was committed. It was checked before, so it verifies.
    pub(crate) fn committed(
        &self,
        entries: &[Vec<u8>],
        generations: &[TeamGenerationUpload],
    ) -> Option<Arc<Verified>> {
        match self.check(entries, generations) {
            Ok(verified) => {
                let verified = Arc::new(verified);
                *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(verified.clone());
                Some(verified)
            }
            Err(error) => {
                log::error!("something committed does not verify: {}", crate::log_sink::Chain(&error));
                None
            }
        }
    }

    /// Newest head.
    #[must_use]
    pub fn head(&self) -> Option<LogHead> {
        self.verified().map(|verified| verified.log.head())
    }
}

/// What an entry says. Entries of a verified log always decode.
///
/// # Errors
/// [`DecodeError`].
pub fn body_of(entry: &[u8]) -> Result<Body, DecodeError> {
    let signed: SignedEntry = decode(entry)?;
    Ok(decode::<Statement>(&signed.statement)?.body)
}

fn add_generation(verified: &mut Verified, upload: &TeamGenerationUpload) -> Result<(), TeamError> {
    let signed: SignedTeamGeneration = decode(&upload.statement.0).map_err(TeamError::Malformed)?;
    // Without boxes nobody could open it.
    if signed.boxes.is_empty() {
        return Err(TeamError::Boxes);
    }
    let generation = verified.generations.append(&signed, &verified.log)?;
    let announced = generation.header.team == upload.team && generation.header.number == upload.number;
    if announced { Ok(()) } else { Err(TeamError::DoesNotFollow) }
}

fn extend(
    verified: &mut Option<Verified>,
    pinned: Option<OrganisationId>,
    entry: &[u8],
) -> Result<(), EntryError> {
    match verified {
        Some(verified) => drop(verified.log.append(entry)?),
        None => {
            let log = Log::begin(pinned, entry)?;
            *verified = Some(Verified { log, generations: Generations::default(), sites: Vec::new() });
        }
    }
    if let (Some(verified), Ok(Body::SitePublish(site))) = (verified, body_of(entry))
        && !verified.sites.contains(&site.site)
    {
        verified.sites.push(site.site);
    }
    Ok(())
}

/// The teams of an active person; none for anybody else.
#[must_use]
pub fn teams_of(log: Option<&Log>, person: PersonId) -> Vec<TeamId> {
    let Some(state) = log.map(Log::state) else { return Vec::new() };
    if state.person(person).is_none() {
        return Vec::new();
    }
    state.teams_of(person).map(|team| team.id()).collect()
}

/// Whether somebody is an active person of the log.
#[must_use]
pub fn is_active(log: Option<&Log>, person: PersonId) -> bool {
    log.is_some_and(|log| log.state().person(person).is_some())
}

/// Whether somebody was a person of the log and was removed.
#[must_use]
pub fn is_removed(log: Option<&Log>, person: PersonId) -> bool {
    log.is_some_and(|log| log.state().person_or_former(person).is_some_and(|person| person.is_removed()))
}

/// The team that answers at a site.
#[must_use]
pub fn team_of_site(log: Option<&Log>, site: SiteId) -> Option<TeamId> {
    log.and_then(|log| log.state().site(site)).map(|site| site.team)
}

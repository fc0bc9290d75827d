//! Libraries of text blocks: read, verified, opened, changed and sealed anew.
//!
//! Whoever looks at a library also hands it over: what is sealed to a former generation of the team, or to former keys
//! of its owner, is sealed to those in force.

mod change;

use super::{
    Client,
    request::{get, path, post},
    state::SOON_MS,
    transport::Transport,
};
use crate::{
    account::PartyKeys,
    blocks::{NewEdition, make_edition, open_edition},
    state::LibraryMark,
};
use beistand_protocol::{
    api::{Sealed, route},
    blocks::{Edition, EditionError, EditionHeader, EditionPut, Library, NewestEdition, SignedEdition},
    codec::{decode, encode},
    epoch::Basis,
    error::Code,
    id::{Digest, PersonId},
    worker::{Block, BlockChange, BlockEdit, Blocks, BlocksCall, Conflict, Failure, LibraryView, Reply},
};
use std::collections::BTreeMap;

/// How often a change is made again because a colleague's came first.
const TRIES: u32 = 5;

/// The libraries that a session has read.
pub(super) type Libraries = BTreeMap<Library, Shelf>;

/// A library as it was read last.
pub(super) struct Shelf {
    edition: Edition,
    /// What is in it; `None`: it does not open with the keys of this session.
    blocks: Option<Vec<Block>>,
}

/// Path of a library, to ask for what is newer than `known` or to store.
fn read_path(library: Library, known: u64) -> String {
    let known = ("known", known.to_string());
    match library {
        Library::Team(team) => path(route::TEAM_BLOCKS, &[("team", team.to_hex()), known]),
        Library::Own(_) => path(route::OWN_BLOCKS, &[known]),
        Library::Note(talk, _) => path(route::NOTE, &[("conversation", talk.to_hex()), known]),
    }
}

fn write_path(library: Library) -> String {
    match library {
        Library::Team(team) => path(route::TEAM_BLOCKS_PUT, &[("team", team.to_hex())]),
        Library::Own(_) => route::OWN_BLOCKS_PUT.to_owned(),
        Library::Note(talk, _) => path(route::NOTE_PUT, &[("conversation", talk.to_hex())]),
    }
}

impl<T: Transport> Client<T> {
    /// Staff: a library, after these changes were made, all or none.
    pub(super) async fn blocks(&mut self, asked: BlocksCall) -> Result<Reply, Failure> {
        let BlocksCall { library, edits } = asked;
        let edits = &edits[..];
        change::check(library, edits)?;
        let person = self.session()?.person()?;
        // The path of own ones names nobody.
        if matches!(library, Library::Own(owner) | Library::Note(_, owner) if owner != person) {
            return Err(Failure::NotNow);
        }
        let mut tries = TRIES;
        loop {
            self.read_library(library).await?;
            let outcome = match edits.is_empty() {
                false => self.write_library(library, person, edits).await,
                true if self.is_handed_over(library) => Ok(()),
                // A courtesy: what it brings to others is no reason to refuse this person something.
                true => match self.write_library(library, person, edits).await {
                    stopped @ Err(Failure::Conflict(_)) => stopped,
                    _ => Ok(()),
                },
            };
            tries -= 1;
            match outcome {
                Err(Failure::Server(Code::Conflict | Code::StaleEpoch, _)) if tries > 0 => {}
                Err(failure) => return Err(failure),
                Ok(()) => return Ok(Reply::Blocks(self.library_view(library)?)),
            }
        }
    }

    fn library_view(&self, library: Library) -> Result<LibraryView, Failure> {
        let shelf = self.session()?.libraries.get(&library);
        Ok(LibraryView {
            library,
            version: shelf.map_or(0, |shelf| shelf.edition.header.version),
            locked: shelf.is_some_and(|shelf| shelf.blocks.is_none()),
            blocks: shelf.and_then(|shelf| shelf.blocks.clone()).unwrap_or_default(),
        })
    }

    /// Reads what is newer than known, and verifies it.
    async fn read_library(&mut self, library: Library) -> Result<(), Failure> {
        let session = self.session()?;
        let known = session.libraries.get(&library).map_or(0, |shelf| shelf.edition.header.version);
        let mark = session.state.libraries.get(&library).copied().unwrap_or_default();
        let token = self.token()?;
        let newest: NewestEdition = get(&self.transport, &read_path(library, known), Some(&token)).await?;
        if newest.version < mark.version {
            return Err(Conflict::Blocks.into());
        }
        let Some(bytes) = newest.edition else {
            // Nothing is stored, or nothing newer.
            return if newest.version == known { Ok(()) } else { Err(Failure::Answer) };
        };
        let signed: SignedEdition = decode(&bytes.0).map_err(|_| Conflict::Blocks)?;
        let edition = self.verify_edition(library, &signed).await?;
        if edition.header.version != newest.version || !mark.allows(&edition) {
            return Err(Conflict::Blocks.into());
        }
        self.keep_edition(library, edition)
    }

    /// Verifies an edition; fetches what it names and this client does not know yet.
    async fn verify_edition(&mut self, library: Library, signed: &SignedEdition) -> Result<Edition, Failure> {
        let mut tries = 3;
        loop {
            let place = self.place()?;
            let error = match Edition::verify(signed, library, &place.log, &place.generations) {
                Ok(edition) => return Ok(edition),
                Err(error) => error,
            };
            tries -= 1;
            match (error, library) {
                (EditionError::AheadOfLog, _) if tries > 0 => {
                    let header: EditionHeader = decode(&signed.header).map_err(|_| Conflict::Blocks)?;
                    self.follow_log(header.log_head).await?;
                }
                (EditionError::UnknownGeneration, Library::Team(team)) if tries > 0 => {
                    self.read_generations(&[team]).await?;
                }
                _ => return Err(Conflict::Blocks.into()),
            }
        }
    }

    /// Opens a verified edition if it can be opened, and remembers it.
    fn keep_edition(&mut self, library: Library, edition: Edition) -> Result<(), Failure> {
        let session = self.session_mut()?;
        let opened = match (library, edition.header.sealed_to) {
            (Library::Team(team), Some(sealed_to)) => {
                let secret = session.keyring.get(team, sealed_to.number);
                secret.and_then(|secret| open_edition(&edition, secret.kem()).ok())
            }
            _ => {
                let own = session.identity.person_keys();
                let keys = core::iter::once(&own).chain(&session.former);
                let by = |keys: &PartyKeys| keys.signing.verify_key().id() == edition.header.author.key;
                keys.filter(|keys| by(keys)).find_map(|keys| open_edition(&edition, &keys.kem).ok())
            }
        };
        let blocks = opened.and_then(|bytes| decode::<Blocks>(&bytes).ok()).map(|Blocks::One(blocks)| blocks);
        let mark = LibraryMark::of(&edition);
        let news = session.state.libraries.insert(library, mark) != Some(mark);
        session.libraries.insert(library, Shelf { edition, blocks });
        if news {
            self.touch_state(SOON_MS);
        }
        Ok(())
    }

    /// Whether a library is sealed to those who are to read it now, as far as this session can tell and help.
    fn is_handed_over(&self, library: Library) -> bool {
        let (Ok(session), Ok(place)) = (self.session(), self.place()) else { return true };
        let Some(Shelf { edition, blocks: Some(_) }) = session.libraries.get(&library) else { return true };
        match library {
            Library::Own(_) | Library::Note(..) => {
                edition.header.author.key == session.identity.person_keys().signing.verify_key().id()
            }
            Library::Team(team) => {
                let newest = place.generations.newest(team).map(|newest| newest.digest);
                let wanting = place.generations.wants_next(place.log.state(), team);
                !wanting && edition.header.sealed_to.map(|sealed_to| sealed_to.digest) == newest
            }
        }
    }

    /// Makes and stores the next edition, with these changes.
    async fn write_library(
        &mut self,
        library: Library,
        person: PersonId,
        edits: &[BlockEdit],
    ) -> Result<(), Failure> {
        if let Library::Team(team) = library {
            self.refresh_log().await?;
            self.renew_generations().await?;
            let now_ms = self.transport.now_ms();
            let session = self.session()?;
            // Nobody knows for sure any more who is in the team: only talks have a form for that.
            if session.seen.basis(&self.place()?.log, session.kind, team, now_ms) == Basis::LeadsOnly {
                return Err(Failure::NotNow);
            }
        }
        let now_ms = self.transport.now_ms();
        let place = self.place.as_ref().ok_or(Failure::NotNow)?;
        let session = self.session.as_ref().ok_or(Failure::NotNow)?;
        let state = place.log.state();
        let shelf = session.libraries.get(&library);
        let former = shelf.map(|shelf| &shelf.edition);
        let version = former.map_or(0, |former| former.header.version) + 1;
        let change = BlockChange { version, by: person, time_ms: now_ms };
        let blocks = match shelf {
            None => Vec::new(),
            Some(shelf) => shelf.blocks.clone().ok_or(Failure::NotNow)?,
        };
        let Some(mut blocks) = change::apply(blocks, edits, change)? else { return Ok(()) };
        if let Library::Note(..) = library {
            change::forget_former(&mut blocks);
        }
        let generation = match library {
            Library::Own(_) | Library::Note(..) => None,
            Library::Team(team) => Some(place.generations.fresh(state, team).ok_or(Failure::NotNow)?),
        };
        let bytes = zeroize::Zeroizing::new(encode(&Blocks::One(blocks)));
        let new =
            NewEdition { library, generation: generation.map(|found| &**found), former, blocks: &bytes };
        let keys = session.identity.person_keys();
        let signed = make_edition(state, person, &keys, &new, now_ms, &mut *self.random)
            .map_err(|_| Failure::NotNow)?;
        let token = self.token()?;
        let put = EditionPut { edition: Sealed(encode(&signed)) };
        let () = post(&self.transport, &write_path(library), Some(&token), &put).await?;
        let edition = self.verify_edition(library, &signed).await?;
        self.keep_edition(library, edition)
    }
}

impl LibraryMark {
    fn of(edition: &Edition) -> Self {
        Self {
            version: edition.header.version,
            digest: edition.digest,
            log_length: edition.header.log_head.length,
        }
    }

    /// Whether an edition can be what comes after the one that was known, or is that one.
    fn allows(&self, edition: &Edition) -> bool {
        let header = &edition.header;
        match header.version.checked_sub(self.version) {
            None => false,
            Some(0) => edition.digest == self.digest,
            Some(_) if header.log_head.length < self.log_length => false,
            Some(1) => header.predecessor == (self.version > 0).then_some(self.digest),
            Some(_) => true,
        }
    }
}

impl Default for LibraryMark {
    fn default() -> Self {
        Self { version: 0, digest: Digest([0; 32]), log_length: 0 }
    }
}

//! Team generations: a key pair shared by a team's members, made anew by one of them whenever
//! somebody leaves, and signed with the complete list of members.

use crate::{
    api::LogHead,
    codec,
    id::{Digest, KeyId, OrganisationId, PersonId, TeamId},
    label, limit,
    membership::{Log, State},
    signature::{KEM_ENCAPSULATION_BYTES, KemKey, Signature, SignatureError, digest},
    suite::Suite,
    wrap::Locked,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Length of a box: HPKE encapsulation, 32 secret bytes, tag.
pub const BOX_BYTES: usize = KEM_ENCAPSULATION_BYTES + 32 + 16;

/// A member with the key the box is sealed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TeamMember {
    /// Who.
    pub person: PersonId,
    /// Id of the signing key in force; the box is sealed to the KEM key beside it in the log.
    pub key: KeyId,
}

/// What a generation says. Its digest is the HPKE `info` of its boxes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamHeader {
    /// The suite.
    pub suite: Suite,
    /// The organisation.
    pub organisation: OrganisationId,
    /// The team.
    pub team: TeamId,
    /// From 1, one more each time.
    pub number: u32,
    /// Digest of the generation before; `None` in the first.
    pub predecessor: Option<Digest>,
    /// The log as the author saw it.
    pub log_head: LogHead,
    /// All members at that head, in order of their ids.
    pub members: Vec<TeamMember>,
    /// Who made it; a member.
    pub author: TeamMember,
    /// When, milliseconds since 1970.
    pub claimed_time_ms: u64,
    /// Commits to the generation's secret.
    pub key_commitment: [u8; 32],
    /// Public half of the generation's key pair.
    pub public_key: KemKey,
    /// The former generation's secret, sealed under this one's, where the rules let every member
    /// read it.
    pub history: Option<Locked>,
}

/// A generation as sent: `api::TeamGenerationUpload::statement` is its encoding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedTeamGeneration {
    /// The encoded [`TeamHeader`].
    pub header: Vec<u8>,
    /// [`boxes_digest`].
    pub boxes_digest: Digest,
    /// Over [`label::TEAM_STATEMENT`] and [`statement_bytes`].
    pub signature: Signature,
    /// One box a member, in the members' order; empty for whoever needs the public half only.
    pub boxes: Vec<Vec<u8>>,
}

/// Digest of a header: the HPKE `info` of its boxes.
#[must_use]
pub fn header_digest(header: &[u8]) -> Digest {
    digest(label::TEAM_HEADER, header)
}

/// Digest of the boxes.
#[must_use]
pub fn boxes_digest(boxes: &[Vec<u8>]) -> Digest {
    digest(label::TEAM_BOXES, &codec::encode(boxes))
}

/// What is signed, and hashed to the generation's digest: both digests.
#[must_use]
pub fn statement_bytes(header: &Digest, boxes: &Digest) -> Vec<u8> {
    codec::encode(&(header, boxes))
}

/// A generation that verified.
#[derive(Debug, Clone)]
pub struct Generation {
    /// What it says.
    pub header: TeamHeader,
    /// Digest of the header.
    pub header_digest: Digest,
    /// Digest of the statement: what epochs name.
    pub digest: Digest,
    /// The boxes, where they came along.
    pub boxes: Vec<Vec<u8>>,
}

/// Why a generation was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TeamError {
    /// Not a generation.
    #[error("team generation could not be read")]
    Malformed(#[source] codec::DecodeError),
    /// Of another organisation or an unknown team.
    #[error("team generation belongs elsewhere")]
    Elsewhere,
    /// Not the next number, or not after the generation before.
    #[error("team generation does not follow")]
    DoesNotFollow,
    /// Made at a head beyond the known log: fetch the log, then look again.
    #[error("team generation is ahead of the known log")]
    AheadOfLog,
    /// Made at a head that the log never had: hard stop.
    #[error("team generation names another log")]
    OtherLog,
    /// The author was no member with that key.
    #[error("team generation by somebody who is no member")]
    Author,
    /// Signature does not verify.
    #[error("team generation is not signed by its author")]
    Signature(#[source] SignatureError),
    /// The members are not exactly the log's.
    #[error("members of the team generation are not the log's")]
    Members,
    /// Boxes are missing, too many, of a wrong size or not the signed ones.
    #[error("boxes of the team generation do not match")]
    Boxes,
    /// It hands the past to somebody whom the rules don't let read it.
    #[error("team generation opens history against the rules")]
    History,
}

impl Generation {
    /// Whether this generation may still be sealed to in a state: nobody was removed or got other
    /// keys since, and every member of it is one now.
    #[must_use]
    pub fn is_fresh(&self, state: &State) -> bool {
        state.team(self.header.team).is_some_and(|team| {
            self.header.log_head.length >= team.fresh_from()
                && self.header.log_head.length <= state.head().length
                && self.header.members.iter().all(|member| {
                    team.is_member(member.person)
                        && state.person(member.person).is_some_and(|person| person.key() == member.key)
                })
        })
    }

    /// Whether somebody, with this key, has a box in it.
    #[must_use]
    pub fn includes(&self, person: PersonId, key: KeyId) -> bool {
        self.header.members.contains(&TeamMember { person, key })
    }
}

/// A team's members with their keys, in order: what the next generation must name.
#[must_use]
pub fn required_members(state: &State, team: TeamId) -> Option<Vec<TeamMember>> {
    let member = |person| state.person(person).map(|found| TeamMember { person, key: found.key() });
    state.team(team)?.members().map(member).collect()
}

/// The verified generations of all teams.
#[derive(Debug, Clone, Default)]
pub struct Generations {
    teams: BTreeMap<TeamId, Vec<Arc<Generation>>>,
}

impl Generations {
    /// Verifies the next generation of its team and keeps it. One that is known already, byte
    /// for byte the same statement, is accepted again.
    ///
    /// # Errors
    /// [`TeamError`]; nothing is kept then.
    pub fn append(&mut self, signed: &SignedTeamGeneration, log: &Log) -> Result<Arc<Generation>, TeamError> {
        let header: TeamHeader = codec::decode(&signed.header).map_err(TeamError::Malformed)?;
        let known = self.teams.get(&header.team).map_or(&[][..], |known| known);
        if let Some(same) = known.get(header.number.wrapping_sub(1) as usize) {
            let digest = digest_of(signed);
            return if same.digest == digest { Ok(same.clone()) } else { Err(TeamError::DoesNotFollow) };
        }
        let generation = Arc::new(verify(signed, header, known.last().map(|last| &**last), log)?);
        self.teams.entry(generation.header.team).or_default().push(generation.clone());
        Ok(generation)
    }

    /// A generation by number.
    #[must_use]
    pub fn get(&self, team: TeamId, number: u32) -> Option<&Arc<Generation>> {
        self.teams.get(&team)?.get(number.checked_sub(1)? as usize)
    }

    /// The newest generation of a team, fresh or not.
    #[must_use]
    pub fn newest(&self, team: TeamId) -> Option<&Arc<Generation>> {
        self.teams.get(&team)?.last()
    }

    /// The newest generation of a team, if it may be sealed to.
    #[must_use]
    pub fn fresh(&self, state: &State, team: TeamId) -> Option<&Arc<Generation>> {
        self.newest(team).filter(|generation| generation.is_fresh(state))
    }

    /// Whether a member should make the next generation: there is no fresh one, or somebody who
    /// belongs to the team has no box in it.
    #[must_use]
    pub fn wants_next(&self, state: &State, team: TeamId) -> bool {
        let members = required_members(state, team);
        match (self.fresh(state, team), members) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(generation), Some(members)) => generation.header.members != members,
        }
    }
}

fn digest_of(signed: &SignedTeamGeneration) -> Digest {
    digest(label::TEAM_STATEMENT, &statement_bytes(&header_digest(&signed.header), &signed.boxes_digest))
}

fn verify(
    signed: &SignedTeamGeneration,
    header: TeamHeader,
    before: Option<&Generation>,
    log: &Log,
) -> Result<Generation, TeamError> {
    if header.organisation != log.organisation() {
        return Err(TeamError::Elsewhere);
    }
    let follows = match before {
        None => header.number == 1 && header.predecessor.is_none(),
        Some(before) => {
            before.header.number.checked_add(1) == Some(header.number)
                && header.predecessor == Some(before.digest)
                && header.log_head.length >= before.header.log_head.length
        }
    };
    if !follows {
        return Err(TeamError::DoesNotFollow);
    }
    let state = match log.at(&header.log_head) {
        Some(state) => state,
        None if log.contradicts(&header.log_head) => return Err(TeamError::OtherLog),
        None => return Err(TeamError::AheadOfLog),
    };
    let members = required_members(state, header.team).ok_or(TeamError::Elsewhere)?;
    if !members.contains(&header.author) {
        return Err(TeamError::Author);
    }
    let author = state.person(header.author.person).ok_or(TeamError::Author)?;
    let header_digest = header_digest(&signed.header);
    author
        .keys()
        .signing
        .verify(
            label::TEAM_STATEMENT,
            &statement_bytes(&header_digest, &signed.boxes_digest),
            &signed.signature,
        )
        .map_err(TeamError::Signature)?;
    if header.members != members || members.len() > limit::TEAM_MEMBERS_MAX {
        return Err(TeamError::Members);
    }
    let boxes_fit = signed.boxes.is_empty()
        || (signed.boxes.len() == members.len()
            && signed.boxes.iter().all(|sealed| sealed.len() == BOX_BYTES)
            && boxes_digest(&signed.boxes) == signed.boxes_digest);
    if !boxes_fit {
        return Err(TeamError::Boxes);
    }
    if header.history.is_some() && !history_allowed(state, &header, before) {
        return Err(TeamError::History);
    }
    Ok(Generation { digest: digest_of(signed), header, header_digest, boxes: signed.boxes.clone() })
}

/// Whether the members of a generation may open the one before.
#[must_use]
pub fn history_allowed(state: &State, header: &TeamHeader, before: Option<&Generation>) -> bool {
    let Some(before) = before else { return false };
    let former: BTreeSet<_> = before.header.members.iter().map(|member| member.person).collect();
    let rules = state.team(header.team).map(|team| *team.rules());
    rules.is_some_and(|rules| rules.history_for_new_members)
        || header.members.iter().all(|member| former.contains(&member.person))
}

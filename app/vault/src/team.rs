//! Making and opening team generations. Verification is `protocol::team`'s; what is opened here
//! has been verified there before.

use crate::{
    account::PartyKeys,
    random::Random,
    seal::{KemSecret, SealError, lock, open_secret_from, seal_secret_to, unlock},
    secret::Secret,
};
use beistand_protocol::{
    codec,
    id::{PersonId, TeamId},
    label,
    membership::State,
    suite::Suite,
    team::{
        Generation, Generations, SignedTeamGeneration, TeamHeader, TeamMember, boxes_digest, header_digest,
        history_allowed, required_members, statement_bytes,
    },
};
use std::collections::BTreeMap;
use thiserror::Error;

/// Why a generation could not be made or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TeamKeyError {
    /// No such team, or the author is no member with this key.
    #[error("not a member of the team")]
    NotMember,
    /// No box for this person and key.
    #[error("no box in this generation")]
    NoBox,
    /// A box does not open.
    #[error("box of the generation does not open")]
    Sealed(#[source] SealError),
    /// What the box holds is not what the signed statement commits to: its author lied.
    #[error("generation commits to another key")]
    Commitment,
}

/// The secret of a generation, and the key pair from it.
#[derive(Debug, Clone)]
pub struct TeamSecret {
    secret: Secret,
    kem: KemSecret,
}

impl TeamSecret {
    fn new(secret: Secret) -> Self {
        let kem = KemSecret::from_seed(secret.derive("beistand/1/team-kem", &[]));
        Self { secret, kem }
    }

    /// Opens what was sealed to the generation.
    #[must_use]
    pub fn kem(&self) -> &KemSecret {
        &self.kem
    }

    #[cfg(test)]
    pub(crate) fn dangerous_secret(&self) -> &Secret {
        &self.secret
    }

    fn commitment(&self, team: TeamId, number: u32) -> [u8; 32] {
        *self.secret.derive("beistand/1/team-commitment", &codec::encode(&(team, number))).expose()
    }

    fn matches(&self, header: &TeamHeader) -> bool {
        use subtle::ConstantTimeEq as _;
        let committed: bool =
            self.commitment(header.team, header.number).ct_eq(&header.key_commitment).into();
        committed && *self.kem.public() == header.public_key
    }

    fn history_key(&self) -> Secret {
        self.secret.derive("beistand/1/team-history", &[])
    }
}

const HISTORY: &str = "beistand/1/team-history-seal";

/// Makes the next generation of a team, as one of its members: after a removal at once, after an
/// addition when convenient. `former` is the newest generation with its secret, if this member
/// can open it.
///
/// # Errors
/// [`TeamKeyError::NotMember`], or a member's public key that can't be sealed to.
pub fn make_generation(
    state: &State,
    team: TeamId,
    person: PersonId,
    keys: &PartyKeys,
    former: Option<(&Generation, Option<&TeamSecret>)>,
    now_ms: u64,
    random: &mut dyn Random,
) -> Result<(SignedTeamGeneration, TeamSecret), TeamKeyError> {
    let members = required_members(state, team).ok_or(TeamKeyError::NotMember)?;
    let author = TeamMember { person, key: keys.signing.verify_key().id() };
    if !members.contains(&author) {
        return Err(TeamKeyError::NotMember);
    }
    let secret = TeamSecret::new(Secret::draw(random));
    let number = former.map_or(1, |(former, _)| former.header.number + 1);
    let mut header = TeamHeader {
        suite: Suite::CURRENT,
        organisation: state.organisation(),
        team,
        number,
        predecessor: former.map(|(former, _)| former.digest),
        log_head: state.head(),
        members,
        author,
        claimed_time_ms: now_ms,
        key_commitment: secret.commitment(team, number),
        public_key: secret.kem.public().clone(),
        history: None,
    };
    if let Some((former, Some(opened))) = former
        && history_allowed(state, &header, Some(former))
    {
        let sealed =
            lock(&secret.history_key(), HISTORY, former.digest.as_bytes(), opened.secret.expose(), random);
        header.history = Some(sealed);
    }
    let header_bytes = codec::encode(&header);
    let info = header_digest(&header_bytes);
    let mut boxes = Vec::with_capacity(header.members.len());
    for member in &header.members {
        let found = state.person(member.person).ok_or(TeamKeyError::NotMember)?;
        let sealed =
            seal_secret_to(&found.keys().kem, &info, &secret.secret, random).map_err(TeamKeyError::Sealed)?;
        boxes.push(sealed);
    }
    let boxes_digest = boxes_digest(&boxes);
    let signature = keys.signing.sign(label::TEAM_STATEMENT, &statement_bytes(&info, &boxes_digest));
    Ok((SignedTeamGeneration { header: header_bytes, boxes_digest, signature, boxes }, secret))
}

/// Opens a verified generation with a member's own key.
///
/// # Errors
/// [`TeamKeyError`].
pub fn open_generation(
    generation: &Generation,
    person: PersonId,
    keys: &PartyKeys,
) -> Result<TeamSecret, TeamKeyError> {
    let me = TeamMember { person, key: keys.signing.verify_key().id() };
    let index =
        generation.header.members.iter().position(|member| *member == me).ok_or(TeamKeyError::NoBox)?;
    let sealed = generation.boxes.get(index).ok_or(TeamKeyError::NoBox)?;
    let secret =
        open_secret_from(&keys.kem, &generation.header_digest, sealed).map_err(TeamKeyError::Sealed)?;
    checked(secret, &generation.header)
}

/// Opens the generation before, where the later one hands it on.
fn open_former(
    later: &Generation,
    secret: &TeamSecret,
    former: &Generation,
) -> Result<TeamSecret, TeamKeyError> {
    let locked = later.header.history.as_ref().ok_or(TeamKeyError::NoBox)?;
    let bytes = unlock(&secret.history_key(), HISTORY, former.digest.as_bytes(), locked)
        .map(zeroize::Zeroizing::new)
        .map_err(TeamKeyError::Sealed)?;
    let bytes = <[u8; 32]>::try_from(&bytes[..]).map_err(|_| TeamKeyError::Commitment)?;
    checked(Secret::from_bytes(bytes), &former.header)
}

fn checked(secret: Secret, header: &TeamHeader) -> Result<TeamSecret, TeamKeyError> {
    let secret = TeamSecret::new(secret);
    if secret.matches(header) { Ok(secret) } else { Err(TeamKeyError::Commitment) }
}

/// The team secrets that one staff person can open.
#[derive(Debug, Clone, Default)]
pub struct TeamKeyring {
    secrets: BTreeMap<(TeamId, u32), TeamSecret>,
}

impl TeamKeyring {
    /// A ring without keys, as every seeker has.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// Opens everything that can be opened of a team's verified generations, newest first: by own
    /// box (of these keys, or of `former` ones before a change), or handed on by the next one. Call again whenever a generation was appended. What does
    /// not open is left out; a box that opens to something else than promised is left out too.
    pub fn open_team(
        &mut self,
        generations: &Generations,
        team: TeamId,
        person: PersonId,
        keys: &PartyKeys,
        former: &[PartyKeys],
    ) {
        let Some(newest) = generations.newest(team) else { return };
        for number in (1..=newest.header.number).rev() {
            if self.secrets.contains_key(&(team, number)) {
                continue;
            }
            let Some(generation) = generations.get(team, number) else { continue };
            let by_former = |error| {
                former.iter().find_map(|keys| open_generation(generation, person, keys).ok()).ok_or(error)
            };
            let own = open_generation(generation, person, keys).or_else(by_former);
            let opened = own.or_else(|error| {
                let later = generations.get(team, number + 1).ok_or(error)?;
                let secret = self.get(team, number + 1).ok_or(error)?;
                open_former(later, secret, generation)
            });
            if let Ok(secret) = opened {
                self.secrets.insert((team, number), secret);
            }
        }
    }

    /// The secret of a generation.
    #[must_use]
    pub fn get(&self, team: TeamId, number: u32) -> Option<&TeamSecret> {
        self.secrets.get(&(team, number))
    }
}

#[cfg(test)]
mod tests;

//! Who must read a conversation: a pure function of the log and a few signed facts.

use super::{Basis, ConversationKind, EpochChain, EpochHeader, Guest, Reader, ReaderRole};
use crate::{
    id::{PersonId, SiteId, TeamId},
    limit,
    membership::{PersonKeys, ReadsOn, State, Team},
    team::Generation,
};
use std::collections::BTreeSet;

/// What decides about the readers besides the log. All of it stands in the epoch's header and is
/// checked against the epoch before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// What the conversation is.
    pub kind: ConversationKind,
    /// The site.
    pub site: SiteId,
    /// The team that answers.
    pub team: TeamId,
    /// Who has claimed it.
    pub holder: Option<PersonId>,
    /// The seeker's keys, in a talk.
    pub seeker: Option<PersonKeys>,
    /// The guests, in a group, in order.
    pub guests: Vec<Guest>,
}

impl Facts {
    /// Reads the facts out of a header.
    #[must_use]
    pub fn of(header: &EpochHeader) -> Self {
        let seeker = header.readers.iter().find_map(|reader| match reader {
            Reader::Seeker(keys) => Some(keys.clone()),
            _ => None,
        });
        let guests = header.readers.iter().filter_map(|reader| match reader {
            Reader::Guest(guest) => Some(guest.clone()),
            _ => None,
        });
        let guests = guests.collect();
        Self {
            kind: header.kind,
            site: header.site,
            team: header.team,
            holder: header.holder,
            seeker,
            guests,
        }
    }

    /// The holder, if still a member of the team: somebody removed holds nothing.
    #[must_use]
    pub fn effective_holder(&self, state: &State) -> Option<PersonId> {
        let team = state.team(self.team)?;
        self.holder.filter(|holder| team.is_member(*holder) && state.person(*holder).is_some())
    }

    /// The facts as they are now: with the holder that the log still knows, in a staff thread about a talk the talk's.
    /// `None`: nothing is known of the talk.
    #[must_use]
    pub fn beside(&self, state: &State, talk: Option<&EpochChain>) -> Option<Self> {
        if self.kind.thread_about().is_none() {
            return Some(self.clone());
        }
        let holder = talk?.newest()?.facts().effective_holder(state);
        Some(Self { holder, ..self.clone() })
    }

    /// The same facts with the holder that the log still knows.
    #[must_use]
    pub fn effective(&self, state: &State) -> Self {
        Self { holder: self.effective_holder(state), ..self.clone() }
    }
}

/// Why no readers can be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadersError {
    /// The log knows no such team.
    #[error("unknown team")]
    UnknownTeam,
    /// The holder or owner is no longer there.
    #[error("holder or owner is not entitled")]
    NotEntitled,
    /// A talk without a seeker, or a seeker where none may be.
    #[error("seeker does not fit the kind of conversation")]
    Seeker,
    /// The generation is stale or of another team.
    #[error("team generation is stale")]
    Stale,
    /// A room or group has a holder, or is for leads alone.
    #[error("a room or group is for its whole team or for nobody")]
    WholeTeam,
    /// Guests out of order, where none may be, or more than the group takes.
    #[error("guests do not fit the conversation")]
    Guests,
    /// More than an epoch holds.
    #[error("too many readers")]
    TooMany,
}

/// Readers in their one order: seeker or guests by id, team, people by id.
pub type Readers = Vec<Reader>;

/// The staff people who are entitled to read, by the log alone.
///
/// # Errors
/// [`ReadersError`].
pub fn entitled_people(
    state: &State,
    facts: &Facts,
    basis: Basis,
) -> Result<BTreeSet<PersonId>, ReadersError> {
    if let ConversationKind::Note { owner, .. } = facts.kind {
        return match state.person(owner) {
            Some(_) => Ok(BTreeSet::from([owner])),
            None => Err(ReadersError::NotEntitled),
        };
    }
    let team = state.team(facts.team).ok_or(ReadersError::UnknownTeam)?;
    if facts.kind.room_month().is_some() || facts.kind.is_group() {
        // Where the log was not confirmed for too long nothing is written at all (P14): among leads alone it would be
        // another room.
        let whole = basis == Basis::Ordinary && facts.holder.is_none();
        return if whole { Ok(team.members().collect()) } else { Err(ReadersError::WholeTeam) };
    }
    if facts.holder != facts.effective_holder(state) {
        return Err(ReadersError::NotEntitled);
    }
    Ok(match (basis, facts.holder.map(|holder| (holder, team.reads_on()))) {
        // They are never left out: an office that was closed for long must lock nobody out.
        (Basis::LeadsOnly, _) => team.leads().collect(),
        (Basis::Ordinary, Some((holder, ReadsOn::Holder))) => BTreeSet::from([holder]),
        (Basis::Ordinary, Some((holder, ReadsOn::Leads))) => team.leads().chain([holder]).collect(),
        (Basis::Ordinary, Some((_, ReadsOn::Team)) | None) => team.members().collect(),
    })
}

/// The complete readers. `generation` is used where the whole team reads; people without a box in
/// it get one for their own keys. Without a generation everybody gets one (P6).
///
/// # Errors
/// [`ReadersError`]; in particular a stale generation is never used.
pub fn required_readers(
    state: &State,
    facts: &Facts,
    basis: Basis,
    generation: Option<&Generation>,
) -> Result<Readers, ReadersError> {
    let people = entitled_people(state, facts, basis)?;
    let mut readers = Vec::new();
    match (&facts.kind, &facts.seeker) {
        (ConversationKind::Talk, Some(keys)) => readers.push(Reader::Seeker(keys.clone())),
        (ConversationKind::Talk, None) | (_, Some(_)) => return Err(ReadersError::Seeker),
        (_, None) => {}
    }
    let most = match facts.kind {
        ConversationKind::Group { most, .. } => usize::from(most),
        _ => 0,
    };
    if facts.guests.len() > most || facts.guests.windows(2).any(|pair| pair[0].guest >= pair[1].guest) {
        return Err(ReadersError::Guests);
    }
    // Whether there is a generation or not: a removal must not make it too many.
    if people.len() + facts.guests.len() > limit::READERS_MAX {
        return Err(ReadersError::TooMany);
    }
    readers.extend(facts.guests.iter().cloned().map(Reader::Guest));
    if let Some(generation) = generation {
        let whole_team = !matches!(facts.kind, ConversationKind::Note { .. })
            && generation.header.team == facts.team
            && generation.header.members.iter().all(|member| people.contains(&member.person));
        if !whole_team || !generation.is_fresh(state) {
            return Err(ReadersError::Stale);
        }
        readers.push(Reader::Team {
            team: generation.header.team,
            number: generation.header.number,
            generation: generation.digest,
        });
    }
    for id in people {
        let person = state.person(id).ok_or(ReadersError::NotEntitled)?;
        if generation.is_some_and(|generation| generation.includes(id, person.key())) {
            continue;
        }
        readers.push(Reader::Person {
            person: id,
            key: person.key(),
            role: role(facts, state.team(facts.team), id),
        });
    }
    if readers.len() > limit::READERS_MAX {
        return Err(ReadersError::TooMany);
    }
    Ok(readers)
}

fn role(facts: &Facts, team: Option<&Team>, person: PersonId) -> ReaderRole {
    match facts.kind {
        ConversationKind::Note { .. } => ReaderRole::Owner,
        _ if facts.holder == Some(person) => ReaderRole::Holder,
        _ if team.is_some_and(|team| team.is_lead(person)) => ReaderRole::Lead,
        _ => ReaderRole::Member,
    }
}

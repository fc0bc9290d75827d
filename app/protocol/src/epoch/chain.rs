//! The chain of a conversation's epochs, verified one after the other.

use super::{
    Author, Basis, ConversationKind, EpochHeader, Facts, Guest, HistoryBox, Reader, ReadersError,
    SignedEpoch, boxes_digest, entitled_people, epoch_digest, header_digest, required_readers,
    statement_bytes,
};
use crate::{
    codec,
    id::{ConversationId, Digest, PersonId, SiteId},
    label, limit,
    membership::{Log, State},
    signature::{SignatureError, VerifyKey},
    team::{BOX_BYTES, Generation, Generations},
};
use std::{collections::BTreeSet, sync::Arc};

/// An epoch that verified.
#[derive(Debug, Clone)]
pub struct VerifiedEpoch {
    /// What it says.
    pub header: EpochHeader,
    /// Digest of the header.
    pub header_digest: Digest,
    /// Digest of the statement: names the epoch.
    pub digest: Digest,
    /// One box a reader.
    pub boxes: Vec<Vec<u8>>,
    /// Older keys for single readers.
    pub history_boxes: Vec<HistoryBox>,
    /// Every staff person who reads, those of the team's generation included.
    pub people: BTreeSet<PersonId>,
}

impl VerifiedEpoch {
    /// The facts it states.
    #[must_use]
    pub fn facts(&self) -> Facts {
        Facts::of(&self.header)
    }
}

/// Why an epoch was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EpochError {
    /// Not an epoch.
    #[error("epoch could not be read")]
    Malformed(#[source] codec::DecodeError),
    /// Of another organisation, site or conversation, or of a kind that changed.
    #[error("epoch belongs elsewhere")]
    Elsewhere,
    /// Not the next number, not after the epoch before, not at its place, or at an older log.
    #[error("epoch does not follow")]
    DoesNotFollow,
    /// Made at a head beyond the known log: fetch the log, then look again.
    #[error("epoch is ahead of the known log")]
    AheadOfLog,
    /// Made at a head that the log never had: hard stop.
    #[error("epoch names another log")]
    OtherLog,
    /// Names a team generation that is not known: fetch generations, then look again.
    #[error("epoch names an unknown team generation")]
    UnknownGeneration,
    /// The author may not make it.
    #[error("epoch by somebody who is not entitled")]
    Author,
    /// Signature does not verify.
    #[error("epoch is not signed by its author")]
    Signature(#[source] SignatureError),
    /// The holder changes in a way the author may not cause.
    #[error("epoch changes the holder against the rules")]
    Holder,
    /// The seeker's keys change, but not by the seeker.
    #[error("epoch changes the seeker's keys")]
    SeekerKeys,
    /// No readers can be computed for it.
    #[error("epoch without valid readers")]
    NoReaders(#[source] ReadersError),
    /// The readers are not those that the log demands.
    #[error("readers of the epoch are not the log's")]
    Readers,
    /// It is about a talk, and names an epoch of it that is not known: fetch the talk, then look again.
    #[error("epoch names an unknown epoch of its talk")]
    UnknownTalk,
    /// It is about a talk, and says of it what the talk itself does not.
    #[error("epoch contradicts its talk")]
    Talk,
    /// It lets guests in or changes them against the rules, or the site takes no groups.
    #[error("epoch changes guests against the rules")]
    Guests,
    /// The team is not the site's.
    #[error("team of the epoch is not the site's")]
    Team,
    /// Boxes are missing, too many, of a wrong size or not the signed ones.
    #[error("boxes of the epoch do not match")]
    Boxes,
    /// It opens history against the rules, or withholds it against them.
    #[error("epoch handles history against the rules")]
    History,
    /// Closing heads out of order or too many.
    #[error("closing heads are malformed")]
    ClosingHeads,
}

/// Why nothing may be sealed under the newest epoch: make the next one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NeedsEpoch {
    /// There is none yet.
    #[error("no epoch yet")]
    None,
    /// The log demands other readers by now (somebody left, joined, or got other keys).
    #[error("the log demands other readers")]
    Readers,
    /// The log's freshness demands another basis.
    #[error("the log's freshness demands other readers")]
    Basis,
}

/// A conversation's epochs.
#[derive(Debug, Clone, Default)]
pub struct EpochChain {
    epochs: Vec<Arc<VerifiedEpoch>>,
}

impl EpochChain {
    /// The newest epoch.
    #[must_use]
    pub fn newest(&self) -> Option<&Arc<VerifiedEpoch>> {
        self.epochs.last()
    }

    /// An epoch by number.
    #[must_use]
    pub fn get(&self, number: u32) -> Option<&Arc<VerifiedEpoch>> {
        self.epochs.get(number as usize)
    }

    /// All epochs, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<VerifiedEpoch>> {
        self.epochs.iter()
    }

    /// An epoch by its digest.
    #[must_use]
    pub fn named(&self, digest: &Digest) -> Option<&Arc<VerifiedEpoch>> {
        self.epochs.iter().rev().find(|epoch| epoch.digest == *digest)
    }

    /// Verifies the next epoch, received at `position`, and keeps it. `talk`: the epochs of the talk that a staff thread
    /// is about.
    ///
    /// # Errors
    /// [`EpochError`]; the chain is then unchanged.
    pub fn append(
        &mut self,
        conversation: ConversationId,
        position: u64,
        signed: &SignedEpoch,
        log: &Log,
        generations: &Generations,
        talk: Option<&Self>,
    ) -> Result<Arc<VerifiedEpoch>, EpochError> {
        let before = self.newest().map(|epoch| &**epoch);
        let epoch = verify(conversation, position, signed, before, log, generations)?;
        check_talk(&epoch.header, before.map(|before| &before.header), log, talk)?;
        let epoch = Arc::new(epoch);
        self.epochs.push(epoch.clone());
        Ok(epoch)
    }

    /// Whether something may be sealed under the newest epoch, by the newest state of the log and, in a staff thread
    /// about a talk, the newest epoch of that.
    ///
    /// # Errors
    /// [`NeedsEpoch`] says why not.
    pub fn check_sealable(
        &self,
        state: &State,
        generations: &Generations,
        basis: Basis,
        talk: Option<&Self>,
    ) -> Result<(), NeedsEpoch> {
        let newest = self.newest().ok_or(NeedsEpoch::None)?;
        let facts = newest.facts().beside(state, talk).ok_or(NeedsEpoch::Readers)?;
        if newest.header.basis != basis {
            return Err(NeedsEpoch::Basis);
        }
        let generation = named_generation(&newest.header, generations).map_err(|_| NeedsEpoch::Readers)?;
        let required = required_readers(state, &facts, basis, generation).ok();
        if required.as_ref() == Some(&newest.header.readers) { Ok(()) } else { Err(NeedsEpoch::Readers) }
    }
}

fn named_generation<'a>(
    header: &EpochHeader,
    generations: &'a Generations,
) -> Result<Option<&'a Generation>, EpochError> {
    let named = header.readers.iter().find_map(|reader| match reader {
        Reader::Team { team, number, generation } => Some((*team, *number, *generation)),
        _ => None,
    });
    let Some((team, number, digest)) = named else { return Ok(None) };
    let generation = generations.get(team, number).ok_or(EpochError::UnknownGeneration)?;
    if generation.digest == digest { Ok(Some(generation)) } else { Err(EpochError::Readers) }
}

fn verify(
    conversation: ConversationId,
    position: u64,
    signed: &SignedEpoch,
    before: Option<&VerifiedEpoch>,
    log: &Log,
    generations: &Generations,
) -> Result<VerifiedEpoch, EpochError> {
    let header: EpochHeader = codec::decode(&signed.header).map_err(EpochError::Malformed)?;
    if header.organisation != log.organisation() || header.conversation != conversation {
        return Err(EpochError::Elsewhere);
    }
    if !header.kind.fits(header.team, conversation) {
        return Err(EpochError::Elsewhere);
    }
    check_follows(&header, position, before)?;
    let state = match log.at(&header.log_head) {
        Some(state) => state,
        None if log.contradicts(&header.log_head) => return Err(EpochError::OtherLog),
        None => return Err(EpochError::AheadOfLog),
    };
    // The signature first: nothing below is worth looking at unsigned.
    let key = author_key(&header, before, state)?;
    let header_digest = header_digest(&signed.header);
    let statement = statement_bytes(&header_digest, &signed.boxes_digest);
    key.verify(label::EPOCH_STATEMENT, &statement, &signed.signature).map_err(EpochError::Signature)?;

    let facts = Facts::of(&header);
    match before {
        None => check_first(&header, state)?,
        Some(before) => check_change(&header, &facts, &before.facts(), state)?,
    }
    let generation = named_generation(&header, generations)?;
    let required =
        required_readers(state, &facts, header.basis, generation).map_err(EpochError::NoReaders)?;
    if header.readers != required {
        return Err(EpochError::Readers);
    }
    let people = entitled_people(state, &facts, header.basis).map_err(EpochError::NoReaders)?;
    check_history(&header, &people, before, state)?;
    check_boxes(&header, signed)?;
    Ok(VerifiedEpoch {
        digest: epoch_digest(&header_digest, &signed.boxes_digest),
        header,
        header_digest,
        boxes: signed.boxes.clone(),
        history_boxes: signed.history_boxes.clone(),
        people,
    })
}

fn check_follows(
    header: &EpochHeader,
    position: u64,
    before: Option<&VerifiedEpoch>,
) -> Result<(), EpochError> {
    let follows = header.position == position
        && match before {
            None => header.number == 0 && header.predecessor.is_none() && position == 0,
            Some(before) => {
                before.header.number.checked_add(1) == Some(header.number)
                    && header.predecessor == Some(before.digest)
                    && header.log_head.length >= before.header.log_head.length
                    && position > before.header.position
            }
        };
    if !follows {
        return Err(EpochError::DoesNotFollow);
    }
    let heads = &header.closing_heads;
    let ordered = heads.windows(2).all(|pair| pair[0] < pair[1]) && heads.len() <= limit::HEADS_MAX;
    if ordered && (before.is_some() || heads.is_empty()) { Ok(()) } else { Err(EpochError::ClosingHeads) }
}

/// The key that must have signed, if its owner may make this epoch at all.
fn author_key(
    header: &EpochHeader,
    before: Option<&VerifiedEpoch>,
    state: &State,
) -> Result<VerifyKey, EpochError> {
    match header.author {
        Author::Seeker => {
            // A change of the seeker's keys is signed by the former ones.
            let facts = before.map_or_else(|| Facts::of(header), VerifiedEpoch::facts);
            facts.seeker.map(|keys| keys.signing).ok_or(EpochError::Author)
        }
        Author::Guest(own) => {
            let mut guests = before.ok_or(EpochError::Author)?.facts().guests.into_iter();
            let found = guests.find(|guest| guest.guest == own);
            found.map(|guest| guest.keys.signing).ok_or(EpochError::Author)
        }
        Author::Person { person, key } => {
            let found = state.person(person).filter(|found| found.key() == key).ok_or(EpochError::Author)?;
            // Entitled by the epoch before, as the log stands now; in a first epoch by this one.
            let facts = before.map_or_else(|| Facts::of(header), VerifiedEpoch::facts).effective(state);
            let entitled = entitled_people(state, &facts, Basis::Ordinary).map_err(|_| EpochError::Author)?;
            if entitled.contains(&person) { Ok(found.keys().signing) } else { Err(EpochError::Author) }
        }
    }
}

fn check_first(header: &EpochHeader, state: &State) -> Result<(), EpochError> {
    let site = state.site(header.site);
    let at_home = match header.kind {
        // It is its team's and no site's.
        ConversationKind::Room { .. } => header.site == SiteId::NONE,
        _ => site.is_some(),
    };
    if !at_home {
        return Err(EpochError::Elsewhere);
    }
    // A thread takes its holder from its talk.
    let held = header.holder.is_some() || header.cause.is_some();
    if held && header.kind.thread_about().is_none() {
        return Err(EpochError::Holder);
    }
    match (header.kind, header.author) {
        (ConversationKind::Group { .. }, Author::Person { .. }) => {
            let at_home = site.is_some_and(|site| site.team == header.team);
            let empty = Facts::of(header).guests.is_empty();
            match (at_home, empty && state.takes_groups(header.site)) {
                (true, true) => Ok(()),
                (true, false) => Err(EpochError::Guests),
                (false, _) => Err(EpochError::Team),
            }
        }
        (ConversationKind::Talk, Author::Seeker) if site.is_some_and(|site| site.team == header.team) => {
            Ok(())
        }
        (ConversationKind::Talk, Author::Seeker) => Err(EpochError::Team),
        (ConversationKind::Talk, Author::Person { .. }) | (_, Author::Seeker | Author::Guest(_)) => {
            Err(EpochError::Author)
        }
        (_, Author::Person { .. }) => Ok(()),
    }
}

fn check_change(
    header: &EpochHeader,
    facts: &Facts,
    before: &Facts,
    state: &State,
) -> Result<(), EpochError> {
    if facts.kind != before.kind || facts.site != before.site || facts.team != before.team {
        return Err(EpochError::Elsewhere);
    }
    if facts.seeker != before.seeker && header.author != Author::Seeker {
        return Err(EpochError::SeekerKeys);
    }
    if facts.kind.thread_about().is_some() {
        return Ok(());
    }
    if facts.kind.is_group() {
        let held = header.holder.is_some() || header.cause.is_some();
        return if held {
            Err(EpochError::Holder)
        } else {
            check_guests(header.author, facts, before, state)
        };
    }
    let held = before.effective_holder(state);
    if facts.holder == held {
        return if header.cause.is_none() { Ok(()) } else { Err(EpochError::Holder) };
    }
    let Author::Person { person, .. } = header.author else { return Err(EpochError::Holder) };
    let lead = state.team(facts.team).is_some_and(|team| team.is_lead(person));
    // A claim is the claimer's own; release and handover are the holder's; leads may do all.
    let may = lead || held.or(facts.holder) == Some(person);
    if may && header.cause.is_some() { Ok(()) } else { Err(EpochError::Holder) }
}

/// A guest changes nothing but its own keys, signed by the former ones. Who moderates lets in, mutes and removes, and
/// changes nobody's keys; who is let in has the id that its key gives.
fn check_guests(author: Author, facts: &Facts, before: &Facts, state: &State) -> Result<(), EpochError> {
    let known = |guest: &Guest| before.guests.iter().find(|known| known.guest == guest.guest);
    let fits = match author {
        Author::Guest(own) => {
            let is = |guest: &Guest, known: &Guest| {
                let same = known.guest == guest.guest && known.muted == guest.muted;
                same && (known.keys == guest.keys) == (guest.guest != own)
            };
            facts.guests.len() == before.guests.len()
                && facts.guests.iter().zip(&before.guests).all(|(guest, known)| is(guest, known))
        }
        _ => facts.guests.iter().all(|guest| match known(guest) {
            Some(known) => known.keys == guest.keys,
            None => guest.guest.0 == guest.keys.signing.id().0 && state.takes_groups(facts.site),
        }),
    };
    if fits { Ok(()) } else { Err(EpochError::Guests) }
}

/// A staff thread about a talk names the epoch of the talk that its author saw, and takes site, team and holder from
/// there. It never goes back behind the one that it named before.
fn check_talk(
    header: &EpochHeader,
    before: Option<&EpochHeader>,
    log: &Log,
    talk: Option<&EpochChain>,
) -> Result<(), EpochError> {
    let Some(about) = header.kind.thread_about() else { return Ok(()) };
    let talk = talk.ok_or(EpochError::UnknownTalk)?;
    let named = talk.named(&header.cause.ok_or(EpochError::Talk)?).ok_or(EpochError::UnknownTalk)?;
    let state = log.at(&header.log_head).ok_or(EpochError::AheadOfLog)?;
    let former = before.and_then(|before| talk.named(&before.cause?)).map(|epoch| epoch.header.number);
    let fits = named.header.conversation == about
        && named.header.kind == ConversationKind::Talk
        && named.header.site == header.site
        && named.header.team == header.team
        && named.facts().effective_holder(state) == header.holder
        && named.header.log_head.length <= header.log_head.length
        && former.is_none_or(|former| former <= named.header.number);
    if fits { Ok(()) } else { Err(EpochError::Talk) }
}

/// Whether the former epoch's key must not be linked: somebody new reads whom the team's rules
/// give no history, or a group's own rule a new guest. Whoever holds the talk always gets it, by a box of the own.
#[must_use]
pub fn history_must_be_cut(
    state: &State,
    facts: &Facts,
    people: &BTreeSet<PersonId>,
    before: &VerifiedEpoch,
) -> bool {
    let open = state.team(facts.team).is_some_and(|team| team.rules().history_for_new_members);
    let newcomer = people.difference(&before.people).any(|person| facts.holder != Some(*person));
    let new_guest = || {
        let known = Facts::of(&before.header).guests;
        facts.guests.iter().any(|guest| known.iter().all(|known| known.guest != guest.guest))
    };
    (!open && newcomer && !matches!(facts.kind, ConversationKind::Note { .. }))
        || (matches!(facts.kind, ConversationKind::Group { history: false, .. }) && new_guest())
}

fn check_history(
    header: &EpochHeader,
    people: &BTreeSet<PersonId>,
    before: Option<&VerifiedEpoch>,
    state: &State,
) -> Result<(), EpochError> {
    let fits = match before {
        None => header.history.is_none() && header.history_from == 0,
        // Guests have a box in each epoch that they read: a group can do without any of the links.
        Some(before)
            if history_must_be_cut(state, &Facts::of(header), people, before)
                || (header.kind.is_group() && header.history.is_none()) =>
        {
            header.history.is_none() && header.history_from == header.number
        }
        Some(before) => header.history.is_some() && header.history_from == before.header.history_from,
    };
    if fits { Ok(()) } else { Err(EpochError::History) }
}

fn check_boxes(header: &EpochHeader, signed: &SignedEpoch) -> Result<(), EpochError> {
    let ordered = signed
        .history_boxes
        .windows(2)
        .all(|pair| (pair[0].epoch, pair[0].reader) < (pair[1].epoch, pair[1].reader));
    let for_whom = |index: u16| match header.readers.get(usize::from(index)) {
        Some(Reader::Seeker(_)) => true,
        // Under new keys of its own: all others have a box in each epoch that they read.
        Some(Reader::Guest(guest)) => header.author == Author::Guest(guest.guest),
        Some(Reader::Person { person, .. }) => header.holder == Some(*person),
        _ => false,
    };
    let fits = signed.boxes.len() == header.readers.len()
        && signed.boxes.iter().all(|sealed| sealed.len() == BOX_BYTES)
        && signed.history_boxes.len() <= limit::HISTORY_BOXES_MAX
        && ordered
        && signed.history_boxes.iter().all(|old| {
            old.sealed.len() == BOX_BYTES && old.epoch < header.history_from && for_whom(old.reader)
        })
        && boxes_digest(&signed.boxes, &signed.history_boxes) == signed.boxes_digest;
    if fits { Ok(()) } else { Err(EpochError::Boxes) }
}

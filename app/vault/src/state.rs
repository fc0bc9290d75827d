//! The sealed account state: what a clean browser needs besides the account secret, and what a
//! person's clients remember for each other.
//!
//! One blob on the server, written by compare-and-swap. It finds conversations that vanished or
//! were rolled back, holds the log's floor and carries half-written texts from one device to the
//! next. Sizes are padded.

use crate::{
    account::{AccountPlace, AccountSecret, PartyKeys},
    padding::{pad, unpad},
    random::Random,
    seal,
    secret::Secret,
};
#[cfg(feature = "staff")]
use beistand_protocol::blocks::Library;
use beistand_protocol::{
    api::{LogHead, Sealed},
    codec::{decode, encode},
    id::{ConversationId, Digest, InvitationId},
    wrap::Locked,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const LABEL: &str = "beistand/1/account-state-seal";
/// Conversations remembered; the ones longest without contact are forgotten first.
const KNOWN_MAX: usize = 600;
/// Drafts kept at once: more than somebody has talks on the desk.
const DRAFTS_MAX: usize = 64;
/// And their bytes together; the longest half-written answers of a day fit.
const DRAFTS_BYTES_MAX: usize = 96 * 1024;
/// Former keys of a staff person kept; what was sealed to older ones alone can't be read any more.
const FORMER_MAX: usize = 64;

/// How far a conversation was known, whatever browser knew it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Number of envelopes.
    pub length: u64,
    /// Digest of the newest of them.
    pub newest: Digest,
    /// Number of the newest epoch.
    pub epoch: u32,
    /// Its digest.
    pub epoch_digest: Digest,
}

/// What is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AccountState {
    /// Pseudonym or log-in name as typed first.
    pub name: String,
    /// Newest log head seen: a log that does not contain it was rolled back.
    pub floor: Option<LogHead>,
    /// Conversations.
    pub known: BTreeMap<ConversationId, Known>,
    /// Half-written texts; `None`: the first message of a new conversation.
    pub drafts: BTreeMap<Option<ConversationId>, Draft>,
    /// Names that an administrator gave to invitations.
    pub invited: BTreeMap<InvitationId, (String, InvitedAs)>,
    /// Staff after a recovery: see [`Self::identity`]. Stands in the second form of the blob only.
    #[serde(skip)]
    pub(crate) person: Option<PersonSecret>,
    /// Staff after a change of the keys in the log: what those of before grew from, oldest first. They
    /// open what was sealed to them then. Stands in the third form of the blob only.
    #[serde(skip)]
    pub(crate) former: Vec<PersonSecret>,
    /// Staff: how far libraries of text blocks are known. Stands in the fourth form of the blob only.
    #[cfg(feature = "staff")]
    #[serde(skip)]
    pub(crate) libraries: BTreeMap<Library, LibraryMark>,
}

/// The newest edition of a library of text blocks that was known, whatever browser knew it.
#[cfg(feature = "staff")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LibraryMark {
    /// Its version.
    pub version: u64,
    /// Its digest.
    pub digest: Digest,
    /// Length of the log that it names.
    pub log_length: u64,
}

/// The secret that a staff person's keys in the membership log grew from. Erased when dropped,
/// never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(crate) struct PersonSecret([u8; 32]);

impl core::fmt::Debug for PersonSecret {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("PersonSecret(…)")
    }
}

/// By how much honest clocks differ, in seconds.
pub(crate) const CLOCKS_DIFFER_S: u64 = 24 * 60 * 60;

/// What is remembered of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Known {
    /// How far it was verified.
    pub mark: Option<Mark>,
    /// Time of the newest of them, seconds since 1970.
    pub last_s: u64,
    /// Own lines and others' up to this position were on a screen.
    pub seen: u64,
}

impl Known {
    fn length(&self) -> u64 {
        self.mark.map_or(0, |mark| mark.length)
    }

    /// Notes when the newest of them was, as the server and the seeker's own words say; all in seconds since 1970.
    /// The server's word can't make a conversation older than its seeker's words are. One that names a time to come
    /// is that of a box whose clock was years ahead and counts for nothing: it would have the conversation missed
    /// for years after its time. Of own words written under such a clock none is newer than `now_s`.
    pub fn note_time(&mut self, server_s: u64, own_s: u64, now_s: u64) {
        let server_s = if server_s > now_s.saturating_add(CLOCKS_DIFFER_S) { 0 } else { server_s };
        self.last_s = self.last_s.max(server_s).max(own_s.min(now_s));
    }
}

/// As what somebody is invited. Appended to, never reordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum InvitedAs {
    /// Answers.
    Counselor,
    /// Leads the team.
    Lead,
    /// Administers.
    Administrator,
}

/// A half-written text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Text; empty once sent or deleted, so that an older copy does not come back.
    pub text: String,
    /// When it was changed, milliseconds since 1970.
    pub changed_ms: u64,
}

/// The blob does not open: wrong key, changed, or of a version this build does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("account state does not open")]
pub struct StateError;

/// The version comes first, so that later forms can be told apart.
#[derive(Serialize, Deserialize)]
enum Versioned<S, P, F> {
    /// The person's keys grow from the account secret.
    One(S),
    /// They grow from a secret of their own: the account secret was replaced by a recovery.
    Two(S, P),
    /// As the first or second, and former keys are kept.
    Three(S, Option<P>, F),
    /// As the third, whether former keys are kept or not, and text blocks are known.
    #[cfg(feature = "staff")]
    Four(S, Option<P>, F, BTreeMap<Library, LibraryMark>),
}

impl AccountState {
    /// Seals it for the server.
    #[must_use]
    pub fn seal(&self, secret: &AccountSecret, place: &AccountPlace, random: &mut dyn Random) -> Sealed {
        let versioned: Versioned<&Self, &PersonSecret, &Vec<PersonSecret>> = match &self.person {
            #[cfg(feature = "staff")]
            person if !self.libraries.is_empty() => {
                Versioned::Four(self, person.as_ref(), &self.former, self.libraries.clone())
            }
            person if !self.former.is_empty() => Versioned::Three(self, person.as_ref(), &self.former),
            None => Versioned::One(self),
            Some(person) => Versioned::Two(self, person),
        };
        let plain = Zeroizing::new(pad(&Zeroizing::new(encode(&versioned))));
        Sealed(encode(&seal::lock(&secret.state_key(), LABEL, &associated(secret, place), &plain, random)))
    }

    /// Opens what [`Self::seal`] made.
    ///
    /// # Errors
    /// [`StateError`].
    pub fn open(secret: &AccountSecret, place: &AccountPlace, sealed: &Sealed) -> Result<Self, StateError> {
        let locked: Locked = decode(&sealed.0).map_err(|_| StateError)?;
        let padded = seal::unlock(&secret.state_key(), LABEL, &associated(secret, place), &locked)
            .map(Zeroizing::new)
            .map_err(|_| StateError)?;
        let versioned: Versioned<Self, PersonSecret, Vec<PersonSecret>> =
            decode(unpad(&padded).map_err(|_| StateError)?).map_err(|_| StateError)?;
        match versioned {
            Versioned::One(state) => Ok(state),
            Versioned::Two(state, person) => Ok(Self { person: Some(person), ..state }),
            Versioned::Three(state, person, former) => Ok(Self { person, former, ..state }),
            #[cfg(feature = "staff")]
            Versioned::Four(state, person, former, libraries) => {
                Ok(Self { person, former, libraries, ..state })
            }
        }
    }

    /// What a staff person's keys in the membership log grow from: the account secret, or, after a
    /// recovery replaced that one, the secret that was kept. Seekers have no such keys.
    #[cfg_attr(not(feature = "client"), allow(dead_code))]
    pub(crate) fn identity(&self, secret: &AccountSecret) -> AccountSecret {
        match &self.person {
            Some(kept) => AccountSecret::from_parts(Secret::from_bytes(kept.0), secret.generation()),
            None => secret.clone(),
        }
    }

    /// Staff: keeps what the log's keys grow from, before the account secret is replaced.
    #[cfg_attr(not(feature = "client"), allow(dead_code))]
    pub(crate) fn keep_identity(&mut self, former: &AccountSecret) {
        if self.person.is_none() {
            self.person = Some(PersonSecret(*former.secret().expose()));
        }
    }

    /// Staff: the keys in the log grow from the next account secret; those of before open the past.
    #[cfg_attr(not(feature = "client"), allow(dead_code))]
    pub(crate) fn retire_identity(&mut self, former: &AccountSecret) {
        let identity = self.identity(former);
        self.former.push(PersonSecret(*identity.secret().expose()));
        let over = self.former.len().saturating_sub(FORMER_MAX);
        self.former.drain(..over);
        self.person = None;
    }

    /// Staff: keys of before, newest first.
    #[cfg_attr(not(feature = "client"), allow(dead_code))]
    pub(crate) fn former_keys(&self) -> Vec<PartyKeys> {
        let secrets = self.former.iter().rev();
        secrets.map(|kept| AccountSecret::from_parts(Secret::from_bytes(kept.0), 0).person_keys()).collect()
    }

    /// Takes in what another tab or device has written in the meantime.
    pub fn merge(&mut self, other: Self) {
        if self.name.is_empty() {
            self.name = other.name;
        }
        self.floor = self.floor.max(other.floor);
        self.person = self.person.take().or(other.person);
        if other.former.len() > self.former.len() {
            self.former = other.former;
        }
        #[cfg(feature = "staff")]
        for (library, theirs) in other.libraries {
            let ours = self.libraries.entry(library).or_insert(theirs);
            if theirs.version > ours.version {
                *ours = theirs;
            }
        }
        for (id, theirs) in other.known {
            let ours = self.known.entry(id).or_insert(theirs);
            if theirs.length() > ours.length() {
                *ours = Known { seen: ours.seen, ..theirs };
            }
            ours.seen = ours.seen.max(theirs.seen);
        }
        for (place, theirs) in other.drafts {
            let ours = self.drafts.entry(place).or_insert_with(|| theirs.clone());
            if theirs.changed_ms > ours.changed_ms {
                *ours = theirs;
            }
        }
        for (id, name) in other.invited {
            self.invited.entry(id).or_insert(name);
        }
        self.trim();
    }

    /// Keeps within bounds, whatever happens.
    pub fn trim(&mut self) {
        while self.known.len() > KNOWN_MAX {
            let oldest = self.known.iter().min_by_key(|(_, known)| known.last_s).map(|(id, _)| *id);
            oldest.map(|id| self.known.remove(&id));
        }
        // Of a talk that is forgotten so is how far the note about it was known.
        #[cfg(feature = "staff")]
        self.libraries.retain(
            |library, _| !matches!(library, Library::Note(talk, _) if !self.known.contains_key(talk)),
        );
        let bytes = |state: &Self| state.drafts.values().map(|draft| draft.text.len()).sum::<usize>();
        while self.drafts.len() > DRAFTS_MAX || bytes(self) > DRAFTS_BYTES_MAX {
            // Emptied ones first, then the oldest.
            let oldest = self
                .drafts
                .iter()
                .min_by_key(|(_, draft)| (!draft.text.is_empty(), draft.changed_ms))
                .map(|(place, _)| *place);
            oldest.map(|place| self.drafts.remove(&place));
        }
    }
}

/// The blob is bound to account and generation, so that a former one can't be put back after a
/// change of password.
fn associated(secret: &AccountSecret, place: &AccountPlace) -> Vec<u8> {
    encode(&(place.suite, place.organisation, place.realm, place.account, secret.generation()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::DangerousSeeded;
    use beistand_protocol::{
        id::{AccountId, OrganisationId, RealmId},
        limit,
        suite::Suite,
    };

    fn draft(text: &str, changed_ms: u64) -> Draft {
        Draft { text: text.into(), changed_ms }
    }

    fn known(length: u64, seen: u64) -> Known {
        let digest = Digest([u8::try_from(length).unwrap(); 32]);
        let mark = Mark { length, newest: digest, epoch: 0, epoch_digest: digest };
        Known { mark: Some(mark), last_s: length, seen }
    }

    #[test]
    fn merging_keeps_the_newest_of_each() {
        let (one, two) = (ConversationId([1; 16]), ConversationId([2; 16]));
        let mut ours = AccountState::default();
        ours.known.insert(one, known(5, 3));
        ours.drafts.insert(Some(one), draft("ours", 10));
        ours.drafts.insert(None, draft("", 30));
        let mut theirs = AccountState { name: "Lila".into(), ..AccountState::default() };
        theirs.known.insert(one, known(4, 4));
        theirs.known.insert(two, known(1, 1));
        theirs.drafts.insert(Some(one), draft("theirs", 20));
        theirs.drafts.insert(None, draft("sent long ago", 20));
        ours.merge(theirs);
        assert_eq!(ours.name, "Lila");
        assert_eq!(ours.known[&one], Known { seen: 4, ..known(5, 3) });
        assert_eq!(ours.known[&two], known(1, 1));
        assert_eq!(ours.drafts[&Some(one)], draft("theirs", 20));
        assert_eq!(ours.drafts[&None], draft("", 30));
    }

    #[test]
    fn sealed_state_opens_for_its_account_and_generation_only() {
        let mut random = DangerousSeeded::new(b"state");
        let secret = AccountSecret::draw(&mut random);
        let place = AccountPlace {
            suite: Suite::CURRENT,
            organisation: OrganisationId([1; 32]),
            realm: RealmId([2; 16]),
            account: AccountId([3; 16]),
        };
        let state = AccountState { name: "Lila".into(), ..AccountState::default() };
        let sealed = state.seal(&secret, &place, &mut random);
        assert_eq!(AccountState::open(&secret, &place, &sealed), Ok(state.clone()));
        let other = AccountPlace { account: AccountId([4; 16]), ..place };
        assert_eq!(AccountState::open(&secret, &other, &sealed), Err(StateError));
        let next = secret.draw_next(&mut random);
        assert_eq!(AccountState::open(&next, &place, &sealed), Err(StateError));
    }

    #[test]
    fn keys_in_the_log_outlive_the_account_secret() {
        let mut random = DangerousSeeded::new(b"identity");
        let first = AccountSecret::draw(&mut random);
        let place = AccountPlace {
            suite: Suite::CURRENT,
            organisation: OrganisationId([1; 32]),
            realm: RealmId::STAFF,
            account: AccountId([3; 16]),
        };
        let mut state = AccountState::default();
        let own = |state: &AccountState, secret: &AccountSecret| {
            state.identity(secret).person_keys().signing.verify_key()
        };
        let in_log = own(&state, &first);
        let mut secret = first;
        for _ in 0..2 {
            let next = secret.draw_next(&mut random);
            state.keep_identity(&secret);
            let sealed = state.seal(&next, &place, &mut random);
            state = AccountState::open(&next, &place, &sealed).unwrap();
            assert_eq!(own(&state, &next), in_log);
            assert_ne!(next.person_keys().signing.verify_key(), in_log);
            secret = next;
        }
        let mut other = AccountState::default();
        other.merge(state);
        assert_eq!(own(&other, &secret), in_log);
    }

    #[test]
    fn former_keys_go_on_beside_new_ones() {
        let mut random = DangerousSeeded::new(b"former");
        let place = AccountPlace {
            suite: Suite::CURRENT,
            organisation: OrganisationId([1; 32]),
            realm: RealmId::STAFF,
            account: AccountId([3; 16]),
        };
        let mut secret = AccountSecret::draw(&mut random);
        let mut state = AccountState::default();
        let mut before = Vec::new();
        for round in 0..FORMER_MAX + 2 {
            before.insert(0, state.identity(&secret).person_keys().signing.verify_key());
            let next = secret.draw_next(&mut random);
            // Once without a place in the log, so that both kinds come together.
            if round == 0 {
                state.keep_identity(&secret);
                assert_eq!(state.identity(&next).person_keys().signing.verify_key(), before[0]);
                before.clear();
            } else {
                state.retire_identity(&secret);
                assert_eq!(state.identity(&next), next);
            }
            let sealed = state.seal(&next, &place, &mut random);
            state = AccountState::open(&next, &place, &sealed).unwrap();
            secret = next;
        }
        before.truncate(FORMER_MAX);
        let kept: Vec<_> = state.former_keys().iter().map(|keys| keys.signing.verify_key()).collect();
        assert_eq!(kept, before);
        let mut other = AccountState::default();
        other.merge(state.clone());
        assert_eq!(other.former, state.former);
    }

    #[test]
    fn bounds_hold() {
        let mut state = AccountState::default();
        for number in 0..100u8 {
            state.drafts.insert(Some(ConversationId([number; 16])), draft("x", u64::from(number)));
        }
        for number in 0..700u16 {
            let mut id = [0; 16];
            id[..2].copy_from_slice(&number.to_be_bytes());
            let entry = Known { last_s: u64::from(number), ..known(1, 0) };
            state.known.insert(ConversationId(id), entry);
        }
        state.trim();
        assert_eq!((state.drafts.len(), state.known.len()), (DRAFTS_MAX, KNOWN_MAX));
        assert!(state.drafts.contains_key(&Some(ConversationId([99; 16]))));
        assert!(encode(&state).len() < limit::STATE_BYTES_MAX * 3 / 4);
    }

    #[test]
    fn as_many_drafts_as_somebody_writes_at_once_are_kept_and_the_newest_in_any_case() {
        let place = |number: u8| Some(ConversationId([number; 16]));
        let mut state = AccountState::default();
        for number in 0..30u8 {
            state.drafts.insert(place(number), draft(&"x".repeat(2000), u64::from(number)));
        }
        state.trim();
        assert_eq!(state.drafts.len(), 30);
        let long = "x".repeat(limit::DRAFT_BYTES_MAX);
        for number in 100..110u8 {
            state.drafts.insert(place(number), draft(&long, u64::from(number)));
            state.trim();
            assert!(state.drafts.contains_key(&place(number)));
        }
        assert!(state.drafts.values().map(|draft| draft.text.len()).sum::<usize>() <= DRAFTS_BYTES_MAX);
        for number in 0..600u16 {
            let mut id = [0; 16];
            id[..2].copy_from_slice(&number.to_be_bytes());
            state.known.insert(ConversationId(id), known(1, 0));
        }
        assert!(encode(&state).len() < limit::STATE_BYTES_MAX * 3 / 4);
    }

    #[test]
    fn the_time_of_the_newest_is_neither_before_own_words_nor_after_now() {
        let noted = |times: &[(u64, u64, u64)]| {
            let mut known = Known::default();
            times.iter().for_each(|(server_s, own_s, now_s)| known.note_time(*server_s, *own_s, *now_s));
            known.last_s
        };
        assert_eq!(noted(&[(100, 90, 200)]), 100);
        // A server that would have it old.
        assert_eq!(noted(&[(1, 90, 200)]), 90);
        // Clocks that were ahead, a little and by years.
        assert_eq!(noted(&[(300, 90, 200)]), 300);
        assert_eq!(noted(&[(300_000_000, 90, 200)]), 90);
        assert_eq!(noted(&[(100, 300_000_000, 200)]), 200);
        // It never goes back.
        assert_eq!(noted(&[(100, 90, 200), (1, 1, 300), (100, 90, 50)]), 100);
    }
}

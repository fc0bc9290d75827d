//! Whether the membership log shown here is the one that colleagues see (P14): signing what was
//! shown, reading what others signed, and what follows from nobody having signed for long.

use super::{
    Client,
    request::{RequestError, get},
    transport::Transport,
};
use crate::sighting::SIGHTING_INTERVAL_MS;
use beistand_protocol::{
    api::{SessionKind, Sightings, route},
    codec::decode,
    epoch::Basis,
    error::Code,
    id::{PersonId, TeamId},
    membership::{
        HeadFreshness, Log, Sighting, SightingError, SignedSighting, State, head_confirmed_ms, head_days,
        head_freshness,
    },
    worker::{Confirmation, Conflict, Failure, News},
};

/// How soon to look again while nobody has confirmed the head for long, milliseconds.
const UNCONFIRMED_INTERVAL_MS: u64 = 5 * 60 * 1000;
/// How soon to ask again after no answer came, milliseconds.
pub(super) const RETRY_INTERVAL_MS: u64 = 10_000;

/// What a session knows of sightings.
#[derive(Default)]
pub(super) struct Seen {
    /// When the own one was signed, milliseconds since 1970.
    #[cfg_attr(not(feature = "staff"), expect(dead_code, reason = "the staff's part asks for it"))]
    pub(super) put_ms: u64,
    /// When the others' were asked for, milliseconds since 1970.
    asked_ms: u64,
    /// An answer came; before, an old head may only look unconfirmed.
    heard: bool,
    /// Verified ones of the newest answer.
    sightings: Vec<Sighting>,
    /// As the page was told last.
    told: Option<Confirmation>,
}

impl Seen {
    fn confirmed_ms(&self, state: &State, kind: SessionKind, now_ms: u64) -> u64 {
        head_confirmed_ms(state, &self.sightings, judge(kind), now_ms)
    }

    /// By which rule readers are chosen in a team's conversations: the leads alone once the head was
    /// not confirmed for longer than the log allows.
    pub fn basis(&self, log: &Log, kind: SessionKind, team: TeamId, now_ms: u64) -> Basis {
        let state = log.state();
        let confirmed_ms = self.confirmed_ms(state, kind, now_ms);
        let team = state.team(team).map(|team| team.rules().freshness);
        let narrow = [Some(state.freshness()), team]
            .into_iter()
            .flatten()
            .any(|limits| head_freshness(limits, confirmed_ms, now_ms) == HeadFreshness::LeadsOnly);
        if narrow { Basis::LeadsOnly } else { Basis::Ordinary }
    }
}

/// Whose own word does not count.
fn judge(kind: SessionKind) -> Option<PersonId> {
    match kind {
        SessionKind::Staff(person) => Some(person),
        SessionKind::Seeker(_) => None,
    }
}

impl<T: Transport> Client<T> {
    /// Reads what colleagues were shown. One who was shown another log is a proof: hard stop. What does
    /// not verify is no proof of anything and confirms nothing.
    pub(super) async fn read_sightings(&mut self) -> Result<(), Failure> {
        let token = self.token()?;
        self.session_mut()?.seen.asked_ms = self.transport.now_ms();
        let read: Result<Sightings, _> = get(&self.transport, route::SIGHTING, Some(&token)).await;
        let read = match read {
            Ok(read) => read,
            Err(RequestError::Unreachable(_)) => return Ok(()),
            Err(RequestError::Refused(
                code @ (Code::SessionExpired | Code::Revoked | Code::PasswordChanged | Code::AccountDeleted),
                wait,
            )) => {
                return Err(Failure::Server(code, wait));
            }
            // A server that does not tell has nothing that confirms.
            Err(_) => Sightings { sightings: Vec::new() },
        };
        let mut sightings = Vec::new();
        for bytes in read.sightings {
            let Ok(signed) = decode::<SignedSighting>(&bytes) else { continue };
            let mut seen = signed.verify(&self.place()?.log);
            if seen == Err(SightingError::Ahead) {
                self.refresh_log().await?;
                seen = signed.verify(&self.place()?.log);
            }
            match seen {
                Ok(sighting) => sightings.push(sighting),
                // Still ahead: a colleague has seen entries that are withheld here.
                Err(SightingError::Fork | SightingError::Ahead) => return Err(Conflict::Log.into()),
                Err(_) => {}
            }
        }
        let seen = &mut self.session_mut()?.seen;
        seen.sightings = sightings;
        seen.heard = true;
        self.tell_confirmation();
        Ok(())
    }

    /// Reads them when it is time, and tells what time alone has changed.
    pub(super) async fn renew_sightings(&mut self) -> Result<(), Failure> {
        let now_ms = self.transport.now_ms();
        let Some(session) = &self.session else { return Ok(()) };
        let interval_ms = match (session.seen.heard, session.seen.told) {
            (false, _) => RETRY_INTERVAL_MS,
            (true, None | Some(Confirmation::Recent)) => SIGHTING_INTERVAL_MS,
            (true, _) => UNCONFIRMED_INTERVAL_MS,
        };
        if session.connected && now_ms >= session.seen.asked_ms.saturating_add(interval_ms) {
            return self.read_sightings().await;
        }
        self.tell_confirmation();
        Ok(())
    }

    /// Whether it is known well enough who may read: a head that looks unconfirmed may be so only
    /// because no answer has come yet.
    pub(super) async fn knows_confirmation(&mut self) -> Result<bool, Failure> {
        let now_ms = self.transport.now_ms();
        let (Some(session), Some(place)) = (&self.session, &self.place) else { return Ok(false) };
        let state = place.log.state();
        let confirmed_ms = session.seen.confirmed_ms(state, session.kind, now_ms);
        let fresh = head_freshness(state.freshness(), confirmed_ms, now_ms) == HeadFreshness::Fresh;
        if fresh || session.seen.heard {
            return Ok(true);
        }
        if now_ms < session.seen.asked_ms.saturating_add(RETRY_INTERVAL_MS) {
            return Ok(false);
        }
        self.read_sightings().await?;
        Ok(self.session()?.seen.heard)
    }

    /// Tells the page, if that is news.
    pub(super) fn tell_confirmation(&mut self) {
        let now_ms = self.transport.now_ms();
        let (Some(session), Some(place)) = (&mut self.session, &self.place) else { return };
        if !session.seen.heard {
            return;
        }
        let state = place.log.state();
        let confirmed_ms = session.seen.confirmed_ms(state, session.kind, now_ms);
        let days = u32::try_from(head_days(confirmed_ms, now_ms)).unwrap_or(u32::MAX);
        let view = match head_freshness(state.freshness(), confirmed_ms, now_ms) {
            HeadFreshness::Fresh => Confirmation::Recent,
            HeadFreshness::Banner => Confirmation::Old { days },
            HeadFreshness::LeadsOnly => Confirmation::LeadsOnly { days },
        };
        if session.seen.told != Some(view) {
            session.seen.told = Some(view);
            self.tell(News::Confirmation(view));
        }
    }
}

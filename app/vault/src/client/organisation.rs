//! The organisation as everybody's client follows it: the log, and the teams' generations.

use super::{
    Client,
    entry::staff,
    request::{get, path},
    transport::Transport,
};
use beistand_protocol::{
    api::{TeamGenerations, route},
    codec::decode,
    error::Code,
    id::TeamId,
    membership::Language,
    team::{SignedTeamGeneration, TeamError},
    worker::{Conflict, EndReason, Failure},
};

impl<T: Transport> Client<T> {
    /// What follows from a log that grew: own entry, views, generations that became stale.
    pub(super) async fn after_log_grown(&mut self) -> Result<(), Failure> {
        self.note_floor();
        self.tell_site();
        if self.session.is_none() {
            return Ok(());
        }
        match self.check_own_entry().await {
            Err(Failure::Server(Code::Revoked, _)) => {
                self.end_session(EndReason::Revoked);
                return Ok(());
            }
            other => other?,
        }
        self.tell_session();
        self.tell_staff();
        self.tell_readers();
        self.tell_confirmation();
        self.renew_generations().await
    }

    /// Reads teams' generations, verifies them, and opens what this person can open.
    pub(super) async fn read_generations(&mut self, teams: &[TeamId]) -> Result<(), Failure> {
        for team in teams {
            let token = self.token()?;
            let path = path(route::TEAM_GENERATION, &[("team", team.to_hex())]);
            let read: TeamGenerations = get(&self.transport, &path, Some(&token)).await?;
            for upload in read.generations {
                let signed: SignedTeamGeneration =
                    decode(&upload.statement.0).map_err(|_| Failure::Conflict(Conflict::Log))?;
                let taken = match self.take_generation(&signed) {
                    Err(TeamError::AheadOfLog) => {
                        self.refresh_log().await?;
                        self.take_generation(&signed)
                    }
                    taken => taken,
                };
                // A head that this log does not have, or never had: two logs.
                taken.map_err(|_| Failure::Conflict(Conflict::Log))?;
            }
            self.open_generations(*team);
        }
        Ok(())
    }

    /// Keeps a generation. One that does not verify is refused for good: nothing is sealed to it,
    /// people's own keys are used instead.
    fn take_generation(&mut self, signed: &SignedTeamGeneration) -> Result<(), TeamError> {
        let Some(place) = &mut self.place else { return Ok(()) };
        match place.generations.append(signed, &place.log) {
            Err(error @ (TeamError::AheadOfLog | TeamError::OtherLog)) => Err(error),
            _ => Ok(()),
        }
    }

    fn open_generations(&mut self, team: TeamId) {
        if let (Some(session), Some(place)) = (&mut self.session, &self.place)
            && let Some(person) = staff(session.kind)
        {
            let keys = session.identity.person_keys();
            session.keyring.open_team(&place.generations, team, person, &keys, &session.former);
        }
    }
}

/// The two letters of a language.
pub(super) fn letters(language: Language) -> &'static str {
    match language {
        Language::German | Language::GermanPlain => "de",
        Language::English => "en",
        Language::Turkish => "tr",
        Language::Arabic => "ar",
        Language::Ukrainian => "uk",
    }
}

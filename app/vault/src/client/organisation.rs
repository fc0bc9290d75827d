//! The organisation as everybody's client follows it: the log, and the teams' generations.

use super::{
    Client,
    entry::staff,
    request::{RequestError, get, path, post},
    rotate::Door,
    transport::Transport,
};
use beistand_protocol::{
    api::{RecoveryGenerations, TeamGenerationUpload, TeamGenerations, route},
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
        self.check_factor().await?;
        self.tell_session();
        self.tell_staff();
        self.tell_readers();
        self.tell_confirmation();
        self.renew_generations().await
    }

    /// Reads teams' generations, verifies them, and opens what this person can open.
    pub(super) async fn read_generations(&mut self, teams: &[TeamId]) -> Result<(), Failure> {
        let token = self.token()?;
        for team in teams {
            self.follow_generations(*team, Door::Session(&token)).await?;
            self.open_generations(*team);
        }
        Ok(())
    }

    /// Reads what a team has beyond the generations that are known, page by page, and verifies it.
    pub(super) async fn follow_generations(&mut self, team: TeamId, door: Door<'_>) -> Result<(), Failure> {
        loop {
            let known = self.place()?.generations.newest(team).map_or(0, |newest| newest.header.number);
            let Some(from) = known.checked_add(1) else { return Ok(()) };
            let page = self.generations(team, from, door).await?;
            if page.generations.is_empty() && page.newest > known {
                // It says itself that there are more.
                return Err(Conflict::Log.into());
            }
            for upload in &page.generations {
                // Nothing can follow one that does not verify.
                if !self.take_generation(upload).await? {
                    return Ok(());
                }
            }
            let taken = self.place()?.generations.newest(team).map_or(0, |newest| newest.header.number);
            if taken >= page.newest || taken == known {
                return Ok(());
            }
        }
    }

    async fn generations(
        &self,
        team: TeamId,
        from: u32,
        door: Door<'_>,
    ) -> Result<TeamGenerations, RequestError> {
        match door {
            Door::Session(token) => {
                let parameters = [("team", team.to_hex()), ("from", from.to_string())];
                get(&self.transport, &path(route::TEAM_GENERATION, &parameters), Some(token)).await
            }
            Door::Recovery(ticket) => {
                let wanted = RecoveryGenerations { ticket: ticket.to_vec(), team, from };
                post(&self.transport, route::RECOVERY_GENERATIONS, None, &wanted).await
            }
        }
    }

    /// Keeps a generation. One that does not verify is refused for good (`false`): nothing is sealed to it,
    /// people's own keys are used instead.
    async fn take_generation(&mut self, upload: &TeamGenerationUpload) -> Result<bool, Failure> {
        let signed: SignedTeamGeneration =
            decode(&upload.statement.0).map_err(|_| Failure::Conflict(Conflict::Log))?;
        let mut taken = self.verify_generation(&signed)?;
        if taken == Err(TeamError::AheadOfLog) {
            self.refresh_log().await?;
            taken = self.verify_generation(&signed)?;
        }
        match taken {
            // A head that this log does not have, or never had: two logs.
            Err(TeamError::AheadOfLog | TeamError::OtherLog) => Err(Conflict::Log.into()),
            taken => Ok(taken.is_ok()),
        }
    }

    fn verify_generation(&mut self, signed: &SignedTeamGeneration) -> Result<Result<(), TeamError>, Failure> {
        let place = self.place.as_mut().ok_or(Failure::NotNow)?;
        Ok(place.generations.append(signed, &place.log).map(drop))
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

//! The organisation as its staff see and change it: people, teams and their generations, sites.

use super::{
    Client,
    request::{get, path, post},
    set_up::publication,
    transport::Transport,
};
use crate::{account::PartyKeys, team::make_generation};
use beistand_protocol::{
    api::{GenerationAppend, Sealed, SessionKind, TeamGenerationUpload, TeamGenerations, route},
    codec::{decode, encode},
    error::Code,
    id::{PersonId, SiteId, TeamId},
    limit,
    live::{ClientFrame, Presence},
    membership::{Body, Language, Log},
    team::{SignedTeamGeneration, TeamError},
    worker::{Conflict, EndReason, Failure, Reply, SiteSettings},
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
            && let SessionKind::Staff(person) = session.kind
        {
            let keys = session.identity.person_keys();
            session.keyring.open_team(&place.generations, team, person, &keys, &session.former);
        }
    }

    /// Makes the next generation of a team at a log's newest state, if this person is a member.
    pub(super) fn make_generation(
        &mut self,
        log: &Log,
        team: TeamId,
        person: PersonId,
        keys: &PartyKeys,
    ) -> Option<TeamGenerationUpload> {
        let generations = self.place.as_ref().map(|place| &place.generations);
        let former = generations.and_then(|generations| generations.newest(team)).cloned();
        let opened = former.as_ref().and_then(|former| {
            let ring = &self.session.as_ref()?.keyring;
            ring.get(team, former.header.number)
        });
        let former = former.as_ref().map(|former| (&**former, opened));
        let now_ms = self.transport.now_ms();
        let (signed, _) =
            make_generation(log.state(), team, person, keys, former, now_ms, &mut *self.random).ok()?;
        let number = former.map_or(1, |(former, _)| former.header.number + 1);
        Some(TeamGenerationUpload { team, number, statement: Sealed(encode(&signed)) })
    }

    /// Makes the next generation wherever one is wanted: somebody left or came, or none is fresh.
    /// Several members may try at once; the first one wins and the others read it.
    pub(super) async fn renew_generations(&mut self) -> Result<(), Failure> {
        let Ok(person) = self.session().and_then(super::log_in::Session::person) else { return Ok(()) };
        let log = self.place()?.log.clone();
        let own: Vec<TeamId> =
            log.state().teams().filter(|team| team.is_member(person)).map(|team| team.id()).collect();
        self.read_generations(&own).await?;
        for team in own {
            let place = self.place()?;
            let log = place.log.clone();
            if !place.generations.wants_next(log.state(), team) {
                continue;
            }
            let keys = self.session()?.identity.person_keys();
            let Some(generation) = self.make_generation(&log, team, person, &keys) else { continue };
            let token = self.token()?;
            let path = path(route::TEAM_GENERATION_APPEND, &[("team", team.to_hex())]);
            let append = GenerationAppend { generation };
            let appended: Result<(), _> = post(&self.transport, &path, Some(&token), &append).await;
            match appended {
                Ok(()) => {}
                Err(error) if error.is(Code::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
            self.read_generations(&[team]).await?;
        }
        Ok(())
    }

    /// Administrator: removes a person everywhere; teams get new keys in the same commit.
    pub(super) async fn remove_person(&mut self, person: PersonId) -> Result<Reply, Failure> {
        if self.session()?.person()? == person {
            return Err(Failure::NotNow);
        }
        self.refresh_log().await?;
        let log = &self.place()?.log;
        let teams: Vec<TeamId> =
            log.state().teams().filter(|team| team.is_member(person)).map(|team| team.id()).collect();
        let bodies = |log: &Log| {
            let mut bodies = Vec::new();
            let state = log.state();
            for team in state.teams().filter(|team| team.is_lead(person)) {
                let leads: Vec<_> = team.leads().filter(|lead| *lead != person).collect();
                bodies.push(Body::TeamLeads { team: team.id(), leads });
            }
            if state.is_administrator(person) {
                bodies.push(Body::AdministratorRemove { person });
            }
            bodies.push(Body::PersonRemove { person });
            Ok(bodies)
        };
        self.append_log(bodies, &teams, None).await?;
        self.tell_staff();
        Ok(Reply::Done)
    }

    /// Administrator: publishes a site anew. Its texts stay.
    pub(super) async fn publish_site(
        &mut self,
        site: SiteId,
        settings: &SiteSettings,
    ) -> Result<Reply, Failure> {
        check_settings(settings)?;
        self.refresh_log().await?;
        let bodies = |log: &Log| {
            let former = log.state().site(site).ok_or(Failure::Server(Code::NotFound, None))?;
            let mut next = publication(site, former.version + 1, former.team, settings)?;
            next.texts.clone_from(&former.texts);
            Ok(vec![Body::SitePublish(next)])
        };
        self.append_log(bodies, &[], None).await?;
        self.tell_staff();
        Ok(Reply::Done)
    }

    /// Staff: takes requests or not.
    pub(super) async fn set_presence(&mut self, presence: Presence) -> Result<Reply, Failure> {
        let session = self.session_mut()?;
        let person = session.person()?;
        session.presence = presence;
        session.presences.insert(person, presence);
        self.send_frame(&ClientFrame::Presence(presence));
        self.tell_staff();
        // A reload goes on with what was chosen.
        self.park().await;
        Ok(Reply::Done)
    }
}

/// Bounds that can be told to the page before anything is signed.
pub(super) fn check_settings(settings: &SiteSettings) -> Result<(), Failure> {
    let named = !settings.name.trim().is_empty() && settings.name.len() <= limit::DISPLAY_NAME_BYTES_MAX;
    let kept = (1..=limit::RETENTION_DAYS_MAX).contains(&settings.retention_days);
    let numbers = (1..=limit::EMERGENCY_NUMBERS_MAX).contains(&settings.emergency.len());
    match named && kept && numbers && language(&settings.language).is_some() {
        true => Ok(()),
        false => Err(Failure::SettingsInvalid),
    }
}

/// A language by its two letters.
pub(super) fn language(letters: &str) -> Option<Language> {
    Some(match letters {
        "de" => Language::German,
        "en" => Language::English,
        "tr" => Language::Turkish,
        "ar" => Language::Arabic,
        "uk" => Language::Ukrainian,
        _ => return None,
    })
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

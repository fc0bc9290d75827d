//! The organisation as its staff see and change it: people, teams and their generations, sites.

use super::{
    Client,
    entry::staff,
    request::{RequestError, get, path, post},
    set_up::publication,
    sighting::RETRY_INTERVAL_MS,
    start::Place,
    transport::Transport,
};
use crate::{
    account::PartyKeys,
    sighting::{SIGHTING_INTERVAL_MS, make_sighting},
    team::make_generation,
};
use beistand_protocol::{
    api::{AccountView, GenerationAppend, Sealed, SessionKind, SightingPut, TeamGenerationUpload, route},
    codec::encode,
    error::Code,
    id::{ConversationId, PersonId, SiteId, TeamId},
    limit,
    live::{ClientFrame, Presence},
    membership::{Body, Language, Log, PersonKeys, Team},
    queue::QueueRules,
    worker::{Conflict, Failure, Reply, SiteSettings},
};

impl<T: Transport> Client<T> {
    /// A staff person's entry in the log has the own keys, or waits for the countersignature.
    pub(super) async fn check_own_entry(&mut self) -> Result<(), Failure> {
        self.become_renewed();
        let Some(person) = staff(self.session()?.kind) else { return Ok(()) };
        let keys = self.session()?.identity.person_keys();
        if self.session()?.countersigned && self.place()?.log.state().person_or_former(person).is_none() {
            self.refresh_log().await?;
        }
        let is_own = |entry: &PersonKeys| {
            entry.signing == keys.signing.verify_key() && entry.kem == *keys.kem.public()
        };
        let own = |place: &Place| {
            let entry = place.log.state().person_or_former(person);
            entry.is_none_or(|entry| entry.is_removed() || is_own(entry.keys()))
        };
        if !own(self.place()?) {
            // This page's log may be from before the change that made these keys, or this session
            // from before a change elsewhere.
            self.refresh_log().await?;
            if !own(self.place()?) {
                return Err(self.changed_elsewhere().await?);
            }
        }
        let log = &self.place()?.log;
        let entry = log.state().person_or_former(person);
        match entry {
            Some(entry) if entry.is_removed() => Err(Failure::Server(Code::Revoked, None)),
            Some(_) => {
                self.session_mut()?.countersigned = true;
                Ok(())
            }
            None if self.session()?.countersigned => Err(Conflict::OwnKeys.into()),
            // Somebody else's entry with the own keys: the server gave another person's name.
            None if log.state().person_of_key(keys.signing.verify_key().id()).is_some() => {
                Err(Conflict::OwnKeys.into())
            }
            None => Ok(()),
        }
    }

    /// Why the log has other keys than this session: the password was changed elsewhere, and then the
    /// server has ended the session; otherwise somebody put them there.
    async fn changed_elsewhere(&mut self) -> Result<Failure, Failure> {
        let token = self.token()?;
        let asked: Result<AccountView, _> = get(&self.transport, route::ACCOUNT, Some(&token)).await;
        // Without an answer it is open still, and asked again with whatever comes next.
        self.log_grown |= asked.is_err();
        let view = asked?;
        Ok(match view.generation == self.session()?.secret.generation() {
            true => Conflict::OwnKeys.into(),
            false => Failure::Server(Code::PasswordChanged, None),
        })
    }

    /// Staff: confirms the log's head, at log-in and every few hours. Failing is no harm.
    pub(super) async fn put_sighting(&mut self) {
        let now_ms = self.transport.now_ms();
        let Some(session) = &mut self.session else { return };
        let Some(person) = staff(session.kind) else { return };
        if !session.countersigned || now_ms < session.seen.put_ms + SIGHTING_INTERVAL_MS {
            return;
        }
        session.seen.put_ms = now_ms;
        let key = session.identity.person_keys().signing;
        let token = *session.token.expose();
        if let Some(place) = &self.place {
            let signed = make_sighting(place.log.state(), person, &key, now_ms);
            let put = SightingPut { sighting: encode(&signed) };
            let put: Result<(), _> = post(&self.transport, route::SIGHTING, Some(&token), &put).await;
            if let (Err(RequestError::Unreachable(_)), Some(session)) = (put, &mut self.session) {
                session.seen.put_ms = now_ms.saturating_sub(SIGHTING_INTERVAL_MS - RETRY_INTERVAL_MS);
            }
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
        let own: Vec<TeamId> = log.state().teams_of(person).map(|team| team.id()).collect();
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

    /// Whoever got new keys by an invitation waits as nobody; once the log has these keys, they are that person.
    fn become_renewed(&mut self) {
        let (Some(session), Some(place)) = (&mut self.session, &self.place) else { return };
        let Some(waiting) = staff(session.kind) else { return };
        let key = session.identity.person_keys().signing.verify_key().id();
        let Some(entry) = place.log.state().person_of_key(key) else { return };
        if entry.renewal().is_some_and(|renewal| renewal.invitation.waiting() == waiting) {
            session.kind = SessionKind::Staff(entry.id());
        }
    }

    /// Administrator: removes a person everywhere; teams get new keys in the same commit.
    pub(super) async fn remove_person(&mut self, person: PersonId) -> Result<Reply, Failure> {
        if self.session()?.person()? == person {
            return Err(Failure::NotNow);
        }
        self.refresh_log().await?;
        let log = &self.place()?.log;
        let teams: Vec<TeamId> = log.state().teams_of(person).map(|team| team.id()).collect();
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

    /// Administrator: says whether a team's leads are shown how much each person has to do.
    pub(super) async fn show_workload(&mut self, team: TeamId, shown: bool) -> Result<Reply, Failure> {
        let said = |team: &Team| team.workload_shown() == shown;
        self.say_of_team(team, Body::TeamWorkload { team, shown }, said).await
    }

    /// Administrator: says whether a team's leads read talks that colleagues have taken.
    pub(super) async fn read_along(&mut self, team: TeamId, leads: bool) -> Result<Reply, Failure> {
        let said = |team: &Team| team.leads_read_along() == leads;
        self.say_of_team(team, Body::TeamReadAlong { team, leads }, said).await
    }

    /// Administrator: says whether staff must have a second factor.
    pub(super) async fn demand_second_factor(&mut self, demanded: bool) -> Result<Reply, Failure> {
        self.refresh_log().await?;
        let unsaid = |log: &Log| log.state().second_factor_demanded() != demanded;
        if unsaid(&self.place()?.log) {
            let body = Body::SecondFactorDemand { demanded };
            let bodies = |log: &Log| Ok(if unsaid(log) { vec![body.clone()] } else { Vec::new() });
            self.append_log(bodies, &[], None).await?;
        }
        self.check_factor().await?;
        self.tell_session();
        Ok(Reply::Done)
    }

    /// Says something of a team, unless the log says it already.
    async fn say_of_team(
        &mut self,
        team: TeamId,
        body: Body,
        said: impl Fn(&Team) -> bool,
    ) -> Result<Reply, Failure> {
        self.refresh_log().await?;
        let unsaid = |log: &Log| -> Result<bool, Failure> {
            Ok(!said(log.state().team(team).ok_or(Failure::Server(Code::NotFound, None))?))
        };
        if unsaid(&self.place()?.log)? {
            // A colleague who is faster may have said the same.
            let bodies = |log: &Log| Ok(if unsaid(log)? { vec![body.clone()] } else { Vec::new() });
            self.append_log(bodies, &[], None).await?;
        }
        self.tell_staff();
        Ok(Reply::Done)
    }

    /// Staff: a team's queue rules, after they were set if there are new ones.
    pub(super) async fn queue_rules(
        &mut self,
        team: TeamId,
        rules: Option<QueueRules>,
    ) -> Result<Reply, Failure> {
        let token = self.token()?;
        let path = path(route::QUEUE, &[("team", team.to_hex())]);
        if let Some(rules) = rules {
            let () = post(&self.transport, &path, Some(&token), &rules).await?;
        }
        Ok(Reply::Queue(get(&self.transport, &path, Some(&token)).await?))
    }

    /// Whose turn it is to take a waiting conversation.
    pub(super) fn on_offered(&mut self, conversation: ConversationId, to: Option<PersonId>) {
        let Some(session) = &mut self.session else { return };
        match to {
            Some(person) => drop(session.offers.insert(conversation, person)),
            None => drop(session.offers.remove(&conversation)),
        }
        if let Some(talk) = session.talks.get_mut(&conversation) {
            talk.changed = true;
        }
    }

    /// Staff: takes requests or not.
    pub(super) async fn set_presence(&mut self, presence: Presence) -> Result<Reply, Failure> {
        let session = self.session_mut()?;
        let person = session.person()?;
        session.presence = presence;
        session.presences.insert(person, presence);
        // Before anybody hears of it: a reload goes on with what was chosen.
        self.park().await;
        self.send_frame(&ClientFrame::Presence(presence));
        self.tell_staff();
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

//! Invitations: a one-time link made by an administrator, accepted in another browser,
//! countersigned into log and team.
//!
//! The link's fragment holds organisation, invitation, secret, name and role. It never reaches the server
//! and is handed over outside the box; the log holds the secret's public half.

use super::{
    Client,
    entry::Draft,
    request::{get, post},
    sign_up::code_parts,
    state::SOON_MS,
    transport::Transport,
};
use crate::{
    account::AccountSecret,
    login::Registration,
    membership::{InvitationSecret, accept, prove_invitation},
    random::draw,
};
use beistand_protocol::{
    api::{
        Acceptances, InvitationAcceptFinish, InvitationAcceptStart, LogAppend, LogHead, RegistrationStarted,
        route,
    },
    codec::{decode, encode},
    error::Code,
    id::{InvitationId, OrganisationId, PersonId, TeamId},
    limit,
    membership::{Acceptance, Body, Invitation, InvitedRole, Log, check_line},
    suite::Suite,
    worker::{Conflict, Failure, Reply, Role},
};
use serde::{Deserialize, Serialize};

/// Days that an invitation can be used.
const VALID_DAYS: u64 = 7;
/// Where the link leads.
const PATH: &str = "/staff/invitation";
/// Tries after lost append races.
const TRIES: usize = 4;

/// The fragment of a link.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Link {
    organisation: OrganisationId,
    invitation: InvitationId,
    secret: String,
    name: String,
    role: Role,
}

impl Link {
    fn show(&self) -> String {
        let bytes: String = encode(self).iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{PATH}#{bytes}")
    }

    fn parse(fragment: &str) -> Result<Self, Failure> {
        let digits = fragment.trim().trim_start_matches('#').as_bytes();
        if !digits.len().is_multiple_of(2) || digits.len() > 1024 {
            return Err(Failure::LinkInvalid);
        }
        let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
        let bytes: Option<Vec<u8>> =
            digits.chunks_exact(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect();
        decode(&bytes.ok_or(Failure::LinkInvalid)?).map_err(|_| Failure::LinkInvalid)
    }

    fn secret(&self) -> Result<InvitationSecret, Failure> {
        InvitationSecret::parse(&self.secret).map_err(|_| Failure::LinkInvalid)
    }
}

impl<T: Transport> Client<T> {
    /// Administrator: makes a one-time link.
    pub(super) async fn invite(
        &mut self,
        display_name: &str,
        role: Role,
        team: TeamId,
    ) -> Result<Reply, Failure> {
        let display_name = display_name.trim();
        check_line(display_name, limit::DISPLAY_NAME_BYTES_MAX).map_err(|_| Failure::NameInvalid)?;
        let person = PersonId(draw(&mut *self.random));
        self.offer(display_name.to_owned(), role, person, Some(team)).await
    }

    /// Administrator: makes a one-time link with which somebody of the log gets new keys. For administrators themselves it
    /// takes the kit.
    pub(super) async fn reinvite(&mut self, person: PersonId) -> Result<Reply, Failure> {
        self.refresh_log().await?;
        let state = self.place()?.log.state();
        let entry = state.person(person).ok_or(Failure::Server(Code::NotFound, None))?;
        if state.is_administrator(person) {
            return Err(Failure::Server(Code::Forbidden, None));
        }
        let leads = state.teams().any(|team| team.is_lead(person));
        let role = if leads { Role::Lead } else { Role::Counselor };
        self.offer(entry.name().to_owned(), role, person, None).await
    }

    /// Puts an invitation into the log and makes its link.
    async fn offer(
        &mut self,
        display_name: String,
        role: Role,
        person: PersonId,
        team: Option<TeamId>,
    ) -> Result<Reply, Failure> {
        let secret = InvitationSecret::draw(&mut *self.random);
        let link = Link {
            organisation: self.place()?.organisation,
            invitation: InvitationId(draw(&mut *self.random)),
            secret: secret.show().to_string(),
            name: display_name.clone(),
            role,
        };
        let expires_ms = self.transport.now_ms() + VALID_DAYS * 24 * 60 * 60 * 1000;
        let body = Body::Invitation {
            invitation: link.invitation,
            key: secret.signing_key().verify_key(),
            person,
            role: match role {
                Role::Counselor | Role::Lead => InvitedRole::Counselor,
                Role::Administrator => InvitedRole::Administrator,
            },
            team,
            expires_ms,
        };
        self.append_log(|_| Ok(vec![body.clone()]), &[], None).await?;
        let session = self.session_mut()?;
        session.state.invited.insert(link.invitation, (display_name, role.into()));
        self.touch_state(SOON_MS);
        self.tell_staff();
        Ok(Reply::Invitation { invitation: link.invitation, link: link.show(), expires_s: expires_ms / 1000 })
    }

    /// Invitee: what the link offers.
    pub(super) async fn open_invitation(&mut self, fragment: &str) -> Result<Reply, Failure> {
        let (link, invitation) = self.read_link(fragment).await?;
        let state = self.place()?.log.state();
        let team = invitation.team.and_then(|team| state.team(team));
        Ok(Reply::InvitationOffer {
            organisation_name: state.name().to_owned(),
            display_name: link.name,
            team_name: team.map_or_else(String::new, |team| team.name().to_owned()),
            role: link.role,
            renews: state.renews(&invitation),
        })
    }

    /// Invitee: accepts; ends logged in, waiting for the countersignature.
    pub(super) async fn accept_invitation(
        &mut self,
        fragment: &str,
        name: &str,
        password: &str,
    ) -> Result<Reply, Failure> {
        if self.session.is_some() || self.site.is_some() {
            return Err(Failure::NotNow);
        }
        let (link, _) = self.read_link(fragment).await?;
        let organisation = link.organisation;
        let typed = self.typed(name, password)?;
        self.check_strength(password, name, true).await?;
        let (registration, request) =
            Registration::start(&typed.password, &mut *self.random).map_err(|_| Failure::Malformed)?;
        let invitation_secret = link.secret()?;
        let start = InvitationAcceptStart {
            suite: Suite::CURRENT.number(),
            invitation: link.invitation,
            look_up: typed.look_up(),
            proof: prove_invitation(organisation, link.invitation, &invitation_secret, &request),
            request,
        };
        let started: RegistrationStarted =
            post(&self.transport, route::INVITATION_START, None, &start).await?;
        let secret = AccountSecret::draw(&mut *self.random);
        let (credentials, code) = self.credentials(name, &typed, &started, registration, &secret)?;
        let keys = secret.person_keys();
        let acceptance = accept(organisation, link.invitation, &invitation_secret, &link.name, &keys);
        let finish =
            InvitationAcceptFinish { ticket: started.ticket, acceptance: encode(&acceptance), credentials };
        let () = post(&self.transport, route::INVITATION_FINISH, None, &finish).await?;
        self.log_in_typed(name, &typed).await?;
        Ok(Reply::RecoveryCode { parts: code_parts(&code) })
    }

    /// The link and what the log says of it.
    async fn read_link(&mut self, fragment: &str) -> Result<(Link, Invitation), Failure> {
        let link = Link::parse(fragment)?;
        let key = link.secret()?.signing_key().verify_key();
        if self.place()?.organisation != link.organisation {
            return Err(Conflict::Organisation.into());
        }
        self.refresh_log().await?;
        let now_ms = self.transport.now_ms();
        let known = self.place()?.log.state().invitation(link.invitation).copied();
        match known {
            Some(known) if known.key == key && known.expires_ms > now_ms => Ok((link, known)),
            _ => Err(Failure::Server(Code::InvitationInvalid, None)),
        }
    }

    /// Administrator: checks an acceptance and signs the person into log and team.
    pub(super) async fn countersign(&mut self, invitation: InvitationId) -> Result<Reply, Failure> {
        self.refresh_log().await?;
        let acceptances = self.read_acceptances().await?;
        let acceptance = acceptances
            .into_iter()
            .find(|acceptance| acceptance.invitation == invitation)
            .ok_or(Failure::Server(Code::NotFound, None))?;
        let organisation = self.place()?.organisation;
        let offered = *self
            .place()?
            .log
            .state()
            .invitation(invitation)
            .ok_or(Failure::Server(Code::InvitationInvalid, None))?;
        // The server can't put keys of its own in: only who had the link could sign this.
        acceptance
            .verify(organisation, &offered.key)
            .map_err(|_| Failure::Server(Code::StatementRefused, None))?;
        let lead = matches!(
            self.session()?.state.invited.get(&invitation),
            Some((_, super::state::InvitedAs::Lead))
        );
        let person = offered.person;
        let state = self.place()?.log.state();
        let renews = state.renews(&offered);
        let teams: Vec<TeamId> = match renews {
            true => state.teams_of(person).map(|team| team.id()).collect(),
            false => offered.team.into_iter().collect(),
        };
        let bodies = |log: &Log| {
            if renews {
                return Ok(vec![Body::PersonReinvite { person, acceptance: acceptance.clone() }]);
            }
            let mut bodies = vec![Body::PersonAdd { person, acceptance: acceptance.clone() }];
            for team in &teams {
                bodies.push(Body::TeamMemberAdd { team: *team, person });
                if lead && let Some(known) = log.state().team(*team) {
                    let leads = known.leads().chain([person]).collect();
                    bodies.push(Body::TeamLeads { team: *team, leads });
                }
            }
            Ok(bodies)
        };
        self.append_log(bodies, &teams, Some(invitation)).await?;
        if let Some(session) = &mut self.session {
            session.state.invited.remove(&invitation);
            session.accepted.remove(&invitation);
        }
        self.touch_state(SOON_MS);
        self.tell_staff();
        Ok(Reply::Done)
    }

    /// Administrator: acceptances that wait.
    pub(super) async fn read_acceptances(&mut self) -> Result<Vec<Acceptance>, Failure> {
        let token = self.token()?;
        let waiting: Acceptances = get(&self.transport, route::INVITATION_ACCEPTANCES, Some(&token)).await?;
        let read: Vec<Acceptance> =
            waiting.acceptances.iter().filter_map(|(_, bytes)| decode(bytes).ok()).collect();
        self.session_mut()?.accepted =
            read.iter().map(|acceptance| (acceptance.invitation, acceptance.name.clone())).collect();
        Ok(read)
    }

    /// Appends statements of this administrator, with the team generations that they make
    /// necessary, in one commit. Lost races are declared void and tried again.
    pub(super) async fn append_log(
        &mut self,
        bodies: impl Fn(&Log) -> Result<Vec<Body>, Failure>,
        teams: &[TeamId],
        countersigned: Option<InvitationId>,
    ) -> Result<(), Failure> {
        let token = self.token()?;
        let person = self.session()?.person()?;
        let keys = self.session()?.identity.person_keys();
        let signing = &keys.signing;
        let mut lost = Vec::new();
        for _ in 0..TRIES {
            self.read_generations(teams).await?;
            let log = &self.place()?.log;
            let mut draft = Draft::new(log, self.transport.now_ms());
            for entry in &lost {
                draft.push(Body::Void { entry: *entry }, &[signing])?;
            }
            for body in bodies(log)? {
                draft.push(body, &[signing])?;
            }
            let generations = teams
                .iter()
                .filter_map(|team| self.make_generation(&draft.log, *team, person, &keys))
                .collect();
            lost.extend(draft.digests());
            let append =
                LogAppend { expected: draft.expected, entries: draft.entries, generations, countersigned };
            let appended: Result<LogHead, _> =
                post(&self.transport, route::LOG_APPEND, Some(&token), &append).await;
            match appended {
                Ok(head) => {
                    self.follow_log(head).await?;
                    self.read_generations(teams).await?;
                    return Ok(());
                }
                Err(error) if error.is(Code::Conflict) => self.refresh_log().await?,
                Err(error) => return Err(error.into()),
            }
        }
        Err(Failure::Server(Code::Conflict, None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> Link {
        Link {
            organisation: OrganisationId([1; 32]),
            invitation: InvitationId([2; 16]),
            secret: "0000".into(),
            name: "Jonas".into(),
            role: Role::Lead,
        }
    }

    #[test]
    fn links_read_back_and_damaged_ones_do_not() {
        let link = link();
        let shown = link.show();
        let fragment = shown.split_once('#').unwrap().1;
        assert!(Link::parse(fragment).is_ok_and(|read| read == link));
        assert!(Link::parse(&format!("#{fragment}")).is_ok());
        for bad in ["", "ab", &fragment[2..], &fragment[..fragment.len() - 2], "zz", &format!("{fragment}00")]
        {
            assert!(Link::parse(bad).is_err_and(|failure| failure == Failure::LinkInvalid), "{bad}");
        }
    }
}

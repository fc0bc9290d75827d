//! Set-up: the first administrator's browser makes the organisation. The root key is drawn here, signs
//! the beginning, goes into the printed kit and is erased.

use super::{
    Client,
    entry::Draft,
    request::post,
    sign_up::code_parts,
    staff::{check_settings, language},
    start::Place,
    transport::Transport,
};
use crate::{
    account::AccountSecret,
    login::Registration,
    membership::{RootSecret, founder, make_root},
    name::{Name, Password},
    random::draw,
};
use beistand_protocol::{
    api::{RegistrationStarted, SetUpFinish, SetUpStart, route},
    claim_code,
    id::{OrganisationId, PersonId, SiteId, TeamId},
    live::Presence,
    membership::{Body, EmergencyNumber, Freshness, Localised, Log, Site, TeamRules},
    signature::plain_digest,
    suite::Suite,
    team::Generations,
    worker::{Failure, Kit, Reply, SetUp, SiteSettings},
};

impl<T: Transport> Client<T> {
    /// Checks the form of a claim code.
    pub(super) fn check_claim_code(code: &str) -> Result<Reply, Failure> {
        claim_code::normalise(code).map(|_| Reply::Done).ok_or(Failure::ClaimCodeInvalid)
    }

    /// Makes the organisation; ends logged in as its administrator.
    pub(super) async fn set_up(&mut self, set_up: SetUp) -> Result<Reply, Failure> {
        if self.session.is_some() || self.site.is_some() {
            return Err(Failure::NotNow);
        }
        let claim_code = claim_code::normalise(&set_up.claim_code).ok_or(Failure::ClaimCodeInvalid)?;
        Name::new(&set_up.login_name).map_err(|_| Failure::NameInvalid)?;
        Password::new(&set_up.password).map_err(|_| Failure::PasswordInvalid)?;
        check_settings(&set_up.site)?;
        self.check_strength(&set_up.password, &set_up.login_name, true).await?;

        let now_ms = self.transport.now_ms();
        let root_secret = RootSecret::draw(&mut *self.random);
        let root = root_secret.signing_key();
        let name = set_up.organisation_name.trim();
        let first = make_root(&root_secret, name, Freshness::default(), now_ms, &mut *self.random);
        let organisation = OrganisationId(plain_digest(&first).0);
        let log = Log::begin(Some(organisation), &first).map_err(|_| Failure::SettingsInvalid)?;
        let mut draft = Draft::new(&log, now_ms);
        draft.entries.push(first);

        let secret = AccountSecret::draw(&mut *self.random);
        let person = PersonId(draw(&mut *self.random));
        let (team, site) = (TeamId(draw(&mut *self.random)), SiteId(draw(&mut *self.random)));
        let keys = secret.person_keys();
        draft.push(founder(organisation, person, set_up.display_name.trim(), &keys), &[&root])?;
        draft.push(Body::AdministratorAdd { person }, &[&root])?;
        let rules = TeamRules::default();
        let team_name = set_up.team_name.trim().to_owned();
        draft
            .push(Body::TeamCreate { team, name: team_name, leads: vec![person], rules }, &[&keys.signing])?;
        draft.push(Body::SitePublish(publication(site, 1, team, &set_up.site)?), &[&keys.signing])?;
        let generation =
            self.make_generation(&draft.log, team, person, &keys).ok_or(Failure::SettingsInvalid)?;

        // From here on the same as every registration, but in the organisation just made.
        self.place = Some(Place {
            organisation,
            log: draft.log,
            generations: Generations::default(),
            somebody_available: false,
            answer_by_s: None,
        });
        let made = async {
            let typed = self.typed(&set_up.login_name, &set_up.password)?;
            let (registration, request) =
                Registration::start(&typed.password, &mut *self.random).map_err(|_| Failure::Malformed)?;
            let start = SetUpStart {
                claim_code,
                suite: Suite::CURRENT.number(),
                organisation,
                look_up: typed.look_up(),
                request,
            };
            let started: RegistrationStarted =
                post(&self.transport, route::SET_UP_START, None, &start).await?;
            let (credentials, code) =
                self.credentials(&set_up.login_name, &typed, &started, registration, &secret)?;
            let finish = SetUpFinish {
                ticket: started.ticket,
                entries: draft.entries,
                generations: vec![generation],
                person,
                credentials,
            };
            let () = post(&self.transport, route::SET_UP_FINISH, None, &finish).await?;
            Ok((typed, code))
        }
        .await;
        let (typed, code) = match made {
            Ok(made) => made,
            Err(failure) => {
                self.place = None;
                return Err(failure);
            }
        };
        // The log as the server has it now, by the id that was made here.
        self.enter(organisation, Some(organisation)).await?;
        self.log_in_typed(&set_up.login_name, &typed).await?;
        // Whoever sets a box up does not take requests by that.
        self.set_presence(Presence::Away).await?;
        Ok(Reply::Kit(Kit {
            organisation,
            fingerprint: groups(&organisation.to_hex()),
            root_secret: root_secret.show().split('-').map(str::to_owned).collect(),
            recovery: code_parts(&code),
            site,
        }))
    }
}

/// A site's settings as a statement.
pub(super) fn publication(
    site: SiteId,
    version: u32,
    team: TeamId,
    settings: &SiteSettings,
) -> Result<Site, Failure> {
    let language = language(&settings.language).ok_or(Failure::SettingsInvalid)?;
    Ok(Site {
        site,
        version,
        name: settings.name.trim().to_owned(),
        accent: settings.accent,
        default_language: language,
        team,
        retention_days: settings.retention_days,
        emergency: settings
            .emergency
            .iter()
            .map(|(number, name)| EmergencyNumber {
                number: number.trim().to_owned(),
                names: vec![Localised { language, text: name.trim().to_owned() }],
            })
            .collect(),
        texts: Vec::new(),
    })
}

/// Text in groups of four, to be read aloud.
pub(super) fn groups(text: &str) -> Vec<String> {
    text.as_bytes().chunks(4).map(|chunk| String::from_utf8_lossy(chunk).into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kit_is_read_in_groups() {
        assert_eq!(groups("0123456789"), ["0123", "4567", "89"]);
    }
}

//! What the log says at one of its positions.
//!
//! Cheap to clone: the parts are shared, and an entry copies only what it changes. So a client
//! keeps the state of every position and can judge each object by the head it names.

mod error;

pub use error::StateError;

use super::{
    authority::Signer,
    body::{Body, Freshness, InvitedRole, PersonKeys, Site, TeamRules},
    invitation::AcceptanceContent,
};
use crate::{
    api::LogHead,
    id::{Digest, InvitationId, KeyId, OrganisationId, PersonId, SiteId, TeamId},
    label, limit,
    signature::{VerifyKey, digest},
    suite::Suite,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The active administrators.
pub type Administrators = BTreeSet<PersonId>;

/// A person of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    id: PersonId,
    name: String,
    keys: PersonKeys,
    key: KeyId,
    removed: bool,
    renewal: Option<Renewal>,
}

/// New keys by an invitation, for somebody who has lost the former ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renewal {
    /// The invitation.
    pub invitation: InvitationId,
    /// Claimed time, milliseconds since 1970.
    pub time_ms: u64,
    /// The administrator who confirmed it; of several the first, `None` for the root.
    pub by: Option<PersonId>,
}

impl Person {
    /// The id.
    #[must_use]
    pub fn id(&self) -> PersonId {
        self.id
    }
    /// Shown name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
    /// Keys in force.
    #[must_use]
    pub fn keys(&self) -> &PersonKeys {
        &self.keys
    }
    /// Id of the signing key in force; it stands for both keys.
    #[must_use]
    pub fn key(&self) -> KeyId {
        self.key
    }
    /// Whether the person was removed.
    #[must_use]
    pub fn is_removed(&self) -> bool {
        self.removed
    }
    /// Whether the keys came anew by an invitation, and who says so.
    #[must_use]
    pub fn renewal(&self) -> Option<Renewal> {
        self.renewal
    }
}

/// A team of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    id: TeamId,
    name: String,
    leads: BTreeSet<PersonId>,
    members: BTreeSet<PersonId>,
    rules: TeamRules,
    workload_shown: bool,
    leads_read_along: bool,
    fresh_from: u64,
}

impl Team {
    /// The id.
    #[must_use]
    pub fn id(&self) -> TeamId {
        self.id
    }
    /// Shown name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
    /// The leads; all of them are members.
    pub fn leads(&self) -> impl Iterator<Item = PersonId> + '_ {
        self.leads.iter().copied()
    }
    /// The members, leads included, in order of their ids.
    pub fn members(&self) -> impl Iterator<Item = PersonId> + '_ {
        self.members.iter().copied()
    }
    /// Whether somebody leads the team.
    #[must_use]
    pub fn is_lead(&self, person: PersonId) -> bool {
        self.leads.contains(&person)
    }
    /// Whether somebody belongs to the team.
    #[must_use]
    pub fn is_member(&self, person: PersonId) -> bool {
        self.members.contains(&person)
    }
    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &TeamRules {
        &self.rules
    }
    /// Whether its leads are shown how much each person has to do.
    #[must_use]
    pub fn workload_shown(&self) -> bool {
        self.workload_shown
    }
    /// Whether its leads read talks that somebody has taken.
    #[must_use]
    pub fn leads_read_along(&self) -> bool {
        self.leads_read_along
    }
    /// Who reads on once somebody has taken a talk.
    #[must_use]
    pub fn reads_on(&self) -> ReadsOn {
        match (self.rules.assigned_only, self.leads_read_along) {
            (false, _) => ReadsOn::Team,
            (true, true) => ReadsOn::Leads,
            (true, false) => ReadsOn::Holder,
        }
    }
    /// A team generation made at a log shorter than this is stale: somebody was removed, or a
    /// member's keys were replaced, since.
    #[must_use]
    pub fn fresh_from(&self) -> u64 {
        self.fresh_from
    }
}

/// Who of the staff reads on once somebody has taken a talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadsOn {
    /// Whoever has taken it, alone.
    Holder,
    /// The leads as well.
    Leads,
    /// All members.
    Team,
}

/// An open invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invitation {
    /// Public half of its secret.
    pub key: VerifyKey,
    /// For whom.
    pub person: PersonId,
    /// For what.
    pub role: InvitedRole,
    /// For which team.
    pub team: Option<TeamId>,
    /// Milliseconds since 1970.
    pub expires_ms: u64,
}

/// The log's meaning at one length.
#[derive(Debug, Clone)]
pub struct State {
    organisation: OrganisationId,
    head: LogHead,
    head_time_ms: u64,
    name: Arc<str>,
    root: VerifyKey,
    freshness: Freshness,
    second_factor_demanded: bool,
    administrators: Arc<Administrators>,
    people: Arc<BTreeMap<PersonId, Arc<Person>>>,
    used_keys: Arc<BTreeSet<Digest>>,
    teams: Arc<BTreeMap<TeamId, Arc<Team>>>,
    sites: Arc<BTreeMap<SiteId, Arc<Site>>>,
    /// Sites at which there may be groups.
    groups: Arc<BTreeSet<SiteId>>,
    invitations: Arc<BTreeMap<InvitationId, Invitation>>,
    spent_invitations: Arc<BTreeSet<InvitationId>>,
    void: Arc<BTreeSet<Digest>>,
}

impl State {
    pub(super) fn begin(
        organisation: OrganisationId,
        root: VerifyKey,
        name: &str,
        freshness: Freshness,
    ) -> Self {
        Self {
            organisation,
            head: LogHead { length: 0, digest: Digest([0; 32]) },
            head_time_ms: 0,
            name: name.into(),
            root,
            freshness,
            second_factor_demanded: false,
            administrators: Arc::default(),
            people: Arc::default(),
            used_keys: Arc::default(),
            teams: Arc::default(),
            sites: Arc::default(),
            groups: Arc::default(),
            invitations: Arc::default(),
            spent_invitations: Arc::default(),
            void: Arc::default(),
        }
    }

    pub(super) fn advance(&mut self, digest: Digest, time_ms: u64) {
        self.head = LogHead { length: self.head.length + 1, digest };
        self.head_time_ms = time_ms;
    }

    /// The organisation.
    #[must_use]
    pub fn organisation(&self) -> OrganisationId {
        self.organisation
    }
    /// Length and newest digest.
    #[must_use]
    pub fn head(&self) -> LogHead {
        self.head
    }
    /// When the newest entry claims to have been made, milliseconds since 1970.
    #[must_use]
    pub fn head_time_ms(&self) -> u64 {
        self.head_time_ms
    }
    /// The organisation's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
    /// The root key in force.
    #[must_use]
    pub fn root(&self) -> &VerifyKey {
        &self.root
    }
    /// The fingerprint of the root key in force, as printed in the kit.
    #[must_use]
    pub fn root_fingerprint(&self) -> Digest {
        digest(label::ROOT_FINGERPRINT, self.root.as_bytes())
    }
    /// The organisation's limits of freshness.
    #[must_use]
    pub fn freshness(&self) -> Freshness {
        self.freshness
    }
    /// Whether staff must have a second factor.
    #[must_use]
    pub fn second_factor_demanded(&self) -> bool {
        self.second_factor_demanded
    }
    /// Active administrators.
    #[must_use]
    pub fn administrators(&self) -> &Administrators {
        &self.administrators
    }
    /// Whether somebody is an active administrator.
    #[must_use]
    pub fn is_administrator(&self, person: PersonId) -> bool {
        self.administrators.contains(&person)
    }
    /// An active person.
    #[must_use]
    pub fn person(&self, person: PersonId) -> Option<&Person> {
        self.people.get(&person).map(|person| &**person).filter(|person| !person.removed)
    }
    /// A person, also one who was removed (to show names of the past).
    #[must_use]
    pub fn person_or_former(&self, person: PersonId) -> Option<&Person> {
        self.people.get(&person).map(|person| &**person)
    }
    /// Active people.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.values().map(|person| &**person).filter(|person| !person.removed)
    }
    /// The active person who has this key now.
    #[must_use]
    pub fn person_of_key(&self, key: KeyId) -> Option<&Person> {
        self.people().find(|person| person.key == key)
    }
    /// A team.
    #[must_use]
    pub fn team(&self, team: TeamId) -> Option<&Team> {
        self.teams.get(&team).map(|team| &**team)
    }
    /// All teams.
    pub fn teams(&self) -> impl Iterator<Item = &Team> {
        self.teams.values().map(|team| &**team)
    }
    /// The teams that a person is a member of.
    pub fn teams_of(&self, person: PersonId) -> impl Iterator<Item = &Team> {
        self.teams().filter(move |team| team.is_member(person))
    }
    /// A site in its newest version.
    #[must_use]
    pub fn site(&self, site: SiteId) -> Option<&Site> {
        self.sites.get(&site).map(|site| &**site)
    }
    /// Whether there may be groups at a site.
    #[must_use]
    pub fn takes_groups(&self, site: SiteId) -> bool {
        self.groups.contains(&site)
    }
    /// All sites.
    pub fn sites(&self) -> impl Iterator<Item = &Site> {
        self.sites.values().map(|site| &**site)
    }
    /// Days that what belongs to a whole team is kept: as short as at the strictest of its sites.
    #[must_use]
    pub fn retention_days(&self, team: TeamId) -> u16 {
        let days = self.sites().filter(|site| site.team == team).map(|site| site.retention_days);
        days.min().unwrap_or(limit::RETENTION_DAYS_DEFAULT)
    }
    /// An open invitation.
    #[must_use]
    pub fn invitation(&self, invitation: InvitationId) -> Option<&Invitation> {
        self.invitations.get(&invitation)
    }
    /// All open invitations.
    pub fn invitations(&self) -> impl Iterator<Item = (InvitationId, &Invitation)> {
        self.invitations.iter().map(|(id, invitation)| (*id, invitation))
    }
    /// Whether an invitation gets somebody new keys who is in the log already.
    #[must_use]
    pub fn renews(&self, invitation: &Invitation) -> bool {
        self.person(invitation.person).is_some()
    }
    /// Whether an entry was declared void.
    #[must_use]
    pub fn is_void(&self, entry: &Digest) -> bool {
        self.void.contains(entry)
    }

    /// Applies an authorised body. `position` is the entry's own.
    #[allow(clippy::too_many_lines)] // One arm an entry type; splitting would hide the table.
    pub(super) fn apply(
        &mut self,
        body: &Body,
        position: u64,
        time_ms: u64,
        signers: &[Signer],
    ) -> Result<(), StateError> {
        match body {
            Body::Root { .. } => return Err(StateError::RootTwice),
            Body::Founder { person, name, keys, by_key } => {
                self.verify_own(name, keys, by_key)?;
                self.add_person(*person, name, keys)?;
            }
            Body::AdministratorAdd { person } => {
                self.person(*person).ok_or(StateError::UnknownPerson)?;
                if self.administrators.len() >= limit::ADMINISTRATORS_MAX {
                    return Err(StateError::TooMany);
                }
                if !Arc::make_mut(&mut self.administrators).insert(*person) {
                    return Err(StateError::NoChange);
                }
            }
            Body::AdministratorRemove { person } => {
                if !self.is_administrator(*person) {
                    return Err(StateError::NoChange);
                }
                if self.administrators.len() == 1 {
                    return Err(StateError::AdministratorNeeded);
                }
                Arc::make_mut(&mut self.administrators).remove(person);
            }
            Body::Invitation { invitation, key, person, role, team, expires_ms } => {
                let taken =
                    self.invitations.contains_key(invitation) || self.spent_invitations.contains(invitation);
                if taken || self.person_or_former(*person).is_some_and(Person::is_removed) {
                    return Err(StateError::Taken);
                }
                if self.invitations.len() >= limit::INVITATIONS_OPEN_MAX {
                    return Err(StateError::TooMany);
                }
                team.map_or(Ok(()), |team| self.team(team).map(drop).ok_or(StateError::UnknownTeam))?;
                self.use_key(key)?;
                let open = Invitation {
                    key: *key,
                    person: *person,
                    role: *role,
                    team: *team,
                    expires_ms: *expires_ms,
                };
                Arc::make_mut(&mut self.invitations).insert(*invitation, open);
            }
            Body::InvitationWithdraw { invitation } => drop(self.spend(*invitation)?),
            Body::PersonAdd { person, acceptance } => {
                self.accept(*person, acceptance, time_ms)?;
                self.add_person(*person, &acceptance.name, &acceptance.keys)?;
            }
            Body::PersonReinvite { person, acceptance } => {
                self.person(*person).ok_or(StateError::UnknownPerson)?;
                self.accept(*person, acceptance, time_ms)?;
                let by = signers.iter().find_map(|signer| match signer {
                    Signer::Person(person) => Some(*person),
                    Signer::Root | Signer::NewRoot => None,
                });
                let renewal = Some(Renewal { invitation: acceptance.invitation, time_ms, by });
                self.rekey(*person, &acceptance.name, &acceptance.keys, position, renewal)?;
            }
            Body::PersonRekey { person, keys, by_key } => {
                let known = self.person(*person).ok_or(StateError::UnknownPerson)?;
                let (name, renewal) = (known.name.clone(), known.renewal);
                self.verify_own(&name, keys, by_key)?;
                self.rekey(*person, &name, keys, position, renewal)?;
            }
            Body::PersonRemove { person } => {
                let mut former = self.person(*person).ok_or(StateError::UnknownPerson)?.clone();
                if self.is_administrator(*person) {
                    return Err(StateError::AdministratorNeeded);
                }
                if self.teams().any(|team| team.leads.len() == 1 && team.is_lead(*person)) {
                    return Err(StateError::NoLead);
                }
                former.removed = true;
                Arc::make_mut(&mut self.people).insert(*person, Arc::new(former));
                for team in Arc::make_mut(&mut self.teams).values_mut().filter(|team| team.is_member(*person))
                {
                    let team = Arc::make_mut(team);
                    team.members.remove(person);
                    team.leads.remove(person);
                    team.fresh_from = position + 1;
                }
            }
            Body::TeamCreate { team, name, leads, rules } => {
                if self.teams.contains_key(team) {
                    return Err(StateError::Taken);
                }
                if self.teams.len() >= limit::TEAMS_MAX {
                    return Err(StateError::TooMany);
                }
                let leads = self.lead_set(leads)?;
                let created = Team {
                    id: *team,
                    name: name.clone(),
                    members: leads.clone(),
                    leads,
                    rules: *rules,
                    workload_shown: false,
                    leads_read_along: true,
                    fresh_from: position + 1,
                };
                Arc::make_mut(&mut self.teams).insert(*team, Arc::new(created));
            }
            Body::TeamMemberAdd { team, person } => {
                self.person(*person).ok_or(StateError::UnknownPerson)?;
                let team = self.team_mut(*team)?;
                if team.members.len() >= limit::TEAM_MEMBERS_MAX {
                    return Err(StateError::TooMany);
                }
                if !team.members.insert(*person) {
                    return Err(StateError::NoChange);
                }
            }
            Body::TeamMemberRemove { team, person } => {
                let team = self.team_mut(*team)?;
                if team.is_lead(*person) {
                    return Err(StateError::NoLead);
                }
                if !team.members.remove(person) {
                    return Err(StateError::NoChange);
                }
                team.fresh_from = position + 1;
            }
            Body::TeamLeads { team, leads } => {
                let leads = self.lead_set(leads)?;
                let team = self.team_mut(*team)?;
                if !leads.is_subset(&team.members) {
                    return Err(StateError::NoLead);
                }
                if team.leads == leads {
                    return Err(StateError::NoChange);
                }
                team.leads = leads;
            }
            Body::TeamRules { team, rules } => self.team_mut(*team)?.rules = *rules,
            Body::TeamWorkload { team, shown } => {
                let team = self.team_mut(*team)?;
                if team.workload_shown == *shown {
                    return Err(StateError::NoChange);
                }
                team.workload_shown = *shown;
            }
            Body::TeamReadAlong { team, leads } => {
                let team = self.team_mut(*team)?;
                if team.leads_read_along == *leads {
                    return Err(StateError::NoChange);
                }
                team.leads_read_along = *leads;
            }
            Body::SecondFactorDemand { demanded } => {
                if self.second_factor_demanded == *demanded {
                    return Err(StateError::NoChange);
                }
                self.second_factor_demanded = *demanded;
            }
            Body::SiteGroups { site, allowed } => {
                self.site(*site).ok_or(StateError::UnknownSite)?;
                if self.takes_groups(*site) == *allowed {
                    return Err(StateError::NoChange);
                }
                let groups = Arc::make_mut(&mut self.groups);
                if *allowed {
                    groups.insert(*site)
                } else {
                    groups.remove(site)
                };
            }
            Body::SitePublish(site) => {
                self.team(site.team).ok_or(StateError::UnknownTeam)?;
                let before = self.site(site.site).map_or(0, |site| site.version);
                if before.checked_add(1) != Some(site.version) {
                    return Err(StateError::Version);
                }
                if before == 0 && self.sites.len() >= limit::SITES_MAX {
                    return Err(StateError::TooMany);
                }
                Arc::make_mut(&mut self.sites).insert(site.site, Arc::new(site.clone()));
            }
            Body::OrganisationName { name } => self.name = name.as_str().into(),
            Body::RootChange { root_key } => {
                self.use_key(root_key)?;
                self.root = *root_key;
            }
            Body::Void { entry } => {
                if !Arc::make_mut(&mut self.void).insert(*entry) {
                    return Err(StateError::NoChange);
                }
            }
        }
        Ok(())
    }

    /// No signing or KEM key is ever used twice, by whomever.
    pub(super) fn use_key(&mut self, key: &VerifyKey) -> Result<(), StateError> {
        self.use_bytes(key.as_bytes())
    }

    fn use_bytes(&mut self, bytes: &[u8]) -> Result<(), StateError> {
        match Arc::make_mut(&mut self.used_keys).insert(digest(label::KEY_ID, bytes)) {
            true => Ok(()),
            false => Err(StateError::KeyUsed),
        }
    }

    fn verify_own(
        &self,
        name: &str,
        keys: &PersonKeys,
        by_key: &crate::signature::Signature,
    ) -> Result<(), StateError> {
        let content = AcceptanceContent {
            suite: Suite::CURRENT,
            organisation: self.organisation,
            invitation: None,
            name: name.to_owned(),
            keys: keys.clone(),
        };
        content.verify_key_holder(by_key).map_err(StateError::Acceptance)
    }

    fn accept(
        &mut self,
        person: PersonId,
        acceptance: &super::invitation::Acceptance,
        time_ms: u64,
    ) -> Result<(), StateError> {
        let invitation = self.spend(acceptance.invitation)?;
        if invitation.person != person {
            return Err(StateError::UnknownInvitation);
        }
        if time_ms > invitation.expires_ms {
            return Err(StateError::Expired);
        }
        acceptance.verify(self.organisation, &invitation.key).map_err(StateError::Acceptance)
    }

    fn spend(&mut self, invitation: InvitationId) -> Result<Invitation, StateError> {
        let open =
            Arc::make_mut(&mut self.invitations).remove(&invitation).ok_or(StateError::UnknownInvitation)?;
        Arc::make_mut(&mut self.spent_invitations).insert(invitation);
        Ok(open)
    }

    fn add_person(&mut self, person: PersonId, name: &str, keys: &PersonKeys) -> Result<(), StateError> {
        if self.people.contains_key(&person) {
            return Err(StateError::Taken);
        }
        if self.people.len() >= limit::PEOPLE_MAX {
            return Err(StateError::TooMany);
        }
        self.put_keys(person, name, keys, None)
    }

    fn rekey(
        &mut self,
        person: PersonId,
        name: &str,
        keys: &PersonKeys,
        position: u64,
        renewal: Option<Renewal>,
    ) -> Result<(), StateError> {
        self.put_keys(person, name, keys, renewal)?;
        for team in Arc::make_mut(&mut self.teams).values_mut().filter(|team| team.is_member(person)) {
            Arc::make_mut(team).fresh_from = position + 1;
        }
        Ok(())
    }

    fn put_keys(
        &mut self,
        person: PersonId,
        name: &str,
        keys: &PersonKeys,
        renewal: Option<Renewal>,
    ) -> Result<(), StateError> {
        self.use_key(&keys.signing)?;
        self.use_bytes(keys.kem.as_bytes())?;
        let entry = Person {
            id: person,
            name: name.to_owned(),
            keys: keys.clone(),
            key: keys.signing.id(),
            removed: false,
            renewal,
        };
        Arc::make_mut(&mut self.people).insert(person, Arc::new(entry));
        Ok(())
    }

    fn lead_set(&self, leads: &[PersonId]) -> Result<BTreeSet<PersonId>, StateError> {
        let set: BTreeSet<_> = leads.iter().copied().collect();
        if set.is_empty() || set.len() != leads.len() {
            return Err(StateError::NoLead);
        }
        match set.iter().all(|lead| self.person(*lead).is_some()) {
            true => Ok(set),
            false => Err(StateError::UnknownPerson),
        }
    }

    fn team_mut(&mut self, team: TeamId) -> Result<&mut Team, StateError> {
        Arc::make_mut(&mut self.teams).get_mut(&team).map(Arc::make_mut).ok_or(StateError::UnknownTeam)
    }
}

//! What an entry can say, as typed values with limits.

use super::{
    invitation::Acceptance,
    text::{TextError, check_line, check_text},
};
use crate::{
    id::{Digest, InvitationId, PersonId, SiteId, TeamId},
    limit,
    signature::{KemKey, Signature, VerifyKey},
};
use serde::{Deserialize, Serialize};

/// What [`Body::Root`] names as product.
pub const PRODUCT: &str = "beistand";

/// A person's public keys. They change together; the signing key's id stands for both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonKeys {
    /// Verifies statements and messages.
    pub signing: VerifyKey,
    /// Boxes are sealed to it.
    pub kem: KemKey,
}

/// After how many days without a sighting of the log's head clients become careful (P14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freshness {
    /// A banner is shown.
    pub banner_days: u16,
    /// New epochs are sealed to the leads' own keys only.
    pub leads_only_days: u16,
}

impl Default for Freshness {
    fn default() -> Self {
        Self { banner_days: 14, leads_only_days: 30 }
    }
}

/// A team's rules about reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamRules {
    /// Once claimed, only the claimer reads on, and the leads as far as [`Body::TeamReadAlong`] says.
    pub assigned_only: bool,
    /// Who joins later may read what was written before.
    pub history_for_new_members: bool,
    /// Limits of freshness.
    pub freshness: Freshness,
    /// New readers and wider rules need two administrators, once there are two.
    pub four_eyes: bool,
}

impl Default for TeamRules {
    fn default() -> Self {
        Self {
            assigned_only: true,
            history_for_new_members: true,
            freshness: Freshness::default(),
            four_eyes: true,
        }
    }
}

impl TeamRules {
    /// Whether `next` lets anybody read more, or guards less, than `self`.
    #[must_use]
    pub fn widened_by(&self, next: &Self) -> bool {
        (self.assigned_only && !next.assigned_only)
            || (!self.history_for_new_members && next.history_for_new_members)
            || next.freshness.banner_days > self.freshness.banner_days
            || next.freshness.leads_only_days > self.freshness.leads_only_days
            || (self.four_eyes && !next.four_eyes)
    }
}

/// For what somebody is invited. Reading comes with the team, not with the role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum InvitedRole {
    /// Answers in a team.
    Counselor,
    /// Is to become an administrator (by a statement of its own).
    Administrator,
}

/// A language in which something is said to people in need. Appended to, never reordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Language {
    /// German.
    German,
    /// English.
    English,
    /// German in plain words (Leichte Sprache).
    GermanPlain,
    /// Turkish.
    Turkish,
    /// Arabic.
    Arabic,
    /// Ukrainian.
    Ukrainian,
}

/// A text in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Localised {
    /// The language.
    pub language: Language,
    /// The text.
    pub text: String,
}

/// An emergency number, shown wherever help must not wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyNumber {
    /// As dialled: digits, spaces, `+`, `-`.
    pub number: String,
    /// Whose number it is, once a language, the default language among them.
    pub names: Vec<Localised>,
}

/// Which text of a site. Appended to, never reordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SiteTextKey {
    /// Who answers here.
    About,
    /// Until when an answer comes.
    AnswerPromise,
    /// Greeting above the conversation.
    Greeting,
    /// Legal notice.
    Imprint,
    /// Privacy statement.
    Privacy,
}

/// One text of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteText {
    /// Which.
    pub key: SiteTextKey,
    /// Its language and words.
    pub text: Localised,
}

/// A site as people in need see it, whole and versioned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// The site; never all zero.
    pub site: SiteId,
    /// From 1, one more each time.
    pub version: u32,
    /// Shown name.
    pub name: String,
    /// Accent colour: red, green, blue.
    pub accent: [u8; 3],
    /// Language shown first.
    pub default_language: Language,
    /// The team to which new conversations go.
    pub team: TeamId,
    /// Days after the last contact until a conversation is destroyed.
    pub retention_days: u16,
    /// Emergency numbers, most important first; at least one.
    pub emergency: Vec<EmergencyNumber>,
    /// Texts, each key once a language.
    pub texts: Vec<SiteText>,
}

impl Site {
    fn check(&self) -> Result<(), TextError> {
        check_line(&self.name, limit::DISPLAY_NAME_BYTES_MAX)?;
        let bounded = self.site != SiteId([0; 16])
            && (1..=limit::RETENTION_DAYS_MAX).contains(&self.retention_days)
            && (1..=limit::EMERGENCY_NUMBERS_MAX).contains(&self.emergency.len())
            && self.texts.len() <= limit::SITE_TEXTS_MAX;
        if !bounded {
            return Err(TextError::TooLong);
        }
        for number in &self.emergency {
            check_line(&number.number, 24)?;
            if !number.number.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '+' | '-')) {
                return Err(TextError::Forbidden);
            }
            if !number.names.iter().any(|name| name.language == self.default_language) {
                return Err(TextError::Empty);
            }
            number.names.iter().try_for_each(|name| check_line(&name.text, limit::DISPLAY_NAME_BYTES_MAX))?;
        }
        self.texts.iter().try_for_each(|text| check_text(&text.text.text, limit::SITE_TEXT_BYTES_MAX))
    }

    /// A text in a language, or in the site's default language.
    #[must_use]
    pub fn text(&self, key: SiteTextKey, language: Language) -> Option<&str> {
        let find = |language| {
            self.texts
                .iter()
                .find(|text| text.key == key && text.text.language == language)
                .map(|text| &*text.text.text)
        };
        find(language).or_else(|| find(self.default_language))
    }
}

/// What an entry says. Appended to, never reordered: a client that does not know a variant stops
/// rather than guess.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// The first entry: the organisation begins. Signed by the key it names.
    Root {
        /// The root key, printed in the kit and erased from the browser.
        root_key: VerifyKey,
        /// [`PRODUCT`].
        product: String,
        /// The organisation's name.
        name: String,
        /// Limits of freshness for the organisation.
        freshness: Freshness,
        /// Random, so that two organisations never have the same id.
        nonce: [u8; 32],
    },
    /// A person without invitation, for the first administrators. Signed by the root.
    Founder {
        /// The person.
        person: PersonId,
        /// Shown name.
        name: String,
        /// Keys.
        keys: PersonKeys,
        /// The new key's signature over [`super::AcceptanceContent`] without an invitation.
        by_key: Signature,
    },
    /// A person becomes an administrator.
    AdministratorAdd {
        /// Who.
        person: PersonId,
    },
    /// A person is no longer an administrator.
    AdministratorRemove {
        /// Who.
        person: PersonId,
    },
    /// Somebody is invited; the secret half of `key` is handed over outside the box.
    Invitation {
        /// The invitation.
        invitation: InvitationId,
        /// Public half of the invitation's secret.
        key: VerifyKey,
        /// The person that will be (or, for new keys, is).
        person: PersonId,
        /// For what.
        role: InvitedRole,
        /// To which team.
        team: Option<TeamId>,
        /// Milliseconds since 1970 after which it can't be countersigned.
        expires_ms: u64,
    },
    /// An invitation is taken back.
    InvitationWithdraw {
        /// Which.
        invitation: InvitationId,
    },
    /// An invited person joins, countersigned.
    PersonAdd {
        /// The person that the invitation named.
        person: PersonId,
        /// What the invitee signed.
        acceptance: Acceptance,
    },
    /// A person changes the own keys (new generation). Signed by the former key.
    PersonRekey {
        /// Who.
        person: PersonId,
        /// New keys.
        keys: PersonKeys,
        /// The new key's signature over [`super::AcceptanceContent`] without an invitation.
        by_key: Signature,
    },
    /// A person who lost the keys gets new ones by a fresh invitation.
    PersonReinvite {
        /// Who.
        person: PersonId,
        /// What the person signed.
        acceptance: Acceptance,
    },
    /// A person leaves the organisation and with it every team.
    PersonRemove {
        /// Who.
        person: PersonId,
    },
    /// A team begins; its leads are its first members.
    TeamCreate {
        /// The team.
        team: TeamId,
        /// Shown name.
        name: String,
        /// At least one.
        leads: Vec<PersonId>,
        /// Rules.
        rules: TeamRules,
    },
    /// Somebody joins a team.
    TeamMemberAdd {
        /// The team.
        team: TeamId,
        /// Who.
        person: PersonId,
    },
    /// Somebody leaves a team. Leads stop being lead first.
    TeamMemberRemove {
        /// The team.
        team: TeamId,
        /// Who.
        person: PersonId,
    },
    /// A team's leads, all of them; members of the team, at least one.
    TeamLeads {
        /// The team.
        team: TeamId,
        /// The leads.
        leads: Vec<PersonId>,
    },
    /// A team's rules, all of them.
    TeamRules {
        /// The team.
        team: TeamId,
        /// The rules.
        rules: TeamRules,
    },
    /// What a site shows.
    SitePublish(Site),
    /// The organisation's name changes.
    OrganisationName {
        /// The name.
        name: String,
    },
    /// Another root key. Signed by the former one, the new one and a majority of administrators.
    RootChange {
        /// The new key.
        root_key: VerifyKey,
    },
    /// A statement of the signer that lost an append race must never count.
    Void {
        /// Digest of the entry that was not appended.
        entry: Digest,
    },
    /// Whether a team's leads are shown how much each person has to do. Nobody is before somebody says so: works
    /// councils and staff want to be asked first.
    TeamWorkload {
        /// The team.
        team: TeamId,
        /// They are.
        shown: bool,
    },
    /// Whether a team's leads read along in the talks that somebody has taken, where those are for whoever took them
    /// ([`TeamRules::assigned_only`]). Before somebody says so they do, as in all logs from before it could be said.
    TeamReadAlong {
        /// The team.
        team: TeamId,
        /// They do.
        leads: bool,
    },
    /// Whether staff must have a second factor: the box lets whoever has none do nothing but set one up.
    SecondFactorDemand {
        /// They must.
        demanded: bool,
    },
    /// Whether there may be groups at a site, in which several seekers read each other. There are none before somebody
    /// says so.
    SiteGroups {
        /// The site.
        site: SiteId,
        /// There may.
        allowed: bool,
    },
}

impl Body {
    /// Checks what can be checked without the log: texts, numbers, counts.
    ///
    /// # Errors
    /// [`TextError`] of the first offending value.
    pub fn check(&self) -> Result<(), TextError> {
        let name = |name: &str| check_line(name, limit::DISPLAY_NAME_BYTES_MAX);
        match self {
            Self::Root { product, name: organisation, .. } => {
                if product != PRODUCT {
                    return Err(TextError::Forbidden);
                }
                name(organisation)
            }
            Self::Founder { name: person, .. } => name(person),
            Self::PersonAdd { acceptance, .. } | Self::PersonReinvite { acceptance, .. } => {
                name(&acceptance.name)
            }
            Self::TeamCreate { name: team, leads, .. } => {
                if leads.len() > limit::TEAM_MEMBERS_MAX {
                    return Err(TextError::TooLong);
                }
                name(team)
            }
            Self::TeamLeads { leads, .. } if leads.len() > limit::TEAM_MEMBERS_MAX => Err(TextError::TooLong),
            Self::SitePublish(site) => site.check(),
            Self::OrganisationName { name: organisation } => name(organisation),
            _ => Ok(()),
        }
    }
}

//! What staff have chosen to be called by, the mail server, and the mails that are to be sent.

use super::Record;
use crate::table::Table;
use beistand_domain::notice::Pending;
use beistand_domain::record as domain;
use beistand_protocol::id::{AccountId, DeviceSessionId, PersonId};
use beistand_protocol::membership::Language as Tongue;
use beistand_protocol::notice::{Choices, MailSecurity, MailServer, NoticeSettings, Occasion, Ways};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
enum Language {
    German,
    English,
    GermanPlain,
    Turkish,
    Arabic,
    Ukrainian,
}

impl From<Tongue> for Language {
    fn from(language: Tongue) -> Self {
        match language {
            Tongue::German => Self::German,
            Tongue::English => Self::English,
            Tongue::GermanPlain => Self::GermanPlain,
            Tongue::Turkish => Self::Turkish,
            Tongue::Arabic => Self::Arabic,
            Tongue::Ukrainian => Self::Ukrainian,
        }
    }
}

impl From<Language> for Tongue {
    fn from(language: Language) -> Self {
        match language {
            Language::German => Self::German,
            Language::English => Self::English,
            Language::GermanPlain => Self::GermanPlain,
            Language::Turkish => Self::Turkish,
            Language::Arabic => Self::Arabic,
            Language::Ukrainian => Self::Ukrainian,
        }
    }
}

/// Sound, desktop, push, mail: one bit each, the lowest first.
fn bits(ways: Ways) -> u8 {
    let Ways { sound, desktop, push, mail } = ways;
    u8::from(sound) | u8::from(desktop) << 1 | u8::from(push) << 2 | u8::from(mail) << 3
}

fn ways(bits: u8) -> Ways {
    let is = |bit: u8| bits & 1 << bit != 0;
    Ways { sound: is(0), desktop: is(1), push: is(2), mail: is(3) }
}

/// What a person has chosen. Key: person.
#[derive(Serialize, Deserialize)]
pub(crate) struct NoticeRecord {
    person: PersonId,
    /// Request, answer, swap, illness, thread; see [`bits`].
    choices: [u8; 5],
    away_until_s: Option<u64>,
    address: Option<String>,
    language: Language,
}

impl Record for NoticeRecord {
    const TABLE: Table = Table::Notice;
}

impl NoticeRecord {
    pub(crate) fn new(person: PersonId, settings: &NoticeSettings) -> Self {
        let NoticeSettings { choices, away_until_s, address, language } = settings.clone();
        let choices = Occasion::ALL.map(|occasion| bits(choices.of(occasion)));
        Self { person, choices, away_until_s, address, language: language.into() }
    }
}

impl From<NoticeRecord> for (PersonId, NoticeSettings) {
    fn from(record: NoticeRecord) -> Self {
        let NoticeRecord { person, choices, away_until_s, address, language } = record;
        let [request, answer, swap, illness, thread] = choices.map(ways);
        let choices = Choices { request, answer, swap, illness, thread };
        (person, NoticeSettings { choices, away_until_s, address, language: language.into() })
    }
}

/// What a person is to be told by e-mail. Key: person.
#[derive(Serialize, Deserialize)]
pub(crate) struct PendingMailRecord {
    person: PersonId,
    mine: bool,
    team: bool,
    tries: u8,
    not_before_s: u64,
}

impl Record for PendingMailRecord {
    const TABLE: Table = Table::PendingMail;
}

impl PendingMailRecord {
    pub(crate) const fn new(person: PersonId, pending: Pending) -> Self {
        let Pending { mine, team, tries, not_before_s } = pending;
        Self { person, mine, team, tries, not_before_s }
    }
}

impl From<PendingMailRecord> for (PersonId, Pending) {
    fn from(record: PendingMailRecord) -> Self {
        let PendingMailRecord { person, mine, team, tries, not_before_s } = record;
        (person, Pending { mine, team, tries, not_before_s })
    }
}

#[derive(Serialize, Deserialize)]
enum Security {
    Tls,
    StartTls,
    None,
}

/// The mail server. One record, without a key.
#[derive(Serialize, Deserialize)]
pub(crate) struct MailAccessRecord {
    host: String,
    port: u16,
    security: Security,
    user: Option<String>,
    password: Option<String>,
    sender: String,
    origin: String,
}

impl Record for MailAccessRecord {
    const TABLE: Table = Table::MailAccess;
}

impl From<&domain::MailAccess> for MailAccessRecord {
    fn from(access: &domain::MailAccess) -> Self {
        let domain::MailAccess { server, password } = access.clone();
        let MailServer { host, port, security, user, sender, origin } = server;
        let security = match security {
            MailSecurity::Tls => Security::Tls,
            MailSecurity::StartTls => Security::StartTls,
            MailSecurity::None => Security::None,
        };
        Self { host, port, security, user, password, sender, origin }
    }
}

impl From<MailAccessRecord> for domain::MailAccess {
    fn from(record: MailAccessRecord) -> Self {
        let MailAccessRecord { host, port, security, user, password, sender, origin } = record;
        let security = match security {
            Security::Tls => MailSecurity::Tls,
            Security::StartTls => MailSecurity::StartTls,
            Security::None => MailSecurity::None,
        };
        Self { server: MailServer { host, port, security, user, sender, origin }, password }
    }
}

/// A device that shows notices. Key: hash of its endpoint.
#[derive(Serialize, Deserialize)]
pub(crate) struct PushDeviceRecord {
    id: [u8; 32],
    endpoint: String,
    public: Vec<u8>,
    secret: Vec<u8>,
    origin: String,
    person: PersonId,
    account: AccountId,
    device_session: DeviceSessionId,
    made_s: u64,
}

impl Record for PushDeviceRecord {
    const TABLE: Table = Table::PushDevice;
}

impl From<&domain::PushDevice> for PushDeviceRecord {
    fn from(device: &domain::PushDevice) -> Self {
        let domain::PushDevice { id, endpoint, public, secret, origin, .. } = device.clone();
        let domain::PushDevice { person, account, device_session, made_s, .. } = *device;
        Self { id, endpoint, public, secret, origin, person, account, device_session, made_s }
    }
}

impl From<PushDeviceRecord> for domain::PushDevice {
    fn from(record: PushDeviceRecord) -> Self {
        let PushDeviceRecord { id, endpoint, public, secret, origin, .. } = record;
        let PushDeviceRecord { person, account, device_session, made_s, .. } = record;
        Self { id, endpoint, public, secret, origin, person, account, device_session, made_s }
    }
}

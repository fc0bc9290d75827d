//! What calls a staff person who looks elsewhere, and by which way. A notice says that there is something, never what:
//! it carries no name and no word of a conversation.
//!
//! The server keeps these choices: it has to know them when nobody of that person is connected.

use crate::{
    id::PersonId,
    limit::{
        ADDRESS_BYTES_MAX, AWAY_S_MAX, ENDPOINT_BYTES_MAX, HOST_BYTES_MAX, MAIL_SECRET_BYTES_MAX,
        ORIGIN_BYTES_MAX,
    },
    membership::Language,
};
use serde::{Deserialize, Serialize};

/// Bytes of a browser's public key.
pub const PUSH_PUBLIC_BYTES: usize = 65;
/// Bytes of a browser's secret.
pub const PUSH_SECRET_BYTES: usize = 16;

/// What there is to be called for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Occasion {
    /// A request waits in a team.
    Request,
    /// Something has come in a talk of this person's, or they are asked in particular to take one.
    Answer,
    /// A colleague offers a shift.
    Swap,
    /// Somebody is ill, and this person could step in.
    Illness,
    /// Colleagues write beside a talk of this person's.
    Thread,
}

impl Occasion {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 5] = [Self::Request, Self::Answer, Self::Swap, Self::Illness, Self::Thread];
}

/// By which ways somebody is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Ways {
    /// A sound on the page.
    pub sound: bool,
    /// A notice of the desktop, by the page.
    pub desktop: bool,
    /// A notice on the devices that were put down for it, also while no page is open.
    pub push: bool,
    /// An e-mail, while no page is open.
    pub mail: bool,
}

/// By which ways for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Choices {
    /// [`Occasion::Request`].
    pub request: Ways,
    /// [`Occasion::Answer`].
    pub answer: Ways,
    /// [`Occasion::Swap`].
    pub swap: Ways,
    /// [`Occasion::Illness`].
    pub illness: Ways,
    /// [`Occasion::Thread`].
    pub thread: Ways,
}

impl Choices {
    /// By no way for anything.
    pub const NONE: Self = {
        let none = Ways { sound: false, desktop: false, push: false, mail: false };
        Self { request: none, answer: none, swap: none, illness: none, thread: none }
    };

    /// The ways for an occasion.
    #[must_use]
    pub const fn of(&self, occasion: Occasion) -> Ways {
        match occasion {
            Occasion::Request => self.request,
            Occasion::Answer => self.answer,
            Occasion::Swap => self.swap,
            Occasion::Illness => self.illness,
            Occasion::Thread => self.thread,
        }
    }

    /// The same, to be changed.
    pub const fn of_mut(&mut self, occasion: Occasion) -> &mut Ways {
        match occasion {
            Occasion::Request => &mut self.request,
            Occasion::Answer => &mut self.answer,
            Occasion::Swap => &mut self.swap,
            Occasion::Illness => &mut self.illness,
            Occasion::Thread => &mut self.thread,
        }
    }
}

impl Default for Choices {
    /// The page calls; nothing leaves the box that nobody asked for.
    fn default() -> Self {
        let page = Ways { sound: true, desktop: true, push: false, mail: false };
        let quiet = Ways { sound: false, ..page };
        Self { request: page, answer: page, swap: quiet, illness: quiet, thread: quiet }
    }
}

/// What a person has chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeSettings {
    /// By which ways for what.
    pub choices: Choices,
    /// Nothing calls before this time, seconds since 1970.
    pub away_until_s: Option<u64>,
    /// Where e-mail goes.
    pub address: Option<String>,
    /// In which language.
    pub language: Language,
}

impl NoticeSettings {
    /// What holds for whoever has chosen nothing.
    #[must_use]
    pub fn in_language(language: Language) -> Self {
        Self { choices: Choices::default(), away_until_s: None, address: None, language }
    }

    /// Whether they are within their limits at this time.
    #[must_use]
    pub fn is_valid(&self, now_s: u64) -> bool {
        self.address.as_deref().is_none_or(is_address)
            && self.away_until_s.is_none_or(|until_s| until_s <= now_s.saturating_add(AWAY_S_MAX))
    }
}

/// What a person is shown of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeView {
    /// What was chosen; `None`: nothing yet.
    pub settings: Option<NoticeSettings>,
    /// Whether the box can send e-mail.
    pub mail: bool,
}

/// A device that is to show notices while no page is open there, as its browser gives it (Web Push).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushPut {
    /// Where its push service takes messages for it.
    pub endpoint: String,
    /// The browser's public key: P-256, uncompressed, 65 bytes.
    pub public: Vec<u8>,
    /// The secret that it shares with the box alone, 16 bytes.
    pub secret: Vec<u8>,
    /// Where people reach the box: push services want to know whom to tell when something is wrong.
    pub origin: String,
}

impl core::fmt::Debug for PushPut {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("PushPut").finish_non_exhaustive()
    }
}

impl PushPut {
    /// Whether it is within its limits. Whether the box goes there, is for the server to say.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.endpoint.len() <= ENDPOINT_BYTES_MAX
            && self.endpoint.bytes().all(|byte| byte.is_ascii_graphic())
            && self.public.len() == PUSH_PUBLIC_BYTES
            && self.public[0] == 4
            && self.secret.len() == PUSH_SECRET_BYTES
            && is_origin(&self.origin)
    }
}

/// A device as its owner sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushDevice {
    /// Names it: the beginning of the hash of its endpoint (SHA-256).
    pub id: [u8; 8],
    /// Since when, seconds since 1970.
    pub made_s: u64,
}

/// What a person is shown of their devices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushView {
    /// The box's public key, which browsers ask for: P-256, uncompressed.
    pub key: Vec<u8>,
    /// The devices, oldest first.
    pub devices: Vec<PushDevice>,
}

/// A device is to show nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushRemove {
    /// Which.
    pub id: [u8; 8],
}

/// How the way to a mail server is kept secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MailSecurity {
    /// TLS from the beginning (RFC 8314, "implicit").
    Tls,
    /// STARTTLS, or no mail at all.
    StartTls,
    /// Not at all, and then without a password: for a server within the same machine or house.
    None,
}

/// The mail server by which the box sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailServer {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// TLS.
    pub security: MailSecurity,
    /// Log-in name, where it wants one.
    pub user: Option<String>,
    /// Address in `From`.
    pub sender: String,
    /// Where people reach the box, which is what mails name: `https://` and a name.
    pub origin: String,
}

impl MailServer {
    /// Whether this can be one, with that password.
    #[must_use]
    pub fn is_valid(&self, password: Option<&str>) -> bool {
        let secret = |text: &str| {
            !text.is_empty() && text.len() <= MAIL_SECRET_BYTES_MAX && !text.chars().any(char::is_control)
        };
        let log_in = match (&self.user, password) {
            (None, None) => true,
            // Never in clear.
            (Some(user), Some(password)) => {
                self.security != MailSecurity::None && secret(user) && secret(password)
            }
            _ => false,
        };
        log_in && self.port != 0 && is_host(&self.host) && is_address(&self.sender) && is_origin(&self.origin)
    }
}

/// What an administrator is shown of it. The password never comes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailView {
    /// The server; `None`: the box sends no mail.
    pub server: Option<MailServer>,
}

/// A mail server is set, or none any more.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailPut {
    /// The server.
    pub server: Option<MailServer>,
    /// Its password; `None` keeps the one that is there, for the same server and user alone.
    pub password: Option<String>,
}

impl core::fmt::Debug for MailPut {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("MailPut").field("server", &self.server).finish_non_exhaustive()
    }
}

/// Sends a mail to see whether it comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailTest {
    /// Where to.
    pub to: String,
    /// In which language.
    pub language: Language,
}

/// Why a mail was not sent: what an administrator can do something about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum MailFault {
    /// No server of this name is known.
    Name,
    /// Nobody answers there.
    Connect,
    /// It took too long.
    Timeout,
    /// The certificate is not for this name, has expired, or nobody known vouches for it.
    Certificate,
    /// There is no TLS at this port, or none in the way that was set.
    Tls,
    /// The server does not know STARTTLS.
    StartTls,
    /// User or password are wrong, or it wants some.
    LogIn,
    /// It is refused, with this code, and what the server says about it.
    Refused(u16, String),
    /// Something else that is no mail server's answer.
    Other,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailTested {
    /// `Ok`: the mail server has taken it.
    pub outcome: Result<(), MailFault>,
}

/// Whether this can be an e-mail address: one that holds nothing which could end a line or begin another one.
#[must_use]
pub fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let part = |byte: u8| byte.is_ascii_graphic() && !b"()<>[]:;@\\,\"".contains(&byte);
    text.len() <= ADDRESS_BYTES_MAX && !local.is_empty() && local.bytes().all(part) && is_host(domain)
}

/// Whether this can be the name or address of a machine.
#[must_use]
pub fn is_host(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:_".contains(&byte);
    !text.is_empty()
        && text.len() <= HOST_BYTES_MAX
        && text.bytes().all(letter)
        && text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == ':')
}

/// Whether this is where a box can be reached.
#[must_use]
pub fn is_origin(text: &str) -> bool {
    let rest = text.strip_prefix("https://").unwrap_or_default();
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
    !rest.is_empty() && text.len() <= ORIGIN_BYTES_MAX && rest.bytes().all(letter)
}

/// Who is called for what, and whether it is this person's own or the whole team's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Call {
    /// Whom.
    pub person: PersonId,
    /// For what.
    pub occasion: Occasion,
    /// It waits for this person, and for nobody else as much.
    pub mine: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_hold_nothing_that_ends_a_line() {
        for (text, expect) in [
            ("ina@example.org", true),
            ("ina.berg+box@mail.example.org", true),
            ("ina@localhost", true),
            ("", false),
            ("ina", false),
            ("@example.org", false),
            ("ina@", false),
            ("ina@@example.org", false),
            ("ina berg@example.org", false),
            ("ina@example.org\r\nBcc: x@example.org", false),
            ("<ina@example.org>", false),
            ("ina@example.org,x@example.org", false),
            ("ina@-example.org", false),
            ("inä@example.org", false),
        ] {
            assert_eq!(is_address(text), expect, "{text:?}");
        }
        assert!(!is_address(&format!("{}@example.org", "x".repeat(ADDRESS_BYTES_MAX))));
    }

    #[test]
    fn a_password_goes_nowhere_in_clear_and_only_with_a_user() {
        let server = |security, user: Option<&str>| MailServer {
            host: "mail.example.org".to_owned(),
            port: 587,
            security,
            user: user.map(str::to_owned),
            sender: "box@example.org".to_owned(),
            origin: "https://box.example.org".to_owned(),
        };
        for (security, user, password, expect) in [
            (MailSecurity::Tls, Some("box"), Some("x"), true),
            (MailSecurity::StartTls, Some("box"), Some("x"), true),
            (MailSecurity::StartTls, None, None, true),
            (MailSecurity::None, None, None, true),
            (MailSecurity::None, Some("box"), Some("x"), false),
            (MailSecurity::Tls, Some("box"), None, false),
            (MailSecurity::Tls, None, Some("x"), false),
            (MailSecurity::Tls, Some("box"), Some("x\n"), false),
        ] {
            assert_eq!(
                server(security, user).is_valid(password),
                expect,
                "{security:?} {user:?} {password:?}"
            );
        }
        let good = server(MailSecurity::Tls, None);
        for wrong in [
            MailServer { host: String::new(), ..good.clone() },
            MailServer { host: "mail example".to_owned(), ..good.clone() },
            MailServer { port: 0, ..good.clone() },
            MailServer { sender: "box".to_owned(), ..good.clone() },
            MailServer { origin: "http://box.example.org".to_owned(), ..good.clone() },
            MailServer { origin: "https://box.example.org/x y".to_owned(), ..good.clone() },
            MailServer { origin: "https://".to_owned(), ..good.clone() },
        ] {
            assert!(!wrong.is_valid(None), "{wrong:?}");
        }
    }

    #[test]
    fn nobody_is_away_for_ever() {
        let away = |until_s| NoticeSettings {
            away_until_s: Some(until_s),
            ..NoticeSettings::in_language(Language::German)
        };
        assert!(away(1000 + AWAY_S_MAX).is_valid(1000));
        assert!(!away(1001 + AWAY_S_MAX).is_valid(1000));
        assert!(!away(u64::MAX).is_valid(1000));
    }
}

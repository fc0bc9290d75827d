//! E-mail by SMTP. What is sent says that something waits, and where the box is: no name and no word of a conversation.
//!
//! What a mail server answers may hold addresses, so it goes to the administrator who asks, never to the log.

use crate::{app::App, random::draw, roots::Roots};
use beistand_domain::{notice::Pending, record::MailAccess};
use beistand_protocol::notice::{MailFault, MailSecurity, MailServer};
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox, SinglePart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, CertificateStore, Tls, TlsParameters},
        extension::ClientId,
    },
};
use std::{
    error::Error,
    fmt::Write as _,
    io,
    time::{Duration, SystemTime},
};

/// Longest wait for one answer of a mail server.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);
/// Longest time that a whole mail may take.
const MAIL_TIMEOUT: Duration = Duration::from_secs(60);
/// Bytes of a mail server's own words that an administrator is shown.
const WORDS_BYTES_MAX: usize = 300;

/// RFC 3834.
const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");

/// What a mail says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Said {
    /// Something waits for the person.
    Mine,
    /// Something waits for a team.
    Team,
    /// Both.
    Both,
    /// Mail works: an administrator wanted to know.
    Test,
}

impl Said {
    /// What is to be said of what waits.
    #[must_use]
    pub const fn of(pending: Pending) -> Self {
        match (pending.mine, pending.team) {
            (true, true) => Self::Both,
            (true, false) => Self::Mine,
            _ => Self::Team,
        }
    }
}

/// A mail in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Who is named beside the sender's address.
    pub from: String,
    /// `Subject`.
    pub subject: String,
    /// The text.
    pub body: String,
}

/// Why a mail was not taken.
#[derive(Debug)]
pub struct Fault(pub MailFault);

impl Fault {
    /// Whether it would be the same another time: the address is wrong.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(self.0, MailFault::Refused(500..=599, _))
    }

    /// What may stand in the log: the kind alone.
    #[must_use]
    pub fn for_log(&self) -> String {
        match &self.0 {
            MailFault::Refused(code, _) => format!("refused with code {code}"),
            fault => format!("{fault:?}"),
        }
    }
}

impl From<MailFault> for Fault {
    fn from(fault: MailFault) -> Self {
        Self(fault)
    }
}

/// Sends one mail; `Ok` once the mail server has taken it.
///
/// # Errors
/// [`Fault`].
pub async fn send(app: &App, access: &MailAccess, to: &str, words: &Words) -> Result<(), Fault> {
    let id = draw::<16>(&*app.random);
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(app.now_s());
    let message = compose(&access.server, to, words, &id, at).ok_or(MailFault::Other)?;
    match tokio::time::timeout(MAIL_TIMEOUT, deliver(&app.options.roots, access, message)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(MailFault::Timeout.into()),
    }
}

fn compose(server: &MailServer, to: &str, words: &Words, id: &[u8; 16], at: SystemTime) -> Option<Message> {
    let sender: Address = server.sender.parse().ok()?;
    let id = id.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let id = format!("<{id}@{}>", sender.domain());
    Message::builder()
        .from(Mailbox::new(Some(words.from.clone()), sender))
        .to(Mailbox::new(None, to.parse().ok()?))
        .subject(&words.subject)
        .date(at)
        .message_id(Some(id))
        // No note of absence answers it.
        .raw_header(HeaderValue::new(AUTO_SUBMITTED, "auto-generated".to_owned()))
        .singlepart(SinglePart::plain(words.body.clone()))
        .ok()
}

async fn deliver(roots: &Roots, access: &MailAccess, message: Message) -> Result<(), Fault> {
    let MailAccess { server, password } = access;
    // Looked up here first: who mistyped the name is told so.
    if tokio::net::lookup_host((server.host.as_str(), server.port)).await.is_err() {
        return Err(MailFault::Name.into());
    }
    let tls = match server.security {
        MailSecurity::None => Tls::None,
        MailSecurity::StartTls => Tls::Required(parameters(roots, &server.host).await?),
        MailSecurity::Tls => Tls::Wrapper(parameters(roots, &server.host).await?),
    };
    // Its own name is nobody's matter; the sender's domain is known to the server anyway.
    let domain = server.sender.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
        .port(server.port)
        .timeout(Some(ANSWER_TIMEOUT))
        .hello_name(ClientId::Domain(domain.to_owned()))
        .tls(tls);
    if let (Some(user), Some(password)) = (&server.user, password) {
        transport = transport.credentials(Credentials::new(user.clone(), password.clone()));
    }
    let sent = transport.build().send(message).await;
    sent.map(drop).map_err(|error| fault(&error).into())
}

async fn parameters(roots: &Roots, host: &str) -> Result<TlsParameters, Fault> {
    let mut builder = TlsParameters::builder(host.to_owned()).certificate_store(CertificateStore::None);
    for root in roots.load().await.iter() {
        if let Ok(root) = Certificate::from_der(root.to_vec()) {
            builder = builder.add_root_certificate(root);
        }
    }
    builder.build().map_err(|_| MailFault::Other.into())
}

/// What an administrator can do something about.
fn fault(error: &lettre::transport::smtp::Error) -> MailFault {
    if let Some(code) = error.status() {
        let code: u16 = code.into();
        let said = error.source().map(ToString::to_string).unwrap_or_default();
        return match code {
            // RFC 4954 §6; 530 also for STARTTLS that is missing.
            432 | 454 | 530 | 534 | 535 | 538 => MailFault::LogIn,
            _ => MailFault::Refused(code, shortened(&said)),
        };
    }
    let causes = || causes(error);
    let of_tls = causes().find_map(of_tls);
    if let Some(of_tls) = of_tls {
        return match of_tls {
            rustls::Error::InvalidCertificate(_) => MailFault::Certificate,
            _ => MailFault::Tls,
        };
    }
    if error.is_timeout() {
        return MailFault::Timeout;
    }
    if error.is_client() {
        // The library has words alone for it.
        let words = error.to_string();
        return match () {
            () if words.contains("STARTTLS") => MailFault::StartTls,
            () if words.contains("authentication") => MailFault::LogIn,
            () => MailFault::Other,
        };
    }
    match causes().find_map(|cause| cause.downcast_ref::<io::Error>()) {
        Some(_) => MailFault::Connect,
        // A server that speaks, but not as one for mail without TLS does.
        None if error.is_response() => MailFault::Tls,
        None => MailFault::Other,
    }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| {
        let error: &'a (dyn Error + 'static) = *error;
        error.source()
    })
}

/// What rustls has to say, which comes wrapped in an `io::Error` that does not show it as its cause.
fn of_tls(cause: &(dyn Error + 'static)) -> Option<rustls::Error> {
    let within = || cause.downcast_ref::<io::Error>()?.get_ref()?.downcast_ref::<rustls::Error>().cloned();
    cause.downcast_ref::<rustls::Error>().cloned().or_else(within)
}

/// A mail server's own words, in one line and not too many.
fn shortened(words: &str) -> String {
    let line: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let end =
        line.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= WORDS_BYTES_MAX).last();
    line[..end.unwrap_or(0)].trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_words_are_cut_between_letters() {
        assert_eq!(shortened("no such\r\nuser "), "no such  user");
        assert_eq!(shortened(""), "");
        let long = shortened(&"ä".repeat(1000));
        assert_eq!(long.len(), WORDS_BYTES_MAX);
    }

    #[test]
    fn nothing_of_an_answer_is_logged() {
        let fault = Fault(MailFault::Refused(550, "<ina@example.org>: no such user".to_owned()));
        assert_eq!(fault.for_log(), "refused with code 550");
    }
}

//! A mail server on this machine, with TLS of an authority of its own: it takes what it is given, or says what it was
//! told to say.

use beistand_server::roots::Roots;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{ServerConfig, pki_types::PrivateKeyDer};
use std::sync::{Arc, Mutex};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

/// When it speaks TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaks {
    FromTheBeginning,
    AfterStartTls,
    Never,
}

/// A mail that came.
#[derive(Debug, Clone)]
pub struct Came {
    pub secret: bool,
    pub log_in: Option<(String, String)>,
    pub from: String,
    pub to: String,
    pub data: Vec<u8>,
}

#[derive(Default)]
struct Seen {
    mails: Vec<Came>,
    tries: usize,
    /// What is answered to `RCPT`, instead of taking it.
    refusal: Option<&'static str>,
}

pub struct MailBox {
    pub port: u16,
    pub roots: Roots,
    seen: Arc<Mutex<Seen>>,
}

impl MailBox {
    /// Whoever logs in has to be `box` with the password `tannenzapfen`.
    pub async fn open(speaks: Speaks) -> Self {
        let (acceptor, roots) = authority();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let kept = seen.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, acceptor) = (kept.clone(), acceptor.clone());
                tokio::spawn(async move {
                    // Whoever breaks off is what some tests want.
                    match speaks {
                        Speaks::FromTheBeginning => {
                            if let Ok(stream) = acceptor.accept(stream).await {
                                drop(talk(stream, &seen, true, None, true).await);
                            }
                        }
                        Speaks::Never => drop(talk(stream, &seen, false, None, true).await),
                        Speaks::AfterStartTls => {
                            if let Ok(Some(stream)) = talk(stream, &seen, false, Some(()), true).await
                                && let Ok(stream) = acceptor.accept(stream).await
                            {
                                drop(talk(stream, &seen, true, None, false).await);
                            }
                        }
                    }
                });
            }
        });
        Self { port, roots, seen }
    }

    pub fn mails(&self) -> Vec<Came> {
        self.seen.lock().unwrap().mails.clone()
    }

    pub fn tries(&self) -> usize {
        self.seen.lock().unwrap().tries
    }

    pub fn refuse(&self, refusal: Option<&'static str>) {
        self.seen.lock().unwrap().refusal = refusal;
    }
}

pub fn authority() -> (TlsAcceptor, Roots) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, key).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf =
        CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), Roots::Given(vec![issuer.der().clone()].into()))
}

/// One conversation; gives the stream back where TLS is to begin.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    seen: &Mutex<Seen>,
    secret: bool,
    start_tls: Option<()>,
    greets: bool,
) -> std::io::Result<Option<S>> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let mut stream = BufReader::new(stream);
    if greets {
        stream.write_all(b"220 mail.example.org ESMTP\r\n").await?;
    }
    let (mut log_in, mut from, mut to) = (None, String::new(), String::new());
    loop {
        stream.flush().await?;
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        let line = line.trim_end();
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let answer = match verb.to_ascii_uppercase().as_str() {
            "EHLO" if start_tls.is_some() => "250-mail.example.org\r\n250 STARTTLS".to_owned(),
            "EHLO" if secret => "250-mail.example.org\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN".to_owned(),
            "EHLO" => "250 mail.example.org".to_owned(),
            "STARTTLS" if start_tls.is_some() => {
                stream.write_all(b"220 go ahead\r\n").await?;
                stream.flush().await?;
                return Ok(Some(stream.into_inner()));
            }
            "AUTH" => {
                let given = rest.strip_prefix("PLAIN ").and_then(|text| STANDARD.decode(text).ok());
                let given = String::from_utf8(given.unwrap_or_default()).unwrap();
                let mut parts = given.split('\0').skip(1).map(str::to_owned);
                let pair = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
                let right = pair == ("box".to_owned(), "tannenzapfen".to_owned());
                log_in = Some(pair);
                if right { "235 welcome" } else { "535 5.7.8 wrong" }.to_owned()
            }
            "MAIL" => {
                from = rest.to_owned();
                "250 ok".to_owned()
            }
            "RCPT" => {
                to = rest.to_owned();
                let mut seen = seen.lock().unwrap();
                seen.tries += 1;
                seen.refusal.unwrap_or("250 ok").to_owned()
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                stream.flush().await?;
                let mut data = Vec::new();
                while !data.ends_with(b"\r\n.\r\n") {
                    data.push(stream.read_u8().await?);
                }
                data.truncate(data.len() - 3);
                let came = Came { secret, log_in: log_in.clone(), from: from.clone(), to: to.clone(), data };
                seen.lock().unwrap().mails.push(came);
                "250 taken".to_owned()
            }
            "QUIT" => "221 bye".to_owned(),
            "RSET" | "NOOP" => "250 ok".to_owned(),
            _ => "500 what?".to_owned(),
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

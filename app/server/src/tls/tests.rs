//! Tests of what the box does on the wire, with rustls and OpenSSL as clients.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, Stdio};

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, HandshakeKind, NamedGroup, ProtocolVersion, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::client::TlsStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::authority::{Authority, Root};
use super::constraint::Constraints;
use super::name::BoxNames;
use super::*;
use crate::host::Host;

/// A certificate that is valid at the time the test runs, and a client that trusts its root.
pub(crate) struct TestCertificate {
    authority: Authority,
    served: Arc<ServedCertificate>,
    client: Arc<ClientConfig>,
}

/// This moment: TLS clients can't be told another one.
fn now_s() -> u64 {
    UnixTime::now().as_secs()
}

fn hosts(names: &[&str]) -> Vec<Host> {
    names.iter().map(|name| Host::parse(name).unwrap()).collect()
}

fn roots(root: &CertificateDer<'static>) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add(root.clone()).unwrap();
    roots
}

impl TestCertificate {
    pub(crate) fn new(names: &[&str]) -> Self {
        let constraints = Constraints::for_box(&BoxNames::new([], []).unwrap());
        let authority = Root::generate(now_s()).unwrap().establish(&constraints).unwrap();
        let served = ServedCertificate::new(&authority.issue(&hosts(names), now_s()).unwrap());
        let client = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots(authority.root_der()))
            .with_no_client_auth();
        Self { authority, served, client: Arc::new(client) }
    }

    /// A server certificate of a fresh authority.
    pub(crate) fn issued() -> ServerCertificate {
        Self::new(&[]).authority.issue(&hosts(&["localhost"]), now_s()).unwrap()
    }

    pub(crate) fn server_config(&self) -> Arc<ServerConfig> {
        server_config(self.served.clone()).unwrap()
    }

    /// Connects as a client that trusts the root.
    pub(crate) async fn connect(
        &self,
        address: SocketAddr,
        alpn: &[&[u8]],
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut config = ClientConfig::clone(&self.client);
        config.alpn_protocols = alpn.iter().map(|protocol| protocol.to_vec()).collect();
        let stream = TcpStream::connect(address).await?;
        TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), stream).await
    }

    /// A server that sends each line back.
    async fn echo(&self) -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let acceptor = TlsAcceptor::from(self.server_config());
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let (mut reader, mut writer) = tokio::io::split(stream);
                    let _ = tokio::io::copy(&mut reader, &mut writer).await;
                });
            }
        });
        address
    }
}

async fn ping(stream: &mut TlsStream<TcpStream>) {
    stream.write_all(b"ping").await.unwrap();
    let mut answer = [0; 4];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"ping");
}

fn peer_certificate(stream: &TlsStream<TcpStream>) -> CertificateDer<'static> {
    stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned()
}

/// What OpenSSL's client prints when it connects with these further arguments.
async fn openssl_client(address: SocketAddr, arguments: &[&str]) -> String {
    let mut command = Command::new("openssl");
    command.args(["s_client", "-connect", &address.to_string()]).args(arguments).stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

#[tokio::test]
async fn the_hybrid_group_and_http2_are_chosen() {
    let certificate = TestCertificate::new(&["localhost"]);
    let address = certificate.echo().await;
    let stream = certificate.connect(address, &[b"http/1.1", b"h2"]).await.unwrap();
    let connection = stream.get_ref().1;
    assert_eq!(connection.protocol_version(), Some(ProtocolVersion::TLSv1_3));
    assert_eq!(connection.alpn_protocol(), Some(b"h2".as_slice()));
    assert_eq!(connection.negotiated_key_exchange_group().unwrap().name(), NamedGroup::X25519MLKEM768);
}

#[tokio::test]
async fn old_versions_are_refused_and_new_ones_are_not() {
    let certificate = TestCertificate::new(&["localhost"]);
    let address = certificate.echo().await;
    let weak = ["-cipher", "ALL:@SECLEVEL=0"];
    for (version, expect) in [("-tls1", false), ("-tls1_1", false), ("-tls1_2", true), ("-tls1_3", true)] {
        let printed = openssl_client(address, &[version, weak[0], weak[1]]).await;
        assert_eq!(printed.contains("Server certificate"), expect, "{version}: {printed}");
        // Refused by this server and not by the client already.
        assert_eq!(printed.contains("SSL alert number"), !expect, "{version}: {printed}");
    }
    let printed = openssl_client(address, &["-alpn", "http/1.1,h2"]).await;
    assert!(printed.contains("ALPN protocol: h2"), "{printed}");
}

#[tokio::test]
async fn sessions_are_resumed_by_ticket() {
    let certificate = TestCertificate::new(&["localhost"]);
    let address = certificate.echo().await;
    for expect in [HandshakeKind::Full, HandshakeKind::Resumed] {
        let mut stream = certificate.connect(address, &[]).await.unwrap();
        // The ticket comes with the first data.
        ping(&mut stream).await;
        assert_eq!(stream.get_ref().1.handshake_kind(), Some(expect));
    }
}

#[tokio::test]
async fn a_replaced_certificate_is_seen_by_new_connections_and_not_felt_by_open_ones() {
    let certificate = TestCertificate::new(&["localhost"]);
    let address = certificate.echo().await;
    let mut open = certificate.connect(address, &[]).await.unwrap();
    ping(&mut open).await;
    let next = certificate.authority.issue(&hosts(&["localhost"]), now_s()).unwrap();
    assert!(certificate.served.replace(&next));
    assert!(!certificate.served.replace(&next));
    ping(&mut open).await;
    let other = TestCertificate { client: Arc::new(without_tickets(&certificate.client)), ..certificate };
    let new = other.connect(address, &[]).await.unwrap();
    assert_eq!(peer_certificate(&new), next.chain()[0]);
    assert_ne!(peer_certificate(&open), next.chain()[0]);
    ping(&mut open).await;
}

/// A client that shakes hands in full each time, since a resumed session shows the certificate it began with.
fn without_tickets(config: &ClientConfig) -> ClientConfig {
    let mut config = config.clone();
    config.resumption = rustls::client::Resumption::disabled();
    config
}

#[test]
fn rustls_refuses_what_the_constraints_forbid() {
    let names = BoxNames::new([], hosts(&["com", "203.0.113.5"])).unwrap();
    let root = Root::generate(now_s()).unwrap();
    let authority = root.establish(&Constraints::for_box(&names)).unwrap();
    let verifier = rustls::client::WebPkiServerVerifier::builder_with_provider(
        Arc::new(roots(authority.root_der())),
        Arc::new(aws_lc_rs::default_provider()),
    )
    .build()
    .unwrap();
    for (name, expect) in [
        ("localhost", true),
        ("beistand.local", true),
        ("x.beistand.local", true),
        ("com", true),
        ("127.0.0.1", true),
        ("192.168.1.7", true),
        ("fd00::1", true),
        ("example.org", false),
        ("example.com", false),
        ("203.0.113.5", false),
        ("2001:db8::1", false),
    ] {
        let certificate = authority.dangerous_issue(&hosts(&[name]), now_s()).unwrap();
        let [server, intermediate] = certificate.chain() else { panic!("server and intermediate") };
        let server_name = ServerName::try_from(name).unwrap();
        use rustls::client::danger::ServerCertVerifier;
        let verified = verifier.verify_server_cert(
            server,
            std::slice::from_ref(intermediate),
            &server_name,
            &[],
            UnixTime::now(),
        );
        assert_eq!(verified.is_ok(), expect, "{name}: {verified:?}");
        // What the authority would sign by itself is what devices accept.
        assert_eq!(!authority.issue(&hosts(&[name]), now_s()).unwrap().names().is_empty(), expect, "{name}");
    }
}

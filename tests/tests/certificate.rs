//! What a thief of the box can't do: a certificate for somebody else's name, signed with the intermediate's key, is
//! refused by OpenSSL and by a Chromium whose profile trusts the root, while the box's own names are accepted and
//! the same certificate under an unconstrained twin of the intermediate would be, too.

#![allow(clippy::unwrap_used)]

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;
use beistand_server::header::{self, PageClass};
use beistand_server::host::Host;
use beistand_server::listen::{self, AddressKeys, Gate, Limits, TrustedProxies};
use beistand_server::tls::authority::{Authority, Root};
use beistand_server::tls::certificate::ServerCertificate;
use beistand_server::tls::constraint::Constraints;
use beistand_server::tls::name::BoxNames;
use beistand_server::tls::{ServedCertificate, server_config};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// Stands on the page that the box serves.
const MARK: &str = "the box has answered";
/// The name of somebody else.
const FOREIGN_NAME: &str = "example.org";
/// The box has this name without a dot: were it allowed with all under it, half of the world would be.
const BARE_NAME: &str = "com";
/// A name under it.
const NAME_UNDER_BARE_NAME: &str = "example.com";

/// An authority and an unconstrained twin of its intermediate, under one root.
struct Material {
    authority: Authority,
    twin: CertifiedIssuer<'static, KeyPair>,
    now_s: u64,
}

impl Material {
    fn new() -> Self {
        // Browsers can't be told another time.
        let now_s = UnixTime::now().as_secs();
        let root = Root::generate(now_s).unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Unconstrained twin");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.use_authority_key_identifier_extension = true;
        let twin = CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), root.issuer()).unwrap();
        let names = BoxNames::new([], [Host::parse(BARE_NAME).unwrap()]).unwrap();
        let authority = root.establish(&Constraints::for_box(&names)).unwrap();
        Self { authority, twin, now_s }
    }

    /// Signed by the intermediate, whatever the name.
    fn constrained(&self, name: &str) -> ServerCertificate {
        self.authority.dangerous_issue(&[Host::parse(name).unwrap()], self.now_s).unwrap()
    }

    /// Signed by the twin. Lives as long as the intermediate's do, since browsers refuse long ones.
    fn unconstrained(&self, name: &str) -> ServerCertificate {
        let validity = self.constrained("localhost").validity();
        let moment = |seconds: u64| time::OffsetDateTime::from_unix_timestamp(seconds as i64).unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.use_authority_key_identifier_extension = true;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        (params.not_before, params.not_after) = (moment(validity.not_before_s), moment(validity.not_after_s));
        let key = KeyPair::generate().unwrap();
        let server = params.signed_by(&key, &self.twin).unwrap();
        let chain = vec![server.der().clone(), self.twin.der().clone()];
        ServerCertificate::from_der(chain, PrivateKeyDer::Pkcs8(key.serialize_der().into())).unwrap()
    }

    fn write_root(&self, folder: &Path) -> PathBuf {
        let path = folder.join("root.pem");
        std::fs::write(&path, self.authority.root_pem()).unwrap();
        path
    }
}

/// Runs a program to its end.
fn run(program: &str, arguments: &[&str]) -> Output {
    let output = Command::new(program).args(arguments).output();
    output.unwrap_or_else(|error| panic!("{program} (scripts/setup installs it): {error}"))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn openssl_refuses_foreign_names_under_the_constrained_intermediate_only() {
    let material = Material::new();
    let folder = tempfile::tempdir().unwrap();
    let root = material.write_root(folder.path());
    let verify = |certificate: &ServerCertificate, name: &str| {
        let write = |file: &str, der: &CertificateDer<'_>| {
            let path = folder.path().join(file);
            std::fs::write(&path, pem::encode(&pem::Pem::new("CERTIFICATE", der.to_vec()))).unwrap();
            path
        };
        let [server, intermediate] = certificate.chain() else { panic!("server and intermediate") };
        let (server, intermediate) = (write("server.pem", server), write("intermediate.pem", intermediate));
        let named = if name.parse::<Ipv4Addr>().is_ok() { "-verify_ip" } else { "-verify_hostname" };
        let arguments =
            ["verify", "-purpose", "sslserver", named, name, "-CAfile", text(&root), "-untrusted"];
        let output = run("openssl", &[&arguments[..], &[text(&intermediate), text(&server)]].concat());
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for name in ["localhost", "beistand.local", "a.beistand.local", BARE_NAME, "127.0.0.1", "192.168.178.20"]
    {
        let (accepted, said) = verify(&material.constrained(name), name);
        assert!(accepted, "{name}: {said}");
    }
    for name in [FOREIGN_NAME, NAME_UNDER_BARE_NAME, "203.0.113.5"] {
        let (accepted, said) = verify(&material.constrained(name), name);
        assert!(!accepted && said.contains("subtree violation"), "{name}: {said}");
    }
    let (accepted, said) = verify(&material.unconstrained(FOREIGN_NAME), FOREIGN_NAME);
    assert!(accepted, "{said}");
}

/// A home folder whose Chromium trusts this root, if one is given.
fn chromium_home(root: Option<&Path>) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    let database = home.path().join(".pki/nssdb");
    std::fs::create_dir_all(&database).unwrap();
    let database = format!("sql:{}", database.display());
    let mut commands = vec![vec!["-N", "--empty-password"]];
    if let Some(root) = root {
        commands.push(vec!["-A", "-n", "Beistand", "-t", "C,,", "-i", text(root)]);
    }
    for command in commands {
        let output = run("certutil", &[&["-d", &database], command.as_slice()].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    home
}

/// Serves one page with this certificate until the token is cancelled.
async fn serve(certificate: &ServerCertificate, stop: &CancellationToken) -> SocketAddr {
    let page = get(async || (PageClass::Page, MARK));
    let router = Router::new().route("/", page).layer(from_fn(header::secure));
    let listener = listen::bind((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let keys = AddressKeys::new(|| 0, |bytes| bytes.fill(1));
    let gate = Gate::new(Limits::default(), TrustedProxies::default(), keys);
    let tls = server_config(ServedCertificate::new(certificate)).unwrap();
    tokio::spawn(listen::serve(listener, tls, router, gate, stop.clone()));
    address
}

/// What Chromium makes of this server under this name: the page, or the error it gives.
async fn browse(home: &Path, name: &str, certificate: &ServerCertificate) -> Result<(), String> {
    let stop = CancellationToken::new();
    let port = serve(certificate, &stop).await.port();
    let mut command = Command::new("timeout");
    command.args(["--kill-after=5", "90", "chromium", "--headless", "--no-sandbox", "--disable-gpu"]);
    command.args(["--no-first-run", "--disable-background-networking", "--disable-component-update"]);
    command.args(["--disable-sync", "--dump-dom", "--host-resolver-rules=MAP * 127.0.0.1"]);
    command.arg(format!("--user-data-dir={}", home.join("profile").display()));
    command.arg(format!("https://{name}:{port}/")).env("HOME", home);
    // Where a session keeps these elsewhere, the profile above would not be a clean one.
    command.env_remove("XDG_CONFIG_HOME").env_remove("XDG_DATA_HOME").env_remove("XDG_CACHE_HOME");
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap();
    stop.cancel();
    let output = output.expect("timeout is part of every Linux");
    let (page, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if page.contains(MARK) {
        return Ok(());
    }
    let error = said.split("net::").nth(1).and_then(|rest| rest.split_whitespace().next());
    Err(error.unwrap_or_else(|| panic!("neither page nor error: {page} {said}")).to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn chromium_refuses_foreign_names_under_the_constrained_intermediate_only() {
    let material = Material::new();
    let folder = tempfile::tempdir().unwrap();
    let trusting = chromium_home(Some(&material.write_root(folder.path())));
    let doubting = chromium_home(None);
    let own = material.constrained("localhost");
    let refused = |error: &str| Err(error.to_owned());
    assert_eq!(browse(doubting.path(), "localhost", &own).await, refused("ERR_CERT_AUTHORITY_INVALID"));
    assert_eq!(browse(trusting.path(), "localhost", &own).await, Ok(()));
    assert_eq!(browse(trusting.path(), BARE_NAME, &material.constrained(BARE_NAME)).await, Ok(()));
    for name in [FOREIGN_NAME, NAME_UNDER_BARE_NAME] {
        let result = browse(trusting.path(), name, &material.constrained(name)).await;
        assert_eq!(result, refused("ERR_CERT_INVALID"), "{name}");
    }
    assert_eq!(browse(trusting.path(), FOREIGN_NAME, &material.unconstrained(FOREIGN_NAME)).await, Ok(()));
}

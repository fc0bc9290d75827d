//! Requests that the box makes to servers which others have named: over TLS, to public addresses alone, and without
//! following anybody elsewhere. Whoever names a server must not make the box knock at its own network.

use crate::{roots::Roots, tls::crypto_provider};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, StatusCode, Uri, header};
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Longest time that a request may take, from the name's look-up to the answer's first line.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);
/// The only port at which others' servers are asked.
const PORT: u16 = 443;

/// Where the box may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// To public addresses, at the usual port.
    #[default]
    Public,
    /// Anywhere: for tests with servers of their own.
    DangerousAnywhere,
}

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    /// No `https` address, or one that is not public.
    #[error("it is no address that the box goes to")]
    Address,
    /// Nobody there, no TLS, or not in time.
    #[error("it can't be reached")]
    Unreachable,
}

/// Whether this can be asked at all; where its name leads is looked at when it is.
#[must_use]
pub fn is_allowed(uri: &Uri, reach: Reach) -> bool {
    let port = uri.port_u16().unwrap_or(PORT);
    uri.scheme_str() == Some("https")
        && uri.host().is_some_and(|host| !host.is_empty())
        && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'))
        && (reach == Reach::DangerousAnywhere || port == PORT)
}

/// Sends `body`, and gives the answer's status. What it says is not read.
///
/// # Errors
/// [`OutboundError`].
pub async fn post(
    roots: &Roots,
    reach: Reach,
    uri: &Uri,
    headers: HeaderMap,
    body: Vec<u8>,
) -> Result<StatusCode, OutboundError> {
    if !is_allowed(uri, reach) {
        return Err(OutboundError::Address);
    }
    let asked = ask(roots, reach, uri, headers, body);
    tokio::time::timeout(REQUEST_TIMEOUT, asked).await.unwrap_or(Err(OutboundError::Unreachable))
}

async fn ask(
    roots: &Roots,
    reach: Reach,
    uri: &Uri,
    headers: HeaderMap,
    body: Vec<u8>,
) -> Result<StatusCode, OutboundError> {
    let unreachable = |_| OutboundError::Unreachable;
    let host = uri.host().ok_or(OutboundError::Address)?;
    let name = host.trim_start_matches('[').trim_end_matches(']');
    let port = uri.port_u16().unwrap_or(PORT);
    let found = tokio::net::lookup_host((name, port)).await.map_err(|_| OutboundError::Unreachable)?;
    // Asked once: what is looked at is what is connected to.
    let allowed = |address: &SocketAddr| reach == Reach::DangerousAnywhere || is_public(address.ip());
    let address = found.into_iter().find(allowed).ok_or(OutboundError::Address)?;
    let stream = TcpStream::connect(address).await.map_err(|_| OutboundError::Unreachable)?;
    let mut trusted = RootCertStore::empty();
    trusted.add_parsable_certificates(roots.load().await.iter().cloned());
    let mut config = ClientConfig::builder_with_provider(Arc::new(crypto_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| OutboundError::Unreachable)?
        .with_root_certificates(trusted)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let server = ServerName::try_from(name.to_owned()).map_err(|_| OutboundError::Address)?;
    let stream = TlsConnector::from(Arc::new(config))
        .connect(server, stream)
        .await
        .map_err(|_| OutboundError::Unreachable)?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(unreachable)?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request =
        Request::post(path).body(Full::new(Bytes::from(body))).map_err(|_| OutboundError::Address)?;
    *request.headers_mut() = headers;
    let authority = uri.authority().map_or(host, |authority| authority.as_str());
    let value = HeaderValue::from_str(authority).map_err(|_| OutboundError::Address)?;
    request.headers_mut().insert(header::HOST, value);
    // The sender goes with its answer, and then the connection ends by itself.
    let asked = async move { sender.send_request(request).await.map(|answer| answer.status()) };
    let (answer, _) = tokio::join!(asked, connection);
    answer.map_err(unreachable)
}

/// Whether an address is somebody's on the internet: nobody's own network, this machine, or a way around to these.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19)))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    match parts {
        // Global unicast is 2000::/3; in it, ways to IPv4 addresses and what is for other purposes.
        [0x2002, high, low, ..] => is_public_v4(v4(high, low)),
        [0x2001, 0x0000..=0x01ff, ..] | [0x2001, 0xdb8, ..] | [0x3fff, 0x0000..=0x0fff, ..] => false,
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0, 0, 0, 0, 0, 0xffff, high, low] => {
            is_public_v4(v4(high, low))
        }
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses() {
        for (address, expect) in [
            ("93.184.216.34", true),
            ("8.8.8.8", true),
            ("10.0.0.1", false),
            ("172.16.0.1", false),
            ("172.32.0.1", true),
            ("192.168.1.1", false),
            ("127.0.0.1", false),
            ("127.255.0.1", false),
            ("169.254.169.254", false),
            ("100.64.0.1", false),
            ("100.128.0.1", true),
            ("0.0.0.0", false),
            ("192.0.0.1", false),
            ("192.0.2.1", false),
            ("198.18.0.1", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("2606:4700::1111", true),
            ("::1", false),
            ("::", false),
            ("fe80::1", false),
            ("fc00::1", false),
            ("fd12::1", false),
            ("ff02::1", false),
            ("2001:db8::1", false),
            ("2001::1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:8.8.8.8", true),
            ("64:ff9b::a00:1", false),
            ("2002:7f00:1::", false),
            ("2002:808:808::", true),
        ] {
            assert_eq!(is_public(address.parse().unwrap()), expect, "{address}");
        }
    }

    #[test]
    fn only_https_at_the_usual_port() {
        for (uri, public, anywhere) in [
            ("https://push.example.org/x", true, true),
            ("https://push.example.org:443/x", true, true),
            ("https://push.example.org:8443/x", false, true),
            ("http://push.example.org/x", false, false),
            ("https://user@push.example.org/x", false, false),
            ("/x", false, false),
        ] {
            let uri: Uri = uri.parse().unwrap();
            assert_eq!(is_allowed(&uri, Reach::Public), public, "{uri}");
            assert_eq!(is_allowed(&uri, Reach::DangerousAnywhere), anywhere, "{uri}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_not_followed() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let roots = Roots::Given(Arc::new([]));
        let asked = async |host: &str| {
            let uri = format!("https://{host}/x").parse().unwrap();
            post(&roots, Reach::Public, &uri, HeaderMap::new(), Vec::new()).await
        };
        for host in ["localhost", "127.0.0.1", "[::1]", "10.0.0.1"] {
            assert_eq!(asked(host).await, Err(OutboundError::Address), "{host}");
        }
        drop(listener);
    }
}

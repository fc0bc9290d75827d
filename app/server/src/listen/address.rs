//! Who a request comes from, without keeping an address.
//!
//! Addresses are turned into a keyed hash right where a connection or a header gives them; the key lives in
//! memory and changes every day. What the rest of the server gets can count and compare within a day, and can
//! neither be shown nor looked up later.

use std::convert::Infallible;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::hmac;
use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::header::{FORWARDED, HeaderName};
use http::request::Parts;

use crate::host::{Host, Network};

/// Most entries of a forwarding header that are looked at, from the right.
const FORWARDED_ENTRIES_MAX: usize = 32;
const DAY_S: u64 = 24 * 60 * 60;
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The network a request comes from, as today's keyed hash: equal for requests of one IPv4 address or of one
/// IPv6 /64 on one day. It is put into each request's extensions; a handler takes it as an argument.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct ClientAddress([u8; 16]);

impl fmt::Debug for ClientAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ClientAddress(…)")
    }
}

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    /// A request that didn't come through [`super::serve`] (in a test of a router alone) counts as coming
    /// from one common network, so that limits stay effective rather than absent.
    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or(Self([0; 16])))
    }
}

/// The clock: seconds since 1970.
type Clock = Box<dyn Fn() -> u64 + Send + Sync>;
/// The source of randomness: fills the bytes.
type Random = Box<dyn Fn(&mut [u8; 32]) + Send + Sync>;

/// Hashes addresses under a key that is drawn anew each day (UTC).
pub struct AddressKeys {
    clock: Clock,
    random: Random,
    today: Mutex<Option<(u64, hmac::Key)>>,
}

impl AddressKeys {
    /// `clock` gives seconds since 1970, `random` fills with secure random bytes.
    pub fn new(
        clock: impl Fn() -> u64 + Send + Sync + 'static,
        random: impl Fn(&mut [u8; 32]) + Send + Sync + 'static,
    ) -> Self {
        Self { clock: Box::new(clock), random: Box::new(random), today: Mutex::new(None) }
    }

    /// Today's hash of an address.
    #[must_use]
    pub fn hash(&self, address: IpAddr) -> ClientAddress {
        let day = (self.clock)() / DAY_S;
        let mut today = self.today.lock().unwrap_or_else(PoisonError::into_inner);
        let key = match &*today {
            Some((of_day, key)) if *of_day == day => key,
            _ => {
                let mut bytes = [0; 32];
                (self.random)(&mut bytes);
                &today.insert((day, hmac::Key::new(hmac::HMAC_SHA256, &bytes))).1
            }
        };
        let tag = match address.to_canonical() {
            IpAddr::V4(v4) => hmac::sign(key, &v4.octets()),
            // A household or a phone gets a whole /64 to choose addresses from.
            IpAddr::V6(v6) => hmac::sign(key, &v6.octets()[..8]),
        };
        let mut hash = [0; 16];
        hash.copy_from_slice(&tag.as_ref()[..16]);
        ClientAddress(hash)
    }
}

/// Which header a trusted proxy writes the client's address into. Only that one is read: another one would
/// come through from the client untouched.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`, as nginx, Apache, Caddy, Traefik and HAProxy write it.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// The reverse proxies whose word about the client's address is believed. None by default.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies {
    /// Where they are.
    pub networks: Vec<Network>,
    /// What they write.
    pub header: ForwardedHeader,
}

impl TrustedProxies {
    /// Whether this is one of them.
    #[must_use]
    pub fn trust(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.contains(address))
    }

    /// The client's address: the connection's other end, or, while that is a trusted proxy, whom it names.
    /// Where a proxy names nobody understandable, the proxy itself counts as the client.
    pub(super) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        if !self.trust(client) {
            return client;
        }
        let name = match self.header {
            ForwardedHeader::XForwardedFor => X_FORWARDED_FOR,
            ForwardedHeader::Forwarded => FORWARDED,
        };
        // Each proxy appends on the right, so the entries are believed from there, as long as they were
        // written by somebody trusted.
        let values: Vec<&str> =
            headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("")).collect();
        for entry in values.iter().rev().flat_map(|value| value.rsplit(',')).take(FORWARDED_ENTRIES_MAX) {
            let node = match self.header {
                ForwardedHeader::XForwardedFor => Some(entry.trim()),
                ForwardedHeader::Forwarded => forwarded_for(entry),
            };
            match node.and_then(node_address) {
                Some(address) => client = address,
                None => break,
            }
            if !self.trust(client) {
                break;
            }
        }
        client
    }
}

/// The `for` of one element of a `Forwarded` header.
fn forwarded_for(element: &str) -> Option<&str> {
    element.split(';').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        key.trim().eq_ignore_ascii_case("for").then(|| value.trim().trim_matches('"'))
    })
}

/// The address in `1.2.3.4`, `1.2.3.4:80`, `::1`, `[::1]` or `[::1]:80`; none in `unknown` or `_hidden`.
fn node_address(node: &str) -> Option<IpAddr> {
    if let Ok(address) = node.parse::<IpAddr>() {
        return Some(address.to_canonical());
    }
    match Host::parse_authority(node) {
        Ok(Host::Address(address)) => Some(address),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn keys(clock: Arc<AtomicU64>) -> AddressKeys {
        let drawn = AtomicU8::new(0);
        let random = move |bytes: &mut [u8; 32]| bytes.fill(drawn.fetch_add(1, Ordering::Relaxed));
        AddressKeys::new(move || clock.load(Ordering::Relaxed), random)
    }

    #[test]
    fn a_hash_is_the_same_for_one_network_on_one_day() {
        let clock = Arc::new(AtomicU64::new(10 * DAY_S));
        let keys = keys(clock.clone());
        let first = keys.hash(ip("192.0.2.1"));
        assert_eq!(keys.hash(ip("192.0.2.1")), first);
        assert_eq!(keys.hash(ip("::ffff:192.0.2.1")), first);
        assert_ne!(keys.hash(ip("192.0.2.2")), first);
        assert_eq!(keys.hash(ip("2001:db8:0:1::1")), keys.hash(ip("2001:db8:0:1:ffff::2")));
        assert_ne!(keys.hash(ip("2001:db8:0:1::1")), keys.hash(ip("2001:db8:0:2::1")));
        clock.store(11 * DAY_S - 1, Ordering::Relaxed);
        assert_eq!(keys.hash(ip("192.0.2.1")), first);
        clock.store(11 * DAY_S, Ordering::Relaxed);
        assert_ne!(keys.hash(ip("192.0.2.1")), first);
    }

    #[test]
    fn a_client_address_shows_nothing() {
        let hash = keys(Arc::default()).hash(ip("192.0.2.1"));
        assert_eq!(format!("{hash:?}"), "ClientAddress(…)");
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        fn check(header: ForwardedHeader, peer: &str, headers: &[(&'static str, &str)], expect: &str) {
            let networks = vec![Network::parse("10.0.0.0/8").unwrap(), Network::parse("fd00::/8").unwrap()];
            let proxies = TrustedProxies { networks, header };
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.append(*name, value.parse().unwrap());
            }
            assert_eq!(proxies.client(ip(peer), &map), ip(expect), "{peer} {headers:?}");
        }
        use ForwardedHeader::{Forwarded, XForwardedFor};
        const X: &str = "x-forwarded-for";
        const F: &str = "forwarded";
        check(XForwardedFor, "192.0.2.9", &[], "192.0.2.9");
        check(XForwardedFor, "192.0.2.9", &[(X, "198.51.100.1")], "192.0.2.9");
        check(XForwardedFor, "10.0.0.1", &[(X, "198.51.100.1")], "198.51.100.1");
        check(XForwardedFor, "::ffff:10.0.0.1", &[(X, "198.51.100.1")], "198.51.100.1");
        check(XForwardedFor, "10.0.0.1", &[(X, "1.1.1.1, 198.51.100.1")], "198.51.100.1");
        check(XForwardedFor, "10.0.0.1", &[(X, "1.1.1.1, 198.51.100.1, 10.0.0.2")], "198.51.100.1");
        check(XForwardedFor, "10.0.0.1", &[(X, "1.1.1.1"), (X, "198.51.100.1,10.0.0.2")], "198.51.100.1");
        check(XForwardedFor, "10.0.0.1", &[(X, "198.51.100.1:4711")], "198.51.100.1");
        check(XForwardedFor, "fd00::1", &[(X, "2001:db8::7")], "2001:db8::7");
        // Named nobody, or rubbish: the proxy itself.
        check(XForwardedFor, "10.0.0.1", &[], "10.0.0.1");
        check(XForwardedFor, "10.0.0.1", &[(X, "")], "10.0.0.1");
        check(XForwardedFor, "10.0.0.1", &[(X, "unknown")], "10.0.0.1");
        check(XForwardedFor, "10.0.0.1", &[(X, "198.51.100.1, rubbish")], "10.0.0.1");
        // The other header comes from the client.
        check(XForwardedFor, "10.0.0.1", &[(F, "for=198.51.100.1")], "10.0.0.1");
        check(Forwarded, "10.0.0.1", &[(X, "198.51.100.1")], "10.0.0.1");
        check(Forwarded, "10.0.0.1", &[(F, "for=1.1.1.1, for=198.51.100.1;proto=https")], "198.51.100.1");
        check(Forwarded, "10.0.0.1", &[(F, "proto=https;For=\"[2001:db8::7]:4711\"")], "2001:db8::7");
        check(Forwarded, "10.0.0.1", &[(F, "for=_hidden")], "10.0.0.1");
        check(Forwarded, "192.0.2.9", &[(F, "for=198.51.100.1")], "192.0.2.9");
        // A chain longer than anybody has: the walk ends at the limit, still at a proxy.
        let long = format!("198.51.100.1{}", ", 10.0.0.7".repeat(FORWARDED_ENTRIES_MAX));
        check(XForwardedFor, "10.0.0.1", &[(X, &long)], "10.0.0.7");
    }
}

//! Hosts as people and browsers write them: a DNS name or an address.
//!
//! Certificates, redirects and HSTS all have to know what a host is, and an answer that echoes a host
//! may only echo one that was parsed here. Nothing here looks a name up.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Longest DNS name in text form, in bytes (RFC 1035 §2.3.4, without the trailing dot).
const NAME_BYTES_MAX: usize = 253;
/// Longest label of a DNS name, in bytes (RFC 1035 §2.3.4).
const LABEL_BYTES_MAX: usize = 63;

/// Endings of names which no public authority certifies and which mean another box in another network:
/// RFC 6761, RFC 6762, RFC 8375, RFC 7686, ICANN's `.internal`, and what home routers in Germany give out.
const PRIVATE_SUFFIXES: &[&str] = &[
    "localhost",
    "local",
    "internal",
    "home.arpa",
    "test",
    "invalid",
    "example",
    "onion",
    "lan",
    "home",
    "corp",
    "intranet",
    "private",
    "localdomain",
    "fritz.box",
];

/// Why a text isn't a host.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum HostError {
    /// Nothing was given.
    #[error("the host is empty")]
    Empty,
    /// Longer than a DNS name can be.
    #[error("the host is longer than {NAME_BYTES_MAX} characters")]
    TooLong,
    /// A character or an arrangement that neither a DNS name nor an address has. Names with umlauts have
    /// to be given in their ASCII form (`xn--…`).
    #[error(
        "the host is neither a name made of letters, digits and hyphens nor an address (names with umlauts: give the form that begins with xn--)"
    )]
    Malformed,
}

/// A DNS name in lower case, without trailing dot: labels of letters, digits and inner hyphens, the last
/// one not all digits.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct DnsName(String);

impl DnsName {
    /// Parses a name; upper case and one trailing dot are accepted and removed.
    ///
    /// # Errors
    /// [`HostError`] when it isn't a name.
    pub fn parse(text: &str) -> Result<Self, HostError> {
        let text = text.strip_suffix('.').unwrap_or(text);
        if text.is_empty() {
            return Err(HostError::Empty);
        }
        if text.len() > NAME_BYTES_MAX {
            return Err(HostError::TooLong);
        }
        let label_is_good = |label: &str| {
            (1..=LABEL_BYTES_MAX).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let last_is_number = text.rsplit('.').next().is_some_and(|l| l.bytes().all(|b| b.is_ascii_digit()));
        if !text.split('.').all(label_is_good) || last_is_number {
            return Err(HostError::Malformed);
        }
        Ok(Self(text.to_ascii_lowercase()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the name has no dot, like `localhost` or a bare host name.
    #[must_use]
    pub fn is_single_label(&self) -> bool {
        !self.0.contains('.')
    }

    /// Whether the name is `ancestor` itself or lies under it.
    #[must_use]
    pub fn is_within(&self, ancestor: &str) -> bool {
        self.0.strip_suffix(ancestor).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

impl fmt::Display for DnsName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A DNS name or a bare address.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Host {
    /// A name.
    Name(DnsName),
    /// An address; IPv4 in an IPv6 coat is kept as IPv4.
    Address(IpAddr),
}

impl Host {
    /// Parses `name`, `1.2.3.4`, `::1` or `[::1]`, without port.
    ///
    /// # Errors
    /// [`HostError`] when it is none of them.
    pub fn parse(text: &str) -> Result<Self, HostError> {
        if let Some(inner) = text.strip_prefix('[') {
            let inner = inner.strip_suffix(']').ok_or(HostError::Malformed)?;
            let address: Ipv6Addr = inner.parse().map_err(|_| HostError::Malformed)?;
            return Ok(Self::Address(IpAddr::V6(address).to_canonical()));
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::Address(address.to_canonical()));
        }
        DnsName::parse(text).map(Self::Name)
    }

    /// Parses what stands in a `Host` header or in the authority of a request: a host and perhaps a port.
    ///
    /// # Errors
    /// [`HostError`] when the host or the port is malformed, or when there is user information.
    pub fn parse_authority(text: &str) -> Result<Self, HostError> {
        if text.is_empty() {
            return Err(HostError::Empty);
        }
        let (host, port) = match (text.starts_with('['), text.rfind(']')) {
            (true, Some(end)) => text.split_at(end + 1),
            (true, None) => return Err(HostError::Malformed),
            (false, _) => text.split_at(text.find(':').unwrap_or(text.len())),
        };
        let port_is_good = port.is_empty()
            || port
                .strip_prefix(':')
                .is_some_and(|digits| digits.len() <= 5 && digits.bytes().all(|byte| byte.is_ascii_digit()));
        if !port_is_good {
            return Err(HostError::Malformed);
        }
        Self::parse(host)
    }

    /// The host which a request names: the authority of its target (HTTP/2) or its only `Host` header.
    /// Nothing when there is none, when there are several, or when it is malformed.
    #[must_use]
    pub fn of_request<B>(request: &http::Request<B>) -> Option<Self> {
        if let Some(authority) = request.uri().authority() {
            return Self::parse_authority(authority.as_str()).ok();
        }
        let mut values = request.headers().get_all(http::header::HOST).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => Self::parse_authority(value.to_str().ok()?).ok(),
            _ => None,
        }
    }

    /// Whether this is a name which the public DNS can hold, so that a promise about it (HSTS) can't hit
    /// another box of the same name in another network. Never true for an address.
    #[must_use]
    pub fn is_public_name(&self) -> bool {
        match self {
            Self::Address(_) => false,
            Self::Name(name) => {
                !name.is_single_label() && !PRIVATE_SUFFIXES.iter().any(|suffix| name.is_within(suffix))
            }
        }
    }
}

impl fmt::Display for Host {
    /// As in an address bar: IPv6 in brackets.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => name.fmt(formatter),
            Self::Address(IpAddr::V4(address)) => address.fmt(formatter),
            Self::Address(IpAddr::V6(address)) => write!(formatter, "[{address}]"),
        }
    }
}

impl From<IpAddr> for Host {
    fn from(address: IpAddr) -> Self {
        Self::Address(address.to_canonical())
    }
}

/// A range of addresses: all that share their first `prefix_bits` bits with `base`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Network {
    base: IpAddr,
    prefix_bits: u8,
}

impl Network {
    /// A range of IPv4 addresses. `prefix_bits` above 32 counts as 32.
    #[must_use]
    pub const fn v4(base: Ipv4Addr, prefix_bits: u8) -> Self {
        Self { base: IpAddr::V4(base), prefix_bits: if prefix_bits > 32 { 32 } else { prefix_bits } }
    }

    /// A range of IPv6 addresses. `prefix_bits` above 128 counts as 128.
    #[must_use]
    pub const fn v6(base: Ipv6Addr, prefix_bits: u8) -> Self {
        Self { base: IpAddr::V6(base), prefix_bits: if prefix_bits > 128 { 128 } else { prefix_bits } }
    }

    /// The range that holds one address only.
    #[must_use]
    pub const fn single(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::v4(address, 32),
            IpAddr::V6(address) => Self::v6(address, 128),
        }
    }

    /// Parses `10.0.0.0/8`, `fd00::/8` or a single address.
    ///
    /// # Errors
    /// [`HostError`] when it is none of them or the prefix is longer than the address.
    pub fn parse(text: &str) -> Result<Self, HostError> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let whole = Self::single(address.parse().map_err(|_| HostError::Malformed)?);
        match prefix {
            None => Ok(whole),
            Some(bits) => match bits.parse::<u8>() {
                Ok(prefix_bits) if prefix_bits <= whole.prefix_bits => Ok(Self { prefix_bits, ..whole }),
                _ => Err(HostError::Malformed),
            },
        }
    }

    /// First address as given, and the number of leading bits that count.
    #[must_use]
    pub const fn base_and_prefix(&self) -> (IpAddr, u8) {
        (self.base, self.prefix_bits)
    }

    /// Whether the address lies in the range. IPv4 never lies in an IPv6 range nor the reverse.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let differing_bits = match (self.base, address) {
            (IpAddr::V4(base), IpAddr::V4(other)) => (base.to_bits() ^ other.to_bits())
                .checked_shr(32 - u32::from(self.prefix_bits))
                .unwrap_or(0) as u128,
            (IpAddr::V6(base), IpAddr::V6(other)) => {
                (base.to_bits() ^ other.to_bits()).checked_shr(128 - u32::from(self.prefix_bits)).unwrap_or(0)
            }
            _ => return false,
        };
        differing_bits == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_parsed_or_refused() {
        fn check(text: &str, expect: Result<&str, HostError>) {
            assert_eq!(Host::parse(text).map(|h| h.to_string()), expect.map(str::to_owned), "{text:?}");
        }
        check("localhost", Ok("localhost"));
        check("Beistand.LOCAL.", Ok("beistand.local"));
        check("xn--mnchen-3ya.de", Ok("xn--mnchen-3ya.de"));
        check("192.168.1.7", Ok("192.168.1.7"));
        check("::1", Ok("[::1]"));
        check("[fd00::1]", Ok("[fd00::1]"));
        check("::ffff:10.0.0.1", Ok("10.0.0.1"));
        check("", Err(HostError::Empty));
        check(".", Err(HostError::Empty));
        check("münchen.de", Err(HostError::Malformed));
        check("a..b", Err(HostError::Malformed));
        check("-a.de", Err(HostError::Malformed));
        check("a-.de", Err(HostError::Malformed));
        check("a_b.de", Err(HostError::Malformed));
        check("1.2.3", Err(HostError::Malformed));
        check("300.1.1.1", Err(HostError::Malformed));
        check("a b", Err(HostError::Malformed));
        check("*.de", Err(HostError::Malformed));
        check("[::1", Err(HostError::Malformed));
        check("[1.2.3.4]", Err(HostError::Malformed));
        check(&"a".repeat(64), Err(HostError::Malformed));
        check(&"a.".repeat(200), Err(HostError::TooLong));
    }

    #[test]
    fn authorities_are_parsed_or_refused() {
        fn check(text: &str, expect: Option<&str>) {
            assert_eq!(
                Host::parse_authority(text).ok().map(|h| h.to_string()).as_deref(),
                expect,
                "{text:?}"
            );
        }
        check("localhost:8443", Some("localhost"));
        check("localhost", Some("localhost"));
        check("[::1]:8443", Some("[::1]"));
        check("10.0.0.1:443", Some("10.0.0.1"));
        check("localhost:", Some("localhost"));
        check("localhost:port", None);
        check("localhost:123456", None);
        check("user@localhost", None);
        check("user:word@localhost", None);
        check("[::1]x", None);
        check("::1", None);
        check("a/b", None);
        check("a\r\nb", None);
        check("", None);
    }

    #[test]
    fn only_names_of_the_public_dns_are_public() {
        fn check(text: &str, expect: bool) {
            assert_eq!(Host::parse(text).unwrap().is_public_name(), expect, "{text:?}");
        }
        check("beratung.verein.de", true);
        check("mylocal.de", true);
        check("notlocalhost.org", true);
        for private in [
            "localhost",
            "a.localhost",
            "beistand.local",
            "x.beistand.local",
            "beistand",
            "box.internal",
            "box.home.arpa",
            "beistand.fritz.box",
            "abc.onion",
            "192.168.1.7",
            "203.0.113.7",
            "::1",
        ] {
            check(private, false);
        }
    }

    #[test]
    fn networks_hold_their_addresses_only() {
        fn check(network: &str, address: &str, expect: bool) {
            let network = Network::parse(network).unwrap();
            assert_eq!(network.contains(address.parse().unwrap()), expect, "{network:?} {address}");
        }
        check("10.0.0.0/8", "10.255.0.1", true);
        check("10.0.0.0/8", "11.0.0.1", false);
        check("172.16.0.0/12", "172.31.255.255", true);
        check("172.16.0.0/12", "172.32.0.0", false);
        check("0.0.0.0/0", "203.0.113.1", true);
        check("203.0.113.5", "203.0.113.5", true);
        check("203.0.113.5", "203.0.113.4", false);
        check("fc00::/7", "fd12::1", true);
        check("fc00::/7", "fe80::1", false);
        check("::/0", "10.0.0.1", false);
        check("::1", "::1", true);
        for bad in ["", "10.0.0.0/33", "fd00::/129", "10.0.0.0/", "10.0.0/8", "a/8"] {
            assert_eq!(Network::parse(bad), Err(HostError::Malformed), "{bad:?}");
        }
    }
}

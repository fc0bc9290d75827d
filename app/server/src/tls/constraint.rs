//! Name constraints: the only names the authority of this box can vouch for (RFC 5280 §4.2.1.10).

use std::net::{Ipv4Addr, Ipv6Addr};

use rcgen::{CidrSubnet, GeneralSubtree, NameConstraints};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::X509Certificate;

use super::error::CertificateError;
use super::name::BoxNames;
use crate::host::{Host, Network};

/// Addresses that mean a machine in the same house: loopback, RFC 1918, link-local, RFC 4193.
const PRIVATE_NETWORKS: [Network; 8] = [
    Network::v4(Ipv4Addr::new(127, 0, 0, 0), 8),
    Network::v4(Ipv4Addr::new(10, 0, 0, 0), 8),
    Network::v4(Ipv4Addr::new(172, 16, 0, 0), 12),
    Network::v4(Ipv4Addr::new(192, 168, 0, 0), 16),
    Network::v4(Ipv4Addr::new(169, 254, 0, 0), 16),
    Network::v6(Ipv6Addr::LOCALHOST, 128),
    Network::v6(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7),
    Network::v6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10),
];

/// What an authority may sign.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Constraints {
    /// Names that are allowed with everything under them.
    names: Vec<String>,
    /// Names under which nothing is allowed (they may be allowed themselves).
    childless: Vec<String>,
    networks: Vec<Network>,
}

impl Constraints {
    /// The constraints for a new authority of a box with these names: its names with what lies under them,
    /// the private networks, and configured addresses outside of those. Of the machine's own public addresses
    /// none is included: whoever runs a box at one configures it.
    ///
    /// A name without a dot is allowed only itself: were the box called `com`, its authority could otherwise
    /// sign for half of the world.
    #[must_use]
    pub fn for_box(names: &BoxNames) -> Self {
        let mut constraints = Self { networks: PRIVATE_NETWORKS.to_vec(), ..Self::default() };
        for host in names.all() {
            if let Host::Name(name) = host {
                if name.is_single_label() {
                    constraints.childless.push(name.as_str().to_owned());
                }
                constraints.names.push(name.as_str().to_owned());
            }
        }
        for host in names.configured() {
            if let Host::Address(address) = host
                && !constraints.permit(host)
            {
                constraints.networks.push(Network::single(*address));
            }
        }
        constraints
    }

    /// Whether a certificate for `host` passes.
    #[must_use]
    pub fn permit(&self, host: &Host) -> bool {
        match host {
            Host::Address(address) => self.networks.iter().any(|network| network.contains(*address)),
            Host::Name(name) => {
                let is_excluded =
                    self.childless.iter().any(|parent| name.as_str() != parent && name.is_within(parent));
                !is_excluded && self.names.iter().any(|allowed| name.is_within(allowed))
            }
        }
    }

    /// The extension for a certificate that is about to be signed.
    pub(super) fn to_extension(&self) -> NameConstraints {
        let names = self.names.iter().cloned().map(GeneralSubtree::DnsName);
        let networks = self.networks.iter().map(|network| {
            let (base, prefix_bits) = network.base_and_prefix();
            GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(base, prefix_bits))
        });
        NameConstraints {
            permitted_subtrees: names.chain(networks).collect(),
            excluded_subtrees: self
                .childless
                .iter()
                .map(|name| GeneralSubtree::DnsName(format!(".{name}")))
                .collect(),
        }
    }

    /// Reads them back from an authority's certificate, which is the only place where they are kept.
    ///
    /// # Errors
    /// [`CertificateError::Malformed`] when the certificate has none, or some this server never makes.
    pub(super) fn of_certificate(certificate: &X509Certificate<'_>) -> Result<Self, CertificateError> {
        const ODD: CertificateError = CertificateError::Malformed("unexpected name constraints");
        let extension = certificate.name_constraints().map_err(|_| ODD)?;
        let extension = extension.ok_or(CertificateError::Malformed("no name constraints"))?;
        if !extension.critical {
            return Err(ODD);
        }
        let mut constraints = Self::default();
        for subtree in extension.value.permitted_subtrees.iter().flatten() {
            match subtree.base {
                GeneralName::DNSName(name) => constraints.names.push(name.to_owned()),
                GeneralName::IPAddress(bytes) => constraints.networks.push(network_of(bytes).ok_or(ODD)?),
                _ => return Err(ODD),
            }
        }
        for subtree in extension.value.excluded_subtrees.iter().flatten() {
            match subtree.base {
                GeneralName::DNSName(name) => {
                    constraints.childless.push(name.strip_prefix('.').ok_or(ODD)?.to_owned());
                }
                _ => return Err(ODD),
            }
        }
        Ok(constraints)
    }
}

/// Address and mask, as RFC 5280 writes them one after the other.
fn network_of(bytes: &[u8]) -> Option<Network> {
    if let Ok(v4) = <[u8; 8]>::try_from(bytes) {
        let (base, mask) =
            (u32::from_be_bytes(v4[..4].try_into().ok()?), u32::from_be_bytes(v4[4..].try_into().ok()?));
        let is_prefix = mask.leading_ones() + mask.trailing_zeros() >= 32;
        return is_prefix.then(|| Network::v4(Ipv4Addr::from_bits(base), mask.leading_ones() as u8));
    }
    let v6 = <[u8; 32]>::try_from(bytes).ok()?;
    let (base, mask) =
        (u128::from_be_bytes(v6[..16].try_into().ok()?), u128::from_be_bytes(v6[16..].try_into().ok()?));
    let is_prefix = mask.leading_ones() + mask.trailing_zeros() >= 128;
    is_prefix.then(|| Network::v6(Ipv6Addr::from_bits(base), mask.leading_ones() as u8))
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn host(text: &str) -> Host {
        Host::parse(text).unwrap()
    }

    #[test]
    fn own_names_and_private_addresses_pass_and_others_do_not() {
        let names = BoxNames::new(
            [host("beratung.verein.de"), host("203.0.113.5")],
            [host("com"), host("198.51.100.1")],
        );
        let constraints = Constraints::for_box(&names.unwrap());
        for good in [
            "localhost",
            "beistand.local",
            "x.beistand.local",
            "beratung.verein.de",
            "a.beratung.verein.de",
            "com",
            "127.0.0.1",
            "::1",
            "10.1.2.3",
            "172.20.0.1",
            "192.168.178.20",
            "169.254.1.1",
            "fd00::7",
            "fe80::1",
            "203.0.113.5",
        ] {
            assert!(constraints.permit(&host(good)), "{good}");
        }
        for bad in [
            "example.org",
            "verein.de",
            "notberatung.verein.de",
            "local",
            "other.local",
            "example.com",
            "a.localhost",
            "198.51.100.1",
            "203.0.113.6",
            "8.8.8.8",
            "172.32.0.1",
            "2001:db8::1",
        ] {
            assert!(!constraints.permit(&host(bad)), "{bad}");
        }
    }

    #[test]
    fn a_mask_with_holes_is_refused() {
        assert_eq!(
            network_of(&[10, 0, 0, 0, 255, 0, 0, 0]),
            Some(Network::v4(Ipv4Addr::new(10, 0, 0, 0), 8))
        );
        assert_eq!(network_of(&[10, 0, 0, 0, 255, 0, 255, 0]), None);
        assert_eq!(network_of(&[10, 0, 0, 0]), None);
        assert_eq!(network_of(&[0; 8]), Some(Network::v4(Ipv4Addr::UNSPECIFIED, 0)));
    }

    #[test]
    fn ranges_that_look_private_are_the_private_ones() {
        for network in PRIVATE_NETWORKS {
            let (base, _) = network.base_and_prefix();
            let is_private = match base {
                IpAddr::V4(v4) => v4.is_private() || v4.is_loopback() || v4.is_link_local(),
                IpAddr::V6(v6) => v6.is_unique_local() || v6.is_loopback() || v6.is_unicast_link_local(),
            };
            assert!(is_private, "{network:?}");
        }
    }
}

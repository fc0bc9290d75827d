//! Which names and addresses the box is reached by: what its certificate has to cover.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use nix::ifaddrs::getifaddrs;
use nix::net::if_::InterfaceFlags;

use super::error::CertificateError;
use crate::host::{DnsName, Host};

/// The name under which a box announces itself in its own network.
pub const LOCAL_NAME: &str = "beistand.local";
/// Most names that can be configured.
pub const CONFIGURED_NAMES_MAX: usize = 16;
/// Most addresses of the machine that go into a certificate.
const MACHINE_ADDRESSES_MAX: usize = 32;

/// The box's names, in two classes: for a configured name that the authority can't certify a new authority
/// is worth its trouble; what the machine merely happens to be called today never replaces an authority.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct BoxNames {
    configured: BTreeSet<Host>,
    machine: BTreeSet<Host>,
}

impl BoxNames {
    /// `localhost`, `beistand.local`, the loopback addresses, what was configured and what is given as the
    /// machine's own.
    ///
    /// # Errors
    /// [`CertificateError::TooManyNames`] above [`CONFIGURED_NAMES_MAX`] configured ones. Of the machine's
    /// own names what is too much is left out instead: nobody chose them.
    pub fn new(
        configured: impl IntoIterator<Item = Host>,
        machine: impl IntoIterator<Item = Host>,
    ) -> Result<Self, CertificateError> {
        let configured: BTreeSet<Host> = configured.into_iter().collect();
        if configured.len() > CONFIGURED_NAMES_MAX {
            return Err(CertificateError::TooManyNames { limit: CONFIGURED_NAMES_MAX });
        }
        let always = ["localhost", LOCAL_NAME].into_iter().filter_map(|name| Host::parse(name).ok());
        let loopback = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)].map(Host::from);
        let machine = always.chain(loopback).chain(machine.into_iter().take(MACHINE_ADDRESSES_MAX)).collect();
        Ok(Self { configured, machine })
    }

    /// As [`BoxNames::new`], with the machine's host name (also under `.local`, as mDNS announces it) and the
    /// addresses of its interfaces as they are at this moment.
    ///
    /// # Errors
    /// As [`BoxNames::new`]. A machine that doesn't tell its name or addresses is no error.
    pub fn of_machine(configured: impl IntoIterator<Item = Host>) -> Result<Self, CertificateError> {
        let host_name = nix::unistd::gethostname().ok().and_then(|name| name.into_string().ok());
        let names = host_name.iter().flat_map(|name| host_names(name));
        Self::new(configured, names.chain(interface_addresses().into_iter().map(Host::from)))
    }

    /// What the operator asked for.
    pub fn configured(&self) -> impl Iterator<Item = &Host> {
        self.configured.iter()
    }

    /// Everything, each once.
    pub fn all(&self) -> impl Iterator<Item = &Host> {
        self.configured.union(&self.machine)
    }
}

/// The host name itself and its first label under `.local`. Names which would collide with what every box is
/// called or with a whole private zone are nobody's own and are left out.
fn host_names(host_name: &str) -> Vec<Host> {
    const ZONES: &[&str] =
        &["localhost", "localdomain", "local", "internal", "arpa", "home", "lan", "invalid", "test"];
    let Ok(name) = DnsName::parse(host_name) else { return Vec::new() };
    let is_zone = ZONES.contains(&name.as_str())
        || name.is_within("localhost")
        || name.as_str() == "localhost.localdomain";
    if is_zone {
        return Vec::new();
    }
    let announced =
        name.as_str().split('.').next().and_then(|label| DnsName::parse(&format!("{label}.local")).ok());
    std::iter::once(name).chain(announced).map(Host::Name).collect()
}

/// Addresses of the interfaces that are up, without those no browser can be sent to.
fn interface_addresses() -> BTreeSet<IpAddr> {
    let Ok(interfaces) = getifaddrs() else { return BTreeSet::new() };
    interfaces
        .filter(|interface| interface.flags.contains(InterfaceFlags::IFF_UP))
        .filter_map(|interface| {
            let address = interface.address?;
            let v4 = address.as_sockaddr_in().map(|v4| IpAddr::V4(v4.ip()));
            v4.or_else(|| address.as_sockaddr_in6().map(|v6| IpAddr::V6(v6.ip())))
        })
        .filter(|address| match address {
            IpAddr::V4(v4) => !v4.is_unspecified() && !v4.is_multicast(),
            // Link-local IPv6 needs a zone, which no address bar takes.
            IpAddr::V6(v6) => !v6.is_unspecified() && !v6.is_multicast() && !v6.is_unicast_link_local(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_become_names_of_the_box() {
        fn check(host_name: &str, expect: &[&str]) {
            let names: Vec<String> = host_names(host_name).iter().map(Host::to_string).collect();
            assert_eq!(names, expect, "{host_name:?}");
        }
        check("debian", &["debian", "debian.local"]);
        check("box.verein.org", &["box.verein.org", "box.local"]);
        check("box.local", &["box.local", "box.local"]);
        check("local", &[]);
        check("localhost", &[]);
        check("localhost.localdomain", &[]);
        check("a_b", &[]);
        check("", &[]);
    }

    #[test]
    fn the_machine_knows_its_loopback_address() {
        assert!(interface_addresses().contains(&IpAddr::V4(Ipv4Addr::LOCALHOST)));
        let names = BoxNames::of_machine([]).unwrap();
        for expect in ["localhost", "beistand.local", "127.0.0.1", "::1"] {
            assert!(names.all().any(|host| *host == Host::parse(expect).unwrap()), "{expect}");
        }
    }

    #[test]
    fn too_many_configured_names_are_refused() {
        let names = |count: usize| (0..count).map(|number| Host::parse(&format!("a{number}.de")).unwrap());
        assert!(BoxNames::new(names(CONFIGURED_NAMES_MAX), []).is_ok());
        let refused = BoxNames::new(names(CONFIGURED_NAMES_MAX + 1), []);
        assert!(matches!(refused, Err(CertificateError::TooManyNames { .. })));
    }
}

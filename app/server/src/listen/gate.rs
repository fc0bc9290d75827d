//! How many connections there may be, in all and from one network.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use http::HeaderMap;

use super::Limits;
use super::address::{AddressKeys, ClientAddress, TrustedProxies};
use crate::allowance::Rate;
use crate::pace::Pace;

/// Refusals that a network gets at once, and each second after that.
const REFUSALS: Rate = Rate { burst: 10.0, per_s: 0.25 };

/// What all listeners of the process share: limits, counts, and how an address becomes a [`ClientAddress`].
pub struct Gate {
    pub(super) limits: Limits,
    keys: AddressKeys,
    proxies: TrustedProxies,
    connections: AtomicUsize,
    of_network: Mutex<HashMap<ClientAddress, usize>>,
    /// Refusals come late to whoever gets many of them.
    pub(super) refusals: Pace,
}

/// Why a connection was turned away.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum TurnedAway {
    /// There are as many as there may be.
    Full,
    /// One network has as many as it may have.
    NetworkFull,
}

impl Gate {
    /// Nobody is in yet.
    #[must_use]
    pub fn new(limits: Limits, proxies: TrustedProxies, keys: AddressKeys) -> Arc<Self> {
        Arc::new(Self {
            limits,
            keys,
            proxies,
            connections: AtomicUsize::new(0),
            of_network: Mutex::default(),
            refusals: Pace::new(REFUSALS),
        })
    }

    /// How many connections are open, upgraded ones included.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// The client of a request that came over a connection from `peer`.
    pub(super) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> ClientAddress {
        self.keys.hash(self.proxies.client(peer, headers))
    }

    /// Lets a connection in, for as long as the returned pass lives. All of a trusted proxy's clients share
    /// its address, so for it only the limit of all connections counts.
    pub(super) fn enter(self: &Arc<Self>, peer: IpAddr) -> Result<Pass, TurnedAway> {
        let count = |now: usize| (now < self.limits.connections_max).then_some(now + 1);
        if self.connections.fetch_update(Ordering::Relaxed, Ordering::Relaxed, count).is_err() {
            return Err(TurnedAway::Full);
        }
        let mut pass = Pass { gate: self.clone(), network: None };
        if !self.proxies.trust(peer) {
            let network = self.keys.hash(peer);
            let mut of_network = self.of_network.lock().unwrap_or_else(PoisonError::into_inner);
            let of_this = of_network.entry(network).or_insert(0);
            if *of_this >= self.limits.connections_per_network_max {
                drop(of_network);
                return Err(TurnedAway::NetworkFull);
            }
            *of_this += 1;
            pass.network = Some(network);
        }
        Ok(pass)
    }
}

/// A connection's place; free again when it is dropped.
pub(super) struct Pass {
    gate: Arc<Gate>,
    network: Option<ClientAddress>,
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.gate.connections.fetch_sub(1, Ordering::Relaxed);
        if let Some(network) = self.network {
            let mut of_network = self.gate.of_network.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(count) = of_network.get_mut(&network) {
                *count -= 1;
                if *count == 0 {
                    of_network.remove(&network);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Network;

    fn gate(connections_max: usize, connections_per_network_max: usize) -> Arc<Gate> {
        let limits = Limits { connections_max, connections_per_network_max, ..Limits::default() };
        let networks = vec![Network::parse("10.0.0.0/8").unwrap()];
        let proxies = TrustedProxies { networks, ..TrustedProxies::default() };
        Gate::new(limits, proxies, AddressKeys::new(|| 0, |bytes| bytes.fill(7)))
    }

    #[test]
    fn places_are_counted_and_given_back() {
        let gate = gate(5, 2);
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let enter = |text: &str| gate.enter(ip(text)).map_err(|why| (why, gate.connections()));
        let first = enter("192.0.2.1").unwrap();
        let second = enter("192.0.2.1").unwrap();
        assert_eq!(enter("192.0.2.1").err(), Some((TurnedAway::NetworkFull, 2)));
        let others = [enter("10.0.0.1"), enter("10.0.0.1"), enter("10.0.0.1")];
        assert!(others.iter().all(Result::is_ok));
        assert_eq!(enter("192.0.2.2").err(), Some((TurnedAway::Full, 5)));
        drop(first);
        assert!(enter("192.0.2.1").is_ok());
        drop((second, others));
        assert_eq!(gate.connections(), 0);
        assert!(gate.of_network.lock().unwrap().is_empty());
    }
}

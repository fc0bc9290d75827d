//! Tickets: what the server remembers between two steps of a registration, log-in or recovery.
//! In memory only, for some minutes, bounded, each used once.

use crate::random::{Random, draw};
use beistand_domain::clock::Seconds;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
};

/// Width of a ticket.
pub const TICKET_BYTES: usize = 16;

/// Open tickets of one kind.
pub struct Tickets<T> {
    ttl_s: Seconds,
    count_max: usize,
    open: Mutex<Open<T>>,
}

struct Open<T> {
    values: HashMap<[u8; TICKET_BYTES], (Seconds, T)>,
    /// Oldest first; may name tickets that are used already.
    order: VecDeque<[u8; TICKET_BYTES]>,
}

impl<T> Tickets<T> {
    /// Tickets that live `ttl_s` seconds, at most `count_max` at a time.
    #[must_use]
    pub fn new(ttl_s: Seconds, count_max: usize) -> Self {
        Self { ttl_s, count_max, open: Mutex::new(Open { values: HashMap::new(), order: VecDeque::new() }) }
    }

    /// Issues a ticket. When there are too many, the oldest one dies: who floods loses its own
    /// before it blocks anybody for long, and the rate limits come before this.
    pub fn issue(&self, now_s: Seconds, random: &dyn Random, value: T) -> Vec<u8> {
        let ticket = draw::<TICKET_BYTES>(random);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let Open { values, order } = &mut *open;
        while let Some(oldest) = order.front() {
            let dead = values.get(oldest).is_none_or(|(until_s, _)| *until_s < now_s);
            if !dead && values.len() < self.count_max {
                break;
            }
            values.remove(oldest);
            order.pop_front();
        }
        if order.len() > 2 * self.count_max {
            order.retain(|ticket| values.contains_key(ticket));
        }
        values.insert(ticket, (now_s.saturating_add(self.ttl_s), value));
        order.push_back(ticket);
        ticket.to_vec()
    }

    /// Lets a ticket that was just taken stand for something once more.
    pub fn issue_again(&self, now_s: Seconds, ticket: &[u8], value: T) {
        let Ok(ticket) = ticket.try_into() else { return };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.values.insert(ticket, (now_s.saturating_add(self.ttl_s), value));
        open.order.push_back(ticket);
    }

    /// What a ticket stands for; it is not used up and lives on from now.
    pub fn look(&self, now_s: Seconds, ticket: &[u8]) -> Option<T>
    where
        T: Clone,
    {
        let ticket: [u8; TICKET_BYTES] = ticket.try_into().ok()?;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let (until_s, value) = open.values.get_mut(&ticket).filter(|(until_s, _)| now_s <= *until_s)?;
        *until_s = now_s.saturating_add(self.ttl_s);
        Some(value.clone())
    }

    /// Takes what a ticket stands for; it is used up by that.
    pub fn take(&self, now_s: Seconds, ticket: &[u8]) -> Option<T> {
        let ticket: [u8; TICKET_BYTES] = ticket.try_into().ok()?;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let (until_s, value) = open.values.remove(&ticket)?;
        (now_s <= until_s).then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemRandom;

    #[test]
    fn used_once_and_not_for_ever() {
        let tickets = Tickets::new(60, 2);
        let one = tickets.issue(100, &SystemRandom, 1);
        assert_eq!(tickets.take(100, &one), Some(1));
        assert_eq!(tickets.take(100, &one), None);
        let late = tickets.issue(100, &SystemRandom, 2);
        assert_eq!(tickets.take(161, &late), None);
        for bad in [&b""[..], &[0; 16], &[0; 17]] {
            assert_eq!(tickets.take(100, bad), None);
        }
    }

    #[test]
    fn looking_keeps_it_alive_and_uses_nothing_up() {
        let tickets = Tickets::new(60, 2);
        let ticket = tickets.issue(100, &SystemRandom, 1);
        for now_s in [100, 150, 210] {
            assert_eq!(tickets.look(now_s, &ticket), Some(1));
        }
        assert_eq!(tickets.look(271, &ticket), None);
        assert_eq!(tickets.take(271, &ticket), None);
        let ticket = tickets.issue(300, &SystemRandom, 2);
        assert_eq!(tickets.look(360, &ticket), Some(2));
        assert_eq!(tickets.take(420, &ticket), Some(2));
        assert_eq!(tickets.look(420, &ticket), None);
    }

    #[test]
    fn the_oldest_gives_way() {
        let tickets = Tickets::new(60, 2);
        let issued: Vec<_> = (0..3).map(|n| tickets.issue(100, &SystemRandom, n)).collect();
        assert_eq!(tickets.take(100, &issued[0]), None);
        assert_eq!(tickets.take(100, &issued[1]), Some(1));
        assert_eq!(tickets.take(100, &issued[2]), Some(2));
        for n in 0..10_000 {
            tickets.issue(100 + n, &SystemRandom, 0);
        }
        for _ in 0..100 {
            let used = tickets.issue(20_000, &SystemRandom, 0);
            tickets.take(20_000, &used);
        }
        let open = tickets.open.lock().unwrap();
        assert!(open.values.len() <= 2 && open.order.len() <= 5);
    }
}

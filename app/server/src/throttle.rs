//! Slowing down who tries too often, without keeping an address and without locking anybody out.
//!
//! Tries are counted in memory under two keys, both of which exist whether the name does or not:
//!
//! - *address and name*: after some free tries each further one must wait twice as long, up to an
//!   hour. Another address is not affected, so nobody can lock somebody else out;
//! - *address*: the same, with many more free tries, since a school sits behind one address.
//!
//! What costs arithmetic comes a second late besides once a network has had [`AT_ONCE`], so that a flood doesn't take
//! all of a processor.
//!
//! Against many addresses at once a name is guarded by [`Throttle::drag_ms`]: answers about a name
//! that is being tried a lot come late, for everybody alike, but they come.
//!
//! Addresses come as [`ClientAddress`], a hash under a key that changes daily.

use crate::{allowance::Rate, error::ApiError, listen::ClientAddress, pace::Pace};
use beistand_domain::clock::Seconds;
use beistand_protocol::error::Code;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// What is being tried. Each has counts of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Attempt {
    /// A log-in. Counted at its first step: with that a client can test one password.
    LogIn,
    /// A sign-up.
    SignUp,
    /// A recovery.
    Recovery,
    /// A claim code.
    Claim,
    /// Fetching a resume key.
    Resume,
    /// An invitation.
    Invitation,
    /// A number of a second factor, at its change; at a log-in it counts as one.
    SecondFactor,
}

/// Tries that cost nothing, by address and name.
const FREE_TRIES: u32 = 6;
/// Tries that cost nothing, by address alone.
const FREE_TRIES_ADDRESS: u32 = 60;
/// Tries of one name by whomever after which answers come late.
const FREE_TRIES_NAME: u32 = 20;
/// Longest wait.
const WAIT_S_MAX: Seconds = 60 * 60;
/// What is counted by address alone or name alone loses one try in this time: many people share
/// the address of a mobile network, and must not pay for each other for ever.
const DECAY_S: Seconds = 60;
/// A count is forgotten this long after its last try.
const FORGET_S: Seconds = 2 * 60 * 60;
/// Latest answer about a name under attack.
const DRAG_MS_MAX: u64 = 4_000;
/// Tries of a network that are looked at as they come, and each second after that. The right ones count as well:
/// each costs as much arithmetic as a wrong one.
const AT_ONCE: Rate = Rate { burst: 10.0, per_s: 0.5 };
/// Counts kept at most, some 10 MB.
const COUNTS_MAX: usize = 100_000;

/// Under what tries are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    AddressAndName(Attempt, ClientAddress, [u8; 16]),
    Address(Attempt, ClientAddress),
    Name(Attempt, [u8; 16]),
}

#[derive(Debug, Clone, Copy)]
struct Count {
    tries: u32,
    last_s: Seconds,
    decayed_s: Seconds,
    free_at_s: Seconds,
}

impl Count {
    /// Takes off what time has healed.
    fn decay(&mut self, now_s: Seconds) {
        let steps = now_s.saturating_sub(self.decayed_s) / DECAY_S;
        self.tries = self.tries.saturating_sub(u32::try_from(steps).unwrap_or(u32::MAX));
        self.decayed_s += steps * DECAY_S;
    }
}

/// The counts.
pub struct Throttle {
    counts: Mutex<HashMap<Key, Count>>,
    pace: Pace,
}

impl Default for Throttle {
    fn default() -> Self {
        Self { counts: Mutex::default(), pace: Pace::new(AT_ONCE) }
    }
}

impl Throttle {
    /// Counts a try and lets it through, late where the network or whoever wants that name tries a lot. `name` is a
    /// look-up value or another thing that is tried.
    ///
    /// # Errors
    /// [`Code::TooManyTries`] with the seconds to wait; then it is not counted.
    pub async fn admit(
        &self,
        attempt: Attempt,
        now_s: Seconds,
        address: ClientAddress,
        name: &[u8; 32],
    ) -> Result<(), ApiError> {
        self.count(attempt, now_s, address, name)
            .map_err(|wait_s| ApiError::wait(Code::TooManyTries, wait_s))?;
        // Whoever reloads a page costs next to nothing.
        if attempt != Attempt::Resume {
            self.pace.keep(address).await;
        }
        if attempt == Attempt::LogIn
            && let drag_ms = self.drag_ms(attempt, now_s, name)
            && drag_ms > 0
        {
            tokio::time::sleep(Duration::from_millis(drag_ms)).await;
        }
        Ok(())
    }

    /// Counts a try, or says in how many seconds the next one is let through.
    fn count(
        &self,
        attempt: Attempt,
        now_s: Seconds,
        address: ClientAddress,
        name: &[u8; 32],
    ) -> Result<(), u32> {
        let name = shorten(name);
        let keys = [
            (Key::AddressAndName(attempt, address, name), FREE_TRIES),
            (Key::Address(attempt, address), FREE_TRIES_ADDRESS),
            (Key::Name(attempt, name), u32::MAX),
        ];
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, _) in &keys {
            if let Some(count) = counts.get(key)
                && now_s < count.free_at_s
            {
                return Err(u32::try_from(count.free_at_s - now_s).unwrap_or(u32::MAX));
            }
        }
        make_room(&mut counts, now_s);
        for (key, free) in keys {
            let fresh = Count { tries: 0, last_s: now_s, decayed_s: now_s, free_at_s: 0 };
            let count = counts.entry(key).or_insert(fresh);
            if !matches!(key, Key::AddressAndName(..)) {
                count.decay(now_s);
            }
            if now_s.saturating_sub(count.last_s) > FORGET_S {
                count.tries = 0;
            }
            count.tries = count.tries.saturating_add(1);
            count.last_s = now_s;
            // 2, 4, 8 … seconds once the free tries are used up.
            if let Some(over) = (count.tries + 1).checked_sub(free).filter(|over| *over > 0) {
                let wait_s = 1u64.checked_shl(over).unwrap_or(WAIT_S_MAX).min(WAIT_S_MAX);
                count.free_at_s = now_s.saturating_add(wait_s);
            }
        }
        Ok(())
    }

    /// The try was right: what was counted by address and name is forgotten, and one try of the
    /// address.
    pub fn succeeded(&self, attempt: Attempt, address: ClientAddress, name: &[u8; 32]) {
        let name = shorten(name);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.remove(&Key::AddressAndName(attempt, address, name));
        for key in [Key::Address(attempt, address), Key::Name(attempt, name)] {
            if let Some(count) = counts.get_mut(&key) {
                count.tries = count.tries.saturating_sub(1);
                count.free_at_s = 0;
            }
        }
    }

    /// How late to answer about this name: 0 in ordinary times.
    fn drag_ms(&self, attempt: Attempt, now_s: Seconds, name: &[u8; 32]) -> u64 {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(count) = counts.get(&Key::Name(attempt, shorten(name))) else { return 0 };
        if now_s.saturating_sub(count.last_s) > FORGET_S {
            return 0;
        }
        (u64::from(count.tries.saturating_sub(FREE_TRIES_NAME)) * 100).min(DRAG_MS_MAX)
    }
}

/// Half of a look-up value tells names apart as well.
fn shorten(name: &[u8; 32]) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&name[..16]);
    short
}

/// Forgets what is old, and where that does not help, what was tried least.
fn make_room(counts: &mut HashMap<Key, Count>, now_s: Seconds) {
    if counts.len() + 3 <= COUNTS_MAX {
        return;
    }
    counts.retain(|_, count| now_s.saturating_sub(count.last_s) <= FORGET_S);
    let mut tries = 1;
    while counts.len() > COUNTS_MAX / 2 {
        counts.retain(|_, count| count.tries > tries);
        tries = tries.saturating_mul(2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listen::AddressKeys;

    fn addresses(count: u8) -> Vec<ClientAddress> {
        let keys = AddressKeys::new(|| 0, |bytes| bytes.fill(1));
        (0..count).map(|n| keys.hash([192, 0, 2, n].into())).collect()
    }

    #[test]
    fn waits_grow_and_nobody_else_is_locked_out() {
        let throttle = Throttle::default();
        let [mallory, victim] = addresses(2)[..] else { panic!() };
        let mut now_s = 1000;
        for _ in 0..FREE_TRIES {
            throttle.count(Attempt::LogIn, now_s, mallory, &[1; 32]).unwrap();
        }
        let mut last = 0;
        for _ in 0..12 {
            let wait = throttle.count(Attempt::LogIn, now_s, mallory, &[1; 32]).unwrap_err();
            assert!(wait > last || u64::from(wait) == WAIT_S_MAX, "{wait}");
            // A refused try is not counted, and one second too early is too early.
            now_s += u64::from(wait) - 1;
            assert_eq!(throttle.count(Attempt::LogIn, now_s, mallory, &[1; 32]), Err(1));
            now_s += 1;
            throttle.count(Attempt::LogIn, now_s, mallory, &[1; 32]).unwrap();
            last = wait;
        }
        throttle.count(Attempt::LogIn, now_s, victim, &[1; 32]).unwrap();
        throttle.count(Attempt::LogIn, now_s, mallory, &[2; 32]).unwrap();
        throttle.count(Attempt::Recovery, now_s, mallory, &[1; 32]).unwrap();
        throttle.count(Attempt::LogIn, now_s + FORGET_S + WAIT_S_MAX, mallory, &[1; 32]).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn who_tries_a_lot_is_answered_late_and_nobody_else() {
        let throttle = Throttle::default();
        let [loud, other] = addresses(2)[..] else { panic!() };
        let waits = async |attempt, address, number: u8| {
            let begin = tokio::time::Instant::now();
            throttle.admit(attempt, 1000, address, &[number; 32]).await.unwrap();
            begin.elapsed().as_secs()
        };
        let at_once = AT_ONCE.burst as u8;
        for number in 0..at_once {
            assert_eq!(waits(Attempt::LogIn, loud, number).await, 0);
        }
        for number in at_once..30 {
            assert_eq!(waits(Attempt::SignUp, loud, number).await, 1);
        }
        // A page that is loaded anew is there at once.
        assert_eq!(waits(Attempt::Resume, loud, 0).await, 0);
        assert_eq!(waits(Attempt::LogIn, other, 0).await, 0);
    }

    #[test]
    fn one_address_cannot_try_all_names() {
        let throttle = Throttle::default();
        let address = addresses(1)[0];
        let admitted =
            (0..200u8).filter(|n| throttle.count(Attempt::LogIn, 1000, address, &[*n; 32]).is_ok()).count();
        assert_eq!(admitted, FREE_TRIES_ADDRESS as usize);
    }

    #[test]
    fn many_behind_one_address_are_let_in_at_a_bearable_pace() {
        let throttle = Throttle::default();
        let address = addresses(1)[0];
        for minute in 0..500u64 {
            let mut name = [0; 32];
            name[..8].copy_from_slice(&minute.to_le_bytes());
            throttle.count(Attempt::SignUp, 1000 + minute * DECAY_S, address, &name).unwrap();
        }
    }

    #[test]
    fn success_forgives() {
        let throttle = Throttle::default();
        let address = addresses(1)[0];
        for _ in 0..100 {
            throttle.count(Attempt::LogIn, 1000, address, &[1; 32]).unwrap();
            throttle.succeeded(Attempt::LogIn, address, &[1; 32]);
        }
    }

    #[test]
    fn a_name_tried_from_everywhere_answers_late_but_answers() {
        let throttle = Throttle::default();
        assert_eq!(throttle.drag_ms(Attempt::LogIn, 1000, &[1; 32]), 0);
        for address in addresses(200) {
            throttle.count(Attempt::LogIn, 1000, address, &[1; 32]).unwrap();
        }
        assert_eq!(throttle.drag_ms(Attempt::LogIn, 1000, &[1; 32]), DRAG_MS_MAX);
        assert_eq!(throttle.drag_ms(Attempt::LogIn, 1000, &[2; 32]), 0);
        assert_eq!(throttle.drag_ms(Attempt::LogIn, 1001 + FORGET_S, &[1; 32]), 0);
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::default();
        let addresses = addresses(255);
        for n in 0..(COUNTS_MAX as u64) {
            let mut name = [0; 32];
            name[..8].copy_from_slice(&n.to_le_bytes());
            let _ = throttle.count(Attempt::LogIn, 1000 + n, addresses[(n % 255) as usize], &name);
        }
        assert!(throttle.counts.lock().unwrap().len() <= COUNTS_MAX);
    }
}

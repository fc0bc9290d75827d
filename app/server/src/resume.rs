//! Keys that a page leaves here so that its reload can go on, and handles that end a session.
//!
//! In memory only: a restart forgets them. A key is given out once, to whoever has the handle,
//! while a live channel of its session is open and for [`RESUME_GRACE_S`] seconds after; log-out,
//! expiry and quick exit destroy it. A revoke handle ends its session and can do nothing else.

use crate::session::TokenHash;
use beistand_domain::clock::Seconds;
use beistand_protocol::limit::RESUME_GRACE_S;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};
use zeroize::Zeroizing;

/// Keys of one session at a time: a page, and those that a browser duplicated from it.
const PARKED_PER_SESSION_MAX: usize = 4;
/// Sessions with something parked.
const SESSIONS_MAX: usize = 20_000;

/// Hash of a handle.
type HandleHash = [u8; 32];

#[derive(Default)]
struct Parked {
    /// Oldest first.
    keys: Vec<(HandleHash, Zeroizing<[u8; 32]>)>,
    revoke: Vec<HandleHash>,
    /// Open live channels.
    channels: u32,
    /// Without a channel, keys are good until then.
    until_s: Seconds,
}

#[derive(Default)]
struct Inner {
    sessions: HashMap<TokenHash, Parked>,
    by_handle: HashMap<HandleHash, TokenHash>,
    by_revoke: HashMap<HandleHash, TokenHash>,
}

/// All parked keys and revoke handles.
#[derive(Default)]
pub struct Resumes(Mutex<Inner>);

impl Resumes {
    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves a key. `false` when there are too many sessions.
    pub fn park(
        &self,
        session: TokenHash,
        handle: HandleHash,
        key: [u8; 32],
        revoke: HandleHash,
        now_s: Seconds,
    ) -> bool {
        let mut inner = self.lock();
        if !inner.sessions.contains_key(&session) && inner.sessions.len() >= SESSIONS_MAX {
            return false;
        }
        if inner.by_handle.contains_key(&handle) || inner.by_revoke.contains_key(&revoke) {
            // Random handles don't meet; a page that parks again with the same ones changes nothing.
            return inner.by_handle.get(&handle) == Some(&session);
        }
        inner.by_handle.insert(handle, session);
        inner.by_revoke.insert(revoke, session);
        let parked = inner.sessions.entry(session).or_default();
        parked.keys.push((handle, Zeroizing::new(key)));
        parked.revoke.push(revoke);
        parked.until_s = parked.until_s.max(now_s.saturating_add(RESUME_GRACE_S));
        let old_key = (parked.keys.len() > PARKED_PER_SESSION_MAX).then(|| parked.keys.remove(0).0);
        let old_revoke = (parked.revoke.len() > PARKED_PER_SESSION_MAX).then(|| parked.revoke.remove(0));
        old_key.map(|handle| inner.by_handle.remove(&handle));
        old_revoke.map(|handle| inner.by_revoke.remove(&handle));
        true
    }

    /// Takes a key; the handle is used up even when it came too late.
    pub fn take(&self, handle: &HandleHash, now_s: Seconds) -> Option<(TokenHash, [u8; 32])> {
        let mut inner = self.lock();
        let session = inner.by_handle.remove(handle)?;
        let parked = inner.sessions.get_mut(&session)?;
        let place = parked.keys.iter().position(|(known, _)| known == handle)?;
        let (_, key) = parked.keys.remove(place);
        (parked.channels > 0 || now_s <= parked.until_s).then_some((session, *key))
    }

    /// Whose session a revoke handle ends.
    pub fn find_revoke(&self, handle: &HandleHash) -> Option<TokenHash> {
        self.lock().by_revoke.get(handle).copied()
    }

    /// A live channel of the session opened.
    pub fn channel_opened(&self, session: TokenHash) {
        self.lock().sessions.entry(session).or_default().channels += 1;
    }

    /// A live channel of the session closed.
    pub fn channel_closed(&self, session: TokenHash, now_s: Seconds) {
        if let Some(parked) = self.lock().sessions.get_mut(&session) {
            parked.channels = parked.channels.saturating_sub(1);
            parked.until_s = now_s.saturating_add(RESUME_GRACE_S);
        }
    }

    /// The session ended: everything of it is destroyed.
    pub fn ended(&self, session: &TokenHash) {
        let mut inner = self.lock();
        let Some(parked) = inner.sessions.remove(session) else { return };
        for (handle, _) in &parked.keys {
            inner.by_handle.remove(handle);
        }
        for handle in &parked.revoke {
            inner.by_revoke.remove(handle);
        }
    }

    /// Destroys keys whose time is over. Revoke handles stay as long as their session.
    pub fn sweep(&self, now_s: Seconds) {
        let mut inner = self.lock();
        let Inner { sessions, by_handle, .. } = &mut *inner;
        for parked in sessions.values_mut().filter(|parked| parked.channels == 0 && now_s > parked.until_s) {
            for (handle, _) in parked.keys.drain(..) {
                by_handle.remove(&handle);
            }
        }
        sessions
            .retain(|_, parked| parked.channels > 0 || !parked.keys.is_empty() || !parked.revoke.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION: TokenHash = [1; 32];

    fn parked() -> Resumes {
        let resumes = Resumes::default();
        assert!(resumes.park(SESSION, [2; 32], [3; 32], [4; 32], 1000));
        resumes
    }

    #[test]
    fn a_key_is_taken_once() {
        let resumes = parked();
        assert_eq!(resumes.take(&[2; 32], 1000), Some((SESSION, [3; 32])));
        assert_eq!(resumes.take(&[2; 32], 1000), None);
    }

    #[test]
    fn a_key_lives_with_the_channel_and_a_little_longer() {
        let late = 1000 + RESUME_GRACE_S + 1;
        assert_eq!(parked().take(&[2; 32], late), None);
        let resumes = parked();
        resumes.channel_opened(SESSION);
        resumes.sweep(1_000_000);
        assert!(resumes.take(&[2; 32], 1_000_000).is_some());
        let resumes = parked();
        resumes.channel_opened(SESSION);
        resumes.channel_closed(SESSION, 2000);
        assert!(resumes.take(&[2; 32], 2000 + RESUME_GRACE_S).is_some());
        let resumes = parked();
        resumes.channel_opened(SESSION);
        resumes.channel_closed(SESSION, 2000);
        // Too late, and by that used up: a clock that goes back brings nothing back.
        assert!(resumes.take(&[2; 32], 2001 + RESUME_GRACE_S).is_none());
        assert!(resumes.take(&[2; 32], 2000).is_none());
    }

    #[test]
    fn the_end_of_a_session_destroys_all() {
        let resumes = parked();
        assert_eq!(resumes.find_revoke(&[4; 32]), Some(SESSION));
        resumes.ended(&SESSION);
        assert_eq!(resumes.take(&[2; 32], 1000), None);
        assert_eq!(resumes.find_revoke(&[4; 32]), None);
    }

    #[test]
    fn bounded_and_swept() {
        let resumes = Resumes::default();
        for n in 0..20u8 {
            assert!(resumes.park(SESSION, [100 + n; 32], [n; 32], [200 + n; 32], 1000));
        }
        {
            let inner = resumes.lock();
            assert_eq!((inner.by_handle.len(), inner.by_revoke.len()), (4, 4));
        }
        resumes.sweep(1001 + RESUME_GRACE_S);
        let inner = resumes.lock();
        assert_eq!((inner.by_handle.len(), inner.by_revoke.len()), (0, 4));
    }
}

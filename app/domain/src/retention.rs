//! What is deleted when: conversations and unused accounts, a number of days after the last
//! contact, and never on the word of a clock that may be wrong.

use crate::{
    clock::{DAY_S, Seconds},
    conversation::is_seeker,
    record::{Account, Conversation, Whose},
};
use beistand_protocol::{
    api::SessionKind,
    id::{SiteId, TeamId},
    limit,
};
use std::collections::HashSet;

/// Whether the clock may be believed when something is to be destroyed.
///
/// A box that starts with a dead battery may stand decades off. `credible_s` is the time of the
/// last durable commit that was made while the clock could be believed. Forward by more than
/// [`limit::CLOCK_JUMP_DAYS_MAX`] past it: only if synchronised. Backward: nothing gets old by
/// it, so no harm.
#[must_use]
pub fn clock_is_credible(now_s: Seconds, credible_s: Option<Seconds>, synchronised: bool) -> bool {
    synchronised
        || credible_s.is_none_or(|last| now_s <= last.saturating_add(limit::CLOCK_JUMP_DAYS_MAX * DAY_S))
}

/// Whether a last contact lies so far back that what hangs on it is to go.
#[must_use]
pub fn is_due(now_s: Seconds, last_contact_s: Seconds, retention_days: u16) -> bool {
    now_s > last_contact_s.saturating_add(u64::from(retention_days) * DAY_S)
}

/// What a run of the daily job destroys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Due {
    /// Conversations.
    pub conversations: Vec<beistand_protocol::id::ConversationId>,
    /// Seekers' accounts.
    pub accounts: Vec<beistand_protocol::id::AccountId>,
}

/// Collects what is due. `retention_days` gives a site's days; an unknown site has the default.
/// Staff accounts end by removal, never by age. An account stays while one of its conversations
/// stays; a conversation without an account is what a deletion that was cut off has left, and is due
/// whatever its age. So is a thread without its talk; one with it goes with it, however new its own words. A
/// group is as a talk, and stays while it is to be open once more. A room is kept
/// for `room_days` of its team after its last words, and as long as it could be opened once more: its id is its month's.
/// `accounts` is read after `conversations`, so that no new one is taken for that.
#[must_use]
pub fn collect_due(
    now_s: Seconds,
    conversations: &[Conversation],
    accounts: &[Account],
    retention_days: impl Fn(SiteId) -> Option<u16>,
    room_days: impl Fn(TeamId) -> u16,
) -> Due {
    let days = |site| retention_days(site).unwrap_or(limit::RETENTION_DAYS_DEFAULT);
    let known: HashSet<_> = accounts.iter().map(|account| account.id).collect();
    let talks: HashSet<_> = conversations.iter().map(|conversation| conversation.id).collect();
    let (due, kept): (Vec<_>, Vec<_>) = conversations.iter().partition(|c| match c.whose {
        Whose::Seeker(seeker) => is_due(now_s, c.last_s, days(c.site)) || !known.contains(&seeker),
        Whose::Thread(talk) => !talks.contains(&talk),
        Whose::Group(ref group) => {
            is_due(now_s, c.last_s, days(c.site))
                && group.windows.iter().all(|window| window.until_s <= now_s)
        }
        Whose::Room(month) => {
            is_due(now_s, c.last_s, room_days(c.team)) && !month.is_about(now_s, limit::ROOM_KEPT_S)
        }
    });
    let accounts = accounts
        .iter()
        .filter(|account| match account.kind {
            SessionKind::Staff(_) => false,
            SessionKind::Seeker(site) => {
                is_due(now_s, account.last_contact_s, days(site))
                    && !kept.iter().any(|c| is_seeker(c, account.id))
            }
        })
        .map(|account| account.id)
        .collect();
    Due { conversations: due.iter().map(|c| c.id).collect(), accounts }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Group, Readers};
    use beistand_protocol::{
        api::{ConversationState, Window},
        id::{AccountId, ConversationId, GuestId},
        month::Month,
    };

    #[test]
    fn clock_jumps() {
        let now = 1_800_000_000;
        let ten_years = 3650 * DAY_S;
        let check = |clock, last, synchronised, expect| {
            assert_eq!(
                clock_is_credible(clock, last, synchronised),
                expect,
                "{clock} {last:?} {synchronised}"
            );
        };
        check(now, None, false, true);
        check(now + DAY_S, Some(now), false, true);
        check(now + 3 * DAY_S, Some(now), false, true);
        check(now + 3 * DAY_S + 1, Some(now), false, false);
        check(now + ten_years, Some(now), false, false);
        check(now + ten_years, Some(now), true, true);
        check(now - ten_years, Some(now), false, true);
        // After a backward jump nothing is due that was not before.
        assert!(!is_due(now - ten_years, now, 30));
        assert!(!is_due(now + 30 * DAY_S, now, 30));
        assert!(is_due(now + 30 * DAY_S + 1, now, 30));
        assert!(!is_due(u64::MAX, u64::MAX, 30));
    }

    const SITE: SiteId = SiteId([1; 16]);

    fn account(id: u8) -> Account {
        Account {
            id: AccountId([id; 16]),
            realm: SITE.into(),
            look_up: [0; 32],
            suite: 1,
            generation: 1,
            kind: SessionKind::Seeker(SITE),
            record: Vec::new(),
            signing_key: [0; 32],
            recovery_key: None,
            wraps: Vec::new(),
            created_s: 10,
            last_contact_s: 10,
        }
    }

    fn conversation(id: u8, seeker: u8) -> Conversation {
        Conversation {
            id: ConversationId([id; 16]),
            site: SITE,
            team: TeamId([2; 16]),
            whose: Whose::Seeker(AccountId([seeker; 16])),
            state: ConversationState::Waiting,
            readers: Readers::default(),
            opened_s: 10,
            last_s: 10,
            length: 2,
            epoch: 0,
            answer_by_s: None,
            steps: Vec::new(),
            asked: None,
        }
    }

    #[test]
    fn what_a_deletion_left_behind_is_due() {
        let due = collect_due(20, &[conversation(1, 1), conversation(2, 9)], &[account(1)], |_| None, |_| 30);
        let conversations = vec![ConversationId([2; 16])];
        assert_eq!(due, Due { conversations, accounts: Vec::new() });
    }

    #[test]
    fn a_thread_is_as_old_as_its_talk() {
        let now_s = 10 + 30 * DAY_S + 1;
        let thread = |id, talk| Conversation {
            whose: Whose::Thread(ConversationId([talk; 16])),
            last_s: now_s,
            ..conversation(id, 0)
        };
        let kept = Conversation { last_s: 11, ..conversation(1, 1) };
        // Of a talk that stays, of one that is due (and takes it along), and of one that is gone.
        let all = [kept, conversation(2, 1), thread(3, 1), thread(4, 2), thread(5, 9)];
        let due = collect_due(now_s, &all, &[account(1)], |_| Some(30), |_| 1);
        let conversations = vec![ConversationId([2; 16]), ConversationId([5; 16])];
        assert_eq!(due, Due { conversations, accounts: Vec::new() });
    }

    #[test]
    fn an_account_stays_with_a_conversation_that_stays() {
        let now_s = 10 + 30 * DAY_S + 1;
        let kept = Conversation { last_s: 11, ..conversation(1, 1) };
        let accounts = [account(1), account(2)];
        let due = collect_due(
            now_s,
            &[kept, conversation(2, 2), conversation(3, 1)],
            &accounts,
            |_| Some(30),
            |_| 1,
        );
        let conversations = vec![ConversationId([2; 16]), ConversationId([3; 16])];
        assert_eq!(due, Due { conversations, accounts: vec![AccountId([2; 16])] });
    }

    #[test]
    fn a_group_is_kept_as_a_talk_and_while_it_is_to_open() {
        let now_s = 10 + 30 * DAY_S + 1;
        let check = |until_s, last_s, expect: bool| {
            let windows = vec![Window { from_s: 20, until_s }];
            let guest = GuestId([3; 16]);
            let whose = Whose::Group(Group { accounts: vec![(guest, AccountId([1; 16]))], windows });
            let readers = Readers { guests: vec![(guest, false)], ..Readers::default() };
            let group = Conversation { whose, readers, last_s, ..conversation(1, 0) };
            let due = collect_due(now_s, &[group], &[account(1)], |_| Some(30), |_| 1);
            // Its guests' accounts stay with it.
            assert_eq!(
                (due.conversations.len(), due.accounts.len()),
                (usize::from(expect), usize::from(expect))
            );
        };
        check(now_s, 10, true);
        check(now_s, 11, false);
        check(now_s + 1, 10, false);
    }

    #[test]
    fn a_room_is_kept_by_its_own_words_and_until_its_month_is_over() {
        let month = Month::at(1_800_000_000);
        let (begins_s, ends_s) = (month.begins_s(), month.ends_s());
        let check = |now_s, last_s, days, expect: bool| {
            let room =
                Conversation { whose: Whose::Room(month), site: SiteId::NONE, last_s, ..conversation(1, 0) };
            // A talk of the same team that is kept keeps no room, and no site's days count.
            let talk = Conversation { last_s: now_s, ..conversation(2, 1) };
            let due = collect_due(
                now_s,
                &[room, talk],
                &[account(1)],
                |_| Some(9999),
                |team| {
                    assert_eq!(team, TeamId([2; 16]));
                    days
                },
            );
            let expect = if expect { vec![ConversationId([1; 16])] } else { Vec::new() };
            assert_eq!(due.conversations, expect, "{now_s} {last_s} {days}");
        };
        let last_s = ends_s - 60;
        check(last_s + 30 * DAY_S, last_s, 30, false);
        check(last_s + 30 * DAY_S + 1, last_s, 30, true);
        check(last_s + 30 * DAY_S + 1, last_s, 31, false);
        // Gone, it could be opened a second time under the same id: never while that is so.
        check(ends_s + limit::ROOM_KEPT_S - 1, begins_s, 3, false);
        check(ends_s + limit::ROOM_KEPT_S, begins_s, 3, true);
        // Opened by a clock that ran ahead, and redated.
        check(begins_s - 20 * DAY_S, begins_s - 24 * DAY_S, 3, true);
        // Words that came late.
        check(ends_s + 6 * DAY_S, ends_s + 4 * DAY_S, 3, false);
    }
}

//! Whose a staff account is.

use super::{done, parts, refused, session, staff_account};
use beistand_domain::storage::{Change, Refused, Storage};
use beistand_protocol::{
    api::SessionKind,
    id::{AccountId, PersonId},
};

pub fn account_and_sessions_follow_together(storage: &dyn Storage) {
    let [waiting, known] = [PersonId([5; 16]), PersonId([6; 16])];
    let to = |account| Change::AccountPerson { account: AccountId([account; 16]), person: known };
    assert_eq!(refused(storage, to(1)), Refused::NotFound);
    for id in [1, 2] {
        super::add(storage, staff_account(id, 5, id, 10));
        done(storage, Change::SessionAdd(session(id, id, 5)));
    }
    done(storage, to(1));
    let account = |id| storage.lookup_account(AccountId([id; 16])).unwrap().unwrap();
    assert_eq!(account(1).kind, SessionKind::Staff(known));
    assert_eq!(account(2).kind, SessionKind::Staff(waiting));
    let kind = |id| storage.lookup_session(&session(id, id, 5).token_hash).unwrap().unwrap().kind;
    assert_eq!(kind(1), SessionKind::Staff(known));
    assert_eq!(kind(2), session(2, 2, 5).kind);
    let of = |person| storage.lookup_account_by_person(person).unwrap().map(|account| account.id);
    assert_eq!((of(known), of(waiting)), (Some(AccountId([1; 16])), Some(AccountId([2; 16]))));
    done(storage, to(2));
    assert_eq!(of(waiting), None);
}

pub fn a_second_factor_goes_with_its_account(storage: &dyn Storage) {
    let put = parts::second_factor_put;
    let known = |id| storage.lookup_second_factor(AccountId([id; 16])).unwrap();
    assert_eq!(refused(storage, put(1, 0, 1)), Refused::NotFound);
    for id in [1, 2] {
        super::add(storage, staff_account(id, id, id, 10));
        assert_eq!(known(id), None);
        done(storage, put(id, 0, 1));
    }
    // Two log-ins with one number: the second one finds it used up.
    done(storage, put(1, 1, 2));
    assert_eq!(refused(storage, put(1, 1, 2)), Refused::VersionMoved);
    assert_eq!(refused(storage, put(1, 0, 3)), Refused::VersionMoved);
    assert_eq!((known(1), known(2)), (parts::second_factor(2), parts::second_factor(1)));
    done(storage, put(1, 2, 0));
    assert_eq!((known(1), known(2)), (None, parts::second_factor(1)));
    done(storage, Change::AccountRemove(AccountId([2; 16])));
    assert_eq!(known(2), None);
    super::add(storage, staff_account(2, 2, 2, 10));
    assert_eq!(known(2), None);
}

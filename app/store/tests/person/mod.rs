//! Whose a staff account is.

use super::{done, refused, session, staff_account};
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

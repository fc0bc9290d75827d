//! What people have chosen to be called by, what they are still to be told, and the mail server.

use super::*;

pub fn notices_are_each_persons_own(storage: &dyn Storage) {
    let chosen = || {
        let mut all = storage.list_notices().unwrap();
        all.sort_by_key(|(person, _)| *person);
        all.into_iter().map(|(person, settings)| (person.0[0], settings.address)).collect::<Vec<_>>()
    };
    let waiting = || {
        let mut all = storage.list_mail_pending().unwrap();
        all.sort_by_key(|(person, _)| *person);
        all.into_iter().map(|(person, pending)| (person.0[0], pending.tries)).collect::<Vec<_>>()
    };
    assert_eq!((chosen(), waiting()), (vec![], vec![]));
    done(storage, parts::notice_put(1, 7));
    done(storage, parts::notice_put(2, 2));
    done(storage, parts::mail_pending(1, 3));
    done(storage, parts::mail_pending(2, 4));
    done(storage, parts::mail_pending(3, 5));
    assert_eq!(chosen(), [(1, Some("7@example.org".to_owned())), (2, None)]);
    assert_eq!(waiting(), [(1, 3), (2, 4), (3, 5)]);
    done(storage, parts::mail_pending(1, 6));
    done(storage, parts::mail_pending(3, 0));
    assert_eq!(waiting(), [(1, 6), (2, 4)]);
    // Whoever is removed is told nothing any more.
    done(storage, Change::NoticeRemove(PersonId([1; 16])));
    done(storage, Change::NoticeRemove(PersonId([9; 16])));
    assert_eq!((chosen(), waiting()), (vec![(2, None)], vec![(2, 4)]));
}

pub fn there_is_one_mail_server(storage: &dyn Storage) {
    let known = || {
        let access = storage.lookup_mail_access().unwrap();
        access.map(|access| (access.server.port, access.password))
    };
    assert_eq!(known(), None);
    done(storage, parts::mail_access(1));
    done(storage, parts::mail_access(2));
    assert_eq!(known(), Some((2, Some("2".to_owned()))));
    done(storage, parts::mail_access(0));
    assert_eq!(known(), None);
}

pub fn devices_that_show_notices_have_a_limit(storage: &dyn Storage) {
    let devices = || {
        let mut ids: Vec<u8> =
            storage.list_push_devices().unwrap().iter().map(|device| device.id[0]).collect();
        ids.sort_unstable();
        ids
    };
    let add = |id, person| done(storage, Change::PushAdd(Box::new(parts::push_device(id, person))));
    // Made at 2, 4, 1, 3, 0, 2 and 4.
    (1..=7).for_each(|id| add(id, 1));
    assert_eq!(devices(), [1, 2, 3, 4, 6, 7]);
    add(10, 2);
    add(7, 1);
    assert_eq!(devices(), [1, 2, 3, 4, 6, 7, 10]);
    // A device that somebody else has logged in on is theirs.
    add(7, 2);
    assert_eq!(devices(), [1, 2, 3, 4, 6, 7, 10]);
    done(storage, Change::PushRemove([3; 32]));
    done(storage, Change::PushRemove([99; 32]));
    done(storage, Change::NoticeRemove(PersonId([2; 16])));
    assert_eq!(devices(), [1, 2, 4, 6]);
    let first = storage.list_push_devices().unwrap().into_iter().find(|device| device.id == [1; 32]);
    assert_eq!(first, Some(parts::push_device(1, 1)));
}

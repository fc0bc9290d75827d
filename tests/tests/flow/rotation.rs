//! P16: new keys by a new password, while logged in and by the recovery code; deletion. Against a real box.

use crate::world::{World, failure, open, person, progress, reads, run, seeker};
use beistand_protocol::{
    api::route,
    codec::encode,
    error::{Code, Refusal},
    id::ConversationId,
    limit,
    worker::{Call, EndReason, Failure, MessageBody, MessageView, Progress, Reply},
};
use beistand_tests::{
    cast::LogIn,
    native::Between,
    page::{Model, Page},
};
use beistand_vault::client::transport::{Method, Response};
use std::{cell::Cell, rc::Rc};

const NEW: &str = "neue laterne im garten";
const NEW_STAFF: &str = "neue laterne kranich ufer honig wolke";

fn change(current: &str, password: &str) -> Call {
    Call::ChangePassword { current: current.into(), password: password.into() }
}

async fn changed(page: &mut Page, current: &str, password: &str) -> String {
    match page.call(change(current, password)).await.unwrap() {
        Reply::RecoveryCode { parts } => parts.join("-"),
        _ => panic!("no code"),
    }
}

fn wrong() -> Failure {
    Failure::Server(Code::WrongCredentials, None)
}

async fn refused(world: &World, log_in: &LogIn) {
    let mut page = world.browser().await;
    let call = Call::LogIn { name: log_in.name.clone(), password: log_in.password.clone() };
    assert_eq!(failure(page.call(call).await), wrong());
}

fn nothing_odd(page: &Page, talk: ConversationId) {
    let odd = |line: &MessageView| matches!(line.body, MessageBody::Refused | MessageBody::Missing);
    assert!(!page.model.lines(talk).into_iter().any(odd));
    assert_eq!(page.model.conflict, None);
}

#[test]
fn p16_a_changed_password_shuts_the_old_one_out_and_keeps_the_talk() {
    run(async {
        let mut world = World::new().await;
        let lila = seeker("Sieben Tore");
        let (mut first, old_code) = world.seeker(&lila).await;
        let talk = first.send(None, "vorher").await.unwrap();
        open(&mut world.mara, talk).await;
        world.mara.call(Call::Claim { conversation: talk }).await.unwrap();
        world.mara.send(Some(talk), "Antwort").await.unwrap();
        open(&mut first, talk).await;
        reads(&mut first, talk, "Antwort").await;
        let mut second = world.browser().await;
        lila.enter(&mut second).await.unwrap();
        open(&mut second, talk).await;

        // Neither a wrong password in force nor a weak or unchanged new one changes anything.
        assert_eq!(failure(first.call(change("falsch falsch", NEW)).await), wrong());
        assert_eq!(failure(first.call(change(&lila.password, "abc")).await), Failure::PasswordWeak);
        let same = first.call(change(&lila.password, &lila.password)).await;
        assert_eq!(failure(same), Failure::PasswordUnchanged);

        let code = changed(&mut first, &lila.password, NEW).await;
        assert_ne!(code, old_code);
        // The other device is told why, and comes back with the new password.
        second.until("told", |model| model.ended == Some(EndReason::PasswordChanged)).await.unwrap();
        refused(&world, &lila).await;
        let lila = LogIn::new(&lila.name, NEW);
        lila.enter(&mut second).await.unwrap();
        open(&mut second, talk).await;
        reads(&mut second, talk, "Antwort").await;
        // Here it goes on at once, in both directions, and nothing looks odd to anybody.
        first.send(Some(talk), "nachher").await.unwrap();
        reads(&mut world.mara, talk, "nachher").await;
        world.mara.send(Some(talk), "gut").await.unwrap();
        for page in [&mut first, &mut second] {
            reads(page, talk, "gut").await;
            assert_eq!(page.model.texts(talk), ["vorher", "Antwort", "nachher", "gut"]);
            nothing_odd(page, talk);
        }
        nothing_odd(&world.mara, talk);
        assert_eq!(first.model.ended, None);
        // The former code is dead, the new one works: the recovery is the next generation.
        let recover = |code: &str| Call::Recover {
            name: lila.name.clone(),
            code: code.into(),
            password: "noch eine laterne bitte".into(),
        };
        let mut third = world.browser().await;
        assert_eq!(failure(third.call(recover(&old_code)).await), wrong());
        third.call(recover(&code)).await.unwrap();
        first.until("told", |model| model.ended == Some(EndReason::PasswordChanged)).await.unwrap();
        open(&mut third, talk).await;
        reads(&mut third, talk, "gut").await;
    });
}

#[test]
fn p16_of_two_devices_at_once_one_wins_and_the_other_is_told() {
    run(async {
        let mut world = World::new().await;
        let lila = seeker("Acht Wege");
        let (mut one, _) = world.seeker(&lila).await;
        let talk = one.send(None, "da").await.unwrap();
        progress(&mut one, talk, "da", Progress::Stored).await;
        let mut two = world.browser().await;
        lila.enter(&mut two).await.unwrap();
        open(&mut two, talk).await;
        let passwords = ["erste laterne im garten", "zweite laterne im garten"];
        let (a, b) = tokio::join!(
            one.call(change(&lila.password, passwords[0])),
            two.call(change(&lila.password, passwords[1]))
        );
        assert!(a.is_ok() != b.is_ok(), "exactly one wins");
        let (winner, loser, won, lost) =
            if a.is_ok() { (&mut one, &mut two, 0, b) } else { (&mut two, &mut one, 1, a) };
        let lost = failure(lost);
        assert!(
            matches!(lost, Failure::Server(Code::PasswordChanged | Code::WrongCredentials, _)),
            "{lost:?}"
        );
        loser.until("told", |model| model.ended == Some(EndReason::PasswordChanged)).await.unwrap();
        let right = LogIn::new(&lila.name, passwords[won]);
        right.enter(loser).await.unwrap();
        open(loser, talk).await;
        loser.send(Some(talk), "wieder da").await.unwrap();
        open(winner, talk).await;
        reads(winner, talk, "wieder da").await;
        refused(&world, &LogIn::new(&lila.name, passwords[1 - won])).await;
        refused(&world, &lila).await;
        world.office.call(Call::LogOut).await.unwrap();
    });
}

#[test]
fn p16_staff_get_new_keys_in_the_log_and_read_on() {
    run(async {
        let mut world = World::new().await;
        let (mut first, _) = world.seeker(&seeker("Neun Stufen")).await;
        let talk = first.send(None, "an alle").await.unwrap();
        open(&mut world.mara, talk).await;
        world.mara.call(Call::Claim { conversation: talk }).await.unwrap();
        first.send(Some(talk), "nur an Mara").await.unwrap();
        reads(&mut world.mara, talk, "nur an Mara").await;
        let before = person(&world.mara);
        let code = changed(&mut world.mara, &world.mara_log_in.password, NEW_STAFF).await;
        // What is written from here on is for the new keys; what was before is still open.
        first.send(Some(talk), "für neue Schlüssel").await.unwrap();
        open(&mut world.mara, talk).await;
        reads(&mut world.mara, talk, "für neue Schlüssel").await;
        world.mara.send(Some(talk), "alles da").await.unwrap();
        reads(&mut first, talk, "alles da").await;
        reads(&mut world.mara, talk, "alles da").await;
        let texts = ["an alle", "nur an Mara", "für neue Schlüssel", "alles da"];
        assert_eq!(world.mara.model.texts(talk), texts);
        let mut page = Page::start(&world.live.address, None, None).await.unwrap();
        let old = Call::LogIn { name: "mara".into(), password: world.mara_log_in.password.clone() };
        assert_eq!(failure(page.call(old).await), wrong());
        // By the code: once more new keys, while the seeker writes on.
        let recover =
            Call::Recover { name: "mara".into(), code, password: "ganz andere worte fern am hafen".into() };
        page.call(recover).await.unwrap();
        open(&mut page, talk).await;
        reads(&mut page, talk, "alles da").await;
        assert_eq!(page.model.texts(talk), texts);
        assert_eq!(person(&page), before);
        first.send(Some(talk), "und weiter").await.unwrap();
        reads(&mut page, talk, "und weiter").await;
        // An administrator changes keys, and still administers.
        changed(&mut world.office, &world.office_log_in.password, NEW_STAFF).await;
        let jonas = world.colleague("Jonas").await;
        assert!(person(&jonas) != before);
        for page in [&page, &first, &world.office] {
            nothing_odd(page, talk);
        }
    });
}

#[test]
fn p21_a_seeker_has_its_own_conversations_only_after_new_keys() {
    run(async {
        let world = World::new().await;
        let (mut first, _) = world.seeker(&seeker("Eins")).await;
        let (mut second, _) = world.seeker(&seeker("Zwei")).await;
        let mine = first.send(None, "meins").await.unwrap();
        let other = second.send(None, "anderes").await.unwrap();
        progress(&mut first, mine, "meins", Progress::Stored).await;
        progress(&mut second, other, "anderes", Progress::Stored).await;
        changed(&mut first, &seeker("Eins").password, NEW).await;
        let mut again = world.browser().await;
        LogIn::new("Eins", NEW).enter(&mut again).await.unwrap();
        open(&mut again, mine).await;
        assert!(again.model.conversations.keys().eq([&mine]));
        assert_eq!(failure(again.call(Call::Show { conversation: other }).await), Failure::NotNow);
    });
}

#[test]
fn a_deleted_account_is_gone_with_its_talks_everywhere() {
    run(async {
        let mut world = World::new().await;
        let lila = seeker("Zehn Blätter");
        let (mut first, code) = world.seeker(&lila).await;
        let talk = first.send(None, "bald weg").await.unwrap();
        open(&mut world.mara, talk).await;
        let mut second = world.browser().await;
        lila.enter(&mut second).await.unwrap();
        open(&mut second, talk).await;
        let delete = |password: &str| Call::DeleteAccount { password: password.into() };
        assert_eq!(failure(first.call(delete("falsch falsch")).await), wrong());
        first.call(delete(&lila.password)).await.unwrap();
        assert_eq!(first.model.ended, Some(EndReason::Deleted));
        second.until("told", |model| model.ended == Some(EndReason::Deleted)).await.unwrap();
        assert_eq!(second.model.conflict, None);
        world.mara.until("gone", |model| model.gone.contains(&talk)).await.unwrap();
        refused(&world, &lila).await;
        let mut page = world.browser().await;
        let recover = Call::Recover { name: lila.name.clone(), code, password: NEW.into() };
        assert_eq!(failure(page.call(recover).await), wrong());
        // The name is free again, and nothing of before is there.
        let (again, _) = world.seeker(&lila).await;
        assert!(again.model.conversations.is_empty());
    });
}

/// Says once that somebody wrote meanwhile, counts pages of envelopes and keeps the longest answer.
#[derive(Default)]
struct Busy {
    pages: Cell<u32>,
    /// Pages at the first finish.
    before: Cell<Option<u32>>,
    longest: Cell<usize>,
}

impl Between for Busy {
    fn instead(&self, _: Method, path: &str) -> Option<Response> {
        (path == route::RECOVERY_FINISH && self.before.get().is_none()).then(|| {
            self.before.set(Some(self.pages.get()));
            let refusal = Refusal { code: Code::StaleEpoch, retry_after_s: None };
            Response { status: 409, body: encode(&refusal) }
        })
    }

    fn answer(&self, _: Method, path: &str, _: &[u8], response: Response) -> Response {
        self.pages.set(self.pages.get() + u32::from(path == route::RECOVERY_ENVELOPES));
        self.longest.set(self.longest.get().max(response.body.len()));
        response
    }

    fn frame(&self, frame: Vec<u8>) -> Vec<Vec<u8>> {
        vec![frame]
    }
}

#[test]
fn p02_p03_a_talk_longer_than_any_answer_is_loaded_changed_and_recovered() {
    /// Texts that make the talk longer than two answers may be.
    const TEXTS: usize = 2 * ANSWER_BYTES / limit::MESSAGE_TEXT_BYTES_MAX + 1;
    /// The longest page: the envelope that passes the soft limit is its last.
    const ANSWER_BYTES: usize = limit::ENVELOPE_PAGE_BYTES_MAX + 2 * limit::ENVELOPE_BYTES_MAX;
    run(async {
        let mut world = World::new().await;
        let busy = Rc::new(Busy::default());
        let address = world.live.address.through(busy.clone());
        let browser =
            async || Page::start(&address, Some(world.site), Some(world.pin.clone())).await.unwrap();
        let lila = seeker("Elf Bücher");
        let (mut first, code) = world.seeker(&lila).await;
        let talk = first.send(None, "Anfang").await.unwrap();
        open(&mut world.mara, talk).await;
        let long = "ä".repeat(limit::MESSAGE_TEXT_BYTES_MAX / 2 - 8);
        // Written by staff: a seeker may not store so much at once.
        for number in 0..TEXTS {
            world.mara.send(Some(talk), &format!("{number:08}{long}")).await.unwrap();
            if number % 16 == 0 || number == TEXTS - 1 {
                let stored = |model: &Model| {
                    model.texts(talk).len() == number + 2
                        && model.lines(talk).iter().all(|line| line.progress >= Progress::Stored)
                };
                world.mara.until("all stored", stored).await.unwrap();
            }
        }
        first.until("all", |model| model.texts(talk).len() == TEXTS + 1).await.unwrap();
        let mut second = browser().await;
        lila.enter(&mut second).await.unwrap();
        open(&mut second, talk).await;
        second.until("all", |model| model.texts(talk).len() == TEXTS + 1).await.unwrap();
        // By the code, while somebody writes: what was verified is not fetched again.
        let mut third = browser().await;
        let recover = Call::Recover { name: lila.name.clone(), code, password: NEW.into() };
        third.call(recover).await.unwrap();
        assert!(busy.pages.get() > 2, "{} pages", busy.pages.get());
        assert_eq!(busy.before.get(), Some(busy.pages.get()));
        open(&mut third, talk).await;
        third.until("all", |model| model.texts(talk).len() == TEXTS + 1).await.unwrap();
        // By a new password.
        changed(&mut third, NEW, "noch eine laterne bitte").await;
        third.send(Some(talk), "Ende").await.unwrap();
        open(&mut world.mara, talk).await;
        for page in [&mut world.mara, &mut third] {
            page.until("all", |model| model.texts(talk).len() == TEXTS + 2).await.unwrap();
            reads(page, talk, "Ende").await;
            nothing_odd(page, talk);
        }
        assert!(busy.longest.get() <= ANSWER_BYTES, "{} bytes", busy.longest.get());
    });
}

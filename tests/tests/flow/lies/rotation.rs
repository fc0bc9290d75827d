//! P16 against a server that lies about new keys: about the step that makes them, about the state before,
//! and with what it should have erased.

use super::{copy, log, record, recorded_talk};
use crate::{
    liar::Recorder,
    world::{World, failure, open, reads, run, seeker},
};
use beistand_protocol::{
    api::{
        EnvelopePage, LogHead, LogInStarted, LogPage, LoggedIn, RecoveryProved, RotationStarted, SiteInfo,
        route,
    },
    codec::{decode, encode},
    error::{Code, Refusal},
    id::ConversationId,
    live::ServerFrame,
    signature::plain_digest,
    worker::{Call, Conflict, Failure, Reply},
};
use beistand_tests::{
    cast::LogIn,
    live_box::LiveBox,
    native::Between,
    page::{Page, PageError},
};
use beistand_vault::client::transport::{Method, Response};
use serde::{Serialize, de::DeserializeOwned};
use std::{cell::Cell, rc::Rc};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lie {
    Truth,
    /// The last step never arrives, and is said to be done.
    SaysDone,
    /// The last step is done, and said to be refused.
    SaysRefused,
    /// The account is said to have another generation.
    Generation,
    /// The sealed state is another.
    State,
    /// The nonce is another: a change signed for it would be replayed elsewhere.
    Nonce,
    /// A conversation is left out, so that it would keep the old keys.
    TalkLeftOut,
    /// A conversation is given without its end.
    TalkShort,
    /// At log-in: the wrap of the generation before.
    OldWrap,
    /// At log-in: the state of the generation before.
    OldState,
    /// At log-in: the answer of the record before.
    OldRecord,
    /// The log without a counselor's new keys.
    KeysWithheld,
}

struct Turncoat {
    lie: Lie,
    /// A visit before the keys changed.
    earlier: Rc<Recorder>,
    /// Entries of the log before a counselor's keys changed.
    log: Vec<Vec<u8>>,
    told: Cell<u32>,
}

impl Turncoat {
    fn edit<A: Serialize + DeserializeOwned>(&self, body: &mut Vec<u8>, change: impl FnOnce(&mut A)) {
        let mut value: A = decode(body).unwrap();
        change(&mut value);
        let changed = encode(&value);
        self.told.set(self.told.get() + u32::from(changed != *body));
        *body = changed;
    }

    /// The head that is shown in place of a newer one.
    fn head(&self, head: LogHead) -> LogHead {
        let newest = self.log.last().filter(|_| self.lie == Lie::KeysWithheld);
        let length = self.log.len() as u64;
        newest.map_or(head, |entry| LogHead { length, digest: plain_digest(entry) })
    }
}

fn flip(bytes: &mut [u8]) {
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
}

impl Between for Turncoat {
    fn instead(&self, _: Method, path: &str) -> Option<Response> {
        let last = [route::ROTATION_FINISH, route::RECOVERY_FINISH].contains(&path);
        (last && self.lie == Lie::SaysDone).then(|| {
            self.told.set(1);
            Response { status: 200, body: encode(&()) }
        })
    }

    fn answer(&self, _: Method, path: &str, _: &[u8], mut response: Response) -> Response {
        if response.status != 200 {
            return response;
        }
        let body = &mut response.body;
        let earlier = || -> LoggedIn { decode(&self.earlier.newest(route::LOG_IN_FINISH)).unwrap() };
        match (path, self.lie) {
            (route::ROTATION_FINISH | route::RECOVERY_FINISH, Lie::SaysRefused) => {
                self.told.set(1);
                let refusal = Refusal { code: Code::Conflict, retry_after_s: None };
                return Response { status: 409, body: encode(&refusal) };
            }
            (route::ROTATION_START, lie) => self.edit(body, |started: &mut RotationStarted| match lie {
                Lie::Generation => started.generation += 1,
                Lie::State => flip(&mut started.state.0),
                Lie::Nonce => flip(&mut started.nonce),
                Lie::TalkLeftOut => started.conversations.clear(),
                _ => {}
            }),
            (route::RECOVERY_PROVE, lie) => self.edit(body, |proved: &mut RecoveryProved| match lie {
                Lie::Generation => proved.generation += 1,
                Lie::State => flip(&mut proved.state.0),
                Lie::Nonce => flip(&mut proved.nonce),
                Lie::TalkLeftOut => proved.conversations.clear(),
                _ => {}
            }),
            (route::RECOVERY_ENVELOPES, Lie::TalkShort) => self.edit(body, |page: &mut EnvelopePage| {
                page.envelopes.truncate(2);
                page.summary.length = 2;
            }),
            (route::LOG_IN_FINISH, lie) => self.edit(body, |answer: &mut LoggedIn| match lie {
                Lie::OldWrap => answer.wrap = earlier().wrap,
                Lie::OldState => answer.state = earlier().state,
                _ => {}
            }),
            (route::LOG_IN_START, Lie::OldRecord) => self.edit(body, |answer: &mut LogInStarted| {
                let old: LogInStarted = decode(&self.earlier.newest(route::LOG_IN_START)).unwrap();
                answer.response = old.response;
            }),
            (path, Lie::KeysWithheld) if path.starts_with("/api/v1/site/") => {
                self.edit(body, |info: &mut SiteInfo| info.head = self.head(info.head));
            }
            (path, Lie::KeysWithheld) if path.starts_with("/api/v1/log/") => {
                let from: usize = path.rsplit('/').next().unwrap().parse().unwrap();
                self.edit(body, |page: &mut LogPage| {
                    page.entries.truncate(self.log.len().saturating_sub(from));
                    page.head = self.head(page.head);
                });
            }
            _ => {}
        }
        response
    }

    fn frame(&self, frame: Vec<u8>) -> Vec<Vec<u8>> {
        let shown = match decode::<ServerFrame>(&frame).unwrap() {
            ServerFrame::Welcome { head, now_s } => ServerFrame::Welcome { head: self.head(head), now_s },
            ServerFrame::Log(head) => ServerFrame::Log(self.head(head)),
            other => other,
        };
        vec![encode(&shown)]
    }
}

const ACCOUNT: Failure = Failure::Conflict(Conflict::Account);
const CONVERSATION: Failure = Failure::Conflict(Conflict::Conversation);
const WRONG: Failure = Failure::Server(Code::WrongCredentials, None);
const REFUSED: Failure = Failure::Server(Code::StatementRefused, None);
const CHANGED: Failure = Failure::Server(Code::PasswordChanged, None);

/// What the person hears of a change of keys, and whether the new password is in force afterwards.
type Row = (Lie, Option<Failure>, bool);

const CHANGE: &[Row] = &[
    (Lie::Truth, None, true),
    (Lie::SaysDone, Some(ACCOUNT), false),
    (Lie::SaysRefused, Some(CHANGED), true),
    // By a session that is said to be over.
    (Lie::Generation, Some(CHANGED), false),
    (Lie::State, Some(ACCOUNT), false),
    (Lie::Nonce, Some(REFUSED), false),
    (Lie::TalkLeftOut, Some(CONVERSATION), false),
];

const RECOVER: &[Row] = &[
    (Lie::SaysDone, Some(ACCOUNT), false),
    (Lie::Generation, Some(ACCOUNT), false),
    (Lie::State, Some(ACCOUNT), false),
    (Lie::Nonce, Some(REFUSED), false),
    (Lie::TalkLeftOut, Some(CONVERSATION), false),
    (Lie::TalkShort, Some(CONVERSATION), false),
    (Lie::Truth, None, true),
    // What the refusal hides: the code that was asked for is dead already.
    (Lie::SaysRefused, Some(WRONG), true),
];

/// What the person hears at the log-in after the keys changed.
const LOG_IN: &[(Lie, Failure)] =
    &[(Lie::OldWrap, ACCOUNT), (Lie::OldState, ACCOUNT), (Lie::OldRecord, WRONG)];

struct Stage {
    world: World,
    talk: ConversationId,
    earlier: Rc<Recorder>,
    log: Vec<Vec<u8>>,
    /// In force.
    lila: LogIn,
    code: String,
    scene: u32,
}

impl Stage {
    async fn new() -> Self {
        let mut world = World::new().await;
        let lila = seeker("Lila");
        let (talk, earlier, code) = recorded_talk(&mut world, &lila).await;
        Self { world, talk, log: log(&earlier), earlier, lila, code, scene: 0 }
    }

    async fn page(&self, lie: Lie) -> (Page, Rc<Turncoat>) {
        let (earlier, log) = (self.earlier.clone(), self.log.clone());
        let liar = Rc::new(Turncoat { lie, earlier, log, told: Cell::new(0) });
        let address = self.world.live.address.through(liar.clone());
        let pin = Some(self.world.pin.clone());
        (Page::start(&address, Some(self.world.site), pin).await.unwrap(), liar)
    }

    fn log_in(who: &LogIn) -> Call {
        Call::LogIn { name: who.name.clone(), password: who.password.clone() }
    }

    /// Changes the keys while lied to, and sees what is in force afterwards.
    async fn change(&mut self, &(lie, notice, done): &Row, by_code: bool) {
        self.scene += 1;
        let (mut page, liar) = self.page(lie).await;
        let next = LogIn::new("Lila", &format!("neue laterne im garten {}", self.scene));
        let call = if by_code {
            Call::Recover { name: "Lila".into(), code: self.code.clone(), password: next.password.clone() }
        } else {
            self.lila.enter(&mut page).await.unwrap();
            open(&mut page, self.talk).await;
            page.until("the talk", |model| !model.texts(self.talk).is_empty()).await.unwrap();
            Call::ChangePassword { current: self.lila.password.clone(), password: next.password.clone() }
        };
        let heard = match page.call(call).await {
            Ok(Reply::RecoveryCode { parts }) => {
                self.code = parts.join("-");
                None
            }
            Err(PageError::Failed(failure)) => Some(failure),
            _ => panic!("{lie:?}"),
        };
        assert_eq!(heard, notice, "{lie:?}, by code {by_code}");
        assert_eq!(liar.told.get() == 0, lie == Lie::Truth, "{lie:?} was not told");
        if lie == Lie::SaysDone {
            let mut page = self.world.browser().await;
            assert_eq!(failure(page.call(Self::log_in(&next)).await), WRONG);
        }
        if done {
            self.lila = next;
        }
        // Whatever was said, the talk goes on under the password in force.
        let mut page = self.world.browser().await;
        self.lila.enter(&mut page).await.unwrap();
        open(&mut page, self.talk).await;
        let (own, answer) = (format!("a{}", self.scene), format!("b{}", self.scene));
        page.send(Some(self.talk), &own).await.unwrap();
        reads(&mut self.world.mara, self.talk, &own).await;
        self.world.mara.send(Some(self.talk), &answer).await.unwrap();
        reads(&mut page, self.talk, &answer).await;
        page.call(Call::LogOut).await.unwrap();
        assert_eq!(super::noticed(&self.world.mara.model, self.talk), None, "{lie:?}");
    }
}

#[test]
fn p16_lies_about_new_keys_are_noticed() {
    run(async {
        let mut stage = Stage::new().await;
        for row in CHANGE {
            stage.change(row, false).await;
        }
        // The last change took its code along, and nobody was shown it: one more change shows one.
        stage.change(&(Lie::Truth, None, true), false).await;
        for row in RECOVER {
            stage.change(row, true).await;
        }
        for (lie, notice) in LOG_IN {
            let (mut page, liar) = stage.page(*lie).await;
            assert_eq!(failure(page.call(Stage::log_in(&stage.lila)).await), *notice, "{lie:?}");
            assert!(liar.told.get() > 0, "{lie:?}");
        }
    });
}

#[test]
fn p16_withheld_new_keys_of_a_counselor_are_noticed() {
    run(async {
        let mut stage = Stage::new().await;
        let change = Call::ChangePassword {
            current: stage.world.mara_log_in.password.clone(),
            password: "neue laterne kranich ufer honig wolke".into(),
        };
        stage.world.mara.call(change).await.unwrap();
        let talk = stage.talk;
        open(&mut stage.world.mara, talk).await;
        reads(&mut stage.world.mara, talk, "eins").await;
        stage.world.mara.send(Some(talk), "mit neuen Schlüsseln").await.unwrap();
        reads(&mut stage.world.mara, talk, "mit neuen Schlüsseln").await;
        let (mut page, liar) = stage.page(Lie::KeysWithheld).await;
        page.call(Stage::log_in(&stage.lila)).await.unwrap();
        page.until("the stop", |model| model.conflict == Some(Conflict::Log)).await.unwrap();
        assert!(liar.told.get() > 0);
    });
}

/// Gives a later visit's answers about conversations.
struct Later(Rc<Recorder>);

impl Between for Later {
    fn answer(&self, method: Method, path: &str, _: &[u8], response: Response) -> Response {
        let later = method == Method::Get && path.starts_with("/api/v1/conversation");
        match later.then(|| self.0.all(path).pop()).flatten() {
            Some(body) => Response { status: 200, body },
            None => response,
        }
    }

    fn frame(&self, frame: Vec<u8>) -> Vec<Vec<u8>> {
        vec![frame]
    }
}

#[test]
fn p16_a_snapshot_and_the_old_password_open_nothing_written_later() {
    run(async {
        let mut stage = Stage::new().await;
        let folder = tempfile::tempdir().unwrap();
        stage.world.live.kill();
        copy(&stage.world.folder().join("data"), &folder.path().join("data"));
        stage.world.live.kill_and_restart().await.unwrap();
        stage.world.mara.until("the box again", super::connected).await.unwrap();
        let before = stage.lila.clone();
        stage.change(&(Lie::Truth, None, true), false).await;
        let later = Rc::new(Recorder::default());
        record(&stage.world, &stage.lila, &later, stage.talk).await;
        // The box as it was, in a thief's hands, with everything that was stored afterwards.
        let thieves = LiveBox::start(&folder.path().join("data")).await.unwrap();
        let address = thieves.address.through(Rc::new(Later(later.clone())));
        let pin = Some(stage.world.pin.clone());
        let mut page = Page::start(&address, Some(stage.world.site), pin).await.unwrap();
        before.enter(&mut page).await.unwrap();
        open(&mut page, stage.talk).await;
        reads(&mut page, stage.talk, "zwei").await;
        assert_eq!(page.model.texts(stage.talk), ["eins", "zwei"]);
        let given: EnvelopePage = decode(&later.newest("/api/v1/conversation/")).unwrap();
        let epochs = given.envelopes.iter().map(|stored| stored.envelope.epoch).max();
        assert!(epochs > Some(1), "what came later was given");
    });
}

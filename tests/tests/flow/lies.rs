//! Every lie of [`Lie`], told to the real client: when it is noticed, and what the person is told.
//!
//! A scene goes through the steps of a visit. At the first one where the client notices something it ends,
//! and the table says which step and which code that must be. A lie that changes nothing for anybody is in
//! the table too: the visit goes on to its end as if it had not been told.

use crate::liar::{Liar, Lie, Loot, Recorder};
use crate::world::{World, open, progress, reads, seeker, staff};
use beistand_protocol::{
    api::{LogPage, SightingPut, route},
    codec::decode,
    error::Code,
    id::ConversationId,
    membership::{Body, SignedEntry, Statement},
    worker::{Call, Confirmation, Conflict, Connection, Failure, MessageBody, Progress, Reply, Role},
};
use beistand_tests::{
    cast::{LogIn, set_up, sign_up},
    live_box::LiveBox,
    page::{Model, Page, PageError},
};
use std::{cell::RefCell, path::Path, rc::Rc};

/// Steps of a visit, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The page opens.
    Start,
    /// Somebody new.
    SignUp,
    /// A new password by the recovery code.
    Recover,
    /// Name and password.
    LogIn,
    /// The conversation is loaded.
    Load,
    /// Two messages come.
    Receive,
    /// A message is sent.
    Send,
    /// The other side has received it.
    Confirm,
    /// All over.
    End,
}

/// What the person sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// A failure's sentence; a conflict's is the hard stop.
    Fails(Failure),
    /// A line "could not be checked" in place of the message.
    Refused,
    /// No word of delivery.
    Unconfirmed,
    /// Nothing, and nothing is wrong.
    Nothing,
}

/// Who is lied to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Victim {
    Seeker,
    /// A seeker whose link carried no `#k=`.
    SeekerWithoutPin,
    NewSeeker,
    /// The seeker, who has forgotten the password.
    Recovering,
    Counselor,
}

/// One row of a table.
pub type Row = (Lie, Victim, Step, Notice);

pub const fn stop(conflict: Conflict) -> Notice {
    Notice::Fails(Failure::Conflict(conflict))
}

/// The people and boxes of all scenes.
pub struct Stage {
    pub world: World,
    lila: LogIn,
    /// Lila's recovery code.
    code: String,
    talk: ConversationId,
    loot: Rc<Loot>,
    scene: u32,
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            std::fs::copy(from, to).unwrap();
        }
    }
}

async fn invite(page: &mut Page, world: &World) {
    let call = Call::Invite { display_name: "Kim".into(), role: Role::Counselor, team: world.team };
    page.call(call).await.unwrap();
}

impl Stage {
    pub async fn new() -> Self {
        let mut world = World::new().await;
        let jonas = world.colleague("Jonas").await.model.person().unwrap();

        // A twin of the box, where an administrator signs something else: a forked log.
        let folder = tempfile::tempdir().unwrap();
        world.live.kill();
        copy(&world.folder().join("data"), &folder.path().join("data"));
        world.live.kill_and_restart().await.unwrap();
        let twin = LiveBox::start(&folder.path().join("data")).await.unwrap();
        let mut page = Page::start(&twin.address, None, None).await.unwrap();
        world.office_log_in.enter(&mut page).await.unwrap();
        invite(&mut page, &world).await;
        let fork = Rc::new(Recorder::default());
        let address = twin.address.through(fork.clone());
        let mut page = Page::start(&address, Some(world.site), None).await.unwrap();
        drop(page);
        page = Page::start(&address, None, None).await.unwrap();
        world.office_log_in.enter(&mut page).await.unwrap();
        let put: SightingPut = decode(&fork.asked(route::SIGHTING)).unwrap();
        drop((page, twin));

        // Another organisation.
        let foreign_box = LiveBox::start(&folder.path().join("foreign")).await.unwrap();
        let mut page = Page::start(&foreign_box.address, None, None).await.unwrap();
        let code = foreign_box.output.claim_code.clone().unwrap();
        let kit = set_up(&mut page, &code, &staff("fremd"), "Fremde Leitung").await.unwrap();
        let foreign = Rc::new(Recorder::default());
        let address = foreign_box.address.through(foreign.clone());
        drop(Page::start(&address, Some(kit.site), None).await.unwrap());
        drop((page, foreign_box));

        // What this organisation's people do before.
        world.office.until("the box again", connected).await.unwrap();
        world.mara.until("the box again", connected).await.unwrap();
        let (mut page, world_ref) = (world.desk(&world.office_log_in).await, &world);
        invite(&mut page, world_ref).await;
        drop(page);
        let (lila, nora) = (seeker("Lila"), seeker("Nora"));
        let (mut page, code) = sign_up(&world.live.address, world.site, &world.pin, &lila).await.unwrap();
        let talk = page.send(None, "eins").await.unwrap();
        open(&mut world.mara, talk).await;
        reads(&mut world.mara, talk, "eins").await;
        world.mara.call(Call::Claim { conversation: talk }).await.unwrap();
        world.mara.send(Some(talk), "zwei").await.unwrap();
        reads(&mut page, talk, "zwei").await;
        page.send(Some(talk), "drei").await.unwrap();
        reads(&mut world.mara, talk, "drei").await;
        world.mara.send(Some(talk), "vier").await.unwrap();
        reads(&mut page, talk, "vier").await;
        progress(&mut page, talk, "drei", Progress::Delivered).await;
        page.call(Call::LogOut).await.unwrap();
        let earlier = Rc::new(Recorder::default());
        record(&world, &lila, &earlier, talk).await;
        let (mut page, _) = sign_up(&world.live.address, world.site, &world.pin, &nora).await.unwrap();
        let other_talk = page.send(None, "fremdes").await.unwrap();
        progress(&mut page, other_talk, "fremdes", Progress::Stored).await;
        drop(page);
        let other = Rc::new(Recorder::default());
        record(&world, &nora, &other, other_talk).await;
        let floor = log(&earlier).len() as u64;

        // And what happens while the seeker is away: somebody leaves, and a message names it.
        world.office.call(Call::RemovePerson { person: jonas }).await.unwrap();
        world
            .mara
            .until("the removal", |model| model.persons.iter().all(|p| p.person != jonas))
            .await
            .unwrap();
        world.mara.send(Some(talk), "fünf").await.unwrap();
        let newest = Rc::new(Recorder::default());
        let address = world.live.address.through(newest.clone());
        drop(Page::start(&address, Some(world.site), None).await.unwrap());
        let founder = |entry: &Vec<u8>| {
            let signed: SignedEntry = decode(entry).unwrap();
            match decode::<Statement>(&signed.statement).unwrap().body {
                Body::Founder { keys, .. } => Some(keys),
                _ => None,
            }
        };
        let loot = Rc::new(Loot {
            foreign_keys: log(&foreign).iter().find_map(founder).unwrap(),
            foreign,
            fork,
            earlier,
            other,
            talk,
            other_talk,
            colleague: world.office.model.person().unwrap(),
            site: world.site,
            log: log(&newest),
            floor,
            fork_sighting: put.sighting,
            newcomer: Rc::default(),
            recovery: RefCell::default(),
        });
        assert!(loot.log.len() as u64 > floor);
        Self { world, lila, code, talk, loot, scene: 0 }
    }

    /// Somebody else signs up, writes and recovers: what lies about that are made of.
    pub async fn newcomer(&self) {
        let address = self.world.live.address.through(self.loot.newcomer.clone());
        let pia = seeker("Pia");
        let (mut page, code) = sign_up(&address, self.world.site, &self.world.pin, &pia).await.unwrap();
        let talk = page.send(None, "neu hier").await.unwrap();
        progress(&mut page, talk, "neu hier", Progress::Stored).await;
        page.call(Call::LogOut).await.unwrap();
        page.call(Call::Recover { name: pia.name, code, password: new_password(0) }).await.unwrap();
    }

    /// Goes through a table.
    pub async fn play(&mut self, rows: &[Row]) {
        let mut wrong = Vec::new();
        for &(lie, victim, step, notice) in rows {
            let liar = Rc::new(Liar::new(lie, self.loot.clone()));
            let mut seen = self.scene(victim, &liar).await;
            if noticed(&self.world.mara.model, self.talk).is_some() {
                seen = Err("whoever is not lied to saw something odd".into());
            }
            if seen != Ok((step, notice)) {
                wrong.push(format!("{lie:?} to {victim:?}: {seen:?}, not {:?}", (step, notice)));
            } else if (liar.told() == 0) != (lie == Lie::Truth) {
                wrong.push(format!("{lie:?} to {victim:?}: told {} times", liar.told()));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    /// Twenty days go by, and somebody has confirmed the log since: whoever is shown the old sightings
    /// alone is told that it is unconfirmed, as if nobody had.
    pub async fn replay_sightings(&self) {
        let later = self.world.live.address.days_ahead(20);
        let mut mara = Page::start(&later, None, None).await.unwrap();
        self.world.mara_log_in.enter(&mut mara).await.unwrap();
        mara.until("own sighting", |model| model.confirmation.is_some()).await.unwrap();
        for (lie, wanted) in
            [(Lie::Truth, Confirmation::Recent), (Lie::SightingsReplayed, Confirmation::Old { days: 20 })]
        {
            let liar = Rc::new(Liar::new(lie, self.loot.clone()));
            let (site, pin) = (Some(self.world.site), Some(self.world.pin.clone()));
            let mut page = Page::start(&later.through(liar.clone()), site, pin).await.unwrap();
            self.lila.enter(&mut page).await.unwrap();
            page.until("a word on the log", |model| model.confirmation.is_some()).await.unwrap();
            assert_eq!(page.model.confirmation, Some(wanted), "{lie:?}");
            assert_eq!(liar.told() == 0, lie == Lie::Truth);
        }
    }

    async fn scene(&mut self, victim: Victim, liar: &Rc<Liar>) -> Result<(Step, Notice), String> {
        self.scene += 1;
        let address = self.world.live.address.through(liar.clone());
        let (site, pin) = (self.world.site, self.world.pin.clone());
        let (site, pin) = match victim {
            Victim::Seeker | Victim::NewSeeker | Victim::Recovering => (Some(site), Some(pin)),
            Victim::SeekerWithoutPin => (Some(site), None),
            Victim::Counselor => (None, Some(pin)),
        };
        let mut page = Page::open(&address);
        if let Some(notice) = called(page.call(Call::Start { site, pin, resume: None }).await)? {
            return Ok((Step::Start, notice));
        }
        if victim == Victim::NewSeeker {
            let log_in = seeker(&format!("Neu {}", self.scene));
            let call = Call::SignUp { name: log_in.name, password: log_in.password };
            let notice = called(page.call(call).await)?;
            return Ok((Step::SignUp, notice.unwrap_or(Notice::Nothing)));
        }
        if victim == Victim::Recovering {
            let (name, password) = (self.lila.name.clone(), new_password(self.scene));
            let call = Call::Recover { name, code: self.code.clone(), password: password.clone() };
            let outcome = page.call(call).await;
            if let Ok(Reply::RecoveryCode { parts }) = &outcome {
                (self.code, self.lila.password) = (parts.join("-"), password);
            }
            return Ok((Step::Recover, called(outcome)?.unwrap_or(Notice::Nothing)));
        }
        let log_in = if victim == Victim::Counselor { &self.world.mara_log_in } else { &self.lila };
        let call = Call::LogIn { name: log_in.name.clone(), password: log_in.password.clone() };
        if let Some(notice) = called(page.call(call).await)? {
            // Counselors load at once what they read: on a busy machine while the log-in has not answered yet.
            let loading = victim == Victim::Counselor && notice == stop(Conflict::Log);
            return Ok((if loading { Step::Load } else { Step::LogIn }, notice));
        }
        self.visit(page, liar, victim).await
    }

    async fn visit(&mut self, mut page: Page, liar: &Liar, victim: Victim) -> Result<(Step, Notice), String> {
        let talk = self.talk;
        wait(&mut page, "a list", |model| model.conversations.contains_key(&talk)).await?;
        if page.model.conflict.is_none() {
            let _ = page.call(Call::Show { conversation: talk }).await;
        }
        wait(&mut page, "the talk", |model| model.texts(talk).contains(&"fünf")).await?;
        if let Some(notice) = noticed(&page.model, talk) {
            return Ok((Step::Load, notice));
        }
        liar.goes_live();
        if liar.lie() == Lie::ShorterThanShown {
            page.cut(true);
            let broken = |model: &Model| model.connection != Some(Connection::Connected);
            page.until("the cut", broken).await.map_err(|error| error.to_string())?;
            page.cut(false);
            page.until("the hard stop", |model| model.conflict.is_some())
                .await
                .map_err(|error| error.to_string())?;
            return Ok((Step::Receive, noticed(&page.model, talk).unwrap_or(Notice::Nothing)));
        }
        let [first, second, own, last] = ["a", "b", "c", "d"].map(|part| format!("{part}{}", self.scene));
        self.world.mara.send(Some(talk), &first).await.map_err(|error| error.to_string())?;
        self.world.mara.send(Some(talk), &second).await.map_err(|error| error.to_string())?;
        let both = |model: &Model| [&first, &second].iter().all(|text| model.line(talk, text).is_some());
        wait(&mut page, "two messages", both).await?;
        if matches!(
            liar.lie(),
            Lie::OwnReceiptsWithheld
                | Lie::OwnReceiptsMisplaced
                | Lie::OwnReceiptsReplaced
                | Lie::PlacesLeftOut
        ) {
            // It confirms what it has received. Nothing else is sent, and nothing else comes.
            page.until("the hard stop", |model| model.conflict.is_some())
                .await
                .map_err(|error| error.to_string())?;
        }
        if let Some(notice) = noticed(&page.model, talk) {
            return Ok((Step::Receive, notice));
        }
        if page.model.texts(talk).iter().filter(|text| **text == first).count() != 1 {
            return Err("a message is there twice".into());
        }
        let sent = page.send(Some(talk), &own).await;
        if let Some(notice) = called(sent.map(drop))? {
            return Ok((Step::Send, notice));
        }
        wait(&mut page, "the own message", |model| stored(model, talk, &own)).await?;
        if let Some(notice) = noticed(&page.model, talk) {
            return Ok((Step::Send, notice));
        }
        if victim == Victim::Counselor {
            // The other browser is the same person's: nobody confirms.
            return Ok((Step::End, Notice::Nothing));
        }
        if liar.lie() == Lie::StoredNothing {
            return self.stored_nothing(page, &own).await;
        }
        // The receipt goes out before whatever its author writes next.
        reads(&mut self.world.mara, talk, &own).await;
        self.world.mara.send(Some(talk), &last).await.map_err(|error| error.to_string())?;
        wait(&mut page, "the last message", |model| model.line(talk, &last).is_some()).await?;
        let unconfirmed = page.model.line(talk, &own).is_some_and(|line| line.progress < Progress::Delivered);
        if let Some(notice) = noticed(&page.model, talk).or(unconfirmed.then_some(Notice::Unconfirmed)) {
            return Ok((Step::Confirm, notice));
        }
        Ok((Step::End, Notice::Nothing))
    }
}

impl Stage {
    /// Nothing confirms it, and the other side's next words stand where it (or a receipt before it) cannot be.
    async fn stored_nothing(&mut self, mut page: Page, own: &str) -> Result<(Step, Notice), String> {
        let talk = self.talk;
        let words = format!("f{}", self.scene);
        self.world.mara.send(Some(talk), &words).await.map_err(|error| error.to_string())?;
        page.until("the hard stop", |model| model.conflict.is_some())
            .await
            .map_err(|error| error.to_string())?;
        if page.model.line(talk, own).is_none_or(|line| line.progress > Progress::Stored) {
            return Err("somebody confirmed what was never there".into());
        }
        Ok((Step::Confirm, noticed(&page.model, talk).unwrap_or(Notice::Nothing)))
    }
}

fn new_password(number: u32) -> String {
    format!("neue laterne im garten {number}")
}

fn stored(model: &Model, talk: ConversationId, text: &str) -> bool {
    model.line(talk, text).is_some_and(|line| line.progress >= Progress::Stored)
}

fn connected(model: &Model) -> bool {
    model.connection == Some(Connection::Connected)
}

/// A visit whose answers are kept.
async fn record(world: &World, who: &LogIn, recorder: &Rc<Recorder>, talk: ConversationId) {
    let address = world.live.address.through(recorder.clone());
    let mut page = Page::start(&address, Some(world.site), Some(world.pin.clone())).await.unwrap();
    who.enter(&mut page).await.unwrap();
    open(&mut page, talk).await;
    page.call(Call::LogOut).await.unwrap();
}

/// A talk with its counselor, "eins" and "zwei", as its seeker saw it; and the seeker's recovery code.
async fn recorded_talk(world: &mut World, who: &LogIn) -> (ConversationId, Rc<Recorder>, String) {
    let (mut page, code) = world.seeker(who).await;
    let talk = page.send(None, "eins").await.unwrap();
    open(&mut world.mara, talk).await;
    world.mara.call(Call::Claim { conversation: talk }).await.unwrap();
    world.mara.send(Some(talk), "zwei").await.unwrap();
    reads(&mut page, talk, "zwei").await;
    // Leaving writes how far the talk is known.
    page.call(Call::LogOut).await.unwrap();
    let recorder = Rc::new(Recorder::default());
    record(world, who, &recorder, talk).await;
    (talk, recorder, code)
}

fn log(recorder: &Recorder) -> Vec<Vec<u8>> {
    decode::<LogPage>(&recorder.newest("/api/v1/log/0")).unwrap().entries
}

fn called<T>(outcome: Result<T, PageError>) -> Result<Option<Notice>, String> {
    match outcome {
        Ok(_) => Ok(None),
        Err(PageError::Failed(failure)) => Ok(Some(Notice::Fails(failure))),
        Err(other) => Err(other.to_string()),
    }
}

fn noticed(model: &Model, talk: ConversationId) -> Option<Notice> {
    let refused = |line: &&beistand_protocol::worker::MessageView| line.body == MessageBody::Refused;
    match model.conflict {
        Some(conflict) => Some(stop(conflict)),
        None => model.lines(talk).iter().any(refused).then_some(Notice::Refused),
    }
}

/// Until something is there, or something is noticed.
async fn wait(page: &mut Page, what: &str, there: impl Fn(&Model) -> bool) -> Result<(), String> {
    let over = |model: &Model| {
        there(model)
            || model.messages.keys().any(|talk| noticed(model, *talk).is_some())
            || model.conflict.is_some()
    };
    page.until(what, over).await.map_err(|error| error.to_string())
}

mod own_key;
mod rotation;
mod table;

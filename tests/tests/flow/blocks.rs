//! Text blocks: shared by a team and own, and what a server that lies about them is noticed by.

use crate::world::{World, failure, open, person, run, seeker, staff};
use beistand_protocol::{
    api::Sealed,
    blocks::{EditionPut, Library, NewestEdition, SignedEdition},
    codec::{decode, encode},
    error::Code,
    id::{BlockId, ConversationId},
    membership::Language,
    worker::{Block, BlockEdit, BlockText, BlocksCall, Call, Conflict, Failure, LibraryView, Reply},
};
use beistand_tests::{
    cast::LogIn,
    native::Between,
    page::{Page, PageError},
};
use beistand_vault::client::transport::{Method, Response};
use std::{cell::RefCell, rc::Rc};

fn text(words: &str) -> BlockText {
    BlockText {
        folder: "Anfang".into(),
        title: "Begrüßung".into(),
        language: Some(Language::German),
        text: words.into(),
    }
}

fn edit(id: u8, seen: u64, words: &str) -> BlockEdit {
    BlockEdit { id: BlockId([id; 16]), seen, text: Some(text(words)) }
}

fn asks(library: Library, edits: Vec<BlockEdit>) -> Call {
    Call::Blocks(BlocksCall { library, edits })
}

async fn ask(page: &mut Page, library: Library, edits: &[BlockEdit]) -> Result<LibraryView, PageError> {
    match page.call(asks(library, edits.to_vec())).await? {
        Reply::Blocks(view) => Ok(view),
        _ => panic!("another answer"),
    }
}

/// What the blocks of a library say.
async fn words(page: &mut Page, library: Library) -> Vec<String> {
    let view = ask(page, library, &[]).await.unwrap();
    assert!(!view.locked);
    view.blocks.into_iter().filter(|block| !block.removed).map(|block| block.now.text).collect()
}

/// A server that answers about text blocks with what it has recorded.
#[derive(Default)]
struct Forger {
    answer: RefCell<Option<NewestEdition>>,
    stored: RefCell<Vec<SignedEdition>>,
    refused: RefCell<Vec<SignedEdition>>,
}

impl Forger {
    /// From now on, to whoever asks, whatever they know.
    fn says(&self, version: u64, edition: &SignedEdition) {
        let edition = Some(Sealed(encode(edition)));
        *self.answer.borrow_mut() = Some(NewestEdition { version, edition });
    }
}

impl Between for Forger {
    fn answer(&self, method: Method, path: &str, body: &[u8], mut response: Response) -> Response {
        if method == Method::Post && (path.ends_with("/blocks") || path.contains("/note/")) {
            let put: EditionPut = decode(body).unwrap();
            let taken = if response.status == 200 { &self.stored } else { &self.refused };
            taken.borrow_mut().push(decode(&put.edition.0).unwrap());
        }
        if method == Method::Get
            && (path.contains("/blocks/") || path.contains("/note/"))
            && let Some(answer) = &*self.answer.borrow()
        {
            response = Response { status: 200, body: encode(answer) };
        }
        response
    }

    fn frame(&self, frame: Vec<u8>) -> Vec<Vec<u8>> {
        vec![frame]
    }
}

#[test]
fn shared_blocks_are_the_teams_and_own_ones_stay_ones_own() {
    run(async {
        let mut world = World::new().await;
        let mut ina = world.colleague("Ina").await;
        let shared = Library::Team(world.team);
        let (of_mara, of_ina) = (Library::Own(person(&world.mara)), Library::Own(person(&ina)));

        let made = ask(&mut world.mara, shared, &[edit(1, 0, "Guten Tag."), edit(2, 0, "Bis bald.")]).await;
        assert_eq!(made.unwrap().version, 1);
        assert_eq!(words(&mut ina, shared).await, ["Guten Tag.", "Bis bald."]);
        ask(&mut world.mara, of_mara, &[edit(1, 0, "Meins.")]).await.unwrap();
        assert_eq!(words(&mut ina, of_ina).await, [""; 0]);
        assert_eq!(failure(ina.call(asks(of_mara, vec![])).await), Failure::NotNow);

        // Two who change different blocks at once lose nothing; of two who change the same the second is told.
        ask(&mut ina, shared, &[edit(1, 1, "Hallo.")]).await.unwrap();
        let view = ask(&mut world.mara, shared, &[edit(2, 1, "Alles Gute.")]).await.unwrap();
        assert_eq!(view.version, 3);
        assert_eq!(words(&mut ina, shared).await, ["Hallo.", "Alles Gute."]);
        let late = ask(&mut world.mara, shared, &[edit(1, 1, "Grüß Gott.")]).await.map(|_| Reply::Done);
        assert_eq!(failure(late), Failure::BlockChanged);

        // What it was before is there, by whom, and can be brought back.
        let view = ask(&mut world.mara, shared, &[]).await.unwrap();
        let first: &Block = &view.blocks[0];
        assert_eq!((first.change.by, first.former[0].change.by), (person(&ina), person(&world.mara)));
        assert_eq!(first.former[0].text, text("Guten Tag."));
        let removed = BlockEdit { id: first.id, seen: first.change.version, text: None };
        let view = ask(&mut ina, shared, &[removed]).await.unwrap();
        assert_eq!(words(&mut world.mara, shared).await, ["Alles Gute."]);
        let back = BlockEdit { seen: view.blocks[0].change.version, ..edit(1, 0, "Guten Tag.") };
        ask(&mut world.mara, shared, &[back]).await.unwrap();
        assert_eq!(words(&mut ina, shared).await, ["Guten Tag.", "Alles Gute."]);

        // Nothing can be nothing.
        let invalid = failure(ina.call(asks(shared, vec![edit(9, 0, " ")])).await);
        assert_eq!(invalid, Failure::TextInvalid);
        // From a clean browser.
        let mut desk = world.desk(&world.mara_log_in).await;
        assert_eq!(words(&mut desk, shared).await, ["Guten Tag.", "Alles Gute."]);
        assert_eq!(words(&mut desk, of_mara).await, ["Meins."]);
        assert_eq!((world.mara.model.conflict, ina.model.conflict, desk.model.conflict), (None, None, None));
    });
}

#[test]
fn p6_blocks_outlive_changes_of_team_and_keys_and_who_was_removed_gets_none() {
    run(async {
        let mut world = World::new().await;
        let mut ina = world.colleague("Ina").await;
        let shared = Library::Team(world.team);
        let own = Library::Own(person(&world.mara));
        ask(&mut world.mara, shared, &[edit(1, 0, "Guten Tag.")]).await.unwrap();
        ask(&mut world.mara, own, &[edit(1, 0, "Meins.")]).await.unwrap();
        assert_eq!(words(&mut ina, shared).await, ["Guten Tag."]);

        // Ina goes: the next who looks seals them to the generation without her.
        let removed = person(&ina);
        world.office.call(Call::RemovePerson { person: removed }).await.unwrap();
        world.mara.until("that Ina is gone", |model| model.teams[0].members.len() == 2).await.unwrap();
        assert_eq!(ask(&mut world.mara, shared, &[]).await.unwrap().version, 2);
        assert_eq!(words(&mut world.office, shared).await, ["Guten Tag."]);
        let mut late = Page::start(&world.live.address, None, None).await.unwrap();
        assert!(staff("Ina").enter(&mut late).await.is_err());

        // A newcomer finds them, and a new passphrase opens all that was there.
        let mut tom = world.colleague("Tom").await;
        ask(&mut world.mara, shared, &[]).await.unwrap();
        assert_eq!(words(&mut tom, shared).await, ["Guten Tag."]);
        let password = "honig segel amboss koralle zimt eule";
        let change =
            Call::ChangePassword { current: world.mara_log_in.password.clone(), password: password.into() };
        world.mara.call(change).await.unwrap();
        assert_eq!(words(&mut world.mara, shared).await, ["Guten Tag."]);
        assert_eq!(words(&mut world.mara, own).await, ["Meins."]);
        // It was sealed to the new keys when it was looked at.
        assert_eq!(ask(&mut world.mara, own, &[]).await.unwrap().version, 2);
        let mut log_in = world.mara_log_in.clone();
        log_in.password = password.into();
        let mut desk = world.desk(&log_in).await;
        assert_eq!(words(&mut desk, own).await, ["Meins."]);
        assert_eq!(words(&mut desk, shared).await, ["Guten Tag."]);
    });
}

fn noted(talk: ConversationId, seen: u64, words: Option<&str>) -> BlockEdit {
    let bare = |words: &str| BlockText {
        folder: String::new(),
        title: String::new(),
        language: None,
        text: words.into(),
    };
    BlockEdit { id: BlockId(talk.0), seen, text: words.map(bare) }
}

#[test]
fn a_note_about_a_talk_is_its_authors_on_all_devices_and_goes_with_the_talk() {
    run(async {
        let mut world = World::new().await;
        let forger = Rc::new(Forger::default());
        let address = world.live.address.through(forger.clone());
        let mut mara = Page::start(&address, None, None).await.unwrap();
        world.mara_log_in.enter(&mut mara).await.unwrap();
        let (mut first, _) = world.seeker(&seeker("Lila 8")).await;
        let talk = first.send(None, "hallo").await.unwrap();
        open(&mut mara, talk).await;
        mara.call(Call::Claim { conversation: talk }).await.unwrap();
        let note = Library::Note(talk, person(&mara));

        // Written, and the server has nothing but sealed bytes.
        let view = ask(&mut mara, note, &[noted(talk, 0, Some("Bruder auch da?"))]).await.unwrap();
        assert_eq!((view.version, view.blocks.len()), (1, 1));
        let stored = encode(&forger.stored.borrow()[0]);
        assert!(!stored.windows(6).any(|window| window == b"Bruder"));
        assert_eq!(forger.stored.borrow()[0].sealed.len(), 512 + 1120 + 16);

        // On another device after a log-in; of two who change it the second is told, and nothing is written over.
        let mut desk = world.desk(&world.mara_log_in).await;
        open(&mut desk, talk).await;
        assert_eq!(words(&mut desk, note).await, ["Bruder auch da?"]);
        ask(&mut desk, note, &[noted(talk, 1, Some("Bruder: ja."))]).await.unwrap();
        let late = ask(&mut mara, note, &[noted(talk, 1, Some("Schwester?"))]).await.map(|_| Reply::Done);
        assert_eq!(failure(late), Failure::BlockChanged);
        let view = ask(&mut mara, note, &[]).await.unwrap();
        assert_eq!((&*view.blocks[0].now.text, view.blocks[0].former.len()), ("Bruder: ja.", 0));

        // Nobody else's: neither the lead, who reads the talk, nor a colleague has it or gets at it.
        let of_office = Library::Note(talk, person(&world.office));
        open(&mut world.office, talk).await;
        assert_eq!(words(&mut world.office, of_office).await, [""; 0]);
        assert_eq!(failure(world.office.call(asks(note, vec![])).await), Failure::NotNow);
        let elsewhere = ConversationId([7; 16]);
        let unknown = mara.call(asks(Library::Note(elsewhere, person(&mara)), vec![])).await;
        assert_eq!(failure(unknown), Failure::Server(Code::NotFound, None));

        // New keys open it, and it is sealed to them.
        let password = "honig segel amboss koralle zimt eule";
        let current = world.mara_log_in.password.clone();
        mara.call(Call::ChangePassword { current, password: password.into() }).await.unwrap();
        open(&mut mara, talk).await;
        assert_eq!(words(&mut mara, note).await, ["Bruder: ja."]);
        assert_eq!(ask(&mut mara, note, &[]).await.unwrap().version, 3);
        // Emptied it is no more.
        ask(&mut mara, note, &[noted(talk, 2, None)]).await.unwrap();
        let view = ask(&mut mara, note, &[noted(talk, 0, Some("Neu."))]).await.unwrap();
        assert_eq!((view.version, view.blocks.len()), (5, 1));

        // An old one is noticed.
        let old = forger.stored.borrow()[0].clone();
        forger.says(1, &old);
        noticed(&mut mara, note).await;
        *forger.answer.borrow_mut() = None;

        // It goes with the talk.
        let gone = seeker("Lila 8").password;
        first.call(Call::DeleteAccount { password: gone }).await.unwrap();
        let asked = mara.call(asks(note, vec![])).await;
        assert!(asked.is_err());
    });
}

/// A page that asks once more about text blocks, while the server says this.
async fn noticed(page: &mut Page, library: Library) {
    let asked = page.call(asks(library, vec![])).await;
    assert_eq!(failure(asked), Failure::Conflict(Conflict::Blocks));
}

#[test]
fn p12_old_foreign_and_forged_blocks_are_noticed() {
    run(async {
        let world = World::new().await;
        let forger = Rc::new(Forger::default());
        let address = world.live.address.through(forger.clone());
        let page = async |log_in: &LogIn| {
            let mut page = Page::start(&address, None, None).await.unwrap();
            log_in.enter(&mut page).await.unwrap();
            page
        };
        let shared = Library::Team(world.team);
        let mut mara = page(&world.mara_log_in).await;
        let own = Library::Own(person(&mara));
        for (seen, words) in [(0, "eins"), (1, "zwei")] {
            ask(&mut mara, shared, &[edit(1, seen, words)]).await.unwrap();
        }
        mara.model.draft_saved = false;
        ask(&mut mara, own, &[edit(1, 0, "Meins.")]).await.unwrap();
        mara.until("that what is known is kept", |model| model.draft_saved).await.unwrap();
        let stored = forger.stored.borrow().clone();
        let [old, newest, of_mara] = &stored[..] else { panic!("{} editions", stored.len()) };

        // The old one, to whom has the newer one open, and to the same person in a clean browser.
        forger.says(1, old);
        noticed(&mut mara, shared).await;
        *forger.answer.borrow_mut() = None;
        let mut again = page(&world.mara_log_in).await;
        assert_eq!(words(&mut again, shared).await, ["zwei"]);
        forger.says(1, old);
        noticed(&mut page(&world.mara_log_in).await, shared).await;
        // Called the newer one.
        forger.says(2, old);
        noticed(&mut page(&world.mara_log_in).await, shared).await;
        // Nothing was ever stored.
        *forger.answer.borrow_mut() = Some(NewestEdition { version: 0, edition: None });
        noticed(&mut page(&world.mara_log_in).await, shared).await;

        // Another one of the same version, by a colleague who was shown the old one.
        forger.says(1, old);
        let mut office = page(&world.office_log_in).await;
        let late = office.call(asks(shared, vec![edit(1, 1, "auch zwei")])).await;
        assert_eq!(failure(late), Failure::Server(Code::Conflict, None));
        let twin = forger.refused.borrow()[0].clone();
        forger.says(2, &twin);
        noticed(&mut page(&world.mara_log_in).await, shared).await;

        // Another library's, to somebody who knew none.
        forger.says(1, of_mara);
        noticed(&mut page(&world.office_log_in).await, shared).await;
        // Signed by nobody of the team, and changed.
        let mut changed = newest.clone();
        *changed.sealed.last_mut().unwrap() ^= 1;
        forger.says(2, &changed);
        noticed(&mut page(&world.office_log_in).await, shared).await;
        let of_stranger = SignedEdition { signature: of_mara.signature, ..newest.clone() };
        forger.says(2, &of_stranger);
        noticed(&mut page(&world.office_log_in).await, shared).await;
        // The true one is read.
        forger.says(2, newest);
        assert_eq!(words(&mut page(&world.office_log_in).await, shared).await, ["zwei"]);
    });
}

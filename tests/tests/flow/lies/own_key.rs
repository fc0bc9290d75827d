//! P12 against a server that draws keys of its own: a complete, consistent team generation, and an epoch whose box
//! opens for the seeker, in which only the signature is wrong. HPKE has no sender: anybody can make such boxes.
//! Whatever the client sends afterwards is tried with the server's key; nothing of it may open.

use super::recorded_talk;
use crate::{
    liar::Recorder,
    world::{World, open, reads, run, seeker},
};
use beistand_protocol::{
    api::{
        ConversationOpen, Envelope, EnvelopeKind, EnvelopePage, Sealed, StoredEnvelope, TeamGenerations,
        route,
    },
    codec::{decode, encode},
    epoch::{self, EpochHeader, Reader, SignedEpoch},
    id::MessageId,
    label,
    live::{ClientFrame, ServerFrame},
    signature::KemKey,
    team::{self, SignedTeamGeneration, TeamHeader},
};
use beistand_tests::native::Between;
use beistand_vault::{
    client::transport::{Method, Response},
    random::DangerousSeeded,
    seal::{KemSecret, open_from, seal_secret_to},
    secret::Secret,
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lie {
    Truth,
    /// The team's newest generation is the server's.
    Generation,
    /// After the team's newest generation comes one of the server's.
    NextGeneration,
    /// In place of a new message comes an epoch of the server's.
    Epoch,
}

/// The server, with a key of its own.
struct Forger {
    lie: Lie,
    secret: Secret,
    kem: KemSecret,
    /// An earlier visit to the talk.
    earlier: Rc<Recorder>,
    told: Cell<u32>,
    live: Cell<bool>,
    /// Numbers of the epochs that the client has sealed under since.
    sealed_under: RefCell<Vec<u32>>,
    /// Boxes that the client has made, and how many of them open with the server's key.
    boxes: Cell<u32>,
    opened: Cell<u32>,
}

impl Forger {
    fn new(lie: Lie, earlier: Rc<Recorder>) -> Self {
        let secret = Secret::from_bytes([0x5a; 32]);
        let kem = KemSecret::from_seed(secret.derive("the server's own", &[]));
        Self {
            lie,
            secret,
            kem,
            earlier,
            told: Cell::new(0),
            live: Cell::new(false),
            sealed_under: RefCell::default(),
            boxes: Cell::new(0),
            opened: Cell::new(0),
        }
    }

    fn boxes(&self, info: &beistand_protocol::id::Digest, readers: &[KemKey]) -> Vec<Vec<u8>> {
        let mut random = DangerousSeeded::new(b"the server's own");
        let seal = |key| seal_secret_to(key, info, &self.secret, &mut random).unwrap();
        readers.iter().map(seal).collect()
    }

    fn generation(&self, truth: &SignedTeamGeneration, next: bool) -> SignedTeamGeneration {
        let mut header: TeamHeader = decode(&truth.header).unwrap();
        if next {
            header.predecessor = Some(team::header_digest(&truth.header));
            header.number += 1;
        }
        header.public_key = self.kem.public().clone();
        // Seekers open no box of a generation: any will do.
        let members = vec![header.public_key.clone(); header.members.len()];
        header.key_commitment = [0x5a; 32];
        header.history = None;
        let header = encode(&header);
        let info = team::header_digest(&header);
        let boxes = self.boxes(&info, &members);
        let boxes_digest = team::boxes_digest(&boxes);
        let statement = team::statement_bytes(&info, &boxes_digest);
        let signature = self.secret.signing_key().sign(label::TEAM_STATEMENT, &statement);
        SignedTeamGeneration { header, boxes_digest, signature, boxes }
    }

    fn epoch(&self, truth: &SignedEpoch, position: u64) -> SignedEpoch {
        let mut header: EpochHeader = decode(&truth.header).unwrap();
        header.predecessor =
            Some(epoch::epoch_digest(&epoch::header_digest(&truth.header), &truth.boxes_digest));
        header.number += 1;
        header.position = position;
        header.history_from = header.number;
        header.history = None;
        let context = encode(&(header.conversation, header.number));
        header.key_commitment = *self.secret.derive("beistand/1/epoch-commitment", &context).expose();
        let keys: Vec<KemKey> = header
            .readers
            .iter()
            .map(|reader| match reader {
                Reader::Seeker(keys) => keys.kem.clone(),
                _ => self.kem.public().clone(),
            })
            .collect();
        let header = encode(&header);
        let info = epoch::header_digest(&header);
        let boxes = self.boxes(&info, &keys);
        let boxes_digest = epoch::boxes_digest(&boxes, &[]);
        let statement = epoch::statement_bytes(&info, &boxes_digest);
        let signature = self.secret.signing_key().sign(label::EPOCH_STATEMENT, &statement);
        SignedEpoch { header, boxes_digest, signature, boxes, history_boxes: Vec::new() }
    }

    /// What the client sends: the server tries its key on every box.
    fn tries(&self, envelopes: &[Envelope]) {
        for envelope in envelopes {
            if envelope.kind == EnvelopeKind::Epoch {
                let signed: SignedEpoch = decode(&envelope.sealed.0).unwrap();
                let info = epoch::header_digest(&signed.header);
                let opens = |sealed: &&Vec<u8>| open_from(&self.kem, &info, sealed).is_ok();
                let count = u32::try_from(signed.boxes.iter().filter(opens).count()).unwrap();
                self.opened.set(self.opened.get() + count);
                self.boxes.set(self.boxes.get() + u32::try_from(signed.boxes.len()).unwrap());
            }
            self.sealed_under.borrow_mut().push(envelope.epoch);
        }
    }
}

impl Between for Forger {
    fn sent(&self, frame: &[u8]) {
        if let ClientFrame::Append { append, .. } = decode(frame).unwrap() {
            self.tries(&append.envelopes);
        }
    }

    // Not with the answer: the live channel may bring what was stored before it.
    fn requested(&self, method: Method, path: &str, asked: &[u8]) {
        if (method, path) == (Method::Post, route::CONVERSATION_OPEN) {
            self.tries(&decode::<ConversationOpen>(asked).unwrap().envelopes);
        }
    }

    fn answer(&self, method: Method, path: &str, _: &[u8], mut response: Response) -> Response {
        let generations = method == Method::Get && path.contains("/generation/") && response.status == 200;
        if generations && matches!(self.lie, Lie::Generation | Lie::NextGeneration) {
            let mut read: TeamGenerations = decode(&response.body).unwrap();
            if let Some(newest) = read.generations.last().cloned() {
                let truth: SignedTeamGeneration = decode(&newest.statement.0).unwrap();
                let mut own = newest;
                let next = self.lie == Lie::NextGeneration;
                own.statement = Sealed(encode(&self.generation(&truth, next)));
                if next {
                    own.number += 1;
                    read.newest += 1;
                } else {
                    read.generations.pop();
                }
                read.generations.push(own);
                self.told.set(self.told.get() + 1);
            }
            response.body = encode(&read);
        }
        response
    }

    fn frame(&self, frame: Vec<u8>) -> Vec<Vec<u8>> {
        let ServerFrame::Stored { conversation, mut stored } = decode(&frame).unwrap() else {
            return vec![frame];
        };
        let message = stored.envelope.kind == EnvelopeKind::Message;
        if self.lie != Lie::Epoch || !self.live.get() || self.told.get() > 0 || !message {
            return vec![frame];
        }
        self.told.set(1);
        let page: EnvelopePage = decode(&self.earlier.newest("/api/v1/conversation/")).unwrap();
        let is_epoch = |stored: &StoredEnvelope| stored.envelope.kind == EnvelopeKind::Epoch;
        let newest = page.envelopes.into_iter().rfind(is_epoch).unwrap().envelope;
        let own = self.epoch(&decode(&newest.sealed.0).unwrap(), stored.position);
        stored.envelope = Envelope {
            id: MessageId([8; 16]),
            epoch: newest.epoch + 1,
            sealed: Sealed(encode(&own)),
            ..newest
        };
        vec![encode(&ServerFrame::Stored { conversation, stored })]
    }
}

#[test]
fn p12_a_team_key_of_the_servers_own_is_never_sealed_to() {
    run(async {
        let mut world = World::new().await;
        for lie in [Lie::Truth, Lie::Generation, Lie::NextGeneration] {
            let forger = Rc::new(Forger::new(lie, Rc::default()));
            let address = world.live.address.through(forger.clone());
            let name = format!("Neu {lie:?}");
            let (mut page, _) =
                beistand_tests::cast::sign_up(&address, world.site, &world.pin, &seeker(&name))
                    .await
                    .unwrap();
            let talk = page.send(None, &name).await.unwrap();
            // Whom it is for can read it all the same.
            open(&mut world.mara, talk).await;
            reads(&mut world.mara, talk, &name).await;
            assert_eq!(page.model.conflict, None, "{lie:?}");
            assert_eq!(forger.told.get() > 0, lie != Lie::Truth, "{lie:?}");
            assert!(forger.boxes.get() > 1, "{lie:?}: nothing was tried");
            assert_eq!(forger.opened.get(), 0, "{lie:?}: sealed to the server's key");
        }
    });
}

#[test]
fn p12_an_epoch_of_the_servers_own_is_never_sealed_under() {
    run(async {
        let mut world = World::new().await;
        let lila = seeker("Lila");
        let (talk, earlier, _) = recorded_talk(&mut world, &lila).await;
        let forger = Rc::new(Forger::new(Lie::Epoch, earlier));
        let address = world.live.address.through(forger.clone());
        let pin = Some(world.pin.clone());
        let mut page = beistand_tests::page::Page::start(&address, Some(world.site), pin).await.unwrap();
        lila.enter(&mut page).await.unwrap();
        open(&mut page, talk).await;
        reads(&mut page, talk, "zwei").await;
        forger.live.set(true);
        forger.sealed_under.borrow_mut().clear();
        world.mara.send(Some(talk), "drei").await.unwrap();
        page.until("what was noticed", |model| super::noticed(model, talk).is_some()).await.unwrap();
        assert_eq!(super::noticed(&page.model, talk), Some(super::Notice::Refused));
        assert_eq!(forger.told.get(), 1);
        // The person writes on: under the epoch that was, or not at all.
        let _ = page.send(Some(talk), "vier").await;
        reads(&mut world.mara, talk, "vier").await;
        let page: EnvelopePage = decode(&forger.earlier.newest("/api/v1/conversation/")).unwrap();
        let true_epoch = page.envelopes.iter().map(|stored| stored.envelope.epoch).max().unwrap();
        let sealed_under = forger.sealed_under.borrow();
        assert!(!sealed_under.is_empty() && sealed_under.iter().all(|number| *number <= true_epoch));
        assert_eq!(forger.opened.get(), 0);
    });
}

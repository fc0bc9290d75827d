//! The properties of conversations, each by the number it has in the design.

mod group;
mod hostile;
mod message;
mod model;
mod reader;
mod room;
mod thread;

use super::*;
use crate::{
    account::AccountSecret,
    conversation::{Event, compose::*},
    random::{DangerousSeeded, draw},
    secret::SigningKey,
    testing::*,
};
use beistand_protocol::{
    api::Sealed,
    epoch::{
        Basis, EpochHeader, NeedsEpoch, ReaderRole, ReadersError, SignedEpoch, boxes_digest, header_digest,
        statement_bytes,
    },
    label,
    membership::{Body as LogBody, TeamRules},
    team::BOX_BYTES,
};

const TALK: ConversationId = ConversationId([0xc0; 16]);

/// A talk that waits: epoch 0 and the seeker's first words.
fn waiting(world: &World) -> (AccountSecret, Browser, Vec<Envelope>) {
    let secret = AccountSecret::draw(&mut DangerousSeeded::new(b"seeker"));
    let mut seeker = Browser::seeker(&secret, TALK, 1);
    let mut stored = Vec::new();
    seeker.open_talk(world, &mut stored);
    seeker.post(world, &mut stored, &text("Hallo, ist da jemand?"));
    (secret, seeker, stored)
}

fn loaded(world: &World, staff: &Staff, stored: &[Envelope], device: u8) -> (Browser, Vec<String>) {
    let mut browser = Browser::staff(staff, TALK, device);
    let all = browser.load(world, stored);
    let shown = words(&all);
    (browser, shown)
}

/// Takes an epoch apart, changes its header, signs it again with any key.
fn forge(envelope: &Envelope, signing: &SigningKey, change: impl FnOnce(&mut EpochHeader)) -> Envelope {
    let mut signed: SignedEpoch = codec::decode(&envelope.sealed.0).unwrap();
    let mut header: EpochHeader = codec::decode(&signed.header).unwrap();
    change(&mut header);
    signed.header = codec::encode(&header);
    signed.boxes.resize(header.readers.len(), vec![0; BOX_BYTES]);
    signed.boxes_digest = boxes_digest(&signed.boxes, &signed.history_boxes);
    let statement = statement_bytes(&header_digest(&signed.header), &signed.boxes_digest);
    signed.signature = signing.sign(label::EPOCH_STATEMENT, &statement);
    Envelope { epoch: header.number, sealed: Sealed(codec::encode(&signed)), ..envelope.clone() }
}

fn apply(browser: &mut Browser, world: &World, envelope: &Envelope) -> Result<Applied, ApplyError> {
    let position = browser.conversation.length();
    let (teams, about) = (browser.teams.clone(), browser.about.clone());
    let view = View { talk: about.as_ref(), ..world.view(&teams) };
    browser.conversation.apply(&view, position, envelope)
}

fn refuse(browser: &Browser, world: &World, envelope: &Envelope) -> ApplyError {
    let mut conversation = browser.conversation.clone();
    let position = conversation.length();
    conversation.apply(&browser.view(world), position, envelope).unwrap_err()
}

impl Browser {
    fn staff_of(&self, world: &World) -> Staff {
        let Party::Staff { person, .. } = &self.party else { panic!("staff") };
        [&world.anna, &world.ben, &world.cem].into_iter().find(|staff| staff.id == *person).unwrap().clone()
    }
}

impl Browser {
    fn copy(&self) -> Self {
        Self {
            teams: self.teams.clone(),
            about: self.about.clone(),
            conversation: self.conversation.clone(),
            party: self.party.clone(),
            random: DangerousSeeded::new(b"copy"),
        }
    }
}

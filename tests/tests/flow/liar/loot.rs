//! What lies are made of: answers of real servers, recorded before.

use beistand_protocol::{
    id::{ConversationId, PersonId, SiteId},
    membership::PersonKeys,
};
use beistand_tests::native::Between;
use beistand_vault::client::transport::{Method, Response};
use std::cell::RefCell;

/// Answers in their order, by path.
#[derive(Default)]
pub struct Recorder {
    answers: RefCell<Vec<(Method, String, Vec<u8>)>>,
    asked: RefCell<Vec<(String, Vec<u8>)>>,
}

impl Recorder {
    /// The newest recorded answer whose path begins so.
    pub fn newest(&self, start: &str) -> Vec<u8> {
        let tape = self.answers.borrow();
        tape.iter().rev().find(|(_, path, _)| path.starts_with(start)).map(|found| found.2.clone()).unwrap()
    }

    /// What was asked last there.
    pub fn asked(&self, path: &str) -> Vec<u8> {
        self.asked.borrow().iter().rev().find(|asked| asked.0 == path).map(|asked| asked.1.clone()).unwrap()
    }

    /// All recorded answers to `GET`s whose path begins so.
    pub fn all(&self, start: &str) -> Vec<Vec<u8>> {
        let tape = self.answers.borrow();
        tape.iter()
            .filter(|(method, path, _)| *method == Method::Get && path.starts_with(start))
            .map(|found| found.2.clone())
            .collect()
    }
}

impl Between for Recorder {
    fn answer(&self, method: Method, path: &str, asked: &[u8], response: Response) -> Response {
        if response.status == 200 {
            self.answers.borrow_mut().push((method, path.to_owned(), response.body.clone()));
        }
        if method == Method::Post {
            self.asked.borrow_mut().push((path.to_owned(), asked.to_vec()));
        }
        response
    }

    fn frame(&self, frame: Vec<u8>) -> Vec<Vec<u8>> {
        vec![frame]
    }
}

/// What the lies are made of.
pub struct Loot {
    pub foreign: std::rc::Rc<Recorder>,
    pub fork: std::rc::Rc<Recorder>,
    /// The victim's own, earlier.
    pub earlier: std::rc::Rc<Recorder>,
    /// Another seeker's.
    pub other: std::rc::Rc<Recorder>,
    pub talk: ConversationId,
    pub other_talk: ConversationId,
    pub colleague: PersonId,
    pub site: SiteId,
    /// Entries of the log.
    pub log: Vec<Vec<u8>>,
    /// Keys that nobody of this organisation has.
    pub foreign_keys: PersonKeys,
    /// Length of the log that the victim's account has seen.
    pub floor: u64,
    /// A sighting of the fork's head, by somebody of this organisation.
    pub fork_sighting: Vec<u8>,
    /// Sign-up and recovery of somebody else; empty until somebody did.
    pub newcomer: std::rc::Rc<Recorder>,
    /// A true answer to the victim's own recovery.
    pub recovery: RefCell<Vec<u8>>,
}

//! What a page may show.

use super::{Oracle, Who, talk::Talk};
use beistand_protocol::{
    id::ConversationId,
    worker::{Author, MessageBody, MessageView, Progress},
};
use beistand_tests::page::Model;

/// A device in the wrong hands: since when it has the keys.
pub struct Thief {
    /// Whose password was found out.
    pub of: Who,
    /// How often those keys had been renewed by then.
    pub renewals: usize,
}

impl Oracle {
    /// What a page shows fits what is stored, and only what this person may read is shown.
    pub fn check_page(&mut self, who: Who, device: &str, model: &Model) {
        assert_eq!(model.conflict, None, "{device} is told of a conflict, and the server is honest");
        for (conversation, lines) in &model.messages {
            for line in lines.values() {
                match &line.body {
                    MessageBody::Refused => {
                        let talk = &self.talks[conversation];
                        let what = talk.envelopes[line.position as usize].kind;
                        let at = line.position;
                        panic!("{device}: the {what:?} at {at} of {conversation:?} was refused");
                    }
                    MessageBody::Missing => panic!("{who:?}: something in {conversation:?} is missing"),
                    MessageBody::Text(text) if conversation.is_staff() => {
                        self.check_said(who, *conversation, line, text);
                    }
                    MessageBody::Text(text) => self.check_text(who, *conversation, line, text),
                    _ => {}
                }
            }
        }
    }

    fn check_text(&mut self, who: Who, conversation: ConversationId, line: &MessageView, text: &str) {
        let sent = self.sent.get_mut(&line.id).expect("nobody sent what is shown");
        assert_eq!(sent.text, text, "a text has changed");
        let own = line.author == Author::Own;
        assert_eq!(own, sent.by == who, "{who:?}: the author is wrong");
        if line.progress < Progress::Stored {
            return;
        }
        sent.acknowledged |= own;
        self.check_line(who, &self.talks[&conversation], line, text);
        if own {
            self.check_proof(who, conversation, line, text);
        }
    }

    /// What is said in the room of a team is shown to staff, as it was said, by whom and where it is stored.
    fn check_said(&self, who: Who, room: ConversationId, line: &MessageView, text: &str) {
        let (said, by) = self.said.get(&line.id).expect("nobody said what is shown");
        assert_eq!(said, text, "a text has changed");
        assert!(matches!(who, Who::Staff(_)), "{who:?} reads what staff say among themselves");
        assert_eq!(line.author == Author::Own, *by == who, "{who:?}: the author is wrong");
        if line.progress >= Progress::Stored {
            // Of one that is destroyed the page hears a moment later.
            let place = self.threads.place(room, line.id);
            assert!(
                place.is_none_or(|place| place == line.position),
                "{who:?}: {text:?} is at another place"
            );
        }
    }

    /// What is shown as stored is stored there, and under a key that this person has.
    fn check_line(&self, who: Who, talk: &Talk, line: &MessageView, text: &str) {
        let place = talk.places.get(&line.id);
        assert_eq!(place, Some(&line.position), "{who:?}: {text:?} is at another place");
        let epoch = talk.envelopes[line.position as usize].epoch;
        let may = match who {
            Who::Seeker(number) => self.accounts.get(&talk.seeker) == Some(&number),
            Who::Staff(person) => talk.opened_to(person, epoch, &self.generations),
        };
        assert!(may, "{who:?} reads {text:?} and may not");
    }

    /// What is shown as delivered or read was confirmed by the other side, which had it on the screen.
    fn check_proof(&self, who: Who, id: ConversationId, line: &MessageView, text: &str) {
        let by_staff = matches!(who, Who::Seeker(_));
        if line.progress >= Progress::Delivered {
            let confirmed = self.talks[&id].is_confirmed_after(line.position, by_staff);
            assert!(confirmed, "{who:?}: {text:?} is shown as delivered, and nobody said so");
        }
        if line.progress >= Progress::Read {
            let seen = self.seen.contains(&(id, by_staff));
            assert!(seen, "{who:?}: {text:?} is shown as read, and nobody has seen it");
        }
    }

    /// Whoever has found out a password reads nothing that was stored after there were new keys.
    pub fn check_thief(&self, thief: &Thief, device: &str, model: &Model) {
        let Some(renewed) = self.renewals.get(&thief.of).and_then(|all| all.get(thief.renewals)) else {
            return;
        };
        for (conversation, lines) in model.messages.iter().filter(|(id, _)| !id.is_staff()) {
            let stored = lines.values().filter(|line| {
                matches!(line.body, MessageBody::Text(_)) && line.progress >= Progress::Stored
            });
            for line in stored {
                let order = self.talks[conversation].envelopes[line.position as usize].order;
                assert!(order < *renewed, "{device} reads on with a password that is changed");
            }
        }
    }

    /// Nothing acknowledged is lost, but with its conversation.
    pub fn check_acknowledged(&self) {
        for (id, sent) in self.sent.iter().filter(|(_, sent)| sent.acknowledged) {
            let count = self.talks.values().filter(|talk| talk.places.contains_key(id)).count();
            assert_eq!(count, 1, "{:?} was acknowledged and is stored {count} times", sent.text);
        }
    }

    /// Texts of a seeker, in their order.
    pub fn texts_of(&self, seeker: usize) -> Vec<(ConversationId, Vec<&str>)> {
        let of = |talk: &Talk| self.accounts.get(&talk.seeker) == Some(&seeker) && !talk.destroyed;
        let own = self.talks.iter().filter(|(_, talk)| of(talk));
        own.map(|(id, talk)| {
            let texts = talk.envelopes.iter().filter_map(|kept| self.sent.get(&kept.id));
            (*id, texts.map(|sent| sent.text.as_str()).collect())
        })
        .collect()
    }
}

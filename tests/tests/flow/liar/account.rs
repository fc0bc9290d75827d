//! Lies while an account is made and while it is recovered.

use super::{Liar, Lie, flip};
use beistand_protocol::{
    api::{
        EnvelopeKind, EnvelopePage, RecoveryProved, RegistrationStarted, Sealed, SessionKind, StoredEnvelope,
        route,
    },
    codec::{decode, encode},
};

impl Liar {
    pub(super) fn change_registration(&self, body: &mut Vec<u8>) {
        let other = || -> RegistrationStarted {
            decode(&self.loot.newcomer.newest(route::REGISTRATION_START)).unwrap()
        };
        self.edit(body, |answer: &mut RegistrationStarted| match self.lie {
            Lie::RegistrationOfAnother => answer.response = other().response,
            Lie::RegistrationAccount => answer.account = other().account,
            _ => {}
        });
    }

    pub(super) fn change_recovery(&self, body: &mut Vec<u8>) {
        let other =
            || -> RecoveryProved { decode(&self.loot.newcomer.newest(route::RECOVERY_PROVE)).unwrap() };
        if self.lie == Lie::RecoveryReplayed {
            return self.give(body, self.loot.recovery.borrow().clone());
        }
        if self.lie == Lie::Truth {
            self.loot.recovery.replace(body.clone());
        }
        if self.lie == Lie::RecoveryWrapSuite {
            let proved: RecoveryProved = decode(body).unwrap();
            let wrap = encode(&proved.wrap);
            let place = body.windows(wrap.len()).position(|window| window == wrap).unwrap();
            body[place] = 0;
            return self.tell();
        }
        self.edit(body, |answer: &mut RecoveryProved| match self.lie {
            Lie::RecoveryWrapOfAnother => answer.wrap = other().wrap,
            Lie::RecoveryWrapChanged => flip(&mut answer.wrap.locked.ciphertext),
            Lie::RecoveryGeneration => answer.generation -= 1,
            Lie::RecoveryStateOfAnother => answer.state = Sealed(other().state.0),
            Lie::RecoveryAccount => answer.account = other().account,
            Lie::RecoveryKind => answer.kind = SessionKind::Staff(self.loot.colleague),
            Lie::RecoveryConversationLeftOut => answer.conversations.clear(),
            Lie::RecoveryConversationRolledBack => {
                answer.conversations.iter_mut().for_each(|summary| summary.length = 3);
            }
            _ => {}
        });
    }

    pub(super) fn change_recovered(&self, body: &mut Vec<u8>) {
        let other =
            || -> EnvelopePage { decode(&self.loot.newcomer.newest(route::RECOVERY_ENVELOPES)).unwrap() };
        self.edit(body, |page: &mut EnvelopePage| match self.lie {
            Lie::RecoveryConversationOfAnother => page.envelopes = other().envelopes,
            Lie::RecoveryConversationRolledBack => {
                page.envelopes.retain(|stored| stored.position < 3);
                page.summary.length = 3;
            }
            Lie::RecoveryEnvelopeChanged => {
                let is_message = |s: &&mut StoredEnvelope| s.envelope.kind == EnvelopeKind::Message;
                let message = page.envelopes.iter_mut().filter(is_message).nth(2);
                flip(&mut message.unwrap().envelope.sealed.0);
            }
            _ => {}
        });
    }
}

//! Groups, as the members of a team found and moderate them.
//!
//! What is changed is kept as what to do and made anew from what is there each time it is tried: two who moderate at once
//! undo nothing of each other.

use super::{
    Client,
    compose::Ahead,
    conversation::{Talk, view},
    request::{path, post},
    send::Control,
    start::Place,
    transport::Transport,
};
use crate::{
    conversation::{ComposeError, EpochChange, Sending},
    group::{Card, Invite, Join, is_line},
    message::Body,
    random::{Random, draw},
};
use beistand_protocol::{
    api::{Appended, ConversationOpen, GroupPut, Window, route},
    epoch::{ConversationKind, Guest},
    error::Code,
    id::{ConversationId, GuestId, MessageId, SiteId},
    limit,
    membership::{Body as LogBody, Log},
    worker::{Conflict, Failure, GroupCall, NewGroup, Reply},
};

/// What is done with a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Moderation {
    /// Somebody comes in.
    Admit(Box<Join>),
    /// A guest is muted, or is not any more.
    Mute(GuestId, bool),
    /// A guest goes.
    Remove(GuestId),
    /// It is called otherwise, or opens at other times.
    Change(String, Vec<Window>),
}

impl Moderation {
    /// The guests and the card afterwards.
    fn apply(&self, guests: &mut Vec<Guest>, card: &mut Card) {
        match self {
            Self::Admit(join) => {
                let guest = join.guest();
                // One who is in under keys of before is the same no more.
                if guests.iter().all(|known| known.guest != guest) {
                    guests.push(Guest { guest, keys: join.keys.clone(), muted: false });
                    guests.sort_unstable_by_key(|guest| guest.guest);
                }
                card.names.retain(|(known, _)| *known != guest);
                card.names.push((guest, join.name.clone()));
            }
            Self::Mute(guest, muted) => {
                guests
                    .iter_mut()
                    .filter(|known| known.guest == *guest)
                    .for_each(|known| known.muted = *muted);
            }
            Self::Remove(guest) => guests.retain(|known| known.guest != *guest),
            Self::Change(title, windows) => (card.title, card.windows) = (title.clone(), windows.clone()),
        }
        card.names.retain(|(named, _)| guests.iter().any(|guest| guest.guest == *named));
    }
}

impl Ahead<'_> {
    /// The next epoch, if others read or write by it, and the card.
    pub(super) fn moderate(
        &mut self,
        id: MessageId,
        change: &Moderation,
        random: &mut dyn Random,
    ) -> Result<(), ComposeError> {
        let mut guests: Vec<Guest> = self.core.guests().cloned().collect();
        let (former, mut card) = (guests.clone(), self.core.card().clone());
        change.apply(&mut guests, &mut card);
        if guests != former {
            let epoch = self.core.compose_epoch(&self.sending, &EpochChange::Guests(guests), random)?;
            self.push(epoch)?;
        }
        self.compose(id, &Body::Card(card), random).map(drop)
    }

    /// In a group: says once more what it is, to whoever reads only from the new epoch on.
    pub(super) fn repeat_card(&mut self, random: &mut dyn Random) -> Result<(), ComposeError> {
        let card = self.core.card().clone();
        match card.title.is_empty() {
            true => Ok(()),
            false => self.compose(MessageId(draw(random)), &Body::Card(card), random).map(drop),
        }
    }
}

/// Keeps with which keys the seeker of a talk comes into a group, if it has them.
pub(super) fn note(talk: &mut Talk, join: &Join, place: &Place) {
    if join.verify(place.organisation, talk.summary.id).is_ok() {
        talk.joins.insert(join.group, join.clone());
    }
}

fn check_times(windows: &[Window]) -> Result<(), Failure> {
    let fits = windows.len() <= limit::GROUP_WINDOWS_MAX
        && windows.iter().all(|window| window.from_s < window.until_s)
        && windows.windows(2).all(|pair| pair[0].until_s <= pair[1].from_s);
    if fits { Ok(()) } else { Err(Failure::SettingsInvalid) }
}

impl<T: Transport> Client<T> {
    /// What pages ask about groups. `None`: the answer follows once the server has decided.
    pub(super) async fn group(&mut self, number: u32, call: GroupCall) -> Option<Result<Reply, Failure>> {
        match self.group_control(call).await {
            Ok((conversation, control)) => self.queue_control(number, conversation, control).err().map(Err),
            Err(answer) => Some(answer),
        }
    }

    /// What is to be said where. `Err`: everything is done, or can't be.
    async fn group_control(
        &mut self,
        call: GroupCall,
    ) -> Result<(ConversationId, Control), Result<Reply, Failure>> {
        let moderate = |group, change| Ok((group, Control::Moderate(change)));
        match call {
            GroupCall::Allow { site, allowed } => Err(self.allow_groups(site, allowed).await),
            GroupCall::Found(new) => Err(self.found(new).await),
            GroupCall::Invite { group, talk } => {
                let title = self.known_group(group).map_err(Err)?.core.card().title.clone();
                Ok((talk, Control::Invite(Invite { group, title })))
            }
            GroupCall::Admit { group, talk } => {
                let join = self.admit(group, talk).await.map_err(Err)?;
                moderate(group, Moderation::Admit(Box::new(join)))
            }
            GroupCall::Mute { group, guest, muted } => moderate(group, Moderation::Mute(guest, muted)),
            GroupCall::Remove { group, guest } => moderate(group, Moderation::Remove(guest)),
            GroupCall::Change { group, title, windows } => {
                self.change_group(group, &title, &windows).await.map_err(Err)?;
                moderate(group, Moderation::Change(title, windows))
            }
        }
    }

    fn known_group(&self, group: ConversationId) -> Result<&Talk, Failure> {
        let found = self
            .session()?
            .talks
            .get(&group)
            .filter(|talk| talk.core.kind().is_some_and(|kind| kind.is_group()));
        found.ok_or(Failure::Server(Code::NotFound, None))
    }

    /// Tells the server when a group is open, and whose account a guest is.
    async fn put_group(
        &self,
        group: ConversationId,
        windows: Vec<Window>,
        guest: Option<(GuestId, ConversationId)>,
    ) -> Result<(), Failure> {
        let path = path(route::GROUP, &[("conversation", group.to_hex())]);
        let put = GroupPut { windows, guest };
        Ok(post(&self.transport, &path, Some(&self.token()?), &put).await?)
    }

    /// Administrator: says whether there may be groups at a site.
    async fn allow_groups(&mut self, site: SiteId, allowed: bool) -> Result<Reply, Failure> {
        self.refresh_log().await?;
        if self.place()?.log.state().takes_groups(site) != allowed {
            // A colleague who is faster may have said the same.
            let bodies = |log: &Log| {
                let said = log.state().takes_groups(site) == allowed;
                Ok(if said { Vec::new() } else { vec![LogBody::SiteGroups { site, allowed }] })
            };
            self.append_log(bodies, &[], None).await?;
        }
        self.tell_staff();
        Ok(Reply::Done)
    }

    async fn found(&mut self, new: NewGroup) -> Result<Reply, Failure> {
        let NewGroup { site, title, windows, most, history } = new;
        check_times(&windows)?;
        if !is_line(&title) || !(1..=limit::GROUP_GUESTS_MAX).contains(&usize::from(most)) {
            return Err(Failure::SettingsInvalid);
        }
        self.refresh_log().await?;
        let team = self.place()?.log.state().site(site).ok_or(Failure::NotNow)?.team;
        if self.place()?.generations.fresh(self.place()?.log.state(), team).is_none() {
            // Without it people's own keys are sealed to.
            let _ = self.read_generations(&[team]).await;
        }
        let mut id = ConversationId(draw(&mut *self.random));
        id.0[..ConversationId::GROUP.len()].copy_from_slice(&ConversationId::GROUP);
        let token = self.token()?;
        let now_ms = self.transport.now_ms();
        let (Some(session), Some(place)) = (&mut self.session, &self.place) else {
            return Err(Failure::NotNow);
        };
        let mut talk = session.unopened(id, site, team, now_ms / 1000);
        let basis = session.seen.basis(&place.log, session.kind, team, now_ms);
        let sending = Sending { view: view(place, &session.keyring, None), basis, now_ms };
        let kind = ConversationKind::Group { history, most };
        let refused = |_| Failure::NotNow;
        let mut ahead = Ahead { core: talk.core.clone(), sending, envelopes: Vec::new() };
        let first = ahead.core.open_group(&sending, kind, site, &mut *self.random).map_err(refused)?;
        ahead.push(first).map_err(refused)?;
        let card = Body::Card(Card { title, windows: windows.clone(), names: Vec::new() });
        ahead.compose(MessageId(draw(&mut *self.random)), &card, &mut *self.random).map_err(refused)?;
        let ids: Vec<_> = ahead.envelopes.iter().map(|envelope| envelope.id).collect();
        let open = ConversationOpen { conversation: id, site, team, envelopes: ahead.envelopes };
        let opened: Appended = post(&self.transport, route::CONVERSATION_OPEN, Some(&token), &open).await?;
        talk.unopened = false;
        if !talk.take_places(&ids, &opened) {
            return Err(Conflict::Conversation.into());
        }
        self.session_mut()?.talks.entry(id).or_insert(talk);
        self.fetch(id).await?;
        self.put_group(id, windows, None).await?;
        Ok(Reply::Sent { conversation: id })
    }

    /// Who has said in a talk to come into a group, once the server knows whose account it is.
    async fn admit(&mut self, group: ConversationId, talk: ConversationId) -> Result<Join, Failure> {
        let session = self.session()?;
        let join = session.talks.get(&talk).and_then(|talk| talk.joins.get(&group)).cloned();
        let join = join.ok_or(Failure::Server(Code::NotFound, None))?;
        let known = self.known_group(group)?;
        let full = matches!(known.core.kind(), Some(ConversationKind::Group { most, .. })
            if known.core.guests().count() >= usize::from(most));
        let name = fold(&join.name);
        let state = self.place()?.log.state();
        let others = known.core.guests().filter(|guest| guest.guest != join.guest());
        let taken = others.map(|guest| known.core.guest_name(guest.guest)).any(|other| fold(other) == name)
            || state.people().any(|person| fold(person.name()) == name);
        // Nobody is to be taken for another.
        match (full, taken) {
            (true, _) => return Err(Failure::Server(Code::TooLarge, None)),
            (_, true) => return Err(Failure::Server(Code::NameTaken, None)),
            _ => {}
        }
        let windows = known.core.card().windows.clone();
        self.put_group(group, windows, Some((join.guest(), talk))).await?;
        Ok(join)
    }

    async fn change_group(
        &self,
        group: ConversationId,
        title: &str,
        windows: &[Window],
    ) -> Result<(), Failure> {
        check_times(windows)?;
        if !is_line(title) {
            return Err(Failure::SettingsInvalid);
        }
        self.known_group(group)?;
        self.put_group(group, windows.to_vec(), None).await
    }
}

/// A name as it is compared: whoever reads takes these for the same.
fn fold(name: &str) -> String {
    super::search::fold(name).split_whitespace().collect()
}

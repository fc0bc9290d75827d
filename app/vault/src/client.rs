//! The whole client as a state machine: what the browser's worker and the native client run.
//!
//! No I/O of its own: requests and the live channel go through a [`Transport`], randomness comes
//! from a [`Random`]. A driver feeds one [`Input`] after the other into [`Client::handle`] and
//! posts what [`Client::take_posts`] gives. Inputs are handled strictly one after the other, so
//! that equal inputs and equal answers give equal output.
//!
//! A driver with people behind it takes each input in two halves, [`Client::begin`] and [`Client::follow_up`],
//! and posts after each: the second half, and every input that is no call, is background. A request of the
//! background that has no answer after [`transport::YIELD_AFTER_MS`] is given up as unreachable when a call waits
//! that a person wants answered ([`Input::is_pressing`]): nobody waits behind a dying connection. What was
//! given up is done again with a later tick.
//!
//! # States
//! ```text
//!  Start ──▶ not set up ──SetUp──┐
//!    │                           ▼
//!    └─────▶ nobody ──SignUp, LogIn, Recover, AcceptInvitation──▶ session ──LogOut, end──▶ nobody
//!                                                                  │  ▲
//!                                            live channel: connected ⇄ broken
//! ```
//! A conflict (another organisation than pinned, a forked log, own keys that are not in the log,
//! a conversation that was changed) is told as [`News::Conflict`] and refuses every call from then on
//! but [`Call::LogOut`].
//!
//! # What is tried again, and when
//! - **Messages** wait in the conversation's outbox. They are sent as soon as the live channel is there, again after
//!   each reconnect (same [`MessageId`](beistand_protocol::id::MessageId), so nothing doubles), and once more under a new epoch when the server
//!   or the log says that the epoch is no longer the one to seal to. Refused for good: shown as failed.
//! - **Receipts** are gathered and sent with the next tick; lost ones are sent again after the next fetch.
//! - **What was missed** while disconnected is fetched by position after each `Welcome`; so is a gap that
//!   a frame reveals.
//! - **The account state** (drafts, known conversations, log floor) is written with the next tick after
//!   a change, by compare-and-swap: on a conflict the other tab's version is read, merged and written again.
//! - **Everything else** (log-in, claim, close …) is one call with one answer; the page decides whether to try again.
//!
//! Where things are: [`transport`] (surroundings), `request` (typed requests), `start`, `sign_up`,
//! `log_in`, `recover`, `rotate`, `resume` (sessions), `state` (sealed account state), `conversation`,
//! `send`, `receive`, `search` (talks), `thread` (beside a talk), `remark` (what is noted there), `transcript` (a talk as a whole), `room` (of a team), `join`, `group` (groups), `sighting` (who confirmed the log), `organisation`, `staff`, `colleagues`, `set_up`, `invitation` (the organisation), `pass_on` (rosters and the like), `blocks` (text blocks), `view` (what pages see), `seekers_only` (what the
//! seekers' module has instead of the staff's part),
//! [`passphrase`] (words and the gate).

#[cfg(feature = "staff")]
mod blocks;
#[cfg(feature = "staff")]
mod colleagues;
mod compose;
mod conversation;
mod entry;
#[cfg(feature = "staff")]
mod group;
#[cfg(feature = "staff")]
mod invitation;
mod join;
mod log_in;
mod organisation;
#[cfg(feature = "staff")]
mod pass_on;
pub mod passphrase;
mod receive;
mod recover;
#[cfg(feature = "staff")]
mod remark;
pub mod request;
mod resume;
#[cfg(feature = "staff")]
mod room;
mod rotate;
#[cfg(feature = "staff")]
mod search;
#[cfg(feature = "staff")]
mod second_factor;
#[cfg(not(feature = "staff"))]
mod seekers_only;
mod send;
#[cfg(feature = "staff")]
mod set_up;
mod sighting;
mod sign_up;
#[cfg(feature = "staff")]
mod staff;
mod start;
mod state;
mod thread;
#[cfg(feature = "staff")]
mod transcript;
pub mod transport;
mod view;

use crate::random::Random;
#[cfg(feature = "staff")]
use beistand_protocol::{epoch::ConversationKind, id::ConversationId};
use beistand_protocol::{
    error::Code,
    id::SiteId,
    limit,
    worker::{Call, Conflict, EndReason, Failure, FromWorker, News, Reply, SessionView, ToWorker},
};
#[cfg(not(feature = "staff"))]
use seekers_only as room;
#[cfg(feature = "staff")]
use send::Control;
use transport::{Channel, Transport};

/// Whether this client can be the staff's. In the seekers' module there is no such session, and what only the staff's
/// client does is left out; where that waits for something, by `seekers_only` instead of this.
pub(crate) const STAFF: bool = cfg!(feature = "staff");

/// What happens to a client, one after the other.
pub enum Input {
    /// The page asks for something.
    Call(Box<ToWorker>),
    /// A live channel was opened (not yet greeted).
    Connected(Channel),
    /// A frame came on a live channel.
    Frame(Channel, Vec<u8>),
    /// A live channel broke.
    Disconnected(Channel),
    /// Some time went by; once a second is enough.
    Tick,
}

impl Input {
    /// Whether the page asked for it.
    #[must_use]
    pub const fn is_call(&self) -> bool {
        matches!(self, Self::Call(_))
    }

    /// Whether a person waits for it: any call but those that come with each key or scroll and show nothing.
    #[must_use]
    pub fn is_pressing(&self) -> bool {
        match self {
            Self::Call(asked) => {
                !matches!(asked.call, Call::Typing { .. } | Call::SaveDraft { .. } | Call::Seen { .. })
            }
            _ => false,
        }
    }
}

/// What is to follow an input, see [`Client::follow_up`].
#[derive(Debug)]
#[must_use = "what follows an input is part of it"]
pub struct FollowUp {
    tick: bool,
}

/// A client. See the module's documentation.
pub struct Client<T: Transport> {
    transport: T,
    random: Box<dyn Random>,
    posts: Vec<FromWorker>,
    /// The page's site; `None` for staff.
    site: Option<SiteId>,
    place: Option<start::Place>,
    session: Option<log_in::Session>,
    conflict: Option<Conflict>,
    /// Who is logged in, as the page was told last.
    told_session: Option<SessionView>,
    /// The log grew; what follows from it is still to be done.
    log_grown: bool,
    /// It was tried in vain: the next try waits for a tick.
    log_grown_tried: bool,
    /// Number of the next append.
    request: u32,
    /// The passphrase that was suggested last.
    suggested: Option<passphrase::Suggestion>,
    /// Length from which a conversation counts as full.
    full_from: u64,
    /// The live channel that was greeted. What other channels bring came late and says nothing about this session.
    channel: Option<Channel>,
}

impl<T: Transport> Client<T> {
    /// A client that knows nothing yet.
    pub fn new(transport: T, random: Box<dyn Random>) -> Self {
        Self {
            transport,
            random,
            posts: Vec::new(),
            site: None,
            place: None,
            session: None,
            conflict: None,
            told_session: None,
            log_grown: false,
            log_grown_tried: false,
            request: 0,
            suggested: None,
            full_from: limit::CONVERSATION_FULL,
            channel: None,
        }
    }

    /// The same, taking conversations for full from another length on: no test writes a quarter of a million
    /// messages.
    #[must_use]
    pub fn with_full_from(self, full_from: u64) -> Self {
        Self { full_from, ..self }
    }

    /// Handles one input to its end.
    pub async fn handle(&mut self, input: Input) {
        let owed = self.begin(input).await;
        self.follow_up(owed).await;
    }

    /// First half: the input itself. Afterwards a call has its answer, and the page sees what it changed.
    pub async fn begin(&mut self, input: Input) -> FollowUp {
        let mut tick = false;
        match input {
            Input::Call(asked) => {
                let ToWorker { number, call } = *asked;
                if let Some(reply) = self.call(number, call).await {
                    if let Err(failure) = reply {
                        self.settle_failure(Err(failure));
                    }
                    self.posts.push(FromWorker::Reply { number, reply });
                }
            }
            Input::Connected(channel) => self.on_connected(channel),
            Input::Frame(channel, bytes) if self.channel == Some(channel) => self.on_frame(&bytes).await,
            Input::Disconnected(channel) if self.channel == Some(channel) => self.on_disconnected(),
            Input::Frame(..) | Input::Disconnected(_) => {}
            Input::Tick => tick = true,
        }
        if self.conflict.is_none() {
            self.tell_changes();
        }
        FollowUp { tick }
    }

    /// Second half: what follows from it, and what waits to be sent.
    pub async fn follow_up(&mut self, owed: FollowUp) {
        let FollowUp { tick } = owed;
        if self.conflict.is_some() {
            return;
        }
        if self.log_grown && (tick || !self.log_grown_tried) {
            self.log_grown = false;
            let done = self.after_log_grown().await;
            self.log_grown_tried = done == Err(Failure::Network);
            self.log_grown |= self.log_grown_tried;
            self.settle_failure(done);
        }
        if tick {
            let done = self.on_tick().await;
            self.settle_failure(done);
        }
        let done = self.pump(tick).await;
        self.settle_failure(done);
        self.tell_changes();
    }

    /// What is to be posted to the page, in order.
    pub fn take_posts(&mut self) -> Vec<FromWorker> {
        core::mem::take(&mut self.posts)
    }

    /// Does what the page asks. `None`: the answer follows once the server has decided.
    async fn call(&mut self, number: u32, call: Call) -> Option<Result<Reply, Failure>> {
        if let Some(conflict) = self.conflict
            && !matches!(call, Call::LogOut)
        {
            return Some(Err(Failure::Conflict(conflict)));
        }
        #[cfg(feature = "staff")]
        if let Call::Group(call) = call {
            return self.group(number, call).await;
        }
        match Self::control(&call) {
            Some((conversation, control)) => self.queue_control(number, conversation, control).err().map(Err),
            None => Some(self.answer(call).await),
        }
    }

    /// Calls that are answered at once.
    async fn answer(&mut self, call: Call) -> Result<Reply, Failure> {
        match call {
            Call::Start { site, pin, resume } => self.start(site, pin, resume).await,
            Call::RatePassword { password, name, staff } => {
                let suggested = self.suggested.as_ref();
                let rating = passphrase::rate(&self.transport, suggested, &password, &name, staff)
                    .await
                    .ok_or(Failure::Network)?;
                Ok(Reply::PasswordRating { score: rating.score, accepted: rating.accepted })
            }
            Call::SuggestPassphrase { words, language } => {
                let list = self.transport.words(&language).await.ok_or(Failure::Network)?;
                let words = passphrase::suggest(words, &list, &mut *self.random).ok_or(Failure::Malformed)?;
                let text = words.text().to_owned();
                self.suggested = Some(words);
                Ok(Reply::Passphrase(text))
            }
            Call::SignUp { name, password } => self.sign_up(&name, &password).await,
            Call::LogIn { name, password } => self.log_in(&name, &password).await,
            Call::Recover { name, code, password } => self.recover(&name, &code, &password).await,
            Call::ChangePassword { current, password } => self.change_password(&current, &password).await,
            Call::DeleteAccount { password } => self.delete_account(&password).await,
            Call::LogOut => self.log_out().await,
            Call::Send { conversation, text, id } => self.send(conversation, text, id),
            Call::SendAgain { conversation, id } => self.send_again(conversation, id),
            Call::Join { conversation, group, name } => self.join(conversation, group, name),
            Call::Typing { conversation } => self.typing(conversation),
            Call::Seen { conversation } => self.seen(conversation),
            Call::SaveDraft { conversation, text } => self.save_draft(conversation, text),
            Call::Show { conversation } => self.show(conversation),
            other => self.answer_staff(other).await,
        }
    }

    /// What a call changes of a conversation's state, or notes beside it; `None` for any other call.
    #[cfg(feature = "staff")]
    fn control(call: &Call) -> Option<(ConversationId, Control)> {
        Some(match call {
            Call::Claim { conversation } => (*conversation, Control::Claim),
            Call::Release { conversation } => (*conversation, Control::Release),
            Call::HandOver { conversation, to } => (*conversation, Control::HandOver(*to)),
            Call::Close { conversation, closing, topic } => {
                (*conversation, Control::Close(*closing, topic.clone()))
            }
            Call::Unblock { conversation } => (*conversation, Control::Unblock),
            Call::Remark { conversation, remark } => {
                (ConversationKind::thread_id(*conversation), Control::Remark(remark.clone()))
            }
            _ => return None,
        })
    }

    /// Calls that only the staff's pages make.
    #[cfg(feature = "staff")]
    async fn answer_staff(&mut self, call: Call) -> Result<Reply, Failure> {
        match call {
            Call::SetPresence(presence) => self.set_presence(presence).await,
            Call::LogInWithCode { name, password, code } => {
                self.log_in_with_code(&name, &password, &code).await
            }
            Call::DrawSharedSecret => self.draw_shared_secret(),
            Call::PutSecondFactor { secret, code } => self.put_second_factor(secret, &code).await,
            Call::SetUp(set_up) => self.set_up(set_up).await,
            Call::CheckClaimCode { code } => Self::check_claim_code(&code),
            Call::Invite { display_name, role, team } => self.invite(&display_name, role, team).await,
            Call::Reinvite { person } => self.reinvite(person).await,
            Call::OpenInvitation { secret } => self.open_invitation(&secret).await,
            Call::AcceptInvitation { secret, name, password } => {
                self.accept_invitation(&secret, &name, &password).await
            }
            Call::Countersign { invitation } => self.countersign(invitation).await,
            Call::RemovePerson { person } => self.remove_person(person).await,
            Call::PublishSite { site, settings } => self.publish_site(site, &settings).await,
            Call::Search { words } => self.search(&words),
            Call::Queue { team, rules } => self.queue_rules(team, rules).await,
            Call::Topics { team, names } => self.topics(team, names).await,
            Call::Transcript { conversation } => self.transcript(conversation).await,
            Call::ShowWorkload { team, shown } => self.show_workload(team, shown).await,
            Call::ReadAlong { team, leads } => self.read_along(team, leads).await,
            Call::DemandSecondFactor { demanded } => self.demand_second_factor(demanded).await,
            Call::Blocks(asked) => self.blocks(asked).await,
            Call::PassOn { what, body } => self.pass_on(&what, body).await,
            _ => Err(Failure::Malformed),
        }
    }

    /// What is due once in a while.
    async fn on_tick(&mut self) -> Result<(), Failure> {
        self.keep_alive();
        self.tend_rooms();
        self.catch_up().await?;
        self.put_sighting().await;
        self.renew_sightings().await?;
        self.save_state_if_due().await
    }

    /// A failure outside of a call: a conflict stops everything, an ended session is told, anything
    /// else is tried again with the next connection or tick.
    fn settle_failure(&mut self, done: Result<(), Failure>) {
        match done {
            Err(Failure::Conflict(conflict)) => self.stop(conflict),
            Err(Failure::Server(Code::SessionExpired, _)) => self.end_session(EndReason::Expired),
            Err(Failure::Server(Code::Revoked, _)) => self.end_session(EndReason::Revoked),
            Err(Failure::Server(Code::PasswordChanged, _)) => self.end_session(EndReason::PasswordChanged),
            Err(Failure::Server(Code::AccountDeleted, _)) => self.end_session(EndReason::Deleted),
            _ => {}
        }
    }

    /// Tells the page something.
    fn tell(&mut self, news: News) {
        self.posts.push(FromWorker::News(news));
    }

    /// Stops everything: something is proven to be wrong.
    fn stop(&mut self, conflict: Conflict) {
        if self.conflict.is_none() {
            self.conflict = Some(conflict);
            self.hang_up();
            self.tell(News::Conflict(conflict));
        }
    }
}

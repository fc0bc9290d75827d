//! An organisation on a box, its log, and conversations in it.

use super::{
    LoadError,
    account::{Seeker, Token},
    wire::Requests,
};
use crate::{
    cast::{LogIn, set_up},
    live_box::LiveBox,
    native::{Address, SystemRandom, now_ms},
    page::Page,
};
use beistand_protocol::{
    api::{Append, Appended, ConversationOpen, Envelope, LogPage, TeamGenerations, route},
    codec::decode,
    epoch::Basis,
    id::{ConversationId, DeviceSessionId, MessageId, OrganisationId, RealmId, SiteId, TeamId},
    live::ClientFrame,
    membership::Log,
    team::{Generations, SignedTeamGeneration},
    worker::Call,
};
use beistand_vault::{
    client::request::path,
    conversation::{Conversation, Sending, View},
    epoch::Party,
    login::ExportKey,
    message::Body,
    random::draw,
    team::TeamKeyring,
};
use std::net::Ipv4Addr;

/// What anybody can know of the organisation.
#[derive(Clone)]
pub struct Office {
    /// Its log.
    pub log: Log,
    /// Its only site.
    pub site: SiteId,
    /// The site's team.
    pub team: TeamId,
    /// The administrator and only member of the team.
    pub staff: LogIn,
    pub(super) generations: Generations,
    pub(super) export_key: ExportKey,
}

/// A seeker's conversation, with a message that can be sent any number of times.
#[derive(Clone)]
pub struct Talk {
    /// Its id.
    pub conversation: ConversationId,
    envelope: Envelope,
}

impl Talk {
    /// The message under a fresh id.
    #[must_use]
    pub fn envelope(&self) -> Envelope {
        Envelope { id: MessageId(draw(&mut SystemRandom)), ..self.envelope.clone() }
    }

    /// As a frame; its id comes back with it.
    #[must_use]
    pub fn frame(&self, request: u32) -> (MessageId, ClientFrame) {
        let envelope = self.envelope();
        let id = envelope.id;
        let append = Append { conversation: self.conversation, envelopes: vec![envelope] };
        (id, ClientFrame::Append { request, append })
    }

    /// Many messages in one request, each padded to some bytes.
    #[must_use]
    pub fn many(&self, count: usize, sealed_bytes: usize) -> Append {
        let envelopes = (0..count)
            .map(|_| {
                let mut envelope = self.envelope();
                envelope.sealed.0.resize(sealed_bytes, 0x5a);
                envelope
            })
            .collect();
        Append { conversation: self.conversation, envelopes }
    }
}

impl Office {
    /// How the administrator logs in.
    #[must_use]
    pub fn administrator() -> LogIn {
        LogIn::new("verwaltung", "laterne kranich ufer honig wolke segel")
    }

    /// Sets a fresh box up. Must run inside a `LocalSet`.
    ///
    /// # Errors
    /// [`LoadError`].
    pub async fn found(live: &LiveBox) -> Result<Self, LoadError> {
        let staff = Self::administrator();
        let code = live.output.claim_code.clone().ok_or(LoadError::Unexpected("set up already"))?;
        let mut page = Page::start(&live.address, None, None).await?;
        let kit = set_up(&mut page, &code, &staff, "Renate Vogt").await?;
        page.call(Call::LogOut).await?;
        Self::visit(&live.address, kit.organisation, kit.site, staff).await
    }

    /// Reads an organisation that was set up by [`Self::found`].
    ///
    /// # Errors
    /// [`LoadError`].
    pub async fn visit(
        address: &Address,
        organisation: OrganisationId,
        site: SiteId,
        staff: LogIn,
    ) -> Result<Self, LoadError> {
        let mut requests = Requests::open(address, Ipv4Addr::LOCALHOST).await?;
        let mut log: Option<Log> = None;
        let read: LogPage = requests.get(&path(route::LOG, &[("from", "0".into())]), None).await?;
        for entry in &read.entries {
            let wrong = |_| LoadError::Unexpected("an entry of the log does not verify");
            match &mut log {
                None => log = Some(Log::begin(Some(organisation), entry).map_err(wrong)?),
                Some(log) => drop(log.append(entry).map_err(wrong)?),
            }
        }
        let log = log.ok_or(LoadError::Unexpected("an empty log"))?;
        let export_key = Self::draw_export_key(&mut requests, &log, RealmId::from(site)).await?;
        let team = log.state().site(site).ok_or(LoadError::Unexpected("no such site"))?.team;
        let mut office = Self { log, site, team, staff, generations: Generations::default(), export_key };
        let token = office.log_in_staff(&mut requests, &office.staff.clone()).await?;
        let mut from = 1;
        loop {
            let parameters = [("team", team.to_hex()), ("from", from.to_string())];
            let read: TeamGenerations =
                requests.get(&path(route::TEAM_GENERATION, &parameters), Some(&token)).await?;
            if read.generations.is_empty() {
                return Ok(office);
            }
            for upload in read.generations {
                let signed: SignedTeamGeneration = decode(&upload.statement.0)
                    .map_err(|_| LoadError::Unexpected("a team generation of another form"))?;
                office
                    .generations
                    .append(&signed, &office.log)
                    .map_err(|_| LoadError::Unexpected("a team generation does not verify"))?;
                from += 1;
            }
        }
    }

    /// Opens a conversation with its first epoch and a message.
    ///
    /// # Errors
    /// [`LoadError`].
    pub async fn open_talk(
        &self,
        requests: &mut Requests,
        seeker: &Seeker,
        token: &Token,
        text: &str,
    ) -> Result<Talk, LoadError> {
        let random = &mut SystemRandom;
        let id = ConversationId(draw(random));
        let keyring = TeamKeyring::empty();
        let view = View { log: &self.log, generations: &self.generations, teams: &keyring, talk: None };
        let sending = Sending { view, basis: Basis::Ordinary, now_ms: now_ms() };
        let party = Party::Seeker(seeker.secret.conversation_keys(id));
        let mut conversation = Conversation::new(id, party, DeviceSessionId(draw(random)));
        let compose = |_| LoadError::Unexpected("nothing could be sealed");
        let epoch = conversation.open_talk(&sending, self.site, random).map_err(compose)?;
        conversation.apply(&view, 0, &epoch).map_err(|_| LoadError::Unexpected("an epoch not its own"))?;
        let envelope =
            conversation.compose(&sending, &Body::Text(text.to_owned()), random).map_err(compose)?;
        let open = ConversationOpen {
            conversation: id,
            site: self.site,
            team: self.team,
            envelopes: vec![epoch, envelope.clone()],
        };
        let _: Appended = requests.post(route::CONVERSATION_OPEN, Some(token), &open).await?;
        Ok(Talk { conversation: id, envelope })
    }
}

/// Appends over HTTP.
///
/// # Errors
/// [`LoadError`].
pub async fn append(requests: &mut Requests, token: &Token, append: &Append) -> Result<(), LoadError> {
    let path = path(route::APPEND, &[("conversation", append.conversation.to_hex())]);
    requests.post(&path, Some(token), append).await.map(|_: Appended| ())
}

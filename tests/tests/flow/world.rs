//! The people and the box that these tests play with, and what they wait for.

use beistand_protocol::{
    closing::{Closing, ClosingReason},
    id::{ConversationId, PersonId, SiteId, TeamId},
    worker::{Call, Failure, Progress, Reply},
};
use beistand_tests::{
    cast::{LogIn, join, set_up, sign_up},
    live_box::LiveBox,
    page::{Page, PageError},
};
use tokio::task::LocalSet;

/// A box with an organisation and one counselor.
pub struct World {
    pub live: LiveBox,
    folder: tempfile::TempDir,
    pub site: SiteId,
    pub team: TeamId,
    pub pin: String,
    pub office: Page,
    pub office_log_in: LogIn,
    pub mara: Page,
    pub mara_log_in: LogIn,
}

pub fn staff(name: &str) -> LogIn {
    LogIn::new(name, &format!("laterne kranich ufer honig wolke {name}"))
}

pub fn seeker(name: &str) -> LogIn {
    LogIn::new(name, "eisvogel teppich linde quark")
}

impl World {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let live = LiveBox::start(&folder.path().join("data")).await.unwrap();
        let mut office = Page::start(&live.address, None, None).await.unwrap();
        let office_log_in = staff("verwaltung");
        let code = live.output.claim_code.clone().unwrap();
        let kit = set_up(&mut office, &code, &office_log_in, "Renate Vogt").await.unwrap();
        office.until("the team", |model| !model.teams.is_empty()).await.unwrap();
        let team = office.model.teams[0].team;
        let mara_log_in = staff("mara");
        let mara = join(&live.address, &mut office, team, "Mara", &mara_log_in).await.unwrap();
        let pin = kit.organisation.to_hex();
        Self { live, folder, site: kit.site, team, pin, office, office_log_in, mara, mara_log_in }
    }

    /// Where the box's data lies, in `data`.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub async fn colleague(&mut self, name: &str) -> Page {
        join(&self.live.address, &mut self.office, self.team, name, &staff(name)).await.unwrap()
    }

    pub async fn seeker(&self, log_in: &LogIn) -> (Page, String) {
        sign_up(&self.live.address, self.site, &self.pin, log_in).await.unwrap()
    }

    /// A clean browser on the site's page.
    pub async fn browser(&self) -> Page {
        Page::start(&self.live.address, Some(self.site), Some(self.pin.clone())).await.unwrap()
    }

    pub async fn desk(&self, log_in: &LogIn) -> Page {
        let mut page = Page::start(&self.live.address, None, None).await.unwrap();
        log_in.enter(&mut page).await.unwrap();
        page
    }
}

pub fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, test);
}

/// The call that closes a talk that was answered.
pub fn close(conversation: ConversationId) -> Call {
    let closing = Closing { reason: ClosingReason::Answered, topic: None };
    Call::Close { conversation, closing, topic: None }
}

pub async fn open(page: &mut Page, conversation: ConversationId) {
    page.until("the conversation", |model| model.conversations.contains_key(&conversation)).await.unwrap();
    page.call(Call::Show { conversation }).await.unwrap();
}

pub async fn reads(page: &mut Page, conversation: ConversationId, text: &str) {
    page.until(text, |model| model.texts(conversation).contains(&text)).await.unwrap();
}

pub async fn progress(page: &mut Page, conversation: ConversationId, text: &str, wanted: Progress) {
    let what = format!("{text}: {wanted:?}");
    page.until(&what, |model| model.line(conversation, text).is_some_and(|line| line.progress >= wanted))
        .await
        .unwrap();
}

pub fn failure(outcome: Result<Reply, PageError>) -> Failure {
    match outcome {
        Err(PageError::Failed(failure)) => failure,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("should have failed"),
    }
}

pub fn person(page: &Page) -> PersonId {
    page.model.person().unwrap()
}

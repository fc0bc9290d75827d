//! People for demo data and tests, and how they come in: set-up, invitation, sign-up.

use crate::{
    native::Address,
    page::{Page, PageError},
};
use beistand_protocol::{
    id::{InvitationId, SiteId, TeamId},
    worker::{Call, Kit, Reply, Role, SessionView, SetUp, SiteSettings},
};

/// A log-in.
#[derive(Debug, Clone)]
pub struct LogIn {
    /// Name to log in with.
    pub name: String,
    /// Password.
    pub password: String,
}

impl LogIn {
    /// A log-in.
    #[must_use]
    pub fn new(name: &str, password: &str) -> Self {
        Self { name: name.into(), password: password.into() }
    }

    /// Logs in on a page.
    ///
    /// # Errors
    /// [`PageError`].
    pub async fn enter(&self, page: &mut Page) -> Result<(), PageError> {
        let call = Call::LogIn { name: self.name.clone(), password: self.password.clone() };
        page.call(call).await?;
        page.until("connected", |model| model.connection.is_some()).await
    }
}

/// Site settings as the wizard offers them.
#[must_use]
pub fn site_settings(name: &str) -> SiteSettings {
    SiteSettings {
        name: name.into(),
        accent: [0x1f, 0x6f, 0x78],
        language: "de".into(),
        retention_days: 30,
        emergency: vec![
            ("112".into(), "Notruf".into()),
            ("116 117".into(), "Ärztlicher Bereitschaftsdienst".into()),
            ("0800 111 0 111".into(), "TelefonSeelsorge".into()),
        ],
    }
}

/// Sets a fresh box up on a staff page; ends logged in as the administrator.
///
/// # Errors
/// [`PageError`].
pub async fn set_up(
    page: &mut Page,
    claim_code: &str,
    administrator: &LogIn,
    display_name: &str,
) -> Result<Kit, PageError> {
    let call = Call::SetUp(SetUp {
        claim_code: claim_code.into(),
        organisation_name: "Beratungsverbund Nord e. V.".into(),
        display_name: display_name.into(),
        login_name: administrator.name.clone(),
        password: administrator.password.clone(),
        team_name: "Jugendberatung".into(),
        site: site_settings("Jugendberatung Nord"),
    });
    match page.call(call).await? {
        Reply::Kit(kit) => {
            page.until("the team", |model| model.connection.is_some() && !model.teams.is_empty()).await?;
            Ok(kit)
        }
        _ => Err(PageError::Unexpected),
    }
}

/// Invites a person, accepts on a page of its own, countersigns. Returns the person's page, logged in.
///
/// # Errors
/// [`PageError`].
pub async fn join(
    address: &Address,
    administrator: &mut Page,
    team: TeamId,
    display_name: &str,
    log_in: &LogIn,
) -> Result<Page, PageError> {
    let call = Call::Invite { display_name: display_name.into(), role: Role::Counselor, team };
    let mut page = accept(address, administrator, call, log_in).await?;
    countersign(administrator).await?;
    page.until("the countersignature", |model| {
        matches!(model.session, Some(SessionView::Staff { pending: false, .. }))
    })
    .await?;
    page.until("connected", |model| model.connection.is_some()).await?;
    Ok(page)
}

/// An administrator makes a link by that call, and somebody accepts it on a page of their own.
///
/// # Errors
/// [`PageError`].
pub async fn accept(
    address: &Address,
    administrator: &mut Page,
    invite: Call,
    log_in: &LogIn,
) -> Result<Page, PageError> {
    let Reply::Invitation { link, .. } = administrator.call(invite).await? else {
        return Err(PageError::Unexpected);
    };
    let secret = link.split_once('#').ok_or(PageError::Unexpected)?.1.to_owned();
    let mut page = Page::start(address, None, None).await?;
    let accept =
        Call::AcceptInvitation { secret, name: log_in.name.clone(), password: log_in.password.clone() };
    page.call(accept).await?;
    Ok(page)
}

/// An administrator signs whoever has accepted into the log.
///
/// # Errors
/// [`PageError`].
pub async fn countersign(administrator: &mut Page) -> Result<(), PageError> {
    administrator
        .until("an acceptance", |model| model.invitations.iter().any(|invitation| invitation.accepted))
        .await?;
    let accepted = administrator.model.invitations.iter().filter(|invitation| invitation.accepted);
    let waiting: Vec<InvitationId> = accepted.map(|invitation| invitation.invitation).collect();
    for invitation in waiting {
        administrator.call(Call::Countersign { invitation }).await?;
    }
    Ok(())
}

/// Signs a seeker up on a page of its own. Returns the page and the recovery code.
///
/// # Errors
/// [`PageError`].
pub async fn sign_up(
    address: &Address,
    site: SiteId,
    pin: &str,
    log_in: &LogIn,
) -> Result<(Page, String), PageError> {
    let mut page = Page::start(address, Some(site), Some(pin.into())).await?;
    let call = Call::SignUp { name: log_in.name.clone(), password: log_in.password.clone() };
    let Reply::RecoveryCode { parts } = page.call(call).await? else { return Err(PageError::Unexpected) };
    page.until("connected", |model| model.connection.is_some()).await?;
    Ok((page, parts.join("-")))
}

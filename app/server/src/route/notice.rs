//! What a person has chosen to be called by, and the mail server.

use crate::{
    app::App,
    body::{Answer, Body, Reply},
    caller::Caller,
    mail::{self, Said},
};
use axum::extract::State;
use beistand_domain::{record::MailAccess, storage::Change};
use beistand_protocol::{
    error::Code,
    notice::{MailPut, MailTest, MailTested, MailView, NoticeSettings, NoticeView, is_address},
};
use std::sync::Arc;

/// `GET /api/v1/notice`: the caller's own.
pub async fn show(State(app): State<Arc<App>>, caller: Caller) -> Answer<NoticeView> {
    Ok(Reply(app.notices.view(caller.person()?)))
}

/// `POST /api/v1/notice`
pub async fn put(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(settings): Body<NoticeSettings>,
) -> Answer<()> {
    if !settings.is_valid(app.now_s()) {
        return Err(Code::Malformed.into());
    }
    app.commit(vec![Change::NoticePut { person: caller.person()?, settings: Box::new(settings) }]).await?;
    Ok(Reply(()))
}

/// `GET /api/v1/mail`
pub async fn show_mail(State(app): State<Arc<App>>) -> Answer<MailView> {
    Ok(Reply(MailView { server: app.notices.access().map(|access| access.server) }))
}

/// `POST /api/v1/mail`
pub async fn put_mail(State(app): State<Arc<App>>, Body(request): Body<MailPut>) -> Answer<()> {
    let Some(server) = request.server else {
        app.commit(vec![Change::MailAccessPut(None)]).await?;
        return Ok(Reply(()));
    };
    // A password that is kept goes to the same server and user alone.
    let kept = app.notices.access().filter(|access| {
        let place =
            |server: &beistand_protocol::notice::MailServer| (server.host.clone(), server.user.clone());
        place(&access.server) == place(&server)
    });
    let password = request.password.or_else(|| kept.and_then(|access| access.password));
    if !server.is_valid(password.as_deref()) {
        return Err(Code::Malformed.into());
    }
    app.commit(vec![Change::MailAccessPut(Some(Box::new(MailAccess { server, password })))]).await?;
    Ok(Reply(()))
}

/// `POST /api/v1/mail/test`: sends one at once, and says what became of it.
pub async fn test_mail(
    State(app): State<Arc<App>>,
    Body(MailTest { to, language }): Body<MailTest>,
) -> Answer<MailTested> {
    let access = app.notices.access().ok_or(Code::NotFound)?;
    if !is_address(&to) {
        return Err(Code::Malformed.into());
    }
    let words = app.pages.mail_words(language, Said::Test, &access.server.origin);
    let outcome = mail::send(&app, &access, &to, &words).await.map_err(|fault| fault.0);
    Ok(Reply(MailTested { outcome }))
}

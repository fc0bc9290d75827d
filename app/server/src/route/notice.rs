//! What a person has chosen to be called by, and the mail server.

use crate::{
    app::App,
    body::{Answer, Body, Reply},
    caller::Caller,
    mail::{self, Said},
    push,
};
use axum::extract::State;
use beistand_domain::{
    record::{self, MailAccess},
    storage::Change,
};
use beistand_protocol::{
    error::Code,
    notice::{
        MailPut, MailTest, MailTested, MailView, NoticeSettings, NoticeView, PushDevice, PushPut, PushRemove,
        PushView, is_address,
    },
    signature::plain_digest,
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

/// What names a device: its endpoint's hash tells nobody the endpoint, and a part of it is enough.
fn device_id(device: &record::PushDevice) -> [u8; 8] {
    let mut id = [0; 8];
    id.copy_from_slice(&device.id[..8]);
    id
}

/// `GET /api/v1/notice/push`: the caller's own devices.
pub async fn show_push(State(app): State<Arc<App>>, caller: Caller) -> Answer<PushView> {
    let devices = app.notices.devices_of(caller.person()?);
    let devices =
        devices.iter().map(|known| PushDevice { id: device_id(known), made_s: known.made_s }).collect();
    Ok(Reply(PushView { key: app.push_key().await?.public().to_vec(), devices }))
}

/// `POST /api/v1/notice/push`: this device shows notices from now on.
pub async fn put_push(State(app): State<Arc<App>>, caller: Caller, Body(given): Body<PushPut>) -> Answer<()> {
    let person = caller.person()?;
    if !given.is_valid() || !push::is_endpoint(&given.endpoint, app.options.reach) {
        return Err(Code::Malformed.into());
    }
    let PushPut { endpoint, public, secret, origin } = given;
    let device = record::PushDevice {
        id: plain_digest(endpoint.as_bytes()).0,
        endpoint,
        public,
        secret,
        origin,
        person,
        account: caller.0.account,
        device_session: caller.0.device_session,
        made_s: app.now_s(),
    };
    app.commit(vec![Change::PushAdd(Box::new(device))]).await?;
    Ok(Reply(()))
}

/// `POST /api/v1/notice/push/remove`
pub async fn remove_push(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(PushRemove { id }): Body<PushRemove>,
) -> Answer<()> {
    let devices = app.notices.devices_of(caller.person()?);
    let device = devices.iter().find(|known| device_id(known) == id).ok_or(Code::NotFound)?;
    app.commit(vec![Change::PushRemove(device.id)]).await?;
    Ok(Reply(()))
}

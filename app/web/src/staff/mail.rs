//! Administration: the mail server by which the box tells people that something waits, and a mail to see whether it
//! works.

use super::notices::{language, pass_on};
use crate::client::{origin, use_client};
use crate::failure;
use crate::locale::Locale;
use crate::part::{Field, Problem, Submission, SubmitForm};
use crate::text;
use beistand_protocol::codec::{decode, encode};
use beistand_protocol::error::Code;
use beistand_protocol::notice::{
    MailFault, MailPut, MailSecurity, MailServer, MailTest, MailTested, MailView, is_address, is_host,
    is_origin,
};
use beistand_protocol::worker::{Call, Failure, Reply};
use leptos::prelude::*;

const FORM: &str = "mail";

#[component]
pub(super) fn Mail() -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let known = RwSignal::new(None::<Option<MailServer>>);
    let problem = RwSignal::new(None::<String>);
    leptos::task::spawn_local(async move {
        match pass_on::<MailView>(client, "mail", None).await {
            Ok(view) => drop(known.try_set(Some(view.server))),
            Err(failure) => drop(problem.try_set(Some(failure::sentence(locale, failure)))),
        }
    });
    let form = move || known.get().map(|server| view! { <Server server=server known=known /> });
    let there = Memo::new(move |_| known.with(|known| matches!(known, Some(Some(_)))));
    view! {
        <section class="card stack" aria-labelledby="mail-title">
            <h2 id="mail-title">{text::mail_title(locale)}</h2>
            <p class="muted">{text::mail_lead(locale)}</p>
            <Problem sentence=problem />
            {form}
            {move || there.get().then(|| view! { <Test /> })}
        </section>
    }
}

/// Ports that are usual with each kind of TLS.
const fn usual_port(security: MailSecurity) -> &'static str {
    match security {
        MailSecurity::Tls => "465",
        MailSecurity::StartTls => "587",
        MailSecurity::None => "25",
    }
}

const KINDS: [(&str, MailSecurity); 3] =
    [("starttls", MailSecurity::StartTls), ("tls", MailSecurity::Tls), ("none", MailSecurity::None)];

fn kind_of(name: &str) -> MailSecurity {
    KINDS.iter().find(|(known, _)| *known == name).map_or(MailSecurity::StartTls, |(_, kind)| *kind)
}

#[component]
fn Server(server: Option<MailServer>, known: RwSignal<Option<Option<MailServer>>>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let there = server.is_some();
    let stored = StoredValue::new(match &server {
        Some(MailServer { host, port, security, user, sender, origin }) => [
            host.clone(),
            port.to_string(),
            KINDS.iter().find(|(_, kind)| kind == security).map_or("", |(name, _)| name).to_owned(),
            user.clone().unwrap_or_default(),
            sender.clone(),
            origin.clone(),
        ],
        None => {
            let empty = String::new;
            let (name, kind) = KINDS[0];
            [empty(), usual_port(kind).to_owned(), name.to_owned(), empty(), empty(), origin()]
        }
    });
    // What was typed and not saved goes before. Never the password.
    let left = client.unsent.form(FORM).and_then(|values| <[String; 6]>::try_from(values).ok());
    let [host, port, security, user, sender, link] =
        left.unwrap_or_else(|| stored.get_value()).map(RwSignal::new);
    let password = RwSignal::new(String::new());
    let typed = move || [host, port, security, user, sender, link].map(|field| field.get());
    Effect::new(move || {
        let typed = typed();
        let changed = stored.try_with_value(|stored| *stored != typed).unwrap_or_default();
        client.unsent.note_form(FORM, changed.then(|| typed.to_vec()));
    });
    let submission = Submission::with_words(|locale, failure| {
        matches!(failure, Failure::Server(Code::Malformed, _)).then(|| text::mail_password_missing(locale))
    });
    let secret = move || security.get() != "none";
    let save = move |()| {
        let [host, port, security, user, sender, link] =
            untrack(typed).map(|text| text.trim().trim_end_matches('/').to_owned());
        let security = kind_of(&security);
        let Some(port) = port.parse().ok().filter(|port: &u16| *port != 0) else {
            return submission.refuse(text::mail_port_bad(locale));
        };
        if !is_host(&host) {
            return submission.refuse(text::mail_host_bad(locale));
        }
        if !is_address(&sender) {
            return submission.refuse(text::mail_sender_bad(locale));
        }
        if !is_origin(&link) {
            return submission.refuse(text::mail_link_bad(locale));
        }
        let user = (security != MailSecurity::None && !user.is_empty()).then_some(user);
        let server = MailServer { host, port, security, user, sender, origin: link };
        let given = password.get_untracked();
        let put = MailPut {
            password: (server.user.is_some() && !given.is_empty()).then_some(given),
            server: Some(server.clone()),
        };
        submission.call(Call::PassOn { what: "mail".to_owned(), body: Some(encode(&put)) }, move |outcome| {
            if outcome.is_ok() {
                client.unsent.note_form(FORM, None);
                known.try_set(Some(Some(server)));
            }
        });
    };
    let stop = move |_| {
        let put = MailPut { server: None, password: None };
        submission.call(Call::PassOn { what: "mail".to_owned(), body: Some(encode(&put)) }, move |outcome| {
            if outcome.is_ok() {
                client.unsent.note_form(FORM, None);
                known.try_set(Some(None));
            }
        });
    };
    let choice = move |(name, kind): (&'static str, MailSecurity)| {
        let (title, body) = match kind {
            MailSecurity::StartTls => (text::mail_starttls(locale), text::mail_starttls_body(locale)),
            MailSecurity::Tls => (text::mail_tls(locale), text::mail_tls_body(locale)),
            MailSecurity::None => (text::mail_none(locale), text::mail_none_body(locale)),
        };
        view! {
            <label class="choice">
                <input
                    r#type="radio"
                    name="mail-security"
                    prop:checked=move || security.get() == name
                    on:change=move |_| {
                        // A port that was chosen stays.
                        if port.get_untracked() == usual_port(kind_of(&security.get_untracked())) {
                            port.set(usual_port(kind).to_owned());
                        }
                        security.set(name.to_owned());
                    }
                />
                <b>{title}</b>
                <p class="small muted">{body}</p>
            </label>
        }
    };
    let hint = if there { text::mail_password_kept(locale) } else { text::mail_password_hint(locale) };
    view! {
        <SubmitForm submission=submission label=text::mail_save(locale) send=save>
            <Field id="mail-host" label=text::mail_host(locale) value=host hint=text::mail_host_hint(locale) length_max=253 />
            <fieldset class="stack tight">
                <legend>{text::mail_security(locale)}</legend>
                {KINDS.map(choice).collect_view()}
            </fieldset>
            <div class="narrow-field">
                <Field id="mail-port" label=text::mail_port(locale) value=port length_max=5 />
            </div>
            <div class="stack" hidden=move || !secret()>
                <Field id="mail-user" label=text::mail_user(locale) value=user hint=text::mail_user_hint(locale) length_max=250 />
                <div class="field">
                    <label for="mail-password">{text::mail_password(locale)}</label>
                    <input
                        id="mail-password"
                        r#type="password"
                        autocomplete="off"
                        maxlength="250"
                        aria-describedby="mail-password-hint"
                        prop:value=move || password.get()
                        on:input=move |event| password.set(event_target_value(&event))
                    />
                    <p class="hint" id="mail-password-hint">{hint}</p>
                </div>
            </div>
            <Field id="mail-sender" label=text::mail_sender(locale) value=sender hint=text::mail_sender_hint(locale) length_max=254 />
            <Field id="mail-link" label=text::mail_link(locale) value=link hint=text::mail_link_hint(locale) length_max=300 />
        </SubmitForm>
        {there.then(|| view! {
            <p role="status" class="small">{text::mail_saved(locale)}</p>
            <button class="button quiet" r#type="button" on:click=stop>{text::mail_stop(locale)}</button>
        })}
    }
}

/// What went wrong, and what to do about it.
fn fault_sentence(locale: Locale, fault: &MailFault) -> String {
    let plain = match fault {
        MailFault::Name => text::mail_fault_name(locale),
        MailFault::Connect => text::mail_fault_connect(locale),
        MailFault::Timeout => text::mail_fault_timeout(locale),
        MailFault::Certificate => text::mail_fault_certificate(locale),
        MailFault::Tls => text::mail_fault_tls(locale),
        MailFault::StartTls => text::mail_fault_starttls(locale),
        MailFault::LogIn => text::mail_fault_log_in(locale),
        MailFault::Refused(code, words) => {
            return text::mail_fault_refused(locale, &code.to_string(), words);
        }
        MailFault::Other => text::mail_fault_other(locale),
    };
    plain.to_owned()
}

/// Sends a mail to see whether it comes.
#[component]
fn Test() -> impl IntoView {
    let locale = use_client().locale;
    let to = RwSignal::new(String::new());
    let sent = RwSignal::new(None::<String>);
    let submission = Submission::default();
    let send = move |()| {
        sent.set(None);
        let to = to.get_untracked().trim().to_owned();
        if !is_address(&to) {
            return submission.refuse(text::notices_address_bad(locale));
        }
        let test = MailTest { to: to.clone(), language: language(locale) };
        let call = Call::PassOn { what: "mail/test".to_owned(), body: Some(encode(&test)) };
        submission.call(call, move |outcome| {
            let Ok(Reply::PassedOn(bytes)) = outcome else { return };
            match decode::<MailTested>(&bytes).map(|tested| tested.outcome) {
                Ok(Ok(())) => drop(sent.try_set(Some(text::mail_test_sent(locale, &to)))),
                Ok(Err(fault)) => submission.refuse(fault_sentence(locale, &fault)),
                Err(_) => submission.refuse(text::failure_answer(locale)),
            }
        });
    };
    view! {
        <section class="stack" aria-labelledby="mail-test-title">
            <h3 id="mail-test-title">{text::mail_test_title(locale)}</h3>
            <SubmitForm submission=submission label=text::mail_test_send(locale) send=send>
                <Field id="mail-test-to" label=text::mail_test_to(locale) value=to length_max=254 />
            </SubmitForm>
            <p role="status">{move || sent.get()}</p>
        </section>
    }
}

//! How somebody of the staff gets in: the second factor, and where they are logged in.

use super::notices::pass_on;
use crate::client::{Session, use_client};
use crate::clock;
use crate::failure;
use crate::part::{Problem, Submission, SubmitForm, focused_heading};
use crate::text;
use beistand_protocol::api::{SessionEnd, SessionLine, SessionList};
use beistand_protocol::codec::encode;
use beistand_protocol::second_factor::{SecondFactorView, SharedSecret};
use beistand_protocol::worker::{Call, FactorDemand, Reply, SessionView};
use leptos::html;
use leptos::prelude::*;

#[component]
pub(super) fn Access(name: String) -> impl IntoView {
    let locale = use_client().locale;
    view! {
        <main class="administration" id="content" tabindex="-1">
            <h1>{text::access_title(locale)}</h1>
            <div class="stack wide one">
                <p class="muted">{text::access_lead(locale)}</p>
                <Factor name=name />
                <Devices />
            </div>
        </main>
    }
}

/// Whoever lacks the second factor that is demanded sets it up before anything else.
#[component]
pub(super) fn FactorFirst(name: String) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    view! {
        <main class="administration" id="content" tabindex="-1">
            <h1 node_ref=focused_heading() tabindex="-1">{text::factor_first_title(locale)}</h1>
            <div class="stack wide one">
                <p>{text::factor_first_body(locale)}</p>
                <Factor name=name />
                <p>
                    <button class="button quiet" r#type="button" on:click=move |_| client.tell(Call::LogOut)>
                        {text::log_out(locale)}
                    </button>
                </p>
            </div>
        </main>
    }
}

/// Whether staff must have a second factor, for administrators.
#[component]
pub(super) fn DemandFactor(act: Callback<Call>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let demanded = move || match client.session.get() {
        Session::Known(SessionView::Staff { factor, .. }) => factor != FactorDemand::None,
        _ => false,
    };
    let field = NodeRef::<html::Input>::new();
    // What the log says stands there, also after it could not be changed.
    Effect::new(move || {
        client.staff.track();
        if let Some(field) = field.get() {
            field.set_checked(demanded());
        }
    });
    view! {
        <section class="stack tight" aria-labelledby="demand-factor">
            <h2 id="demand-factor">{text::demand_factor_title(locale)}</h2>
            <label class="check">
                <input
                    node_ref=field
                    r#type="checkbox"
                    aria-describedby="demand-factor-hint"
                    on:change=move |event| act.run(Call::DemandSecondFactor { demanded: event_target_checked(&event) })
                />
                <span>{text::demand_factor(locale)}</span>
            </label>
            <p class="small muted" id="demand-factor-hint">{text::demand_factor_hint(locale)}</p>
        </section>
    }
}

/// The field for a number of the app.
#[component]
pub(super) fn CodeField(
    /// Its id.
    id: &'static str,
    /// What it asks for.
    label: &'static str,
    /// A sentence below.
    #[prop(optional)]
    hint: &'static str,
    /// What is typed.
    value: RwSignal<String>,
    /// Whether it takes the focus when it appears.
    #[prop(optional)]
    focused: bool,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    Effect::new(move || {
        if let Some(field) = field.get()
            && focused
        {
            let _ = field.focus();
        }
    });
    let described = format!("{id}-hint");
    let hint_id = described.clone();
    view! {
        <div class="field narrow-field">
            <label for=id>{label}</label>
            <input
                id=id
                node_ref=field
                r#type="text"
                inputmode="numeric"
                autocomplete="one-time-code"
                maxlength="12"
                aria-describedby=(!hint.is_empty()).then_some(described)
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
            {(!hint.is_empty()).then(|| view! { <p class="hint" id=hint_id>{hint}</p> })}
        </div>
    }
}

/// On, off, and how far the setting up is.
#[component]
fn Factor(name: String) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let known = RwSignal::new(None::<SecondFactorView>);
    let secret = RwSignal::new(None::<SharedSecret>);
    let code = RwSignal::new(String::new());
    let said = RwSignal::new(None::<&'static str>);
    let problem = RwSignal::new(None::<String>);
    let load = move || {
        leptos::task::spawn_local(async move {
            match pass_on::<SecondFactorView>(client, "account/second-factor", None).await {
                Ok(view) => drop(known.try_set(Some(view))),
                Err(failure) => drop(problem.try_set(Some(failure::sentence(locale, failure)))),
            }
        });
    };
    load();
    let submission = Submission::default();
    let begin = move |_| {
        said.set(None);
        submission.call(Call::DrawSharedSecret, move |outcome| {
            if let Ok(Reply::SharedSecret(drawn)) = outcome {
                code.try_set(String::new());
                secret.try_set(Some(drawn));
            }
        });
    };
    let put = move |wanted: Option<SharedSecret>| {
        said.set(None);
        let call = Call::PutSecondFactor { secret: wanted, code: code.get_untracked() };
        submission.call(call, move |outcome| {
            if outcome.is_ok() {
                said.try_set(Some(match wanted {
                    Some(_) => text::access_factor_is_on(locale),
                    None => text::access_factor_is_off(locale),
                }));
                code.try_set(String::new());
                secret.try_set(None);
                load();
            }
        });
    };
    let name = StoredValue::new(name);
    let setting_up = move |shared: SharedSecret| {
        let uri = shared.uri(&issuer(), &name.get_value());
        view! {
            <p>{text::access_factor_scan(locale)}</p>
            {qr(&uri, text::access_factor_picture(locale))}
            <div class="stack tight">
                <p class="small">{text::access_factor_by_hand(locale)}</p>
                <p><code class="code-line">{grouped(&shared.base32())}</code></p>
            </div>
            <p>{text::access_factor_check(locale)}</p>
            <SubmitForm submission=submission label=text::access_factor_on(locale) send=move |()| put(Some(shared))>
                <CodeField id="access-code" label=text::access_factor_code(locale) value=code focused=true />
            </SubmitForm>
            <p class="small muted">{text::access_factor_lost(locale)}</p>
        }
    };
    let demand = Memo::new(move |_| match client.session.get() {
        Session::Known(SessionView::Staff { factor, .. }) => factor,
        _ => FactorDemand::None,
    });
    let since = Memo::new(move |_| known.with(|known| known.as_ref().map(|known| known.since_s)));
    let body = move || {
        match (since.get(), secret.get()) {
        (None, _) => ().into_any(),
        (Some(_), Some(shared)) => setting_up(shared).into_any(),
        (Some(None), None) => view! {
            {move || (demand.get() == FactorDemand::None).then(|| view! { <p>{text::access_factor_off(locale)}</p> })}
            <Problem sentence=submission.problem() />
            <p><button class="button quiet" r#type="button" on:click=begin>{text::access_factor_begin(locale)}</button></p>
        }
        .into_any(),
        (Some(Some(since_s)), None) => view! {
            <p>{text::access_factor_since(locale, &clock::day_and_time(locale, since_s))}</p>
            <Show
                when=move || demand.get() == FactorDemand::None
                fallback=move || view! { <p class="small muted">{text::access_factor_demanded(locale)}</p> }
            >
            <p class="small muted">{text::access_factor_end_body(locale)}</p>
            <SubmitForm submission=submission label=text::access_factor_end(locale) send=move |()| put(None)>
                <CodeField id="access-code" label=text::access_factor_code(locale) value=code />
            </SubmitForm>
            </Show>
        }
        .into_any(),
    }
    };
    view! {
        <section class="stack" aria-labelledby="access-factor">
            <h2 id="access-factor">{text::access_factor_title(locale)}</h2>
            <p class="small muted">{text::access_factor_body(locale)}</p>
            <Problem sentence=problem />
            {body}
            <p role="status">{move || said.get()}</p>
        </section>
    }
}

/// Whose log-in it is, as the app shows it.
fn issuer() -> String {
    let host = window().location().hostname().unwrap_or_default();
    format!("Beistand {host}").trim().to_owned()
}

/// In groups of four, which can be read out and typed.
fn grouped(text: &str) -> String {
    let mut all = String::with_capacity(text.len() * 5 / 4);
    for (place, letter) in text.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            all.push(' ');
        }
        all.push(letter);
    }
    all
}

/// A QR code, dark on light whatever the page's colours are; nothing for what is too long for one.
fn qr(data: &str, label: &'static str) -> Option<impl IntoView + use<>> {
    let code = qrcode::QrCode::new(data).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (place, colour) in code.to_colors().into_iter().enumerate() {
        if colour == qrcode::Color::Dark {
            path.push_str(&format!("M{} {}h1v1h-1z", place % width, place / width));
        }
    }
    // Four modules of quiet around it (ISO/IEC 18004, section 5.3.8).
    let edge = width + 8;
    Some(view! {
        <svg class="qr" role="img" aria-label=label viewBox=format!("-4 -4 {edge} {edge}") shape-rendering="crispEdges">
            <path d=path></path>
        </svg>
    })
}

/// Where somebody is logged in.
#[component]
fn Devices() -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let known = RwSignal::new(None::<Vec<SessionLine>>);
    let problem = RwSignal::new(None::<String>);
    let said = RwSignal::new(None::<&'static str>);
    let load = move || {
        leptos::task::spawn_local(async move {
            match pass_on::<SessionList>(client, "account/sessions", None).await {
                Ok(list) => drop(known.try_set(Some(list.sessions))),
                Err(failure) => drop(problem.try_set(Some(failure::sentence(locale, failure)))),
            }
        });
    };
    load();
    let submission = Submission::default();
    let end = move |line: SessionLine| {
        said.set(None);
        let body = encode(&SessionEnd { device_session: line.device_session });
        let call = Call::PassOn { what: "account/sessions/end".to_owned(), body: Some(body) };
        submission.call(call, move |outcome| {
            if outcome.is_ok() {
                said.try_set(Some(text::access_device_ended(locale)));
                load();
            }
        });
    };
    let item = move |line: SessionLine| {
        let created = clock::day_and_time(locale, line.created_s);
        let used = clock::day_and_time(locale, line.used_s);
        let name =
            if line.own { text::access_device_here(locale) } else { text::access_device_other(locale) };
        let button = (!line.own).then(|| {
            let label = text::access_device_end_label(locale, &created);
            let line = line.clone();
            view! {
                <button class="button quiet" r#type="button" aria-label=label on:click=move |_| end(line.clone())>
                    {text::access_device_end(locale)}
                </button>
            }
        });
        view! {
            <li>
                <span>
                    <b>{name}</b>
                    <br />
                    <span class="small muted">{text::access_device_times(locale, &created, &used)}</span>
                </span>
                {button}
            </li>
        }
    };
    let list = move || {
        known.get().map(|lines| view! { <ul class="list">{lines.into_iter().map(item).collect_view()}</ul> })
    };
    view! {
        <section class="stack tight" aria-labelledby="access-devices">
            <h2 id="access-devices">{text::access_devices_title(locale)}</h2>
            <p class="small muted">{text::access_devices_body(locale)}</p>
            <Problem sentence=problem />
            <Problem sentence=submission.problem() />
            {list}
            <p role="status">{move || said.get()}</p>
        </section>
    }
}

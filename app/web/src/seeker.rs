//! The seeker's pages: sign-up, log-in, recovery, conversation.
//!
//! One page of one shell: what is shown follows from the session, so that nothing of it enters
//! the browser's history.

mod account;
mod chat;
mod code;
mod early;
mod log_in;
mod sign_up;

use crate::client::{Address, Client, Session, use_client};
use crate::failure;
use crate::part::{
    self, ConflictPage, EndedPage, LeaveLink, LoadingPage, NoticePage, Recover, Recovery, UnreachablePage,
    set_document,
};
use crate::text;
use beistand_protocol::worker::SessionView;
use early::Early;
use leptos::prelude::*;

/// What stands between a fresh session and the conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    /// Nothing.
    Open,
    /// A form is being answered; it stays until its reply is there.
    Busy,
    /// A recovery code that is shown once; `true`: it replaces an older one.
    Code(Vec<String>, bool),
    /// A new password is being chosen; `true`: somebody knows the old one.
    Password(bool),
    /// The account is to be deleted.
    Delete,
}

/// Which form a visitor sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// First time.
    SignUp,
    /// Back again.
    LogIn,
    /// Password forgotten.
    Recover,
}

impl Form {
    /// By its name in an address.
    fn named(name: Option<&str>) -> Self {
        match name {
            Some("log-in") => Self::LogIn,
            Some("recover") => Self::Recover,
            _ => Self::SignUp,
        }
    }
}

/// Starts the pages in the shell.
pub fn run() {
    part::run(|address| view! { <Root address=address /> });
}

#[component]
fn Root(address: Address) -> impl IntoView {
    let locale = address.locale;
    set_document(locale, text::seeker_document_title(locale));
    let client = Client::start(locale, address.site, address.pin());
    provide_context(client);
    let early = Early::new();
    provide_context(early);
    let gate = RwSignal::new(Gate::Open);
    let form = RwSignal::new(Form::named(address.to.as_deref()));
    let page = Memo::new(move |_| page(client, gate, form));
    move || match client.conflict.get() {
        Some(conflict) => view! { <Frame><ConflictPage conflict=conflict /></Frame> }.into_any(),
        None => {
            let page = page.get();
            if page != Page::Starting
                && let Some(typed) = early.read()
            {
                form.set(typed);
            }
            shown(page, gate, form)
        }
    }
}

/// What is shown, as far as it matters for building the page anew.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Page {
    Starting,
    Unreachable(String),
    NotSetUp,
    Form(Form),
    Code(Vec<String>, bool),
    Chat(String),
    Password(String, bool),
    Delete,
    Ended(beistand_protocol::worker::EndReason),
}

fn page(client: Client, gate: RwSignal<Gate>, form: RwSignal<Form>) -> Page {
    match (client.session.get(), gate.get()) {
        (Session::Starting, _) => Page::Starting,
        (Session::Unreachable(failure), _) => Page::Unreachable(failure::sentence(client.locale, failure)),
        // A new code is shown whatever becomes of the session: it is not shown again.
        (_, Gate::Code(parts, renewed)) => Page::Code(parts, renewed),
        (Session::Ended(reason), _) => Page::Ended(reason),
        (Session::Known(SessionView::NotSetUp), _) => Page::NotSetUp,
        (_, Gate::Busy) | (Session::Known(SessionView::Nobody), _) => {
            let form = form.get();
            // While the shell's form stands, somebody may have gone to another one there.
            Page::Form(Early::form().unwrap_or(form))
        }
        (Session::Known(SessionView::Seeker { name }), Gate::Password(known)) => Page::Password(name, known),
        (Session::Known(SessionView::Seeker { .. }), Gate::Delete) => Page::Delete,
        (Session::Known(SessionView::Seeker { name }), Gate::Open) => Page::Chat(name),
        // A staff session never belongs to a site's page.
        (Session::Known(SessionView::Staff { .. }), _) => Page::Form(Form::LogIn),
    }
}

fn shown(page: Page, gate: RwSignal<Gate>, form: RwSignal<Form>) -> AnyView {
    let locale = use_client().locale;
    match page {
        // The shell says so, and has a form meanwhile.
        Page::Starting if Early::stands() => ().into_any(),
        Page::Starting => view! { <Frame><LoadingPage /></Frame> }.into_any(),
        Page::Unreachable(sentence) => {
            let numbers = move || {
                crate::emergency::emergency_box(locale, "emergency", crate::emergency::defaults(locale))
            };
            view! { <Frame><UnreachablePage sentence=sentence meanwhile=numbers /></Frame> }.into_any()
        }
        Page::NotSetUp => view! {
            <Frame><NoticePage title=text::not_set_up_title(locale) body=text::not_set_up_body(locale) /></Frame>
        }
        .into_any(),
        Page::Form(Form::SignUp) => view! { <Frame><sign_up::SignUp gate=gate form=form /></Frame> }.into_any(),
        Page::Form(Form::LogIn) => view! { <Frame><log_in::LogIn gate=gate form=form /></Frame> }.into_any(),
        Page::Form(Form::Recover) => view! { <Frame>
                <Recover
                    name_label=text::signup_name(locale)
                    lead=text::recover_lead(locale)
                    password_label=text::recover_new_password(locale)
                    hint=text::signup_password_hint(locale)
                    words=sign_up::WORDS
                    staff=false
                    tell=move |recovery| match recovery {
                        Recovery::Busy => gate.set(Gate::Busy),
                        Recovery::Done(parts) => gate.set(Gate::Code(parts, true)),
                        Recovery::Failed => gate.set(Gate::Open),
                        Recovery::Back => form.set(Form::LogIn),
                    }
                />
            </Frame>
        }
        .into_any(),
        Page::Code(parts, renewed) => {
            view! { <Frame><code::Code parts=parts renewed=renewed gate=gate /></Frame> }.into_any()
        }
        Page::Chat(name) => view! { <chat::Chat name=name gate=gate /> }.into_any(),
        Page::Password(name, known) => {
            view! { <Frame><account::Password name=name known=known gate=gate /></Frame> }.into_any()
        }
        Page::Delete => view! { <Frame><account::Delete gate=gate /></Frame> }.into_any(),
        Page::Ended(reason) => {
            let client = use_client();
            let again = move |()| {
                form.set(Form::LogIn);
                gate.set(Gate::Open);
                client.begin_anew();
            };
            view! { <Frame><EndedPage reason=reason again=again /></Frame> }.into_any()
        }
    }
}

/// Header around every page but the conversation, which has its own.
#[component]
fn Frame(children: Children) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let name = move || client.site.with(|site| site.as_ref().map(|site| site.settings.name.clone()));
    let brand = move || {
        view! {
            <a class="brand" href=format!("/?lang={}", locale.tag())>
                {move || name().unwrap_or_else(|| text::back_to_start(locale).to_owned())}
            </a>
        }
    };
    let end = move || view! { <div class="end"><LeaveLink locale=locale /></div> };
    view! { <part::Frame brand=brand end=end>{children()}</part::Frame> }
}

//! The staff's pages: log-in, invitation, workplace, administration; and the set-up wizard, which
//! comes in the same bundle.

mod access;
mod administration;
mod alarm;
mod beside;
mod blocks;
mod board;
mod desk;
mod documentation;
mod ending;
mod escalation;
pub(crate) mod group;
mod invitation;
mod invite;
mod log_in;
mod mail;
mod note;
mod notices;
mod passphrase;
mod promises;
mod push;
mod queue;
mod queue_rules;
pub(crate) mod remark;
mod renewal;
mod room;
mod roster;
mod search;
mod shortcut;
mod site_form;
mod statistics;
mod tags;
mod talk;
mod workplace;

use crate::client::{Address, Client, Session, use_client};
use crate::clock;
use crate::failure;
use crate::locale::Locale;
use crate::part::{
    self, ConflictPage, EndedPage, LoadingPage, Menu, NoticePage, SkipLink, Unconfirmed, UnreachablePage,
    set_document,
};
use crate::setup::SetUp;
use crate::talk::Side;
use crate::text;
use beistand_protocol::live::Presence;
use beistand_protocol::worker::{Call, EndReason, FactorDemand, Role, SessionView};
use leptos::html;
use leptos::prelude::*;

/// Path of the link that an invited person opens.
const INVITATION_PATH: &str = "/staff/invitation";

/// Words offered as a passphrase.
pub(crate) const WORDS: u8 = 6;

/// Which area is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Area {
    /// Conversations.
    Talks,
    /// How the teams work that one leads.
    Lead,
    /// What the team says that is about no conversation.
    Room,
    /// Groups of several seekers.
    Groups,
    /// Duty roster.
    Roster,
    /// Text blocks.
    Blocks,
    /// Administration.
    Administration,
    /// What calls this person.
    Notices,
    /// Second factor and devices.
    Access,
    /// A new passphrase.
    Passphrase,
}

/// Starts the pages in the shell.
pub fn run() {
    part::run(|address| view! { <Root address=address /> });
}

#[component]
fn Root(address: Address) -> impl IntoView {
    let locale = address.locale;
    set_document(locale, text::staff_document_title(locale));
    let client = Client::start(locale, None, address.pin());
    provide_context(client);
    // A form that is being answered, or a code to note, stays until it is done with.
    let hold = RwSignal::new(false);
    let area = RwSignal::new(Area::Talks);
    let wizard = address.path.starts_with("/setup");
    let invitation = address.path.starts_with(INVITATION_PATH).then(|| address.fragment.clone());
    // Set-up and invitation addresses serve once; afterwards they lead to the log-in like any other.
    let used = Memo::new(move |used: Option<&bool>| {
        let inside = matches!(client.session.get(), Session::Known(SessionView::Staff { .. }));
        used.copied().unwrap_or_default() || inside
    });
    let page = Memo::new(move |_| page(client, hold.get(), wizard, used.get(), invitation.as_deref()));
    move || match client.conflict.get() {
        Some(conflict) => view! { <Frame><ConflictPage conflict=conflict /></Frame> }.into_any(),
        None => shown(page.get(), hold, area),
    }
}

/// What is shown, as far as it matters for building the page anew.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Page {
    Starting,
    Unreachable(String),
    NotSetUp,
    SetUp,
    AlreadySetUp,
    LogIn,
    Invitation(String),
    Pending,
    Factor { name: String },
    Inside { administrator: bool, name: String },
    Ended(EndReason),
}

fn page(client: Client, hold: bool, wizard: bool, used: bool, invitation: Option<&str>) -> Page {
    match client.session.get() {
        Session::Starting => Page::Starting,
        Session::Unreachable(failure) => Page::Unreachable(failure::sentence(client.locale, failure)),
        Session::Known(SessionView::NotSetUp) if wizard => Page::SetUp,
        Session::Known(SessionView::NotSetUp) => Page::NotSetUp,
        // Set-up ends logged in; the kit stays until it is done with.
        Session::Known(_) if wizard && hold => Page::SetUp,
        Session::Known(SessionView::Nobody) if wizard && !used => Page::AlreadySetUp,
        Session::Known(_) if hold && invitation.is_some() => {
            Page::Invitation(invitation.unwrap_or_default().to_owned())
        }
        Session::Known(SessionView::Staff { pending: true, .. }) => Page::Pending,
        Session::Known(SessionView::Staff { factor: FactorDemand::Open, display_name, .. }) if !hold => {
            Page::Factor { name: display_name }
        }
        Session::Known(SessionView::Staff { administrator, display_name, .. }) if !hold => {
            Page::Inside { administrator, name: display_name }
        }
        // An invitation is accepted once; whoever was inside logs in afterwards.
        Session::Known(_) => match invitation {
            Some(secret) if !used => Page::Invitation(secret.to_owned()),
            _ => Page::LogIn,
        },
        Session::Ended(reason) => Page::Ended(reason),
    }
}

fn shown(page: Page, hold: RwSignal<bool>, area: RwSignal<Area>) -> AnyView {
    let locale = use_client().locale;
    let log_in = format!("/staff?lang={}", locale.tag());
    match page {
        Page::Starting => view! { <Frame><LoadingPage /></Frame> }.into_any(),
        Page::Unreachable(sentence) => {
            view! { <Frame><UnreachablePage sentence=sentence /></Frame> }.into_any()
        }
        Page::NotSetUp => view! {
            <Frame>
                <NoticePage title=text::not_set_up_title(locale) body=text::not_set_up_body(locale)>
                    <p><a class="button" href=format!("/setup?lang={}", locale.tag())>{text::error_not_set_up_link(locale)}</a></p>
                </NoticePage>
            </Frame>
        }
        .into_any(),
        Page::SetUp => view! { <SetUp hold=hold /> }.into_any(),
        Page::AlreadySetUp => view! {
            <Frame>
                <NoticePage title=text::staff_login_title(locale) body=text::failure_already_set_up(locale)>
                    <p><a class="button" href=log_in>{text::staff_login_title(locale)}</a></p>
                </NoticePage>
            </Frame>
        }
        .into_any(),
        Page::LogIn => view! { <Frame><log_in::LogIn hold=hold /></Frame> }.into_any(),
        Page::Invitation(secret) => {
            view! { <Frame><invitation::Invitation secret=secret hold=hold /></Frame> }.into_any()
        }
        Page::Pending => view! {
            <Frame><NoticePage title=text::pending_title(locale) body=text::pending_body(locale) /></Frame>
        }
        .into_any(),
        Page::Factor { name } => view! { <Frame><access::FactorFirst name=name /></Frame> }.into_any(),
        Page::Inside { administrator, name } => {
            view! { <Inside administrator=administrator name=name area=area /> }.into_any()
        }
        Page::Ended(reason) => {
            let client = use_client();
            let again = move |()| {
                hold.set(false);
                client.begin_anew();
            };
            view! { <Frame><EndedPage reason=reason again=again /></Frame> }.into_any()
        }
    }
}

/// Header around the pages outside the workplace.
#[component]
fn Frame(children: Children) -> impl IntoView {
    let locale = use_client().locale;
    let brand = move || view! { <span class="brand">{text::product_name(locale)}</span> };
    view! { <part::Frame brand=brand>{children()}</part::Frame> }
}

/// Header, areas and the area chosen.
#[component]
fn Inside(administrator: bool, name: String, area: RwSignal<Area>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let own_name = name.clone();
    // An area that was open stays over a session's end; who may not enter it begins with the talks.
    if !administrator && matches!(area.get_untracked(), Area::Administration | Area::Lead) {
        area.set(Area::Talks);
    }
    provide_context(blocks::Shelves::new(client));
    provide_context(note::Notes::new(client));
    provide_context(documentation::Documented::default());
    let notices = notices::Notices::new(client);
    leptos::task::spawn_local(push::renew(client));
    let log_out = move |_| {
        leptos::task::spawn_local(async move {
            push::forget().await;
            client.tell(Call::LogOut);
        });
    };
    let desk = desk::Desk::new(client);
    let rooms = room::Rooms::new(client);
    let alarm = alarm::Alarm::new(desk, area, notices, rooms);
    let sounds = NodeRef::<html::Dialog>::new();
    let choose_sounds = move |_| {
        if let Some(sounds) = sounds.get_untracked() {
            let _ = sounds.show_modal();
        }
    };
    // Promises at risk are seen from every area.
    let promised = promises::promised(client, clock::ticking());
    let at_risk = move || {
        let count = promised.with(|promised| promised.at_risk.len());
        (count > 0).then(|| {
            let words = text::lead_promise_risk(locale, count as u64);
            view! { " " <span class="count risk"><span aria-hidden=true.to_string()>{count}</span> <span class="hide">{words}</span></span> }
        })
    };
    let tab = move |which: Area, label: &'static str| {
        view! {
            <button
                class="tab"
                r#type="button"
                aria-current=move || (area.get() == which).then_some("page")
                on:click=move |_| area.set(which)
            >
                {label}
                {move || (which == Area::Lead).then(at_risk)}
                {move || (which == Area::Room).then(|| rooms.count())}
            </button>
        }
    };
    let leads = Memo::new(move |_| !queue_rules::led_teams(client).is_empty());
    let in_a_team = Memo::new(move |_| rooms.of.with(|teams| !teams.is_empty()));
    let groups = Memo::new(move |_| group::any(client));
    let areas = view! {
        <nav aria-label=text::staff_nav_label(locale)>
            {tab(Area::Talks, text::staff_nav_talks(locale))}
            {move || in_a_team.get().then(|| tab(Area::Room, text::staff_nav_room(locale)))}
            {move || (groups.get() && in_a_team.get()).then(|| tab(Area::Groups, text::group_area(locale)))}
            {tab(Area::Roster, text::staff_nav_roster(locale))}
            {tab(Area::Blocks, text::staff_nav_blocks(locale))}
            {move || leads.get().then(|| tab(Area::Lead, text::staff_nav_lead(locale)))}
            {administrator.then(|| tab(Area::Administration, text::staff_nav_administration(locale)))}
        </nav>
    };
    view! {
        <div class="inside">
            <SkipLink locale=locale />
            <header class="top bar">
                <b class="brand">{text::product_name(locale)}</b>
                {areas}
                <div class="end">
                    <alarm::AlarmState alarm=alarm dialog=sounds />
                    <Duty />
                    <Menu label=text::staff_menu(locale)>
                            <p class="small">{text::staff_logged_in_as(locale, &name)}</p>
                            <p class="small muted">{text::presence_hint(locale)}</p>
                            <button class="text-button start" r#type="button" aria-haspopup="dialog" on:click=choose_sounds>
                                {text::alarm_title(locale)}
                            </button>
                            <button class="text-button start" r#type="button" on:click=move |_| area.set(Area::Notices)>
                                {text::notices_title(locale)}
                            </button>
                            <button class="text-button start" r#type="button" on:click=move |_| area.set(Area::Access)>
                                {text::access_title(locale)}
                            </button>
                            <button class="text-button start" r#type="button" on:click=move |_| area.set(Area::Passphrase)>
                                {text::account_passphrase_title(locale)}
                            </button>
                            <button class="button quiet" r#type="button" on:click=log_out>
                                {text::log_out(locale)}
                            </button>
                        </Menu>
                </div>
            </header>
            <Unconfirmed side=Side::Staff />
            <renewal::Renewals />
            <alarm::AlarmStrip alarm=alarm dialog=sounds />
            <alarm::AlarmDialog alarm=alarm dialog=sounds />
            {move || match area.get() {
                Area::Talks => view! { <workplace::Workplace desk=desk /> }.into_any(),
                Area::Lead => view! { <queue_rules::Lead desk=desk area=area /> }.into_any(),
                Area::Room => view! { <room::RoomArea rooms=rooms /> }.into_any(),
                Area::Groups => view! { <group::GroupsArea /> }.into_any(),
                Area::Roster => view! { <roster::Roster /> }.into_any(),
                Area::Blocks => view! { <blocks::BlocksArea /> }.into_any(),
                Area::Administration => view! { <administration::Administration /> }.into_any(),
                Area::Notices => view! { <notices::NoticesArea notices=notices alarm=alarm /> }.into_any(),
                Area::Access => view! { <access::Access name=own_name.clone() /> }.into_any(),
                Area::Passphrase => {
                    view! { <passphrase::Passphrase name=own_name.clone() area=area /> }.into_any()
                }
            }}
        </div>
    }
}

/// The switch between on and off duty.
#[component]
fn Duty() -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let available = move || client.presence.get() == Presence::Available;
    let switch = move |_| {
        let wanted = if client.presence.get_untracked() == Presence::Available {
            Presence::Away
        } else {
            Presence::Available
        };
        leptos::task::spawn_local(async move {
            if client.call(Call::SetPresence(wanted)).await.is_ok() {
                client.presence.set(wanted);
            }
        });
    };
    view! {
        <button
            class=move || if available() { "duty on" } else { "duty" }
            r#type="button"
            role="switch"
            aria-checked=move || available().to_string()
            aria-label=text::presence_available(locale)
            title=text::presence_hint(locale)
            on:click=switch
        >
            <i aria-hidden=true.to_string()>{""}</i>
            <span aria-hidden=true.to_string()>
                {move || if available() { text::presence_available(locale) } else { text::presence_away(locale) }}
            </span>
        </button>
    }
}

/// The name of a role.
pub(crate) fn role_name(locale: Locale, role: Role) -> &'static str {
    match role {
        Role::Counselor => text::role_counselor(locale),
        Role::Lead => text::role_lead(locale),
        Role::Administrator => text::role_administrator(locale),
    }
}

//! The workplace: conversations on the left, the talks in the middle, person and readers on the
//! right; one at a time on a phone.

use super::desk::Desk;
use super::documentation::Documentation;
use super::queue::Queue;
use super::shortcut::{ShortcutSheet, listen};
use super::talk::{Person, Talk};
use crate::client::use_client;
use crate::text;
use beistand_protocol::id::ConversationId;
use beistand_protocol::worker::{Call, Connection, StateView};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

/// Width of a talk that can still be read beside another one, in the page's text size (rem).
const TALK_REM: f64 = 30.0;

#[component]
pub(super) fn Workplace(desk: Desk) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let shown = Memo::new(move |_| desk.slots.with(|slots| slots.open.clone()));
    let current = Memo::new(move |_| desk.current());
    // Each talk that comes onto the screen tells its lines from then on.
    Effect::new(move |told: Option<Vec<ConversationId>>| {
        let open = shown.get();
        for conversation in open.iter().filter(|id| !told.as_ref().is_some_and(|told| told.contains(id))) {
            client.tell(Call::Show { conversation: *conversation });
        }
        open
    });
    // The number of those who wait stands in the tab, so that it is seen from elsewhere.
    Effect::new(move || {
        let waiting = client
            .conversations
            .list
            .with(|list| list.iter().flatten().filter(|view| view.state == StateView::Waiting).count());
        let title = text::staff_document_title(locale);
        document().set_title(&if waiting == 0 { title.to_owned() } else { format!("({waiting}) {title}") });
    });
    let middle = NodeRef::<html::Div>::new();
    let probe = NodeRef::<html::I>::new();
    let measure = move || {
        let (Some(Some(middle)), Some(Some(probe))) = (middle.try_get_untracked(), probe.try_get_untracked())
        else {
            return;
        };
        let room = f64::from(middle.client_width()) / (f64::from(probe.offset_width()) / 10.0 * TALK_REM);
        // A handful at most, and never less than one.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let room = room.floor().clamp(1.0, 6.0) as usize;
        if desk.room.try_get_untracked() != Some(room) {
            desk.room.set(room);
            desk.slots.update(|slots| slots.fit(room));
        }
    };
    Effect::new(move || {
        let Some(element) = middle.get() else { return };
        let resized = Closure::<dyn FnMut()>::new(measure);
        if let Ok(observer) = web_sys::ResizeObserver::new(resized.as_ref().unchecked_ref()) {
            observer.observe(&element);
            let parts = StoredValue::new_local((observer, resized));
            on_cleanup(move || {
                parts.try_with_value(|(observer, _)| observer.disconnect()).unwrap_or_default()
            });
        }
    });
    let sheet = NodeRef::<html::Dialog>::new();
    let layout = RwSignal::new(crate::desk::rows::Layout::default());
    listen(desk, layout, sheet);
    view! {
        {move || (client.connection.get() == Connection::Reconnecting).then(|| view! {
            <p class="strip" role="status">{text::work_reconnecting(locale)}</p>
        })}
        <main
            class=move || if current.get().is_some() { "columns open" } else { "columns" }
            id="content"
            tabindex="-1"
        >
            {move || current.get().is_none().then(|| view! { <h1 class="hide">{text::staff_nav_talks(locale)}</h1> })}
            <Queue desk=desk layout=layout sheet=sheet />
            <div class="desk" node_ref=middle>
                <i class="probe" node_ref=probe aria-hidden=true.to_string()>{""}</i>
                <For each=move || shown.get() key=|id| *id children=move |id| view! { <Talk conversation=id desk=desk /> } />
                {move || current.get().is_none().then(|| view! {
                    <div class="no-talk stack">
                        <h2 class="title-l">{text::work_none_title(locale)}</h2>
                        <p class="muted">{text::work_none_body(locale)}</p>
                    </div>
                })}
            </div>
            {move || current.get().map(|id| view! {
                <section class="person" aria-label=text::work_person_label(locale)>
                    <Person conversation=id place="wide" />
                </section>
            })}
            <ShortcutSheet desk=desk dialog=sheet />
            <Documentation />
        </main>
    }
}

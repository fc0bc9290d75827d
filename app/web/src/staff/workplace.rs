//! The workplace: conversations on the left, the talk in the middle, person and readers on the
//! right; one at a time on a phone.

use super::queue::Queue;
use super::talk::Talk;
use crate::client::use_client;
use crate::text;
use beistand_protocol::id::ConversationId;
use beistand_protocol::worker::{Call, Connection, StateView};
use leptos::prelude::*;

#[component]
pub(super) fn Workplace() -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let current = RwSignal::new(None::<ConversationId>);
    Effect::new(move || {
        if let Some(conversation) = current.get() {
            client.tell(Call::Show { conversation });
        }
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
    // A conversation that is gone is not shown any more.
    let shown = Memo::new(move |_| current.get().filter(|id| client.conversations.get(*id).is_some()));
    view! {
        {move || (client.connection.get() == Connection::Reconnecting).then(|| view! {
            <p class="strip" role="status">{text::work_reconnecting(locale)}</p>
        })}
        <main
            class=move || if shown.get().is_some() { "columns open" } else { "columns" }
            id="content"
            tabindex="-1"
        >
            {move || shown.get().is_none().then(|| view! { <h1 class="hide">{text::staff_nav_talks(locale)}</h1> })}
            <Queue current=current />
            {move || match shown.get() {
                Some(id) => view! { <Talk conversation=id current=current /> }.into_any(),
                None => view! {
                    <div class="no-talk stack">
                        <h2 class="title-l">{text::work_none_title(locale)}</h2>
                        <p class="muted">{text::work_none_body(locale)}</p>
                    </div>
                }
                .into_any(),
            }}
        </main>
    }
}

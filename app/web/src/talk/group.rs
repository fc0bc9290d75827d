//! Groups as those see them who come to them.

use crate::client::Client;
use crate::clock;
use crate::failure;
use crate::locale::Locale;
use crate::text;
use beistand_protocol::id::ConversationId;
use beistand_protocol::worker::{Call, GroupView, MessageBody};
use leptos::prelude::*;

/// The group that a conversation is.
#[must_use]
pub fn group_of(client: Client, id: ConversationId) -> Option<Box<GroupView>> {
    client.conversations.get(id)?.group
}

/// When it is open, in words.
#[must_use]
pub fn state(locale: Locale, group: &GroupView) -> String {
    let now_s = clock::now_s();
    match group.windows.iter().find(|window| now_s < window.until_s) {
        Some(window) if window.from_s <= now_s => {
            let until = match clock::day(window.until_s) == clock::day(now_s) {
                true => clock::time(locale, window.until_s),
                false => clock::day_and_time(locale, window.until_s),
            };
            text::group_open(locale, &until)
        }
        Some(window) => text::group_opens(locale, &clock::day_and_time(locale, window.from_s)),
        None => text::group_never(locale).to_owned(),
    }
}

/// Why this account can't write there now.
#[must_use]
pub fn closed(locale: Locale, group: &GroupView) -> Option<String> {
    let now_s = clock::now_s();
    if group.guests.iter().any(|guest| guest.muted && Some(guest.guest) == group.own) {
        Some(text::group_muted(locale).to_owned())
    } else if group.windows.iter().any(|window| window.from_s <= now_s && now_s < window.until_s) {
        None
    } else {
        Some(state(locale, group))
    }
}

/// An invitation, as a line of the talk: with the name that the others are to see, until it is answered.
pub(super) fn invitation(
    client: Client,
    conversation: ConversationId,
    group: ConversationId,
    title: &str,
) -> impl IntoView + use<> {
    let locale = client.locale;
    let name = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    let answered = Memo::new(move |_| {
        let is = |body: &MessageBody| matches!(body, MessageBody::Joined(of, _) if *of == group);
        client.conversations.lines(conversation).iter().any(|line| line.view.with(|view| is(&view.body)))
    });
    let join = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        leptos::task::spawn_local(async move {
            let call = Call::Join { conversation, group, name: name.get_untracked().trim().to_owned() };
            let outcome = client.call(call).await;
            problem.set(outcome.err().map(|failure| failure::sentence(locale, failure)));
        });
    };
    view! {
        <li class="note group-invitation">
            <p>{text::group_invited(locale, title)}</p>
            {move || (!answered.get()).then(|| view! {
                <form class="stack tight" on:submit=join>
                    <label>
                        {text::group_name(locale)}
                        <input
                            r#type="text"
                            autocomplete="off"
                            maxlength="40"
                            required
                            prop:value=move || name.get()
                            on:input=move |event| name.set(event_target_value(&event))
                        />
                    </label>
                    <p class="hint">{text::group_name_hint(locale)}</p>
                    <p role="alert">{move || problem.get()}</p>
                    <button class="button">{text::group_join(locale)}</button>
                </form>
            })}
        </li>
    }
}

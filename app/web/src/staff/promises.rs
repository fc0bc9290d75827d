//! Promised answers that may not be kept: which talks, with whom they are, until when. For whoever leads a team.

use super::Area;
use super::desk::Desk;
use super::queue::{name_of, promise_tag};
use super::queue_rules::led_teams;
use crate::client::Client;
use crate::clock;
use crate::desk::promise::Due;
use crate::icon::{Icon, icon};
use crate::text;
use beistand_protocol::id::ConversationId;
use beistand_protocol::worker::StateView;
use leptos::prelude::*;

/// As many as are shown one by one.
const SHOWN_MAX: usize = 50;

/// How many answers are promised, and which talks are at risk, the most urgent first.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Promised {
    count: usize,
    /// Those at risk.
    pub at_risk: Vec<ConversationId>,
}

/// Promised answers in the teams that this person leads.
pub(super) fn promised(client: Client, now: Signal<u64>) -> Memo<Promised> {
    Memo::new(move |_| {
        let teams = led_teams(client);
        let now_s = now.get();
        let mut promises: Vec<(u64, ConversationId)> = client.conversations.list.with(|list| {
            let led = list.iter().flatten().filter(|view| teams.contains(&view.team));
            led.filter_map(|view| Some((view.answer_by_s?, view.id))).collect()
        });
        promises.sort_unstable();
        let at_risk = promises.iter().filter(|(by_s, _)| Due::at(now_s, *by_s) != Due::Later);
        Promised { count: promises.len(), at_risk: at_risk.map(|(_, id)| *id).collect() }
    })
}

#[component]
pub(super) fn Promises(desk: Desk, area: RwSignal<Area>) -> impl IntoView {
    let client = desk.client;
    let locale = client.locale;
    let now = clock::ticking();
    let promised = promised(client, now);
    let count = Memo::new(move |_| promised.with(|promised| (promised.count, promised.at_risk.len())));
    let words = move || {
        match count.get() {
        (0, _) => view! { <p class="muted">{text::lead_promise_none(locale)}</p> }.into_any(),
        (count, 0) => view! {
            <p class="notice ok">{icon(Icon::Check, 20)} <span>{text::lead_promise_safe(locale, count as u64)}</span></p>
        }
        .into_any(),
        (_, at_risk) => view! {
            <div class="notice danger">
                {icon(Icon::Warning, 20)}
                <p><b>{text::lead_promise_risk(locale, at_risk as u64)}</b> <br /> {text::lead_promise_risk_lead(locale)}</p>
            </div>
        }
        .into_any(),
    }
    };
    let more = move || {
        let more = count.get().1.saturating_sub(SHOWN_MAX);
        (more > 0).then(|| view! { <p class="muted">{text::lead_promise_more(locale, more as u64)}</p> })
    };
    let shown = move || {
        promised.with(|promised| promised.at_risk.iter().copied().take(SHOWN_MAX).collect::<Vec<_>>())
    };
    let row = move |id: ConversationId| {
        let view_of = Memo::new(move |_| client.conversations.get(id));
        let name = Memo::new(move |_| view_of.get().map(|view| name_of(locale, &view)).unwrap_or_default());
        let holder = move || match view_of.get()?.state {
            StateView::Mine => Some(text::lead_promise_own(locale).to_owned()),
            StateView::Colleague(_, name) => Some(text::lead_promise_with(locale, &name)),
            StateView::Waiting | StateView::Closed | StateView::Blocked => {
                Some(text::lead_promise_nobody(locale).to_owned())
            }
        };
        let due = move || Some(promise_tag(locale, view_of.get()?.answer_by_s?, now.get()));
        let open = move |_| {
            desk.show(id);
            area.set(Area::Talks);
        };
        view! {
            <li data-talk=id.to_hex()>
                <b>{name}</b>
                <span class="muted">{holder}</span>
                {due}
                <button class="button quiet" r#type="button" aria-label=move || text::lead_promise_open_of(locale, &name.get()) on:click=open>
                    {text::lead_promise_open(locale)}
                </button>
            </li>
        }
    };
    view! {
        <section class="stack" aria-labelledby="lead-promises">
            <h2 id="lead-promises">{text::lead_promise_title(locale)}</h2>
            <div role="status">{words}</div>
            <ul class="promises"><For each=shown key=|id| *id children=row /></ul>
            {more}
            <p class="small muted">{text::lead_promise_where(locale)}</p>
        </section>
    }
}

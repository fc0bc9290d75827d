//! Own account: by which ways somebody is called for what, where e-mail goes, and until when they want to hear nothing.

use super::alarm::{Alarm, DesktopNotices};
use super::push::PushDevices;
use crate::client::{Client, use_client};
use crate::clock;
use crate::failure;
use crate::locale::Locale;
use crate::part::{Problem, Submission, SubmitForm};
use crate::text;
use beistand_protocol::codec::{decode, encode};
use beistand_protocol::membership::Language;
use beistand_protocol::notice::{Choices, NoticeSettings, NoticeView, Occasion, Ways, is_address};
use beistand_protocol::worker::{Call, Failure, Reply};
use leptos::prelude::*;

/// What is kept of this form while it is not saved.
const FORM: &str = "notices";

/// What somebody has chosen, for all areas. Copies are handles to the same.
#[derive(Clone, Copy)]
pub(super) struct Notices {
    client: Client,
    /// As the box keeps it; `None` until it has said so.
    pub settings: RwSignal<Option<NoticeSettings>>,
    /// Whether the box can send e-mail.
    mail: RwSignal<bool>,
    problem: RwSignal<Option<String>>,
}

impl Notices {
    /// Asks the box.
    pub fn new(client: Client) -> Self {
        let notices = Self {
            client,
            settings: RwSignal::new(None),
            mail: RwSignal::new(false),
            problem: RwSignal::new(None),
        };
        notices.load();
        notices
    }

    /// Asks the box once more.
    pub fn load(self) {
        leptos::task::spawn_local(async move {
            match pass_on::<NoticeView>(self.client, "notice", None).await {
                Ok(view) => {
                    let chosen = view.settings;
                    let chosen =
                        chosen.unwrap_or_else(|| NoticeSettings::in_language(language(self.client.locale)));
                    self.settings.try_set(Some(chosen));
                    self.mail.try_set(view.mail);
                    self.problem.try_set(None);
                }
                Err(failure) => {
                    self.problem.try_set(Some(failure::sentence(self.client.locale, failure)));
                }
            }
        });
    }
}

impl Notices {
    /// What the page itself does, now.
    pub fn on_the_page(self) -> Choices {
        let chosen = self.settings.try_with(|settings| {
            let settings = settings.as_ref()?;
            let away = settings.away_until_s.is_some_and(|until_s| until_s > clock::now_s());
            Some(if away { Choices::NONE } else { settings.choices })
        });
        chosen.flatten().unwrap_or_default()
    }
}

/// Asks the box for something that the worker only passes on.
pub(super) async fn pass_on<A: serde::Serialize + serde::de::DeserializeOwned>(
    client: Client,
    what: &str,
    body: Option<Vec<u8>>,
) -> Result<A, Failure> {
    match client.call(Call::PassOn { what: what.to_owned(), body }).await? {
        Reply::PassedOn(bytes) => decode(&bytes).map_err(|_| Failure::Answer),
        _ => Err(Failure::Malformed),
    }
}

/// The language of a page, as it is told to the box.
pub(super) const fn language(locale: Locale) -> Language {
    match locale {
        Locale::De => Language::German,
        Locale::En => Language::English,
    }
}

/// One way of being called.
type Way = (fn(Ways) -> bool, fn(&mut Ways, bool));

const SOUND: Way = (|ways| ways.sound, |ways, on| ways.sound = on);
const DESKTOP: Way = (|ways| ways.desktop, |ways, on| ways.desktop = on);
const PUSH: Way = (|ways| ways.push, |ways, on| ways.push = on);
const MAIL: Way = (|ways| ways.mail, |ways, on| ways.mail = on);

fn occasion_name(locale: Locale, occasion: Occasion) -> (&'static str, &'static str) {
    match occasion {
        Occasion::Request => (text::notices_request(locale), text::notices_request_body(locale)),
        Occasion::Answer => (text::notices_answer(locale), text::notices_answer_body(locale)),
        Occasion::Swap => (text::notices_swap(locale), text::notices_swap_body(locale)),
        Occasion::Illness => (text::notices_illness(locale), text::notices_illness_body(locale)),
        Occasion::Thread => (text::notices_thread(locale), text::notices_thread_body(locale)),
    }
}

#[component]
pub(super) fn NoticesArea(notices: Notices, alarm: Alarm) -> impl IntoView {
    let locale = use_client().locale;
    // The box may have got a mail server meanwhile.
    notices.load();
    let known = Memo::new(move |_| notices.settings.with(Option::is_some));
    // Whether there is a device that shows notices.
    let device = RwSignal::new(false);
    view! {
        <main class="administration" id="content" tabindex="-1">
            <h1>{text::notices_title(locale)}</h1>
            <div class="stack wide one">
                <p class="muted">{text::notices_lead(locale)}</p>
                <Problem sentence=notices.problem />
                {move || known.get().then(|| view! { <Choose notices=notices device=device /> })}
                <section class="stack tight" aria-labelledby="notices-desktop">
                    <h2 id="notices-desktop">{text::alarm_notices(locale)}</h2>
                    <p class="small muted">{text::alarm_notices_body(locale)}</p>
                    <DesktopNotices alarm=alarm />
                </section>
                <PushDevices there=device />
            </div>
        </main>
    }
}

#[component]
fn Choose(notices: Notices, device: RwSignal<bool>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let chosen =
        notices.settings.get_untracked().unwrap_or_else(|| NoticeSettings::in_language(language(locale)));
    let settings = RwSignal::new(chosen.clone());
    // What was typed and not saved goes before.
    let left = client.unsent.form(FORM).and_then(|values| <[String; 2]>::try_from(values).ok());
    let stored = [
        chosen.address.unwrap_or_default(),
        chosen
            .away_until_s
            .filter(|until_s| *until_s > clock::now_s())
            .map(clock::last_day)
            .unwrap_or_default(),
    ];
    let stored = StoredValue::new(stored);
    let [address, away] = left.unwrap_or_else(|| stored.get_value()).map(RwSignal::new);
    let saved = RwSignal::new(false);
    let submission = Submission::default();
    let typed = move || [address.get(), away.get()];
    Effect::new(move || {
        let typed = typed();
        let changed = stored.try_with_value(|stored| *stored != typed).unwrap_or_default();
        client.unsent.note_form(FORM, changed.then(|| typed.to_vec()));
    });
    let save = move |()| {
        saved.set(false);
        let typed = untrack(typed);
        let [given, until] = typed.each_ref().map(|text| text.trim());
        let mut next = settings.get_untracked();
        if !given.is_empty() && !is_address(given) {
            return submission.refuse(text::notices_address_bad(locale));
        }
        next.address = (!given.is_empty()).then(|| given.to_owned());
        let mails = Occasion::ALL.into_iter().any(|occasion| next.choices.of(occasion).mail);
        if mails && next.address.is_none() {
            return submission.refuse(text::notices_address_missing(locale));
        }
        next.away_until_s = clock::end_of_day(until);
        next.language = language(locale);
        if !next.is_valid(clock::now_s()) {
            return submission.refuse(text::notices_away_bad(locale));
        }
        let call = Call::PassOn { what: "notice".to_owned(), body: Some(encode(&next)) };
        submission.call(call, move |outcome| {
            saved.try_set(outcome.is_ok());
            if outcome.is_ok() {
                stored.try_set_value(typed);
                client.unsent.note_form(FORM, None);
                notices.settings.try_set(Some(next));
            }
        });
    };
    let ways = move || {
        [
            (SOUND, text::notices_sound(locale), true),
            (DESKTOP, text::notices_desktop(locale), true),
            (PUSH, text::notices_push(locale), device.get()),
            (MAIL, text::notices_mail(locale), notices.mail.get()),
        ]
        .into_iter()
        .filter(|(_, _, there)| *there)
        .map(|(way, label, _)| (way, label))
    };
    let row = move |occasion: Occasion| {
        let (name, body) = occasion_name(locale, occasion);
        let heading = format!("notice-{occasion:?}").to_lowercase();
        let labelled = heading.clone();
        let cell = move |((get, set), label): (Way, &'static str)| {
            view! {
                <label class="check">
                    <input
                        r#type="checkbox"
                        prop:checked=move || settings.with(|settings| get(settings.choices.of(occasion)))
                        on:change=move |event| {
                            saved.set(false);
                            let on = event_target_checked(&event);
                            settings.update(|settings| set(settings.choices.of_mut(occasion), on));
                        }
                    />
                    <span>{label}</span>
                </label>
            }
        };
        view! {
            <div class="way" role="group" aria-labelledby=labelled>
                <div>
                    <b id=heading>{name}</b>
                    <p class="small muted">{body}</p>
                </div>
                <div class="ways">{move || ways().map(cell).collect_view()}</div>
            </div>
        }
    };
    let no_mail = move || {
        (!notices.mail.get()).then(|| view! { <p class="small muted">{text::notices_mail_none(locale)}</p> })
    };
    let words = move |id: &'static str,
                      kind: &'static str,
                      label: &'static str,
                      hint: &'static str,
                      value: RwSignal<String>| {
        let described = format!("{id}-hint");
        let hint_id = described.clone();
        view! {
            <div class="field">
                <label for=id>{label}</label>
                <input
                    id=id
                    r#type=kind
                    autocomplete=if kind == "email" { "email" } else { "off" }
                    maxlength="254"
                    aria-describedby=described
                    prop:value=move || value.get()
                    on:input=move |event| {
                        saved.set(false);
                        value.set(event_target_value(&event));
                    }
                />
                <p class="hint" id=hint_id>{hint}</p>
            </div>
        }
    };
    view! {
        <SubmitForm submission=submission label=text::notices_save(locale) send=save>
            <section class="stack tight" aria-labelledby="notices-ways">
                <h2 id="notices-ways">{text::notices_ways(locale)}</h2>
                {no_mail}
                <div class="way-list">{Occasion::ALL.map(row).collect_view()}</div>
            </section>
            <section class="stack" aria-labelledby="notices-mail">
                <h2 id="notices-mail">{text::notices_mail(locale)}</h2>
                {words("notices-address", "email", text::notices_address(locale), text::notices_address_hint(locale), address)}
            </section>
            <section class="stack" aria-labelledby="notices-away-title">
                <h2 id="notices-away-title">{text::notices_away_title(locale)}</h2>
                <div class="narrow-field">
                    {words("notices-away", "date", text::notices_away(locale), text::notices_away_hint(locale), away)}
                </div>
            </section>
        </SubmitForm>
        <p role="status">{move || saved.get().then(|| text::notices_saved(locale))}</p>
    }
}

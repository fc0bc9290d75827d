//! The bell of whoever is on duty: it rings for requests, sounds for answers, is tested at the start of each shift, and
//! says loudly when the browser keeps it silent.

use super::Area;
use super::desk::{Desk, group_of, offered};
use super::escalation;
use super::notices::Notices;
use super::room::Rooms;
use crate::alert::audio::Audio;
use crate::alert::notice::{self, Notice, Permission};
use crate::alert::tone::Tone;
use crate::alert::watch::{Calls, Talk, Watch};
use crate::clock;
use crate::desk::rows::Group;
use crate::icon::{Icon, icon};
use crate::locale::Locale;
use crate::text;
use beistand_protocol::id::ConversationId;
use beistand_protocol::live::Presence;
use beistand_protocol::notice::{Choices, Occasion, Ways};
use beistand_protocol::worker::ConversationView;
use leptos::html;
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsCast;

/// Milliseconds that a browser may take to let sound through before it counts as refused.
const OPENING_MS: u64 = 2000;
/// Milliseconds between two looks at whether a sound that was begun goes out.
const LOOK_MS: u64 = 100;
/// A sample above this is a sound; what the loudspeaker makes of it only a person can tell.
const AUDIBLE: f32 = 0.001;
/// Percent at the beginning.
const VOLUME: u8 = 70;

/// How far the test of this shift got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Test {
    /// Not begun.
    Due,
    /// It was played; the person has not said yet whether it was heard.
    Played,
    /// Heard, and when.
    Heard(u64),
    /// Not heard.
    Unheard,
}

/// The bell. Copies are handles to the same one.
#[derive(Clone, Copy)]
pub(super) struct Alarm {
    desk: Desk,
    area: RwSignal<Area>,
    /// By which ways this person wants to be called.
    notices: Notices,
    rooms: Rooms,
    audio: StoredValue<Option<Audio>, LocalStorage>,
    watch: StoredValue<Watch<ConversationId>>,
    /// The same for what the team says beside the own talks.
    beside: StoredValue<Watch<ConversationId>>,
    /// And for the rooms of the own teams.
    in_rooms: StoredValue<Watch<ConversationId>>,
    notice: StoredValue<Option<Notice>, LocalStorage>,
    /// The browser lets no sound through.
    blocked: RwSignal<bool>,
    test: RwSignal<Test>,
    tone: RwSignal<Tone>,
    volume: RwSignal<u8>,
    rings: RwSignal<bool>,
    permission: RwSignal<Permission>,
    /// What the roster asks of this person, until they have looked.
    called: RwSignal<Option<Occasion>>,
}

impl Alarm {
    /// A bell that watches as long as the pages inside are shown.
    pub fn new(desk: Desk, area: RwSignal<Area>, notices: Notices, rooms: Rooms) -> Self {
        let alarm = Self {
            desk,
            area,
            notices,
            rooms,
            audio: StoredValue::new_local(None),
            watch: StoredValue::new(Watch::default()),
            beside: StoredValue::new(Watch::default()),
            in_rooms: StoredValue::new(Watch::default()),
            notice: StoredValue::new_local(None),
            blocked: RwSignal::new(false),
            test: RwSignal::new(Test::Due),
            tone: RwSignal::new(Tone::default()),
            volume: RwSignal::new(VOLUME),
            rings: RwSignal::new(false),
            permission: RwSignal::new(notice::permission()),
            called: RwSignal::new(None),
        };
        // Each shift is tested anew: headphones are pulled, tabs are muted in between.
        Effect::new(move |before: Option<bool>| {
            let on_duty = alarm.on_duty();
            if on_duty && before != Some(true) {
                alarm.test.set(Test::Due);
                alarm.open();
            }
            on_duty
        });
        Effect::new(move || alarm.look());
        Effect::new(move || {
            if let Some((_, occasion)) = desk.client.called.get() {
                untrack(move || alarm.hear_of_roster(occasion));
            }
        });
        // Any press may be what the browser has waited for.
        let pressed = window_event_listener(leptos::ev::pointerdown, move |_| alarm.wake());
        let keyed = window_event_listener(leptos::ev::keydown, move |_| alarm.wake());
        let seen = window_event_listener(leptos::ev::focus, move |_| {
            alarm.notice.try_update_value(|notice| *notice = None);
        });
        on_cleanup(move || {
            pressed.remove();
            keyed.remove();
            seen.remove();
        });
        alarm
    }

    fn on_duty(self) -> bool {
        self.desk.client.presence.get() == Presence::Available
    }

    fn with<R>(self, act: impl FnOnce(&Audio) -> R) -> Option<R> {
        self.audio.try_with_value(|audio| audio.as_ref().map(act)).flatten()
    }

    /// Louder or quieter, before anything else is played.
    fn set_volume(self, percent: u8) {
        self.volume.set(percent);
        self.with(|audio| audio.set_volume(percent));
    }

    /// Opens the way to the loudspeaker, or tries once more.
    fn open(self) {
        if self.audio.with_value(Option::is_none) {
            let audio = Audio::open(move || self.hear_of_state());
            if let Some(audio) = &audio {
                audio.set_volume(self.volume.get_untracked());
            }
            self.audio.set_value(audio);
        }
        self.wake();
        set_timeout(move || self.judge(), Duration::from_millis(OPENING_MS));
    }

    fn wake(self) {
        self.with(|audio| {
            if !audio.runs() {
                audio.wake();
            }
        });
    }

    /// The browser lets sound through, or no longer.
    fn hear_of_state(self) {
        if self.with(Audio::runs) == Some(true) {
            self.blocked.try_set(false);
        } else {
            self.judge();
        }
    }

    fn judge(self) {
        let runs = self.with(Audio::runs) == Some(true);
        if self.blocked.try_get_untracked().is_some_and(|blocked| blocked == runs) {
            self.blocked.set(!runs);
        }
    }

    /// Looks at the talks and does what follows.
    fn look(self) {
        let on_duty = self.on_duty();
        let talks: Vec<Talk<ConversationId>> = self.desk.client.conversations.list.with(|list| {
            let talk = |view: &ConversationView| {
                let group = group_of(view);
                // What is a colleague's turn does not call me, even where I might take it.
                let elsewhere = offered(self.desk.client, view).is_some_and(|(own, _)| !own);
                let asked = escalation::asked(self.desk.client, view);
                let waits = group == Group::Waiting && (!elsewhere || asked > 0);
                Talk { id: view.id, waits, mine: group == Group::Mine, unread: view.unread, asked }
            };
            list.iter().flatten().map(talk).collect()
        });
        let looked_at = is_looked_at();
        let shown = looked_at && self.area.get_untracked() == Area::Talks;
        let before_eyes = self.desk.slots.with_untracked(|slots| slots.current).filter(|_| shown);
        let Some(calls) = self.watch.try_update_value(|watch| watch.look(&talks, on_duty, before_eyes))
        else {
            return;
        };
        let threads: Vec<Talk<ConversationId>> = talks
            .iter()
            .filter(|talk| talk.mine)
            .filter_map(|talk| Some((talk.id, self.desk.client.conversations.thread(talk.id)?.unread)))
            .map(|(id, unread)| Talk { id, waits: false, mine: true, unread, asked: 0 })
            .collect();
        let beside = self.beside.try_update_value(|watch| watch.look(&threads, on_duty, before_eyes));
        let beside = beside.is_some_and(|calls| calls.answer);
        let rooms: Vec<Talk<ConversationId>> = self
            .rooms
            .unread()
            .into_iter()
            .map(|(id, unread)| Talk { id, waits: false, mine: true, unread, asked: 0 })
            .collect();
        let open = looked_at && self.area.get_untracked() == Area::Room;
        let before_eyes = self.rooms.shown().filter(|_| open);
        let in_rooms = self.in_rooms.try_update_value(|watch| watch.look(&rooms, on_duty, before_eyes));
        let in_rooms = in_rooms.is_some_and(|calls| calls.answer);
        let chosen = self.notices.on_the_page();
        let asked = talks.iter().any(|talk| talk.waits && talk.asked > 0);
        self.ring(calls.ring && (chosen.request.sound || asked && chosen.answer.sound));
        let tone = self.tone.get_untracked();
        if calls.answer && chosen.answer.sound || (beside || in_rooms) && chosen.thread.sound {
            self.with(|audio| audio.play(&tone.answer(audio.samples_per_s())));
        }
        self.notify(calls, (beside, in_rooms), chosen, looked_at);
    }

    fn ring(self, on: bool) {
        if self.rings.get_untracked() == on {
            return;
        }
        if on && self.audio.with_value(Option::is_none) {
            // Asked while off duty.
            self.open();
        }
        let tone = self.tone.get_untracked();
        self.with(|audio| match on {
            true => audio.ring(&tone.request(audio.samples_per_s())),
            false => audio.hush(),
        });
        self.rings.set(on);
    }

    /// `among`: colleagues have written beside an own talk, in a room.
    fn notify(self, calls: Calls, among: (bool, bool), chosen: Choices, looked_at: bool) {
        let (beside, in_rooms) = among;
        let locale = self.desk.client.locale;
        let shown = |ways: Ways| ways.desktop;
        if !calls.ring && !calls.answer && !beside && !in_rooms {
            // Somebody has taken it.
            self.notice.try_update_value(|notice| *notice = None);
        }
        let sentence = match calls {
            _ if looked_at => return,
            Calls { asked: true, .. } if shown(chosen.answer) => text::alarm_notice_asked(locale),
            Calls { request: true, .. } if shown(chosen.request) => text::alarm_notice_request(locale),
            Calls { answer: true, .. } if shown(chosen.answer) => text::alarm_notice_answer(locale),
            _ if beside && shown(chosen.thread) => text::alarm_notice_thread(locale),
            _ if in_rooms && shown(chosen.thread) => text::alarm_notice_room(locale),
            _ => return,
        };
        self.show(sentence);
    }

    /// Somebody offers a shift, or is ill: heard on duty or not, for it is about when one is.
    fn hear_of_roster(self, occasion: Occasion) {
        self.called.set(Some(occasion));
        let ways = self.notices.on_the_page().of(occasion);
        if ways.sound {
            if self.audio.with_value(Option::is_none) {
                self.open();
            }
            let tone = self.tone.get_untracked();
            self.with(|audio| audio.play(&tone.answer(audio.samples_per_s())));
        }
        if ways.desktop && !is_looked_at() {
            let sentence = roster_sentence(self.desk.client.locale, occasion);
            self.show(sentence);
        }
    }

    /// A notice on the desktop. The former one first: with the same tag it would take the new one along.
    fn show(self, sentence: &str) {
        self.notice.try_update_value(|notice| {
            *notice = None;
            *notice = Notice::show(text::product_name(self.desk.client.locale), sentence, "beistand");
        });
    }

    /// What waits now rings no more.
    fn silence(self) {
        self.watch.update_value(Watch::silence);
        self.ring(false);
    }

    /// Plays the sound of a request once, and sees whether it goes out.
    fn play(self) {
        let tone = self.tone.get_untracked();
        self.open();
        self.with(|audio| audio.play(&tone.request(audio.samples_per_s())));
        self.test.set(Test::Played);
        self.look_for_sound(0);
    }

    /// What the browser holds back makes no samples.
    fn look_for_sound(self, waited_ms: u64) {
        let sounds = self.with(|audio| audio.runs() && audio.loudest() > AUDIBLE);
        if sounds == Some(true) {
            self.blocked.try_set(false);
        } else if waited_ms >= OPENING_MS {
            self.blocked.try_set(true);
        } else {
            set_timeout(move || self.look_for_sound(waited_ms + LOOK_MS), Duration::from_millis(LOOK_MS));
        }
    }
}

/// Whether somebody has the page before their eyes.
fn is_looked_at() -> bool {
    let document = document();
    document.visibility_state() == web_sys::VisibilityState::Visible && document.has_focus().unwrap_or(false)
}

/// What the roster asks, in a sentence.
fn roster_sentence(locale: Locale, occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::Illness => text::alarm_roster_illness(locale),
        _ => text::alarm_roster_swap(locale),
    }
}

fn tone_name(locale: Locale, tone: Tone) -> &'static str {
    match tone {
        Tone::Bell => text::alarm_tone_bell(locale),
        Tone::Chime => text::alarm_tone_chime(locale),
        Tone::Knock => text::alarm_tone_knock(locale),
    }
}

/// What the bell has to say, above everything else: blocked, to be tested, or ringing.
#[component]
pub(super) fn AlarmStrip(alarm: Alarm, dialog: NodeRef<html::Dialog>) -> impl IntoView {
    let locale = alarm.desk.client.locale;
    let on_duty = Memo::new(move |_| alarm.on_duty());
    let button = move |words: &'static str, press: fn(Alarm), quiet: bool| {
        let class = if quiet { "button quiet" } else { "button" };
        view! { <button class=class r#type="button" on:click=move |_| press(alarm)>{words}</button> }
    };
    let choose = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            let _ = dialog.show_modal();
        }
    };
    let settings = move || {
        view! {
            <button class="button quiet" r#type="button" aria-haspopup="dialog" on:click=choose>
                {text::alarm_choose(locale)}
            </button>
        }
    };
    // Loud: a bell that does not ring is somebody who is not helped.
    let loud = move || {
        let blocked = alarm.blocked.get();
        let unheard = alarm.test.get() == Test::Unheard;
        let called = on_duty.get() || alarm.rings.get();
        (called && (blocked || unheard)).then(|| {
            let (title, body) = match blocked {
                true => (text::alarm_blocked_title(locale), text::alarm_blocked_body(locale)),
                false => (text::alarm_unheard_title(locale), text::alarm_unheard_body(locale)),
            };
            let press = if blocked { text::alarm_unblock(locale) } else { text::alarm_test_again(locale) };
            view! {
                <div class="alarm failed">
                    {icon(Icon::Warning, 24)}
                    <p><b>{title}</b> " " {body}</p>
                    <div class="row">{button(press, Alarm::play, false)} {settings()}</div>
                </div>
            }
        })
    };
    let calm = move || {
        if !on_duty.get() || alarm.blocked.get() {
            return None;
        }
        match alarm.test.get() {
            Test::Due => Some(
                view! {
                    <div class="alarm">
                        {icon(Icon::Bell, 20)}
                        <p><b>{text::alarm_due(locale)}</b></p>
                        <div class="row">{button(text::alarm_test(locale), Alarm::play, false)}</div>
                    </div>
                }
                .into_any(),
            ),
            Test::Played => Some(
                view! {
                    <div class="alarm">
                        {icon(Icon::Bell, 20)}
                        <p><b>{text::alarm_heard_question(locale)}</b></p>
                        <div class="row">
                            {button(text::alarm_heard(locale), |alarm| alarm.test.set(Test::Heard(clock::now_s())), false)}
                            {button(text::alarm_test_again(locale), Alarm::play, true)}
                            {button(text::alarm_unheard(locale), |alarm| alarm.test.set(Test::Unheard), true)}
                        </div>
                    </div>
                }
                .into_any(),
            ),
            Test::Heard(_) | Test::Unheard => None,
        }
    };
    let ringing = move || {
        let tested = !on_duty.get() || matches!(alarm.test.get(), Test::Heard(_));
        (alarm.rings.get() && tested).then(|| {
            view! {
                <div class="alarm rings">
                    {icon(Icon::Bell, 20)}
                    <p><b>{text::alarm_rings(locale)}</b></p>
                    <div class="row">{button(text::alarm_silence(locale), Alarm::silence, true)}</div>
                </div>
            }
        })
    };
    let roster = move || {
        alarm.called.get().map(|occasion| {
            let look = move |_| {
                alarm.called.set(None);
                alarm.area.set(Area::Roster);
            };
            view! {
                <div class="alarm">
                    {icon(Icon::Clock, 20)}
                    <p><b>{roster_sentence(locale, occasion)}</b></p>
                    <div class="row">
                        <button class="button" r#type="button" on:click=look>{text::alarm_roster_look(locale)}</button>
                        {button(text::alarm_roster_later(locale), |alarm| alarm.called.set(None), true)}
                    </div>
                </div>
            }
        })
    };
    let strip = NodeRef::<html::Div>::new();
    // A press takes its own button away: the focus goes to what follows, not into nowhere.
    Effect::new(move |before: Option<Test>| {
        let test = alarm.test.get();
        if before.is_some_and(|before| before != test) {
            request_animation_frame(move || {
                let lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
                if let (true, Some(Some(strip))) = (lost, strip.try_get_untracked())
                    && let Ok(Some(button)) = strip.query_selector("button")
                    && let Ok(button) = button.dyn_into::<web_sys::HtmlElement>()
                {
                    let _ = button.focus();
                }
            });
        }
        test
    });
    view! {
        <div class="alarms" node_ref=strip>
            <div role="alert">{loud}</div>
            <div role="status">{calm} {ringing} {roster}</div>
        </div>
    }
}

/// "Bell tested 14:58", where the header has room; opens what can be chosen.
#[component]
pub(super) fn AlarmState(alarm: Alarm, dialog: NodeRef<html::Dialog>) -> impl IntoView {
    let locale = alarm.desk.client.locale;
    let tested = move || match alarm.test.get() {
        Test::Heard(time_s) if alarm.on_duty() => {
            Some(text::alarm_tested(locale, &clock::time(locale, time_s)))
        }
        _ => None,
    };
    let open = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            let _ = dialog.show_modal();
        }
    };
    move || {
        tested().map(|words| {
            view! {
                <button class="text-button small alarm-state" r#type="button" aria-haspopup="dialog" on:click=open>
                    {words}
                </button>
            }
        })
    }
}

/// Whether the browser shows notices on the desktop, and the button that asks for it.
#[component]
pub(super) fn DesktopNotices(alarm: Alarm) -> impl IntoView {
    let locale = alarm.desk.client.locale;
    move || match alarm.permission.get() {
        Permission::Unknown => ().into_any(),
        Permission::Granted => {
            view! { <p class="small muted">{text::alarm_notices_on(locale)}</p> }.into_any()
        }
        Permission::Denied => {
            view! { <p class="small muted">{text::alarm_notices_denied(locale)}</p> }.into_any()
        }
        Permission::Unasked => {
            let ask = move |_| {
                leptos::task::spawn_local(async move {
                    let permission = notice::ask().await;
                    alarm.permission.try_set(permission);
                });
            };
            view! {
                <button class="button quiet" r#type="button" on:click=ask>{text::alarm_notices_ask(locale)}</button>
            }
            .into_any()
        }
    }
}

/// Sound, volume, notices.
#[component]
pub(super) fn AlarmDialog(alarm: Alarm, dialog: NodeRef<html::Dialog>) -> impl IntoView {
    let locale = alarm.desk.client.locale;
    let shut = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let tones = Tone::ALL
        .into_iter()
        .map(|tone| {
            view! {
                <label class="check">
                    <input
                        r#type="radio"
                        name="alarm-tone"
                        prop:checked=move || alarm.tone.get() == tone
                        on:change=move |_| {
                            alarm.tone.set(tone);
                            alarm.play();
                        }
                    />
                    <span>{tone_name(locale, tone)}</span>
                </label>
            }
        })
        .collect_view();
    let volume = move |event| {
        if let Ok(percent) = event_target_value(&event).parse() {
            alarm.set_volume(percent);
        }
    };
    view! {
        <dialog node_ref=dialog aria-labelledby="alarm-title">
            <div class="stack">
                <h2 id="alarm-title">{text::alarm_title(locale)}</h2>
                <p>{text::alarm_lead(locale)}</p>
                <fieldset class="stack tight">
                    <legend>{text::alarm_tone(locale)}</legend>
                    {tones}
                </fieldset>
                <div class="field">
                    <label for="alarm-volume">
                        {text::alarm_volume(locale)} " " <span class="num muted">{move || format!("{} %", alarm.volume.get())}</span>
                    </label>
                    <input
                        id="alarm-volume"
                        r#type="range"
                        min="10"
                        max="100"
                        step="10"
                        prop:value=move || alarm.volume.get().to_string()
                        on:input=volume
                        on:change=move |_| alarm.play()
                    />
                </div>
                <section class="stack tight">
                    <h3>{text::alarm_notices(locale)}</h3>
                    <p class="small muted">{text::alarm_notices_body(locale)}</p>
                    <DesktopNotices alarm=alarm />
                </section>
                <div class="row">
                    <button class="button" r#type="button" on:click=move |_| alarm.play()>{text::alarm_test(locale)}</button>
                    <button class="button quiet" r#type="button" on:click=shut>{text::shut(locale)}</button>
                </div>
            </div>
        </dialog>
    }
}

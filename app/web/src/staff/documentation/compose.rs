//! Puts a documentation together: what the worker gives of a talk, as far as it is wanted, with or without names.

use crate::client::{Client, Session};
use crate::clock;
use crate::document::names::{Names, Piece, distinct, folded, parts};
use crate::document::{Document, Entry, Section, cleaned, said};
use crate::locale::Locale;
use crate::staff::note::Notes;
use crate::staff::remark;
use crate::text;
use beistand_protocol::id::{ConversationId, PersonId};
use beistand_protocol::worker::{Author, MessageBody, MessageView, Remark, SessionView, Transcript};
use leptos::prelude::*;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// What is wanted of it. Whoever chooses nothing gets what says least and still says what was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choices {
    pub anonymised: bool,
    /// With the time of day.
    pub timed: bool,
    pub talk: bool,
    pub marks: bool,
    pub thread: bool,
    pub note: bool,
    /// Further words to replace.
    pub more: Vec<String>,
    /// Words of names that are left as they are, folded.
    pub left: BTreeSet<String>,
}

impl Default for Choices {
    fn default() -> Self {
        Self {
            anonymised: true,
            timed: false,
            talk: true,
            marks: true,
            thread: false,
            note: false,
            more: Vec::new(),
            left: BTreeSet::new(),
        }
    }
}

/// Everything that there is.
#[derive(Clone)]
pub(super) struct Source {
    pub site: String,
    pub seeker: String,
    pub own: PersonId,
    pub persons: BTreeMap<PersonId, String>,
    /// Of the talk's team.
    pub team: Vec<PersonId>,
    pub talk: Transcript,
    pub thread: Transcript,
    pub note: String,
    pub tags: Vec<String>,
    pub now_s: u64,
}

/// A name that was found in the texts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Found {
    pub name: String,
    pub count: usize,
    /// It is a part of one, and may be left.
    pub is_part: bool,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub document: Document,
    pub replaced: Vec<Found>,
    pub doubtful: Vec<String>,
}

/// As names and texts are compared: a letter with its mark is one character, whatever keyboard it was typed on.
fn normal(text: &str) -> String {
    let text = js_sys::JsString::from(cleaned(text));
    text.normalize("NFC").into()
}

impl Source {
    /// `None`: nobody of the staff is logged in, or the talk is gone.
    pub fn new(
        client: Client,
        notes: Notes,
        conversation: ConversationId,
        talk: Transcript,
        thread: Transcript,
    ) -> Option<Self> {
        let (own, own_name) = client.session.with_untracked(|session| match session {
            Session::Known(SessionView::Staff { person, display_name, .. }) => {
                Some((*person, display_name.clone()))
            }
            _ => None,
        })?;
        let view = untrack(|| client.conversations.get(conversation))?;
        let (mut persons, team, site) = client.staff.with_untracked(|staff| {
            let persons = staff.persons.iter().map(|known| (known.person, known.display_name.clone()));
            let site = staff.sites.iter().find(|site| site.site == view.site);
            let site = site.map(|site| site.settings.name.clone()).unwrap_or_default();
            let team = staff.teams.iter().find(|team| team.team == view.team);
            let team = team.map(|team| team.members.clone()).unwrap_or_default();
            (persons.collect::<BTreeMap<_, _>>(), team, site)
        });
        persons.insert(own, own_name);
        // Who has left is known by what they wrote.
        for line in talk.lines.iter().chain(&thread.lines) {
            if let Author::Staff(person, name) = &line.author {
                persons.entry(*person).or_insert_with(|| name.clone());
            }
            if let MessageBody::HandedOver(person, name) = &line.body {
                persons.entry(*person).or_insert_with(|| name.clone());
            }
        }
        let tags = untrack(|| client.conversations.thread(conversation)).map(|thread| thread.remarks.tags);
        Some(Self {
            site,
            seeker: view.seeker_name,
            own,
            persons,
            team,
            talk,
            thread,
            note: untrack(|| notes.words(conversation)).unwrap_or_default(),
            tags: tags.unwrap_or_default(),
            now_s: clock::now_s(),
        })
    }

    /// Who of the staff has done or got something in the talk, in that order; then who has in the thread.
    fn taking_part(&self) -> Vec<PersonId> {
        let mut all = Vec::new();
        for line in self.talk.lines.iter().chain(&self.thread.lines) {
            let by = match (&line.author, &line.body) {
                (_, MessageBody::ReadersChanged(_)) | (Author::Seeker | Author::Guest(..), _) => None,
                (Author::Own, _) => Some(self.own),
                (Author::Staff(person, _), _) => Some(*person),
            };
            let to = match &line.body {
                MessageBody::HandedOver(to, _) => Some(*to),
                MessageBody::Remark(Remark::HandedOver { to, .. }) => *to,
                _ => None,
            };
            for person in by.into_iter().chain(to) {
                if !all.contains(&person) {
                    all.push(person);
                }
            }
        }
        all
    }

    /// Everything that people have written, of what is wanted.
    fn texts(&self, choices: &Choices) -> Vec<String> {
        let mut texts: Vec<String> = Vec::new();
        let parts = [(choices.talk, &self.talk), (choices.thread, &self.thread)];
        for line in parts.into_iter().filter(|(wanted, _)| *wanted).flat_map(|(_, part)| &part.lines) {
            match &line.body {
                MessageBody::Text(words) | MessageBody::Remark(Remark::HandedOver { words, .. }) => {
                    texts.push(normal(words));
                }
                _ => {}
            }
        }
        if choices.marks {
            texts.extend(self.tags.iter().map(|tag| normal(tag)));
            texts.extend(self.thread.lines.iter().filter_map(|line| match &line.body {
                MessageBody::Remark(Remark::Closed { topic: Some(topic), .. }) => Some(normal(topic)),
                _ => None,
            }));
        }
        if choices.note {
            texts.push(normal(&self.note));
        }
        texts
    }
}

/// Writes people and their words as it was chosen.
struct Writer<'a> {
    locale: Locale,
    source: &'a Source,
    choices: &'a Choices,
    labels: BTreeMap<PersonId, String>,
    names: Names,
    /// With what is left as well, to count it.
    all: Names,
    counts: RefCell<BTreeMap<String, usize>>,
    doubtful: RefCell<Vec<String>>,
}

impl<'a> Writer<'a> {
    fn new(locale: Locale, source: &'a Source, choices: &'a Choices) -> Self {
        let mut writer = Self {
            locale,
            source,
            choices,
            labels: BTreeMap::new(),
            names: Names::default(),
            all: Names::default(),
            counts: RefCell::default(),
            doubtful: RefCell::default(),
        };
        if choices.anonymised {
            writer.learn();
        }
        writer
    }

    /// Learns which names there are and what stands for each.
    fn learn(&mut self) {
        let source = self.source;
        let here = source.taking_part();
        // Whoever works with them is called by a part of the name; of everybody else it is mostly another word.
        let spellings = |person: PersonId| {
            let name = source.persons.get(&person).map(|name| normal(name)).unwrap_or_default();
            let near = here.contains(&person) || source.team.contains(&person);
            let parts = if near { parts(&name) } else { Vec::new() };
            (name, parts)
        };
        // Of those who take no part, whom somebody writes about.
        let away: Vec<PersonId> =
            source.persons.keys().copied().filter(|person| !here.contains(person)).collect();
        let mut others = Names::default();
        for (name, parts) in away.iter().map(|person| spellings(*person)) {
            parts.iter().chain([&name]).for_each(|spelling| others.replace(spelling, ""));
        }
        let mut written_of = BTreeMap::new();
        source.texts(self.choices).iter().for_each(|words| others.count(words, &mut written_of));
        let written_of: BTreeSet<String> = written_of.keys().map(|name| folded(name)).collect();
        let away = away.into_iter().filter(|person| {
            let (name, parts) = spellings(*person);
            parts.iter().chain([&name]).any(|spelling| written_of.contains(folded(spelling).trim()))
        });
        let seeker = normal(&source.seeker);
        let called = parts(&seeker);
        let mut full = vec![(seeker, called, text::document_seeker(self.locale).to_owned())];
        for (person, number) in here.iter().copied().chain(away).zip(1_u32..) {
            let label = text::document_counselor(self.locale, &number.to_string());
            let (name, parts) = spellings(person);
            full.push((name, parts, label.clone()));
            self.labels.insert(person, label);
        }
        for (name, _, label) in &full {
            self.names.replace(name, label);
            self.all.replace(name, label);
        }
        for (part, label) in
            full.iter().flat_map(|(_, parts, label)| parts.iter().map(move |part| (part, label)))
        {
            self.all.replace(part, label);
            if !self.choices.left.contains(&folded(part)) {
                self.names.replace(part, label);
            }
        }
        for word in &self.choices.more {
            self.names.replace(&normal(word), "…");
            self.all.replace(&normal(word), "…");
        }
    }

    fn pieces(&self, words: &str) -> Vec<Piece> {
        let words = normal(words);
        if !self.choices.anonymised {
            return vec![Piece::Kept(words)];
        }
        self.all.count(&words, &mut self.counts.borrow_mut());
        let pieces = self.names.pieces(&words);
        let doubtful = pieces.iter().filter_map(|piece| match piece {
            Piece::Doubtful(words) => Some(words.clone()),
            _ => None,
        });
        self.doubtful.borrow_mut().extend(doubtful);
        pieces
    }

    fn plain(&self, words: &str) -> String {
        said(&self.pieces(words))
    }

    fn person(&self, person: PersonId) -> String {
        match self.labels.get(&person) {
            Some(label) => label.clone(),
            None => {
                let name = self.source.persons.get(&person).filter(|_| !self.choices.anonymised);
                name.map_or_else(
                    || text::talk_somebody(self.locale).to_owned(),
                    |name| text::isolated(name).into_owned(),
                )
            }
        }
    }

    fn author(&self, author: &Author) -> String {
        match author {
            Author::Own => self.person(self.source.own),
            Author::Staff(person, _) => self.person(*person),
            // There are none in talks and threads.
            Author::Guest(_, name) => text::isolated(name).into_owned(),
            Author::Seeker if self.choices.anonymised || self.source.seeker.is_empty() => {
                text::document_seeker(self.locale).to_owned()
            }
            Author::Seeker => text::isolated(&self.source.seeker).into_owned(),
        }
    }

    fn remark(&self, author: &Author, remark: &Remark) -> String {
        let person = |person| self.person(person);
        remark::sentence(self.locale, &self.author(author), person, |words| self.plain(words), remark)
    }

    fn time(&self, time_s: u64) -> Option<String> {
        self.choices.timed.then(|| clock::time(self.locale, time_s))
    }

    /// A day, and the time of it where that is wanted.
    fn day(&self, time_s: u64) -> String {
        let day = clock::date_with_year(self.locale, time_s);
        match self.time(time_s) {
            Some(time) => format!("{day}, {time}"),
            None => day,
        }
    }

    fn entry(&self, line: &MessageView) -> Option<Entry> {
        let locale = self.locale;
        let time = self.time(line.time_s);
        let words = match &line.body {
            MessageBody::Text(words) => {
                let who = Some(self.author(&line.author));
                return Some(Entry::Said { who, time, words: self.pieces(words) });
            }
            MessageBody::Claimed => text::talk_claimed(locale, &self.author(&line.author)),
            MessageBody::Released => text::talk_released(locale).to_owned(),
            MessageBody::HandedOver(to, _) => text::talk_handed_over(locale, &self.person(*to)),
            MessageBody::Closed => text::talk_closed(locale).to_owned(),
            MessageBody::Reopened => text::talk_reopened(locale).to_owned(),
            MessageBody::Blocked => text::talk_blocked(locale).to_owned(),
            MessageBody::Unblocked => text::talk_unblocked(locale).to_owned(),
            // Who could read is no part of what was said.
            MessageBody::ReadersChanged(_) => return None,
            MessageBody::Missing => return Some(Entry::Lacking(text::talk_missing(locale).to_owned())),
            MessageBody::Refused => return Some(Entry::Lacking(text::talk_refused(locale).to_owned())),
            MessageBody::Remark(remark) => self.remark(&line.author, remark),
            _ => return Some(Entry::Lacking(text::talk_unknown(locale).to_owned())),
        };
        Some(Entry::Note { time, words })
    }

    /// The lines of a conversation, by days.
    fn lines(&self, of: &Transcript, title: &str) -> Section {
        let mut entries = Vec::new();
        let mut lack = |count: u32, words: fn(Locale, u64) -> String| {
            if count > 0 {
                entries.push(Entry::Lacking(words(self.locale, u64::from(count))));
            }
        };
        lack(of.unreadable, text::document_unreadable);
        lack(of.unsent, text::document_unsent);
        let mut day = None;
        for line in &of.lines {
            let Some(entry) = self.entry(line) else { continue };
            if day != Some(clock::day(line.time_s)) {
                day = Some(clock::day(line.time_s));
                entries.push(Entry::Day(clock::day_with_year(self.locale, line.time_s)));
            }
            entries.push(entry);
        }
        if entries.is_empty() {
            entries.push(Entry::Note { time: None, words: text::document_none_said(self.locale).to_owned() });
        }
        Section { title: title.to_owned(), entries }
    }

    /// Tags, and how the talk ended each time.
    fn marks(&self) -> Section {
        let locale = self.locale;
        let mut entries = Vec::new();
        if !self.source.tags.is_empty() {
            let tags: Vec<String> = self.source.tags.iter().map(|tag| self.plain(tag)).collect();
            entries.push(Entry::Note { time: None, words: text::document_tags(locale, &tags.join(", ")) });
        }
        for line in &self.source.thread.lines {
            if let MessageBody::Remark(remark @ Remark::Closed { .. }) = &line.body {
                let words = self.remark(&line.author, remark);
                entries.push(Entry::Note { time: Some(self.day(line.time_s)), words });
            }
        }
        if entries.is_empty() {
            entries.push(Entry::Note { time: None, words: text::document_marks_none(locale).to_owned() });
        }
        Section { title: text::document_part_marks(locale).to_owned(), entries }
    }

    fn facts(&self) -> Vec<(String, String)> {
        let locale = self.locale;
        let said: Vec<u64> =
            self.source.talk.lines.iter().filter(|line| is_text(line)).map(|line| line.time_s).collect();
        let mut facts = vec![(text::document_fact_site(locale), self.source.site.clone())];
        if let (Some(first), Some(last)) = (said.first(), said.last()) {
            let day = |time_s: u64| clock::date_with_year(locale, time_s);
            let period = match clock::day(*first) == clock::day(*last) {
                true => day(*first),
                false => text::document_period(locale, &day(*first), &day(*last)),
            };
            facts.push((text::document_fact_period(locale), period));
            facts.push((text::document_fact_count(locale), said.len().to_string()));
        }
        facts.push((text::document_fact_made(locale), self.day(self.source.now_s)));
        let names = if self.choices.anonymised {
            text::document_names_replaced(locale)
        } else {
            text::document_names_kept(locale)
        };
        facts.push((text::document_fact_names(locale), names.to_owned()));
        facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// The names that were found, those of whole people first.
    fn replaced(&self) -> Vec<Found> {
        let source = self.source;
        let whole: BTreeSet<String> = source
            .persons
            .values()
            .chain([&source.seeker])
            .chain(&self.choices.more)
            .map(|name| folded(&normal(name)))
            .collect();
        let counts = self.counts.borrow();
        let mut found: Vec<Found> = counts
            .iter()
            .map(|(name, count)| Found {
                name: name.clone(),
                count: *count,
                is_part: !whole.contains(&folded(name)),
            })
            .collect();
        found.sort_by_key(|found| found.is_part);
        found
    }
}

fn is_text(line: &MessageView) -> bool {
    matches!(line.body, MessageBody::Text(_))
}

/// The documentation as it is wanted.
pub(super) fn compose(locale: Locale, source: &Source, choices: &Choices) -> Outcome {
    let writer = Writer::new(locale, source, choices);
    let mut sections = Vec::new();
    if choices.talk {
        sections.push(writer.lines(&source.talk, text::document_part_talk(locale)));
    }
    if choices.marks {
        sections.push(writer.marks());
    }
    if choices.thread {
        sections.push(writer.lines(&source.thread, text::document_part_thread(locale)));
    }
    if choices.note {
        let words = writer.pieces(&source.note);
        let entries = vec![Entry::Said { who: None, time: None, words }];
        sections.push(Section { title: text::document_part_note(locale).to_owned(), entries });
    }
    let document = Document {
        language: locale.tag(),
        title: text::document_heading(locale).to_owned(),
        facts: writer.facts(),
        notice: text::document_confidential(locale).to_owned(),
        sections,
    };
    let replaced = writer.replaced();
    Outcome { document, replaced, doubtful: distinct(writer.doubtful.take()) }
}

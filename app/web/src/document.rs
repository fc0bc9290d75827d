//! What is written down of a talk for people who are not in it: headings, lines of people, and what happened between
//! them; on paper, as plain text, and as a page that stands for itself.
//!
//! Nothing here knows a browser or a conversation: the staff's pages put a [`Document`] together and show it. Whatever
//! people have written stays text in each form (P22): it can neither become markup nor pass for the words of a heading.

pub mod doubt;
pub mod names;

use names::Piece;
use std::fmt::Write as _;

/// A document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// BCP 47 tag of its language.
    pub language: &'static str,
    /// What it is.
    pub title: String,
    /// What is known about it, by name.
    pub facts: Vec<(String, String)>,
    /// What whoever holds it must know.
    pub notice: String,
    /// Its parts.
    pub sections: Vec<Section>,
}

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// What stands in it.
    pub entries: Vec<Entry>,
}

/// Something in a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A new day begins.
    Day(String),
    /// Words of somebody.
    Said {
        /// Who; nobody's name stands over an own note.
        who: Option<String>,
        /// When on that day.
        time: Option<String>,
        /// What.
        words: Vec<Piece>,
    },
    /// What happened, in a sentence.
    Note {
        /// When on that day.
        time: Option<String>,
        /// What.
        words: String,
    },
    /// Something is missing, and that is said.
    Lacking(String),
}

/// Ends of lines are of one kind, and characters that can't be printed are seen: as pages and files have them.
#[must_use]
pub fn cleaned(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                let _ = chars.next_if_eq(&'\n');
                out.push('\n');
            }
            '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

impl Document {
    /// As plain text: UTF-8 that says so, lines ended as every program knows them. Words of people are indented, line by
    /// line, and nothing else is.
    #[must_use]
    pub fn plain(&self) -> String {
        let mut out = String::from("\u{feff}");
        underlined(&mut out, &self.title, '=');
        for (name, value) in &self.facts {
            let _ = writeln!(out, "{name}: {}", one_line(value));
        }
        let _ = writeln!(out, "\n{}", self.notice);
        for section in &self.sections {
            out.push_str("\n\n");
            underlined(&mut out, &section.title, '-');
            // Notes that follow each other stand close together.
            let mut close = false;
            for entry in &section.entries {
                let note = matches!(entry, Entry::Note { .. });
                if !(close && note) {
                    out.push('\n');
                }
                close = note;
                match entry {
                    Entry::Day(day) => {
                        let _ = writeln!(out, "{day}");
                    }
                    Entry::Said { who, time, words } => {
                        let head: Vec<&str> = [who, time].into_iter().flatten().map(String::as_str).collect();
                        if !head.is_empty() {
                            let _ = writeln!(out, "{}:", one_line(&head.join(", ")));
                        }
                        indented(&mut out, "    ", &said(words));
                    }
                    Entry::Note { time, words } => {
                        let time = time.as_ref().map(|time| format!("{time}: ")).unwrap_or_default();
                        out.push_str("– ");
                        out.push_str(&time);
                        // What goes on in another line is indented like other words.
                        let (first, rest) = words.split_once('\n').unwrap_or((words, ""));
                        let _ = writeln!(out, "{first}");
                        if !rest.is_empty() {
                            indented(&mut out, "    ", rest);
                        }
                    }
                    Entry::Lacking(words) => {
                        let _ = writeln!(out, "! {}", one_line(words));
                    }
                }
            }
        }
        out.replace('\n', "\r\n")
    }

    /// As a page of its own: no script, nothing that is loaded, and a policy that refuses both.
    #[must_use]
    pub fn page(&self) -> String {
        let mut out = String::new();
        let title = escaped(&self.title);
        let _ = write!(
            out,
            "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
            <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
            <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"robots\" content=\"noindex\">\n\
            <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
            <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<header>\n<h1>{title}</h1>\n<dl>\n",
            escaped(self.language),
        );
        for (name, value) in &self.facts {
            let _ = writeln!(out, "<div><dt>{}</dt><dd>{}</dd></div>", escaped(name), escaped(value));
        }
        let _ = writeln!(out, "</dl>\n<p class=\"notice\">{}</p>\n</header>", escaped(&self.notice));
        for section in &self.sections {
            let _ = writeln!(out, "<section>\n<h2>{}</h2>", escaped(&section.title));
            for entry in &section.entries {
                let time = |time: &Option<String>| {
                    let time =
                        time.as_ref().map(|time| format!("<span class=\"time\">{}</span>", escaped(time)));
                    time.unwrap_or_default()
                };
                let _ = match entry {
                    Entry::Day(day) => writeln!(out, "<h3>{}</h3>", escaped(day)),
                    Entry::Said { who, time: at, words } => {
                        let who = who.as_ref().map(|who| format!("<b>{}</b>", escaped(who)));
                        let head = who.unwrap_or_default() + &time(at);
                        let head =
                            if head.is_empty() { head } else { format!("<p class=\"who\">{head}</p>") };
                        let words = escaped(&said(words));
                        writeln!(
                            out,
                            "<div class=\"said\">{head}<p class=\"words\" dir=\"auto\">{words}</p></div>"
                        )
                    }
                    Entry::Note { time: at, words } => {
                        writeln!(out, "<p class=\"note\">{}<span>{}</span></p>", time(at), escaped(words))
                    }
                    Entry::Lacking(words) => writeln!(out, "<p class=\"lacking\">{}</p>", escaped(words)),
                };
            }
            out.push_str("</section>\n");
        }
        out.push_str("</main>\n</body>\n</html>\n");
        out
    }
}

/// How the page looks, on a screen and on paper.
const STYLE: &str = "\
:root{color-scheme:light}\
body{margin:0;background:#fff;color:#1d2529;font:1rem/1.55 \"Atkinson Hyperlegible\",system-ui,sans-serif}\
main{max-width:44rem;margin:0 auto;padding:2rem 1.25rem 4rem}\
h1{font-size:1.75rem;line-height:1.2;margin:0 0 1rem}\
h2{font-size:1.25rem;margin:2.5rem 0 .5rem;padding-bottom:.25rem;border-bottom:2px solid #1d2529}\
h3{font-size:1rem;margin:1.5rem 0 .5rem;color:#525d63}\
dl{margin:0 0 1rem;display:grid;gap:.15rem}dl div{display:grid;grid-template-columns:9rem 1fr;gap:1rem}\
dt{color:#525d63}dd{margin:0;overflow-wrap:anywhere}\
p{margin:0}.notice{border:1px solid #525d63;padding:.5rem .75rem;font-weight:700}\
.said{margin:0 0 .9rem;break-inside:avoid}.who{display:flex;gap:.75rem;align-items:baseline}\
.time{color:#525d63;font-variant-numeric:tabular-nums}\
.words,.note span{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext}\
.note{display:flex;gap:.75rem;margin:0 0 .5rem;color:#525d63}\
.lacking{margin:0 0 .9rem;border:1px dashed #525d63;padding:.5rem .75rem}\
h1,h2,h3,.who{break-after:avoid}\
@page{margin:20mm 18mm}@media print{main{max-width:none;padding:0}body{font-size:11pt}}";

/// The words of pieces.
#[must_use]
pub fn said(pieces: &[Piece]) -> String {
    pieces.iter().map(Piece::text).collect()
}

/// As text of an element or the value of an attribute in quotes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

fn one_line(text: &str) -> String {
    text.replace('\n', " ")
}

fn underlined(out: &mut String, title: &str, with: char) {
    let title = one_line(title);
    let line: String = core::iter::repeat_n(with, title.chars().count()).collect();
    let _ = writeln!(out, "{title}\n{line}");
}

fn indented(out: &mut String, by: &str, words: &str) {
    for line in words.split('\n') {
        let _ = if line.is_empty() { writeln!(out) } else { writeln!(out, "{by}{line}") };
    }
}

#[cfg(test)]
mod tests;

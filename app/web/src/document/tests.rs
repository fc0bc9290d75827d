//! Names never survive, nothing else changes, and what is written out reads back as what was said.

use super::names::{Names, Piece, distinct, mentions, parts};
use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn names(of: &[(&str, &str)]) -> Names {
    let mut names = Names::default();
    of.iter().for_each(|(name, label)| names.replace(name, label));
    names
}

fn cast() -> Names {
    let mut names = names(&[("Waldkauz-31", "S"), ("Ina Berg", "1"), ("Jürgen Groß", "2"), ("小明", "3")]);
    for (name, label) in [("Waldkauz-31", "S"), ("Ina Berg", "1"), ("Jürgen Groß", "2")] {
        parts(name).iter().for_each(|part| names.replace(part, label));
    }
    names
}

#[test]
fn a_name_is_found_however_it_is_written() {
    let names = cast();
    let check = |text: &str, expect: &str| assert_eq!(names.plain(text), expect, "{text}");
    check("Hallo Waldkauz-31!", "Hallo [S]!");
    check("WALDKAUZ31, waldkauz 31 und Waldkauz–31", "[S], [S] und [S]");
    check("„Waldkauz“ reicht", "„[S]“ reicht");
    check("Ina Berg, Ina  Berg, Ina\nBerg und ina", "[1], [1], [1] und [1]");
    check("Inas Idee, Ina's Idee, Ina’s Idee", "[1]s Idee, [1]'s Idee, [1]’s Idee");
    check("Juergen Gross oder JÜRGEN GROSS", "[2] oder [2]");
    check("我叫小明吗", "我叫[3]吗");
    check("Berg", "[1]");
    // Parts of other words, and other numbers.
    for other in ["Bergwerk", "Erina", "Waldkäuze", "31", "InaX", "Ina7", "Marina", "bergs7"] {
        check(other, other);
    }
    check("Waldkauz-312", "[S]-312");
    check("x Ina – Lea", "x [1] – Lea");
    check("", "");
    check("[1]", "[1]");
}

#[test]
fn what_two_are_called_stands_for_both() {
    let names =
        names(&[("Ina", "S"), ("Ina", "1"), ("Ina", "S"), ("Ina Berg", "1"), ("…", "x"), ("--", "y")]);
    assert_eq!(names.plain("Ina und Ina Berg --"), "[S / 1] und [1] --");
    assert!(mentions("Danke, INA berg!", "Ina Berg") && !mentions("Danke, Ina", "Ina Berg"));
}

#[test]
fn parts_are_what_somebody_is_called_by() {
    let check = |name: &str, expect: &[&str]| assert_eq!(parts(name), expect, "{name}");
    check("Mondkatze-417", &["Mondkatze"]);
    check("Mondkatze417", &["Mondkatze"]);
    check("Ina Berg", &["Ina", "Berg"]);
    check("Der Hund von Lea, Lea", &["Hund", "Lea"]);
    check("Zoë 🦊", &["Zoë"]);
    for whole in ["Waldkauz", "417", "🦊", "", "J."] {
        check(whole, &[]);
    }
}

#[test]
fn what_may_be_somebody_is_to_be_looked_at() {
    let check = |text: &str, expect: &[&str]| {
        let pieces = Names::default().pieces(text);
        assert_eq!(said(&pieces), text);
        let doubtful = |piece: &Piece| match piece {
            Piece::Doubtful(words) => Some(words.clone()),
            _ => None,
        };
        assert_eq!(pieces.iter().filter_map(doubtful).collect::<Vec<_>>(), expect, "{text}");
    };
    check("Mail an lena@web.de, bitte.", &["lena@web.de"]);
    check("bei insta @lena_04 oder www.lena.example", &["@lena_04", "www.lena.example"]);
    check("(https://x.example/lena)", &["https://x.example/lena"]);
    check("Ruf an: 0341 / 12 34 56 oder am 14.03.2011", &["0341 / 12 34 56", "14.03.2011"]);
    check("um 15:06 Uhr, 12345 mal", &[]);
    check("Ich heiße Lena. Mein Bruder Tom auch", &["Lena", "Tom"]);
    check("Frau Dr. Maria Stein war da", &["Maria Stein"]);
    check("Liebe Grüße,\nLena", &["Lena"]);
    check("Hallo zusammen, hallo Welt am See", &["Welt"]);
    check("Hi I am Zoë", &["Zoë"]);
    check("ich bin müde. Mein Hund bellt. @", &[]);
    // What is replaced is no question any more.
    let pieces = names(&[("Lena", "S")]).pieces("Ich heiße Lena Weber");
    let expect = [Piece::Kept("Ich heiße ".into()), Piece::Put("[S]".into()), Piece::Kept(" Weber".into())];
    assert_eq!(pieces, expect);
    let pieces = names(&[("Lena", "S")]).pieces("lena@web.de");
    assert_eq!(pieces, [Piece::Put("[S]".into()), Piece::Doubtful("@web.de".into())]);
    assert_eq!(names(&[("lena@web.de", "S"), ("Lena", "L")]).plain("an Lena@web.de,"), "an [S],");
}

#[test]
fn counts_name_people_as_they_write_themselves() {
    let mut counts = BTreeMap::new();
    cast().count("ina, Ina Berg, INA und waldkauz 31", &mut counts);
    let expect = [("Ina", 2), ("Ina Berg", 1), ("Waldkauz-31", 1)];
    assert!(counts.into_iter().eq(expect.map(|(name, count)| (name.to_owned(), count))));
    assert_eq!(distinct(["Tom", "Lea", "TOM"].map(String::from)), ["Tom", "Lea"]);
}

fn document(words: &[&str]) -> Document {
    let put = Piece::Put("[1]".into());
    let said = |text: &&str| Entry::Said {
        who: Some("Beratung <1>".into()),
        time: Some("15:06".into()),
        words: vec![Piece::Kept((*text).to_owned()), put.clone()],
    };
    let mut entries = vec![Entry::Day("19. November 2026".into())];
    entries.extend(words.iter().map(said));
    entries.push(Entry::Note { time: None, words: "Abgeschlossen.".into() });
    entries.push(Entry::Lacking("Hier fehlt etwas.".into()));
    let note = Entry::Said { who: None, time: None, words: vec![Piece::Doubtful("Nur & für mich".into())] };
    Document {
        language: "de",
        title: "Dokumentation".into(),
        facts: vec![("Angebot".into(), "A & B".into())],
        notice: "Vertraulich.".into(),
        sections: vec![
            Section { title: "Gespräch".into(), entries },
            Section { title: "Notiz".into(), entries: vec![note] },
        ],
    }
}

#[test]
fn in_plain_text_nobody_writes_a_heading() {
    let text = document(&["Hallo\n\nBeratung 1, 15:07:\n– 15:08: Abgeschlossen."]).plain();
    let expect = "\u{feff}Dokumentation\n=============\nAngebot: A & B\n\nVertraulich.\n\n\nGespräch\n--------\n\n\
        19. November 2026\n\nBeratung <1>, 15:06:\n    Hallo\n\n    Beratung 1, 15:07:\n    – 15:08: \
        Abgeschlossen.[1]\n\n– Abgeschlossen.\n\n! Hier fehlt etwas.\n\n\nNotiz\n-----\n\n    Nur & für mich\n";
    assert_eq!(text, expect.replace('\n', "\r\n"));
}

#[test]
fn ends_of_lines_are_of_one_kind() {
    let check = |text: &str, expect: &str| assert_eq!(cleaned(text), expect);
    check("a\r\nb\rc\n\td\r", "a\nb\nc\n\td\n");
    check("a\u{2028}b\u{b}c\0d\u{7}", "a\nb\nc\u{fffd}d\u{fffd}");
}

/// Everything of a document that somebody reads, in its order.
fn strings(document: &Document) -> Vec<String> {
    let mut out = vec![document.title.clone(), document.title.clone()];
    out.extend(document.facts.iter().flat_map(|(name, value)| [name.clone(), value.clone()]));
    out.push(document.notice.clone());
    for section in &document.sections {
        out.push(section.title.clone());
        for entry in &section.entries {
            match entry {
                Entry::Day(words) | Entry::Lacking(words) => out.push(words.clone()),
                Entry::Said { who, time, words } => {
                    out.extend([who, time].into_iter().flatten().cloned());
                    out.push(said(words));
                }
                Entry::Note { time, words } => out.extend(time.iter().chain([words]).cloned()),
            }
        }
    }
    out.retain(|words| !words.is_empty());
    out
}

/// The texts of a page, as a browser takes it apart: between tags, entities resolved. No style, and no layout of ours.
fn read_back(page: &str) -> Vec<String> {
    let (head, body) = page.split_once("<title>").unwrap();
    assert!(!head.contains("<script") && head.contains("default-src 'none'"));
    let (title, body) = body.split_once("</title>").unwrap();
    let body = body.split_once("</style>").unwrap().1;
    let resolved = |text: &str| {
        let pairs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
        pairs.iter().fold(text.to_owned(), |text, (entity, c)| text.replace(entity, c))
    };
    let mut texts = vec![resolved(title)];
    for part in body.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap();
        // Ours alone: no attribute of a tag holds anything that was written.
        let known = [
            "h1", "h2", "h3", "p", "b", "span", "div", "dl", "dt", "dd", "section", "header", "main", "body",
            "head", "html",
        ];
        let name = tag.trim_start_matches('/').split(' ').next().unwrap();
        assert!(known.contains(&name), "{tag}");
        if text != "\n" && !text.is_empty() {
            texts.push(resolved(text));
        }
    }
    texts
}

#[test]
fn a_page_holds_no_markup_of_others() {
    let page =
        document(&["</p><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&lt;b&gt;"]).page();
    assert!(!page.contains("<script") && !page.contains("<img"));
    assert!(page.contains("&amp;lt;b&amp;gt;"));
}

/// Words of names: so long that none is the end of another with an "s", and none of them a word of the labels.
fn word() -> impl Strategy<Value = String> {
    prop_oneof!["[A-Z][a-z]{2,6}q", "[А-Я][а-я]{3,6}", "[A-ZÄÖÜ][a-zäöüß]{2,6}x", "[א-ת]{3,6}"]
}

fn a_name() -> impl Strategy<Value = String> {
    (
        word(),
        prop::option::of((prop_oneof![Just(" "), Just("-"), Just("_"), Just(" - ")], word())),
        prop::option::of("[0-9]{1,3}"),
    )
        .prop_map(|(first, second, number)| {
            let second = second.map(|(gap, word)| format!("{gap}{word}")).unwrap_or_default();
            format!("{first}{second}{}", number.map(|number| format!("-{number}")).unwrap_or_default())
        })
}

/// A name as somebody else writes it.
fn spelled(name: &str, how: u8) -> String {
    match how % 4 {
        0 => name.to_owned(),
        1 => name.to_lowercase(),
        2 => name.to_uppercase(),
        _ => name.replace(['-', '_'], " "),
    }
}

/// A look for a whole word that has nothing to do with how names are found: letter by letter.
fn holds(text: &str, name: &str) -> bool {
    let lower = |text: &str| text.to_lowercase().chars().collect::<Vec<_>>();
    let (text, name) = (lower(text), lower(name));
    let glued = |a: Option<&char>| a.is_some_and(|c| c.is_alphanumeric());
    text.windows(name.len()).enumerate().any(|(at, here)| {
        here == name
            && !glued(at.checked_sub(1).and_then(|before| text.get(before)))
            && !glued(text.get(at + name.len()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_name_survives_and_nothing_else_changes(
        people in prop::collection::vec(a_name(), 1..4),
        parted in any::<bool>(),
        text in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), ".{0,12}", "[ ,.!?\n„“(]"), 0..8),
        end in ".{0,12}",
    ) {
        let mut names = Names::default();
        let mut wanted = people.clone();
        for (number, name) in people.iter().enumerate() {
            names.replace(name, &number.to_string());
            if parted {
                for part in parts(name) {
                    names.replace(&part, &number.to_string());
                    wanted.push(part);
                }
            }
        }
        let mut written = String::new();
        for (which, how, words, between) in &text {
            written += &format!("{words}{between}{}{between}", spelled(&people[which.index(people.len())], *how));
        }
        written += &end;
        // What is not kept is a name and nothing but it.
        let (mut kept, mut at) = (Vec::new(), 0);
        for place in names.places(&written) {
            prop_assert!(at <= place.start);
            let name = &written[place.clone()];
            prop_assert!(matches!(&names.pieces(name)[..], [Piece::Put(_)]), "{name:?} was taken for a name");
            kept.push(&written[at..place.start]);
            at = place.end;
        }
        kept.push(&written[at..]);
        for (kept, name) in kept.iter().flat_map(|kept| wanted.iter().map(move |name| (kept, name))) {
            prop_assert!(!holds(kept, name), "{name:?} is in {kept:?}");
        }
        // And the rest is what was written, to the letter.
        let pieces = names.pieces(&written);
        let rest: String = pieces.iter().filter(|piece| !matches!(piece, Piece::Put(_))).map(Piece::text).collect();
        prop_assert_eq!(rest, kept.concat());
        let put = pieces.iter().filter(|piece| matches!(piece, Piece::Put(_))).count();
        prop_assert_eq!(put, kept.len() - 1);
    }

    #[test]
    fn a_text_without_names_stays_as_it_is(text in "\\PC{0,60}") {
        let names = names(&[("Wqxyzv Tsklmq-7", "1"), ("Жщыъэю", "2")]);
        prop_assert_eq!(said(&names.pieces(&text)), text);
    }

    #[test]
    fn a_page_reads_back_as_what_was_said(texts in prop::collection::vec("[<>&\"'/a-zä\n;#=!-]{0,30}|\\PC{0,30}", 0..6)) {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let document = document(&texts);
        prop_assert_eq!(read_back(&document.page()), strings(&document));
    }

    #[test]
    fn in_plain_text_all_words_are_there_and_indented(texts in prop::collection::vec("(.|\n|\r){0,40}", 1..6)) {
        let texts: Vec<String> = texts.iter().map(|text| cleaned(text)).collect();
        let document = document(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        let plain = document.plain().replace("\r\n", "\n");
        let lines = |text: &str| text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        let indented: Vec<_> = lines(&plain).iter().filter_map(|line| line.strip_prefix("    ")).map(str::to_owned).collect();
        let mut expect: Vec<_> = texts.iter().flat_map(|text| lines(&format!("{text}[1]"))).collect();
        expect.push("Nur & für mich".into());
        prop_assert_eq!(indented, expect);
        let others = plain.lines().filter(|line| !line.starts_with("    ") && !line.is_empty()).count();
        prop_assert_eq!(others, 8 + texts.len() + 3);
    }
}

//! What holds for every public page in every language.

use super::*;
use crate::locale::Locale;

fn page() -> PageView {
    PageView { assets: Assets::default(), path: "/help".into(), site: Some(site()) }
}

fn site() -> SiteView {
    SiteView {
        id: "ab".repeat(16),
        name: "Beratung <am> Fluss & Berg".into(),
        retention_days: 30,
        reads_on: ReadsOn::Leads,
        emergency: vec![EmergencyNumber { number: "116 111".into(), label: "Nummer gegen Kummer".into() }],
    }
}

fn start(somebody_there: bool) -> StartView {
    StartView {
        page: page(),
        site: site(),
        organisation: "Verein \"Fluss\"".into(),
        somebody_there,
        next: None,
        answer_by: None,
        sign_up: "/write#k=00".into(),
        log_in: "/write?to=log-in#k=00".into(),
    }
}

fn all(locale: Locale) -> Vec<String> {
    let kinds = [
        ErrorKind::NotFound,
        ErrorKind::Forbidden,
        ErrorKind::TooMany,
        ErrorKind::Unavailable,
        ErrorKind::NotSetUp,
    ];
    let mut pages: Vec<_> = kinds.into_iter().map(|kind| render_error(&page(), kind, locale)).collect();
    pages.push(render_start(&start(true), locale));
    pages.push(render_start(&start(false), locale));
    pages.push(render_safety(&page(), locale));
    pages.push(render_privacy(&page(), locale));
    pages.push(render_help(&page(), locale));
    pages
}

#[test]
fn no_script_no_style_attribute_no_marker() {
    for html in Locale::ALL.into_iter().flat_map(all) {
        for never in ["<script", " style=", "javascript:", " onclick", "<!--", "<!>", "<am>"] {
            assert!(!html.contains(never), "{never} in {html}");
        }
        assert!(html.starts_with("<!doctype html><html lang="), "{html}");
        assert_eq!(html.matches("<h1").count(), 1, "{html}");
        assert_eq!(html.matches("href=\"/leave\"").count(), 1, "{html}");
    }
}

#[test]
fn title_is_neutral() {
    for html in Locale::ALL.into_iter().flat_map(all) {
        let title = html.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).unwrap();
        assert!(!title.is_empty() && !title.contains("Fluss") && !title.contains("Beratung"), "{title}");
    }
}

#[test]
fn presence_is_what_the_server_said() {
    let (here, away) = (render_start(&start(true), Locale::De), render_start(&start(false), Locale::De));
    assert!(here.contains("Gerade ist jemand da") && !here.contains("Gerade ist niemand da"));
    assert!(away.contains("Gerade ist niemand da") && !away.contains("Gerade ist jemand da"));
}

#[test]
fn who_reads_on_is_what_the_log_says() {
    let check = |reads_on, expect: &str, never: [&str; 2]| {
        let site = SiteView { reads_on, ..site() };
        let html = render_privacy(&PageView { site: Some(site.clone()), ..page() }, Locale::De);
        assert!(html.contains(expect) && never.iter().all(|words| !html.contains(words)), "{html}");
        let html = render_start(&StartView { site, ..start(true) }, Locale::De);
        assert_eq!(html.contains("auch deren Leitung"), reads_on == ReadsOn::Leads, "{html}");
    };
    let (holder, leads, team) =
        ("liest nur diese Person weiter", "Die Leitung des Teams liest mit", "liest das ganze Team mit");
    check(ReadsOn::Holder, holder, [leads, team]);
    check(ReadsOn::Leads, leads, [holder, team]);
    check(ReadsOn::Team, team, [holder, leads]);
    // Nobody's page promises nothing.
    let html = render_privacy(&PageView { site: None, ..page() }, Locale::De);
    assert!([holder, leads, team].iter().all(|words| !html.contains(words)), "{html}");
}

#[test]
fn language_goes_before_the_fragment() {
    let html = render_start(&start(true), Locale::En);
    assert!(html.contains("href=\"/write?lang=en#k=00\""), "{html}");
    assert!(html.contains("href=\"/write?to=log-in&amp;lang=en#k=00\""), "{html}");
}

#[test]
fn own_numbers_before_defaults() {
    let html = render_help(&page(), Locale::De);
    assert!(html.contains("tel:116111") && !html.contains("tel:112"));
    let html = render_help(&PageView { site: None, ..page() }, Locale::De);
    assert!(html.contains("tel:112"));
}

#[test]
fn who_is_next_and_until_when_a_letter_is_answered() {
    let moment =
        |days_ahead, weekday, date, month, minute| Some(Moment { days_ahead, weekday, date, month, minute });
    let check = |next, answer_by, locale, expect: [&str; 2]| {
        let html = render_start(&StartView { next, answer_by, ..start(false) }, locale);
        for words in expect {
            assert!(html.contains(words), "{words} in {html}");
        }
    };
    check(
        moment(0, 3, 19, 11, 1080),
        moment(1, 4, 20, 11, 1110),
        Locale::De,
        ["Heute ab 18:00 Uhr", "bis morgen, 18:30 Uhr,"],
    );
    check(
        moment(1, 4, 20, 11, 540),
        moment(0, 3, 19, 11, 1439),
        Locale::De,
        ["Morgen ab 09:00 Uhr", "bis heute, 23:59 Uhr,"],
    );
    check(
        moment(14, 3, 3, 12, 0),
        moment(40, 1, 29, 12, 1080),
        Locale::De,
        ["Am Donnerstag, 3. Dezember, ab 00:00 Uhr", "bis Dienstag, 29. Dezember, 18:00 Uhr,"],
    );
    check(
        moment(14, 3, 3, 12, 0),
        moment(40, 1, 29, 12, 1080),
        Locale::En,
        ["On Thursday, 3 December, from 00:00", "by Tuesday, 29 December, 18:00"],
    );
    let html = render_start(&start(false), Locale::De);
    assert!(!html.contains(" ab ") && !html.contains("eine Antwort bis"), "{html}");
}

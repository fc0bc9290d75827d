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
        emergency: vec![EmergencyNumber { number: "116 111".into(), label: "Nummer gegen Kummer".into() }],
    }
}

fn start(somebody_there: bool) -> StartView {
    StartView {
        page: page(),
        site: site(),
        organisation: "Verein \"Fluss\"".into(),
        somebody_there,
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

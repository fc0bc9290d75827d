//! Head, header and footer around the content of a public page.

use super::PageView;
use crate::emergency::{EmergencyNumber, defaults};
use crate::icon::{Icon, icon};
use crate::locale::Locale;
use crate::text;
use leptos::prelude::*;

/// The address of a page in the given language.
pub fn localised(path: &str, locale: Locale) -> String {
    format!("{path}?lang={}", locale.tag())
}

/// The site's numbers, or the defaults.
pub fn numbers(page: &PageView, locale: Locale) -> Vec<EmergencyNumber> {
    match &page.site {
        Some(site) if !site.emergency.is_empty() => site.emergency.clone(),
        _ => defaults(locale),
    }
}

/// Renders a whole document around `content`. `title` is what the browser's tab and history
/// show: neutral, without the site's name.
pub fn document<V: IntoView>(
    page: &PageView,
    locale: Locale,
    title: &'static str,
    content: impl FnOnce() -> V,
) -> String {
    // Rendering reads no resource, but Leptos wants an executor named before its first render.
    // A second call says that there is one already.
    let _ = any_spawner::Executor::init_tokio();
    let owner = Owner::new();
    let html = owner.with(|| whole(page, locale, title, content().into_any()).to_html());
    format!("<!doctype html>{}", without_markers(&html))
}

/// Takes out the empty comments by which a browser-side Leptos would find its places again:
/// these pages have none.
fn without_markers(html: &str) -> String {
    html.replace("<!>", "").replace("<!--hk-->", "")
}

fn whole(page: &PageView, locale: Locale, title: &'static str, content: AnyView) -> impl IntoView + use<> {
    let theme = page.site.as_ref().map(|site| {
        let address = format!("/site/{}/theme.css", site.id);
        view! { <link rel="stylesheet" href=address /> }
    });
    let font = page.assets.address("fonts/atkinson-hyperlegible-latin-400-normal.woff2");
    let name =
        page.site.as_ref().map_or_else(|| text::product_name(locale).to_owned(), |site| site.name.clone());
    let other = locale.other();
    let switch = localised(&page.path, other);
    let link = |path: &str, label: &'static str| {
        let address = localised(path, locale);
        view! { <li><a href=address>{label}</a></li> }
    };
    view! {
        <html lang=locale.tag()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width,initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title>{title}</title>
                <link rel="icon" href=page.assets.address("icon.svg") type="image/svg+xml" />
                <link rel="preload" href=font r#as="font" r#type="font/woff2" crossorigin="anonymous" />
                <link rel="stylesheet" href=page.assets.address("style.css") />
                {theme}
            </head>
            <body class="public">
                <a class="button skip" href="#content">{text::skip_to_content(locale)}</a>
                <header class="top">
                    <a class="brand" href=localised("/", locale)>
                        <span class="mark" aria-hidden="true">{icon(Icon::Bubble, 20)}</span>
                        <span>{name}</span>
                    </a>
                    <div class="end">
                        <a class="language" href=switch lang=other.tag() hreflang=other.tag() aria-label=text::language_name(other)>
                            {icon(Icon::Globe, 20)}
                            <span>{text::language_name(other)}</span>
                        </a>
                        <a class="button leave" href="/leave" rel="noreferrer">{text::leave(locale)}</a>
                    </div>
                </header>
                <main id="content" tabindex="-1">{content}</main>
                <footer class="foot">
                    <nav aria-label=text::footer_label(locale)>
                        <ul>
                            {link("/safety", text::footer_safety(locale))}
                            {link("/privacy", text::footer_privacy(locale))}
                            {link("/help", text::footer_help(locale))}
                            {link("/staff", text::footer_staff(locale))}
                        </ul>
                    </nav>
                </footer>
            </body>
        </html>
    }
}

/// One section of a text page.
pub fn section<V: IntoView>(drawing: Icon, title: &'static str, body: V) -> impl IntoView {
    view! {
        <section>
            <h2>{icon(drawing, 22)} {title}</h2>
            {body}
        </section>
    }
}

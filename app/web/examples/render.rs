//! Writes every public page as a file, to be looked at: `cargo run -p beistand-web --example render -- <folder>`.

use beistand_web::locale::Locale;
use beistand_web::page::{
    Assets, ErrorKind, PageView, ReadsOn, SiteView, StartView, render_error, render_help, render_privacy,
    render_safety, render_start,
};
use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "target/pages".into()));
    std::fs::create_dir_all(&folder)?;
    let site = SiteView {
        id: "00".repeat(16),
        name: "Beratung am Fluss".into(),
        retention_days: 30,
        reads_on: ReadsOn::Leads,
        emergency: Vec::new(),
    };
    let page = PageView { assets: Assets::default(), path: "/".into(), site: Some(site.clone()) };
    for locale in Locale::ALL {
        let start = |somebody_there| StartView {
            page: page.clone(),
            site: site.clone(),
            organisation: "Verein am Fluss".into(),
            somebody_there,
            next: None,
            answer_by: None,
            sign_up: "/write".into(),
            log_in: "/write?to=log-in".into(),
        };
        let none = PageView { site: None, ..page.clone() };
        for (name, html) in [
            ("start", render_start(&start(true), locale)),
            ("start-nobody", render_start(&start(false), locale)),
            ("safety", render_safety(&page, locale)),
            ("privacy", render_privacy(&page, locale)),
            ("help", render_help(&page, locale)),
            ("not-found", render_error(&page, ErrorKind::NotFound, locale)),
            ("not-set-up", render_error(&none, ErrorKind::NotSetUp, locale)),
        ] {
            std::fs::write(folder.join(format!("{name}.{}.html", locale.tag())), html)?;
        }
    }
    Ok(())
}

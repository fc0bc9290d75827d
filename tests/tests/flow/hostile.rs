//! P22: whatever people type stays what it is: words. It arrives letter for letter, or is refused at once
//! and in plain words; nothing is signed up, sealed or signed that others could not read afterwards.
//! What a real browser makes of the same words: tests/browser/hostile.test.js.

use crate::world::{World, failure, open, reads, run, seeker};
use beistand_protocol::{
    id::MessageId,
    limit,
    worker::{Call, Failure, Role, SiteSettings},
};

/// One of the corpus.
#[derive(serde::Deserialize)]
struct Hostile {
    what: String,
    text: String,
    /// `refused` where it may not be a name.
    line: Option<String>,
}

fn corpus() -> Vec<Hostile> {
    let corpus: Vec<Hostile> = serde_json::from_str(include_str!("../../hostile/texts.json")).unwrap();
    assert!(corpus.len() > 20);
    corpus
}

#[test]
fn p22_hostile_messages_arrive_letter_for_letter() {
    run(async {
        let mut world = World::new().await;
        let (mut first, _) = world.seeker(&seeker("Wörtlich 9")).await;
        let talk = first.send(None, "Anfang").await.unwrap();
        open(&mut world.mara, talk).await;
        world.mara.call(Call::Claim { conversation: talk }).await.unwrap();
        let mut wanted = vec!["Anfang".to_owned()];
        for hostile in corpus() {
            first.send(Some(talk), &hostile.text).await.unwrap();
            wanted.push(hostile.text);
        }
        let longest = "ü".repeat(limit::MESSAGE_TEXT_BYTES_MAX / 2);
        first.send(Some(talk), &longest).await.unwrap();
        wanted.push(longest.clone());
        reads(&mut world.mara, talk, &longest).await;
        assert_eq!(world.mara.model.texts(talk), wanted);
        for refused in [format!("{longest}x"), String::new(), " \n ".into()] {
            let call = Call::Send { conversation: Some(talk), id: MessageId([3; 16]), text: refused };
            assert_eq!(failure(first.call(call).await), Failure::TextInvalid);
        }
    });
}

#[test]
fn p22_hostile_names_are_names_or_refused() {
    run(async {
        let mut world = World::new().await;
        let long = Hostile {
            what: "too long".into(),
            text: "n".repeat(limit::DISPLAY_NAME_BYTES_MAX + 1),
            line: Some("refused".into()),
        };
        for hostile in corpus().into_iter().chain([long]) {
            let Hostile { what, text, line } = hostile;
            let good = line.is_none();
            // A colleague's name.
            let invite = Call::Invite { display_name: text.clone(), role: Role::Counselor, team: world.team };
            let invited = world.office.call(invite).await;
            assert_eq!(invited.is_ok(), good && text.len() <= limit::DISPLAY_NAME_BYTES_MAX, "{what}");
            if invited.is_err() {
                assert_eq!(failure(invited), Failure::NameInvalid, "{what}");
            }
            // The site's name, and that of an emergency number.
            let settings = |name: &str, number: &str| SiteSettings {
                name: name.into(),
                accent: [0xff; 3],
                language: "de".into(),
                retention_days: 30,
                emergency: vec![("112".into(), number.into())],
            };
            for settings in [settings(&text, "Notruf"), settings("Beratung", &text)] {
                let call = Call::PublishSite { site: world.site, settings: settings.clone() };
                let published = world.office.call(call).await;
                assert_eq!(published.is_ok(), good, "{what}");
                if published.is_err() {
                    assert_eq!(failure(published), Failure::SettingsInvalid, "{what}");
                    continue;
                }
                world
                    .office
                    .until(&what, |model| model.sites.iter().any(|site| site.settings == settings))
                    .await
                    .unwrap();
            }
        }
    });
}

#[test]
fn p22_whoever_could_sign_up_can_write() {
    run(async {
        let mut world = World::new().await;
        let longest = "n".repeat(limit::DISPLAY_NAME_BYTES_MAX);
        let names = [
            ("<img src=x onerror=window.hostile=1>", true),
            ("gut \u{202e}thcelhcs", false),
            ("\u{feff}Ina", false),
            ("eins\u{7}", false),
            (&longest, true),
            (&format!("{longest}n"), false),
        ];
        for (name, good) in names {
            let log_in = seeker(name);
            if !good {
                let call = Call::SignUp { name: log_in.name, password: log_in.password };
                assert_eq!(failure(world.browser().await.call(call).await), Failure::NameInvalid, "{name:?}");
                continue;
            }
            let (mut page, _) = world.seeker(&log_in).await;
            let talk = page.send(None, "Hallo").await.unwrap();
            open(&mut world.mara, talk).await;
            reads(&mut world.mara, talk, "Hallo").await;
            assert_eq!(world.mara.model.conversations[&talk].seeker_name, name);
        }
    });
}

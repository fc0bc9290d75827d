//! Groups, against a real box: counselors and several seekers, each of whom reads from coming in until going, with opening
//! times, mute and remove.

use crate::world::{World, failure, open, progress, reads, run, seeker};
use beistand_protocol::{
    api::Window,
    error::Code,
    id::{ConversationId, GuestId},
    worker::{Author, Call, Failure, GroupCall, MessageBody, NewGroup, Progress, Reply},
};
use beistand_tests::{cast::LogIn, native::now_ms, page::Page};

fn now_s() -> u64 {
    now_ms() / 1000
}

/// Open now, for an hour.
fn open_now() -> Vec<Window> {
    vec![Window { from_s: now_s() - 60, until_s: now_s() + 3600 }]
}

async fn found(
    page: &mut Page,
    world: (beistand_protocol::id::SiteId, Vec<Window>),
    history: bool,
) -> ConversationId {
    let (site, windows) = world;
    let new = NewGroup { site, title: "Trauergruppe".into(), windows, most: 8, history };
    match page.call(Call::Group(GroupCall::Found(new))).await.unwrap() {
        Reply::Sent { conversation } => conversation,
        _ => panic!("no group"),
    }
}

async fn allow(world: &mut World, allowed: bool) {
    let call = Call::Group(GroupCall::Allow { site: world.site, allowed });
    world.office.call(call).await.unwrap();
    let site = world.site;
    let told = move |model: &beistand_tests::page::Model| {
        model.sites.iter().any(|known| known.site == site && known.groups == allowed)
    };
    world.mara.until("the site's groups", told).await.unwrap();
}

fn has(page: &Page, id: ConversationId, wanted: impl Fn(&MessageBody) -> bool) -> bool {
    page.model.lines(id).into_iter().any(|line| wanted(&line.body))
}

/// Invites the seeker of a talk, who says to come; nobody lets them in yet.
async fn invite(mara: &mut Page, guest: &mut Page, group: ConversationId, name: &str) -> ConversationId {
    let talk = guest.send(None, "hallo").await.unwrap();
    open(mara, talk).await;
    reads(mara, talk, "hallo").await;
    mara.call(Call::Group(GroupCall::Invite { group, talk })).await.unwrap();
    open(guest, talk).await;
    let invited = |body: &MessageBody| matches!(body, MessageBody::Invited(of, title) if *of == group && title == "Trauergruppe");
    guest
        .until("the invitation", |model| model.lines(talk).into_iter().any(|line| invited(&line.body)))
        .await
        .unwrap();
    guest.call(Call::Join { conversation: talk, group, name: name.into() }).await.unwrap();
    let joined =
        |body: &MessageBody| matches!(body, MessageBody::Joined(of, said) if *of == group && said == name);
    mara.until("the answer", |model| model.lines(talk).into_iter().any(|line| joined(&line.body)))
        .await
        .unwrap();
    talk
}

async fn admit(mara: &mut Page, guest: &mut Page, group: ConversationId, name: &str) -> GuestId {
    let talk = invite(mara, guest, group, name).await;
    mara.call(Call::Group(GroupCall::Admit { group, talk })).await.unwrap();
    open(guest, group).await;
    let own = |page: &Page| page.model.conversations[&group].group.as_ref().and_then(|view| view.own);
    guest
        .until("the card", |model| {
            model.conversations[&group].group.as_ref().is_some_and(|view| view.title == "Trauergruppe")
        })
        .await
        .unwrap();
    own(guest).unwrap()
}

async fn says(page: &mut Page, group: ConversationId, text: &str) {
    page.send(Some(group), text).await.unwrap();
    progress(page, group, text, Progress::Stored).await;
}

async fn refused(page: &mut Page, group: ConversationId, text: &str) {
    page.send(Some(group), text).await.unwrap();
    page.until("refused", |model| {
        model.line(group, text).is_some_and(|line| line.progress == Progress::Failed)
    })
    .await
    .unwrap();
}

async fn moderated(page: &mut Page, call: GroupCall) {
    page.call(Call::Group(call)).await.unwrap();
}

fn author(page: &Page, group: ConversationId, text: &str) -> Author {
    page.model.line(group, text).unwrap().author.clone()
}

#[test]
fn p05_p06_p08_three_seekers_and_two_counselors_talk_in_a_group() {
    run(async {
        let mut world = World::new().await;
        // Nobody founds one before the organisation wants some.
        let new =
            NewGroup { site: world.site, title: "x".into(), windows: Vec::new(), most: 2, history: false };
        assert_eq!(failure(world.mara.call(Call::Group(GroupCall::Found(new))).await), Failure::NotNow);
        allow(&mut world, true).await;
        let group = found(&mut world.mara, (world.site, open_now()), false).await;
        assert!(group.is_group());
        open(&mut world.office, group).await;
        open(&mut world.mara, group).await;

        let (mut igel, _) = world.seeker(&seeker("Eins")).await;
        let (mut wolke, _) = world.seeker(&seeker("Zwei")).await;
        let (mut stein, _) = world.seeker(&seeker("Drei")).await;
        let first = admit(&mut world.mara, &mut igel, group, "Igel").await;
        says(&mut igel, group, "bin da").await;
        let second = admit(&mut world.mara, &mut wolke, group, "Wolke").await;
        says(&mut wolke, group, "ich auch").await;
        says(&mut world.office, group, "willkommen").await;
        assert_ne!(first, second);
        // A name that is taken is nobody else's, however it is spelt, and no counselor's.
        for name in ["IGEL", "Mara"] {
            let talk = invite(&mut world.mara, &mut stein, group, name).await;
            let outcome = world.mara.call(Call::Group(GroupCall::Admit { group, talk })).await;
            assert_eq!(failure(outcome), Failure::Server(Code::NameTaken, None), "{name}");
        }
        let third = admit(&mut world.mara, &mut stein, group, "Stein").await;
        says(&mut stein, group, "hallo zusammen").await;

        let all = ["bin da", "ich auch", "willkommen", "hallo zusammen"];
        for (page, from) in
            [(&mut igel, 0), (&mut wolke, 1), (&mut stein, 3), (&mut world.mara, 0), (&mut world.office, 0)]
        {
            reads(page, group, "hallo zusammen").await;
            assert_eq!(page.model.texts(group), all[from..]);
        }
        // Who is who, by the names in the group and no other ones.
        let (igels, steins) = (Author::Guest(first, "Igel".into()), Author::Guest(third, "Stein".into()));
        assert_eq!(author(&wolke, group, "hallo zusammen"), steins);
        assert_eq!(author(&igel, group, "bin da"), Author::Own);
        assert_eq!(author(&world.office, group, "bin da"), igels);
        assert!(matches!(author(&stein, group, "hallo zusammen"), Author::Own));
        // Nobody's talk is anybody else's, and no guest is found in another's list but the group.
        for page in [&igel, &wolke] {
            assert_eq!(page.model.conversations.len(), 2);
        }
        assert!(!has(&igel, group, |body| matches!(body, MessageBody::Invited(..))));

        // Muted: reads on, says nothing, until it is undone.
        moderated(&mut world.mara, GroupCall::Mute { group, guest: second, muted: true }).await;
        let muted = |model: &beistand_tests::page::Model| {
            let view = model.conversations[&group].group.as_ref().unwrap();
            view.guests.iter().any(|guest| guest.guest == second && guest.muted)
        };
        for page in [&mut wolke, &mut world.office] {
            page.until("muted", muted).await.unwrap();
        }
        refused(&mut wolke, group, "trotzdem").await;
        says(&mut igel, group, "weiter").await;
        reads(&mut wolke, group, "weiter").await;
        moderated(&mut world.office, GroupCall::Mute { group, guest: second, muted: false }).await;
        wolke.until("heard again", |model| !muted(model)).await.unwrap();
        says(&mut wolke, group, "danke").await;
        reads(&mut stein, group, "danke").await;
        assert!(!igel.model.texts(group).contains(&"trotzdem"));

        // Removed: the group is gone, and nothing of it comes any more.
        moderated(&mut world.mara, GroupCall::Remove { group, guest: third }).await;
        stein.until("gone", |model| model.gone.contains(&group)).await.unwrap();
        says(&mut igel, group, "ohne Stein").await;
        for page in [&mut wolke, &mut world.office, &mut world.mara] {
            reads(page, group, "ohne Stein").await;
        }
        assert!(!stein.model.conversations.contains_key(&group));
        // Nor in a clean browser; what the account state knew of the group is no alarm.
        stein.call(Call::LogOut).await.unwrap();
        let mut again = world.browser().await;
        seeker("Drei").enter(&mut again).await.unwrap();
        let talks = |model: &beistand_tests::page::Model| !model.conversations.is_empty();
        again.until("the talks", talks).await.unwrap();
        assert!(!again.model.conversations.contains_key(&group));
        // Let in once more, without what was said meanwhile.
        admit(&mut world.mara, &mut again, group, "Stein zwei").await;
        says(&mut world.mara, group, "wieder da").await;
        reads(&mut again, group, "wieder da").await;
        assert_eq!(again.model.texts(group), ["hallo zusammen", "weiter", "danke", "wieder da"]);

        for page in [&igel, &wolke, &again, &world.mara, &world.office] {
            assert_eq!(page.model.conflict, None);
            assert!(!has(page, group, |body| matches!(body, MessageBody::Refused | MessageBody::Missing)));
        }
    });
}

#[test]
fn a_group_has_opening_times() {
    run(async {
        let mut world = World::new().await;
        allow(&mut world, true).await;
        let group = found(&mut world.mara, (world.site, open_now()), true).await;
        open(&mut world.mara, group).await;
        let (mut igel, _) = world.seeker(&seeker("Eins")).await;
        says(&mut world.mara, group, "vorab").await;
        admit(&mut world.mara, &mut igel, group, "Igel").await;
        // Here who comes reads what was written before.
        reads(&mut igel, group, "vorab").await;
        says(&mut igel, group, "offen").await;

        let later = vec![Window { from_s: now_s() + 7200, until_s: now_s() + 9000 }];
        let change = GroupCall::Change { group, title: "Am Abend".into(), windows: later.clone() };
        moderated(&mut world.mara, change).await;
        let told = |model: &beistand_tests::page::Model| {
            let view = model.conversations[&group].group.as_ref().unwrap();
            view.title == "Am Abend" && view.windows == later
        };
        igel.until("the new times", told).await.unwrap();
        refused(&mut igel, group, "zu früh").await;
        says(&mut world.mara, group, "bis später").await;
        reads(&mut igel, group, "bis später").await;
        // Times that are none.
        let upside_down = vec![Window { from_s: 20, until_s: 10 }];
        let change = GroupCall::Change { group, title: "x".into(), windows: upside_down };
        assert_eq!(failure(world.mara.call(Call::Group(change)).await), Failure::SettingsInvalid);
        // Where the organisation wants no groups any more, nobody writes whatever the times are.
        let change = GroupCall::Change { group, title: "Am Abend".into(), windows: open_now() };
        moderated(&mut world.mara, change).await;
        allow(&mut world, false).await;
        refused(&mut igel, group, "noch da?").await;
        assert_eq!(igel.model.conflict, None);
    });
}

#[test]
fn p06_p16_a_group_outlives_leavers_and_changed_passwords() {
    run(async {
        let mut world = World::new().await;
        let mut jonas = world.colleague("Jonas").await;
        let gone = crate::world::person(&jonas);
        allow(&mut world, true).await;
        let group = found(&mut jonas, (world.site, open_now()), false).await;
        open(&mut world.mara, group).await;
        let (mut igel, _) = world.seeker(&seeker("Eins")).await;
        let (mut wolke, _) = world.seeker(&seeker("Zwei")).await;
        admit(&mut world.mara, &mut igel, group, "Igel").await;
        says(&mut igel, group, "eins").await;
        admit(&mut world.mara, &mut wolke, group, "Wolke").await;
        says(&mut wolke, group, "zwei").await;

        // A counselor leaves: the others' browsers make the next epoch, and guests' words wait for it.
        world.office.call(Call::RemovePerson { person: gone }).await.unwrap();
        jonas.until("the end", |model| model.ended.is_some()).await.unwrap();
        says(&mut igel, group, "drei").await;
        reads(&mut wolke, group, "drei").await;
        assert!(!jonas.model.texts(group).contains(&"drei"));

        // New keys: everything that was read stays, under the same name.
        let old = seeker("Eins");
        let new = LogIn::new(&old.name, "neue laterne im garten");
        let change = Call::ChangePassword { current: old.password, password: new.password.clone() };
        igel.call(change).await.unwrap();
        let mut other = world.browser().await;
        new.enter(&mut other).await.unwrap();
        open(&mut other, group).await;
        reads(&mut other, group, "drei").await;
        assert_eq!(other.model.texts(group), ["eins", "zwei", "drei"]);
        says(&mut other, group, "vier").await;
        reads(&mut wolke, group, "vier").await;
        assert!(matches!(author(&wolke, group, "vier"), Author::Guest(_, name) if name == "Igel"));
        reads(&mut igel, group, "vier").await;

        // An account that is deleted leaves the group to the others.
        wolke.call(Call::DeleteAccount { password: seeker("Zwei").password }).await.unwrap();
        says(&mut other, group, "fünf").await;
        reads(&mut world.mara, group, "fünf").await;
        for page in [&igel, &other, &world.mara, &world.office] {
            assert_eq!(page.model.conflict, None);
        }
    });
}

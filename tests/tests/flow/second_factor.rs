//! A second factor against a real box: it is asked for, keeps out who has the passphrase alone, outlives new keys, and is
//! turned off by the recovery code.

use crate::world::{World, failure, open, reads, run, seeker, staff};
use beistand_protocol::{
    error::Code,
    second_factor::{STEP_S, SharedSecret},
    worker::{Call, EndReason, FactorDemand, Failure, Reply, Role, SessionView},
};
use beistand_tests::{
    cast::LogIn,
    page::{Model, Page},
};

const NEW: &str = "neue laterne kranich ufer honig wolke";

/// What an app shows, steps from now.
fn shown(secret: SharedSecret, steps: u64) -> String {
    let totp = totp_rs::Builder::new().with_secret(secret.0).build().unwrap();
    totp.generate(beistand_tests::native::now_ms() / 1000 + steps * STEP_S).to_string()
}

fn plain(log_in: &LogIn) -> Call {
    Call::LogIn { name: log_in.name.clone(), password: log_in.password.clone() }
}

fn with(log_in: &LogIn, code: String) -> Call {
    Call::LogInWithCode { name: log_in.name.clone(), password: log_in.password.clone(), code }
}

fn refused(code: Code) -> Failure {
    Failure::Server(code, None)
}

async fn turn_on(page: &mut Page) -> (SharedSecret, String) {
    let Reply::SharedSecret(secret) = page.call(Call::DrawSharedSecret).await.unwrap() else {
        panic!("no secret")
    };
    let code = shown(secret, 0);
    page.call(Call::PutSecondFactor { secret: Some(secret), code: code.clone() }).await.unwrap();
    (secret, code)
}

#[test]
fn where_it_is_demanded_it_comes_before_anything_else() {
    run(async {
        let mut world = World::new().await;
        let (mut first, _) = world.seeker(&seeker("Zwei Schlösser")).await;
        let talk = first.send(None, "hallo").await.unwrap();
        let demand = |demanded| Call::DemandSecondFactor { demanded };
        // Whoever demands it of others has one.
        let refused_ = failure(world.office.call(demand(true)).await);
        assert_eq!(refused_, refused(Code::SecondFactorDemanded));
        let (secret, _) = turn_on(&mut world.office).await;
        world.office.call(demand(true)).await.unwrap();
        let factor = |page: &Page| match page.model.session {
            Some(SessionView::Staff { factor, .. }) => factor,
            _ => panic!("nobody"),
        };
        assert_eq!(factor(&world.office), FactorDemand::Met);
        let off = Call::PutSecondFactor { secret: None, code: shown(secret, 1) };
        assert_eq!(failure(world.office.call(off).await), refused(Code::SecondFactorDemanded));

        // Whoever has none is out at once, and after the log-in sees nothing before it is set up.
        world.mara.until("the end", |model| model.ended == Some(EndReason::Expired)).await.unwrap();
        let mut again = Page::start(&world.live.address, None, None).await.unwrap();
        again.call(plain(&world.mara_log_in)).await.unwrap();
        assert_eq!(factor(&again), FactorDemand::Open);
        let what = "notice".to_owned();
        let asked = failure(again.call(Call::PassOn { what, body: None }).await);
        assert_eq!(asked, refused(Code::SecondFactorDemanded));
        assert!(!again.model.conversations.contains_key(&talk));
        turn_on(&mut again).await;
        assert_eq!(factor(&again), FactorDemand::Met);
        open(&mut again, talk).await;
        reads(&mut again, talk, "hallo").await;

        // Somebody new sets it up after the confirmation, too.
        let ida = staff("ida");
        let Reply::Invitation { link, .. } = world
            .office
            .call(Call::Invite { display_name: "Ida".into(), role: Role::Counselor, team: world.team })
            .await
            .unwrap()
        else {
            panic!("no link")
        };
        let secret = link.split_once('#').unwrap().1.to_owned();
        let mut page = Page::start(&world.live.address, None, None).await.unwrap();
        let (name, password) = (ida.name.clone(), ida.password.clone());
        page.call(Call::AcceptInvitation { secret, name, password }).await.unwrap();
        let accepted =
            |model: &Model| model.invitations.iter().find(|open| open.accepted).map(|open| open.invitation);
        world.office.until("the acceptance", |model| accepted(model).is_some()).await.unwrap();
        let invitation = accepted(&world.office.model).unwrap();
        world.office.call(Call::Countersign { invitation }).await.unwrap();
        page.until("the end", |model| model.ended == Some(EndReason::Expired)).await.unwrap();
        let mut page = Page::start(&world.live.address, None, None).await.unwrap();
        page.call(plain(&ida)).await.unwrap();
        assert_eq!(factor(&page), FactorDemand::Open);

        // Taken back, nobody is asked any more.
        world.office.call(demand(false)).await.unwrap();
        assert_eq!(factor(&world.office), FactorDemand::None);
        let mut page = Page::start(&world.live.address, None, None).await.unwrap();
        ida.enter(&mut page).await.unwrap();
        open(&mut page, talk).await;
        assert_eq!(page.model.conflict, None);
    });
}

fn parts(reply: Reply) -> String {
    match reply {
        Reply::RecoveryCode { parts } => parts.join("-"),
        _ => panic!("no code"),
    }
}

#[test]
fn a_second_factor_is_asked_for_outlives_new_keys_and_falls_to_the_recovery_code() {
    run(async {
        let mut world = World::new().await;
        let mara = world.mara_log_in.clone();
        let (secret, used) = turn_on(&mut world.mara).await;
        let wrong = Call::PutSecondFactor { secret: None, code: "12 345".into() };
        assert_eq!(failure(world.mara.call(wrong).await), Failure::AppCodeInvalid);

        let mut second = Page::start(&world.live.address, None, None).await.unwrap();
        assert_eq!(failure(second.call(plain(&mara)).await), refused(Code::SecondFactorNeeded));
        assert_eq!(failure(second.call(with(&mara, used)).await), refused(Code::SecondFactorWrong));
        second.call(with(&mara, shown(secret, 1))).await.unwrap();

        // New keys: this page goes on without being asked, the others are asked again.
        let change = Call::ChangePassword { current: mara.password.clone(), password: NEW.into() };
        let code = parts(second.call(change).await.unwrap());
        world.mara.until("told", |model| model.ended == Some(EndReason::PasswordChanged)).await.unwrap();
        second.call(Call::DrawSharedSecret).await.unwrap();
        let mara = LogIn::new(&mara.name, NEW);
        let mut third = Page::start(&world.live.address, None, None).await.unwrap();
        assert_eq!(failure(third.call(plain(&mara)).await), refused(Code::SecondFactorNeeded));

        // The phone is lost: the code on paper opens, and turns it off.
        let again = format!("{NEW} abend");
        let recover = Call::Recover { name: mara.name.clone(), code, password: again.clone() };
        third.call(recover).await.unwrap();
        let mara = LogIn::new(&mara.name, &again);
        let mut fourth = Page::start(&world.live.address, None, None).await.unwrap();
        mara.enter(&mut fourth).await.unwrap();
    });
}

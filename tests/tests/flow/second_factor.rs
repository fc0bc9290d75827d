//! A second factor against a real box: it is asked for, keeps out who has the passphrase alone, outlives new keys, and is
//! turned off by the recovery code.

use crate::world::{World, failure, run};
use beistand_protocol::{
    error::Code,
    second_factor::{STEP_S, SharedSecret},
    worker::{Call, EndReason, Failure, Reply},
};
use beistand_tests::{cast::LogIn, page::Page};

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

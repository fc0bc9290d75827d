//! Notices on devices. The push service here checks who sends, and the device opens what comes by the RFCs alone: nothing
//! is shared with what the box seals with.

use super::{
    smtp::authority,
    test_app::{NOW_S, Office, Person, TestApp, Token, code},
};
use aws_lc_rs::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree},
    hmac,
    signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey as Verifier},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use beistand_domain::storage::Storage;
use beistand_protocol::{
    api::route,
    error::Code,
    membership::{Body, Language},
    notice::{NoticeSettings, PushPut, PushRemove, PushView},
};
use beistand_server::roots::Roots;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

const ORIGIN: &str = "https://box.verein.example";

/// What a push service was asked.
#[derive(Debug, Clone)]
struct Asked {
    path: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

struct Service {
    port: u16,
    roots: Roots,
    asked: Arc<Mutex<Vec<Asked>>>,
    answer: Arc<Mutex<&'static str>>,
}

impl Service {
    async fn open() -> Self {
        let (acceptor, roots) = authority();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (asked, answer) = (Arc::<Mutex<Vec<Asked>>>::default(), Arc::new(Mutex::new("201 Created")));
        let (kept, said) = (asked.clone(), answer.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, kept, said) = (acceptor.clone(), kept.clone(), said.clone());
                tokio::spawn(async move {
                    let mut stream = acceptor.accept(stream).await.unwrap();
                    let mut head = Vec::new();
                    while !head.ends_with(b"\r\n\r\n") {
                        head.push(stream.read_u8().await.unwrap());
                    }
                    let head = String::from_utf8(head).unwrap();
                    let mut lines = head.lines();
                    let path = lines.next().unwrap().strip_prefix("POST ").unwrap();
                    let path = path.split(' ').next().unwrap().to_owned();
                    let headers: BTreeMap<_, _> = lines
                        .filter_map(|line| line.split_once(": "))
                        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                        .collect();
                    let mut body = vec![0; headers["content-length"].parse().unwrap()];
                    stream.read_exact(&mut body).await.unwrap();
                    kept.lock().unwrap().push(Asked { path, headers, body });
                    let answer = format!("HTTP/1.1 {}\r\ncontent-length: 0\r\n\r\n", said.lock().unwrap());
                    stream.write_all(answer.as_bytes()).await.unwrap();
                    stream.shutdown().await.unwrap();
                });
            }
        });
        Self { port, roots, asked, answer }
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    fn answer(&self, answer: &'static str) {
        *self.answer.lock().unwrap() = answer;
    }
}

/// A browser that shows notices.
struct Device {
    key: PrivateKey,
    secret: [u8; 16],
    put: PushPut,
}

fn device(service: &Service, number: u8) -> Device {
    let key = PrivateKey::from_private_key(&ECDH_P256, &[number; 32]).unwrap();
    let secret = [number; 16];
    let put = PushPut {
        endpoint: format!("https://localhost:{}/device/{number}", service.port),
        public: key.compute_public_key().unwrap().as_ref().to_vec(),
        secret: secret.to_vec(),
        origin: ORIGIN.to_owned(),
    };
    Device { key, secret, put }
}

/// HKDF with one block, of HMAC alone (RFC 5869).
fn hkdf(salt: &[u8], input: &[u8], info: &[u8], bytes: usize) -> Vec<u8> {
    let sign =
        |key: &[u8], text: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text).as_ref().to_vec();
    let mut out = sign(&sign(salt, input), &[info, &[1]].concat());
    out.truncate(bytes);
    out
}

impl Device {
    /// Opens a message by RFC 8188 and RFC 8291.
    fn open(&self, body: &[u8]) -> String {
        let (salt, rest) = body.split_at(16);
        let (size, rest) = rest.split_at(4);
        assert!(u32::from_be_bytes(size.try_into().unwrap()) as usize >= rest.len());
        let (public, record) = rest[1..].split_at(usize::from(rest[0]));
        let peer = UnparsedPublicKey::new(&ECDH_P256, public);
        let shared = agree(&self.key, peer, "no agreement", |shared| Ok(shared.to_vec())).unwrap();
        let info = [b"WebPush: info\0", &self.put.public[..], public].concat();
        let input = hkdf(&self.secret, &shared, &info, 32);
        let key = hkdf(salt, &input, b"Content-Encoding: aes128gcm\0", 16);
        let nonce = hkdf(salt, &input, b"Content-Encoding: nonce\0", 12);
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap());
        let mut record = record.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(&nonce).unwrap();
        let opened = key.open_in_place(nonce, Aad::empty(), &mut record).unwrap();
        let end = opened.iter().rposition(|byte| *byte != 0).unwrap();
        assert_eq!(opened[end], 2, "the last record");
        String::from_utf8(opened[..end].to_vec()).unwrap()
    }
}

struct World {
    app: TestApp,
    service: Service,
    office: Office,
    admin: Token,
    ben: (Person, Token),
    lila: (Person, Token),
}

async fn world() -> World {
    let service = Service::open().await;
    let mut app = TestApp::trusting(service.roots.clone()).await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let ben = app.counselor(&mut office, &admin, "ben").await;
    let lila = app.seeker(&office, "lila").await;
    let mut settings = NoticeSettings::in_language(Language::English);
    settings.choices.request.push = true;
    let () = app.post(route::NOTICE, Some(&ben.1), &settings).await.unwrap();
    World { app, service, office, admin, ben, lila }
}

impl World {
    async fn add(&self, device: &Device) {
        let () = self.app.post(route::PUSH, Some(&self.ben.1), &device.put).await.unwrap();
    }

    async fn request(&mut self) {
        self.app.open_talk(&self.office, &self.lila.0, &self.lila.1).await;
    }

    /// Shows what is due; gives how often the push service was asked so far.
    async fn shown(&self) -> usize {
        self.app.app.send_push().await.unwrap();
        self.service.asked().len()
    }

    fn devices(&self) -> usize {
        self.app.storage.list_push_devices().unwrap().len()
    }
}

#[tokio::test]
async fn a_device_shows_that_something_waits_and_its_push_service_learns_no_more() {
    let mut world = world().await;
    let device = device(&world.service, 7);
    world.add(&device).await;
    world.request().await;
    assert_eq!(world.shown().await, 1);
    let asked = world.service.asked().remove(0);
    assert_eq!(asked.path, "/device/7");
    assert_eq!(device.open(&asked.body), "Box ü\nTeam English");
    for (name, value) in [
        ("content-encoding", "aes128gcm"),
        ("ttl", "14400"),
        ("urgency", "high"),
        ("topic", "notice"),
        ("host", &format!("localhost:{}", world.service.port)),
    ] {
        assert_eq!(asked.headers[name], value, "{name}");
    }
    let names: Vec<&str> = asked.headers.keys().map(String::as_str).collect();
    let expect = [
        "authorization",
        "content-encoding",
        "content-length",
        "content-type",
        "host",
        "topic",
        "ttl",
        "urgency",
    ];
    assert_eq!(names, expect);
    // Every message is as long as every other one.
    assert_eq!(asked.body.len(), 16 + 4 + 1 + 65 + 512 + 16);

    // RFC 8292: the proof is the box's, for this push service, and not for long.
    let view: PushView = world.app.get(route::PUSH, Some(&world.ben.1)).await.unwrap();
    let proof = asked.headers["authorization"].strip_prefix("vapid t=").unwrap();
    let (token, key) = proof.split_once(", k=").unwrap();
    assert_eq!(URL_SAFE_NO_PAD.decode(key).unwrap(), view.key);
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    Verifier::new(&ECDSA_P256_SHA256_FIXED, &view.key).verify(signed.as_bytes(), &signature).unwrap();
    let (head, claims) = signed.split_once('.').unwrap();
    let text = |part: &str| String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    assert_eq!(text(head), r#"{"typ":"JWT","alg":"ES256"}"#);
    let (port, until_s) = (world.service.port, NOW_S + 12 * 3600);
    let expect = format!(r#"{{"aud":"https://localhost:{port}","exp":{until_s},"sub":"{ORIGIN}"}}"#);
    assert_eq!(text(claims), expect);

    // The key stays, and no two messages are alike.
    world.app.clock.advance_s(30);
    world.request().await;
    assert_eq!(world.shown().await, 2);
    let second = world.service.asked().remove(1);
    assert_eq!(device.open(&second.body), "Box ü\nTeam English");
    assert_ne!((&second.body[..16], &second.body[21..86]), (&asked.body[..16], &asked.body[21..86]));
    let world = World { app: world.app.restart().await, ..world };
    let again: PushView = world.app.get(route::PUSH, Some(&world.ben.1)).await.unwrap();
    assert_eq!(again, view);
}

#[tokio::test]
async fn a_device_that_is_gone_is_forgotten_and_a_tired_push_service_is_asked_again() {
    let mut world = world().await;
    let device = device(&world.service, 7);
    for answer in ["404 Not Found", "410 Gone"] {
        world.add(&device).await;
        world.service.answer(answer);
        world.request().await;
        world.shown().await;
        assert_eq!(world.devices(), 0, "{answer}");
        world.app.clock.advance_s(30);
    }
    world.add(&device).await;
    let before = world.service.asked().len();
    world.service.answer("503 Service Unavailable");
    world.request().await;
    for (tries, wait_s) in [(1, 60), (2, 120), (3, 240), (4, 480)] {
        assert_eq!(world.shown().await, before + tries);
        assert_eq!(world.shown().await, before + tries);
        world.app.clock.advance_s(wait_s);
    }
    assert_eq!(world.shown().await, before + 5);
    world.app.clock.advance_s(600);
    assert_eq!((world.shown().await, world.devices()), (before + 5, 1));
    // Nobody is followed anywhere else.
    world.service.answer("307 Temporary Redirect\r\nlocation: /elsewhere");
    world.request().await;
    assert_eq!((world.shown().await, world.devices()), (before + 6, 1));
    assert!(world.service.asked().iter().all(|asked| asked.path == "/device/7"));
}

#[tokio::test]
async fn a_device_is_forgotten_with_its_log_out_and_with_its_owner() {
    let mut world = world().await;
    let (here, there) = (device(&world.service, 7), device(&world.service, 8));
    let ben = world.ben.0.clone();
    let other = world.app.log_in(&world.office, &ben).await.unwrap().0;
    world.add(&here).await;
    let () = world.app.post(route::PUSH, Some(&other), &there.put).await.unwrap();
    let view: PushView = world.app.get(route::PUSH, Some(&other)).await.unwrap();
    assert_eq!(view.devices.len(), 2);
    let () = world.app.post(route::LOG_OUT, Some(&other), &()).await.unwrap();
    let view: PushView = world.app.get(route::PUSH, Some(&world.ben.1)).await.unwrap();
    assert_eq!(view.devices.len(), 1);
    world.request().await;
    assert_eq!(world.shown().await, 1);
    assert_eq!(world.service.asked()[0].path, "/device/7");

    // Nobody else can remove it; its owner can.
    let remove = PushRemove { id: view.devices[0].id };
    let foreign = world.app.post::<_, ()>(route::PUSH_REMOVE, Some(&world.admin), &remove).await;
    assert_eq!(code(foreign), Code::NotFound);
    let () = world.app.post(route::PUSH_REMOVE, Some(&world.ben.1), &remove).await.unwrap();
    assert_eq!(world.devices(), 0);

    world.add(&here).await;
    let (admin, person) = (world.admin, ben.id);
    world.app.say(&mut world.office, &admin, vec![Body::PersonRemove { person }]).await.unwrap();
    assert_eq!(world.devices(), 0);
}

#[tokio::test]
async fn what_is_no_device_is_refused() {
    let world = world().await;
    let good = || device(&world.service, 7).put;
    for (wrong, what) in [
        (PushPut { endpoint: "http://localhost/x".to_owned(), ..good() }, "not secret"),
        (PushPut { endpoint: format!("https://localhost/{}", "x".repeat(1024)), ..good() }, "long"),
        (PushPut { endpoint: "https://localhost/x\r\ny: z".to_owned(), ..good() }, "two lines"),
        (PushPut { endpoint: "https://a@localhost/x".to_owned(), ..good() }, "a name in it"),
        (PushPut { public: vec![4; 64], ..good() }, "short key"),
        (PushPut { public: vec![2; 65], ..good() }, "compressed key"),
        (PushPut { secret: vec![1; 15], ..good() }, "short secret"),
        (PushPut { origin: "http://box.example.org".to_owned(), ..good() }, "origin"),
    ] {
        let refused = world.app.post::<_, ()>(route::PUSH, Some(&world.ben.1), &wrong).await;
        assert_eq!(code(refused), Code::Malformed, "{what}");
    }
    // A point that is not on the curve can't be sealed to.
    let wrong = PushPut { public: vec![4; 65], ..good() };
    let () = world.app.post(route::PUSH, Some(&world.ben.1), &wrong).await.unwrap();
    let mut world = world;
    world.request().await;
    assert_eq!((world.shown().await, world.devices()), (0, 0));
}

//! Web Push: a notice on a device while no page is open there.
//!
//! A push service passes it on and can't read it: RFC 8291, composed of ECDH on P-256, HKDF-SHA256 and AES-128-GCM; all
//! have the same length. Who sends is shown by a key of the box (VAPID, RFC 8292).

use crate::{
    app::{App, Options},
    mail,
    outbound::{self, OutboundError, Reach},
    random::draw,
};
use aws_lc_rs::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree},
    digest::{SHA256, digest},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use beistand_domain::{
    clock::Seconds,
    record::{PushDevice, SettingKey},
    storage::{Change, CommitError},
};
use beistand_protocol::notice::is_origin;
use hkdf::Hkdf;
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use sha2::Sha256;

/// Bytes of a sealed message before its tag, the mark of the last record among them: all have this length.
const PADDED_BYTES: usize = 512;
/// The record's size as it is announced: one record holds all.
const RECORD_BYTES: u32 = 4096;
/// For how long a proof of who sends holds; RFC 8292 allows a day.
const PROOF_S: Seconds = 12 * 60 * 60;

/// Why nothing could be sealed: the device's key is none.
#[derive(Debug, thiserror::Error)]
#[error("a key of a device is none")]
pub struct SealError;

impl From<aws_lc_rs::error::Unspecified> for SealError {
    fn from(_: aws_lc_rs::error::Unspecified) -> Self {
        Self
    }
}

/// A device's keys, as its browser gave them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceKeys {
    /// P-256, uncompressed.
    pub public: [u8; 65],
    /// Shared secret of 16 bytes.
    pub secret: [u8; 16],
}

/// Seals a message for a device (RFC 8291, RFC 8188): the header and one record. `own` is a fresh private key, `salt` a
/// fresh salt; `padded` is its length before the tag.
///
/// # Errors
/// [`SealError`]; also for a message that is too long.
pub fn seal(
    message: &[u8],
    padded: usize,
    device: &DeviceKeys,
    own: &[u8; 32],
    salt: &[u8; 16],
) -> Result<Vec<u8>, SealError> {
    let own = PrivateKey::from_private_key(&ECDH_P256, own).map_err(|_| SealError)?;
    let own_public = own.compute_public_key()?;
    let peer = UnparsedPublicKey::new(&ECDH_P256, device.public);
    let (key, nonce) = agree(&own, peer, SealError, |shared| {
        // RFC 8291, section 3.4.
        let info = [b"WebPush: info\0", &device.public[..], own_public.as_ref()].concat();
        let mut input = [0; 32];
        expand(Some(&device.secret), shared, &info, &mut input)?;
        let (mut key, mut nonce) = ([0; 16], [0; 12]);
        expand(Some(salt), &input, b"Content-Encoding: aes128gcm\0", &mut key)?;
        expand(Some(salt), &input, b"Content-Encoding: nonce\0", &mut nonce)?;
        Ok((key, nonce))
    })?;
    // RFC 8188, section 2: the message, the mark of the last record, zeros.
    if message.len() >= padded {
        return Err(SealError);
    }
    let mut record = message.to_vec();
    record.push(2);
    record.resize(padded, 0);
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key)?);
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record)?;
    let public = own_public.as_ref();
    let length = u8::try_from(public.len()).map_err(|_| SealError)?;
    Ok([&salt[..], &RECORD_BYTES.to_be_bytes(), &[length], public, &record].concat())
}

fn expand(salt: Option<&[u8]>, input: &[u8], info: &[u8], out: &mut [u8]) -> Result<(), SealError> {
    Hkdf::<Sha256>::new(salt, input).expand(info, out).map_err(|_| SealError)
}

/// The box's key by which push services know who sends.
pub struct SenderKey(EcdsaKeyPair, Vec<u8>);

impl SenderKey {
    /// From 32 bytes; `None` for the few that are no key.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        let public = PrivateKey::from_private_key(&ECDH_P256, bytes).ok()?.compute_public_key().ok()?;
        let public = public.as_ref().to_vec();
        let key =
            EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes, &public);
        Some(Self(key.ok()?, public))
    }

    /// The public half, uncompressed: what browsers ask for.
    #[must_use]
    pub fn public(&self) -> &[u8] {
        &self.1
    }

    /// The value of `Authorization` for a push service: its origin, and where to complain.
    ///
    /// # Errors
    /// [`SealError`] when the library can't sign.
    pub fn proof(&self, audience: &str, contact: &str, now_s: Seconds) -> Result<String, SealError> {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let until_s = now_s.saturating_add(PROOF_S);
        // Both are origins: they hold nothing that JSON would have to escape.
        let claims = format!(r#"{{"aud":"{audience}","exp":{until_s},"sub":"{contact}"}}"#);
        let signed = format!("{}.{}", part(r#"{"typ":"JWT","alg":"ES256"}"#), part(&claims));
        let signature = self.0.sign_digest(&digest(&SHA256, signed.as_bytes()))?;
        let (signature, key) = (URL_SAFE_NO_PAD.encode(signature.as_ref()), URL_SAFE_NO_PAD.encode(&self.1));
        Ok(format!("vapid t={signed}.{signature}, k={key}"))
    }
}

/// Seconds for which a push service may keep a notice that a device can't take now. What is older is no news.
const KEPT_S: u32 = 4 * 60 * 60;

/// What became of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// The push service has it.
    Taken,
    /// There is no such device any more.
    Gone,
    /// It will not be taken at another time either.
    Refused(u16),
    /// Another time, perhaps.
    Later,
}

/// Whether a notice can be sent there at all.
#[must_use]
pub fn is_endpoint(endpoint: &str, reach: Reach) -> bool {
    endpoint.parse::<Uri>().is_ok_and(|uri| outbound::is_allowed(&uri, reach) && audience(&uri).is_some())
}

/// The origin of an endpoint, by which its push service recognises that it is meant.
fn audience(endpoint: &Uri) -> Option<String> {
    let origin = format!("https://{}", endpoint.authority()?);
    is_origin(&origin).then_some(origin)
}

/// Shows a notice on a device.
pub async fn push(app: &App, key: &SenderKey, device: &PushDevice, words: &mail::Words) -> Pushed {
    let Options { roots, reach, .. } = &app.options;
    let Some((uri, headers, body)) = request(app, key, device, words) else { return Pushed::Gone };
    match outbound::post(roots, *reach, &uri, headers, body).await {
        Ok(status) if status.is_success() => Pushed::Taken,
        Ok(StatusCode::NOT_FOUND | StatusCode::GONE) => Pushed::Gone,
        Ok(StatusCode::TOO_MANY_REQUESTS) => Pushed::Later,
        Ok(status) if status.is_server_error() => Pushed::Later,
        Ok(status) => Pushed::Refused(status.as_u16()),
        // Its name leads to somebody's own network by now.
        Err(OutboundError::Address) => Pushed::Gone,
        Err(OutboundError::Unreachable) => Pushed::Later,
    }
}

/// What is sent; `None` where the device's keys or address are none.
fn request(
    app: &App,
    key: &SenderKey,
    device: &PushDevice,
    words: &mail::Words,
) -> Option<(Uri, HeaderMap, Vec<u8>)> {
    let keys = DeviceKeys {
        public: device.public.as_slice().try_into().ok()?,
        secret: device.secret.as_slice().try_into().ok()?,
    };
    let uri: Uri = device.endpoint.parse().ok()?;
    let proof = key.proof(&audience(&uri)?, &device.origin, app.now_s()).ok()?;
    let message = format!("{}\n{}", words.from, words.subject);
    let salt = draw::<16>(&*app.random);
    // Very few numbers are no key.
    let own = (0..4)
        .find_map(|_| Some(draw::<32>(&*app.random)).filter(|own| SenderKey::from_bytes(own).is_some()))?;
    let body = seal(message.as_bytes(), PADDED_BYTES, &keys, &own, &salt).ok()?;
    let mut headers = HeaderMap::new();
    headers.insert(header::AUTHORIZATION, HeaderValue::from_str(&proof).ok()?);
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("aes128gcm"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert("ttl", HeaderValue::from(KEPT_S));
    headers.insert("urgency", HeaderValue::from_static("high"));
    // A newer one takes the place of one that has not been brought yet.
    headers.insert("topic", HeaderValue::from_static("notice"));
    Some((uri, headers, body))
}

impl App {
    /// The key by which push services know this box; made when it is needed first.
    ///
    /// # Errors
    /// [`CommitError`].
    pub(crate) async fn push_key(&self) -> Result<SenderKey, CommitError> {
        loop {
            let stored = self.storage.lookup_setting(SettingKey::PushKey)?;
            if let Some(key) = stored.and_then(|bytes| SenderKey::from_bytes(&bytes.try_into().ok()?)) {
                return Ok(key);
            }
            let fresh = draw::<32>(&*self.random);
            if SenderKey::from_bytes(&fresh).is_none() {
                continue;
            }
            // Two who ask at once get the same.
            let made = vec![
                Change::SettingExpect(SettingKey::PushKey, None),
                Change::SettingPut(SettingKey::PushKey, Some(fresh.to_vec())),
            ];
            match self.commit(made).await {
                Ok(_) | Err(CommitError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        URL_SAFE_NO_PAD.decode(text).unwrap().try_into().unwrap()
    }

    /// RFC 8291, appendix A.
    #[test]
    fn the_published_example() {
        let device = DeviceKeys {
            public: bytes(
                "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            ),
            secret: bytes("BTBZMqHH6r4Tts7J_aSIgg"),
        };
        let own = bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw");
        let message = b"When I grow up, I want to be a watermelon";
        let sealed = seal(message, message.len() + 1, &device, &own, &salt).unwrap();
        let expect = concat!(
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz",
            "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
        assert_eq!(URL_SAFE_NO_PAD.encode(sealed), expect);
        // Longer ones are not cut.
        assert!(seal(message, message.len(), &device, &own, &salt).is_err());
        // A key that is no point of the curve.
        let wrong = DeviceKeys { public: [4; 65], ..device };
        assert!(seal(message, 512, &wrong, &own, &salt).is_err());
    }

    #[test]
    fn endpoints_are_public_https_addresses() {
        for (endpoint, expect) in [
            ("https://fcm.googleapis.com/fcm/send/abc", true),
            ("https://updates.push.services.mozilla.com/wpush/v2/x", true),
            ("https://push.example.org:8443/x", false),
            ("http://push.example.org/x", false),
            ("https://user@push.example.org/x", false),
            ("ftp://push.example.org/x", false),
            ("", false),
        ] {
            assert_eq!(is_endpoint(endpoint, Reach::Public), expect, "{endpoint}");
        }
    }
}

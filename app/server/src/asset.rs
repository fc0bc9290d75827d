//! What browsers load: the client's files, embedded in the binary by `build.rs` from what
//! `scripts/build-client` packed. Answers are made from path and headers alone; routing, and the security
//! headers that belong to every answer, are the router's.

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderValue, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{Response, StatusCode};

include!(concat!(env!("OUT_DIR"), "/client.rs"));

/// Where the files named by their content live.
pub const PREFIX: &str = "/assets/";

/// The content never changes under such a name, so it may be kept for a year without asking again.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// A shell keeps its name, so it is asked for each time; the answer is mostly "not modified".
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

/// One embedded file with its compressed copies.
struct File {
    /// The logical name, as source code writes it: `style.css`.
    name: &'static str,
    /// The name it is served under: `style.0123456789abcdef.css`; for a shell the same as `name`.
    file: &'static str,
    media_type: &'static str,
    /// SHA-256 of `raw` in hexadecimal.
    sha256: &'static str,
    raw: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

/// The answer to GET or HEAD of a file named by its content; `None` if there is no such file.
///
/// `path` is the request's whole path, `/assets/NAME.HASH.EXT`. `accept_encoding` and `if_none_match` are the
/// values of the request's headers (RFC 9110, sections 12.5.3 and 13.1.2), empty and `None` where missing.
/// For HEAD the caller drops the body; `Content-Length` is set already.
#[must_use]
pub fn asset(path: &str, accept_encoding: &str, if_none_match: Option<&str>) -> Option<Response<Bytes>> {
    let wanted = path.strip_prefix(PREFIX)?;
    let file = ASSETS.iter().find(|file| file.file == wanted)?;
    Some(answer(file, IMMUTABLE, accept_encoding, if_none_match))
}

/// The answer to GET or HEAD of a page that runs client code, by its logical name such as `seeker.html`;
/// `None` if there is no such page. Parameters as for [`asset`].
#[must_use]
pub fn shell(name: &str, accept_encoding: &str, if_none_match: Option<&str>) -> Option<Response<Bytes>> {
    let file = SHELLS.iter().find(|file| file.name == name)?;
    Some(answer(file, REVALIDATE, accept_encoding, if_none_match))
}

/// The address of a file by its logical name: `style.css` → `/assets/style.0123456789abcdef.css`.
/// `None` if the client was not built or has no such file.
#[must_use]
pub fn href(name: &str) -> Option<String> {
    ASSETS.iter().find(|file| file.name == name).map(|file| format!("{PREFIX}{}", file.file))
}

/// Whether this binary was built without the client; the start message says so.
#[must_use]
pub fn is_empty() -> bool {
    ASSETS.is_empty()
}

/// The list of all files with their hashes as JSON, for whoever compares what a box serves with what
/// was published.
#[must_use]
pub fn manifest_json() -> &'static str {
    MANIFEST
}

/// The answer for `file` in the best encoding the browser takes.
fn answer(
    file: &File,
    cache_control: HeaderValue,
    accept_encoding: &str,
    if_none_match: Option<&str>,
) -> Response<Bytes> {
    let (encoding, body) = negotiate(file, accept_encoding);
    // Each encoding is a representation of its own and needs a tag of its own (RFC 9110, section 8.8.3.3).
    let tag = format!("\"{}-{}\"", file.sha256, encoding.unwrap_or("raw"));
    let unchanged = if_none_match.is_some_and(|tags| matches_tag(tags, &tag));
    let mut response = Response::new(if unchanged { Bytes::new() } else { Bytes::from_static(body) });
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, cache_control);
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(ETAG, HeaderValue::from_str(&tag).expect("hexadecimal digits and letters are allowed"));
    if unchanged {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(file.media_type));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    if let Some(encoding) = encoding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// The smallest copy of `file` that `accept_encoding` allows: brotli, then gzip, then the file itself,
/// which is also the answer to a browser that refuses everything.
fn negotiate(file: &File, accept_encoding: &str) -> (Option<&'static str>, &'static [u8]) {
    for (encoding, copy) in [("br", file.brotli), ("gzip", file.gzip)] {
        if let Some(copy) = copy
            && accepts(accept_encoding, encoding)
        {
            return (Some(encoding), copy);
        }
    }
    (None, file.raw)
}

/// Whether an `Accept-Encoding` value allows `encoding`: named, or covered by `*`, and not with `q=0`.
/// A coding named in full goes before `*`, wherever it stands.
fn accepts(accept_encoding: &str, encoding: &str) -> bool {
    let weight_of = |wanted: &str| {
        accept_encoding.split(',').find_map(|item| {
            let mut parts = item.split(';').map(str::trim);
            if !parts.next()?.eq_ignore_ascii_case(wanted) {
                return None;
            }
            let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
            // A weight that is no number is taken as a refusal: sending the plain file is always right.
            Some(weight.map_or(1.0, |weight| weight.parse::<f32>().unwrap_or(0.0)))
        })
    };
    weight_of(encoding).or_else(|| weight_of("*")).is_some_and(|weight| weight > 0.0)
}

/// Whether an `If-None-Match` value names `tag`, compared weakly (RFC 9110, section 13.1.2).
fn matches_tag(if_none_match: &str, tag: &str) -> bool {
    if_none_match
        .split(',')
        .map(str::trim)
        .any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WASM: File = File {
        name: "seeker.wasm",
        file: "seeker.0123456789abcdef.wasm",
        media_type: "application/wasm",
        sha256: "0123456789abcdef",
        raw: b"raw",
        brotli: Some(b"br"),
        gzip: Some(b"gzip"),
    };
    const FONT: File = File {
        name: "text.woff2",
        file: "text.00.woff2",
        media_type: "font/woff2",
        sha256: "00",
        raw: b"font",
        brotli: None,
        gzip: None,
    };

    fn body_for(file: &File, accept_encoding: &str) -> (Option<String>, Bytes) {
        let response = answer(file, IMMUTABLE, accept_encoding, None);
        let encoding =
            response.headers().get(CONTENT_ENCODING).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(response.headers()[CONTENT_LENGTH], response.body().len().to_string());
        (encoding, response.into_body())
    }

    #[test]
    fn encoding_is_negotiated() {
        let check = |accept_encoding: &str, expected: &str| {
            let (encoding, body) = body_for(&WASM, accept_encoding);
            assert_eq!(body, expected, "{accept_encoding:?}");
            assert_eq!(encoding.as_deref().unwrap_or("raw"), expected, "{accept_encoding:?}");
        };
        check("gzip, deflate, br, zstd", "br");
        check("gzip, deflate", "gzip");
        check("BR", "br");
        check("br;q=0, gzip;q=0.5", "gzip");
        check("br;q=0.0, *", "gzip");
        check("*, br;q=0", "gzip");
        check("*", "br");
        check("*;q=0", "raw");
        check("identity", "raw");
        check("", "raw");
        check("brotli, gzipped", "raw");
        check("br;q=nonsense", "raw");
    }

    #[test]
    fn file_without_compressed_copies_is_sent_as_it_is() {
        assert_eq!(body_for(&FONT, "br, gzip"), (None, Bytes::from_static(b"font")));
    }

    #[test]
    fn headers_are_complete() {
        let response = answer(&WASM, IMMUTABLE, "br", None);
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[CONTENT_TYPE], "application/wasm");
        assert_eq!(response.headers()[CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert_eq!(response.headers()[VARY], "accept-encoding");
        assert_eq!(response.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(answer(&WASM, REVALIDATE, "br", None).headers()[CACHE_CONTROL], "no-cache");
    }

    #[test]
    fn known_tag_is_answered_without_a_body() {
        let tag = answer(&WASM, REVALIDATE, "br", None).headers()[ETAG].to_str().unwrap().to_owned();
        let status = |accept_encoding: &str, if_none_match: &str| {
            let response = answer(&WASM, REVALIDATE, accept_encoding, Some(if_none_match));
            assert_eq!(response.body().is_empty(), response.status() == StatusCode::NOT_MODIFIED);
            assert!(response.headers().contains_key(ETAG));
            response.status()
        };
        assert_eq!(status("br", &tag), StatusCode::NOT_MODIFIED);
        assert_eq!(status("br", &format!("\"other\", W/{tag}")), StatusCode::NOT_MODIFIED);
        assert_eq!(status("br", "*"), StatusCode::NOT_MODIFIED);
        assert_eq!(status("br", "\"other\""), StatusCode::OK);
        assert_eq!(status("gzip", &tag), StatusCode::OK, "another encoding is another representation");
    }

    #[test]
    fn only_exact_names_are_found() {
        assert!(asset("/assets/", "br", None).is_none());
        assert!(asset("/assets/../Cargo.toml", "br", None).is_none());
        assert!(asset("/other/style.css", "br", None).is_none());
        assert!(shell("missing.html", "br", None).is_none());
        assert!(href("missing.css").is_none());
        for file in ASSETS {
            let address = href(file.name).unwrap();
            assert_eq!(asset(&address, "", None).unwrap().body(), file.raw);
        }
    }
}

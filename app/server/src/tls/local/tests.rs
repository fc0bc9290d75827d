//! Tests of the local authority: what is kept, what is renewed, what is made anew, and what never touches disk.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use tempfile::TempDir;

use super::*;
use crate::tls::authority::AUTHORITY_NOT_BEFORE_S;

const DAY_S: u64 = 24 * 60 * 60;
const NOW_S: u64 = AUTHORITY_NOT_BEFORE_S + 330 * DAY_S;

fn host(text: &str) -> Host {
    Host::parse(text).unwrap()
}

fn hosts(texts: &[&str]) -> Vec<Host> {
    texts.iter().map(|text| host(text)).collect()
}

fn open(
    directory: &TempDir,
    configured: &[&str],
    machine: &[&str],
    now_s: u64,
) -> Result<(LocalAuthority, CertificateReport), CertificateError> {
    let (configured, machine) = (hosts(configured), hosts(machine));
    LocalAuthority::open(directory.path(), move || BoxNames::new(configured.clone(), machine.clone()), now_s)
}

fn file(directory: &TempDir, name: &str) -> PathBuf {
    directory.path().join(CERTIFICATES_FOLDER).join(name)
}

#[test]
fn the_first_start_makes_an_authority_and_later_ones_keep_it() {
    let directory = tempfile::tempdir().unwrap();
    let (first, report) = open(&directory, &[], &["debian", "192.168.1.7"], NOW_S).unwrap();
    assert_eq!(report.origin, AuthorityOrigin::FirstStart);
    for name in ["localhost", "beistand.local", "debian", "192.168.1.7", "127.0.0.1", "::1"] {
        assert!(report.names.contains(&host(name)), "{name}");
    }
    assert_eq!(report.left_out, []);
    let (second, again) = open(&directory, &[], &["debian", "192.168.1.7"], NOW_S + DAY_S).unwrap();
    assert_eq!(again.origin, AuthorityOrigin::Kept);
    assert_eq!(again.root_fingerprint, report.root_fingerprint);
    assert_eq!(first.root_pem(), second.root_pem());
    assert_eq!(first.current().fingerprint(), second.current().fingerprint());
    assert_eq!(std::fs::read_to_string(file(&directory, ROOT_FILE)).unwrap(), first.root_pem());
}

#[test]
fn keys_are_readable_by_the_owner_only() {
    let directory = tempfile::tempdir().unwrap();
    open(&directory, &[], &[], NOW_S).unwrap();
    let mode = |path: PathBuf| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(directory.path().join(CERTIFICATES_FOLDER)), 0o700);
    assert_eq!(mode(file(&directory, AUTHORITY_FILE)), 0o600);
    assert_eq!(mode(file(&directory, SERVER_FILE)), 0o600);
    assert_eq!(mode(file(&directory, ROOT_FILE)), 0o644);
}

#[test]
fn no_key_on_disk_is_the_roots() {
    let directory = tempfile::tempdir().unwrap();
    let (authority, _) = open(&directory, &[], &[], NOW_S).unwrap();
    let (_, root) = x509_parser::parse_x509_certificate(authority.root_der()).unwrap();
    let mut keys = 0;
    for entry in std::fs::read_dir(directory.path().join(CERTIFICATES_FOLDER)).unwrap() {
        for block in pem::parse_many(std::fs::read(entry.unwrap().path()).unwrap()).unwrap() {
            if block.tag() == "PRIVATE KEY" {
                let key = rcgen::KeyPair::try_from(block.contents()).unwrap();
                assert_ne!(rcgen::PublicKeyData::subject_public_key_info(&key), root.public_key().raw);
                keys += 1;
            }
        }
    }
    assert_eq!(keys, 2);
}

#[test]
fn a_configured_name_outside_the_constraints_means_a_new_authority_and_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let (_, before) = open(&directory, &[], &[], NOW_S).unwrap();
    let old_key = std::fs::read(file(&directory, AUTHORITY_FILE)).unwrap();
    let (after, report) = open(&directory, &["beratung.verein.de", "203.0.113.5"], &[], NOW_S).unwrap();
    assert_eq!(
        report.origin,
        AuthorityOrigin::NamesOutside(
            hosts(&["203.0.113.5", "beratung.verein.de"]).into_iter().rev().collect()
        )
    );
    assert_ne!(report.root_fingerprint, before.root_fingerprint);
    assert!(
        report.names.contains(&host("beratung.verein.de")) && report.names.contains(&host("203.0.113.5"))
    );
    let text = report.to_string();
    assert!(text.contains("new certificate authority") && text.contains("beratung.verein.de"), "{text}");
    assert!(text.contains(&after.root_fingerprint().to_string()), "{text}");
    assert_ne!(std::fs::read(file(&directory, AUTHORITY_FILE)).unwrap(), old_key);
    // Under a permitted name there is room without a new authority.
    let (_, kept) = open(&directory, &["beratung.verein.de", "www.beratung.verein.de"], &[], NOW_S).unwrap();
    assert_eq!(kept.origin, AuthorityOrigin::Kept);
    assert!(kept.names.contains(&host("www.beratung.verein.de")));
}

#[test]
fn what_the_machine_happens_to_be_called_never_replaces_an_authority() {
    let directory = tempfile::tempdir().unwrap();
    let (_, before) = open(&directory, &[], &["first"], NOW_S).unwrap();
    let (_, after) = open(&directory, &[], &["second", "203.0.113.5"], NOW_S).unwrap();
    assert_eq!(after.root_fingerprint, before.root_fingerprint);
    assert_eq!(after.left_out, hosts(&["second", "203.0.113.5"]));
    assert!(!after.names.contains(&host("second")));
    assert!(after.to_string().contains("second"), "{after}");
}

#[test]
fn an_authority_near_its_end_is_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let (authority, _) = open(&directory, &[], &[], NOW_S).unwrap();
    let end_s = authority.authority.validity().not_after_s;
    let (_, early) = open(&directory, &[], &[], end_s - AUTHORITY_REST_MIN_S).unwrap();
    assert_eq!(early.origin, AuthorityOrigin::Kept);
    let (_, late) = open(&directory, &[], &[], end_s - AUTHORITY_REST_MIN_S + 1).unwrap();
    assert_eq!(late.origin, AuthorityOrigin::Expired);
}

#[test]
fn a_clock_before_the_authority_gives_a_certificate_that_is_valid_once_it_is_right() {
    let directory = tempfile::tempdir().unwrap();
    let (authority, _) = open(&directory, &[], &[], 12).unwrap();
    assert!(authority.current().validity().not_before_s >= AUTHORITY_NOT_BEFORE_S);
    let renewed = authority.renewed(NOW_S).unwrap();
    assert!(renewed.validity().not_before_s <= NOW_S && NOW_S < renewed.validity().not_after_s);
}

#[test]
fn renewal_comes_after_two_thirds_and_for_new_addresses() {
    let directory = tempfile::tempdir().unwrap();
    let address = Arc::new(Mutex::new("192.168.1.7"));
    let source = address.clone();
    let names = move || BoxNames::new([], [host(*source.lock().unwrap())]);
    let (authority, _) = LocalAuthority::open(directory.path(), names, NOW_S).unwrap();
    let first = authority.current().fingerprint();
    let fingerprint_at = |now_s: u64| authority.renewed(now_s).unwrap().fingerprint();
    assert_eq!(fingerprint_at(NOW_S), first);
    assert_eq!(fingerprint_at(NOW_S + 59 * DAY_S), first);
    let second = fingerprint_at(NOW_S + 60 * DAY_S);
    assert_ne!(second, first);
    assert_eq!(fingerprint_at(NOW_S + 60 * DAY_S), second);
    *address.lock().unwrap() = "192.168.1.8";
    let third = authority.renewed(NOW_S + 60 * DAY_S).unwrap();
    assert_ne!(third.fingerprint(), second);
    assert!(third.names().contains(&host("192.168.1.8")));
    // The clock was ahead and has been set back: what is not valid yet is made anew.
    let ahead = authority.renewed(NOW_S + 400 * DAY_S).unwrap();
    let back = authority.renewed(NOW_S).unwrap();
    assert!(NOW_S < ahead.validity().not_before_s && back.validity().not_before_s <= NOW_S);
    // And the last one is what a restart finds.
    let (reopened, _) = open(&directory, &[], &["192.168.1.8"], NOW_S).unwrap();
    assert_eq!(reopened.current().fingerprint(), back.fingerprint());
}

#[test]
fn a_damaged_authority_is_an_error_and_a_damaged_server_certificate_is_made_anew() {
    let directory = tempfile::tempdir().unwrap();
    let (authority, _) = open(&directory, &[], &[], NOW_S).unwrap();
    let first = authority.current().fingerprint();
    for damage in [b"".as_slice(), b"garbage", &std::fs::read(file(&directory, ROOT_FILE)).unwrap()] {
        std::fs::write(file(&directory, SERVER_FILE), damage).unwrap();
        let (authority, report) = open(&directory, &[], &[], NOW_S).unwrap();
        assert_eq!(report.origin, AuthorityOrigin::Kept);
        assert_ne!(authority.current().fingerprint(), first);
    }
    let good = std::fs::read_to_string(file(&directory, AUTHORITY_FILE)).unwrap();
    let other = tempfile::tempdir().unwrap();
    open(&other, &[], &[], NOW_S).unwrap();
    let foreign = std::fs::read_to_string(file(&other, AUTHORITY_FILE)).unwrap();
    let key_at = |text: &str| text.find("-----BEGIN PRIVATE").unwrap();
    let second_at = |text: &str| text[1..].find("-----BEGIN CERT").unwrap() + 1;
    let cases = [
        String::new(),
        good[..good.len() / 2].to_owned(),
        // Another authority's key, and another authority's root.
        format!("{}{}", &good[..key_at(&good)], &foreign[key_at(&foreign)..]),
        format!("{}{}", &foreign[..second_at(&foreign)], &good[second_at(&good)..]),
        // A root in the place of the intermediate: it has no constraints.
        format!("{0}{0}{1}", &good[..second_at(&good)], &good[key_at(&good)..]),
    ];
    for damage in cases {
        std::fs::write(file(&directory, AUTHORITY_FILE), &damage).unwrap();
        let refused = open(&directory, &[], &[], NOW_S).err().unwrap();
        assert!(matches!(refused, CertificateError::Damaged { .. }), "{refused}");
        assert_eq!(std::fs::read_to_string(file(&directory, AUTHORITY_FILE)).unwrap(), damage);
    }
    std::fs::write(file(&directory, AUTHORITY_FILE), good).unwrap();
    assert_eq!(open(&directory, &[], &[], NOW_S).unwrap().1.origin, AuthorityOrigin::Kept);
}

#[test]
fn a_folder_that_is_a_file_is_a_clear_error() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join(CERTIFICATES_FOLDER), "").unwrap();
    let refused = open(&directory, &[], &[], NOW_S).err().unwrap();
    assert!(matches!(refused, CertificateError::Write { .. }), "{refused}");
    assert!(refused.to_string().contains("free space"), "{refused}");
}

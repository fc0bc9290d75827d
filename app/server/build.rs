//! Writes the table of client assets that `asset.rs` embeds, from the folder that `scripts/build-client`
//! made (`BEISTAND_CLIENT_DIR`, or `target/client` of the workspace). Without that folder the table is
//! empty and everything still builds, so that tests of single crates need no WebAssembly.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// A manifest without a single asset.
const EMPTY: &str = r#"{"inputs":"","assets":[],"shells":[]}"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-env-changed=BEISTAND_CLIENT_DIR");
    println!("cargo::rerun-if-changed=build.rs");
    let folder = match env::var_os("BEISTAND_CLIENT_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../target/client"),
    };
    let manifest_path = folder.join("manifest.json");
    if !manifest_path.exists() {
        // Cargo runs this script at every call while a path it watches is missing, and builds the crate
        // anew each time. An empty manifest stands in until the client is built.
        fs::create_dir_all(&folder)?;
        fs::write(&manifest_path, EMPTY)?;
    }
    println!("cargo::rerun-if-changed={}", manifest_path.display());
    let manifest_text = fs::read_to_string(&manifest_path)?;
    let manifest: serde_json::Value = serde_json::from_str(&manifest_text)?;

    let mut table = String::new();
    writeln!(table, "const MANIFEST: &str = {manifest_text:?};")?;
    for (name, part) in [("ASSETS", "assets"), ("SHELLS", "shells")] {
        writeln!(table, "static {name}: &[File] = &[")?;
        for entry in manifest[part].as_array().into_iter().flatten() {
            write_entry(&mut table, &folder.canonicalize()?.join(part), entry)?;
        }
        writeln!(table, "];")?;
    }
    fs::write(Path::new(&env::var("OUT_DIR")?).join("client.rs"), table)?;
    Ok(())
}

/// Writes one `File` literal of the table.
fn write_entry(
    table: &mut String,
    folder: &Path,
    entry: &serde_json::Value,
) -> Result<(), Box<dyn std::error::Error>> {
    let text = |key: &str| {
        entry[key].as_str().ok_or_else(|| io::Error::other(format!("manifest.json: no {key} in {entry}")))
    };
    let path = folder.join(text("file")?);
    let copy = |encoding: &str, suffix: &str| match entry["bytes"].get(encoding) {
        Some(_) => format!("Some(include_bytes!(\"{}.{suffix}\"))", path.display()),
        None => "None".to_owned(),
    };
    writeln!(
        table,
        "    File {{ name: {:?}, file: {:?}, media_type: {:?}, sha256: {:?}, raw: include_bytes!({:?}), brotli: {}, gzip: {} }},",
        text("name")?,
        text("file")?,
        text("type")?,
        text("sha256")?,
        path.to_str().ok_or_else(|| io::Error::other("the path of the client is not UTF-8"))?,
        copy("brotli", "br"),
        copy("gzip", "gz"),
    )?;
    Ok(())
}

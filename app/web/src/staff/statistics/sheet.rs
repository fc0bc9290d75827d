//! A table of figures, on the screen and in files: lines of text for any program, and OpenDocument for spreadsheets.
//!
//! An OpenDocument file is an archive of three files of XML. They are stored as they are: nothing here needs to be
//! small, and so nothing is packed.

use crate::locale::Locale;
use std::fmt::Write as _;

/// What stands in a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Number(u64),
    Words(String),
}

impl Value {
    /// As it is read.
    pub fn shown(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Words(words) => words.clone(),
        }
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub name: String,
    pub values: Vec<Value>,
    /// Of the others.
    pub sum: bool,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sheet {
    pub title: &'static str,
    /// Names of the columns; the first is that of the lines' names.
    pub head: Vec<String>,
    pub lines: Vec<Line>,
}

impl Sheet {
    fn fields(&self) -> impl Iterator<Item = Vec<Value>> {
        let head = self.head.iter().map(|name| Value::Words(name.clone())).collect();
        let line = |line: &Line| [&[Value::Words(line.name.clone())][..], &line.values].concat();
        std::iter::once(head).chain(self.lines.iter().map(line))
    }
}

/// Tables one below the other, as text with a separator that programs of this language expect.
pub(super) fn csv(locale: Locale, sheets: &[Sheet]) -> Vec<u8> {
    let separator = match locale {
        Locale::De => ";",
        Locale::En => ",",
    };
    let field = |value: Value| {
        let words = value.shown();
        // A name must not become a formula.
        let formula = matches!(value, Value::Words(_)) && words.starts_with(['=', '+', '-', '@', '\t']);
        let words = if formula { format!("'{words}") } else { words };
        let plain = !words.contains([';', ',', '"', '\n', '\r']);
        if plain { words } else { format!("\"{}\"", words.replace('"', "\"\"")) }
    };
    // What says that it is UTF-8.
    let mut text = String::from("\u{feff}");
    for (number, sheet) in sheets.iter().enumerate() {
        if sheets.len() > 1 {
            text.push_str(if number > 0 { "\r\n" } else { "" });
            let _ = write!(text, "{}\r\n", field(Value::Words(sheet.title.to_owned())));
        }
        for fields in sheet.fields() {
            let fields: Vec<String> = fields.into_iter().map(field).collect();
            let _ = write!(text, "{}\r\n", fields.join(separator));
        }
    }
    text.into_bytes()
}

/// What kind of file [`ods`] gives.
pub(super) const ODS: &str = "application/vnd.oasis.opendocument.spreadsheet";

fn escaped(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Tables as an OpenDocument spreadsheet, each on a sheet of its own.
pub(super) fn ods(sheets: &[Sheet]) -> Vec<u8> {
    let mut content = String::from(concat!(
        r#"<?xml version="1.0" encoding="UTF-8"?>"#,
        r#"<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" "#,
        r#"xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" "#,
        r#"xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3">"#,
        "<office:body><office:spreadsheet>",
    ));
    for sheet in sheets {
        let _ = write!(content, r#"<table:table table:name="{}">"#, escaped(sheet.title));
        let columns = sheet.head.len().max(1);
        let _ = write!(content, r#"<table:table-column table:number-columns-repeated="{columns}"/>"#);
        for fields in sheet.fields() {
            content.push_str("<table:table-row>");
            for field in fields {
                let kind = match &field {
                    Value::Number(number) => format!(r#"float" office:value="{number}"#),
                    Value::Words(_) => "string".to_owned(),
                };
                let words = escaped(&field.shown());
                let _ = write!(
                    content,
                    r#"<table:table-cell office:value-type="{kind}"><text:p>{words}</text:p></table:table-cell>"#
                );
            }
            content.push_str("</table:table-row>");
        }
        content.push_str("</table:table>");
    }
    content.push_str("</office:spreadsheet></office:body></office:document-content>");
    let entry = |path: &str, kind: &str| {
        format!(r#"<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>"#)
    };
    let manifest = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">{}{}</manifest:manifest>"#,
        entry("/", ODS),
        entry("content.xml", "text/xml"),
    );
    archive(&[
        ("mimetype", ODS.as_bytes()),
        ("content.xml", content.as_bytes()),
        ("META-INF/manifest.xml", manifest.as_bytes()),
    ])
}

/// CRC-32 as archives have it.
fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(
            sum ^ u32::from(*byte),
            |sum, _| {
                if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 }
            },
        )
    })
}

/// Files in a ZIP archive (APPNOTE 6.3.10), stored, dated 1 January 1980.
fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    // Some hundred lines of figures are far below four gibibytes.
    let u32_of = |length: usize| u32::try_from(length).unwrap_or_default();
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for (name, content) in files {
        let at = u32_of(bytes.len());
        let length = u32_of(content.len());
        let mut fields = Vec::new();
        // Needs version 1.0, no flags, stored; time and date.
        for field in [10_u16, 0, 0, 0, 0x21] {
            fields.extend(field.to_le_bytes());
        }
        for field in [checksum(content), length, length, u32_of(name.len())] {
            // The length of the name, and none of an extra field.
            fields.extend(field.to_le_bytes());
        }
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&fields);
        bytes.extend(name.as_bytes());
        bytes.extend(*content);
        directory.extend(b"PK\x01\x02\x0a\x00");
        directory.extend(&fields);
        // No comment, first disk, no attributes.
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (at, length) = (u32_of(bytes.len()), u32_of(directory.len()));
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\x00\x00\x00\x00");
    let count = u16::try_from(files.len()).unwrap_or_default();
    bytes.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    bytes.extend([length.to_le_bytes(), at.to_le_bytes()].concat());
    bytes.extend([0; 2]);
    bytes
}

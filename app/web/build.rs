//! Compiles the Fluent files in `locales/` to typed Rust functions, one per message.
//!
//! A message that one language lacks, an argument that differs, or a Fluent feature this
//! compiler does not know fails the build. What a bundle does not call is not linked into it, so
//! the seeker's bundle carries no sentence of the staff's pages.

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

/// The languages, the reference first: folder in `locales/` and variant of `Locale`.
const LOCALES: [(&str, &str); 2] = [("de", "De"), ("en", "En")];

/// One message of one language.
type Messages = BTreeMap<String, Pattern<String>>;

fn main() {
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=build.rs");
    let languages: Vec<Messages> = LOCALES.iter().map(|(folder, _)| read(folder)).collect();
    let mut problems = Vec::new();
    for (messages, (folder, _)) in languages.iter().zip(LOCALES) {
        for key in languages[0].keys().filter(|key| !messages.contains_key(*key)) {
            problems.push(format!("locales/{folder} lacks {key}"));
        }
        for key in messages.keys().filter(|key| !languages[0].contains_key(*key)) {
            problems.push(format!("locales/{folder} has {key}, which locales/{} lacks", LOCALES[0].0));
        }
    }
    let mut out = String::new();
    for (key, reference) in &languages[0] {
        let arguments = arguments(reference);
        for (messages, (folder, _)) in languages.iter().zip(LOCALES) {
            let Some(pattern) = messages.get(key) else { continue };
            let mut theirs = self::arguments(pattern);
            let mut ours = arguments.clone();
            theirs.sort();
            ours.sort();
            if theirs != ours {
                problems.push(format!("locales/{folder} {key} takes {theirs:?} instead of {ours:?}"));
            }
        }
        if problems.is_empty() {
            let patterns: Vec<_> = languages.iter().map(|messages| &messages[key]).collect();
            function(&mut out, key, &arguments, &patterns);
        }
    }
    assert!(problems.is_empty(), "translations are not complete:\n  {}", problems.join("\n  "));
    let target = Path::new(&env::var("OUT_DIR").expect("cargo sets OUT_DIR")).join("text.rs");
    fs::write(target, out).expect("OUT_DIR is writable");
}

/// All messages of one language, whatever file they stand in.
fn read(folder: &str) -> Messages {
    let mut messages = Messages::new();
    let path = Path::new("locales").join(folder);
    let mut files: Vec<_> = fs::read_dir(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|file| file.extension().is_some_and(|ending| ending == "ftl"))
        .collect();
    files.sort();
    for file in files {
        let source = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let resource = fluent_syntax::parser::parse(source)
            .unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", file.display()));
        for entry in resource.body {
            match entry {
                Entry::Message(message) => {
                    assert!(
                        message.attributes.is_empty(),
                        "{}: attributes are not supported",
                        message.id.name
                    );
                    let value = message.value.unwrap_or_else(|| panic!("{} is empty", message.id.name));
                    let before = messages.insert(message.id.name.clone(), value);
                    assert!(before.is_none(), "{} stands twice in locales/{folder}", message.id.name);
                }
                Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
                other => panic!("{}: not supported: {other:?}", file.display()),
            }
        }
    }
    messages
}

/// What a message is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// Text that is put in as it is.
    Text,
    /// A number that chooses the plural form and may be put in as well.
    Number,
}

/// The arguments of a pattern in the order in which they first appear.
fn arguments(pattern: &Pattern<String>) -> Vec<(String, Kind)> {
    fn add(found: &mut Vec<(String, Kind)>, name: &str, kind: Kind) {
        match found.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = (*known).max(kind),
            None => found.push((name.to_owned(), kind)),
        }
    }
    fn walk(found: &mut Vec<(String, Kind)>, pattern: &Pattern<String>) {
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { .. } => {}
                PatternElement::Placeable { expression: Expression::Inline(inline) } => match inline {
                    InlineExpression::VariableReference { id } => add(found, &id.name, Kind::Text),
                    InlineExpression::StringLiteral { .. } => {}
                    other => panic!("not supported: {other:?}"),
                },
                PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                    let InlineExpression::VariableReference { id } = selector else {
                        panic!("only arguments can be selected on: {selector:?}");
                    };
                    add(found, &id.name, Kind::Number);
                    variants.iter().for_each(|variant| walk(found, &variant.value));
                }
            }
        }
    }
    let mut found = Vec::new();
    walk(&mut found, pattern);
    found
}

/// Writes the function of one message.
fn function(out: &mut String, key: &str, arguments: &[(String, Kind)], patterns: &[&Pattern<String>]) {
    let name = key.replace('-', "_");
    let parameters: String = arguments
        .iter()
        .map(|(name, kind)| {
            let kind = match kind {
                Kind::Text => "&str",
                Kind::Number => "u64",
            };
            format!(", {}: {kind}", name.replace('-', "_"))
        })
        .collect();
    let result = if arguments.is_empty() { "&'static str" } else { "String" };
    let _ = writeln!(out, "/// Message `{key}`.");
    let _ = writeln!(
        out,
        "#[must_use]\npub fn {name}(locale: Locale{parameters}) -> {result} {{\n    match locale {{"
    );
    for (pattern, (_, variant)) in patterns.iter().zip(LOCALES) {
        if arguments.is_empty() {
            let _ = writeln!(out, "        Locale::{variant} => {:?},", plain(pattern));
        } else {
            let _ = writeln!(out, "        Locale::{variant} => {{ let mut out = String::new();");
            statements(out, pattern);
            let _ = writeln!(out, "            out }}");
        }
    }
    let _ = writeln!(out, "    }}\n}}");
}

/// The text of a pattern without arguments.
fn plain(pattern: &Pattern<String>) -> String {
    pattern
        .elements
        .iter()
        .map(|element| match element {
            PatternElement::TextElement { value } => value.clone(),
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::StringLiteral { value }),
            } => unescape(value),
            other => panic!("not supported: {other:?}"),
        })
        .collect()
}

/// Resolves the escapes of a Fluent string literal.
fn unescape(value: &str) -> String {
    fluent_syntax::unicode::unescape_unicode_to_string(value).into_owned()
}

/// Statements that append a pattern to `out`.
fn statements(out: &mut String, pattern: &Pattern<String>) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => {
                let _ = writeln!(out, "            push(&mut out, &{value:?});");
            }
            PatternElement::Placeable { expression: Expression::Inline(inline) } => match inline {
                InlineExpression::VariableReference { id } => {
                    let _ = writeln!(out, "            push(&mut out, &{});", id.name.replace('-', "_"));
                }
                InlineExpression::StringLiteral { value } => {
                    let _ = writeln!(out, "            push(&mut out, &{:?});", unescape(value));
                }
                other => panic!("not supported: {other:?}"),
            },
            PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                let InlineExpression::VariableReference { id } = selector else {
                    panic!("only arguments can be selected on: {selector:?}");
                };
                let _ = writeln!(
                    out,
                    "            match ({0}, locale.plural({0})) {{",
                    id.name.replace('-', "_")
                );
                // Exact numbers before categories, the default last, whatever their order in the file.
                let rank = |variant: &&fluent_syntax::ast::Variant<String>| match variant.key {
                    _ if variant.default => 2,
                    VariantKey::NumberLiteral { .. } => 0,
                    VariantKey::Identifier { .. } => 1,
                };
                let mut variants: Vec<_> = variants.iter().collect();
                variants.sort_by_key(rank);
                for variant in variants {
                    let arm = match &variant.key {
                        _ if variant.default => "_".to_owned(),
                        VariantKey::NumberLiteral { value } => format!("({value}, _)"),
                        VariantKey::Identifier { name } => {
                            let mut category = name.clone();
                            category[..1].make_ascii_uppercase();
                            format!("(_, Plural::{category})")
                        }
                    };
                    let _ = writeln!(out, "            {arm} => {{");
                    statements(out, &variant.value);
                    let _ = writeln!(out, "            }}");
                }
                let _ = writeln!(out, "            }}");
            }
        }
    }
}

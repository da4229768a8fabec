//! The Rust names that progenitor and typify make of a document's names, so that rules know beforehand which
//! of them collide.

use heck::{ToSnakeCase, ToUpperCamelCase};

/// Names that are keywords, to which typify adds an underscore.
const KEYWORDS: [&str; 53] = [
    "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do",
    "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "Self", "self",
    "static", "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// `text` as the name of a field, parameter or method.
pub(crate) fn snake(text: &str) -> String {
    finished(special(text).unwrap_or_else(|| words(text, '-').to_snake_case()), "x")
}

/// `text` as the name of a type or variant.
pub(crate) fn pascal(text: &str) -> String {
    finished(special(text).unwrap_or_else(|| words(text, '-').to_upper_camel_case()), "X")
}

/// `text` as the name of a component that typify does not change any further: it reads `AB` as one word.
pub(crate) fn type_name(text: &str) -> String {
    pascal(&pascal(text))
}

/// Whether typify finds a name of its own for each of `texts` as a variant of one enum; it panics if not.
pub(crate) fn are_variants(texts: &[&str]) -> bool {
    let plain: Vec<String> = texts.iter().map(|text| pascal(text)).collect();
    // Its second try spells out what the first has left out.
    let spelled: Vec<String> = texts.iter().map(|text| pascal(&words(text, 'X').replace('_', "X"))).collect();
    is_distinct(&plain) || is_distinct(&spelled)
}

/// Whether `name` can stand in Rust as it is.
pub(crate) fn is_name(name: &str) -> bool {
    syn::parse_str::<syn::Ident>(name).is_ok()
}

fn is_distinct(names: &[String]) -> bool {
    names.iter().enumerate().all(|(index, name)| !names.iter().take(index).any(|known| known == name))
}

/// The two texts that consist of nothing but what is left out otherwise.
fn special(text: &str) -> Option<String> {
    match text {
        "+1" => Some("plus1".to_owned()),
        "-1" => Some("minus1".to_owned()),
        _ => None,
    }
}

fn words(text: &str, gap: char) -> String {
    text.replace('\'', "").chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { gap }).collect()
}

fn finished(name: String, prefix: &str) -> String {
    let name = match name.chars().next() {
        None => prefix.to_owned(),
        Some(first) if first.is_alphabetic() => name,
        Some(_) => format!("{prefix}{name}"),
    };
    if KEYWORDS.contains(&name.as_str()) { format!("{name}_") } else { name }
}

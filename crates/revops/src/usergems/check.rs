//! What is refused before it is sent. No reason repeats what was given, which may name a person.

use crate::people::Email;

/// Why an e-mail address is not sent.
pub(super) fn email(address: &str) -> Result<(), String> {
    address.parse::<Email>().map(drop).map_err(|invalid| format!("{invalid}; it was not sent"))
}

/// Why a domain is not sent.
pub(super) fn domain(domain: &str) -> Result<(), String> {
    let is_part = |part: &str| !part.is_empty() && !part.contains(['/', ':', '@', '?', '#']);
    let is_printed = !domain.chars().any(|it| it.is_whitespace() || it.is_control());
    if is_printed && domain.contains('.') && domain.split('.').all(is_part) {
        return Ok(());
    }
    Err("this is no domain such as `example.com`; it was not sent".to_owned())
}

/// Why a text that narrows a request is not sent: an empty one could be taken for none, and a deletion that
/// is not narrowed deletes everything.
pub(super) fn label(name: &str, text: Option<&String>) -> Result<(), String> {
    match text {
        Some(text) if text.trim().is_empty() => Err(format!("`{name}` is empty; it was not sent")),
        Some(text) if text.chars().any(char::is_control) => {
            Err(format!("`{name}` holds control characters; it was not sent"))
        }
        _ => Ok(()),
    }
}

//! JSON pointers (RFC 6901) as the rules write and follow them.

use serde_json::Value;

/// `parent` with one more segment, escaped.
pub(crate) fn join(parent: &str, segment: &str) -> String {
    format!("{parent}/{}", segment.replace('~', "~0").replace('/', "~1"))
}

/// The value that a local reference (`#/components/schemas/User`) names. A reference is a URL's fragment, so
/// that tools write `{` as `%7B`; it is read as it stands first, for names that really hold a percent sign.
pub(crate) fn resolve<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    let fragment = reference.strip_prefix('#')?;
    root.pointer(fragment).or_else(|| root.pointer(&percent_decoded(fragment)?))
}

/// The last segment of a pointer or reference, unescaped.
pub(crate) fn last(pointer: &str) -> String {
    pointer.rsplit('/').next().unwrap_or_default().replace("~1", "/").replace("~0", "~")
}

/// `text` with `%7B` and its like read; `None` if it is not valid, or not text.
pub(crate) fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit =
                |byte: Option<u8>| char::from(byte?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            let (high, low) = (digit(rest.next())?, digit(rest.next())?);
            bytes.push(high * 16 + low);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

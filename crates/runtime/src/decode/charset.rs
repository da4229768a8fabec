//! Bodies that are not written in UTF-8, as all JSON should be.
//!
//! What the bytes themselves tell goes before what a label says, because labels are often wrong: a byte order
//! mark, the zeros of UTF-16, and text that is valid UTF-8 and could hardly be so by chance. The `charset` of
//! the media type is asked for what is left.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use reqwest::header::{CONTENT_TYPE, HeaderMap};

/// The body without a byte order mark, in UTF-8 if it is UTF-16. Costs a look at two bytes if it is neither.
pub(crate) fn plain(body: &[u8]) -> Cow<'_, [u8]> {
    match body {
        [0xef, 0xbb, 0xbf, rest @ ..] => Cow::Borrowed(rest),
        [0xff, 0xfe, rest @ ..] => transcoded(UTF_16LE, rest),
        [0xfe, 0xff, rest @ ..] => transcoded(UTF_16BE, rest),
        // JSON begins with a character of ASCII, whose other half is zero.
        [0, other, ..] if *other != 0 => transcoded(UTF_16BE, body),
        [other, 0, ..] if *other != 0 => transcoded(UTF_16LE, body),
        _ => Cow::Borrowed(body),
    }
}

/// The body as its media type labels it, if it is not valid UTF-8 and the label names another encoding.
pub(crate) fn labelled(body: &[u8], headers: &HeaderMap) -> Option<Vec<u8>> {
    if std::str::from_utf8(body).is_ok() {
        return None;
    }
    let encoding = label(headers).filter(|encoding| *encoding != UTF_8)?;
    Some(transcoded(encoding, body).into_owned())
}

/// A body as text, whatever it is written in; what cannot be read is replaced.
pub(crate) fn text<'a>(body: &'a [u8], headers: &HeaderMap) -> Cow<'a, str> {
    let into_text = |bytes: Vec<u8>| Cow::Owned(String::from_utf8_lossy(&bytes).into_owned());
    match plain(body) {
        Cow::Owned(bytes) => into_text(bytes),
        Cow::Borrowed(bytes) => {
            labelled(bytes, headers).map_or_else(|| String::from_utf8_lossy(bytes), into_text)
        }
    }
}

fn label(headers: &HeaderMap) -> Option<&'static Encoding> {
    let media_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let parameters = media_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let mut named = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    Encoding::for_label(named.next()?.1.trim().trim_matches('"').as_bytes())
}

fn transcoded<'a>(encoding: &'static Encoding, body: &'a [u8]) -> Cow<'a, [u8]> {
    match encoding.decode_without_bom_handling(body).0 {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(media_type: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_TYPE, reqwest::header::HeaderValue::from_static(media_type))])
    }

    #[test]
    fn the_bytes_are_believed_before_the_label() {
        let latin = typed("application/json; Charset=\"ISO-8859-1\"; x=y");
        assert_eq!(text(b"J\xf6rg", &latin), "Jörg");
        assert_eq!(text("Jörg".as_bytes(), &latin), "Jörg");
        assert_eq!(text(b"J\xf6rg", &typed("application/json; charset=nonsense")), "J\u{fffd}rg");
        assert_eq!(text(b"\xef\xbb\xbf{}", &typed("text/plain")), "{}");
        assert_eq!(text(b"", &latin), "");
    }

    #[test]
    fn utf_16_needs_no_label() {
        for marked in [true, false] {
            let units = || "\u{feff}{\"a\":\"ö\u{1f600}\"}".encode_utf16().skip(usize::from(!marked));
            let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
            for body in [little, big] {
                assert_eq!(String::from_utf8_lossy(&plain(&body)), "{\"a\":\"ö\u{1f600}\"}");
            }
        }
    }
}

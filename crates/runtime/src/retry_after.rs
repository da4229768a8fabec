//! The `Retry-After` header, as seconds or as a date.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// What is longer is not told apart: nobody waits for it, and a program may add it to a point in time.
const LONGEST: Duration = Duration::from_secs(365 * 86_400);

/// How long the vendor asks to wait: the longest, if it says so several times. A date is taken relative to the
/// response's own `Date`, so that neither clock needs to be right; a past one means now. `None` for a header
/// that is missing or says nothing that can be read.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let values = headers.get_all(RETRY_AFTER).iter();
    values.filter_map(|value| read(value.to_str().ok()?.trim(), headers)).max()
}

fn read(text: &str, headers: &HeaderMap) -> Option<Duration> {
    let Ok(until) = httpdate::parse_http_date(text) else {
        // What was sent as several headers may come as one, joined by whoever stands between.
        return text.split(',').filter_map(|part| seconds(part.trim())).max();
    };
    let sent = headers.get(DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
    let wait = until.duration_since(sent.unwrap_or_else(SystemTime::now)).unwrap_or(Duration::ZERO);
    Some(wait.min(LONGEST))
}

/// Seconds, of which parts count as whole ones.
fn seconds(text: &str) -> Option<Duration> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(part) {
        return None;
    }
    // More digits than fit are longer than anybody waits.
    let whole = whole.parse().unwrap_or(u64::MAX);
    let wait = whole.saturating_add(u64::from(part.bytes().any(|digit| digit != b'0')));
    Some(Duration::from_secs(wait).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn asked(values: &[&str]) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(DATE, HeaderValue::from_static("Sun, 06 Nov 1994 08:49:00 GMT"));
        for value in values {
            headers.append(RETRY_AFTER, HeaderValue::from_str(value).unwrap());
        }
        retry_after(&headers).map(|wait| wait.as_secs())
    }

    #[test]
    fn the_longest_of_what_can_be_read_counts() {
        assert_eq!(asked(&["7"]), Some(7));
        assert_eq!(asked(&["7", "9000"]), Some(9000));
        assert_eq!(asked(&["3, 9"]), Some(9));
        assert_eq!(asked(&["1.5"]), Some(2));
        assert_eq!(asked(&["2.0"]), Some(2));
        assert_eq!(asked(&["abc", "4"]), Some(4));
        assert_eq!(asked(&["5", "Sun, 06 Nov 1994 08:49:37 GMT"]), Some(37));
        for odd in ["", "1e9", "7s", "7 s", "-5", "+5", ".5", "5.", "1.2.3"] {
            assert_eq!(asked(&[odd]), None, "{odd}");
        }
    }

    #[test]
    fn what_is_asked_can_be_added_to_a_point_in_time() {
        for long in ["18446744073709551615", "99999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"] {
            assert_eq!(asked(&[long]), Some(LONGEST.as_secs()), "{long}");
        }
    }
}

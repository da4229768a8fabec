//! What a body is about, told in words that cannot name anybody.

/// The words that are shown, lower case. A word that is not here may be a name, a key or a part of one.
const SHOWN: &[&str] = &[
    "access",
    "account",
    "again",
    "allowed",
    "already",
    "api",
    "authentication",
    "authorization",
    "authorized",
    "available",
    "back",
    "bad",
    "blocked",
    "busy",
    "captcha",
    "check",
    "credentials",
    "denied",
    "disabled",
    "domain",
    "duplicate",
    "email",
    "error",
    "errors",
    "exceeded",
    "exist",
    "exists",
    "expired",
    "failed",
    "field",
    "forbidden",
    "found",
    "gateway",
    "host",
    "html",
    "in",
    "incorrect",
    "internal",
    "invalid",
    "is",
    "json",
    "key",
    "limit",
    "log",
    "login",
    "maintenance",
    "many",
    "message",
    "method",
    "missing",
    "moved",
    "no",
    "not",
    "object",
    "page",
    "parameter",
    "password",
    "permanently",
    "permission",
    "portal",
    "progress",
    "proxy",
    "quota",
    "rate",
    "redirect",
    "refused",
    "request",
    "requests",
    "required",
    "running",
    "scheduled",
    "secret",
    "server",
    "service",
    "sign",
    "soon",
    "status",
    "suspended",
    "temporarily",
    "temporary",
    "timeout",
    "title",
    "token",
    "too",
    "try",
    "unauthorized",
    "unavailable",
    "unknown",
    "unsupported",
    "upstream",
    "url",
    "user",
    "wifi",
];

/// The words of `text` that are shown, with `…` for what stands between them.
pub(crate) fn excerpt(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(200);
    let mut told: Vec<&str> = Vec::new();
    for word in words {
        let shown = SHOWN.iter().copied().find(|shown| word.eq_ignore_ascii_case(shown)).unwrap_or("…");
        if shown != "…" || told.last() != Some(&shown) {
            told.push(shown);
        }
    }
    told.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_recognised_and_people_are_not() {
        let page = "<html><title>Scheduled Maintenance</title><p>Try again soon, Jane";
        assert_eq!(excerpt(page), "html title scheduled maintenance title … try again soon …");
        let body = r#"{"message":"API key s3cr3t of jane@example.com is invalid"}"#;
        assert_eq!(excerpt(body), "message api key … is invalid");
        assert_eq!(excerpt(""), "");
    }
}

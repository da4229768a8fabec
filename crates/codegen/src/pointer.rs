//! JSON pointers (RFC 6901) as the rules write and follow them.

use serde_json::Value;

/// `parent` with one more segment, escaped.
pub(crate) fn join(parent: &str, segment: &str) -> String {
    format!("{parent}/{}", segment.replace('~', "~0").replace('/', "~1"))
}

/// The value that a local reference (`#/components/schemas/User`) names, percent-decoding nothing: none of
/// the documents need it, and an unresolved reference is reported by the rule that follows it.
pub(crate) fn resolve<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    root.pointer(reference.strip_prefix('#')?)
}

/// The last segment of a pointer or reference, unescaped.
pub(crate) fn last(pointer: &str) -> String {
    pointer.rsplit('/').next().unwrap_or_default().replace("~1", "/").replace("~0", "~")
}

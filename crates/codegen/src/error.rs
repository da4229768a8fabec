//! What stops a document from becoming a client: where it is, what is wrong and what to write to mend it.

use std::fmt;

/// A document, an overlay or a generated file that cannot be taken further.
///
/// Its `Display` is one paragraph for the person whose build just stopped: the file, the place in it, the
/// fault and the remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    file: String,
    pointer: String,
    rule: &'static str,
    fault: String,
    remedy: String,
}

impl Error {
    /// A fault found by `rule` at the JSON pointer `pointer` (empty for the whole file).
    pub(crate) fn new(rule: &'static str, pointer: impl Into<String>, fault: impl Into<String>) -> Self {
        Self {
            file: String::new(),
            pointer: pointer.into(),
            rule,
            fault: fault.into(),
            remedy: String::new(),
        }
    }

    /// What the reader should write, and where.
    #[must_use]
    pub(crate) fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = remedy.into();
        self
    }

    /// The fault in a part that stands at `parent`.
    #[must_use]
    pub(crate) fn below(mut self, parent: &str) -> Self {
        self.pointer.insert_str(0, parent);
        self
    }

    /// Names the file, unless an inner stage has already named a more exact one.
    #[must_use]
    pub(crate) fn in_file(mut self, file: impl Into<String>) -> Self {
        if self.file.is_empty() {
            self.file = file.into();
        }
        self
    }

    /// The name of the rule or stage that found the fault, such as `distinct-operation-names`.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// The file that is at fault, as it was given to the pipeline.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Where in the file, as a JSON pointer (RFC 6901); empty for the whole file.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.file.is_empty() {
            write!(f, "{}", self.file)?;
            if self.pointer.is_empty() {
                f.write_str(": ")?;
            } else {
                f.write_str(" at ")?;
            }
        }
        if !self.pointer.is_empty() {
            write!(f, "#{}: ", self.pointer)?;
        }
        // What other libraries report may have several lines.
        let fault: Vec<&str> = self.fault.split_whitespace().collect();
        write!(f, "{} [{}]", fault.join(" "), self.rule)?;
        if !self.remedy.is_empty() {
            write!(f, ". {}", self.remedy)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

//! How much of a file was sent.

use std::fmt;

/// How much of a file was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UploadProgress {
    /// The bytes that were handed to the connection.
    pub sent: u64,
    /// All bytes there are, if that is known.
    pub total: Option<u64>,
}

impl fmt::Display for UploadProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.total {
            Some(total) => {
                let percent = (self.sent * 100).checked_div(total).unwrap_or(100);
                write!(f, "{} of {} sent ({percent} %)", Kilobytes(self.sent), Kilobytes(total))
            }
            None => write!(f, "{} sent", Kilobytes(self.sent)),
        }
    }
}

struct Kilobytes(u64);

impl fmt::Display for Kilobytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes if bytes < 1_000_000 => write!(f, "{} KB", bytes.div_ceil(1000)),
            bytes => write!(f, "{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
        }
    }
}

//! What is an e-mail address, asked in one place for every vendor and every flow.

use std::fmt;
use std::str::FromStr;

use email_address::{EmailAddress, Error as Wrong, Options};
use serde::{Deserialize, Serialize};

/// An e-mail address by which a person is known, such as `jane.doe@example.com`. Whether it exists is not for us
/// to know.
///
/// It is an address as RFC 5322 has them, alone: no name beside it, no `mailto:`, no second address. White
/// space and characters that cannot be seen are refused wherever they stand, as a vendor would take them for a
/// part of the address and so for somebody else. Nothing is trimmed: what is refused is yours to mend. Addresses
/// are compared without regard to case.
///
/// Its `Display` is the address, its `Debug` is not.
///
/// ```
/// use revops::people::Email;
///
/// let email: Email = "Jane.Doe@example.com".parse()?;
/// assert!(email.is("jane.doe@EXAMPLE.com"));
/// let pasted = "jane.doe@example.com\u{200b}".parse::<Email>();
/// assert_eq!(pasted.unwrap_err().reason(), "it holds a character that cannot be seen (U+200B)");
/// # Ok::<_, revops::people::InvalidEmail>(())
/// ```
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// A text that is no e-mail address, and why. It does not hold the text, which may name a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidEmail(String);

impl InvalidEmail {
    /// What is wrong with the text: "it has no `@`".
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InvalidEmail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this is no e-mail address: {}", self.0)
    }
}

impl std::error::Error for InvalidEmail {}

impl Email {
    /// The address as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a text is the same address.
    #[must_use]
    pub fn is(&self, other: &str) -> bool {
        self.0.eq_ignore_ascii_case(other.trim())
    }

    /// What is the same for all ways to write the address.
    pub(crate) fn key(&self) -> String {
        Self::key_of(&self.0)
    }

    /// The same of a text that may be an address.
    pub(crate) fn key_of(text: &str) -> String {
        text.trim().to_ascii_lowercase()
    }
}

impl FromStr for Email {
    type Err = InvalidEmail;

    fn from_str(text: &str) -> Result<Self, InvalidEmail> {
        check(text).map_err(InvalidEmail)?;
        Ok(Self(text.to_owned()))
    }
}

fn check(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    if let Some(unseen) = text.chars().find(|it| it.is_control() || is_unseen(*it)) {
        return Err(format!("it holds a character that cannot be seen (U+{:04X})", u32::from(unseen)));
    }
    if text.chars().any(char::is_whitespace) {
        return Err("it holds white space, within or around it".to_owned());
    }
    let options = Options::default().with_no_minimum_sub_domains().without_display_text();
    let Err(wrong) = EmailAddress::parse_with_options(text, options.without_domain_literal()) else {
        return Ok(());
    };
    Err(match wrong {
        Wrong::MissingSeparator => "it has no `@`",
        Wrong::LocalPartEmpty => "nothing stands before its `@`",
        Wrong::DomainEmpty => "nothing stands after its `@`",
        Wrong::LocalPartTooLong => "more than 64 bytes stand before its `@`",
        Wrong::DomainTooLong | Wrong::SubDomainTooLong => "its domain is longer than a domain can be",
        Wrong::SubDomainEmpty | Wrong::DomainTooFew => "its domain has an empty part",
        Wrong::UnsupportedDomainLiteral => "a number stands where its domain should",
        _ if text.contains(['<', '>']) => "it stands in brackets; the address alone is asked for",
        _ => "it holds characters that no single address has there",
    }
    .to_owned())
}

/// What Unicode calls ignorable by default: it is there and nothing shows it. Zero width space and byte order
/// mark are what comes along when an address is copied.
fn is_unseen(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

impl TryFrom<String> for Email {
    type Error = InvalidEmail;

    fn try_from(text: String) -> Result<Self, InvalidEmail> {
        text.parse()
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl PartialEq for Email {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Email {}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

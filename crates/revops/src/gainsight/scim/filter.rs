//! A SCIM filter (RFC 7644, section 3.4.2.2), whose texts are escaped.

use std::fmt;

use serde_json::Value;

/// An attribute of a SCIM resource, such as `userName` or `emails.value`.
///
/// ```
/// use revops::gainsight::scim::attribute;
///
/// let filter = attribute("userName").eq(r#"o"brien"#).or(attribute("emails.value").starts_with("obrien"));
/// assert_eq!(
///     filter.and(attribute("active").eq(true)).to_string(),
///     r#"(userName eq "o\"brien" or emails.value sw "obrien") and active eq true"#
/// );
/// ```
pub fn attribute(path: impl Into<String>) -> Attribute {
    Attribute(path.into())
}

/// An attribute to put a condition on; from [`attribute`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "an attribute is nothing without a condition"]
pub struct Attribute(String);

/// What a list of users is narrowed to. Its `Display` is what is sent; its `Debug` tells attributes and operators,
/// and no value.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a filter does nothing until a list is read with it"]
pub struct ScimFilter(Tree);

#[derive(Clone, PartialEq)]
enum Tree {
    Compare(String, &'static str, Value),
    Present(String),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
}

impl Attribute {
    /// It is this value.
    pub fn eq(self, value: impl Into<Value>) -> ScimFilter {
        self.compare("eq", value.into())
    }

    /// It is another value.
    pub fn ne(self, value: impl Into<Value>) -> ScimFilter {
        self.compare("ne", value.into())
    }

    /// Its text has this part.
    pub fn contains(self, text: impl Into<String>) -> ScimFilter {
        self.compare("co", Value::String(text.into()))
    }

    /// Its text begins so.
    pub fn starts_with(self, text: impl Into<String>) -> ScimFilter {
        self.compare("sw", Value::String(text.into()))
    }

    /// Its text ends so.
    pub fn ends_with(self, text: impl Into<String>) -> ScimFilter {
        self.compare("ew", Value::String(text.into()))
    }

    /// It is more, or later.
    pub fn gt(self, value: impl Into<Value>) -> ScimFilter {
        self.compare("gt", value.into())
    }

    /// It is the same or more, or later.
    pub fn ge(self, value: impl Into<Value>) -> ScimFilter {
        self.compare("ge", value.into())
    }

    /// It is less, or earlier.
    pub fn lt(self, value: impl Into<Value>) -> ScimFilter {
        self.compare("lt", value.into())
    }

    /// It is the same or less, or earlier.
    pub fn le(self, value: impl Into<Value>) -> ScimFilter {
        self.compare("le", value.into())
    }

    /// It has a value.
    pub fn present(self) -> ScimFilter {
        ScimFilter(Tree::Present(self.0))
    }

    fn compare(self, operator: &'static str, value: Value) -> ScimFilter {
        ScimFilter(Tree::Compare(self.0, operator, value))
    }
}

impl ScimFilter {
    /// Users that both ask for.
    pub fn and(self, other: Self) -> Self {
        Self(Tree::And(Box::new(self.0), Box::new(other.0)))
    }

    /// Users that one of the two asks for.
    pub fn or(self, other: Self) -> Self {
        Self(Tree::Or(Box::new(self.0), Box::new(other.0)))
    }

    /// Users that it does not ask for.
    #[expect(clippy::should_implement_trait, reason = "beside `and` and `or`, which no operator can be")]
    pub fn not(self) -> Self {
        Self(Tree::Not(Box::new(self.0)))
    }
}

impl ScimFilter {
    /// The filter as it is sent, or which attribute is none: its path could say something else.
    pub(super) fn checked(&self) -> Result<String, String> {
        match self.0.odd_path() {
            Some(_) => Err("an attribute's path holds more than letters, digits and `.:_-$`".to_owned()),
            None => Ok(self.to_string()),
        }
    }
}

impl Tree {
    fn odd_path(&self) -> Option<&str> {
        match self {
            Self::Compare(path, ..) | Self::Present(path) => {
                let is_path = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '_' | '-' | '$');
                (path.is_empty() || !path.chars().all(is_path)).then_some(path)
            }
            Self::And(one, other) | Self::Or(one, other) => one.odd_path().or_else(|| other.odd_path()),
            Self::Not(tree) => tree.odd_path(),
        }
    }
}

impl fmt::Debug for Tree {
    /// The values are those of people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compare(path, operator, _) => write!(f, "{path} {operator} …"),
            Self::Present(path) => write!(f, "{path} pr"),
            Self::And(one, other) => f.debug_tuple("And").field(one).field(other).finish(),
            Self::Or(one, other) => f.debug_tuple("Or").field(one).field(other).finish(),
            Self::Not(tree) => f.debug_tuple("Not").field(tree).finish(),
        }
    }
}

impl fmt::Display for ScimFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // A value is written as JSON (section 3.4.2.2), which is what escapes it.
            Self::Compare(path, operator, value) => write!(f, "{path} {operator} {value}"),
            Self::Present(path) => write!(f, "{path} pr"),
            Self::And(one, other) => {
                let side = |tree: &Self| matches!(tree, Self::Or(..)).then(|| format!("({tree})"));
                let side = |tree: &Self| side(tree).unwrap_or_else(|| tree.to_string());
                write!(f, "{} and {}", side(one), side(other))
            }
            Self::Or(one, other) => write!(f, "{one} or {other}"),
            Self::Not(tree) => write!(f, "not ({tree})"),
        }
    }
}

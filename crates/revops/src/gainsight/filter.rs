//! What a search asks for: conditions on fields, joined by and, or and not.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// A field of a record by its name in the tenant, such as `Email` or `Tier__gc`.
///
/// ```
/// use revops::gainsight::field;
///
/// let champions = field("Role").eq("Champion").and(field("IsActive").eq(true));
/// let nearby = champions.and(field("Location").eq("Berlin").or(field("Location").starts_with("Potsdam")));
/// ```
pub fn field(name: impl Into<String>) -> Field {
    Field(name.into())
}

/// A field to put a condition on; from [`field`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a field is nothing without a condition"]
pub struct Field(String);

/// What records a search asks for. [`Filter::all`] for every record. Its `Debug` tells fields and operators, and no
/// value.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[must_use = "a filter does nothing until it is searched for"]
pub struct Filter(pub(super) Tree);

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) enum Tree {
    All,
    Is(Comparison),
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
}

/// One condition, as it is sent.
#[derive(Clone, PartialEq, Serialize)]
pub(super) struct Comparison {
    pub(super) field: String,
    pub(super) operator: Operator,
    pub(super) values: Vec<Value>,
}

impl fmt::Debug for Comparison {
    /// The values are those of people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = if self.values.is_empty() { "" } else { " …" };
        write!(f, "{} {}{values}", self.field, self.operator.name())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) enum Operator {
    Eq,
    Ne,
    Gt,
    Gte,
    Lt,
    Lte,
    Between,
    In,
    NotIn,
    Contains,
    StartsWith,
    EndsWith,
    IsNull,
    IsNotNull,
    Includes,
    Excludes,
}

impl Operator {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Eq => "EQ",
            Self::Ne => "NE",
            Self::Gt => "GT",
            Self::Gte => "GTE",
            Self::Lt => "LT",
            Self::Lte => "LTE",
            Self::Between => "BTW",
            Self::In => "IN",
            Self::NotIn => "NOT_IN",
            Self::Contains => "CONTAINS",
            Self::StartsWith => "STARTS_WITH",
            Self::EndsWith => "ENDS_WITH",
            Self::IsNull => "IS_NULL",
            Self::IsNotNull => "IS_NOT_NULL",
            Self::Includes => "INCLUDES",
            Self::Excludes => "EXCLUDES",
        }
    }

    /// Whether the document of people has it; the others are known from the vendor's guides.
    pub(super) fn is_published(self) -> bool {
        !matches!(self, Self::IsNull | Self::IsNotNull | Self::Includes | Self::Excludes)
    }

    /// What is true where this is not; the vendor has no opposite of a part of a text.
    pub(super) fn opposite(self) -> Option<Self> {
        Some(match self {
            Self::Eq => Self::Ne,
            Self::Ne => Self::Eq,
            Self::Gt => Self::Lte,
            Self::Gte => Self::Lt,
            Self::Lt => Self::Gte,
            Self::Lte => Self::Gt,
            Self::In => Self::NotIn,
            Self::NotIn => Self::In,
            Self::IsNull => Self::IsNotNull,
            Self::IsNotNull => Self::IsNull,
            Self::Includes => Self::Excludes,
            Self::Excludes => Self::Includes,
            Self::Between | Self::Contains | Self::StartsWith | Self::EndsWith => return None,
        })
    }
}

impl Field {
    /// It is this value.
    pub fn eq(self, value: impl Into<Value>) -> Filter {
        self.is(Operator::Eq, vec![value.into()])
    }

    /// It is another value.
    pub fn ne(self, value: impl Into<Value>) -> Filter {
        self.is(Operator::Ne, vec![value.into()])
    }

    /// It is more, or later.
    pub fn gt(self, value: impl Into<Value>) -> Filter {
        self.is(Operator::Gt, vec![value.into()])
    }

    /// It is the same or more, or later.
    pub fn gte(self, value: impl Into<Value>) -> Filter {
        self.is(Operator::Gte, vec![value.into()])
    }

    /// It is less, or earlier.
    pub fn lt(self, value: impl Into<Value>) -> Filter {
        self.is(Operator::Lt, vec![value.into()])
    }

    /// It is the same or less, or earlier.
    pub fn lte(self, value: impl Into<Value>) -> Filter {
        self.is(Operator::Lte, vec![value.into()])
    }

    /// It lies between two values, both included.
    pub fn between(self, low: impl Into<Value>, high: impl Into<Value>) -> Filter {
        self.is(Operator::Between, vec![low.into(), high.into()])
    }

    /// It is one of these values, of which there must be one.
    pub fn one_of(self, values: impl IntoIterator<Item = impl Into<Value>>) -> Filter {
        self.is(Operator::In, values.into_iter().map(Into::into).collect())
    }

    /// It is none of these values, of which there must be one.
    pub fn none_of(self, values: impl IntoIterator<Item = impl Into<Value>>) -> Filter {
        self.is(Operator::NotIn, values.into_iter().map(Into::into).collect())
    }

    /// Its text has this part.
    pub fn contains(self, text: impl Into<String>) -> Filter {
        self.is(Operator::Contains, vec![Value::String(text.into())])
    }

    /// Its text begins so.
    pub fn starts_with(self, text: impl Into<String>) -> Filter {
        self.is(Operator::StartsWith, vec![Value::String(text.into())])
    }

    /// Its text ends so.
    pub fn ends_with(self, text: impl Into<String>) -> Filter {
        self.is(Operator::EndsWith, vec![Value::String(text.into())])
    }

    /// It has no value. This and the three below are not in the published document, and are refused unless
    /// [`Contract::Observed`](crate::Contract::Observed) is spoken.
    pub fn is_null(self) -> Filter {
        self.is(Operator::IsNull, Vec::new())
    }

    /// It has a value.
    pub fn is_not_null(self) -> Filter {
        self.is(Operator::IsNotNull, Vec::new())
    }

    /// Of its several values, these are among them.
    pub fn includes(self, values: impl IntoIterator<Item = impl Into<Value>>) -> Filter {
        self.is(Operator::Includes, values.into_iter().map(Into::into).collect())
    }

    /// Of its several values, none of these is among them.
    pub fn excludes(self, values: impl IntoIterator<Item = impl Into<Value>>) -> Filter {
        self.is(Operator::Excludes, values.into_iter().map(Into::into).collect())
    }

    fn is(self, operator: Operator, values: Vec<Value>) -> Filter {
        Filter(Tree::Is(Comparison { field: self.0, operator, values }))
    }
}

impl Filter {
    /// Every record.
    pub fn all() -> Self {
        Self(Tree::All)
    }

    /// Records that both ask for.
    pub fn and(self, other: Self) -> Self {
        match (self.0, other.0) {
            (Tree::All, tree) | (tree, Tree::All) => Self(tree),
            (Tree::And(mut trees), tree) => {
                trees.push(tree);
                Self(Tree::And(trees))
            }
            (one, other) => Self(Tree::And(vec![one, other])),
        }
    }

    /// Records that one of the two asks for.
    pub fn or(self, other: Self) -> Self {
        match (self.0, other.0) {
            (Tree::All, _) | (_, Tree::All) => Self::all(),
            (Tree::Or(mut trees), tree) => {
                trees.push(tree);
                Self(Tree::Or(trees))
            }
            (one, other) => Self(Tree::Or(vec![one, other])),
        }
    }

    /// Records that it does not ask for. The vendor knows no `not`, so each condition is turned into its
    /// opposite. A record without a value satisfies neither, as is usual in databases. What has no opposite, a
    /// part of a text, is an error when the search is made, and so is `not` of [`all`](Self::all).
    #[expect(clippy::should_implement_trait, reason = "beside `and` and `or`, which no operator can be")]
    pub fn not(self) -> Self {
        match self.0 {
            Tree::Not(tree) => Self(*tree),
            tree => Self(Tree::Not(Box::new(tree))),
        }
    }
}

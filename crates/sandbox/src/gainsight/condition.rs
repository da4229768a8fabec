//! One condition of a search, and whether a record meets it.

use std::cmp::Ordering;

use serde_json::Value;

use super::envelope::{DATA_TYPE, QUERY, Refusal};
use super::field::{Kind, Record, time};

/// The operators of both published documents: one names eleven, the other says only that it is
/// text, so there three that the vendor is said to have besides are known too. `INCLUDES` and `EXCLUDES` are
/// not: how they compare several values is told nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Contains,
    StartsWith,
    EndsWith,
    In,
    NotIn,
    Between,
    Null,
    NotNull,
}

const OPERATORS: [(&str, Operator); 14] = [
    ("EQ", Operator::Equal),
    ("NE", Operator::NotEqual),
    ("GT", Operator::Greater),
    ("GTE", Operator::GreaterOrEqual),
    ("LT", Operator::Less),
    ("LTE", Operator::LessOrEqual),
    ("CONTAINS", Operator::Contains),
    ("STARTS_WITH", Operator::StartsWith),
    ("ENDS_WITH", Operator::EndsWith),
    ("IN", Operator::In),
    ("NOT_IN", Operator::NotIn),
    ("BTW", Operator::Between),
    ("IS_NULL", Operator::Null),
    ("IS_NOT_NULL", Operator::NotNull),
];

impl Operator {
    /// How many values it takes.
    fn takes(self, count: usize) -> bool {
        match self {
            Self::Null | Self::NotNull => count == 0,
            Self::In | Self::NotIn => count > 0,
            Self::Between => count == 2,
            _ => count == 1,
        }
    }

    fn suits(self, kind: Kind) -> bool {
        match self {
            Self::Contains | Self::StartsWith | Self::EndsWith => {
                matches!(kind, Kind::Text | Kind::Email | Kind::Custom)
            }
            Self::Greater | Self::GreaterOrEqual | Self::Less | Self::LessOrEqual | Self::Between => {
                kind != Kind::Boolean
            }
            _ => true,
        }
    }
}

/// A field, an operator and the values it is compared with.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    field: String,
    kind: Kind,
    operator: Operator,
    values: Vec<Value>,
}

impl Condition {
    /// Reads a condition on the field `name` of this kind; `alias` is how it is called in reasons.
    pub(super) fn read(node: &Value, alias: &str, name: &str, kind: Kind) -> Result<Self, Refusal> {
        let sent = node.get("operator").and_then(Value::as_str).unwrap_or_default();
        let Some((sent, operator)) = OPERATORS.into_iter().find(|(known, _)| *known == sent) else {
            let known: Vec<&str> = OPERATORS.iter().map(|(name, _)| *name).collect();
            let text = format!("condition `{alias}` has no operator that is known: {}", known.join(", "));
            return Err(Refusal::Wrong(QUERY, text));
        };
        if !operator.suits(kind) {
            let text =
                format!("condition `{alias}` compares `{name}` by {sent}, but it holds {}", kind.name());
            return Err(Refusal::Wrong(QUERY, text));
        }
        let values = match node.get("value") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(values)) => values.clone(),
            Some(value) => vec![value.clone()],
        };
        if !operator.takes(values.len()) {
            let text =
                format!("condition `{alias}` has {} values, which is not what {sent} takes", values.len());
            return Err(Refusal::Wrong(QUERY, text));
        }
        if !values.iter().all(|value| kind.admits(value)) {
            let text = format!("condition `{alias}`: the value of `{name}` must be {}", kind.name());
            return Err(Refusal::Wrong(DATA_TYPE, text));
        }
        Ok(Self { field: name.to_owned(), kind, operator, values })
    }

    /// A field without a value meets only `IS_NULL`, `NE` and `NOT_IN`.
    pub(super) fn holds(&self, record: &Record) -> bool {
        let Some(stored) = record.get(&self.field).filter(|value| !value.is_null()) else {
            return matches!(self.operator, Operator::Null | Operator::NotEqual | Operator::NotIn);
        };
        let against =
            |index: usize| self.values.get(index).and_then(|value| compare(self.kind, stored, value));
        let any_equal = || (0..self.values.len()).any(|index| against(index) == Some(Ordering::Equal));
        match self.operator {
            Operator::Equal | Operator::In => any_equal(),
            Operator::NotEqual | Operator::NotIn => !any_equal(),
            Operator::Greater => against(0).is_some_and(Ordering::is_gt),
            Operator::GreaterOrEqual => against(0).is_some_and(Ordering::is_ge),
            Operator::Less => against(0).is_some_and(Ordering::is_lt),
            Operator::LessOrEqual => against(0).is_some_and(Ordering::is_le),
            Operator::Between => {
                against(0).is_some_and(Ordering::is_ge) && against(1).is_some_and(Ordering::is_le)
            }
            Operator::Contains => self.text_holds(stored, |text, part| text.contains(part)),
            Operator::StartsWith => self.text_holds(stored, |text, part| text.starts_with(part)),
            Operator::EndsWith => self.text_holds(stored, |text, part| text.ends_with(part)),
            Operator::Null => false,
            Operator::NotNull => true,
        }
    }

    fn text_holds(&self, stored: &Value, holds: impl Fn(&str, &str) -> bool) -> bool {
        let (Some(stored), Some(part)) = (stored.as_str(), self.values.first().and_then(Value::as_str))
        else {
            return false;
        };
        match self.kind {
            Kind::Email => holds(&stored.to_lowercase(), &part.to_lowercase()),
            _ => holds(stored, part),
        }
    }
}

/// How two values of a field stand to each other, if they can be compared.
pub(super) fn compare(kind: Kind, left: &Value, right: &Value) -> Option<Ordering> {
    if kind == Kind::Time
        && let (Some(left), Some(right)) = (time(left), time(right))
    {
        return Some(left.cmp(&right));
    }
    match (left, right) {
        (Value::String(left), Value::String(right)) if kind == Kind::Email => {
            Some(folded(left).cmp(folded(right)))
        }
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        (Value::Number(left), Value::Number(right)) => match (left.as_i64(), right.as_i64()) {
            (Some(left), Some(right)) => Some(left.cmp(&right)),
            _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
        },
        _ => None,
    }
}

/// Text without regard to case, letter by letter: most texts differ in the first few.
pub(super) fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

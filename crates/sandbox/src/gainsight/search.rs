//! A search over the records of one object: conditions, their expression, order, fields and page.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::condition::{Condition, compare};
use super::envelope::{Outcome, QUERY, Refusal};
use super::expression::Expression;
use super::field::{Fields, Kind, Record, with_millis};
use crate::mood::{Mood, Moods};

/// What one answer holds at most; the document says so for people.
const MAX_RECORDS: usize = 5000;

/// What a page holds at most in the mood for small pages.
pub(super) const SMALL_PAGE: usize = 5;

/// Whether a condition must say by which alias the expression means it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aliases {
    Given,
    /// The document has no place for an alias: the first condition is `A`, the next `B`.
    Letters,
}

/// A search that was understood.
#[derive(Debug)]
pub(super) struct Search {
    conditions: Vec<Condition>,
    expression: Option<Expression>,
    /// Field, kind, and whether the greatest comes first.
    order: Vec<(String, Kind, bool)>,
    select: Vec<String>,
    limit: usize,
    pub(super) offset: usize,
}

impl Search {
    /// `in_use` says whether some record has a field that the document does not name.
    pub(super) fn read(
        body: &Value,
        fields: &Fields,
        aliases: Aliases,
        in_use: &dyn Fn(&str) -> bool,
    ) -> Result<Self, Refusal> {
        let kind = |name: &str, place: &str| {
            fields.kind(name, in_use).ok_or_else(|| {
                wrong(format!("{place} names `{name}`, which is no field of {}", fields.object))
            })
        };
        let where_ = body.get("where").unwrap_or(&Value::Null);
        let nodes = where_.get("conditions").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let (mut conditions, mut names) = (Vec::new(), Vec::<String>::new());
        for (index, node) in nodes.iter().enumerate() {
            let alias = alias(node, index, aliases, where_.get("expression").is_some())?;
            if names.contains(&alias) {
                return Err(wrong(format!("two conditions have the alias `{alias}`")));
            }
            let Some(name) = node.get("name").and_then(Value::as_str) else {
                return Err(wrong(format!("condition `{alias}` has no `name`, the field it compares")));
            };
            let kind = kind(name, &format!("condition `{alias}`"))?;
            conditions.push(Condition::read(node, &alias, name, kind)?);
            names.push(alias);
        }
        let select = body.get("select").and_then(Value::as_array).into_iter().flatten();
        let select: Vec<String> = select.filter_map(Value::as_str).map(str::to_owned).collect();
        for name in &select {
            kind(name, "`select`")?;
        }
        Ok(Self {
            conditions,
            expression: expression(where_.get("expression"), &names)?,
            order: order(body.get("orderBy"), |name| kind(name, "`orderBy`"))?,
            select,
            limit: count(body, "limit", MAX_RECORDS)?.min(MAX_RECORDS),
            offset: count(body, "offset", 0)?,
        })
    }

    /// All records that are meant, in order.
    pub(super) fn matches<'a>(&self, rows: impl Iterator<Item = &'a Record>) -> Vec<&'a Record> {
        let mut matches: Vec<&Record> = rows.filter(|record| self.holds(record)).collect();
        matches.sort_by(|left, right| self.compare(left, right));
        matches
    }

    /// The page that was asked for, as the `data` of an answer.
    pub(super) fn page<'a>(&self, rows: impl Iterator<Item = &'a Record>, moods: &Moods) -> Outcome {
        let matches = self.matches(rows);
        let limit = if moods.is(Mood::SmallPages) { self.limit.min(SMALL_PAGE) } else { self.limit };
        let page = matches.iter().skip(self.offset).take(limit);
        let records: Vec<Value> = page.map(|record| served(self.selected(record), moods)).collect();
        if records.is_empty() && self.limit > 0 && moods.is(Mood::EmptyIsAnError) {
            return Err(Refusal::Nothing);
        }
        Ok(Some(json!({"totalCount": matches.len(), "count": records.len(), "records": records})))
    }

    fn holds(&self, record: &Record) -> bool {
        match &self.expression {
            Some(expression) => expression
                .holds(&|index| self.conditions.get(index).is_some_and(|condition| condition.holds(record))),
            None => self.conditions.iter().all(|condition| condition.holds(record)),
        }
    }

    /// Records without a value come last, whichever the direction.
    fn compare(&self, left: &Record, right: &Record) -> Ordering {
        let by_field = |(name, kind, greatest_first): &(String, Kind, bool)| match (
            value(left, name),
            value(right, name),
        ) {
            (Some(left), Some(right)) => {
                let order = compare(*kind, left, right).unwrap_or(Ordering::Equal);
                if *greatest_first { order.reverse() } else { order }
            }
            (left, right) => right.is_some().cmp(&left.is_some()),
        };
        self.order.iter().map(by_field).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }

    fn selected(&self, record: &Record) -> Record {
        if self.select.is_empty() {
            return record.clone();
        }
        let selected = self.select.iter().filter_map(|name| Some((name.clone(), record.get(name)?.clone())));
        selected.collect()
    }
}

fn value<'a>(record: &'a Record, name: &str) -> Option<&'a Value> {
    record.get(name).filter(|value| !value.is_null())
}

/// A record as it goes out.
pub(super) fn served(record: Record, moods: &Moods) -> Value {
    Value::Object(if moods.is(Mood::NumbersAsText) { with_millis(record) } else { record })
}

fn wrong(text: String) -> Refusal {
    Refusal::Wrong(QUERY, text)
}

fn alias(node: &Value, index: usize, aliases: Aliases, needed: bool) -> Result<String, Refusal> {
    match node.get("alias").and_then(Value::as_str) {
        Some("") => Err(wrong(format!("the alias of condition #{index} is empty"))),
        Some(alias) => Ok(alias.to_owned()),
        None if aliases == Aliases::Letters => Ok(letters(index)),
        None if needed => {
            Err(wrong(format!("condition #{index} has no `alias`, so the expression cannot name it")))
        }
        None => Ok(format!("#{index}")),
    }
}

/// `A` to `Z`, then `AA`, as columns of a sheet are counted.
fn letters(index: usize) -> String {
    let last = char::from(b'A' + u8::try_from(index % 26).unwrap_or_default());
    if index < 26 { last.to_string() } else { format!("{}{last}", letters(index / 26 - 1)) }
}

fn expression(node: Option<&Value>, aliases: &[String]) -> Result<Option<Expression>, Refusal> {
    match node.and_then(Value::as_str) {
        None => Ok(None),
        Some(text) if text.trim().is_empty() && aliases.is_empty() => Ok(None),
        Some(text) => match Expression::read(text, aliases) {
            Ok(expression) => Ok(Some(expression)),
            Err(reason) => Err(wrong(format!("`expression` cannot be used: {reason}"))),
        },
    }
}

/// The published pair `field` and `order`, or the vendor's own map from field to direction.
fn order(
    node: Option<&Value>,
    kind: impl Fn(&str) -> Result<Kind, Refusal>,
) -> Result<Vec<(String, Kind, bool)>, Refusal> {
    let Some(node) = node.and_then(Value::as_object) else { return Ok(Vec::new()) };
    let pairs: Vec<(&str, &Value)> = match (node.get("field"), node.get("order")) {
        (None, None) => node.iter().map(|(name, direction)| (name.as_str(), direction)).collect(),
        (None, Some(_)) => return Err(wrong("`orderBy` has an `order` and no `field`".to_owned())),
        (Some(field), order) => {
            vec![(field.as_str().unwrap_or_default(), order.unwrap_or(&Value::Null))]
        }
    };
    let read = |(name, direction): (&str, &Value)| {
        let greatest_first = match direction.as_str().map(str::to_ascii_uppercase).as_deref() {
            Some("ASC") => false,
            Some("DESC") => true,
            None if direction.is_null() => false,
            _ => return Err(wrong(format!("`orderBy` of `{name}` is neither ASC nor DESC"))),
        };
        Ok((name.to_owned(), kind(name)?, greatest_first))
    };
    pairs.into_iter().map(read).collect()
}

fn count(body: &Value, name: &str, default: usize) -> Result<usize, Refusal> {
    // An integer may be written as `10.0`; the schema has admitted it.
    match body.get(name).and_then(Value::as_f64) {
        None => Ok(default),
        Some(number) if number < 0.0 => Err(wrong(format!("`{name}` is less than 0"))),
        Some(number) => Ok(format!("{number:.0}").parse().unwrap_or(usize::MAX)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_counted_in_letters() {
        assert_eq!([0, 25, 26, 51, 52, 701, 702].map(letters), ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }
}

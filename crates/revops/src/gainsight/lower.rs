//! From a filter to what the vendor takes: a flat list of named conditions and an expression over the names.

use serde_json::Value;

use super::filter::{Comparison, Filter, Operator, Tree};
use crate::Contract;

/// A filter as it is sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Lowered {
    /// The conditions, each with the name that the expression calls it by.
    pub(super) conditions: Vec<(String, Comparison)>,
    /// How they are joined; empty without conditions.
    pub(super) expression: String,
}

impl Lowered {
    /// Lowers a filter, or says why the vendor cannot be asked for it.
    pub(super) fn of(filter: &Filter, contract: Contract) -> Result<Self, String> {
        let mut lowered = Self::default();
        if let Some(Joined { text, .. }) = lowered.join(&filter.0, false)? {
            lowered.expression = text;
        }
        let unpublished = |(_, it): &&(String, Comparison)| !it.operator.is_published();
        match lowered.conditions.iter().find(unpublished) {
            Some((_, it)) if contract == Contract::Published => Err(format!(
                "`{}` on `{}` is not in the published document, though the vendor takes it: speak \
                 `Contract::Observed`",
                it.operator.name(),
                it.field
            )),
            _ => Ok(lowered),
        }
    }

    /// The conditions as a document has them, made of name, field, operator and value, and the expression over their
    /// names; `None` for every record, of which nothing is said.
    pub(super) fn conditions<C>(
        self,
        condition: impl Fn(String, String, &'static str, Option<Value>) -> C,
    ) -> Option<(Vec<C>, String)> {
        let Self { conditions, expression } = self;
        let conditions = conditions.into_iter().map(|(alias, Comparison { field, operator, values })| {
            // The vendor takes a list always, also of one.
            condition(alias, field, operator.name(), (!values.is_empty()).then_some(Value::Array(values)))
        });
        let conditions: Vec<C> = conditions.collect();
        (!conditions.is_empty()).then_some((conditions, expression))
    }

    /// The expression of a tree or of its opposite; `None` for every record.
    fn join(&mut self, tree: &Tree, opposite: bool) -> Result<Option<Joined>, String> {
        match tree {
            Tree::All if opposite => Err("`not` of every record is no record; nothing was asked".to_owned()),
            Tree::All => Ok(None),
            Tree::Not(tree) => self.join(tree, !opposite),
            Tree::Is(comparison) => self.compare(comparison, opposite).map(Some),
            Tree::And(trees) => self.join_all(trees, if opposite { Word::Or } else { Word::And }, opposite),
            Tree::Or(trees) => self.join_all(trees, if opposite { Word::And } else { Word::Or }, opposite),
        }
    }

    fn join_all(&mut self, trees: &[Tree], word: Word, opposite: bool) -> Result<Option<Joined>, String> {
        let mut texts = Vec::with_capacity(trees.len());
        for tree in trees {
            if let Some(joined) = self.join(tree, opposite)? {
                let plain = joined.word.is_none_or(|inner| inner == word);
                texts.push(if plain { joined.text } else { format!("({})", joined.text) });
            }
        }
        let word_of = (texts.len() > 1).then_some(word);
        let text = texts.join(word.text());
        Ok((!texts.is_empty()).then_some(Joined { text, word: word_of }))
    }

    fn compare(&mut self, comparison: &Comparison, opposite: bool) -> Result<Joined, String> {
        let Comparison { field, operator, values } = comparison;
        check(comparison)?;
        if let (Operator::Between, [low, high]) = (operator, values.as_slice()) {
            // The document has no operator for it, and two conditions say the same.
            let (from, to, word) = if opposite {
                (Operator::Lt, Operator::Gt, Word::Or)
            } else {
                (Operator::Gte, Operator::Lte, Word::And)
            };
            let from = self.condition(field, from, vec![low.clone()]);
            let to = self.condition(field, to, vec![high.clone()]);
            return Ok(Joined { text: format!("{}{}{}", from.text, word.text(), to.text), word: Some(word) });
        }
        if !opposite {
            return Ok(self.condition(field, *operator, values.clone()));
        }
        let operator = operator.opposite().ok_or_else(|| {
            format!("`{}` on `{field}` has no opposite that the vendor could be asked for", operator.name())
        })?;
        Ok(self.condition(field, operator, values.clone()))
    }

    fn condition(&mut self, field: &str, operator: Operator, values: Vec<Value>) -> Joined {
        let name = name(self.conditions.len());
        let comparison = Comparison { field: field.to_owned(), operator, values };
        self.conditions.push((name.clone(), comparison));
        Joined { text: name, word: None }
    }
}

/// An expression, and the word that joins its parts if it has several.
struct Joined {
    text: String,
    word: Option<Word>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    And,
    Or,
}

impl Word {
    fn text(self) -> &'static str {
        match self {
            Self::And => " AND ",
            Self::Or => " OR ",
        }
    }
}

fn check(Comparison { field, operator, values }: &Comparison) -> Result<(), String> {
    if field.trim().is_empty() {
        return Err("a condition names no field".to_owned());
    }
    let takes_some = !matches!(operator, Operator::IsNull | Operator::IsNotNull);
    if takes_some && values.is_empty() {
        return Err(format!("`{}` on `{field}` has no value to compare with", operator.name()));
    }
    if let Some(odd) = values.iter().find(|value| value.is_object() || value.is_array() || value.is_null()) {
        let kind = if odd.is_null() {
            "null, which is also what a number that is none (NaN, infinity) becomes: ask for `is_null`"
        } else {
            "a list or an object"
        };
        return Err(format!("`{}` on `{field}` is compared with {kind}", operator.name()));
    }
    Ok(())
}

/// `A` to `Z`, then `AA` and so on, as columns of a sheet are named.
fn name(index: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = index + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or_default()));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::gainsight::field;

    fn lowered(filter: &Filter) -> (Vec<String>, String) {
        let lowered = Lowered::of(filter, Contract::Observed).unwrap();
        let show = |(name, it): &(String, Comparison)| format!("{name}: {} {}", it.field, it.operator.name());
        (lowered.conditions.iter().map(show).collect(), lowered.expression)
    }

    #[test]
    fn a_filter_becomes_conditions_and_an_expression() {
        let filter = field("Role")
            .eq("Champion")
            .and(field("Tier__gc").one_of([1, 2]).or(field("NPS").gte(9)))
            .and(field("Email").is_null().not());
        let conditions =
            ["A: Role EQ", "B: Tier__gc IN", "C: NPS GTE", "D: Email IS_NOT_NULL"].map(str::to_owned);
        assert_eq!(lowered(&filter), (conditions.to_vec(), "A AND (B OR C) AND D".to_owned()));
        assert_eq!(lowered(&Filter::all()), (Vec::new(), String::new()));
        assert_eq!(lowered(&Filter::all().and(field("A").eq(1))).1, "A");
    }

    #[test]
    fn not_turns_every_condition_into_its_opposite() {
        let filter =
            field("NPS").between(1, 6).or(field("Role").ne("User").and(field("IsActive").eq(true))).not();
        let conditions = ["A: NPS LT", "B: NPS GT", "C: Role EQ", "D: IsActive NE"].map(str::to_owned);
        assert_eq!(lowered(&filter), (conditions.to_vec(), "(A OR B) AND (C OR D)".to_owned()));
    }

    #[test]
    fn what_the_vendor_cannot_be_asked_is_refused_and_says_why() {
        let refused = |filter: &Filter| Lowered::of(filter, Contract::Published).unwrap_err();
        insta::assert_snapshot!([
            refused(&field("Email").contains("@example.com").not()),
            refused(&Filter::all().not()),
            refused(&field(" ").eq(1)),
            refused(&field("Tier__gc").one_of(Vec::<String>::new())),
            refused(&field("Tier__gc").eq(Value::Null)),
            refused(&field("Email").is_null()),
        ].join("\n"), @r"
        `CONTAINS` on `Email` has no opposite that the vendor could be asked for
        `not` of every record is no record; nothing was asked
        a condition names no field
        `IN` on `Tier__gc` has no value to compare with
        `EQ` on `Tier__gc` is compared with null, which is also what a number that is none (NaN, infinity) becomes: ask for `is_null`
        `IS_NULL` on `Email` is not in the published document, though the vendor takes it: speak `Contract::Observed`
        ");
    }

    #[test]
    fn names_go_on_after_z() {
        assert_eq!([0, 25, 26, 51, 52, 701, 702].map(name), ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }

    /// Truth of a tree whose conditions are all `field EQ true` or the opposite.
    fn holds(tree: &Tree, truth: &BTreeMap<String, bool>) -> bool {
        match tree {
            Tree::All => true,
            Tree::Is(it) => truth[&it.field] == (it.operator == Operator::Eq),
            Tree::And(trees) => trees.iter().all(|tree| holds(tree, truth)),
            Tree::Or(trees) => trees.iter().any(|tree| holds(tree, truth)),
            Tree::Not(tree) => !holds(tree, truth),
        }
    }

    /// Truth of an expression, read with AND before OR only where parentheses say so.
    fn evaluate(
        tokens: &mut std::iter::Peekable<std::vec::IntoIter<String>>,
        lowered: &Lowered,
        truth: &BTreeMap<String, bool>,
    ) -> bool {
        let mut value = None;
        let mut word: Option<String> = None;
        while let Some(token) = tokens.next() {
            let operand = match token.as_str() {
                ")" => break,
                "AND" | "OR" => {
                    // One level has one word, so that no rule of precedence is needed.
                    assert!(word.as_ref().is_none_or(|word| *word == token), "{}", lowered.expression);
                    word = Some(token);
                    continue;
                }
                "(" => evaluate(tokens, lowered, truth),
                name => {
                    let (_, it) = lowered.conditions.iter().find(|(known, _)| known == name).unwrap();
                    truth[&it.field] == (it.operator == Operator::Eq)
                }
            };
            value = Some(match (value, word.as_deref()) {
                (None, _) => operand,
                (Some(value), Some("AND")) => value && operand,
                (Some(value), _) => value || operand,
            });
        }
        value.unwrap_or(true)
    }

    fn filters() -> impl Strategy<Value = Filter> {
        let leaf = (0..6_usize, any::<bool>()).prop_map(|(index, eq)| {
            let field = field(format!("F{index}"));
            if eq { field.eq(true) } else { field.ne(true) }
        });
        leaf.prop_recursive(5, 40, 4, |inner| {
            prop_oneof![
                (inner.clone(), inner.clone()).prop_map(|(a, b)| a.and(b)),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| a.or(b)),
                inner.prop_map(Filter::not),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_lowered_filter_means_what_the_filter_means(filter in filters(), bits in 0..64_u32) {
            let truth = (0..6).map(|index| (format!("F{index}"), bits & (1 << index) != 0)).collect();
            let lowered = Lowered::of(&filter, Contract::Observed).unwrap();
            let spaced = lowered.expression.replace('(', "( ").replace(')', " )");
            let tokens: Vec<String> = spaced.split_whitespace().map(str::to_owned).collect();
            let value = evaluate(&mut tokens.into_iter().peekable(), &lowered, &truth);
            prop_assert_eq!(value, holds(&filter.0, &truth), "{}", lowered.expression);
        }
    }
}

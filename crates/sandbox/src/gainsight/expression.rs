//! How the conditions of a search are joined: `A AND (B OR C)`.

/// Parentheses inside parentheses; nobody writes more by hand, and recursion must end.
const MAX_DEPTH: usize = 64;

/// A joined condition; the numbers are indices into the conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expression {
    Condition(usize),
    All(Vec<Self>),
    Any(Vec<Self>),
}

impl Expression {
    /// Reads an expression over these aliases; `AND` binds closer than `OR`. Every alias must be
    /// named, and every name be an alias. The error is a sentence.
    pub(super) fn read(text: &str, aliases: &[String]) -> Result<Self, String> {
        let mut reader =
            Reader { tokens: tokens(text)?, next: 0, aliases, named: vec![false; aliases.len()], depth: 0 };
        let expression = reader.any()?;
        if let Some(token) = reader.tokens.get(reader.next) {
            return Err(format!("{} is where AND, OR or the end was expected", token.shown()));
        }
        match aliases.iter().zip(&reader.named).find(|(_, named)| !**named) {
            Some((alias, _)) => Err(format!("it does not name the condition `{alias}`")),
            None => Ok(expression),
        }
    }

    /// Whether it holds, given whether each condition does.
    pub(super) fn holds(&self, condition: &impl Fn(usize) -> bool) -> bool {
        match self {
            Self::Condition(index) => condition(*index),
            Self::All(parts) => parts.iter().all(|part| part.holds(condition)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(condition)),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    And,
    Or,
    Alias(String),
}

impl Token {
    fn shown(&self) -> String {
        match self {
            Self::Open => "`(`".to_owned(),
            Self::Close => "`)`".to_owned(),
            Self::And => "AND".to_owned(),
            Self::Or => "OR".to_owned(),
            Self::Alias(alias) => format!("`{alias}`"),
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '(' | ')' => {
                tokens.push(if first == '(' { Token::Open } else { Token::Close });
                1
            }
            _ => {
                let part_of_word = |letter: char| letter.is_alphanumeric() || letter == '_';
                let end = rest.find(|letter| !part_of_word(letter)).unwrap_or(rest.len());
                let word = rest.get(..end).unwrap_or_default();
                tokens.push(match word.to_ascii_uppercase().as_str() {
                    "" => return Err(format!("`{first}` means nothing in it")),
                    "AND" => Token::And,
                    "OR" => Token::Or,
                    _ => Token::Alias(word.to_owned()),
                });
                end
            }
        };
        rest = rest.get(end..).unwrap_or_default().trim_start();
    }
    Ok(tokens)
}

struct Reader<'a> {
    tokens: Vec<Token>,
    next: usize,
    aliases: &'a [String],
    named: Vec<bool>,
    depth: usize,
}

impl Reader<'_> {
    fn any(&mut self) -> Result<Expression, String> {
        let first = self.all()?;
        let mut parts = vec![first];
        while self.takes(&Token::Or) {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Expression::Any))
    }

    fn all(&mut self) -> Result<Expression, String> {
        let mut parts = vec![self.part()?];
        while self.takes(&Token::And) {
            parts.push(self.part()?);
        }
        Ok(one_or(parts, Expression::All))
    }

    fn part(&mut self) -> Result<Expression, String> {
        let token = self.tokens.get(self.next).cloned();
        self.next += 1;
        match token {
            Some(Token::Alias(alias)) => {
                let Some(index) = self.aliases.iter().position(|known| *known == alias) else {
                    return Err(format!("it names `{alias}`, which is no condition's alias"));
                };
                if let Some(named) = self.named.get_mut(index) {
                    *named = true;
                }
                Ok(Expression::Condition(index))
            }
            Some(Token::Open) if self.depth == MAX_DEPTH => {
                Err(format!("its parentheses are more than {MAX_DEPTH} deep"))
            }
            Some(Token::Open) => {
                self.depth += 1;
                let inner = self.any()?;
                self.depth -= 1;
                if self.takes(&Token::Close) { Ok(inner) } else { Err("a `)` is missing".to_owned()) }
            }
            Some(other) => Err(format!("{} is where an alias or `(` was expected", other.shown())),
            None => Err("it ends where an alias was expected".to_owned()),
        }
    }

    fn takes(&mut self, token: &Token) -> bool {
        let is_next = self.tokens.get(self.next) == Some(token);
        self.next += usize::from(is_next);
        is_next
    }
}

fn one_or(mut parts: Vec<Expression>, join: impl FnOnce(Vec<Expression>) -> Expression) -> Expression {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            parts.extend(last);
            join(parts)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, aliases: &str) -> Result<Expression, String> {
        let aliases: Vec<String> = aliases.chars().map(String::from).collect();
        Expression::read(text, &aliases)
    }

    /// What the expression is for every truth of three conditions, the first as the highest bit.
    fn truths(text: &str) -> Vec<bool> {
        let expression = read(text, "ABC").unwrap();
        (0..8).map(|bits: usize| expression.holds(&|index| bits & (4 >> index) != 0)).collect()
    }

    #[test]
    fn and_binds_closer_than_or_and_parentheses_closer_than_both() {
        let model = |holds: fn(bool, bool, bool) -> bool| -> Vec<bool> {
            (0..8).map(|bits: usize| holds(bits & 4 != 0, bits & 2 != 0, bits & 1 != 0)).collect()
        };
        assert_eq!(truths("A AND (B OR C)"), model(|a, b, c| a && (b || c)));
        assert_eq!(truths("A AND B OR C"), model(|a, b, c| a && b || c));
        assert_eq!(truths("A or B and C"), model(|a, b, c| a || b && c));
        assert_eq!(truths(" ((A)OR(B))AND C "), model(|a, b, c| (a || b) && c));
    }

    #[test]
    fn what_is_no_expression_is_told_from_one() {
        let cases = [
            ("", "it ends where an alias was expected"),
            ("A AND", "it ends where an alias was expected"),
            ("A B", "`B` is where AND, OR or the end was expected"),
            ("A AND B)", "`)` is where AND, OR or the end was expected"),
            ("(A AND B", "a `)` is missing"),
            ("AND", "AND is where an alias or `(` was expected"),
            ("A OR D", "it names `D`, which is no condition's alias"),
            ("a AND B", "it names `a`, which is no condition's alias"),
            ("A", "it does not name the condition `B`"),
            ("A & B", "`&` means nothing in it"),
        ];
        for (text, reason) in cases {
            assert_eq!(read(text, "AB").unwrap_err(), reason, "{text}");
        }
        let deep = format!("{}A{}", "(".repeat(100_000), ")".repeat(100_000));
        assert_eq!(read(&deep, "A").unwrap_err(), "its parentheses are more than 64 deep");
        assert!(read(&vec!["A"; 10_000].join(" AND "), "A").is_ok());
    }
}

//! The Rust examples of a Markdown text, as doctests see them.

/// One example.
#[derive(Debug, PartialEq, Eq)]
pub struct Example {
    /// The line of its fence, from 1.
    pub line: usize,
    /// Its code, with the lines that readers do not see.
    pub code: String,
    /// Whether it is to be run; otherwise it is compiled only.
    pub is_run: bool,
}

/// The examples that a doctest would compile, in their order: fences of `rust` or of nothing, but not those with
/// `ignore`.
///
/// # Errors
/// A fence is not closed, or is Rust with an attribute that means nothing here.
pub fn rust_examples(markdown: &str) -> Result<Vec<Example>, String> {
    let mut examples = Vec::new();
    let mut lines = markdown.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let Some((fence, information)) = opening(line) else { continue };
        let line = index + 1;
        let mut code = String::new();
        loop {
            let Some((_, text)) = lines.next() else {
                return Err(format!("the fence of line {line} is not closed"));
            };
            if closes(text, fence) {
                break;
            }
            code.push_str(shown(text));
            code.push('\n');
        }
        if let Some(is_run) = purpose(information).map_err(|what| format!("line {line}: {what}"))? {
            examples.push(Example { line, code, is_run });
        }
    }
    Ok(examples)
}

/// The characters of a fence, and what stands behind them.
fn opening(line: &str) -> Option<(&str, &str)> {
    let text = line.trim_start_matches(' ');
    let mark = text.chars().next().filter(|mark| ['`', '~'].contains(mark))?;
    let rest = text.trim_start_matches(mark);
    let length = text.len() - rest.len();
    let is_fence = length >= 3 && line.len() - text.len() <= 3 && !(mark == '`' && rest.contains('`'));
    is_fence.then(|| (&text[..length], rest.trim()))
}

fn closes(line: &str, fence: &str) -> bool {
    opening(line).is_some_and(|(end, rest)| rest.is_empty() && end.starts_with(fence))
}

/// A line of code with the mark taken off that hides it from readers.
fn shown(line: &str) -> &str {
    let text = line.trim_start();
    match text.strip_prefix('#') {
        Some("") => "",
        Some(rest) if rest.starts_with(' ') => &rest[1..],
        Some(rest) if rest.starts_with('#') => rest,
        _ => line,
    }
}

/// Whether an example is run; `None` if it is not compiled at all.
fn purpose(information: &str) -> Result<Option<bool>, String> {
    let words: Vec<_> = information.split([',', ' ']).filter(|word| !word.is_empty()).collect();
    if !words.is_empty() && !words.contains(&"rust") {
        return Ok(None);
    }
    let mut purpose = Some(true);
    for word in words {
        match word {
            "rust" => {}
            "ignore" => purpose = None,
            "no_run" => purpose = purpose.map(|_| false),
            other => {
                return Err(format!("`{other}` on a Rust example: only `no_run` and `ignore` are known"));
            }
        }
    }
    Ok(purpose)
}

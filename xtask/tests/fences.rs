//! The examples of a Markdown text are those that a doctest would compile.

use xtask::fences::{Example, rust_examples};

fn example(line: usize, code: &str, is_run: bool) -> Example {
    Example { line, code: code.to_owned(), is_run }
}

#[test]
fn rust_is_found_and_other_languages_are_not() {
    let text = "a\n\n```rust,no_run\nlet a = 1;\n```\n\n```sh\ncargo test\n```\n\n```\nlet b = 2;\n```\n";
    let found = rust_examples(text).unwrap();
    assert_eq!(found, [example(3, "let a = 1;\n", false), example(11, "let b = 2;\n", true)]);
}

#[test]
fn what_is_ignored_is_not_compiled() {
    assert_eq!(rust_examples("```rust,ignore\nlet it be\n```\n").unwrap(), []);
    assert_eq!(rust_examples("```ignore\nlet it be\n```\n").unwrap(), []);
}

#[test]
fn lines_that_readers_do_not_see_are_code() {
    let text = "```rust\n# use a::b;\n#\n#[test]\n##[inner]\n    # let c = 3;\nb(\"# not hidden\");\n```\n";
    let code = "use a::b;\n\n#[test]\n#[inner]\nlet c = 3;\nb(\"# not hidden\");\n";
    assert_eq!(rust_examples(text).unwrap(), [example(1, code, true)]);
}

#[test]
fn a_fence_ends_with_its_like() {
    let text = "````rust\n```\nlet a = 1;\n~~~~\n````\n~~~text\n```rust\n~~~\n`` `rust` ``\n";
    assert_eq!(rust_examples(text).unwrap(), [example(1, "```\nlet a = 1;\n~~~~\n", true)]);
}

#[test]
fn what_would_be_passed_over_silently_is_an_error() {
    let error = rust_examples("one\n```rust\nlet a = 1;\n").unwrap_err();
    assert_eq!(error, "the fence of line 2 is not closed");
    let error = rust_examples("```rust,no-run\n```\n").unwrap_err();
    assert_eq!(error, "line 1: `no-run` on a Rust example: only `no_run` and `ignore` are known");
}

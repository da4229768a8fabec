//! The program does what its help and the README say, and the README's lines work as printed.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitCode, Output, Stdio};

use libtest_mimic::{Arguments, Completion, Trial};

/// A test by its own name.
macro_rules! trial {
    ($test:ident) => {
        Trial::test(stringify!($test), || {
            $test();
            Ok(())
        })
    };
}

fn main() -> ExitCode {
    let readme = "the_lines_of_the_readme_work_as_printed";
    let trials = vec![
        Trial::ignorable_test(readme, || Ok(the_lines_of_the_readme_work_as_printed())),
        trial!(it_prints_base_urls_keys_and_what_a_shell_can_evaluate),
        #[cfg(unix)]
        trial!(it_stops_in_order_when_it_is_told_to),
        trial!(it_stops_after_its_duration),
        trial!(another_interface_needs_the_word_that_it_is_not_for_production),
        trial!(what_is_not_understood_says_what_there_is),
        trial!(exceptions_and_exports_are_printed_without_serving),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_revops-sandbox");

/// The program while it serves, and what it printed.
struct Serving {
    child: Child,
    lines: Vec<String>,
}

impl Serving {
    fn start(options: &[&str]) -> Self {
        let mut child = Command::new(PROGRAM)
            .args(["serve", "--port", "0", "--duration", "60"])
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.as_mut().unwrap());
        let mut lines = Vec::new();
        for line in out.lines() {
            lines.push(line.unwrap());
            if lines.last().is_some_and(|line| line.starts_with("export USERPILOT_API_KEY=")) {
                break;
            }
        }
        Self { child, lines }
    }

    fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        let exports = self.lines.iter().filter_map(|line| line.strip_prefix("export "));
        exports.map(|export| export.split_once('=').unwrap())
    }

    fn shell(&self, line: &str) -> Output {
        Command::new("sh").args(["-c", line]).envs(self.variables()).output().unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(arguments: &[&str]) -> (bool, String, String) {
    let output = Command::new(PROGRAM).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

/// Every fenced `sh` line with the answer that is printed behind it.
fn printed() -> Vec<(String, String)> {
    let readme = include_str!("../README.md");
    let mut fences = readme.split("\n```").skip(1).step_by(2).peekable();
    let mut printed = Vec::new();
    while let Some(fence) = fences.next() {
        if let Some(line) = fence.strip_prefix("sh\n") {
            let (_, answer) = fences.peek().unwrap().split_once('\n').unwrap();
            printed.push((line.to_owned(), answer.to_owned()));
        }
    }
    printed
}

/// Where there is no curl it is listed as ignored, with the reason, and never as passed.
fn the_lines_of_the_readme_work_as_printed() -> Completion {
    if Command::new("curl").arg("--version").output().is_err() {
        return Completion::ignored_with("curl was not found, so the lines of the README were not run");
    }
    let serving = Serving::start(&[]);
    let lines = printed();
    assert!(lines.len() >= 10, "{lines:?}");
    for (line, answer) in lines {
        let output = serving.shell(&line);
        assert_eq!(String::from_utf8(output.stdout).unwrap().trim_end(), answer, "{line}");
    }
    Completion::Completed
}

fn it_prints_base_urls_keys_and_what_a_shell_can_evaluate() {
    let serving = Serving::start(&["--mood", "nulls", "--mood", "small-pages"]);
    let text = serving.lines.join("\n");
    assert!(text.contains("# moods      nulls, small-pages\n"), "{text}");
    assert!(text.contains("#            accessKey: test-access-key\n"), "{text}");
    let evaluated = serving.shell(&format!("{text}\nprintf '%s' \"$GAINSIGHT_BASE_URL\""));
    let url = String::from_utf8(evaluated.stdout).unwrap();
    assert!(url.starts_with("http://127.0.0.1:") && url.ends_with("/gainsight/v1"), "{url}");
}

#[cfg(unix)]
fn it_stops_in_order_when_it_is_told_to() {
    for signal in ["-TERM", "-INT"] {
        let mut serving = Serving::start(&["--people", "3", "--seed", "1"]);
        let id = serving.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        assert!(serving.child.wait().unwrap().success(), "{signal}");
        let mut rest = String::new();
        serving.child.stdout.take().unwrap().read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "");
    }
}

fn it_stops_after_its_duration() {
    let (ended, out, _) = run(&["serve", "--port", "0", "--duration", "0.01", "--profile", "observed"]);
    assert!(ended && out.contains("# moods      quotas, "), "{out}");
    assert!(out.contains("/gong/oauth2/generate-customer-token\n"), "{out}");
    assert!(out.contains("#            client test-client with secret test-client-secret\n"), "{out}");
}

fn another_interface_needs_the_word_that_it_is_not_for_production() {
    let (ended, out, error) = run(&["serve", "--port", "0", "--duration", "0", "--listen", "0.0.0.0"]);
    assert!(!ended && out.is_empty() && error.contains("--not-for-production"), "{error}");
    let listen = ["serve", "--port", "0", "--duration", "0", "--listen", "0.0.0.0", "--not-for-production"];
    let (ended, out, _) = run(&listen);
    assert!(ended && out.contains("It is not for production."), "{out}");
    // Nobody can call that address.
    assert!(
        out.contains("# status     http://127.0.0.1:") && out.contains("_URL=http://127.0.0.1:"),
        "{out}"
    );
    assert!(!out.contains("0.0.0.0"), "{out}");
}

fn what_is_not_understood_says_what_there_is() {
    let (ended, _, error) = run(&["serve", "--mood", "gloomy"]);
    assert!(!ended && error.contains("`gloomy` is no mood; there are quotas, "), "{error}");
    let (ended, _, error) = run(&["serve", "--duration", "long"]);
    assert!(!ended && error.contains("a number of seconds"), "{error}");
    assert!(!run(&[]).0);
    let (ended, _, error) = run(&["--exceptions", "serve"]);
    assert!(!ended && error.contains("cannot be used with"), "{error}");
    assert!(!run(&["exports", "--port", "0"]).0);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let (ended, _, error) = run(&["serve", "--port", &address.port().to_string()]);
    assert!(!ended && error.contains(&format!("cannot listen on {address}: ")), "{error}");
    let localhost =
        ["serve", "--port", "0", "--duration", "0", "--listen", "localhost", "--not-for-production"];
    assert!(run(&localhost).0);
}

fn exceptions_and_exports_are_printed_without_serving() {
    let (ended, out, _) = run(&["--exceptions"]);
    assert!(ended && out.contains("no-success-response: userpilot/userpilot.json /paths/"), "{out}");
    let (ended, out, _) = run(&["exports", "--port", "4020"]);
    assert!(ended && out.contains("export USERPILOT_BASE_URL=http://127.0.0.1:4020/userpilot\n"), "{out}");
    assert!(out.lines().all(|line| line.starts_with("export ")));
}

//! What is in the dependency graph, judged by `deny.toml`.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::command::run;
use crate::tool;

/// Installs cargo-deny if need be, and has it judge bans, duplicates, licences and sources; and the advisories, too,
/// where their database can be had. Where it cannot, this says so and fails nobody.
///
/// # Errors
/// It cannot be installed, or it objects.
pub fn check(root: &Path) -> io::Result<()> {
    let deny = tool::DENY.install(root)?;
    let command = |arguments: &[&str]| {
        let mut command = Command::new(&deny);
        command.current_dir(root).args(arguments);
        command
    };
    run(&mut command(&["check", "--deny", "warnings", "bans", "licenses", "sources"]))?;
    let mut fetch = command(&["fetch", "db"]);
    let fetched =
        fetch.env("GIT_TERMINAL_PROMPT", "0").stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    if !fetched.success() {
        eprintln!("NOT CHECKED: security advisories. Their database could not be fetched from here.");
        eprintln!("NOT CHECKED: where github.com can be reached, `cargo xtask deny` checks them, too.");
        return Ok(());
    }
    run(&mut command(&["check", "--disable-fetch", "advisories"]))
}

//! Programs that the tasks run: each ends well, or its command line is in the error.

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// The cargo that runs this, in a folder.
#[must_use]
pub fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    command.current_dir(folder);
    command
}

/// Runs a program that speaks for itself.
///
/// # Errors
/// It cannot be started, or ends badly.
pub fn run(command: &mut Command) -> io::Result<()> {
    let status = command.status().map_err(|error| failed(command, &error.to_string()))?;
    if status.success() { Ok(()) } else { Err(failed(command, &status.to_string())) }
}

/// Runs a program for what it prints.
///
/// # Errors
/// It cannot be started, ends badly, or prints something else than text.
pub fn read(command: &mut Command) -> io::Result<String> {
    let output =
        command.stderr(Stdio::inherit()).output().map_err(|error| failed(command, &error.to_string()))?;
    if !output.status.success() {
        return Err(failed(command, &output.status.to_string()));
    }
    String::from_utf8(output.stdout).map_err(io::Error::other)
}

fn failed(command: &Command, reason: &str) -> io::Error {
    let mut line = Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program())
        .to_string_lossy()
        .into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    io::Error::other(format!("`{line}`: {reason}"))
}

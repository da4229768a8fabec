//! The sandbox as a program: four vendors on loopback for programs in any language.

mod options;
mod serve;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use options::{Command, Options};

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Options::parse() {
        Options { exceptions: true, .. } => print_exceptions(),
        Options { command: Some(Command::Serve(options)), .. } => serve::serve(options).await,
        Options { command: Some(Command::Exports(options)), .. } => serve::print_exports(&options),
        Options { command: None, .. } => Ok(()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is there to be told if this cannot be written.
            let _ = writeln!(io::stderr(), "revops-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

fn print_exceptions() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for exception in revops_sandbox::exceptions() {
        writeln!(out, "{}: {} {}", exception.name, exception.document, exception.pointer)?;
        writeln!(out, "    {}", exception.text)?;
    }
    Ok(())
}

//! What a call costs: instructions, allocations, requests a second, the longest waits, the heap of long lists and
//! long uploads.
//!
//! One server on loopback, in a process of its own, answers all contenders with the same bytes. Each measure is
//! taken in a fresh process of this same program, so that no contender inherits the heap of another.

mod contend;
mod contenders;
mod drive;
mod measure;
mod server;

use std::process::ExitCode;

use drive::Fallible;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ended = match arguments.as_slice() {
        ["serve"] => server::serve(),
        ["contend", arguments @ ..] => contend::contend(arguments),
        _ => run(),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Fallible<()> {
    let mut report = revops_bench::Report::new("calls");
    measure::measure(&mut report)?;

    report.write(&revops_bench::root())?;
    Ok(())
}

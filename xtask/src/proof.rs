//! Tools that nobody here wrote, installed below `target/` and let loose on the sandbox.

use std::env;
use std::io;
use std::path::Path;
use std::process::Command;

/// Installs the tools that `crates/sandbox/proof/requirements.txt` names, and runs what needs them; whether
/// that went well. Where they cannot be installed this says so, and the tests are listed as ignored.
///
/// # Errors
/// If cargo cannot be run.
pub fn run(root: &Path) -> io::Result<bool> {
    let environment = root.join("target/proof");
    if let Err(reason) = install(root, &environment) {
        eprintln!("NOT PROVEN: the independent tools could not be installed: {reason}");
    }
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["test", "--package", "revops-sandbox", "--test", "independent"];
    Ok(Command::new(cargo).args(arguments).current_dir(root).status()?.success())
}

fn install(root: &Path, environment: &Path) -> Result<(), String> {
    done(Command::new("python3").args(["-m", "venv"]).arg(environment))?;
    let requirements = root.join("crates/sandbox/proof/requirements.txt");
    let mut pip = Command::new(environment.join("bin/pip"));
    done(pip.args(["install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(requirements))
}

fn done(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{program}: {status}")),
        Err(error) => Err(format!("{program}: {error}")),
    }
}

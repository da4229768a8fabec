//! Tools that nobody here wrote, installed below `target/` and let loose on the sandbox.

use std::env;
use std::io;
use std::path::Path;
use std::process::Command;

/// Installs the tools that `crates/sandbox/proof/requirements.txt` names. Where they cannot be installed this
/// says so, and the tests that need them are listed as ignored.
pub fn install(root: &Path) {
    let environment = root.join("target/proof");
    let requirements = root.join("crates/sandbox/proof/requirements.txt");
    let made = done(Command::new("python3").args(["-m", "venv"]).arg(&environment));
    let installed = made.and_then(|()| {
        let mut pip = Command::new(environment.join("bin/pip"));
        pip.args(["install", "--quiet", "--disable-pip-version-check", "--requirement"]);
        done(pip.arg(requirements))
    });
    if let Err(reason) = installed {
        eprintln!("NOT PROVEN: the independent tools could not be installed: {reason}");
    }
}

/// Runs what needs the tools; whether that went well.
///
/// # Errors
/// If cargo cannot be run.
pub fn run(root: &Path) -> io::Result<bool> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["test", "--package", "revops-sandbox", "--test", "independent"];
    Ok(Command::new(cargo).args(arguments).current_dir(root).status()?.success())
}

fn done(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{program}: {status}")),
        Err(error) => Err(format!("{program}: {error}")),
    }
}

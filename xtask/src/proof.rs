//! Tools that nobody here wrote, installed below the target directory and let loose on the sandbox.

use std::io;
use std::path::Path;
use std::process::Command;

use crate::command::{cargo, run};
use crate::workspace::Workspace;

/// What is to be installed, below the root of the workspace.
const REQUIREMENTS: &str = "crates/sandbox/proof/requirements.txt";
/// With this set, a test whose tool is not there fails; elsewhere it is ignored.
const DUE: (&str, &str) = ("REVOPS_PROOF", "due");

/// Installs the tools, and runs the tests that need them. With `install_only` it installs them where they can be had:
/// the tests of the workspace say which of them have found no tool.
///
/// # Errors
/// A tool that cannot be installed, or that has found something; with `install_only`, neither.
pub fn prove(root: &Path, install_only: bool) -> io::Result<()> {
    let target = Workspace::read(root)?.target;
    let installed = install(&root.join(REQUIREMENTS), &target);
    if install_only {
        if let Err(error) = installed {
            eprintln!("{error}");
        }
        return Ok(());
    }
    installed?;
    let mut tests = cargo(root);
    tests.env(DUE.0, DUE.1).args(["test", "--package", "revops-sandbox", "--test", "independent"]);
    run(&mut tests)
}

/// Installs what the file `requirements` names, below the folder `target`.
///
/// # Errors
/// There is no Python with `venv`, no such file, or a package that cannot be had.
pub fn install(requirements: &Path, target: &Path) -> io::Result<()> {
    let environment = target.join("proof");
    let made = run(Command::new("python3").args(["-m", "venv"]).arg(&environment));
    let installed = made.and_then(|()| {
        let mut pip = Command::new(environment.join("bin/pip"));
        pip.args(["install", "--quiet", "--disable-pip-version-check", "--requirement"]);
        run(pip.arg(requirements))
    });
    installed.map_err(|error| {
        io::Error::other(format!("NOT PROVEN: the independent tools could not be installed: {error}"))
    })
}

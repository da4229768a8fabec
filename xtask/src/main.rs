//! The tasks of this workspace.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::bench::Bench;
use xtask::package::Allowances;
use xtask::regen::{Outcome, Regen};

/// The tasks of this workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Regenerate every client and update the snapshots in tests/snapshots.
    Regen {
        /// Change nothing; fail if something differs, and show how.
        #[arg(long)]
        check: bool,
        /// Show what this document would change for callers if it took the place of a vendored one.
        #[arg(long, value_name = "PATH", conflicts_with = "check")]
        spec: Option<PathBuf>,
        /// Which vendored document `--spec` takes the place of, such as `gong-users`; found by its title
        /// otherwise.
        #[arg(long, value_name = "NAME", requires = "spec")]
        instead_of: Option<String>,
    },
    /// List the public items of `revops` in tests/snapshots, so that a change of them is seen.
    Api {
        /// Change nothing; fail if something differs, and show how.
        #[arg(long)]
        check: bool,
    },
    /// Measure what the clients cost: calls, pacing, building, generating.
    Bench {
        /// Which benchmarks, of `calls`, `quota`, `build` and `generation`; all of them otherwise.
        parts: Vec<String>,
        /// Measure only what is counted, and fail where a limit of bench/limits.yaml is broken.
        #[arg(long, conflicts_with = "readme")]
        check: bool,
        /// Write the tables and the chart into the README; those of benchmarks that are not run are of their last run.
        #[arg(long)]
        readme: bool,
    },
    /// Judge the dependency graph by deny.toml: licences, duplicates, who may use what; and the security advisories
    /// where their database can be had.
    Deny,
    /// Lint each published package by itself, with each of its features alone.
    Features,
    /// Prove that the packages can be depended on, by a crate outside of the workspace that does.
    Package {
        /// Package what is in the working tree even if it is not committed.
        #[arg(long)]
        allow_dirty: bool,
        /// Build that crate with the newest dependencies that will do, not with those of Cargo.lock.
        #[arg(long)]
        newest: bool,
    },
    /// Install the independent tools below the target directory, and let them test the sandbox.
    Proof {
        /// Install them only, where they can be had; the tests of the workspace run what needs them.
        #[arg(long)]
        install_only: bool,
    },
    /// Compare the published packages with the last tag `v…`: is it said by the version what was broken?
    Semver {
        /// Install cargo-semver-checks if it is not there: a quarter of an hour of CPU.
        #[arg(long)]
        install: bool,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> io::Result<ExitCode> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_owned();
    match task {
        Task::Api { check } => {
            let is_same = xtask::api::list(&root, check)?;
            Ok(if check && !is_same { ExitCode::FAILURE } else { ExitCode::SUCCESS })
        }
        Task::Bench { parts, check, readme } => {
            let is_kept = xtask::bench::run(&root, &Bench { parts, check, readme })?;
            Ok(if is_kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Task::Deny => xtask::deny::check(&root).map(|()| ExitCode::SUCCESS),
        Task::Features => xtask::features::check(&root).map(|()| ExitCode::SUCCESS),
        Task::Package { allow_dirty, newest } => {
            let allowances = Allowances { dirty: allow_dirty, newest };
            xtask::package::prove(&root, allowances).map(|()| ExitCode::SUCCESS)
        }
        Task::Semver { install } => xtask::semver::check(&root, install).map(|()| ExitCode::SUCCESS),
        Task::Regen { check, spec, instead_of } => {
            let regen = Regen::new(&root);
            let outcome = match spec {
                Some(spec) => regen.preview(&spec, instead_of.as_deref())?,
                None => regen.run(check)?,
            };
            let failed = outcome == Outcome::Broken || (check && outcome == Outcome::Changed);
            Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
        }
        Task::Proof { install_only } => xtask::proof::prove(&root, install_only).map(|()| ExitCode::SUCCESS),
    }
}

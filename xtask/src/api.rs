//! The public surface of `revops`, listed so that a change of it is seen.

use std::env;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use similar::TextDiff;

/// Where the listing is kept.
const LISTING: &str = "tests/snapshots/revops.public-api.txt";

/// Lists every public item of the facade, from what rustdoc knows of it. With `check` nothing is changed; whether
/// the listing is what is kept is told either way.
///
/// # Errors
/// The documentation cannot be built or read, or the listing cannot be written.
pub fn list(root: &Path, check: bool) -> io::Result<bool> {
    let listing = listing(root)?;
    let path = root.join(LISTING);
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let is_same = kept == listing;
    if !is_same {
        print!(
            "{}",
            TextDiff::from_lines(&kept, &listing).unified_diff().context_radius(0).header("kept", "now")
        );
        if check {
            eprintln!(
                "error: the public API differs from {LISTING}; if that is meant, run `cargo xtask api`"
            );
        } else {
            fs::write(&path, listing)?;
        }
    }
    Ok(is_same)
}

fn listing(root: &Path) -> io::Result<String> {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |it| root.join(it));
    let status = Command::new(env!("CARGO"))
        .current_dir(root)
        // rustdoc's JSON is not stable: its format is that of the toolchain that rust-toolchain.toml names.
        .env("RUSTC_BOOTSTRAP", "1")
        .args(["rustdoc", "-p", "revops", "--lib", "--all-features", "--"])
        .args(["-Z", "unstable-options", "--output-format", "json", "--cap-lints", "allow"])
        .status()?;
    if !status.success() {
        return Err(io::Error::other("rustdoc could not describe `revops`"));
    }
    let api = public_api::Builder::from_rustdoc_json(target.join("doc/revops.json"))
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(true)
        .build()
        .map_err(io::Error::other)?;
    let mut lines: Vec<String> = api.items().map(ToString::to_string).collect();
    lines.push(String::new());
    Ok(lines.join("\n"))
}

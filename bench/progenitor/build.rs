//! Runs progenitor, and nothing after it, on the documents as our own clients give them to it: without their
//! repairs it refuses them or panics.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use revops_codegen::generate::{Style, generate};

const DOCUMENTS: [(&str, &str); 3] = [
    ("gong", "gong/users.yaml"),
    ("gainsight", "gainsight/person.yaml"),
    ("userpilot", "userpilot/userpilot.json"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let specs = Path::new("../../specs");
    println!("cargo::rerun-if-changed={}", specs.display());
    let out = PathBuf::from(env::var("OUT_DIR")?);
    for (name, document) in DOCUMENTS {
        let adapted = revops_codegen::run(&specs.join(document))?.adapted;
        let code = generate(&adapted, Style::Builder, |file| prettyplease::unparse(&file))?;
        fs::write(out.join(name).with_extension("rs"), code)?;
    }
    Ok(())
}

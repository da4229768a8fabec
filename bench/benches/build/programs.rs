//! The programs that are built.

use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

use heck::ToSnakeCase as _;
use serde_json::Value;

use crate::Fallible;

const DOCUMENTS: [&str; 5] = [
    "gainsight/person.yaml",
    "gainsight/user-management.yaml",
    "gong/users.yaml",
    "usergems/usergems.yaml",
    "userpilot/userpilot.json",
];

/// With the facade of Gong alone.
pub(crate) const ONE_VENDOR: &str = "revops, one vendor";
/// With all of it, as it is by default.
pub(crate) const ALL: &str = "revops";

/// Each operation as a person would call it.
const FACADE: &str = include_str!("operations.txt");

/// A program that uses some operations, through one client or another.
pub(crate) struct Program {
    /// The contender.
    pub(crate) name: &'static str,
    dependencies: String,
    build: Option<String>,
    documents: Vec<(String, Value)>,
    /// What stands before `main`.
    preamble: String,
    /// What stands at the beginning of `main`.
    clients: String,
    /// A statement for each operation.
    calls: Vec<String>,
}

/// One vendor, all of them, and progenitor alone.
pub(crate) fn programs(root: &Path) -> Fallible<Vec<Program>> {
    Ok(vec![bare(root)?, facade(ONE_VENDOR, root, &["gong"]), facade(ALL, root, &[])])
}

fn facade(name: &'static str, root: &Path, vendors: &[&str]) -> Program {
    let path = root.join("crates/revops");
    let features = if vendors.is_empty() {
        String::new()
    } else {
        format!(", default-features = false, features = {vendors:?}")
    };
    let is_in = |vendor: &str| vendors.is_empty() || vendors.contains(&vendor);
    let vendor = |call: &&str| is_in(call.split('.').next().unwrap_or_default());
    let calls = FACADE.lines().filter(|line| !line.is_empty()).filter(vendor);
    let mut clients = String::new();
    for (vendor, made) in [
        ("gong", "revops::gong::Gong::from_env()?"),
        ("gainsight", "revops::gainsight::Gainsight::from_env()?"),
        ("usergems", "revops::usergems::UserGems::from_env()?"),
        ("userpilot", "revops::userpilot::Userpilot::from_env()?"),
    ] {
        if is_in(vendor) {
            let _ = writeln!(clients, "    let {vendor} = {made};");
        }
    }
    Program {
        name,
        dependencies: format!("revops = {{ path = {:?}{features} }}\n", path.display().to_string()),
        build: None,
        documents: Vec::new(),
        preamble: "use futures::TryStreamExt as _;\n".to_owned(),
        clients,
        calls: calls.map(|call| format!("    let _ = {call};\n")).collect(),
    }
}

/// The documents as our own clients give them to progenitor: without their repairs it refuses them or panics.
fn bare(root: &Path) -> Fallible<Program> {
    let mut documents = Vec::new();
    let (mut preamble, mut clients, mut calls) = (String::new(), String::new(), Vec::new());
    for document in DOCUMENTS {
        let generated = revops_codegen::run(&root.join("specs").join(document))?;
        let name = document.replace(['/', '-', '.'], "_");
        let _ = writeln!(
            preamble,
            "#[allow(unused, clippy::all)]\nmod {name} {{\n    include!(concat!(env!(\"OUT_DIR\"), \"/{name}.rs\"));\n}}"
        );
        let _ = writeln!(clients, "    let {name} = {name}::Client::new(\"https://example.com\");");
        for operation in &generated.meta.operations {
            calls.push(format!("    let _ = {name}.{}().send().await;\n", operation.id.to_snake_case()));
        }
        documents.push((name, generated.adapted));
    }
    let build = r#"fn main() {
    let out = std::path::PathBuf::from(std::env::var("OUT_DIR").unwrap());
    for document in std::fs::read_dir("documents").unwrap() {
        let path = document.unwrap().path();
        println!("cargo::rerun-if-changed={}", path.display());
        let document = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let mut settings = progenitor::GenerationSettings::new();
        settings.with_interface(progenitor::InterfaceStyle::Builder);
        let tokens = progenitor::Generator::new(&settings).generate_tokens(&document).unwrap();
        let code = prettyplease::unparse(&syn::parse2(tokens).unwrap());
        std::fs::write(out.join(path.file_stem().unwrap()).with_extension("rs"), code).unwrap();
    }
}
"#;
    let dependencies = r#"bytes = "1"
chrono = { version = "0.4", features = ["serde"] }
progenitor-client = "0.15.1"
reqwest = { version = "0.13", features = ["json", "multipart", "query", "stream"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"

[build-dependencies]
prettyplease = "0.3"
progenitor = "0.15.1"
serde_json = "1"
syn = "3"
"#;
    Ok(Program {
        name: "progenitor",
        dependencies: dependencies.to_owned(),
        build: Some(build.to_owned()),
        documents,
        preamble,
        clients,
        calls,
    })
}

impl Program {
    /// How many operations it can use.
    pub(crate) fn operations(&self) -> usize {
        self.calls.len()
    }

    pub(crate) fn package(&self) -> String {
        format!("build-{}", self.name.replace([' ', ','], "-").replace("--", "-"))
    }

    /// Writes the package, with the versions of the workspace's lock file where it uses the same crates.
    pub(crate) fn write(&self, root: &Path, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder.join("src"))?;
        let manifest = format!(
            "[package]\nname = {:?}\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[workspace]\n\n\
             [profile.release]\nstrip = true\n\n[dependencies]\nfutures = \"0.3\"\n\
             tokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n{}",
            self.package(),
            self.dependencies
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
        if let Some(build) = &self.build {
            fs::write(folder.join("build.rs"), build)?;
            fs::create_dir_all(folder.join("documents"))?;
        }
        for (name, document) in &self.documents {
            fs::write(folder.join("documents").join(name).with_extension("json"), document.to_string())?;
        }
        self.use_operations(folder, 0)
    }

    /// Makes it a program that uses the first `count` operations.
    pub(crate) fn use_operations(&self, folder: &Path, count: usize) -> io::Result<()> {
        let Self { preamble, clients, .. } = self;
        let calls: String = self.calls.iter().take(count).map(String::as_str).collect();
        let program = format!(
            "#![allow(unused)]\n{preamble}\n#[tokio::main(flavor = \"current_thread\")]\n\
             async fn main() -> Result<(), Box<dyn std::error::Error>> {{\n{clients}{calls}    Ok(())\n}}\n"
        );
        fs::write(folder.join("src/main.rs"), program)
    }
}

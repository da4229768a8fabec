//! What cargo knows of a workspace and its packages.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::command::{cargo, read};

/// A workspace, or a package that stands alone.
#[derive(Debug)]
pub struct Workspace {
    /// Where cargo builds it.
    pub target: PathBuf,
    /// Its packages, by name.
    pub packages: Vec<Package>,
}

/// One package, as its manifest says.
#[derive(Debug)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where its manifest is.
    pub folder: PathBuf,
    /// Whether its manifest lets it be published.
    pub is_published: bool,
    /// Its features, `default` among them if it has that.
    pub features: Vec<String>,
    /// What it depends on, in every way.
    pub dependencies: Vec<Dependency>,
    /// What the manifest says of the package to those who look for one.
    pub about: About,
}

/// What a manifest says of its package to those who look for one.
#[derive(Debug, Default)]
pub struct About {
    /// One sentence.
    pub description: String,
    /// The file that introduces it.
    pub readme: String,
    /// Where its source is.
    pub repository: String,
    /// The expression of its licences.
    pub license: String,
    /// Words of its own.
    pub keywords: Vec<String>,
    /// Words of the registry.
    pub categories: Vec<String>,
}

/// One line of a manifest's dependencies.
#[derive(Debug, Clone)]
pub struct Dependency {
    /// The package that is wanted.
    pub name: String,
    /// The versions that will do.
    pub requirement: String,
    /// The features asked for.
    pub features: Vec<String>,
    /// Whether its default features are wanted, too.
    pub default_features: bool,
}

impl Workspace {
    /// Asks cargo for the packages below a folder.
    ///
    /// # Errors
    /// Cargo cannot be run, or refuses a manifest.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let metadata = ["metadata", "--no-deps", "--format-version", "1"];
        Self::parse(&read(cargo(folder).args(metadata))?)
    }

    /// Reads the answer of `cargo metadata`.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(metadata: &str) -> io::Result<Self> {
        let metadata: Value = serde_json::from_str(metadata)?;
        let mut packages: Vec<_> = list(&metadata["packages"]).map(package).collect();
        packages.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Self { target: text(&metadata["target_directory"]).into(), packages })
    }

    /// The packages that can be published.
    pub fn published(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.is_published)
    }
}

fn package(value: &Value) -> Package {
    let manifest = PathBuf::from(text(&value["manifest_path"]));
    Package {
        name: text(&value["name"]),
        version: text(&value["version"]),
        folder: manifest.parent().unwrap_or(&manifest).to_owned(),
        is_published: value["publish"].as_array().is_none_or(|registries| !registries.is_empty()),
        features: value["features"].as_object().into_iter().flat_map(|it| it.keys().cloned()).collect(),
        dependencies: list(&value["dependencies"]).map(dependency).collect(),
        about: About {
            description: text(&value["description"]),
            readme: text(&value["readme"]),
            repository: text(&value["repository"]),
            license: text(&value["license"]),
            keywords: list(&value["keywords"]).map(text).collect(),
            categories: list(&value["categories"]).map(text).collect(),
        },
    }
}

fn dependency(value: &Value) -> Dependency {
    Dependency {
        name: text(&value["name"]),
        requirement: text(&value["req"]),
        features: list(&value["features"]).map(text).collect(),
        default_features: value["uses_default_features"].as_bool().unwrap_or(true),
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

//! Generates clients from the documents of invented vendors.

fn main() -> std::process::ExitCode {
    revops_codegen::build(&["documents/ledger.yaml", "documents/bodyless.yaml"])
}

//! Generates the client from its published documents and the overlays beside them.

fn main() -> std::process::ExitCode {
    revops_codegen::build(&["specs/person.yaml", "specs/user-management.yaml"])
}

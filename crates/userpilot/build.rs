//! Generates the client from its published document and the overlays beside it.

fn main() -> std::process::ExitCode {
    revops_codegen::build(&["specs/userpilot.json"])
}

//! Tools that nobody here wrote find no answer that breaks a document.
//!
//! `cargo xtask proof` installs them below `target/proof` and runs this. Where they are not, each test is
//! listed as ignored, with the reason; with `REVOPS_PROOF=due` in the environment, as that command sets it, each fails.

#![expect(clippy::expect_used, reason = "a helper of tests fails as a test does")]

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use revops_sandbox::{Builder, GAINSIGHT_ACCESS_KEY, Sandbox, Vendor, exceptions};
use serde_json::{Map, Value, json};

/// The published documents, by their paths under `specs/`.
const DOCUMENTS: [(&str, Vendor); 5] = [
    ("usergems/usergems.yaml", Vendor::UserGems),
    ("userpilot/userpilot.json", Vendor::Userpilot),
    ("gainsight/person.yaml", Vendor::Gainsight),
    ("gainsight/user-management.yaml", Vendor::Gainsight),
    ("gong/users.yaml", Vendor::Gong),
];

/// How many requests are made up for each operation, besides those that try each limit of its schemas.
const EXAMPLES: &str = "50";

/// Requests as the document wants them: their answers have a documented status, too.
const RIGHT: [&str; 4] = [
    "--mode=positive",
    "--phases=examples,coverage,fuzzing,stateful",
    "--checks=not_a_server_error,status_code_conformance,content_type_conformance,\
     response_headers_conformance,response_schema_conformance,use_after_free,ensure_resource_availability",
    "--continue-on-failure",
];

/// Requests as it does not want them: they are refused, which few documents have a status for.
const WRONG: [&str; 4] = [
    "--mode=negative",
    "--phases=coverage,fuzzing",
    "--checks=not_a_server_error,content_type_conformance,response_headers_conformance,\
     response_schema_conformance,negative_data_rejection,missing_required_header,unsupported_method,\
     allow_header_conformance,ignored_auth",
    "--continue-on-failure",
];

fn main() -> ExitCode {
    let mut trials = Vec::new();
    for (document, vendor) in DOCUMENTS {
        for (kind, arguments) in [("right", RIGHT), ("wrong", WRONG)] {
            let name = format!("schemathesis_finds_every_answer_to_{kind}_requests_as_in {document}");
            trials
                .push(Trial::ignorable_test(name, move || schemathesis(document, vendor, kind, &arguments)));
        }
    }
    trials.push(Trial::ignorable_test("scim2_tester_finds_no_error_in_the_life_of_a_user", scim2_tester));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn schemathesis(
    document: &str,
    vendor: Vendor,
    kind: &str,
    arguments: &[&str],
) -> Result<Completion, Failed> {
    let Some(program) = tool("st") else { return missing("schemathesis") };
    on_a_sandbox(Sandbox::builder(), |sandbox| {
        let file = readable(document, kind)?;
        let credential = sandbox.credentials(vendor).next().ok_or("no credential")?;
        let mut command = Command::new(program);
        command.arg("run").arg(file).args(arguments);
        command.args(["--url", &sandbox.base_url(vendor), "--max-examples", EXAMPLES]);
        command.args(["--header", &format!("{}: {}", credential.header, credential.value)]);
        command.args(["--generation-deterministic", "--no-color", "--warnings=off"]);
        run(&mut command)?;
        let called = sandbox.operations().iter().filter(|operation| operation.document() == document);
        let counts = sandbox.counts();
        for operation in called {
            let reached = counts.iter().any(|count| count.operation == Some(operation.id()));
            reached.then_some(()).ok_or_else(|| format!("{} was never called", operation.id()))?;
        }
        Ok(())
    })
}

fn scim2_tester() -> Result<Completion, Failed> {
    let Some(program) = tool("python").filter(|python| {
        Command::new(python).args(["-c", "import scim2_tester"]).output().is_ok_and(|it| it.status.success())
    }) else {
        return missing("scim2-tester");
    };
    // It looks for whom it has created on the first page of users.
    on_a_sandbox(Sandbox::builder().people(50), |sandbox| {
        let url = format!("{}/scim/v2", sandbox.base_url(Vendor::Gainsight));
        run(Command::new(program).arg(proof().join("scim.py")).args([&url, GAINSIGHT_ACCESS_KEY]))
    })
}

fn on_a_sandbox(
    builder: Builder,
    check: impl FnOnce(&Sandbox) -> Result<(), Failed>,
) -> Result<Completion, Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let sandbox = runtime.block_on(builder.start())?;
    check(&sandbox).map(|()| Completion::Completed)
}

/// Runs to the end; what was printed is the reason of a failure.
fn run(command: &mut Command) -> Result<(), Failed> {
    let output = command.current_dir(env!("CARGO_TARGET_TMPDIR")).output()?;
    if output.status.success() {
        return Ok(());
    }
    let text = [output.stdout, output.stderr].concat();
    Err(format!("{}\n{}", output.status, String::from_utf8_lossy(&text)).into())
}

fn missing(tool: &str) -> Result<Completion, Failed> {
    let reason = format!("{tool} was not found; `cargo xtask proof` installs it");
    let is_due = std::env::var_os("REVOPS_PROOF").is_some_and(|value| value == "due");
    if is_due { Err(reason.into()) } else { Ok(Completion::ignored_with(reason)) }
}

fn proof() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("proof")
}

/// A program of the tools' environment, if it is there.
fn tool(name: &str) -> Option<PathBuf> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?;
    let program = target.join("proof/bin").join(name);
    program.exists().then_some(program)
}

/// The document with its named exceptions written into it, and nothing else changed.
fn readable(document: &str, kind: &str) -> Result<PathBuf, Failed> {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs");
    let mut root: Value = serde_saphyr::from_str(&std::fs::read_to_string(specs.join(document))?)?;
    for exception in exceptions().iter().filter(|exception| exception.document == document) {
        for status in exception.statuses {
            let responses = root.pointer_mut(exception.pointer).and_then(Value::as_object_mut);
            let described = json!({"description": exception.text});
            responses.ok_or("the exception points nowhere")?.insert(status.to_string(), described);
        }
        if exception.name == "http-headers-as-parameters" {
            without_http_headers(&mut root);
        }
    }
    let paths = root["paths"].as_object_mut().ok_or("no paths")?;
    let single = |path: String| path.replace("{{", "{").replace("}}", "}");
    let read: Map<String, Value> =
        std::mem::take(paths).into_iter().map(|(path, item)| (single(path), item)).collect();
    *paths = read;
    let name = format!("{}.{kind}.json", document.replace('/', "."));
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&file, root.to_string())?;
    Ok(file)
}

/// Removes the parameters that are HTTP's own, and the references to them.
fn without_http_headers(root: &mut Value) {
    const OWN: [&str; 3] = ["Accept", "Authorization", "Content-Type"];
    let shared = root["components"]["parameters"].clone();
    let is_own = |parameter: &Value| {
        let name = parameter["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
        let parameter = name.map_or(parameter, |name| &shared[name]);
        parameter["in"] == "header" && OWN.iter().any(|own| parameter["name"] == *own)
    };
    let items = root["paths"].as_object_mut().expect("an object").values_mut();
    for operation in items.filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        if let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) {
            parameters.retain(|parameter| !is_own(parameter));
        }
    }
}

//! Runs progenitor on an adapted document, and turns what it cannot do into an error that says where.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Once;
use std::thread;

use openapiv3::OpenAPI;
use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use serde::Deserialize as _;
use serde_json::{Map, Value, json};

use crate::{Error, openapi, pointer};

/// How operations look to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// One builder per operation: what is compiled.
    Builder,
    /// One function per operation: what reviewers read.
    Positional,
}

/// typify recurses into schemas.
const STACK: usize = 64 * 1024 * 1024;

/// Generates Rust from an adapted document and gives it to `then`, in the same thread: what is parsed cannot leave
/// it, and printing it for another one took longer than making it.
///
/// # Errors
/// What progenitor refuses and where it panics, with the operation or component that makes it do so.
pub fn generate<R: Send>(
    adapted: &Value,
    style: Style,
    then: impl FnOnce(syn::File) -> R + Send,
) -> Result<R, Error> {
    attempt(adapted, style, then).map_err(|fault| {
        Error::new("progenitor", culprit(adapted, style), format!("progenitor cannot generate this: {fault}"))
            .remedy("Simplify it in a repair, or remove it if nobody calls it; a rule in the adapt stage may be missing")
    })
}

fn attempt<R: Send>(
    adapted: &Value,
    style: Style,
    then: impl FnOnce(syn::File) -> R + Send,
) -> Result<R, String> {
    let document = OpenAPI::deserialize(adapted).map_err(|error| error.to_string())?;
    thread::scope(|scope| {
        let work = || {
            let tokens =
                panics_told(|| tokens(&document, style)).map_err(|panic| message(panic.as_ref()))??;
            syn::parse2(tokens).map(then).map_err(|error| format!("its output is not Rust: {error}"))
        };
        let thread = thread::Builder::new().name("codegen".to_owned()).stack_size(STACK);
        let thread = thread.spawn_scoped(scope, work).map_err(|error| error.to_string())?;
        // A panic of `then` is ours, and goes on as one.
        thread.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

fn tokens(document: &OpenAPI, style: Style) -> Result<TokenStream, String> {
    let mut settings = GenerationSettings::new();
    settings.with_map_type("::std::collections::BTreeMap").with_interface(match style {
        Style::Builder => InterfaceStyle::Builder,
        Style::Positional => InterfaceStyle::Positional,
    });
    Generator::new(&settings).generate_tokens(document).map_err(|error| error.to_string())
}

thread_local!(static TOLD: Cell<bool> = const { Cell::new(false) });

/// Panics of `work` are part of an error; those of everything else go where they went before.
fn panics_told<R>(work: impl FnOnce() -> R) -> thread::Result<R> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !TOLD.get() {
                before(info);
            }
        }));
    });
    TOLD.set(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    TOLD.set(false);
    done
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text =
        panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("it panicked").lines().next().unwrap_or_default().to_owned()
}

/// The first operation, else the first component, that cannot be generated on its own.
fn culprit(adapted: &Value, style: Style) -> String {
    for (name, _) in adapted["components"]["schemas"].as_object().into_iter().flatten() {
        let mut kept = Map::new();
        closure(adapted, name, &mut kept);
        let alone = json!({ "openapi": "3.0.3", "info": adapted["info"], "paths": {}, "components": { "schemas": kept } });
        if attempt(&alone, style, |_| ()).is_err() {
            return pointer::join("/components/schemas", name);
        }
    }
    for place in openapi::places(adapted) {
        let mut alone = adapted.clone();
        alone["paths"] =
            json!({ &place.path: { &place.method: adapted["paths"][&place.path][&place.method] } });
        if attempt(&alone, style, |_| ()).is_err() {
            return place.pointer();
        }
    }
    String::new()
}

/// The component `name` and all it refers to.
fn closure(adapted: &Value, name: &str, kept: &mut Map<String, Value>) {
    let Some(schema) = adapted["components"]["schemas"].get(name) else { return };
    if kept.insert(name.to_owned(), schema.clone()).is_some() {
        return;
    }
    let mut schema = schema.clone();
    let mut references = Vec::new();
    openapi::descend("", &mut schema, &mut |_, members| {
        references.extend(members.get("$ref").and_then(Value::as_str).map(pointer::last));
    });
    for reference in references {
        closure(adapted, &reference, kept);
    }
}

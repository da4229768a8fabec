//! Turns progenitor's output into our client: the call goes to the runtime, types accept what vendors add.
//!
//! progenitor ends every operation with its own hooks, its own error and a decode that loses status and
//! headers. That tail is replaced by one call of `revops_runtime::call`, which knows the operation's
//! constants. Every edit is counted; an operation whose code does not have the expected form is an error, so
//! that a new version of progenitor cannot slip through half rewritten.

mod call;
mod debug;
mod decode;
mod derives;
mod setters;
mod tags;
mod types;
mod url;

pub(crate) use call::BUILDER_METHODS;
use heck::ToShoutySnakeCase;
use syn::{File, ImplItem, Item, ItemImpl, Type};

use crate::meta::{ApiMeta, OperationMeta};
use crate::{Error, Notes, ident};

/// Finishes the builder rendering: what is compiled, without the constants that [`crate::emit`] adds.
///
/// # Errors
/// Code that does not have the form progenitor 0.15 gives it.
pub fn finish(mut file: File, meta: &ApiMeta, notes: &mut Notes) -> Result<File, Error> {
    file.items.retain(is_ours);
    for item in &mut file.items {
        match item {
            Item::Mod(module) if module.ident == "types" => types::finish(module, meta, notes)?,
            Item::Mod(module) if module.ident == "builder" => call::builders(module, meta, notes)?,
            _ => {}
        }
    }
    Ok(file)
}

/// Finishes the positional rendering and keeps its operations alone: what reviewers read.
///
/// # Errors
/// As [`finish`].
pub fn finish_positional(file: File, meta: &ApiMeta) -> Result<File, Error> {
    let mut blocks: Vec<ItemImpl> = file
        .items
        .into_iter()
        .filter_map(|item| match item {
            Item::Impl(block) if is_client(&block) && !has_method(&block, "new_with_client") => Some(block),
            _ => None,
        })
        .collect();
    call::functions(&mut blocks, meta)?;
    let items = blocks.into_iter().map(Item::Impl).collect();
    Ok(File { shebang: None, frontmatter: None, attrs: Vec::new(), items })
}

/// What is kept of progenitor's items: types, the operations' builders, and the methods that start them. Its
/// client struct, constructors and hooks are replaced by ours.
fn is_ours(item: &Item) -> bool {
    match item {
        Item::Mod(module) => module.ident == "types" || module.ident == "builder",
        Item::Impl(block) => is_client(block) && !has_method(block, "new_with_client"),
        _ => false,
    }
}

fn is_client(block: &ItemImpl) -> bool {
    block.trait_.is_none() && matches!(&*block.self_ty, Type::Path(path) if path.path.is_ident("Client"))
}

fn has_method(block: &ItemImpl, name: &str) -> bool {
    block.items.iter().any(|item| matches!(item, ImplItem::Fn(function) if function.sig.ident == name))
}

/// The name of the operation's constant.
pub(crate) fn constant(operation: &OperationMeta) -> syn::Ident {
    quote::format_ident!("{}", method_name(operation).to_shouty_snake_case())
}

/// The name of the operation's builder type and its method.
pub(crate) fn builder_name(operation: &OperationMeta) -> String {
    ident::pascal(&method_name(operation))
}

pub(crate) fn method_name(operation: &OperationMeta) -> String {
    ident::snake(&operation.id)
}

/// The name of an operation's multipart form.
pub(crate) fn form_name(operation: &OperationMeta) -> syn::Ident {
    quote::format_ident!("{}Form", builder_name(operation))
}

pub(crate) fn unexpected(what: impl Into<String>) -> Error {
    Error::new("finish", "", format!("progenitor's output does not have the expected form: {}", what.into()))
        .remedy("The version of progenitor has changed; the finish stage must be brought up to it")
}

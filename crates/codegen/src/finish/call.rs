//! Replaces the end of every operation by one call of the runtime.

pub(super) mod rewrite;

use std::collections::BTreeMap;

use quote::{ToTokens, format_ident};
use syn::visit_mut::VisitMut;
use syn::{Expr, Ident, ImplItem, ImplItemFn, Item, ItemImpl, ItemMod, Stmt, Type, parse_quote};

use super::{builder_name, debug, method_name, unexpected};
use crate::meta::{ApiMeta, OperationMeta};
use crate::{Error, Notes};
use rewrite::Rewrite;

/// The methods of a builder that are none of its inputs: progenitor's, and what [`split`] adds for people.
pub(crate) const BUILDER_METHODS: [&str; 3] = ["new", "send", TO_CURL];
const TO_CURL: &str = "to_curl";
/// What builds the request. No input has this name: the underscores of theirs are taken off, and only a keyword
/// gets one.
const REQUEST: &str = "request_";

/// Finishes `mod builder`: one struct per operation with a `send`.
pub(super) fn builders(module: &mut ItemMod, meta: &ApiMeta, notes: &mut Notes) -> Result<(), Error> {
    module.attrs.retain(|attribute| !attribute.path().is_ident("allow"));
    let Some((_, items)) = &mut module.content else { return Err(unexpected("`mod builder` is empty")) };
    items.retain(|item| !matches!(item, Item::Use(import) if import.to_token_stream().to_string().contains("ClientHooks")));
    let told = debug::of_builders(items);
    notes.record("builder-debug", "", format!("{told} builders of operations tell names and no values"));
    let named: BTreeMap<String, &OperationMeta> =
        meta.operations.iter().map(|operation| (builder_name(operation), operation)).collect();
    let mut done = 0;
    for item in items {
        let name = match item {
            Item::Impl(block) if block.trait_.is_some() => continue,
            Item::Struct(structure) => structure.ident.to_string(),
            Item::Impl(block) => last_segment(&block.self_ty),
            _ => continue,
        };
        let Some(operation) = named.get(&name).copied() else {
            return Err(unexpected(format!("`builder::{name}` belongs to no operation")));
        };
        let mut rewrite = Rewrite::new(operation, &parse_quote!(super::operations));
        let Item::Impl(block) = item else {
            rewrite.visit_item_mut(item);
            continue;
        };
        for function in functions_of(block) {
            // Only there is `.client` the HTTP client; in a setter it may be a parameter of that name.
            rewrite.sends = function.sig.ident == "send";
            rewrite.visit_impl_item_fn_mut(function);
            if rewrite.sends {
                rewrite.send(function)?;
                done += 1;
            }
        }
        split(block)?;
    }
    if done != meta.operations.len() {
        return Err(unexpected(format!("{done} of {} operations were found", meta.operations.len())));
    }
    notes.record("runtime-call", "", format!("{done} operations end in one call of the runtime"));
    Ok(())
}

/// Parts `send` into a function that builds the request, which is not async and can be shown to a person, and
/// one that sends it.
fn split(block: &mut ItemImpl) -> Result<(), Error> {
    let Some(send) = functions_of(block).find(|function| function.sig.ident == "send") else { return Ok(()) };
    let Some(Stmt::Expr(Expr::Await(awaited), None)) = send.block.stmts.pop() else {
        return Err(unexpected("`send` does not end in a call"));
    };
    let Expr::Call(mut call) = *awaited.base else { return Err(unexpected("`send` does not end in a call")) };
    let Some(request) = call.args.pop() else {
        return Err(unexpected("the call has no request"));
    };
    // An input named `client` makes progenitor call the client something else.
    let client = match call.args.first() {
        Some(Expr::Reference(connection)) => match &*connection.expr {
            Expr::Field(field) => field.base.clone(),
            _ => return Err(unexpected("the call has no client")),
        },
        _ => return Err(unexpected("the call has no client")),
    };
    let constant = call.args.last().cloned();
    // A form was joined to the request before.
    let outgoing: Type = if matches!(request, Expr::Path(_)) {
        parse_quote!(::revops_runtime::upload::Outgoing)
    } else {
        parse_quote!(::revops_runtime::generated::reqwest::RequestBuilder)
    };
    let statements = std::mem::take(&mut send.block.stmts);
    let (build, show) = (format_ident!("{REQUEST}"), format_ident!("{TO_CURL}"));
    call.args = parse_quote!(&client.connection, #constant, request);
    send.block = parse_quote!({
        let (client, request) = self.#build()?;
        #call.await
    });
    let request: ImplItemFn = parse_quote! {
        fn #build(
            self,
        ) -> Result<
            (&'a super::Client, #outgoing),
            ::revops_runtime::Error,
        > {
            #(#statements)*
            Ok((#client, #request))
        }
    };
    let to_curl: ImplItemFn = parse_quote! {
        /// The request as a `curl` command for a support ticket, its credentials masked; nothing is sent. Path,
        /// query and body are shown as they are and may hold personal data.
        ///
        /// # Errors
        /// What is refused before sending.
        pub fn #show(self) -> Result<::std::string::String, ::revops_runtime::Error> {
            let (client, request) = self.#build()?;
            ::revops_runtime::to_curl(&super::API, &client.connection, #constant, request)
        }
    };
    block.items.push(ImplItem::Fn(request));
    block.items.push(ImplItem::Fn(to_curl));
    distinct(block)
}

/// Two functions of one name would be an error of the compiler, in code that nobody wrote.
fn distinct(block: &mut ItemImpl) -> Result<(), Error> {
    let name = last_segment(&block.self_ty);
    let mut seen: Vec<Ident> = Vec::new();
    for function in functions_of(block) {
        if seen.contains(&function.sig.ident) {
            return Err(unexpected(format!("`builder::{name}` has two functions `{}`", function.sig.ident)));
        }
        seen.push(function.sig.ident.clone());
    }
    Ok(())
}

/// Finishes the functions of the positional rendering.
pub(super) fn functions(blocks: &mut [ItemImpl], meta: &ApiMeta) -> Result<(), Error> {
    let named: BTreeMap<String, &OperationMeta> =
        meta.operations.iter().map(|operation| (method_name(operation), operation)).collect();
    let mut done = 0;
    for function in blocks.iter_mut().flat_map(functions_of) {
        let name = function.sig.ident.to_string();
        let Some(operation) = named.get(&name).copied() else {
            return Err(unexpected(format!("`{name}` belongs to no operation")));
        };
        let mut rewrite = Rewrite::new(operation, &parse_quote!(operations));
        rewrite.sends = true;
        rewrite.visit_impl_item_fn_mut(function);
        rewrite.send(function)?;
        done += 1;
    }
    if done == meta.operations.len() {
        Ok(())
    } else {
        Err(unexpected(format!("{done} functions were found")))
    }
}

fn functions_of(block: &mut ItemImpl) -> impl Iterator<Item = &mut ImplItemFn> {
    block.items.iter_mut().filter_map(|item| match item {
        ImplItem::Fn(function) => Some(function),
        _ => None,
    })
}

fn last_segment(kind: &Type) -> String {
    match kind {
        Type::Path(path) => {
            path.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default()
        }
        _ => String::new(),
    }
}

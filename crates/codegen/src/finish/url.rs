//! The URL of an operation: its path, put behind a base URL that was read once.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, ExprMacro, Lit, Token, parse_quote};

use super::call::rewrite::is_path;
use crate::meta::OperationMeta;

/// progenitor's `format!("{}/path/{}", client.baseurl, encode_path(…))` as a call of the connection, which
/// does not read the base URL again for every request. `None` for any other macro.
pub(super) fn of(invocation: &ExprMacro, operation: &OperationMeta, constant: &TokenStream) -> Option<Expr> {
    if !invocation.mac.path.is_ident("format") {
        return None;
    }
    let parser = Punctuated::<Expr, Token![,]>::parse_terminated;
    let mut arguments = parser.parse2(invocation.mac.tokens.clone()).ok()?.into_iter();
    let Expr::Lit(ExprLit { lit: Lit::Str(template), .. }) = arguments.next()? else { return None };
    let template = template.value();
    let path = template.strip_prefix("{}")?;
    let Expr::Field(field) = arguments.next()? else { return None };
    if field.member.to_token_stream().to_string() != "baseurl" {
        return None;
    }
    let base = &field.base;
    let mut names = crate::extension::variables(&operation.path).into_iter();
    let mut constants = path.split("{}");
    let mut pieces: Vec<Expr> = constants.next().map(|text| parse_quote!(#text)).into_iter().collect();
    for (argument, text) in arguments.by_ref().zip(constants.by_ref()) {
        let Expr::Call(call) = argument else { return None };
        if !is_path(Some(&call.func), "encode_path") {
            return None;
        }
        let (value, name) = (&call.args, names.next().unwrap_or_default());
        pieces.push(parse_quote!(&::revops_runtime::generated::path_segment(#constant, #name, #value)?));
        if !text.is_empty() {
            pieces.push(parse_quote!(#text));
        }
    }
    let is_whole = arguments.next().is_none() && constants.next().is_none();
    is_whole.then(|| parse_quote!(#base.connection.url(&[#(#pieces),*])))
}

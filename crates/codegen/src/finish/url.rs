//! The URL of an operation: its path, put behind a base URL that was read once.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, ExprMacro, Lit, Token, parse_quote};

use super::call::is_path;
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
    let values = arguments.map(|argument| -> Expr {
        match argument {
            Expr::Call(call) if is_path(Some(&call.func), "encode_path") => {
                let (value, name) = (&call.args, names.next().unwrap_or_default());
                parse_quote!(::revops_runtime::generated::path_segment(#constant, #name, #value)?)
            }
            other => other,
        }
    });
    let values: Vec<Expr> = values.collect();
    Some(parse_quote!(#base.connection.url(format_args!(#path #(, #values)*))))
}

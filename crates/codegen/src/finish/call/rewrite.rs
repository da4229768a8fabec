//! The edits inside one operation: what builds its request stays, what sends it becomes one call of the runtime.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, ExprMethodCall, ImplItemFn, Path, ReturnType, Stmt, Token, Type, parse_quote};

use super::super::{constant, form_name, unexpected, url};
use crate::Error;
use crate::meta::{BodyForm, OperationMeta};

const CONTENT_TYPE: &str = ":: revops_runtime :: generated :: reqwest :: header :: CONTENT_TYPE";
const ACCEPT: &str = ":: revops_runtime :: generated :: reqwest :: header :: ACCEPT";

/// The edits inside one operation.
pub(super) struct Rewrite<'a> {
    operation: &'a OperationMeta,
    /// The path of the operation's constant.
    constant: TokenStream,
    /// Whether it is in the function that sends.
    pub(super) sends: bool,
}

impl<'a> Rewrite<'a> {
    pub(super) fn new(operation: &'a OperationMeta, module: &Path) -> Self {
        let name = constant(operation);
        Self { operation, constant: quote!(&#module::#name), sends: false }
    }

    /// Replaces everything from the first use of progenitor's hooks on.
    pub(super) fn send(&self, function: &mut ImplItemFn) -> Result<(), Error> {
        let mut answer = success_type(&function.sig.output)
            .ok_or_else(|| unexpected(format!("the return type of `{}`", self.operation.id)))?;
        let is_stream = answer.to_token_stream().to_string() == "ByteStream";
        if is_stream {
            answer = parse_quote!(::revops_runtime::ByteStream);
        }
        function.sig.output =
            parse_quote!(-> Result<::revops_runtime::Response<#answer>, ::revops_runtime::Error>);
        let call = match answer.to_token_stream().to_string().as_str() {
            "()" => quote!(::revops_runtime::call_empty),
            _ if is_stream => quote!(::revops_runtime::call_stream),
            _ => quote!(::revops_runtime::call),
        };
        self.end(&mut function.block, &call)
    }

    fn end(&self, block: &mut Block, call: &TokenStream) -> Result<(), Error> {
        let missing = |what: &str| unexpected(format!("{what} of `{}`", self.operation.id));
        let tail = block
            .stmts
            .iter()
            .position(|statement| statement.to_token_stream().to_string().contains("OperationInfo"))
            .ok_or_else(|| missing("the operation info"))?;
        block.stmts.truncate(tail);
        let Some(Stmt::Local(request)) = block.stmts.pop() else { return Err(missing("the request")) };
        let Some(Expr::Try(build)) = request.init.map(|init| *init.expr) else {
            return Err(missing("the request's end"));
        };
        let Expr::MethodCall(build) = *build.expr else { return Err(missing("the request's build")) };
        if build.method != "build" {
            return Err(missing("the request's build"));
        }
        let mut request = *build.receiver;
        let client = client_of(&request).ok_or_else(|| missing("the client"))?;
        if !Self::headers(block) {
            request = without(request, &|call| call.method == "headers");
        }
        // The runtime asks for it, in every attempt.
        if self.operation.accept.is_some() {
            request = without(request, &|call| {
                call.method == "header" && call.args.first().is_some_and(|name| is_path(Some(name), ACCEPT))
            });
        }
        if let Some(BodyForm::Multipart(_)) = self.operation.request.as_ref().map(|request| &request.form) {
            request = self.multipart(block, request);
        }
        self.bound_additional(block);
        let constant = &self.constant;
        block
            .stmts
            .push(Stmt::Expr(parse_quote!(#call(&#client.connection, #constant, #request).await), None));
        Ok(())
    }

    /// Removes Dropshot's `api-version` header, which no vendor knows; whether others remain.
    fn headers(block: &mut Block) -> bool {
        block.stmts.retain(|statement| {
            let text = statement.to_token_stream().to_string();
            !(text.starts_with("header_map") && text.contains("\"api-version\""))
        });
        let used = block
            .stmts
            .iter()
            .filter(|statement| statement.to_token_stream().to_string().contains("header_map"))
            .count();
        if used > 1 {
            return true;
        }
        block.stmts.retain(|statement| !statement.to_token_stream().to_string().contains("header_map"));
        false
    }

    /// The form writes its own Content-Type, with the boundary in it.
    fn multipart(&self, block: &mut Block, request: Expr) -> Expr {
        let constant = &self.constant;
        // What stands behind them in the chain, the query and the headers, stays.
        let request = without(request, &|call| call.method == "body");
        let receiver = without(request, &|call| {
            call.method == "header" && call.args.first().is_some_and(|name| is_path(Some(name), CONTENT_TYPE))
        });
        // The runtime keeps the form, to send it again.
        block.stmts.push(parse_quote! {
            let request = ::revops_runtime::upload::Form::from(body)
                .onto(#receiver)
                .map_err(|reason| ::revops_runtime::Error::invalid(#constant, reason))?;
        });
        parse_quote!(request)
    }

    /// Checks how many undeclared members the body has (`x-max-additional-properties`).
    fn bound_additional(&self, block: &mut Block) {
        let Some(limit) = self.operation.request.as_ref().and_then(|request| request.max_additional) else {
            return;
        };
        let limit = limit as usize;
        let constant = &self.constant;
        block
            .stmts
            .push(parse_quote!(::revops_runtime::generated::at_most(#constant, body.extra.len(), #limit)?;));
    }
}

/// `T` of `-> Result<ResponseValue<T>, Error<E>>`.
fn success_type(output: &ReturnType) -> Option<Type> {
    let ReturnType::Type(_, result) = output else { return None };
    first_argument(&first_argument(result)?)
}

fn first_argument(kind: &Type) -> Option<Type> {
    let Type::Path(path) = kind else { return None };
    let syn::PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::Type(kind) => Some(kind.clone()),
        _ => None,
    })
}

/// The value whose `connection` is used: what stands before `.connection` at the chain's start.
fn client_of(chain: &Expr) -> Option<Expr> {
    match chain {
        Expr::MethodCall(call) => client_of(&call.receiver),
        Expr::Field(field) => Some((*field.base).clone()),
        _ => None,
    }
}

/// The chain without its last call of this kind.
fn without(chain: Expr, is_it: &dyn Fn(&ExprMethodCall) -> bool) -> Expr {
    match chain {
        Expr::MethodCall(call) if is_it(&call) => *call.receiver,
        Expr::MethodCall(call) => {
            Expr::MethodCall(ExprMethodCall { receiver: Box::new(without(*call.receiver, is_it)), ..call })
        }
        other => other,
    }
}

impl VisitMut for Rewrite<'_> {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        visit_mut::visit_expr_mut(self, expression);
        let constant = &self.constant;
        match expression {
            // `client.client.get(url)`: the first field access of the chain is the HTTP client.
            Expr::Field(field) if self.sends && field.member.to_token_stream().to_string() == "client" => {
                let base = &field.base;
                *expression = parse_quote!(#base.connection.http());
            }
            Expr::MethodCall(call)
                if call.method == "map_err" && is_path(call.args.first(), "Error :: InvalidRequest") =>
            {
                call.args = parse_quote!(|reason| ::revops_runtime::Error::invalid(#constant, reason));
            }
            Expr::MethodCall(call) if call.method == "append" && call.args.len() == 2 => {
                if let (Some(name), Some(Expr::Try(value))) = (call.args.first().cloned(), call.args.last())
                    && let Expr::MethodCall(inner) = &*value.expr
                    && inner.method == "try_into"
                {
                    let text = &inner.receiver;
                    call.args = parse_quote!(#name, ::revops_runtime::generated::header_value(#constant, #name, &#text)?);
                }
            }
            // reqwest has no methods of these names.
            Expr::MethodCall(call)
                if self.sends
                    && is_call_of(&call.receiver, "http")
                    && (call.method == "options" || call.method == "trace") =>
            {
                let (receiver, url) = (&call.receiver, &call.args);
                let method = format_ident!("{}", call.method.to_string().to_ascii_uppercase());
                *expression = parse_quote!(#receiver.request(::revops_runtime::generated::reqwest::Method::#method, #url));
            }
            Expr::Try(inner) if is_call_of(&inner.expr, "form_urlencoded") => {
                if let Expr::MethodCall(call) = &*inner.expr {
                    let (receiver, arguments) = (&call.receiver, &call.args);
                    *expression =
                        parse_quote!(#receiver.form(&::revops_runtime::generated::Pairs::new(#arguments)));
                }
            }
            Expr::Call(call) if is_path(Some(&call.func), "progenitor_client :: QueryParam :: new") => {
                *expression = self.query(&call.args);
            }
            Expr::Macro(invocation) => {
                if let Some(url) = url::of(invocation, self.operation, &self.constant) {
                    *expression = url;
                }
            }
            _ => {}
        }
    }

    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        if path.segments.first().is_some_and(|first| first.ident == "reqwest") {
            let is_form = matches!(
                self.operation.request.as_ref().map(|request| &request.form),
                Some(BodyForm::Multipart(_))
            );
            if is_form && path.segments.last().is_some_and(|last| last.ident == "Body") {
                let form = form_name(self.operation);
                *path = parse_quote!(types::#form);
            } else {
                let segments = &path.segments;
                *path = parse_quote!(::revops_runtime::generated::#segments);
            }
        }
    }
}

impl Rewrite<'_> {
    /// One query parameter: repeated by progenitor's serializer, or joined by ours.
    fn query(&self, arguments: &Punctuated<Expr, Token![,]>) -> Expr {
        let name = arguments.first().map(|name| name.to_token_stream().to_string()).unwrap_or_default();
        let joined = self.operation.joined.iter().find(|(known, _)| format!("{known:?}") == name);
        match joined {
            Some((_, separator)) => {
                parse_quote!(::revops_runtime::generated::Delimited::new(#arguments, #separator))
            }
            None => parse_quote!(::revops_runtime::generated::QueryParam::new(#arguments)),
        }
    }
}

pub(in crate::finish) fn is_path(expression: Option<&Expr>, text: &str) -> bool {
    matches!(expression, Some(Expr::Path(path)) if path.to_token_stream().to_string() == text)
}

fn is_call_of(expression: &Expr, method: &str) -> bool {
    matches!(expression, Expr::MethodCall(call) if call.method == method)
}

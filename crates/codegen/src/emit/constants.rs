//! What is known of an API and its operations, as the constants that the runtime reads.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::finish::constant;
use crate::meta::{
    AnswerMeta, AnswerTestMeta, ApiMeta, BodyForm, CursorMeta, OperationMeta, RetryMeta, SchemeKindMeta,
    SchemeMeta, ServerMeta,
};

pub(super) fn api_items(meta: &ApiMeta) -> TokenStream {
    let (title, version) = (&meta.title, &meta.version);
    let servers = meta.servers.iter().map(server);
    let schemes = meta.schemes.iter().map(scheme);
    let pools = meta.pools.iter().map(|pool| {
        let (name, concurrency) = (&pool.name, option(pool.concurrency.as_ref()));
        let windows =
            pool.windows.iter().map(|(limit, seconds)| quote!(Window { limit: #limit, seconds: #seconds }));
        quote!(Pool { name: #name, windows: &[#(#windows),*], concurrency: #concurrency })
    });
    let base_url_env = option(meta.base_url_env.as_ref());
    let operations = meta.operations.iter().map(constant);
    quote! {
        /// What the document says of this API.
        pub static API: ::revops_runtime::Api = {
            use ::revops_runtime::generated::*;
            Api {
                title: #title,
                version: #version,
                servers: &[#(#servers),*],
                schemes: &[#(#schemes),*],
                pools: &[#(#pools),*],
                base_url_env: #base_url_env,
                operations: &[#(&operations::#operations),*],
            }
        };
    }
}

fn server(server: &ServerMeta) -> TokenStream {
    let url = &server.url;
    let variables = server.variables.iter().map(|variable| {
        let (name, known) = (&variable.name, &variable.known);
        let (default, env) = (option(variable.default.as_ref()), option(variable.env.as_ref()));
        quote!(Variable { name: #name, default: #default, known: &[#(#known),*], env: #env })
    });
    quote!(Server { url: #url, variables: &[#(#variables),*] })
}

fn scheme(scheme: &SchemeMeta) -> TokenStream {
    let (name, env) = (&scheme.name, &scheme.env);
    let kind = match &scheme.kind {
        SchemeKindMeta::Header { name, prefix } => {
            quote!(SchemeKind::Header { name: #name, prefix: #prefix })
        }
        SchemeKindMeta::Basic => quote!(SchemeKind::Basic),
        SchemeKindMeta::Bearer => quote!(SchemeKind::Bearer),
    };
    quote!(Scheme { name: #name, kind: #kind, env: &[#(#env),*] })
}

pub(super) fn operation_items(meta: &ApiMeta) -> TokenStream {
    let constants = meta.operations.iter().map(|operation| operation_constant(meta, operation));
    quote! {
        /// What the document says of each operation.
        pub mod operations {
            use ::revops_runtime::generated::*;
            #(#constants)*
        }
    }
}

fn operation_constant(meta: &ApiMeta, operation: &OperationMeta) -> TokenStream {
    let name = constant(operation);
    let doc = format!(" `{} {}`, operation `{}`.", operation.method, operation.path, operation.id);
    let (id, api, method, path) = (&operation.id, &meta.title, &operation.method, &operation.path);
    let media_type =
        operation.request.as_ref().filter(|request| !matches!(request.form, BodyForm::Multipart(_)));
    let content_type = option(media_type.map(|request| &request.media_type));
    let accept = option(operation.accept.as_ref());
    let success = &operation.success;
    let security = operation.security.iter().map(|names| quote!(&[#(#names),*]));
    let retry = match operation.retry {
        RetryMeta::Safe => quote!(Retry::Safe),
        RetryMeta::UpsertSafe => quote!(Retry::UpsertSafe),
        RetryMeta::Never => quote!(Retry::Never),
        RetryMeta::CheckFirst => quote!(Retry::CheckFirst),
    };
    let (pool, records) = (option(operation.pool.as_ref()), option(operation.records.as_ref()));
    let observed_path = option(operation.observed_path.as_ref());
    let cursor = operation.cursor.as_ref().map_or_else(|| quote!(None), cursor);
    let headers = meta.observed_headers.iter().map(|(name, value)| quote!((#name, #value)));
    let answers = operation.answers.iter().map(answer);
    quote! {
        #[doc = #doc]
        pub static #name: Operation = Operation {
            id: #id,
            api: #api,
            method: #method,
            path: #path,
            content_type: #content_type,
            accept: #accept,
            success: &[#(#success),*],
            security: &[#(#security),*],
            retry: #retry,
            pool: #pool,
            records: #records,
            cursor: #cursor,
            observed_path: #observed_path,
            observed_headers: &[#(#headers),*],
            answers: &[#(#answers),*],
        };
    }
}

fn answer(answer: &AnswerMeta) -> TokenStream {
    let (status, at) = (option(answer.status.as_ref()), option(answer.at.as_ref()));
    let test = match &answer.test {
        AnswerTestMeta::Any => quote!(AnswerTest::Any),
        AnswerTestMeta::Flag(flag) => quote!(AnswerTest::Flag(#flag)),
        AnswerTestMeta::Text(text) => quote!(AnswerTest::Text(#text)),
        AnswerTestMeta::Contains(text) => quote!(AnswerTest::Contains(#text)),
    };
    let means = format_ident!("{}", heck::ToUpperCamelCase::to_upper_camel_case(answer.means.as_str()));
    quote!(AnswerRule { status: #status, at: #at, test: #test, means: Meaning::#means })
}

fn cursor(cursor: &CursorMeta) -> TokenStream {
    let (response, name) = (&cursor.response, &cursor.name);
    let place = if cursor.in_body { quote!(CursorPlace::Body) } else { quote!(CursorPlace::Query) };
    quote!(Some(Cursor { response: #response, place: #place, name: #name }))
}

fn option<T: quote::ToTokens>(value: Option<&T>) -> TokenStream {
    value.map_or_else(|| quote!(None), |value| quote!(Some(#value)))
}

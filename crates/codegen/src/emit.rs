//! Writes what progenitor does not know: the API's constants, the client, and the builder that connects it.

mod constants;

use heck::ToSnakeCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{File, ImplItem, Item, parse_quote};

use crate::meta::{ApiMeta, SchemeKindMeta, SchemeMeta, VariableMeta};
use crate::{Error, pointer};
use constants::{api_items, operation_items};

/// Adds our items to the finished file and formats it. `error_type` is the type of all errors' bodies, if there
/// is one.
///
/// # Errors
/// Two security schemes or server variables whose methods would have one name.
pub fn emit(mut file: File, meta: &ApiMeta, error_type: Option<&str>) -> Result<String, Error> {
    distinct_methods(meta)?;
    let client: File = parse_quote! {
        pub use ::revops_runtime::{ByteStream, Error, Response};
    };
    let mut items = client.items;
    for tokens in [
        client_items(meta),
        given_items(meta),
        builder_items(meta),
        api_items(meta),
        operation_items(meta),
        error_items(error_type),
    ] {
        items.extend(parsed(tokens)?.items);
    }
    items.append(&mut file.items);
    file.items = items;
    Ok(prettyplease::unparse(&file))
}

fn parsed(tokens: TokenStream) -> Result<File, Error> {
    syn::parse2(tokens)
        .map_err(|error| Error::new("emit", "", format!("our own items are not Rust: {error}")))
}

/// The methods of the client that are no operations.
///
/// # Errors
/// Our own items are not Rust.
pub(crate) fn client_methods(meta: &ApiMeta) -> Result<Vec<String>, Error> {
    methods(client_items(meta))
}

/// The names of the methods in `tokens`.
fn methods(tokens: TokenStream) -> Result<Vec<String>, Error> {
    let blocks = parsed(tokens)?.items.into_iter().filter_map(|item| match item {
        Item::Impl(block) => Some(block.items),
        _ => None,
    });
    let names = blocks.flatten().filter_map(|item| match item {
        ImplItem::Fn(function) => Some(function.sig.ident.to_string()),
        _ => None,
    });
    Ok(names.collect())
}

fn client_items(meta: &ApiMeta) -> TokenStream {
    let doc = format!(" A client of the {} {}.", meta.title, meta.version);
    quote! {
        #[doc = #doc]
        ///
        /// Cheap to clone; clones share connections and credentials.
        #[derive(Clone, Debug)]
        pub struct Client {
            connection: ::revops_runtime::Connection,
        }

        impl Client {
            /// Starts a client.
            pub fn builder() -> ClientBuilder {
                ClientBuilder(::revops_runtime::Connection::builder(&API))
            }

            /// A client from the environment: credentials, base URL and server variables are read from the
            /// variables that the overlays name, the contract from `REVOPS_CONTRACT`.
            ///
            /// # Errors
            /// A variable that is missing, or one of two that belong together; the error names it.
            pub fn from_env() -> ::std::result::Result<Self, Error> {
                ClientBuilder(::revops_runtime::Connection::from_env(&API)?).build()
            }

            /// The same client, whose calls are made otherwise: a larger answer allowed, a deadline, no retry.
            /// What `change` leaves as it is stays so.
            pub fn with_options(
                &self,
                change: impl ::std::ops::FnOnce(::revops_runtime::Options) -> ::revops_runtime::Options,
            ) -> Self {
                Self { connection: self.connection.with_options(change) }
            }

            /// A client over a connection that exists already, such as that of another API of the vendor.
            pub fn over(connection: &::revops_runtime::Connection) -> Self {
                Self { connection: connection.also(&API) }
            }

            /// The connection, to share it with another API of the vendor.
            pub fn connection(&self) -> &::revops_runtime::Connection {
                &self.connection
            }
        }
    }
}

/// The methods that the document asks for: one for each security scheme and server variable.
fn given_items(meta: &ApiMeta) -> TokenStream {
    let schemes = meta.schemes.iter().map(scheme_method);
    let variables = meta.servers.first().map(|server| server.variables.as_slice()).unwrap_or_default();
    let variables = variables.iter().map(variable_method);
    quote! {
        impl ClientBuilder {
            #(#schemes)*
            #(#variables)*
        }
    }
}

fn builder_items(meta: &ApiMeta) -> TokenStream {
    let server = meta
        .servers
        .first()
        .map_or_else(|| "the document names none".to_owned(), |server| format!("`{}`", server.url));
    let base_doc =
        format!(" The whole base URL, instead of the document's ({server}): https, or http on loopback.");
    let pools_doc = pools_doc(meta);
    quote! {
        /// What a [`Client`] is built from.
        #[derive(Debug)]
        #[must_use]
        pub struct ClientBuilder(::revops_runtime::ConnectionBuilder);

        impl ClientBuilder {
            #[doc = #base_doc]
            pub fn base_url(self, base_url: impl ::std::convert::Into<::std::string::String>) -> Self {
                Self(self.0.base_url(base_url))
            }

            /// How calls are made: contract, retry, timeouts, deadline, limits.
            pub fn options(self, options: ::revops_runtime::Options) -> Self {
                Self(self.0.options(options))
            }

            /// What may be spent; give the quota of another client of the same account to share it. Pools of the
            /// document that it does not have join it, unless it is unlimited.
            ///
            #[doc = #pools_doc]
            pub fn quota(self, quota: ::revops_runtime::Quota) -> Self {
                Self(self.0.quota(quota))
            }

            /// Everything else a connection can be built with: credential providers, proxies, certificates.
            pub fn connection(
                self,
                change: impl ::std::ops::FnOnce(::revops_runtime::ConnectionBuilder) -> ::revops_runtime::ConnectionBuilder,
            ) -> Self {
                Self(change(self.0))
            }

            /// Checks everything and makes the client; nothing is sent yet. Without a credential it can call
            /// what needs none; everything else fails before anything is sent.
            ///
            /// # Errors
            /// A base URL or server variable that is missing or cannot be used, a credential that no header
            /// can carry.
            pub fn build(self) -> ::std::result::Result<Client, Error> {
                ::std::result::Result::Ok(Client { connection: self.0.build()? })
            }
        }
    }
}

/// The quota pools by name, for whoever wants to change one.
fn pools_doc(meta: &ApiMeta) -> String {
    let pools = meta.pools.iter().map(|pool| {
        let windows = pool.windows.iter().map(|(limit, seconds)| format!("{limit} in {seconds} s"));
        let at_once = pool.concurrency.map(|limit| format!("{limit} at once"));
        format!("`{}` ({})", pool.name, windows.chain(at_once).collect::<Vec<_>>().join(", "))
    });
    match pools.collect::<Vec<_>>() {
        pools if pools.is_empty() => " This API has no quota pools.".to_owned(),
        pools => format!(" The quota pools of this API: {}.", pools.join("; ")),
    }
}

fn scheme_method(scheme: &SchemeMeta) -> TokenStream {
    let method = method(&scheme.name);
    let name = &scheme.name;
    let secret = quote!(impl ::std::convert::Into<::revops_runtime::SecretString>);
    let credential = quote!(::revops_runtime::credential::Credential);
    let doc = format!(" {}", scheme.description.trim().replace('\n', "\n "));
    let (doc, inputs, value) = match &scheme.kind {
        SchemeKindMeta::Header { name, prefix } => (
            format!(" The key that is sent as `{name}: {prefix}…`.\n\n{doc}"),
            quote!(key: #secret),
            quote!(#credential::Key(key.into())),
        ),
        SchemeKindMeta::Basic => (
            format!(" User name, or access key, and its password, sent as HTTP Basic.\n\n{doc}"),
            quote!(username: #secret, password: #secret),
            quote!(#credential::Basic { username: username.into(), password: password.into() }),
        ),
        SchemeKindMeta::Bearer => (
            format!(" A token, sent as `Authorization: Bearer …`.\n\n{doc}"),
            quote!(token: #secret),
            quote!(#credential::Token(token.into())),
        ),
    };
    quote! {
        #[doc = #doc]
        pub fn #method(self, #inputs) -> Self {
            Self(self.0.credential(#name, #value))
        }
    }
}

fn variable_method(variable: &VariableMeta) -> TokenStream {
    let method = method(&variable.name);
    let name = &variable.name;
    let default = variable
        .default
        .as_ref()
        .map_or_else(|| "It must be given.".to_owned(), |default| format!("The default is `{default}`."));
    let known = if variable.known.is_empty() {
        String::new()
    } else {
        format!(" The document lists: {}.", variable.known.join(", "))
    };
    let doc = format!(
        " `{name}` in the server's URL. {default}{known}\n\n {}",
        variable.description.trim().replace('\n', "\n ")
    );
    quote! {
        #[doc = #doc]
        pub fn #method(self, value: impl ::std::convert::Into<::std::string::String>) -> Self {
            Self(self.0.variable(#name, value))
        }
    }
}

fn method(name: &str) -> syn::Ident {
    format_ident!("{}", name.to_snake_case())
}

/// Rule `distinct-builder-methods`.
fn distinct_methods(meta: &ApiMeta) -> Result<(), Error> {
    let mut seen = methods(builder_items(meta))?;
    let variables = meta.servers.first().map(|server| server.variables.as_slice()).unwrap_or_default();
    let schemes = meta.schemes.iter().map(|scheme| ("/components/securitySchemes", &scheme.name));
    for (at, name) in schemes.chain(variables.iter().map(|variable| ("/servers/0/variables", &variable.name)))
    {
        let method = name.to_snake_case();
        if syn::parse_str::<syn::Ident>(&method).is_err() || seen.contains(&method) {
            return Err(Error::new(
                "distinct-builder-methods",
                pointer::join(at, name),
                format!("`{name}` cannot be a method of the client's builder"),
            )
            .remedy("Give the security scheme or server variable another name in a repair"));
        }
        seen.push(method);
    }
    Ok(())
}

/// The error body, if all errors of the API follow one.
fn error_items(error_type: Option<&str>) -> TokenStream {
    let Some(name) = error_type else { return TokenStream::new() };
    let name = format_ident!("{name}");
    quote! {
        /// The body of this API's errors; [`Error::body`] reads it.
        pub use types::#name as ErrorBody;

        impl ::revops_runtime::ErrorBody for types::#name {
            fn api() -> &'static ::revops_runtime::Api {
                &API
            }
        }
    }
}

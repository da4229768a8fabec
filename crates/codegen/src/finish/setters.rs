//! Makes the setters of optional texts take a plain `&str`.
//!
//! typify's setter of an optional text takes what converts to `Option<String>`, which `&str` does not: the
//! first thing a caller writes would not compile.

use quote::{ToTokens, quote};
use syn::{ImplItemFn, parse_quote};

const OPTIONAL_TEXT: &str = "TryInto < :: std :: option :: Option < :: std :: string :: String > >";

/// Rule `optional-text-setter`: lets `function` take anything that is an optional text, if it is such a
/// setter. Whether it was.
pub(super) fn optional_text(function: &mut ImplItemFn) -> bool {
    let bound = function.sig.generics.where_clause.to_token_stream().to_string();
    if !bound.contains(OPTIONAL_TEXT) {
        return false;
    }
    let (docs, name) = (&function.attrs, &function.sig.ident);
    let docs = docs.iter().map(|attribute| quote!(#attribute));
    *function = parse_quote! {
        #(#docs)*
        pub fn #name(mut self, value: impl ::revops_runtime::generated::OptionalText) -> Self {
            self.#name = Ok(value.into_optional_text());
            self
        }
    };
    true
}

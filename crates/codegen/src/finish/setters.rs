//! Mends typify's builders where the first thing a caller writes would fail.
//!
//! Its setter of an optional text takes what converts to `Option<String>`, which `&str` does not; and its
//! builders insist on a value for the map of undeclared members.

use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, FieldValue, ImplItemFn, ItemImpl, ItemStruct, parse_quote};

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

/// Whether a type keeps undeclared members, in the field that typify calls `extra`.
pub(super) fn keeps_others(structure: &ItemStruct) -> bool {
    structure.fields.iter().any(|field| {
        field.ident.as_ref().is_some_and(|name| name == "extra")
            && field.attrs.iter().any(|attribute| attribute.to_token_stream().to_string().contains("flatten"))
    })
}

/// Rule `no-others-by-default`: a builder's `Default` starts with no undeclared members instead of demanding
/// them.
pub(super) fn no_others(default: &mut ItemImpl) {
    struct Others;
    impl VisitMut for Others {
        fn visit_field_value_mut(&mut self, field: &mut FieldValue) {
            visit_mut::visit_field_value_mut(self, field);
            if matches!(&field.member, syn::Member::Named(name) if name == "extra") {
                let empty: Expr = parse_quote!(Ok(Default::default()));
                field.expr = empty;
            }
        }
    }
    Others.visit_item_impl_mut(default);
}

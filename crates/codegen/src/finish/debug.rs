//! Lets builders tell what was set in them and not to what: people are in them on their way out, and a builder
//! is what is printed when a request is looked for.

use quote::{ToTokens, quote};
use syn::{Item, ItemImpl, ItemStruct, parse_quote};

use super::derives;

/// Rule `builder-debug`: gives every builder among `items` a `Debug` that prints the names of what is set. How
/// many there were.
pub(super) fn of_builders(items: &mut Vec<Item>) -> usize {
    let blocks: Vec<ItemImpl> = items
        .iter_mut()
        .filter_map(|item| match item {
            Item::Struct(structure) => derives::without(structure, "Debug").then(|| told(structure)),
            _ => None,
        })
        .collect();
    let count = blocks.len();
    items.extend(blocks.into_iter().map(Item::Impl));
    count
}

fn told(structure: &ItemStruct) -> ItemImpl {
    let (name, text) = (&structure.ident, structure.ident.to_string());
    let (generics, arguments, bounds) = structure.generics.split_for_impl();
    // Every input is a `Result`, of an `Option` if it may be missing; what is no input is the client.
    let fields = structure.fields.iter().filter_map(|field| {
        let (name, kind) = (field.ident.as_ref()?, field.ty.to_token_stream().to_string());
        let kind = kind.replace(":: std :: result :: ", "").replace(":: std :: option :: ", "");
        let label = name.to_string();
        let label = label.trim_start_matches("r#");
        if kind.starts_with("Result < Option <") {
            Some(quote!((#label, !matches!(self.#name, Ok(None)))))
        } else {
            kind.starts_with("Result <").then(|| quote!((#label, self.#name.is_ok())))
        }
    });
    parse_quote! {
        impl #generics ::std::fmt::Debug for #name #arguments #bounds {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::revops_runtime::generated::names_of(f, #text, &[#(#fields),*])
            }
        }
    }
}

//! What a struct derives.

use syn::punctuated::Punctuated;
use syn::{ItemStruct, Path, Token, parse_quote};

/// Takes a trait out of what a struct derives; whether it was there.
pub(super) fn without(structure: &mut ItemStruct, name: &str) -> bool {
    let mut was_there = false;
    for attribute in structure.attrs.iter_mut().filter(|attribute| attribute.path().is_ident("derive")) {
        let Ok(paths) = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated) else {
            continue;
        };
        let is_it = |path: &&Path| path.segments.last().is_some_and(|last| last.ident == name);
        was_there |= paths.iter().any(|path| is_it(&path));
        let kept: Vec<&Path> = paths.iter().filter(|path| !is_it(path)).collect();
        *attribute = parse_quote!(#[derive(#(#kept),*)]);
    }
    was_there
}

//! Makes types accept what vendors add: unknown enum values, and fields of a later version.

use std::collections::BTreeMap;

use quote::quote;
use syn::{
    Arm, Expr, Fields, ImplItem, ImplItemFn, Item, ItemEnum, ItemImpl, ItemMod, Pat, Path, Stmt, parse_quote,
};

use super::{debug, decode, form_name, setters, tags, unexpected};
use crate::meta::{ApiMeta, BodyForm, OperationMeta};
use crate::{Error, Notes};

/// Finishes `mod types`.
pub(super) fn finish(module: &mut ItemMod, meta: &ApiMeta, notes: &mut Notes) -> Result<(), Error> {
    module.attrs.retain(|attribute| !attribute.path().is_ident("allow"));
    let Some((_, items)) = &mut module.content else { return Err(unexpected("`mod types` is empty")) };
    let tags = tags::of(items);
    let mut opened = BTreeMap::new();
    let mut open_maps = Vec::new();
    let mut decodes = Vec::new();
    for item in items.iter_mut() {
        match item {
            Item::Struct(structure) if derives(&structure.attrs) => {
                described(&mut structure.attrs);
                if setters::keeps_others(structure) {
                    open_maps.push(structure.ident.to_string());
                }
                if let Some(decode) = decode::in_one_pass(structure) {
                    notes.record(
                        "one-pass",
                        "",
                        format!("`{}` is decoded in one pass over its members", structure.ident),
                    );
                    decodes.push(decode);
                }
            }
            Item::Enum(enumeration) if enumeration.variants.is_empty() => {
                let name = enumeration.ident.to_string();
                return Err(Error::new(
                    "inhabited-type",
                    crate::pointer::join("/components/schemas", &name),
                    format!("no value fits the type `{name}`: what it combines excludes each other"),
                )
                .remedy("Make the branches of its `allOf` agree in a repair"));
            }
            Item::Enum(enumeration) if derives(&enumeration.attrs) => {
                described(&mut enumeration.attrs);
                if is_text_enum(enumeration) && !tags.contains(&enumeration.ident.to_string()) {
                    opened.insert(enumeration.ident.to_string(), open(enumeration));
                }
            }
            Item::Mod(inner) if inner.ident == "builder" => builders(inner, &open_maps, notes),
            _ => {}
        }
    }
    let mut accepted: BTreeMap<String, usize> = BTreeMap::new();
    for block in items.iter_mut().filter_map(implementation) {
        let Some(name) = self_name(block) else { continue };
        if let Some(variant) = opened.get(&name) {
            *accepted.entry(name).or_default() += accept(block, variant);
        }
    }
    for (name, variant) in &opened {
        let edits = accepted.get(name).copied().unwrap_or(0);
        if edits != 3 {
            return Err(unexpected(format!("{edits} of 3 places of the enum `{name}` were opened")));
        }
        notes.record("open-enum", "", format!("`{name}` keeps a value it does not know as `{variant}`"));
    }
    items.extend(decodes);
    for operation in &meta.operations {
        items.extend(form(operation));
    }
    Ok(())
}

fn derives(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("derive"))
}

/// Room for later fields and variants, and a JSON Schema behind a feature.
fn described(attributes: &mut Vec<syn::Attribute>) {
    attributes.push(parse_quote!(#[non_exhaustive]));
    attributes.push(parse_quote!(#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]));
}

/// An enum of texts.
fn is_text_enum(enumeration: &ItemEnum) -> bool {
    let is_copy = enumeration.attrs.iter().any(|attribute| quote!(#attribute).to_string().contains("Copy"));
    is_copy
        && !enumeration.variants.is_empty()
        && enumeration.variants.iter().all(|variant| matches!(variant.fields, Fields::Unit))
}

/// Rule `open-enum`: adds the variant for values the document does not list, and gives its name.
fn open(enumeration: &mut ItemEnum) -> syn::Ident {
    let known = |name: &str| enumeration.variants.iter().any(|variant| variant.ident == name);
    let name = ["Unknown", "Unrecognized", "NotInTheDocument"]
        .into_iter()
        .find(|name| !known(name))
        .unwrap_or("UnknownValue");
    let name = quote::format_ident!("{name}");
    enumeration.variants.push(parse_quote! {
        /// A value that the document does not list, as the vendor sent it.
        #[serde(untagged)]
        #name(::std::string::String)
    });
    for attribute in &mut enumeration.attrs {
        if attribute.path().is_ident("derive") {
            let paths = attribute
                .parse_args_with(syn::punctuated::Punctuated::<Path, syn::Token![,]>::parse_terminated)
                .unwrap_or_default();
            let kept =
                paths.iter().filter(|path| path.segments.last().is_none_or(|last| last.ident != "Copy"));
            *attribute = parse_quote!(#[derive(#(#kept),*)]);
        }
    }
    name
}

fn implementation(item: &mut Item) -> Option<&mut ItemImpl> {
    if let Item::Impl(block) = item { Some(block) } else { None }
}

/// What is implemented for, if it is named without a path.
fn self_name(block: &ItemImpl) -> Option<String> {
    let syn::Type::Path(path) = &*block.self_ty else { return None };
    path.path.get_ident().map(ToString::to_string)
}

/// Lets `Display` and `FromStr` of an opened enum carry any text. Counts its edits: two arms of matches in
/// `Display` and `FromStr`, and the by-value match of `Display` that needed `Copy`.
fn accept(block: &mut ItemImpl, variant: &syn::Ident) -> usize {
    let trait_name =
        block.trait_.as_ref().and_then(|(path, _)| path.segments.last()).map(|last| last.ident.to_string());
    let Some(function) = block.items.iter_mut().find_map(function_of) else { return 0 };
    let Some(Stmt::Expr(Expr::Match(body), _)) = function.block.stmts.last_mut() else { return 0 };
    match trait_name.as_deref() {
        Some("Display") => {
            body.expr = parse_quote!(self);
            let arm: Arm = parse_quote!(Self::#variant(text) => f.write_str(text),);
            body.arms.push(arm);
            2
        }
        Some("FromStr") => {
            let Some(fallback) = body.arms.iter_mut().find(|arm| matches!(arm.pat, Pat::Wild(_))) else {
                return 0;
            };
            *fallback = parse_quote!(_ => ::std::result::Result::Ok(Self::#variant(value.to_owned())),);
            1
        }
        _ => 0,
    }
}

fn function_of(item: &mut ImplItem) -> Option<&mut ImplItemFn> {
    match item {
        ImplItem::Fn(function) => Some(function),
        _ => None,
    }
}

/// Gives every type builder a `build`, as `try_into` alone is hard to find, and setters that take `&str`.
fn builders(module: &mut ItemMod, open_maps: &[String], notes: &mut Notes) {
    let mut opened = 0;
    let Some((_, items)) = &mut module.content else { return };
    let told = debug::of_builders(items);
    notes.record("builder-debug", "", format!("{told} builders of types tell names and no values"));
    for item in items.iter_mut() {
        let Item::Impl(block) = item else { continue };
        if let Some((name, _)) = &block.trait_ {
            let built = &*block.self_ty;
            let is_open = open_maps.iter().any(|open| quote!(#built).to_string() == *open);
            if is_open && name.segments.last().is_some_and(|last| last.ident == "Default") {
                setters::no_others(block);
            }
            continue;
        }
        for function in block.items.iter_mut().filter_map(function_of) {
            opened += usize::from(setters::optional_text(function));
        }
        // A member named `build` has its setter there; `try_into` remains.
        if block.items.iter_mut().filter_map(function_of).any(|function| function.sig.ident == "build") {
            continue;
        }
        let kind = &block.self_ty;
        let built: ImplItemFn = parse_quote! {
            /// The value.
            ///
            /// # Errors
            /// A sentence that names a member which is missing or whose value could not be converted.
            pub fn build(self) -> ::std::result::Result<super::#kind, super::error::ConversionError> {
                self.try_into()
            }
        };
        block.items.push(ImplItem::Fn(built));
    }
    if opened > 0 {
        notes.record("optional-text-setter", "", format!("{opened} setters of optional texts take `&str`"));
    }
}

/// The typed form of a multipart operation: one field per declared part.
fn form(operation: &OperationMeta) -> Vec<Item> {
    let Some(BodyForm::Multipart(parts)) = operation.request.as_ref().map(|request| &request.form) else {
        return Vec::new();
    };
    let name = form_name(operation);
    let doc = format!("The multipart form of `{}`.", operation.id);
    let mut fields = Vec::new();
    let mut required = Vec::new();
    let mut setters = Vec::new();
    let mut lists = Vec::new();
    let mut joins = Vec::new();
    for part in parts {
        let field = quote::format_ident!("{}", crate::ident::snake(&part.name));
        let (wire, text) = (&part.name, format!(" {}", part.description));
        if part.repeated {
            fields.push(quote!(#[doc = #text] pub #field: ::std::vec::Vec<::revops_runtime::upload::Part>));
            lists.push(field.clone());
            joins.push(quote!(for part in value.#field { form = form.part(#wire, part); }));
        } else if part.required {
            fields.push(quote!(#[doc = #text] pub #field: ::revops_runtime::upload::Part));
            required.push(field.clone());
            joins.push(quote!(form = form.part(#wire, value.#field);));
        } else {
            fields.push(
                quote!(#[doc = #text] pub #field: ::std::option::Option<::revops_runtime::upload::Part>),
            );
            setters.push(field.clone());
            joins.push(quote!(if let ::std::option::Option::Some(part) = value.#field { form = form.part(#wire, part); }));
        }
    }
    vec![
        parse_quote! {
            #[doc = #doc]
            #[derive(Debug)]
            #[non_exhaustive]
            pub struct #name { #(#fields),* }
        },
        parse_quote! {
            impl #name {
                /// A form with the parts that must be there.
                pub fn new(#(#required: ::revops_runtime::upload::Part),*) -> Self {
                    Self { #(#required,)* #(#setters: ::std::option::Option::None,)* #(#lists: ::std::vec::Vec::new(),)* }
                }
            }
        },
        parse_quote! {
            impl ::std::convert::From<#name> for ::revops_runtime::upload::Form {
                fn from(value: #name) -> Self {
                    let mut form = Self::new();
                    #(#joins)*
                    form
                }
            }
        },
    ]
}

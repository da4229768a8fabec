//! Decodes records that keep what no document names in one pass over their members.
//!
//! serde's own way, for a struct with a flattened map, keeps every member in a buffer first and decodes it from
//! there: several times the work, for each record of each page.

use quote::{format_ident, quote};
use syn::{Field, Item, ItemStruct, LitStr, Type, parse_quote};

use super::derives;

/// What serde is told of a member.
#[derive(Default)]
struct Told {
    rename: Option<String>,
    kind: Kind,
}

#[derive(Default, PartialEq, Eq)]
enum Kind {
    /// Missing if its type is an `Option`.
    #[default]
    Ordinary,
    /// What it is by default if it is missing.
    Defaulted,
    /// An `Option` that is not missing, but may be null.
    Nullable,
    /// All that no other member is named after.
    Flat,
    /// Something else that is not known here.
    Strange,
}

/// Rule `one-pass`: takes `Deserialize` out of what a struct derives, and gives the implementation that does the
/// same in one pass. Nothing, if the struct keeps nothing or serde is told something of it that is not known here.
pub(super) fn in_one_pass(structure: &mut ItemStruct) -> Option<Item> {
    let members: Vec<(&Field, Told)> = structure.fields.iter().map(|field| (field, told(field))).collect();
    let is_open_map = |kind: &Type| quote!(#kind).to_string().contains("serde_json :: Map");
    let (others, known): (Vec<_>, Vec<_>) =
        members.into_iter().partition(|(_, told)| told.kind == Kind::Flat);
    let [(rest, _)] = others.as_slice() else { return None };
    if known.is_empty() || known.iter().any(|(_, told)| told.kind == Kind::Strange) || !is_open_map(&rest.ty)
    {
        return None;
    }
    let (name, rest) = (&structure.ident, rest.ident.as_ref()?);
    let expecting = format!("struct {name}");
    let (mut variants, mut holders, mut arms, mut fields) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (number, (field, told)) in known.iter().enumerate() {
        let (ident, kind) = (field.ident.as_ref()?, &field.ty);
        let bare = ident.to_string();
        let text = told.rename.clone().unwrap_or_else(|| bare.trim_start_matches("r#").to_owned());
        let (variant, holder) = (format_ident!("M{number}"), format_ident!("m{number}"));
        variants.push(quote!(#[serde(rename = #text)] #variant));
        holders.push(quote!(let mut #holder: ::std::option::Option<#kind> = ::std::option::Option::None;));
        arms.push(quote! {
            Member::#variant => {
                if #holder.is_some() {
                    return ::std::result::Result::Err(::serde::de::Error::duplicate_field(#text));
                }
                #holder = ::std::option::Option::Some(map.next_value()?);
            }
        });
        let may_be_missing = told.kind == Kind::Defaulted || (told.kind == Kind::Ordinary && is_option(kind));
        fields.push(if may_be_missing {
            quote!(#ident: #holder.unwrap_or_default())
        } else {
            quote!(#ident: #holder.ok_or_else(|| ::serde::de::Error::missing_field(#text))?)
        });
    }
    let decode = parse_quote! {
        const _: () = {
            #[derive(::serde::Deserialize)]
            #[serde(field_identifier)]
            enum Member {
                #(#variants,)*
                Other(::std::string::String),
            }
            struct Visitor;
            impl<'de> ::serde::de::Visitor<'de> for Visitor {
                type Value = #name;
                fn expecting(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    f.write_str(#expecting)
                }
                fn visit_map<A: ::serde::de::MapAccess<'de>>(
                    self,
                    mut map: A,
                ) -> ::std::result::Result<#name, A::Error> {
                    #(#holders)*
                    let mut others = ::serde_json::Map::new();
                    while let ::std::option::Option::Some(member) = map.next_key()? {
                        match member {
                            #(#arms)*
                            Member::Other(name) => {
                                others.insert(name, map.next_value()?);
                            }
                        }
                    }
                    ::std::result::Result::Ok(#name { #(#fields,)* #rest: others })
                }
            }
            impl<'de> ::serde::Deserialize<'de> for #name {
                fn deserialize<D: ::serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::std::result::Result<Self, D::Error> {
                    deserializer.deserialize_map(Visitor)
                }
            }
        };
    };
    derives::without(structure, "Deserialize").then_some(decode)
}

fn told(field: &Field) -> Told {
    let mut told = Told::default();
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        let read = attribute.parse_nested_meta(|meta| {
            let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
            let value = match meta.value() {
                Ok(value) => Some(value.parse::<LitStr>()?.value()),
                Err(_) => None,
            };
            let kind = match (name.as_str(), value) {
                ("rename", Some(text)) => {
                    told.rename = Some(text);
                    return Ok(());
                }
                ("skip_serializing_if", Some(_)) => return Ok(()),
                ("flatten", None) => Kind::Flat,
                ("default", None) => Kind::Defaulted,
                ("deserialize_with", Some(way)) if way.ends_with("Option::deserialize") => Kind::Nullable,
                _ => Kind::Strange,
            };
            told.kind = if told.kind == Kind::Ordinary { kind } else { Kind::Strange };
            Ok(())
        });
        if read.is_err() {
            told.kind = Kind::Strange;
        }
    }
    told
}

fn is_option(kind: &Type) -> bool {
    matches!(kind, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Option"))
}

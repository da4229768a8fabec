//! Finds the constants that tell the branches of a union apart. They stay closed, as the union would take its
//! first branch for every value otherwise; any other enum of one value is opened like those of more.

use quote::quote;
use syn::{Attribute, Field, Fields, GenericArgument, Item, ItemEnum, PathArguments, Type};

/// The names of the enums that are such constants.
pub(super) fn of(items: &[Item]) -> Vec<String> {
    let mut found = Vec::new();
    for union in items.iter().filter_map(union) {
        let mut branches = Vec::new();
        collect(items, union, &mut branches, 0);
        for (index, branch) in branches.iter().enumerate() {
            for field in branch {
                let Some((name, value)) = constant(items, &field.ty) else { continue };
                let differs =
                    |other: &Field| constant(items, inner(&other.ty)).is_none_or(|(_, known)| known != value);
                let others = branches.iter().enumerate().filter(|(other, _)| *other != index);
                let mut same_named =
                    others.flat_map(|(_, other)| other.iter()).filter(|other| other.ident == field.ident);
                if same_named.any(|other| differs(other)) && !found.contains(&name) {
                    found.push(name);
                }
            }
        }
    }
    found
}

/// An enum whose branches are tried one after the other.
fn union(item: &Item) -> Option<&ItemEnum> {
    let is_untagged = |attribute: &Attribute| quote!(#attribute).to_string().contains("untagged");
    match item {
        Item::Enum(enumeration) if enumeration.attrs.iter().any(is_untagged) => Some(enumeration),
        _ => None,
    }
}

/// The members of every object that `union` can be, also by way of a union inside it.
fn collect<'a>(items: &'a [Item], union: &'a ItemEnum, branches: &mut Vec<Vec<&'a Field>>, depth: usize) {
    for variant in &union.variants {
        match &variant.fields {
            Fields::Named(fields) => branches.push(fields.named.iter().collect()),
            Fields::Unnamed(fields) => {
                if let Some(field) = fields.unnamed.first() {
                    follow(items, &field.ty, branches, depth);
                }
            }
            Fields::Unit => {}
        }
    }
}

fn follow<'a>(items: &'a [Item], ty: &Type, branches: &mut Vec<Vec<&'a Field>>, depth: usize) {
    let Some(name) = name(inner(ty)).filter(|_| depth < 16) else { return };
    for item in items {
        match item {
            Item::Struct(structure) if structure.ident == name => match &structure.fields {
                Fields::Named(fields) => branches.push(fields.named.iter().collect()),
                Fields::Unnamed(fields) => {
                    if let Some(field) = fields.unnamed.first() {
                        follow(items, &field.ty, branches, depth + 1);
                    }
                }
                Fields::Unit => {}
            },
            Item::Enum(enumeration) if enumeration.ident == name && union(item).is_some() => {
                collect(items, enumeration, branches, depth + 1);
            }
            _ => {}
        }
    }
}

/// The enum of one value that `ty` is: its name, and what its one variant says.
fn constant(items: &[Item], ty: &Type) -> Option<(String, String)> {
    let wanted = name(ty)?;
    items.iter().find_map(|item| match item {
        Item::Enum(enumeration) if enumeration.ident == wanted && union(item).is_none() => {
            let (first, rest) = (enumeration.variants.first()?, enumeration.variants.len());
            let is_constant = rest == 1 && matches!(first.fields, Fields::Unit);
            let said = first.attrs.iter().filter(|attribute| attribute.path().is_ident("serde"));
            let name = &first.ident;
            is_constant.then(|| (wanted.clone(), quote!(#(#said)* #name).to_string()))
        }
        _ => None,
    })
}

/// What an `Option` or a `Box` holds.
fn inner(ty: &Type) -> &Type {
    let Type::Path(path) = ty else { return ty };
    let Some(last) = path.path.segments.last().filter(|last| last.ident == "Option" || last.ident == "Box")
    else {
        return ty;
    };
    match &last.arguments {
        PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
            Some(GenericArgument::Type(held)) => inner(held),
            _ => ty,
        },
        _ => ty,
    }
}

fn name(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
}

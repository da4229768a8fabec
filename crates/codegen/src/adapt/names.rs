//! Rule `distinct-type-names`: types are named in Pascal case, and two of one name, or one that hides a name
//! the generated code needs, do not compile.

use serde_json::{Map, Value, json};

use crate::meta::{ApiMeta, BodyForm};
use crate::{Notes, finish, ident, openapi, pointer};

/// Names that the generated code uses without a path.
const NEEDED: [&str; 13] = [
    "Box", "Default", "Err", "From", "Into", "None", "Ok", "Option", "Result", "Self", "Some", "String",
    "Vec",
];

/// Renames components until all types have a name of their own; the name of the type of the errors, if they
/// have one.
pub(super) fn adapt(root: &mut Value, meta: &ApiMeta, notes: &mut Notes) -> Option<String> {
    let Some(Value::Object(components)) = root["components"].get_mut("schemas").map(Value::take) else {
        return None;
    };
    let mut types: Vec<String> = forms(meta);
    let mut renamed: Vec<(String, String)> = Vec::new();
    let mut made = Map::new();
    // A component whose name is right already keeps it, wherever it stands.
    let kept: Vec<String> =
        components.keys().filter(|name| ident::type_name(name) == **name).cloned().collect();
    for (name, schema) in components {
        let wanted = ident::type_name(&name);
        let is_free = |candidate: &str, types: &[String]| {
            !types.iter().any(|known| known == candidate)
                && !NEEDED.contains(&candidate)
                && (candidate == name || !kept.iter().any(|known| known == candidate))
        };
        let mut free = wanted.clone();
        let mut number = 2;
        while !is_free(&free, &types) {
            free = format!("{wanted}{number}");
            number += 1;
        }
        if free != wanted {
            notes.record(
                "distinct-type-names",
                pointer::join("/components/schemas", &name),
                format!("becomes `{free}`"),
            );
        }
        if free != name {
            renamed
                .push((pointer::join("#/components/schemas", &name), format!("#/components/schemas/{free}")));
        }
        types.push(free.clone());
        made.insert(free, schema);
    }
    root["components"]["schemas"] = Value::Object(made);
    openapi::each_schema(root, &mut |_, schema| {
        let new = schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|old| renamed.iter().find(|(from, _)| from == old));
        if let Some((_, new)) = new {
            schema.insert("$ref".to_owned(), json!(new));
        }
    });
    let declared = pointer::join("#/components/schemas", meta.error_schema.as_ref()?);
    let name =
        renamed.iter().find(|(from, _)| *from == declared).map_or(declared.as_str(), |(_, to)| to.as_str());
    Some(pointer::last(name))
}

/// The multipart forms, which the finish stage adds to the types.
fn forms(meta: &ApiMeta) -> Vec<String> {
    let is_form = |form: &BodyForm| matches!(form, BodyForm::Multipart(_));
    meta.operations
        .iter()
        .filter(|operation| operation.request.as_ref().is_some_and(|request| is_form(&request.form)))
        .map(|operation| finish::form_name(operation).to_string())
        .collect()
}

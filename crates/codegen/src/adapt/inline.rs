//! Puts parameters, request bodies and responses where they are used, so that the later rules need not
//! follow references outside schemas. Not a rule: nothing changes its meaning.

use serde_json::{Map, Value};

use crate::{Error, openapi, pointer};

/// Inlines into every operation its own and its path item's parameters, its body and its responses.
pub(super) fn inline(root: &mut Value) -> Result<(), Error> {
    for place in openapi::places(root) {
        let at = place.pointer();
        let Some(operation) = root.pointer(&at) else { continue };
        let item = &root["paths"][&place.path];
        let parameters = openapi::parameters(root, item, operation)
            .map_err(|index| dangling(&format!("{at}/parameters/{index}")))?;
        let parameters = parameters.into_iter().cloned().collect();
        let body = operation
            .get("requestBody")
            .map(|body| target(root, body, &format!("{at}/requestBody")))
            .transpose()?;
        let mut responses = Map::new();
        for (status, response) in openapi::responses(operation) {
            responses.insert(
                status.clone(),
                target(root, response, &pointer::join(&format!("{at}/responses"), status))?,
            );
        }
        let Some(operation) = root.pointer_mut(&at).and_then(Value::as_object_mut) else { continue };
        operation.insert("parameters".to_owned(), Value::Array(parameters));
        if let Some(body) = body {
            operation.insert("requestBody".to_owned(), body);
        }
        operation.insert("responses".to_owned(), Value::Object(responses));
    }
    for item in
        root["paths"].as_object_mut().into_iter().flatten().filter_map(|(_, item)| item.as_object_mut())
    {
        item.shift_remove("parameters");
    }
    Ok(())
}

fn target(root: &Value, value: &Value, at: &str) -> Result<Value, Error> {
    openapi::follow(root, value).cloned().ok_or_else(|| dangling(at))
}

fn dangling(at: &str) -> Error {
    Error::new("resolvable-reference", at, "the reference leads nowhere, or in a circle")
        .remedy("Point it at an existing component in a repair")
}

//! Leaves out what the OpenAPI text itself says shall be ignored, so that no later stage takes it for meant.

use serde_json::{Map, Value};

use crate::{Error, Notes, openapi, pointer};

/// Header parameters of these names SHALL be ignored (OAS 3.0 and 3.1, "Parameter Object", `name`).
const HEADERS: [&str; 3] = ["accept", "authorization", "content-type"];
/// Methods whose body SHALL be ignored by OAS 3.0, as HTTP gives it no meaning; 3.1 lets it stand.
const BODYLESS: [&str; 3] = ["get", "head", "delete"];

/// Applies the rules `ignored-header-parameter` and, for a document that was published as 3.0,
/// `ignored-body`.
///
/// # Errors
/// An `Authorization` parameter on an operation without security: ignoring it would send no credential.
pub fn ignore(root: &mut Value, published_as_3_0: bool, notes: &mut Notes) -> Result<(), Error> {
    for place in openapi::places(root) {
        let at = place.pointer();
        let item_at = pointer::join("/paths", &place.path);
        for holder in [&item_at, &at] {
            header_parameters(root, holder, &at, notes)?;
        }
        let Some(operation) = root.pointer_mut(&at).and_then(Value::as_object_mut) else { continue };
        if published_as_3_0
            && BODYLESS.contains(&place.method.as_str())
            && operation.shift_remove("requestBody").is_some()
        {
            notes.record(
                "ignored-body",
                at,
                format!("the body of this {} has no meaning", place.method.to_ascii_uppercase()),
            );
        }
    }
    Ok(())
}

fn header_parameters(
    root: &mut Value,
    holder: &str,
    operation: &str,
    notes: &mut Notes,
) -> Result<(), Error> {
    let listed = root.pointer(holder).and_then(|holder| holder["parameters"].as_array()).map(Vec::as_slice);
    let ignored: Vec<(usize, String)> = listed
        .unwrap_or_default()
        .iter()
        .enumerate()
        .filter_map(|(index, parameter)| {
            let parameter = openapi::follow(root, parameter)?;
            let name = parameter["name"].as_str().filter(|_| parameter["in"] == "header")?;
            HEADERS.contains(&name.to_ascii_lowercase().as_str()).then(|| (index, name.to_owned()))
        })
        .collect();
    for (index, name) in ignored.iter().rev() {
        if name.eq_ignore_ascii_case("authorization") && !is_secured(root, operation) {
            return Err(Error::new(
                "declared-security",
                format!("{holder}/parameters/{index}"),
                "the credential is declared as a header parameter only, which OpenAPI says shall be ignored",
            )
            .remedy(
                "Declare it in a repair: a scheme under `components.securitySchemes` (with `x-prefix` for what \
                 stands before the key) and `security` at the root",
            ));
        }
        if let Some(parameters) =
            root.pointer_mut(holder).and_then(|holder| holder["parameters"].as_array_mut())
        {
            parameters.remove(*index);
            notes.record(
                "ignored-header-parameter",
                format!("{holder}/parameters/{index}"),
                format!("`{name}` is set by media type or security"),
            );
        }
    }
    Ok(())
}

fn is_secured(root: &Value, operation: &str) -> bool {
    let own = root.pointer(operation).and_then(|operation| operation.get("security"));
    own.or_else(|| root.get("security")).and_then(Value::as_array).is_some_and(|list| {
        list.iter().any(|entry| entry.as_object().is_some_and(|names: &Map<_, _>| !names.is_empty()))
    })
}

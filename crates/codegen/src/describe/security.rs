//! The security schemes of a document, and which of them an operation asks for.

use serde_json::Value;

use super::{dangling, text};
use crate::meta::{SchemeKindMeta, SchemeMeta};
use crate::{Error, Notes, extension, openapi, pointer};

/// The security schemes. Rule `unused-scheme`: one that cannot be sent and that nothing asks for is left out.
pub(super) fn schemes(root: &Value, notes: &mut Notes) -> Result<Vec<SchemeMeta>, Error> {
    let mut made = Vec::new();
    for (name, declared) in root["components"]["securitySchemes"].as_object().into_iter().flatten() {
        let at = pointer::join("/components/securitySchemes", name);
        let scheme = openapi::follow(root, declared).ok_or_else(|| dangling(&at))?;
        let http = scheme["scheme"].as_str().map(str::to_ascii_lowercase);
        let kind = match (scheme["type"].as_str(), scheme["in"].as_str(), http.as_deref()) {
            (Some("apiKey"), Some("header"), _) => SchemeKindMeta::Header {
                name: text(&scheme["name"]).to_ascii_lowercase(),
                prefix: extension::text(scheme, &at, "x-prefix")?.unwrap_or_default(),
            },
            (Some("http"), _, Some("basic")) => SchemeKindMeta::Basic,
            (Some("http"), _, Some("bearer")) | (Some("oauth2" | "openIdConnect"), _, _) => {
                SchemeKindMeta::Bearer
            }
            _ => {
                let fault = match (scheme["type"].as_str(), scheme["in"].as_str()) {
                    (Some("apiKey"), Some("query" | "cookie")) => {
                        "credentials are sent in headers only: in a URL or a cookie they end up in logs"
                            .to_owned()
                    }
                    (Some("http"), _) => format!(
                        "the HTTP scheme `{}` cannot be spoken: only `basic` and `bearer` can",
                        http.unwrap_or_default()
                    ),
                    (kind, _) => {
                        format!("a scheme of the type `{}` cannot be sent", kind.unwrap_or_default())
                    }
                };
                if !is_asked_for(root, name) {
                    notes.record("unused-scheme", at, format!("left out, as nothing asks for it; {fault}"));
                    continue;
                }
                return Err(Error::new("sendable-credential", at, fault)
                    .remedy("Declare a header scheme of the vendor's in a repair, or remove this one and what names it"));
            }
        };
        let mut env = extension::texts(scheme, &at, "x-env")?;
        env.sort_by_key(|(part, _)| part == "password");
        made.push(SchemeMeta {
            name: name.clone(),
            kind,
            env: env.into_iter().map(|(_, variable)| variable).collect(),
            description: text(&scheme["description"]),
        });
    }
    Ok(made)
}

/// Whether the document or one of its operations names the security scheme.
fn is_asked_for(root: &Value, name: &str) -> bool {
    let names = |holder: &Value| {
        let mut alternatives = holder["security"].as_array().into_iter().flatten();
        alternatives.any(|requirement| requirement.get(name).is_some())
    };
    let operations = openapi::places(root);
    names(root) || operations.iter().filter_map(|place| root.pointer(&place.pointer())).any(names)
}

pub(super) fn security(
    root: &Value,
    operation: &Value,
    schemes: &[SchemeMeta],
    at: &str,
) -> Result<Vec<Vec<String>>, Error> {
    let declared = operation.get("security").or_else(|| root.get("security"));
    let mut alternatives = Vec::new();
    for requirement in declared.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object) {
        let names: Vec<String> = requirement.keys().cloned().collect();
        if let Some(unknown) = names.iter().find(|name| schemes.iter().all(|scheme| scheme.name != **name)) {
            return Err(Error::new(
                "declared-security",
                at,
                format!("it asks for the security scheme `{unknown}`, which is not declared"),
            )
            .remedy("Declare it under `components.securitySchemes` in a repair"));
        }
        let sent = |name: &String| schemes.iter().find(|scheme| scheme.name == *name).map(header);
        let headers: Vec<_> = names.iter().filter_map(sent).collect();
        if headers
            .iter()
            .enumerate()
            .any(|(index, header)| headers.iter().take(index).any(|known| known == header))
        {
            return Err(Error::new(
                "sendable-credential",
                format!("{at}/security"),
                format!("it asks for {} at once, and they are one header", names.join(" and ")),
            )
            .remedy("Write them as alternatives in a repair, each in an entry of its own"));
        }
        alternatives.push(names);
    }
    // An empty alternative means "also without"; it is tried last, so that a credential that is there is sent.
    alternatives.sort_by_key(Vec::is_empty);
    Ok(alternatives)
}

/// The header that carries a scheme's credential.
fn header(scheme: &SchemeMeta) -> &str {
    match &scheme.kind {
        SchemeKindMeta::Header { name, .. } => name,
        SchemeKindMeta::Basic | SchemeKindMeta::Bearer => "authorization",
    }
}

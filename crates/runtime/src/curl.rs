//! A request as a line for a shell, its secrets masked, for a support ticket.

use std::fmt::Write as _;

use reqwest::RequestBuilder;
use reqwest::header::{ACCEPT, CONTENT_TYPE};

use crate::api::SchemeKind;
use crate::{Api, Connection, Error, Operation, classify};

/// The request as a `curl` command. Credentials are shown as the environment variables or placeholders they
/// would come from. Path, query and body are shown as they are, and may hold personal data; a streamed body
/// is shown as `@body`.
///
/// # Errors
/// [`Kind::Invalid`](crate::Kind::Invalid) if the request cannot be built.
pub fn to_curl(
    api: &'static Api,
    connection: &Connection,
    operation: &'static Operation,
    request: RequestBuilder,
) -> Result<String, Error> {
    let request = request.build().map_err(|error| classify::unanswered(operation, error))?;
    let mut line = format!("curl -X {} {}", request.method(), quoted(request.url().as_str()));
    for name in connection.named(operation) {
        if let Some(scheme) = api.schemes.iter().find(|scheme| scheme.name == *name) {
            let secret =
                scheme.env.last().map_or_else(|| "***".to_owned(), |variable| format!("${variable}"));
            let header = match scheme.kind {
                SchemeKind::Header { name, prefix } => format!("{name}: {prefix}{secret}"),
                SchemeKind::Basic => "authorization: Basic ***".to_owned(),
                SchemeKind::Bearer => format!("authorization: Bearer {secret}"),
            };
            let _ = write!(line, " -H \"{header}\"");
        }
    }
    if let Some(media_type) = operation.accept {
        let _ = write!(line, " -H {}", quoted(&format!("{ACCEPT}: {media_type}")));
    }
    if let Some(body) = request.body() {
        if let Some(media_type) = operation.content_type {
            let _ = write!(line, " -H {}", quoted(&format!("{CONTENT_TYPE}: {media_type}")));
        }
        match body.as_bytes() {
            Some(bytes) => {
                let _ = write!(line, " --data-binary {}", quoted(&String::from_utf8_lossy(bytes)));
            }
            None => line.push_str(" --data-binary @body"),
        }
    }
    Ok(line)
}

/// In single quotes, so that a shell takes it as it is.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

//! A request as a line for a shell, its secrets masked, for a support ticket.

use std::fmt::Write as _;

use crate::api::SchemeKind;
use crate::request::{asked, prepared};
use crate::upload::Outgoing;
use crate::{Api, Connection, Error, Operation};

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
    request: impl Into<Outgoing>,
) -> Result<String, Error> {
    let mut request = prepared(connection, operation, request.into().request)?;
    asked(operation, &mut request);
    let mut line = format!("curl -X {} {}", request.method(), quoted(request.url().as_str()));
    for name in connection.named(operation) {
        if let Some(scheme) = api.schemes.iter().find(|scheme| scheme.name == *name) {
            let mut secrets = scheme.env.iter().map(|variable| format!("${variable}"));
            let mut secret = || secrets.next().unwrap_or_else(|| "***".to_owned());
            let _ = match scheme.kind {
                SchemeKind::Header { name, prefix } => write!(line, " -H \"{name}: {prefix}{}\"", secret()),
                SchemeKind::Basic => write!(line, " -u \"{}:{}\"", secret(), secret()),
                SchemeKind::Bearer => write!(line, " -H \"authorization: Bearer {}\"", secret()),
            };
        }
    }
    for (name, value) in request.headers() {
        let value =
            if value.is_sensitive() { "***".into() } else { String::from_utf8_lossy(value.as_bytes()) };
        let _ = write!(line, " -H {}", quoted(&format!("{name}: {value}")));
    }
    match request.body().map(|body| body.as_bytes()) {
        // Unlike `--data-binary`, it does not take an `@` at the beginning for the name of a file.
        Some(Some(bytes)) => {
            let _ = write!(line, " --data-raw {}", quoted(&String::from_utf8_lossy(bytes)));
        }
        Some(None) => line.push_str(" --data-binary @body"),
        None => {}
    }
    Ok(line)
}

/// In single quotes, so that a shell takes it as it is.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

//! A connection from environment variables, whose names the overlays give (`x-env`).
//!
//! For each security scheme: all of its variables, or none. At least one scheme must be there. A server
//! variable and the base URL are optional unless the document gives no default. `REVOPS_CONTRACT` is
//! `published` or `observed`. A blank variable counts as one that is not set; one that is not UTF-8 is an
//! error, as its default would send credentials somewhere else than was meant.

use std::ffi::OsString;

use crate::api::{Scheme, SchemeKind};
use crate::credential::Credential;
use crate::options::{Contract, Options};
use crate::{Api, Connection, ConnectionBuilder, Error, Kind};

/// The variable that picks the contract.
const CONTRACT: &str = "REVOPS_CONTRACT";

/// Reads the variables of `api` by `variable`, which gives a variable's value if it is set.
///
/// # Errors
/// [`Kind::Credential`] if no scheme has its variables, or one has some of them; [`Kind::Invalid`] for a
/// contract that is none, and for a value that is not UTF-8. The errors name the vendor and the variables, never
/// values; so do those of [`ConnectionBuilder::build`] for what was read here.
pub fn read<V: Into<OsString>>(
    api: &'static Api,
    variable: impl Fn(&str) -> Option<V>,
) -> Result<ConnectionBuilder, Error> {
    let set = |name: &str| {
        let Some(value) = variable(name) else { return Ok(None) };
        let value = value.into().into_string().map_err(|_| {
            Error::setup(
                Kind::Invalid,
                format!("{}: {name} is set to something that is not UTF-8", api.title),
            )
        })?;
        Ok(Some(value).filter(|value| !value.trim().is_empty()))
    };
    let read = |name: Option<&'static str>| name.map_or(Ok(None), set);
    let mut builder = Connection::builder(api).named_by_environment();
    let mut found = false;
    for scheme in api.schemes {
        if let Some(credential) = credential(api, scheme, &set)? {
            builder = builder.credential(scheme.name, credential);
            found = true;
        }
    }
    if !found && !api.schemes.is_empty() {
        let ways: Vec<String> = api
            .schemes
            .iter()
            .filter(|scheme| !scheme.env.is_empty())
            .map(|scheme| scheme.env.join(" and "))
            .collect();
        return Err(Error::setup(
            Kind::Credential,
            format!("{}: no credential in the environment; set {}", api.title, ways.join(", or ")),
        ));
    }
    for server in api.servers.iter().take(1) {
        for known in server.variables {
            if let Some(value) = read(known.env)? {
                builder = builder.variable(known.name, value.trim());
            }
        }
    }
    if let Some(base_url) = read(api.base_url_env)? {
        builder = builder.base_url(base_url.trim());
    }
    let contract = match set(CONTRACT)?.as_deref().map(str::trim) {
        None | Some("published") => Contract::Published,
        Some("observed") => Contract::Observed,
        Some(_) => {
            return Err(Error::setup(
                Kind::Invalid,
                format!("{}: {CONTRACT} is neither `published` nor `observed`", api.title),
            ));
        }
    };
    Ok(builder.options(Options { contract, ..Options::default() }))
}

fn credential(
    api: &'static Api,
    scheme: &'static Scheme,
    set: &impl Fn(&str) -> Result<Option<String>, Error>,
) -> Result<Option<Credential>, Error> {
    let values: Vec<Option<String>> = scheme.env.iter().map(|name| set(name)).collect::<Result<_, _>>()?;
    if values.iter().all(Option::is_none) {
        return Ok(None);
    }
    let missing: Vec<&str> =
        scheme.env.iter().zip(&values).filter(|(_, value)| value.is_none()).map(|(name, _)| *name).collect();
    if !missing.is_empty() {
        let detail = format!(
            "{}: {} is set, but {} is not",
            api.title,
            scheme.env.iter().find(|name| !missing.contains(name)).unwrap_or(&""),
            missing.join(" and ")
        );
        return Err(Error::setup(Kind::Credential, detail));
    }
    let mut values = values.into_iter().flatten();
    Ok(match (scheme.kind, values.next(), values.next()) {
        (SchemeKind::Header { .. }, Some(key), None) => Some(Credential::Key(key.into())),
        (SchemeKind::Bearer, Some(token), None) => Some(Credential::Token(token.into())),
        (SchemeKind::Basic, Some(username), Some(password)) => {
            Some(Credential::Basic { username: username.into(), password: password.into() })
        }
        _ => None,
    })
}

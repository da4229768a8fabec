//! Security schemes and requirements that 3.0 cannot say.

use serde_json::{Map, Value};

use super::rule;
use super::structure::{Kind, Rewrite, walk};
use crate::pointer::{join, resolve};
use crate::{Error, Notes};

/// Drops `mutualTLS` schemes, their names from the requirements, and roles where only scopes may stand.
pub(super) fn lower(root: &mut Value, notes: &mut Notes) -> Result<(), Error> {
    let schemes = Schemes::of(root);
    for name in &schemes.mutual_tls {
        drop_scheme(root, name, notes);
    }
    walk(root, Kind::Document, "", &mut Securing { schemes, notes })
}

struct Securing<'a> {
    schemes: Schemes,
    notes: &'a mut Notes,
}

impl Rewrite for Securing<'_> {
    fn rewrite(&mut self, kind: Kind, value: &mut Value, at: &str) -> Result<(), Error> {
        if matches!(kind, Kind::Document | Kind::Operation)
            && let Some(Value::Array(requirements)) = value.get_mut("security")
        {
            lower_requirements(requirements, &self.schemes, &join(at, "security"), self.notes);
        }
        Ok(())
    }
}

/// The names of the schemes that have a rule.
struct Schemes {
    mutual_tls: Vec<String>,
    /// Those whose requirements may not list anything.
    without_scopes: Vec<String>,
}

impl Schemes {
    fn of(root: &Value) -> Self {
        let mut schemes = Self { mutual_tls: Vec::new(), without_scopes: Vec::new() };
        let declared = root.pointer("/components/securitySchemes").and_then(Value::as_object);
        for (name, scheme) in declared.into_iter().flatten() {
            let scheme = match scheme.get("$ref").and_then(Value::as_str) {
                Some(reference) => resolve(root, reference).unwrap_or(scheme),
                None => scheme,
            };
            match scheme.get("type").and_then(Value::as_str) {
                Some("mutualTLS") => schemes.mutual_tls.push(name.clone()),
                Some("apiKey" | "http") => schemes.without_scopes.push(name.clone()),
                _ => {}
            }
        }
        schemes
    }
}

fn drop_scheme(root: &mut Value, name: &str, notes: &mut Notes) {
    let schemes = root.pointer_mut("/components/securitySchemes").and_then(Value::as_object_mut);
    if schemes.is_some_and(|schemes| schemes.shift_remove(name).is_some()) {
        notes.record(rule::MUTUAL_TLS, join("/components/securitySchemes", name), "scheme dropped");
    }
}

/// A requirement that asks for nothing but a certificate disappears; were it left as `{}` it would be an
/// alternative without credentials.
fn lower_requirements(requirements: &mut Vec<Value>, schemes: &Schemes, at: &str, notes: &mut Notes) {
    let mut index = 0;
    requirements.retain_mut(|requirement| {
        let at = format!("{at}/{index}");
        index += 1;
        let Some(requirement) = requirement.as_object_mut() else { return true };
        empty_roles(requirement, schemes, &at, notes);
        !drop_certificates(requirement, schemes, &at, notes) || !requirement.is_empty()
    });
}

/// Whether there was any to drop.
fn drop_certificates(
    requirement: &mut Map<String, Value>,
    schemes: &Schemes,
    at: &str,
    notes: &mut Notes,
) -> bool {
    let before = requirement.len();
    for name in &schemes.mutual_tls {
        if requirement.shift_remove(name).is_some() {
            notes.record(rule::MUTUAL_TLS, join(at, name), "requirement dropped");
        }
    }
    requirement.len() < before
}

/// [`rule::SECURITY_ROLES`].
fn empty_roles(requirement: &mut Map<String, Value>, schemes: &Schemes, at: &str, notes: &mut Notes) {
    for name in &schemes.without_scopes {
        if let Some(Value::Array(roles)) = requirement.get_mut(name)
            && !roles.is_empty()
        {
            notes.record(rule::SECURITY_ROLES, join(at, name), format!("{} roles dropped", roles.len()));
            roles.clear();
        }
    }
}

//! Where the structure of OpenAPI 3.1 has which kind of object, and the walk that follows it.

use serde_json::{Map, Value};

use super::rule;
use crate::Error;
use crate::pointer::join;

const DEPTH_LIMIT: usize = 256;

/// The members of a schema that hold definitions: today's name and the one before 2019-09.
pub(super) const DEFINITIONS: [&str; 2] = ["$defs", "definitions"];

/// The objects of OpenAPI that have rules, or have others with rules inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Document,
    Info,
    License,
    Components,
    Paths,
    PathItem,
    Operation,
    Parameter,
    RequestBody,
    Responses,
    Response,
    Header,
    MediaType,
    Encoding,
    Callback,
    Example,
    Link,
    SecurityScheme,
    Schema,
}

/// How many objects of a kind a member holds.
enum Holds {
    One(Kind),
    /// `additionalProperties`, which is a flag or a schema in every version.
    OneOrFlag(Kind),
    List(Kind),
    Map(Kind),
}

impl Kind {
    /// Whether `{"$ref": …}` in place of this object is a Reference Object. A schema and a path item have a
    /// `$ref` of their own.
    pub(super) fn may_be_reference(self) -> bool {
        matches!(
            self,
            Self::Parameter
                | Self::RequestBody
                | Self::Response
                | Self::Header
                | Self::Callback
                | Self::Example
                | Self::Link
                | Self::SecurityScheme
        )
    }

    /// What the member `name` of this object holds, if that is of interest.
    fn member(self, name: &str) -> Option<Holds> {
        match self {
            Self::Document => document_member(name),
            Self::Info => (name == "license").then_some(Holds::One(Self::License)),
            Self::Components => component_member(name),
            Self::Paths | Self::Callback => {
                (!name.starts_with("x-") && name != "$ref").then_some(Holds::One(Self::PathItem))
            }
            Self::Responses => (!name.starts_with("x-")).then_some(Holds::One(Self::Response)),
            Self::PathItem => path_item_member(name),
            Self::Operation => operation_member(name),
            Self::Parameter | Self::Header | Self::MediaType => value_member(name),
            Self::RequestBody => (name == "content").then_some(Holds::Map(Self::MediaType)),
            Self::Response => response_member(name),
            Self::Encoding => (name == "headers").then_some(Holds::Map(Self::Header)),
            Self::Schema => schema_member(name),
            Self::License | Self::Example | Self::Link | Self::SecurityScheme => None,
        }
    }
}

fn document_member(name: &str) -> Option<Holds> {
    Some(match name {
        "info" => Holds::One(Kind::Info),
        "paths" => Holds::One(Kind::Paths),
        "webhooks" => Holds::Map(Kind::PathItem),
        "components" => Holds::One(Kind::Components),
        name if DEFINITIONS.contains(&name) => Holds::Map(Kind::Schema),
        _ => return None,
    })
}

fn component_member(name: &str) -> Option<Holds> {
    Some(Holds::Map(match name {
        "schemas" => Kind::Schema,
        "responses" => Kind::Response,
        "parameters" => Kind::Parameter,
        "examples" => Kind::Example,
        "requestBodies" => Kind::RequestBody,
        "headers" => Kind::Header,
        "securitySchemes" => Kind::SecurityScheme,
        "links" => Kind::Link,
        "callbacks" => Kind::Callback,
        "pathItems" => Kind::PathItem,
        _ => return None,
    }))
}

fn path_item_member(name: &str) -> Option<Holds> {
    Some(match name {
        "parameters" => Holds::List(Kind::Parameter),
        "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace" => {
            Holds::One(Kind::Operation)
        }
        _ => return None,
    })
}

fn operation_member(name: &str) -> Option<Holds> {
    Some(match name {
        "parameters" => Holds::List(Kind::Parameter),
        "requestBody" => Holds::One(Kind::RequestBody),
        "responses" => Holds::One(Kind::Responses),
        "callbacks" => Holds::Map(Kind::Callback),
        _ => return None,
    })
}

/// What parameters, headers and media types have alike; each has only some of these members.
fn value_member(name: &str) -> Option<Holds> {
    Some(match name {
        "schema" => Holds::One(Kind::Schema),
        "examples" => Holds::Map(Kind::Example),
        "content" => Holds::Map(Kind::MediaType),
        "encoding" => Holds::Map(Kind::Encoding),
        _ => return None,
    })
}

fn response_member(name: &str) -> Option<Holds> {
    Some(match name {
        "headers" => Holds::Map(Kind::Header),
        "content" => Holds::Map(Kind::MediaType),
        "links" => Holds::Map(Kind::Link),
        _ => return None,
    })
}

/// The keywords that survive the lowering in some form. What stands in others (`if`, `contains`, …) is
/// dropped with them, so it need not be lowered first.
fn schema_member(name: &str) -> Option<Holds> {
    Some(match name {
        "properties" | "patternProperties" => Holds::Map(Kind::Schema),
        "items" | "additionalItems" | "not" => Holds::One(Kind::Schema),
        "additionalProperties" => Holds::OneOrFlag(Kind::Schema),
        "allOf" | "anyOf" | "oneOf" | "prefixItems" => Holds::List(Kind::Schema),
        name if DEFINITIONS.contains(&name) => Holds::Map(Kind::Schema),
        _ => return None,
    })
}

/// What a pass does to each object it comes by.
pub(super) trait Rewrite {
    /// Changes `value`, an object of the kind `kind` at the JSON pointer `at`, whose own members have
    /// already been visited. It may be of another JSON type if the document is not what it should be.
    fn rewrite(&mut self, kind: Kind, value: &mut Value, at: &str) -> Result<(), Error>;
}

/// Visits `value` and every object in it, from the leaves up.
///
/// So a rule sees members that are already lowered, and its pointer is still that of the document before
/// the pass.
pub(super) fn walk(value: &mut Value, kind: Kind, at: &str, rewrite: &mut impl Rewrite) -> Result<(), Error> {
    descend(value, kind, at, 0, rewrite)
}

fn descend(
    value: &mut Value,
    kind: Kind,
    at: &str,
    depth: usize,
    rewrite: &mut impl Rewrite,
) -> Result<(), Error> {
    if depth > DEPTH_LIMIT {
        return Err(too_deep(at));
    }
    if let Value::Object(object) = value
        && !is_reference(kind, object)
    {
        for (name, member) in object {
            if let Some(holds) = kind.member(name) {
                descend_into(member, &holds, &join(at, name), depth + 1, rewrite)?;
            }
        }
    }
    rewrite.rewrite(kind, value, at)
}

/// A list where one object should be is taken for a list of such objects: `items: [..]` is the tuple of
/// earlier drafts.
fn descend_into(
    member: &mut Value,
    holds: &Holds,
    at: &str,
    depth: usize,
    rewrite: &mut impl Rewrite,
) -> Result<(), Error> {
    match (holds, member) {
        (Holds::One(kind) | Holds::List(kind), Value::Array(list)) => list
            .iter_mut()
            .enumerate()
            .try_for_each(|(index, entry)| descend(entry, *kind, &format!("{at}/{index}"), depth, rewrite)),
        (Holds::OneOrFlag(_), Value::Bool(_)) => Ok(()),
        (Holds::One(kind) | Holds::OneOrFlag(kind), member) => descend(member, *kind, at, depth, rewrite),
        (Holds::Map(kind), Value::Object(map)) => map
            .iter_mut()
            .try_for_each(|(name, entry)| descend(entry, *kind, &join(at, name), depth, rewrite)),
        _ => Ok(()),
    }
}

fn is_reference(kind: Kind, object: &Map<String, Value>) -> bool {
    kind.may_be_reference() && object.get("$ref").is_some_and(Value::is_string)
}

fn too_deep(at: &str) -> Error {
    Error::new(rule::NESTING_DEPTH, at, format!("objects are nested deeper than {DEPTH_LIMIT} levels"))
        .remedy("Name the inner schemas under `components/schemas` and refer to them by `$ref`")
}

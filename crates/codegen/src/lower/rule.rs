//! The names of the rules, as they stand in notes and errors, and what each of them works around.

/// The version string becomes `3.0.3`: the generator's reader of documents knows no other dialect.
pub const VERSION: &str = "version";

/// Only 3.0 and 3.1 are read. Other versions differ in structure and not merely in vocabulary.
pub const SUPPORTED_VERSION: &str = "supported-version";

/// A reference into another file cannot be followed at build time without a network or a second source of
/// truth, so it is an error.
pub const EXTERNAL_REFERENCE: &str = "external-reference";

/// `$dynamicRef` depends on the path by which a schema was reached; 3.0 and Rust types have no such thing.
pub const DYNAMIC_REFERENCE: &str = "dynamic-reference";

/// Deeper than 256 levels is a mistake of a tool, and would overflow the stack of the stages that follow.
pub const NESTING_DEPTH: &str = "nesting-depth";

/// `webhooks` describe calls that the vendor makes and not ones that a client can make; 3.0 has no place
/// for them.
pub const WEBHOOKS: &str = "webhooks";

/// `jsonSchemaDialect`, `info.summary` and `license.identifier` are members that 3.0 does not know.
pub const UNKNOWN_MEMBER: &str = "unknown-member";

/// 3.1 permits a document without `paths`; 3.0 requires the member.
pub const ABSENT_PATHS: &str = "absent-paths";

/// 3.1 permits an operation without `responses`; 3.0 requires at least one response.
pub const ABSENT_RESPONSES: &str = "absent-responses";

/// A response without `description`, which both versions require, stops the reader of documents.
pub const ABSENT_DESCRIPTION: &str = "absent-description";

/// In 3.1 a Reference Object may override `summary` and `description`; in 3.0 it has nothing beside `$ref`.
pub const REFERENCE_OVERRIDES: &str = "reference-overrides";

/// A local `$ref` in place of a path item is replaced by its target: 3.0 has no `components.pathItems`, and
/// the generator refuses the reference (`path /a uses reference, unsupported`).
pub const PATH_ITEM_REFERENCE: &str = "path-item-reference";

/// `components.pathItems` has no place in 3.0; its entries live on where they were referred to.
pub const PATH_ITEM_COMPONENTS: &str = "path-item-components";

/// `mutualTLS` is unknown to 3.0 (`unknown variant mutualTLS`). The certificate belongs to the connection
/// and not to the request, so the requirement that names the scheme loses that name only.
pub const MUTUAL_TLS: &str = "mutual-tls";

/// 3.1 permits role names in the requirement of any scheme; 3.0 only the scopes of `oauth2` and
/// `openIdConnect`.
pub const SECURITY_ROLES: &str = "security-roles";

/// `$defs` inside a schema becomes a component: the generator resolves references into
/// `components/schemas` only and panics at any other (`$ref … is missing`).
pub const DEFINITIONS: &str = "definitions";

/// 3.0 has no boolean schemas: `true` is `{}` and `false` is `{not: {}}`.
pub const BOOLEAN_SCHEMA: &str = "boolean-schema";

/// `$ref` beside other keywords is an intersection in 3.1; in 3.0 the others are ignored, so the reference
/// moves into `allOf`.
pub const REFERENCE_SIBLINGS: &str = "reference-siblings";

/// `const` is a single-valued `enum`; the generator drops the keyword silently.
pub const CONST: &str = "const";

/// A schema has one `example` in 3.0; the first of the `examples` is kept.
pub const EXAMPLES: &str = "examples";

/// `exclusiveMinimum` and `exclusiveMaximum` are numbers in 3.1 and flags in 3.0
/// (`invalid type: integer 0, expected a boolean`).
pub const EXCLUSIVE_BOUND: &str = "exclusive-bound";

/// `contentEncoding: base64` is `format: byte` and `contentMediaType: application/octet-stream` is
/// `format: binary`.
pub const CONTENT_FORMAT: &str = "content-format";

/// A tuple becomes a list: of one type if all its places have that, of `oneOf` if no two places can hold
/// the same value, of anything otherwise.
pub const PREFIX_ITEMS: &str = "prefix-items";

/// Properties with patterned names become additional properties of any type; of the pattern's type if it
/// is the only pattern and nothing is said of other names, for such a schema means a map. In that last case
/// names outside the pattern are held to its schema too.
pub const PATTERN_PROPERTIES: &str = "pattern-properties";

/// The null branch of `anyOf` or `oneOf` becomes `nullable`; the generator panics at a `null` type. A single
/// branch that remains is the schema itself.
pub const NULL_BRANCH: &str = "null-branch";

/// A list of types becomes `type` and `nullable`, or a `oneOf` with a branch for each type. Never `anyOf`,
/// which the generator makes a struct of, so that decoding fails at run time.
pub const TYPE_ARRAY: &str = "type-array";

/// `type: "null"` alone becomes the nullable enumeration of `null`, which is how 3.0 spells it.
pub const NULL_TYPE: &str = "null-type";

/// An `enum` that lists `null` says in 3.0 that it is `nullable`.
pub const NULL_IN_ENUM: &str = "null-in-enum";

/// An array without `items` has items of any type in 3.1 and is not valid in 3.0.
pub const ABSENT_ITEMS: &str = "absent-items";

/// An empty `required` or `enum` is permitted in 3.1 and not valid in 3.0.
pub const EMPTY_LIST: &str = "empty-list";

/// `$id`, `$anchor`, `$comment` and their like say nothing of values.
pub const IDENTITY_KEYWORD: &str = "identity-keyword";

/// `if`, `contains`, `propertyNames` and their like constrain values in a way that 3.0 cannot say; without
/// them the type is wider.
pub const WIDENED_KEYWORD: &str = "widened-keyword";

/// The negation of a widened schema refuses more than the document does (`not: {contains: …}` would become
/// `not: {}`, which nothing satisfies), so it is dropped. A `not` of a reference is not looked through.
pub const NEGATION: &str = "negation";

/// 3.1 permits keywords of one's own without `x-`; 3.0 does not.
pub const UNKNOWN_KEYWORD: &str = "unknown-keyword";

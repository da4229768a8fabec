//! The places where the published text cannot be taken literally.

/// One place of a published document that is read in another way than it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exception {
    /// What is excepted, in a few words joined by hyphens.
    pub name: &'static str,
    /// The document, by its path under `specs/`.
    pub document: &'static str,
    /// A JSON pointer to the place.
    pub pointer: &'static str,
    /// The statuses that are answered there though the place does not list them.
    pub statuses: &'static [u16],
    /// How the place is read, and why.
    pub text: &'static str,
}

pub(crate) const DOUBLE_BRACES: &str = "double-braces-in-template";
pub(crate) const NO_SUCCESS: &str = "no-success-response";
pub(crate) const HTTP_HEADERS: &str = "http-headers-as-parameters";
pub(crate) const TOKEN: &str = "credential-as-parameter";
const GET_BODY: &str = "request-body-on-get";

const REFUSAL: &str = "refusal-not-listed";

const GAINSIGHT_USERS: &str = "gainsight/user-management.yaml";
const USERPILOT: &str = "userpilot/userpilot.json";

pub(crate) const EXCEPTIONS: &[Exception] = &[
    Exception {
        name: DOUBLE_BRACES,
        document: USERPILOT,
        pointer: "/paths/~1v1~1background_jobs~1{{job_id}}",
        statuses: &[],
        text: "`{{job_id}}` is a variable of another notation; it is read as the path parameter `{job_id}` \
               that the operation declares.",
    },
    Exception {
        name: NO_SUCCESS,
        document: USERPILOT,
        pointer: "/paths/~1v1~1identify/post/responses",
        statuses: &[202],
        text: "No success is documented; the sandbox answers 202 with an empty body, as the document does \
               for `/v1/companies/identify`.",
    },
    Exception {
        name: GET_BODY,
        document: USERPILOT,
        pointer: "/paths/~1v1~1background_jobs/get/requestBody",
        statuses: &[],
        text: "A GET has no use for a body: sending none is right. One that is sent is judged.",
    },
    Exception {
        name: GET_BODY,
        document: USERPILOT,
        pointer: "/paths/~1v1~1background_jobs~1{{job_id}}/get/requestBody",
        statuses: &[],
        text: "A GET has no use for a body: sending none is right. One that is sent is judged.",
    },
    Exception {
        name: HTTP_HEADERS,
        document: USERPILOT,
        pointer: "/paths",
        statuses: &[],
        text: "`Content-Type` and `Accept`, declared as header parameters of every operation, are judged as \
               the HTTP headers they are: against the declared media types, not against a schema of strings.",
    },
    Exception {
        name: TOKEN,
        document: USERPILOT,
        pointer: "/components/parameters/AuthorizationHeader",
        statuses: &[],
        text: "The required parameter `Authorization` is the credential (`Token {{API_KEY}}`) of a document \
               without security schemes: a missing or wrong one is answered with 401.",
    },
    Exception {
        name: REFUSAL,
        document: GAINSIGHT_USERS,
        pointer: "/paths/~1scim~1v2~1Users/get/responses",
        statuses: &[400],
        text: "Any text is a filter to the schema, and 400 is not listed; a filter that RFC 7644 does not know is \
               answered 400 with `invalidFilter`, as section 3.12 asks.",
    },
    Exception {
        name: REFUSAL,
        document: GAINSIGHT_USERS,
        pointer: "/paths/~1scim~1v2~1Users~1{scimUserId}/put/responses",
        statuses: &[400, 409],
        text: "409 and 400 are not listed as they are for creating; a `userName` that another user has is \
               answered 409 with `uniqueness`, an empty one 400 with `invalidValue`.",
    },
    Exception {
        name: REFUSAL,
        document: GAINSIGHT_USERS,
        pointer: "/paths/~1users/get/responses",
        statuses: &[400],
        text: "Any integer is a page to the schema, and 400 is not listed; a `pageSize` below 1 or a `pageNumber` \
               below 0 asks for no page and is answered so.",
    },
    Exception {
        name: REFUSAL,
        document: USERPILOT,
        pointer: "/paths/~1v1~1background_jobs~1{{job_id}}/get/responses",
        statuses: &[404],
        text: "Only a success is listed; a job that does not exist is answered 404.",
    },
    Exception {
        name: REFUSAL,
        document: USERPILOT,
        pointer: "/paths/~1v1~1identify/post/responses",
        statuses: &[400],
        text: "400 is not listed as it is for `/v1/companies/identify`; an empty `user_id` or `company_id` names \
               nobody and is answered so.",
    },
    Exception {
        name: REFUSAL,
        document: USERPILOT,
        pointer: "/paths/~1v1~1imports/post/responses",
        statuses: &[400, 413],
        text: "No form is required and only 401 and 409 are listed; without a file there is nothing to import: 400. \
               A file of more than 50 MB is answered 413.",
    },
    Exception {
        name: REFUSAL,
        document: USERPILOT,
        pointer: "/paths/~1v1~1users~1bulk_identify/post/responses",
        statuses: &[409, 413],
        text: "Only a success is listed; while a job is under way another is answered 409, as the vendor's \
               text on bulk updates says; more than 10,000 records are answered 413.",
    },
    Exception {
        name: REFUSAL,
        document: USERPILOT,
        pointer: "/paths/~1v1~1companies~1bulk_identify/post/responses",
        statuses: &[409, 413],
        text: "Only a success is listed; while a job is under way another is answered 409, as the vendor's \
               text on bulk updates says; more than 10,000 records are answered 413.",
    },
    Exception {
        name: REFUSAL,
        document: "gong/users.yaml",
        pointer: "/paths/~1users/get/responses",
        statuses: &[400],
        text: "Any text is a cursor to the schema, and 400 is not listed as it is for `/users/filter`; a cursor \
               that was not given out, or has expired, is answered 400.",
    },
];

/// All of them, without a sandbox.
#[must_use]
pub fn exceptions() -> &'static [Exception] {
    EXCEPTIONS
}

/// Whether the place is excepted under this name.
pub(crate) fn covers(name: &str, document: &str, pointer: &str) -> bool {
    EXCEPTIONS.iter().any(|it| it.name == name && it.document == document && it.pointer == pointer)
}

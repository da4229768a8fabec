//! The request of one operation, as it is sent and as it is sent again.

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use reqwest::{Request, RequestBuilder};

use crate::{Connection, Error, Operation, classify, observed};

/// The request as the document, or what was observed, wants it; what every attempt gives it anew is not in it
/// yet. Boxed, because every future it passes through has room for it.
pub(crate) fn prepared(
    connection: &Connection,
    operation: &'static Operation,
    request: RequestBuilder,
) -> Result<Box<Request>, Error> {
    let mut request = request.build().map_err(|error| classify::unanswered(operation, error))?;
    let headers = request.headers_mut();
    if let Some(media_type) = operation.content_type
        && headers.contains_key(CONTENT_TYPE)
    {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
    observed::apply(connection, operation, &mut request);
    if !request.headers().is_empty() {
        // What is asked for stands first, as in a request that has nothing else.
        let others = std::mem::take(request.headers_mut());
        asked(operation, &mut request);
        for (name, value) in &others {
            if name != ACCEPT || operation.accept.is_none() {
                request.headers_mut().append(name, value.clone());
            }
        }
    }
    Ok(Box::new(request))
}

/// Asks for the media type of the document. Not a part of [`prepared`], so that most requests have no headers
/// when they are copied.
pub(crate) fn asked(operation: &'static Operation, request: &mut Request) {
    if let Some(media_type) = operation.accept {
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static(media_type));
    }
}

/// The same request once more; `None` if its body is a stream. `Request::try_clone` prepares for what most
/// requests do not have, a timeout of their own, and so those without it are copied here.
pub(crate) fn copied(request: &Request) -> Option<Box<Request>> {
    if request.body().is_some() || request.timeout().is_some() {
        return request.try_clone().map(Box::new);
    }
    let mut copy = Request::new(request.method().clone(), request.url().clone());
    copy.headers_mut().clone_from(request.headers());
    *copy.version_mut() = request.version();
    Some(Box::new(copy))
}

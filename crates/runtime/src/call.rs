//! The one way from a built request to a typed answer.

use bytes::Bytes;
use progenitor_client::ByteStream;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;

use crate::{Connection, Error, Operation, Response};

/// Sends the request and decodes its success as JSON. A body that is empty decodes as `null`, which is what
/// an operation that may answer without content declares.
///
/// # Errors
/// Everything in [`Kind`](crate::Kind).
pub async fn call<T: DeserializeOwned>(
    connection: &Connection,
    operation: &'static Operation,
    request: RequestBuilder,
) -> Result<Response<T>, Error> {
    let (status, headers, body) = read(operation, exchange(connection, operation, request).await?).await?;
    let json: &[u8] = if body.is_empty() { b"null" } else { &body };
    match serde_json::from_slice(json) {
        Ok(value) => Ok(Response::new(value, status, headers)),
        Err(error) => Err(Error::decode(operation, &error, status, headers, body)),
    }
}

/// Sends the request; its success has no content that matters.
///
/// # Errors
/// Everything in [`Kind`](crate::Kind) but `Decode`.
pub async fn call_empty(
    connection: &Connection,
    operation: &'static Operation,
    request: RequestBuilder,
) -> Result<Response<()>, Error> {
    let (status, headers, _) = read(operation, exchange(connection, operation, request).await?).await?;
    Ok(Response::new((), status, headers))
}

/// Sends the request; its success is handed over as it arrives.
///
/// # Errors
/// Everything in [`Kind`](crate::Kind) but `Decode`.
pub async fn call_stream(
    connection: &Connection,
    operation: &'static Operation,
    request: RequestBuilder,
) -> Result<Response<ByteStream>, Error> {
    let answer = exchange(connection, operation, request).await?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    Ok(Response::new(ByteStream::new(Box::pin(answer.bytes_stream())), status, headers))
}

/// From the builder to an answer whose status means success.
async fn exchange(
    connection: &Connection,
    operation: &'static Operation,
    request: RequestBuilder,
) -> Result<reqwest::Response, Error> {
    let mut request = request.build().map_err(|error| Error::transport(operation, error))?;
    let headers = request.headers_mut();
    if let Some(media_type) = operation.accept {
        headers.insert(ACCEPT, HeaderValue::from_static(media_type));
    }
    if let Some(media_type) = operation.content_type
        && headers.contains_key(CONTENT_TYPE)
    {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
    connection.authorize(operation, headers)?;
    let answer =
        connection.http().execute(request).await.map_err(|error| Error::transport(operation, error))?;
    if is_success(operation, answer.status()) {
        return Ok(answer);
    }
    let (status, headers, body) = read(operation, answer).await?;
    Err(Error::status_of(operation, status, headers, body))
}

async fn read(
    operation: &'static Operation,
    answer: reqwest::Response,
) -> Result<(StatusCode, HeaderMap, Bytes), Error> {
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body = answer.bytes().await.map_err(|error| Error::transport(operation, error))?;
    Ok((status, headers, body))
}

fn is_success(operation: &Operation, status: StatusCode) -> bool {
    let code = status.as_u16();
    operation.success.iter().any(|named| *named == code || *named == code / 100)
}

//! The one way from a built request to a typed answer: pace, attempt, judge, wait or give up, decode.

mod again;
mod pace;

use std::pin::{Pin, pin};
use std::time::Duration;

use bytes::Bytes;
use progenitor_client::ByteStream;
use reqwest::Request;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep};
use tracing::{Instrument as _, Span};

use crate::connection::Authorized;
use crate::error::Answer;
use crate::quota::Permit;
use crate::upload::{Form, Outgoing};
use crate::{
    Connection, Delivery, Error, Kind, Operation, Response, attempt, classify, decode, request, telemetry,
};

/// Sends the request and decodes its success as JSON. A body that is empty decodes as `null`, which is what
/// an operation that may answer without content declares.
///
/// # Errors
/// Everything in [`Kind`].
pub async fn call<T: DeserializeOwned>(
    connection: &Connection,
    operation: &'static Operation,
    request: impl Into<Outgoing>,
) -> Result<Response<T>, Error> {
    let mut call = Call::new(connection, operation, false);
    let got = call.made(request.into()).await;
    call.ended(got, |got| {
        let answer = got.whole(operation)?;
        let decoded = decode::decode(operation, &answer, connection.options().max_records)?;
        Ok(Response::decoded(decoded, answer.status, answer.headers))
    })
}

/// Sends the request; its success has no content that matters.
///
/// # Errors
/// Everything in [`Kind`] but `Decode` and `Empty`.
pub async fn call_empty(
    connection: &Connection,
    operation: &'static Operation,
    request: impl Into<Outgoing>,
) -> Result<Response<()>, Error> {
    let mut call = Call::new(connection, operation, false);
    let got = call.made(request.into()).await;
    call.ended(got, |got| {
        let answer = got.whole(operation)?;
        Ok(Response::new((), answer.status, answer.headers))
    })
}

/// Sends the request; its success is handed over as it arrives, without a limit on its size. A status that may not
/// mean what it says, as one of the operation's [`answers`](Operation::answers) tells, is read to its end before,
/// and held to [`max_response`](crate::Options::max_response).
///
/// # Errors
/// Everything in [`Kind`] but `Decode` and `Empty`.
pub async fn call_stream(
    connection: &Connection,
    operation: &'static Operation,
    request: impl Into<Outgoing>,
) -> Result<Response<ByteStream>, Error> {
    let mut call = Call::new(connection, operation, true);
    let got = call.made(request.into()).await;
    match call.ended(got, Ok)? {
        Got::Head(mut answer) => {
            let (status, headers) = (answer.status(), std::mem::take(answer.headers_mut()));
            let body = attempt::stream(operation, answer, connection.options().timeouts.clone());
            Ok(Response::new(body, status, headers))
        }
        Got::Whole(answer) => {
            let body = futures::stream::iter([Ok(answer.body)]);
            Ok(Response::new(ByteStream::new(Box::pin(body)), answer.status, answer.headers))
        }
    }
}

/// A success: read to its end, or only begun.
enum Got {
    Whole(Answer),
    Head(reqwest::Response),
}

impl Got {
    fn status(&self) -> u16 {
        match self {
            Self::Whole(answer) => answer.status.as_u16(),
            Self::Head(answer) => answer.status().as_u16(),
        }
    }

    fn whole(self, operation: &'static Operation) -> Result<Answer, Error> {
        match self {
            Self::Whole(answer) => Ok(answer),
            // Only a call that is streamed leaves its answer unread.
            Self::Head(_) => Err(Error::invalid(operation, "the answer was not read")),
        }
    }
}

/// Why a credential was to be renewed, told where that failed.
fn why_renewed(error: &Error) -> String {
    let status = error.status().map(|status| format!(" (HTTP {})", status.as_u16())).unwrap_or_default();
    format!("the vendor had refused the one before it{status}")
}

/// One operation with all its attempts.
struct Call<'a> {
    connection: &'a Connection,
    operation: &'static Operation,
    streamed: bool,
    span: Span,
    began: Instant,
    attempts: u32,
    /// How many retries were paid for from the budget.
    paid: u32,
    seen: Seen,
    /// How the body is made again, if it is a form that can be.
    form: Option<Form>,
    /// Whether the budget waits to be told how it ended.
    counted: bool,
    /// Whether it was told how it ended.
    over: bool,
}

/// What the attempts so far have shown.
#[derive(Default)]
struct Seen {
    /// How many went to connections that were idle and gone.
    idle: u32,
    /// Whether one may have been processed, whatever the last one says.
    uncertain: bool,
    /// Whether an answer came whose content encoding was broken.
    garbled: bool,
}

impl<'a> Call<'a> {
    fn new(connection: &'a Connection, operation: &'static Operation, streamed: bool) -> Self {
        let span = telemetry::span(connection, operation);
        Self {
            connection,
            operation,
            streamed,
            span,
            began: Instant::now(),
            attempts: 0,
            paid: 0,
            seen: Seen::default(),
            form: None,
            counted: false,
            over: false,
        }
    }

    /// Everything that takes time, in the span of the call.
    async fn made(&mut self, outgoing: Outgoing) -> Result<Got, Error> {
        let request = request::prepared(self.connection, self.operation, outgoing.request)?;
        self.form = outgoing.form;
        let span = self.span.clone();
        // Pinned first: a future of this size is not cheap to move into the span.
        let attempts = pin!(self.attempts(request));
        attempts.instrument(span).await
    }

    /// What is handed to the caller, in the span of the call; `finish` has a say in whether it is a success.
    #[inline]
    fn ended<R>(
        mut self,
        outcome: Result<Got, Error>,
        finish: impl FnOnce(Got) -> Result<R, Error>,
    ) -> Result<R, Error> {
        self.over = true;
        let _entered = self.span.enter();
        let status = outcome.as_ref().map_or(0, Got::status);
        let done = outcome.and_then(finish);
        if done.is_ok() {
            telemetry::ended(self.operation, Ok(status), self.attempts, self.began.elapsed());
            // Not taken apart and put together again: it can be large.
            return done;
        }
        done.map_err(|error| self.told(error))
    }

    /// The error with all that is known of the call.
    #[cold]
    fn told(&self, error: Error) -> Error {
        let mut error = error.masked(self.connection);
        if self.seen.uncertain && error.delivery() == Delivery::NotSent {
            error = error.delivered(Delivery::MaybeProcessed);
        }
        let elapsed = self.began.elapsed();
        telemetry::ended(self.operation, Err(&error), self.attempts, elapsed);
        error.on(self.operation).attempted(self.attempts, elapsed).after_doubt(self.seen.uncertain)
    }

    /// Attempts until one succeeds or nothing speaks for another.
    async fn attempts(&mut self, request: Box<Request>) -> Result<Got, Error> {
        self.connection.budget().earn();
        self.counted = true;
        let mut authorized = self.authorized(None).await?;
        let mut renewed = false;
        let mut next = Some(request);
        loop {
            let Some(mut request) = next.take() else {
                return Err(Error::new(Kind::Invalid, Some(self.operation), "the body cannot be sent again"));
            };
            let mut permit = self.permit().await?;
            if self.left().is_some_and(|left| left.is_zero()) {
                return Err(self.too_late());
            }
            next = self.copied(&request);
            request::asked(self.operation, &mut request);
            authorized.apply(&mut request);
            self.attempts += 1;
            permit.sent();
            let outcome = self.attempt(request, &mut permit).await;
            drop(permit);
            let error = match outcome {
                Ok(got) => {
                    self.counted = false;
                    self.connection.budget().succeeded(self.paid);
                    return Ok(got);
                }
                Err(error) => error,
            };
            self.seen.uncertain |= error.delivery() == Delivery::MaybeProcessed;
            if error.kind() == Kind::Credential && authorized.is_issued() && !renewed {
                renewed = true;
                // Rare, and so not a part of every call's future.
                let fresh = Box::pin(self.authorized(Some(&authorized))).await;
                authorized = fresh.map_err(|fault| fault.because(&why_renewed(&error)))?;
                if next.is_none() {
                    telemetry::not_repeated(&self.span, "body");
                    let reason = "the credential was renewed for the next call; this one is not sent again, as its body is a stream that has been read";
                    return Err(error.because(reason));
                }
                telemetry::again(self.operation, &error, self.attempts, Duration::ZERO);
                continue;
            }
            let wait = self.wait(error, next.is_some())?;
            sleep(wait).await;
        }
    }

    /// The request once more; `None` if its body comes from a stream.
    fn copied(&self, request: &Request) -> Option<Box<Request>> {
        match &self.form {
            None => request::copied(request),
            Some(form) => form.copied(self.connection.http(), request),
        }
    }

    fn too_late(&self) -> Error {
        let detail = "the deadline had passed before it could be sent";
        Error::new(Kind::Timeout, Some(self.operation), detail)
    }

    async fn attempt(&self, request: Box<Request>, permit: &mut Permit) -> Result<Got, Error> {
        let options = self.connection.options();
        let http = self.connection.http();
        let end = options.timeouts.attempt.map(|limit| attempt::after(Instant::now(), limit));
        let sent = pin!(attempt::send(http, self.operation, request, &options.timeouts, self.left()));
        let mut answer = self.by(end, sent).await?;
        permit.answered();
        let status = answer.status();
        if self.streamed && classify::is_plain_success(self.operation, status) {
            return Ok(Got::Head(answer));
        }
        let read = {
            let read = pin!(attempt::read(self.operation, &mut answer, options));
            self.by(end, read).await
        };
        let headers = std::mem::take(answer.headers_mut());
        let judged = match read {
            Ok(body) => classify::judge(self.operation, Answer { status, headers, body }),
            Err(fault) => {
                let head = Answer { status, headers, body: Bytes::new() };
                classify::judge_head(self.operation, head, fault)
            }
        };
        judged.map(Got::Whole)
    }

    /// Awaits a part of an attempt, but not beyond the attempt's end.
    async fn by<T>(
        &self,
        end: Option<Instant>,
        work: Pin<&mut impl Future<Output = Result<T, Error>>>,
    ) -> Result<T, Error> {
        let Some(end) = end else { return work.await };
        tokio::time::timeout_at(end, work).await.unwrap_or_else(|_| {
            let limit = self.connection.options().timeouts.attempt.unwrap_or_default();
            let detail = format!("the attempt took longer than {} s", limit.as_secs_f64());
            Err(Error::new(Kind::Timeout, Some(self.operation), detail).delivered(Delivery::MaybeProcessed))
        })
    }

    /// The credentials to send, or to send after those that were `refused`. An issuer that could not answer is
    /// asked again, as a vendor would be.
    async fn authorized(&mut self, refused: Option<&Authorized<'a>>) -> Result<Authorized<'a>, Error> {
        let policy = &self.connection.options().retry;
        let mut asked = 1;
        loop {
            let asking = async {
                match refused {
                    None => self.connection.authorize(self.operation, self.left()).await,
                    Some(refused) => Box::pin(refused.renewed()).await,
                }
            };
            let error = match self.in_time(asking).await {
                Ok(authorized) => return Ok(authorized),
                Err(error) => error,
            };
            let wait = policy.backoff(asked);
            if !error.is_retryable()
                || asked >= policy.attempts
                || self.left().is_some_and(|left| wait >= left)
                || !self.connection.budget().spend()
            {
                return Err(error);
            }
            self.paid += 1;
            asked += 1;
            sleep(wait).await;
        }
    }

    /// Waits for a credential, but not beyond the deadline. Its renewal goes on for those who come later.
    async fn in_time<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let work = pin!(work);
        let Some(left) = self.left() else { return work.await };
        tokio::time::timeout(left, work).await.unwrap_or_else(|_| {
            Err(Error::new(
                Kind::Timeout,
                Some(self.operation),
                "no credential was given before the deadline",
            ))
        })
    }

    /// The time left until the deadline, if there is one.
    fn left(&self) -> Option<Duration> {
        self.connection.options().deadline.map(|deadline| deadline.saturating_sub(self.began.elapsed()))
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if self.counted {
            self.connection.budget().failed();
        }
        if !self.over {
            let _entered = self.span.enter();
            telemetry::dropped(self.operation, self.attempts, self.began.elapsed());
        }
    }
}

//! The one way from a built request to a typed answer: pace, attempt, judge, wait or give up, decode.

use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use progenitor_client::ByteStream;
use reqwest::{Request, RequestBuilder};
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep};
use tracing::{Instrument as _, Span};

use crate::at_once::at_once;
use crate::connection::Authorized;
use crate::error::Answer;
use crate::quota::{Permit, Refused};
use crate::{
    Connection, Delivery, Error, Kind, Operation, Response, attempt, classify, decode, request, retry,
    telemetry,
};

/// Waits shorter than this are not worth telling an operator.
const TOLD_WAIT: Duration = Duration::from_secs(10);

/// Sends the request and decodes its success as JSON. A body that is empty decodes as `null`, which is what
/// an operation that may answer without content declares.
///
/// # Errors
/// Everything in [`Kind`].
pub async fn call<T: DeserializeOwned>(
    connection: &Connection,
    operation: &'static Operation,
    request: RequestBuilder,
) -> Result<Response<T>, Error> {
    let mut call = Call::new(connection, operation, false);
    let got = call.made(request::prepared(connection, operation, request)).await;
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
    request: RequestBuilder,
) -> Result<Response<()>, Error> {
    let mut call = Call::new(connection, operation, false);
    let got = call.made(request::prepared(connection, operation, request)).await;
    call.ended(got, |got| {
        let answer = got.whole(operation)?;
        Ok(Response::new((), answer.status, answer.headers))
    })
}

/// Sends the request; its success is handed over as it arrives, without a limit on its size.
///
/// # Errors
/// Everything in [`Kind`] but `Decode` and `Empty`.
pub async fn call_stream(
    connection: &Connection,
    operation: &'static Operation,
    request: RequestBuilder,
) -> Result<Response<ByteStream>, Error> {
    let mut call = Call::new(connection, operation, true);
    let got = call.made(request::prepared(connection, operation, request)).await;
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
            garbled: false,
        }
    }

    /// Everything that takes time, in the span of the call.
    async fn made(&mut self, request: Result<Box<Request>, Error>) -> Result<Got, Error> {
        let request = request?;
        let span = self.span.clone();
        // Pinned first: a future of this size is not cheap to move into the span.
        let attempts = pin!(self.attempts(request));
        attempts.instrument(span).await
    }

    /// What is handed to the caller, in the span of the call; `finish` has a say in whether it is a success.
    #[inline]
    fn ended<R>(
        self,
        outcome: Result<Got, Error>,
        finish: impl FnOnce(Got) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let _entered = self.span.enter();
        let status = outcome.as_ref().map_or(0, Got::status);
        let done = outcome.and_then(finish);
        if done.is_ok() {
            telemetry::ended(self.operation, Ok(status), self.attempts, self.began.elapsed());
            // Not taken apart and put together again: it can be large.
            return done;
        }
        done.map_err(|error| {
            let error = error.masked(self.connection);
            let elapsed = self.began.elapsed();
            telemetry::ended(self.operation, Err(&error), self.attempts, elapsed);
            error.on(self.operation).attempted(self.attempts, elapsed)
        })
    }

    /// Attempts until one succeeds or nothing speaks for another.
    async fn attempts(&mut self, request: Box<Request>) -> Result<Got, Error> {
        self.connection.budget().earn();
        let mut authorized = self.authorized().await?;
        let mut renewed = false;
        let mut next = Some(request);
        loop {
            let Some(mut request) = next.take() else {
                return Err(Error::new(Kind::Invalid, Some(self.operation), "the body cannot be sent again"));
            };
            let mut permit = self.permit().await?;
            next = request::copied(&request);
            request::asked(self.operation, &mut request);
            authorized.apply(&mut request);
            self.attempts += 1;
            permit.sent();
            let outcome = self.attempt(request, &mut permit).await;
            drop(permit);
            let error = match outcome {
                Ok(got) => {
                    self.connection.budget().refund(self.paid);
                    return Ok(got);
                }
                Err(error) => error,
            };
            if error.kind() == Kind::Credential && !renewed {
                renewed = true;
                // Rare, and so not a part of every call's future.
                if let Some(fresh) = Box::pin(self.in_time(authorized.renewed())).await? {
                    if next.is_none() {
                        let reason = "the credential was renewed for the next call; this one is not sent again, as its body is a stream that has been read";
                        return Err(error.because(reason));
                    }
                    telemetry::again(self.operation, &error, self.attempts, Duration::ZERO);
                    authorized = fresh;
                    continue;
                }
            }
            let wait = self.wait(error, next.is_some())?;
            sleep(wait).await;
        }
    }

    async fn attempt(&self, request: Box<Request>, permit: &mut Permit) -> Result<Got, Error> {
        let options = self.connection.options();
        let work = async {
            let answer = attempt::send(
                self.connection.http(),
                self.operation,
                request,
                &options.timeouts,
                self.left(),
            )
            .await?;
            permit.answered();
            if self.streamed && classify::is_plain_success(self.operation, answer.status()) {
                return Ok(Got::Head(answer));
            }
            classify::judge(self.operation, attempt::read(self.operation, answer, options).await?)
                .map(Got::Whole)
        };
        let work = pin!(work);
        match options.timeouts.attempt {
            None => work.await,
            Some(limit) => tokio::time::timeout(limit, work).await.unwrap_or_else(|_| {
                let detail = format!("the attempt took longer than {} s", limit.as_secs_f64());
                Err(Error::new(Kind::Timeout, Some(self.operation), detail)
                    .delivered(Delivery::MaybeProcessed))
            }),
        }
    }

    /// The credentials to send. An issuer that could not answer is asked again, as a vendor would be; nothing
    /// has been sent yet.
    async fn authorized(&mut self) -> Result<Authorized<'a>, Error> {
        let policy = &self.connection.options().retry;
        let mut asked = 1;
        loop {
            let error = match self.in_time(self.connection.authorize(self.operation)).await {
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

    /// Room in the quota; an operation of no pool has it always.
    async fn permit(&self) -> Result<Permit, Error> {
        let pool = self.operation.pool.unwrap_or_default();
        self.unbarred(pool)?;
        let mut permit = pin!(self.connection.quota().acquire(pool, self.left()));
        let permit = match at_once(permit.as_mut()).await {
            Poll::Ready(permit) => permit,
            Poll::Pending => {
                let asked = Instant::now();
                let permit = permit.await;
                // It may have been barred while this call was waiting.
                self.unbarred(pool)?;
                if asked.elapsed() >= TOLD_WAIT {
                    telemetry::waiting(self.operation, pool, asked.elapsed());
                }
                permit
            }
        };
        permit.map_err(|refused| {
            let kind = match &refused {
                Refused::Closed => Kind::Closed,
                Refused::Exhausted { wait, .. } => Kind::Quota { retry_after: Some(*wait) },
            };
            Error::new(kind, Some(self.operation), refused.to_string())
        })
    }

    /// Fails at once if the vendor has asked everybody to wait longer than this client does.
    fn unbarred(&self, pool: &str) -> Result<(), Error> {
        let cap = self.connection.options().retry.retry_after_cap;
        let Some(left) = self.connection.budget().barred(pool).filter(|left| *left > cap) else {
            return Ok(());
        };
        let detail = format!(
            "the vendor asked not to be called for another {} s, which is longer than the {} s this client waits for",
            left.as_secs(),
            cap.as_secs()
        );
        Err(Error::new(Kind::Quota { retry_after: Some(left) }, Some(self.operation), detail))
    }

    /// Makes everybody wait who spends from the pool, as far as this client waits at all.
    fn pause(&self, asked: Option<Duration>) {
        let policy = &self.connection.options().retry;
        let Some(pool) = self.operation.pool else { return };
        let asked = asked.unwrap_or(policy.base);
        if asked > policy.retry_after_cap {
            self.connection.budget().bar(pool, asked);
        }
        self.connection.quota().pause(pool, asked.min(policy.retry_after_cap));
    }

    /// How long the pool may have no room where the vendor says that it is spent and not for how long: its
    /// shortest window, which has begun nobody knows when, as far as this client waits at all.
    fn without_room(&self) -> Option<Duration> {
        let windows = self.connection.quota().remaining(self.operation.pool?);
        let shortest = windows.iter().map(|window| window.per).min()?;
        Some(shortest.min(self.connection.options().retry.retry_after_cap))
    }

    /// The time left until the deadline, if there is one.
    fn left(&self) -> Option<Duration> {
        self.connection.options().deadline.map(|deadline| deadline.saturating_sub(self.began.elapsed()))
    }

    /// How long to wait before the next attempt; the error if there is to be none, with the reason.
    fn wait(&mut self, error: Error, can_repeat: bool) -> Result<Duration, Error> {
        let policy = &self.connection.options().retry;
        let asked = classify::asked_wait(&error);
        let is_quota = matches!(error.kind(), Kind::Quota { .. });
        let known = asked.or_else(|| if is_quota { self.without_room() } else { None });
        // Everybody who spends from the pool waits, whether this call is tried again or not.
        if is_quota || (error.kind() == Kind::Unavailable && asked.is_some()) {
            self.pause(known);
        }
        if !error.is_retryable() || error.kind() == Kind::Busy {
            return Err(error);
        }
        if error
            .headers()
            .and_then(|headers| headers.get("x-should-retry"))
            .is_some_and(|value| value == "false")
        {
            return Err(error.because("the vendor asks not to repeat it"));
        }
        if !retry::allows(self.operation.retry, error.delivery()) {
            return Err(error.because("it is not sent again, as it may have been applied"));
        }
        if !can_repeat {
            return Err(error.because("it is not sent again, as its body is a stream that has been read"));
        }
        if self.attempts >= policy.attempts {
            return Err(error);
        }
        if let Some(asked) = asked.filter(|asked| *asked > policy.retry_after_cap) {
            let reason = format!(
                "that is longer than the {} s this client waits for (asked: {} s)",
                policy.retry_after_cap.as_secs(),
                asked.as_secs()
            );
            return Err(error.because(&reason));
        }
        if classify::is_garbled(&error) && std::mem::replace(&mut self.garbled, true) {
            return Err(error.because("it was so twice, and would be again"));
        }
        let wait = match known {
            // A little more than asked, so that those who were told the same do not come back at once.
            Some(known) => known + policy.base.mul_f64(fastrand::f64()),
            None => policy.backoff(self.attempts),
        };
        if self.left().is_some_and(|left| wait >= left) {
            return Err(error.because("the deadline is nearer than the next attempt"));
        }
        if !is_quota {
            if !self.connection.budget().spend() {
                return Err(error.because("so many calls fail that none is repeated for now"));
            }
            self.paid += 1;
        }
        telemetry::again(self.operation, &error, self.attempts, wait);
        Ok(wait)
    }
}

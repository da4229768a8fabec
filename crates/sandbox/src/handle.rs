//! One request, from its head to its answer: planned faults, judging, quotas, state, the log.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Utc};
use http::Method;
use http::request::Parts;
use http_body_util::{BodyExt, Collected, Limited};
use tokio::time::Instant;

use crate::answer::Answer;
use crate::authority::asked;
use crate::body::drain;
use crate::fault::{Act, Received, Reply};
use crate::judge::{Call, judge};
use crate::log::{masked, names};
use crate::plan::{Aim, Due, Fault, Moment};
use crate::refusal::{Meant, refuse};
use crate::remark::remarks;
use crate::route::Route;
use crate::serve::HandOver;
use crate::server::Shared;
use crate::tokens::{Endpoint, Refusal};
use crate::violation::{Place, Reason};
use crate::{RequestLine, Violation, control, userpilot};

/// Of a body that comes before a planned fault this much is kept: more than the operation takes that may
/// answer it after all.
const BODY_LIMIT: usize = (64 << 20) + 1;

/// A form that asks for a token may have this many bytes.
const TOKEN_FORM_LIMIT: usize = 64 << 10;

pub(crate) async fn handle(shared: Arc<Shared>, hand_over: HandOver, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if let Some(answer) = control::answer(&shared, &parts) {
        drain(body).await;
        return answer;
    }
    let read = Arc::new(AtomicU64::new(0));
    let body = counted(body, Arc::clone(&read));
    let endpoint = Endpoint::find(parts.uri.path())
        .filter(|endpoint| shared.with(|world| world.moods.give_tokens(endpoint.vendor())));
    let way = match endpoint {
        Some(endpoint) => Way::Token(endpoint),
        None => Way::Route(shared.route(&parts.method, parts.uri.path())),
    };
    let aim = match &way {
        Way::Token(endpoint) => Aim::Token(endpoint.vendor()),
        Way::Route(Route::Operation(operation, _)) => Aim::Operation(operation),
        Way::Route(Route::Method(vendor, _)) => Aim::Elsewhere(Some(*vendor)),
        Way::Route(Route::Nowhere(vendor)) => Aim::Elsewhere(*vendor),
    };
    let number = (shared.next_number(), hand_over.connection);
    let at = shared.with(|world| world.clock.now());
    let visit = Visit { number, parts, begun: Instant::now(), at, read, aim, remarks: Mutex::default() };
    let (mut due, mut body) = (VecDeque::from(shared.with(|world| world.plans.due(aim))), body);
    let mut planned = None;
    // Behind the last that comes before the operation they wait until it was applied.
    while planned.is_none() && due.iter().any(|next| next.moment == Moment::Before) {
        let Some(next) = due.pop_front() else { break };
        planned = visit.turn(&shared, &next, &mut body).await;
    }
    if let Some(Turn { act, received, .. }) =
        planned.take_if(|turn| turn.moment == Moment::Before && !turn.act.is_own())
    {
        visit.record(&shared, act.status_code().unwrap_or_default(), None, None);
        match hand_over.play(act, received).await {}
    }
    if let Some(turn) = &mut planned
        && turn.moment == Moment::Before
    {
        // Whoever gives up meanwhile has changed nothing.
        visit.wait(&shared, turn.act.take_delay()).await;
    }
    let (response, reasons) = match way {
        Way::Token(endpoint) => visit.issue(&shared, endpoint, body).await,
        Way::Route(route) => visit.answer(&shared, route, body).await,
    };
    while planned.is_none()
        && let Some(next) = due.pop_front()
    {
        planned = visit.turn(&shared, &next, &mut Body::empty()).await;
    }
    let Some(Turn { act, received, .. }) = planned else {
        let length = response.body().size_hint().exact().unwrap_or_default();
        visit.record(&shared, response.status().as_u16(), Some(length), reasons);
        return response;
    };
    let act = if act.is_own() { act.with_own(reply(response).await) } else { act };
    visit.record(&shared, act.status_code().unwrap_or_default(), None, reasons);
    match hand_over.play(act, received).await {}
}

/// Who answers a request.
enum Way {
    /// A token endpoint, of which no document tells.
    Token(Endpoint),
    Route(Route),
}

/// A planned fault that has its turn and does not let the request pass.
struct Turn {
    moment: Moment,
    act: Act,
    /// The request as the act sees it.
    received: Received,
}

/// A request while it is handled.
struct Visit {
    /// Its number among all requests, and that of its connection.
    number: (u64, u64),
    parts: Parts,
    begun: Instant,
    /// The same by the sandbox's clock, which a planned fault may move.
    at: DateTime<Utc>,
    read: Arc<AtomicU64>,
    aim: Aim,
    remarks: Mutex<Vec<String>>,
}

impl Visit {
    /// Gives a fault its turn, unless another call has taken it. An act that comes before the operation and
    /// needs the body reads it and leaves it for the operation.
    async fn turn(&self, shared: &Shared, due: &Due, body: &mut Body) -> Option<Turn> {
        if !shared.with(|world| world.plans.take(due)) {
            return None;
        }
        let act = match &due.fault {
            Fault::Act(act) => act.clone(),
            Fault::Status(plain) => plain.act(self.meant()),
        };
        let received = if due.moment == Moment::After {
            self.received(Bytes::new(), true)
        } else if act.is_early() {
            self.received(Bytes::new(), false)
        } else {
            let bytes = kept(std::mem::take(body)).await;
            *body = Body::from(bytes.clone());
            self.received(bytes, true)
        };
        let act = act.resolve(&received);
        if act.lets_pass() {
            return None;
        }
        shared.with(|world| world.plans.count(due));
        Some(Turn { moment: due.moment, act, received })
    }

    /// Waits before the operation. A request that is given up meanwhile is kept in the log as one without
    /// an answer.
    async fn wait(&self, shared: &Shared, delay: Duration) {
        if delay.is_zero() {
            return;
        }
        let mut waiting = Waiting { visit: self, shared, is_over: false };
        tokio::time::sleep(delay).await;
        waiting.is_over = true;
    }

    /// Answers at a token endpoint, and says what is wrong with the request.
    async fn issue(
        &self,
        shared: &Shared,
        endpoint: Endpoint,
        mut body: Body,
    ) -> (Response, Option<Vec<Reason>>) {
        let form = Limited::new(&mut body, TOKEN_FORM_LIMIT).collect().await.map(Collected::to_bytes);
        drain(body).await;
        let host = asked(&self.parts.headers, shared.address);
        let outcome = shared.with(|world| {
            let now = world.clock.now();
            world.tokens.issue(endpoint, &self.parts, &form.unwrap_or_default(), now, &host)
        });
        let answer = outcome.as_ref().map_or_else(Refusal::answer, Answer::clone);
        (answer.into_response(), outcome.err().map(|refusal| vec![refusal.reason]))
    }

    /// The answer, and what is wrong with the request.
    async fn answer(&self, shared: &Shared, route: Route, body: Body) -> (Response, Option<Vec<Reason>>) {
        let mut allowed: Vec<&'static Method> = Vec::new();
        let verdict = match route {
            Route::Operation(found, values) => {
                let access = shared.with(|world| world.access(found, &self.parts.headers));
                judge(found, values, &self.parts, body, access).await
            }
            Route::Method(_, methods) => {
                drain(body).await;
                let text = format!("`{}` is not published for this path", self.parts.method);
                allowed = methods;
                Err(vec![Reason::new(Place::Method, "", text)])
            }
            Route::Nowhere(_) => {
                drain(body).await;
                Err(vec![Reason::new(Place::Route, "", "no published path is this one")])
            }
        };
        match verdict {
            Ok(call) => (self.answer_right(shared, call).into_response(), None),
            Err(reasons) => {
                // Without a credential there is nobody whose quota it could be.
                let known = reasons.iter().all(|reason| reason.place != Place::Credential);
                let operation = self.aim.operation().filter(|_| known);
                let over = operation.and_then(|operation| shared.with(|world| world.spend(operation)));
                let refusal =
                    over.map_or_else(|| refuse(self.meant(), &allowed, &reasons), Answer::into_response);
                (refusal, Some(reasons))
            }
        }
    }

    fn answer_right(&self, shared: &Shared, mut call: Call) -> Answer {
        *self.remarks.lock().unwrap_or_else(PoisonError::into_inner) =
            remarks(call.operation, call.body.json());
        // Outside of the lock: reading a file of fifty megabytes takes its time.
        call.submission = userpilot::submission(&call);
        let url = format!("http://{}{}", asked(&self.parts.headers, shared.address), self.parts.uri.path());
        shared.with(|world| world.spend(call.operation).unwrap_or_else(|| world.answer(&mut call, &url)))
    }

    /// As an act sees it, with this much of its body.
    fn received(&self, body: Bytes, complete: bool) -> Received {
        Received::read_elsewhere(self.number, self.begun, &self.parts, body, complete)
    }

    fn meant(&self) -> Meant {
        Meant::of(self.aim.vendor(), self.parts.uri.path())
    }

    /// Keeps the request in the log; a fault has no `length` of its answer.
    fn record(&self, shared: &Shared, status: u16, length: Option<u64>, reasons: Option<Vec<Reason>>) {
        let line = RequestLine {
            at: self.at,
            vendor: self.aim.vendor(),
            operation: self.aim.name(),
            method: self.parts.method.to_string(),
            path: self.parts.uri.path().to_owned(),
            query: names(self.parts.uri.query().unwrap_or_default(), self.aim.operation()),
            headers: masked(&self.parts.headers),
            request_bytes: self.read.load(Ordering::Relaxed),
            status,
            response_bytes: length.unwrap_or_default(),
            duration: self.begun.elapsed(),
            fault: length.is_none(),
            remarks: self.remarks.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        };
        let violation = reasons.map(|reasons| Violation::of(&line, reasons));
        shared.log.record(line, violation);
    }
}

/// A request that waits for its operation; it is dropped with the connection's service.
struct Waiting<'a> {
    visit: &'a Visit,
    shared: &'a Shared,
    is_over: bool,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            self.visit.record(self.shared, 0, None, None);
        }
    }
}

/// The body, its bytes counted as they are read.
fn counted(body: Body, read: Arc<AtomicU64>) -> Body {
    Body::new(body.map_frame(move |frame| {
        read.fetch_add(frame.data_ref().map_or(0, |data| data.len() as u64), Ordering::Relaxed);
        frame
    }))
}

/// Reads a body to its end and keeps the beginning of it.
async fn kept(mut body: Body) -> Bytes {
    let mut bytes = BytesMut::new();
    while let Some(Ok(frame)) = body.frame().await {
        if let Some(data) = frame.data_ref() {
            let room = BODY_LIMIT.saturating_sub(bytes.len()).min(data.len());
            bytes.extend_from_slice(data.get(..room).unwrap_or_default());
        }
    }
    bytes.freeze()
}

/// The answer as one that can be spoilt.
async fn reply(response: Response) -> Reply {
    let (parts, body) = response.into_parts();
    let headers = parts.headers.iter();
    let reply = headers.fold(Reply::status(parts.status.as_u16()), |reply, (name, value)| {
        reply.header(name.as_str().to_owned(), value.as_bytes().to_vec())
    });
    // The sandbox's own answers are in memory and cannot break off.
    reply.body(body.collect().await.map(Collected::to_bytes).unwrap_or_default())
}

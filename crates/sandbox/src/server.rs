//! The server: listens on loopback, has each request judged, answers, and keeps the log.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::Method;
use http::request::Parts;
use http_body_util::{BodyExt, Collected, Limited};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::answer::Answer;
use crate::body::drain;
use crate::catalog::Catalog;
use crate::credentials::CREDENTIALS;
use crate::exception::EXCEPTIONS;
use crate::judge::judge;
use crate::log::Log;
use crate::refusal::refuse;
use crate::route::Route;
use crate::tokens::{Endpoint, Refusal};
use crate::violation::{Place, Reason};
use crate::world::World;
use crate::{
    Builder, Credential, ExampleRequest, Exception, Mood, Operation, RequestLine, Vendor, Violation,
};

/// More than any form of a token endpoint.
const TOKEN_FORM_LIMIT: usize = 64 * 1024;

/// The four vendors, served on a port of their own until this value is dropped.
#[derive(Debug)]
pub struct Sandbox {
    shared: Arc<Shared>,
    /// Dropped with the sandbox: the server stops listening and lets open connections finish
    /// what they are answering.
    _stop: oneshot::Sender<()>,
}

#[derive(Debug)]
struct Shared {
    address: SocketAddr,
    catalog: &'static Catalog,
    log: Log,
    world: Mutex<World>,
}

impl Shared {
    fn with<T>(&self, use_world: impl FnOnce(&mut World) -> T) -> T {
        use_world(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Sandbox {
    /// Starts a sandbox on a free port of the loopback interface, on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// If no port can be bound.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// A sandbox with other people, another seed or moods.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) async fn listen(address: SocketAddr, world: World) -> io::Result<Self> {
        let catalog =
            Catalog::published().map_err(|text| io::Error::new(io::ErrorKind::InvalidData, text))?;
        let listener = TcpListener::bind(address).await?;
        let shared = Arc::new(Shared {
            address: listener.local_addr()?,
            catalog,
            log: Log::default(),
            world: Mutex::new(world),
        });
        let router = Router::new().fallback(handle).with_state(Arc::clone(&shared));
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(async move {
            let server = axum::serve(listener, router).with_graceful_shutdown(async {
                // Nothing is ever sent: the sender is dropped.
                let _ = stopped.await;
            });
            // Serving ends by that signal alone; errors of single connections are their own.
            let _ = server.await;
        });
        Ok(Self { shared, _stop: stop })
    }

    /// The base URL that stands for the vendor's server URL, such as
    /// `http://127.0.0.1:40123/gong/v2`.
    #[must_use]
    pub fn base_url(&self, vendor: Vendor) -> String {
        format!("http://{}{}", self.shared.address, self.shared.catalog.base(vendor))
    }

    /// The credentials it accepts for a vendor; any one of them is enough.
    pub fn credentials(&self, vendor: Vendor) -> impl Iterator<Item = &'static Credential> {
        CREDENTIALS.iter().filter(move |credential| credential.vendor == vendor)
    }

    /// Every operation it answers, document by document.
    #[must_use]
    pub fn operations(&self) -> &'static [Operation] {
        &self.shared.catalog.operations
    }

    /// The document's own example of a request, asking for something that exists here; where its
    /// schemas do not say enough for a right request, one that is right here.
    #[must_use]
    pub fn example(&self, operation: &Operation) -> ExampleRequest {
        self.with(|world| {
            let mut example = operation.example_with(|parameter| world.existing(operation, parameter));
            if let (Some((_, body)), Some(right)) = (&mut example.body, world.example_body(operation)) {
                *body = right;
            }
            example
        })
    }

    /// The last thousand requests, the oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<RequestLine> {
        self.shared.log.requests()
    }

    /// The last thousand requests that were judged wrong, the oldest first.
    #[must_use]
    pub fn violations(&self) -> Vec<Violation> {
        self.shared.log.violations()
    }

    /// Moves the sandbox's own time ahead: windows of quotas pass, jobs go on, cursors expire.
    pub fn advance(&self, by: Duration) {
        self.with(|world| world.clock.advance(by));
    }

    /// Turns a mood on or off, from the next request on.
    pub fn set_mood(&self, mood: Mood, on: bool) {
        self.with(|world| world.moods.set(mood, on));
    }

    /// The moods that are on.
    #[must_use]
    pub fn moods(&self) -> Vec<Mood> {
        self.with(|world| world.moods.iter().collect())
    }

    pub(crate) fn with<T>(&self, use_world: impl FnOnce(&mut World) -> T) -> T {
        self.shared.with(use_world)
    }

    /// The places where the published text cannot be taken literally.
    #[must_use]
    pub fn exceptions(&self) -> &'static [Exception] {
        EXCEPTIONS
    }
}

async fn handle(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    if let Some(endpoint) = Endpoint::find(path).filter(|_| shared.with(|it| it.moods.is(Mood::Tokens))) {
        return issue(&shared, endpoint, &parts, body).await;
    }
    let mut operation = None;
    let mut allowed: Vec<&'static Method> = Vec::new();
    let (vendor, verdict) = match Route::find(shared.catalog, &parts.method, path) {
        Route::Operation(found, values) => {
            operation = Some(found);
            let issued = shared.with(|world| world.admits(found.vendor(), &parts.headers));
            (Some(found.vendor()), judge(found, values, &parts, body, issued).await)
        }
        Route::Method(vendor, methods) => {
            drain(body).await;
            let text = format!("`{}` is not published for this path", parts.method);
            allowed = methods;
            (Some(vendor), Err(vec![Reason::new(Place::Method, "", text)]))
        }
        Route::Nowhere(vendor) => {
            drain(body).await;
            (vendor, Err(vec![Reason::new(Place::Route, "", "no published path is this one")]))
        }
    };
    let response = match &verdict {
        Ok(call) => {
            let url = format!("http://{}{path}", shared.address);
            shared.with(|world| world.answer(call, &url)).into_response()
        }
        Err(reasons) => refuse(vendor, &allowed, reasons),
    };
    let line = RequestLine {
        vendor,
        operation: operation.map(Operation::id),
        method: parts.method.to_string(),
        path: path.to_owned(),
        status: response.status().as_u16(),
    };
    let violation = verdict.err().map(|reasons| Violation::of(&line, reasons));
    shared.log.record(line, violation);
    response
}

/// Answers at a token endpoint, of which no document tells.
async fn issue(shared: &Shared, endpoint: Endpoint, parts: &Parts, mut body: Body) -> Response {
    let form = Limited::new(&mut body, TOKEN_FORM_LIMIT).collect().await.map(Collected::to_bytes);
    drain(body).await;
    let host = shared.address.to_string();
    let outcome = shared.with(|world| {
        let now = world.clock.now();
        world.tokens.issue(endpoint, parts, &form.unwrap_or_default(), now, &host)
    });
    let answer = outcome.as_ref().map_or_else(Refusal::answer, Answer::clone);
    let line = RequestLine {
        vendor: Some(endpoint.vendor()),
        operation: None,
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        status: answer.status.as_u16(),
    };
    let violation = outcome.err().map(|refusal| Violation::of(&line, vec![refusal.reason]));
    shared.log.record(line, violation);
    answer.into_response()
}

//! The sandbox as its user holds it: started, asked, changed and stopped.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::Method;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::authority::callable;
use crate::catalog::Catalog;
use crate::credentials::CREDENTIALS;
use crate::exception::EXCEPTIONS;
use crate::log::Log;
use crate::observed;
use crate::route::Route;
use crate::serve::serve;
use crate::world::World;
use crate::{
    Builder, Credential, ExampleRequest, Exception, Mood, Operation, RequestLine, Vendor, Violation,
};

/// The four vendors, served on a port of their own until this value is dropped.
#[derive(Debug)]
pub struct Sandbox {
    shared: Arc<Shared>,
    /// Dropped with the sandbox: the server stops listening and lets open connections finish
    /// what they are answering.
    stop: watch::Sender<()>,
    served: JoinHandle<()>,
}

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) address: SocketAddr,
    pub(crate) catalog: &'static Catalog,
    pub(crate) log: Log,
    /// With what it started.
    start: Builder,
    /// How many requests there were that are not for the sandbox itself.
    requests: AtomicU64,
    world: Mutex<World>,
}

impl Shared {
    /// A published path comes before an observed one.
    pub(crate) fn route(&self, method: &Method, path: &str) -> Route {
        let route = Route::find(self.catalog, method, path);
        if matches!(route, Route::Operation(..)) || !self.with(|world| world.moods.is(Mood::ObservedPaths)) {
            return route;
        }
        observed::find(self.catalog, method, path).unwrap_or(route)
    }

    /// The number of a request, from 0.
    pub(crate) fn next_number(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::Relaxed)
    }

    /// Begins anew, with nothing in the log.
    pub(crate) fn reset(&self) {
        self.requests.store(0, Ordering::Relaxed);
        let fresh = self.start.world();
        self.with(|world| *world = fresh);
        self.log.clear();
    }

    pub(crate) fn with<T>(&self, use_world: impl FnOnce(&mut World) -> T) -> T {
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

    pub(crate) async fn listen(address: SocketAddr, start: Builder) -> io::Result<Self> {
        let catalog =
            Catalog::published().map_err(|text| io::Error::new(io::ErrorKind::InvalidData, text))?;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| io::Error::new(error.kind(), format!("cannot listen on {address}: {error}")))?;
        let shared = Arc::new(Shared {
            address: listener.local_addr()?,
            catalog,
            log: Log::default(),
            requests: AtomicU64::new(0),
            world: Mutex::new(start.world()),
            start,
        });
        let (stop, stopped) = watch::channel(());
        let served = tokio::spawn(serve(listener, Arc::clone(&shared), stopped));
        Ok(Self { shared, stop, served })
    }

    /// Stops, and waits until the requests under way are answered, for five seconds at most.
    /// Dropping it does the same without waiting.
    pub async fn stop(self) {
        let Self { stop, served, .. } = self;
        drop(stop);
        // It ends by that signal alone.
        let _ = served.await;
    }

    /// Where it listens, which may be an unspecified address that nobody can call; the others say loopback then.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.shared.address
    }

    /// The base URL that stands for the vendor's server URL, such as
    /// `http://127.0.0.1:40123/gong/v2`.
    #[must_use]
    pub fn base_url(&self, vendor: Vendor) -> String {
        format!("http://{}{}", callable(self.shared.address), self.shared.catalog.base(vendor))
    }

    /// The credentials it accepts for a vendor; any one of them is enough, but not for SCIM in the mood
    /// [`ScimTokens`](Mood::ScimTokens).
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

    /// Moves the sandbox's own time ahead: windows of quotas pass, jobs go on, cursors expire. A
    /// thousand years after the start it stands still.
    pub fn advance(&self, by: Duration) {
        self.with(|world| world.clock.advance(by));
    }

    /// Begins anew: the people, moods and time of the start, no planned fault, no quota that was set,
    /// nothing in the log. The address stays.
    pub fn reset(&self) {
        self.shared.reset();
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

    pub(crate) fn log(&self) -> &Log {
        &self.shared.log
    }

    /// The places where the published text cannot be taken literally.
    #[must_use]
    pub fn exceptions(&self) -> &'static [Exception] {
        EXCEPTIONS
    }
}

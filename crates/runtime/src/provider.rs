//! Credentials that are issued and expire, renewed once for all callers.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use tokio::time::{Instant, timeout_at};

use crate::api::Scheme;
use crate::credential::{Credential, Header};
use crate::oauth::TokenError;
use crate::{Error, Kind, origin};

/// What a provider's failure is kept as. It counts as one that may pass, and is tried again, unless it is a
/// [`Denied`] or a [`TokenError`] that [is final](TokenError::is_final).
pub type ProviderError = Box<dyn std::error::Error + Send + Sync>;

/// A provider's failure that asking again will not mend: the grant was withdrawn, the vault has no such key.
///
/// ```
/// use revops_runtime::provider::{Denied, ProviderError};
///
/// let error: ProviderError = Denied("the vault has no key for acme".into()).into();
/// assert_eq!(error.to_string(), "the vault has no key for acme");
/// ```
#[derive(Debug)]
pub struct Denied(pub ProviderError);

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Denied {}

/// How long a final failure stands for all who ask: a grant that was withdrawn is not asked for by each call.
const FINAL_FOR: Duration = Duration::from_secs(30);

/// Whether asking again will not mend it.
fn is_final(fault: &ProviderError) -> bool {
    // A provider that panicked is broken, not busy.
    fault.is::<Denied>()
        || fault.is::<tokio::task::JoinError>()
        || fault.downcast_ref().is_some_and(TokenError::is_final)
        || fault.downcast_ref().is_some_and(|ours: &Error| !ours.is_retryable())
}

/// What may be told of a failure: what this crate wrote itself. Anything else could name a secret.
fn gist(fault: &ProviderError) -> Option<String> {
    let token = fault.downcast_ref::<TokenError>().map(ToString::to_string);
    token.or_else(|| fault.downcast_ref::<Error>().map(ToString::to_string))
}

/// How long before its end a credential is renewed; one that is short-lived, after three quarters of its time.
const EARLY: Duration = Duration::from_secs(30);

/// How long a provider in trouble is left alone by those who have a credential that still works.
const REST: Duration = Duration::from_secs(5);

/// Gives out credentials: a vault, an OAuth token endpoint.
///
/// It is asked when there is no credential yet, when the one there is about to expire, and once after a 401.
/// However many calls wait, it is asked once; and once it is asked, its future is driven to its end even if
/// every caller gives up, as a refresh token that is spent must not be lost.
///
/// A failure, or a provider that takes its time, is borne as long as the credential before still works: calls go on
/// with it, and the provider is asked again some seconds later. Without such a credential, as after a 401, the
/// provider is asked again as the client's retry policy says, and a call that gets none is [`Kind::Unavailable`]. If
/// the failure is final, it is [`Kind::Credential`], or [`Kind::Tls`] if a token endpoint is not trusted; it is tried
/// no more, and stands for all calls of the next half minute.
pub trait Provider: Send + Sync + 'static {
    /// A credential that works now.
    fn issue(&self) -> BoxFuture<'static, Result<Issued, ProviderError>>;
}

/// A credential as a provider gives it out.
#[derive(Debug)]
#[non_exhaustive]
pub struct Issued {
    /// The credential, of the kind its scheme sends.
    pub credential: Credential,
    /// How long it works; `None` until a 401 says otherwise.
    pub expires_in: Option<Duration>,
    /// The base URL it works at, where the issuer names one.
    pub base_url: Option<String>,
}

impl Issued {
    /// A credential that works until a 401 says otherwise.
    #[must_use]
    pub fn new(credential: Credential) -> Self {
        Self { credential, expires_in: None, base_url: None }
    }

    /// The same, known to expire.
    #[must_use]
    pub fn expires_in(mut self, time: Duration) -> Self {
        self.expires_in = Some(time);
        self
    }

    /// The same, with the base URL it works at.
    #[must_use]
    pub fn at_base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }
}

/// A credential in use.
pub(crate) struct Live {
    pub(crate) header: Header,
    pub(crate) base_url: Option<String>,
    generation: u64,
    renew_at: Option<Instant>,
    ends_at: Option<Instant>,
}

impl Live {
    /// Whether it is time to renew it.
    fn is_due(&self) -> bool {
        self.renew_at.is_some_and(|at| Instant::now() >= at)
    }

    /// Until when another one is waited for by a call that has so much time left; `None` if this one works no
    /// more.
    fn patience(&self, left: Option<Duration>) -> Option<Instant> {
        let now = Instant::now();
        let works = self.ends_at.filter(|end| now < *end)?.duration_since(now);
        Some(now + left.map_or(works, |left| left.min(works)).min(REST * 2) / 2)
    }
}

type Renewal = Shared<BoxFuture<'static, Result<Arc<Live>, Arc<ProviderError>>>>;

/// A provider with what it gave out last.
pub(crate) struct Provided {
    scheme: &'static Scheme,
    provider: Arc<dyn Provider>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    live: Option<Arc<Live>>,
    renewal: Option<Renewal>,
    generation: u64,
    /// Until when nobody asks who has a credential that works.
    at_rest: Option<Instant>,
    /// The final failure that stands for now, and until when.
    denied: Option<(Instant, Arc<ProviderError>)>,
}

impl Provided {
    pub(crate) fn new(scheme: &'static Scheme, provider: Arc<dyn Provider>) -> Arc<Self> {
        Arc::new(Self { scheme, provider, state: Mutex::default() })
    }

    /// The credential to use now, for a call that has so much time `left`.
    pub(crate) async fn current(self: &Arc<Self>, left: Option<Duration>) -> Result<Arc<Live>, Error> {
        let (renewal, before) = {
            let mut state = self.state();
            let is_at_rest = state.at_rest.is_some_and(|until| Instant::now() < until);
            let before = match &state.live {
                Some(live) if !live.is_due() => return Ok(Arc::clone(live)),
                Some(live) => live.patience(left).map(|patience| (Arc::clone(live), patience)),
                None => None,
            };
            match before {
                Some((live, _)) if is_at_rest => return Ok(live),
                before => (self.renew(&mut state), before),
            }
        };
        let Some((live, patience)) = before else { return self.outcome(renewal).await };
        match timeout_at(patience, renewal).await {
            Ok(Ok(fresh)) => Ok(fresh),
            Ok(Err(_)) => Ok(live),
            // It goes on, and those who come meanwhile need not wait for it.
            Err(_) => {
                self.state().at_rest = Some(Instant::now() + REST);
                Ok(live)
            }
        }
    }

    /// The credential to use after `refused`.
    pub(crate) async fn after(self: &Arc<Self>, refused: &Live) -> Result<Arc<Live>, Error> {
        let renewal = {
            let mut state = self.state();
            match &state.live {
                Some(live) if live.generation > refused.generation => return Ok(Arc::clone(live)),
                _ => self.renew(&mut state),
            }
        };
        self.outcome(renewal).await
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The renewal under way, or a new one, which runs on its own.
    fn renew(self: &Arc<Self>, state: &mut State) -> Renewal {
        // One that is over and still here stopped without an outcome: the provider panicked, or the runtime
        // it ran on was shut down. It must not stand for all that come.
        if let Some(renewal) = state.renewal.as_ref().filter(|renewal| renewal.peek().is_none()) {
            return renewal.clone();
        }
        if let Some((_, fault)) = state.denied.as_ref().filter(|(until, _)| Instant::now() < *until) {
            return futures::future::ready(Err(Arc::clone(fault))).boxed().shared();
        }
        let this = Arc::clone(self);
        state.generation += 1;
        let generation = state.generation;
        let task = tokio::spawn(async move {
            let issued = this.provider.issue().await;
            let live =
                issued.and_then(|issued| this.live(&issued, generation)).map(Arc::new).map_err(Arc::new);
            this.settle(&live);
            live
        });
        let renewal = async move { task.await.unwrap_or_else(|stopped| Err(Arc::new(stopped.into()))) }
            .boxed()
            .shared();
        state.renewal = Some(renewal.clone());
        renewal
    }

    /// The renewal has ended; callers that come now start another or use what it brought.
    fn settle(&self, live: &Result<Arc<Live>, Arc<ProviderError>>) {
        let mut state = self.state();
        state.renewal = None;
        match live {
            Ok(live) => (state.live, state.at_rest) = (Some(Arc::clone(live)), None),
            Err(fault) if is_final(fault) => {
                state.denied = Some((Instant::now() + FINAL_FOR, Arc::clone(fault)));
            }
            Err(_) => state.at_rest = Some(Instant::now() + REST),
        }
    }

    fn live(&self, issued: &Issued, generation: u64) -> Result<Live, ProviderError> {
        // One that outlives the clock never expires.
        let in_time = |time: Duration| Instant::now().checked_add(time);
        Ok(Live {
            header: Header::new(self.scheme, &issued.credential)?,
            base_url: issued
                .base_url
                .as_deref()
                .map(|text| origin::check(text, false).map(|url| url.as_str().to_owned()))
                .transpose()?,
            generation,
            renew_at: issued.expires_in.and_then(|time| in_time(time.saturating_sub(EARLY.min(time / 4)))),
            ends_at: issued.expires_in.and_then(in_time),
        })
    }

    async fn outcome(&self, renewal: Renewal) -> Result<Arc<Live>, Error> {
        renewal.await.map_err(|fault| self.failed(fault))
    }

    fn failed(&self, fault: Arc<ProviderError>) -> Error {
        let kind = match fault.downcast_ref() {
            Some(TokenError::Untrusted) => Kind::Tls,
            _ if is_final(&fault) => Kind::Credential,
            _ => Kind::Unavailable,
        };
        let gist = gist(&fault).map(|gist| format!(": {gist}")).unwrap_or_default();
        let detail = format!("the provider of `{}` gave no credential{gist}", self.scheme.name);
        Error::setup(kind, detail).caused_by(Renewed(fault))
    }
}

/// A provider's failure, told to every caller that waited for it.
struct Renewed(Arc<ProviderError>);

impl fmt::Debug for Renewed {
    /// That there is one. What it says may hold a secret, and an error's `Debug` ends up in logs; who wants to know
    /// asks for the source of the error, and its `Display`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Renewed").finish_non_exhaustive()
    }
}

impl fmt::Display for Renewed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Renewed {}

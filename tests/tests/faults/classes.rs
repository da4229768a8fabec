//! One generated operation for each retry class, against one fault server.

use std::sync::Arc;
use std::time::Duration;

use revops_gainsight::user_management::types::ScimUserInput;
use revops_runtime::api::Retry;
use revops_runtime::{Error, Options, Quota};
use revops_sandbox::fault::{FaultServer, Reply, Script};
use revops_usergems::types::AddContactRequest;
use revops_userpilot::types::TrackEvent;
use serde_json::json;
use tokio::time::Instant;

/// In every credential of these tests; it must appear in no text.
pub(crate) const CANARY: &str = "canary-secret-5f1c";
/// In every record of these tests.
pub(crate) const PERSON: &str = "canary.person@example.com";

/// What an operation of each class is called by.
pub(crate) const CLASSES: [Retry; 4] = [Retry::Safe, Retry::UpsertSafe, Retry::Never, Retry::CheckFirst];

/// All clients, of one server.
#[derive(Clone)]
pub(crate) struct Clients {
    pub(crate) gong: revops_gong::Client,
    pub(crate) usergems: revops_usergems::Client,
    pub(crate) people: revops_gainsight::person::Client,
    pub(crate) users: revops_gainsight::user_management::Client,
    pub(crate) userpilot: revops_userpilot::Client,
}

impl Clients {
    /// Clients without pacing.
    pub(crate) fn unpaced(server: &FaultServer) -> Self {
        Self::new(server, &Options::default(), Some(&Quota::unlimited()))
    }

    /// Clients with these options, and without pacing.
    pub(crate) fn with(server: &FaultServer, options: &Options) -> Self {
        Self::new(server, options, Some(&Quota::unlimited()))
    }

    /// Clients that keep to the vendors' limits.
    pub(crate) fn paced(server: &FaultServer) -> Self {
        Self::new(server, &Options::default(), None)
    }

    fn new(server: &FaultServer, options: &Options, quota: Option<&Quota>) -> Self {
        let url = server.base_url();
        macro_rules! made {
            ($builder:expr) => {{
                let builder = $builder
                    .base_url(url.as_str())
                    .options(options.clone())
                    .connection(|connection| connection.http_client(plain()));
                match quota {
                    Some(quota) => builder.quota(quota.clone()),
                    None => builder,
                }
                .build()
                .unwrap()
            }};
        }
        let people = made!(revops_gainsight::person::Client::builder().api_key(CANARY));
        Self {
            gong: made!(revops_gong::Client::builder().basic_auth("access", CANARY)),
            usergems: made!(revops_usergems::Client::builder().api_key_auth(CANARY)),
            users: revops_gainsight::user_management::Client::over(people.connection()),
            people,
            userpilot: made!(revops_userpilot::Client::builder().api_token(CANARY)),
        }
    }

    /// One call of an operation of this class.
    pub(crate) async fn call(&self, class: Retry) -> Result<(), Error> {
        match class {
            Retry::Safe => self.gong.get_user().id("1").send().await.map(drop),
            Retry::UpsertSafe => self
                .usergems
                .add_contact()
                .body(AddContactRequest::builder().email(PERSON))
                .send()
                .await
                .map(drop),
            Retry::Never => {
                let event = TrackEvent::builder().user_id(PERSON).event_name("Signed up");
                self.userpilot.track_event().body(event).send().await.map(drop)
            }
            Retry::CheckFirst => {
                let user = json!({
                    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                    "userName": PERSON,
                    "name": {"givenName": "Canary", "familyName": "Person"},
                    "emails": [{"value": PERSON}],
                });
                let user: ScimUserInput = serde_json::from_value(user).unwrap();
                self.users.scim_create_user().body(user).send().await.map(drop)
            }
        }
    }
}

/// An HTTP client that trusts nobody, as reading the roots of this machine takes longer than a test.
fn plain() -> reqwest::ClientBuilder {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder().tls_backend_preconfigured(config)
}

/// The success of the operation of this class.
pub(crate) fn success(class: Retry) -> Reply {
    match class {
        Retry::Safe => Reply::json(200, "{}"),
        Retry::UpsertSafe => Reply::json(200, r#"{"status":200,"message":"Contact added to queue"}"#),
        Retry::Never => Reply::status(202),
        Retry::CheckFirst => Reply::json(201, "{}"),
    }
}

/// A server that answers with these and then with success.
pub(crate) async fn then_success(first: impl IntoIterator<Item = Reply>, class: Retry) -> FaultServer {
    let script = first.into_iter().fold(Script::new(), Script::on_request);
    FaultServer::start(script.on_request(success(class)).then_repeat()).await.unwrap()
}

/// What came of `work`, and how long it took in simulated time.
pub(crate) async fn timed<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let began = Instant::now();
    let outcome = work.await;
    (outcome, began.elapsed())
}

/// The error's line, once it is certain that neither it nor anything behind it tells a secret or a person.
pub(crate) fn told(error: &Error) -> String {
    let mut texts = vec![error.to_string(), format!("{error:?}")];
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        texts.push(format!("{cause} {cause:?}"));
        source = cause.source();
    }
    for text in &texts {
        assert!(!text.contains(CANARY) && !text.contains(PERSON), "it tells too much: {text}");
    }
    texts.swap_remove(0)
}

/// Whether `time` is within `from` and `to`, in milliseconds.
#[track_caller]
pub(crate) fn assert_took(time: Duration, from: u64, to: u64) {
    let millis = time.as_millis();
    assert!((u128::from(from)..=u128::from(to)).contains(&millis), "it took {millis} ms, not {from} to {to}");
}

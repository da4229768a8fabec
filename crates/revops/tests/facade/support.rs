//! What the tests of the facade share: clients of a sandbox that wait for nothing, and what became of it.

use std::time::Duration;

use revops::gainsight::Gainsight;
use revops::gong::Gong;
use revops::{Options, Quota, RetryPolicy};
use revops_runtime::oauth::ClientCredentials;
use revops_sandbox::{
    GAINSIGHT_ACCESS_KEY, GONG_ACCESS_KEY, GONG_ACCESS_KEY_SECRET, Mood, OAUTH_CLIENT_ID,
    OAUTH_CLIENT_SECRET, Sandbox, Vendor,
};
use serde_json::Value;

/// What a future or stream must be to be spawned.
pub(crate) fn is_send<T: Send>(value: T) -> T {
    value
}

pub(crate) async fn sandbox(people: usize) -> Sandbox {
    Sandbox::builder().people(people).start().await.unwrap()
}

/// The same in a mood, if one is given.
pub(crate) async fn sandbox_in(people: usize, mood: Option<Mood>) -> Sandbox {
    let sandbox = sandbox(people).await;
    if let Some(mood) = mood {
        sandbox.set_mood(mood, true);
    }
    sandbox
}

/// Four attempts as ever, and next to no time between them.
pub(crate) fn quick() -> Options {
    let mut retry = RetryPolicy::default();
    retry.base = Duration::from_millis(2);
    Options::default().with_retry(retry)
}

/// A client that spends as fast as it can: the sandbox counts.
pub(crate) fn gong(sandbox: &Sandbox) -> Gong {
    gong_with(sandbox, quick())
}

pub(crate) fn gong_with(sandbox: &Sandbox, options: Options) -> Gong {
    let builder = Gong::builder().access_key(GONG_ACCESS_KEY, GONG_ACCESS_KEY_SECRET);
    let builder = builder.base_url(sandbox.base_url(Vendor::Gong)).options(options);
    builder.quota(Quota::unlimited()).build().unwrap()
}

pub(crate) fn gainsight(sandbox: &Sandbox) -> Gainsight {
    gainsight_with(sandbox, quick())
}

pub(crate) fn gainsight_with(sandbox: &Sandbox, options: Options) -> Gainsight {
    let builder = Gainsight::builder().access_key(GAINSIGHT_ACCESS_KEY);
    let builder = builder.base_url(sandbox.base_url(Vendor::Gainsight)).options(options);
    builder.quota(Quota::unlimited()).build().unwrap()
}

/// The same with an access token beside the key, as the vendor's SCIM asks for, where the sandbox gives them out.
pub(crate) fn gainsight_with_tokens(sandbox: &Sandbox, options: Options) -> Gainsight {
    let url = sandbox.token_url(Vendor::Gainsight).unwrap();
    let tokens = ClientCredentials::new(&url, OAUTH_CLIENT_ID.into(), OAUTH_CLIENT_SECRET.into()).unwrap();
    let builder = Gainsight::builder().access_key(GAINSIGHT_ACCESS_KEY);
    let builder = builder.connection(|it| it.provider("bearerAuth", tokens));
    let builder = builder.base_url(sandbox.base_url(Vendor::Gainsight)).options(options);
    builder.quota(Quota::unlimited()).build().unwrap()
}

/// The client that reaches all of Gainsight in this mood: with a token where SCIM takes no key.
pub(crate) fn gainsight_in(sandbox: &Sandbox, mood: Option<Mood>, options: Options) -> Gainsight {
    match mood {
        Some(Mood::ScimTokens) => gainsight_with_tokens(sandbox, options),
        _ => gainsight_with(sandbox, options),
    }
}

/// This member of every record, as text.
pub(crate) fn texts(records: &[Value], member: &str) -> Vec<String> {
    let text = |record: &Value| record[member].as_str().unwrap_or_default().to_owned();
    records.iter().map(text).collect()
}

/// How often an operation was called.
pub(crate) fn calls(sandbox: &Sandbox, operation: &str) -> usize {
    sandbox.requests().iter().filter(|line| line.operation == Some(operation)).count()
}

/// Everything that was sent was right.
pub(crate) fn assert_right(sandbox: &Sandbox) {
    assert_eq!(sandbox.violations(), []);
}

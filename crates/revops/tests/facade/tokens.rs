//! Clients whose access tokens are given out by the vendors' token endpoints, and end.

use std::time::Duration;

use crate::support::{quick, sandbox_in};
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use revops::gainsight::Gainsight;
use revops::gong::Gong;
use revops::{Quota, SecretString};
use revops_runtime::oauth::{ClientCredentials, RefreshToken, TokenStore};
use revops_runtime::provider::ProviderError;
use revops_sandbox::{GONG_REFRESH_TOKEN, Mood, OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET, Vendor};

/// Keeps nothing: the test ends before the client does.
struct Nowhere;

impl TokenStore for Nowhere {
    fn store(&self, _: SecretString) -> BoxFuture<'static, Result<(), ProviderError>> {
        async { Ok(()) }.boxed()
    }
}

#[tokio::test]
async fn a_client_of_tokens_gets_a_new_one_when_its_own_has_ended() {
    let sandbox = sandbox_in(10, Some(Mood::Tokens)).await;
    let (id, secret) = (OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET);
    let url = sandbox.token_url(Vendor::Gainsight).unwrap();
    let tokens = ClientCredentials::new(&url, id.into(), secret.into()).unwrap();
    let gainsight = Gainsight::builder().base_url(sandbox.base_url(Vendor::Gainsight)).options(quick());
    let gainsight = gainsight.connection(|it| it.provider("bearerAuth", tokens)).quota(Quota::unlimited());
    let gainsight = gainsight.build().unwrap();

    let url = sandbox.token_url(Vendor::Gong).unwrap();
    let token = GONG_REFRESH_TOKEN;
    let tokens = RefreshToken::new(&url, id.into(), secret.into(), token.into(), Nowhere).unwrap();
    let gong = Gong::builder().base_url(sandbox.base_url(Vendor::Gong)).options(quick());
    let gong = gong.connection(|it| it.provider("bearerAuth", tokens)).quota(Quota::unlimited());
    let gong = gong.build().unwrap();

    for _ in 0..2 {
        assert_eq!(gong.users().list().stream().count().await, 10);
        // The vendor's SCIM takes a token and no key.
        assert_eq!(gainsight.scim().list().stream().count().await, 10);
        sandbox.advance(Duration::from_secs(3 * 24 * 60 * 60));
    }
    let refused = sandbox.requests().iter().filter(|line| line.status == 401).count();
    assert_eq!(refused, 2, "one call of each client with a token that had ended");
}

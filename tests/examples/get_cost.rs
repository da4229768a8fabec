//! What one GET costs through the client, beside the same by hand with reqwest.
//!
//! `get_cost serve` answers on loopback until it is killed and prints its base URL; `get_cost client URL N` and
//! `get_cost raw URL N` make N calls. Under `valgrind --tool=callgrind`, the difference of two N is the cost of
//! the calls alone. `raw` is the least that can be written by hand; `careful` is what a careful person writes,
//! with timeouts, a user agent and no redirects.

#![allow(clippy::print_stdout, reason = "an example talks to a person")]

use std::error::Error as StdError;
use std::time::Duration;

use revops_gong::Client;
use revops_gong::types::UserResponse;
use revops_runtime::api::Window;
use revops_runtime::quota::{PoolLimits, Quota};
use revops_sandbox::fault::{FaultServer, Reply, Script};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn StdError>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["serve"] => {
            let user = r#"{"requestId":"r","user":{"id":"7","emailAddress":"a@example.com","active":true,"title":null}}"#;
            let script = Script::always(Reply::json(200, user)).keep(1).discard_bodies();
            let server = FaultServer::start(script).await?;
            println!("{}", server.base_url());
            std::future::pending::<()>().await;
        }
        ["client", url, count] => {
            // Paced by as many windows as the document names, wide enough that no call waits for them.
            let window = |seconds| Window { limit: 1_000_000, seconds };
            let limits = PoolLimits { windows: vec![window(1), window(86_400)], concurrency: None };
            let quota = Quota::builder(&[&revops_gong::API]).pool("company", limits).build();
            let client = Client::builder().bearer_auth("token").base_url(*url).quota(quota).build()?;
            for _ in 0..count.parse()? {
                let user = client.get_user().id("7").send().await?;
                assert!(user.user.is_some(), "a user comes back");
            }
        }
        [by_hand @ ("raw" | "careful"), url, count] => {
            let mut client = reqwest::Client::builder().no_proxy().tls_backend_preconfigured(no_tls()?);
            if *by_hand == "careful" {
                client = client
                    .connect_timeout(Duration::from_secs(5))
                    .timeout(Duration::from_secs(30))
                    .user_agent("get_cost")
                    .redirect(reqwest::redirect::Policy::none());
            }
            let client = client.build()?;
            for _ in 0..count.parse()? {
                let request = client.get(format!("{url}/users/7")).bearer_auth("token");
                let answer = request.header("accept", "application/json").send().await?.error_for_status()?;
                let user: UserResponse = serde_json::from_slice(&answer.bytes().await?)?;
                assert!(user.user.is_some(), "a user comes back");
            }
        }
        _ => return Err("serve | client URL N | raw URL N | careful URL N".into()),
    }
    Ok(())
}

/// reqwest asks for a TLS configuration even where none is used.
fn no_tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let roots = rustls::RootCertStore::empty();
    let config =
        rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

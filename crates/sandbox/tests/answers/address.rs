//! Addresses in answers are ones that whoever asked can use.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::support::{Answer, Call, operation};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{HOST, LOCATION};
use revops_sandbox::{
    GONG_REFRESH_TOKEN, Mood, OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET, Sandbox, Vendor, environment,
};

async fn everywhere() -> Sandbox {
    let builder = Sandbox::builder().people(3).mood(Mood::Tokens);
    builder.listen_not_for_production(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).start().await.unwrap()
}

/// Who asks for a token and who creates a user, by this name of the sandbox, is sent to these addresses.
async fn told(sandbox: &Sandbox, host: Option<&str>) -> [String; 2] {
    let named = |call: Call| host.into_iter().fold(call, |call, host| call.header(HOST.as_str(), host));
    let pair = STANDARD.encode(format!("{OAUTH_CLIENT_ID}:{OAUTH_CLIENT_SECRET}"));
    let url = sandbox.token_url(Vendor::Gong).unwrap();
    let url = format!("{url}?grant_type=refresh_token&refresh_token={GONG_REFRESH_TOKEN}");
    let call = Call::new("POST", url).header("authorization", &format!("Basic {pair}"));
    let token = named(call).send().await.json();
    let created = named(Call::example(sandbox, operation(sandbox, "scimCreateUser"))).send().await;
    [token["api_base_url_for_customer"].as_str().unwrap().to_owned(), origin(&created)]
}

/// The origin of the address of what was created.
fn origin(created: &Answer) -> String {
    let location = created.header(LOCATION).unwrap();
    location.split_once("/gainsight/v1/scim/v2/Users/").unwrap().0.to_owned()
}

#[tokio::test]
async fn what_listens_everywhere_is_told_by_the_name_it_was_asked_by() {
    for (host, expected) in [
        ("sandbox.test:4010", "http://sandbox.test:4010"),
        ("sandbox_1", "http://sandbox_1"),
        ("192.0.2.7:80", "http://192.0.2.7:80"),
        ("[2001:db8::1]:4010", "http://[2001:db8::1]:4010"),
    ] {
        let sandbox = everywhere().await;
        assert_eq!(told(&sandbox, Some(host)).await, [format!("{expected}/gong"), expected.to_owned()]);
    }
}

#[tokio::test]
async fn a_name_that_is_none_is_not_repeated() {
    for host in
        ["user@sandbox.test", "sandbox.test/path", "sandbox.test:port", "a b", "", ":4010", "<b>", "[::1"]
    {
        let sandbox = everywhere().await;
        let here = format!("http://127.0.0.1:{}", sandbox.address().port());
        assert_eq!(told(&sandbox, Some(host)).await, [format!("{here}/gong"), here.clone()], "{host}");
    }
}

#[tokio::test]
async fn nobody_is_told_to_call_the_unspecified_address() {
    let sandbox = everywhere().await;
    let here = format!("http://127.0.0.1:{}", sandbox.address().port());
    assert!(sandbox.address().ip().is_unspecified());
    for vendor in Vendor::ALL {
        assert!(sandbox.base_url(vendor).starts_with(&format!("{here}/")), "{}", sandbox.base_url(vendor));
    }
    assert!(sandbox.token_url(Vendor::Gong).unwrap().starts_with(&here));
    assert_eq!(told(&sandbox, None).await, [format!("{here}/gong"), here.clone()]);
    assert_eq!(sandbox.environment()[0], ("REVOPS_SANDBOX_URL", here));
    let everywhere = SocketAddr::from((Ipv6Addr::UNSPECIFIED, 4010));
    assert_eq!(environment(everywhere)[0].1, "http://[::1]:4010");
}

#[cfg(feature = "page")]
#[tokio::test]
async fn the_page_names_the_sandbox_as_its_reader_does() {
    let sandbox = everywhere().await;
    let url = format!("http://127.0.0.1:{}/", sandbox.address().port());
    let page = async |host: &str| {
        let answer = Call::new("GET", url.clone()).header("host", host).send().await;
        String::from_utf8(answer.body.to_vec()).unwrap()
    };
    let named = page("sandbox.test:4010").await;
    assert!(named.contains("http://sandbox.test:4010/gong/v2"), "{named}");
    assert!(named.contains("export GONG_BASE_URL=http://sandbox.test:4010/gong/v2\n"), "{named}");
    assert!(!named.contains("0.0.0.0"), "{named}");
    assert!(!page("<b>").await.contains("<b>:"));
}

//! Connections from environment variables, read by an injected look-up: nothing here touches the process's own.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use crate::classes::{CANARY, Clients, success, told};
use revops_runtime::api::Retry;
use revops_runtime::options::Contract;
use revops_runtime::{Api, Connection, Error, Kind, env};
use revops_sandbox::fault::{FaultServer, Script};

fn read(api: &'static Api, variables: &[(&str, &str)]) -> Result<Connection, Error> {
    let value =
        |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    env::read(api, value)?.build()
}

#[test]
fn what_is_missing_is_named_with_all_ways_to_give_it() {
    let error = read(&revops_gong::API, &[]).unwrap_err();
    assert_eq!(error.kind(), Kind::Credential);
    let text = told(&error);
    assert!(text.contains("GONG_ACCESS_KEY and GONG_ACCESS_KEY_SECRET, or GONG_ACCESS_TOKEN"), "{text}");
    let error = read(&revops_usergems::API, &[("USERGEMS_API_KEY", " \n")]).unwrap_err();
    assert!(told(&error).contains("no credential in the environment"), "blank is not set");
}

#[test]
fn half_a_credential_is_an_error_even_beside_a_whole_one() {
    for token in [None, Some(("GONG_ACCESS_TOKEN", CANARY))] {
        let mut variables = vec![("GONG_ACCESS_KEY", CANARY)];
        variables.extend(token);
        let error = read(&revops_gong::API, &variables).unwrap_err();
        assert_eq!(error.kind(), Kind::Credential);
        let text = told(&error);
        assert!(text.contains("GONG_ACCESS_KEY is set, but GONG_ACCESS_KEY_SECRET is not"), "{text}");
    }
}

/// What a connection from these variables sends in its `Authorization`.
async fn sent(variables: &[(&str, &str)]) -> Vec<String> {
    let server = FaultServer::start(Script::always(success(Retry::Safe))).await.unwrap();
    let url = server.base_url();
    let mut all = vec![("GONG_BASE_URL", url.as_str())];
    all.extend(variables);
    let gong = revops_gong::Client::over(&read(&revops_gong::API, &all).unwrap());
    gong.get_user().id("1").send().await.unwrap();
    let request = &server.requests()[0];
    request.header_values("authorization").map(|value| String::from_utf8_lossy(value).into_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn of_two_schemes_the_documents_first_is_sent_and_never_both() {
    let basic = [("GONG_ACCESS_KEY", "key"), ("GONG_ACCESS_KEY_SECRET", "secret")];
    let token = [("GONG_ACCESS_TOKEN", "token")];
    assert_eq!(sent(&basic).await, ["Basic a2V5OnNlY3JldA=="]);
    assert_eq!(sent(&token).await, ["Bearer token"]);
    assert_eq!(sent(&[basic.as_slice(), &token].concat()).await, ["Basic a2V5OnNlY3JldA=="]);
}

#[tokio::test(start_paused = true)]
async fn one_newline_at_the_end_is_cut_off() {
    assert_eq!(sent(&[("GONG_ACCESS_TOKEN", "token\n")]).await, ["Bearer token"]);
    assert_eq!(sent(&[("GONG_ACCESS_TOKEN", "token\r\n")]).await, ["Bearer token"]);
    for value in ["\n\n", "\r\nx: y", "ü"] {
        let value = format!("{CANARY}{value}");
        let error = read(&revops_gong::API, &[("GONG_ACCESS_TOKEN", &value)]).unwrap_err();
        assert_eq!(error.kind(), Kind::Credential);
        told(&error);
    }
}

#[test]
fn the_contract_is_one_of_two() {
    let contract = |value: &str| {
        read(&revops_usergems::API, &[("USERGEMS_API_KEY", CANARY), ("REVOPS_CONTRACT", value)])
            .map(|connection| connection.options().contract)
    };
    assert_eq!(contract("observed\n").unwrap(), Contract::Observed);
    assert_eq!(contract("published").unwrap(), Contract::Published);
    assert_eq!(contract("").unwrap(), Contract::Published);
    let error = contract(CANARY).unwrap_err();
    assert_eq!(error.kind(), Kind::Invalid);
    assert!(told(&error).contains("REVOPS_CONTRACT is neither"));
}

#[test]
fn server_variables_and_base_urls_are_read_and_checked() {
    let base_url = |variables: &[(&str, &str)]| {
        let mut all = vec![("GAINSIGHT_ACCESS_KEY", CANARY)];
        all.extend(variables);
        read(&revops_gainsight::person::API, &all).map(|connection| connection.base_url().to_owned())
    };
    assert_eq!(
        base_url(&[("GAINSIGHT_DOMAIN", "acme.us2\n")]).unwrap(),
        "https://acme.us2.gainsightcloud.com/v1"
    );
    let custom = [("GAINSIGHT_BASE_URL", "https://api.acme.example/v1/"), ("GAINSIGHT_DOMAIN", "acme")];
    assert_eq!(base_url(&custom).unwrap(), "https://api.acme.example/v1");
    let evil = format!("https://{CANARY}@evil.example");
    for (name, value) in [
        ("GAINSIGHT_DOMAIN", "evil.example/"),
        ("GAINSIGHT_DOMAIN", "a@b"),
        ("GAINSIGHT_BASE_URL", "http://evil.example"),
        ("GAINSIGHT_BASE_URL", evil.as_str()),
    ] {
        let error = base_url(&[(name, value)]).unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid, "{name}");
        told(&error);
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_of_a_credential_is_in_a_debug_text() {
    let server = FaultServer::start(Script::new()).await.unwrap();
    let clients = Clients::unpaced(&server);
    let text = format!("{:?} {:?} {:?}", clients.gong, clients.people, clients.userpilot);
    assert!(!text.contains(CANARY) && !text.contains("Y2FuYXJ5"), "{text}");
}

#[test]
fn a_variable_that_is_not_utf8_is_an_error_and_not_a_default() {
    let wild = OsString::from_vec(b"https://gong.acme.example/\xff".to_vec());
    for name in ["GONG_BASE_URL", "GONG_ACCESS_TOKEN", "REVOPS_CONTRACT"] {
        let variable = |asked: &str| match asked {
            asked if asked == name => Some(wild.clone()),
            "GONG_ACCESS_TOKEN" => Some("token".into()),
            _ => None,
        };
        let error = env::read(&revops_gong::API, variable).unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid);
        assert!(
            error.to_string().contains(&format!("{name} is set to something that is not UTF-8")),
            "{error}"
        );
        assert!(!error.to_string().contains("acme"), "{error}");
    }
}

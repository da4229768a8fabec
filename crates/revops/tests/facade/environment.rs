//! What is wrong with the environment is told with the vendor and the variables, read by an injected look-up.

use revops::{Api, Kind, gainsight, gong};
use revops_runtime::env;

fn error(api: &'static Api, variables: &[(&str, &str)]) -> String {
    let value = |name: &str| variables.iter().find(|it| it.0 == name).map(|it| it.1.to_owned());
    let error = env::read(api, value).and_then(revops::ConnectionBuilder::build).map(drop).unwrap_err();
    assert!(matches!(error.kind(), Kind::Invalid | Kind::Credential), "{error}");
    error.to_string()
}

#[test]
fn every_error_names_the_vendor_and_the_variable() {
    let key = ("GAINSIGHT_ACCESS_KEY", "key");
    let person = |more| error(&gainsight::api::person::API, &[key, more]);
    let lines = [
        error(&gainsight::api::person::API, &[key]),
        person(("GAINSIGHT_DOMAIN", "https://acme")),
        person(("GAINSIGHT_BASE_URL", "http://acme.example.com")),
        person(("GAINSIGHT_BASE_URL", "acme")),
        error(&gong::api::API, &[("GONG_ACCESS_KEY", "a:b"), ("GONG_ACCESS_KEY_SECRET", "c")]),
        error(&gong::api::API, &[("GONG_ACCESS_TOKEN", "key"), ("REVOPS_CONTRACT", "other")]),
        // Whoever says it in the program is told the vendor.
        gainsight::Gainsight::builder().access_key("key").build().unwrap_err().to_string(),
    ];
    insta::assert_snapshot!(lines.join("\n"), @r"
    Gainsight CS Person API: the server variable `domain` must be given, or the whole base URL (GAINSIGHT_DOMAIN or GAINSIGHT_BASE_URL)
    Gainsight CS Person API: the server variable `domain` may hold letters, digits, hyphens and single dots only (GAINSIGHT_DOMAIN)
    Gainsight CS Person API: the base URL is not https, which would send the credential in the clear (http is for loopback only) (GAINSIGHT_BASE_URL)
    Gainsight CS Person API: the base URL cannot be read: relative URL without a base (GAINSIGHT_BASE_URL)
    Gong Users API: the credential for `basicAuth` cannot be used: its user name holds a colon, which Basic cannot carry (GONG_ACCESS_KEY or GONG_ACCESS_KEY_SECRET)
    Gong Users API: REVOPS_CONTRACT is neither `published` nor `observed`
    Gainsight CS Person API: the server variable `domain` must be given, or the whole base URL
    ");
}

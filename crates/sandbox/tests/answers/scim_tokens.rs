//! SCIM as the vendor serves it: by access token alone.

use crate::support::{Call, operation};
use revops_sandbox::{GAINSIGHT_ACCESS_KEY, Mood, Operation, Profile, Sandbox, Vendor};

fn is_scim(operation: &Operation) -> bool {
    operation.path().starts_with("/scim/")
}

/// The operation's own example, sent with these headers as credentials.
async fn send(sandbox: &Sandbox, operation: &Operation, credentials: &[(&str, &str)]) -> (u16, String) {
    let mut call = Call::example(sandbox, operation).without("accessKey");
    for (name, value) in credentials {
        call = call.header(name, value);
    }
    let answer = call.send().await;
    (answer.status, String::from_utf8(answer.body.to_vec()).unwrap())
}

#[tokio::test]
async fn scim_takes_a_token_and_refuses_the_access_key() {
    for sandbox in [
        Sandbox::builder().mood(Mood::ScimTokens).start().await.unwrap(),
        Sandbox::builder().profile(Profile::Observed).start().await.unwrap(),
    ] {
        let bearer = format!("Bearer {}", token(&sandbox).await);
        let key = ("accessKey", GAINSIGHT_ACCESS_KEY);
        let scim = sandbox.operations().iter().filter(|operation| is_scim(operation));
        assert_eq!(scim.clone().count(), 5);
        for operation in scim {
            let id = operation.id();
            let cases = [
                (vec![key], "SCIM takes no access key: send an access token as `Authorization: Bearer`"),
                (vec![], "the credential is missing: send `Authorization: Bearer`"),
                (vec![("authorization", "Bearer made-up")], "the credential is not one the sandbox accepts"),
                (vec![("authorization", &bearer), key], "two credentials came, send one"),
            ];
            for (credentials, text) in cases {
                let (status, body) = send(&sandbox, operation, &credentials).await;
                assert_eq!(status, 401, "{id}");
                assert!(body.contains(text) && body.contains("scim:api:messages:2.0:Error"), "{id}: {body}");
                let reason = sandbox.violations().pop().unwrap().reasons[0].text.clone();
                assert_eq!(reason, text, "{id}");
            }
            let (status, body) = send(&sandbox, operation, &[("authorization", &bearer)]).await;
            assert_eq!(status, operation.success(), "{id}: {body}");
        }
        // What is not SCIM still takes the key.
        let users = format!("{}/users", sandbox.base_url(Vendor::Gainsight));
        assert_eq!(Call::new("GET", users).header(key.0, key.1).send().await.status, 200);
    }
}

#[tokio::test]
async fn the_path_that_is_really_served_takes_no_key_either() {
    let sandbox = Sandbox::builder().mood(Mood::ScimTokens).mood(Mood::ObservedPaths).start().await.unwrap();
    let bearer = format!("Bearer {}", token(&sandbox).await);
    for path in ["/scim/v2/Users", "/users/services/scim/Users"] {
        let call = Call::new("GET", format!("{}{path}", sandbox.base_url(Vendor::Gainsight)));
        let by_key = call.clone().header("accessKey", GAINSIGHT_ACCESS_KEY).send().await;
        assert_eq!((by_key.status, by_key.header("content-type")), (401, Some("application/scim+json")));
        assert_eq!(call.header("authorization", &bearer).send().await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn without_the_mood_the_key_is_enough_as_the_document_says() {
    let sandbox = Sandbox::builder().mood(Mood::Tokens).start().await.unwrap();
    let list = operation(&sandbox, "scimListUsers");
    assert_eq!(send(&sandbox, list, &[("accessKey", GAINSIGHT_ACCESS_KEY)]).await.0, 200);
    sandbox.set_mood(Mood::Tokens, false);
    sandbox.set_mood(Mood::ScimTokens, true);
    // The mood gives out what it asks for, and nothing of another vendor.
    let gong = Call::new("POST", sandbox.token_url(Vendor::Gong).unwrap());
    assert_eq!(gong.send().await.status, 404);
    let bearer = format!("Bearer {}", token(&sandbox).await);
    assert_eq!(send(&sandbox, list, &[("authorization", &bearer)]).await.0, 200);
}

/// An access token of Gainsight's.
async fn token(sandbox: &Sandbox) -> String {
    let answer = crate::tokens::credentials(sandbox).send().await;
    assert_eq!(answer.status, 200);
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

//! What is built before anything is sent: builders that tell no values and refuse what cannot be meant, and what is
//! reachable through the facade.

use revops_gainsight::person::types::PersonRecord;
use revops_runtime::Kind;
use revops_tests::recording::{Recording, Spans};
use revops_usergems::types::AddContactRequest;

const PERSON: &str = "canary.person@example.com";

#[test]
fn a_builder_tells_what_is_set_and_not_to_what() {
    let gong = revops_gong::Client::builder().bearer_auth("token").build().unwrap();
    let usergems = revops_usergems::Client::builder().api_key_auth("key").build().unwrap();
    let contact = || AddContactRequest::builder().email(PERSON).relationship_type(PERSON);
    let custom = serde_json::Map::from_iter([("Custom__gc".to_owned(), PERSON.into())]);
    let record = PersonRecord::builder().email(PERSON).extra(custom);
    for (told, names) in [
        (format!("{:?}", contact()), "AddContactRequest { email: …, relationship_type: …, "),
        (format!("{record:?}"), "email: …"),
        (format!("{:?}", gong.list_users().cursor(PERSON)), "ListUsers { cursor: …, .. }"),
        (format!("{:?}", gong.list_users()), "ListUsers { .. }"),
        (format!("{:?}", gong.get_user().id(PERSON)), "GetUser { id: …, .. }"),
        (format!("{:?}", usergems.add_contact().body(contact())), "AddContact { body: …, .. }"),
    ] {
        assert!(told.contains(names), "{told}");
        assert!(!told.contains("canary"), "{told}");
    }
}

#[test]
fn a_blank_credential_is_refused() {
    for blank in [" ", "\n", " \n"] {
        let error = revops_gong::Client::builder().bearer_auth(blank).build().unwrap_err();
        assert_eq!(error.kind(), Kind::Credential);
        assert!(error.to_string().contains("blank"), "{error}");
    }
}

#[test]
fn a_misspelt_quota_pool_is_told() {
    let recording = Recording::default();
    let limits =
        || revops::PoolLimits { windows: vec![revops::Window { limit: 1, seconds: 1 }], concurrency: None };
    tracing::subscriber::with_default(Spans(recording.clone()), || {
        let _ = revops::Quota::builder(&[&revops_gong::API]).pool("company", limits()).build();
        let _ = revops::Quota::builder(&[]).pool("anything", limits()).build();
        assert!(recording.events().is_empty());
        let _ = revops::Quota::builder(&[&revops_gong::API]).pool("compnay", limits()).build();
    });
    let [event] = &recording.events()[..] else { panic!("{:?}", recording.events()) };
    assert!(event["pool"].contains("compnay") && event["documented"].contains("company"), "{event:?}");
}

#[test]
fn what_a_client_is_configured_with_is_reachable_through_the_facade() {
    let tokens =
        revops::oauth::ClientCredentials::new("https://a.example/token", "id".into(), "secret".into());
    let _: &dyn revops::provider::Provider = &tokens.unwrap();
    let mut timeouts = revops::Timeouts::default();
    timeouts.min_bytes = 1;
    let options = revops::Options::default().with_timeouts(timeouts);
    let built = revops::gong::api::Client::builder().options(options).bearer_auth("token").build().unwrap();
    assert_eq!(built.connection().options().timeouts.min_bytes, 1);
    let error = revops::gong::api::Client::builder().bearer_auth("").build().unwrap_err();
    assert!(revops::Failure::refusal(&error).is_none());
}

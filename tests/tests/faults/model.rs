//! Promises 1 and 2, for random scripts of answers and for each retry class.

use crate::classes::{CLASSES, Clients, success, told};
use proptest::prelude::*;
use revops_runtime::api::Retry;
use revops_runtime::{Delivery, Error};
use revops_sandbox::fault::{Act, FaultServer, Reply, Script};

/// One thing a server does about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Success,
    Status(u16),
    /// With a `Retry-After` of one second.
    StatusLater(u16),
    Page,
    Reset,
    ResetInHead,
}

impl Answer {
    /// Whether the request cannot have been processed.
    fn was_not_taken(self) -> bool {
        matches!(self, Self::Status(429) | Self::StatusLater(429 | 503))
    }

    fn act(self, class: Retry) -> Act {
        match self {
            Self::Success => success(class).into(),
            Self::Status(status) => Reply::status(status).into(),
            Self::StatusLater(status) => Reply::status(status).header("retry-after", "1").into(),
            Self::Page => Reply::html(200, "Maintenance").into(),
            Self::Reset => Act::reset_before_answer(),
            Self::ResetInHead => Reply::raw("HTTP/1.1 20").then_reset().into(),
        }
    }
}

fn answer() -> impl Strategy<Value = Answer> {
    let status = prop::sample::select(vec![400, 401, 404, 408, 409, 425, 429, 500, 502, 503, 504, 206, 304]);
    prop_oneof![
        2 => Just(Answer::Success),
        4 => status.clone().prop_map(Answer::Status),
        3 => status.prop_map(Answer::StatusLater),
        1 => Just(Answer::Page),
        1 => Just(Answer::Reset),
        1 => Just(Answer::ResetInHead),
    ]
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(work)
}

/// Plays the script to one call. Gives what came of it and how many requests arrived.
async fn play(class: Retry, answers: &[Answer]) -> (Result<(), Error>, usize) {
    let script = answers.iter().fold(Script::new(), |script, answer| script.on_request(answer.act(class)));
    let server = FaultServer::start(script).await.unwrap();
    let outcome = Clients::unpaced(&server).call(class).await;
    (outcome, usize::try_from(server.request_count()).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn promise_1_a_request_is_repeated_only_when_that_does_no_harm(
        class in prop::sample::select(CLASSES.to_vec()),
        answers in prop::collection::vec(answer(), 4..6),
    ) {
        let (outcome, sent) = run(play(class, &answers));
        prop_assert!((1..=4).contains(&sent));
        let (last, repeated) = answers[..sent].split_last().unwrap();
        prop_assert!(!repeated.contains(&Answer::Success), "a success is the end");
        if matches!(class, Retry::Never | Retry::CheckFirst) {
            prop_assert!(repeated.iter().all(|answer| answer.was_not_taken()), "{:?}", repeated);
        }
        match outcome {
            Ok(()) => prop_assert_eq!(*last, Answer::Success),
            Err(error) => {
                prop_assert_ne!(*last, Answer::Success);
                prop_assert_eq!(usize::try_from(error.attempts()).unwrap(), sent);
                // An attempt that may have been processed is not undone by a later one that was not.
                let none_was_taken = answers[..sent].iter().all(|answer| answer.was_not_taken());
                prop_assert_eq!(error.delivery() == Delivery::NotSent, none_was_taken, "{}", error);
                told(&error);
            }
        }
    }

}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn promise_2_a_full_outage_sees_a_fifth_more_at_most(
        class in prop::sample::select(CLASSES.to_vec()),
        outage in prop::sample::select(vec![
            Answer::Status(500), Answer::Status(503), Answer::StatusLater(503), Answer::Page, Answer::Reset,
        ]),
        calls in 1_u64..40,
    ) {
        let sent = run(async {
            let server = FaultServer::start(Script::always(outage.act(class))).await.unwrap();
            let clients = Clients::unpaced(&server);
            for _ in 0..calls {
                clients.call(class).await.unwrap_err();
            }
            server.request_count()
        });
        // Ten retries are at hand; from then on each call brings a tenth of one.
        prop_assert!(sent * 10 <= calls * 11 + 100, "{} requests for {} calls", sent, calls);
    }
}

//! Jobs: waited for until they end, and not for ever (rows 59 and 60 of the fault list).

use std::time::Duration;

use crate::fault::Fault;
use futures::{StreamExt, TryStreamExt};
use proptest::prelude::*;
use revops_runtime::backoff::Backoff;
use revops_runtime::job::{
    Event, JobToken, Progress, Snapshot, State, TurnError, TurnOptions, WaitError, WaitOptions, turn, wait,
    watch,
};
use tokio::time::Instant;

type Answer = Result<Snapshot<&'static str>, Fault>;

fn running(name: &str, done: u64, total: u64) -> Answer {
    Ok(Snapshot::new(State::Running(name.to_owned()), "job").rows(done, total))
}

/// Answers one after the other, the last for ever.
fn script(answers: Vec<Answer>) -> impl FnMut() -> futures::future::Ready<Answer> + Send {
    let mut next = 0;
    move || {
        let answer = answers[next.min(answers.len() - 1)].clone();
        next += 1;
        futures::future::ready(answer)
    }
}

fn steady() -> WaitOptions {
    WaitOptions::default().backoff(Backoff::new(Duration::from_secs(1)).jitter(0.0))
}

#[tokio::test(start_paused = true)]
async fn a_job_is_waited_for_until_it_ends_less_often_the_longer_it_takes() {
    let begin = Instant::now();
    let mut at = Vec::new();
    let mut answers = vec![running("processing", 1, 4); 12];
    answers.push(Ok(Snapshot::new(State::Succeeded, "all of it")));
    let job = wait(script(answers), steady(), |progress| at.push(progress.elapsed.as_secs_f64())).await;
    assert_eq!(job.unwrap(), "all of it");
    assert_eq!(at[..4], [0.0, 1.0, 2.5, 4.75]);
    assert!((at[12] - at[11] - 30.0).abs() < 1e-6, "{at:?}");
    assert_eq!(begin.elapsed().as_secs(), 164);
}

#[tokio::test(start_paused = true)]
async fn waits_that_no_clock_can_tell_are_no_panic() {
    let begin = Instant::now();
    let for_ever = Backoff::new(Duration::MAX).cap(Duration::MAX);
    let options = WaitOptions::default().backoff(for_ever.clone()).deadline(Duration::from_secs(60));
    let error = wait(script(vec![running("processing", 1, 4)]), options, |_| ()).await.unwrap_err();
    assert!(matches!(error, WaitError::Deadline { .. }), "{error:?}");
    assert_eq!(begin.elapsed().as_secs(), 60);
    let options = WaitOptions::default().backoff(for_ever).deadline(Duration::MAX);
    let endless = wait(script(vec![running("processing", 1, 4)]), options, |_| ());
    assert!(tokio::time::timeout(Duration::from_secs(86_400), endless).await.is_err());
}

/// A vendor that does ten rows a second, and then takes its time to say that it has ended.
#[tokio::test(start_paused = true)]
async fn a_job_that_comes_on_is_asked_for_when_it_should_have_ended() {
    for (rows, lingers) in [(5_000, 0), (5_000, 300)] {
        let (begin, mut asked) = (Instant::now(), 0);
        let poll = || {
            asked += 1;
            let seconds = begin.elapsed().as_secs();
            futures::future::ready(if seconds < rows / 10 + lingers {
                running("processing", (seconds * 10).min(rows), rows)
            } else {
                Ok(Snapshot::new(State::Succeeded, "job"))
            })
        };
        wait(poll, steady(), |_| ()).await.unwrap();
        let late = begin.elapsed().as_secs() - rows / 10 - lingers;
        assert!(late <= if lingers == 0 { 2 } else { 31 }, "{late} s late");
        // A job that is done by its count, and does not end, is not asked for every second.
        assert!(asked <= 45, "asked {asked} times");
    }
}

#[tokio::test(start_paused = true)]
async fn row_59_a_job_that_never_ends_is_waited_for_until_the_deadline_and_no_longer() {
    let begin = Instant::now();
    let options = || steady().deadline(Duration::from_secs(600));
    let error = wait(script(vec![running("queued", 0, 0)]), options(), |_| ()).await.unwrap_err();
    assert_eq!(begin.elapsed(), Duration::from_secs(600));
    assert_eq!(error.to_string(), "the job has not ended after 600 s (queued); wait for it again later");
    let hangs = || futures::future::pending::<Answer>();
    let error = wait(hangs, options(), |_| ()).await.unwrap_err();
    assert!(matches!(error, WaitError::Deadline { last: None, .. }), "{error:?}");
    assert_eq!(begin.elapsed(), Duration::from_secs(1200));
}

#[tokio::test(start_paused = true)]
async fn row_59_a_state_nobody_knows_is_kept_and_waited_out() {
    let odd = Ok(Snapshot::new(State::Unknown("defragmenting".into()), "job"));
    let mut seen = Vec::new();
    let poll = script(vec![odd, Ok(Snapshot::new(State::Succeeded, "job"))]);
    wait(poll, steady(), |progress| seen.push(progress.to_string())).await.unwrap();
    assert_eq!(seen, ["defragmenting", "completed"]);
}

#[tokio::test(start_paused = true)]
async fn row_59_progress_does_not_go_backwards_when_the_vendor_does() {
    let poll = script(vec![
        running("processing", 50, 100),
        running("validating", 20, 100),
        running("processing", 60, 400),
        Ok(Snapshot::new(State::Succeeded, "job")),
    ]);
    let mut seen = Vec::new();
    wait(poll, steady(), |progress| seen.push(progress.to_string())).await.unwrap();
    assert_eq!(
        seen,
        [
            "processing: 50 of 100 (50 %)",
            "validating: 50 of 100 (50 %)",
            "processing: 60 of 400 (50 %)",
            "completed: 60 of 400 (100 %)"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_few_failing_questions_in_a_row_are_borne_and_more_are_not() {
    let mut answers = vec![Err(Fault::NotSent); 5];
    answers.push(running("processing", 1, 2));
    answers.extend(vec![Err(Fault::Quota); 5]);
    answers.push(Ok(Snapshot::new(State::Succeeded, "job")));
    assert_eq!(wait(script(answers), steady(), |_| ()).await.unwrap(), "job");
    let error = wait(script(vec![Err(Fault::NotSent)]), steady(), |_| ()).await.unwrap_err();
    assert!(matches!(error, WaitError::Poll { failures: 6, source: Fault::NotSent }), "{error:?}");
    let error = wait(script(vec![Err(Fault::Permission)]), steady(), |_| ()).await.unwrap_err();
    assert!(matches!(error, WaitError::Poll { failures: 1, .. }), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_job_that_failed_is_an_error_that_has_all_the_vendor_said_and_prints_none_of_it() {
    let poll = script(vec![Ok(Snapshot::new(State::Failed, "jane.csv"))]);
    let error = wait(poll, steady(), |_| ()).await.unwrap_err();
    assert!(!format!("{error:?} {error}").contains("jane"));
    assert!(matches!(error, WaitError::Failed("jane.csv")));
}

#[tokio::test(start_paused = true)]
async fn a_job_can_be_watched_as_a_stream_that_ends_with_it() {
    let poll = script(vec![running("queued", 0, 2), Ok(Snapshot::new(State::Succeeded, "job"))]);
    let events: Vec<_> = watch(poll, steady()).boxed().try_collect().await.unwrap();
    assert!(matches!(events[..], [Event::Progress(_), Event::Finished(_, "job")]), "{events:?}");
}

#[test]
fn row_60_a_job_can_be_waited_for_by_another_process() {
    let saved = serde_json::to_string(&JobToken::new("Userpilot", "bulk:jobs:NX-1")).unwrap();
    assert_eq!(saved, r#"{"api":"Userpilot","job":"bulk:jobs:NX-1"}"#);
    let token: JobToken = serde_json::from_str(&saved).unwrap();
    assert_eq!(token.job_of("Userpilot"), Ok("bulk:jobs:NX-1"));
    let mismatch = token.job_of("Gainsight").unwrap_err();
    assert_eq!(mismatch.to_string(), "the job belongs to Userpilot, and not to Gainsight");
}

fn busy(fault: &Fault) -> bool {
    *fault == Fault::Busy
}

#[tokio::test(start_paused = true)]
async fn a_turn_is_awaited_while_the_vendor_is_busy() {
    let begin = Instant::now();
    let mut attempts = 0;
    let attempt = || {
        attempts += 1;
        futures::future::ready(if attempts < 4 { Err(Fault::Busy) } else { Ok("accepted") })
    };
    let options = TurnOptions::default().backoff(Backoff::new(Duration::from_secs(1)).jitter(0.0));
    assert_eq!(turn(attempt, busy, options).await.unwrap(), "accepted");
    assert_eq!(begin.elapsed(), Duration::from_millis(4750));
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_does_not_come_ends_at_the_deadline_and_another_failure_ends_it_at_once() {
    let begin = Instant::now();
    let options = || TurnOptions::default().deadline(Duration::from_secs(60));
    let error = turn(|| async { Err::<(), _>(Fault::Busy) }, busy, options()).await.unwrap_err();
    assert_eq!(error.to_string(), "still busy after 60 s: a job is in progress");
    assert_eq!(begin.elapsed(), Duration::from_secs(60));
    let error = turn(|| async { Err::<(), _>(Fault::MaybeProcessed) }, busy, options()).await.unwrap_err();
    assert!(matches!(error, TurnError::Failed(Fault::MaybeProcessed)));
    assert_eq!(begin.elapsed(), Duration::from_secs(60), "it may have been accepted");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Promise: progress never goes backwards, whatever the vendor says, and its part is one.
    #[test]
    fn progress_is_monotonic(
        says in prop::collection::vec((any::<bool>(), prop::option::of(any::<u64>()), prop::option::of(0..1000_u64)), 1..40)
    ) {
        let mut answers: Vec<Answer> = says.iter().map(|(known, done, total)| {
            let state = if *known { State::Running("a".into()) } else { State::Unknown("b".into()) };
            Ok(Snapshot::new(state, "job").rows(*done, *total))
        }).collect();
        answers.push(Ok(Snapshot::new(State::Succeeded, "job")));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let mut seen: Vec<Progress> = Vec::new();
        runtime.block_on(wait(script(answers), steady(), |progress| seen.push(progress.clone()))).unwrap();
        prop_assert_eq!(seen.len(), says.len() + 1);
        for pair in seen.windows(2) {
            prop_assert!(pair[0].done <= pair[1].done);
            prop_assert!(pair[0].fraction <= pair[1].fraction, "{:?}", pair);
        }
        prop_assert!(seen.iter().all(|progress| progress.fraction.is_none_or(|part| (0.0..=1.0).contains(&part))));
    }
}

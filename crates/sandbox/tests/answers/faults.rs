//! Faults can be planned before any operation, or after it was applied and before it is answered.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::{Call, operation};
use revops_sandbox::fault::{Act, How, Mayhem, Reply};
use revops_sandbox::{Pool, Sandbox, Target, Vendor, Window};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection that is used again and again, byte by byte.
struct Wire(TcpStream);

impl Wire {
    async fn connect(sandbox: &Sandbox) -> Self {
        Self(TcpStream::connect(sandbox.address()).await.unwrap())
    }

    async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// One answer with a `content-length`: its status, and its body.
    async fn answer(&mut self) -> (u16, String) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.0.read_u8().await.unwrap());
        }
        let head = String::from_utf8(head).unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        self.0.read_exact(&mut body).await.unwrap();
        (head[9..12].parse().unwrap(), String::from_utf8(body).unwrap())
    }

    /// Everything until the end, and whether that was a reset.
    async fn rest(&mut self) -> (String, bool) {
        let mut bytes = Vec::new();
        let end = self.0.read_to_end(&mut bytes).await;
        let reset = end.is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset);
        (String::from_utf8(bytes).unwrap(), reset)
    }
}

const LIST: &str = "GET /gong/v2/users HTTP/1.1\r\nhost: x\r\nauthorization: Bearer test-token\r\n\r\n";

/// A right request of the vendor's own example, as bytes.
fn bytes(sandbox: &Sandbox, id: &str) -> String {
    let call = Call::example(sandbox, operation(sandbox, id));
    let target = call.url.split_once("127.0.0.1:").unwrap().1.split_once('/').unwrap().1;
    let headers: Vec<String> =
        call.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let headers = headers.concat();
    let body = std::str::from_utf8(&call.body).unwrap();
    let length = body.len();
    format!(
        "{} /{target} HTTP/1.1\r\nhost: x\r\n{headers}content-length: {length}\r\n\r\n{body}",
        call.method
    )
}

#[tokio::test]
async fn the_third_call_resets_and_the_others_are_answered() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.before("upsertPeople").on_call(3, Act::reset_before_answer()).unwrap();
    let request = bytes(&sandbox, "upsertPeople");
    let mut wire = Wire::connect(&sandbox).await;
    for _ in 0..2 {
        wire.send(&request).await;
        assert_eq!(wire.answer().await.0, 200);
        wire.send(LIST).await;
        assert_eq!(wire.answer().await.0, 200);
    }
    assert_eq!(sandbox.planned_faults()[0].calls, 2);
    wire.send(&request).await;
    assert_eq!(wire.rest().await, (String::new(), true));
    assert_eq!(sandbox.planned_faults(), []);
    let mut wire = Wire::connect(&sandbox).await;
    wire.send(&request).await;
    assert_eq!(wire.answer().await.0, 200);
    let lines = sandbox.requests();
    let faults: Vec<(u16, bool)> = lines.iter().map(|line| (line.status, line.fault)).collect();
    assert_eq!(faults[4..], [(0, true), (200, false)]);
    assert!(lines[4].request_bytes > 0);
}

#[tokio::test]
async fn a_planned_reply_keeps_the_connection_also_for_pipelined_requests() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.before(Vendor::Gong).every(2, Reply::status(503).header("retry-after", "1")).unwrap();
    let mut wire = Wire::connect(&sandbox).await;
    wire.send(&LIST.repeat(6)).await;
    for status in [200, 503, 200, 503, 200, 503] {
        assert_eq!(wire.answer().await.0, status);
    }
    sandbox.clear_faults();
    wire.send(&LIST.repeat(2)).await;
    for status in [200, 200] {
        assert_eq!(wire.answer().await.0, status);
    }
}

/// How many calls a quota of one admits is what an operation leaves behind in every state.
fn spent(sandbox: &Sandbox) -> u64 {
    let quotas = sandbox.quotas();
    quotas.iter().find(|it| it.pool == Pool::UserGems).unwrap().windows[0].1
}

#[tokio::test]
async fn before_the_operation_nothing_happens_and_after_it_only_the_answer_is_lost() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.set_quota(Pool::UserGems, [Window::new(5, Duration::from_secs(3600))]);
    let request = bytes(&sandbox, "addContact");
    for (plan, left_behind) in [(sandbox.before("addContact"), 0), (sandbox.after("addContact"), 1)] {
        plan.once(Act::reset_before_answer()).unwrap();
        let mut wire = Wire::connect(&sandbox).await;
        wire.send(&request).await;
        assert_eq!(wire.rest().await, (String::new(), true));
        assert_eq!(spent(&sandbox), left_behind);
    }
}

#[tokio::test]
async fn an_answer_of_its_own_is_spoilt_as_told() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.after("listUsers").spoil(1, |answer| answer.cut_body(5, How::Close)).unwrap();
    sandbox.after("listUsers").spoil(2, |answer| answer.claim_length(1_000_000)).unwrap();
    let whole = Call::example(&sandbox, operation(&sandbox, "getUser")).send().await;
    assert_eq!(whole.status, 200);
    let mut wire = Wire::connect(&sandbox).await;
    wire.send(LIST).await;
    let (text, reset) = wire.rest().await;
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK\r\ncontent-type: application/json"), "{head}");
    assert_eq!((body.len(), reset), (5, false));
    let mut wire = Wire::connect(&sandbox).await;
    wire.send(LIST).await;
    let (text, _) = wire.rest().await;
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("content-length: 1000000"), "{head}");
    assert!(serde_json::from_str::<serde_json::Value>(body).is_ok());
}

#[tokio::test]
async fn an_act_that_comes_after_the_head_waits_for_no_body() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.before("addContact").once(Act::before_body(Reply::status(413))).unwrap();
    let head = "POST /usergems/v1/contact HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n";
    let mut wire = Wire::connect(&sandbox).await;
    wire.send(head).await;
    assert_eq!(wire.rest().await.0, "HTTP/1.1 413 Payload Too Large\r\ncontent-length: 0\r\n\r\n");
}

#[tokio::test]
async fn a_choice_sees_the_request_with_its_body() {
    let sandbox = Sandbox::start().await.unwrap();
    let choose = Act::choose(|received| {
        let asked = received.body.windows(9).any(|window| window == b"TitleCase");
        Reply::status(if asked { 418 } else { 409 }).header("x-path", received.path().to_owned()).into()
    });
    sandbox.before("addContact").every(1, choose).unwrap();
    for (body, status) in [("TitleCase", 418), ("other", 409)] {
        let url = format!("{}/contact?x=1", sandbox.base_url(Vendor::UserGems));
        let answer = Call::new("POST", url).body(body).send().await;
        assert_eq!((answer.status, answer.header("x-path")), (status, Some("/usergems/v1/contact")));
    }
}

#[tokio::test(start_paused = true)]
async fn a_drip_and_a_hang_take_the_time_they_are_told_and_a_stop_ends_them() {
    let sandbox = Sandbox::start().await.unwrap();
    let drip = Reply::json(200, "{\"a\":1}").paced(1, Duration::from_secs(1));
    sandbox.before((Vendor::Gong, "listUsers")).once(drip).unwrap();
    let began = tokio::time::Instant::now();
    let mut wire = Wire::connect(&sandbox).await;
    wire.send(LIST).await;
    assert_eq!(wire.answer().await, (200, "{\"a\":1}".to_owned()));
    assert_eq!(began.elapsed().as_secs(), 6);
    sandbox.before(Target::Everything).once(Act::hang()).unwrap();
    wire.send(LIST).await;
    assert!(tokio::time::timeout(Duration::from_secs(900), wire.rest()).await.is_err());
    sandbox.stop().await;
    assert_eq!(wire.rest().await, (String::new(), false));
}

#[tokio::test]
async fn a_fault_for_an_operation_that_does_not_exist_is_an_error() {
    let sandbox = Sandbox::start().await.unwrap();
    let error = sandbox.before("upsertPepole").once(Act::hang()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no document has an operation `upsertPepole`; `Sandbox::operations` lists them"
    );
    assert_eq!(sandbox.planned_faults(), []);
}

#[tokio::test]
async fn of_two_faults_for_one_call_the_first_planned_is_played_and_the_other_waits() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.before(Target::Everything).times(2, Reply::status(500)).unwrap();
    sandbox.before(Vendor::Gong).on_call(3, Reply::status(502)).unwrap();
    sandbox.before("listUsersByFilter").on_call(1, Reply::status(504)).unwrap();
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(Call::example(&sandbox, operation(&sandbox, "listUsersByFilter")).send().await.status);
    }
    assert_eq!(statuses, [500, 500, 502, 504, 200]);
    assert_eq!(sandbox.planned_faults(), []);
    // None is the call of number 0, so it is the next; no calls are none.
    sandbox.before("listUsersByFilter").times(0, Reply::status(500)).unwrap();
    sandbox.before("listUsersByFilter").on_call(0, Reply::status(502)).unwrap();
    assert_eq!(sandbox.planned_faults().len(), 1);
    let call = Call::example(&sandbox, operation(&sandbox, "listUsersByFilter"));
    assert_eq!(call.send().await.status, 502);
}

#[tokio::test]
async fn an_operation_goes_by_the_names_that_clients_have_for_it() {
    let sandbox = Sandbox::start().await.unwrap();
    for (index, name) in ["POST /v1/track", "trackEvent"].into_iter().enumerate() {
        sandbox.before(name).once(Reply::status(503)).unwrap();
        let call = Call::example(&sandbox, operation(&sandbox, "POST /v1/track"));
        assert_eq!(call.send().await.status, 503, "{name}");
        assert_eq!(sandbox.counts()[0].count, index as u64 + 1);
    }
    sandbox.before((Vendor::Gong, "GET /users")).once(Reply::status(503)).unwrap();
    assert!(sandbox.before((Vendor::Gong, "trackEvent")).once(Reply::status(503)).is_err());
}

#[tokio::test]
async fn a_connection_that_has_sent_half_a_head_does_not_delay_the_end() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut wire = Wire::connect(&sandbox).await;
    wire.send(LIST).await;
    assert_eq!(wire.answer().await.0, 200);
    wire.send("GET /gong/v2/users HTTP/1.1\r\nhost: x\r\n").await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    let began = std::time::Instant::now();
    sandbox.stop().await;
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    wire.rest().await;
}

/// What came of so many calls: a status, or `None` for a reset.
async fn outcomes(sandbox: &Sandbox, count: usize) -> Vec<Option<u16>> {
    let mut outcomes = Vec::new();
    for _ in 0..count {
        let mut wire = Wire::connect(sandbox).await;
        wire.send(&LIST.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n")).await;
        let (text, reset) = wire.rest().await;
        outcomes.push((!reset).then(|| text[9..12].parse().unwrap()));
    }
    outcomes
}

#[tokio::test]
async fn a_mix_of_faults_meets_its_share_of_the_calls_and_the_operation_answers_the_rest() {
    let mayhem = |seed| Mayhem::seeded(seed).reset(0.2).status(503, 0.2);
    let sandbox = Sandbox::builder().people(3).start().await.unwrap();
    sandbox.before(Vendor::Gong).every(1, mayhem(7)).unwrap();
    let first = outcomes(&sandbox, 100).await;
    let count = |outcome| first.iter().filter(|it| **it == outcome).count();
    assert!((10..30).contains(&count(None)), "{first:?}");
    assert!((10..30).contains(&count(Some(503))), "{first:?}");
    assert_eq!(count(None) + count(Some(503)) + count(Some(200)), 100);
    // What the mix lets pass is no fault, and was really answered.
    let lines = sandbox.requests();
    assert_eq!(lines.iter().filter(|line| line.fault).count(), count(None) + count(Some(503)));
    assert!(lines.iter().filter(|line| !line.fault).all(|line| line.response_bytes > 500));
    // The same requests from the start meet the same faults, another seed others.
    for (seed, same) in [(7, true), (8, false)] {
        sandbox.reset();
        sandbox.before(Vendor::Gong).every(1, mayhem(seed)).unwrap();
        assert_eq!(outcomes(&sandbox, 100).await == first, same, "{seed}");
    }
}

#[tokio::test]
async fn a_mix_before_an_operation_leaves_out_what_it_takes_and_one_after_it_only_the_answer() {
    let sandbox = Sandbox::builder().people(3).start().await.unwrap();
    let request = bytes(&sandbox, "addContact");
    let request = request.replace("host: x\r\n", "host: x\r\nconnection: close\r\n");
    for applied in [false, true] {
        sandbox.reset();
        let plan = if applied { sandbox.after("addContact") } else { sandbox.before("addContact") };
        plan.every(1, Mayhem::seeded(7).reset(0.2).cut(0.3)).unwrap();
        let (mut whole, mut cut, mut lost) = (0, 0, 0);
        for _ in 0..60 {
            let mut wire = Wire::connect(&sandbox).await;
            wire.send(&request).await;
            match wire.rest().await {
                (text, false) => {
                    assert!(text.ends_with(r#"{"message":"Contact added to queue"}"#), "{text}");
                    whole += 1;
                }
                (text, true) if text.is_empty() => lost += 1,
                (text, true) => {
                    assert!(text.starts_with("HTTP/1.1 200 OK"), "{text}");
                    cut += 1;
                }
            }
        }
        assert!(whole > 20 && lost > 3 && whole + cut + lost == 60, "{whole} {cut} {lost}");
        // A reset can overtake what was sent before it, so of a cut answer nothing need arrive.
        let taken = sandbox.usergems().queue().len();
        assert!(if applied { taken == 60 } else { (whole + cut..60).contains(&taken) }, "{taken}");
    }
}

#[tokio::test]
async fn what_one_mix_lets_pass_meets_the_other() {
    let sandbox = Sandbox::builder().people(3).start().await.unwrap();
    sandbox.before("listUsers").every(1, Mayhem::seeded(7).status(503, 0.3)).unwrap();
    sandbox.after("listUsers").every(1, Mayhem::seeded(8).status(504, 0.3)).unwrap();
    sandbox.before("listUsers").every(1, Mayhem::seeded(9).status(502, 0.3)).unwrap();
    let outcomes = outcomes(&sandbox, 100).await;
    let count = |status| outcomes.iter().filter(|it| **it == Some(status)).count();
    // Of each the share that those before it have left: 30, 21, 15 of a hundred.
    let shares = [count(503), count(504), count(502)];
    assert!((20..40).contains(&shares[0]), "{shares:?}");
    assert!((12..32).contains(&shares[1]), "{shares:?}");
    assert!((6..26).contains(&shares[2]), "{shares:?}");
    assert_eq!(shares.iter().sum::<usize>() + count(200), 100);
    let planned = sandbox.planned_faults();
    assert_eq!(planned.iter().map(|it| it.calls).collect::<Vec<_>>(), [100; 3]);
    assert_eq!(planned.iter().map(|it| it.played).collect::<Vec<_>>(), shares.map(|count| count as u64));
}

#[tokio::test]
async fn a_fault_waits_behind_one_that_came_and_not_behind_one_that_let_pass() {
    let sandbox = Sandbox::builder().people(3).start().await.unwrap();
    let second = Act::choose(|received| match received.number {
        1 => Reply::status(503).into(),
        _ => Act::own_answer(),
    });
    sandbox.before("listUsers").every(1, second).unwrap();
    sandbox.after("listUsers").on_call(1, Reply::status(504)).unwrap();
    sandbox.before("listUsers").on_call(2, Act::choose(|_| Reply::status(502).into())).unwrap();
    assert_eq!(outcomes(&sandbox, 4).await, [Some(504), Some(503), Some(502), Some(200)]);
    let planned = sandbox.planned_faults();
    assert_eq!(planned.iter().map(|it| (it.calls, it.played)).collect::<Vec<_>>(), [(4, 1)]);
    // What lets pass has had its turn.
    sandbox.clear_faults();
    sandbox.before("listUsers").once(Act::own_answer()).unwrap();
    sandbox.before("listUsers").once(Act::own_answer()).unwrap();
    assert_eq!(outcomes(&sandbox, 1).await, [Some(200)]);
    assert_eq!(sandbox.planned_faults(), []);
}

#[tokio::test(start_paused = true)]
async fn an_own_answer_waits_before_the_operation_or_after_it_as_it_was_planned() {
    let sandbox = Sandbox::builder().people(3).start().await.unwrap();
    let request = bytes(&sandbox, "addContact");
    let late = Act::own_answer().after(Duration::from_secs(60));
    for (applied, plan) in [(0, sandbox.before("addContact")), (1, sandbox.after("addContact"))] {
        plan.once(late.clone()).unwrap();
        let mut wire = Wire::connect(&sandbox).await;
        wire.send(&request).await;
        // The client gives up.
        assert!(tokio::time::timeout(Duration::from_secs(30), wire.answer()).await.is_err());
        drop(wire);
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(sandbox.usergems().queue().len(), applied);
    }
    let lines = sandbox.requests();
    assert_eq!(
        lines.iter().map(|line| (line.status, line.fault)).collect::<Vec<_>>(),
        [(0, true), (200, true)]
    );
    // A patient one has its answer, after that time and not after twice of it.
    sandbox.before("addContact").once(late).unwrap();
    let began = tokio::time::Instant::now();
    let mut wire = Wire::connect(&sandbox).await;
    wire.send(&request).await;
    assert_eq!(wire.answer().await.0, 200);
    assert_eq!((began.elapsed().as_secs(), sandbox.usergems().queue().len()), (60, 2));
}

#[tokio::test]
async fn what_is_received_has_the_number_of_its_request_and_of_its_connection() {
    let sandbox = Sandbox::builder().people(3).start().await.unwrap();
    let seen: Arc<Mutex<Vec<(u64, u64)>>> = Arc::default();
    let kept = Arc::clone(&seen);
    let note = Act::choose(move |received| {
        kept.lock().unwrap().push((received.number, received.connection));
        Reply::status(503).header("retry-after", "1").into()
    });
    sandbox.before(Vendor::Gong).on_call(2, note.clone()).unwrap();
    sandbox.after(Vendor::Gong).on_call(3, note.clone()).unwrap();
    sandbox.before(Vendor::Gong).on_call(5, note).unwrap();
    for calls in [3, 2] {
        let mut wire = Wire::connect(&sandbox).await;
        for _ in 0..calls {
            wire.send(LIST).await;
            wire.answer().await;
        }
    }
    assert_eq!(*seen.lock().unwrap(), [(1, 0), (2, 0), (4, 1)]);
}

#[tokio::test]
async fn the_log_says_when_a_request_came_and_not_when_it_was_answered() {
    let sandbox = Arc::new(Sandbox::builder().people(3).start().await.unwrap());
    Call::example(&sandbox, operation(&sandbox, "addContact")).send().await;
    let clock = Arc::clone(&sandbox);
    let an_hour_later = Act::choose(move |_| {
        clock.advance(Duration::from_secs(3600));
        Reply::status(503).into()
    });
    sandbox.before("addContact").once(an_hour_later).unwrap();
    Call::example(&sandbox, operation(&sandbox, "addContact")).send().await;
    let times: Vec<_> = sandbox.requests().iter().map(|line| line.at).collect();
    assert!((times[1] - times[0]).num_seconds() < 60, "{times:?}");
}

//! Userpilot in its own words, against the sandbox.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::{StreamExt, TryStreamExt, stream};
use proptest::prelude::*;
use revops::userpilot::{Company, Event, Job, JobStatus, Property, User, Userpilot};
use revops::{Delivery, Kind, Outcome, Report};
use revops_sandbox::fault::{Act, FaultServer, Reply, Script, Turns};
use revops_sandbox::{Mood, Sandbox, Vendor};
use serde_json::{Value, json};

async fn both(moods: &[Mood]) -> (Sandbox, Userpilot) {
    let sandbox = moods.iter().fold(Sandbox::builder(), |it, mood| it.mood(*mood)).start().await.unwrap();
    let userpilot = Userpilot::sandbox(sandbox.base_url(Vendor::Userpilot)).unwrap();
    (sandbox, userpilot)
}

fn refused(error: &revops::Error) {
    assert_eq!((error.kind(), error.delivery()), (Kind::Invalid, Delivery::NotSent), "{error}");
}

async fn import(userpilot: &Userpilot, content: &'static str, name: &str) -> Result<Job, revops::Error> {
    userpilot.import_reader(content.as_bytes(), name).await
}

#[tokio::test]
async fn users_and_companies_are_identified_merged_and_less_what_is_removed() {
    let (sandbox, userpilot) = both(&[]).await;
    let owl = userpilot.identify("owl").property("plan", "pro").property("seats", 3).property("vip", true);
    owl.company("wood").company_property("size", 7).send().await.unwrap();
    userpilot.identify("owl").remove("plan").property("seats", 3.5).send().await.unwrap();
    let expected = json!({"user_id": "owl", "metadata": {"seats": 3.5, "vip": true}, "company_id": "wood"});
    assert_eq!(sandbox.userpilot().user("owl"), Some(expected));
    userpilot.company().identify("wood").remove("size").property("kind", "trees").send().await.unwrap();
    let wood = json!({"company_id": "wood", "metadata": {"kind": "trees"}});
    assert_eq!(sandbox.userpilot().company("wood"), Some(wood));
    assert_eq!(sandbox.violations(), []);
}

#[tokio::test]
async fn what_breaks_the_limits_is_refused_before_it_is_sent() {
    let (sandbox, userpilot) = both(&[]).await;
    let many = (0..=500).fold(User::new("owl"), |it, number| it.property(format!("p{number}"), 1));
    let wrong = [
        many,
        User::new(" "),
        User::new("owl").company(""),
        User::new("owl").property("", 1),
        User::new("owl").property("é".repeat(256), 1),
        User::new("owl").property("long", "é".repeat(65_536)),
        User::new("owl").property("nested", json!({"a": 1})),
        User::new("owl").property("listed", json!([1])),
        User::new("owl").property("infinite", f64::NAN),
    ];
    let count = wrong.len();
    let report = userpilot.identify_all(wrong.clone()).send().await;
    assert_eq!(report.refused().count(), count);
    let report = userpilot.bulk().users(wrong).send().await;
    assert_eq!((report.items().refused().count(), report.jobs().len()), (count, 0));
    refused(&userpilot.identify("owl").company_property("size", 1).send().await.unwrap_err());
    refused(
        &userpilot.identify("owl").company("w").company_property("company_id", 1).send().await.unwrap_err(),
    );
    refused(&userpilot.company().identify("").send().await.unwrap_err());
    refused(&userpilot.track("owl", "").send().await.unwrap_err());
    refused(&userpilot.track("owl", "x".repeat(256)).send().await.unwrap_err());
    refused(&userpilot.track("owl", "hoot").property("long", "x".repeat(10_240)).send().await.unwrap_err());
    assert_eq!(sandbox.requests().len(), 0);
    let right =
        User::new("owl").property("é".repeat(255), "é".repeat(65_535)).property("n", Property::from(1.5));
    assert_eq!(userpilot.identify_all([right]).send().await.written(), 1);
}

#[tokio::test]
async fn an_event_whose_answer_is_lost_may_have_been_counted_and_is_not_repeated() {
    let server = FaultServer::start(Script::always(Act::reset_before_answer())).await.unwrap();
    let userpilot = Userpilot::sandbox(format!("http://{}", server.address())).unwrap();
    let error = userpilot.track("owl", "hoot").send().await.unwrap_err();
    assert_eq!((error.delivery(), error.attempts()), (Delivery::MaybeProcessed, 1));
    let report = userpilot.track_all([Event::new("owl", "hoot"), Event::new("", "hoot")]).send().await;
    assert_eq!((report.unknown().count(), report.refused().count(), server.requests().len()), (1, 1, 2));
}

#[tokio::test]
async fn an_event_of_nobody_is_refused_by_the_vendor_and_does_not_keep_the_others() {
    let (sandbox, userpilot) = both(&[]).await;
    userpilot.identify("owl").send().await.unwrap();
    let events = ["owl", "nobody", "owl"].map(|user| Event::new(user, "hoot").property("loud", true));
    let report = userpilot.track_all(events).send().await;
    assert_eq!((report.written(), report.refused().map(|it| it.0).collect::<Vec<_>>()), (2, vec![1]));
    assert_eq!(sandbox.userpilot().events().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_bulk_update_is_one_job_after_the_other() {
    let (sandbox, userpilot) = both(&[Mood::Quotas]).await;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ear = Arc::clone(&heard);
    let users =
        (0..25).map(|it| User::new(if it == 3 { String::new() } else { format!("u{it}") }).property("n", it));
    let update = userpilot.bulk().users(users).records_per_job(10);
    let update = update.on_progress(move |it| ear.lock().unwrap().push(it.to_string()));
    let report = update.send().await;
    assert_eq!(report.to_string(), "24 written, 1 refused, 0 not applied, 0 unknown, 0 superseded in 3 jobs");
    let rows: Vec<_> = report.jobs().iter().map(|job| (job.status(), job.total_rows())).collect();
    assert_eq!(rows, [10, 10, 4].map(|rows| (JobStatus::Completed, Some(rows))));
    assert!(heard.lock().unwrap().iter().any(|it| it == "queued: 0 of 10 (0 %)"));
    assert_eq!(sandbox.userpilot().user("u24").unwrap()["metadata"]["n"], 24);
    assert!(sandbox.requests().iter().all(|line| line.status < 300));
    assert_eq!(sandbox.violations(), []);
}

#[tokio::test(start_paused = true)]
async fn a_bulk_update_that_is_only_begun_still_gives_each_job_its_turn() {
    let (sandbox, userpilot) = both(&[Mood::Quotas]).await;
    let companies = (0..4).map(|it| Company::new(format!("c{it}")));
    let report = userpilot.bulk().companies(companies).records_per_job(2).wait_for_jobs(false).send().await;
    let last = report.jobs().pop().unwrap().clone();
    assert_eq!((report.items().written(), report.jobs().len(), last.status()), (4, 2, JobStatus::Queued));
    assert!(sandbox.userpilot().company("c3").is_none());
    last.wait().await.unwrap();
    assert!(sandbox.userpilot().company("c3").is_some());
}

#[tokio::test(start_paused = true)]
async fn another_job_is_waited_for_if_asked_and_else_the_vendor_is_busy() {
    let (sandbox, userpilot) = both(&[Mood::Quotas]).await;
    let first = import(&userpilot, "user_id\nowl\n", "first.csv").await.unwrap();
    assert_eq!(import(&userpilot, "user_id\nelk\n", "second.csv").await.unwrap_err().kind(), Kind::Busy);
    let report = userpilot.bulk().users([User::new("elk")]).send().await;
    assert_eq!((report.items().not_applied().count(), report.jobs().len()), (1, 0));

    let hour = Duration::from_secs(3600);
    let report = userpilot.bulk().users([User::new("elk")]).wait_turn(hour).send().await;
    assert_eq!(report.items().written(), 1);
    assert_eq!(first.refresh().await.unwrap().status(), JobStatus::Completed);

    import(&userpilot, "user_id\nfox\n", "third.csv").await.unwrap();
    let sent = sandbox.requests().len();
    let rows = stream::iter([Ok("user_id\n"), Ok("hen\n")]);
    userpilot.import_stream(rows, "fourth.csv").wait_turn(hour).await.unwrap().wait().await.unwrap();
    assert!(sandbox.userpilot().user("hen").is_some());
    let imports = |line: &&revops_sandbox::RequestLine| line.path.ends_with("/imports");
    assert_eq!(sandbox.requests()[sent..].iter().filter(imports).count(), 1);

    import(&userpilot, "user_id\ncat\n", "fifth.csv").await.unwrap();
    sandbox.set_mood(Mood::SlowJobs, true);
    import(&userpilot, "user_id\ncow\n", "sixth.csv").await.unwrap_err();
    let late = userpilot.import_reader(&b"user_id\ncow\n"[..], "a.csv").wait_turn(Duration::ZERO).await;
    assert_eq!(late.unwrap_err().kind(), Kind::Busy);
    let report = userpilot.bulk().users([User::new("cow")]).wait_turn(Duration::ZERO).send().await;
    assert_eq!(report.items().not_applied().count(), 1);
}

#[tokio::test(start_paused = true)]
async fn those_who_share_a_client_have_their_turns_without_asking_the_vendor() {
    let (sandbox, userpilot) = both(&[Mood::Quotas]).await;
    let update = |task: usize, patience: Duration| {
        let userpilot = userpilot.clone();
        let users = (0..10).map(move |it| User::new(format!("{task}-{it}")));
        async move { userpilot.bulk().users(users).records_per_job(5).wait_turn(patience).send().await }
    };
    let hour = Duration::from_secs(3600);
    let reports = futures::future::join_all((0..4).map(|task| update(task, hour))).await;
    assert!(reports.iter().all(|report| (report.items().written(), report.jobs().len()) == (10, 2)));
    assert!(sandbox.requests().iter().all(|line| line.status < 300));

    // Whose patience ends first hears the vendor's own word.
    sandbox.set_mood(Mood::SlowJobs, true);
    let (first, second) = tokio::join!(update(8, hour), update(9, Duration::from_secs(1)));
    assert_eq!((first.items().written(), second.items().not_applied().count()), (10, 10));
    assert_eq!(
        sandbox.requests().iter().filter(|line| line.status == 409).count(),
        2,
        "one for each of its jobs"
    );
}

/// How often the vendor is asked in vain by so many who wait for the end of a job of somebody else.
async fn asked_in_vain(waiters: usize) -> usize {
    let (sandbox, userpilot) = both(&[Mood::Quotas, Mood::SlowJobs]).await;
    let rows = (0..2_000).map(|it| Ok(if it == 0 { "user_id\n".to_owned() } else { format!("u{it}\n") }));
    userpilot.import_stream(stream::iter(rows), "theirs.csv").await.unwrap();
    let hours = Duration::from_secs(36_000);
    let update =
        |it: usize| userpilot.bulk().users([User::new(format!("mine-{it}"))]).wait_turn(hours).send();
    let reports = futures::future::join_all((0..waiters).map(update)).await;
    assert!(reports.iter().all(|report| report.items().written() == 1));
    sandbox.requests().iter().filter(|line| line.status == 409).count()
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_job_of_somebody_else_is_asked_for_by_one_for_all() {
    let (one, four) = (asked_in_vain(1).await, asked_in_vain(4).await);
    assert!(one > 5 && four < 2 * one, "{one} by one, {four} by four");
}

#[tokio::test(start_paused = true)]
async fn a_bulk_update_that_nobody_reads_keeps_the_others_for_a_minute_at_most() {
    let (_sandbox, userpilot) = both(&[Mood::Quotas]).await;
    let update = |name: &str| {
        let users = (0..4).map(|it| User::new(format!("{name}-{it}"))).collect::<Vec<_>>();
        userpilot.bulk().users(users).records_per_job(2).wait_turn(Duration::from_secs(3600))
    };
    // Read to its end and kept, and between two jobs: nobody waits for it.
    let mut kept = update("kept").stream();
    while kept.next().await.is_some() {}
    let mut between = update("between").stream();
    assert!(between.next().await.unwrap().1.is_done());
    let began = tokio::time::Instant::now();
    assert_eq!(update("next").send().await.items().written(), 4);
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());

    // In the middle of a job.
    let mut middle = update("middle").stream();
    assert!(tokio::time::timeout(Duration::from_millis(500), middle.next()).await.is_err());
    let began = tokio::time::Instant::now();
    assert_eq!(update("last").send().await.items().written(), 4);
    assert!(began.elapsed() < Duration::from_secs(90 + 60), "{:?}", began.elapsed());
    assert_eq!(middle.collect::<Vec<_>>().await.len(), 4);
    drop((kept, between));
}

#[tokio::test(start_paused = true)]
async fn a_job_that_fails_is_an_error_that_carries_it() {
    let (sandbox, userpilot) = both(&[]).await;
    let job = import(&userpilot, "user_id,name\n,a\n,b\n", "people.csv").await.unwrap();
    let error = job.wait().await.unwrap_err();
    assert!(error.is_failed());
    assert_eq!((error.job().id(), error.job().status()), (job.id(), JobStatus::Failed));
    assert_eq!(error.to_string(), format!("the Userpilot job {} failed", job.id()));
    let told = sandbox.userpilot().jobs().pop().unwrap();
    assert_eq!(told["row_errors"].as_array().unwrap().len(), 2);
    let job = import(&userpilot, "user_id,name\nowl,a\n,b\n", "people.csv").await.unwrap();
    assert_eq!(job.wait().await.unwrap().completed_rows(), Some(2));
}

#[tokio::test(start_paused = true)]
async fn records_of_a_job_that_failed_are_unknown_and_not_sent_again() {
    let told = |code, status: &str| Reply::json(code, json!({"job_id": "j:1", "status": status}).to_string());
    let script = Script::new().on_request(told(202, "queued")).on_request(told(200, "strange"));
    let script = script.on_request(told(200, "failed"));
    let server = FaultServer::start(script).await.unwrap();
    let userpilot = Userpilot::sandbox(format!("http://{}", server.address())).unwrap();
    let report = userpilot.bulk().users([User::new("a"), User::new("b")]).send().await;
    let why: Vec<_> = report.items().unknown().collect();
    assert_eq!(why, [(0, "the Userpilot job j:1 failed"), (1, "the Userpilot job j:1 failed")]);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_record_that_the_vendor_refuses_stands_alone() {
    let job = || completed(202);
    let no = || Reply::json(400, json!({"errors": [{"message": "no"}]}).to_string());
    // Four records of which the second is the reason: four, two, the first, the second, two.
    let replies = [no(), no(), job(), no(), job()];
    let script = replies.into_iter().fold(Script::new(), Script::on_request);
    let script = script.at("/v1/background_jobs/j", Turns::always(completed(200)));
    let server = FaultServer::start(script).await.unwrap();
    let userpilot = Userpilot::sandbox(format!("http://{}", server.address())).unwrap();
    let users = ["a", "b", "c", "d"].map(User::new);
    let report = userpilot.bulk().users(users).send().await;
    assert_eq!(
        (report.items().written(), report.items().refused().map(|it| it.0).collect::<Vec<_>>()),
        (3, vec![1])
    );
    // What the vendor said of it is there on request.
    let error = report.items().get(1).unwrap().error().unwrap();
    assert_eq!(error.text().as_deref(), Some(r#"{"errors":[{"message":"no"}]}"#));
}

#[tokio::test(start_paused = true)]
async fn a_job_of_no_records_is_refused() {
    let (sandbox, userpilot) = both(&[]).await;
    let update = userpilot.bulk().users([User::new("a"), User::new("b")]).records_per_job(0);
    let report = update.send().await;
    let why = "a job has from 1 to 10000 records, and was to have 0; it was not sent";
    assert_eq!(report.items().refused().collect::<Vec<_>>(), [(0, why), (1, why)]);
    assert_eq!(sandbox.requests().len(), 0);
}

/// Records of 20 MB: two make a job, and three would be longer than the vendor takes.
#[tokio::test(start_paused = true)]
async fn a_job_has_no_more_bytes_than_the_vendor_takes() {
    let script = Script::always(completed(202)).at("/v1/background_jobs/j", Turns::always(completed(200)));
    let server = FaultServer::start(script).await.unwrap();
    let userpilot = Userpilot::sandbox(format!("http://{}", server.address())).unwrap();
    let large = |number: usize| {
        (0..310).fold(User::new(format!("u{number}")), |it, name| {
            it.property(format!("p{name}"), "x".repeat(65_000))
        })
    };
    let report = userpilot.bulk().users((0..3).map(large)).send().await;
    assert_eq!(report.items().written(), 3, "{report}");
    let posted: Vec<usize> = server
        .requests()
        .iter()
        .filter(|request| request.method == "POST")
        .map(|request| request.body.len())
        .collect();
    assert_eq!(posted.len(), 2);
    assert!(posted[0] > 40_000_000 && posted.iter().all(|bytes| *bytes <= 50_000_000), "{posted:?}");
}

#[tokio::test(start_paused = true)]
async fn waiting_has_a_deadline_and_goes_on_in_another_process() {
    let (_sandbox, userpilot) = both(&[Mood::SlowJobs]).await;
    let job = import(&userpilot, "user_id\nowl\n", "people.csv").await.unwrap();
    let error = job.wait().deadline(Duration::from_secs(30)).await.unwrap_err();
    assert!(!error.is_failed());
    assert!(
        error
            .to_string()
            .ends_with("has not ended after 30 s (queued: 0 of 1 (0 %)); wait for it again later"),
        "{error}"
    );
    let saved = serde_json::to_string(&error.job().token()).unwrap();
    let again = userpilot.jobs().resume(&serde_json::from_str(&saved).unwrap()).await.unwrap();
    assert_eq!(again.wait().await.unwrap().completed_rows(), Some(1));
    let foreign = revops::userpilot::JobToken::new("Gainsight", "1");
    refused(&userpilot.jobs().resume(&foreign).await.unwrap_err());
    refused(&userpilot.jobs().get("").await.unwrap_err());
    assert_eq!(userpilot.jobs().get("7").await.unwrap_err().kind(), Kind::NotFound);
    let listed: Vec<Job> = userpilot.jobs().list().stream().try_collect().await.unwrap();
    assert!(listed.iter().any(|it| it.id() == job.id()));
}

#[tokio::test]
async fn a_listed_job_without_an_id_is_odd_and_the_others_are_told() {
    let body = json!([{"job_id": "a"}, {"status": "queued"}, 7, {"job_id": "b", "total_rows": "12"}]);
    let server = FaultServer::start(Script::always(Reply::json(200, body.to_string()))).await.unwrap();
    let userpilot = Userpilot::sandbox(format!("http://{}", server.address())).unwrap();
    let records: Vec<_> = userpilot.jobs().list().records().collect().await;
    let told: Vec<_> = records
        .into_iter()
        .map(|it| it.unwrap().map(|job| job.total_rows()).map_err(|odd| odd.index))
        .collect();
    assert_eq!(told, [Ok(None), Err(1), Err(2), Ok(Some(12))]);
}

#[tokio::test]
async fn a_file_is_judged_before_it_is_sent() {
    let (sandbox, userpilot) = both(&[]).await;
    let cases = [
        ("name,email\nOlga,o@example.com\n", "a.csv", "neither a column `user_id`"),
        ("user_id;name\n", "a.csv", "separated by commas"),
        ("", "a.csv", "no header"),
        ("", "a.ndjson", "empty"),
        ("[{\"user_id\":1}]", "a.ndjson", "one JSON list"),
        ("user_id\n", "a.jsonl", "no JSON object"),
        ("user_id\n", "a.xlsx", "`.csv`"),
        ("user_id\n", "people", "`.csv`"),
        ("User_ID,name\n1,a\n", "a.csv", "case matters"),
        ("user_id,company_id,user_id\n1,2,3\n", "a.csv", "has 2 columns `user_id`"),
        ("{\"email\":\"x\"}\n{\"user_id\":\"owl\"}\n", "a.ndjson", "neither a `user_id` nor a `company_id`"),
        ("\n{\"user_id\":null}", "a.ndjson", "neither a `user_id`"),
        ("{\n\"user_id\": \"owl\"}\n", "a.ndjson", "no whole JSON object"),
    ];
    for (content, name, why) in cases {
        let error = import(&userpilot, content, name).await.unwrap_err();
        refused(&error);
        assert!(error.to_string().contains(why), "{error}");
    }
    for mark in [b"\xff\xfeu\0\n\0".as_slice(), b"\xfe\xff\0u\0\n"] {
        for name in ["a.csv", "a.ndjson"] {
            let error = userpilot.import_reader(mark, name).await.unwrap_err();
            refused(&error);
            assert!(error.to_string().contains("UTF-16"), "{error}");
        }
    }
    let error = userpilot.import_file(std::env::temp_dir()).await.unwrap_err();
    refused(&error);
    assert!(error.to_string().contains("directory"), "{error}");
    refused(&userpilot.import_file("/nowhere/people.csv").await.unwrap_err());
    let path = std::env::temp_dir().join(format!("revops-large-{}.csv", std::process::id()));
    std::fs::File::create(&path).unwrap().set_len(60_000_000).unwrap();
    let error = userpilot.import_file(&path).await.unwrap_err();
    std::fs::remove_file(&path).unwrap();
    refused(&error);
    assert!(error.to_string().contains("60000000 bytes"), "{error}");
    assert_eq!(sandbox.requests().len(), 0);
    // A header may be quoted, begin with a mark, and be the whole file.
    let right = [
        ("\u{feff}\"a\nb\", user_id \r\nx,owl\r\n", "People.CSV"),
        ("company_id", "People.CSV"),
        ("\u{feff}\n{\"user_id\": \"owl\"}", "People.NDJSON"),
    ];
    for (content, name) in right {
        import(&userpilot, content, name).await.unwrap();
        sandbox.advance(Duration::from_secs(60));
    }
    assert_eq!(sandbox.violations(), []);
}

#[tokio::test]
async fn a_stream_that_is_too_long_or_breaks_is_broken_off_with_the_reason() {
    let (_sandbox, userpilot) = both(&[]).await;
    let line = format!("owl,{}\n", "x".repeat(1 << 20));
    let rows =
        stream::iter(std::iter::once("user_id,name\n".to_owned()).chain(std::iter::repeat_n(line, 60)));
    let error = userpilot.import_stream(rows.map(Ok), "a.csv").await.unwrap_err();
    assert!(error.to_string().contains("longer than 52428800 bytes"), "{error}");
    let rows = [Ok("user_id\n"), Err(std::io::Error::other("secret"))];
    let error = userpilot.import_stream(stream::iter(rows), "a.csv").await.unwrap_err();
    assert!(error.to_string().contains("cannot be read to its end"), "{error}");
    assert!(!error.to_string().contains("secret"));
}

#[tokio::test(start_paused = true)]
async fn a_file_is_sent_with_progress() {
    let (sandbox, userpilot) = both(&[]).await;
    let path = std::env::temp_dir().join(format!("revops-progress-{}.ndjson", std::process::id()));
    let lines: Vec<String> =
        (0..5000).map(|it| json!({"user_id": format!("u{it}"), "n": it}).to_string()).collect();
    let content = lines.join("\n");
    std::fs::write(&path, &content).unwrap();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ear = Arc::clone(&heard);
    let job =
        userpilot.import_file(&path).on_progress(move |it| ear.lock().unwrap().push(*it)).await.unwrap();
    std::fs::remove_file(&path).unwrap();
    let heard = heard.lock().unwrap().clone();
    let length = content.len() as u64;
    assert!(heard.len() > 1 && heard.is_sorted_by_key(|it| it.sent));
    assert_eq!((heard.last().unwrap().sent, heard[0].total), (length, Some(length)));
    assert_eq!(job.wait().await.unwrap().total_rows(), Some(5000));
    assert!(sandbox.userpilot().user("u4999").is_some());
    assert_eq!(sandbox.violations(), []);
}

/// A vendor that takes nothing for a while, and one that cannot be reached.
#[tokio::test]
async fn a_file_that_was_not_taken_is_sent_again_from_its_beginning() {
    let job = || Reply::json(200, json!({"job_id": "j", "status": "queued"}).to_string());
    let busy = Reply::status(429).header("retry-after", "0");
    let script = Script::new().on_request(busy).on_request(Reply::status(503).header("retry-after", "0"));
    let server = FaultServer::start(script.on_request(job())).await.unwrap();
    let userpilot = Userpilot::sandbox(server.base_url()).unwrap();
    let path = std::env::temp_dir().join(format!("revops-again-{}.csv", std::process::id()));
    let content = format!("user_id\n{}", "owl\n".repeat(50_000));
    std::fs::write(&path, &content).unwrap();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ear = Arc::clone(&heard);
    userpilot.import_file(&path).on_progress(move |it| ear.lock().unwrap().push(it.sent)).await.unwrap();
    let bodies: Vec<bool> = server
        .requests()
        .iter()
        .map(|it| it.complete && it.body.windows(content.len()).any(|window| window == content.as_bytes()))
        .collect();
    assert_eq!(bodies, [true; 3]);
    let begun = heard.lock().unwrap().windows(2).filter(|sent| sent[1] < sent[0]).count();
    assert_eq!(begun, 2, "progress begins again with each attempt");

    // One that has become another file meanwhile is not sent, be it longer or shorter.
    for other in ["user_id\nmouse\n".to_owned(), content.clone() + "mouse\n"] {
        std::fs::write(&path, &content).unwrap();
        let (file, text) = (path.clone(), other);
        let change = Act::choose(move |_| {
            std::fs::write(&file, &text).unwrap();
            Reply::status(429).header("retry-after", "0").into()
        });
        let server = FaultServer::start(Script::new().on_request(change).on_request(job())).await.unwrap();
        let error = Userpilot::sandbox(server.base_url()).unwrap().import_file(&path).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid, "{error}");
        assert!(error.to_string().contains("the file cannot be read to its end"), "{error}");
        assert!(error.to_string().contains("it has another length than at first"), "{error}");
        assert_eq!(server.requests().iter().filter(|it| it.complete).count(), 1);
    }
    std::fs::remove_file(&path).unwrap();
}

fn completed(status: u16) -> Reply {
    Reply::json(status, json!({"job_id": "j", "status": "completed"}).to_string())
}

/// What of the bodies the server received is a list of users, in order.
fn received(server: &FaultServer) -> Vec<Vec<String>> {
    let bodies = server.requests().into_iter().filter(|request| request.method == "POST");
    let users =
        bodies.map(|request| serde_json::from_slice::<Value>(&request.body).unwrap()["users"].clone());
    let id = |user: &Value| user["user_id"].as_str().unwrap().to_owned();
    users.map(|users| users.as_array().unwrap().iter().map(id).collect()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// No record is lost, none is sent twice, the order is kept, and no job has more than it may have.
    #[test]
    fn bulk_jobs_hold_every_right_record_once_and_in_order(
        right in prop::collection::vec(prop::bool::weighted(0.9), 0..60),
        per_job in 1_usize..15,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        let (jobs, report): (Vec<Vec<String>>, Report<Job>) = runtime.block_on(async {
            let ended = Turns::always(completed(200));
            let script = Script::always(completed(202)).at("/v1/background_jobs/j", ended);
            let server = FaultServer::start(script).await.unwrap();
            let userpilot = Userpilot::sandbox(format!("http://{}", server.address())).unwrap();
            let user = |(index, right): (usize, bool)| User::new(if right { index.to_string() } else { String::new() });
            let users: Vec<User> = right.iter().copied().enumerate().map(user).collect();
            let report = userpilot.bulk().users(users).records_per_job(per_job).stream().collect().await;
            (received(&server), report)
        });
        let expected: Vec<String> =
            right.iter().enumerate().filter(|(_, right)| **right).map(|(index, _)| index.to_string()).collect();
        prop_assert!(jobs.iter().all(|job| !job.is_empty() && job.len() <= per_job));
        prop_assert_eq!(jobs.concat(), expected);
        prop_assert_eq!(report.len(), right.len());
        for (index, outcome) in report.iter() {
            prop_assert_eq!(matches!(outcome, Outcome::Done(_)), right[index]);
            prop_assert_eq!(matches!(outcome, Outcome::Refused { .. }), !right[index]);
        }
    }
}

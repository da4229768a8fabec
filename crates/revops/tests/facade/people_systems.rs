//! Comparing the staff, writing from one system to others, and a fifth vendor that joins every flow.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::{calls, gainsight, gong, is_send, sandbox, texts};
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use futures::{FutureExt, StreamExt, TryStreamExt};
use revops::gainsight::scim::{self, ScimUserInput};
use revops::gainsight::{Filter, Person, SearchPeople};
use revops::people::{
    self, Difference, Directory, Email, Erased, Erasing, Failed, Findings, Found, Identity, Member,
    Offboarded, Offboarding, RosterReport, Staff, Step, Target, TrackError, Tracked, Tracking,
};
use revops::{Checkpoint, Delivery, Error, Kind};
use revops_sandbox::fault::Reply;
use revops_sandbox::{Mood, Sandbox, Vendor};
use serde_json::json;

/// A vendor that nobody here has heard of: a list of addresses, each active or not.
#[derive(Clone, Default)]
struct Badges {
    held: Arc<Mutex<Vec<(String, bool)>>>,
    asked: Arc<AtomicUsize>,
    broken: bool,
}

/// Why this vendor fails: it has no error of ours, and needs none.
fn shut() -> Failed {
    Failed::new("Badges: the door is shut").with_delivery(Delivery::Answered)
}

impl Badges {
    fn of(emails: &[&str]) -> Self {
        let badges = emails.iter().map(|email| ((*email).to_owned(), true)).collect();
        Self { held: Arc::new(Mutex::new(badges)), ..Self::default() }
    }

    /// Does nothing until it is awaited, as every call.
    fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Vec<(String, bool)>) -> T + Send + 'static,
    ) -> Step<T> {
        let badges = self.clone();
        async move {
            badges.asked.fetch_add(1, Ordering::Relaxed);
            let shut = badges.broken.then(shut);
            shut.map_or_else(|| Ok(work(&mut badges.held.lock().unwrap())), Err)
        }
        .boxed()
    }
}

impl Directory for Badges {
    fn system(&self) -> String {
        "Badges".to_owned()
    }

    fn find(&self, emails: Arc<[Email]>) -> Step<Findings> {
        self.call(move |badges| {
            let mut findings = Findings::default();
            for (email, active) in badges.iter().filter(|(it, _)| emails.iter().any(|email| email.is(it))) {
                findings.add(email, Identity::new(email.clone()).active(Some(*active)));
            }
            findings
        })
    }
}

impl Erasing for Badges {
    fn system(&self) -> String {
        "Badges".to_owned()
    }

    fn erase(&self, email: &Email, _: &[Identity]) -> Step<Erased> {
        let email = email.clone();
        self.call(move |badges| badges.retain(|(it, _)| !email.is(it)))
            .map(|done| done.map(|()| Erased::Requested))
            .boxed()
    }
}

impl Offboarding for Badges {
    fn directory(&self) -> &dyn Directory {
        self
    }

    fn deactivate(&self, user: &Identity) -> Step<()> {
        let id = user.id.clone();
        self.call(move |badges| {
            badges.iter_mut().filter(|(it, _)| *it == id).for_each(|badge| badge.1 = false);
        })
    }
}

impl Staff for Badges {
    fn system(&self) -> String {
        "Badges".to_owned()
    }

    fn members(&self) -> BoxStream<'static, Result<Member, Failed>> {
        let members: Vec<Result<Member, Failed>> = self
            .held
            .lock()
            .unwrap()
            .iter()
            .map(|(email, active)| {
                let mut member = Member::new(email.clone());
                (member.email, member.active) = (Some(email.clone()), Some(*active));
                Ok(member)
            })
            .collect();
        let end = self.broken.then(|| Err(shut()));
        stream::iter(members).chain(stream::iter(end)).boxed()
    }
}

impl Target<Person> for Badges {
    fn system(&self) -> String {
        "Badges".to_owned()
    }

    fn write(&self, person: &Person) -> Option<Step<()>> {
        let email = person.email.clone().filter(|email| !email.contains(".3@"))?;
        Some(self.call(move |badges| badges.push((email, true))))
    }
}

#[tokio::test]
async fn a_fifth_vendor_joins_every_flow() {
    let sandbox = sandbox(10).await;
    let email = texts(&sandbox.gainsight().people(), "Email")[1].clone();
    let (gong, gainsight) = (gong(&sandbox), gainsight(&sandbox));
    let badges = Badges::of(&[&email, "visitor@example.com"]);
    let found = people::find(&email).in_gong(&gong).in_system(badges.clone()).run().await.unwrap();
    assert!(found.entries().iter().all(|entry| matches!(entry.outcome, Found::Found(_))));
    let left =
        people::offboard(&email).in_gainsight(&gainsight).in_system(badges.clone()).run().await.unwrap();
    assert!(left.entries().iter().all(|entry| matches!(entry.outcome, Offboarded::Deactivated { .. })));
    assert_eq!(badges.held.lock().unwrap()[0], (email.clone(), false));
    let plan = people::erase(&email).in_system(badges.clone()).dry_run().run().await.unwrap();
    insta::assert_snapshot!(plan.entries()[0].outcome, @"would be asked to delete");
    let erased =
        people::erase(&email).in_gainsight(&gainsight).in_system(badges.clone()).run().await.unwrap();
    assert_eq!(erased.entries()[1].outcome, Erased::Requested);
    assert_eq!(badges.held.lock().unwrap().len(), 1);
    let roster = people::roster().of_gong(&gong).of_system(badges).run().await.unwrap();
    assert!(roster.rows().iter().any(|row| row.email == "visitor@example.com"));
}

#[tokio::test]
async fn a_system_that_fails_is_one_line_beside_those_that_do_not() {
    let sandbox = sandbox(10).await;
    let gainsight = gainsight(&sandbox);
    let email = texts(&sandbox.gainsight().people(), "Email")[1].clone();
    let badges = Badges { broken: true, ..Badges::of(&[&email]) };
    let report =
        people::erase(&email).in_system(badges.clone()).in_gainsight(&gainsight).run().await.unwrap();
    assert!(matches!(&report.entries()[1].outcome, Erased::Done { .. }));
    let (entry, failed) = report.failures().next().unwrap();
    assert_eq!(
        (entry.system.as_str(), failed.delivery, failed.retryable),
        ("Badges", Delivery::Answered, false)
    );
    // Mended, and only it is asked again.
    let mended = Badges { broken: false, ..badges };
    let before = sandbox.requests().len();
    let again =
        people::erase(&email).in_system(mended).in_gainsight(&gainsight).resume(report).run().await.unwrap();
    assert!(again.is_complete() && sandbox.requests().len() == before);
}

fn told(report: &RosterReport) -> Vec<(String, Vec<Difference>)> {
    let differ = report.rows().iter().filter(|row| !row.differences.is_empty());
    differ.map(|row| (row.email.clone(), row.differences.clone())).collect()
}

#[tokio::test]
async fn the_staff_of_two_systems_is_compared_in_every_mood() {
    let whole =
        |sandbox: &Sandbox| people::roster().of_gong(&gong(sandbox)).of_gainsight(&gainsight(sandbox));
    let plain = told(&is_send(whole(&sandbox(60).await).run()).await.unwrap());
    assert!(!plain.is_empty());
    for mood in Mood::ALL.into_iter().filter(|it| !matches!(it, Mood::Quotas | Mood::Nulls)) {
        let sandbox = sandbox(60).await;
        sandbox.set_mood(mood, true);
        let report = whole(&sandbox).run().await.unwrap();
        let told: Vec<_> =
            told(&report).into_iter().filter(|(email, _)| !email.contains("newcomer")).collect();
        assert_eq!((told, report.failures().len()), (plain.clone(), 0), "{mood:?}");
    }
}

#[tokio::test]
async fn a_roster_tells_who_is_missing_inactive_renamed_and_twice() {
    let sandbox = sandbox(0).await;
    let user = |id: &str, email: &str, name: &str, active: bool| json!({"id": id, "emailAddress": email, "firstName": name, "active": active});
    for (id, email, name, active) in [
        ("1", "same@example.com", "Same", true),
        ("2", "Inactive@example.com", "In", true),
        ("3", "renamed@example.com", "Old", true),
        ("4", "gong.only@example.com", "Gong", false),
        ("5", "twice@example.com", "Two", true),
        ("6", "", "Nobody", true),
    ] {
        assert!(sandbox.gong().put_user(user(id, email, name, active)));
    }
    let mut alias = user("7", "new.name@example.com", "Alias", true);
    alias["emailAliases"] = json!(["old.name@example.com"]);
    assert!(sandbox.gong().put_user(alias));
    for (email, name, active) in [
        ("same@example.com", "same", true),
        ("inactive@example.com", "In", false),
        ("renamed@example.com", "New", true),
        ("gainsight.only@example.com", "Gainsight", true),
        ("twice@example.com", "Two", true),
        ("TWICE@example.com", "Two", true),
        ("old.name@example.com", "Alias", true),
    ] {
        sandbox.gainsight().set_user(&json!({"Email": email, "FirstName": name, "IsActive": active}));
    }
    let roster = || people::roster().of_gong(&gong(&sandbox)).of_gainsight(&gainsight(&sandbox));
    let report = roster().run().await.unwrap();
    let lines: Vec<String> =
        told(&report).into_iter().map(|(email, it)| format!("{email}: {it:?}")).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    gainsight.only@example.com: [Missing { system: 0 }]
    gong.only@example.com: [Missing { system: 1 }]
    inactive@example.com: [ActiveIn { system: 0, and_not_in: 1 }]
    renamed@example.com: [Name { system: 1 }]
    twice@example.com: [Duplicate { system: 1, records: 2 }]
    ");
    assert_eq!((report.systems().len(), report.rows().len(), report.without_email().len()), (2, 7, 1));
    let saved: RosterReport = serde_json::from_str(&serde_json::to_string(&report).unwrap()).unwrap();
    assert_eq!(saved, report);
    assert!(!format!("{report:?} {:?}", roster()).contains('@'));

    let plan = roster().dry_run().run().await.unwrap();
    assert!(plan.is_dry_run() && plan.rows().is_empty() && plan.systems().len() == 2);
}

#[tokio::test]
async fn nobody_is_missing_from_a_system_that_was_not_read_to_its_end() {
    let sandbox = sandbox(250).await;
    sandbox.before((Vendor::Gong, "listUsers")).on_call(2, Reply::status(403)).unwrap();
    let badges = Badges { broken: true, ..Badges::of(&["visitor@example.com"]) };
    let roster =
        people::roster().of_gong(&gong(&sandbox)).of_gainsight(&gainsight(&sandbox)).of_system(badges);
    let report = roster.run().await.unwrap();
    let failed: Vec<usize> = report.failures().iter().map(|(system, _)| *system).collect();
    assert_eq!(failed, [0, 2]);
    let missing = |it: &&Difference| matches!(it, Difference::Missing { system } if *system != 1);
    assert_eq!(report.rows().iter().flat_map(|row| &row.differences).filter(missing).count(), 0);
    assert!(report.rows().iter().filter(|row| !row.members[0].is_empty()).count() >= 100);
}

#[tokio::test]
async fn a_roster_goes_on_with_the_systems_that_were_not_read() {
    let sandbox = sandbox(250).await;
    sandbox.gainsight().set_user(&json!({"FirstName": "Nobody"}));
    sandbox.before((Vendor::Gong, "listUsers")).on_call(2, Reply::status(403)).unwrap();
    let roster = || people::roster().of_gong(&gong(&sandbox)).of_gainsight(&gainsight(&sandbox));
    let first = roster().run().await.unwrap();
    assert!(!first.is_complete() && first.read_at(0).is_none() && first.read_at(1).is_some());
    sandbox.clear_faults();
    let whole = roster().run().await.unwrap();
    assert!(whole.is_complete() && !whole.without_email().is_empty());

    let read_of_gainsight = || {
        let lines = sandbox.requests();
        lines.iter().filter(|line| line.vendor == Some(Vendor::Gainsight)).count()
    };
    let read = read_of_gainsight();
    let saved: RosterReport = serde_json::from_str(&serde_json::to_string(&first).unwrap()).unwrap();
    let second = roster().resume(saved).run().await.unwrap();
    assert!(second.is_complete() && second.failures().is_empty());
    assert_eq!((second.rows(), second.without_email()), (whole.rows(), whole.without_email()));
    assert_eq!(second.read_at(1), first.read_at(1));
    assert_eq!(read_of_gainsight(), read);
    // Nothing was read by a plan, so nothing is known of it; and another system is read, whatever is known.
    let plan = roster().dry_run().run().await.unwrap();
    assert!(!plan.is_complete());
    let third = roster().resume(plan).run().await.unwrap();
    assert_eq!(third.rows(), whole.rows());
    let badges = Badges::of(&["visitor@example.com"]);
    let with_badges = roster().of_system(badges).resume(third).run().await.unwrap();
    assert!(with_badges.rows().iter().any(|row| row.email == "visitor@example.com"));
}

fn everybody(sandbox: &Sandbox) -> SearchPeople {
    gainsight(sandbox).people().search(Filter::all()).select(["Email", "FirstName"]).page_size(10)
}

/// Provisions people as users by SCIM, with a mapping by closure.
struct Provision<F>(scim::Scim, F);

impl<F: Fn(&Person) -> Option<ScimUserInput> + Send + Sync> Target<Person> for Provision<F> {
    fn system(&self) -> String {
        "Gainsight SCIM".to_owned()
    }

    fn write(&self, person: &Person) -> Option<Step<()>> {
        let user = (self.1)(person)?;
        Some(self.0.provision(user).map(|done| done.map(drop).map_err(Failed::from)).boxed())
    }
}

#[tokio::test]
async fn what_a_search_finds_is_written_to_others_in_order() {
    let sandbox = sandbox(35).await;
    let badges = Badges::default();
    let map = |person: &Person| {
        let name = format!("tracked.{}", person.email.as_deref()?);
        scim::user(name, person.first_name.as_deref()?, "Tracked", person.email.as_deref()?).ok()
    };
    sandbox.before("scimCreateUser").on_call(5, Reply::status(403)).unwrap();
    let track = people::track_all(everybody(&sandbox).stream()).into_system(badges.clone());
    let track = is_send(track.into_system(Provision(gainsight(&sandbox).scim(), map)).concurrency(3));
    assert!(!format!("{track:?}").contains('@'));
    let users = sandbox.gainsight().users().len();
    let tracked: Vec<Tracked<Person>> = track.try_collect().await.unwrap();
    let ids: Vec<String> = tracked.iter().map(|it| it.record.gsid.clone().unwrap()).collect();
    let mut sorted = ids.clone();
    sorted.sort();
    assert_eq!((ids.len(), ids), (35, sorted));
    let skipped = tracked.iter().filter(|it| it.targets[0].1 == Tracking::Skipped).count();
    let failed: Vec<_> = tracked.iter().filter(|it| !it.is_written()).collect();
    assert_eq!((skipped, failed.len(), badges.held.lock().unwrap().len()), (1, 1, 34));
    insta::assert_snapshot!(failed[0].targets[1].1, @"failed: Gainsight CS User Management API scimCreateUser: HTTP 403: the credential may not do this, or not from here");
    assert_eq!(sandbox.gainsight().users().len(), users + 34);
}

#[tokio::test]
async fn tracking_writes_nothing_in_a_dry_run_and_goes_on_where_it_stood() {
    let sandbox = sandbox(25).await;
    let badges = Badges::default();
    let plan: Vec<Tracked<Person>> = people::track_all(everybody(&sandbox).stream())
        .into_system(badges.clone())
        .dry_run()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(plan.iter().filter(|it| it.targets[0].1 == Tracking::WouldWrite).count(), 24);
    assert_eq!(badges.asked.load(Ordering::Relaxed), 0);
    for stop in [0_usize, 1, 7, 10, 24, 25] {
        let mut track = people::track_all(everybody(&sandbox).stream()).into_system(badges.clone());
        let mut seen = Vec::new();
        for _ in 0..stop {
            seen.push(track.try_next().await.unwrap().unwrap().record.gsid.unwrap());
        }
        let at = serde_json::to_string(&track.checkpoint()).unwrap();
        drop(track);
        let at: Checkpoint = serde_json::from_str(&at).unwrap();
        let rest = people::track_all(everybody(&sandbox).resume(at).stream()).into_system(badges.clone());
        let rest: Vec<Tracked<Person>> = rest.try_collect().await.unwrap();
        seen.extend(rest.into_iter().map(|it| it.record.gsid.unwrap()));
        let count = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!((count, seen.len()), (25, 25), "{stop}");
    }
}

#[tokio::test]
async fn a_list_that_breaks_is_told_in_its_place_and_can_be_taken_up() {
    let sandbox = sandbox(25).await;
    sandbox.before("searchPeople").on_call(2, Reply::status(403)).unwrap();
    let badges = Badges::default();
    let mut track = people::track_all(everybody(&sandbox).stream()).into_system(badges.clone());
    let mut written = 0;
    let error = loop {
        match track.next().await.unwrap() {
            Ok(_) => written += 1,
            Err(TrackError::List(error)) => break Error::from(error),
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!((written, error.kind()), (10, Kind::Permission));
    assert!(track.next().await.is_none());
    let rest = people::track_all(everybody(&sandbox).resume(track.checkpoint()).stream()).into_system(badges);
    assert_eq!(rest.count().await, 15);
}

#[tokio::test]
async fn what_is_dropped_half_way_leaves_nothing_behind() {
    let sandbox = sandbox(60).await;
    let badges = Badges::default();
    let mut track = people::track_all(everybody(&sandbox).stream()).into_system(badges.clone());
    track.next().await.unwrap().unwrap();
    drop(track);
    let (gong, gainsight) = (gong(&sandbox), gainsight(&sandbox));
    let emails = texts(&sandbox.gainsight().people(), "Email");
    let flows: [BoxFuture<'static, ()>; 3] = [
        people::find_each(&emails).in_gong(&gong).in_system(badges.clone()).run().map(drop).boxed(),
        people::erase_each(&emails)
            .in_gainsight(&gainsight)
            .in_system(badges.clone())
            .run()
            .map(drop)
            .boxed(),
        people::roster().of_gong(&gong).of_system(badges.clone()).run().map(drop).boxed(),
    ];
    for flow in flows {
        let _ = tokio::time::timeout(Duration::from_millis(4), flow).await;
    }
    tokio::time::sleep(Duration::from_millis(60)).await;
    let sent = sandbox.requests().len();
    tokio::time::sleep(Duration::from_millis(60)).await;
    assert_eq!((sandbox.requests().len(), Arc::strong_count(&badges.held)), (sent, 1));
    assert!(calls(&sandbox, "deletePerson") <= 8);
}

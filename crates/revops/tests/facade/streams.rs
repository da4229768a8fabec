//! Every list, interrupted anywhere and taken up from what was saved: the same records, and a page read twice at
//! most.

use crate::support::{gainsight, gong, is_send};
use futures::TryStreamExt;
use proptest::prelude::*;
use revops::gainsight::scim::attribute;
use revops::gainsight::{Filter, Person, field};
use revops::{Checkpoint, PagingError, Stream};
use revops_sandbox::{Mood, Sandbox};

/// One list of the facade, at a place or from the start.
#[derive(Clone, Copy, Debug)]
enum List {
    GongUsers,
    GongFilter,
    SettingsHistory,
    People,
    PeopleBackwards,
    PeopleAtOnce,
    Users,
    Team,
    Scim,
    ScimFilter,
}

const LISTS: [List; 10] = [
    List::GongUsers,
    List::GongFilter,
    List::SettingsHistory,
    List::People,
    List::PeopleBackwards,
    List::PeopleAtOnce,
    List::Users,
    List::Team,
    List::Scim,
    List::ScimFilter,
];

/// Reads as many records as told, or all, and says where the list then stands, as it is saved.
async fn read<R>(
    mut records: Stream<R>,
    id: impl Fn(R) -> Option<String>,
    stop: Option<usize>,
) -> (Vec<String>, Option<String>) {
    let mut ids = Vec::new();
    while stop.is_none_or(|stop| ids.len() < stop) {
        match records.try_next().await.unwrap() {
            Some(record) => ids.push(id(record).unwrap()),
            None => return (ids, None),
        }
    }
    (ids, Some(serde_json::to_string(&records.checkpoint()).unwrap()))
}

/// The stream of a list, made to go on from a place that was saved.
macro_rules! read {
    ($list:expr, $id:expr, $at:expr, $stop:expr) => {{
        let list = $list;
        let list = match $at {
            Some(at) => list.resume(at),
            None => list,
        };
        read(is_send(list.stream()), $id, $stop).await
    }};
}

impl List {
    async fn read(
        self,
        sandbox: &Sandbox,
        size: u32,
        at: Option<&str>,
        stop: Option<usize>,
    ) -> (Vec<String>, Option<String>) {
        let at: Option<Checkpoint> = at.map(|saved| serde_json::from_str(saved).unwrap());
        let (gong, gainsight) = (gong(sandbox), gainsight(sandbox));
        let search = || gainsight.people().search(Filter::all()).select(["Email"]).page_size(size.into());
        match self {
            Self::GongUsers => read!(gong.users().list(), |it| it.id, at, stop),
            Self::GongFilter => {
                let since = "2024-06-01T00:00:00Z".parse().unwrap();
                read!(gong.users().filter().created_from(since), |it| it.id, at, stop)
            }
            Self::SettingsHistory => {
                let id = sandbox.gong().users().first().map_or("1".into(), |user| user["id"].clone());
                let history = gong.users().settings_history(id.as_str().unwrap_or_default());
                read!(history, |it| serde_json::to_string(&it).ok(), at, stop)
            }
            Self::People => read!(search(), |it| it.gsid, at, stop),
            Self::PeopleBackwards => read!(search().order_by_descending("Email"), |it| it.gsid, at, stop),
            Self::PeopleAtOnce => read!(search().concurrency(3), |it| it.gsid, at, stop),
            Self::Users => read!(gainsight.users().list().page_size(size), |it| it.gsid, at, stop),
            Self::Team => {
                let team = gainsight.company_team().search(field("TeamRole").ne("Nobody"));
                read!(team.select(["UserId"]).page_size(size), |it| it.gsid, at, stop)
            }
            Self::Scim => read!(gainsight.scim().list().page_size(size), |it| it.id, at, stop),
            Self::ScimFilter => {
                let active = attribute("active").eq(true);
                read!(gainsight.scim().list().filter(active).page_size(size), |it| it.id, at, stop)
            }
        }
    }
}

fn case() -> impl Strategy<Value = (usize, u32, bool, Vec<usize>)> {
    (1..60_usize, 4..40_u32, any::<bool>(), prop::collection::vec(0..30_usize, 1..5))
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_list_interrupted_anywhere_is_the_same_list((people, size, small, stops) in case()) {
        let done: Result<(), TestCaseError> = run(async {
            let sandbox = crate::support::sandbox(people).await;
            sandbox.set_mood(Mood::SmallPages, small);
            for list in LISTS {
                let (whole, _) = list.read(&sandbox, size, None, None).await;
                let (mut ids, mut at, mut interruptions) = (Vec::new(), None::<String>, 0);
                let before = sandbox.counts().iter().map(|it| it.count).sum::<u64>();
                for stop in stops.iter().map(|stop| Some(*stop)).chain([None]) {
                    let (more, place) = list.read(&sandbox, size, at.as_deref(), stop).await;
                    ids.extend(more);
                    match place {
                        Some(place) => at = Some(place),
                        None => break,
                    }
                    interruptions += 1;
                }
                prop_assert_eq!(&ids, &whole, "{:?}", list);
                let calls = sandbox.counts().iter().map(|it| it.count).sum::<u64>() - before;
                // Pages that are fetched ahead are lost with the stream that fetched them.
                let ahead = if matches!(list, List::PeopleAtOnce) { 3 } else { 1 };
                let alone = calls_of(&sandbox, list, size).await;
                prop_assert!(calls <= alone + ahead * interruptions, "{:?}: {} {}", list, calls, alone);
            }
            Ok(())
        });
        done?;
    }
}

/// How many calls the list takes when nothing interrupts it.
async fn calls_of(sandbox: &Sandbox, list: List, size: u32) -> u64 {
    let count = || sandbox.counts().iter().map(|it| it.count).sum::<u64>();
    let before = count();
    list.read(sandbox, size, None, None).await;
    count() - before
}

/// What is saved after the last record has nothing more to read.
#[tokio::test]
async fn a_list_that_was_read_to_its_end_is_at_its_end() {
    let sandbox = crate::support::sandbox(12).await;
    let mut users = gong(&sandbox).users().list().stream();
    while users.try_next().await.unwrap().is_some() {}
    let at = users.checkpoint();
    assert!(at.is_end() && at.records() == 12);
    let sent = sandbox.requests().len();
    let rest: Vec<_> = gong(&sandbox).users().list().resume(at).stream().try_collect().await.unwrap();
    assert_eq!((rest.len(), sandbox.requests().len()), (0, sent));
}

/// What was moved while nobody read is read all the same.
#[tokio::test]
async fn a_search_finds_its_place_again_when_records_before_it_were_deleted() {
    let sandbox = crate::support::sandbox(80).await;
    let search = || gainsight(&sandbox).people().search(Filter::all()).select(["Email"]).page_size(20);
    let mut first = search().order_by("IsActive").stream();
    let mut seen = Vec::new();
    for _ in 0..33 {
        seen.push(first.try_next().await.unwrap().unwrap().gsid.unwrap());
    }
    let at = first.checkpoint();
    for gsid in &seen[..5] {
        sandbox.gainsight().remove_person(gsid);
    }
    let rest: Result<Vec<_>, PagingError<_>> =
        search().order_by("IsActive").resume(at).stream().try_collect().await;
    seen.extend(rest.unwrap().into_iter().map(|person| person.gsid.unwrap()));
    let unique: std::collections::BTreeSet<&String> = seen.iter().collect();
    assert_eq!((seen.len(), unique.len()), (80, 80));
}

/// A checkpoint is small, and holds nobody's name.
#[tokio::test]
async fn a_checkpoint_is_small_and_holds_no_personal_data() {
    let sandbox = crate::support::sandbox(50).await;
    let people = gainsight(&sandbox).people();
    let mut found = people.search(field("Email").contains("@")).select(["Email"]).page_size(10).stream();
    for _ in 0..25 {
        found.try_next().await.unwrap();
    }
    let saved = serde_json::to_string(&found.checkpoint()).unwrap();
    assert!(saved.len() < 4096 && !saved.contains('@') && !saved.contains("1P03"), "{saved}");
}

/// Whatever is handed out can be sent to another thread, and so can what prepares it.
#[test]
fn everything_can_be_spawned() {
    fn is_send<T: Send + 'static>() {}
    is_send::<revops::Call<Person>>();
    is_send::<revops::Stream<Person>>();
    is_send::<revops::Records<Person>>();
    is_send::<revops::Pages<Person>>();
    is_send::<revops::gong::ListUsers>();
    is_send::<revops::gong::FilterUsers>();
    is_send::<revops::gong::SettingsHistory>();
    is_send::<revops::gainsight::SearchPeople>();
    is_send::<revops::gainsight::UpsertPeople>();
    is_send::<revops::gainsight::UpsertCompanyTeam>();
    is_send::<revops::gainsight::SearchCompanyTeam>();
    is_send::<revops::gainsight::ListUsers>();
    is_send::<revops::gainsight::UpdateUser>();
    is_send::<revops::gainsight::scim::ListUsers>();
    is_send::<revops::people::Find>();
    is_send::<revops::people::Erase>();
    is_send::<revops::people::Offboard>();
    is_send::<revops::people::Roster>();
    is_send::<revops::people::TrackAll<Person>>();
}

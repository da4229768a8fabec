//! Importing a file: judged before it is sent, streamed, and given its turn.

use std::fmt;
use std::future::IntoFuture;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use revops_runtime::job::TurnError;
use revops_userpilot::Client;
use revops_userpilot::operations::IMPORT_DATA;
use revops_userpilot::types::ImportDataForm;

use super::file::{self, Kind, MAX_FILE, Opened, Pieces};
use super::job::begin_in_turn;
use super::{Job, JobStatus, Jobs, UploadProgress};
use crate::upload::Part;
use crate::{Call, Error};

type Tell = Box<dyn FnMut(&UploadProgress) + Send>;

/// A file to be imported; from [`Userpilot::import_file`](super::Userpilot::import_file). It is sent when it
/// is awaited, and gives the [`Job`] that was begun.
#[must_use = "nothing is sent until it is awaited"]
pub struct Import {
    client: Client,
    source: Source,
    name: String,
    on_progress: Option<Tell>,
    wait_turn: Option<Duration>,
}

enum Source {
    File(PathBuf),
    Pieces(Pieces),
}

impl Import {
    pub(super) fn of_file(client: Client, path: PathBuf) -> Self {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Self { client, source: Source::File(path), name, on_progress: None, wait_turn: None }
    }

    pub(super) fn of_pieces(client: Client, pieces: Pieces, name: String) -> Self {
        Self { client, source: Source::Pieces(pieces), name, on_progress: None, wait_turn: None }
    }

    /// Is told how much was sent. If the file has to be sent anew, because another job came first or the vendor did
    /// not take it, it begins again.
    pub fn on_progress(mut self, tell: impl FnMut(&UploadProgress) + Send + 'static) -> Self {
        self.on_progress = Some(Box::new(tell));
        self
    }

    /// For how long to wait for other jobs to end, of which there may be one at a time: behind bulk updates of
    /// clients that share a quota in the order of arrival, and else by asking the vendor. It is not waited for
    /// unless told. What comes from a reader or a stream can be sent only once: if another job begins between
    /// the waiting and the sending, it is refused as busy all the same.
    pub fn wait_turn(mut self, at_most: Duration) -> Self {
        self.wait_turn = Some(at_most);
        self
    }

    /// Sends the file.
    ///
    /// # Errors
    /// [`Kind::Invalid`](crate::Kind::Invalid) for a file that cannot be read, is longer than 50 MB, is
    /// neither CSV nor newline-delimited JSON by its name, or does not begin like it: a CSV needs a column
    /// `user_id` or `company_id`, written so and once, and the first line of the other such a member. Nothing was
    /// sent. Further lines are for the vendor to judge, whose job does not tell of single ones. Of a stream the length is known only at the end; one that
    /// is too long is broken off. [`Kind::Busy`](crate::Kind::Busy) if another job is under way. If the
    /// answer is lost the import may have begun, as [`Jobs::list`](super::Jobs::list) then tells; it is not
    /// sent again.
    #[must_use]
    pub fn send(self) -> Call<Job> {
        import(self)
    }
}

impl IntoFuture for Import {
    type Output = Result<Job, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

impl fmt::Debug for Import {
    /// Without the name of the file, which may be a person's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Import").field("wait_turn", &self.wait_turn).finish_non_exhaustive()
    }
}

fn invalid(reason: String) -> Error {
    Error::invalid(&IMPORT_DATA, reason)
}

fn import(Import { client, source, name, on_progress, wait_turn }: Import) -> Call<Job> {
    async move {
        let kind = match (Kind::of(&name), source_path(&source)) {
            (Err(_), Some(path)) if tokio::fs::metadata(&path).await.is_ok_and(|it| it.is_dir()) => {
                let reason = "it is a directory, and one file is imported at a time; nothing was sent";
                return Err(invalid(reason.to_owned()));
            }
            (kind, _) => kind.map_err(invalid)?,
        };
        let (path, opened) = match source {
            Source::File(path) => {
                let opened = file::open(&path, kind).await;
                (Some(path), opened)
            }
            Source::Pieces(pieces) => (None, file::judge(pieces, kind, None).await),
        };
        let meter = Arc::new(Meter { state: Mutex::default(), tell: Mutex::new(on_progress) });
        let upload =
            Upload { client, name, kind, path, meter, opened: Mutex::new(Some(opened.map_err(invalid)?)) };
        let Some(at_most) = wait_turn else { return upload.send().await };
        let attempt = || async {
            upload.vacancy().await?;
            upload.send().await
        };
        let is_busy = |error: &Error| error.kind() == crate::Kind::Busy && upload.can_send();
        let (begun, _) = begin_in_turn(&upload.client, at_most, attempt, is_busy).await;
        begun.map_err(|error| match error {
            TurnError::Deadline { source, .. } | TurnError::Failed(source) => source,
            _ => Error::busy(&IMPORT_DATA, "another background job is under way"),
        })
    }
    .boxed()
}

fn source_path(source: &Source) -> Option<PathBuf> {
    match source {
        Source::File(path) => Some(path.clone()),
        Source::Pieces(_) => None,
    }
}

struct Upload {
    client: Client,
    name: String,
    kind: Kind,
    /// Where the file can be read again.
    path: Option<PathBuf>,
    opened: Mutex<Option<Opened>>,
    meter: Arc<Meter>,
}

impl Upload {
    /// Whether there is something to send, or there can be again.
    fn can_send(&self) -> bool {
        self.path.is_some() || lock(&self.opened).is_some()
    }

    /// An error if a job is under way. A file is not sent only to be refused at its end.
    async fn vacancy(&self) -> Result<(), Error> {
        let mut jobs = Jobs::new(self.client.clone()).list().records();
        while let Some(job) = jobs.next().await {
            let status = match job {
                Ok(Ok(job)) => job.status(),
                // An odd one cannot be asked how it stands.
                Ok(Err(_)) => continue,
                Err(error) => return Err(error.into()),
            };
            let is_running = matches!(
                status,
                JobStatus::Queued | JobStatus::Validating | JobStatus::Processing | JobStatus::PendingRefresh
            );
            if is_running {
                return Err(Error::busy(
                    &IMPORT_DATA,
                    "another background job is under way; nothing was sent",
                ));
            }
        }
        Ok(())
    }

    async fn send(&self) -> Result<Job, Error> {
        let opened = lock(&self.opened).take();
        let opened = match (opened, &self.path) {
            (Some(opened), _) => opened,
            (None, Some(path)) => file::open(path, self.kind).await.map_err(invalid)?,
            (None, None) => return Err(invalid("what comes from a stream is sent once".to_owned())),
        };
        let part = match (&self.path, opened.length) {
            (Some(path), Some(length)) => self.repeatable(path.clone(), opened.pieces, length),
            _ => Part::stream(self.meter.count(opened.pieces, opened.length)),
        };
        let part = part.file_name(&self.name).media_type(opened.kind.media_type());
        match self.client.import_data().body(ImportDataForm::new(part)).send().await {
            Ok(answer) => Job::started(self.client.clone(), answer.into_inner(), &IMPORT_DATA),
            // A form that breaks off is no form.
            Err(error) => Err(self.meter.broken().map_or(error, invalid)),
        }
    }

    /// A file is opened and judged again if it has to be sent again: it may be another one by then.
    fn repeatable(&self, path: PathBuf, opened: Pieces, length: u64) -> Part {
        let (opened, kind, meter) = (Mutex::new(Some(opened)), self.kind, Arc::clone(&self.meter));
        Part::repeatable(length, move || {
            let path = path.clone();
            let reopen = move || {
                let again = async move {
                    let again =
                        file::open(&path, kind).await.map_err(|why| io::Error::other(Changed(why)))?;
                    let is_same = again.length == Some(length);
                    let changed = || Changed("it has another length than at first".to_owned());
                    is_same.then_some(again.pieces).ok_or_else(|| io::Error::other(changed()))
                };
                stream::once(again).try_flatten().boxed()
            };
            let pieces = lock(&opened).take().unwrap_or_else(reopen);
            meter.count(pieces, Some(length))
        })
    }
}

/// Why a file that was opened again is not the one that was judged.
#[derive(Debug)]
struct Changed(String);

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it was opened again, and {}", self.0)
    }
}

impl std::error::Error for Changed {}

/// Counts what is sent, and remembers why sending broke off.
struct Meter {
    state: Mutex<State>,
    tell: Mutex<Option<Tell>>,
}

#[derive(Default)]
struct State {
    /// How often the file was begun. One that an early answer came to may still be on its way when the next begins.
    readings: u64,
    broken: Option<String>,
}

impl Meter {
    /// A reading begins when it is asked for its first piece, and not when it is made.
    fn count(self: &Arc<Self>, pieces: Pieces, total: Option<u64>) -> Pieces {
        let meter = Arc::clone(self);
        let reading = async move {
            let reading = meter.begin();
            let (failing, mut sent) = (Arc::clone(&meter), 0_u64);
            let pieces = pieces.map_err(move |error| {
                let changed = error.get_ref().and_then(|inner| inner.downcast_ref::<Changed>());
                let why = changed.map_or_else(|| error.kind().to_string(), Changed::to_string);
                failing.broke(reading, format!("the file cannot be read to its end: {why}"));
                error
            });
            let mut count = move |piece: bytes::Bytes| {
                sent = sent.saturating_add(piece.len() as u64);
                meter.pass(reading, UploadProgress { sent, total }).map(|()| piece)
            };
            pieces.map(move |piece| piece.and_then(&mut count))
        };
        stream::once(reading).flatten().boxed()
    }

    fn begin(&self) -> u64 {
        let mut state = lock(&self.state);
        *state = State { readings: state.readings + 1, broken: None };
        state.readings
    }

    fn pass(&self, reading: u64, progress: UploadProgress) -> io::Result<()> {
        if progress.sent > MAX_FILE {
            self.broke(
                reading,
                format!("the file is longer than {MAX_FILE} bytes (50 MB), and was broken off"),
            );
            return Err(io::Error::other("longer than the vendor takes"));
        }
        if lock(&self.state).readings == reading
            && let Some(tell) = lock(&self.tell).as_mut()
        {
            tell(&progress);
        }
        Ok(())
    }

    fn broke(&self, reading: u64, why: String) {
        let mut state = lock(&self.state);
        if state.readings == reading {
            state.broken = Some(why);
        }
    }

    fn broken(&self) -> Option<String> {
        lock(&self.state).broken.take()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

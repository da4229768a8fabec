//! What every contender must be able to do, and the loops that make it do that many times.

use std::error::Error;
use std::future::Future;
use std::time::{Duration, Instant};

use futures::StreamExt as _;

pub(crate) type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// How many records a page has, and how many an upsert writes.
pub(crate) const PAGE: usize = 100;
pub(crate) const BATCH: usize = 50;
/// What an upload sends at a time.
pub(crate) const PIECE: usize = 64 << 10;

/// One way to call the vendors. What it cannot do it refuses.
pub(crate) trait Contender: Sized {
    /// A client of the server at `url`, with its connections and everything else that lasts.
    fn connect(url: &str) -> Fallible<Self>;

    /// One user of Gong, decoded.
    fn get(&self) -> impl Future<Output = Fallible<()>>;

    /// A page of [`PAGE`] users of Gong, decoded.
    fn page(&self) -> impl Future<Output = Fallible<()>> {
        async { Err("not among what it can do".into()) }
    }

    /// The first page of a list, so that its connection is there.
    fn begin_list(&self) -> impl Future<Output = Fallible<()>> {
        self.page()
    }

    /// All pages, one after the other; gives the number of records.
    fn list(&self) -> impl Future<Output = Fallible<usize>> {
        async { Err("not among what it can do".into()) }
    }

    /// Writes [`BATCH`] people to Gainsight.
    fn upsert(&self) -> impl Future<Output = Fallible<()>> {
        async { Err("not among what it can do".into()) }
    }

    /// Sends a file of `bytes` to Userpilot as a stream.
    fn upload(&self, bytes: usize) -> impl Future<Output = Fallible<()>> {
        let _ = bytes;
        async { Err("not among what it can do".into()) }
    }
}

/// What is done `count` times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Get,
    Page,
    BeginList,
    /// With so many records in all.
    List(usize),
    Upsert,
    Upload(usize),
}

impl Operation {
    /// From its name on the command line; the records of a list and the bytes of an upload follow a colon.
    pub(crate) fn parse(name: &str) -> Fallible<Self> {
        Ok(match name.split_once(':') {
            Some(("upload", bytes)) => Self::Upload(bytes.parse()?),
            None if name == "get" => Self::Get,
            None if name == "page" => Self::Page,
            Some(("list", records)) => Self::List(records.parse()?),
            None if name == "upsert" => Self::Upsert,
            _ => return Err(format!("there is no operation `{name}`").into()),
        })
    }

    pub(crate) async fn of(self, contender: &impl Contender) -> Fallible<()> {
        match self {
            Self::Get => contender.get().await,
            Self::Page => contender.page().await,
            Self::BeginList => contender.begin_list().await,
            Self::List(records) => match contender.list().await? {
                read if read == records => Ok(()),
                read => Err(format!("{read} records were read, and there are {records}").into()),
            },
            Self::Upsert => contender.upsert().await,
            Self::Upload(bytes) => contender.upload(bytes).await,
        }
    }
}

/// How long a run took, and each of its calls.
pub(crate) struct Times {
    pub(crate) whole: Duration,
    pub(crate) calls: Vec<Duration>,
}

/// Does it `count` times, up to `in_flight` at once.
pub(crate) async fn run(
    contender: &impl Contender,
    operation: Operation,
    count: usize,
    in_flight: usize,
) -> Fallible<Times> {
    let began = Instant::now();
    let mut under_way = futures::stream::iter(0..count)
        .map(|_| async {
            let began = Instant::now();
            operation.of(contender).await.map(|()| began.elapsed())
        })
        .buffer_unordered(in_flight);
    let mut calls = Vec::with_capacity(count);
    while let Some(call) = under_way.next().await {
        calls.push(call?);
    }
    Ok(Times { whole: began.elapsed(), calls })
}

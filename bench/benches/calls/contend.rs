//! One contender at work, in a process of its own.

use crate::contenders::{client, facade, hyper, openapi_generator, progenitor, reqwest};
use crate::drive::{self, Contender, Fallible, Operation};

/// `contend run|heap CONTENDER OPERATION URL COUNT IN_FLIGHT` prints what it measured as JSON.
pub(crate) fn contend(arguments: &[&str]) -> Fallible<()> {
    let &[how, contender, operation, url, count, in_flight] = arguments else {
        return Err("contend run|heap CONTENDER OPERATION URL COUNT IN_FLIGHT".into());
    };
    let work = Work {
        counts_heap: how == "heap",
        operation: Operation::parse(operation)?,
        url,
        count: count.parse()?,
        in_flight: in_flight.parse()?,
    };
    match contender {
        "hyper" => work.by::<hyper::ByHand>(),
        "reqwest" => work.by::<reqwest::ByHand>(),
        "reqwest, our types" => work.by::<reqwest::Tolerant>(),
        "progenitor" => work.by::<progenitor::Bare>(),
        "openapi-generator" => work.by::<openapi_generator::Bare>(),
        "client" => work.by::<client::Generated>(),
        "facade" => work.by::<facade::Facade>(),
        _ => Err(format!("there is no contender `{contender}`").into()),
    }
}

struct Work<'a> {
    counts_heap: bool,
    operation: Operation,
    url: &'a str,
    count: usize,
    in_flight: usize,
}

impl Work<'_> {
    fn by<C: Contender>(&self) -> Fallible<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let contender = runtime.block_on(async { C::connect(self.url) })?;
        let (operation, count, in_flight) = (self.operation, self.count, self.in_flight);
        let once = if matches!(operation, Operation::List(_)) { Operation::BeginList } else { operation };
        // The connection, and what is made with the first call, are not part of what a call costs.
        runtime.block_on(drive::run(&contender, once, 1, 1))?;
        let mut ended = Ok(None);
        let mut run =
            || ended = runtime.block_on(drive::run(&contender, operation, count, in_flight)).map(Some);
        let heap = if self.counts_heap {
            allocation_counter::measure(run)
        } else {
            run();
            allocation_counter::AllocationInfo::default()
        };
        let Some(mut times) = ended? else { return Err("nothing was run".into()) };
        times.calls.sort_unstable();
        let at = |share: usize| times.calls.get(times.calls.len() * share / 100).copied().unwrap_or_default();
        println!(
            "{}",
            serde_json::json!({
                "seconds": times.whole.as_secs_f64(),
                "p50": at(50).as_secs_f64(),
                "p99": at(99).as_secs_f64(),
                "allocations": heap.count_total,
                "bytes": heap.bytes_total,
                "peak": heap.bytes_max,
            })
        );
        Ok(())
    }
}
